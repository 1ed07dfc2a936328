"""What does a document ask of whom, before anything of it is in force?

An annex, a registry file and the tasks already kept become the same staged tasks: every
deadline and agency with its reading, answers applied, every doubt as a problem of its row.
Nothing is written here.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from engine.answers import (
    Verdict,
    VerdictKind,
)
from engine.model import (
    HANOI,
    UNDETERMINED,
    Assignment,
    Confirmation,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    Role,
)
from engine.questions import HOLDING
from intake.annex import Annex, AnnexRow, AnnexSection
from intake.registry import RegistryDocument, RegistryTask
from store.kept import StoredDuty, StoredTask
from usecases.duty_offers import answered_duties, duties_in_cells, duties_of, staged_duty
from usecases.reader import Reader
from usecases.staged import Staged, StagedDuty, StagedTask

ROWS_A_REPORT = 50
MAX_SECTION = 12  # a longer section is named by its words, which make no label
ACCEPTED_AS_LISTED = "ngày hoàn thành ghi trong văn bản"


def staged_annex(
    annex: Annex,
    document: Document,
    reader: Reader,
    shipped: RegistryDocument | None = None,
    on_progress: Callable[[str], None] | None = None,
    codes: Sequence[str] | None = None,
) -> Staged:
    """Return the tasks of an annex; a plan that ships in the registry keeps its titles.

    `codes` are those of its tasks where the document is known, row by row.
    """
    titles = {task.number: task for task in shipped.tasks} if shipped else {}
    tasks: list[StagedTask] = []
    labels = labels_of(annex.rows)
    codes = codes or codes_by_place(annex.rows, document)
    for code, label, row in zip(codes, labels, annex.rows, strict=True):
        above = tasks[-1] if tasks else None
        task = reader.read(row, code, document, above, label)
        tasks.append(_titled(task, titles.get(row.number or "")))
        if on_progress is not None and len(tasks) % ROWS_A_REPORT == 0:
            on_progress(f"hàng {len(tasks)}/{len(annex.rows)}")
    duties = (*duties_of(annex, document.issued_on, shipped, reader), *duties_in_cells(tasks, document))
    return Staged(document, annex.sections, tuple(tasks), answered_duties(duties, reader))


def staged_registry(registry: RegistryDocument, reader: Reader) -> Staged:
    """Return the tasks and duties of a registry file."""
    document = registry.document
    tasks = tuple(_from_registry(task, n, document, reader) for n, task in enumerate(registry.tasks, start=1))
    duties = tuple(
        StagedDuty(d.id, d.title, d.as_written, reader.directory.resolve(d.units), d.starts_on, d.source)
        for d in registry.duties
    )
    return Staged(document, registry.sections, tasks, duties)


def staged_again(
    document: Document,
    sections: tuple[AnnexSection, ...],
    kept: Iterable[StoredTask],
    duties: Iterable[StoredDuty],
    reader: Reader,
) -> Staged:
    """Return the tasks of a document already kept, read once more: its answers may be new."""
    tasks: list[StagedTask] = []
    stored_tasks = list(kept)
    rows = [_row_of(stored) for stored in stored_tasks]
    for stored, row, label in zip(stored_tasks, rows, labels_of(rows), strict=True):
        task = reader.read(row, stored.task.code, document, tasks[-1] if tasks else None, label)
        tasks.append(replace(task, title=stored.task.title))
    again = tuple(staged_duty(duty, reader) for duty in duties)
    return Staged(document, sections, tuple(tasks), answered_duties(again, reader))


def document_of(
    annex: Annex, source: str, issued_on: date, plan: str | None, known: Iterable[RegistryDocument]
) -> tuple[Document, RegistryDocument | None]:
    """Return an annex's document, and the plan of the registry it is, if it is one of them."""
    match = next((plan_ for plan_ in known if annex.title and plan_.source_title == annex.title), None)
    code = plan or (match.document.code if match else derived_code(annex, source, issued_on))
    return Document(code, annex.title, annex.number, issued_on, annex.issuer), match


def assignments_of(task: StagedTask, document: Document, at: datetime) -> list[Assignment]:
    """Return each unit's share of a task, put in force at `at`.

    Steps count from the day of issue. What a person must decide first starts held: a
    reading that is not in force, a deadline that was past on the day of issue, and a
    deadline that was past when the document came in, so that an old plan causes no storm.
    Finished work counts even while nobody knows whose it was.
    """
    facts = tuple(_done(task, at) if task.is_done else _holds(task, document, at))
    leads = {unit.code: unit for unit in task.lead.units}
    if task.is_done and not leads:
        leads = {UNDETERMINED.code: UNDETERMINED}
    supporting = {unit.code: unit for unit in task.supporting.units if unit.code not in leads}
    shared = task.as_task(document)
    return [
        Assignment(
            f"{task.code}@{unit.code}", shared, unit, role, task.deadline.due_on, document.issued_on, facts
        )
        for role, units in ((Role.LEAD, leads), (Role.SUPPORTING, supporting))
        for unit in units.values()
    ]


