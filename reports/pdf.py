"""What does a report look like as pages to print and sign?

Set by typst in the official layout (templates/official.typ), with fonts that come along: a missing
letter or font is an error here, never a page in another face. The words of plans go in as data and
are never read as markup. The same paper gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from engine.paperwork import Letterhead
from reports.charts import fitting
from reports.official_measure import twips
from reports.official_styles import NARROW_SIZE, WIDE_SIZE
from reports.official_tables import column_widths, has_many_columns
from reports.paper import Band, Block, Chart, Paper, Section, Table, Words
from reports.printed import printed
from reports.wording import annex_title, attached, closing, copies, dateline, kind_name, numbered

if TYPE_CHECKING:
    from typst import Fonts

HERE = Path(__file__).parent
TEMPLATE = HERE / "templates" / "official.typ"
FONTS = HERE / "fonts"
FACES = ("Times New Roman", "Liberation Serif")  # the first one that is there
"""Times New Roman is what NĐ 30/2020 asks for; Liberation Serif has its measures."""


class Room(NamedTuple):
    """How wide and how high a chart may be on a page, in millimetres."""

    width: float
    height: float


UPRIGHT, ACROSS = Room(160, 190), Room(252, 118)
PIXEL = 0.247  # of a chart, in millimetres: its letters come out at nine points


class FontMissing(Exception):
    """A page would have come out in another face, or with a letter missing."""


def write_pdf(
    paper: Paper,
    out: BinaryIO,
    letterhead: Letterhead,
    tell: Callable[[str], None] = lambda said: None,
    fonts: Path | None = None,
) -> None:
    """Write the paper as a PDF/A and PDF/UA that says its title, language and structure.

    `fonts` is a folder of the office's own fonts, tried first. Raises FontMissing when the fonts at
    hand lack a face or a letter.
    """
    import typst  # imported here: most commands never need it

    folders = [str(folder) for folder in (fonts, FONTS) if folder is not None]
    tell("xếp trang")
    content, warnings = typst.compile_with_warnings(
        TEMPLATE,
        root=HERE / "templates",
        font_paths=_fonts(tuple(folders)),
        sys_inputs={"paper": json.dumps(_data(paper, letterhead, _face(tuple(folders))), ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],  # archived, and readable by those who cannot see it
        timestamp=int(paper.as_of.astimezone(UTC).timestamp()),
    )
    if warnings:
        raise FontMissing("; ".join(str(warning.message) for warning in warnings))
    out.write(content)


@cache
def _fonts(folders: tuple[str, ...]) -> Fonts:
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


@cache
def _face(folders: tuple[str, ...]) -> str:
    known = {font.family for font in _fonts(folders).fonts()}
    return next((face for face in FACES if face in known), FACES[-1])


def _data(paper: Paper, letterhead: Letterhead, face: str) -> dict[str, Any]:
    """Return everything the template prints, each figure as it reads."""
    return {
        "fonts": [face],
        "form": paper.form.value,
        "kind": kind_name(paper),
        "title": paper.title,
        "subject": paper.subject,
        "number": numbered(paper, letterhead),
        "dateline": dateline(paper, letterhead),
        "to": paper.to,
        "lines": paper.lines,
        "body": [_section(section) for section in paper.body],
        "annex": [_section(section) for section in paper.annex],
        "closing": closing(paper),
        "annex-title": annex_title(paper),
        "attached": attached(paper, letterhead),
        "notes": paper.notes,
        "basis": paper.basis,
        "letterhead": {
            "parent": letterhead.parent,
            "issuer": letterhead.issuer,
            "authority": letterhead.authority,
            "signer_title": letterhead.signer_title,
            "signer": letterhead.signer,
            "copies": copies(paper, letterhead),
        },
    }


def _section(section: Section) -> dict[str, Any]:
    room = ACROSS if section.is_annex else UPRIGHT
    return {"title": section.title, "blocks": [_block(block, room) for block in section.blocks]}


def _block(block: Block, room: Room) -> dict[str, Any]:
    match block:
        case Words(text):
            return {"block": "words", "text": text}
        case Chart():
            says = block.says or block.title or "Biểu đồ"
            pieces = fitting(block, round(room.width / PIXEL), room.height / PIXEL)
            return {"block": "chart", "pieces": pieces, "says": says, "data": _table(block.data, room)}
        case Table():
            return {"block": "table", **_table(block, room)}


def _table(table: Table, room: Room) -> dict[str, Any]:
    shown = [n for n, column in enumerate(table.columns) if not column.is_wide_only]
    size = WIDE_SIZE if has_many_columns(len(shown), room is ACROSS) else NARROW_SIZE
    widths = column_widths(table, shown, twips(room.width), size)

    def row(values: tuple[Any, ...]) -> list[str]:
        return [printed(values[n]) for n in shown]

    return {
        "caption": table.caption,
        "nothing": table.nothing,
        "size": size,
        "columns": [
            {"heading": table.columns[n].heading, "kind": table.columns[n].kind.value, "width": width}
            for n, width in zip(shown, widths, strict=True)
        ],
        "lines": [line.label if isinstance(line, Band) else row(line) for line in table.lines],
        "total": None if table.total is None else row(table.total),
    }
