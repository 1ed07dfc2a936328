"""How is a printed paper read back: which tables of printed cells does a file of each format hold?

A reader takes the bytes of a file and returns its tables, each a list of rows of cells as printed,
without headings and bands; beside it stands what a paper must give in that format.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser
from zipfile import ZipFile

from docx import Document
from docx.table import _Row
from python_calamine import CalamineWorkbook
from rich.cells import cell_len

from reports.csv import main_table
from reports.lines import for_page, ungrouped
from reports.official_styles import Named
from reports.paper import Paper, Row, Table
from reports.printed import printed
from reports.vietnamese import NBSP, number
from reports.xlsx_summary import is_small

Tables = list[list[list[str]]]


def cells(table: Table) -> list[list[str]]:
    """The rows of a table as they are printed, its total last."""
    rows: list[Row] = [*table.rows, *([table.total] if table.total is not None else [])]
    return [[printed(value) for value in row] for row in rows]


def on_page(paper: Paper) -> Tables:
    """What a page holds: every table with rows, without what only a spreadsheet has room for."""
    return [cells(for_page(table)) for table in paper.tables if table.rows]


def in_book(paper: Paper) -> Tables:
    """What a workbook holds: the small tables of the summary, then the others."""
    ordered = [table for table in paper.tables if is_small(table)]
    ordered += [ungrouped(table) for table in paper.tables if not is_small(table)]
    return [cells(table) for table in ordered if table.rows]


def in_list(paper: Paper) -> Tables:
    """What a list holds: the main table, empty where nothing is known."""
    return [[["" if value is None else printed(value) for value in row] for row in main_table(paper).rows]]


# --- text ----------------------------------------------------------------------------------------


def read_text(content: bytes) -> Tables:
    """The tables below the rules of a text that was wide enough to wrap nothing."""
    tables: Tables = []
    lines = content.decode().splitlines()
    spans: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if set(line) == {"─", " "} or set(line) == {"─"}:
            if spans and spans[0][0] and lines[index - 1].startswith("  "):
                tables[-1].pop()  # the heading of this table was taken for a row of the one before
            spans = [match.span() for match in re.finditer("─+", line)]
            tables.append([])
        elif spans and "═" not in line:
            if line[: spans[0][0]].strip() or not line:
                spans = spans if spans[0][0] else []
            else:
                tables[-1].append([_slice(line, *span) for span in spans])
    return tables


def _slice(line: str, start: int, end: int) -> str:
    places = [cell_len(line[:index]) for index in range(len(line))]
    return "".join(letter for letter, place in zip(line, places, strict=True) if start <= place < end).strip()


# --- page ----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """A page's tables in order, with captions, column headings, addresses, and all its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: Tables = []
        self.headings: list[list[str]] = []
        self.captions: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._inside: list[str] = []
        self._is_band = False
        self._cell: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        marks = dict(attrs)
        self.ids += [marks["id"]] if "id" in marks else []
        self.links += [marks["href"]] if "href" in marks else []
        if tag in {"style", "title", "desc", "thead"}:
            self._inside.append(tag)
        if tag == "table":
            self.tables.append([])
            self.headings.append([])
        elif tag == "tr":
            self._is_band = marks.get("class") == "band"
            if not self._is_band and "thead" not in self._inside:
                self.tables[-1].append([])
        elif tag in {"td", "th", "caption"}:
            self._cell = []

    def handle_endtag(self, tag):
        if tag in self._inside:
            self._inside.remove(tag)
        if self._cell is None or tag not in {"td", "th", "caption"}:
            return
        said, self._cell = "".join(self._cell), None
        if tag == "caption":
            self.captions.append(said)
        elif "thead" in self._inside:
            self.headings[-1].append(said)
        elif not self._is_band:
            self.tables[-1][-1].append(said)

    def handle_data(self, data):
        if "style" not in self._inside:
            self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)


def read_html(content: bytes) -> Tables:
    return Page(content.decode()).tables


# --- list and workbook ---------------------------------------------------------------------------


