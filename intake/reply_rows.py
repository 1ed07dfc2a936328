"""Which rows and paragraphs does a file of replies hold, whatever its kind?

Unlike an annex, a list of replies often has one column that matters, rows without numbers
and rows of comments in between. So nothing is stitched here: each row is a tuple of cells
at their places, each paragraph one text, and each knows where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intake.source import Grid, SourceDocument
from intake.words import cleaned

_CELL_LINE = re.compile(r"[ \u00a0\ufeff]*\t(.*)", re.DOTALL)
_QUOTED = re.compile(r"^(?:>\s?)+")
_MARKDOWN = re.compile(r"\s*\|(.*)\|\s*")
_RULER = re.compile(r"[\s|:+=-]+")
_BAR = re.compile(r"(?<!\\)\|")
_NUMBER = re.compile(r"(\d{1,4})\s*[.)]?")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table, or a paragraph: then one cell and `is_row` false."""

    cells: tuple[str, ...]
    place: str
    number: int  # line of a text file, 0 elsewhere
    is_row: bool = True

    @property
    def filled(self) -> list[str]:
        """The cells that hold something, cleaned."""
        return [text for text in map(cleaned, self.cells) if text]


def lines_of_text(text: str) -> list[Line]:
    """Return the rows and paragraphs of a plain text: tabs, one cell a line, or Markdown."""
    return list(_lines_of_text([_QUOTED.sub("", line) for line in re.split(r"\r\n|\r|\n", text)]))


def lines_of_document(document: SourceDocument) -> list[Line]:
    """Return the rows and paragraphs of a Word, Excel or PDF file."""
    lines: list[Line] = []
    tables = 0
    for block in document.blocks:
        if isinstance(block, str):
            pieces = (piece for piece in block.split("\n") if piece.strip())
            lines += [Line((piece,), "đoạn văn", 0, is_row=False) for piece in pieces]
        else:
            tables += 1
            lines += _rows_of_grid(block, block.label or f"bảng {tables}")
    return lines


def row_number(line: Line) -> int | None:
    """Return the running number that opens a row."""
    opening = _NUMBER.fullmatch(cleaned(line.cells[0])) if line.is_row and line.cells else None
    return int(opening[1]) if opening else None


def _rows_of_grid(grid: Grid, label: str) -> Iterator[Line]:
    """Yield the rows; a merged cell says its words once, where it begins."""
    for at, row in enumerate(grid.rows):
        cells = tuple(
            cell.text if (cell.row, cell.column) == (at, place) else "" for place, cell in enumerate(row)
        )
        yield Line(cells, f"{label}, hàng {at + 1}", 0)


def _lines_of_text(lines: Sequence[str]) -> Iterator[Line]:
    run: list[tuple[int, str]] = []  # cells that stand one below the other, with their lines
    for number, line in enumerate(lines, start=1):
        cell = None if _is_flat(line) else _CELL_LINE.match(line)
        if cell is not None:
            run.append((number, cell[1]))
            continue
        if run and line.strip() and not _is_flat(line) and not _MARKDOWN.fullmatch(line):
            run[-1] = (run[-1][0], f"{run[-1][1]}\n{line}")
            continue
        yield from _rows_of_run(run)
        run = []
        yield from _one_line(number, line)
    yield from _rows_of_run(run)


def _one_line(number: int, line: str) -> Iterator[Line]:
    markdown = _MARKDOWN.fullmatch(line)
    if not line.strip() or (_RULER.fullmatch(line) and "|" in line):
        return
    if markdown:
        cells = (
            re.sub(r"<br\s*/?>", "\n", cell).replace("\\|", "|").strip() for cell in _BAR.split(markdown[1])
        )
        yield Line(tuple(cells), f"dòng {number}", number)
    elif _is_flat(line):
        yield Line(tuple(line.split("\t")), f"dòng {number}", number)
    else:
        yield Line((line,), f"dòng {number}", number, is_row=False)


def _is_flat(line: str) -> bool:
    """Return whether a line holds a whole row: tabs between cells that hold something."""
    return "\t" in line.strip(" \u00a0\t\ufeff")


def _rows_of_run(run: Sequence[tuple[int, str]]) -> Iterator[Line]:
    """Yield the rows of cells written one a line; without blank lines the next number opens a row."""
    row: list[tuple[int, str]] = []
    last = None
    for number, cell in run:
        opening = _NUMBER.fullmatch(cleaned(cell))
        follows = opening is not None and (last is None or int(opening[1]) == last + 1)
        if follows and row:
            yield _row(row)
            row = []
        last = int(opening[1]) if opening and (follows or not row) else last
        row.append((number, cell))
    if row:
        yield _row(row)


def _row(cells: Iterable[tuple[int, str]]) -> Line:
    found = list(cells)
    return Line(tuple(cell for _, cell in found), f"dòng {found[0][0]}", found[0][0])
