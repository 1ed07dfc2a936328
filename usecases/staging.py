"""What does a document ask of whom, before anything of it is in force?

An annex, a registry file and the tasks already kept become the same staged tasks: every
deadline and agency with its reading, answers applied, every doubt as a problem of its row.
Nothing is written here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from engine.answers import (
    AnswerBook,
    NotAnAnswer,
    QuestionKind,
    Verdict,
    VerdictKind,
    agreed,
    deadline_answered,
    units_answered,
    verdict_of,
)
from engine.calendar import WorkCalendar
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
from engine.questions import HOLDING
from engine.units import UnitDirectory
from intake.annex import Annex, AnnexRow, AnnexSection
from intake.duties import find_duties
from intake.registry import RegistryDocument, RegistryTask
from intake.titles import short_title
from store.kept import Frozen, StoredDuty, StoredTask
from usecases.doubts import (
    FOUND_ANEW,
    doubts_about_deadline,
    doubts_about_time,
    doubts_about_units,
    held_for,
)

SETTLED = frozenset({ResolutionStatus.RESOLVED, ResolutionStatus.GROUP})
MAX_SECTION = 12  # a longer section is named by its words, which make no label
ACCEPTED_AS_LISTED = "ngày hoàn thành ghi trong văn bản"


@dataclass(frozen=True, slots=True)
class SameWork:
    """A task (`code`, `title`) of another plan that `task` resembles; `score` is out of 100."""

    task: str
    code: str
    title: str
    score: int
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class StagedTask:
    """One row of a plan as read; `problems` are (code, Vietnamese sentence) pairs.

    `label` is the number by which people tell it from every other row of the plan: "II.1"
    where each section counts from 1.

    `held_for` names the decision it waits for, `verdict` is that decision once given.
    `completed_on` is the day of completion that a list of finished work gives.
    """

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
    held_for: QuestionKind | None = None
    verdict: Verdict | None = None
    completed_on: date | None = None
    lead_frozen: Frozen | None = None
    supporting_frozen: Frozen | None = None
    proposed: str = ""
    done_on: str = ""
    state: str = ""
    same_as: SameWork | None = None
    label: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the document itself gives the day of completion."""
        return self.completed_on is not None

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
    """A recurring obligation: in force from a registry file, offered when found in a document.

    `period` is the sort of period a report covers ("month", "quarter", …), empty when the
    rule says it; `cutoff` as in `engine.duty.Duty`; `receiver` are words.
    """

    id: str
    title: str
    as_written: str
    units: UnitReading
    starts_on: date
    sentence: str = ""
    is_in_force: bool = True
    period: str = "month"
    cutoff: str = ""
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A document with everything read from it."""

    document: Document
    sections: tuple[AnnexSection, ...]
    tasks: tuple[StagedTask, ...]
    duties: tuple[StagedDuty, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading a row needs besides the row: the directory, the calendar, the answers given.

    `on` is the day the document comes in.
    """

    directory: UnitDirectory
    calendar: WorkCalendar
    answers: AnswerBook
    on: date

    def read(
        self, row: AnnexRow, code: str, document: Document, above: StagedTask | None, label: str
    ) -> StagedTask:
        """Return a row with its readings; an "-nt-" takes the deadline of the row above."""
        problems: list[tuple[str, str]] = [p for p in row.problems if p[0] not in FOUND_ANEW]
        lead = self._units(row.lead, label, problems)
        supporting = self._units(row.supporting, label, problems, is_lead=False)
        deadline = self._deadline(row, document, above, label, problems)
        completed_on = _completed_on(row, document)
        kind = None
        if row.number is not None and completed_on is None:
            kind = held_for(deadline, row.problems, row.state, max(document.issued_on, self.on))
        verdict = self._verdict(kind, label, document, problems)
        task = StagedTask(
            code=code,
            number=row.number,
            text=row.text,
            title=short_title(row.text),
            section=row.section,
            lead=lead,
            supporting=supporting,
            deadline=deadline,
            expected=row.expected,
            note=row.note,
            footnotes=row.footnotes,
            table=row.table,
            row=row.row,
            cells=row.cells,
            held_for=None if verdict else kind,
            verdict=verdict,
            completed_on=completed_on,
            proposed=row.proposed,
            done_on=row.done_on,
            state=row.state,
            label=label,
        )
        doubts = _doubts(task, row, document) if row.number is not None else ()
        return replace(task, problems=(*problems, *doubts))

    def _units(
        self, words: str, label: str, problems: list[tuple[str, str]], is_lead: bool = True
    ) -> UnitReading:
        reading = self.directory.resolve(words)
        is_blank = is_lead and not words.strip()
        answer = self.answers.find(QuestionKind.UNITS, words, label)
        if answer is None or (reading.status in SETTLED and not is_blank):
            return reading
        try:
            return units_answered(answer.value, reading, self.directory)
        except NotAnAnswer as error:
            problems.append(("answer-not-read", f"câu trả lời đã lưu không còn đọc được: {error}"))
            return reading

    def _deadline(
        self,
        row: AnnexRow,
        document: Document,
        above: StagedTask | None,
        label: str,
        problems: list[tuple[str, str]],
    ) -> Deadline:
        deadline = read_deadline(row.deadline, document.issued_on)
        if deadline.kind is DeadlineKind.INHERIT and above is not None:
            reading = f"Như hàng trên: {above.deadline.reading}"
            deadline = replace(above.deadline, as_written=row.deadline, reading=reading)
        if deadline.confirmation is not Confirmation.REQUIRED or deadline.already_done:
            return deadline
        kind = QuestionKind.EVENT if deadline.offset is not None else QuestionKind.DEADLINE
        answer = self.answers.find(kind, row.deadline, label)
        try:
            return (
                deadline_answered(answer.value, deadline, document.issued_on, self.calendar)
                if answer
                else deadline
            )
        except NotAnAnswer as error:
            problems.append(("answer-not-read", f"câu trả lời đã lưu không còn đọc được: {error}"))
            return deadline

    def _verdict(
        self,
        kind: QuestionKind | None,
        label: str,
        document: Document,
        problems: list[tuple[str, str]],
    ) -> Verdict | None:
        answer = self.answers.find(kind, "", label) if kind else None
        try:
            return verdict_of(answer.value, document.issued_on) if answer else None
        except NotAnAnswer as error:
            problems.append(("answer-not-read", f"câu trả lời đã lưu không còn đọc được: {error}"))
            return None


