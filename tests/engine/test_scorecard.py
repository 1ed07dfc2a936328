"""The scorecard of units: what is counted, who may be compared, and what a closed month keeps."""

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.frozen import Frozen, Ground, frozen_data, frozen_of
from engine.model import UNDETERMINED, FactKind, Role, UnitKind
from engine.report_query import ReminderCount
from engine.scorecard import rows_to_freeze, scorecard_of
from engine.scorecard_json import as_json
from engine.status import Timeliness
from tests.engine.report_world import UNITS, answered, asked, assigned, at, fact, queries, registries

ON_TIME = fact(FactKind.REPORTED, "2025-09-05 09:00")
LATE = fact(FactKind.REPORTED, "2025-09-20 09:00")
DUE = "2025-09-10"
SUMMED = [str(cell) for cell in Timeliness if cell is not Timeliness.CANCELLED]
SUMMED += ["given", "due", "late", "extended", "extensions", "reminders", "answered", "returned"]


def shares_of(unit, on_time=0, late=0, open_late=0, start=1):
    """Return shares of one unit due on the same day, so many of each outcome."""
    outcomes = [(ON_TIME,)] * on_time + [(LATE,)] * late + [()] * open_late
    return [assigned(f"{unit}{n}", unit, DUE, *facts) for n, facts in enumerate(outcomes, start=start)]


def ranks(*shares, least_due=1, **more):
    made = scorecard_of(asked(*shares, **more), Ground(least_due))
    return [(unit.rank, unit.code) for unit in made.units]


# --- ranks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        # on time first
        ({"SYT": (4, 1, 0), "SNV": (5, 0, 0)}, [(1, "SNV"), (2, "SYT")]),
        # as much on time: who has at least finished the rest
        ({"SYT": (4, 0, 1), "SNV": (4, 1, 0)}, [(1, "SNV"), (2, "SYT")]),
        # equal in both: one rank, listed as in a dictionary, and the next rank left out
        ({"SYT": (4, 1, 0), "CAT": (4, 1, 0), "AN": (1, 4, 0)}, [(1, "CAT"), (1, "SYT"), (3, "AN")]),
        # a share of many is compared with the same share of few
        ({"SYT": (10, 0, 10), "CAT": (3, 0, 3)}, [(1, "CAT"), (1, "SYT")]),
        # nothing on time is a rate too
        ({"SYT": (0, 0, 5), "CAT": (0, 5, 0)}, [(1, "CAT"), (2, "SYT")]),
    ],
)
def test_units_are_ranked_by_what_was_on_time_then_by_what_was_done(outcomes, expected):
    shares = [share for unit, counts in outcomes.items() for share in shares_of(unit, *counts)]

    assert ranks(*shares) == expected


def test_a_unit_with_little_due_stands_apart_with_the_reason_and_keeps_its_figures():
    few = [*shares_of("CAT", on_time=4), assigned("9", "CAT", "2025-12-10"), assigned("8", "CAT", None)]
    made = scorecard_of(asked(*shares_of("SYT", open_late=5), *few))  # five due, unless the office says

    assert [(unit.rank, unit.code, unit.unranked) for unit in made.units] == [
        (1, "SYT", None), (None, "CAT", "few_due"),
    ]  # fmt: skip
    assert (made.apart[0].score.matrix.total, made.apart[0].score.rates.due) == (6, 4)


@pytest.mark.parametrize(
    ("shares", "filters", "why"),
    [
        (shares_of("SYT", on_time=9), {"units": ("SYT",)}, "filtered"),
        ([assigned(str(n), UNDETERMINED.code, DUE, ON_TIME) for n in range(9)], {}, "no_unit"),
        ([assigned("1", "SYT", None)], {}, "few_due"),
    ],
)
def test_who_cannot_be_compared_has_no_rank(shares, filters, why):
    made = scorecard_of(asked(*shares, **filters), Ground(0))

    assert [(unit.rank, unit.unranked) for unit in made.units] == [(None, why)]


def test_a_plan_or_a_kind_of_unit_is_a_league_of_its_own():
    made = scorecard_of(asked(*shares_of("SYT", on_time=9), kinds=(UnitKind.DEPARTMENT,), plans=("KH1",)))

    assert [unit.rank for unit in made.units] == [1]


