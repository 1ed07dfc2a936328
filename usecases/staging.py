"""What does a document ask of whom, before anything of it is in force?

An annex and a registry file become the same staged tasks: every deadline and agency with
its reading, every doubt as a problem of its row. Nothing is written here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from engine.deadline import read_deadline
from engine.model import (
    HANOI,
    Assignment,
    Confirmation,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    ResolutionStatus,
    Role,
    Task,
    UnitReading,
)
from engine.units import UnitDirectory
from intake.annex import Annex, AnnexRow, AnnexSection
from intake.duties import find_duties
from intake.registry import RegistryDocument, RegistryTask
from intake.titles import short_title

HOLDING = frozenset({"state-secret-row", "held"})  # problems of a row that a person must settle first


@dataclass(frozen=True, slots=True)
class StagedTask:
    """One row of a plan as read; `problems` are (code, Vietnamese sentence) pairs."""

    code: str
    number: str | None
    text: str
    title: str
    section: str
    lead: UnitReading
    supporting: UnitReading
    deadline: Deadline
    expected: str = ""
    note: str = ""
    footnotes: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    table: int = 1
    row: int = 0
    cells: tuple[str, ...] = ()

    def as_task(self, document: Document) -> Task:
        """Return the task as the engine knows it."""
        return Task(
            self.code,
            document,
            self.number,
            self.title,
            self.text,
            self.deadline,
            self.section,
            self.expected,
            self.note,
        )


@dataclass(frozen=True, slots=True)
class StagedDuty:
    """A recurring obligation: in force from a registry file, offered when found in a document's body."""

    id: str
    title: str
    as_written: str
    units: UnitReading
    starts_on: date
    sentence: str = ""
    is_in_force: bool = True


@dataclass(frozen=True, slots=True)
class Staged:
    """A document with everything read from it."""

    document: Document
    sections: tuple[AnnexSection, ...]
    tasks: tuple[StagedTask, ...]
    duties: tuple[StagedDuty, ...]


def staged_annex(
    annex: Annex,
    source: str,
    issued_on: date,
    plan: str | None,
    directory: UnitDirectory,
    known: Iterable[RegistryDocument],
) -> Staged:
    """Return the tasks of an annex; a plan that ships in the registry keeps its code and titles."""
    match = next((plan_ for plan_ in known if annex.title and plan_.source_title == annex.title), None)
    code = plan or (match.document.code if match else derived_code(annex, source, issued_on))
    document = Document(code, annex.title, annex.number, issued_on, annex.issuer)
    titles = {task.number: task for task in match.tasks} if match else {}
    tasks: list[StagedTask] = []
    for place, row in zip(_places(annex.rows), annex.rows, strict=True):
        above = tasks[-1] if tasks else None
        tasks.append(_from_row(row, f"{document.code}/{place}", document, directory, titles, above))
    return Staged(
        document, annex.sections, tuple(tasks), tuple(_duties_of(annex, issued_on, match, directory))
    )


def staged_registry(registry: RegistryDocument, directory: UnitDirectory) -> Staged:
    """Return the tasks and duties of a registry file."""
    document = registry.document
    tasks = tuple(
        _from_registry(task, n, document, directory) for n, task in enumerate(registry.tasks, start=1)
    )
    duties = tuple(
        StagedDuty(d.id, d.title, d.as_written, directory.resolve(d.units), d.starts_on, d.source)
        for d in registry.duties
    )
    return Staged(document, registry.sections, tasks, duties)


def assignments_of(task: StagedTask, document: Document, at: datetime) -> list[Assignment]:
    """Return each unit's share of a task, put in force at `at`.

    Steps count from the day of issue. What a person must decide first starts held: a
    reading that is not in force, a deadline that was past on the day of issue, and a
    deadline that was past when the document came in, so that an old plan causes no storm.
    """
    facts = tuple(_holds(task, document, at))
    leads = {unit.code: unit for unit in task.lead.units}
    supporting = {unit.code: unit for unit in task.supporting.units if unit.code not in leads}
    shared = task.as_task(document)
    return [
        Assignment(
            f"{task.code}@{unit.code}", shared, unit, role, task.deadline.due_on, document.issued_on, facts
        )
        for role, units in ((Role.LEAD, leads), (Role.SUPPORTING, supporting))
        for unit in units.values()
    ]


def derived_code(annex: Annex, source: str, issued_on: date) -> str:
    """Return a code for a plan nobody named: its symbol, month of issue and a mark of its title.

    A bare table without a title is known again by the name of its file.
    """
    symbol = annex.number.split("/")[-1].strip() or "VB"
    mark = hashlib.sha256((annex.title or source).encode()).hexdigest()[:4]
    return f"{symbol}-{issued_on:%Y-%m}-{mark}"


def _places(rows: Iterable[AnnexRow]) -> Iterable[str]:
    """Yield each row's own name in its document; it stays the same when a row is put in above it.

    A number used again is told apart from the first; a row without one is counted.
    """
    seen: Counter[str] = Counter()
    for row in rows:
        number = row.number or "hàng"
        seen[number] += 1
        if row.number is None:
            yield f"{number}-{seen[number]}"
        else:
            yield number if seen[number] == 1 else f"{number}~{seen[number]}"


