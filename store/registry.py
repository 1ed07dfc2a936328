"""Which plans, tasks and assignments are there, as the engine knows them?

Rows stay in this package: what comes out are engine objects with their facts, loaded in
bulk. A fact is written as a record, and the projections the planner scans follow it in
the same transaction.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from engine.model import (
    Assignment,
    Document,
    Fact,
    FactKind,
    Role,
    Task,
    Unit,
)
from engine.status import standing_of
from store import records, tags
from store.kept import (
    Arrival,
    StoredDuty,
    StoredTask,
    deadline_of,
    document_of,
    entry_of,
    fact_of,
    stored_of,
    task_row,
)
from store.plain import Known, day_of, moment_of, plain
from store.statements import chunks
from store.tables import (
    ASSIGNMENT,
    DOCUMENT,
    DUTY,
    IS_OPEN,
    NEEDS_PLANNING,
    RECORD,
    SECTION,
    TASK,
    AssignmentRow,
    DocumentRow,
    DutyRow,
    SectionRow,
    TaskRow,
)

UnitOf = Callable[[str], Unit]
FACT_KINDS = frozenset(FactKind)
_ROLES = {str(role): role for role in Role}
_SHARES = sa.select(
    ASSIGNMENT.id, ASSIGNMENT.task_code, ASSIGNMENT.unit_code, ASSIGNMENT.role,
    ASSIGNMENT.original_due_on, ASSIGNMENT.assigned_on,
)  # fmt: skip
_TASKS = sa.select(
    TASK.code, TASK.document_code, sa.cast(TASK.deadline, sa.Text), TASK.duty_id, TASK.number, TASK.title,
    TASK.text, TASK.section, TASK.expected, TASK.note,
)  # fmt: skip
_BY_ID = attrgetter("id")


# --- writing ---------------------------------------------------------------------------


def put_document(session: Session, document: Document, arrival: Arrival) -> None:
    """Add a document with its sections, or bring what is known of it up to date."""
    row = DocumentRow(
        code=document.code,
        title=document.title,
        number=document.number,
        issuer=document.issuer,
        issued_on=document.issued_on,
        source=arrival.source,
        sha256=arrival.sha256,
        imported_at=arrival.at,
    )
    session.merge(row)
    session.flush()
    session.execute(sa.delete(SectionRow).where(SECTION.document_code == document.code))
    rows = [
        {"document_code": document.code, "number": number, "title": title, "position": position}
        for position, (number, title) in enumerate(arrival.sections, start=1)
    ]
    if rows:
        session.connection().execute(sa.insert(SectionRow), rows)


def put_tasks(session: Session, tasks: Iterable[StoredTask]) -> None:
    """Add tasks, or replace what is known of them; one that had been removed is back."""
    rows = [task_row(stored).model_dump() for stored in tasks]
    if not rows:
        return
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if is_postgresql else sqlite).insert(TaskRow)
    replaced = {name: insert.excluded[name] for name in rows[0] if name != "code"}
    session.connection().execute(insert.on_conflict_do_update(index_elements=["code"], set_=replaced), rows)


def put_assignments(session: Session, assignments: Sequence[Assignment], at: datetime) -> None:
    """Add new assignments with the facts they start with; `at` is when they were put in force."""
    if not assignments:
        return
    rows = [_assignment_row(assignment, at) for assignment in assignments]
    session.connection().execute(sa.insert(AssignmentRow), rows)
    entries = [entry_of(assignment.id, fact) for assignment in assignments for fact in assignment.facts]
    records.append_many(session, entries)


def add_facts(session: Session, unit_of: UnitOf, facts: Sequence[tuple[str, Fact]]) -> None:
    """Record facts of assignments and bring the planner's projections up to date."""
    records.append_many(session, [entry_of(assignment_id, fact) for assignment_id, fact in facts])
    moments: dict[str, datetime] = {}
    for assignment_id, fact in facts:
        moments[assignment_id] = max(fact.at, moments.get(assignment_id, fact.at))
    for assignment in assignments(session, unit_of, ids=moments):
        standing = standing_of(assignment, max(moments[assignment.id], assignment.facts[-1].at))
        change = {"due_on": standing.due_on, "is_open": standing.is_owed, "needs_planning": True}
        session.connection().execute(
            sa.update(AssignmentRow).where(ASSIGNMENT.id == assignment.id).values(**change)
        )


def put_roles(session: Session, assignments: Iterable[Assignment]) -> None:
    """Note that units have another part in their tasks than before."""
    for assignment in assignments:
        change = {"role": str(assignment.role), "needs_planning": True}
        session.connection().execute(
            sa.update(AssignmentRow).where(ASSIGNMENT.id == assignment.id).values(**change)
        )


def mark_removed(session: Session, task_codes: Iterable[str], at: datetime) -> None:
    """Close tasks that a newer version of their document no longer has; nothing is deleted."""
    codes = list(task_codes)
    session.execute(sa.update(TaskRow).where(TASK.code.in_(codes)).values(removed_at=at))


