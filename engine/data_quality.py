"""What must a reader know before trusting the figures of a report?

Each remark counts what the matrix cannot show: results nobody has accepted yet, extended
deadlines, years without a calendar, questions of an import that are still open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from engine.calendar import WorkCalendar
from engine.model import Assignment
from engine.status import Standing, Status, Timeliness

if TYPE_CHECKING:
    from engine.weighing import Weighed

_MESSAGES = {
    "waiting-for-acceptance": "Phần việc đã báo cáo kết quả, đang chờ nghiệm thu: "
    "được tính là hoàn thành theo ngày đơn vị báo.",
    "returned": "Phần việc có kết quả bị trả lại: được tính là chưa hoàn thành.",
    "blocked": "Phần việc đang vướng ở đơn vị khác: vẫn tính theo thời hạn hiện hành.",
    "disputed": "Phần việc đơn vị cho là không phải việc của mình, đang chờ phân xử: "
    "vẫn tính theo thời hạn hiện hành.",
    "extension-pending": "Phần việc đang xin gia hạn, chưa có quyết định: vẫn tính theo thời hạn hiện hành.",
    "extended": "Phần việc đã được gia hạn: đúng hạn hay quá hạn tính theo thời hạn sau gia hạn.",
    "not-reminded": "Phần việc quá hạn chưa có lời nhắc nào được ghi nhận.",
    "no-contact": "Phần việc có lời nhắc không gửi được vì chưa có người nhận hoặc không có kênh liên lạc.",
    "refused": "Tin đôn đốc bị trả lại hoặc bị từ chối hẳn.",
    "done-after-report": "Phần việc ghi ngày hoàn thành sau thời điểm báo cáo: cần kiểm tra lại.",
    "calendar-missing": "Phần việc có hạn trong năm chưa có lịch nghỉ: "
    "chỉ thứ Bảy và Chủ nhật được coi là ngày nghỉ.",
    "calendar-provisional": "Phần việc có hạn trong năm mà lịch nghỉ mới là dự kiến.",
    "cancelled": "Phần việc đã hủy giao: không tính trong báo cáo này.",
}

_BY_STATUS = {
    Status.REPORTED: "waiting-for-acceptance",
    Status.RETURNED: "returned",
    Status.BLOCKED: "blocked",
    Status.DISPUTED: "disputed",
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
    found: Iterable[Weighed],
    unreminded: int,
    calendar: WorkCalendar,
    on: date,
    questions: Sequence[tuple[str, str]],
    remarks: Mapping[str, int],
) -> Iterator[DataQuality]:
    """Yield what a reader must know before trusting the figures, open questions last.

    `remarks` are counts that do not follow from the assignments. What concerns nothing is left out.
    """
    counts = Counter({"not-reminded": unreminded, **remarks})
    weights: Counter[_Trait] = Counter()
    for one in found:
        weights[_trait(one.standing, one.cell, on)] += len(one.lot.units)
    for trait, weight in weights.items():
        for code in _codes(trait, calendar):
            counts[code] += weight
    for code, message in _MESSAGES.items():
        if counts[code]:
            yield DataQuality(code, counts[code], message)
    for (code, sentence), count in sorted(Counter(questions).items()):
        yield DataQuality(code, count, sentence, is_question=True)


class _Trait(NamedTuple):
    """What of a standing a remark is about."""

    is_cancelled: bool
    status: Status
    is_extended: bool
    is_pending: bool
    is_done_later: bool
    year: int


def _trait(standing: Standing, cell: Timeliness, on: date) -> _Trait:
    done_on, due_on = standing.done_on, standing.due_on
    return _Trait(
        cell is Timeliness.CANCELLED,
        standing.status,
        standing.extensions > 0,
        done_on is None and standing.wished_on is not None,
        done_on is not None and done_on > on,
        0 if due_on is None else due_on.year,
    )


def _codes(trait: _Trait, calendar: WorkCalendar) -> Iterator[str]:
    if trait.is_cancelled:
        yield "cancelled"
        return
    if trait.status in _BY_STATUS:
        yield _BY_STATUS[trait.status]
    if trait.is_extended:
        yield "extended"
    if trait.is_pending:
        yield "extension-pending"
    if trait.is_done_later:
        yield "done-after-report"
    if trait.year and not calendar.covers(trait.year):
        yield "calendar-missing"
    if calendar.is_provisional(trait.year):
        yield "calendar-provisional"
