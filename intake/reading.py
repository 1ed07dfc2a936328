"""Which plan does a file hold, whatever kind of file it is?

Text is read here; everything else is opened in a process of its own, becomes paragraphs
and grids, and then the same annex. What a file is shows in its bytes, never in its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.problems import Problem
from intake.annex import EMPTY, Annex, RawTable
from intake.assembling import annex_from, secret
from intake.decoding import looks_like
from intake.grid import tables_of
from intake.isolation import extract_apart
from intake.secrecy import is_marked
from intake.source import Refused, SourceDocument
from intake.table import heading_problems
from intake.text import read_annex

_PDF_WITHIN = 1024  # some programs write lines of their own before "%PDF"

# Problems of a document that do not stop its import; a person should know them.
NOT_FATAL = frozenset({
    "unknown-heading", "table-skipped", "proposed-deadline", "reader-note",
    "tracked-changes", "hidden-text", "embedded-part",  # Word
    "hidden-sheet", "hidden-rows", "hidden-columns", "hidden-year",  # Excel
    "formula-without-value", "struck-text",
    "picture-skipped", "unreadable-letters",  # PDF
})  # fmt: skip


def read_document(
    data: bytes, source: str, on_progress: Callable[[str], None] | None = None
) -> tuple[Annex, list[Problem]]:
    """Return the plan in `data`; an empty one with the reasons when it is refused.

    `source` is the name that people are shown (see `intake.names.safe_name`).
    """
    if not looks_like(data) and b"%PDF-" not in data[:_PDF_WITHIN]:
        return read_annex(data, source)
    try:
        document = extract_apart(data, on_progress=on_progress)
    except Refused as refused:
        return EMPTY, [Problem(source, 0, 0, refused.code, refused.message, refused.hint)]
    return annex_in(document, source)


def annex_in(document: SourceDocument, source: str) -> tuple[Annex, list[Problem]]:
    """Return the plan in a file that was read into paragraphs and grids."""
    tables, around, before = tables_of(document)
    if _is_marked(document, tables, around):
        return EMPTY, [secret(source)]
    if not tables:
        return EMPTY, [_no_table(source)]
    annex, problems = annex_from(tables, before, around, source)
    return annex, [*problems, *_notes(document, source)]


def _is_marked(document: SourceDocument, tables: Sequence[RawTable], around: Sequence[str]) -> bool:
    """Return whether a secrecy marking stands anywhere but in a row of an annex, which is held by itself."""
    others = [table for table in tables if not heading_problems(table, "")[1]]
    cells = (cell for table in others for row in table.rows for cell in row.cells)
    return any(is_marked(line) for text in (*around, *document.margins, *cells) for line in text.split("\n"))


def _notes(document: SourceDocument, source: str) -> Iterator[Problem]:
    """Yield what the reader noticed; a note never stops an import, whatever its code."""
    for code, said in document.notes:
        known = code if code in NOT_FATAL else "reader-note"
        yield Problem(source, 0, 0, known, said, "đối chiếu kết quả đọc với văn bản trước khi dùng")


def _no_table(source: str) -> Problem:
    hint = "kiểm tra phụ lục giao việc là một bảng có hàng tiêu đề như 'STT', 'Nội dung', 'Thời hạn'"
    return Problem(source, 0, 0, "no-table", "không tìm thấy bảng nhiệm vụ trong tệp", hint)
