"""How does a table fit into the columns of a terminal?

Figures are never cut; words wrap between words. What does not fit beside each other is printed
below each other, what names a row repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len

from reports.lines import Tell, for_page, told
from reports.measure import wrapped
from reports.paper import Band, Column, Kind, Row, Table
from reports.printed import printed

GAP = "  "
NARROWEST = 16  # columns a text keeps, unless its words are shorter
LABEL = 20  # columns that what names a row keeps
WIDE_LABEL = 28  # and where other columns go below
HEADING = 3  # lines a heading may take where there is little room
FIGURES = frozenset({Kind.NUMBER, Kind.RATE})

Cells = tuple[str, ...]


def as_lines(table: Table, width: int, tell: Tell) -> Iterator[str]:
    """Yield a table's heading, a rule, its lines and its total; what is said without rows."""
    table = for_page(table)
    if not table.rows:
        yield from wrapped(table.nothing, width, cell_len)
        return
    indent = GAP if len(table.rows) < len(table.lines) else ""
    layout = _layout(table, width - len(indent))
    for number, part in enumerate(layout):
        yield from [""] if number else []
        for line in _part(table, part, tell):
            yield from (
                wrapped(line.label, width, cell_len) if isinstance(line, Band) else [(indent + line).rstrip()]
            )


@dataclass(frozen=True, slots=True)
class _Place:
    """A column of the table, how wide it is printed, and on which side its letters stand."""

    index: int
    column: Column
    width: int

    def padded(self, text: str) -> str:
        space = " " * (self.width - cell_len(text))
        return space + text if self.column.kind in FIGURES else text + space


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many columns of the terminal a column needs, takes where room is short, and would like."""

    least: int
    most: int
    best: int

    def at_least(self, width: int) -> Bounds:
        """Return the bounds of a column that keeps a width, if it has use for so much."""
        least = max(self.least, min(width, self.most))
        return Bounds(least, max(self.most, least), max(self.best, least))


def _part(table: Table, places: Sequence[_Place], tell: Tell) -> Iterator[str | Band]:
    """Yield the lines of some columns, side by side; bands as they are, a free line above."""
    yield from _beside(tuple(place.column.heading for place in places), places)
    yield _rule(places)
    for line in told(table.lines, tell):
        if isinstance(line, Band):
            yield ""
            yield line
        else:
            yield from _beside(tuple(printed(line[place.index]) for place in places), places)
    if table.total is not None:
        yield _rule(places, "═")
        yield from _beside(tuple(printed(table.total[place.index]) for place in places), places)


def _rule(places: Sequence[_Place], line: str = "─") -> str:
    return GAP.join(line * place.width for place in places)


def _beside(cells: Cells, places: Sequence[_Place]) -> Iterator[str]:
    """Yield the lines one row of cells takes."""
    pieces = [wrapped(text, place.width, cell_len) for text, place in zip(cells, places, strict=True)]
    for line in zip_longest(*pieces, fillvalue=""):
        padded = (place.padded(text) for place, text in zip(places, line, strict=True))
        yield GAP.join(padded).rstrip()


def _layout(table: Table, room: int) -> list[list[_Place]]:
    """Return the columns that stand beside each other, and what goes below them, each with its width."""
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    bounds = [_bounds(column, index, rows) for index, column in enumerate(table.columns)]
    head = next((index for index, one in enumerate(table.columns) if one.kind is Kind.TEXT), 0)
    bounds[head] = bounds[head].at_least(LABEL)
    return [
        [
            _Place(index, table.columns[index], width)
            for index, width in zip(part, _widths([bounds[index] for index in part], room), strict=True)
        ]
        for part in _parts(bounds, head, room)
    ]


def _bounds(column: Column, index: int, rows: Sequence[Row]) -> Bounds:
    """Return how wide a column must be, may be, and is best."""
    shown = {printed(row[index]) for row in rows}
    whole = max(map(cell_len, shown), default=0)
    heading = max(map(cell_len, column.heading.split(" ")))
    best = max(whole, cell_len(column.heading))
    if column.kind is not Kind.TEXT:
        least = max(whole, heading)
        return Bounds(least, _short(column.heading, least), best)
    word = max((cell_len(word) for text in shown for word in text.split(" ")), default=0)
    least = max(heading, min(word, NARROWEST))
    return Bounds(least, max(whole, _short(column.heading, least)), best)


def _short(heading: str, width: int) -> int:
    """Return the width from `width` on at which a heading takes no more than a few lines."""
    while len(wrapped(heading, width, cell_len)) > HEADING:
        width += 1
    return width


def _parts(bounds: Sequence[Bounds], head: int, room: int) -> list[list[int]]:
    """Return which columns stand beside each other: all, or as many as fit behind those up to `head`."""
    if _taken(bounds) <= room:
        return [list(range(len(bounds)))]
    bounds = [one.at_least(WIDE_LABEL) if index == head else one for index, one in enumerate(bounds)]
    again = list(range(head + 1))
    parts = [again]
    for index in range(head + 1, len(bounds)):
        wider = [*parts[-1], index]
        if parts[-1] != again and _taken([bounds[one] for one in wider]) > room:
            parts.append([*again, index])
        else:
            parts[-1] = wider
    return parts


def _taken(bounds: Sequence[Bounds]) -> int:
    return sum(one.least for one in bounds) + len(GAP) * (len(bounds) - 1)


def _widths(bounds: Sequence[Bounds], room: int) -> list[int]:
    """Return a width for each column: short ones whole, long ones as wide as all of them can be."""
    room -= len(GAP) * (len(bounds) - 1)
    if sum(one.best for one in bounds) <= room:
        return [one.best for one in bounds]
    for level in range(max(one.most for one in bounds), 0, -1):
        widths = [max(one.least, min(one.most, level)) for one in bounds]
        if sum(widths) <= room:
            return widths
    return [one.least for one in bounds]
