"""Which lines do the letters of a page make, and which lines are one paragraph?

Blanks are taken from the file and put where a gap is wide enough to be seen. A raised small
figure is a footnote mark and never runs into the number before it.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from intake.pdf_page import Letter
from intake.words import plain

GAP = 0.22  # of the letter size: wider is a blank
SAME_LINE = 0.45  # of the letter size: baselines no further apart are one line
WIDE_GAP = 1.5  # of the letter size: wider parts two columns
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED_FIGURES = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_UNIT_POWER = re.compile(r"(?:m|km|cm|dm|mm|dam|hm)$", re.IGNORECASE)
_LIST_MARK = re.compile(
    r"""(?: [-–—+•*]
          | \(?(?:\d{1,3}(?:\.\d{1,3})*[.)] | \d{1,3}(?:\.\d{1,3})+ | [a-zđ][.)] | [IVXLC]{1,6}[.)])
        )(?:\s|$)
        | (?:Điều|Mục|Chương|Phụ\ lục|PHỤ\ LỤC)\s""",
    re.VERBOSE,
)
_BARE_MARK = re.compile(r"\(?(?:[\dIVXLC.]{1,7}|[a-zđ])[.)/]?|[-–—+•*]")
_CUT_NUMBER = re.compile(r"(?<=/)(?:19|20)?\d{0,3}$")


class Word(NamedTuple):
    """Letters between two blanks."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline at `y`, left to right; `size` is that of most letters."""

    words: tuple[Word, ...]
    y: float
    size: float

    @property
    def x0(self) -> float:
        """Where the line begins."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Where the line ends."""
        return max(word.x1 for word in self.words)

    @property
    def text(self) -> str:
        """The words of the line in NFC."""
        return " ".join(word.text for word in self.words)


def lines_of(letters: Iterable[Letter]) -> list[Line]:
    """Return upright letters as lines, top to bottom; each letter is read once, however often it is drawn."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: letter.y):
        last = lines[-1] if lines else []
        if last and letter.y - last[0].y <= SAME_LINE * max(letter.size, last[0].size):
            last.append(letter)
        else:
            lines.append([letter])
    return [line for line in map(_line, lines) if line.words]


def _line(letters: Sequence[Letter]) -> Line:
    size = statistics.median_high(letter.size for letter in letters)
    baseline = max(letter.y for letter in letters if letter.size >= 0.9 * size)
    words: list[tuple[list[str], float, float]] = []
    previous: Letter | None = None
    for letter in sorted(letters, key=lambda letter: letter.x):
        if previous and _is_redrawn(previous, letter):
            continue
        if letter.text.isspace():
            previous = None
            continue
        is_raised = letter.size <= 0.85 * size and baseline - letter.y >= 0.15 * size
        text = letter.text.translate(_RAISED) if is_raised else letter.text
        if previous and letter.x - previous.end <= GAP * min(size, letter.size):
            words[-1] = (words[-1][0] + [text], words[-1][1], max(words[-1][2], letter.end))
        else:
            words.append(([text], letter.x, letter.end))
        previous = letter
    read = (Word(plain("".join(texts)), x0, x1) for texts, x0, x1 in words)
    return Line(tuple(word for word in read if word.text), baseline, size)


def _is_redrawn(previous: Letter, letter: Letter) -> bool:
    """Return whether a letter is drawn again a hair's breadth away to look bold."""
    far = max(abs(letter.x - previous.x), abs(letter.y - previous.y))
    return letter.text == previous.text and far < 0.12 * letter.size


def cell_text(lines: Sequence[Line], width: float, notes: Mapping[str, str]) -> str:
    """Return the lines of a cell `width` wide, parted by line feeds, with the footnotes they refer to.

    A figure that reached the right edge goes on in the next line: `31/12/202` and `5`.
    """
    text = ""
    for at, line in enumerate(lines):
        words = line.text
        is_full = at > 0 and lines[at - 1].x1 - lines[at - 1].x0 >= width - 2.2 * line.size
        glued = _goes_on(text, words) or (is_full and _is_cut_year(text, words))
        text += words if glued or not text else "\n" + words
    return with_notes(text, notes)


def with_notes(text: str, notes: Mapping[str, str]) -> str:
    """Return the text with "[1: words]" in place of a footnote mark whose note was found."""

    def shown(mark: re.Match[str]) -> str:
        number = str(int(mark[0].translate({ord(r): str(n) for n, r in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})))
        is_power = number in ("2", "3") and _UNIT_POWER.search(text[: mark.start()])
        return mark[0] if is_power or number not in notes else f"[{number}: {notes[number]}]"

    return _RAISED_FIGURES.sub(shown, text)


