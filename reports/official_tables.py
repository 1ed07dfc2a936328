"""How does a table of figures stand on official paper?

Columns as wide as they need, together as wide as the text; headings on every page; no row broken
between two pages; groups across the whole width. Each value is printed as every other format prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.official_markup import escaped, paragraph, quoted
from reports.official_measure import length_of
from reports.official_styles import CELL_MARGIN, CELL_MARGINS, NARROW_SIZE, WIDE_SIZE, Named
from reports.paper import Band, Column, Kind, Row, Table, Value
from reports.printed import printed
from reports.vietnamese import number

STEPS = 100  # how often a long table tells how far it is

_NARROW = {
    Kind.TEXT: Named.TEXT_CELL,
    Kind.NUMBER: Named.NUMBER_CELL,
    Kind.RATE: Named.NUMBER_CELL,
    Kind.DATE: Named.DATE_CELL,
}
_WIDE = {
    Kind.TEXT: Named.WIDE_TEXT_CELL,
    Kind.NUMBER: Named.WIDE_NUMBER_CELL,
    Kind.RATE: Named.WIDE_NUMBER_CELL,
    Kind.DATE: Named.WIDE_DATE_CELL,
}
_SAMPLE = 500  # rows that are looked at for the longest word of a column
_SLACK = 60  # twips of a cell that its lines take, and what faces differ by
_SHORT = 12  # lines of a table that a page break moves whole
_LONGEST = 16  # letters of a word that a column of words must have room for; a longer one is broken


@dataclass(frozen=True, slots=True)
class Look:
    """The ids of the styles a table's cells have, and how large their letters are."""

    size: float
    heading: str
    cells: dict[Kind, str]
    band: str
    strong: str
    grid: str
    caption: str
    nothing: str
    after: str


def has_many_columns(columns: int, is_landscape: bool) -> bool:
    """Whether a table needs smaller letters to stand on its page."""
    return columns > (7 if is_landscape else 5)


def look_of(columns: int, is_landscape: bool, ids: dict[Named, str]) -> Look:
    """Return the look of a table: of many columns in smaller letters."""
    is_wide = has_many_columns(columns, is_landscape)
    cells = _WIDE if is_wide else _NARROW
    return Look(
        WIDE_SIZE if is_wide else NARROW_SIZE,
        ids[Named.WIDE_HEAD_CELL if is_wide else Named.HEAD_CELL],
        {kind: ids[name] for kind, name in cells.items()},
        ids[Named.WIDE_BAND_CELL if is_wide else Named.BAND_CELL],
        ids[Named.STRONG],
        ids[Named.GRID],
        ids[Named.CAPTION],
        ids[Named.NOTHING],
        ids[Named.BREAK],
    )


def table_markup(
    table: Table, width: int, is_landscape: bool, ids: dict[Named, str], tell: Callable[[str], None]
) -> Iterator[str]:
    """Yield a table with its caption, piece by piece; `width` is that of the text, in twips.

    Without rows the sentence stands that says so.
    """
    shown = [n for n, column in enumerate(table.columns) if not column.is_wide_only]
    look = look_of(len(shown), is_landscape, ids)
    if table.caption:
        yield paragraph(look.caption, table.caption)
    if not table.rows:
        yield paragraph(look.nothing, table.nothing)
        return
    widths = column_widths(table, shown, width, look.size)
    yield _opening(table, widths, look)
    yield _headings([table.columns[n] for n in shown], widths, look)
    yield from _lines(table, shown, widths, look, tell)
    if table.total is not None:
        yield _Cells(table, shown, widths, look, is_strong=True).row(table.total)
    yield f"</w:tbl>{paragraph(look.after)}"


