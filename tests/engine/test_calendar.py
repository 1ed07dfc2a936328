"""The working calendar: what the files say, and what is counted from it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import WorkCalendar, read_calendar

FILES = {f.name: f.read_text() for f in (Path(__file__).parents[2] / "config" / "calendar").glob("*.yml")}
CALENDAR, PROBLEMS = read_calendar(FILES)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def d(text: str) -> date:
    """Dates as people write them: 30/9/2025."""
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def test_the_shipped_files_are_free_of_mistakes():
    assert PROBLEMS == []
    assert [CALENDAR.covers(year) for year in range(2024, 2029)] == [False, True, True, True, False]


@pytest.mark.parametrize(("year", "working_days"), [(2025, 250), (2026, 249)])
def test_a_year_has_as_many_working_days_as_the_notices_leave(year, working_days):
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == working_days


@pytest.mark.parametrize(
    ("due", "act_by", "effective"),
    [
        ("17/10/2025", "17/10/2025", "17/10/2025"),  # an ordinary Friday
        ("20/7/2025", "18/7/2025", "21/7/2025"),  # Sunday
        ("31/8/2025", "29/8/2025", "3/9/2025"),  # Sunday before the two days of Quốc khánh
        ("20/9/2025", "19/9/2025", "22/9/2025"),  # Saturday
        ("30/11/2025", "28/11/2025", "1/12/2025"),
        ("2/5/2025", "29/4/2025", "5/5/2025"),  # swapped with 26/4
        ("26/4/2025", "26/4/2025", "26/4/2025"),  # the make-up Saturday itself
        ("2/1/2026", "31/12/2025", "5/1/2026"),  # swapped: the Saturday after is worked
        ("10/1/2026", "10/1/2026", "10/1/2026"),  # the make-up Saturday
        ("11/1/2026", "10/1/2026", "12/1/2026"),  # the Sunday after it
        ("15/2/2026", "13/2/2026", "23/2/2026"),  # Tết
        ("1/5/2026", "29/4/2026", "4/5/2026"),
        ("31/8/2026", "28/8/2026", "3/9/2026"),
        ("24/11/2026", "23/11/2026", "25/11/2026"),
        ("9/2/2027", "3/2/2027", "11/2/2027"),  # expected only
    ],
)
def test_a_day_off_is_acted_on_before_and_judged_after(due, act_by, effective):
    assert CALENDAR.previous_working_day(d(due)) == d(act_by)
    assert CALENDAR.next_working_day(d(due)) == d(effective)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("20/7/2025", "Chủ nhật"),
        ("19/7/2025", "Thứ Bảy"),
        ("2/9/2025", "Quốc khánh (Bộ luật Lao động 2019, Điều 112)"),
        ("2/1/2026", "Hoán đổi với ngày 10/01/2026 (12729/VPCP-KGVX)"),
        ("10/1/2026", None),
        ("18/7/2025", None),
    ],
)
def test_a_day_off_says_why(day, why):
    assert CALENDAR.why_off(d(day)) == why


def test_a_notice_nobody_read_is_marked_for_checking():
    doubtful = CALENDAR.special_day(d("24/11/2026"))

    assert doubtful is not None
    assert "kiểm tra lại" in doubtful.note
    assert CALENDAR.special_day(d("23/11/2026")) is None


def test_only_the_year_without_notices_is_provisional():
    assert [CALENDAR.is_provisional(year) for year in (2025, 2026, 2027, 2028)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("20/7/2025", 0, "21/7/2025"),
        ("21/7/2025", 0, "21/7/2025"),
        ("18/7/2025", 1, "21/7/2025"),
        ("21/7/2025", -1, "18/7/2025"),
        ("20/7/2025", -1, "18/7/2025"),
        ("9/1/2026", 1, "10/1/2026"),
        ("13/2/2026", 1, "23/2/2026"),
        ("4/1/2150", 3, "7/1/2150"),  # far outside the table: weekends alone
    ],
)
def test_working_days_are_counted_strictly_after_or_before(start, n, end):
    assert CALENDAR.add_working_days(d(start), n) == d(end)


@given(DAYS, st.integers(-400, 400).filter(bool))
def test_counting_equals_walking_day_by_day(day, n):
    walked, left = day, abs(n)
    while left:
        walked += timedelta(days=1 if n > 0 else -1)
        left -= CALENDAR.is_working_day(walked)

    assert CALENDAR.add_working_days(day, n) == walked


def test_counting_equals_walking_on_every_day_of_three_years():
    day = date(2025, 1, 1)
    while day.year < 2028:
        before, after = day, day
        while not CALENDAR.is_working_day(before):
            before -= timedelta(days=1)
        while not CALENDAR.is_working_day(after):
            after += timedelta(days=1)
        assert (CALENDAR.previous_working_day(day), CALENDAR.next_working_day(day)) == (before, after)
        assert CALENDAR.add_working_days(day, 0) == after
        day += timedelta(days=1)


@given(DAYS, DAYS)
def test_days_between_count_the_last_day_and_not_the_first(a, b):
    low, high = sorted((a, b))
    counted = sum(CALENDAR.is_working_day(low + timedelta(n)) for n in range(1, (high - low).days + 1))

    assert CALENDAR.working_days_between(a, b) == (counted if a <= b else -counted)


def test_without_files_only_weekends_are_off():
    plain = WorkCalendar()

    assert plain.is_working_day(d("2/9/2025"))
    assert plain.next_working_day(d("20/9/2025")) == d("22/9/2025")
    assert not plain.covers(2025)


ENTRY = "    name: Lễ\n    document: 1/TB\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "code"),
    [
        ("year: 2026\ndays_off:\n  - day: 2026-02-30\n" + ENTRY, 3, 10, "bad-value"),
        ("year: 2026\ndays_off:\n  - day: 2/9/2026\n" + ENTRY, 3, 10, "bad-value"),
        ("year: 2026\ndays_of:\n  - day: 2026-09-02\n" + ENTRY, 2, 1, "unknown-key"),
        ("year: 2026\ndays_off:\n  - day: 2026-09-02\n    nam: x\n" + ENTRY, 4, 5, "unknown-key"),
        ("year: 2026\ndays_off:\n  - day: 2025-09-02\n" + ENTRY, 3, 10, "wrong-year"),
        ("year: 2026\nworking_days:\n  - day: 2026-01-09\n" + ENTRY, 3, 10, "already-working"),
        ("year: 2026\ndays_off:\n  - day: 2026-09-02\n    name: Lễ\n", 3, 5, "missing-key"),
        ("year: 2026\ndays_off:\n  - name: Lễ\n    document: 1/TB\n", 3, 5, "missing-key"),
        ("year: 2026\ndays_off:\n  - hai tháng chín\n", 3, 5, "not-a-mapping"),
        ("year: MMXXVI\n", 1, 7, "bad-value"),
        ("status: official\n", 1, 1, "missing-key"),
        ("year: 2026\nstatus: maybe\n", 2, 9, "bad-value"),
        ("- 2026\n", 1, 1, "not-a-mapping"),
        ("", 0, 0, "empty-file"),
    ],
)
def test_a_mistake_is_reported_where_it_stands(text, line, column, code):
    _, problems = read_calendar({"2026.yml": text})

    assert [("2026.yml", line, column, code)] == [p.place_and_code for p in problems]


def test_a_day_written_twice_is_reported_and_counts_once():
    text = f"year: 2026\ndays_off:\n  - day: 2026-01-10\n{ENTRY}working_days:\n  - day: 2026-01-10\n{ENTRY}"
    calendar, problems = read_calendar({"2026.yml": text})

    assert [p.place_and_code for p in problems] == [("2026.yml", 7, 10, "duplicate-day")]
    assert "dòng 3" in problems[0].hint
    assert not calendar.is_working_day(d("10/1/2026"))


def test_two_files_of_one_year_are_a_mistake():
    _, problems = read_calendar({"a.yml": "year: 2026\n", "b.yml": "year: 2026\n"})

    assert [p.place_and_code for p in problems] == [("b.yml", 1, 7, "duplicate-year")]
