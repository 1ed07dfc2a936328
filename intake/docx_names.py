"""What are the pieces of a Word document called, and which of them are words?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

_OFFICE = "http://schemas.openxmlformats.org"
W = f"{{{_OFFICE}/wordprocessingml/2006/main}}"
M = f"{{{_OFFICE}/officeDocument/2006/math}}"
A = f"{{{_OFFICE}/drawingml/2006/main}}"
MC = f"{{{_OFFICE}/markup-compatibility/2006}}"
V = "{urn:schemas-microsoft-com:vml}"

P, R, T, TBL, TR, TC = (W + name for name in ("p", "r", "t", "tbl", "tr", "tc"))
VAL = W + "val"
TEXT_BOX = W + "txbxContent"

# Descriptions of pieces, words struck out, and drawings, whose words stand in the margins.
LEFT_OUT = frozenset(
    W + name
    for name in (
        *("pPr", "rPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr"),
        *("customXmlPr", "smartTagPr", "rubyPr", "ffData", "fldData"),
        *("del", "moveFrom", "delText", "instrText", "delInstrText"),
        *("drawing", "pict", "object", "txbxContent", "rt"),
    )
)


def parts(element: etree._Element, *wanted: str) -> Iterator[etree._Element]:
    """Yield the wanted pieces below `element`, in order, however they are wrapped.

    What is deleted or drawn is passed over; a wanted piece inside another is not looked for.
    """
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag not in LEFT_OUT:
            yield from parts(child, *wanted)


def find(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the piece at the end of a path of names, or None."""
    for name in path:
        element = None if element is None else next(element.iterchildren(W + name), None)
    return element


def value(element: etree._Element | None, *path: str) -> str | None:
    """Return what the piece at the end of `path` says, or None where it stands without a value."""
    found = find(element, *path)
    return None if found is None else found.get(VAL)


def number(element: etree._Element | None, *path: str, default: int = 0) -> int:
    """Return the whole number at the end of `path`, or `default`."""
    return whole(value(element, *path), default)


def whole(text: str | None, default: int = 0) -> int:
    """Return `text` as a whole number of at most nine digits, or `default`."""
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 9 else default


def switch(element: etree._Element | None, *path: str) -> bool | None:
    """Return whether a property is on or off, or None where nothing is said."""
    found = find(element, *path)
    return None if found is None else found.get(VAL) not in ("0", "false", "off")


def settle_alternatives(root: etree._Element) -> None:
    """Keep one version of what a document offers in two: the first that has words."""
    for offer in list(root.iter(MC + "AlternateContent")):
        versions = list(offer)
        best = next((found for found in versions if _has_words(found)), versions[0] if versions else None)
        for version in versions:
            if version is not best:
                offer.remove(version)


def forget_prompts(root: etree._Element) -> None:
    """Empty the fields nobody filled in: a prompt such as "bấm để chọn ngày" is nobody's words."""
    for control in root.iter(W + "sdt"):
        if switch(control, "sdtPr", "showingPlcHdr") and next(control.iter(TBL), None) is None:
            for text in control.iter(T):
                text.text = ""


def _has_words(element: etree._Element) -> bool:
    return any(found.text for found in element.iter(T, M + "t", A + "t"))
