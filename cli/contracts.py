"""In which JSON shape do the readings of deadlines and units leave the product?

Other programs rely on these keys; a change here is a change of a contract.
"""

from __future__ import annotations

from typing import Any

from cli.output import iso
from engine.calendar import WorkCalendar
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
