"""What does a person's answer to an import question mean?

An answer is kept in the person's own words and read again whenever its document is: dates
by the grammar of deadlines, agencies by the directory. One that cannot be read without a
new question is refused, so that an answer never hides a second doubt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from engine.calendar import WorkCalendar
from engine.deadline import read_deadline
from engine.deadline_events import with_event
from engine.model import Confirmation, Deadline, DeadlineKind, ResolutionStatus, UnitReading
from engine.unit_names import distinct
from engine.units import UnitDirectory

ALL_TASKS = ""  # an answer that holds for every task of its wording

YES, NO = frozenset({"có", "đúng", "đồng ý", "ok"}), frozenset({"không", "sai"})
NOBODY = frozenset({"không", "không có", "không ai"})
CHASE = frozenset({"nhắc", "tiếp tục", "giao", "giữ"})
DROP = frozenset({"bỏ", "hủy", "không giao"})
_DONE = re.compile(r"(?:đã )?(?:xong|hoàn thành)(?: ngày)? (?P<day>.+)", re.IGNORECASE)


class QuestionKind(StrEnum):
    """What a question of an import is about."""

    UNITS = "units"  # which agencies do these words mean
    DEADLINE = "deadline"  # which day do these words mean
    EVENT = "event"  # on which day did the event happen from which the deadline counts
    PAST_DUE = "past-due"  # the deadline had passed when the document was issued
    DONE = "done"  # the document says that it is done, not when
    HELD = "held"  # somebody must look before the task may be sent to anybody
    DUTY = "duty"  # is this a recurring obligation to keep track of
    SAME_TASK = "same-task"  # is this the task of another plan


class VerdictKind(StrEnum):
    """What a person decided about a task that was held."""

    CHASE = "chase"
    DROP = "drop"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision about a held task: `on` is the day it was done, or the new deadline to chase."""

    kind: VerdictKind
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered for a wording in a plan; `task` narrows it to one task's number."""

    document: str
    kind: QuestionKind
    wording: str
    value: str
    at: datetime
    by: str = ""
    task: str = ALL_TASKS

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return wording_key(self.wording)


class NotAnAnswer(ValueError):
    """A value that does not settle its question: one Vietnamese sentence with the way out."""


class AnswerBook:
    """The answers to one document's questions; a later one replaces an earlier one."""

    def __init__(self, answers: Iterable[Answer] = ()) -> None:
        self._answers = {(answer.kind, answer.key, answer.task): answer for answer in answers}

    def find(self, kind: QuestionKind, wording: str, task: str | None = None) -> Answer | None:
        """Return the answer for these words: the one about this very task before the general one."""
        key = wording_key(wording)
        own = self._answers.get((kind, key, task)) if task else None
        return own or self._answers.get((kind, key, ALL_TASKS))

    def __len__(self) -> int:
        return len(self._answers)


def wording_key(text: str) -> str:
    """Return what a wording is remembered by: blanks, case, edges and "có liên quan" do not matter."""
    line = " ".join(unicodedata.normalize("NFC", text).casefold().split()).strip(" .,;:-–")
    return re.sub(r"\bcó liên quan\b", "liên quan", re.sub(r"\s*,\s*", ", ", line))


def units_answered(value: str, asked: UnitReading, directory: UnitDirectory) -> UnitReading:
    """Return the reading once a person has said whom the doubtful words mean.

    What was certain stays; "không" says that nobody else is meant. Raises NotAnAnswer.
    """
    if said(value) in NOBODY:
        return _settled(asked, UnitReading(value, ResolutionStatus.RESOLVED))
    answer = directory.resolve(_with_codes_named(value, directory))
    if answer.status not in {ResolutionStatus.RESOLVED, ResolutionStatus.GROUP} or not answer.units:
        why = " ".join(answer.questions) or "không nêu cơ quan nào"
        raise NotAnAnswer(f"“{value}” chưa xác định được cơ quan: {why}; ghi mã hoặc tên đầy đủ")
    return _settled(asked, answer)


