"""What does the list of overdue assignments look like as comma-separated values?

RFC 4180 in UTF-8 with a byte order mark, by which Excel knows Vietnamese letters. A text a
spreadsheet would evaluate gets an apostrophe in front: whoever reads the file by program
takes one away where `looks_like_formula` holds, and has the words again.
"""

from __future__ import annotations

import csv
import io
from datetime import date

from engine.compliance import OverdueReport
from reports.cells import COLUMNS, for_cells, looks_like_formula, plain
from reports.vietnamese import day

AS_OF = "Số liệu tính đến"


def as_csv(report: OverdueReport) -> bytes:
    """Return a line of headings and one line per overdue assignment, the longest overdue first."""
    report = for_cells(report)
    content = io.StringIO()
    lines = csv.writer(content, lineterminator="\r\n")
    lines.writerow([*(column.heading for column in COLUMNS), AS_OF])
    for row in report.rows:
        lines.writerow([_shown(value) for value in (*(c.value(row) for c in COLUMNS), report.as_of)])
    return content.getvalue().encode("utf-8-sig")


def _shown(value: object) -> str:
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int):
        return str(value)
    text = plain(str(value))
    return f"'{text}" if looks_like_formula(text) else text
