"""What does a paper look like as an Excel workbook?

A summary to read, then a sheet a table to filter, sort and print. Figures are numbers and
deadlines are dates; words are always texts, whatever they begin with. The same paper gives the
same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

from engine.model import HANOI
from engine.paperwork import Letterhead
from reports.lines import Tell, told, ungrouped
from reports.paper import Paper, Table, Value
from reports.plain import looks_like_formula
from reports.printed import printed
from reports.sheet_names import SheetNames
from reports.vietnamese import NOTHING, moment
from reports.xlsx_summary import COLUMNS, is_small, summary_lines, table_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

OPTIONS = {
    "in_memory": True,  # no titles left in temporary files, and bytes that no umask changes
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
A4 = 9
SUMMARY = "Tổng hợp"
LONGEST_HEADER = 200  # Excel takes 255 characters, marks included
TOP = {"valign": "top"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "section": {"bold": True, "font_size": 12},
    "note": {},
    "heading": {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#D9E2EC", "border": 1},
    "text": TOP | {"text_wrap": True},
    "quoted": TOP | {"text_wrap": True, "quote_prefix": True},  # stays a text when somebody edits it
    "nothing": TOP | {"align": "right"},
    "number": TOP | {"num_format": "#,##0"},
    "date": TOP | {"num_format": "dd/mm/yyyy", "align": "center"},
}
BOLD = {"bold": True, "top": 1}


def write_xlsx(paper: Paper, out: BinaryIO, letterhead: Letterhead, tell: Tell = lambda said: None) -> None:
    """Write the paper as a workbook: a summary of sentences and small tables, then a sheet a table."""
    from xlsxwriter import Workbook  # imported here: most commands never need it

    content = io.BytesIO()
    with Workbook(content, OPTIONS) as book:
        # The moment is the paper's own, in UTC as Excel keeps it; never that of the machine.
        book.set_properties({"title": paper.title, "created": paper.as_of.astimezone(UTC)})
        pages = _Pages(book, f"Tính đến {moment(paper.as_of.astimezone(HANOI))}", tell)
        pages.summary(paper)
        for name, table in _sheets(paper):
            pages.table(name, table)
    out.write(content.getvalue())


def _sheets(paper: Paper) -> Iterable[tuple[str, Table]]:
    """Yield the tables that have a sheet of their own, by its name."""
    names = SheetNames([SUMMARY])
    for section in paper.sections:
        tables = [table for table in map(table_of, section.blocks) if table and not is_small(table)]
        for table in tables:
            said = section.title if len(tables) == 1 else table.caption
            yield names.unused(said), ungrouped(table)


class _Pages:
    """The sheets of one workbook, its styles, and the one place that writes a cell."""

    def __init__(self, book: Workbook, as_of: str, tell: Tell) -> None:
        self._book = book
        self._as_of = as_of
        self._tell = tell
        self._styles: dict[tuple[str, bool], Format] = {}

    def summary(self, paper: Paper) -> None:
        """Add the sheet with what the paper says, its small tables, and what the figures rest on."""
        sheet = self._sheet(SUMMARY, paper.title)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, COLUMNS - 1, 18)
        for index, (style, cells) in enumerate(summary_lines(paper)):
            self._line(sheet, index, cells, style)

    def table(self, name: str, table: Table) -> None:
        """Add a sheet of one table; without rows it says so."""
        sheet = self._sheet(name, table.caption)
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, max(column.width, 8))
        self._line(sheet, 0, [column.heading for column in table.columns], "heading")
        count = len(table.rows)
        for index, row in enumerate(told(table.rows, self._tell), start=1):
            self._line(sheet, index, row)
        if not count:
            self._line(sheet, 1, [table.nothing], "note")
        elif table.total is not None:
            self._line(sheet, count + 1, table.total, "total")
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, max(count, 1), len(table.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})  # a commune's code is a name

    def _sheet(self, name: str, header: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&C{_marked(header)}")
        sheet.set_footer(f"&L{self._as_of}&RTrang &P/&N")
        return sheet

    def _line(self, sheet: Worksheet, row: int, cells: Iterable[Value], style: str = "") -> None:
        for column, value in enumerate(cells):
            self._cell(sheet, row, column, value, style)

    def _cell(self, sheet: Worksheet, row: int, column: int, value: Value, style: str) -> None:
        bold = style == "total"
        if value is None:
            sheet.write_string(row, column, NOTHING, self._style("nothing", bold))
        elif isinstance(value, date) and not isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self._style("date", bold))
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self._style("number", bold))
        elif isinstance(value, Fraction):
            sheet.write_number(row, column, float(value), self._style(_rate_form(value), bold))
        elif text := printed(value):
            usual = style if style in STYLES else "text"
            form = "quoted" if looks_like_formula(text) else usual
            sheet.write_string(row, column, text, self._style(form, bold))

    def _style(self, name: str, bold: bool) -> Format:
        """Return a style by its name in STYLES, or by a number format."""
        if (name, bold) not in self._styles:
            form = STYLES.get(name, TOP | {"num_format": name})
            self._styles[name, bold] = self._book.add_format(form | BOLD if bold else form)
        return self._styles[name, bold]


def _rate_form(rate: Fraction) -> str:
    """Return a percentage with one decimal, or as many as keep it from all or nothing."""
    decimals = 1
    while 0 < rate < 1 and round(rate, decimals + 2) in {0, 1}:
        decimals += 1
    return f"0.{'0' * decimals}%"


def _marked(text: str) -> str:
    """Return words for the margin of a page, where & starts a mark."""
    return text[:LONGEST_HEADER].replace("&", "&&")
