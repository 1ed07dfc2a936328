"""Whom does the engine tell, whom not, and what does time do to that?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger import Told, ToldState
from engine.model import HANOI, Fact, FactKind, Role
from engine.planning import FAULT_STEP, SuppressionReason, decide
from engine.rulebook import read_rulebook
from tests.engine.planning_world import CALENDAR, CONFIG, CONTACTS, WORLD, an_assignment, at, told_of

DUE = date(2025, 9, 30)  # a Tuesday


def reminded(now: str, told=(), assignment=None, world=WORLD):
    """The steps told at `now`, in the order of their levels."""
    decision = decide(assignment or an_assignment(DUE), world, told, at(now))
    return [reminder.step for reminder in decision.reminders]


def not_told(now: str, told=(), assignment=None, world=WORLD):
    decision = decide(assignment or an_assignment(DUE), world, told, at(now))
    return {(s.step, s.reason) for s in decision.suppressions}


@pytest.mark.parametrize(
    ("now", "steps"),
    [
        ("2025-09-08 08:00", []),
        ("2025-09-09 07:59", []),
        ("2025-09-09 08:00", ["truoc-15-ngay"]),
        ("2025-09-25 08:00", ["truoc-3-ngay"]),
        ("2025-09-28 12:00", ["truoc-3-ngay"]),  # Sunday: the step of Monday has not come
        ("2025-09-30 08:00", ["den-han"]),
        ("2025-10-01 08:00", ["qua-han"]),
        ("2025-10-02 08:00", ["qua-han"]),
        ("2025-10-08 08:00", ["qua-han#2"]),
    ],
)
def test_asked_for_the_first_time_the_contact_gets_the_one_step_that_matters_now(now, steps):
    assert steps == reminded(now)


def test_the_steps_that_passed_unnoticed_are_recorded_as_superseded():
    passed = not_told("2025-09-25 08:00")

    assert passed == {(s, SuppressionReason.SUPERSEDED) for s in ("truoc-15-ngay", "truoc-7-ngay")}


def test_steps_that_precede_the_assignment_were_never_due():
    late = an_assignment(DUE, assigned_on=date(2025, 9, 26))

    assert reminded("2025-09-26 09:00", assignment=late) == []
    assert not_told("2025-09-29 08:00", assignment=late) == set()
    assert reminded("2025-09-29 08:00", assignment=late) == ["truoc-1-ngay"]


def test_a_step_of_the_day_of_the_assignment_is_told():
    just_in_time = an_assignment(DUE, assigned_on=date(2025, 9, 25))

    assert reminded("2025-09-25 09:00", assignment=just_in_time) == ["truoc-3-ngay"]


def test_asking_again_with_what_was_told_finds_nothing_new():
    first = decide(an_assignment(DUE), WORLD, (), at("2025-10-03 08:00"))
    again = decide(an_assignment(DUE), WORLD, told_of(first), at("2025-10-03 08:00"))

    assert (again.reminders, again.suppressions) == ((), ())


# --- the ladder ---------------------------------------------------------------------------


def told_contact(state: ToldState, on: str) -> tuple[Told, ...]:
    return told_of(decide(an_assignment(DUE), WORLD, (), at(on)), state, at(on))


def test_the_head_is_told_once_the_contact_was_reached_on_an_earlier_day():
    told = told_contact(ToldState.DELIVERED, "2025-10-01 08:00")

    assert reminded("2025-10-03 08:00", told) == ["bao-lanh-dao-don-vi"]


def test_the_head_is_not_told_on_the_day_the_contact_was_reached():
    told = told_contact(ToldState.DELIVERED, "2025-10-06 08:00")

    assert reminded("2025-10-06 09:00", told) == []
    assert reminded("2025-10-07 08:00", told) == ["bao-lanh-dao-don-vi"]


@pytest.mark.parametrize("state", [ToldState.PENDING, ToldState.WAITING])
def test_the_head_waits_while_the_contact_was_not_reached(state):
    told = told_contact(state, "2025-10-01 08:00")

    assert ("bao-lanh-dao-don-vi", SuppressionReason.LEVEL_BELOW) in not_told("2025-10-03 08:00", told)


def test_back_after_a_month_the_levels_follow_one_a_day():
    """No level is skipped, none is told on the day the one below was."""
    days = ["2025-10-30 08:00", "2025-10-31 08:00", "2025-11-03 08:00", "2025-11-04 08:00"]
    told: tuple[Told, ...] = ()
    levels = []
    for now in days:
        decision = decide(an_assignment(DUE), WORLD, told, at(now))
        levels.append(sorted(r.level for r in decision.reminders))
        told = merged(told, told_of(decision, ToldState.DELIVERED, at(now)))

    assert levels == [[1], [2], [3], [4]]


def test_a_reminder_from_before_the_deadline_does_not_open_the_way_up():
    told = told_contact(ToldState.DELIVERED, "2025-09-25 08:00")

    assert ("bao-lanh-dao-don-vi", SuppressionReason.LEVEL_BELOW) in not_told("2025-10-06 08:00", told)


def test_notice_before_the_deadline_to_the_head_waits_for_nobody():
    shipped = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    first = "      - id: truoc-3-ngay\n"
    step = '      - id: bao-truoc\n        before: 5 ngày làm việc\n        at: "08:00"\n        to: head\n'
    rulebook, problems = read_rulebook({"r.yml": shipped.replace(first, step + first, 1)})

    assert problems == []
    assert "bao-truoc" in reminded("2025-09-23 08:00", world=replace(WORLD, rulebook=rulebook))


def test_an_unreachable_contact_is_laid_before_the_coordinating_office():
    told = told_contact(ToldState.UNDELIVERABLE, "2025-10-01 08:00")

    assert reminded("2025-10-02 08:00", told) == [FAULT_STEP]
    assert set(reminded("2025-10-03 08:00", told)) == {FAULT_STEP, "bao-lanh-dao-don-vi"}


def test_a_unit_without_a_contact_is_a_fault_and_not_a_matter_for_the_chairman():
    world = replace(WORLD, contacts=CONTACTS.without("SYT/contact", "SYT/head"))

    assert reminded("2025-10-01 08:00", world=world) == [FAULT_STEP]
    assert ("qua-han", SuppressionReason.NO_CONTACT) in not_told("2025-10-01 08:00", world=world)
    assert "bao-chu-tich" not in reminded("2025-11-20 08:00", world=world)


# --- what people do -----------------------------------------------------------------------


def fact(kind: FactKind, when: str, **more) -> Fact:
    return Fact(kind, at(when), **more)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FactKind.REPORTED, SuppressionReason.REPORTED),
        (FactKind.CANCELLED, SuppressionReason.CANCELLED),
        (FactKind.BLOCKED, SuppressionReason.BLOCKED),
        (FactKind.HELD, SuppressionReason.AWAITING_DECISION),
    ],
)
def test_nothing_is_sent_after_it_and_what_waited_is_given_up_with_the_reason(kind, reason):
    waiting = told_of(decide(an_assignment(DUE), WORLD, (), at("2025-10-03 08:00")))
    over = an_assignment(DUE, facts=(fact(kind, "2025-10-03 09:00"),))

    assert reminded("2025-10-06 08:00", waiting, over) == []
    assert not_told("2025-10-06 08:00", waiting, over) == {("bao-lanh-dao-don-vi", reason)}


TURNED = fact(FactKind.BLOCKED, "2025-10-02 09:00", unit="SXD")


@pytest.mark.parametrize(
    ("before", "since", "step", "reason"),
    [
        ([], fact(FactKind.BLOCKED, "2025-10-03 09:00", unit="SXD"), "", SuppressionReason.BLOCKED),
        ([TURNED], fact(FactKind.UNBLOCKED, "2025-10-03 09:00"), "@SXD", SuppressionReason.UNBLOCKED),
        ([], fact(FactKind.EXTENDED, "2025-10-03 09:00", due_on=date(2025, 10, 31)), "",
         SuppressionReason.EXTENDED),
    ],
)  # fmt: skip
def test_what_waited_is_given_up_once_another_unit_or_another_day_counts(before, since, step, reason):
    waiting = told_of(decide(an_assignment(DUE, facts=before), WORLD, (), at("2025-10-03 08:00")))
    goes_on = an_assignment(DUE, facts=[*before, since])

    assert (f"bao-lanh-dao-don-vi{step}", reason) in not_told("2025-10-06 08:00", waiting, goes_on)


def test_work_that_waits_for_another_unit_climbs_to_the_head_of_that_unit_and_no_further():
    told: tuple[Told, ...] = ()
    posts = set()
    for day in range(3, 32):
        decision = decide(an_assignment(DUE, facts=[TURNED]), WORLD, told, at(f"2025-10-{day:02} 08:00"))
        posts |= {reminder.recipient.post for reminder in decision.reminders}
        told = merged(told, told_of(decision, ToldState.DELIVERED, at(f"2025-10-{day:02} 08:00")))

    assert posts == {"SXD/contact", "SXD/head"}


def test_a_returned_result_is_chased_again():
    returned = an_assignment(
        DUE, facts=(fact(FactKind.REPORTED, "2025-09-29 09:00"), fact(FactKind.RETURNED, "2025-10-02 09:00"))
    )

    assert reminded("2025-10-02 08:00", assignment=returned) == []
    assert reminded("2025-10-08 08:00", assignment=returned) == ["qua-han#2"]


def test_an_acknowledgement_quiets_the_early_steps_and_comes_back_near_the_deadline():
    noted = an_assignment(DUE, facts=(fact(FactKind.ACKNOWLEDGED, "2025-09-10 09:00"),))

    assert ("truoc-7-ngay", SuppressionReason.ACKNOWLEDGED) in not_told("2025-09-19 08:00", assignment=noted)
    assert reminded("2025-09-25 08:00", assignment=noted) == ["truoc-3-ngay"]


def test_an_extension_arms_the_ladder_anew_on_the_new_date():
    extended = an_assignment(
        DUE, facts=(fact(FactKind.EXTENDED, "2025-09-26 09:00", due_on=date(2025, 10, 31)),)
    )

    assert reminded("2025-09-30 08:00", assignment=extended) == []
    assert reminded("2025-10-10 08:00", assignment=extended) == ["truoc-15-ngay"]


def test_steps_towards_the_new_date_that_precede_the_extension_were_never_due():
    extended = an_assignment(
        DUE, facts=(fact(FactKind.EXTENDED, "2025-09-26 09:00", due_on=date(2025, 10, 10)),)
    )

    assert reminded("2025-09-26 10:00", assignment=extended) == []
    assert not_told("2025-10-01 08:00", assignment=extended) == set()


def test_a_step_told_before_an_extension_is_told_of_the_new_date_under_a_key_of_its_own():
    told = told_contact(ToldState.DELIVERED, "2025-09-30 08:00")
    extended = an_assignment(
        DUE, facts=(fact(FactKind.EXTENDED, "2025-09-30 09:00", due_on=date(2025, 10, 31)),)
    )
    again = decide(extended, WORLD, told, at("2025-10-31 08:00")).reminders

    assert [reminder.step for reminder in again] == ["den-han"]
    assert {reminder.key for reminder in again}.isdisjoint(one.key for one in told)


def test_supporting_units_are_informed_and_never_chased():
    supporting = an_assignment(DUE, role=Role.SUPPORTING)

    assert reminded("2025-09-09 08:00", assignment=supporting) == ["phoi-hop"]
    assert (
        reminded(
            "2025-11-30 08:00", told_of(decide(supporting, WORLD, (), at("2025-09-09 08:00"))), supporting
        )
        == []
    )


# --- what no table can say ------------------------------------------------------------------

DUES = st.dates(date(2025, 1, 15), date(2026, 11, 30))
DELIVERIES = st.sampled_from([ToldState.DELIVERED, ToldState.PENDING, ToldState.UNDELIVERABLE])


def merged(told, news):
    return tuple({t.key: t for t in (*told, *news)}.values())


@settings(deadline=None)
@given(
    due_on=DUES,
    gaps=st.lists(st.integers(0, 40), max_size=12),
    states=st.lists(DELIVERIES, min_size=12, max_size=12),
)
def test_no_key_is_told_twice_and_no_level_is_told_before_the_one_below(due_on, gaps, states):
    assignment = an_assignment(due_on, assigned_on=date(2025, 1, 2))
    now = datetime(2025, 1, 6, 9, tzinfo=HANOI)
    told: tuple[Told, ...] = ()
    keys: list[str] = []
    for gap, state in zip(gaps, states, strict=False):
        now = now.replace(hour=9) + timedelta(days=gap)
        decision = decide(assignment, WORLD, told, now)
        for reminder in decision.reminders:
            keys.append(reminder.key)
            if reminder.level > 1 and reminder.step != FAULT_STEP:
                below = [t for t in told if t.level == reminder.level - 1 and t.step != FAULT_STEP]
                assert any(t.state in {ToldState.DELIVERED, ToldState.UNDELIVERABLE} for t in below)
        told = merged(told, told_of(decision, state, now))

    assert len(keys) == len(set(keys))


@settings(deadline=None, max_examples=40)
@given(due_on=DUES, every=st.integers(1, 9))
def test_a_tick_at_any_rhythm_reaches_the_same_levels(due_on, every):
    """A coarser tick may merge steps of one level; it never loses a level or invents one."""
    end = datetime(2027, 3, 1, 9, tzinfo=HANOI)
    assert levels_told(due_on, 1, end) == levels_told(due_on, every, end)


def levels_told(due_on, every, end):
    assignment = an_assignment(due_on, assigned_on=date(2025, 1, 2))
    now, told, levels = datetime(2025, 1, 6, 9, tzinfo=HANOI), (), set()
    while now < end and now.date() < due_on + timedelta(days=160):
        decision = decide(assignment, WORLD, told, now)
        levels |= {r.level for r in decision.reminders}
        told = merged(told, told_of(decision, ToldState.DELIVERED, now))
        now += timedelta(days=every)
    return levels


def test_the_calendar_in_these_tests_is_the_one_that_ships():
    assert not CALENDAR.is_working_day(date(2025, 9, 2))
