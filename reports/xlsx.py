"""What does the overdue report look like as an Excel workbook?

Four sheets to filter, sort and print. Figures are numbers and deadlines are dates; words
are always texts, whatever they begin with. The same report gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.compliance import OverdueReport, UnitRow
from engine.data_quality import DataQuality
from reports.cells import COLUMNS, Column, Row, for_cells, looks_like_formula, plain
from reports.layout import matrix_lines
from reports.vietnamese import NOTHING, ageing, moment

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
TOP = {"valign": "top"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {},
    "heading": {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#D9E2EC", "border": 1},
    "text": TOP | {"text_wrap": True},
    "quoted": TOP | {"text_wrap": True, "quote_prefix": True},  # stays a text when somebody edits it
    "nothing": TOP | {"align": "right"},
    "number": TOP | {"num_format": "#,##0"},
    "date": TOP | {"num_format": "dd/mm/yyyy", "align": "center"},
}

UNIT_COLUMNS: tuple[Column[UnitRow], ...] = (
    Column("Mã đơn vị", lambda unit: unit.code, 11),
    Column("Đơn vị chủ trì", lambda unit: unit.name, 34),
    Column("Chưa hoàn thành, quá hạn", lambda unit: unit.matrix.open_late, 14),
    Column("Quá hạn lâu nhất (ngày)", lambda unit: unit.oldest_days_late, 13),
    Column("Số đến hạn", lambda unit: unit.matrix.rates.due, 11),
    Column("Hoàn thành / đến hạn", lambda unit: unit.matrix.rates.completed_of_due, 13),
    Column("Đúng hạn / đến hạn", lambda unit: unit.matrix.rates.on_time_of_due, 13),
    Column("Hoàn thành đúng hạn", lambda unit: unit.matrix.done_on_time, 13),
    Column("Hoàn thành quá hạn", lambda unit: unit.matrix.done_late, 13),
    Column("Chưa hoàn thành, trong hạn", lambda unit: unit.matrix.open_in_time, 14),
    Column("Chưa có hạn xác định", lambda unit: unit.matrix.no_deadline, 13),
    Column("Chờ quyết định", lambda unit: unit.matrix.awaiting_decision, 13),
    Column("Tổng số được giao", lambda unit: unit.matrix.total, 12),
)
REMARK_COLUMNS: tuple[Column[DataQuality], ...] = (
    Column("Số lượng", lambda remark: remark.count, 11),
    Column("Loại", lambda remark: "Câu hỏi đang chờ" if remark.is_question else "Điều cần biết", 20),
    Column("Nội dung", lambda remark: remark.message, 110),
)


def as_xlsx(report: OverdueReport) -> bytes:
    """Return the report as a workbook: summary, overdue rows, units, data to look at."""
    from xlsxwriter import Workbook  # imported here: most commands never need it

    report, content = for_cells(report), io.BytesIO()
    with Workbook(content, OPTIONS) as book:
        # The moment is the report's own, in UTC as Excel keeps it; never that of the machine.
        book.set_properties({"title": "Báo cáo nhiệm vụ quá hạn", "created": report.as_of.astimezone(UTC)})
        pages = _Pages(book, f"Tính đến {moment(report.as_of)}")
        pages.summary(report)
        pages.table("Quá hạn", COLUMNS, report.rows, "Không có phần việc nào quá hạn.")
        pages.table("Theo đơn vị", UNIT_COLUMNS, report.units, "Chưa có phần việc nào được giao.")
        pages.table("Dữ liệu cần xem", REMARK_COLUMNS, report.data_quality, "Không có điều gì cần lưu ý.")
    return content.getvalue()


class _Pages:
    """The sheets of one workbook, its styles, and the one place that writes a cell."""

    def __init__(self, book: Workbook, as_of: str) -> None:
        self._book = book
        self._as_of = as_of
        self._styles = {name: book.add_format(style) for name, style in STYLES.items()}

    def summary(self, report: OverdueReport) -> None:
        """Add the sheet with the matrix, both rates, ageing, and what the figures rest on."""
        sheet = self._sheet("Tổng hợp")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 3, 18)
        for index, (style, cells) in enumerate(_summary(report, self._as_of)):
            self._line(sheet, index, cells, style)

    def table(self, name: str, columns: Sequence[Column[Row]], rows: Sequence[Row], nothing: str) -> None:
        """Add a sheet of one table; without rows it says so in the words of `nothing`."""
        sheet = self._sheet(name)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
        self._line(sheet, 0, [column.heading for column in columns], "heading")
        for index, row in enumerate(rows, start=1):
            self._line(sheet, index, [column.value(row) for column in columns])
        if not rows:
            self._line(sheet, 1, [nothing], "note")
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})  # a commune's code is a name

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self._as_of}&RTrang &P/&N")
        return sheet

    def _line(self, sheet: Worksheet, row: int, cells: Iterable[object], style: str = "") -> None:
        for column, value in enumerate(cells):
            self._cell(sheet, row, column, value, style)

    def _cell(self, sheet: Worksheet, row: int, column: int, value: object, style: str) -> None:
        styles = self._styles
        if value is None:
            sheet.write_string(row, column, NOTHING, styles["nothing"])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, styles["date"])
        elif isinstance(value, int):
            sheet.write_number(row, column, value, styles["number"])
        elif isinstance(value, Fraction):
            sheet.write_number(row, column, float(value), self._rate_style(value))
        elif text := plain(str(value)):
            usual = "quoted" if looks_like_formula(text) else "text"
            sheet.write_string(row, column, text, styles[style or usual])

    def _rate_style(self, rate: Fraction) -> Format:
        """Return a percentage with one decimal, or as many as keep it from all or nothing."""
        decimals = 1
        while 0 < rate < 1 and round(rate, decimals + 2) in {0, 1}:
            decimals += 1
        form = f"0.{'0' * decimals}%"
        if form not in self._styles:
            self._styles[form] = self._book.add_format(TOP | {"num_format": form})
        return self._styles[form]


def _summary(report: OverdueReport, as_of: str) -> Iterable[tuple[str, tuple[object, ...]]]:
    """Yield the lines of the summary with their style; "" is the usual style of each cell."""
    rates = report.rates
    yield "title", ("BÁO CÁO NHIỆM VỤ QUÁ HẠN",)
    yield "note", (as_of,)
    yield "note", (f"Bộ quy tắc: {report.rulebook}",)
    yield from (("note", (f"Văn bản giao: {name}",)) for name in report.documents)
    yield "", ()
    yield "heading", ("Phần việc được giao", "Đúng/trong hạn", "Quá hạn", "Cộng")
    for line in matrix_lines(report.matrix):
        yield "", (line.label, line.in_time, line.late, line.total)
    yield "", ()
    yield "heading", ("Tỷ lệ", "Số phần việc", "Số đến hạn", "Tỷ lệ")
    yield "", ("Hoàn thành / đến hạn", rates.completed, rates.due, rates.completed_of_due)
    yield "", ("Đúng hạn / đến hạn", rates.on_time, rates.due, rates.on_time_of_due)
    yield "", ()
    yield "heading", ("Số ngày quá hạn", "Phần việc")
    yield from (("", (ageing(age), age.count)) for age in report.ageing)