def clear_planning_flags(session: Session, ids: Iterable[str]) -> None:
    """Note that assignments have been planned since they last changed."""
    for chunk in chunks(ids):
        statement = sa.update(AssignmentRow).where(
            ASSIGNMENT.id.in_(chunk),
            NEEDS_PLANNING,
        )
        session.execute(statement.values(needs_planning=False))


def flag_for_planning(session: Session, ids: Iterable[str]) -> None:
    """Ask the next tick to look at assignments whatever the watermark says."""
    for chunk in chunks(ids):
        where = ASSIGNMENT.id.in_(chunk)
        session.execute(sa.update(AssignmentRow).where(where).values(needs_planning=True))


def put_duty(session: Session, duty: StoredDuty) -> None:
    """Add a duty, or bring what is known of it up to date."""
    session.merge(
        DutyRow(
            id=duty.id,
            document_code=duty.document.code,
            title=duty.title,
            as_written=duty.as_written,
            rrule=list(duty.rrule),
            units_as_written=duty.units_as_written,
            unit_codes=list(duty.unit_codes),
            starts_on=duty.starts_on,
            period=duty.period,
            opened_until=duty.opened_until,
            sentence=duty.sentence,
            cutoff=duty.cutoff,
            receiver=duty.receiver,
            is_in_force=duty.is_in_force,
        )
    )
    session.flush()


# --- reading ---------------------------------------------------------------------------


def documents(session: Session) -> list[Document]:
    """Return every document, oldest first."""
    rows = session.scalars(sa.select(DocumentRow).order_by(DOCUMENT.issued_on, DOCUMENT.code))
    return [document_of(row) for row in rows]


def sections(session: Session, document_code: str) -> list[tuple[str, str]]:
    """Return number and title of the sections of a document, in its order."""
    statement = sa.select(SECTION.number, SECTION.title).where(SECTION.document_code == document_code)
    return [(number, title) for number, title in session.execute(statement.order_by(SECTION.position))]


def duties(session: Session, *, with_offered: bool = False) -> list[StoredDuty]:
    """Return every duty in force, or with those that wait for a person to accept them."""
    known = {document.code: document for document in documents(session)}
    wanted = sa.true() if with_offered else DUTY.is_in_force
    rows = session.scalars(sa.select(DutyRow).where(wanted).order_by(DUTY.id))
    return [
        StoredDuty(
            row.id, known[row.document_code], row.title, row.as_written, tuple(row.rrule),
            row.units_as_written, tuple(row.unit_codes), row.starts_on, row.period, row.opened_until,
            row.sentence, row.cutoff, row.receiver, row.is_in_force,
        )
        for row in rows
    ]  # fmt: skip


def drop_offered_duties(session: Session, document_code: str, kept: Iterable[str]) -> None:
    """Forget the duties that a document was read to offer and that it no longer offers."""
    offered = (DUTY.document_code == document_code) & ~DUTY.is_in_force
    session.execute(sa.delete(DutyRow).where(offered, DUTY.id.not_in(list(kept))))


def stored_tasks(session: Session, document_code: str, *, with_removed: bool = False) -> list[StoredTask]:
    """Return the tasks of a document that are still in it, in its order, or all it ever had."""
    known = {document.code: document for document in documents(session)}
    statement = sa.select(TaskRow).where(TASK.document_code == document_code, TASK.duty_id.is_(None))
    if not with_removed:
        statement = statement.where(TASK.removed_at.is_(None))
    rows = session.scalars(statement.order_by(TASK.position))
    return [stored_of(row, known) for row in rows]


def stored_task(session: Session, code: str) -> StoredTask:
    """Return one task by its code."""
    known = {document.code: document for document in documents(session)}
    return stored_of(session.scalars(sa.select(TaskRow).where(TASK.code == code)).one(), known)


def matching_tasks(session: Session, reference: str) -> list[str]:
    """Return the codes of the tasks that `reference` may mean.

    A whole code ("KH-UBND-2025-10/15", also with - or : before the number, in either case),
    or what follows the document alone ("15"). More than one answer means that the person
    must say which.
    """
    wanted = unicodedata.normalize("NFC", reference.strip())
    whole = session.scalars(sa.select(TASK.code).where(TASK.code == wanted)).all()
    if whole:
        return list(whole)
    codes = session.scalars(sa.select(DOCUMENT.code)).all()
    named = [(code, rest) for code in codes if (rest := _after_document(code, wanted))]
    places = [
        (TASK.document_code == code) & ((TASK.number == rest) | (TASK.code == f"{code}/{rest}"))
        for code, rest in named
    ] or [TASK.number == wanted, TASK.code.in_([f"{code}/{wanted}" for code in codes])]
    statement = sa.select(TASK.code).where(sa.or_(*places), TASK.removed_at.is_(None))
    return sorted(session.scalars(statement).all())


