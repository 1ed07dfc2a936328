"""How do rows become engine objects, and objects rows?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from engine.model import (
    HANOI,
    Confirmation,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    Milestone,
    Offset,
    ResolutionStatus,
    Task,
)
from store import records
from store.tables import DocumentRow, TaskRow


@dataclass(frozen=True, slots=True)
class Frozen:
    """The units a cell was read as when its task was put in force: a group keeps its members."""

    status: ResolutionStatus
    units: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task with the words it was read from, as far as a re-import compares them."""

    task: Task
    position: int
    lead: str
    supporting: str
    footnotes: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    cells: tuple[str, ...] = ()
    source_table: int = 1
    source_row: int = 0
    duty_id: str | None = None
    occurrence: str | None = None
    removed_at: datetime | None = None
    lead_frozen: Frozen | None = None
    supporting_frozen: Frozen | None = None
    proposed: str = ""  # what a second deadline column says
    done_on: str = ""  # what the columns of finished work say
    state: str = ""


@dataclass(frozen=True, slots=True)
class StoredDuty:
    """A recurring obligation; `opened_until` is the last due date already opened.

    One that is not in force was found in a document and waits for a person to accept it.
    """

    id: str
    document: Document
    title: str
    as_written: str
    rrule: tuple[str, ...]
    units_as_written: str
    unit_codes: tuple[str, ...]
    starts_on: date
    period: str
    opened_until: date | None = None
    sentence: str = ""
    cutoff: str = ""
    receiver: str = ""
    is_in_force: bool = True


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a document came from and when."""

    source: str
    sha256: str
    at: datetime
    sections: tuple[tuple[str, str], ...] = field(default=())


def entry_of(assignment_id: str, fact: Fact) -> records.Entry:
    """Return the record of a fact about an assignment."""
    said = {"by": fact.by, "document": fact.document, "note": fact.note, "unit": fact.unit}
    days = {"on": fact.on, "due_on": fact.due_on}
    data = {name: value for name, value in said.items() if value}
    data |= {name: day.isoformat() for name, day in days.items() if day}
    return records.Entry(fact.at, fact.kind, assignment_id, data)


def fact_of(kind: str, at: datetime, data: Mapping[str, str]) -> Fact:
    """Return the fact that a record of this kind and content states."""
    return Fact(
        FactKind(kind), at.astimezone(HANOI), data.get("by", ""), _day(data.get("on")),
        _day(data.get("due_on")), data.get("document", ""), data.get("note", ""), data.get("unit", ""),
    )  # fmt: skip


def document_of(row: DocumentRow) -> Document:
    """Return the document of a row."""
    return Document(row.code, row.title, row.number, row.issued_on, row.issuer)


def stored_of(row: TaskRow, known: dict[str, Document]) -> StoredTask:
    """Return the task of a row with the words it was read from, without tags; `known` are the documents."""
    task = Task(
        row.code, known[row.document_code], row.number, row.title, row.text, deadline_of(row.deadline),
        row.section, row.expected, row.note, row.duty_id is not None,
    )  # fmt: skip
    problems = tuple((code, said) for code, said in row.problems)
    return StoredTask(
        task, row.position, row.lead_as_written, row.supporting_as_written,
        tuple(row.footnotes), problems, tuple(row.cells), row.source_table, row.source_row,
        row.duty_id, row.occurrence, row.removed_at.astimezone(HANOI) if row.removed_at else None,
        _frozen_of(row.lead_frozen), _frozen_of(row.supporting_frozen), row.proposed, row.done_on, row.state,
    )  # fmt: skip


def task_row(stored: StoredTask) -> TaskRow:
    """Return a task as a row."""
    task = stored.task
    return TaskRow(
        code=task.code,
        document_code=task.document.code,
        position=stored.position,
        number=task.number,
        section=task.section,
        title=task.title,
        text=task.text,
        expected=task.expected,
        note=task.note,
        lead_as_written=stored.lead,
        supporting_as_written=stored.supporting,
        lead_frozen=_frozen_as_kept(stored.lead_frozen),
        supporting_frozen=_frozen_as_kept(stored.supporting_frozen),
        proposed=stored.proposed,
        done_on=stored.done_on,
        state=stored.state,
        deadline=deadline_as_kept(task.deadline),
        footnotes=list(stored.footnotes),
        problems=[list(problem) for problem in stored.problems],
        cells=list(stored.cells),
        source_table=stored.source_table,
        source_row=stored.source_row,
        duty_id=stored.duty_id,
        occurrence=stored.occurrence,
        removed_at=stored.removed_at,
    )


def deadline_as_kept(deadline: Deadline) -> dict[str, Any]:
    """Return a deadline reading as it is kept; `deadline_of` is its inverse."""
    return {
        "as_written": deadline.as_written,
        "kind": str(deadline.kind),
        "reading": deadline.reading,
        "due_on": _kept(deadline.due_on),
        "due_at": _kept(deadline.due_at),
        "starts_on": _kept(deadline.starts_on),
        "rrule": list(deadline.rrule),
        "milestones": [[_kept(m.due_on), m.label] for m in deadline.milestones],
        "confirmation": str(deadline.confirmation),
        "proposal": _kept(deadline.proposal),
        "already_done": deadline.already_done,
        "offset": asdict(deadline.offset) if deadline.offset else None,
    }


def deadline_of(kept: dict[str, Any]) -> Deadline:
    """Return the deadline reading that was kept."""
    return Deadline(
        as_written=kept["as_written"],
        kind=DeadlineKind(kept["kind"]),
        reading=kept["reading"],
        due_on=_day(kept["due_on"]),
        due_at=datetime.fromisoformat(kept["due_at"]).astimezone(HANOI) if kept["due_at"] else None,
        starts_on=_day(kept["starts_on"]),
        rrule=tuple(kept["rrule"]),
        milestones=tuple(Milestone(date.fromisoformat(day), label) for day, label in kept["milestones"]),
        confirmation=Confirmation(kept["confirmation"]),
        proposal=_day(kept["proposal"]),
        already_done=kept["already_done"],
        offset=Offset(**kept["offset"]) if kept.get("offset") else None,
    )


def _frozen_as_kept(frozen: Frozen | None) -> dict[str, Any] | None:
    if frozen is None:
        return None
    return {"status": str(frozen.status), "units": list(frozen.units), "at": frozen.at.isoformat()}


def _frozen_of(kept: dict[str, Any] | None) -> Frozen | None:
    if kept is None:
        return None
    at = datetime.fromisoformat(kept["at"]).astimezone(HANOI)
    return Frozen(ResolutionStatus(kept["status"]), tuple(kept["units"]), at)


def _kept(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
