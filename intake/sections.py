"""Under which section does a task stand, when sections lie within sections?

A section keeps the number the annex gives it. One below another ("1. Về thể chế" under
II) is named with it (II.1), and a caption without a number by its own words, so that
every task names one section and no two sections bear the same name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake.annex import AnnexSection
from intake.titles import short_title
from intake.words import cleaned

MAX_CAPTION = 150
_ROMAN = r"(?=[IVXL])(?:X{0,3}L?X{0,3})(?:IX|IV|V?I{0,3})"
_MARK = re.compile(rf"(?:{_ROMAN}|[A-HĐ])\s*[.):]?")
_RUNNING = re.compile(r"\d{1,2}(?:\.\d{1,2})*[a-zđ]?\s*[.)]?")
_TITLED = re.compile(rf"(?:(?:Phần|Mục|Nhóm)\s+)?({_ROMAN}|[A-HĐ])\s*[.):\-–]\s*(\S.*)", re.DOTALL)
_RUNNING_TITLED = re.compile(
    r"(\d{1,2}(?:\.\d{1,2})*)\s*[.)]\s*(\S.*)|(\d{1,2}(?:\.\d{1,2})+)\s+(\S.*)", re.DOTALL
)
_LEADING_NUMBER = re.compile(r"^\d[\d.]*[.)]?\s+")
_AGENCY = re.compile(
    r"(?:Các )?(?:Sở|Văn phòng|Thanh tra|Ủy ban|Uỷ ban|UBND|Công an|Bộ Chỉ huy|"
    r"Ban (?:Quản lý|Dân tộc|Tổ chức)|Tỉnh đoàn|Chi cục|Cục|Kho bạc)\b[^.;:]*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;](?:\s|$)")

PART = "-"  # stands for the number of a part that bears none
_LETTER, _ROMAN_DEPTH, _ARABIC, _UNNUMBERED = 0, 1, 2, 20  # how deep a section stands


def is_section_number(cell: str) -> bool:
    """Return whether a cell holds nothing but a roman number or a capital letter."""
    return bool(_MARK.fullmatch(cleaned(cell)))


def section_of(cells: Sequence[str], is_merged: bool = False) -> AnnexSection | None:
    """Return the section a row opens, as the row names it.

    A roman number or a letter with a title and no more opens one in any row; a row that is
    merged across the table does so with an arabic number or none, if its words are a
    caption rather than a sentence.
    """
    filled = [text for text in map(cleaned, cells) if text]
    if len(filled) == 2 and _MARK.fullmatch(filled[0]):
        return AnnexSection(bare_number(filled[0]), filled[1])
    titled = _TITLED.fullmatch(filled[0]) if len(filled) == 1 else None
    if titled:
        return AnnexSection(titled[1], titled[2])
    return _caption(filled) if is_merged else None


def title_above(line: str) -> AnnexSection | None:
    """Return the section that a line above a table names by its number: "II. VỀ HẠ TẦNG", "1. Thể chế"."""
    text = cleaned(line)
    titled = _TITLED.fullmatch(text) or _RUNNING_TITLED.fullmatch(text)
    return section_of([text], True) if titled and len(text) <= MAX_CAPTION else None


def follows(number: str, before: str) -> bool:
    """Return whether a section number is the second of those that begin with `before`: II after I."""
    return (before, number) in {("I", "II"), ("A", "B"), ("1", "2")}


def bare_number(number: str) -> str:
    """Return a number without the dot or bracket behind it."""
    return number.rstrip(".): ").strip()


@dataclass(frozen=True, slots=True)
class _Open:
    """A section that others may stand below: its depth, its number as written, and its full name."""

    depth: int
    number: str
    name: str
    title: str = ""
    has_parts: bool = False


@dataclass(slots=True)
class Sections:
    """The sections met so far and the one in which the next task stands."""

    found: list[AnnexSection] = field(default_factory=list)
    current: str = ""
    _above: list[_Open] = field(default_factory=list)  # from the outermost in

    def open(self, section: AnnexSection) -> None:
        """Begin a section; the name under which its tasks are kept is unique."""
        depth = _depth(section.number, [above.number for above in self._above])
        self._above = [above for above in self._above if above.depth < depth]
        self.current = self._unique(self._name(section, depth))
        self.found.append(AnnexSection(self.current, section.title))
        self._above.append(_Open(depth, section.number, self.current, section.title))

    def agency(self) -> str:
        """Return the title of the innermost open section that names an agency, or an empty text."""
        titles = (above.title for above in reversed(self._above))
        return next((title for title in titles if _AGENCY.fullmatch(title)), "")

    def section_for(self, number: str) -> str:
        """Return the name of the section in which a task with this number stands.

        Below section 2, the task 2.1 or a) stands in it and the next task 3 beside it.
        """
        top = self._above[-1] if self._above else None
        if top is None or not top.number.isdigit():
            return self.current
        if number.startswith(f"{top.number}.") or number.isalpha() or number == PART:
            self._above[-1] = replace(top, has_parts=True)
        elif top.has_parts and number.isdigit() and int(number) == int(top.number) + 1:
            self._above.pop()
            self.current = self._above[-1].name if self._above else ""
        return self.current

    def leave(self) -> None:
        """End every open section, as a new table does."""
        self.current, self._above = "", []

    def _name(self, section: AnnexSection, depth: int) -> str:
        above = self._above[-1] if self._above else None
        if not section.number:
            return f"{above.name}. {short_title(section.title)}" if above else short_title(section.title)
        if above is None or depth < _ARABIC:
            return section.number
        return f"{above.name}.{section.number.removeprefix(f'{above.number}.')}"

    def _unique(self, name: str) -> str:
        taken = {section.number for section in self.found}
        within = f"{self._above[-1].name}.{name}" if self._above else name
        counted = (f"{name} ({count})" for count in range(2, len(taken) + 3))
        return next(free for free in (name, within, *counted) if free not in taken)


def _caption(filled: Sequence[str]) -> AnnexSection | None:
    """Return the section of a merged row that bears an arabic number or none."""
    if len(filled) == 2 and _RUNNING.fullmatch(filled[0]):
        return AnnexSection(bare_number(filled[0]), filled[1])
    if len(filled) != 1 or _RUNNING.fullmatch(filled[0]) or not _is_caption(filled[0]):
        return None
    titled = _RUNNING_TITLED.fullmatch(filled[0])
    if titled:
        return AnnexSection(titled[1] or titled[3], titled[2] or titled[4])
    return AnnexSection("", filled[0].rstrip(":"))


def _is_caption(text: str) -> bool:
    """Return whether words are a title: short, beginning like one, and no sentence."""
    words = _LEADING_NUMBER.sub("", text).rstrip(".:")
    return len(text) <= MAX_CAPTION and words[:1].isupper() and not _SENTENCE.search(words)


def _depth(number: str, above: Sequence[str]) -> int:
    """Return how deep a number stands: A above I above 1 above 1.1; "C" below "B" is a letter."""
    if not number:
        return _UNNUMBERED
    if number[:1].isdigit():
        return _ARABIC + number.count(".")
    follows_letter = any(len(other) == 1 and other in "ABCDĐ" for other in above)
    is_letter = number in "ABDĐEFGH" or (number == "C" and follows_letter)
    return _LETTER if is_letter else _ROMAN_DEPTH
