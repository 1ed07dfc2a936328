"""What stands in the cells of the overdue report when a spreadsheet opens it?

Titles come out of documents that anybody may have written: no cell holds a character that
reorders or hides what is read, none outgrows what Excel takes, and whatever a spreadsheet
would evaluate is known as such, so that every format can keep it a text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from engine.compliance import OverdueReport, OverdueRow
from engine.model import HANOI
from reports.layout import without_private_numbers
from reports.plain import MAX_LENGTH, looks_like_formula, plain
from reports.vietnamese import LEVEL, STATUS

Row = TypeVar("Row")
__all__ = ["COLUMNS", "MAX_LENGTH", "Column", "Row", "for_cells", "looks_like_formula", "plain"]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A heading, what stands below it for one row, and how many letters wide it is shown."""

    heading: str
    value: Callable[[Row], object]
    width: int


COLUMNS: tuple[Column[OverdueRow], ...] = (
    Column("Mã nhiệm vụ", lambda row: row.task, 14),
    Column("Nhiệm vụ", lambda row: row.title, 60),
    Column("Mã đơn vị", lambda row: row.unit, 11),
    Column("Đơn vị chủ trì", lambda row: row.unit_name, 28),
    Column("Văn bản giao", lambda row: row.document, 32),
    Column("Hạn gốc", lambda row: row.original_due_on, 12),
    Column("Thời hạn hiện hành", lambda row: row.due_on, 12),
    Column("Tính trễ sau ngày", lambda row: row.effective_due_on, 12),
    Column("Số ngày quá hạn", lambda row: row.days_late, 10),
    Column("Số lần gia hạn", lambda row: row.extensions, 10),
    Column("Tình trạng", lambda row: STATUS[row.status], 22),
    Column("Số lần đôn đốc", lambda row: row.reminders, 10),
    Column("Đã đôn đốc đến cấp", lambda row: LEVEL.get(row.level, ""), 18),
    Column("Đôn đốc gần nhất", lambda row: _last_reminded_on(row), 12),
)


def for_cells(report: OverdueReport) -> OverdueReport:
    """Return the report as it may be handed on in cells.

    The words of plans are cleaned before telephones are looked for: a number split by an
    invisible character must not come together again afterwards.
    """
    rows = (replace(row, title=plain(row.title), document=plain(row.document)) for row in report.rows)
    remarks = (replace(one, message=plain(one.message)) for one in report.data_quality)
    documents = tuple(map(plain, report.documents))
    return without_private_numbers(
        replace(report, rows=tuple(rows), documents=documents, data_quality=tuple(remarks))
    )


def _last_reminded_on(row: OverdueRow) -> date | str:
    return row.last_reminded_at.astimezone(HANOI).date() if row.last_reminded_at else ""
