"""What must a person decide before everything in a document can count?

Questions are gathered by wording: six rows that say "Các sở, ban, ngành liên quan" are one
question, and its answer is remembered for that wording in that plan. What was inferred and
is in force is flagged with its row and is no question.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from engine.answers import ALL_TASKS, QuestionKind, shown, wording_key
from engine.model import Confirmation, Deadline, DeadlineKind, ResolutionStatus, Unit, UnitReading

MAX_NAMED = 8  # numbers of tasks told in one sentence
HOLDING = frozenset({"state-secret-row", "held"})  # problems of a row that a person must settle first
_UNSETTLED = frozenset({ResolutionStatus.AMBIGUOUS, ResolutionStatus.UNKNOWN})
_OPEN_KINDS = frozenset({DeadlineKind.EVENT, DeadlineKind.EVENT_OFFSET})


class ReadTask(Protocol):
    """A row as far as questions are asked about it."""

    @property
    def code(self) -> str: ...
    @property
    def is_task(self) -> bool: ...
    @property
    def label(self) -> str: ...
    @property
    def lead(self) -> UnitReading: ...
    @property
    def supporting(self) -> UnitReading: ...
    @property
    def deadline(self) -> Deadline: ...
    @property
    def held_for(self) -> QuestionKind | None: ...
    @property
    def problems(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def is_done(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to decide; `numbers` are the tasks it is about.

    A question that is not `is_blocking` holds nothing back: an event to wait for, a
    supporting unit that is only informed, a duty or a link that is offered. Its answer is
    kept for its wording, or for `task` alone.
    """

    id: str
    kind: QuestionKind
    document: str
    wording: str
    sentence: str
    how: str  # how it may be answered
    numbers: tuple[str, ...] = ()
    candidates: tuple[Unit, ...] = ()
    proposal: date | None = None
    is_blocking: bool = True
    task: str = ALL_TASKS

    @property
    def key(self) -> str:
        """What its answer is remembered by."""
        return wording_key(self.wording)


def questions_of(document: str, tasks: Sequence[ReadTask]) -> list[Question]:
    """Return what is open in the tasks of a document, blocking questions first."""
    asked = [task for task in tasks if task.is_task and not _is_cut(task)]
    owed = [task for task in asked if not task.is_done]
    found = [
        *_about_units(document, asked),
        *_about_deadlines(document, owed),
        *_about_holds(document, asked),
    ]
    return sorted(found, key=lambda question: not question.is_blocking)


def _is_cut(task: ReadTask) -> bool:
    """Return whether a row lacks cells: the way out is the whole document, not an answer."""
    return any(code == "incomplete-row" for code, _ in task.problems)


def question_id(document: str, kind: QuestionKind, wording: str) -> str:
    """Return the handle of a question: the same for the same wording in the same plan."""
    return hashlib.sha256(f"{document}\n{kind}\n{wording_key(wording)}".encode()).hexdigest()[:6]


def listed(numbers: Iterable[str]) -> str:
    """Return task numbers for a sentence, the first few in full."""
    all_ = list(dict.fromkeys(numbers))
    more = f" và {len(all_) - MAX_NAMED} nhiệm vụ khác" if len(all_) > MAX_NAMED else ""
    return ", ".join(all_[:MAX_NAMED]) + more


# --- the kinds of questions ------------------------------------------------------------


def _about_units(document: str, tasks: Sequence[ReadTask]) -> Iterator[Question]:
    leads = [task for task in tasks if task.lead.status in _UNSETTLED or _is_blank(task.lead)]
    asked = set()
    for wording, group in _by_wording(leads, lambda task: task.lead.as_written):
        asked.add(wording_key(wording))
        is_owed = any(not task.is_done for task in group)  # of finished work nobody is reminded
        yield _units_question(document, wording, group, group[0].lead, is_owed)
    others = [task for task in tasks if task.supporting.status in _UNSETTLED]
    for wording, group in _by_wording(others, lambda task: task.supporting.as_written):
        if wording_key(wording) not in asked:
            yield _units_question(document, wording, group, group[0].supporting, False)


