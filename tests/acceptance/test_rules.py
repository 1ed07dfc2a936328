"""Acceptance cases 46 and 47: rules that reach nobody or everybody, two rules that meet in one person.

Case 45, a file deleted or half-written while the service runs, is in tests/flows/test_runs.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.difference import difference
from engine.messages import gather
from engine.model import DeadlineKind
from engine.planning import World, decide_all
from engine.preview import preview
from engine.rulebook import read_rulebook
from tests.engine.planning_world import CALENDAR, SXD, SYT, WORLD, an_assignment, at

POLICIES = """
policies:
  - id: gap
    steps:
      - { id: nhac-gap, on: ngày hết hạn, at: "08:00", to: contact }
  - id: thuong
    steps:
      - { id: nhac-thuong, on: ngày hết hạn, at: "08:00", to: contact }
rules:
"""
EVERYBODY = "  - { id: thuong, policy: thuong }\n"
NOBODY = "  - { id: thuong, when: { unit: [SXD] }, policy: thuong }\n"
BY_MONTH_OR_NOT = "  - { id: gap, when: { deadline_kind: [month] }, policy: gap }\n" + EVERYBODY


def by_rules(rules: str) -> World:
    return replace(WORLD, rulebook=read_rulebook({"thu.yml": POLICIES + rules})[0])


def change(days: int):
    """What an edit does by which a rule reaches everybody: one contact, a task a working day."""
    due = [CALENDAR.add_working_days(date(2025, 9, 3), n) for n in range(1, days + 1)]
    shares = [an_assignment(day, number=str(n)) for n, day in enumerate(due)]
    between = (at("2025-09-03 00:00"), at("2025-12-31 00:00"))
    before, after = (preview(shares, by_rules(rules), {}, *between) for rules in (NOBODY, EVERYBODY))
    return difference(before.messages, after.messages)


@pytest.mark.parametrize(("days", "must_be_confirmed"), [(20, False), (21, True)])
def test_46_a_rule_that_suddenly_reaches_everybody_must_be_confirmed(days, must_be_confirmed):
    found = change(days)

    assert (found.totals.before, found.totals.after) == (0, days)
    assert bool(found.multiplied) is must_be_confirmed


def test_47_two_rules_that_remind_one_contact_at_one_moment_make_one_message():
    by_day, of_sxd = an_assignment(date(2025, 9, 30)), an_assignment(date(2025, 9, 30), unit=SXD, number="3")
    deadline = replace(by_day.task.deadline, kind=DeadlineKind.MONTH)
    by_month = an_assignment(date(2025, 9, 30), number="2")
    by_month = replace(by_month, task=replace(by_month.task, deadline=deadline))
    world, morning = by_rules(BY_MONTH_OR_NOT), at("2025-09-30 08:00")

    reminders = decide_all([by_day, by_month, of_sxd], world, {}, morning).reminders
    messages = gather(reminders, world, morning, {}).messages

    assert [r.step for r in reminders] == ["nhac-thuong", "nhac-gap", "nhac-thuong"]
    assert {m.recipient.unit: len(m.reminders) for m in messages} == {SYT: 2, SXD: 1}
