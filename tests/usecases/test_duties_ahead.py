"""When does the service open the periods of a duty, and does a preview open them as it will?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.answers import QuestionKind
from tests.guarantee.world import at, rows_of
from usecases.bring_in import bring_in
from usecases.deliver import pump
from usecases.look import plan_ahead
from usecases.questions import answer, open_questions
from usecases.remind import tick

ANNEX = (
    "STT\tNội dung nhiệm vụ\tCơ quan chủ trì\tCơ quan phối hợp\tHạn hoàn thành\n"
    "1\tBáo cáo tình hình thực hiện\tSở Y tế\t\ttrước ngày 10 hàng tháng\n"
)

OPENED = "SELECT subject FROM record WHERE kind = 'occurrence-opened'"


@pytest.fixture
def office(office):
    bring_in(office, ANNEX.encode(), "phu-luc.txt", date(2025, 10, 17), at("2025-10-20"), "KH-1")
    (question,) = (q for q in open_questions(office, at("2025-10-21")) if q.kind is QuestionKind.DUTY)
    answer(office, question.id, "có", at("2025-10-21"))
    return office


@pytest.mark.parametrize("first", ["2025-11-03", "2025-12-15", "2026-02-02"])
def test_what_is_shown_is_what_the_service_then_tells(office, first):
    """October's report, past its day when the service first runs, waits for a person and tells nobody."""
    shown = told(plan_ahead(office, at(first), at(first) + timedelta(days=40)).messages)
    planned = []
    for day in range(41):
        now = at(first) + timedelta(days=day)
        planned += tick(office, now).messages
        asyncio.run(pump(office, now))

    assert shown == told(planned)
    assert shown


@pytest.mark.parametrize(("open_before", "day"), [(None, "2025-12-01"), ((5, 0), "2025-12-02")])
def test_a_period_is_opened_on_its_day_or_as_early_as_the_rules_say(office, open_before, day):
    rulebook = replace(office.rulebook, open_before=open_before)
    office.__dict__.update(rulebook=rulebook, world=replace(office.world, rulebook=rulebook))
    opened = []
    for now in (at(day) - timedelta(days=1), at(day)):
        tick(office, now)
        opened.append([subject.partition("#")[2] for (subject,) in rows_of(office, OPENED)])

    assert opened == [[], ["2025-11"]]


def told(messages):
    return {reminder.key for m in messages for reminder in m.reminders}
