"""What stands in the report on what falls due soon, in which order?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from engine.calendar import WEEKDAYS
from engine.due_soon import DueCount, DueRow, DueSoonReport
from engine.model import HANOI
from reports.paper import Band, Column, Kind, Paper, Row, Section, Table, Words
from reports.papers.scope import basis_of, lines_of
from reports.vietnamese import LEVEL, STATUS, day, number

COUNTS = (
    Column("Phần việc", Kind.NUMBER, 10),
    Column("Nhiệm vụ", Kind.NUMBER, 10),
    Column("Đã nhắc", Kind.NUMBER, 10),
    Column("Chưa nhắc", Kind.NUMBER, 10),
    Column("Đã xác nhận nhận việc", Kind.NUMBER, 12),
)
DAYS = (
    Column("Thứ", width=10),
    Column("Phải xong trước hết ngày", Kind.DATE, 14),
    Column("Đơn vị", Kind.NUMBER, 8),
    *COUNTS,
)
UNITS = (Column("Cơ quan chủ trì", width=32), Column("Việc sớm nhất, ngày", Kind.DATE, 12), *COUNTS)
ROWS = (
    Column("STT", Kind.NUMBER, 4),
    Column("Tên nhiệm vụ", width=30),
    Column("Cơ quan chủ trì", width=18),
    Column("Hạn gốc", Kind.DATE, 12),
    Column("Hạn gia hạn", Kind.DATE, 12),
    Column("Phải xong trước hết ngày", Kind.DATE, 12),
    Column("Còn (ngày làm việc)", Kind.NUMBER, 6),
    Column("Đã nhắc (lần)", Kind.NUMBER, 6),
    Column("Nhắc đến cấp", width=9),
    Column("Ngày xác nhận nhận việc", Kind.DATE, 12),
    Column("Tình trạng", width=16),
    Column("Tính trễ sau ngày", Kind.DATE, 12, is_wide_only=True),
    Column("Nhắc gần nhất", Kind.DATE, 12, is_wide_only=True),
    Column("Mã nhiệm vụ", width=16, is_wide_only=True),
    Column("Mã đơn vị", width=10, is_wide_only=True),
    Column("Văn bản giao", width=30, is_wide_only=True),
)
NOTES = (
    "Hạn vào ngày nghỉ: phải xong trước hết ngày làm việc liền trước, chỉ tính trễ sau ngày làm việc "
    "liền sau.",
    "Số ngày làm việc còn lại tính đến ngày phải xong; số 0 là ngày cuối.",
    "Việc đã quá hạn không có ở đây, xem báo cáo nhiệm vụ quá hạn.",
    "Một đơn vị, một nhiệm vụ có thể có việc ở nhiều ngày: dòng cộng đếm mỗi đơn vị, mỗi nhiệm vụ một lần.",
)


def due_soon_paper(report: DueSoonReport) -> Paper:
    """Return the report on what falls due soon as a paper."""
    window = replace(report.query, first_on=report.first_on, last_on=report.last_on)
    return Paper(
        code="due-soon",
        title="Báo cáo nhiệm vụ sắp đến hạn",
        subject=f"Nhiệm vụ đến hạn từ ngày {day(report.first_on)} đến ngày {day(report.last_on)}",
        as_of=report.query.as_of.astimezone(HANOI),
        lines=lines_of(window, report.documents),
        sections=(
            Section("days", "Theo ngày phải xong", (Words(_told(report.total)), _days(report))),
            Section("units", "Theo cơ quan chủ trì", (_units(report),)),
            Section("rows", "Nhiệm vụ sắp đến hạn", (_rows(report.rows),), is_annex=True),
        ),
        notes=NOTES,
        basis=basis_of(report.rulebook, report.log_head),
    )


def _told(total: DueCount) -> str:
    if not total.shares:
        return "Không có phần việc nào đến hạn trong kỳ."
    return (
        f"{number(total.shares)} phần việc của {number(total.tasks)} nhiệm vụ, tại "
        f"{number(total.units)} đơn vị, sắp đến hạn; đã nhắc "
        f"{number(total.reminded)}, chưa nhắc {number(total.shares - total.reminded)}; "
        f"đơn vị đã xác nhận nhận việc {number(total.acknowledged)}."
    )


def _days(report: DueSoonReport) -> Table:
    lines = [
        (WEEKDAYS[one.act_by_on.weekday()], one.act_by_on, one.count.units, *_counts(one.count))
        for one in report.days
    ]
    total = ("Cộng", None, report.total.units, *_counts(report.total))
    return Table("days", "Số phần việc sắp đến hạn, theo ngày phải xong", DAYS, lines, total)


def _units(report: DueSoonReport) -> Table:
    lines = [(unit.name, unit.act_by_on, *_counts(unit.count)) for unit in report.units]
    total = ("Cộng", None, *_counts(report.total))
    return Table("units", "Số phần việc sắp đến hạn, theo cơ quan chủ trì", UNITS, lines, total)


def _counts(count: DueCount) -> Row:
    return count.shares, count.tasks, count.reminded, count.shares - count.reminded, count.acknowledged


def _rows(rows: Sequence[DueRow]) -> Table:
    return Table("rows", "Nhiệm vụ sắp đến hạn, theo ngày phải xong và cơ quan", ROWS, list(_lines(rows)))


def _lines(rows: Sequence[DueRow]) -> Iterator[Row | Band]:
    for act_by_on, of_day in groupby(enumerate(rows, start=1), key=lambda placed: placed[1].act_by_on):
        listed = list(of_day)
        weekday = WEEKDAYS[act_by_on.weekday()]
        yield Band(f"{weekday}, ngày {day(act_by_on)}: {number(len(listed))} phần việc")
        yield from (_row(place, row) for place, row in listed)


def _row(place: int, row: DueRow) -> Row:
    return (
        place,
        row.title,
        row.unit_name,
        row.original_due_on,
        row.due_on if row.due_on != row.original_due_on else None,
        row.act_by_on,
        row.working_days_left,
        row.reminders,
        LEVEL.get(row.level) if row.reminders else "chưa nhắc",
        row.acknowledged_at.astimezone(HANOI).date() if row.acknowledged_at else None,
        _standing(row),
        row.effective_due_on,
        row.last_reminded_at.astimezone(HANOI).date() if row.last_reminded_at else None,
        row.task,
        row.unit,
        row.document,
    )


def _standing(row: DueRow) -> str:
    said = [STATUS[row.status]]
    if row.wished_on:
        said.append(f"xin gia hạn đến {day(row.wished_on)}, chờ quyết định")
    if row.waits_for:
        said.append(f"đang chờ {row.waits_for}")
    return "; ".join(said)
