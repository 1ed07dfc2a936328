"""What does the main table of a paper look like as comma-separated values?

RFC 4180 in UTF-8 with a byte order mark, by which Excel knows Vietnamese letters. A text a
spreadsheet would evaluate gets an apostrophe in front: whoever reads the file by program
takes one away where `looks_like_formula` holds, and has the words again.
"""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import BinaryIO

from engine.model import HANOI
from engine.paperwork import Letterhead
from reports.lines import Tell, told, ungrouped
from reports.paper import Paper, Table, Value
from reports.plain import looks_like_formula
from reports.printed import printed
from reports.vietnamese import NBSP, day, percent

AS_OF = "Số liệu tính đến"


def write_csv(paper: Paper, out: BinaryIO, letterhead: Letterhead, tell: Tell = lambda said: None) -> None:
    """Write the headings and lines of the main table, each with the day of the figures.

    A row's group stands in a column of its own. A paper without tables gives the day's heading alone.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    lines = csv.writer(text, lineterminator="\r\n")
    table = main_table(paper)
    lines.writerow([*(column.heading for column in table.columns), AS_OF])
    for row in told(table.rows, tell):
        lines.writerow([*map(_cell, row), day(paper.as_of.astimezone(HANOI))])
    text.detach()


def main_table(paper: Paper) -> Table:
    """Return the table a list is made of: the last one of the annex, else the one with most rows."""
    annex = [block for section in paper.annex for block in section.blocks if isinstance(block, Table)]
    if annex:
        return ungrouped(annex[-1])
    return ungrouped(max(paper.tables, key=lambda table: len(table.rows), default=Table("", "", (), [])))


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if looks_like_formula(value) else value
        case Fraction():
            return percent(value).replace(NBSP, "")
        case int():
            return str(value)
        case _:
            return printed(value)
