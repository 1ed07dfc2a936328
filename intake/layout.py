"""Where do tables stand in a text, and where does one row end and the next begin?

Blank lines are a hint only: Word writes one after each row, but a cell may hold an empty
paragraph too, and an edited copy may have lost some. Cells are counted against the
headings, and a running number, a roman number or an empty first cell opens a row.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from intake.annex import RawRow, RawTable
from intake.headings import Column, columns_of, looks_like_headings, spread_headings
from intake.rows import is_running_number
from intake.sections import is_section_number
from intake.tabbed import BREAK
from intake.words import cleaned

_CELL = re.compile(r"[ \u00a0\ufeff]*\t(.*)", re.DOTALL)
MIN_CELLS = 3


@dataclass(frozen=True, slots=True)
class Region:
    """A table with the lines it covers, from 1, both included."""

    first: int
    last: int
    table: RawTable


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of cells that may be a row; for headings, how many cells and lines they take."""

    line: int
    cells: tuple[str, ...]
    count: int
    last: int


@dataclass(slots=True)
class _Cell:
    """One cell: its lines by number; `after_gap` says a blank line stands before it."""

    line: int
    after_gap: bool
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def raw(self) -> str:
        return "\n".join(text for _, text in self.lines).rstrip("\n")

    @property
    def last(self) -> int:
        return self.lines[-1][0]

    def before_gap(self) -> _Cell:
        """Return the cell up to its first blank line."""
        kept: list[tuple[int, str]] = []
        for number, text in self.lines:
            if kept and not text.strip():
                break
            kept.append((number, text))
        return _Cell(self.line, self.after_gap, kept)


def regions_of(lines: Sequence[str]) -> list[Region]:
    """Return the tables whose headings are known, in the order they stand."""
    starts = list(_headings(lines))
    ends = [*(start.line for start in starts[1:]), len(lines) + 1]
    found = zip(starts, ends, strict=False)
    return _without_repeats([_region(lines, start, end) for start, end in found])


def unnamed_table(lines: Sequence[str]) -> RawTable | None:
    """Return the first table followed by a numbered row, whatever its headings say."""
    for block, row in itertools.pairwise(_blocks(lines)):
        if min(len(block.cells), len(row.cells)) >= MIN_CELLS and is_running_number(row.cells[0]):
            return RawTable(block.line, block.cells)
    return None


def _headings(lines: Sequence[str]) -> Iterator[_Block]:
    """Yield the rows of headings, two rows as one where the second only divides the first."""
    no_block = _Block(len(lines) + 1, (), 0, len(lines))
    taken = 0
    for block, below in itertools.pairwise(itertools.chain(_blocks(lines), [no_block])):
        if block.line <= taken or not looks_like_headings(block.cells):
            continue
        spread = spread_headings(block.cells, below.cells)
        if spread is not None:
            taken = below.line
            yield _Block(block.line, spread, block.count + below.count, below.last)
        else:
            yield block


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    """Yield each run of cells without a blank line, and each line with tabs inside, as one row."""
    run: list[_Cell] = []
    for number, line in enumerate(lines, start=1):
        is_flat = _is_flat(line)
        cell = None if is_flat else _CELL.match(line)
        if cell:
            run.append(_Cell(number, False, [(number, cell[1])]))
        elif run and line.strip() and not is_flat:
            run[-1].lines.append((number, line))
        else:
            yield from _closed(run)
            run = []
        if is_flat:
            cells = tuple(line.split("\t"))
            yield _Block(number, cells, len(cells), number)
    yield from _closed(run)


def _closed(run: Sequence[_Cell]) -> Iterator[_Block]:
    """Yield a run of cells; without blank lines in the table, its headings end at the first number."""
    cells = tuple(cell.raw for cell in run)
    numbered = (at for at, text in enumerate(cells) if is_running_number(text) or is_section_number(text))
    cut = next(numbered, len(cells))
    if not (cut >= MIN_CELLS and looks_like_headings(cells[:cut])):
        cut = len(cells)
    if run:
        yield _Block(run[0].line, cells[:cut], cut, run[cut - 1].last)


def _is_flat(line: str) -> bool:
    """Return whether a line holds a whole row: tabs between cells that hold something."""
    return "\t" in line.strip(" \u00a0\t\ufeff")


def _region(lines: Sequence[str], start: _Block, end: int) -> Region:
    return (_flat_region if _is_flat(lines[start.line - 1]) else _cell_region)(lines, start, end)


# --- one row a line --------------------------------------------------------------------


def _flat_region(lines: Sequence[str], start: _Block, end: int) -> Region:
    """Return a table of one row a line; it ends at the first paragraph after a blank line."""
    rows: list[RawRow] = []
    first, last, headings = start.line, start.last, start.cells
    last_row = max((number for number in range(first, end) if "\t" in lines[number - 1]), default=first)
    for number in range(start.last + 1, end):
        line = lines[number - 1]
        if "\t" in line:
            rows.append(RawRow(number, _padded(line, len(headings))))
        elif line.strip() and last == number - 1 and rows:
            rows[-1] = RawRow(
                rows[-1].line, (*rows[-1].cells[:-1], f"{rows[-1].cells[-1]}\n{line}".strip("\n"))
            )
        elif line.strip() and number > last_row:
            break
        elif line.strip():
            rows.append(RawRow(number, (line,)))
        last = number if line.strip() else last
    names = tuple(_unquoted(heading).replace(BREAK, "\n") for heading in headings)
    starts = (0, *itertools.accumulate(len(heading) + 1 for heading in headings))
    places = tuple((first, start + 1) for start in starts[:-1])
    return Region(first, last, RawTable(first, names, tuple(rows), places))


