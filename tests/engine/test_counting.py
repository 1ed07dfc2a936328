"""Does the count name every day from the deadline to the step, and the document behind each day off?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import SpecialDay, WorkCalendar
from engine.counting import counted, doubtful_years, words_of
from engine.escalation import step_falls_at
from tests.engine.planning_world import CALENDAR, RULEBOOK

STEPS = {step.id: step for step in RULEBOOK.policies["nhiem-vu"].steps}


@pytest.mark.parametrize(
    ("step", "due_on", "said"),
    [
        ("den-han", "2025-09-30", "30/9 thứ Ba"),
        ("truoc-1-ngay", "2025-09-30", "30/9 thứ Ba · 29/9 thứ Hai ✓1"),
        (
            "truoc-3-ngay",
            "2025-09-30",
            "30/9 thứ Ba · 29/9 thứ Hai ✓1 · 28/9 Chủ nhật nghỉ · 27/9 thứ Bảy nghỉ · 26/9 thứ Sáu ✓2"
            " · 25/9 thứ Năm ✓3",
        ),
        (
            "truoc-1-ngay",
            "2025-09-03",
            "3/9 thứ Tư · 2/9 thứ Ba nghỉ: Quốc khánh (Bộ luật Lao động 2019, Điều 112)"
            " · 1/9 thứ Hai nghỉ: Quốc khánh (Bộ luật Lao động 2019, Điều 112)"
            " · 31/8 Chủ nhật nghỉ · 30/8 thứ Bảy nghỉ · 29/8 thứ Sáu ✓1",
        ),
        # a deadline on a Sunday: the count starts from the working day before it, or after it
        ("den-han", "2025-09-28", "28/9 Chủ nhật nghỉ · 27/9 thứ Bảy nghỉ · 26/9 thứ Sáu"),
        ("qua-han", "2025-09-28", "28/9 Chủ nhật nghỉ · 29/9 thứ Hai · 30/9 thứ Ba ✓1"),
    ],
)
def test_a_step_is_counted_day_by_day(step, due_on, said):
    assert words_of(counted(STEPS[step], date.fromisoformat(due_on), CALENDAR)) == said


def test_a_day_made_up_for_is_counted_and_names_its_document():
    swapped = WorkCalendar([SpecialDay(date(2026, 8, 22), True, "Hoán đổi với ngày 31/8", "5/VPCP")])

    said = words_of(counted(STEPS["qua-han"], date(2026, 8, 21), swapped))

    assert said == "21/8 thứ Sáu · 22/8 thứ Bảy ✓1 đi làm: Hoán đổi với ngày 31/8 (5/VPCP)"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "30/9 thứ Ba · 29/9 thứ Hai ✓1"),
        (
            3,  # they end on a Saturday: the step falls on the working day before it
            "30/9 thứ Ba · 29/9 thứ Hai ✓1 · 28/9 Chủ nhật ✓2 nghỉ · 27/9 thứ Bảy ✓3 nghỉ · 26/9 thứ Sáu",
        ),
    ],
)
def test_calendar_days_count_days_off_too(days, said):
    step = replace(STEPS["truoc-1-ngay"], working_days=0, calendar_days=days)

    assert words_of(counted(step, date(2025, 9, 30), CALENDAR)) == said


ANY_STEP = st.builds(
    lambda step, calendar, working: (
        replace(step, calendar_days=calendar, working_days=working) if step.anchor != "on" else step
    ),
    st.sampled_from(RULEBOOK.steps),
    st.integers(0, 20),
    st.integers(0, 30),
)


@given(step=ANY_STEP, due_on=st.dates(date(2024, 12, 1), date(2028, 2, 1)))
def test_the_count_has_every_day_once_and_ends_where_the_step_falls(step, due_on):
    days = counted(step, due_on, CALENDAR)

    assert (days[0].day, days[-1].day) == (due_on, step_falls_at(step, due_on, CALENDAR).date())
    assert {abs(after.day - before.day) for before, after in pairwise(days)} <= {timedelta(days=1)}
    assert all(bool(day.why_off) is not day.is_working for day in days)
    assert [day.number for day in days if day.number] == [
        *range(1, step.calendar_days + step.working_days + 1)
    ]


def test_a_year_without_a_calendar_or_with_an_estimate_is_named():
    (missing,) = doubtful_years([date(2031, 1, 5), date(2025, 12, 30)], CALENDAR)

    assert "2031" in missing
