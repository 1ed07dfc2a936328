"""How is every overdue assignment listed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.collation import vietnamese_order
from engine.model import HANOI
from engine.overdue import OverdueRow
from reports.paper import Band, Column, Kind, Row, Table
from reports.papers.letters import issued
from reports.vietnamese import LEVEL, STATUS, day, dues, number, reminded_in_all

ROWS = (
    Column("STT", Kind.NUMBER, 5),
    Column("Tên nhiệm vụ", width=40),
    Column("Cơ quan chủ trì", width=20),
    Column("Kết quả/sản phẩm", width=18),
    Column("Hạn gốc", Kind.DATE, 11),
    Column("Hạn gia hạn", Kind.DATE, 11),
    Column("Số ngày quá hạn", Kind.NUMBER, 8),
    Column("Đã đôn đốc (lần)", Kind.NUMBER, 8),
    Column("Đã đôn đốc (số văn bản)", width=14),
    Column("Đôn đốc đến cấp", width=10),
    Column("Đôn đốc gần nhất", Kind.DATE, 11),
    Column("Tình trạng", width=22),
    Column("Thời hạn hiện hành", Kind.DATE, 12, is_wide_only=True),
    Column("Tính trễ sau ngày", Kind.DATE, 12, is_wide_only=True),
    Column("Số lần gia hạn", Kind.NUMBER, 8, is_wide_only=True),
    Column("Xin gia hạn đến", Kind.DATE, 12, is_wide_only=True),
    Column("Mới quá hạn", width=8, is_wide_only=True),
    Column("Mã nhiệm vụ", width=16, is_wide_only=True),
    Column("Mã đơn vị", width=10, is_wide_only=True),
    Column("Văn bản giao", width=32, is_wide_only=True),
)


def rows_table(rows: Sequence[OverdueRow]) -> Table:
    """Return every overdue assignment, by unit, or by task where fewer tasks than units are late."""
    tasks, units = len({row.task for row in rows}), len({row.unit for row in rows})
    caption = f"{number(len(rows))} phần việc thuộc {number(tasks)} nhiệm vụ, tại {number(units)} đơn vị"
    lines = list(_numbered(_by_task(rows) if tasks < units else _by_unit(rows)))
    return Table("rows", caption, ROWS, lines, nothing="Không có phần việc nào quá hạn.")


def _by_task(rows: Sequence[OverdueRow]) -> Iterator[Band | OverdueRow]:
    """Yield each task before the units that owe it, the longest overdue first."""
    groups: dict[str, list[OverdueRow]] = {}
    for row in rows:
        groups.setdefault(row.task, []).append(row)
    for group in groups.values():
        first = group[0]
        label = f"{first.task}, {first.document}: {number(len(group))} đơn vị, hạn {dues(group)}"
        yield Band(f"{label}; {_ages(group)}; {_reminded(group)}")
        yield from sorted(group, key=lambda row: (-row.days_late, vietnamese_order(row.unit_name)))


def _by_unit(rows: Sequence[OverdueRow]) -> Iterator[Band | OverdueRow]:
    """Yield each unit before what it owes, the unit with most of it first."""
    groups: dict[str, list[OverdueRow]] = {}
    for row in rows:
        groups.setdefault(row.unit, []).append(row)

    def most_first(group: list[OverdueRow]) -> tuple[object, ...]:
        return -len(group), -group[0].days_late, vietnamese_order(group[0].unit_name), group[0].unit

    for group in sorted(groups.values(), key=most_first):
        yield Band(
            f"{group[0].unit_name}: {number(len(group))} phần việc; {_ages(group)}; {_reminded(group)}"
        )
        yield from group


def _ages(group: Sequence[OverdueRow]) -> str:
    least, most = min(row.days_late for row in group), max(row.days_late for row in group)
    return f"quá hạn {number(most)} ngày" if least == most else f"quá hạn {number(least)}–{number(most)} ngày"


def _reminded(group: Sequence[OverdueRow]) -> str:
    said = reminded_in_all(group)
    return said if said.startswith("chưa") else f"đã đôn đốc {said}"


def _numbered(lines: Iterator[Band | OverdueRow]) -> Iterator[Band | Row]:
    place = 0
    for line in lines:
        if isinstance(line, Band):
            yield line
        else:
            place += 1
            yield _row(place, line)


def _row(place: int, row: OverdueRow) -> Row:
    last = row.last_reminded_at
    return (
        place, row.title, row.unit_name, row.expected, row.original_due_on, row.extended_due_on,
        row.days_late, row.reminders, issued(row.letters), LEVEL.get(row.level),
        last and last.astimezone(HANOI).date(), "; ".join(_status(row)), row.due_on, row.effective_due_on,
        row.extensions, row.wished_on, "mới" if row.is_new else None, row.task, row.unit, row.document,
    )  # fmt: skip


def _status(row: OverdueRow) -> Iterator[str]:
    yield STATUS[row.status]
    if row.is_new:
        yield "mới quá hạn"
    if row.wished_on is not None:
        yield f"xin gia hạn đến {day(row.wished_on)}"
    if row.effective_due_on != row.due_on:
        yield f"hạn vào ngày nghỉ, tính đến hết {day(row.effective_due_on)}"
    if row.waits_for:
        yield f"đang chờ {row.waits_for}"
