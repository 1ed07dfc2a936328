"""On which day does a level that is told on certain weekdays get its overdue page?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from engine.digest_days import digest_moment
from engine.explanation import explained
from engine.ledger import Told, ToldState
from engine.messages import Line, compose
from engine.planning import SuppressionReason, decide
from engine.rulebook import Audience, DigestDays
from tests.engine.planning_world import CALENDAR, CONTACTS, WORLD, an_assignment, at

DUE = date(2025, 9, 30)  # a Tuesday; the head's step falls on Friday, 3 October at 08:00
MONDAYS = DigestDays(Audience.HEAD, frozenset({0}), time(8), "r.yml:1")
GATHERING = replace(WORLD, rulebook=replace(WORLD.rulebook, digests={Audience.HEAD: MONDAYS}))
KEY = "KH-1/1@SYT|2025-09-30|bao-lanh-dao-don-vi|SYT/head"


def contact_was_told(when: str = "2025-10-01 08:00") -> Told:
    return Told(
        "k",
        "KH-1/1@SYT",
        DUE,
        "qua-han",
        1,
        "SYT/contact",
        at("2025-10-01 08:00"),
        ToldState.DELIVERED,
        at(when),
    )


def head_waits(since: str, reason: SuppressionReason = SuppressionReason.DIGEST) -> Told:
    return Told(
        KEY, "KH-1/1@SYT", DUE, "bao-lanh-dao-don-vi", 2, "SYT/head", at("2025-10-03 08:00"),
        ToldState.WAITING, at(since), str(reason),
    )  # fmt: skip


def of_the_head(now: str, *told: Told):
    """What becomes of the head's step: told, the reason why not, or nothing new."""
    found = decide(an_assignment(DUE), GATHERING, (contact_was_told(), *told), at(now))
    if any(r.step == "bao-lanh-dao-don-vi" for r in found.reminders):
        return "told"
    reasons = [s.reason for s in found.suppressions if s.step == "bao-lanh-dao-don-vi"]
    return str(reasons[0]) if reasons else None


@pytest.mark.parametrize(
    ("now", "told", "becomes"),
    [
        ("2025-10-03 08:00", [], "digest"),  # Friday: it waits
        ("2025-10-03 08:10", [head_waits("2025-10-03 08:00")], None),
        ("2025-10-05 20:00", [head_waits("2025-10-03 08:00")], None),  # the evening before
        ("2025-10-06 07:50", [head_waits("2025-10-03 08:00")], None),  # Monday, before the hour
        ("2025-10-06 08:00", [head_waits("2025-10-03 08:00")], "told"),
        ("2025-10-06 16:00", [], "told"),  # found on the day itself
        ("2025-10-06 18:00", [], "digest"),  # after the last hours: it would leave on Tuesday
        ("2025-10-07 08:00", [head_waits("2025-10-03 08:00")], "told"),  # nothing ran on Monday
        ("2025-10-07 08:00", [head_waits("2025-10-06 08:00", SuppressionReason.BUDGET)], "digest"),
        ("2025-10-07 08:00", [head_waits("2025-10-03 08:00", SuppressionReason.LEVEL_BELOW)], "digest"),
    ],
)
def test_the_page_of_a_level_waits_for_its_day(now, told, becomes):
    assert becomes == of_the_head(now, *told)


def test_notice_before_the_deadline_never_waits():
    rulebook = replace(
        WORLD.rulebook,
        digests={Audience.HEAD: MONDAYS, Audience.CHAIRMAN: replace(MONDAYS, to=Audience.CHAIRMAN)},
    )
    contact = decide(an_assignment(DUE), replace(WORLD, rulebook=rulebook), (), at("2025-09-25 08:00"))

    assert [r.step for r in contact.reminders] == ["truoc-3-ngay"]


def test_the_level_below_is_heard_first_all_the_same():
    found = decide(an_assignment(DUE), GATHERING, (), at("2025-10-06 08:00"))

    assert ("bao-lanh-dao-don-vi", SuppressionReason.LEVEL_BELOW) in {
        (s.step, s.reason) for s in found.suppressions
    }


@pytest.mark.parametrize(
    ("weekday", "since", "moment"),
    [
        (0, "2025-10-03 08:00", "2025-10-06 08:00"),
        (0, "2025-10-06 08:00", "2025-10-06 08:00"),
        (0, "2025-10-06 08:01", "2025-10-13 08:00"),
        (1, "2025-09-01 07:00", "2025-09-03 08:00"),  # 2 September is off: Wednesday stands in
        (0, "2025-08-29 08:01", "2025-09-03 08:00"),  # so it does for Monday, off as well
    ],
)
def test_a_day_off_moves_to_the_next_working_day(weekday, since, moment):
    days = replace(MONDAYS, weekdays=frozenset({weekday}))

    assert digest_moment(days, CALENDAR, at(since)) == at(moment)


def test_explaining_names_the_days_and_when_it_will_leave():
    told = (contact_was_told(), head_waits("2025-10-03 08:00"))
    found = explained(an_assignment(DUE), GATHERING, told, at("2025-10-03 09:00"))
    step = next(step for step in found.steps if step.step == "bao-lanh-dao-don-vi")

    assert (step.reason, step.said) == ("digest", "chờ ngày nhận tin tổng hợp của cấp này")
    assert (step.level_days, step.leaves_at) == ("thứ hai từ 08:00", at("2025-10-06 08:00"))


def test_the_contact_is_warned_of_the_day_on_which_the_head_will_hear():
    now = at("2025-10-01 08:00")
    line = Line(an_assignment(DUE), "qua-han", 1, "vì sao")
    (row,) = compose("k", CONTACTS.recipient("SYT", "contact", DUE), [line], GATHERING, now).rows

    assert row.warning.startswith("Nếu đến 08:00 ngày 06/10/2025 chưa có báo cáo kết quả")
