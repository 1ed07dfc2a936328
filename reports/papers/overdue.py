"""What stands in the overdue report, in which order?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from engine.compliance import OverdueReport, OverdueRow, Rates
from reports.layout import matrix_lines
from reports.paper import Chart, ChartKind, Column, Kind, Paper, Row, Section, Table, Words
from reports.vietnamese import STATUS, ageing, moment, number, percent, share

MATRIX = (
    Column("Phần việc được giao", width=36),
    Column("Đúng hạn, trong hạn", Kind.NUMBER),
    Column("Quá hạn", Kind.NUMBER),
    Column("Cộng", Kind.NUMBER),
)
ROWS = (
    Column("STT", Kind.NUMBER, 5),
    Column("Tên nhiệm vụ", width=46),
    Column("Cơ quan chủ trì", width=22),
    Column("Hạn gốc", Kind.DATE),
    Column("Hạn gia hạn", Kind.DATE),
    Column("Số ngày quá hạn", Kind.NUMBER),
    Column("Đã đôn đốc (lần)", Kind.NUMBER),
    Column("Tình trạng", width=20),
)


def overdue_paper(report: OverdueReport) -> Paper:
    """Return the overdue report as a paper."""
    return Paper(
        code="overdue",
        title="Báo cáo nhiệm vụ quá hạn",
        subject="Tình hình nhiệm vụ quá hạn",
        as_of=report.as_of,
        lines=(f"Tính đến {moment(report.as_of)}", *(f"Văn bản giao: {name}" for name in report.documents)),
        sections=(
            Section("matrix", "Tình hình thực hiện", (_matrix(report), *_rates(report.rates))),
            Section("ageing", "Quá hạn bao lâu", (_ageing(report),)),
            Section("rows", "Nhiệm vụ quá hạn", (_rows(report.rows),), is_annex=True),
        ),
        basis=(("Bộ quy tắc", report.rulebook), ("Đầu nhật ký", report.log_head)),
    )


def _matrix(report: OverdueReport) -> Table:
    *lines, total = [
        (line.label, line.in_time, line.late, line.total) for line in matrix_lines(report.matrix)
    ]
    return Table("matrix", "Số phần việc được giao, theo kết quả và thời hạn", MATRIX, lines, total)


def _rates(rates: Rates) -> Iterator[Words]:
    for label, rate, part in (
        ("Hoàn thành / đến hạn", rates.completed_of_due, rates.completed),
        ("Đúng hạn / đến hạn", rates.on_time_of_due, rates.on_time),
    ):
        yield Words(f"{label}: {share(part, rates.due)} = {percent(rate)}")


def _ageing(report: OverdueReport) -> Chart:
    columns = (Column("Số ngày quá hạn", width=20), Column("Phần việc", Kind.NUMBER))
    rows = [(ageing(age), age.count) for age in report.ageing]
    total = ("Cộng", sum(age.count for age in report.ageing))
    table = Table("ageing", "Số phần việc quá hạn, theo số ngày quá hạn (ngày lịch)", columns, rows, total)
    says = "; ".join(f"{label}: {number(count)} phần việc" for label, count in rows)
    return Chart("ageing", "Phần việc quá hạn theo số ngày", ChartKind.BARS, table, says)


def _rows(rows: Sequence[OverdueRow]) -> Table:
    lines = [_row(place, row) for place, row in enumerate(rows, start=1)]
    return Table("rows", "Nhiệm vụ quá hạn, lâu nhất xếp trước", ROWS, lines)


def _row(place: int, row: OverdueRow) -> Row:
    extended: date | None = row.due_on if row.due_on != row.original_due_on else None
    return (
        place, row.title, row.unit_name, row.original_due_on, extended, row.days_late, row.reminders,
        STATUS[row.status],
    )  # fmt: skip
