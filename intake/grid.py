"""Which tables of a file assign work, and which words stand around them?

The readers give grids as they are drawn. Here the headings are found (below title rows,
over one to three rows, repeated on later pages), merged cells count for every row they
cover, tables that go on over pages become one, and everything else is text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from intake.annex import RawTable
from intake.cut_rows import whole_rows
from intake.grid_headings import Headings, distinct, headings_in, same_names, starts_of
from intake.grid_lines import GridLine, Placed, Span, lines_of
from intake.headings import Column, columns_of
from intake.rows import is_running_number
from intake.sections import bare_number, is_section_number, section_of, title_above
from intake.source import Cell, Grid, SourceDocument
from intake.table import numbers_columns
from intake.words import cleaned

_PAGE = re.compile(r"(?:trang|tr\.?)?\s*[-–]?\s*\d{1,4}(?:\s*/\s*\d{1,4})?\s*[-–]?", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:nơi nhận|ghi chú\s*:|tổng (?:cộng|số)|tm\.|kt\.|tl\.|người lập|lập bi?ểu|thủ trưởng|\(\*|\*)",
    re.IGNORECASE,
)


class Parts(NamedTuple):
    """The tables of a file, all text outside of them, and what of it stands before the first one."""

    tables: list[RawTable]
    around: list[str]
    before: list[str]


@dataclass(slots=True)
class _Table:
    """A table being read, which may go on in the next grid."""

    label: str
    headings: Headings
    width: int
    rows_seen: set[tuple[str, ...]]
    lines: list[GridLine] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)  # words between its pages


def tables_of(document: SourceDocument) -> Parts:
    """Return the tables whose headings are known, with the words around them in their order.

    When no table has known headings, one that looks like a list of numbered rows is
    returned all the same, so that its headings can be named in the refusal.
    """
    found: list[_Table | str] = []
    for block in document.blocks:
        if isinstance(block, str):
            found += block.split("\n")
        elif (going_on := _going_on(block, *_last_table(found))) is not None:
            while isinstance(found[-1], str):
                found.pop()
            found += going_on
        else:
            found += _parts(block)
    if not any(isinstance(part, _Table) for part in found):
        found += [table for block in document.blocks if isinstance(block, Grid) for table in _unnamed(block)]
    tables, around, before = list[RawTable](), list[str](), list[str]()
    above: list[str] = []
    for part in found:
        if isinstance(part, str):
            around.append(part)
            above.append(part)
            continue
        before = before if tables else list(around)
        table, tail = _finished(part)
        tables.append(replace(table, captions=_captions(above)))
        around += tail
        above = []
    return Parts(tables, around, before if tables else list(around))


def words_of(grid: Grid, rows: Iterable[int] | None = None) -> list[str]:
    """Return the lines of the cells of a grid, each cell once, row by row."""
    seen: set[tuple[int, int]] = set()
    words: list[str] = []
    for row in rows if rows is not None else range(len(grid.rows)):
        for cell in grid.rows[row]:
            if (cell.row, cell.column) not in seen:
                seen.add((cell.row, cell.column))
                words += [line for line in cell.text.split("\n") if line.strip()]
    return words


# --- where tables begin and go on ----------------------------------------------------------


def _parts(grid: Grid) -> list[_Table | str]:
    """Return the tables of one grid, and as texts the rows above the first of them."""
    starts = list(starts_of(grid))
    if not starts:
        return ["", *words_of(grid), ""]
    parts: list[_Table | str] = [*words_of(grid, range(starts[0].row)), ""]
    ends = [*(start.row for start in starts[1:]), len(grid.rows)]
    for start, end in zip(starts, ends, strict=True):
        last = end
        while end < len(grid.rows) and last > start.row + start.depth and _is_title(grid.rows[last - 1]):
            last -= 1
        table = _Table(grid.label, start, grid.width, set())
        _read_into(table, grid, start.row, last)
        parts.append(table)
        parts += words_of(grid, range(last, end))
    return parts


def _is_title(row: Sequence[Cell]) -> bool:
    """Return whether a row above the headings of the next table belongs to that one: words in one cell."""
    return sum(bool(cleaned(cell.text)) for cell in distinct(row)) < 2


def _captions(above: Sequence[str]) -> tuple[str, ...]:
    """Return the numbered titles that stand directly above a table, in their order."""
    titles: list[str] = []
    for line in reversed([line for line in map(cleaned, above) if line and not _PAGE.fullmatch(line)]):
        if title_above(line) is None:
            break
        titles.insert(0, line)
    return tuple(titles)


def _going_on(grid: Grid, table: _Table | None, between: Sequence[str]) -> list[_Table | str] | None:
    """Return what is left over of a grid that continues `table`, or None when it does not.

    Titles of sections may stand between two parts without headings, and other words where
    the rows count on.
    """
    if table is None or not grid.rows:
        return None
    starts = list(starts_of(grid))
    if starts and (between or starts[0].row > 1 or not same_names(starts[0].names, table.headings.names)):
        return None
    if not starts and not _continues(grid, table):
        return None
    if starts and _begins_anew(grid, starts[0], table):
        return None
    if between:
        titles = _captions(between)
        aside = between[: len(between) - len(titles)]
        if aside and not _counts_on(grid, table, aside):
            return None
        blank = (Placed(),) * len(table.headings.spans)
        table.lines += [GridLine(-1, blank, (title,)) for title in titles]
        table.aside += aside
    end = starts[1].row if len(starts) > 1 else len(grid.rows)
    _read_into(table, grid, 0, end, starts[0].spans if starts else None)
    if len(starts) < 2:
        return []
    return [part for part in _parts(_below(grid, end)) if isinstance(part, _Table)]


def _continues(grid: Grid, table: _Table) -> bool:
    """Return whether a grid without headings has the columns of `table` and counts on."""
    columns, width = columns_of(table.headings.names), len(table.headings.spans)
    rows = [distinct(row) for row in grid.rows]
    fits = grid.width == table.width or 2 * sum(len(row) == width for row in rows) > len(rows)
    if not fits or Column.DEADLINE not in columns:
        return False
    first = next((cells for cells in rows if any(cell.text.strip() for cell in cells)), ())
    opening = cleaned(first[0].text) if first else ""
    is_merged = sum(bool(cell.text.strip()) for cell in first) == 1
    return bool(first) and (
        is_merged or not opening or is_running_number(opening) or is_section_number(opening)
        or columns.get(Column.NUMBER) != 0
    )  # fmt: skip


def _begins_anew(grid: Grid, start: Headings, table: _Table) -> bool:
    """Return whether rows below repeated headings count from 1 again, so that they are another list.

    On a later page of one list that happens only behind the title of a section.
    """
    place = columns_of(start.names).get(Column.NUMBER)
    if place is None or not table.lines or table.lines[-1].merged or section_of(table.lines[-1].cells):
        return False
    lines = lines_of(grid, start.row + start.depth, len(grid.rows), start.spans)
    first = next((line for line in lines if not line.is_blank and not numbers_columns(line.cells)), None)
    last = next((line.cells[place] for line in reversed(table.lines) if cleaned(line.cells[place])), "")
    return first is not None and bare_number(cleaned(first.cells[place])) == "1" and is_running_number(last)


def _counts_on(grid: Grid, table: _Table, between: Sequence[str]) -> bool:
    """Return whether a grid begins with the next number of `table`, and no signature stands between."""
    place = columns_of(table.headings.names).get(Column.NUMBER)
    if place is None or any(_TAIL.match(line) for line in between):
        return False
    numbers = (bare_number(cleaned(line.cells[place])) for line in reversed(table.lines))
    last = next((int(number) for number in numbers if number.isdecimal()), 0)
    rows = (distinct(row) for row in grid.rows)
    opening = (bare_number(cleaned(cells[place].text)) for cells in rows if place < len(cells))
    first = next((int(number) for number in opening if number.isdecimal()), 0)
    return 0 < last == first - 1


def _last_table(found: Sequence[_Table | str]) -> tuple[_Table | None, list[str]]:
    """Return the table to which the next grid may belong, and the words between without page numbers."""
    between: list[str] = []
    for part in reversed(found):
        if isinstance(part, _Table):
            return part, between[::-1]
        if part.strip() and not _PAGE.fullmatch(cleaned(part)):
            between.append(cleaned(part))
    return None, []


def _below(grid: Grid, row: int) -> Grid:
    """Return the grid from `row` on."""
    rows = tuple(
        tuple(Cell(c.text, max(c.row - row, 0), c.column, c.is_revised) for c in cells)
        for cells in grid.rows[row:]
    )
    return Grid(rows, grid.label, frozenset(r - row for r in grid.page_starts if r >= row))


def _unnamed(grid: Grid) -> Iterator[_Table]:
    """Yield a table whose headings nobody knows but whose rows are numbered."""
    for row, (cells, below) in enumerate(zip(grid.rows, grid.rows[1:], strict=False)):
        names = [cell.text for cell in distinct(cells)]
        if len(names) >= 3 and all(map(cleaned, names)) and is_running_number(below[0].text):
            yield _Table(grid.label, headings_in(grid, row, 1), grid.width, set())
            return


# --- rows ----------------------------------------------------------------------------------


def _read_into(
    table: _Table, grid: Grid, first: int, end: int, spans: tuple[Span, ...] | None = None
) -> None:
    """Add the rows of a grid to a table, without its headings wherever they are repeated."""
    headings, opens_page = table.headings, bool(table.lines)
    if not table.rows_seen:
        rows = range(headings.row, headings.row + headings.depth)
        table.rows_seen |= {_words(grid.rows[row]) for row in rows}
        first = headings.row + headings.depth
    follows_headings = not table.lines
    for line in lines_of(grid, first, end, spans or headings.spans):
        is_count = follows_headings and numbers_columns(line.cells)
        if is_count or _repeats(grid.rows[line.row], table):
            opens_page, follows_headings = opens_page or bool(table.lines), True
            continue
        table.lines.append(replace(line, opens_page=line.opens_page or opens_page))
        opens_page = follows_headings = False


def _repeats(row: Sequence[Cell], table: _Table) -> bool:
    """Return whether a row holds the words of a row of headings; most differ in their first cell."""
    first = _key(row[0].text)
    return any(words[0] == first for words in table.rows_seen) and _words(row) in table.rows_seen


def _words(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(_key(cell.text) for cell in distinct(row))


def _key(text: str) -> str:
    return cleaned(text).lower()


def _finished(table: _Table) -> tuple[RawTable, list[str]]:
    """Return the table with its rows made whole, and the words that stand below it in the same grid."""
    names = table.headings.names
    lines, tail = _without_tail(table.lines, names)
    rows = whole_rows(lines, names)
    return RawTable(0, names, tuple(rows), label=table.label), [*table.aside, *tail]


def _without_tail(lines: Sequence[GridLine], names: Sequence[str]) -> tuple[Sequence[GridLine], list[str]]:
    """Return the rows of a table without notes and signatures written below it."""
    place = columns_of(names, [line.cells for line in lines]).get(Column.NUMBER)
    numbered = [at for at, line in enumerate(lines) if place is None or is_running_number(line.cells[place])]
    start = (numbered[-1] + 1 if place is not None else 0) if numbered else 0
    for at in range(start, len(lines)):
        text = next((cell for cell in map(cleaned, lines[at].cells) if cell), "")
        is_apart = at > 0 and not text and numbered and place is not None
        if is_apart or _TAIL.match(text):
            words = [part for line in lines[at:] for cell in line.cells for part in cell.split("\n")]
            return lines[:at], [word for word in words if word.strip()]
    return lines, []