# --- figures -------------------------------------------------------------------------------


def test_the_row_of_a_unit_says_everything_about_it():
    extended = fact(FactKind.EXTENDED, "2025-08-20", due="2025-09-12")
    again = fact(FactKind.EXTENDED, "2025-08-25", due="2025-09-15")
    returned = fact(FactKind.RETURNED, "2025-09-08")
    shares = [
        assigned("1", "SYT", DUE, ON_TIME),
        assigned("2", "SYT", "2025-08-01", extended, again, fact(FactKind.REPORTED, "2025-09-18")),  # 3 late
        assigned("3", "SYT", DUE, ON_TIME, returned),  # 20 days late by now
        assigned("4", "SYT", DUE, fact(FactKind.ACKNOWLEDGED, "2025-09-01"), LATE),  # 10 late
        assigned("5", "SYT", "2025-12-10"),
        assigned("6", "SYT", None),
        assigned("7", "SYT", DUE, fact(FactKind.CANCELLED, "2025-09-01")),
        assigned("8", "SYT", DUE, role=Role.SUPPORTING),
        assigned("9", "SYT", DUE, since="2025-10-01"),
    ]
    sent = {
        shares[2].id: ReminderCount(3, 2),
        shares[3].id: ReminderCount(1, 1),
        shares[7].id: ReminderCount(9, 1),
    }
    (unit,) = as_json(scorecard_of(asked(*shares, sent=sent), Ground(1)))["units"]

    assert unit == {
        "code": "SYT", "name": "Sở Y tế", "rank": 1, "unranked": None,
        "given": 6, "done_on_time": 1, "done_late": 2, "open_in_time": 1, "open_late": 1, "no_deadline": 1,
        "awaiting_decision": 0, "due": 4, "completed": 3, "completed_of_due": 0.75, "on_time_of_due": 0.25,
        "late": 3, "average_days_late": 11.0, "median_days_late": 10.0, "extended": 1, "extensions": 2,
        "reminders": 4, "answered": 4, "answered_of_given": 0.6667, "returned": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "average", "middle"),
    [((), None, None), ((4,), 4, 4), ((1, 2), Fraction(3, 2), Fraction(3, 2)), ((1, 1, 10), 4, 1)],
)
def test_average_and_median_are_of_late_work_alone(days, average, middle):
    late = [fact(FactKind.REPORTED, f"2025-09-{10 + n:02}") for n in days]
    shares = [assigned(str(n), "SYT", DUE, one) for n, one in enumerate(late)]
    lateness = scorecard_of(asked(*shares, assigned("x", "SYT", DUE, ON_TIME))).total.lateness

    assert (lateness.average, lateness.median) == (average, middle)


def test_work_for_a_group_counts_once_for_each_member_and_is_one_task():
    made = scorecard_of(asked(*[assigned("1", unit, DUE) for unit in ("SYT", "SNV", "CAT")]))

    assert (made.tasks, made.total.matrix.total, len(made.units)) == (1, 3, 3)


def test_a_period_is_that_of_the_deadlines_in_force():
    shares = [
        assigned("1", "SYT", "2025-08-31"),
        assigned("2", "SYT", "2025-09-01"),
        assigned("3", "SYT", "2025-09-30"),
        assigned("4", "SYT", "2025-10-01", ON_TIME),
        assigned("5", "SYT", "2025-09-15", fact(FactKind.EXTENDED, "2025-09-01", due="2025-10-15")),
        assigned("6", "SYT", None),
    ]
    made = scorecard_of(asked(*shares, now="2025-10-20", first="2025-09-01", last="2025-09-30"))

    assert (made.total.matrix.total, made.total.matrix.open_late) == (2, 2)
    assert [month.first_on for month in made.months] == [date(2025, 9, 1)]


