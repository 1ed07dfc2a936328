"""Which number does Word show before a paragraph that is numbered automatically?

Annexes number the STT column this way, so that the cell holds no text at all. Counters
belong to a list and run through the whole document; paragraphs are asked in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from intake.docx_names import VAL, W, find, number, switch, value, whole
from intake.docx_styles import Styles

MAX_LEVEL = 8
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")),
    *((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_LARGEST_ROMAN = 3999
_BULLETS = "-–—+*•"  # a bullet drawn by a symbol font says no more than a dash
_PLACE = re.compile(r"%([1-9])")


@dataclass(slots=True)
class _Level:
    """How one level of a list is numbered."""

    style: str = "decimal"
    text: str = ""
    start: int = 1
    restart_after: int | None = None
    gap: str = " "
    is_legal: bool = False
    is_hidden: bool = False


@dataclass(slots=True)
class _List:
    """A list as paragraphs refer to it; `counters` are shared with lists of the same family."""

    levels: dict[int, _Level]
    counters: list[int | None]
    starts: dict[int, int] = field(default_factory=dict)  # where this list begins, unlike its family
    unused: set[int] = field(default_factory=set)  # levels of `starts` that have not begun anew yet


class Numbering:
    """Counts the numbered paragraphs of a document as they come."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._families: dict[str, list[int | None]] = {}
        self._abstract = {} if root is None else _by_id(root, "abstractNum", "abstractNumId")
        self._nums = {} if root is None else _by_id(root, "num", "numId")
        self._lists: dict[str, _List] = {}

    def label_of(self, paragraph: etree._Element, is_empty: bool = False) -> str:
        """Return the number before `paragraph` with the blank that follows, and count it.

        A bullet before an empty paragraph is no number and is left out.
        """
        list_id, depth = self._styles.numbering_of(paragraph)
        found = self._list(list_id) if list_id else None
        if list_id is None or found is None:
            return ""
        if depth is None:
            depth = self._level_by_style(list_id, paragraph)
        depth = min(depth, MAX_LEVEL)
        _count(found, depth)
        level = found.levels.get(depth)
        if level is None or level.is_hidden or (level.style == "bullet" and is_empty):
            return ""
        shown = _shown(found, level)
        return shown + level.gap if shown else ""

    def _list(self, list_id: str) -> _List | None:
        """Return the list of that id, put together when it is first asked for."""
        num = self._nums.get(list_id)
        if num is None:
            return None
        if list_id not in self._lists:
            family = self._family_of(num)
            counters = self._families.setdefault(family, [None] * (MAX_LEVEL + 1))
            made = _List(_levels(self._abstract.get(family)), counters)
            for change in num.findall(W + "lvlOverride"):
                depth = min(whole(change.get(W + "ilvl")), MAX_LEVEL)
                made.levels |= _levels(change)
                if find(change, "startOverride") is not None:
                    made.starts[depth] = number(change, "startOverride", default=1)
                    made.unused.add(depth)
            self._lists[list_id] = made
        return self._lists[list_id]

    def _family_of(self, num: etree._Element) -> str:
        """Return the id of the list's definition; a list style refers to another one's."""
        family = value(num, "abstractNumId") or ""
        for _ in range(4):
            linked = self._styles.list_of(value(self._abstract.get(family), "numStyleLink"))
            following = value(self._nums.get(linked or ""), "abstractNumId")
            if following is None or following == family:
                break
            family = following
        return family

    def _level_by_style(self, list_id: str, paragraph: etree._Element) -> int:
        """Return the level that a list keeps for the paragraph's style, or that the style asks for."""
        abstract = self._abstract.get(self._family_of(self._nums[list_id]))
        styles = self._styles.with_bases(self._styles.style_of(paragraph))
        for level in () if abstract is None else abstract.findall(W + "lvl"):
            if value(level, "pStyle") in styles:
                return whole(level.get(W + "ilvl"))
        return self._styles.level_of(paragraph)


def _by_id(root: etree._Element, name: str, key: str) -> dict[str, etree._Element]:
    return {found.get(W + key, ""): found for found in root.findall(W + name)}


def _levels(definition: etree._Element | None) -> dict[int, _Level]:
    """Return the levels that a definition, or a change to one, describes."""
    found = () if definition is None else definition.findall(W + "lvl")
    return {whole(level.get(W + "ilvl")): _level(level) for level in found}


def _level(lvl: etree._Element) -> _Level:
    restart = find(lvl, "lvlRestart")
    return _Level(
        style=value(lvl, "numFmt") or "decimal",
        text=value(lvl, "lvlText") or "",
        start=number(lvl, "start", default=0 if find(lvl, "start") is None else 1),
        restart_after=None if restart is None else whole(restart.get(VAL)),
        gap="" if value(lvl, "suff") == "nothing" else " ",
        is_legal=bool(switch(lvl, "isLgl")),
        is_hidden=bool(switch(lvl, "rPr", "vanish")),
    )


def _count(found: _List, depth: int) -> None:
    """Count one paragraph at `depth`, and let the levels below it begin again."""
    counters = found.counters
    current = counters[depth]
    if current is None or depth in found.unused:
        counters[depth] = found.starts.get(depth, found.levels.get(depth, _Level()).start)
        found.unused.discard(depth)
    else:
        counters[depth] = current + 1
    for below in range(depth + 1, MAX_LEVEL + 1):
        after = found.levels.get(below, _Level()).restart_after
        if after is None or (after and depth < after):
            counters[below] = None


def _shown(found: _List, level: _Level) -> str:
    """Return the number as it stands on paper: every %n is the counter of level n."""
    if level.style == "bullet":
        mark = level.text.strip()
        return mark if mark and mark in _BULLETS else "-"

    def counter(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        other = found.levels.get(at, _Level())
        count = found.counters[at]
        return in_style(other.start if count is None else count, "decimal" if level.is_legal else other.style)

    return _PLACE.sub(counter, level.text)


def in_style(count: int, style: str) -> str:
    """Return a number as Word writes it in a style; one it does not know is written in figures."""
    if style == "none":
        return ""
    if style == "decimalZero":
        return f"{count:02}"
    if style in ("upperRoman", "lowerRoman") and 0 < count <= _LARGEST_ROMAN:
        return _roman(count) if style == "upperRoman" else _roman(count).lower()
    if style in ("upperLetter", "lowerLetter") and 0 < count <= 26 * 30:
        letter = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    return str(count)


def _roman(count: int) -> str:
    text = ""
    for worth, letters in _ROMAN:
        text += letters * (count // worth)
        count %= worth
    return text
