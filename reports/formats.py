"""In which formats can a paper be had?

The module of each format is imported when the format is asked for: typst, Word and Excel are
not loaded to print a list on a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO, Protocol, cast

from engine.paperwork import Letterhead
from reports.paper import Paper, cleaned_json

Tell = Callable[[str], None]


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
    """Print a report in one of FORMATS: json from its data, every other from its paper."""
    if form == "json":
        out.write(as_json(json_data))
    else:
        FORMATS[form].write(paper, out, letterhead, tell)


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return plain data as one JSON document, its words cleaned as those of a paper are."""
    return (json.dumps(cleaned_json(data), ensure_ascii=False, indent=2) + "\n").encode()
