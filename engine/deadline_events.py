"""When is a task due whose time is counted from an event, once somebody enters the event's date?

Bộ luật Dân sự 2015: the day of the event is not counted (Điều 147); a month ends on the
corresponding day, or on the last day of a month that has none (Điều 148.3).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.calendar import WorkCalendar
from engine.deadline_draft import shown, spoken
from engine.deadline_offsets import amount, calendar_day_after
from engine.model import Confirmation, Deadline, Offset

_HOURS_OF_WORK = 8


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
    if offset.count == 0 or not offset.is_working:
        return calendar_day_after(offset, event_on)
    days = {"hour": -(-offset.count // _HOURS_OF_WORK), "week": 5 * offset.count}.get(
        offset.unit, offset.count
    )
    return calendar.add_working_days(event_on, -days if offset.is_before else days)


def _counted(offset: Offset, event_on: date) -> str:
    """Return in Vietnamese how the day was found: the length, the direction, the event and its date."""
    event = f" ({offset.event})" if offset.event else ""
    if offset.count == 0:
        return f"đúng ngày {spoken(event_on)}{event}"
    if offset.is_before:
        return f"{amount(offset)} trước ngày {spoken(event_on)}{event}"
    return f"{amount(offset)} tính từ sau ngày {spoken(event_on)}{event}, Điều 147 Bộ luật Dân sự"
