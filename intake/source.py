"""What does a file consist of before anything in it is interpreted?

The readers of Word, Excel and PDF files return these: paragraphs and grids in the order
of the file, words as they stand. What a heading or a merged cell means is decided later,
once for every format, in `intake.grid`. Everything here survives a trip through JSON,
because files are opened in a child process that can be stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; a merged cell stands at every place it covers.

    `row` and `column` say where it begins, from 0, so that two places hold the same cell
    when these agree. Paragraphs are parted by line feeds; a footnote stands where it is
    referred to, as "[1: words]". `is_revised` marks words under tracked changes.
    """

    text: str
    row: int
    column: int
    is_revised: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: every row has the same number of places.

    `label` tells people where it is ("trang tính 'Phụ lục'", "trang 3"). `page_starts` are
    the rows that open a new page, where a row may have been cut in two.
    """

    rows: tuple[tuple[Cell, ...], ...]
    label: str = ""
    page_starts: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """How many columns the grid has."""
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A file as read: paragraphs and grids in order, and what stands in its margins.

    `margins` are headers, footers and text boxes: no part of the plan, but a secrecy stamp
    may stand there. `notes` are (code, Vietnamese sentence) pairs that a person should know.
    """

    blocks: tuple[str | Grid, ...] = ()
    margins: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """A file that cannot be taken: a stable code, one Vietnamese sentence, and the way out."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def as_json(document: SourceDocument) -> dict[str, Any]:
    """Return the document as plain lists and texts."""
    return {
        "blocks": [block if isinstance(block, str) else _grid_as_json(block) for block in document.blocks],
        "margins": list(document.margins),
        "notes": [list(note) for note in document.notes],
    }


def from_json(data: dict[str, Any]) -> SourceDocument:
    """Return the document that `as_json` wrote."""
    return SourceDocument(
        tuple(block if isinstance(block, str) else _grid_from_json(block) for block in data["blocks"]),
        tuple(data["margins"]),
        tuple((code, said) for code, said in data["notes"]),
    )


def _grid_as_json(grid: Grid) -> dict[str, Any]:
    """Return the grid with each cell once, and the places it covers as numbers."""
    places: dict[tuple[int, int], int] = {}
    cells: list[list[Any]] = []
    rows = []
    for row in grid.rows:
        numbers = []
        for cell in row:
            key = (cell.row, cell.column)
            if key not in places:
                places[key] = len(cells)
                cells.append([cell.text, cell.row, cell.column, cell.is_revised])
            numbers.append(places[key])
        rows.append(numbers)
    return {"cells": cells, "rows": rows, "label": grid.label, "page_starts": sorted(grid.page_starts)}


def _grid_from_json(data: dict[str, Any]) -> Grid:
    cells = [Cell(*fields) for fields in data["cells"]]
    rows = tuple(tuple(cells[number] for number in row) for row in data["rows"])
    return Grid(rows, data["label"], frozenset(data["page_starts"]))


@dataclass(slots=True)
class GridBuilder:
    """Puts merged cells at their places, row by row; what nobody filled is an empty cell."""

    label: str = ""
    page_starts: set[int] = field(default_factory=set)
    _placed: dict[tuple[int, int], Cell] = field(default_factory=dict)
    _rows: int = 0
    _width: int = 0

    def put(
        self, row: int, column: int, text: str, down: int = 1, across: int = 1, is_revised: bool = False
    ) -> None:
        """Put a cell that covers `down` rows and `across` columns; a place taken stays as it is."""
        cell = Cell(text, row, column, is_revised)
        for r in range(row, row + down):
            for c in range(column, column + across):
                self._placed.setdefault((r, c), cell)
        self._rows, self._width = max(self._rows, row + down), max(self._width, column + across)

    def grid(self) -> Grid:
        """Return the grid built so far."""
        rows = tuple(
            tuple(self._placed.get((r, c)) or Cell("", r, c) for c in range(self._width))
            for r in range(self._rows)
        )
        return Grid(rows, self.label, frozenset(self.page_starts))
