"""A document comes in: what does it add, change and remove, and what must a person decide?

Everything is read and compared first; then it is put in force in one transaction, or not
at all. A re-import is a difference: nothing is deleted, what a document drops is closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from engine.answers import Answer, AnswerBook, QuestionKind, agreed, wording_key
from engine.calendar import WorkCalendar
from engine.model import (
    HANOI,
    Assignment,
    Confirmation,
    Deadline,
    Document,
    Fact,
    FactKind,
    ResolutionStatus,
    Role,
    UnitReading,
)
from engine.problems import Problem
from engine.questions import Question, questions_of
from engine.status import Status, standing_of
from engine.units import UnitDirectory
from intake.annex import Annex, AnnexSection
from intake.reading import read_document
from intake.registry import RegistryDocument
from store import records, registry
from store.answers import answers as answers_kept
from store.answers import put_answers
from store.kept import Arrival, Frozen, StoredTask
from usecases.answer_file import AnswerFile, read_answers
from usecases.configuration import load_registry
from usecases.duties import put_duties
from usecases.errors import InputRejected
from usecases.matching import same_work, with_known_codes
from usecases.staging import (
    SETTLED,
    Reader,
    SameWork,
    Staged,
    StagedDuty,
    StagedTask,
    assignments_of,
    document_of,
    facts_of,
    staged_again,
    staged_annex,
    staged_registry,
)
from usecases.wiring import Office

UNIT_GONE = "đơn vị không còn trong văn bản nhập lại"
TASK_GONE = "nhiệm vụ không còn trong văn bản nhập lại"
DROPPED = frozenset({UNIT_GONE, TASK_GONE})  # closed by a copy, not by a person: a later copy may reopen


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
class Completed:
    """How many tasks a document itself says are done, against their deadlines."""

    on_time: int = 0
    late: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """How many there are."""
        return self.on_time + self.late + self.unknown


@dataclass(frozen=True, slots=True)
class Brought:
    """A document as it came in; `questions` are what a person must still decide."""

    document: Document
    sections: tuple[AnnexSection, ...]
    tasks: tuple[StagedTask, ...]
    duties: tuple[StagedDuty, ...]
    problems: tuple[Problem, ...]
    changes: Changes
    questions: tuple[Question, ...]
    completed: Completed
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
    answers: AnswerFile | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Brought:
    """Read a plan's annex and put it in force at `at`; with `dry_run` only say what would change.

    `answers` are those of the file beside the import; they join the ones already kept.
    Raises InputRejected, with every problem, when a file cannot be taken; the registry is
    then as it was.
    """
    annex, problems = read_document(data, source, on_progress)
    if not annex.rows:
        raise InputRejected(problems=problems)
    problems += _other_date(annex, issued_on, source)
    shipped = load_registry(office.settings.config)
    document, match = document_of(annex, source, issued_on, plan, shipped)
    given = read_answers(answers, document, office.directory, at) if answers else []
    reader, given = _reader(office, document, at, given)
    staged = staged_annex(annex, document, reader, match)
    return put_in_force(office, staged, at, source, data, tuple(problems), dry_run, given)


def _other_date(annex: Annex, issued_on: date, source: str) -> list[Problem]:
    """Return a remark when the document bears another date than the one it is said to be issued on."""
    if annex.dated is None or annex.dated == issued_on:
        return []
    message = f"văn bản ghi ngày {annex.dated:%d/%m/%Y} nhưng --issued là {issued_on:%d/%m/%Y}"
    hint = "các năm còn thiếu và hạn theo ngày ký được tính từ --issued; nhập lại nếu ghi nhầm"
    return [Problem(source, 0, 0, "other-date", message, hint)]


def bring_in_defaults(office: Office, at: datetime) -> list[Brought]:
    """Put the plans that ship in the registry folder in force at `at`."""
    return [bring_in_default(office, plan, at) for plan in load_registry(office.settings.config)]


def bring_in_default(office: Office, plan: RegistryDocument, at: datetime) -> Brought:
    """Put one plan of the registry folder in force at `at`."""
    staged = staged_registry(plan, _reader(office, plan.document, at)[0])
    return put_in_force(office, staged, at, "config/registry", plan.document.code.encode())


def read_again(office: Office, document: Document, at: datetime, given: Sequence[Answer]) -> Brought:
    """Read a document that is kept once more with new answers, and put the difference in force at `at`."""
    staged, news = kept_again(office, document, at, given)
    return put_in_force(office, staged, at, "", b"", given=news)


def kept_again(
    office: Office, document: Document, at: datetime, given: Iterable[Answer] = ()
) -> tuple[Staged, list[Answer]]:
    """Return a document that is kept, read once more, and the answers that say something new."""
    reader, news = _reader(office, document, at, given)
    with office.database.reading() as session:
        kept = registry.stored_tasks(session, document.code)
        duties = [d for d in registry.duties(session, with_offered=True) if d.document == document]
        sections = tuple(AnnexSection(*section) for section in registry.sections(session, document.code))
        staged = staged_again(document, sections, kept, duties, reader)
        known = {task.task.code: task for task in kept}
        staged = _as_kept(staged, known, office.directory, _answered(session, document, news), at)
        return _with_same_work(session, staged, reader.answers), news


def _reader(
    office: Office, document: Document, at: datetime, given: Iterable[Answer] = ()
) -> tuple[Reader, list[Answer]]:
    """Return what reads the rows of a document, and the answers that say something new."""
    with office.database.reading() as session:
        kept = answers_kept(session, document.code)
    known = {(answer.kind, answer.key, answer.task, answer.value) for answer in kept}
    news = [answer for answer in given if (answer.kind, answer.key, answer.task, answer.value) not in known]
    on = at.astimezone(HANOI).date()
    return Reader(office.directory, office.world.calendar, AnswerBook([*kept, *news]), on), news


def put_in_force(
    office: Office,
    staged: Staged,
    at: datetime,
    source: str,
    data: bytes,
    problems: tuple[Problem, ...] = (),
    dry_run: bool = False,
    given: Sequence[Answer] = (),
) -> Brought:
    """Compare a staged document with the registry, write the difference in one transaction, say it.

    Without a `source` the document itself did not come again: only its answers are new.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    with office.database.reading() if dry_run else office.database.writing() as session:
        ever = registry.stored_tasks(session, staged.document.code, with_removed=True)
        staged = replace(staged, tasks=with_known_codes(staged.tasks, ever))
        known = {kept.task.code: kept for kept in ever if kept.removed_at is None}
        answered = _answered(session, staged.document, given)
        staged = _as_kept(staged, known, office.directory, answered, at)
        book = AnswerBook([*answers_kept(session, staged.document.code), *given])
        staged = _with_same_work(session, staged, book)
        changes, news = _difference(staged, known)
        count = 0
        if not dry_run:
            sections = tuple((section.number, section.title) for section in staged.sections)
            arrival = Arrival(source, sha256, at, sections)
            put_answers(session, given)
            count = _write(session, office, staged, news, known, arrival)
    return Brought(
        staged.document,
        staged.sections,
        staged.tasks,
        staged.duties,
        problems,
        changes,
        tuple(questions_of(staged.document.code, staged.tasks)),
        _completed(staged.tasks, office.world.calendar),
        count,
        source,
        sha256,
    )


