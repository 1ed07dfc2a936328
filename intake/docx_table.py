"""Which cells does a table of a Word document have, and where do they stand?

Merged cells stand at every place they cover. A table inside a cell is part of that
cell's words, unless the outer table does nothing but hold it on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from intake.docx_names import TBL, TC, TR, P, R, T, W, find, number, parts, switch, value, whole
from intake.docx_text import Words, is_page_break
from intake.source import Cell, Grid, Refused

MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_PLACES = 500_000
SLIVER = 120  # twentieths of a point: narrower than any letter, left by borders that do not quite meet
SPLIT_IT = "tách bảng thành nhiều tệp nhỏ hơn rồi nhập từng tệp"

_CHANGES = tuple(W + name for name in ("ins", "del", "moveFrom", "moveTo"))
_PAGE_MARKS = (W + "lastRenderedPageBreak", W + "pageBreakBefore")


@dataclass(slots=True)
class _Placed:
    """A cell as it is being put together, and the (row, column, width) of each stretch it covers.

    Cells below may continue it over another width than its own: no rectangle is assumed.
    """

    text: str
    is_revised: bool
    stretches: list[tuple[int, int, int]]

    def widen(self, across: int) -> None:
        """Cover `across` more columns in the last row."""
        row, column, width = self.stretches[-1]
        self.stretches[-1] = (row, column, width + across)


@dataclass(slots=True)
class _Table:
    """The cells placed so far, and for each column the merged cell that may still go on."""

    cells: list[_Placed] = field(default_factory=list)
    merging: dict[int, _Placed] = field(default_factory=dict)


def read_table(table: etree._Element, words: Words) -> Grid:
    """Return a table as a grid; rows that were deleted under tracked changes are gone."""
    placed, page_starts = _Table(), set()
    rows = rows_of(table)
    for at, row in enumerate(rows):
        _place_row(placed, at, row, words)
        if _opens_page(row):
            page_starts.add(at)
    width = max((column + across for cell in placed.cells for _, column, across in cell.stretches), default=0)
    if len(rows) > MAX_ROWS or len(rows) * width > MAX_PLACES:
        message = f"một bảng trong tệp có {len(rows)} dòng, {width} cột, quá giới hạn đọc được"
        raise Refused("too-large", message, SPLIT_IT)
    grid = Grid(_filled(placed.cells, len(rows), width), page_starts=frozenset(page_starts))
    return _without_slivers(grid, _widths(table))


def rows_of(table: etree._Element) -> list[etree._Element]:
    """Return the rows that a reader sees."""
    return [
        row
        for row in parts(table, TR)
        if find(row, "trPr", "del") is None and not switch(row, "trPr", "hidden")
    ]


def is_layout(table: etree._Element) -> bool:
    """Return whether a table only holds others: it has inner tables, and no row has two cells with words."""
    if next(table.iterdescendants(TBL), None) is None:
        return False
    rows = [[cell for cell in parts(row, TC) if _has_words(cell)] for row in rows_of(table)]
    inner = any(next(parts(cell, TBL), None) is not None for row in rows for cell in row)
    return inner and all(len(row) <= 1 for row in rows)


def cell_text(cell: etree._Element, words: Words) -> str:
    """Return the words of a cell: a line for each paragraph, and for each row of a table inside it."""
    lines = []
    for piece in parts(cell, P, TBL):
        if piece.tag == P:
            lines.append(words.paragraph(piece))
        else:
            lines += _lines_of(read_table(piece, words))
    return "\n".join([*lines, words.left_over()]).strip()


def has_changes(element: etree._Element) -> bool:
    """Return whether words below `element` were inserted, deleted or moved under tracked changes."""
    return any(next(change.iter(R), None) is not None for change in element.iter(*_CHANGES))


def _place_row(table: _Table, at: int, row: etree._Element, words: Words) -> None:
    column = number(row, "trPr", "gridBefore")
    is_new = find(row, "trPr", "ins") is not None
    before: _Placed | None = None
    for cell in parts(row, TC):
        if find(cell, "tcPr", "cellDel") is not None:
            continue
        across = max(1, number(cell, "tcPr", "gridSpan", default=1))
        if column + across > MAX_COLUMNS:
            message = f"một bảng trong tệp có hơn {MAX_COLUMNS} cột"
            raise Refused("too-large", message, "chỉ giữ các cột của phụ lục rồi nhập lại")
        if _continues(cell, "hMerge") and before is not None:
            before.widen(across)
        else:
            before = _place_cell(table, at, column, across, cell, words)
            before.is_revised = before.is_revised or is_new
        column += across


def _place_cell(
    table: _Table, at: int, column: int, across: int, cell: etree._Element, words: Words
) -> _Placed:
    """Place a cell, or let the one above go on; what a continued cell holds is not shown by Word."""
    above = table.merging.get(column)
    if _continues(cell, "vMerge") and above is not None and above.stretches[-1][0] == at - 1:
        above.stretches.append((at, column, across))
        return above
    made = _Placed(cell_text(cell, words), has_changes(cell), [(at, column, across)])
    table.cells.append(made)
    if _merge_of(cell, "vMerge") is None:
        table.merging.pop(column, None)
    else:
        table.merging[column] = made
    return made


def _filled(cells: list[_Placed], height: int, width: int) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a grid; a place that no cell covers holds an empty one."""
    rows: list[list[Cell | None]] = [[None] * width for _ in range(height)]
    for placed in cells:
        row, column, _ = placed.stretches[0]
        cell = Cell(placed.text, row, column, placed.is_revised)
        for at, start, across in placed.stretches:
            rows[at][start : start + across] = [cell] * across
    return tuple(
        tuple(Cell("", r, c) if cell is None else cell for c, cell in enumerate(row))
        for r, row in enumerate(rows)
    )


