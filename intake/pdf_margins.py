"""Which words are no part of the text: page numbers, running heads and feet, stamps over a table?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from intake.pdf_page import Letter
from intake.pdf_rules import Frame
from intake.pdf_text import Line

EDGE = 0.14  # of the height of a page
DEPTH = 3  # how many lines at an edge are looked at
MIN_PAGES = 3
SAME_HEIGHT = 8.0
STAMP = 2.5  # times the size of most letters, and more than STAMP_SIZE
STAMP_SIZE = 26.0
_PAGE_NUMBER = re.compile(
    r"(?:trang|page)?\s*[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:/|trên|of)\s*\d{1,4})?|[ivx]{1,5}", re.IGNORECASE
)
_TITLE = re.compile(r"\s*(?:phụ lục|biểu|mẫu|bảng)\b", re.IGNORECASE)


def without_stamps(letters: Sequence[Letter], frames: Sequence[Frame]) -> tuple[list[Letter], list[Letter]]:
    """Return the letters of the text, and those of stamps: aslant, or far too large for a table."""
    usual = sorted(letter.size for letter in letters)[len(letters) // 2] if letters else 0.0
    large = [letter for letter in letters if letter.size > max(STAMP * usual, STAMP_SIZE)]
    boxes = [frame.box for frame in frames]
    over = {round(one.y) for one in large if any(box.holds(one.centre, one.size / 3) for box in boxes)}
    stamps = {letter for letter in large if round(letter.y) in over}
    stamps |= {letter for letter in letters if letter.turn % 90}
    return [letter for letter in letters if letter not in stamps], [one for one in letters if one in stamps]


def without_furniture(
    pages: Sequence[tuple[float, list[Line]]],
) -> tuple[list[list[Line]], list[str]]:
    """Return the lines of each page (height, lines) that belong to the text, and each running line once."""
    edges = [[_edge(line, height, lines) for line in lines] for height, lines in pages]
    heights: dict[str, list[float]] = defaultdict(list)
    for (_, lines), found in zip(pages, edges, strict=True):
        for line, edge in zip(lines, found, strict=True):
            if edge and not _TITLE.match(line.text):
                heights[_key(edge, line)].append(line.y)
    running = {
        key for key, ys in heights.items() if len(ys) >= MIN_PAGES and max(ys) - min(ys) <= SAME_HEIGHT
    }
    kept: list[list[Line]] = []
    seen: dict[str, str] = {}
    for (_, lines), found in zip(pages, edges, strict=True):
        kept.append([])
        for line, edge in zip(lines, found, strict=True):
            is_number = edge and _PAGE_NUMBER.fullmatch(line.text)
            if edge and _key(edge, line) in running and not is_number:
                seen.setdefault(_key(edge, line), line.text)
            elif not (is_number and line is (lines[0] if edge == "top" else lines[-1])):
                kept[-1].append(line)
    return kept, list(seen.values())


def _edge(line: Line, height: float, lines: Sequence[Line]) -> str:
    """Return "top", "bottom" or nothing for a line in the body of its page."""
    if line.y <= EDGE * height and line in lines[:DEPTH]:
        return "top"
    return "bottom" if line.y >= (1 - EDGE / 1.4) * height and line in lines[-DEPTH:] else ""


def _key(edge: str, line: Line) -> str:
    return edge + re.sub(r"\d+", "#", line.text)
