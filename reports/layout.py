"""Which lines does every printed form of the overdue report share?

Text and page arrange them differently; what stands in them is decided once, here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.compliance import Matrix, OverdueReport, OverdueRow
from engine.masking import masked
from engine.status import Timeliness
from reports.vietnamese import CELL


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One line of the official matrix; a cell that cannot occur is None."""

    label: str
    in_time: int | None
    late: int | None
    total: int
    cells: tuple[Timeliness, ...] = ()  # what `in_time` and `late`, or `total` alone, count


def without_private_numbers(report: OverdueReport) -> OverdueReport:
    """Return the report as it may be handed on: telephones and accounts in the words of plans left out."""
    rows = (replace(row, title=masked(row.title), document=masked(row.document)) for row in report.rows)
    doubts = (replace(doubt, message=masked(doubt.message)) for doubt in report.data_quality)
    documents = tuple(map(masked, report.documents))
    return replace(report, rows=tuple(rows), documents=documents, data_quality=tuple(doubts))


def matrix_lines(matrix: Matrix) -> tuple[MatrixLine, ...]:
    """Return the lines of the matrix, the last one being the sum of those above."""
    cell = Timeliness
    done = (cell.DONE_ON_TIME, cell.DONE_LATE)
    still_open = (cell.OPEN_IN_TIME, cell.OPEN_LATE)
    in_time, late = matrix.done_on_time + matrix.open_in_time, matrix.done_late + matrix.open_late
    return (
        MatrixLine("Đã hoàn thành", matrix.done_on_time, matrix.done_late, matrix.done, done),
        MatrixLine("Chưa hoàn thành", matrix.open_in_time, matrix.open_late, matrix.still_open, still_open),
        MatrixLine(CELL[cell.NO_DEADLINE], None, None, matrix.no_deadline, (cell.NO_DEADLINE,)),
        MatrixLine(
            CELL[cell.AWAITING_DECISION], None, None, matrix.awaiting_decision, (cell.AWAITING_DECISION,)
        ),
        MatrixLine("Cộng", in_time, late, matrix.total),
    )


def by_task(rows: Iterable[OverdueRow]) -> list[tuple[OverdueRow, ...]]:
    """Return `rows` gathered by task, in the order of each task's longest overdue row."""
    groups: dict[str, list[OverdueRow]] = {}
    for row in rows:
        groups.setdefault(row.task, []).append(row)
    return [tuple(group) for group in groups.values()]