def staged_annex(
    annex: Annex, document: Document, reader: Reader, shipped: RegistryDocument | None = None
) -> Staged:
    """Return the tasks of an annex; a plan that ships in the registry keeps its titles."""
    titles = {task.number: task for task in shipped.tasks} if shipped else {}
    tasks: list[StagedTask] = []
    labels = labels_of(annex.rows)
    for place, label, row in zip(_places(labels), labels, annex.rows, strict=True):
        above = tasks[-1] if tasks else None
        task = reader.read(row, f"{document.code}/{place}", document, above, label)
        tasks.append(_titled(task, titles.get(row.number or "")))
    duties = (*_duties_of(annex, document.issued_on, shipped, reader), *_duties_in_cells(tasks, document))
    return Staged(document, annex.sections, tuple(tasks), _answered_duties(duties, reader))


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
    again = tuple(_staged_duty(duty, reader) for duty in duties)
    return Staged(document, sections, tuple(tasks), _answered_duties(again, reader))


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
    """
    facts = tuple(_done(task, at) if task.is_done else _holds(task, document, at))
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

    A row without a number has no label.
    """
    sections: dict[str, set[str]] = {}
    for row in rows:
        if row.number:
            sections.setdefault(row.number, set()).add(row.section)
    counts_anew = any(len(where) > 1 for where in sections.values())
    return [
        f"{row.section}.{row.number}"
        if counts_anew and row.number and row.section and len(row.section) <= MAX_SECTION
        else row.number or ""
        for row in rows
    ]


def _places(labels: Iterable[str]) -> Iterable[str]:
    """Yield each row's own name in its document; it stays the same when a row is put in above it.

    A label used again is told apart from the first; a row without one is counted.
    """
    seen: Counter[str] = Counter()
    for label in labels:
        name = label or "hàng"
        seen[name] += 1
        if not label:
            yield f"{name}-{seen[name]}"
        else:
            yield name if seen[name] == 1 else f"{name}~{seen[name]}"