def _units_question(
    document: str, wording: str, group: Sequence[ReadTask], reading: UnitReading, is_blocking: bool
) -> Question:
    numbers = tuple(task.label for task in group)
    role = "chủ trì" if reading is group[0].lead else "phối hợp"
    what = " ".join(reading.questions) or "chưa ghi cơ quan chủ trì"
    return Question(
        question_id(document, QuestionKind.UNITS, wording),
        QuestionKind.UNITS,
        document,
        wording,
        f"STT {listed(numbers)}, cơ quan {role}: {what}",
        "mã hoặc tên các cơ quan, cách nhau bằng dấu chấm phẩy; “không” nếu không giao ai thêm",
        numbers,
        reading.candidates,
        is_blocking=is_blocking,
    )


def _is_blank(lead: UnitReading) -> bool:
    return not lead.as_written.strip() and not lead.units and not lead.notes


def _about_deadlines(document: str, tasks: Sequence[ReadTask]) -> Iterator[Question]:
    doubtful = [
        task
        for task in tasks
        if task.deadline.confirmation is Confirmation.REQUIRED and not task.deadline.already_done
    ]
    for wording, group in _by_wording(doubtful, lambda task: task.deadline.as_written):
        deadline = group[0].deadline
        is_event = deadline.kind in _OPEN_KINDS
        kind = QuestionKind.EVENT if deadline.offset is not None else QuestionKind.DEADLINE
        numbers = tuple(task.label for task in group)
        yield Question(
            question_id(document, kind, wording),
            kind,
            document,
            wording,
            f"STT {listed(numbers)}: {_asked(deadline)}",
            _how_to_date(deadline),
            numbers,
            proposal=deadline.proposal,
            is_blocking=not is_event,
        )


def _asked(deadline: Deadline) -> str:
    """Return the reading as a question: what it proposes, and not that somebody must confirm it."""
    said = re.sub(
        r"; (?:chờ người có thẩm quyền|suy ra, cần) xác nhận(?=\))", "", deadline.reading.rstrip(".")
    )
    is_said = deadline.proposal is None or f"{deadline.proposal:%d/%m/%Y}" in said
    return said if is_said else f"{said}; đề xuất {deadline.proposal:%d/%m/%Y}"


def _how_to_date(deadline: Deadline) -> str:
    agree = "“đồng ý” để lấy đề xuất; " if deadline.proposal else ""
    if deadline.offset is not None:
        return f"{agree}ngày của sự kiện “{shown(deadline.offset.event)}” khi đã biết, ví dụ 20/10/2025"
    return f"{agree}thời hạn, ví dụ 30/9/2025 hoặc Quý IV/2025; “Thường xuyên” nếu không có hạn"


_HELD_SENTENCES = {
    QuestionKind.PAST_DUE: "hạn đã qua khi kế hoạch vào sổ; có tiếp tục nhắc không?",
    QuestionKind.DONE: "văn bản ghi đã hoàn thành nhưng không ghi ngày; đã xong thật chưa?",
    QuestionKind.HELD: "cần người có trách nhiệm xem trước khi giao và nhắc",
}


def _about_holds(document: str, tasks: Sequence[ReadTask]) -> Iterator[Question]:
    for kind, sentence in _HELD_SENTENCES.items():
        group = [task for task in tasks if task.held_for is kind]
        if not group:
            continue
        numbers = tuple(task.label for task in group)
        reasons = dict.fromkeys(said for task in group for code, said in task.problems if code in HOLDING)
        why = f" ({'; '.join(reasons)})" if kind is QuestionKind.HELD and reasons else ""
        yield Question(
            question_id(document, kind, ""),
            kind,
            document,
            "",
            f"STT {listed(numbers)}: {sentence}{why}",
            "“nhắc” để đôn đốc như thường, “bỏ” để không giao, “xong 20/9/2025” nếu đã làm xong, "
            "hoặc thời hạn mới; thêm --task nếu chỉ trả lời cho một nhiệm vụ",
            numbers,
        )


def _by_wording(
    tasks: Iterable[ReadTask], wording_of: Callable[[ReadTask], str]
) -> Iterator[tuple[str, list[ReadTask]]]:
    groups: dict[str, list[ReadTask]] = {}
    words: dict[str, str] = {}
    for task in tasks:
        key = wording_key(wording_of(task))
        words.setdefault(key, wording_of(task))
        groups.setdefault(key, []).append(task)
    for key, group in groups.items():
        yield words[key], group
