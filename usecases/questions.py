"""What is still open in the documents that came in, and what follows when somebody answers?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from engine.answers import (
    ALL_TASKS,
    Answer,
    NotAnAnswer,
    QuestionKind,
    agreed,
    day_answered,
    units_answered,
    verdict_of,
)
from engine.deadline import read_deadline
from engine.model import Confirmation, Document, ResolutionStatus, UnitReading
from engine.questions import Question, question_id, questions_of
from engine.status import Status, standing_of
from store import registry
from store.answers import answers as answers_kept
from usecases.bring_in import kept_again, read_again
from usecases.difference import Changes
from usecases.duty_offers import duty_answered
from usecases.errors import InputRejected
from usecases.reader import name_of
from usecases.staged import Staged, StagedDuty, StagedTask
from usecases.wiring import Office

_AGREED = "“có” nếu đúng, “không” nếu không phải"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was settled, and what that changed in the registry."""

    question: Question
    answer: Answer
    changes: Changes


def open_questions(office: Office, at: datetime, plan: str | None = None) -> list[Question]:
    """Return what waits for a person, by document, blocking questions first; of one plan when named.

    Raises InputRejected when there is no such plan.
    """
    return [question for document in _documents(office, plan) for question in _open(office, document, at)]


def answer(
    office: Office, reference: str, value: str, at: datetime, by: str = "", task: str = ALL_TASKS
) -> Answered:
    """Settle the question that `reference` names with `value`, for one task of it when named.

    The document is read again with the answer in the same transaction that records it.
    Raises InputRejected when there is no such question or the value does not settle it.
    """
    question, document = _find(office, reference, at)
    if task and task not in question.numbers:
        raise InputRejected(f"câu hỏi {question.id} không nói về nhiệm vụ '{task}'; gồm: {_few(question)}")
    _check(office, document, question, value)
    own = _name_of(office, document, task, at) if task and not question.task else question.task
    given = Answer(document.code, question.kind, question.wording, value, at, by, own)
    return Answered(question, given, read_again(office, document, at, [given]).changes)


def _name_of(office: Office, document: Document, label: str, at: datetime) -> str:
    """Return the name under which answers about the task with this number are kept."""
    tasks = kept_again(office, document, at)[0].tasks
    return next((name_of(task.code, document.code) for task in tasks if task.label == label), label)


def _documents(office: Office, plan: str | None) -> list[Document]:
    with office.database.reading() as session:
        documents = registry.documents(session)
    if plan is None:
        return documents
    wanted = [document for document in documents if document.code.casefold() == plan.casefold()]
    if not wanted:
        known = ", ".join(document.code for document in documents) or "chưa có kế hoạch nào"
        raise InputRejected(f"không có kế hoạch '{plan}'; các kế hoạch: {known}")
    return wanted


def _open(office: Office, document: Document, at: datetime) -> list[Question]:
    staged = _as_it_stands(office, kept_again(office, document, at)[0], at)
    blocking_first = questions_of(document.code, staged.tasks)
    return [
        *blocking_first,
        *_about_duties(document, staged.duties),
        *_about_same_work(document, staged.tasks),
    ]


def _as_it_stands(office: Office, staged: Staged, at: datetime) -> Staged:
    """Return the tasks with what people have decided about their shares since they came in."""
    with office.database.reading() as session:
        codes = [task.code for task in staged.tasks]
        shares = registry.assignments(session, office.directory.unit, task_codes=codes)
    waiting: dict[str, bool] = {}
    for share in shares:
        is_waiting = standing_of(share, at).status is Status.AWAITING_DECISION
        waiting[share.task.code] = is_waiting or waiting.get(share.task.code, False)
    tasks = tuple(_decided(task, waiting.get(task.code)) for task in staged.tasks)
    return replace(staged, tasks=tasks)


