"""What falls due soon: which days belong to it, in which order, and who knows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.due_soon import as_json, due_soon_of
from engine.model import FactKind, Role
from engine.report_query import ReminderCount
from tests.engine.report_world import (
    CALENDAR,
    UNITS,
    answered,
    asked,
    assigned,
    at,
    fact,
    queries,
    registries,
)

ACKNOWLEDGED = fact(FactKind.ACKNOWLEDGED, "2025-09-10 09:00")
REPORTED = fact(FactKind.REPORTED, "2025-09-12 09:00")
RETURNED = fact(FactKind.RETURNED, "2025-09-15 09:00")


def tasks(*shares, **more):
    return [row.task for row in due_soon_of(asked(*shares, **more)).rows]


@pytest.mark.parametrize(
    ("due", "facts", "is_there"),
    [
        ("2025-09-22", [], True),  # the day itself
        ("2025-09-29", [], True),  # the seventh day after
        ("2025-09-30", [], False),
        ("2025-09-21", [], True),  # Sunday: on Monday it is still in time
        ("2025-09-19", [], False),  # Friday: late by now, which another report tells
        (None, [], False),
        ("2025-09-25", [REPORTED], False),
        ("2025-09-25", [REPORTED, RETURNED], True),
        ("2025-09-25", [fact(FactKind.CANCELLED, "2025-09-12")], False),
        ("2025-09-25", [fact(FactKind.EXTENDED, "2025-09-12", due="2025-10-31")], False),
        ("2025-08-01", [fact(FactKind.EXTENDED, "2025-07-12", due="2025-09-25")], True),
        ("2025-09-25", [fact(FactKind.BLOCKED, "2025-09-12")], True),  # owed, chased or not
        ("2025-09-25", [fact(FactKind.REPORTED, "2025-09-22 08:01")], True),  # not yet known
    ],
)
def test_owed_work_of_the_next_seven_days_is_there_on_a_monday(due, facts, is_there):
    assert tasks(assigned("1", "SYT", due, *facts), now="2025-09-22 08:00") == ["KH1/1"] * is_there


def test_what_is_due_on_a_sunday_must_be_done_by_friday_and_is_told_in_fridays_report():
    row = due_soon_of(asked(assigned("1", "SYT", "2025-09-28"), now="2025-09-19", last="2025-09-26")).rows[0]

    assert [row.due_on, row.act_by_on, row.effective_due_on] == [date(2025, 9, d) for d in (28, 26, 29)]


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2025-08-28", 1),  # Thursday
        ("2025-08-29 07:00", 0),  # the last day to act, before days off from Saturday to Tuesday
        ("2025-09-02", 0),
        ("2025-09-03 23:59", 0),  # still in time
    ],
)
def test_days_left_are_working_days_until_the_last_day_to_act(now, left):
    row = due_soon_of(asked(assigned("1", "SYT", "2025-08-31"), now=now)).rows[0]

    assert row.working_days_left == left


def test_a_period_asked_for_replaces_the_seven_days():
    shares = [assigned(str(day), "SYT", f"2025-10-{day:02}") for day in (1, 15, 31)]

    assert tasks(*shares, first="2025-10-10", last="2025-10-31") == ["KH1/15", "KH1/31"]
    assert tasks(*shares, last="2025-10-15") == ["KH1/1", "KH1/15"]
    assert tasks(*shares, first="2025-10-10") == ["KH1/15"]  # and seven days from there


def test_rows_stand_by_day_then_by_unit_as_a_dictionary_lists_them_then_by_number():
    made = due_soon_of(
        asked(
            assigned("10", "SYT", "2025-10-02"),
            assigned("2", "SYT", "2025-10-02"),
            assigned("1", "BATO", "2025-10-02"),
            assigned("1", "CAT", "2025-10-01"),
            assigned("1", "AN", "2025-10-02"),
            assigned("1", "SNV", "2025-10-02", role=Role.SUPPORTING),
        )
    )

    assert [(row.unit, row.task) for row in made.rows] == [
        ("CAT", "KH1/1"),
        ("SYT", "KH1/2"),
        ("SYT", "KH1/10"),
        ("AN", "KH1/1"),
        ("BATO", "KH1/1"),
    ]
    assert [(unit.code, unit.count.shares) for unit in made.units] == [
        ("CAT", 1), ("SYT", 2), ("AN", 1), ("BATO", 1),
    ]  # fmt: skip
    assert [(day.act_by_on.day, day.count.shares, day.count.units) for day in made.days] == [
        (1, 1, 1),
        (2, 4, 3),
    ]
    assert (made.total.shares, made.total.tasks, made.total.units) == (5, 3, 4)


def test_a_row_says_who_was_told_whether_they_know_and_what_they_asked():
    share = assigned(
        "1",
        "SYT",
        "2025-10-03",
        ACKNOWLEDGED,
        fact(FactKind.EXTENSION_REQUESTED, "2025-09-29", due="2025-10-20"),
    )
    told = assigned("2", "SYT", "2025-10-03")
    made = due_soon_of(
        asked(
            share, told, sent={share.id: ReminderCount(2, 1, at("2025-09-26")), told.id: ReminderCount(1, 1)}
        )
    )
    first = as_json(made)["rows"][0]

    assert (first["reminders"], first["level"], first["last_reminded_at"]) == (
        2,
        1,
        "2025-09-26T08:00:00+07:00",
    )
    assert (first["acknowledged_at"], first["wished_on"]) == ("2025-09-10T09:00:00+07:00", "2025-10-20")
    assert (made.total.reminded, made.total.acknowledged) == (2, 1)


@given(registries(), queries())
def test_parts_sum_to_the_whole_and_every_day_is_what_it_says(registry, query):
    made = due_soon_of(answered(query, *registry))

    for part in ("shares", "reminded", "acknowledged"):
        whole = getattr(made.total, part)
        assert whole == sum(getattr(day.count, part) for day in made.days)
        assert whole == sum(getattr(unit.count, part) for unit in made.units)
    assert made.total.shares == len(made.rows)
    for row in made.rows:
        assert row.act_by_on <= row.due_on <= row.effective_due_on >= query.on
        assert CALENDAR.is_working_day(row.act_by_on)
        assert CALENDAR.is_working_day(row.effective_due_on)


@given(registries(), queries(), st.randoms())
def test_the_order_of_input_does_not_matter(registry, query, random):
    shares, sent = registry
    shuffled = list(shares)
    random.shuffle(shuffled)

    assert due_soon_of(answered(query, shuffled, sent)) == due_soon_of(answered(query, shares, sent))


@given(registries(), queries(), st.sampled_from(sorted(UNITS)))
def test_asked_about_one_unit_it_gives_the_rows_of_that_unit(registry, query, unit):
    every = due_soon_of(answered(query, *registry))
    alone = due_soon_of(answered(replace(query, units=(unit,)), *registry))

    assert alone.rows == tuple(row for row in every.rows if row.unit == unit)
    assert alone.units == tuple(one for one in every.units if one.code == unit)


@given(registries(), queries())
def test_weeks_side_by_side_tell_of_everything_due_in_both(registry, query):
    shares, sent = registry
    on = query.on
    week = due_soon_of(answered(replace(query, first_on=on, last_on=on + timedelta(6)), shares, sent))
    next_week = due_soon_of(
        answered(replace(query, first_on=on + timedelta(7), last_on=on + timedelta(13)), shares, sent)
    )
    both = due_soon_of(answered(replace(query, first_on=on, last_on=on + timedelta(13)), shares, sent))

    assert {*week.rows, *next_week.rows} == set(both.rows)