def deadline_answered(value: str, asked: Deadline, issued_on: date, calendar: WorkCalendar) -> Deadline:
    """Return the deadline once a person has said what the words mean; the words stay.

    Raises NotAnAnswer; see `day_answered`.
    """
    answer = day_answered(value, asked, issued_on)
    is_day = answer.kind is DeadlineKind.DATE and answer.due_on is not None
    if asked.offset is not None and is_day and said(value) not in YES:
        return with_event(asked, answer.due_on or issued_on, calendar)
    reading = f"{shown(asked.as_written)} → {answer.reading.rstrip('.')} (theo câu trả lời)."
    return replace(answer, as_written=asked.as_written, reading=reading, confirmation=Confirmation.NONE)


def day_answered(value: str, asked: Deadline, issued_on: date) -> Deadline:
    """Return the reading of an answer about a deadline, or about the day of its event.

    The answer is a day or any phrase the grammar reads without a doubt that would hold it;
    "đồng ý" takes the proposal. Raises NotAnAnswer.
    """
    if said(value) in YES:
        if asked.proposal is None:
            raise NotAnAnswer("câu hỏi này không có đề xuất để đồng ý; ghi ngày, ví dụ 30/9/2025")
        value = f"{asked.proposal:%d/%m/%Y}"
    answer = read_deadline(value, issued_on)
    is_open = answer.kind in {DeadlineKind.ONGOING, DeadlineKind.RECURRING}
    if answer.confirmation is Confirmation.REQUIRED or not (answer.due_on is not None or is_open):
        raise NotAnAnswer(f"“{value}” chưa cho biết thời hạn; ghi ngày, ví dụ 30/9/2025, hoặc “Thường xuyên”")
    return answer


def verdict_of(value: str, issued_on: date) -> Verdict:
    """Return what "nhắc", "bỏ", "xong 20/9/2025" or a new deadline decides about a held task.

    Raises NotAnAnswer for anything else.
    """
    word = said(value)
    if word in CHASE:
        return Verdict(VerdictKind.CHASE)
    if word in DROP:
        return Verdict(VerdictKind.DROP)
    done = _DONE.fullmatch(word)
    answer = read_deadline(done["day"] if done else value, issued_on)
    if answer.due_on is None or answer.confirmation is Confirmation.REQUIRED:
        raise NotAnAnswer(
            f"“{value}” không phải là câu trả lời; ghi “nhắc”, “bỏ”, “xong 20/9/2025” hoặc thời hạn mới"
        )
    return Verdict(VerdictKind.DONE if done else VerdictKind.CHASE, answer.due_on)


def agreed(value: str) -> bool:
    """Return whether an answer of yes or no is yes; raises NotAnAnswer for anything else."""
    word = said(value)
    if word not in YES | NO:
        raise NotAnAnswer(f"“{value}” không phải là câu trả lời; ghi “có” hoặc “không”")
    return word in YES


def said(value: str) -> str:
    """Return an answer's words in one form."""
    return " ".join(unicodedata.normalize("NFC", value).casefold().split()).strip(" .")


def shown(words: str) -> str:
    """Return words of a cell on one line, or what to call an empty one."""
    return " ".join(words.split()) or "Ô trống"


def _settled(asked: UnitReading, answer: UnitReading) -> UnitReading:
    units = distinct((*asked.units, *answer.units))
    note = f"theo câu trả lời “{answer.as_written}”"
    status = answer.status if units else ResolutionStatus.RESOLVED
    return UnitReading(asked.as_written, status, units, notes=(*asked.notes, *answer.notes, note))


def _with_codes_named(value: str, directory: UnitDirectory) -> str:
    """Return the words with each unit code of a list ("STC, SNV, 21172") replaced by the unit's name."""
    known = {unit.code.casefold(): unit.name for unit in directory.units}
    parts = (part.strip() for part in re.split(r"[,;\n]", value))
    named = [known.get(part.casefold(), part) for part in parts]
    return (
        "; ".join(named)
        if any(part.casefold() in known for part in re.split(r"\s*[,;\n]\s*", value))
        else value
    )
