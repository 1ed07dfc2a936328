"""What stands in the overdue report, in which order?

At first glance the matrix and both rates, how late, who is worst, what is new and what comes
next, and how far the figures can be trusted; then every unit and every overdue assignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from fractions import Fraction

from engine.overdue import Matrix, OverdueReport, OverdueRow, UnitRow
from engine.status import Timeliness
from reports.paper import Block, Chart, ChartKind, Column, Kind, Paper, Row, Section, Table, Words
from reports.papers.overdue_changes import change_blocks, coming_blocks
from reports.papers.overdue_charts import heat_chart, month_chart
from reports.papers.overdue_rows import rows_table
from reports.papers.scope import basis_of, lines_of
from reports.vietnamese import CELL, ageing, number, percent

MATRIX = (
    Column("Phần việc được giao", width=36),
    Column("Đúng hạn, trong hạn", Kind.NUMBER),
    Column("Quá hạn", Kind.NUMBER),
    Column("Cộng", Kind.NUMBER),
)
RATES = (
    Column("Chỉ tiêu", width=30),
    Column("Số phần việc", Kind.NUMBER),
    Column("Số đến hạn", Kind.NUMBER),
    Column("Tỷ lệ (trên số đến hạn)", Kind.RATE, 14),
)
AGEING = (Column("Số ngày quá hạn", width=20), Column("Phần việc quá hạn", Kind.NUMBER))
UNIT = (
    Column("Cơ quan chủ trì", width=30),
    Column("Quá hạn", Kind.NUMBER, 8),
    Column("Lâu nhất (ngày)", Kind.NUMBER, 8),
    Column("Quá hạn đã xác nhận nhận việc", Kind.NUMBER, 10),
    Column("Quá hạn đang xin gia hạn", Kind.NUMBER, 10),
    Column("Số đến hạn", Kind.NUMBER, 8),
    Column("Tỷ lệ hoàn thành (trên số đến hạn)", Kind.RATE, 11),
    Column("Tỷ lệ đúng hạn (trên số đến hạn)", Kind.RATE, 11),
    Column("Đã gia hạn", Kind.NUMBER, 8),
)
RANKED = (Column("STT", Kind.NUMBER, 5), *UNIT)
UNITS = (
    *UNIT,
    Column("Hoàn thành đúng hạn", Kind.NUMBER, 9),
    Column("Hoàn thành muộn", Kind.NUMBER, 9),
    Column("Chưa xong, trong hạn", Kind.NUMBER, 9),
    Column("Chưa có hạn xác định", Kind.NUMBER, 9),
    Column("Chờ quyết định", Kind.NUMBER, 9),
    Column("Được giao", Kind.NUMBER, 8),
    Column("Mã đơn vị", width=10, is_wide_only=True),
)
QUALITY = (Column("Số lượng", Kind.NUMBER, 10), Column("Nội dung", width=80))
NOTES = (
    "Mỗi phần việc là phần của một đơn vị chủ trì trong một nhiệm vụ, việc giao chung tính một lần cho từng "
    "đơn vị. Đơn vị phối hợp không bị tính hạn.",
    "Quá hạn khi đã hết ngày làm việc đầu tiên kể từ thời hạn (Bộ luật Dân sự 2015, Điều 148 khoản 5); "
    "số ngày quá hạn là ngày lịch, tính theo thời hạn sau gia hạn.",
    "Số đến hạn gồm việc đã hoàn thành, đúng hạn hay muộn, và việc quá hạn chưa hoàn thành.",
    "Kết quả tính theo ngày hoàn thành đơn vị báo; kết quả bị trả lại là chưa hoàn thành.",
    "Việc thường xuyên và việc chưa đọc được hạn không bị tính là quá hạn.",
    "Đơn vị thấy số liệu chưa đúng phản ánh với cơ quan theo dõi, đôn đốc kèm mã nhiệm vụ.",
    "Số liệu do phần mềm Đôn đốc tính tự động từ nhật ký chấp hành.",
)


def overdue_paper(report: OverdueReport) -> Paper:
    """Return the overdue report as a paper."""
    return Paper(
        code="overdue",
        title="Báo cáo nhiệm vụ quá hạn",
        subject="Tình hình nhiệm vụ quá hạn",
        as_of=report.as_of,
        lines=tuple(_lines(report)),
        sections=tuple(_sections(report)),
        notes=NOTES,
        basis=basis_of(report.rulebook, report.log_head),
    )


def _lines(report: OverdueReport) -> Iterator[str]:
    if report.query is not None:
        yield from lines_of(report.query, report.plans)


def _sections(report: OverdueReport) -> Iterator[Section]:
    yield Section("matrix", "Tình hình thực hiện", (Words(_summary(report)), _matrix(report)))
    yield Section("rates", "Tỷ lệ trên số đến hạn", tuple(_rates(report)))
    yield Section("ageing", "Quá hạn bao lâu", (_ageing(report),))
    if report.rows:
        yield Section("worst", "Cơ quan có nhiều việc quá hạn nhất", tuple(_worst(report)))
    yield Section("new", "Biến động", change_blocks(report))
    yield Section("next", "Đến hạn trong bảy ngày tới", coming_blocks(report))
    if report.months:
        yield Section("months", "Theo tháng của thời hạn", (month_chart(report.months),))
    if report.heat:
        yield Section("heat", "Quá hạn theo cơ quan và tháng", (heat_chart(report.heat),))
    yield Section("quality", "Chất lượng dữ liệu", tuple(_quality(report)))
    if report.units:
        yield Section("units", "Theo cơ quan chủ trì", (_units(report.units),), is_annex=True, is_folded=True)
    yield Section("rows", "Danh mục nhiệm vụ quá hạn", (rows_table(report.rows),), is_annex=True)


# --- first glance ------------------------------------------------------------------------


def _summary(report: OverdueReport) -> str:
    if not report.rows:
        return f"Không có phần việc nào quá hạn trong {number(report.matrix.total)} phần việc được giao."
    units = sum(unit.matrix.open_late > 0 for unit in report.units)
    return (
        f"{number(len(report.rows))} phần việc quá hạn, thuộc {number(_count_tasks(report.rows))} nhiệm vụ, "
        f"tại {number(units)} trên {number(len(report.units))} đơn vị được giao. "
        f"Việc quá hạn lâu nhất đã {number(report.rows[0].days_late)} ngày."
    )


def _count_tasks(rows: Iterable[OverdueRow]) -> int:
    return len({row.task for row in rows})


def _matrix(report: OverdueReport) -> Table:
    """Return the matrix the Government Office publishes, the last line being the sum of those above."""
    matrix, cell = report.matrix, Timeliness
    lines: list[Row] = [
        ("Đã hoàn thành", matrix.done_on_time, matrix.done_late, matrix.done),
        ("Chưa hoàn thành", matrix.open_in_time, matrix.open_late, matrix.still_open),
        (CELL[cell.NO_DEADLINE], None, None, matrix.no_deadline),
        (CELL[cell.AWAITING_DECISION], None, None, matrix.awaiting_decision),
    ]
    in_time, late = matrix.done_on_time + matrix.open_in_time, matrix.done_late + matrix.open_late
    total = ("Cộng", in_time, late, matrix.total)
    return Table("matrix", "Số phần việc được giao, theo kết quả và thời hạn", MATRIX, lines, total)


def _rates(report: OverdueReport) -> Iterator[Block]:
    rates, matrix = report.rates, report.matrix
    lines: list[Row] = [
        ("Hoàn thành", rates.completed, rates.due, rates.completed_of_due),
        ("Hoàn thành đúng hạn", rates.on_time, rates.due, rates.on_time_of_due),
    ]
    yield Table("rates", "Tỷ lệ hoàn thành và tỷ lệ đúng hạn", RATES, lines)
    yield Words(
        "Số đến hạn = đã hoàn thành + chưa hoàn thành, quá hạn = "
        f"{number(matrix.done)} + {number(matrix.open_late)} = {number(rates.due)}."
    )


def _ageing(report: OverdueReport) -> Chart:
    rows = [(ageing(age), age.count) for age in report.ageing]
    whole = len(report.rows)
    table = Table(
        "ageing", "Số phần việc quá hạn, theo số ngày quá hạn (ngày lịch)", AGEING, rows, ("Cộng", whole)
    )
    says = "; ".join(
        f"{label}: {number(count)} phần việc" + (f" ({percent(Fraction(count, whole))})" if whole else "")
        for label, count in rows
    )
    return Chart("ageing", "Phần việc quá hạn theo số ngày", ChartKind.BARS, table, f"{says}.")


# --- units -------------------------------------------------------------------------------


def _worst(report: OverdueReport) -> Iterator[Block]:
    least = number(report.least_due)
    if report.worst:
        caption = "Nhiều việc quá hạn nhất xếp trước, rồi đến việc quá hạn lâu nhất, rồi theo vần chữ cái"
        lines = [(place, *_unit(unit)) for place, unit in enumerate(report.worst, start=1)]
        yield Table("worst", caption, RANKED, lines)
    else:
        yield Words(f"Chưa cơ quan nào có từ {least} việc đến hạn để xếp hạng.")
    if report.unranked:
        caption = f"Có việc quá hạn, không xếp hạng vì có dưới {least} việc đến hạn"
        yield Table("unranked", caption, UNIT, [_unit(unit) for unit in report.unranked])


def _unit(unit: UnitRow) -> Row:
    matrix, rates = unit.matrix, unit.matrix.rates
    return (
        unit.name, matrix.open_late, unit.oldest_days_late, unit.acknowledged, unit.pending, rates.due,
        rates.completed_of_due, rates.on_time_of_due, unit.extended,
    )  # fmt: skip


def _units(units: Sequence[UnitRow]) -> Table:
    lines = [(*_unit(unit), *_cells(unit), unit.code) for unit in units]
    total = (*_unit(_sum(units)), *_cells(_sum(units)), None)
    return Table("units", "Tình hình của từng cơ quan chủ trì", UNITS, lines, total)


def _sum(units: Sequence[UnitRow]) -> UnitRow:
    """Return the figures of several units as if they were one, the longest overdue of all."""
    names = [one.name for one in fields(Matrix)]
    matrix = Matrix(**{name: sum(getattr(unit.matrix, name) for unit in units) for name in names})
    return UnitRow(
        "", "Cộng", matrix, max(unit.oldest_days_late for unit in units),
        sum(unit.extended for unit in units), sum(unit.acknowledged for unit in units),
        sum(unit.pending for unit in units),
    )  # fmt: skip


def _cells(unit: UnitRow) -> Row:
    matrix = unit.matrix
    return (
        matrix.done_on_time, matrix.done_late, matrix.open_in_time, matrix.no_deadline,
        matrix.awaiting_decision, matrix.total,
    )  # fmt: skip


# --- trust -------------------------------------------------------------------------------


def _quality(report: OverdueReport) -> Iterator[Block]:
    remarks = [(one.count, one.message) for one in report.data_quality if not one.is_question]
    questions = [(one.count, one.message) for one in report.data_quality if one.is_question]
    if remarks:
        yield Table("quality", "Những điều cần biết khi đọc các con số", QUALITY, remarks)
    if questions:
        caption = "Câu hỏi khi nhập văn bản đang chờ người có thẩm quyền trả lời"
        total = (sum(count for count, _ in questions), "Cộng")
        yield Table("questions", caption, QUALITY, questions, total)
    if not report.data_quality:
        yield Words("Không có điểm nào cần lưu ý.")
