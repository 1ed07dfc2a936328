"""What does a Word document hold: paragraphs, tables, and what stands in its margins?

Everything is taken as a reader sees it on paper, with all tracked changes accepted. What
cannot be read (a file embedded in this one) is said in a note and never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from intake.docx_names import (
    TBL,
    TC,
    TEXT_BOX,
    A,
    P,
    V,
    W,
    forget_prompts,
    parts,
    settle_alternatives,
)
from intake.docx_numbering import Numbering
from intake.docx_styles import Styles
from intake.docx_table import MAX_PLACES, SPLIT_IT, has_changes, is_layout, read_table, rows_of
from intake.docx_text import Words, opens_page, words_of_notes
from intake.source import Grid, Refused, SourceDocument
from intake.zipped import Package, main_part, open_package

_OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_SAVE_AGAIN = "mở tệp trong Word, lưu lại thành .docx mới rồi nhập lại"
_CHANGES = "văn bản còn theo dõi sửa đổi (Track Changes): đọc theo bản chấp nhận mọi sửa đổi"
_HIDDEN = "văn bản có chữ ẩn: phần chữ ẩn không được đọc"
_EMBEDDED = "văn bản nhúng tệp khác (bảng Excel hoặc văn bản con): phần nhúng không đọc được"


def read_docx(data: bytes) -> SourceDocument:
    """Return a .docx as paragraphs and grids in order; raise `Refused` for what cannot be taken."""
    package = open_package(data)
    name = main_part(package, "word/document.xml")
    root = _part(package, name)
    body = None if root is None else root.find(W + "body")
    if root is None or body is None:
        raise Refused("damaged-file", "tệp không chứa văn bản Word", _SAVE_AGAIN)
    try:
        return _read(package, name, root, body)
    except RecursionError as error:
        message = "các bảng trong tệp lồng nhau quá sâu, không đọc được"
        raise Refused("damaged-file", message, _SAVE_AGAIN) from error


def _read(package: Package, name: str, root: etree._Element, body: etree._Element) -> SourceDocument:
    others = _Others(package, name)
    styles = Styles(others.first("styles"))
    words = Words(styles, Numbering(others.first("numbering"), styles))
    for kind in ("footnote", "endnote"):
        words.notes |= words_of_notes(others.first(kind + "s"), kind, words)
    blocks = _within_limits(_blocks(body, words))
    margins = _margins([*others.all("header", "footer"), root], words)
    return SourceDocument(tuple(blocks), tuple(margins), tuple(_notes(root, words)))


class _Others:
    """The parts beside the document itself, by what they are for; missing ones are fine."""

    def __init__(self, package: Package, name: str) -> None:
        self._package, self._relations = package, package.relations(name)

    def first(self, kind: str) -> etree._Element | None:
        """Return the part of that kind, found by its usual name where nothing refers to it."""
        found = self.all(kind)
        return found[0] if found else _part(self._package, f"word/{kind}.xml")

    def all(self, *kinds: str) -> list[etree._Element]:
        """Return every part of these kinds, each once."""
        targets = dict.fromkeys(found.target for found in self._relations if found.kind in kinds)
        roots = (_part(self._package, target) for target in targets)
        return [root for root in roots if root is not None]


def _part(package: Package, name: str) -> etree._Element | None:
    """Return a part in which what is offered twice stands once."""
    root = package.xml(name)
    if root is not None:
        settle_alternatives(root)
        forget_prompts(root)
    return root


def _blocks(container: etree._Element, words: Words) -> Iterator[str | Grid]:
    """Yield paragraphs with words, and tables; a table that only holds others gives way to them."""
    is_new_page = False
    for piece in parts(container, P, TBL):
        if piece.tag == P:
            is_new_page = is_new_page or opens_page(piece)
            yield words.paragraph(piece).strip()
        elif is_layout(piece):
            for row in rows_of(piece):
                for cell in parts(row, TC):
                    yield from _blocks(cell, words)
        else:
            grid = read_table(piece, words)
            yield replace(grid, page_starts=grid.page_starts | {0}) if is_new_page else grid
            is_new_page = False
    yield words.left_over().strip()


def _within_limits(blocks: Iterable[str | Grid]) -> Iterator[str | Grid]:
    """Yield what is not empty, tables named in order; refuse more than memory should hold."""
    places = tables = 0
    for block in blocks:
        if isinstance(block, str):
            if block:
                yield block
            continue
        places += len(block.rows) * block.width
        if places > MAX_PLACES:
            raise Refused("too-large", "các bảng trong tệp có quá nhiều ô để đọc", SPLIT_IT)
        if block.rows:
            tables += 1
            yield replace(block, label=f"bảng {tables}")


def _margins(roots: list[etree._Element], words: Words) -> Iterator[str]:
    """Yield each text of headers, footers, text boxes and watermarks once."""
    boxes = [box for root in roots for box in root.iter(TEXT_BOX)]
    sources = [*roots[:-1], *boxes]  # of the document itself, the last root, only the boxes are margins
    texts = [words.paragraph(found, is_numbered=False) for source in sources for found in source.iter(P)]
    for root in roots:
        texts += [found.get("string", "") for found in root.iter(V + "textpath")]
        texts += ["".join(text.text or "" for text in found.iter(A + "t")) for found in root.iter(A + "p")]
    yield from dict.fromkeys(text for text in map(str.strip, [*texts, words.left_over()]) if text)


def _notes(root: etree._Element, words: Words) -> Iterator[tuple[str, str]]:
    """Yield what a person should know about how the document was read."""
    if has_changes(root) or _has_changed_rows(root):
        yield "tracked-changes", _CHANGES
    if words.has_hidden:
        yield "hidden-text", _HIDDEN
    if _has_embedded(root):
        yield "embedded-part", _EMBEDDED


def _has_changed_rows(root: etree._Element) -> bool:
    changes = (change for row in root.iter(W + "trPr") for change in row.iter(W + "ins", W + "del"))
    return next(changes, None) is not None


def _has_embedded(root: etree._Element) -> bool:
    """Return whether another file stands in this one; a formula of old Word is none."""
    if next(root.iter(W + "altChunk", W + "subDoc"), None) is not None:
        return True
    programs = (found.get("ProgID", "") for found in root.iter(_OLE_OBJECT))
    return any(not program.startswith(("Equation", "MathType")) for program in programs)
