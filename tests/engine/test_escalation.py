"""When does a step fall, and which deadlines does a stretch of time touch?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.escalation import due_dates_touched, next_sending_moment, step_falls_at
from engine.model import HANOI
from tests.engine.planning_world import CALENDAR, RULEBOOK, at

STEPS = {step.id: step for step in RULEBOOK.policies["nhiem-vu"].steps}
STEPS |= {
    "truoc-10-ngay-lich": replace(STEPS["truoc-1-ngay"], working_days=0, calendar_days=10),
    "sau-10-ngay-lich": replace(STEPS["qua-han"], working_days=0, calendar_days=10),
    "sau-10-ngay-lich#2": replace(STEPS["qua-han"], working_days=1, calendar_days=10),
}


@pytest.mark.parametrize(
    ("step", "due_on", "moment"),
    [
        ("den-han", "2025-09-30", "2025-09-30 08:00"),
        ("den-han", "2025-11-30", "2025-11-28 08:00"),  # Sunday: the last day one can act
        ("truoc-3-ngay", "2025-11-30", "2025-11-25 08:00"),
        ("qua-han", "2025-11-30", "2025-12-02 08:00"),  # late only once Monday has passed
        ("qua-han", "2025-08-31", "2025-09-04 08:00"),  # behind the National Day holiday
        ("truoc-1-ngay", "2026-02-23", "2026-02-13 08:00"),  # Tết lies between
        ("truoc-1-ngay", "2026-01-12", "2026-01-10 08:00"),  # a make-up Saturday is a working day
        ("bao-lanh-dao-don-vi", "2025-12-31", "2026-01-07 08:00"),
        ("qua-han#2", "2025-09-30", "2025-10-08 08:00"),
        ("truoc-10-ngay-lich", "2025-09-30", "2025-09-19 08:00"),  # the 20th is a Saturday
        ("truoc-10-ngay-lich", "2025-11-30", "2025-11-18 08:00"),  # counted from Friday the 28th
        ("sau-10-ngay-lich", "2025-09-30", "2025-10-10 08:00"),
        ("sau-10-ngay-lich", "2025-08-22", "2025-09-03 08:00"),  # the 1st and 2nd are National Day
        ("sau-10-ngay-lich#2", "2025-09-30", "2025-10-13 08:00"),
    ],
)
def test_a_step_falls_on_the_morning_of_its_working_day(step, due_on, moment):
    assert at(moment) == step_falls_at(STEPS[step], date.fromisoformat(due_on), CALENDAR)


@given(
    step=st.sampled_from(sorted(STEPS)),
    start=st.dates(date(2025, 3, 1), date(2026, 9, 1)),
    hours=st.integers(0, 24 * 30),
)
@settings(deadline=None)
def test_the_interval_holds_exactly_the_deadlines_whose_step_falls_in_it(step, start, hours):
    since = at(f"{start} 07:30")
    until = since + timedelta(hours=hours)
    window = [start + timedelta(days=n) for n in range(-140, 140)]
    falling = [d for d in window if since < step_falls_at(STEPS[step], d, CALENDAR) <= until]

    touched = due_dates_touched(STEPS[step], since, until, CALENDAR)

    first, last = touched or (date.max, date.min)
    assert falling == [d for d in window if first <= d <= last]


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2025-09-30 08:00", "2025-09-30 08:00"),
        ("2025-09-30 06:59", "2025-09-30 07:00"),
        ("2025-09-30 11:30", "2025-09-30 13:30"),  # lunch
        ("2025-09-30 17:00", "2025-10-01 07:00"),
        ("2025-10-03 18:00", "2025-10-06 07:00"),  # over the weekend
        ("2025-09-01 09:00", "2025-09-03 07:00"),  # National Day
        ("2026-01-10 09:00", "2026-01-10 09:00"),  # make-up Saturday
    ],
)
def test_messages_leave_in_the_sending_hours_of_a_working_day(now, leaves):
    assert at(leaves) == next_sending_moment(at(now), RULEBOOK.sending, CALENDAR).astimezone(HANOI)
