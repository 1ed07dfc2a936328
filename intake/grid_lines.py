"""What stands under each heading in every row of a grid, merged cells and odd borders included?

Word tables drawn by hand have borders that do not meet; a row with as many cells as there
are headings is read in their order, any other by what stands below what.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from intake.sections import is_section_number
from intake.source import Cell, Grid
from intake.words import cleaned

_MERGED = ("merged-columns", "một ô gộp qua nhiều cột; đã đọc vào cột đầu, đối chiếu lại với văn bản")


class Span(NamedTuple):
    """Columns of a grid, `end` excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Placed:
    """What stands under one heading: the words, whether they begin in this row, whether they go over rows.

    Two rows share a merged cell when their `key` is the same.
    """

    text: str = ""
    key: tuple[int, int, int] | None = None
    is_own: bool = True
    is_tall: bool = False


@dataclass(frozen=True, slots=True)
class GridLine:
    """One row of a grid under the headings; `merged` are its cells when one covers the row."""

    row: int
    places: tuple[Placed, ...]
    merged: tuple[str, ...] = ()
    opens_page: bool = False
    is_revised: bool = False
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The words under each heading."""
        return tuple(place.text for place in self.places)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in the row."""
        return not any(cleaned(text) for text in (*self.merged, *self.cells))


def lines_of(grid: Grid, first: int, end: int, spans: Sequence[Span]) -> Iterator[GridLine]:
    """Yield the rows of a grid from `first` to `end` under headings that cover `spans`."""
    for row in range(first, end):
        cells = _cells(grid.rows[row])
        merged = _merged_across(cells, spans)
        under = [()] * len(spans) if merged else _under(cells, spans)
        places = tuple(_placed(grid, row, found) for found in under)
        yield GridLine(
            row,
            places,
            merged,
            row in grid.page_starts,
            any(cell.is_revised for _, cell in cells),
            (_MERGED,) if not merged and _is_joined(cells, spans) else (),
        )


def _cells(row: Sequence[Cell]) -> list[tuple[Span, Cell]]:
    """Return each cell of a row once, with the columns it covers."""
    starts = [at for at, cell in enumerate(row) if at == 0 or cell != row[at - 1]]
    ends = [*starts[1:], len(row)]
    return [(Span(start, end), row[start]) for start, end in zip(starts, ends, strict=True)]


def _under(cells: Sequence[tuple[Span, Cell]], spans: Sequence[Span]) -> list[tuple[Cell, ...]]:
    """Return the cells that stand under each heading."""
    if len(cells) == len(spans):
        return [(cell,) for _, cell in cells]
    under: list[list[Cell]] = [[] for _ in spans]
    for span, cell in cells:
        shares = [_share(span, heading) for heading in spans]
        if max(shares) > 0:
            under[shares.index(max(shares))].append(cell)
    return [tuple(found) for found in under]


def _share(span: Span, heading: Span) -> float:
    """Return how much of the columns of a heading a cell covers, from 0 to 1."""
    return max(0, min(span.end, heading.end) - max(span.start, heading.start)) / (heading.end - heading.start)


def _placed(grid: Grid, row: int, cells: Sequence[Cell]) -> Placed:
    text = "\n".join(cell.text for cell in cells if cell.text.strip())
    if not cells:
        return Placed(text)
    cell = next((cell for cell in cells if cell.text.strip()), cells[0])
    is_tall = cell.row < row or (row + 1 < len(grid.rows) and grid.rows[row + 1][cell.column] == cell)
    return Placed(text, (id(grid), cell.row, cell.column), cell.row >= row, is_tall)


def _merged_across(cells: Sequence[tuple[Span, Cell]], spans: Sequence[Span]) -> tuple[str, ...]:
    """Return the number and the words of a row whose words cover all or nearly all columns, if it is one."""
    if len(spans) < 3 or len(cells) == len(spans):
        return ()
    covered = [sum(_share(span, heading) > 0.5 for heading in spans) for span, _ in cells[:2]]
    widest = covered.index(max(covered))
    if covered[widest] < max(2, len(spans) - 2):
        return ()
    texts = [cell.text for _, cell in cells]
    behind = [text for text in texts[widest + 1 :] if cleaned(text)]
    if not cleaned(texts[widest]) or (behind and not (widest and is_section_number(texts[0]))):
        return ()
    return (*texts[:widest], " – ".join((texts[widest], *behind)))


def _is_joined(cells: Sequence[tuple[Span, Cell]], spans: Sequence[Span]) -> bool:
    """Return whether a cell with words covers two columns, so that it is unclear which it fills."""
    if len(cells) == len(spans):
        return False
    return any(
        cleaned(cell.text) and sum(_share(span, heading) == 1 for heading in spans) > 1
        for span, cell in cells
    )