def _completed(tasks: Iterable[StagedTask], calendar: WorkCalendar) -> Completed:
    """Return how the finished tasks stand against their deadlines, by the day they were done."""
    done = [task for task in tasks if task.completed_on is not None and task.number is not None]
    dated = [(task.completed_on, task.deadline.due_on) for task in done if _day_of(task.deadline)]
    on_time = sum(on <= calendar.next_working_day(due) for on, due in dated if on and due)
    return Completed(on_time, len(dated) - on_time, len(done) - len(dated))


def _answered(session: Session, document: Document, given: Iterable[Answer]) -> dict[str, datetime]:
    """Return when each wording of agencies was last answered."""
    answers = [*answers_kept(session, document.code), *given]
    return {answer.key: answer.at for answer in answers if answer.kind is QuestionKind.UNITS}


def _as_kept(
    staged: Staged,
    known: dict[str, StoredTask],
    directory: UnitDirectory,
    answered: dict[str, datetime],
    at: datetime,
) -> Staged:
    """Let a task whose words stayed keep the title people know and the units that were frozen."""
    tasks = []
    for task in staged.tasks:
        before = known.get(task.code)
        if before is not None and before.task.text == task.text:
            task = replace(task, title=before.task.title)
        lead = before.lead_frozen if before and before.lead == task.lead.as_written else None
        supporting = (
            before.supporting_frozen if before and before.supporting == task.supporting.as_written else None
        )
        tasks.append(
            replace(
                task,
                lead=_thawed(task.lead, lead, directory, answered),
                supporting=_thawed(task.supporting, supporting, directory, answered),
                lead_frozen=lead,
                supporting_frozen=supporting,
            )
        )
    return replace(staged, tasks=tuple(_frozen(task, at) for task in tasks))


def _thawed(
    reading: UnitReading, frozen: Frozen | None, directory: UnitDirectory, answered: dict[str, datetime]
) -> UnitReading:
    """Return a reading with the units it had when it was put in force.

    Words that were not understood then are read anew, and so are those answered since.
    """
    if frozen is None or frozen.status not in SETTLED:
        return reading
    since = answered.get(wording_key(reading.as_written))
    if since is not None and since > frozen.at:
        return reading
    units = tuple(directory.unit(code) for code in frozen.units)
    note = f"các đơn vị chốt ngày {frozen.at:%d/%m/%Y}"
    notes = (*reading.notes, note) if frozen.status is ResolutionStatus.GROUP else reading.notes
    return UnitReading(reading.as_written, frozen.status, units, notes=notes)


