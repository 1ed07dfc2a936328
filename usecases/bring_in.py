"""A document comes in: what does it add, change and remove, and what must a person decide?

Everything is read and compared first; then it is put in force in one transaction, or not
at all. A re-import is a difference: nothing is deleted, what a document drops is closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from engine.answers import Answer, AnswerBook, QuestionKind, agreed
from engine.model import (
    HANOI,
    Assignment,
    Document,
    Role,
)
from engine.problems import Problem
from engine.questions import Question, questions_of
from intake.annex import Annex, AnnexSection
from intake.reading import read_document
from intake.registry import RegistryDocument
from store import records, registry
from store.answers import answers as answers_kept
from store.answers import put_answers
from store.kept import Arrival, StoredTask
from usecases.answer_file import AnswerFile, read_answers
from usecases.configuration import load_registry
from usecases.difference import Changes, Completed, completed_in, difference_of
from usecases.duties import put_duties
from usecases.errors import InputRejected
from usecases.freezing import as_kept
from usecases.matching import Row, codes_of, same_work, with_known_codes
from usecases.reader import Reader, name_of
from usecases.shares import carry_out, close_tasks, put_shares
from usecases.staged import SameWork, Staged, StagedDuty, StagedTask
from usecases.staging import (
    assignments_of,
    codes_by_place,
    document_of,
    labels_of,
    staged_again,
    staged_annex,
    staged_registry,
)
from usecases.wiring import Office


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
    codes = _codes(office, annex, document)
    labels = zip(reversed(labels_of(annex.rows)), reversed(codes), strict=True)
    names = {label: name_of(code, document.code) for label, code in labels if label}
    given = [replace(answer, task=names.get(answer.task, answer.task)) for answer in given]
    reader, given = _reader(office, document, at, given)
    staged = staged_annex(annex, document, reader, match, on_progress, codes)
    if on_progress is not None:
        on_progress("so sánh và ghi vào sổ")
    return put_in_force(office, staged, at, source, data, tuple(problems), dry_run, given)


def _codes(office: Office, annex: Annex, document: Document) -> list[str]:
    """Return for each row the code of the task it is: what was answered about a task follows it."""
    codes = codes_by_place(annex.rows, document)
    with office.database.reading() as session:
        known = registry.stored_tasks(session, document.code, with_removed=True)
    rows = [Row(code, row.number, row.text) for code, row in zip(codes, annex.rows, strict=True)]
    return codes_of(rows, known) if known else codes


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
        staged = as_kept(staged, known, office.directory, _answered(session, document, news), at)
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
        staged = as_kept(staged, known, office.directory, answered, at)
        book = AnswerBook([*answers_kept(session, staged.document.code), *given])
        staged = _with_same_work(session, staged, book)
        changes, news = difference_of(staged, known)
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
        completed_in(staged.tasks, office.world.calendar),
        count,
        source,
        sha256,
    )


def _answered(session: Session, document: Document, given: Iterable[Answer]) -> dict[str, datetime]:
    """Return when each wording of agencies was last answered."""
    answers = [*answers_kept(session, document.code), *given]
    return {answer.key: answer.at for answer in answers if answer.kind is QuestionKind.UNITS}


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
        staged,
        tasks=tuple(
            _remarked(task, name_of(task.code, staged.document.code), found.get(task.code), answers)
            for task in staged.tasks
        ),
    )


def _remarked(task: StagedTask, name: str, same: SameWork | None, answers: AnswerBook) -> StagedTask:
    if same is None:
        return task
    answer = answers.find(QuestionKind.SAME_TASK, same.code, name)
    if answer is not None and not agreed(answer.value):
        return task
    same = replace(same, is_confirmed=answer is not None)
    what = "cùng việc với" if same.is_confirmed else "có thể trùng với"
    said = f"{what} {same.code} “{same.title}” (giống {same.score}%); hai nơi vẫn theo dõi riêng"
    return replace(task, same_as=same, problems=(*task.problems, ("same-task", said)))


def _write(
    session: Session,
    office: Office,
    staged: Staged,
    news: Sequence[tuple[int, StagedTask]],
    known: dict[str, StoredTask],
    arrival: Arrival,
) -> int:
    """Write the difference; return how many assignments the document has brought."""
    document, at = staged.document, arrival.at
    if arrival.source:
        registry.put_document(session, document, arrival)
    registry.put_tasks(session, (_stored(position, task, document) for position, task in news))
    tasks = [task for _, task in news]
    shares = {task.code: assignments_of(task, document, at) for task in tasks}
    put_shares(session, office, shares, tasks, known, at)
    entries = [_assigned(task, shares[task.code], task.code in known, at) for task in tasks]
    count = sum(map(len, shares.values()))
    gone = sorted(set(known) - {task.code for task in staged.tasks})
    close_tasks(session, office, gone, at)
    carry_out(session, office, staged.tasks, at)
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


def _assigned(task: StagedTask, shares: Iterable[Assignment], was_known: bool, at: datetime) -> records.Entry:
    units = [share.unit.code for share in shares if share.role is Role.LEAD]
    data = {"units": units, "deadline": task.deadline.as_written, "was_known": was_known}
    return records.Entry(at, "task-assigned", task.code, data)


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