def _decided(task: StagedTask, is_waiting: bool | None) -> StagedTask:
    """Return a task without the questions its shares no longer wait for; None means it has no share."""
    is_unsettled = task.deadline.confirmation is Confirmation.REQUIRED
    if is_waiting is False:
        settled = replace(task.deadline, confirmation=Confirmation.NONE) if is_unsettled else task.deadline
        return replace(task, held_for=None, deadline=settled)
    if is_waiting is None and task.held_for is QuestionKind.PAST_DUE:
        return replace(task, held_for=None)  # asked once somebody owes it
    if is_waiting and task.held_for is None and not is_unsettled:
        return replace(task, held_for=QuestionKind.PAST_DUE)
    return task


def _about_duties(document: Document, duties: Iterable[StagedDuty]) -> Iterator[Question]:
    for duty in duties:
        if duty.is_in_force:
            continue
        who = ", ".join(unit.name for unit in duty.units.units[:3]) or "chưa rõ đơn vị nào"
        more = f" và {len(duty.units.units) - 3} đơn vị khác" if len(duty.units.units) > 3 else ""
        period = read_deadline(duty.as_written, document.issued_on).reading.rstrip(".")
        yield Question(
            question_id(document.code, QuestionKind.DUTY, f"{duty.id} {duty.as_written}"),
            QuestionKind.DUTY,
            document.code,
            duty.as_written,
            f"Việc định kỳ “{duty.title}” ({period}; {who}{more}): đưa vào theo dõi từng kỳ?",
            "“có”, “không”, hoặc “có: ” rồi tên các cơ quan phải làm",
            (duty.id,),
            is_blocking=False,
            task=duty.id,
        )


def _about_same_work(document: Document, tasks: Iterable[StagedTask]) -> Iterator[Question]:
    for task in tasks:
        if task.same_as is None or task.same_as.is_confirmed:
            continue
        other = task.same_as
        yield Question(
            question_id(document.code, QuestionKind.SAME_TASK, f"{task.code} {other.code}"),
            QuestionKind.SAME_TASK,
            document.code,
            other.code,
            f"STT {task.label} có phải cùng việc với {other.code} “{other.title}” (giống {other.score}%)?",
            _AGREED,
            (task.label,),
            is_blocking=False,
            task=name_of(task.code, document.code),
        )


def _find(office: Office, reference: str, at: datetime) -> tuple[Question, Document]:
    """Return the question with this handle: an open one, or one whose answer is to be corrected."""
    for document in _documents(office, None):
        for question in [*_open(office, document, at), *_settled(office, document)]:
            if question.id == reference.strip().lower():
                return question, document
    raise InputRejected(f"không có câu hỏi '{reference}'; xem mã câu hỏi bằng 'dondoc questions'")


def _settled(office: Office, document: Document) -> Iterator[Question]:
    """Yield the questions whose answers may still be corrected."""
    correctable = {QuestionKind.UNITS, QuestionKind.DEADLINE, QuestionKind.EVENT}
    with office.database.reading() as session:
        kept = answers_kept(session, document.code)
    for given in kept:
        if given.kind in correctable:
            id_ = question_id(document.code, given.kind, given.wording)
            yield Question(id_, given.kind, document.code, given.wording, "", "")


def _check(office: Office, document: Document, question: Question, value: str) -> None:
    try:
        match question.kind:
            case QuestionKind.UNITS:
                asked = UnitReading(question.wording, ResolutionStatus.AMBIGUOUS)
                units_answered(value, asked, office.directory)
            case QuestionKind.DEADLINE | QuestionKind.EVENT:
                asked_day = read_deadline(question.wording, document.issued_on)
                day_answered(value, asked_day, document.issued_on)
            case QuestionKind.DUTY:
                _check_duty(office, document, question, value)
            case QuestionKind.SAME_TASK:
                agreed(value)
            case _:
                verdict_of(value, document.issued_on)
    except NotAnAnswer as error:
        raise InputRejected(f"câu hỏi {question.id}: {error}") from None


def _check_duty(office: Office, document: Document, question: Question, value: str) -> None:
    with office.database.reading() as session:
        duties = registry.duties(session, with_offered=True)
    duty = next(duty for duty in duties if duty.id == f"{document.code}/{question.task}")
    duty_answered(value, office.directory.resolve(duty.units_as_written), office.directory)


def _few(question: Question) -> str:
    return ", ".join(question.numbers[:10]) + ("…" if len(question.numbers) > 10 else "")