def test_months_and_heat_show_the_same_shares_by_month_of_deadline():
    shares = [
        assigned("1", "SYT", "2025-08-20", fact(FactKind.REPORTED, "2025-08-19")),
        assigned("2", "SYT", "2025-09-10"),
        assigned("1", "CAT", "2025-09-10", ON_TIME),
        assigned("3", "CAT", "2025-11-10"),
    ]
    made = as_json(scorecard_of(asked(*shares)))

    assert [(one["month"], one["due"], one["on_time_of_due"]) for one in made["months"]] == [
        ("2025-08", 1, 1.0), ("2025-09", 2, 0.5), ("2025-11", 0, None),
    ]  # fmt: skip
    assert [(row["name"], row["on_time_of_due"]) for row in made["heat"]] == [
        ("Công an tỉnh", [None, 1.0, None]), ("Sở Y tế", [1.0, 0.0, None]),
    ]  # fmt: skip


# --- closed months -------------------------------------------------------------------------

SEPTEMBER = {"first": "2025-09-01", "last": "2025-09-30"}


def closed(*shares):
    """Return September as it was frozen on the first of October."""
    facts = asked(*shares, now="2025-10-01 00:00", **SEPTEMBER)
    data = frozen_data(date(2025, 9, 1), at("2025-10-01 00:00"), 1, rows_to_freeze(facts, 1))
    return frozen_of(data, at("2025-10-01 08:00"), "ab" * 32)


def differences(frozen: Frozen, *shares, now="2025-10-20", **more):
    made = scorecard_of(asked(*shares, now=now, **(SEPTEMBER | more)), Ground(1, (frozen,)))
    return [
        (one.code, one.then and one.then.on_time, one.now and one.now.on_time, dict(one.because))
        for month in made.frozen
        for one in month.differences
    ]


def test_a_month_nothing_was_recorded_about_since_is_as_it_was_closed():
    shares = [*shares_of("SYT", on_time=2, late=1), *shares_of("CAT", open_late=1)]

    assert differences(closed(*shares), *shares) == []
    assert closed(*shares).is_intact


def test_what_was_recorded_since_is_the_reason_why_figures_moved():
    before = shares_of("SYT", open_late=1)[0]
    after = replace(before, facts=(fact(FactKind.REPORTED, "2025-10-02", done="2025-09-09"),))
    frozen = replace(closed(before), since={before.id: Counter(reported=1)})

    assert differences(frozen, after) == [("SYT", 0, 1, {"reported": 1})]


def test_work_that_left_the_month_by_an_extension_or_was_cancelled_is_told_too():
    one, two = shares_of("SYT", open_late=2)
    moved = replace(one, facts=(fact(FactKind.EXTENDED, "2025-10-02", due="2025-11-30", document="1"),))
    dropped = replace(two, facts=(fact(FactKind.CANCELLED, "2025-10-02"),))
    frozen = replace(closed(one, two), since={one.id: Counter(extended=1), two.id: Counter(cancelled=1)})

    assert differences(frozen, moved, dropped) == [("SYT", 0, None, {"extended": 1, "cancelled": 1})]


def test_a_plan_that_came_in_late_moves_figures_without_any_fact():
    shares = shares_of("SYT", on_time=1)

    assert differences(closed(*shares), *shares, *shares_of("CAT", open_late=1)) == [("CAT", None, 0, {})]


def test_a_rank_that_would_be_another_today_is_shown():
    mine = shares_of("SYT", on_time=1)
    other = shares_of("CAT", open_late=1)[0]
    after = replace(other, facts=(fact(FactKind.REPORTED, "2025-10-02", done="2025-09-09"),))
    made = scorecard_of(
        asked(*mine, after, now="2025-10-20", **SEPTEMBER), Ground(1, (closed(*mine, other),))
    )
    moved = {one.code: (one.then.rank, one.now.rank) for one in made.frozen[0].differences}

    assert moved == {"CAT": (2, 1)}


@pytest.mark.parametrize(
    ("asked_for", "is_compared"),
    [
        (SEPTEMBER, True),
        ({"first": "2025-07-01", "last": "2025-12-31"}, True),
        ({"first": None, "last": None}, True),
        ({"first": "2025-09-02", "last": "2025-09-30"}, False),  # a part of a month
        ({"first": "2025-10-01", "last": "2025-10-31"}, False),
        (SEPTEMBER | {"units": ("SYT",)}, True),
        (SEPTEMBER | {"plans": ("KH1",)}, False),  # frozen figures are of all plans
        (SEPTEMBER | {"levels": (0,)}, False),
    ],
)
def test_whole_months_of_all_plans_are_compared(asked_for, is_compared):
    share = shares_of("SYT", open_late=1)[0]
    made = scorecard_of(asked(share, now="2025-10-20", **asked_for), Ground(1, (closed(share),)))

    assert bool(made.frozen) is is_compared


