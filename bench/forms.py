"""How long does a long report take as Excel, Word and PDF, against the bare library with the same rows?

Usage: python -m bench.forms [ROWS]        (default 5000)

The paper is a table of ROWS lines of eight columns in an official annex; the bare library writes the
same cells as texts, without layout. Medians of RUNS, each in a process of its own, since typst remembers
what it has laid out; seconds of the processor.
"""

from __future__ import annotations

import io
import json
import statistics
import sys
from collections.abc import Callable
from datetime import date, datetime
from multiprocessing import get_context

import docx
import typst
import xlsxwriter

from bench.plan import timed
from engine.model import HANOI
from engine.paperwork import Letterhead
from reports.formats import FORMATS
from reports.paper import Column, Kind, Paper, Section, Table, cleaned
from reports.pdf import FONTS
from reports.printed import printed

RUNS = 3
AS_OF = datetime(2025, 10, 16, 8, tzinfo=HANOI)
COLUMNS = (
    Column("STT", Kind.NUMBER, 6), Column("Tên nhiệm vụ", width=40), Column("Cơ quan chủ trì", width=18),
    Column("Kết quả", width=12), Column("Hạn gốc", Kind.DATE, 12), Column("Hạn gia hạn", Kind.DATE, 12),
    Column("Số ngày quá hạn", Kind.NUMBER, 10), Column("Tình trạng", width=16),
)  # fmt: skip
BARE_PAGE = b"""
#let rows = json(bytes(sys.inputs.rows))
#set page(paper: "a4", flipped: true)
#set text(font: "Liberation Serif", size: 11pt)
#table(columns: rows.first().len() * (1fr,), ..rows.flatten())
"""


def main(count: int) -> None:
    """Print each format's time, the bare library's, and the ratio of both."""
    for form in BARE:
        ours, theirs = median(ours_of, form, count), median(bare_of, form, count)
        line = f"{form:<6}{ours:>8.2f} s   bare library {theirs:>8.2f} s   ratio {ours / theirs:>6.2f}"
        print(line, flush=True)


def ours_of(form: str, count: int) -> float:
    """Return the seconds our own writer takes for a paper of `count` rows."""
    FORMATS[form].write(of_rows(1), io.BytesIO(), Letterhead(), _silent)  # libraries loaded, fonts read
    paper = of_rows(count)
    return timed(lambda: FORMATS[form].write(paper, io.BytesIO(), Letterhead(), _silent))[1]


def bare_of(form: str, count: int) -> float:
    """Return the seconds the bare library takes for the same cells."""
    BARE[form]([["a"]])
    cells = [[printed(value) for value in row] for table in of_rows(count).tables for row in table.rows]
    return timed(lambda: BARE[form](cells))[1]


def median(measure: Callable[[str, int], float], form: str, count: int) -> float:
    """Return the median of RUNS measures, each in a fresh process."""
    found = []
    for _ in range(RUNS):
        with get_context("spawn").Pool(1) as one:
            found.append(one.apply(measure, (form, count)))
    return statistics.median(found)


def of_rows(count: int) -> Paper:
    """Return a paper whose annex has `count` rows."""
    rows = [
        (
            n, f"Rà soát, sửa đổi, bổ sung quy định số {n} về khoa học, công nghệ và chuyển đổi số",
            "Sở Khoa học và Công nghệ", "Báo cáo", date(2025, 9, 30), None if n % 2 else date(2025, 10, 10),
            n % 200, "Đã nhận, đang thực hiện",
        )
        for n in range(1, count + 1)
    ]  # fmt: skip
    annex = Section("rows", "Danh sách nhiệm vụ", (Table("rows", "Danh sách", COLUMNS, rows),), is_annex=True)
    return cleaned(Paper("overdue", "Báo cáo nhiệm vụ quá hạn", "Nhiệm vụ quá hạn", AS_OF, sections=(annex,)))


def as_xlsx(cells: list[list[str]]) -> None:
    """Write the cells with xlsxwriter alone."""
    with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                sheet.write_string(row, column, value)


def as_docx(cells: list[list[str]]) -> None:
    """Write the cells with python-docx alone, reaching each cell once."""
    document = docx.Document()
    table = document.add_table(rows=len(cells), cols=len(cells[0]))
    for cell, value in zip(table._cells, (value for values in cells for value in values), strict=True):
        cell.text = value
    document.save(io.BytesIO())


def as_pdf(cells: list[list[str]]) -> None:
    """Write the cells with typst alone."""
    typst.compile(BARE_PAGE, font_paths=[str(FONTS)], sys_inputs={"rows": json.dumps(cells)})


BARE = {"xlsx": as_xlsx, "docx": as_docx, "pdf": as_pdf}


def _silent(said: str) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
