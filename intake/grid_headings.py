"""Where in a grid do the headings of a table stand, below titles and over one to four rows?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.grid_lines import Span
from intake.headings import Column, columns_of, combined, is_known, joined_name, looks_like_headings
from intake.source import Cell, Grid
from intake.words import cleaned

MAX_HEADING_ROWS = 4


@dataclass(frozen=True, slots=True)
class Headings:
    """Headings in a grid: the first row, how many rows, and the columns they name."""

    row: int
    depth: int
    names: tuple[str, ...]
    spans: tuple[Span, ...]


def starts_of(grid: Grid) -> Iterator[Headings]:
    """Yield the headings of each table of a grid; those of the first repeated later are left out."""
    known: list[tuple[str, ...]] = []
    row = 0
    while row < len(grid.rows):
        headings = _headings_at(grid, row)
        if headings is None or (known and not _is_plain(headings)):
            row += 1
            continue
        row += headings.depth
        if not any(same_names(headings.names, names) for names in known[-1:]):
            known.append(headings.names)
            yield headings


def _headings_at(grid: Grid, row: int) -> Headings | None:
    """Return the headings that begin in `row`, over as many rows as say the most."""
    cells = distinct(grid.rows[row])
    texts = [cell.text for cell in cells if cell.text.strip()]
    if len(texts) < 2 or any(re.match(r"\W*\d", cleaned(text)) for text in texts):
        return None
    depth = max(_ends(grid, row, cell) for cell in cells if cell.text.strip()) - row
    if any(cell.row < row for cell in cells) or depth > MAX_HEADING_ROWS:
        return None
    tries = [headings_in(grid, row, depth)] if depth > 1 else [headings_in(grid, row, 1), _spread(grid, row)]
    good = [headings for headings in tries if headings and looks_like_headings(headings.names)]
    return max(good, key=lambda headings: len(columns_of(headings.names)), default=None)


def headings_in(grid: Grid, row: int, depth: int) -> Headings:
    """Return the headings that the drawn rows give: a cell over others gives its name to each."""
    lowest = grid.rows[row + depth - 1]
    spans = _spans(lowest)
    levels = [[grid.rows[r][span.start].text for r in range(row, row + depth)] for span in spans]
    cells = [[grid.rows[r][span.start] for r in range(row, row + depth)] for span in spans]
    once = [
        [cell.text for cell in dict.fromkeys(column)] if len(set(column)) > 1 else [texts[0]]
        for column, texts in zip(cells, levels, strict=True)
    ]
    return Headings(row, depth, tuple(map(joined_name, once)), spans)


def _spread(grid: Grid, row: int) -> Headings | None:
    """Return the headings of two rows that nothing joins: "Cơ quan" over "Chủ trì" and "Phối hợp"."""
    if row + 1 >= len(grid.rows):
        return None
    spans = _spans(grid.rows[row + 1])
    below = [grid.rows[row + 1][span.start] for span in spans]
    above = [grid.rows[row][span.start] for span in spans]
    if any(cell.row <= row for cell in below) or not any(cleaned(cell.text) for cell in below):
        return None
    texts = [cell.text for cell in above]
    over = [
        text if cell.column == span.start else ""
        for text, cell, span in zip(texts, above, spans, strict=True)
    ]
    names = combined(over, [cell.text for cell in below])
    named = [name for name, cell in zip(names, below, strict=True) if cleaned(cell.text)]
    return Headings(row, 2, names, spans) if all(map(is_known, named)) else None


def _is_plain(headings: Headings) -> bool:
    """Return whether headings inside a table are so clear that a new table begins with them."""
    names = [name for name in headings.names if cleaned(name)]
    columns = columns_of(names)
    return len(columns) >= 3 and sum(map(is_known, names)) >= len(names) - 1 and Column.TEXT in columns


def _spans(row: Sequence[Cell]) -> tuple[Span, ...]:
    """Return the columns from and to which each cell of a row reaches."""
    starts = [at for at, cell in enumerate(row) if at == 0 or cell != row[at - 1]]
    return tuple(Span(start, end) for start, end in zip(starts, [*starts[1:], len(row)], strict=True))


def distinct(row: Sequence[Cell]) -> list[Cell]:
    return [row[span.start] for span in _spans(row)]


def _ends(grid: Grid, row: int, cell: Cell) -> int:
    """Return the row below the last one that a cell covers."""
    end = row + 1
    while end < len(grid.rows) and grid.rows[end][cell.column] == cell:
        end += 1
    return end


def same_names(one: Sequence[str], other: Sequence[str]) -> bool:
    return [cleaned(name).lower() for name in one] == [cleaned(name).lower() for name in other]