def facts_of(verdict: Verdict, at: datetime) -> list[Fact]:
    """Return what a decision about a held task records for each of its shares."""
    note = "theo câu trả lời khi nhập"
    if verdict.kind is VerdictKind.DROP:
        return [Fact(FactKind.CANCELLED, at, note=note)]
    if verdict.kind is VerdictKind.DONE:
        return [Fact(FactKind.ACCEPTED, at, on=verdict.on, note=note)]
    return [Fact(FactKind.DECIDED, at, due_on=verdict.on, note=note)]


def derived_code(annex: Annex, source: str, issued_on: date) -> str:
    """Return a code for a plan nobody named: its symbol, month of issue and a mark of its title.

    A bare table without a title is known again by the name of its file.
    """
    symbol = annex.number.split("/")[-1].strip() or "VB"
    mark = hashlib.sha256((annex.title or source).encode()).hexdigest()[:4]
    return f"{symbol}-{issued_on:%Y-%m}-{mark}"


def labels_of(rows: Sequence[AnnexRow]) -> list[str]:
    """Return what people call each row: its number, with its section where sections count anew.

    A row of a table without numbers is counted; one that assigns nothing has no label.
    """
    sections: dict[str, set[str]] = {}
    for row in rows:
        if row.number:
            sections.setdefault(row.number, set()).add(row.section)
    counts_anew = any(len(where) > 1 for where in sections.values())
    unnumbered = itertools.count(1)
    return [_label(row, counts_anew, unnumbered) for row in rows]


def codes_by_place(rows: Sequence[AnnexRow], document: Document) -> list[str]:
    """Return the code that each row's own place gives it in a document nobody knows yet."""
    return [f"{document.code}/{place}" for place in _places(rows, labels_of(rows))]


def _label(row: AnnexRow, counts_anew: bool, unnumbered: Iterator[int]) -> str:
    if row.number is None:
        place = next(unnumbered)
        return f"hàng-{place}" if row.is_task else ""
    if counts_anew and row.section and len(row.section) <= MAX_SECTION:
        return f"{row.section}.{row.number}"
    return row.number


def _places(rows: Iterable[AnnexRow], labels: Iterable[str]) -> Iterable[str]:
    """Yield each row's own name in its document; it stays the same when a row is put in above it.

    A label used again is told apart from the first; a row without a number is counted.
    """
    seen: Counter[str] = Counter()
    unnumbered = itertools.count(1)
    for row, label in zip(rows, labels, strict=True):
        name = label if row.number is not None else f"hàng-{next(unnumbered)}"
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}~{seen[name]}"


# --- rows ------------------------------------------------------------------------------


def _titled(task: StagedTask, known: RegistryTask | None) -> StagedTask:
    is_same = known is not None and (known.lead, known.deadline) == (
        task.lead.as_written,
        task.deadline.as_written,
    )
    return replace(task, title=known.title) if known and is_same else task


def _from_registry(task: RegistryTask, row: int, document: Document, reader: Reader) -> StagedTask:
    held = (("held", task.held),) if task.held else ()
    return reader.read(
        AnnexRow(
            task.number, task.title, lead=task.lead, deadline=task.deadline, supporting=task.supporting,
            expected=task.expected, note=task.note, section=task.section, problems=held, row=row,
        ),
        f"{document.code}/{task.number}", document, None, task.number,
    )  # fmt: skip


def _row_of(stored: StoredTask) -> AnnexRow:
    """Return the row that a kept task was read from."""
    task = stored.task
    return AnnexRow(
        task.number, task.text, lead=stored.lead, deadline=task.deadline.as_written,
        supporting=stored.supporting, expected=task.expected, note=task.note, footnotes=stored.footnotes,
        section=task.section, problems=stored.problems, table=stored.source_table, row=stored.source_row,
        cells=stored.cells, proposed=stored.proposed, done_on=stored.done_on, state=stored.state,
    )  # fmt: skip


# --- facts -----------------------------------------------------------------------------


def _done(task: StagedTask, at: datetime) -> Iterable[Fact]:
    """Yield the fact of a list of finished work: when it was done, and that we learnt it only now."""
    yield Fact(FactKind.ACCEPTED, at, on=task.completed_on, note=ACCEPTED_AS_LISTED)


def _holds(task: StagedTask, document: Document, at: datetime) -> Iterable[Fact]:
    issued_at = datetime.combine(document.issued_on, time(0), tzinfo=HANOI)
    due_on = task.deadline.due_on
    if task.deadline.confirmation is Confirmation.REQUIRED and task.deadline.kind is not DeadlineKind.ONGOING:
        yield Fact(FactKind.HELD, issued_at, note=task.deadline.reading)
    elif due_on is not None and due_on < document.issued_on:
        yield Fact(FactKind.HELD, issued_at, note="hạn đã qua trước ngày ban hành")
    elif reasons := [said for code, said in task.problems if code in HOLDING | {"said-done", "said-stopped"}]:
        yield Fact(FactKind.HELD, issued_at, note=reasons[0])
    elif due_on is not None and due_on < at.astimezone(HANOI).date():
        yield Fact(FactKind.HELD, at, note=f"hạn đã qua khi nhập ngày {at.astimezone(HANOI):%d/%m/%Y}")
