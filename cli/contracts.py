"""In which JSON shape do readings of deadlines and units, and messages of a preview, leave the product?

Other programs rely on these keys; a change here is a change of a contract.
"""

from __future__ import annotations

from typing import Any

from cli.output import iso
from engine.calendar import WorkCalendar
from engine.messages import MessageDraft
from engine.model import Deadline, Unit, UnitReading


def deadline_as_json(deadline: Deadline, calendar: WorkCalendar) -> dict[str, Any]:
    """Return a deadline reading with its three dates."""
    due_on = deadline.due_on
    return {
        "as_written": deadline.as_written,
        "kind": str(deadline.kind),
        "due_on": iso(due_on),
        "due_at": iso(deadline.due_at),
        "starts_on": iso(deadline.starts_on),
        "rrule": list(deadline.rrule),
        "milestones": [{"due_on": iso(m.due_on), "label": m.label} for m in deadline.milestones],
        "act_by_on": iso(calendar.previous_working_day(due_on)) if due_on else None,
        "effective_due_on": iso(calendar.next_working_day(due_on)) if due_on else None,
        "needs_confirmation": deadline.needs_confirmation,
        "proposal": iso(deadline.proposal),
        "already_done": deadline.already_done,
        "reading": deadline.reading,
    }


def unit_as_json(reading: UnitReading) -> dict[str, Any]:
    """Return the reading of a cell of agency names."""
    return {
        "as_written": reading.as_written,
        "status": str(reading.status),
        "units": [_named(unit) for unit in reading.units],
        "candidates": [_named(unit) for unit in reading.candidates],
    }


def _named(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}


def message_as_json(message: MessageDraft) -> dict[str, Any]:
    """Return a message of a preview with every reminder it carries."""
    leading = max(message.reminders, key=lambda reminder: reminder.level)
    return {
        "at": iso(message.not_before),
        "recipient": message.recipient.person,
        "post": message.recipient.post,
        "unit": message.recipient.unit.code,
        "channel": message.channel,
        "step": leading.step,
        "level": message.level,
        "assignments": [
            {
                "assignment": reminder.assignment.id,
                "task": reminder.assignment.task.code,
                "title": reminder.assignment.task.title,
                "unit": reminder.assignment.unit.code,
                "due_on": iso(reminder.due_on),
                "step": reminder.step,
                "level": reminder.level,
                "reason": reminder.reason,
            }
            for reminder in message.reminders
        ],
        "reason": leading.reason,
    }


def message_line(message: MessageDraft) -> str:
    """Return a message of a preview as one line for people."""
    tasks = {reminder.assignment.task.code for reminder in message.reminders}
    whom = f"{message.recipient.title}, {message.recipient.unit.name}"
    return f"{message.not_before:%d/%m/%Y %H:%M}  {message.channel:8}  {whom}: {len(tasks)} nhiệm vụ"