def _frozen(task: StagedTask, at: datetime) -> StagedTask:
    """Return a task with its readings frozen at `at` where they are not what was frozen before."""
    return replace(
        task,
        lead_frozen=_frozen_reading(task.lead, task.lead_frozen, at),
        supporting_frozen=_frozen_reading(task.supporting, task.supporting_frozen, at),
    )


def _frozen_reading(reading: UnitReading, before: Frozen | None, at: datetime) -> Frozen:
    units = tuple(unit.code for unit in reading.units)
    is_kept = before is not None and (before.status, before.units) == (reading.status, units)
    return before if before is not None and is_kept else Frozen(reading.status, units, at)


def _with_same_work(session: Session, staged: Staged, answers: AnswerBook) -> Staged:
    """Return the tasks with the task of an older plan that each resembles, unless a person said no."""
    mine = (staged.document.issued_on, staged.document.code)
    others = [
        task
        for document in registry.documents(session)
        if (document.issued_on, document.code) < mine
        for task in registry.stored_tasks(session, document.code)
    ]
    found = {same.task: same for same in same_work(staged.tasks, others)} if others else {}
    return replace(
        staged, tasks=tuple(_remarked(task, found.get(task.code), answers) for task in staged.tasks)
    )


def _remarked(task: StagedTask, same: SameWork | None, answers: AnswerBook) -> StagedTask:
    if same is None:
        return task
    answer = answers.find(QuestionKind.SAME_TASK, same.code, task.label)
    if answer is not None and not agreed(answer.value):
        return task
    same = replace(same, is_confirmed=answer is not None)
    what = "cùng việc với" if same.is_confirmed else "có thể trùng với"
    said = f"{what} {same.code} “{same.title}” (giống {same.score}%); hai nơi vẫn theo dõi riêng"
    return replace(task, same_as=same, problems=(*task.problems, ("same-task", said)))


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
        "number": (old.number or "", new.number or ""),
        "text": (old.text, new.text),
        "section": (old.section, new.section),
        "lead": (before.lead, new.lead.as_written),
        "supporting": (before.supporting, new.supporting.as_written),
        "deadline": (old.deadline.as_written, new.deadline.as_written),
        "expected": (old.expected, new.expected),
        "note": (old.note, new.note),
        "done_on": (before.done_on, new.done_on),
    }
    fields = {name: pair for name, pair in values.items() if pair[0] != pair[1]}
    return fields | _changed_readings(before, now, set(fields))


def _changed_readings(before: StoredTask, now: StagedTask, reworded: set[str]) -> dict[str, tuple[str, str]]:
    """Return what words that stayed mean now and did not mean before: somebody has answered."""
    readings = {
        "lead": (before.lead_frozen, now.lead_frozen),
        "supporting": (before.supporting_frozen, now.supporting_frozen),
    }
    fields = {
        f"{name}_units": (", ".join(old.units), ", ".join(new.units))
        for name, (old, new) in readings.items()
        if old and new and old.units != new.units and name not in reworded
    }
    old_day, new_day = (_day_of(deadline) for deadline in (before.task.deadline, now.deadline))
    if "deadline" not in reworded and old_day != new_day:
        fields["due_on"] = (old_day, new_day)
    return fields


def _day_of(deadline: Deadline) -> str:
    """Return the day a deadline has in force, as text; a reading that is not in force has none."""
    is_in_force = deadline.confirmation is not Confirmation.REQUIRED or deadline.already_done
    return deadline.due_on.isoformat() if deadline.due_on and is_in_force else ""


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
    if arrival.source:
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
    _carry_out(session, office, staged.tasks, at)
    put_duties(session, document, staged.duties)
    if not arrival.source:
        records.append_many(session, entries)
        return count
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
    is_moved = known is not None and _day_of(known.task.deadline) != _day_of(task.deadline)
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
    is_settled = standing.status is Status.AWAITING_DECISION or standing.due_on != share.due_on
    if is_moved and standing.done_on is None and is_settled:
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


def _carry_out(session: Session, office: Office, tasks: Iterable[StagedTask], at: datetime) -> None:
    """Record what people decided about tasks that waited for them, on the shares that still wait."""
    verdicts = {task.code: task.verdict for task in tasks if task.verdict is not None}
    if not verdicts:
        return
    shares = registry.assignments(session, office.directory.unit, task_codes=verdicts)
    facts = [
        (share.id, fact)
        for share in shares
        if standing_of(share, at).status is Status.AWAITING_DECISION
        for fact in facts_of(verdicts[share.task.code], at)
    ]
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
        lead_frozen=task.lead_frozen,
        supporting_frozen=task.supporting_frozen,
        proposed=task.proposed,
        done_on=task.done_on,
        state=task.state,
    )


def ensure_registry(office: Office, at: datetime) -> list[Brought]:
    """Put the default plans in force when nothing has ever come in; return what was put in force."""
    with office.database.reading() as session:
        if not registry.is_empty(session):
            return []
    return bring_in_defaults(office, at)
