"""What should a person know about the reading of a row, and what must somebody decide first?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from engine.answers import QuestionKind
from engine.deadline import read_deadline
from engine.model import Confirmation, Deadline, DeadlineKind, ResolutionStatus, UnitReading
from engine.questions import HOLDING

# Problems that follow from the readings: they are found anew whenever a row is read again.
FOUND_ANEW = frozenset(
    {
        "invalid-deadline", "deadline-needs-decision", "deadline-inferred", "past-due", "ongoing-in-text",
        "two-deadlines", "said-done", "said-stopped", "lead-missing", "lead-unresolved",
        "supporting-unresolved", "answer-not-read", "same-task",
    }
)  # fmt: skip
_SAID_DONE = re.compile(
    r"(?:đã |cơ bản )?hoàn thành(?: đúng hạn| quá hạn| trễ hạn| trước hạn)?\W*(?:;.*|\(.*)?", re.IGNORECASE
)
_SAID_STOPPED = re.compile(
    r"\b(?:không tiếp tục|không thực hiện|tạm dừng|đã dừng|bãi bỏ|hủy bỏ)\b", re.IGNORECASE
)


def says_done(state: str) -> bool:
    """Return whether a status column says plainly that the work is done; "Chưa hoàn thành" does not."""
    return bool(_SAID_DONE.fullmatch(state.strip()))


def says_stopped(state: str) -> bool:
    """Return whether a status column says that the work is not to be done after all."""
    return bool(_SAID_STOPPED.search(state))


def held_for(
    deadline: Deadline, problems: Iterable[tuple[str, str]], state: str, passed_before: date
) -> QuestionKind | None:
    """Return which decision a row waits for before anybody is reminded of it, None for most rows.

    `passed_before` is the later of the day of issue and the day the document came in: a
    deadline before it starts no storm of reminders.
    """
    if any(code in HOLDING for code, _ in problems) or says_stopped(state):
        return QuestionKind.HELD
    if deadline.already_done or says_done(state):
        return QuestionKind.DONE
    if deadline.confirmation is Confirmation.REQUIRED:
        return None  # the question about the deadline itself comes first
    is_past = deadline.due_on is not None and deadline.due_on < passed_before
    return QuestionKind.PAST_DUE if is_past else None


def doubts_about_deadline(
    deadline: Deadline, text: str, proposed: str, issued_on: date
) -> Iterable[tuple[str, str]]:
    """Yield what is doubtful about a deadline: (code, Vietnamese sentence)."""
    if deadline.kind is DeadlineKind.INVALID:
        yield "invalid-deadline", deadline.reading
    elif deadline.confirmation is Confirmation.REQUIRED:
        yield "deadline-needs-decision", deadline.reading
    elif deadline.confirmation is Confirmation.ADVISED:
        yield "deadline-inferred", deadline.reading
    if deadline.due_on and "nhiệm vụ thường xuyên" in text.lower():
        yield "ongoing-in-text", "nội dung ghi “nhiệm vụ thường xuyên” nhưng cột hạn có ngày; theo cột hạn"
    if proposed and read_deadline(proposed, issued_on).due_on != deadline.due_on:
        yield "two-deadlines", f"cột hạn đề xuất ghi “{proposed}”; lấy hạn đã được giao"


def doubts_about_time(
    kind: QuestionKind | None, deadline: Deadline, state: str, issued_on: date
) -> Iterable[tuple[str, str]]:
    """Yield why a row waits, when the document itself shows it."""
    due_on = deadline.due_on
    if kind is QuestionKind.PAST_DUE and due_on is not None and due_on < issued_on:
        said = f"hạn {due_on:%d/%m/%Y} đã qua trước ngày ban hành {issued_on:%d/%m/%Y}"
        yield "past-due", f"{said}; chưa nhắc cho đến khi có người quyết định"
    elif kind is QuestionKind.PAST_DUE and due_on is not None:
        yield "past-due", f"hạn {due_on:%d/%m/%Y} đã qua khi nhập; chưa nhắc cho đến khi có người quyết định"
    elif kind is QuestionKind.DONE and not deadline.already_done:
        yield "said-done", f"cột tình trạng ghi “{state}” nhưng không có ngày hoàn thành; cần người xác nhận"
    elif kind is QuestionKind.HELD and says_stopped(state):
        yield "said-stopped", f"cột tình trạng ghi “{state}”; cần người quyết định có còn giao không"


def doubts_about_units(what: str, reading: UnitReading) -> Iterable[tuple[str, str]]:
    """Yield what is open about a cell of agencies; `what` is "lead" or "supporting"."""
    role = {"lead": "cơ quan chủ trì", "supporting": "cơ quan phối hợp"}[what]
    if what == "lead" and not reading.as_written.strip() and not reading.units:
        yield "lead-missing", "chưa ghi cơ quan chủ trì; đối chiếu văn bản và bổ sung"
    if reading.status in {ResolutionStatus.AMBIGUOUS, ResolutionStatus.UNKNOWN}:
        asked = " ".join(reading.questions) or f"không nhận ra “{reading.as_written}”; cần người xác định"
        yield f"{what}-unresolved", f"{role}: {asked}"
