"""The same plan as a Word, Excel, PDF or text file, the way offices lay them out.

Every writer takes the same rows, so that a test can ask whether their readers agree.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path

import docx
import typst
import xlsxwriter
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.table import Table, _Cell, _Row

from intake.registry import RegistryDocument, read_registry

REGISTRY = Path(__file__).parents[1] / "config" / "registry"
HEADINGS = {
    "number": "STT",
    "text": "Nội dung nhiệm vụ",
    "lead": "Cơ quan chủ trì",
    "supporting": "Cơ quan phối hợp",
    "deadline": "Hạn hoàn thành",
    "expected": "Kết quả dự kiến",
    "note": "Ghi chú",
}
AS_WRITTEN = tuple(HEADINGS)
REORDERED = ("number", "text", "expected", "deadline", "lead", "supporting", "note")
BELOW = {"lead": "Chủ trì", "supporting": "Phối hợp"}
ABOVE = "Cơ quan thực hiện"


@dataclass(frozen=True, slots=True)
class Row:
    """One task; an empty number is a row cut off the one above."""

    number: str
    text: str
    lead: str
    supporting: str
    deadline: str
    expected: str
    note: str
    section: str = ""

    def cells(self, columns: Sequence[str]) -> list[str]:
        return [getattr(self, column) for column in columns]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with its annex, as a person would type it."""

    title: str
    number: str
    sections: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    @property
    def head(self) -> list[str]:
        return ["ỦY BAN NHÂN DÂN TỈNH THỬ", f"Số: {self.number}", "KẾ HOẠCH", self.title]

    def parts(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """The title row of each section, "" without any, and the rows below it."""
        titles = {number: f"{number}. {title}" for number, title in self.sections}
        for section, rows in groupby(self.rows, key=lambda row: row.section):
            yield titles.get(section, ""), list(rows)


@cache
def registry_plan(name: str) -> Plan:
    """Return a plan of the shipped registry; every third task is told at length."""
    plan, _ = read_registry((REGISTRY / f"{name}.yml").read_text("utf-8"), name)
    return Plan(
        f"{plan.document.title} (bản thử)",
        f"12{plan.document.number}",
        tuple((section.number, section.title) for section in plan.sections),
        tuple(_rows(plan)),
    )


def _rows(plan: RegistryDocument) -> Iterator[Row]:
    for place, task in enumerate(plan.tasks):
        more = " và báo cáo kết quả thực hiện theo từng giai đoạn, bảo đảm đúng tiến độ, chất lượng"
        text = f"{task.title}{more * (place % 3)}."
        yield Row(
            task.number,
            text,
            task.lead,
            task.supporting,
            task.deadline,
            task.expected,
            task.note,
            task.section,
        )


def with_cut_rows(plan: Plan, numbers: Iterable[str]) -> Plan:
    """Return the plan with some rows cut in two, as a page break leaves them in a copied table."""
    wanted, rows = set(numbers), []
    for row in plan.rows:
        at = _where_to_cut(row.text) if row.number in wanted else 0
        rows.append(replace(row, text=row.text[:at].rstrip()) if at else row)
        if at:
            rows.append(Row("", row.text[at:], "", "", "", "", "", row.section))
    return replace(plan, rows=tuple(rows))


def _where_to_cut(text: str) -> int:
    """Return a place past the middle where a word in lower case begins."""
    return next(m.end() for m in re.finditer(r" (?=[a-zà-ỹđ])", text) if m.end() > len(text) // 2)


# --- text ------------------------------------------------------------------------------


def as_text(plan: Plan) -> bytes:
    """One cell a line, a blank line after each row: what Word writes as plain text."""
    lines = [*plan.head, ""]
    lines += [*(f"\t{name}" for name in HEADINGS.values()), ""]
    for title, rows in plan.parts():
        if title:
            lines += [*(f"\t{part}" for part in title.split(". ", 1)), ""]
        for row in rows:
            lines += [*(f"\t{cell}" for cell in row.cells(AS_WRITTEN)), ""]
    return "\n".join(lines).encode()


def as_tabs(plan: Plan) -> bytes:
    """One row a line, tabs between the cells: what a spreadsheet writes."""
    lines = [*plan.head, "", *("\t".join(cells) for cells in _flat(plan))]
    return "\n".join(lines).encode()


def as_markdown(plan: Plan) -> bytes:
    """A Markdown table, as it arrives by mail."""
    first, *others = (f"| {' | '.join(cells)} |" for cells in _flat(plan))
    return "\n".join([*plan.head, "", first, "|---" * len(HEADINGS) + "|", *others]).encode()


def _flat(plan: Plan) -> Iterator[list[str]]:
    yield list(HEADINGS.values())
    for title, rows in plan.parts():
        if title:
            yield [*title.split(". ", 1), *[""] * (len(HEADINGS) - 2)]
        yield from (row.cells(AS_WRITTEN) for row in rows)


# --- Word ------------------------------------------------------------------------------


def as_docx(
    plan: Plan,
    columns: Sequence[str] = AS_WRITTEN,
    two_heading_rows: bool = False,
    repeat_every: int = 0,
    merged_leads: bool = False,
    auto_numbered: bool = False,
) -> bytes:
    """A Word file; headings may stand over two rows and again every so many rows."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    for line in plan.head:
        document.add_paragraph(line)
    document.add_paragraph("PHỤ LỤC")
    table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
    _heading_rows(table, columns, two_heading_rows)
    count = 0
    for title, rows in plan.parts():
        if title:
            cells = table.add_row().cells
            cells[0].merge(cells[-1]).text = title
        for lead, same in groupby(rows, key=lambda row: row.lead):
            written = []
            for row in same:
                if repeat_every and count and count % repeat_every == 0:
                    _merged(written, columns.index("lead"), lead, merged_leads)
                    written = []
                    _heading_rows(table, columns, two_heading_rows)
                written.append(_docx_row(table, row, columns, auto_numbered))
                count += 1
            _merged(written, columns.index("lead"), lead, merged_leads)
    document.add_paragraph("TM. ỦY BAN NHÂN DÂN")
    return _saved(document)


def _heading_rows(table: Table, columns: Sequence[str], is_double: bool) -> None:
    first = table.add_row()
    rows = [first, table.add_row()] if is_double else [first]
    for at, column in enumerate(columns):
        if is_double and column in BELOW:
            rows[1].cells[at].text = BELOW[column]
        elif is_double:
            first.cells[at].merge(rows[1].cells[at]).text = HEADINGS[column]
        else:
            first.cells[at].text = HEADINGS[column]
    if is_double:
        at = columns.index("lead")
        first.cells[at].merge(first.cells[at + 1]).text = ABOVE
    for row in rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _docx_row(table: Table, row: Row, columns: Sequence[str], auto_numbered: bool) -> _Row:
    added = table.add_row()
    for cell, column, text in zip(added.cells, columns, row.cells(columns), strict=True):
        if column == "number" and auto_numbered and text:
            cell.paragraphs[0].style = "List Number"
        else:
            cell.text = text
    return added


def _merged(rows: Sequence[_Row], column: int, words: str, is_wanted: bool) -> None:
    if is_wanted and len(rows) > 1:
        cells: list[_Cell] = [row.cells[column] for row in rows]
        cells[0].merge(cells[-1]).text = words


def _saved(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


# --- Excel -----------------------------------------------------------------------------


def as_xlsx(plan: Plan, columns: Sequence[str] = AS_WRITTEN, merged_leads: bool = False) -> bytes:
    """A workbook: title rows above the table, real dates, and a second sheet that is no annex."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet, form = book.add_worksheet("Phụ lục"), book.add_format({"num_format": "dd/mm/yyyy"})
    last, row = len(columns) - 1, 0
    for row, line in enumerate(plan.head):
        sheet.merge_range(row, 0, row, last, line)
    row += 2
    sheet.write_row(row, 0, [HEADINGS[column] for column in columns])
    for title, rows in plan.parts():
        if title:
            row += 1
            sheet.merge_range(row, 0, row, last, title)
        for lead, same in groupby(rows, key=lambda one: one.lead):
            first = row + 1
            for one in same:
                row += 1
                for at, column in enumerate(columns):
                    _put(sheet, row, at, column, getattr(one, column), form)
            if merged_leads and row > first:
                sheet.merge_range(first, columns.index("lead"), row, columns.index("lead"), lead)
    money = book.add_worksheet("Kinh phí")
    money.write_row(0, 0, ["STT", "Nội dung", "Kinh phí (triệu đồng)"])
    money.write_row(1, 0, [1, "Thuê nền tảng dùng chung", 3200])
    book.close()
    return file.getvalue()


def _put(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, at: int, column: str, text: str, form: object
) -> None:
    day = _day(text) if column == "deadline" else None
    if day is not None:
        sheet.write_datetime(row, at, day, form)
    elif column == "number" and text.isdigit():
        sheet.write_number(row, at, int(text))
    else:
        sheet.write_string(row, at, text)


def _day(text: str) -> date | None:
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None  # "31/9/2025" stays words


# --- PDF -------------------------------------------------------------------------------


def as_pdf(plan: Plan, columns: Sequence[str] = AS_WRITTEN, merged_leads: bool = False) -> bytes:
    """A ruled table over several pages, its headings on each of them, with page numbers."""
    widths = ", ".join({"number": "1.1cm", "text": "2.4fr"}.get(column, "1fr") for column in columns)
    cells = []
    for title, rows in plan.parts():
        if title:
            cells.append(f"table.cell(colspan: {len(columns)})[*#{_quoted(title)}*]")
        for _, same in groupby(rows, key=lambda row: row.lead):
            group = list(same)
            for place, row in enumerate(group):
                for column in columns:
                    spans = merged_leads and column == "lead" and len(group) > 1
                    if not spans:
                        cells.append(f"[#{_quoted(getattr(row, column))}]")
                    elif place == 0:
                        cells.append(f"table.cell(rowspan: {len(group)})[#{_quoted(row.lead)}]")
    headings = ", ".join(f"[*#{_quoted(HEADINGS[column])}*]" for column in columns)
    head = "\n\n".join(f"#{_quoted(line)}" for line in plan.head)
    source = f"""
#set page(paper: "a4", flipped: true, numbering: "1", margin: 1.8cm)
#set text(lang: "vi", size: 10pt)
{head}

#table(columns: ({widths}), table.header({headings}), {", ".join(cells)})
"""
    return bytes(typst.compile(source.encode()))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