def paragraphs_of(lines: Sequence[Line]) -> list[tuple[float, str]]:
    """Return the paragraphs of text outside tables with the baseline each begins on.

    Columns side by side (the head of a letter, its signature) are read one after the other.
    A line goes on in the next when the next one's first word would not have fitted.
    An empty text stands for a gap of a line or more.
    """
    right = max((line.x1 for line in lines), default=0.0)
    found: list[tuple[float, str]] = []
    for block, is_column in _blocks(lines):
        for line, previous in zip(block, [None, *block], strict=False):
            if previous and not is_column and _continues(previous, line, right):
                found[-1] = (found[-1][0], _joined(found[-1][1], line.text))
                continue
            if previous and line.y - previous.y > 2.3 * max(line.size, previous.size):
                found.append((previous.y, ""))
            found.append((line.y, line.text))
    return found


def segments_of(line: Line, gap: float = WIDE_GAP) -> list[Line]:
    """Return the parts of a line that wide gaps keep apart; a list mark stays with its text."""
    parts: list[list[Word]] = []
    for word in line.words:
        last = parts[-1] if parts else []
        is_far = bool(last) and word.x0 - last[-1].x1 > gap * line.size
        if not last or (is_far and not (len(last) == 1 and _BARE_MARK.fullmatch(last[0].text))):
            parts.append([word])
        else:
            last.append(word)
    return [Line(tuple(part), line.y, line.size) for part in parts]


def _blocks(lines: Sequence[Line]) -> list[tuple[list[Line], bool]]:
    """Return the lines in reading order, each column of a side-by-side passage as one block."""
    blocks: list[tuple[list[Line], bool]] = [([], False)]
    at = 0
    while at < len(lines):
        sides = _columns_from(lines, at)
        if sides:
            left, right, at = sides
            blocks += [(left, True), (right, True), ([], False)]
        else:
            blocks[-1][0].append(lines[at])
            at += 1
    return [block for block in blocks if block[0]]


def _columns_from(lines: Sequence[Line], at: int) -> tuple[list[Line], list[Line], int] | None:
    """Return the left and right lines of a passage of two columns that begins here, and where it ends."""
    first = segments_of(lines[at])
    if len(first) != 2:
        return None
    low, high = first[0].x1, first[1].x0
    left, right, both = [first[0]], [first[1]], 1
    end = at + 1
    for number, line in enumerate(lines[at + 1 :], start=at + 1):
        parts = segments_of(line, 0.9)
        one = [part for part in parts if part.x1 <= high - 1 and part.x0 < low]
        other = [part for part in parts if part.x0 >= low + 1 and part not in one]
        if len(one) + len(other) != len(parts) or line.y - lines[number - 1].y > 3 * line.size:
            break
        low = max([low, *(part.x1 for part in one)])
        high = min([high, *(part.x0 for part in other)])
        if high - low < 0.5 * line.size:
            break
        left += [_merged(one)] if one else []
        right += [_merged(other)] if other else []
        both += bool(one and other)
        end = number + 1
    gap = first[1].x0 - first[0].x1
    return (left, right, end) if both > 1 or gap > 3 * lines[at].size else None


def _merged(parts: Sequence[Line]) -> Line:
    return Line(tuple(word for part in parts for word in part.words), parts[0].y, parts[0].size)


def _continues(line: Line, following: Line, right: float) -> bool:
    """Return whether a line ended only because the next word did not fit."""
    if following.y - line.y > 2.3 * line.size or abs(following.size - line.size) > 0.15 * line.size:
        return False
    if _LIST_MARK.match(following.text) or following.x0 > line.x0 + 0.8 * line.size:
        return False
    word = following.words[0]
    return line.x1 + 0.2 * line.size + (word.x1 - word.x0) > right - 0.1 * line.size


def _joined(text: str, more: str) -> str:
    return text + more if _goes_on(text, more) or _is_cut_year(text, more) else f"{text} {more}"


def _goes_on(text: str, more: str) -> bool:
    """Return whether a date or the number of a document was parted at its stroke."""
    if text.endswith("/"):
        return text[-2:-1].isdigit() and more[:1].isalnum()
    return text[-1:].isdigit() and more[:1] == "/" and more[1:2].isdigit()


def _is_cut_year(text: str, more: str) -> bool:
    """Return whether figures after a stroke and those of the next line make one year."""
    cut = _CUT_NUMBER.search(text)
    figures = re.match(r"\d+", more)
    return bool(cut and cut[0] and figures and re.fullmatch(r"(?:19|20)\d\d", cut[0] + figures[0]))
