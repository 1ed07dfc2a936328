"""In which JSON shape do deadlines, units and imports leave the product?

Other programs rely on these keys; a change here is a change of a contract.
"""

from __future__ import annotations

from typing import Any

from cli.output import iso
from engine.calendar import WorkCalendar
from engine.model import Deadline, Unit, UnitReading
from usecases.bring_in import Brought
from usecases.staging import StagedTask


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


def import_as_json(brought: Brought, calendar: WorkCalendar) -> dict[str, Any]:
    """Return what an import read, what is wrong with it, and what it changes."""
    document = brought.document
    return {
        "document": {
            "code": document.code,
            "title": document.title,
            "number": document.number,
            "issuer": document.issuer,
            "issued_on": iso(document.issued_on),
            "source": brought.source,
            "sha256": brought.sha256,
        },
        "sections": [{"number": s.number, "title": s.title} for s in brought.sections],
        "tasks": [_task(task, calendar) for task in brought.tasks],
        "duties": [
            {"id": duty.id, "title": duty.title, "as_written": duty.as_written, "sentence": duty.sentence}
            for duty in brought.duties
        ],
        "problems": [
            {"code": p.code, "message": p.message, "hint": p.hint, "line": p.line, "column": p.column}
            for p in brought.problems
        ],
        "changes": {
            "added": [_change(c) for c in brought.changes.added],
            "changed": [_change(c) for c in brought.changes.changed],
            "removed": [_change(c) for c in brought.changes.removed],
            "unchanged": [_change(c) for c in brought.changes.unchanged],
        },
    }


def _task(task: StagedTask, calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "number": task.number,
        "text": task.text,
        "title": task.title,
        "section": task.section,
        "lead": _agencies(task.lead),
        "supporting": _agencies(task.supporting),
        "deadline": deadline_as_json(task.deadline, calendar),
        "expected": task.expected,
        "note": task.note,
        "footnotes": list(task.footnotes),
        "problems": [{"code": code, "message": message} for code, message in task.problems],
        "source": {"table": task.table, "row": task.row, "cells": list(task.cells)},
    }


def _agencies(reading: UnitReading) -> dict[str, Any]:
    return {
        "as_written": reading.as_written,
        "units": [unit.code for unit in reading.units],
        "status": str(reading.status),
    }


def _named(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}


def _change(change: Any) -> dict[str, Any]:
    fields = {name: {"old": old, "new": new} for name, (old, new) in change.fields.items()}
    return {"number": change.number, "title": change.title, **({"fields": fields} if fields else {})}
