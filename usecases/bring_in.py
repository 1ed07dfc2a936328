"""A document comes in: what does it add, change and remove, and what must a person decide?

Everything is read and compared first; then it is put in force in one transaction, or not
at all. A re-import is a difference: nothing is deleted, what a document drops is closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from engine.model import Assignment, Document, Fact, FactKind, Role
from engine.problems import Problem
from engine.status import Status, standing_of
from intake.annex import AnnexSection
from intake.registry import RegistryDocument
from intake.text import read_annex
from store import records, registry
from store.kept import Arrival, StoredTask
from usecases.configuration import load_registry
from usecases.duties import put_duties
from usecases.errors import InputRejected
from usecases.staging import (
    Staged,
    StagedDuty,
    StagedTask,
    assignments_of,
    staged_annex,
    staged_registry,
)
from usecases.wiring import Office

UNIT_GONE = "đơn vị không còn trong văn bản nhập lại"
TASK_GONE = "nhiệm vụ không còn trong văn bản nhập lại"
DROPPED = frozenset({UNIT_GONE, TASK_GONE})  # closed by a copy, not by a person: a later copy may reopen

# Problems of a document that do not stop its import.
NOT_FATAL = frozenset({"duplicate-number", "unknown-heading", "incomplete-row"})


@dataclass(frozen=True, slots=True)
class Change:
    """One task of a difference; `fields` maps a name to (old, new), as written."""

    number: str | None
    title: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a document changes in the registry."""

    added: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    unchanged: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """A document as it came in."""

    document: Document
    sections: tuple[AnnexSection, ...]
    tasks: tuple[StagedTask, ...]
    duties: tuple[StagedDuty, ...]
    problems: tuple[Problem, ...]
    changes: Changes
    assignments: int
    source: str
    sha256: str


def bring_in(
    office: Office,
    data: bytes,
    source: str,
    issued_on: date,
    at: datetime,
    plan: str | None = None,
    dry_run: bool = False,
) -> Brought:
    """Read a plan's annex and put it in force at `at`; with `dry_run` only say what would change.

    Raises InputRejected, with every problem, when the file cannot be taken; the registry
    is then as it was.
    """
    annex, problems = read_annex(data, source)
    fatal = [problem for problem in problems if problem.code not in NOT_FATAL]
    if fatal or not annex.rows:
        raise InputRejected(problems=fatal or problems)
    shipped = load_registry(office.settings.config)
    staged = staged_annex(annex, source, issued_on, plan, office.directory, shipped)
    return put_in_force(office, staged, at, source, data, tuple(problems), dry_run)


def bring_in_defaults(office: Office, at: datetime) -> list[Brought]:
    """Put the plans that ship in the registry folder in force at `at`."""
    return [bring_in_default(office, plan, at) for plan in load_registry(office.settings.config)]


def bring_in_default(office: Office, plan: RegistryDocument, at: datetime) -> Brought:
    """Put one plan of the registry folder in force at `at`."""
    staged = staged_registry(plan, office.directory)
    return put_in_force(office, staged, at, "config/registry", plan.document.code.encode())


def put_in_force(
    office: Office,
    staged: Staged,
    at: datetime,
    source: str,
    data: bytes,
    problems: tuple[Problem, ...] = (),
    dry_run: bool = False,
) -> Brought:
    """Compare a staged document with the registry, write the difference in one transaction, say it."""
    sha256 = hashlib.sha256(data).hexdigest()
    with office.database.reading() if dry_run else office.database.writing() as session:
        known = {kept.task.code: kept for kept in registry.stored_tasks(session, staged.document.code)}
        staged = _with_kept_titles(staged, known)
        changes, news = _difference(staged, known)
        count = 0
        if not dry_run:
            sections = tuple((section.number, section.title) for section in staged.sections)
            arrival = Arrival(source, sha256, at, sections)
            count = _write(session, office, staged, news, known, arrival)
    return Brought(
        staged.document,
        staged.sections,
        staged.tasks,
        staged.duties,
        problems,
        changes,
        count,
        source,
        sha256,
    )


def _with_kept_titles(staged: Staged, known: dict[str, StoredTask]) -> Staged:
    """Let a task whose text stayed keep the title people know it by."""
    tasks = tuple(
        replace(task, title=known[task.code].task.title)
        if task.code in known and known[task.code].task.text == task.text
        else task
        for task in staged.tasks
    )
    return replace(staged, tasks=tasks)


def _difference(staged: Staged, known: dict[str, StoredTask]) -> tuple[Changes, list[tuple[int, StagedTask]]]:
    """Return what changes, and the tasks to write with their position."""
    added, changed, unchanged = [], [], []
    news: list[tuple[int, StagedTask]] = []
    for position, task in enumerate(staged.tasks, start=1):
        before = known.get(task.code)
        if before is None:
            added.append(Change(task.number, task.title))
            news.append((position, task))
        elif fields := _changed_fields(before, task):
            changed.append(Change(task.number, task.title, fields))
            news.append((position, task))
        else:
            unchanged.append(Change(task.number, task.title))
    present = {task.code for task in staged.tasks}
    removed = [Change(t.task.number, t.task.title) for code, t in known.items() if code not in present]
    return Changes(tuple(added), tuple(changed), tuple(removed), tuple(unchanged)), news


