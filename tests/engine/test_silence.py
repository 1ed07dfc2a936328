"""Is nothing that is due ever silent without a reason?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger import DeliveryState, Told, ToldState
from engine.model import HANOI, Fact, FactKind, Role
from engine.planning import FAULT_STEP, SuppressionReason, decide
from engine.remembered import Remembered
from engine.silence import RED_ZONE_DAYS, SilenceReason, Zone, as_json, red_zone, silence_report
from engine.status import standing_of
from tests.engine.planning_world import CALENDAR, CONTACTS, SXD, SYT, WORLD, an_assignment, at, told_of

DUE = date(2025, 9, 30)  # a Tuesday; the zone begins on Thursday 25 September
SILENT_RULES = replace(WORLD, rulebook=replace(WORLD.rulebook, rules=()))


def rows_at(now, known=(), assignment=None, world=WORLD):
    assignment = assignment or an_assignment(DUE)
    reds = red_zone([assignment], world.calendar, at(now))
    return silence_report(reds, {assignment.id: known}, world, at(now)).rows


def told_on(day, state, delivery, leaves_at=None, world=WORLD, assignment=None):
    """What the ledger remembers of a run on a day whose messages came so far."""
    told = told_after(decide(assignment or an_assignment(DUE), world, (), at(day)), state, at(day))
    return [
        Remembered(one, "luat", "", "", "mailbox", leaves_at and at(leaves_at), delivery)
        if one.state is state
        else Remembered(one)
        for one in told
    ]


def told_after(decision, state, when) -> list[Told]:
    """What the ledger has of a decision, with the reason of whatever was not told."""
    why = {suppression.key: str(suppression.reason) for suppression in decision.suppressions}
    return [replace(one, suppression=why.get(one.key, "")) for one in told_of(decision, state, when)]


# --- the zone ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "zone"),
    [
        ("2025-09-24 23:59", None),
        ("2025-09-25 00:00", Zone.DUE_SOON),
        ("2025-09-30 23:59", Zone.DUE_SOON),
        ("2025-10-01 00:00", Zone.OVERDUE),
    ],
)
def test_the_zone_begins_three_working_days_before_the_deadline(now, zone):
    found = red_zone([an_assignment(DUE)], CALENDAR, at(now))

    assert [red.zone for red in found] == ([zone] if zone else [])
    assert {red.since for red in found} <= {date(2025, 9, 25)}


@pytest.mark.parametrize(
    ("what", "is_red"),
    [
        (an_assignment(DUE), True),
        (an_assignment(None), False),
        (an_assignment(DUE, role=Role.SUPPORTING), False),
        (an_assignment(DUE, facts=[Fact(FactKind.REPORTED, at("2025-09-20 09:00"))]), False),
        (an_assignment(DUE, facts=[Fact(FactKind.CANCELLED, at("2025-09-20 09:00"))]), False),
        (an_assignment(DUE, facts=[Fact(FactKind.BLOCKED, at("2025-09-20 09:00"))]), True),
        (an_assignment(DUE, facts=[Fact(FactKind.HELD, at("2025-09-20 09:00"))]), True),
        (
            an_assignment(
                DUE, facts=[Fact(FactKind.EXTENDED, at("2025-09-20 09:00"), due_on=date(2025, 12, 1))]
            ),
            False,
        ),
    ],
)
def test_what_is_owed_by_a_lead_unit_stands_in_it(what, is_red):
    assert bool(red_zone([what], CALENDAR, at("2025-09-29 09:00"))) is is_red


# --- the reasons ------------------------------------------------------------------------------


def test_whoever_got_a_message_since_they_entered_the_zone_is_not_in_the_report():
    known = told_on("2025-09-25 08:00", ToldState.DELIVERED, DeliveryState.DELIVERED)

    assert rows_at("2025-09-26 09:00", known) == ()


@pytest.mark.parametrize(
    ("now", "known", "reason"),
    [
        ("2025-09-29 09:00", [], "tick_missing"),
        (
            "2025-09-25 07:00",
            told_on("2025-09-19 08:00", ToldState.DELIVERED, DeliveryState.DELIVERED),
            "no_step",
        ),
        (
            "2025-09-25 09:00",
            told_on("2025-09-25 08:00", ToldState.PENDING, DeliveryState.HELD, "2025-09-25 13:30"),
            "held",
        ),
        (
            "2025-09-25 09:00",
            told_on("2025-09-25 08:00", ToldState.PENDING, DeliveryState.PLANNED, "2025-09-25 08:00"),
            "undelivered",
        ),
        (
            "2025-09-25 09:00",
            told_on(
                "2025-09-25 08:00", ToldState.PENDING, DeliveryState.FAILED_TEMPORARY, "2025-09-25 11:00"
            ),
            "undelivered",
        ),
        (
            "2025-09-25 09:00",
            told_on("2025-09-25 08:00", ToldState.UNDELIVERABLE, DeliveryState.FAILED_PERMANENT),
            "failed",
        ),
    ],
)
def test_silence_has_the_reason_that_stands_in_the_way(now, known, reason):
    (row,) = rows_at(now, known)

    assert str(row.reason) == reason
    assert row.message
    assert (row.last_attempt is None) is (reason in {"tick_missing", "held"} or "PLANNED" in str(known))


@pytest.mark.parametrize(
    ("kind", "reason"), [(FactKind.BLOCKED, "blocked"), (FactKind.HELD, "awaiting_decision")]
)
def test_work_that_is_not_chased_says_why(kind, reason):
    over = an_assignment(DUE, facts=(Fact(kind, at("2025-09-10 09:00")),))

    assert [str(row.reason) for row in rows_at("2025-09-29 09:00", assignment=over)] == [reason]


def test_a_vacant_post_is_the_reason_though_its_fault_was_laid_before_the_coordinator():
    world = replace(WORLD, contacts=CONTACTS.without("SYT/contact"))
    known = told_on("2025-09-29 08:00", ToldState.DELIVERED, DeliveryState.DELIVERED, world=world)

    assert FAULT_STEP in {one.told.step for one in known}
    assert [str(row.reason) for row in rows_at("2025-09-29 09:00", known, world=world)] == ["no_contact"]


@pytest.mark.parametrize(
    ("decided", "state", "reason"),
    [
        ("no_channel", ToldState.SUPPRESSED, "no_channel"),
        ("acknowledged", ToldState.SUPPRESSED, "acknowledged"),
        ("budget", ToldState.WAITING, "waiting"),
        ("blocked", ToldState.SUPPRESSED, "no_step"),  # it was; the work is chased again since
    ],
)
def test_what_planning_decided_is_the_reason(decided, state, reason):
    known = [
        one if one.told.suppression else Remembered(replace(one.told, state=state, suppression=decided))
        for one in told_on("2025-09-25 08:00", ToldState.PENDING, None)
    ]

    assert [str(row.reason) for row in rows_at("2025-09-25 09:00", known)] == [reason]


def test_what_waits_for_a_step_that_is_gone_is_no_reason():
    known = [
        Remembered(replace(one.told, state=ToldState.WAITING, suppression="digest"))
        for one in told_on("2025-09-25 08:00", ToldState.PENDING, None)
    ]
    later = at("2025-09-25 08:30")
    gone = [replace(one, told=replace(one.told, step="bac-da-bo", falls_at=later)) for one in known]
    decided = told_on("2025-09-25 08:00", ToldState.SUPPRESSED, None)

    assert [str(row.reason) for row in rows_at("2025-09-25 09:00", known)] == ["waiting"]
    assert [str(row.reason) for row in rows_at("2025-09-25 09:00", [*decided, *gone])] == ["no_step"]


def test_what_was_assigned_inside_the_zone_is_not_asked_for_steps_from_before():
    late = an_assignment(DUE, assigned_on=date(2025, 9, 26))
    (row,) = rows_at("2025-09-26 09:00", assignment=late)

    assert (str(row.reason), row.red.since) == ("no_step", date(2025, 9, 26))
    assert "'truoc-1-ngay' lúc 08:00 29/09/2025" in row.message


def test_without_a_rule_that_is_the_reason():
    assert [str(row.reason) for row in rows_at("2025-09-29 09:00", world=SILENT_RULES)] == ["no_rule"]


def test_of_a_policy_without_steps_that_is_the_reason_whatever_was_tried_before():
    policies = {id_: replace(policy, steps=()) for id_, policy in WORLD.rulebook.policies.items()}
    quiet = replace(WORLD, rulebook=replace(WORLD.rulebook, policies=policies))
    known = told_on("2025-09-25 08:00", ToldState.PENDING, None)

    for remembered in ((), known):
        (row,) = rows_at("2025-09-29 09:00", remembered, world=quiet)
        assert (str(row.reason), "'nhiem-vu' (mac-dinh.yml:" in row.message) == ("quiet_policy", True)


def test_the_contract_of_the_report():
    reds = red_zone([an_assignment(DUE), an_assignment(DUE, unit=SXD)], CALENDAR, at("2025-10-02 09:00"))
    found = as_json(silence_report(reds, {}, WORLD, at("2025-10-02 09:00")))

    assert found["as_of"] == "2025-10-02T09:00:00+07:00"
    assert found["totals"] == {"tick_missing": 2}
    assert {key: found["rows"][0][key] for key in ("task", "unit", "due_on", "zone", "since", "reason")} == {
        "task": "KH-1/1", "unit": "SXD", "due_on": "2025-09-30", "zone": "overdue", "since": "2025-09-25",
        "reason": "tick_missing",
    }  # fmt: skip
    assert {"message", "last_attempt"} <= set(found["rows"][0])


# --- what no table can say ----------------------------------------------------------------------

KINDS = (
    FactKind.ACKNOWLEDGED, FactKind.REPORTED, FactKind.RETURNED, FactKind.BLOCKED, FactKind.UNBLOCKED,
    FactKind.HELD, FactKind.EXTENDED,
)  # fmt: skip
STATES = {
    ToldState.DELIVERED: DeliveryState.DELIVERED,
    ToldState.PENDING: DeliveryState.FAILED_TEMPORARY,
    ToldState.UNDELIVERABLE: DeliveryState.FAILED_PERMANENT,
}
FIRST = datetime(2025, 9, 15, 8, 10, tzinfo=HANOI)  # soon after the steps of a morning have fallen
MOMENTS = st.integers(0, 2 * 30).map(lambda n: FIRST + timedelta(hours=12 * n))


def around(as_of, before, after):
    """Days near a moment, where the zone begins and ends."""
    return st.integers(-before, after).map(lambda n: as_of.date() + timedelta(days=n))


@st.composite
def shares(draw, number, as_of):
    facts = []
    for moment in sorted(draw(st.lists(MOMENTS, max_size=3, unique=True))):
        kind = draw(st.sampled_from(KINDS))
        extended = moment.date() + timedelta(days=5) if kind is FactKind.EXTENDED else None
        facts.append(Fact(kind, moment, due_on=extended))
    return an_assignment(
        draw(st.one_of(around(as_of, 9, 7), around(as_of, 9, 7), st.none())),
        draw(st.sampled_from([Role.LEAD, Role.LEAD, Role.LEAD, Role.SUPPORTING])),
        draw(st.sampled_from([SYT, SXD])),
        draw(st.one_of(st.just(date(2025, 8, 1)), around(as_of, 4, 1))),
        facts,
        str(number),
    )


@st.composite
def stories(draw):
    """A few assignments, the runs that looked at them, what came of each, and a moment to report of."""
    as_of = draw(MOMENTS)
    registry = [draw(shares(number, as_of)) for number in range(draw(st.integers(1, 4)))]
    runs = sorted(draw(st.lists(MOMENTS, max_size=8, unique=True)))
    states = draw(st.lists(st.sampled_from(list(STATES)), min_size=len(runs), max_size=len(runs)))
    vacant = draw(st.sampled_from([(), ("SYT/contact",), ("SYT/contact", "SYT/head", "SXD/head")]))
    return registry, list(zip(runs, states, strict=True)), vacant, as_of


def what_was_told(registry, runs, world, until) -> dict[str, tuple[Told, ...]]:
    told: dict[str, dict[str, Told]] = {assignment.id: {} for assignment in registry}
    for now, state in runs:
        for assignment in registry:
            if now <= until and assignment.assigned_on <= now.date():
                known = told[assignment.id]
                decision = decide(assignment, world, tuple(known.values()), now)
                known |= {one.key: replace(one, at=now) for one in told_after(decision, state, now)}
    return {id_: tuple(known.values()) for id_, known in told.items()}


@settings(deadline=None, max_examples=200)
@given(story=stories())
def test_whoever_is_chased_in_the_red_zone_was_reached_or_has_a_row(story):
    registry, runs, vacant, as_of = story
    world = replace(WORLD, contacts=CONTACTS.without(*vacant))
    told = what_was_told(registry, runs, world, as_of)
    remembered = {
        id_: [Remembered(one, delivery=STATES.get(one.state)) for one in known] for id_, known in told.items()
    }
    report = silence_report(red_zone(registry, world.calendar, as_of), remembered, world, as_of)
    rows = {row.red.assignment.id: row for row in report.rows}
    must_hear = [share for share in registry if is_in_danger(share, as_of)]

    assert len(rows) == len(report.rows)
    for share in must_hear:
        heard = [one for one in told[share.id] if reaches_the_unit(one, share, as_of)]
        assert (share.id in rows) is not bool(heard), (share, told[share.id])
    assert len(must_hear) == len(rows) + report.reached
    assert Counter(str(row.reason) for row in rows.values()) == Counter(report.totals)
    for row in rows.values():
        news = decide(row.red.assignment, world, told[row.red.assignment.id], as_of)
        decided = {r.level for r in news.reminders if r.step != FAULT_STEP} | {
            s.level for s in news.suppressions if s.reason is not SuppressionReason.SUPERSEDED
        }
        if row.reason is SilenceReason.TICK_MISSING:
            assert decided & {1, 2}, "a run at this moment would have something to decide"
        elif not any(one.state is ToldState.WAITING for one in told[row.red.assignment.id]):
            assert not decided & {1, 2}, "nothing is left to a run that is missing"


def is_in_danger(share, as_of) -> bool:
    """Owed by a lead and due within a few working days, by counting the days one by one."""
    standing, day = standing_of(share, as_of), as_of.date()
    if share.role is not Role.LEAD or share.assigned_on > day or not standing.is_owed:
        return False
    left = 0
    while day < standing.due_on:
        day += timedelta(days=1)
        left += CALENDAR.is_working_day(day)
    return left <= RED_ZONE_DAYS


def reaches_the_unit(told, share, as_of) -> bool:
    standing = standing_of(share, as_of)
    entered = CALENDAR.add_working_days(CALENDAR.previous_working_day(standing.due_on), -RED_ZONE_DAYS)
    return (
        told.due_on == standing.due_on
        and told.state is ToldState.DELIVERED
        and told.level in {1, 2}
        and told.at.date() >= max(entered, standing.armed_on)
    )
