"""How was a step's day counted from the deadline, and which document makes a day in between off?

The calendar steps as a clerk would tick them off on a wall calendar: every day from the
deadline to the day of the step, with its weekday, its number and the paper behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar import WEEKDAYS, WorkCalendar
from engine.escalation import step_falls_at
from engine.rulebook import Anchor, Step


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day on the way from the deadline to a step's day.

    `number` is which counted day it is: 0 where the count starts, and on a day that is not counted.
    """

    day: date
    is_working: bool
    why_off: str = ""  # with the document; "" on a working day
    why_working: str = ""  # of a weekend day made up for, with the document
    number: int = 0

    @property
    def weekday(self) -> str:
        """Its name inside a sentence: thứ Tư, Chủ nhật."""
        return WEEKDAYS[self.day.weekday()].replace("Thứ", "thứ")


def counted(step: Step, due_on: date, calendar: WorkCalendar) -> tuple[CountedDay, ...]:
    """Return every day from the deadline to the day `step` falls on, both included, in that order.

    A deadline on a day off is first moved to the working day the count starts from, and so is
    the end of a stretch of calendar days: days passed over in moving have no number.
    """
    last = step_falls_at(step, due_on, calendar).date()
    direction = -1 if last < due_on else 1
    days = [due_on + timedelta(days=n * direction) for n in range(abs((last - due_on).days) + 1)]
    numbers = _numbers(step, due_on, days, calendar)
    return tuple(_counted_day(day, numbers.get(day, 0), calendar) for day in days)


def words_of(days: Iterable[CountedDay]) -> str:
    """Return the count in one line: "30/9 thứ Ba · 29/9 thứ Hai ✓1 · 28/9 Chủ nhật nghỉ"."""
    return " · ".join(_said(day) for day in days)


def doubtful_years(days: Iterable[date], calendar: WorkCalendar) -> tuple[str, ...]:
    """Return one sentence for each year among `days` whose calendar may still change or is missing."""
    said = []
    for year in sorted({day.year for day in days}):
        if not calendar.covers(year):
            said.append(f"chưa có tệp lịch năm {year}: mới trừ thứ Bảy và Chủ nhật, chưa trừ ngày lễ")
        elif calendar.is_provisional(year):
            said.append(f"lịch năm {year} là tạm tính, có thể đổi khi có thông báo chính thức")
    return tuple(said)


def _numbers(step: Step, due_on: date, days: list[date], calendar: WorkCalendar) -> dict[date, int]:
    """Return the number of every day that is counted: calendar days first, then working days."""
    is_after = step.anchor is Anchor.AFTER
    moved = calendar.next_working_day if is_after else calendar.previous_working_day
    start = days.index(moved(due_on))
    stretch = days[start + 1 : start + 1 + step.calendar_days]
    rest = days[days.index(moved(stretch[-1])) + 1 :] if stretch else days[start + 1 :]
    return {day: n for n, day in enumerate([*stretch, *filter(calendar.is_working_day, rest)], start=1)}


def _counted_day(day: date, number: int, calendar: WorkCalendar) -> CountedDay:
    special = calendar.special_day(day)
    is_working = calendar.is_working_day(day)
    made_up = f"{special.name} ({special.document})" if special and is_working else ""
    return CountedDay(day, is_working, calendar.why_off(day) or "", made_up, number)


def _said(day: CountedDay) -> str:
    shown = f"{day.day.day}/{day.day.month} {day.weekday}" + (f" ✓{day.number}" if day.number else "")
    if not day.is_working:
        is_weekend = day.why_off == WEEKDAYS[day.day.weekday()]
        return f"{shown} nghỉ" if is_weekend else f"{shown} nghỉ: {day.why_off}"
    return f"{shown} đi làm: {day.why_working}" if day.why_working else shown
