"""What must a reader know before trusting the figures of a report?

Each remark counts what the matrix cannot show: results nobody has accepted yet, extended
deadlines, years without a calendar, questions of an import that are still open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.calendar import WorkCalendar
from engine.model import Assignment
from engine.status import Standing, Status, Timeliness

_MESSAGES = {
    "waiting-for-acceptance": "Phần việc đã báo cáo kết quả, đang chờ nghiệm thu: "
    "được tính là hoàn thành theo ngày đơn vị báo.",
    "returned": "Phần việc có kết quả bị trả lại: được tính là chưa hoàn thành.",
    "blocked": "Phần việc đang vướng ở đơn vị khác: vẫn tính theo thời hạn hiện hành.",
    "extended": "Phần việc đã được gia hạn: đúng hạn hay quá hạn tính theo thời hạn sau gia hạn.",
    "not-reminded": "Phần việc quá hạn chưa có lời nhắc nào được ghi nhận.",
    "done-after-report": "Phần việc ghi ngày hoàn thành sau thời điểm báo cáo: cần kiểm tra lại.",
    "calendar-missing": "Phần việc có hạn trong năm chưa có lịch nghỉ: "
    "chỉ thứ Bảy và Chủ nhật được coi là ngày nghỉ.",
    "calendar-provisional": "Phần việc có hạn trong năm mà lịch nghỉ mới là dự kiến.",
    "cancelled": "Phần việc đã hủy giao: không tính trong báo cáo này.",
}


class Judged(NamedTuple):
    """An assignment with its standing and its cell of the matrix at the moment of the report."""

    assignment: Assignment
    standing: Standing
    cell: Timeliness


@dataclass(frozen=True, slots=True)
class DataQuality:
    """A reason to read the figures with care, and how many assignments or questions it concerns."""

    code: str
    count: int
    message: str
    is_question: bool = False  # an import question that a person has still to answer


def data_quality(
    judged: Sequence[Judged],
    unreminded: int,
    calendar: WorkCalendar,
    on: date,
    questions: Sequence[tuple[str, str]],
) -> Iterator[DataQuality]:
    """Yield what a reader must know before trusting the figures, open questions last.

    Remarks that concern nothing are left out.
    """
    counted = [one for one in judged if one.cell is not Timeliness.CANCELLED]
    found = {
        "cancelled": len(judged) - len(counted),
        "not-reminded": unreminded,
        **{code: sum(map(applies, counted)) for code, applies in _remarks(calendar, on)},
    }
    for code, message in _MESSAGES.items():
        if found[code]:
            yield DataQuality(code, found[code], message)
    for (code, sentence), count in sorted(Counter(questions).items()):
        yield DataQuality(code, count, sentence, is_question=True)


def _remarks(calendar: WorkCalendar, on: date) -> Iterator[tuple[str, Callable[[Judged], bool]]]:
    yield "waiting-for-acceptance", lambda one: one.standing.status is Status.REPORTED
    yield "returned", lambda one: one.standing.status is Status.RETURNED
    yield "blocked", lambda one: one.standing.status is Status.BLOCKED
    yield "extended", lambda one: one.standing.extensions > 0
    yield "done-after-report", lambda one: one.standing.done_on is not None and one.standing.done_on > on
    years = (
        ("calendar-missing", lambda year: not calendar.covers(year)),
        ("calendar-provisional", calendar.is_provisional),
    )
    for code, holds in years:
        yield code, _by_year(holds)


def _by_year(holds: Callable[[int], bool]) -> Callable[[Judged], bool]:
    known: dict[int, bool] = {}

    def applies(one: Judged) -> bool:
        due_on = one.standing.due_on
        if due_on is None:
            return False
        if due_on.year not in known:
            known[due_on.year] = holds(due_on.year)
        return known[due_on.year]

    return applies