def _changed_fields(before: StoredTask, now: StagedTask) -> dict[str, tuple[str, str]]:
    old, new = before.task, now
    values = {
        "text": (old.text, new.text),
        "section": (old.section, new.section),
        "lead": (before.lead, new.lead.as_written),
        "supporting": (before.supporting, new.supporting.as_written),
        "deadline": (old.deadline.as_written, new.deadline.as_written),
        "expected": (old.expected, new.expected),
        "note": (old.note, new.note),
    }
    return {name: pair for name, pair in values.items() if pair[0] != pair[1]}


def _write(
    session: Session,
    office: Office,
    staged: Staged,
    news: Iterable[tuple[int, StagedTask]],
    known: dict[str, StoredTask],
    arrival: Arrival,
) -> int:
    """Write the difference; return how many assignments the document has brought."""
    document, at = staged.document, arrival.at
    registry.put_document(session, document, arrival)
    registry.put_tasks(session, (_stored(position, task, document) for position, task in news))
    count = 0
    entries: list[records.Entry] = []
    for _, task in news:
        shares = assignments_of(task, document, at)
        count += _put_shares(session, office, task, known.get(task.code), shares, at)
        units = [share.unit.code for share in shares if share.role is Role.LEAD]
        data = {"units": units, "deadline": task.deadline.as_written, "was_known": task.code in known}
        entries.append(records.Entry(at, "task-assigned", task.code, data))
    gone = sorted(set(known) - {task.code for task in staged.tasks})
    _close(session, office, gone, at)
    put_duties(session, document, staged.duties)
    arrived = {
        "source": arrival.source,
        "sha256": arrival.sha256,
        "tasks": len(staged.tasks),
        "removed": gone,
    }
    records.append_many(session, [records.Entry(at, "document-imported", document.code, arrived), *entries])
    return count


def _put_shares(
    session: Session,
    office: Office,
    task: StagedTask,
    known: StoredTask | None,
    shares: list[Assignment],
    at: datetime,
) -> int:
    """Add the shares a task did not have, close those it lost, decide the deadline of the rest."""
    before = {a.id: a for a in registry.assignments(session, office.directory.unit, task_codes=[task.code])}
    registry.put_assignments(session, [share for share in shares if share.id not in before], at)
    wanted = {share.id: share for share in shares}
    registry.put_roles(session, [s for s in shares if s.id in before and s.role is not before[s.id].role])
    is_moved = known is not None and known.task.deadline.due_on != task.deadline.due_on
    facts: list[tuple[str, Fact]] = []
    for id_, assignment in before.items():
        if id_ not in wanted:
            facts += [(id_, fact) for fact in _closed(assignment, at, UNIT_GONE)]
        else:
            facts += [(id_, fact) for fact in _carried_on(assignment, wanted[id_], is_moved, at)]
    registry.add_facts(session, office.directory.unit, facts)
    return len(shares)


def _carried_on(before: Assignment, share: Assignment, is_moved: bool, at: datetime) -> list[Fact]:
    """Return the facts by which a share that was known stands as the newer document has it.

    One that an earlier copy had dropped is opened again; one that a person cancelled, or
    whose result is in, stays. An extension outlives every change but that of the deadline.
    """
    standing = standing_of(before, at)
    if standing.status is Status.CANCELLED:
        cancelled = [fact for fact in before.facts if fact.kind is FactKind.CANCELLED]
        return _redated(share, at) if cancelled[-1].note in DROPPED else []
    if is_moved and standing.done_on is None and standing.due_on != share.due_on:
        return _redated(share, at)
    return []


def _redated(share: Assignment, at: datetime) -> list[Fact]:
    """Return the facts that put a corrected deadline in force, or hold it for a person."""
    holds = [replace(fact, at=at) for fact in share.facts if fact.kind is FactKind.HELD]
    if not holds and share.due_on is None:
        holds = [Fact(FactKind.HELD, at, note="văn bản nhập lại không còn ghi thời hạn theo ngày")]
    decided = Fact(FactKind.DECIDED, at, due_on=share.due_on, note="thời hạn theo văn bản nhập lại")
    return holds or [decided]


def _closed(assignment: Assignment, at: datetime, note: str) -> list[Fact]:
    is_closed = standing_of(assignment, at).status is Status.CANCELLED
    return [] if is_closed else [Fact(FactKind.CANCELLED, at, note=note)]


def _close(session: Session, office: Office, task_codes: list[str], at: datetime) -> None:
    """Close the tasks that a newer version of their document no longer has."""
    if not task_codes:
        return
    registry.mark_removed(session, task_codes, at)
    dropped = registry.assignments(session, office.directory.unit, task_codes=task_codes)
    facts = [(share.id, fact) for share in dropped for fact in _closed(share, at, TASK_GONE)]
    registry.add_facts(session, office.directory.unit, facts)


def _stored(position: int, task: StagedTask, document: Document) -> StoredTask:
    return StoredTask(
        task.as_task(document),
        position,
        task.lead.as_written,
        task.supporting.as_written,
        task.footnotes,
        task.problems,
        task.cells,
        task.table,
        task.row,
    )


def ensure_registry(office: Office, at: datetime) -> list[Brought]:
    """Put the default plans in force when nothing has ever come in; return what was put in force."""
    with office.database.reading() as session:
        if not registry.is_empty(session):
            return []
    return bring_in_defaults(office, at)
