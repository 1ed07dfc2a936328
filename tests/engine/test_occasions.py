"""When is a report due that nobody asked for?"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.calendar import read_calendar
from engine.model import HANOI
from engine.occasions import due_occasions, meetings
from engine.paperwork import Paperwork

YEAR = """
year: 2026
days_off:
  - {day: 2026-04-27, name: Giỗ Tổ, document: Bộ luật Lao động 2019}
"""
CALENDAR, _ = read_calendar({"2026.yml": YEAR})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def due(now: str, **paperwork) -> list[tuple[str, str]]:
    found = due_occasions(at(now), CALENDAR, Paperwork(**paperwork))
    return [(occasion.subject, f"{occasion.at:%Y-%m-%d %H:%M}") for occasion in found]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02 07:29", [("report:monthly:2026-02", "2026-03-01 07:30")]),
        (
            "2026-03-02 07:30",
            [("report:weekly:2026-W10", "2026-03-02 07:30"), ("report:monthly:2026-02", "2026-03-01 07:30")],
        ),
        # down since Sunday, back on Saturday: late, as of Monday morning all the same
        (
            "2026-03-07 15:00",
            [("report:weekly:2026-W10", "2026-03-02 07:30"), ("report:monthly:2026-02", "2026-03-01 07:30")],
        ),
        # a week that spans the new year has one name
        ("2027-01-01 07:00", [("report:weekly:2026-W53", "2026-12-28 07:30")]),
    ],
)
def test_the_week_and_the_month_have_one_report_each_whenever_somebody_looks(now, expected):
    assert due(now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-04-23 10:00", []),
        ("2026-04-24 07:29", []),
        ("2026-04-24 07:30", ["report:meeting:2026-04-28"]),  # Friday: Monday is a day off
        ("2026-04-28 16:00", ["report:meeting:2026-04-28"]),
        ("2026-04-29 08:00", []),
    ],
)
def test_a_report_is_there_one_working_day_before_a_meeting(now, expected):
    found = due(now, meeting_days=(date(2026, 4, 28),), meeting_day=25)

    assert [subject for subject, _ in found if ":meeting:" in subject] == expected


def test_a_month_with_a_date_of_its_own_does_not_meet_on_the_usual_day():
    paperwork = Paperwork(meeting_day=25, meeting_days=(date(2026, 4, 28),))

    days = list(meetings(paperwork, date(2026, 3, 1), date(2026, 5, 31)))

    assert days == [date(2026, 3, 25), date(2026, 4, 28), date(2026, 5, 25)]


def test_the_monthly_report_judges_the_month_that_ended():
    (_, monthly) = due_occasions(at("2026-03-02 08:00"), CALENDAR, Paperwork())

    (name, query) = monthly.reports[1]
    assert (name, query.first_on, query.last_on) == ("scorecard", date(2026, 2, 1), date(2026, 2, 28))