def _duties_of(
    annex: Annex, issued_on: date, match: RegistryDocument | None, directory: UnitDirectory
) -> Iterable[StagedDuty]:
    """Yield the duties found in the body: those the registry confirms in force, the others offered."""
    confirmed = {duty.as_written: duty for duty in match.duties} if match else {}
    for number, found in enumerate(find_duties(annex.body), start=1):
        known = confirmed.get(found.phrase)
        if known is not None:
            units = directory.resolve(known.units)
            first = issued_on.replace(day=1)  # the month of issue is the first to be reported
            yield StagedDuty(known.id, known.title, known.as_written, units, first, found.sentence)
        else:
            units = directory.resolve("")
            id_, title = f"viec-dinh-ky-{number}", short_title(found.sentence)
            yield StagedDuty(id_, title, found.phrase, units, issued_on, found.sentence, is_in_force=False)


def _from_row(
    row: AnnexRow,
    code: str,
    document: Document,
    directory: UnitDirectory,
    titles: Mapping[str, RegistryTask],
    above: StagedTask | None,
) -> StagedTask:
    deadline = read_deadline(row.deadline, document.issued_on)
    if deadline.kind is DeadlineKind.INHERIT and above is not None:
        reading = f"Như hàng trên: {above.deadline.reading}"
        deadline = replace(above.deadline, as_written=row.deadline, reading=reading)
    known = titles.get(row.number or "")
    is_same = known is not None and (known.lead, known.deadline) == (row.lead, row.deadline)
    task = StagedTask(
        code=code,
        number=row.number,
        text=row.text,
        title=known.title if known and is_same else short_title(row.text),
        section=row.section,
        lead=directory.resolve(row.lead),
        supporting=directory.resolve(row.supporting),
        deadline=deadline,
        expected=row.expected,
        note=row.note,
        footnotes=row.footnotes,
        table=row.table,
        row=row.row,
        cells=row.cells,
    )
    return replace(task, problems=(*row.problems, *_doubts(task, document.issued_on)))


def _from_registry(task: RegistryTask, row: int, document: Document, directory: UnitDirectory) -> StagedTask:
    staged = StagedTask(
        code=f"{document.code}/{task.number}",
        number=task.number,
        text=task.title,
        title=task.title,
        section=task.section,
        lead=directory.resolve(task.lead),
        supporting=directory.resolve(task.supporting),
        deadline=read_deadline(task.deadline, document.issued_on),
        expected=task.expected,
        note=task.note,
        row=row,
    )
    held = [("held", task.held)] if task.held else []
    return replace(staged, problems=(*held, *_doubts(staged, document.issued_on)))


def _doubts(task: StagedTask, issued_on: date) -> Iterable[tuple[str, str]]:
    """Yield what a person should know about the readings of a row."""
    if task.number is None:
        return  # a lead-in row assigns nothing; its own problem says so
    deadline = task.deadline
    if deadline.kind is DeadlineKind.INVALID:
        yield "invalid-deadline", deadline.reading
    elif deadline.confirmation is Confirmation.REQUIRED:
        yield "deadline-needs-decision", deadline.reading
    elif deadline.confirmation is Confirmation.ADVISED:
        yield "deadline-inferred", deadline.reading
    if deadline.due_on and deadline.due_on < issued_on and not deadline.already_done:
        yield (
            "past-due",
            (
                f"hạn {deadline.due_on:%d/%m/%Y} đã qua trước ngày ban hành {issued_on:%d/%m/%Y}; "
                "chưa nhắc cho đến khi có người quyết định"
            ),
        )
    if deadline.due_on and "nhiệm vụ thường xuyên" in task.text.lower():
        yield "ongoing-in-text", "nội dung ghi “nhiệm vụ thường xuyên” nhưng cột hạn có ngày; theo cột hạn"
    for what, reading in (("lead", task.lead), ("supporting", task.supporting)):
        yield from _unit_doubts(what, reading)


def _unit_doubts(what: str, reading: UnitReading) -> Iterable[tuple[str, str]]:
    role = {"lead": "cơ quan chủ trì", "supporting": "cơ quan phối hợp"}[what]
    if what == "lead" and not reading.as_written.strip():
        yield "lead-missing", "chưa ghi cơ quan chủ trì; đối chiếu văn bản và bổ sung"
    if reading.status in {ResolutionStatus.AMBIGUOUS, ResolutionStatus.UNKNOWN}:
        asked = " ".join(reading.questions) or f"không nhận ra “{reading.as_written}”; cần người xác định"
        yield f"{what}-unresolved", f"{role}: {asked}"


def _holds(task: StagedTask, document: Document, at: datetime) -> Iterable[Fact]:
    issued_at = datetime.combine(document.issued_on, time(0), tzinfo=HANOI)
    due_on = task.deadline.due_on
    if task.deadline.confirmation is Confirmation.REQUIRED and task.deadline.kind is not DeadlineKind.ONGOING:
        yield Fact(FactKind.HELD, issued_at, note=task.deadline.reading)
    elif due_on is not None and due_on < document.issued_on:
        yield Fact(FactKind.HELD, issued_at, note="hạn đã qua trước ngày ban hành")
    elif reasons := [said for code, said in task.problems if code in HOLDING]:
        yield Fact(FactKind.HELD, issued_at, note=reasons[0])
    elif due_on is not None and due_on < at.astimezone(HANOI).date():
        yield Fact(FactKind.HELD, at, note=f"hạn đã qua khi nhập ngày {at.astimezone(HANOI):%d/%m/%Y}")