def test_asked_about_one_unit_only_its_closed_figures_are_compared_and_no_ranks():
    shares = [*shares_of("SYT", on_time=2), *shares_of("CAT", open_late=2)]

    assert differences(closed(*shares), *shares, units=("SYT",)) == []


@pytest.mark.parametrize("changed", ["on_time", "name", "rank"])
def test_figures_that_no_longer_have_their_hash_are_said_to(changed):
    share = shares_of("SYT", on_time=1)[0]
    rows = rows_to_freeze(asked(share, now="2025-10-01 00:00", **SEPTEMBER), 1)
    data = frozen_data(date(2025, 9, 1), at("2025-10-01 00:00"), 1, rows)
    data["units"][0]["done_on_time" if changed == "on_time" else changed] = 7

    assert not frozen_of(data, at("2025-10-01"), "ab").is_intact


def test_a_frozen_scorecard_holds_what_a_record_may_hold():
    data = frozen_data(date(2025, 9, 1), at("2025-10-01 00:00"), 1, closed(*shares_of("SYT", on_time=1)).rows)

    def plain(value):
        if isinstance(value, dict):
            return all(map(plain, value.values()))
        return all(map(plain, value)) if isinstance(value, list) else isinstance(value, str | int)

    assert plain(data)
    assert len(data["sha256"]) == 64


# --- properties ----------------------------------------------------------------------------


@given(registries(), queries())
def test_parts_sum_to_the_whole(registry, query):
    made = as_json(scorecard_of(answered(query, *registry), Ground(1)))
    total, units, months = made["total"], made["units"], made["months"]

    assert {name: sum(unit[name] for unit in units) for name in SUMMED} == {
        name: total[name] for name in SUMMED
    }
    assert sum(total[name] for name in SUMMED[:6]) == total["given"]
    assert sum(month["due"] for month in months) == total["due"]
    assert total["due"] == sum(due for row in made["heat"] for due in row["due"])
    assert total["late"] == total["done_late"] + total["open_late"]


@given(registries(), queries(), st.randoms())
def test_the_order_of_input_does_not_matter(registry, query, random):
    shares, sent = registry
    shuffled = list(shares)
    random.shuffle(shuffled)

    assert scorecard_of(answered(query, shuffled, sent)) == scorecard_of(answered(query, shares, sent))


@given(registries(), queries(), st.sampled_from(sorted(UNITS)))
def test_asked_about_one_unit_it_gives_the_figures_of_that_unit(registry, query, unit):
    every = scorecard_of(answered(query, *registry), Ground(1))
    alone = scorecard_of(answered(replace(query, units=(unit,)), *registry), Ground(1))

    assert {one.code: one.score for one in alone.units} == {
        one.code: one.score for one in every.units if one.code == unit
    }


@given(registries(), queries(), st.integers(1, 4))
def test_a_better_rank_is_never_that_of_a_worse_rate(registry, query, least_due):
    ranked = scorecard_of(answered(query, *registry), Ground(least_due)).ranked

    assert all(unit.score.rates.due >= least_due for unit in ranked)
    for place, unit in enumerate(ranked, start=1):
        assert unit.rank <= place
        better = [one for one in ranked if one.rank < unit.rank]
        assert len(better) == unit.rank - 1
        assert all(one.score.rates.on_time_of_due >= unit.score.rates.on_time_of_due for one in better)


@given(registries(), queries())
def test_what_was_frozen_is_read_back_and_equals_itself(registry, query):
    facts = answered(replace(query, first_on=date(2025, 9, 1), last_on=date(2025, 9, 30)), *registry)
    data = frozen_data(date(2025, 9, 1), query.as_of, 1, rows_to_freeze(facts, 1))
    frozen = frozen_of(data, query.as_of, "ab")
    made = scorecard_of(facts, Ground(1, (frozen,)))

    assert frozen.is_intact
    assert [one.differences for one in made.frozen] == [()]
