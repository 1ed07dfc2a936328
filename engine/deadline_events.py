"""When is a task due whose time is counted from an event, once somebody enters the event's date?

Bộ luật Dân sự 2015: the day of the event is not counted (Điều 147); a month ends on the
corresponding day, or on the last day of a month that has none (Điều 148.3).
"""

from __future__ import annotations

import calendar as months
from dataclasses import replace
from datetime import date, timedelta

from engine.calendar import WorkCalendar
from engine.deadline_draft import shown, spoken
from engine.model import Confirmation, Deadline, Offset

UNITS = {"hour": "giờ", "day": "ngày", "week": "tuần", "month": "tháng", "year": "năm"}
_HOURS_OF_DAY, _HOURS_OF_WORK = 24, 8


def with_event(deadline: Deadline, event_on: date, calendar: WorkCalendar) -> Deadline:
    """Return the reading of `deadline` now that its event fell, or will fall, on `event_on`.

    An event without a length of time ("Sau khi có hướng dẫn") only says when work may
    start: the last day must still be set by a person.
    """
    if deadline.offset is None:
        says = f"bắt đầu từ ngày {spoken(event_on)}; chưa ghi trong bao lâu, cần ấn định hạn"
        reading = f"{shown(deadline.as_written)} → {says}."
        return replace(
            deadline, starts_on=event_on, due_on=None, confirmation=Confirmation.REQUIRED, reading=reading
        )
    due_on = due_after(deadline.offset, event_on, calendar)
    how = _counted(deadline.offset, event_on)
    reading = f"{shown(deadline.as_written)} → hết ngày {spoken(due_on)} ({how})."
    return replace(deadline, due_on=due_on, proposal=None, confirmation=Confirmation.NONE, reading=reading)


def due_after(offset: Offset, event_on: date, calendar: WorkCalendar) -> date:
    """Return the last day of a time counted from `event_on`, or the day so long before it.

    Hours are counted by whole days: whatever the hour of the event, nobody is late early.
    """
    count, sign = offset.count, -1 if offset.is_before else 1
    if offset.unit == "hour":
        count = -(-count // (_HOURS_OF_WORK if offset.is_working else _HOURS_OF_DAY))
    if count == 0:
        return event_on
    if offset.is_working:
        return calendar.add_working_days(event_on, sign * count * (5 if offset.unit == "week" else 1))
    if offset.unit in {"month", "year"}:
        return months_later(event_on, sign * count * (12 if offset.unit == "year" else 1))
    return event_on + timedelta(days=sign * count * (7 if offset.unit == "week" else 1))


def months_later(day: date, count: int) -> date:
    """Return the corresponding day so many months on; a month that lacks it gives its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _counted(offset: Offset, event_on: date) -> str:
    """Return in Vietnamese how the day was found: the length, the direction, the event and its date."""
    event = f" ({offset.event})" if offset.event else ""
    if offset.count == 0:
        return f"đúng ngày {spoken(event_on)}{event}"
    amount = f"{offset.count} {UNITS[offset.unit]}" + (" làm việc" if offset.is_working else "")
    if offset.is_before:
        return f"{amount} trước ngày {spoken(event_on)}{event}"
    return f"{amount} tính từ sau ngày {spoken(event_on)}{event}, Điều 147 Bộ luật Dân sự"