def column_widths(table: Table, shown: Sequence[int], width: int, size: float) -> list[int]:
    """Return how wide each shown column is, in twips; together exactly `width`.

    Every column has room for its longest figure, date and heading word before the rest is shared
    out by the columns' own widths.
    """
    rows = [*table.rows[:_SAMPLE], *([] if table.total is None else [table.total])]
    needs = [_need(table.columns[n], [row[n] for row in rows], size) for n in shown]
    asked = [float(max(1, table.columns[n].width)) for n in shown]
    if sum(needs) >= width:
        return _exact([need * width / sum(needs) for need in needs], width)
    wide = set(range(len(shown)))
    while True:
        left = width - sum(needs[n] for n in range(len(shown)) if n not in wide)
        share = left / sum(asked[n] for n in wide)
        short = {n for n in wide if asked[n] * share < needs[n]}
        if not short:
            break
        wide -= short
    return _exact([asked[n] * share if n in wide else needs[n] for n in range(len(shown))], width)


def _exact(sizes: list[float], width: int) -> list[int]:
    """Round to whole twips that add up."""
    edges, reached = [0], 0.0
    for size in sizes[:-1]:
        reached += size
        edges.append(round(reached))
    edges.append(width)
    return [after - before for before, after in pairwise(edges)]


def _need(column: Column, values: Sequence[Value], size: float) -> float:
    """Return the room that the longest word of a column takes, set in bold as headings and totals are."""
    heading = max((length_of(word, size, is_bold=True) for word in column.heading.split(" ")), default=0)
    words = {printed(value) for value in values}
    if column.kind is Kind.TEXT:
        words = {word[:_LONGEST] for text in words for word in text.split(" ")}
    cells = max((length_of(word, size, is_bold=True) for word in words), default=0)
    return max(heading, cells) + 2 * CELL_MARGIN + _SLACK


def _opening(table: Table, widths: list[int], look: Look) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    named = f'<w:tblCaption w:val="{quoted(table.caption)}"/>' if table.caption else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{look.grid}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{CELL_MARGINS}'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0"'
        f' w:noHBand="1" w:noVBand="1"/>{named}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )


def _headings(columns: Sequence[Column], widths: list[int], look: Look) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraph(look.heading, column.heading)}</w:tc>"
        for column, width in zip(columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


class _Cells:
    """Rows of one table, with everything around the words of a cell prepared."""

    def __init__(
        self, table: Table, shown: Sequence[int], widths: list[int], look: Look, is_strong: bool = False
    ) -> None:
        self._known: dict[tuple[type, Value], str] = {}
        together = "<w:keepNext/>" if len(table.lines) <= _SHORT else ""
        strong = f'<w:rPr><w:rStyle w:val="{look.strong}"/></w:rPr>' if is_strong else ""
        self._shown = [
            (
                n,
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
                f'<w:pStyle w:val="{look.cells[table.columns[n].kind]}"/>{together}</w:pPr><w:r>{strong}'
                '<w:t xml:space="preserve">',
            )
            for n, width in zip(shown, widths, strict=True)
        ]

    def row(self, values: Row) -> str:
        """Return one row, every value as it is printed."""
        cells = "</w:t></w:r></w:p></w:tc>".join(
            [opening + self._printed(values[n]) for n, opening in self._shown]
        )
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:t></w:r></w:p></w:tc></w:tr>"

    def _printed(self, value: Value) -> str:
        """Return a value as it stands in the file; figures and days come again and again."""
        if isinstance(value, str):
            return escaped(value)
        key = type(value), value  # 1 and a whole rate are equal, and read differently
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = escaped(printed(value))
        return known


def _lines(
    table: Table, shown: Sequence[int], widths: list[int], look: Look, tell: Callable[[str], None]
) -> Iterator[str]:
    cells, total = _Cells(table, shown, widths, look), len(table.lines)
    across = f'<w:tcW w:w="{sum(widths)}" w:type="dxa"/><w:gridSpan w:val="{len(widths)}"/>'
    band = f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr>{across}</w:tcPr>%s</w:tc></w:tr>"
    step = max(200, -(-total // STEPS))
    for start in range(0, total, step):
        lines = table.lines[start : start + step]
        yield "".join(
            [
                band % paragraph(look.band, line.label) if isinstance(line, Band) else cells.row(line)
                for line in lines
            ]
        )
        if total > step:
            tell(f"{number(start + len(lines))}/{number(total)} dòng")
