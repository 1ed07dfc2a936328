"""What does a paragraph of a Word document say to somebody who reads it on paper?

Insertions are read, deletions and hidden words are not; a field shows its result and not
its code; a number set by Word is written out; a footnote stands where it is referred to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from intake.docx_names import LEFT_OUT, M, P, R, T, W, find, parts, switch, value
from intake.docx_numbering import Numbering
from intake.docx_styles import Styles

_SIGNS = {  # letters of symbol fonts that stand for a sign
    "symbol": {0x2D: "-", 0xA3: "≤", 0xAE: "→", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xDE: "⇒"},
    "wingdings": {0x6F: "☐", 0xA8: "☐", 0xE0: "→", 0xF0: "⇒", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"},
}
_SYMBOL_FONTS = ("symbol", "wingdings", "webdings", "marlett", "zapfdingbats")
_PRIVATE = range(0xF000, 0xF100)
_AS_IS = {W + "tab": "\t", W + "ptab": "\t", W + "cr": "\n", W + "br": "\n", W + "noBreakHyphen": "-"}
_PAIRED = re.compile(r"[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*")
_REFERENCES = (W + "footnoteReference", W + "endnoteReference")


@dataclass(slots=True)
class Words:
    """Reads the paragraphs of a document in order; `has_hidden` says that something was passed over."""

    styles: Styles
    numbering: Numbering
    notes: dict[tuple[str, str], str] = field(default_factory=dict)  # (reference, id) → words
    has_hidden: bool = False
    _references: list[str] = field(default_factory=list)
    _carried: str = ""

    def paragraph(self, paragraph: etree._Element, is_numbered: bool = True) -> str:
        """Return what a paragraph says, its number first.

        A paragraph whose end was deleted runs on into the next one, which gets its words.
        """
        pieces = _Pieces(self, paragraph)
        text = self._carried + pieces.text
        mark = find(paragraph, "pPr", "rPr")
        if mark is not None and (find(mark, "del") is not None or find(mark, "moveFrom") is not None):
            self._carried = text
            return ""
        self._carried = ""
        is_unseen = not text and self.styles.hides(paragraph)
        label = "" if is_unseen or not is_numbered else self.numbering.label_of(paragraph, not text.strip())
        return label + text

    def left_over(self) -> str:
        """Return words that ran on past the last paragraph of their cell."""
        text, self._carried = self._carried, ""
        return text

    def note(self, reference: etree._Element) -> str:
        """Return a footnote as it stands in the text: its number and its words in brackets."""
        kind = etree.QName(reference).localname
        said = self.notes.get((kind, reference.get(W + "id", "")))
        if said is None:
            return ""
        self._references.append(said)
        return f"[{len(self._references)}: {said}]"


class _Pieces:
    """Collects the text of one paragraph; unclosed fields keep what they hold."""

    def __init__(self, words: Words, paragraph: etree._Element) -> None:
        self._words, self._paragraph = words, paragraph
        self._found: list[str] = []
        self._codes: list[int | None] = []  # where the code of each open field begins; None: in its result
        self._walk(paragraph)

    @property
    def text(self) -> str:
        return "".join(self._found)

    def _walk(self, element: etree._Element) -> None:
        for child in element:
            tag = child.tag
            if tag == T or tag == M + "t":
                self._found.append((child.text or "").replace("\r", " ").replace("\n", " "))
            elif tag == R:
                self._run(child)
            elif tag in _AS_IS:
                self._found.append(_AS_IS[tag])
            elif tag == W + "sym":
                self._found.append(sign(child.get(W + "font", ""), child.get(W + "char", "")))
            elif tag == W + "fldChar":
                self._field(child.get(W + "fldCharType", ""))
            elif tag in _REFERENCES:
                self._found.append(self._words.note(child))
                if child.get(W + "customMarkFollows") in ("1", "true", "on"):
                    return  # the rest of this run is the mark
            elif tag == M + "f":
                self._fraction(child)
            elif tag not in LEFT_OUT and tag != P:
                self._walk(child)

    def _run(self, run: etree._Element) -> None:
        """Read a run; of a hidden one only the ends of its fields count."""
        if not self._words.styles.hides(self._paragraph, run):
            self._walk(run)
            return
        if any((text.text or "").strip() for text in run.iter(T)):
            self._words.has_hidden = True
        for mark in run.findall(W + "fldChar"):
            self._field(mark.get(W + "fldCharType", ""))

    def _field(self, kind: str) -> None:
        """Drop the code of a field once its end is seen: until then it may be plain text."""
        if kind == "begin":
            self._codes.append(len(self._found))
        elif self._codes:
            start = self._codes.pop()
            if start is not None:
                del self._found[start:]
            if kind == "separate":
                self._codes.append(None)

    def _fraction(self, fraction: etree._Element) -> None:
        """Write a fraction on one line: its halves would run together."""
        for name in ("num", "den"):
            half = fraction.find(M + name)
            if half is not None:
                self._found.append("/" if name == "den" else "")
                self._walk(half)


def sign(font: str, code: str) -> str:
    """Return the letter that `w:sym` shows, or nothing when a symbol font keeps it to itself."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if number in _PRIVATE:
        number -= _PRIVATE.start
    family = next((name for name in _SYMBOL_FONTS if font.lower().startswith(name)), "")
    if family:
        return _SIGNS.get(family, {}).get(number, "")
    return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number < 0x110000 else ""


def words_of_notes(root: etree._Element | None, name: str, words: Words) -> dict[tuple[str, str], str]:
    """Return the words of the footnotes or endnotes of a part, by reference and id."""
    found = {}
    for note in () if root is None else root.findall(W + name):
        if note.get(W + "type") in (None, "normal"):
            lines = [words.paragraph(paragraph, is_numbered=False) for paragraph in parts(note, P)]
            said = " ".join(" ".join([*lines, words.left_over()]).split())
            found[(name + "Reference", note.get(W + "id", ""))] = _within_brackets(said)
    return found


def _within_brackets(said: str) -> str:
    """Return words that may stand in square brackets: their own become round where they do not pair up."""
    return said if _PAIRED.fullmatch(said) else said.replace("[", "(").replace("]", ")")


def opens_page(paragraph: etree._Element) -> bool:
    """Return whether a new page begins at or in this paragraph."""
    if switch(paragraph, "pPr", "pageBreakBefore"):
        return True
    section = find(paragraph, "pPr", "sectPr")
    if section is not None and value(section, "type") != "continuous":
        return True
    return any(is_page_break(found) for found in paragraph.iter(W + "br", W + "lastRenderedPageBreak"))


def is_page_break(element: etree._Element) -> bool:
    """Return whether this piece of a run ends a page."""
    return element.tag == W + "lastRenderedPageBreak" or element.get(W + "type") == "page"
