"""Which pictures does the overdue report draw over time?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.overdue import WORST, HeatRow, Month
from reports.paper import Chart, ChartKind, Column, Kind, Row, Table
from reports.vietnamese import number

MONTHS = (
    Column("Tháng của thời hạn", width=14),
    Column("Đúng hạn", Kind.NUMBER),
    Column("Muộn", Kind.NUMBER),
    Column("Quá hạn, chưa xong", Kind.NUMBER),
)
MOST_MONTHS = 12
MOST_HEAT_MONTHS = 8


def month_chart(months: Sequence[Month]) -> Chart:
    """Return what fell due by month: on time, late, overdue; what is long past stands in one line."""
    earlier, shown = months[:-MOST_MONTHS], months[-MOST_MONTHS:]
    lines = [_month(f"{month.first_on:%m/%Y}", [month]) for month in shown]
    if earlier:
        lines.insert(0, _month(f"Trước {shown[0].first_on:%m/%Y}", earlier))
    total = _month("Cộng", months)
    table = Table("months", "Số phần việc đến hạn, theo tháng của thời hạn hiện hành", MONTHS, lines, total)
    says = "; ".join(
        f"{label}: {number(on_time)} đúng hạn, {number(late)} muộn, {number(overdue)} quá hạn"
        for label, on_time, late, overdue in lines
    )
    return Chart("months", "Việc đến hạn theo tháng", ChartKind.STACKED, table, f"{says}.")


def heat_chart(rows: Sequence[HeatRow]) -> Chart:
    """Return how many overdue shares of the ten worst units were due in which month."""
    worst = rows[:WORST]
    months = sorted({month for row in worst for month, _ in row.by_month})
    earlier, shown = months[:-MOST_HEAT_MONTHS], months[-MOST_HEAT_MONTHS:]
    columns = [Column("Cơ quan chủ trì", width=24)]
    columns += [Column(f"Trước {shown[0]:%m/%Y}", Kind.NUMBER, 8)] if earlier else []
    columns += [Column(f"{month:%m/%Y}", Kind.NUMBER, 8) for month in shown]
    lines: list[Row] = [(row.name, *_heat(row, earlier, shown)) for row in worst]
    caption = "Số phần việc quá hạn, theo cơ quan và tháng của thời hạn; cơ quan có nhiều nhất xếp trước"
    table = Table("heat", caption, tuple(columns), lines)
    says = "; ".join(f"{row.name}: {number(sum(count for _, count in row.by_month))}" for row in worst)
    return Chart("heat", "Quá hạn theo cơ quan và tháng", ChartKind.HEAT, table, f"{says} phần việc quá hạn.")


def _month(label: str, months: Sequence[Month]) -> tuple[str, int, int, int]:
    return (
        label,
        sum(month.done_on_time for month in months),
        sum(month.done_late for month in months),
        sum(month.open_late for month in months),
    )


def _heat(row: HeatRow, earlier: Sequence[date], shown: Sequence[date]) -> list[int]:
    counts = dict(row.by_month)
    before = [sum(counts.get(month, 0) for month in earlier)] if earlier else []
    return before + [counts.get(month, 0) for month in shown]
