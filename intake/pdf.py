"""What does a PDF file with a text layer contain?

Each page gives paragraphs and one grid for each ruled table, in reading order. Everything
that could be silently missing or wrong, such as a scanned page, a damaged end or a font
without letters, refuses the whole file.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1

from intake.pdf_doubts import Sight, notes_of, refuse_scans, refuse_unreadable, sight_of
from intake.pdf_margins import without_furniture
from intake.pdf_notes import Footnotes, footnotes_of
from intake.pdf_page import DrawnPage, Letter, drawn
from intake.pdf_rules import frames_of
from intake.pdf_table import Filled, cell_lines, filled
from intake.pdf_text import Line, lines_of, paragraphs_of, with_notes
from intake.source import Grid, Refused, SourceDocument

MAX_PAGES = 300
MAX_BYTES = 20 * 2**20
TAIL = 4096
_DATA_LOSS = "Data-loss"
_DAMAGED = "tệp PDF hỏng hoặc bị cắt cụt"
_SEND_AGAIN = "tải hoặc gửi lại tệp; nếu vẫn hỏng thì xin tệp Word (.docx)"


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as read, before it is known what its edges repeat."""

    height: float
    tables: tuple[Filled, ...]
    lines: list[Line]
    stamps: tuple[str, ...]
    footnotes: Footnotes


def read_pdf(data: bytes, on_page: Callable[[int, int], None] | None = None) -> SourceDocument:
    """Return paragraphs and tables of a PDF file; raise `Refused` when anything may be lost.

    `on_page` is told the pages read and the pages in all. Footnotes stand where they are
    referred to; page numbers are left out, running heads and stamps go to the margins.
    """
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"tệp PDF lớn hơn {MAX_BYTES // 2**20} MiB", "chỉ gửi phần có phụ lục")
    try:
        with _quiet() as warnings:
            pages, sights = _pages(data, on_page or (lambda done, total: None))
    except Refused:
        raise
    except PDFEncryptionError as error:
        message = "tệp PDF đặt mật khẩu mở"
        raise Refused("encrypted-file", message, "gỡ mật khẩu rồi gửi lại, hoặc xin tệp Word") from error
    except MemoryError as error:
        raise Refused("too-large", "tệp PDF bung ra quá lớn", "chỉ gửi phần có phụ lục") from error
    except Exception as error:  # pdfminer raises whatever a broken file makes it stumble over
        raise Refused("damaged-file", _DAMAGED, _SEND_AGAIN) from error
    if any(_DATA_LOSS in warning for warning in warnings):
        raise Refused("damaged-file", _DAMAGED, _SEND_AGAIN)
    refuse_scans(sights)
    return _document(pages, sights)


def _pages(data: bytes, on_page: Callable[[int, int], None]) -> tuple[list[_Page], list[Sight]]:
    if b"%PDF-" not in data[:1024]:
        raise Refused("damaged-file", "tệp không phải là PDF", _SEND_AGAIN)
    if b"%%EOF" not in data.rstrip(b"\0 \r\n\t")[-TAIL:]:
        raise Refused("damaged-file", "tệp PDF bị cắt cụt: không có phần kết thúc", _SEND_AGAIN)
    document = PDFDocument(PDFParser(io.BytesIO(data)))
    total = _page_count(document)
    resources = PDFResourceManager()
    pages, sights = [], []
    for number, page in enumerate(PDFPage.create_pages(document), start=1):
        _check_contents(page)
        shown = drawn(page, resources)
        sights.append(sight_of(shown))
        pages.append(_page(shown, number))
        on_page(number, total)
    if len(pages) != total:
        raise Refused("damaged-file", f"tệp PDF thiếu trang: có {len(pages)}/{total}", _SEND_AGAIN)
    return pages, sights


def _page_count(document: PDFDocument) -> int:
    """Return how many pages the file says it has."""
    count = resolve1(resolve1(document.catalog["Pages"])["Count"])
    if not isinstance(count, int) or count < 1:
        raise Refused("damaged-file", "tệp PDF không có trang nào", _SEND_AGAIN)
    if count > MAX_PAGES:
        raise Refused("too-large", f"tệp PDF có {count} trang, quá {MAX_PAGES}", "chỉ gửi phần có phụ lục")
    return count


def _check_contents(page: PDFPage) -> None:
    """Raise `Refused` when what a page draws is not there or cannot be unpacked."""
    for stream in map(resolve1, page.contents):
        packed = stream.rawdata if isinstance(stream, PDFStream) else None
        if not isinstance(stream, PDFStream) or (packed and len(packed) > 16 and not stream.get_data()):
            raise Refused("damaged-file", _DAMAGED, _SEND_AGAIN)


def _page(shown: DrawnPage, number: int) -> _Page:
    frames = frames_of(shown)
    visible = [letter for letter in shown.letters if not letter.is_hidden]
    inside: list[list[Letter]] = [[] for _ in frames]
    outside: list[Letter] = []
    for letter in visible:
        holder = next((at for at, frame in enumerate(frames) if frame.box.holds(letter.centre, 1.5)), None)
        (outside if holder is None else inside[holder]).append(letter)
    tables = tuple(filled(frame, held, number) for frame, held in zip(frames, inside, strict=True))
    stamps = cell_lines(letter for letter in outside if letter.turn)
    lines = lines_of(letter for letter in outside if not letter.turn)
    over = tuple(text for table in tables for text in table.stamps)
    lines, footnotes = footnotes_of(lines, shown)
    kept = tuple(table for table in tables if table.lines)
    return _Page(shown.height, kept, lines, (*over, *(line.text for line in stamps)), footnotes)


def _document(pages: Sequence[_Page], sights: Sequence[Sight]) -> SourceDocument:
    bodies, running = without_furniture([(page.height, page.lines) for page in pages])
    blocks: list[str | Grid] = []
    for number, (page, lines) in enumerate(zip(pages, bodies, strict=True), start=1):
        blocks += _blocks(page, lines, number)
    margins = dict.fromkeys([*running, *(stamp for page in pages for stamp in page.stamps)])
    text = "\n".join([*margins, *(_text(block) for block in blocks)])
    refuse_unreadable(text)
    return SourceDocument(tuple(blocks), tuple(margins), tuple(notes_of(sights, text)))


def _blocks(page: _Page, lines: Sequence[Line], number: int) -> Iterator[str | Grid]:
    """Yield paragraphs and tables of a page from top to bottom, then the notes nobody referred to."""
    notes = page.footnotes
    rest = list(lines)
    for count, table in enumerate(page.tables, start=1):
        above = [line for line in rest if line.y < table.frame.box.top + 0.3 * line.size]
        rest = rest[len(above) :]
        yield from _paragraphs(above, notes)
        label = f"trang {number}" + (f", bảng {count}" if len(page.tables) > 1 else "")
        starts_page = number > 1 and count == 1 and not above
        yield table.grid(label, notes, starts_page)
    yield from _paragraphs(rest, notes)


def _paragraphs(lines: Sequence[Line], notes: Mapping[str, str]) -> Iterator[str]:
    for _, text in paragraphs_of(lines):
        yield with_notes(text, notes)


def _text(block: str | Grid) -> str:
    """Return all words of a block, each cell once."""
    if isinstance(block, str):
        return block
    cells = {(cell.row, cell.column): cell.text for row in block.rows for cell in row}
    return "\n".join(cells.values())


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Collect the warnings of the PDF library instead of printing them."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(re.sub(r"\s+", " ", str(record.msg)))  # type: ignore[method-assign]
    logger = logging.getLogger("pdfminer")
    level, propagates = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates
