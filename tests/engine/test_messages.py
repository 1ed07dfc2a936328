"""Who gets one message for what, and what stands in it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.digest import Group
from engine.ledger import ToldState
from engine.messages import Line, compose, gather
from engine.model import Fact, FactKind, PostRole, Role
from engine.planning import SuppressionReason, decide_all
from tests.engine.planning_world import CONTACTS, SXD, SYT, WORLD, an_assignment, at, told_of

DUE = date(2025, 9, 30)


def reminders(now: str, *assignments):
    return decide_all(assignments, WORLD, {}, at(now)).reminders


def line(assignment, step="qua-han", level=1):
    return Line(assignment, step, level, "vì sao")


def test_all_tasks_of_a_person_go_into_one_message():
    tasks = [an_assignment(DUE, number=str(n)) for n in range(1, 6)]
    gathered = gather(reminders("2025-09-30 08:00", *tasks), WORLD, at("2025-09-30 08:00"), {})

    assert [(m.recipient.post, len(m.reminders)) for m in gathered.messages] == [("SYT/contact", 5)]


def test_a_message_found_outside_the_sending_hours_waits_and_is_not_dropped():
    gathered = gather(reminders("2025-10-03 20:00", an_assignment(DUE)), WORLD, at("2025-10-03 20:00"), {})

    assert [m.not_before for m in gathered.messages] == [at("2025-10-06 07:00")]


def test_the_same_reminders_make_the_same_message_whatever_their_order():
    found = reminders("2025-09-30 08:00", an_assignment(DUE, number="1"), an_assignment(DUE, number="2"))
    one = gather(found, WORLD, at("2025-09-30 08:00"), {})
    other = gather(reversed(found), WORLD, at("2025-09-30 08:00"), {})

    assert [m.key for m in one.messages] == [m.key for m in other.messages]


def test_without_an_open_channel_the_reason_is_recorded():
    world = replace(WORLD, channels=frozenset({"email"}))
    gathered = gather(reminders("2025-09-30 08:00", an_assignment(DUE)), world, at("2025-09-30 08:00"), {})

    assert gathered.messages == ()
    assert [s.reason for s in gathered.suppressions] == [SuppressionReason.NO_CHANNEL]


def laid_before_the_chairman(*assignments):
    """The reminders of a morning on which all levels below have been told."""
    told = {}
    for assignment in assignments:
        entries = []
        for level_day in ("2025-10-01 08:00", "2025-10-03 08:00", "2025-10-10 08:00"):
            decision = decide_all([assignment], WORLD, {assignment.id: tuple(entries)}, at(level_day))
            entries += told_of(decision, state=ToldState.DELIVERED, when=at(level_day))
        told[assignment.id] = tuple(entries)
    decision = decide_all(assignments, WORLD, told, at("2025-10-22 08:00"))
    return [reminder for reminder in decision.reminders if reminder.level == 4]


@pytest.mark.parametrize(("spent", "laid"), [(0, 10), (7, 3), (10, 0), (25, 0)])
def test_the_chairman_gets_no_more_tasks_a_day_than_allowed_and_the_rest_waits(spent, laid):
    found = laid_before_the_chairman(*(an_assignment(DUE, number=str(n)) for n in range(1, 15)))
    gathered = gather(found, WORLD, at("2025-10-22 08:00"), {"UBND/chairman": spent})

    assert len(found) == 14
    assert sum(len(m.reminders) for m in gathered.messages) == laid
    assert [s.reason for s in gathered.suppressions] == [SuppressionReason.BUDGET] * (14 - laid)


def test_a_task_that_several_units_owe_counts_once_towards_the_limit():
    owed = [an_assignment(DUE, unit=unit, number=str(n)) for n in range(1, 6) for unit in (SYT, SXD)]
    found = laid_before_the_chairman(*owed)
    gathered = gather(found, WORLD, at("2025-10-22 08:00"), {"UBND/chairman": 7})

    assert [len(message.reminders) for message in gathered.messages] == [6]
    assert len(gathered.suppressions) == 4


# --- what stands in a message -------------------------------------------------------------

CONTACT = CONTACTS.recipient("SYT", PostRole.CONTACT, DUE)
CHAIRMAN = CONTACTS.chairman(DUE)


@pytest.mark.parametrize(
    ("now", "group", "days_left", "days_late"),
    [
        ("2025-09-09 08:00", Group.LATER, 15, 0),
        ("2025-09-25 08:00", Group.WEEK, 3, 0),
        ("2025-09-30 08:00", Group.TODAY, 0, 0),
        ("2025-10-01 08:00", Group.OVERDUE, 0, 1),
        ("2025-10-14 08:00", Group.OVERDUE, 0, 14),
    ],
)
def test_a_row_says_how_far_the_deadline_is(now, group, days_left, days_late):
    row = compose("k", CONTACT, [line(an_assignment(DUE))], WORLD, at(now)).rows[0]

    assert (row.group, row.days_left, row.days_late) == (group, days_left, days_late)


def test_the_longest_overdue_comes_first():
    lines = [line(an_assignment(date(2025, 9, day), number=str(day))) for day in (26, 5, 19)]
    digest = compose("k", CONTACT, lines, WORLD, at("2025-10-01 08:00"))

    assert [row.task_code for row in digest.rows] == ["KH-1/5", "KH-1/19", "KH-1/26"]


def test_the_step_up_is_announced_with_its_moment_and_addressee():
    row = compose("k", CONTACT, [line(an_assignment(DUE))], WORLD, at("2025-10-01 08:00")).rows[0]

    assert "08:00 ngày 03/10/2025" in row.warning
    assert "head Sở Y tế" in row.warning


def test_an_extension_shows_both_dates():
    extended = an_assignment(
        DUE, facts=(Fact(FactKind.EXTENDED, at("2025-09-26 09:00"), due_on=date(2025, 10, 31)),)
    )
    row = compose("k", CONTACT, [line(extended)], WORLD, at("2025-10-30 08:00")).rows[0]

    assert (row.original_due_on, row.due_on, row.extensions) == (DUE, date(2025, 10, 31), 1)


def test_upper_levels_read_one_row_a_task_with_the_units_that_owe_it():
    lines = [line(an_assignment(DUE, unit=unit), "bao-chu-tich", 4) for unit in (SYT, SXD)]
    digest = compose("k", CHAIRMAN, lines, WORLD, at("2025-10-22 08:00"))

    assert [row.units for row in digest.rows] == [("Sở Y tế", "Sở Xây dựng")]
    assert digest.level == 4


def test_supporting_units_read_theirs_as_information():
    supporting = an_assignment(DUE, role=Role.SUPPORTING)
    digest = compose("k", CONTACT, [line(supporting, "phoi-hop", 0)], WORLD, at("2025-09-09 08:00"))

    assert [row.group for row in digest.rows] == [Group.INFORMED]