# --- rows ------------------------------------------------------------------------------


def _doubts(task: StagedTask, row: AnnexRow, document: Document) -> Iterable[tuple[str, str]]:
    yield from doubts_about_deadline(task.deadline, task.text, row.proposed, document.issued_on)
    yield from doubts_about_time(task.held_for, task.deadline, row.state, document.issued_on)
    yield from doubts_about_units("lead", task.lead)
    yield from doubts_about_units("supporting", task.supporting)


def _completed_on(row: AnnexRow, document: Document) -> date | None:
    """Return the day a column of completion dates gives, None when it is blank or unclear."""
    if not row.done_on.strip():
        return None
    done = read_deadline(row.done_on, document.issued_on)
    is_day = done.kind in {DeadlineKind.DATE, DeadlineKind.DATETIME}
    return done.due_on if is_day and done.confirmation is not Confirmation.REQUIRED else None


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


# --- duties ----------------------------------------------------------------------------


def _duties_of(
    annex: Annex, issued_on: date, match: RegistryDocument | None, reader: Reader
) -> Iterable[StagedDuty]:
    """Yield the duties found in the body: those the registry confirms in force, the others offered."""
    confirmed = {duty.as_written: duty for duty in match.duties} if match else {}
    for number, found in enumerate(find_duties(annex.body), start=1):
        known = confirmed.get(found.phrase)
        if known is not None:
            units = reader.directory.resolve(known.units)
            first = issued_on.replace(day=1)  # the month of issue is the first to be reported
            yield StagedDuty(known.id, known.title, known.as_written, units, first, found.sentence)
        else:
            yield StagedDuty(
                f"viec-dinh-ky-{number}", short_title(found.sentence), found.phrase,
                reader.directory.resolve(found.who), issued_on, found.sentence, False,
                found.period, found.cutoff, found.receiver,
            )  # fmt: skip


def _duties_in_cells(tasks: Sequence[StagedTask], document: Document) -> Iterable[StagedDuty]:
    """Yield a duty for each row whose deadline comes back: it is offered with the row's lead units."""
    for task in tasks:
        deadline = task.deadline
        if task.number is None or deadline.kind is not DeadlineKind.RECURRING or not deadline.rrule:
            continue
        starts_on = deadline.starts_on or document.issued_on
        id_ = f"stt-{task.code.removeprefix(f'{document.code}/')}"
        yield StagedDuty(
            id_, task.title, deadline.as_written, task.lead, starts_on, task.text, False, period=""
        )


def _staged_duty(duty: StoredDuty, reader: Reader) -> StagedDuty:
    return StagedDuty(
        duty.id.removeprefix(f"{duty.document.code}/"), duty.title, duty.as_written,
        reader.directory.resolve(duty.units_as_written), duty.starts_on, duty.sentence,
        duty.is_in_force, duty.period, duty.cutoff, duty.receiver,
    )  # fmt: skip


def _answered_duties(duties: Iterable[StagedDuty], reader: Reader) -> tuple[StagedDuty, ...]:
    return tuple(duty if duty.is_in_force else _answered_duty(duty, reader) for duty in duties)


def _answered_duty(duty: StagedDuty, reader: Reader) -> StagedDuty:
    """Return an offered duty, in force once somebody has accepted it for units that are known."""
    answer = reader.answers.find(QuestionKind.DUTY, duty.as_written, duty.id)
    if answer is None:
        return duty
    try:
        accepted, units = duty_answered(answer.value, duty.units, reader.directory)
    except NotAnAnswer:
        return duty
    return replace(duty, is_in_force=accepted, units=units)


def duty_answered(value: str, asked: UnitReading, directory: UnitDirectory) -> tuple[bool, UnitReading]:
    """Return whether a duty is accepted, and who owes it: "có", "không", or "có: Các sở, ban, ngành".

    Raises NotAnAnswer when it is accepted and nobody knows for whom.
    """
    word, _, names = value.partition(":")
    if not agreed(word):
        return False, asked
    units = units_answered(names, asked, directory) if names.strip() else asked
    if units.status not in SETTLED or not units.units:
        raise NotAnAnswer("chưa rõ đơn vị nào phải làm; ghi “có: ” rồi tên các cơ quan")
    return True, units


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
