"""Which scheduled reports should exist by now?

Weekly, monthly, and one working day before each meeting of the provincial committee. Nothing is
remembered here: a process that was down asks again and is late, never silent, and figures are taken
as of the moment the report was due, so that a late one says what a punctual one would have said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from engine.calendar import WorkCalendar
from engine.model import HANOI
from engine.paperwork import Paperwork
from engine.report_query import ReportQuery

HOUR = time(7, 30)
SEARCH = timedelta(days=45)  # a meeting a month, and some days of grace


class OccasionKind(StrEnum):
    """Why a report is made without anybody asking."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Occasion:
    """A report that is due: `period` names the week, month or meeting day, `at` is its moment."""

    kind: OccasionKind
    period: str
    at: datetime
    reports: tuple[tuple[str, ReportQuery], ...]  # by name, the first is what the letter tells of

    @property
    def subject(self) -> str:
        """What the compliance log knows this report by: once for all."""
        return f"report:{self.kind}:{self.period}"


def due_occasions(now: datetime, calendar: WorkCalendar, paperwork: Paperwork) -> tuple[Occasion, ...]:
    """Return the reports of the running week and month and of the coming meeting that are due at `now`."""
    today = now.astimezone(HANOI).date()
    found = (_weekly(today), _monthly(today), *_before_meetings(today, calendar, paperwork))
    return tuple(occasion for occasion in found if occasion.at <= now)


def meetings(paperwork: Paperwork, first: date, last: date) -> Iterator[date]:
    """Yield the days of meetings from `first` to `last`: those set by date, else the day of the month."""
    set_months = {(day.year, day.month) for day in paperwork.meeting_days}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        is_set = day in paperwork.meeting_days
        is_usual = day.day == paperwork.meeting_day and (day.year, day.month) not in set_months
        if is_set or is_usual:
            yield day


def _weekly(today: date) -> Occasion:
    monday = today - timedelta(days=today.weekday())
    year, week, _ = monday.isocalendar()
    at = _opening(monday)
    return Occasion(OccasionKind.WEEKLY, f"{year}-W{week:02}", at, (("overdue", ReportQuery(at)),))


def _monthly(today: date) -> Occasion:
    at = _opening(today.replace(day=1))
    last = at.date() - timedelta(days=1)
    of_month = ReportQuery(at, first_on=last.replace(day=1), last_on=last)
    reports = (("overdue", ReportQuery(at)), ("scorecard", of_month))
    return Occasion(OccasionKind.MONTHLY, f"{last:%Y-%m}", at, reports)


def _before_meetings(today: date, calendar: WorkCalendar, paperwork: Paperwork) -> Iterator[Occasion]:
    for day in meetings(paperwork, today, today + SEARCH):
        at = _opening(calendar.previous_working_day(day - timedelta(days=1)))
        yield Occasion(OccasionKind.MEETING, f"{day}", at, (("overdue", ReportQuery(at)),))


def _opening(day: date) -> datetime:
    return datetime.combine(day, HOUR, tzinfo=HANOI)