def _padded(line: str, width: int) -> tuple[str, ...]:
    """Return the cells of a line; blank cells at its end are often lost in editing."""
    cells = [_unquoted(cell).replace(BREAK, "\n") for cell in line.split("\t")]
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return tuple(cells + [""] * (width - len(cells)))


def _unquoted(cell: str) -> str:
    """Return a cell without the quotes a spreadsheet adds around it."""
    text = cell.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1].replace('""', ""):
        return text[1:-1].replace('""', '"')
    return cell


# --- one cell a line -------------------------------------------------------------------


def _cell_region(lines: Sequence[str], start: _Block, end: int) -> Region:
    headings, cells = start.cells, list(_cells(lines, start.line, end))
    opener, rest = cells[: start.count], cells[start.count :]
    groups = _trimmed(_grouped(rest, headings), headings)
    if groups:
        groups[-1][-1] = groups[-1][-1].before_gap()
    last = groups[-1][-1].last if groups else opener[-1].before_gap().last
    rows = tuple(RawRow(group[0].line, tuple(cell.raw for cell in group)) for group in groups)
    places = tuple((cell.line, 2) for cell in opener) if start.count == len(headings) else ()
    return Region(start.line, last, RawTable(start.line, headings, rows, places))


def _cells(lines: Sequence[str], first: int, end: int) -> Iterator[_Cell]:
    """Yield the cells of a table; a line without a tab continues the cell above, blank ones included."""
    cell: _Cell | None = None
    for number in range(first, end):
        line = lines[number - 1]
        opening = _CELL.match(line)
        if opening is None:
            if cell is not None:
                cell.lines.append((number, line))
            continue
        if cell is not None:
            yield cell
        gap = cell is not None and len(cell.lines) > 1 and not cell.lines[-1][1].strip()
        cell = _Cell(number, gap, [(number, opening[1])])
    if cell is not None:
        yield cell


def _grouped(cells: Sequence[_Cell], headings: tuple[str, ...]) -> list[list[_Cell]]:
    """Return the cells row by row."""
    width, opens_with_number = len(headings), columns_of(headings).get(Column.NUMBER) == 0
    has_gaps = any(cell.after_gap for cell in cells[1:])
    rows: list[list[_Cell]] = []
    for cell, run in zip(cells, _run_lengths(cells), strict=True):
        row = rows[-1] if rows else []
        if not row or _opens_row(cell, row, width, run, opens_with_number, has_gaps):
            rows.append([cell])
        else:
            row.append(cell)
    return rows


def _opens_row(
    cell: _Cell, row: Sequence[_Cell], width: int, run: int, opens_with_number: bool, has_gaps: bool
) -> bool:
    """Return whether `cell` begins a row; `run` counts the cells from it to the next blank line."""
    text, is_full = cleaned(cell.raw), len(row) >= width
    is_mark = opens_with_number and (is_running_number(text) or is_section_number(text))
    follows_section = len(row) == 2 and is_section_number(row[0].raw) and bool(cleaned(row[1].raw))
    if is_full:
        return cell.after_gap or is_mark or not has_gaps
    if follows_section and (is_mark or (cell.after_gap and not text)):
        return True
    if not cell.after_gap:
        return False
    return is_mark or (run == width and (not opens_with_number or not text))


def _run_lengths(cells: Sequence[_Cell]) -> list[int]:
    """Return for each cell how many stand from it up to the next blank line."""
    lengths: list[int] = []
    follows_gap = True
    for cell in reversed(cells):
        lengths.append(1 if follows_gap else lengths[-1] + 1)
        follows_gap = cell.after_gap
    return lengths[::-1]


def _trimmed(groups: list[list[_Cell]], headings: tuple[str, ...]) -> list[list[_Cell]]:
    """Return the rows without what follows the table, such as the block for the signature."""
    if Column.NUMBER not in columns_of(headings):
        return groups
    while groups and len(groups[-1]) < len(headings) and not _may_be_row(groups[-1]):
        groups.pop()
    return groups


def _may_be_row(group: Sequence[_Cell]) -> bool:
    opening = cleaned(group[0].raw)
    numbered = (is_running_number(cell.raw) or is_section_number(cell.raw) for cell in group)
    return not opening or opening[0].isdigit() or any(numbered)


def _without_repeats(regions: Sequence[Region]) -> list[Region]:
    """Return the tables, a heading repeated on a later page being the same table."""
    merged: list[Region] = []
    for region in regions:
        names = [cleaned(name).lower() for name in region.table.headings]
        before = merged[-1] if merged else None
        if (
            before
            and before.last + 3 >= region.first
            and names == [cleaned(name).lower() for name in before.table.headings]
        ):
            rows = before.table.rows + region.table.rows
            merged[-1] = Region(
                before.first, region.last, RawTable(before.first, before.table.headings, rows)
            )
        else:
            merged.append(region)
    return merged
