"""How do the words of a paper get into a Word form?

Text for text: what stands in double braces is replaced once, never read again, in the letters the form
has there. A line whose places all stay empty goes; blocks leave a mark at which the writer of the file
puts their paragraphs and tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from reports.official_form import BLOCKS, PLACE, WordForm, paragraphs, place_name
from reports.official_markup import W, writable
from reports.official_measure import TWIPS_PER_POINT, length_of
from reports.official_styles import STYLES, Named

MARK = "dondoc"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SHORT = 0.4  # of the line above it: NĐ 30/2020, Phụ lục I, asks for a third to a half


@dataclass(frozen=True, slots=True)
class Room:
    """Where a block stands: how wide its text may be and how high a page of it is, in twips."""

    width: int
    height: int
    is_landscape: bool


def fill_texts(form: WordForm, values: Mapping[str, str]) -> None:
    """Replace the places for text in the document, its headers and footers."""
    for root in (form.document, *form.edges.values()):
        for paragraph, pieces, text in list(paragraphs(root)):
            names = {place_name(written) for written in PLACE.findall(text)}
            if not names or names & {*BLOCKS}:
                continue
            if not any(values[name] for name in names) and not PLACE.sub("", text).strip():
                _drop(paragraph)
            else:
                _replace(pieces, text, values)


def mark_blocks(form: WordForm) -> dict[str, Room]:
    """Put a mark where each block of the form goes; return the room each has."""
    rooms = {}
    for paragraph, _, text in list(paragraphs(form.document)):
        (name, *_) = [place_name(written) for written in PLACE.findall(text)] or [""]
        if name in BLOCKS:
            rooms[name] = _room(form, paragraph)
            section = paragraph.find(f"{{{W}}}pPr/{{{W}}}sectPr")
            paragraph.addprevious(etree.ProcessingInstruction(MARK, name))
            if section is not None:  # the section ends here: an empty line has to say so
                _empty(paragraph)
            else:
                _drop(paragraph)
    return rooms


def drop_section_of(form: WordForm, name: str) -> None:
    """Take out the section whose block is `name`: there is nothing to stand in it."""
    body = form.body
    mark = next(one for one in body.iter(etree.PI) if one.text == name)
    at = body.index(mark)
    ends = [n for n, child in enumerate(body) if _section_of(child) is not None]
    start = max((n + 1 for n in ends if n < at), default=0)
    end = min(n for n in ends if n >= at)
    if start == 0:  # the only section: nothing but the block itself can go
        body.remove(mark)
        return
    if body[end].tag == f"{{{W}}}sectPr":  # the last one: the section before it ends the document now
        before = body[start - 1]
        last = _section_of(before)
        body[start:] = [last] if last is not None else []
    else:
        body[start : end + 1] = []


def set_rules(form: WordForm, names: Mapping[str, Named]) -> None:
    """Set the ends of each rule by the line above it: a share of it, or all of it.

    `names` gives the style of each id. A rule someone drew in another way stays as drawn.
    """
    for rule in list(form.document.iter(f"{{{W}}}p")):
        name = names.get(_style_id(rule))
        above = rule.getprevious()
        if name not in (Named.SHORT_RULE, Named.FULL_RULE) or above is None or above.tag != rule.tag:
            continue
        room = _cell_width(form, rule)
        length = _line_length(above, names, room) * (_SHORT if name is Named.SHORT_RULE else 1)
        _indent(rule, round((room - length) / 2))


def _replace(pieces: list[etree._Element], text: str, values: Mapping[str, str]) -> None:
    """Put each value where its place begins; a place may lie across several pieces."""
    starts, reached = [], 0
    for piece in pieces:
        starts.append(reached)
        reached += len(piece.text or "")
    texts = ["" for _ in pieces]
    position = 0
    for found in [*PLACE.finditer(text), None]:
        end = found.start() if found else len(text)
        for n, piece in enumerate(pieces):
            first, last = starts[n], starts[n] + len(piece.text or "")
            texts[n] += text[max(first, position) : min(last, end)]
        if found:
            home = max(n for n, start in enumerate(starts) if start <= found.start())
            texts[home] += values[place_name(found[1])]
            position = found.end()
    for piece, content in zip(pieces, texts, strict=True):
        _write(piece, content)


def _write(piece: etree._Element, content: str) -> None:
    """Set the text of a piece; a line break in a value is a line break on paper."""
    first, *others = writable(content).split("\n")
    piece.text = first
    piece.set(_SPACE, "preserve")
    for line in reversed(others):
        after = etree.Element(f"{{{W}}}t")
        after.text = line
        after.set(_SPACE, "preserve")
        piece.addnext(after)
        piece.addnext(etree.Element(f"{{{W}}}br"))


def _drop(paragraph: etree._Element) -> None:
    """Take a paragraph out, or empty it where Word needs one: alone in its cell, or ending a section."""
    parent = paragraph.getparent()
    if parent is None or _ends_cell(paragraph) or paragraph.find(f"{{{W}}}pPr/{{{W}}}sectPr") is not None:
        _empty(paragraph)
    else:
        parent.remove(paragraph)


def _ends_cell(paragraph: etree._Element) -> bool:
    """Whether a cell would lack the paragraph that has to end it."""
    parent = paragraph.getparent()
    if parent is None or parent.tag != f"{{{W}}}tc":
        return False
    others = [one.tag for one in parent if one is not paragraph and isinstance(one.tag, str)]
    return not others or others[-1] != f"{{{W}}}p"


def _empty(paragraph: etree._Element) -> None:
    for child in list(paragraph):
        if child.tag != f"{{{W}}}pPr":
            paragraph.remove(child)


def _section_of(element: etree._Element) -> etree._Element | None:
    """Return the settings of the section that ends with an element of the body."""
    if element.tag == f"{{{W}}}sectPr":
        return element
    return element.find(f"{{{W}}}pPr/{{{W}}}sectPr") if isinstance(element.tag, str) else None


def _room(form: WordForm, paragraph: etree._Element) -> Room:
    body = form.body
    top = next((one for one in paragraph.iterancestors() if one.getparent() is body), paragraph)
    later = [top, *top.itersiblings()]
    section = next((found for one in later if (found := _section_of(one)) is not None), None)
    width, height = _number(section, "pgSz", "w", 11906), _number(section, "pgSz", "h", 16838)
    left, right = _number(section, "pgMar", "left", 1701), _number(section, "pgMar", "right", 1134)
    above, below = _number(section, "pgMar", "top", 1134), _number(section, "pgMar", "bottom", 1134)
    return Room(width - left - right, height - abs(above) - abs(below), width > height)


def _number(section: etree._Element | None, name: str, attribute: str, usual: int) -> int:
    found = None if section is None else section.find(f"{{{W}}}{name}")
    value = None if found is None else found.get(f"{{{W}}}{attribute}")
    return round(float(value)) if value and re.fullmatch(r"-?\d+(\.\d+)?", value) else usual


def _cell_width(form: WordForm, paragraph: etree._Element) -> int:
    """Return the width of the cell a paragraph stands in, or that of the text."""
    cell = paragraph.getparent()
    if cell is not None and cell.tag == f"{{{W}}}tc":
        found = cell.find(f"{{{W}}}tcPr/{{{W}}}tcW")
        if found is not None and (found.get(f"{{{W}}}w") or "").isdigit():
            return int(found.get(f"{{{W}}}w", "0"))
    return _room(form, paragraph).width


def _line_length(paragraph: etree._Element, names: Mapping[str, Named], room: int) -> float:
    """Return how long the longest line of a paragraph is; what is longer than the room fills it."""
    style = STYLES.get(names.get(_style_id(paragraph), Named.NORMAL), STYLES[Named.NORMAL])
    size = max(
        (float(one.get(f"{{{W}}}val", 0)) / 2 for one in paragraph.iter(f"{{{W}}}sz")), default=style.size
    )
    pieces = paragraph.iter(f"{{{W}}}t", f"{{{W}}}br")
    lines = "".join("\n" if piece.tag == f"{{{W}}}br" else piece.text or "" for piece in pieces).split("\n")
    lines = [line.upper() if style.is_capitals else line for line in lines]
    longest = max(length_of(line, size, style.is_bold) for line in lines)
    return min(max(longest, size * TWIPS_PER_POINT), room)


def _style_id(paragraph: etree._Element) -> str:
    found = paragraph.find(f"{{{W}}}pPr/{{{W}}}pStyle")
    return "" if found is None else found.get(f"{{{W}}}val", "")


def _indent(paragraph: etree._Element, side: int) -> None:
    found = paragraph.find(f"{{{W}}}pPr/{{{W}}}ind")
    if found is None:
        found = etree.Element(f"{{{W}}}ind")
        paragraph[0].insert(_place_of_indents(paragraph[0]), found)
    found.attrib.clear()
    for edge in ("left", "right"):
        found.set(f"{{{W}}}{edge}", str(side))
    found.set(f"{{{W}}}firstLine", "0")


_BEFORE_INDENTS = ("pStyle", "keepNext", "keepLines", "widowControl", "pBdr", "shd", "tabs", "spacing")


def _place_of_indents(settings: etree._Element) -> int:
    """Return where Word, which is strict about order, wants the indents of a paragraph."""
    earlier = {f"{{{W}}}{name}" for name in _BEFORE_INDENTS}
    return max((n + 1 for n, child in enumerate(settings) if child.tag in earlier), default=0)
