"""What stands in the scorecard of units, in which order?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from engine.compliance import Matrix, Rates
from engine.model import HANOI
from engine.scorecard import Month, Score, ScorecardReport, UnitScore, Unranked
from reports.paper import Band, Block, Chart, ChartKind, Column, Kind, Paper, Row, Section, Table, Words
from reports.papers.frozen import frozen_basis, frozen_blocks
from reports.papers.scope import basis_of, lines_of
from reports.vietnamese import decimal, number, percent, share

COMPLETED = Column("Tỷ lệ hoàn thành (trên số đến hạn)", Kind.RATE, 11)
ON_TIME = Column("Tỷ lệ đúng hạn (trên số đến hạn)", Kind.RATE, 11)
RANKED = (
    Column("Hạng", Kind.NUMBER, 6),
    Column("Đơn vị", width=30),
    Column("Đến hạn", Kind.NUMBER, 8),
    Column("Đúng hạn", Kind.NUMBER, 8),
    Column("Muộn", Kind.NUMBER, 8),
    Column("Quá hạn, chưa xong", Kind.NUMBER, 9),
    ON_TIME,
    COMPLETED,
    Column("Phần việc được gia hạn", Kind.NUMBER, 9),
)
APART = (
    Column("Đơn vị", width=32),
    Column("Đến hạn", Kind.NUMBER, 9),
    Column("Vì sao không xếp hạng", width=44),
)
UNITS = (
    Column("Hạng", Kind.NUMBER, 6),
    Column("Đơn vị", width=26),
    Column("Được giao", Kind.NUMBER, 8),
    Column("Đến hạn", Kind.NUMBER, 8),
    Column("Đúng hạn", Kind.NUMBER, 8),
    Column("Muộn", Kind.NUMBER, 8),
    Column("Quá hạn, chưa xong", Kind.NUMBER, 8),
    Column("Chưa đến hạn hoặc chưa có hạn", Kind.NUMBER, 9),
    ON_TIME,
    COMPLETED,
    Column("Trễ bình quân (ngày)", width=8),
    Column("Trễ trung vị (ngày)", width=8),
    Column("Phần việc được gia hạn", Kind.NUMBER, 8),
    Column("Lời nhắc đã gửi", Kind.NUMBER, 8),
    Column("Tỷ lệ đã phản hồi (trên số được giao)", Kind.RATE, 9),
    Column("Kết quả bị trả lại", Kind.NUMBER, 8),
    Column("Số lần gia hạn", Kind.NUMBER, 8, is_wide_only=True),
    Column("Mã đơn vị", width=10, is_wide_only=True),
)
MONTHS = (
    Column("Hạn trong tháng", width=14),
    Column("Được giao", Kind.NUMBER, 9),
    Column("Đến hạn", Kind.NUMBER, 9),
    Column("Đúng hạn", Kind.NUMBER, 9),
    Column("Muộn", Kind.NUMBER, 9),
    Column("Quá hạn, chưa xong", Kind.NUMBER, 9),
    ON_TIME,
    COMPLETED,
)
CHART = (
    Column("Tháng", width=10),
    Column("Đúng hạn", Kind.NUMBER),
    Column("Muộn", Kind.NUMBER),
    Column("Quá hạn, chưa xong", Kind.NUMBER),
)
WHY = {
    Unranked.NO_UNIT: "chưa xác định được cơ quan",
    Unranked.FILTERED: "báo cáo chỉ gồm một phần đơn vị hoặc một phần công việc",
}
MOST_MONTHS = 12  # more columns of a heat map fit on no page


def scorecard_paper(report: ScorecardReport) -> Paper:
    """Return the scorecard as a paper."""
    return Paper(
        code="scorecard",
        title="Bảng theo dõi chấp hành thời hạn của các đơn vị",
        subject="Tình hình chấp hành thời hạn của các đơn vị",
        as_of=report.query.as_of.astimezone(HANOI),
        lines=lines_of(report.query, report.documents),
        sections=tuple(_sections(report)),
        notes=tuple(_notes(report)),
        basis=(*basis_of(report.rulebook, report.log_head), *frozen_basis(report.frozen)),
    )


def _sections(report: ScorecardReport) -> Iterator[Section]:
    yield Section("overview", "Tình hình chung", tuple(map(Words, _overview(report))))
    yield Section("ranked", "Đơn vị được xếp hạng", (_ranked(report.ranked),))
    if report.apart:
        yield Section("apart", "Đơn vị không xếp hạng", (_apart(report),))
    if report.months:
        yield Section("months", "Theo tháng của thời hạn", tuple(_months(report)))
    if report.frozen:
        yield Section("frozen", "So với số liệu đã chốt", frozen_blocks(report.frozen))
    heat = _heat(report, [month.first_on for month in _due(report)])
    if heat.data.rows:
        yield Section("heat", "Tỷ lệ đúng hạn theo đơn vị và tháng", (heat,), is_annex=True)
    yield Section("units", "Số liệu của từng đơn vị", (_units(report),), is_annex=True)


def _overview(report: ScorecardReport) -> Iterator[str]:
    total, rates = report.total, report.total.rates
    yield (
        f"{number(total.matrix.total)} phần việc của {number(report.tasks)} nhiệm vụ, giao cho "
        f"{number(len(report.units))} đơn vị; đã đến hạn {number(rates.due)}."
    )
    yield f"Hoàn thành / đến hạn: {share(rates.completed, rates.due)} = {percent(rates.completed_of_due)}"
    yield f"Đúng hạn / đến hạn: {share(rates.on_time, rates.due)} = {percent(rates.on_time_of_due)}"
    if total.lateness.count:
        yield (
            f"{number(total.lateness.count)} phần việc trễ hạn, bình quân "
            f"{decimal(total.lateness.average)} ngày, trung vị {decimal(total.lateness.median)} ngày."
        )


def _notes(report: ScorecardReport) -> Iterator[str]:
    yield "Mỗi phần việc tính một lần cho đơn vị chủ trì; việc giao chung tính một lần cho từng đơn vị."
    yield (
        "Đến hạn là số đã hoàn thành, đúng hạn hay muộn, và số quá hạn chưa xong; kết quả bị trả lại "
        "là chưa hoàn thành."
    )
    yield (
        "Xếp theo tỷ lệ đúng hạn, bằng nhau thì theo tỷ lệ hoàn thành; bằng cả hai thì đồng hạng và đứng "
        f"theo vần chữ cái. Đơn vị có dưới {number(report.least_due)} phần việc đến hạn không xếp hạng."
    )
    yield (
        "Đúng hạn hay trễ tính theo thời hạn hiện hành, số ngày trễ là ngày lịch; việc được gia hạn nêu ở "
        "cột riêng."
    )
    yield "Đơn vị thấy số liệu chưa đúng phản ánh với cơ quan theo dõi, đôn đốc kèm mã nhiệm vụ."


# --- units -------------------------------------------------------------------------------


def _ranked(units: Sequence[UnitScore]) -> Table:
    lines = [_ranked_row(unit) for unit in units]
    return Table(
        "ranked",
        "Xếp hạng theo tỷ lệ đúng hạn (trên số đến hạn)",
        RANKED,
        lines,
        nothing="Không có đơn vị nào đủ điều kiện.",
    )


def _ranked_row(unit: UnitScore) -> Row:
    rates, matrix = unit.score.rates, unit.score.matrix
    counts = (rates.due, matrix.done_on_time, matrix.done_late, matrix.open_late)
    return unit.rank, unit.name, *counts, rates.on_time_of_due, rates.completed_of_due, unit.score.extended


def _apart(report: ScorecardReport) -> Table:
    lines = [(unit.name, unit.score.rates.due, _why(unit, report.least_due)) for unit in report.apart]
    return Table("apart", "Đơn vị không xếp hạng, và vì sao", APART, lines)


def _why(unit: UnitScore, least_due: int) -> str:
    if unit.unranked is None or unit.unranked is Unranked.FEW_DUE:
        return f"có dưới {number(least_due)} phần việc đến hạn"
    return WHY[unit.unranked]


def _units(report: ScorecardReport) -> Table:
    lines: list[Row | Band] = []
    for label, units in (("Được xếp hạng", report.ranked), ("Không xếp hạng", report.apart)):
        if units:
            lines += [Band(f"{label}: {number(len(units))} đơn vị"), *map(_unit_row, units)]
    total = (None, "Cộng", *_figures(report.total), None)
    return Table("units", "Chấp hành thời hạn của từng đơn vị", UNITS, lines, total)


def _unit_row(unit: UnitScore) -> Row:
    return unit.rank, unit.name, *_figures(unit.score), unit.code


def _figures(score: Score) -> Row:
    matrix, rates, lateness = score.matrix, score.rates, score.lateness
    return (
        matrix.total,
        rates.due,
        matrix.done_on_time,
        matrix.done_late,
        matrix.open_late,
        matrix.total - rates.due,
        rates.on_time_of_due,
        rates.completed_of_due,
        decimal(lateness.average),
        decimal(lateness.median),
        score.extended,
        score.reminders,
        score.answered_of_given,
        score.returned,
        score.extensions,
    )


# --- months ------------------------------------------------------------------------------


def _months(report: ScorecardReport) -> Iterator[Block]:
    due = _due(report)
    if due:
        yield _chart([(_month(month.first_on), month.matrix) for month in due])
    lines = [(_month(month.first_on), *_month_figures(month.matrix)) for month in report.months]
    yield Table("months", "Phần việc có thời hạn hiện hành trong từng tháng", MONTHS, lines)


def _due(report: ScorecardReport) -> list[Month]:
    """Return the latest months in which something was due."""
    return [month for month in report.months if month.matrix.rates.due][-MOST_MONTHS:]


def _chart(months: Sequence[tuple[str, Matrix]]) -> Chart:
    rows = [(label, matrix.done_on_time, matrix.done_late, matrix.open_late) for label, matrix in months]
    says = "; ".join(f"{label}: {_in_words(matrix.rates)}" for label, matrix in months)
    table = Table("on-time", "Phần việc đến hạn theo tháng", CHART, rows)
    return Chart("on-time", "Đúng hạn, muộn và quá hạn theo tháng", ChartKind.STACKED, table, says)


def _in_words(rates: Rates) -> str:
    return f"đúng hạn {share(rates.on_time, rates.due)}"


def _heat(report: ScorecardReport, months: Sequence[date]) -> Chart:
    """Return unit by month, of the units with enough due to be read, in the order of the table above."""
    places = [place for place, month in enumerate(report.months) if month.first_on in set(months)]
    rates = {row.code: row.rates for row in report.heat}
    shown = [unit for unit in report.units if _is_telling(unit, report.least_due)]
    rows = [
        (unit.name, *(rates[unit.code][place].on_time_of_due for place in places))
        for unit in shown
        if unit.code in rates
    ]
    columns = (Column("Đơn vị", width=30), *(Column(_month(month), Kind.RATE, 11) for month in months))
    caption = "Tỷ lệ đúng hạn (trên số đến hạn) của đơn vị theo tháng"
    table = Table("heat", caption, columns, rows)
    says = f"{caption}: {number(len(rows))} đơn vị, {number(len(months))} tháng gần nhất có việc đến hạn."
    return Chart("heat", caption, ChartKind.HEAT, table, says)


def _is_telling(unit: UnitScore, least_due: int) -> bool:
    return unit.score.rates.due >= least_due or unit.unranked is Unranked.FILTERED


def _month_figures(matrix: Matrix) -> Row:
    rates = matrix.rates
    counts = (matrix.total, rates.due, matrix.done_on_time, matrix.done_late, matrix.open_late)
    return *counts, rates.on_time_of_due, rates.completed_of_due


def _month(first_on: date) -> str:
    return f"{first_on:%m/%Y}"
