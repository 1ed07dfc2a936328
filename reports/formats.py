"""In which formats can the overdue report be had?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from engine.compliance import OverdueReport, as_json
from reports.csv import as_csv
from reports.html import as_html
from reports.layout import without_private_numbers
from reports.text import as_text
from reports.xlsx import as_xlsx


def as_json_text(report: OverdueReport) -> str:
    """Return the JSON contract as indented text with Vietnamese letters kept, ending in a newline."""
    return json.dumps(as_json(without_private_numbers(report)), ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[OverdueReport], str]] = {
    "text": as_text,
    "json": as_json_text,
    "html": as_html,
}

# Files for a spreadsheet, to the byte: encoding and line ends are part of the format.
SPREADSHEETS: Mapping[str, Callable[[OverdueReport], bytes]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
}
