"""What does a PDF file with a text layer contain?

Each page gives paragraphs and one grid for each ruled table, in reading order. Everything
that could be silently missing or wrong, such as a scanned page, a damaged end or a font
without letters, refuses the whole file.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1

from intake.pdf_columns import Columns, is_headed, table_in
from intake.pdf_doubts import Sight, notes_of, refuse_scans, refuse_unreadable, sight_of
from intake.pdf_margins import without_furniture, without_stamps
from intake.pdf_notes import Footnotes, footnotes_of
from intake.pdf_page import DrawnPage, Letter, Rule, drawn
from intake.pdf_rules import Frame, frames_of, lines_across
from intake.pdf_table import Filled, cell_lines, filled, runs_on
from intake.pdf_text import Line, lines_of, paragraphs_of, with_notes
from intake.source import Grid, Refused, SourceDocument

MAX_PAGES = 300
MAX_BYTES = 20 * 2**20
TAIL = 4096
_UNRULED = "trang {} có tiêu đề bảng nhưng không có đường kẻ nên không chia được ô; xin tệp Word của bảng này"
_BY_NUMBER = (
    "{}: bảng thiếu đường kẻ, hàng và cột được chia theo số thứ tự và khoảng trống; đối chiếu bản gốc"
)
_DATA_LOSS = "Data-loss"
_DAMAGED = "tệp PDF hỏng hoặc bị cắt cụt"
_SEND_AGAIN = "tải hoặc gửi lại tệp; nếu vẫn hỏng thì xin tệp Word (.docx)"


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as read, before it is known what its edges repeat."""

    height: float
    tables: tuple[Filled, ...]
    lines: list[Line]
    rules: tuple[Rule, ...]
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
    visible, stamps = without_stamps([letter for letter in shown.letters if not letter.is_hidden], frames)
    inside, outside = _parted(visible, frames)
    tables = [filled(frame, held, number) for frame, held in zip(frames, inside, strict=True)]
    stamps += [letter for letter in outside if letter.turn]
    lines, footnotes = footnotes_of(lines_of(letter for letter in outside if not letter.turn), shown)
    return _Page(
        shown.height,
        tuple(table for table in tables if table.lines),
        lines,
        tuple(rule for rule in lines_across(shown) if rule.end - rule.start > shown.width / 3),
        tuple(line.text for line in cell_lines(stamps)),
        footnotes,
    )


def _parted(letters: Sequence[Letter], frames: Sequence[Frame]) -> tuple[list[list[Letter]], list[Letter]]:
    """Return the letters of each table and the others; a word that sticks out of a table belongs to it."""
    inside: list[list[Letter]] = [[] for _ in frames]
    outside: list[Letter] = []
    held, previous = outside, None
    for letter in letters:
        if previous is None or held is outside or not runs_on(previous, letter):
            holders = (at for at, frame in enumerate(frames) if frame.box.holds(letter.centre, 1.5))
            holder = next(holders, None)
            held = outside if holder is None else inside[holder]
        held.append(letter)
        previous = letter
    return inside, outside


def _document(pages: Sequence[_Page], sights: Sequence[Sight]) -> SourceDocument:
    bodies, running = without_furniture([(page.height, page.lines) for page in pages])
    reading = _Reading()
    for number, (page, lines) in enumerate(zip(pages, bodies, strict=True), start=1):
        reading.read(page, lines, number)
    margins = dict.fromkeys([*running, *(stamp for page in pages for stamp in page.stamps)])
    text = "\n".join([*margins, *map(_text, reading.blocks)])
    refuse_unreadable(text)
    return SourceDocument(tuple(reading.blocks), tuple(margins), (*notes_of(sights, text), *reading.notes))


@dataclass(slots=True)
class _Reading:
    """The blocks so far; `columns` are those of a table without borders that may go on."""

    blocks: list[str | Grid] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    columns: Columns | None = None

    def read(self, page: _Page, lines: Sequence[Line], number: int) -> None:
        """Add paragraphs and tables of a page from top to bottom."""
        rest = list(lines)
        is_first = number > 1
        for table in page.tables:
            above = [line for line in rest if line.y < table.frame.box.top + 0.3 * line.size]
            rest = rest[len(above) :]
            self._passage(page, above, number, is_first)
            self._table(page, table, number, is_first and not above)
            self.columns, is_first = None, False
        self._passage(page, rest, number, is_first)

    def _passage(self, page: _Page, lines: list[Line], number: int, is_first: bool) -> None:
        """Add text between ruled tables, and the tables without borders that stand in it."""
        while lines:
            found = table_in(lines, page.rules, self.columns if is_first else None)
            if found is None:
                break
            self._paragraphs(page, found.above)
            self._table(page, found.table, number, is_first and not found.above)
            lines, is_first = found.below, False
            self.columns = None if lines else found.columns
        else:
            return
        if is_headed(lines):
            self.notes.append(("table-not-read", _UNRULED.format(number)))
        self.columns = None
        self._paragraphs(page, lines)

    def _table(self, page: _Page, table: Filled, number: int, starts_page: bool) -> None:
        label = f"trang {number}"
        count = sum(isinstance(block, Grid) and block.label.split(",")[0] == label for block in self.blocks)
        label += f", bảng {count + 1}" if count else ""
        self.blocks.append(table.grid(label, page.footnotes, starts_page))
        if table.by_number:
            self.notes.append(("rows-by-number", _BY_NUMBER.format(label)))

    def _paragraphs(self, page: _Page, lines: Sequence[Line]) -> None:
        self.blocks += [with_notes(text, page.footnotes) for _, text in paragraphs_of(lines)]


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