def _continues(cell: etree._Element, name: str) -> bool:
    return _merge_of(cell, name) == "continue"


def _merge_of(cell: etree._Element, name: str) -> str | None:
    """Return "restart" or "continue", or None for a cell that is not merged that way."""
    changed = find(cell, "tcPr", "cellMerge")
    if name == "vMerge" and changed is not None:
        return {"cont": "continue", "rest": "restart"}.get(changed.get(W + "vMerge", ""))
    if find(cell, "tcPr", name) is None:
        return None
    return value(cell, "tcPr", name) or "continue"


def _opens_page(row: etree._Element) -> bool:
    """Return whether a new page begins where the row begins, in front of the words of some cell."""
    firsts = (
        next((found for found in cell.iter(T, W + "br", *_PAGE_MARKS) if found.tag != T or found.text), None)
        for cell in parts(row, TC)
    )
    return any(first is not None and (first.tag in _PAGE_MARKS or is_page_break(first)) for first in firsts)


def _has_words(cell: etree._Element) -> bool:
    return any((text.text or "").strip() for text in cell.iter(T))


def _lines_of(grid: Grid) -> Iterator[str]:
    """Yield the rows of an inner table as lines, the words of each cell once."""
    for at, row in enumerate(grid.rows):
        cells = dict.fromkeys((cell.row, cell.column) for cell in row if cell.row == at)
        texts = {(cell.row, cell.column): " ".join(cell.text.split()) for cell in row}
        line = " - ".join(texts[place] for place in cells if texts[place])
        if line:
            yield line


def _widths(table: etree._Element) -> list[int]:
    grid = find(table, "tblGrid")
    return [] if grid is None else [whole(column.get(W + "w"), SLIVER) for column in grid]


def _without_slivers(grid: Grid, widths: list[int]) -> Grid:
    """Return the grid without columns that no reader sees.

    A column goes when the same cells stand in the one kept before it, or when it is a sliver
    and everything in it also stands elsewhere.
    """
    slivers = {at for at, width in enumerate(widths[: grid.width]) if width < SLIVER}
    kept: list[int] = []
    for at in range(grid.width):
        is_lost = at in slivers and all(_stands_elsewhere(row, at, slivers) for row in grid.rows)
        if not is_lost and not (kept and all(row[at] is row[kept[-1]] for row in grid.rows)):
            kept.append(at)
    if len(kept) == grid.width:
        return grid
    places = {old: new for new, old in enumerate(kept)}
    moved: dict[tuple[int, int], Cell] = {}
    for row in grid.rows:
        for old in kept:
            cell = row[old]
            key = (cell.row, cell.column)
            if key not in moved:
                moved[key] = Cell(cell.text, cell.row, places[old], cell.is_revised)
    rows = tuple(tuple(moved[(row[old].row, row[old].column)] for old in kept) for row in grid.rows)
    return Grid(rows, grid.label, grid.page_starts)


def _stands_elsewhere(row: tuple[Cell, ...], at: int, slivers: set[int]) -> bool:
    """Return whether the words at a sliver, if there are any, also stand in a column of some width."""
    cell = row[at]
    return not cell.text or any(other is cell for c, other in enumerate(row) if c not in slivers)