def assignments(
    session: Session,
    unit_of: UnitOf,
    *,
    ids: Iterable[str] | None = None,
    task_codes: Iterable[str] | None = None,
    until: datetime | None = None,
) -> list[Assignment]:
    """Return assignments with their facts up to `until`: all, by id, or by task."""
    everything = ids is None and task_codes is None
    column = ASSIGNMENT.id if ids is not None else ASSIGNMENT.task_code
    parts = chunks(ids if ids is not None else task_codes or ())
    wanted = [sa.true()] if everything else [column.in_(chunk) for chunk in parts]
    rows = [row for where in wanted for row in plain(session, _SHARES.where(where))]
    known = {document.code: document for document in documents(session)}
    tasks = tasks_by_code(session, {task for _, task, *_ in rows}, known)
    facts = _facts(session, None if everything else [id_ for id_, *_ in rows], until)
    units, days = Known(unit_of), Known(day_of)
    found = [
        Assignment(
            id_, tasks[task], units[unit], _ROLES[role], days[due_on], days[assigned_on],
            tuple(facts.get(id_, ())),
        )
        for id_, task, unit, role, due_on, assigned_on in rows
    ]  # fmt: skip
    return sorted(found, key=_BY_ID)


def tasks_by_code(session: Session, codes: Collection[str], among: Mapping[str, Document]) -> dict[str, Task]:
    """Return tasks by their codes; `among` are the documents they may be of, by code."""
    tagged = tags.tags_of(session, codes)
    deadlines = Known(lambda kept: deadline_of(json.loads(kept)))
    found: dict[str, Task] = {}
    for chunk in chunks(sorted(codes)):
        for code, document, deadline, duty, *words in plain(session, _TASKS.where(TASK.code.in_(chunk))):
            number, title, text, section, expected, note = words
            found[code] = Task(
                code, among[document], number, title, text, deadlines[deadline], section, expected, note,
                duty is not None, tagged.get(code, ()),
            )  # fmt: skip
    return found


def assignment_ids(session: Session) -> set[str]:
    """Return the id of every assignment."""
    return set(session.scalars(sa.select(ASSIGNMENT.id)))


def open_due_between(session: Session, first: date | None, last: date) -> list[str]:
    """Return the open assignments whose deadline in force lies in `[first, last]`, by index."""
    statement = sa.select(ASSIGNMENT.id).where(IS_OPEN, ASSIGNMENT.due_on <= last)
    if first is not None:
        statement = statement.where(ASSIGNMENT.due_on >= first)
    return list(session.scalars(statement))


def open_assignments(session: Session) -> list[str]:
    """Return every open assignment."""
    return list(session.scalars(sa.select(ASSIGNMENT.id).where(IS_OPEN)))


def ids_needing_planning(session: Session) -> list[str]:
    """Return the assignments that changed since they were last planned."""
    return list(session.scalars(sa.select(ASSIGNMENT.id).where(NEEDS_PLANNING)))


def doubts(session: Session) -> list[tuple[str, str, str]]:
    """Return what was doubtful in the tasks still in force, as (task, code, sentence)."""
    statement = sa.select(TASK.code, TASK.problems).where(TASK.removed_at.is_(None)).order_by(TASK.code)
    return [(task, code, said) for task, problems in session.execute(statement) for code, said in problems]


def is_empty(session: Session) -> bool:
    """Whether no document has ever come in."""
    return session.scalar(sa.select(sa.func.count()).select_from(DocumentRow)) == 0


# --- between rows and objects ------------------------------------------------------------


def _after_document(code: str, reference: str) -> str:
    """Return what follows a document's code and a mark, or nothing when it is another document.

    Compared here because lower() of SQLite knows no "Đ".
    """
    head, mark, rest = (
        reference[: len(code)],
        reference[len(code) : len(code) + 1],
        reference[len(code) + 1 :],
    )
    return rest.strip() if head.casefold() == code.casefold() and mark and mark in "/:-" else ""


def _facts(session: Session, ids: list[str] | None, until: datetime | None) -> dict[str, list[Fact]]:
    """Return the facts of assignments, all when `ids` is None, each in the order of their moments."""
    facts: dict[str, list[Fact]] = defaultdict(list)
    statement = sa.select(RECORD.subject, RECORD.kind, RECORD.at, RECORD.data)
    statement = statement.where(RECORD.kind.in_(sorted(FACT_KINDS))).order_by(RECORD.at, RECORD.seq)
    if until is not None:
        statement = statement.where(RECORD.at <= until)
    wanted = [sa.true()] if ids is None else [RECORD.subject.in_(chunk) for chunk in chunks(ids)]
    moments = Known(moment_of)
    for where in wanted:
        for subject, kind, at, data in plain(session, statement.where(where)):
            facts[subject].append(fact_of(kind, moments[at], json.loads(data)))
    return facts


def _assignment_row(assignment: Assignment, at: datetime) -> dict[str, Any]:
    standing = standing_of(assignment, max((at, *(fact.at for fact in assignment.facts))))
    return {
        "id": assignment.id,
        "task_code": assignment.task.code,
        "unit_code": assignment.unit.code,
        "role": str(assignment.role),
        "original_due_on": assignment.due_on,
        "due_on": standing.due_on,
        "assigned_on": assignment.assigned_on,
        "is_open": standing.is_owed,
        "needs_planning": True,
    }
