"""What does a report look like as a Word document to be edited and signed?

The paper is set into a Word form that office staff may change (config/templates/), in the layout of
NĐ 30/2020/NĐ-CP, Phụ lục I. Figures are the paper's own; long tables are written row by row. The same
paper in the same form gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

from lxml import etree

from engine.paperwork import Letterhead
from reports.official_blocks import Blocks
from reports.official_filling import MARK, Room, drop_section_of, fill_texts, mark_blocks, set_rules
from reports.official_form import WordForm, open_form
from reports.official_markup import HEAD
from reports.official_package import finished_parts, styles_of
from reports.official_pictures import Picture, pictures_of
from reports.official_template import FILES, open_part, template, write_part
from reports.paper import Chart, Form, Paper
from reports.vietnamese import moment
from reports.wording import annex_title, attached, closing, dateline, kind_name, numbered


def write_docx(
    paper: Paper,
    out: BinaryIO,
    letterhead: Letterhead,
    tell: Callable[[str], None] = lambda said: None,
    form: Path | bytes | None = None,
) -> None:
    """Write the paper set in a Word form: a file, its content, or the form that comes along.

    Raises official_form.FormRejected with every mistake of the form.
    """
    word = open_form(*_content(form, paper.form))
    styles, ids = styles_of(word)
    fill_texts(word, _texts(paper, letterhead))
    rooms = mark_blocks(word)
    if not paper.annex:
        drop_section_of(word, "phu_luc")
    set_rules(word, {found: name for name, found in ids.items()})
    pictures = _pictures(paper, rooms)
    blocks = Blocks(paper, letterhead, rooms, ids, pictures, tell)
    drawn = (one for each in pictures.values() for one in each)
    parts = finished_parts(word, styles, paper, letterhead, drawn)
    with ZipFile(out, "w") as archive:
        for name, part in parts.items():
            write_part(archive, name, part)
        with open_part(archive, word.main) as document:
            for piece in _document(word, blocks):
                document.write(piece)


def _content(form: Path | bytes | None, usual: Form) -> tuple[bytes, str]:
    if isinstance(form, Path):
        return form.read_bytes(), form.name
    return (template(usual) if form is None else form), FILES[usual]


def _texts(paper: Paper, letterhead: Letterhead) -> dict[str, str]:
    """Return what goes into the places for text, by their names."""
    return {
        "co_quan_chu_quan": letterhead.parent,
        "co_quan_ban_hanh": letterhead.issuer,
        "so_ky_hieu": numbered(paper, letterhead),
        "dia_danh_ngay_thang": dateline(paper, letterhead),
        "ten_loai": kind_name(paper),
        "trich_yeu": paper.subject,
        "ten_bao_cao": paper.title,
        "tinh_den": moment(paper.as_of),
        "loi_ket": closing(paper),
        "quyen_han": letterhead.authority,
        "chuc_vu": letterhead.signer_title,
        "nguoi_ky": letterhead.signer,
        "ten_phu_luc": annex_title(paper) if paper.annex else "",
        "kem_theo": attached(paper, letterhead) if paper.annex else "",
    }


def _pictures(paper: Paper, rooms: Mapping[str, Room]) -> dict[int, list[Picture]]:
    numbers = count(1)
    return {
        id(block): list(pictures_of(block, rooms["phu_luc" if section.is_annex else "noi_dung"], numbers))
        for section in paper.sections
        for block in section.blocks
        if isinstance(block, Chart)
    }


def _document(word: WordForm, blocks: Blocks) -> Iterator[bytes]:
    """Yield the document, each mark in it replaced by what its block holds."""
    yield HEAD.encode()
    fixed = etree.tostring(word.document, encoding="unicode")
    for text, name in _around(fixed):
        yield text.encode()
        for piece in blocks.pieces(name):
            yield piece.encode()


def _around(fixed: str) -> Iterator[tuple[str, str]]:
    """Yield each stretch of the form with the name of the block behind it, "" at the end."""
    start = 0
    for found in re.finditer(rf"<\?{MARK} (\w+)\?>", fixed):
        yield fixed[start : found.start()], found[1]
        start = found.end()
    yield fixed[start:], ""
