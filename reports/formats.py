"""In which formats can a paper be had?

The module of each format is imported when the format is asked for: typst, Word and Excel are
not loaded to print a list on a terminal.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, BinaryIO, Protocol, cast

from engine.compliance import OverdueReport, as_json
from engine.paperwork import Letterhead
from reports.paper import Paper, cleaned, word
from reports.papers.overdue import overdue_paper
from reports.plain import plain

Tell = Callable[[str], None]
AS_RECORDED = frozenset({"rulebook", "log_head"})  # fingerprints: never taken for a telephone number


class Writer(Protocol):
    """Prints a paper into `out`; says on long ones how far it is, by `tell`."""

    def __call__(self, paper: Paper, out: BinaryIO, letterhead: Letterhead, tell: Tell) -> None: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format by name, the end of its files' names, and whether a terminal cannot show it."""

    name: str
    suffix: str
    is_binary: bool = False

    @property
    def write(self) -> Writer:
        """The function that prints a paper; json prints data and has none."""
        return cast(Writer, getattr(import_module(f"reports.{self.name}"), f"write_{self.name}"))


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("text", "txt"),
        Format("json", "json"),
        Format("csv", "csv"),
        Format("html", "html"),
        Format("xlsx", "xlsx", is_binary=True),
        Format("docx", "docx", is_binary=True),
        Format("pdf", "pdf", is_binary=True),
    )
}


def write(
    form: str,
    paper: Paper,
    json_data: Mapping[str, Any],
    out: BinaryIO,
    letterhead: Letterhead,
    tell: Tell = lambda said: None,
) -> None:
    """Print a report in one of FORMATS: json from its data, every other from its paper.

    The words of the data are cleaned as those of a paper are; `paper` has been already.
    """
    if form == "json":
        text = json.dumps(_cleaned(json_data), ensure_ascii=False, indent=2) + "\n"
        out.write(text.encode())
    else:
        FORMATS[form].write(paper, out, letterhead, tell)


def _cleaned(data: Any, key: str = "") -> Any:
    if isinstance(data, str):
        return plain(data) if key in AS_RECORDED else word(data)
    if isinstance(data, Mapping):
        return {name: _cleaned(value, name) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_cleaned(value, key) for value in data]
    return data


def _printed(form: str, report: OverdueReport) -> bytes:
    out = io.BytesIO()
    write(form, cleaned(overdue_paper(report)), as_json(report), out, Letterhead())
    return out.getvalue()


def _text(form: str, report: OverdueReport) -> str:
    return _printed(form, report).decode()


OVERDUE: Mapping[str, Callable[[OverdueReport], str]] = {
    form: partial(_text, form) for form in ("text", "json", "html")
}

# Files for a spreadsheet, to the byte: encoding and line ends are part of the format.
SPREADSHEETS: Mapping[str, Callable[[OverdueReport], bytes]] = {
    form: partial(_printed, form) for form in ("csv", "xlsx")
}
