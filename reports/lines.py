"""Which lines of a table does a page show, and how far has a long table come?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from reports.paper import Band, Column, Row, Table
from reports.vietnamese import number

Tell = Callable[[str], None]
Line = TypeVar("Line")
LONG = 1000  # lines from which on a table says how far it has come
TIMES = 50
GROUP = Column("Nhóm", width=40)


def for_page(table: Table) -> Table:
    """Return the table without the columns only a spreadsheet has room for."""
    kept = [index for index, column in enumerate(table.columns) if not column.is_wide_only]
    if len(kept) == len(table.columns):
        return table

    def narrow(row: Row) -> Row:
        return tuple(row[index] for index in kept)

    return replace(
        table,
        columns=tuple(table.columns[index] for index in kept),
        lines=[line if isinstance(line, Band) else narrow(line) for line in table.lines],
        total=None if table.total is None else narrow(table.total),
    )


def told(lines: Sequence[Line], tell: Tell) -> Iterator[Line]:
    """Yield `lines`, telling of long tables how many are done: "1.200/5.000 dòng"."""
    step = max(len(lines) // TIMES, 1)
    for index, line in enumerate(lines):
        if len(lines) >= LONG and index % step == 0:
            tell(f"{number(index)}/{number(len(lines))} dòng")
        yield line


def ungrouped(table: Table) -> Table:
    """Return the table with the group of a row in its first column, to sort and filter by."""
    if len(table.rows) == len(table.lines):
        return table
    total = None if table.total is None else ("", *table.total)
    return replace(table, columns=(GROUP, *table.columns), lines=list(_grouped(table.lines)), total=total)


def _grouped(lines: Sequence[Row | Band]) -> Iterator[Row]:
    label = None
    for line in lines:
        if isinstance(line, Band):
            label = line.label
        else:
            yield (label, *line)
