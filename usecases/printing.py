"""How does a report become a file on the office's own paper?"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from reports.formats import FORMATS, as_json
from reports.paper import Form, Paper
from usecases.reports import KINDS, papers_of
from usecases.wiring import Office
from usecases.word_forms import write_word

OFFICIAL = frozenset({"docx", "pdf"})
"""The formats in which every letter is a paper of its own."""

Tell = Callable[[str], None]


def printed_as(office: Office, form: str, name: str, report: Any, tell: Tell = lambda said: None) -> bytes:
    """Return the report `name` in one format, whole."""
    if form == "json":
        return as_json(KINDS[name].as_json(report))
    return paper_as(office, form, papers_of(name, report)[0], tell)


def paper_as(office: Office, form: str, paper: Paper, tell: Tell = lambda said: None) -> bytes:
    """Return one paper in one format; a Word file in the office's own form."""
    content, letterhead = io.BytesIO(), office.paperwork.letterhead
    if form == "docx":
        write_word(paper, content, letterhead, tell, office.folder)
    else:
        FORMATS[form].write(paper, content, letterhead, tell)
    return content.getvalue()


def letters_in(name: str, report: Any) -> list[Paper]:
    """Return the letters of a report, each a paper to be issued by itself."""
    return [paper for paper in papers_of(name, report) if paper.form is Form.LETTER]
