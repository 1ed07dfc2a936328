"""The extract for evaluation: which products are in it, how late, and what excuses them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation import evaluation_of
from engine.evaluation_json import as_json
from engine.model import FactKind, Role
from engine.report_query import judged
from engine.status import Timeliness
from tests.engine.report_world import UNITS, answered, asked, assigned, fact, queries, registries

DUE = "2025-09-10"
ON_TIME = fact(FactKind.REPORTED, "2025-09-12", done="2025-09-09")
LATE = fact(FactKind.REPORTED, "2025-09-20", done="2025-09-15")
STORM = fact(FactKind.CAUSE_CONFIRMED, "2025-09-25", by="VPUB/coordinator", document="77/VP", note="bão số 9")
SEPTEMBER = {"first": "2025-09-01", "last": "2025-09-30"}


def product(*facts, due=DUE, **more):
    (unit,) = as_json(evaluation_of(asked(assigned("1", "SYT", due, *facts), **more)))["units"]
    return unit["products"][0]


def total(*shares, **more):
    made = evaluation_of(asked(*shares, **more)).total
    return made.on_time, made.late_confirmed, made.late_unconfirmed, made.finished_only


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        ((ON_TIME,), (1, 0, 0, 0)),
        ((LATE,), (0, 0, 1, 0)),
        ((LATE, STORM), (0, 1, 0, 0)),
        ((), (0, 0, 1, 0)),
        ((STORM,), (0, 1, 0, 0)),  # open, overdue, and excused so far
        ((ON_TIME, STORM), (1, 0, 0, 0)),  # nothing to excuse
        (
            (LATE, fact(FactKind.CAUSE_CONFIRMED, "2025-10-01", by="VPUB", document="1", note="x")),
            (0, 0, 1, 0),
        ),
        ((fact(FactKind.BLOCKED, "2025-09-01", unit="SXD"),), (0, 0, 1, 0)),  # said, and confirmed by nobody
        ((fact(FactKind.EXTENDED, "2025-09-09", due="2025-09-20", document="5/UBND"), LATE), (1, 0, 0, 0)),
        ((fact(FactKind.CANCELLED, "2025-09-09"),), (0, 0, 0, 0)),
        ((fact(FactKind.HELD, "2025-09-09"),), (0, 0, 0, 0)),
    ],
)
def test_what_was_due_is_on_time_or_late_with_or_without_a_confirmed_cause(facts, counted):
    assert total(assigned("1", "SYT", DUE, *facts), now="2025-09-30", **SEPTEMBER) == counted


@pytest.mark.parametrize(
    ("due", "facts", "counted"),
    [
        ("2025-08-10", (LATE,), (0, 0, 0, 1)),  # finished here; its lateness is August's
        ("2025-10-10", (ON_TIME,), (0, 0, 0, 1)),  # finished early; it is on time in October
        (None, (ON_TIME,), (0, 0, 0, 1)),
        ("2025-08-10", (), (0, 0, 0, 0)),  # owed since August
        ("2025-10-10", (), (0, 0, 0, 0)),
        (None, (), (0, 0, 0, 0)),
        ("2025-09-30", (), (0, 0, 0, 0)),  # the day is not over
        (DUE, (fact(FactKind.REPORTED, "2025-09-29", done="2025-08-01"),), (1, 0, 0, 0)),
        ("2025-10-10", (fact(FactKind.REPORTED, "2025-09-29", done="2025-08-01"),), (0, 0, 0, 0)),
    ],
)
def test_lateness_belongs_to_the_period_of_the_deadline_and_to_no_other(due, facts, counted):
    assert total(assigned("1", "SYT", due, *facts), now="2025-09-30", **SEPTEMBER) == counted


def test_supporting_units_are_not_evaluated():
    assert total(assigned("1", "SYT", DUE, role=Role.SUPPORTING)) == (0, 0, 0, 0)


def test_the_day_of_completion_is_kept_apart_from_the_day_of_the_report():
    dated = product(fact(FactKind.REPORTED, "2025-09-20", done="2025-09-08"))
    undated = product(fact(FactKind.REPORTED, "2025-09-20"))
    accepted = product(
        fact(FactKind.REPORTED, "2025-09-20"), fact(FactKind.ACCEPTED, "2025-09-25", done="2025-09-09")
    )
    returned = product(LATE, fact(FactKind.RETURNED, "2025-09-25"))

    def days(one):
        return one["completed_on"], one["reported_on"], one["days_late"]

    assert days(dated) == ("2025-09-08", "2025-09-20", 0)
    assert days(undated) == (None, "2025-09-20", 10)
    assert days(accepted) == ("2025-09-09", "2025-09-20", 0)
    assert days(returned) == (None, None, 20)


def test_products_judged_by_the_day_of_the_report_are_counted_as_such():
    shares = [
        assigned("1", "SYT", DUE, LATE),
        assigned("2", "SYT", DUE, fact(FactKind.REPORTED, "2025-09-20")),
    ]
    made = evaluation_of(
        asked(*shares, assigned("3", "SYT", DUE), assigned("4", "SYT", DUE, fact(FactKind.HELD, DUE)))
    )

    assert (made.undated, made.undecided) == (1, 1)


@pytest.mark.parametrize(
    ("extended_on", "late_by_then"),
    [("2025-09-08", 0), ("2025-09-10", 0), ("2025-09-13", 3)],
)
def test_an_extension_changes_the_future_and_the_days_late_by_then_stay_on_record(extended_on, late_by_then):
    extended = fact(FactKind.EXTENDED, extended_on, due="2025-10-31", document="5/UBND-KT")
    one = product(extended, fact(FactKind.REPORTED, "2025-09-20"))

    assert (one["original_due_on"], one["due_on"]) == (DUE, "2025-10-31")
    assert (one["timeliness"], one["days_late"], one["days_past_original"]) == ("done_on_time", 0, 10)
    assert one["extensions"] == [
        {
            "due_on": "2025-10-31",
            "decided_on": extended_on,
            "document": "5/UBND-KT",
            "days_late_by_then": late_by_then,
        }
    ]


def test_a_second_extension_is_measured_from_the_first():
    first = fact(FactKind.EXTENDED, "2025-09-08", due="2025-09-15", document="5")
    second = fact(FactKind.EXTENDED, "2025-09-17", due="2025-10-15", document="6")

    assert [one["days_late_by_then"] for one in product(first, second, now="2025-10-20")["extensions"]] == [
        0,
        2,
    ]


@pytest.mark.parametrize(
    ("after", "until"),
    [
        (fact(FactKind.UNBLOCKED, "2025-09-08"), "2025-09-08"),
        (fact(FactKind.REPORTED, "2025-09-09"), "2025-09-09"),
        (fact(FactKind.EXTENSION_REQUESTED, "2025-09-09", due="2025-09-20"), None),
        (fact(FactKind.UNBLOCKED, "2025-10-01"), None),  # not yet known
    ],
)
def test_a_wait_lasts_from_the_block_to_what_ends_it(after, until):
    one = product(fact(FactKind.BLOCKED, "2025-09-02", unit="SXD"), after)

    assert one["waits"] == [{"unit": "SXD", "since": "2025-09-02", "until": until}]


def test_a_confirmation_says_who_on_which_document_and_why():
    assert product(LATE, STORM)["causes"] == [
        {
            "confirmed_by": "VPUB/coordinator",
            "confirmed_on": "2025-09-25",
            "document": "77/VP",
            "reason": "bão số 9",
        }
    ]


def test_units_stand_as_in_a_dictionary_and_products_by_deadline():
    made = evaluation_of(
        asked(
            assigned("10", "SYT", DUE),
            assigned("2", "SYT", DUE),
            assigned("1", "SYT", "2025-09-01"),
            assigned("3", "SYT", None, ON_TIME),
            assigned("1", "CAT", DUE),
        )
    )

    assert [(unit.name, [one.task for one in unit.products]) for unit in made.units] == [
        ("Công an tỉnh", ["KH1/1"]),
        ("Sở Y tế", ["KH1/1", "KH1/2", "KH1/10", "KH1/3"]),
    ]


# --- properties ----------------------------------------------------------------------------


@given(registries(), queries())
def test_parts_sum_to_the_whole(registry, query):
    facts = answered(query, *registry)
    made = evaluation_of(facts)
    data = as_json(made)
    due = [one for one in judged(facts) if query.is_in_period(one.standing.due_on)]
    cells = [one.cell for one in due]

    assert made.total.on_time == cells.count(Timeliness.DONE_ON_TIME)
    assert made.total.late == cells.count(Timeliness.DONE_LATE) + cells.count(Timeliness.OPEN_LATE)
    for name in ("total", "due", "on_time", "late", "late_confirmed", "late_unconfirmed", "finished_only"):
        assert data["total"][name] == sum(unit[name] for unit in data["units"])
    for unit in data["units"]:
        assert unit["total"] == len(unit["products"]) == unit["due"] + unit["finished_only"]
        assert unit["late_unconfirmed"] == sum(
            one["is_due_here"] and one["days_late"] > 0 and not one["causes"] for one in unit["products"]
        )


@given(registries(), queries(), st.randoms())
def test_the_order_of_input_does_not_matter(registry, query, random):
    shares, sent = registry
    shuffled = list(shares)
    random.shuffle(shuffled)

    assert evaluation_of(answered(query, shuffled, sent)) == evaluation_of(answered(query, shares, sent))


@given(registries(), queries(), st.sampled_from(sorted(UNITS)))
def test_asked_about_one_unit_it_gives_the_extract_of_that_unit(registry, query, unit):
    every = evaluation_of(answered(query, *registry))
    alone = evaluation_of(answered(replace(query, units=(unit,)), *registry))

    assert alone.units == tuple(one for one in every.units if one.code == unit)


@given(registries(), queries())
def test_no_product_is_late_in_two_periods(registry, query):
    middle = date(2025, 9, 30)
    halves = [
        evaluation_of(answered(replace(query, **bounds), *registry)).total
        for bounds in (
            {"first_on": None, "last_on": middle},
            {"first_on": date(2025, 10, 1), "last_on": None},
        )
    ]
    whole = evaluation_of(answered(replace(query, first_on=None, last_on=None), *registry)).total

    assert sum(half.due for half in halves) == whole.due
    assert sum(half.late_unconfirmed for half in halves) == whole.late_unconfirmed
