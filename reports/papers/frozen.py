"""What is said of a month that was closed, beside what the records say of it by now?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.expectation_facts import FACT_WORDS
from engine.frozen import Compared, Difference, FrozenRow
from engine.model import HANOI
from reports.paper import Block, Column, Kind, Row, Table, Words
from reports.vietnamese import moment, number

DIFFERENCES = (
    Column("Đơn vị", width=26),
    Column("Hạng khi chốt", Kind.NUMBER, 8),
    Column("Hạng nay", Kind.NUMBER, 8),
    Column("Đến hạn khi chốt", Kind.NUMBER, 8),
    Column("Đến hạn nay", Kind.NUMBER, 8),
    Column("Đúng hạn khi chốt", Kind.NUMBER, 8),
    Column("Đúng hạn nay", Kind.NUMBER, 8),
    Column("Hoàn thành khi chốt", Kind.NUMBER, 8),
    Column("Hoàn thành nay", Kind.NUMBER, 8),
    Column("Ghi nhận sau khi chốt", width=24),
)
NO_FACT = "không có ghi nhận mới"
WHY_WITHOUT = (
    "Nơi không có ghi nhận mới mà số liệu khác: kế hoạch nhập sau hoặc được sửa, hoặc hạn vào ngày nghỉ "
    "chưa qua khi chốt."
)
_WORDS = {str(kind): words for words, kind in FACT_WORDS.items()}


def frozen_blocks(months: Sequence[Compared]) -> tuple[Block, ...]:
    """Return each frozen month: a sentence, and the units whose figures are others by now."""
    return tuple(block for month in months for block in _blocks(month))


def frozen_basis(months: Sequence[Compared]) -> tuple[tuple[str, str], ...]:
    """Return the mark of each frozen month in the log."""
    return tuple((f"Bản chốt tháng {_month(month)}", month.frozen.mark) for month in months)


def _blocks(month: Compared) -> Iterator[Block]:
    yield Words(f"{_said(month)} {_found(month)}")
    if month.differences:
        caption = f"Số liệu tháng {_month(month)} khi chốt và nay, ở đơn vị có thay đổi"
        lines = [_row(one) for one in month.differences]
        yield Table(f"frozen-{month.frozen.first_on:%Y-%m}", caption, DIFFERENCES, lines)
    if not all(one.because for one in month.differences):
        yield Words(WHY_WITHOUT)


def _said(month: Compared) -> str:
    frozen = month.frozen
    return (
        f"Tháng {_month(month)} đã chốt theo số liệu đến {moment(frozen.as_of.astimezone(HANOI))}, "
        f"ghi vào nhật ký lúc {moment(frozen.frozen_at.astimezone(HANOI))}."
    )


def _found(month: Compared) -> str:
    if not month.frozen.is_intact:
        return "Bản chốt không còn khớp mã băm ghi kèm: kiểm tra nhật ký bằng lệnh 'dondoc log verify'."
    if not month.differences:
        return "Tính lại từ nhật ký vẫn ra đúng số liệu ấy."
    return f"Tính lại từ nhật ký, số liệu của {number(len(month.differences))} đơn vị đã khác."


def _row(one: Difference) -> Row:
    sides = (one.then, one.now)
    figures = (_rank, _due, _on_time, _completed)
    values = [None if row is None else figure(row) for figure in figures for row in sides]
    return one.name, *values, _because(one)


def _rank(row: FrozenRow) -> int | None:
    return row.rank or None


def _due(row: FrozenRow) -> int:
    return row.due


def _on_time(row: FrozenRow) -> int:
    return row.on_time


def _completed(row: FrozenRow) -> int:
    return row.completed


def _because(one: Difference) -> str:
    said = [f"{_WORDS.get(kind, kind)} {number(count)} lần" for kind, count in one.because]
    return ", ".join(said) or NO_FACT


def _month(month: Compared) -> str:
    return f"{month.frozen.first_on:%m/%Y}"
