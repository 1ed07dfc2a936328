"""Which table stands in text that no borders enclose?

A table is known by its headings (a running number, a task, a deadline) and by the blank
strips between its columns; a row begins at a ruled line or at its running number. Whatever
does not fit stays ordinary text and a person is told: no cell is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.pdf_page import Rule
from intake.pdf_rows import is_row_number, row_starts
from intake.pdf_rules import Frame, Region
from intake.pdf_table import Filled
from intake.pdf_text import Line, Word, segments_of

HEADING_LINES = 4
HEADING_GAP = 0.7  # of the letter size: headings stand further apart than their words
WORD_GAP = 0.45  # of the letter size: a wider gap may be a strip between columns
ROOM = 1.0  # points that stay blank on either side of a strip
NEXT_LINE = 2.6  # of the letter size: a larger gap ends a table whose rows no lines part
_SECTION = re.compile(r"(?:[IVXLC]{1,6}|[A-HĐ])[.)]?")
_NUMBER = re.compile(r"(?:stt|tt|số tt)", re.IGNORECASE)
_TASK = re.compile(r"nội dung|nhiệm vụ|công việc", re.IGNORECASE)
_DEADLINE = re.compile(r"thời hạn|thời gian|thời điểm|hạn |tiến độ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """The strips that part the columns of a table, its edges included; `task` is the column of the task."""

    xs: tuple[float, ...]
    task: int

    def parts(self, line: Line) -> list[Line | None]:
        """Return what of a line stands in each column."""
        inside: list[list[Word]] = [[] for _ in self.xs[1:]]
        for word in line.words:
            middle = (word.x0 + word.x1) / 2
            inside[max(0, sum(x < middle for x in self.xs[1:-1]))].append(word)
        return [Line(tuple(words), line.y, line.size) if words else None for words in inside]

    def opens(self, line: Line) -> bool:
        """Return whether a line begins a row: a number in the first column and the task beside it."""
        first, *others = self.parts(line)
        if self.is_crossed(line):
            return bool(_SECTION.fullmatch(line.words[0].text)) and len(line.words) > 1
        return first is not None and others[self.task - 1] is not None and is_row_number(first.text)

    def is_crossed(self, line: Line) -> bool:
        """Return whether words run over a strip, as those of a section row or a paragraph do."""
        return any(low < x < high for low, high in _inked(line) for x in self.xs[1:-1])


@dataclass(frozen=True, slots=True)
class Found:
    """A table and the lines around it."""

    above: list[Line]
    table: Filled
    below: list[Line]
    columns: Columns


def is_headed(lines: Sequence[Line]) -> bool:
    """Return whether lines contain what look like the headings of a table that assigns work."""
    for at, line in enumerate(lines):
        near = " ".join(
            one.text for one in lines[max(0, at - 2) : at + 3] if abs(one.y - line.y) < 3 * line.size
        )
        if _NUMBER.fullmatch(line.words[0].text) and _TASK.search(near) and _DEADLINE.search(near):
            return True
    return False


def table_in(lines: Sequence[Line], rules: Sequence[Rule], known: Columns | None) -> Found | None:
    """Return the first table without borders, or None when there is none or it cannot be read safely.

    `known` are the columns of the table that the page before ended with; the lines at the
    top may go on with it without headings.
    """
    for at in range(len(lines)):
        headed = _headings(lines, at)
        if headed:
            height, headings = headed
            columns = _columns(headings, lines[at + height :])
            return _found(lines, at, at + height, columns, rules) if columns else None
    return _found(lines, 0, 0, known, rules) if known else None


def _headings(lines: Sequence[Line], at: int) -> tuple[int, list[tuple[float, float, str]]] | None:
    """Return how many lines the headings take that begin here, and the extent and words of each."""
    for height in range(1, HEADING_LINES + 1):
        band = lines[at : at + height]
        if len(band) < height or not _is_one_block(band, lines[at + height : at + height + 1]):
            return None
        headings = _overlapping([part for line in band for part in segments_of(line, HEADING_GAP)])
        names = [name for _, _, name in headings]
        complete = len(names) > 2 and _NUMBER.fullmatch(names[0]) and any(map(_TASK.search, names[1:]))
        following = lines[at + height] if at + height < len(lines) else None
        if not complete or not any(map(_DEADLINE.search, names)):
            continue
        if following is None or is_row_number(following.words[0].text) or _starts_far(following, band):
            return height, headings
    return None


def _is_one_block(band: Sequence[Line], following: Sequence[Line]) -> bool:
    """Return whether the lines stand close, and no further apart than from what follows."""
    within = [b.y - a.y for a, b in pairwise(band)]
    after = following[0].y - band[-1].y if following else float("inf")
    return not within or max(within) <= min(NEXT_LINE * band[0].size, after + 1.0)


def _starts_far(line: Line, band: Sequence[Line]) -> bool:
    return line.y - band[-1].y > 1.9 * line.size


def _overlapping(parts: Sequence[Line]) -> list[tuple[float, float, str]]:
    """Return the parts of several lines that stand above each other as one, left to right."""
    joined: list[tuple[float, float, str]] = []
    for part in sorted(parts, key=lambda part: part.x0):
        if joined and part.x0 < joined[-1][1]:
            x0, x1, words = joined[-1]
            joined[-1] = (x0, max(x1, part.x1), f"{words} {part.text}")
        else:
            joined.append((part.x0, part.x1, part.text))
    return joined


def _columns(headings: Sequence[tuple[float, float, str]], below: Sequence[Line]) -> Columns | None:
    """Return the strips between the headings that the fewest lines cross."""
    strips = []
    for (_, end, _), (start, _, _) in pairwise(headings):
        strip = _strip(end, start, below)
        if strip is None:
            return None
        strips.append(strip)
    task = next(at for at, (_, _, name) in enumerate(headings) if _TASK.search(name))
    return Columns((float("-inf"), *strips, float("inf")), task)


def _strip(low: float, high: float, lines: Sequence[Line]) -> float | None:
    """Return the middle of the widest stretch that the fewest lines cover."""
    steps = [low + ROOM + step for step in range(max(0, int(high - low - 2 * ROOM) + 1))]
    parts = [(start - ROOM, end + ROOM) for line in lines for start, end in _inked(line)]
    covers = [sum(x0 < x < x1 for x0, x1 in parts) for x in steps]
    if not covers:
        return None
    least, runs = min(covers), [[]]  # type: ignore[var-annotated]
    for x, cover in zip(steps, covers, strict=True):
        if cover == least:
            runs[-1].append(x)
        elif runs[-1]:
            runs.append([])
    widest = max(runs, key=len)
    return float((widest[0] + widest[-1]) / 2)


def _inked(line: Line) -> list[tuple[float, float]]:
    """Return the stretches of a line without a gap wider than a blank may be."""
    runs: list[tuple[float, float]] = []
    for word in line.words:
        if runs and word.x0 - runs[-1][1] <= WORD_GAP * line.size:
            runs[-1] = (runs[-1][0], word.x1)
        else:
            runs.append((word.x0, word.x1))
    return runs


def _found(
    lines: Sequence[Line], start: int, body: int, columns: Columns, rules: Sequence[Rule]
) -> Found | None:
    rows = _rows(lines[body:], columns, rules, goes_on=body == 0)
    if rows is None:
        return None
    end = body + sum(map(len, rows))
    headings = [list(lines[start:body])] if body > start else []
    return Found(list(lines[:start]), _filled([*headings, *rows], columns), list(lines[end:]), columns)


def _rows(
    lines: Sequence[Line], columns: Columns, rules: Sequence[Rule], goes_on: bool
) -> list[list[Line]] | None:
    """Return the lines of each row up to the end of the table; None when they cannot be told apart."""
    heights = sorted(rule.at for rule in rules if lines and rule.at > lines[0].y)
    ruled = [[line for line in lines if low < line.y < high] for low, high in pairwise([0.0, *heights])]
    rows: list[list[Line]] = []
    for group in ruled or [_up_to_last_row(lines, columns)]:
        is_row = bool(ruled) and sum(columns.opens(line) for line in group) <= 1
        parted = [group] if is_row else _numbered(group, columns, goes_on and not rows)
        if parted is None:
            return None
        rows += [row for row in parted if row]
    rest = lines[sum(map(len, rows)) :]
    complete = not any(columns.opens(line) and not columns.is_crossed(line) for line in rest)
    fits = all(_fits(row, columns) for row in rows)
    return rows if complete and fits and any(columns.opens(line) for row in rows for line in row) else None


def _up_to_last_row(lines: Sequence[Line], columns: Columns) -> list[Line]:
    """Return the lines up to the end of the row that bears the last running number."""
    opened = [columns.opens(line) and not columns.is_crossed(line) for line in lines]
    last = max((at for at, opens in enumerate(opened) if opens), default=-1)
    gaps = [b.y - a.y for a, b in pairwise(lines[: last + 1])]
    end = last + 1
    while end < len(lines):
        line = lines[end]
        gap = line.y - lines[end - 1].y
        if gap > max([*gaps, 1.7 * line.size]) or columns.is_crossed(line) or columns.parts(line)[0]:
            break
        end += 1
    return list(lines[:end])


def _numbered(lines: Sequence[Line], columns: Columns, goes_on: bool) -> list[list[Line]] | None:
    """Return the rows that running numbers tell, or None when words in the first column are no numbers."""
    opens = [columns.opens(line) for line in lines]
    if any(columns.parts(line)[0] and not opened for line, opened in zip(lines, opens, strict=True)):
        return None
    starts = row_starts([line.y for line in lines], opens, goes_on)
    if starts is None:
        return None
    return [list(lines[at:end]) for at, end in pairwise([*starts, len(lines)])]


def _fits(row: Sequence[Line], columns: Columns) -> bool:
    """Return whether no words of a row run from one column into the next, unless it opens a section."""
    crossed = [line for line in row if columns.is_crossed(line)]
    return not crossed or (len(row) == 1 and bool(_SECTION.fullmatch(row[0].words[0].text)))


def _filled(rows: Sequence[Sequence[Line]], columns: Columns) -> Filled:
    width = len(columns.xs) - 1
    regions: list[Region] = []
    cells: dict[Region, list[Line]] = {}
    for number, row in enumerate(rows):
        if len(row) == 1 and columns.is_crossed(row[0]):
            regions += [first := Region(number, 0, 1, 1), rest := Region(number, 1, 1, width - 1)]
            mark, *words = row[0].words
            cells[first] = [Line((mark,), row[0].y, row[0].size)]
            cells[rest] = [Line(tuple(words), row[0].y, row[0].size)]
            continue
        split = [columns.parts(line) for line in row]
        for column in range(width):
            regions.append(region := Region(number, column, 1, 1))
            cells[region] = [part for parts in split if (part := parts[column]) is not None]
    left = min(line.x0 for row in rows for line in row)
    right = max(line.x1 for row in rows for line in row)
    ys = [row[0].y - row[0].size for row in rows] + [rows[-1][-1].y + rows[-1][-1].size]
    return Filled(Frame((left, *columns.xs[1:-1], right), tuple(ys), tuple(regions)), cells, by_number=True)