def read_csv(content: bytes) -> Tables:
    """The lines of a list but for its headings and the day of the figures."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    return [[[_listed(cell) for cell in line[:-1]] for line in lines[1:]]]


def _listed(cell: str) -> str:
    if re.fullmatch("[0-9]+", cell):
        return number(int(cell))
    if re.fullmatch(r"[0-9.]+,[0-9]%", cell):
        return cell.replace("%", f"{NBSP}%")
    is_guarded = cell.startswith("'") and re.match(r"[=+@＝＋－＠﹢﹣﹦﹫⁺⁼₊₌⁻₋-]", cell.lstrip("' "))
    return cell[1:] if is_guarded else cell


def read_xlsx(content: bytes) -> Tables:
    """The small tables of the first sheet, below their headings, then one table a sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    forms, heading = _forms(content)
    tables: Tables = []
    for place, name in enumerate(book.sheet_names):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        styles = list(_styles(content, place + 1))
        starts = [row for row, column in styles_of(styles, heading) if column == 0]
        for start in starts:
            below = [[shown(cell, forms.get(dict(styles).get((row, column), -1), ""))
                      for column, cell in enumerate(rows[row])]
                     for row in range(start + 1, _end(rows, start))]  # fmt: skip
            width = max(column for row, column in styles_of(styles, heading) if row == start) + 1
            tables.append([line[:width] for line in below])
    return [table for table in tables if table and not _says_nothing(table)]


def shown(cell: object, form: str) -> str:
    """A cell of a workbook as its number format has a reader see it in Vietnam."""
    if isinstance(cell, date):
        return printed(cell)
    if isinstance(cell, str):
        return cell
    return printed(Fraction(cell).limit_denominator(100_000) if form.endswith("%") else int(cell))


def styles_of(styles: list[tuple[tuple[int, int], int]], wanted: int) -> Iterator[tuple[int, int]]:
    return (place for place, style in styles if style == wanted)


def _end(rows: list[list[object]], start: int) -> int:
    """Where the first line without a figure or a word stands."""
    return next((row for row in range(start + 1, len(rows)) if not any(_is_there(c) for c in rows[row])),
                len(rows))  # fmt: skip


def _is_there(cell: object) -> bool:
    return cell != ""


def _says_nothing(table: list[list[str]]) -> bool:
    return len(table) == 1 and len(table[0]) > 1 and not any(table[0][1:])


def _styles(content: bytes, place: int) -> Iterator[tuple[tuple[int, int], int]]:
    with ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(f"xl/worksheets/sheet{place}.xml").decode()
    for letters, row, style in re.findall(r'<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?', xml):
        column = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters))) - 1
        yield (int(row) - 1, column), int(style or 0)


def _forms(content: bytes) -> tuple[dict[int, str], int]:
    """Number formats by style, and the style of headings: the one that is filled."""
    with ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/styles.xml").decode()
    formats = dict(re.findall(r'numFmtId="(\d+)" formatCode="([^"]*)"', xml))
    used = re.findall(r"<xf [^>]*>", xml.split("<cellXfs")[1].split("</cellXfs>")[0])
    forms = {
        index: formats.get(re.search(r'numFmtId="(\d+)"', style)[1], "") for index, style in enumerate(used)
    }
    filled = [index for index, style in enumerate(used) if not re.search(r'fillId="[01]"', style)]
    return forms, filled[0] if filled else -1


# --- document --------------------------------------------------------------------------------------


def in_document(paper: Paper) -> Tables:
    """What an official document holds: the tables of the text, then those of the annex."""
    ordered = replace(paper, sections=(*paper.body, *paper.annex))
    return on_page(ordered)


def read_docx(content: bytes) -> Tables:
    """The tables of figures of a document; a group is a single cell across, in a style of its own."""
    return [
        [[cell.text for cell in row.cells] for row in table.rows[1:] if not _is_group(row)]
        for table in Document(io.BytesIO(content)).tables
        if table.style.name == Named.GRID
    ]


def _is_group(row: _Row) -> bool:
    return row.cells[0].paragraphs[0].style.name in {Named.BAND_CELL, Named.WIDE_BAND_CELL}


READERS: dict[str, tuple[Callable[[bytes], Tables], Callable[[Paper], Tables]]] = {
    "text": (read_text, on_page),
    "html": (read_html, on_page),
    "csv": (read_csv, in_list),
    "xlsx": (read_xlsx, in_book),
    "docx": (read_docx, in_document),
}
