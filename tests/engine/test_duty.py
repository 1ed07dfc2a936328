"""Duties: which periods fall due, what they cover, and what they are called."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.deadline import read_deadline
from engine.duty import CUTOFF, Duty, Occurrence, occurrences

JULY_PLAN = date(2025, 7, 1)


def d(text: str) -> date:
    """Dates as people write them: 9/8/2025."""
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def duty(words: str, starts_on: date | None = None, report_period: str = "", cutoff: str = "") -> Duty:
    """A duty read from the words of a plan."""
    rrule = read_deadline(words, JULY_PLAN).rrule
    return Duty(
        "bao-cao", "KH-BCD-2025-07", "Báo cáo", rrule, words, "Các sở", starts_on, report_period, cutoff
    )


def due(of: Duty, since: str, until: str) -> list[str]:
    """Names and due dates in a stretch of time."""
    found = occurrences(of, d(since), d(until))
    return [f"{o.name}: {o.due_on.day}/{o.due_on.month}/{o.due_on.year}" for o in found]


@pytest.mark.parametrize(
    ("words", "since", "until", "expected"),
    [
        (
            "trước ngày 10 hàng tháng",
            "1/7/2025",
            "30/9/2025",
            ["2025-06: 9/7/2025", "2025-07: 9/8/2025", "2025-08: 9/9/2025"],
        ),
        (
            "ngày 20 hằng tháng",
            "1/8/2025",
            "31/8/2025",
            ["2025-08: 20/8/2025"],
        ),  # August is closed by then
        ("trước ngày 1 hằng tháng", "1/8/2025", "31/8/2025", ["2025-08: 31/8/2025"]),
        (
            "ngày 31 hằng tháng",
            "1/2/2026",
            "30/4/2026",
            ["2026-02: 28/2/2026", "2026-03: 31/3/2026", "2026-04: 30/4/2026"],
        ),
        ("ngày 30 hằng tháng", "1/2/2028", "31/3/2028", ["2028-02: 29/2/2028", "2028-03: 30/3/2028"]),
        ("Hàng quý", "1/7/2025", "31/12/2025", ["2025-Q3: 30/9/2025", "2025-Q4: 31/12/2025"]),
        ("trước ngày 10 của tháng đầu quý sau", "1/1/2026", "31/3/2026", ["2025-Q4: 9/1/2026"]),
        ("Chậm nhất ngày 06 của tháng cuối quý", "1/9/2025", "30/9/2025", ["2025-Q3: 6/9/2025"]),
        (
            "trước ngày 15/6 và trước ngày 15/12 hằng năm",
            "1/1/2026",
            "31/12/2026",
            ["2026-H1: 14/6/2026", "2026-H2: 14/12/2026"],
        ),
        ("định kỳ 6 tháng", "1/1/2026", "30/6/2026", ["2026-H1: 30/6/2026"]),
        (
            "trước ngày 25/11 hằng năm",
            "1/1/2025",
            "31/12/2026",
            ["2025: 24/11/2025", "2026: 24/11/2026"],
        ),
        ("chậm nhất ngày 15/01 hằng năm", "1/1/2026", "31/1/2026", ["2025: 15/1/2026"]),
        (
            "xúc tiến hằng năm 2027 - 2030",
            "1/1/2029",
            "31/12/2035",
            ["2029: 31/12/2029", "2030: 31/12/2030"],
        ),
        (
            "Hằng tuần (thứ Sáu)",
            "8/9/2025",
            "20/9/2025",
            ["2025-W37: 12/9/2025", "2025-W38: 19/9/2025"],
        ),
        (
            "ngày 5 và ngày 20 hằng tháng",
            "1/9/2025",
            "30/9/2025",
            ["2025-09-05: 5/9/2025", "2025-09-20: 20/9/2025"],
        ),
        (
            "định kỳ hàng tháng, 3 tháng, 6 tháng, 1 năm",
            "1/12/2025",
            "31/12/2025",
            [
                "2025: 31/12/2025",
                "2025-12: 31/12/2025",
                "2025-H2: 31/12/2025",
                "2025-Q4: 31/12/2025",
            ],
        ),
    ],
)
def test_a_duty_falls_due_by_its_rule_under_the_name_of_its_period(words, since, until, expected):
    assert due(duty(words), since, until) == expected


def test_a_monthly_report_covers_the_month_before_and_opens_when_its_month_begins():
    (july,) = occurrences(duty("trước ngày 10 hàng tháng"), d("1/8/2025"), d("31/8/2025"))

    assert july == Occurrence("2025-07", d("1/8/2025"), d("9/8/2025"), d("1/7/2025"), d("31/7/2025"))


@pytest.mark.parametrize(
    ("words", "since", "until", "name", "first", "last"),
    [
        ("ngày 15 hằng tháng", "1/8/2025", "31/8/2025", "2025-08", "15/7/2025", "14/8/2025"),
        ("ngày 15 hằng tháng", "1/1/2026", "31/1/2026", "2026-01", "15/12/2025", "14/1/2026"),
        ("Hàng quý", "1/9/2025", "30/9/2025", "2025-Q3", "15/6/2025", "14/9/2025"),
        ("định kỳ 6 tháng", "1/6/2026", "30/6/2026", "2026-H1", "15/12/2025", "14/6/2026"),
        ("định kỳ 6 tháng", "1/12/2026", "31/12/2026", "2026-H2", "15/6/2026", "14/12/2026"),
        ("trước ngày 25/12 hằng năm", "1/12/2026", "31/12/2026", "2026", "15/12/2025", "14/12/2026"),
    ],
)
def test_data_may_close_on_the_fourteenth(words, since, until, name, first, last):
    (one,) = occurrences(duty(words, cutoff=CUTOFF), d(since), d(until))

    assert (one.name, one.period_from, one.period_to) == (name, d(first), d(last))


def test_no_report_is_owed_for_a_period_that_began_before_the_duty():
    monthly = duty("trước ngày 10 hàng tháng", starts_on=JULY_PLAN)

    assert due(monthly, "1/1/2025", "10/8/2025") == ["2025-07: 9/8/2025"]


def test_a_period_said_outright_wins_over_the_rule():
    yearly = duty("trước ngày 15/6 hằng năm", report_period="half")

    assert due(yearly, "1/1/2026", "31/12/2026") == ["2026-H1: 14/6/2026"]


@pytest.mark.parametrize(
    ("words", "cutoff", "name", "first", "last"),
    [
        ("báo cáo 9 tháng trước ngày 20/9", "", "2025-M9", "1/1/2025", "30/9/2025"),
        ("báo cáo 9 tháng trước ngày 20/9", CUTOFF, "2025-M9", "15/12/2024", "14/9/2025"),
        ("trước ngày 10/10 hằng năm", "", "2025-M9", "1/1/2025", "30/9/2025"),
    ],
)
def test_nine_months_run_from_new_year(words, cutoff, name, first, last):
    nine = duty(words, report_period="nine", cutoff=cutoff)
    (one,) = occurrences(nine, d("1/1/2025"), d("31/12/2025"))

    assert (one.name, one.period_from, one.period_to) == (name, d(first), d(last))


@pytest.mark.parametrize(
    ("words", "report_period"),
    [
        ("trước ngày 10 của tháng đầu quý sau", "quarter"),
        ("trước ngày 10/7 và trước ngày 10/1 hằng năm", "half"),
        ("trước ngày 10/1 hằng năm", "year"),
    ],
)
def test_a_report_of_the_next_month_covers_the_period_that_has_ended(words, report_period):
    (one,) = occurrences(duty(words, report_period=report_period), d("1/1/2026"), d("31/1/2026"))

    assert one.period_to == d("31/12/2025")


def test_a_fortnight_is_counted_from_the_start_of_the_duty():
    fortnightly = duty("2 tuần một lần", starts_on=d("1/9/2025"))

    assert due(fortnightly, "1/9/2025", "30/9/2025") == ["2025-W36: 5/9/2025", "2025-W38: 19/9/2025"]
    assert due(fortnightly, "10/9/2025", "30/9/2025") == ["2025-W38: 19/9/2025"]


DUTIES = st.sampled_from(
    [
        "trước ngày 10 hàng tháng",
        "ngày 31 hằng tháng",
        "Hàng quý",
        "trước ngày 5 của tháng đầu quý sau",
        "trước ngày 15/6 và trước ngày 15/12 hằng năm",
        "định kỳ hằng quý, 6 tháng, năm",
        "hằng tuần",
        "ngày 5 và 20 hằng tháng",
    ]
)
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))


@given(DUTIES, DAYS, st.integers(0, 400), st.integers(0, 400))
def test_two_stretches_yield_what_the_whole_yields_and_each_name_once(words, since, first, second):
    one, middle = duty(words), since + timedelta(days=first)
    until = middle + timedelta(days=second)
    whole = list(occurrences(one, since, until))
    parts = [*occurrences(one, since, middle), *occurrences(one, middle + timedelta(days=1), until)]

    assert parts == whole
    assert len({o.name for o in whole}) == len(whole)
    assert all(since <= o.due_on <= until and o.opens_on <= o.due_on for o in whole)


SERIES = st.sampled_from(
    [
        ("trước ngày 10 hàng tháng", "month"),
        ("ngày 31 hằng tháng", "month"),
        ("trước ngày 10 của tháng đầu quý sau", "quarter"),
        ("trước ngày 20 tháng cuối quý", "quarter"),
        ("trước ngày 10/7 và trước ngày 10/1 hằng năm", "half"),
        ("báo cáo 9 tháng trước ngày 20/9", "nine"),
        ("trước ngày 15/12 hằng năm", "year"),
        ("hằng tuần", "week"),
    ]
)


@given(SERIES, st.sampled_from(["", CUTOFF]), DAYS)
def test_the_periods_of_one_series_never_overlap(series, cutoff, since):
    words, period = series
    found = list(
        occurrences(duty(words, report_period=period, cutoff=cutoff), since, since + timedelta(days=1500))
    )

    assert all(a.period_to < b.period_from for a, b in itertools.pairwise(found))
