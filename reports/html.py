"""What does the overdue report look like as a page?

One self-contained file: no script, no remote font or image, readable on a telephone, in
black and white on paper, and by a screen reader. The template arranges, this module
prepares; neither counts anything.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from engine.compliance import Matrix, OverdueReport, UnitRow
from engine.status import Timeliness
from reports import vietnamese
from reports.layout import by_task, matrix_lines, without_private_numbers

SHOWN_UNITS = 20
BAR_WIDTH = 1000  # units of the drawing, not pixels: bars stretch with their cell


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a stacked bar, in units of the drawing."""

    cell: Timeliness
    x: float
    width: float


def as_html(report: OverdueReport) -> str:
    """Return the report as a complete page in HTML."""
    report = without_private_numbers(report)
    groups = by_task(report.rows)
    page = _template().render(
        report=report,
        matrix=matrix_lines(report.matrix),
        bar=due_bar(report.matrix),
        ageing=[(age, Fraction(age.count, len(report.rows) or 1)) for age in report.ageing],
        longest_bar=max((age.count for age in report.ageing), default=0) or 1,
        worst_units=[(unit, due_bar(unit.matrix)) for unit in report.units[:SHOWN_UNITS]],
        other_units=[(unit, due_bar(unit.matrix)) for unit in report.units[SHOWN_UNITS:]],
        late_units=_late(report.units),
        groups=groups,
        remarks=[remark for remark in report.data_quality if not remark.is_question],
        questions=[remark for remark in report.data_quality if remark.is_question],
        bar_width=BAR_WIDTH,
    )
    return unicodedata.normalize("NFC", page.strip() + "\n")


def due_bar(matrix: Matrix) -> list[Segment]:
    """Return what fell due as a stacked bar over the full width: on time, late, overdue."""
    segments, x = [], 0.0
    for cell in (Timeliness.DONE_ON_TIME, Timeliness.DONE_LATE, Timeliness.OPEN_LATE):
        count = getattr(matrix, cell.value)
        if count:
            width = BAR_WIDTH * count / matrix.rates.due
            segments.append(Segment(cell, round(x, 2), round(width, 2)))
            x += width
    return segments


def _late(units: Sequence[UnitRow]) -> list[UnitRow]:
    return [unit for unit in units if unit.matrix.open_late]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_filters())
    return environment.get_template("overdue.html.j2")


def _filters() -> dict[str, Any]:
    names = (
        "number",
        "percent",
        "day",
        "moment",
        "ageing",
        "reminded",
        "due_notes",
        "dues",
        "reminded_in_all",
    )
    return {
        **{name: getattr(vietnamese, name) for name in names},
        "status": vietnamese.STATUS.__getitem__,
        "cell": vietnamese.CELL.__getitem__,
    }
