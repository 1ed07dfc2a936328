"""Which tables do the ruled lines of a page enclose?

Lines may be strokes, thin filled shapes or rows of dashes. Lines that touch one another
make one frame; a place where the line between two neighbours is missing is a merged cell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.pdf_page import Box, DrawnPage, Rule

SNAP = 2.5  # lines no further apart are one
DASH = 4.5  # a gap no longer than this is part of a dashed line
TOUCH = 3.0
MIN_LENGTH = 7.0
SLOPPY = 9.0  # a narrower column is one border drawn a little off
MAX_LINES = 1500


@dataclass(frozen=True, slots=True)
class Region:
    """A cell of a frame: where it begins and how many rows and columns it covers."""

    row: int
    column: int
    down: int
    across: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A ruled table: borders from left to right and top to bottom, its cells and the lines it is made of."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    regions: tuple[Region, ...]
    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()

    @property
    def box(self) -> Box:
        """The rectangle it covers."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def place(self, point: tuple[float, float]) -> tuple[int, int]:
        """Return row and column of the elementary place a point lies in."""
        column = bisect_right(self.xs, point[0]) - 1
        row = bisect_right(self.ys, point[1]) - 1
        return (min(max(row, 0), len(self.ys) - 2), min(max(column, 0), len(self.xs) - 2))

    def cut(self, heights: Sequence[float]) -> Frame:
        """Return the table as it would be with level lines at these heights, too."""
        more = [Rule(height, self.xs[0], self.xs[-1]) for height in heights]
        ys = sorted([*self.ys, *heights])
        across = (*self.across, *more)
        return Frame(self.xs, tuple(ys), tuple(_regions(self.xs, ys, across, self.down)), across, self.down)


def frames_of(page: DrawnPage) -> list[Frame]:
    """Return the ruled tables of a page, top to bottom; one inside a cell belongs to that cell."""
    across, down = _longest(_lines(page.across)), _longest(_lines(page.down))
    frames = [frame for part in _connected(across, down) if (frame := _frame(*part)) is not None]
    outer = [frame for frame in frames if not any(_encloses(other, frame) for other in frames)]
    return sorted(outer, key=lambda frame: (frame.ys[0], frame.xs[0]))


def lines_across(page: DrawnPage) -> list[Rule]:
    """Return the level lines of a page, dashes joined."""
    return _lines(page.across)


def _lines(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules as whole lines: double ones as one, dashes joined, stray dots left out."""
    by_place: list[list[Rule]] = []
    for rule in sorted(rules):
        if by_place and rule.at - by_place[-1][0].at <= SNAP:
            by_place[-1].append(rule)
        else:
            by_place.append([rule])
    lines = [line for rules_here in by_place for line in _runs(rules_here)]
    return [line for line in lines if line.end - line.start >= MIN_LENGTH]


def _runs(rules: Sequence[Rule]) -> list[Rule]:
    """Return collinear rules joined where they overlap or are a dash apart."""
    length = sum(rule.end - rule.start for rule in rules) or 1.0
    at = sum(rule.at * (rule.end - rule.start) for rule in rules) / length
    runs: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.start):
        if runs and rule.start - runs[-1].end <= DASH:
            runs[-1] = Rule(at, runs[-1].start, max(runs[-1].end, rule.end))
        else:
            runs.append(Rule(at, rule.start, rule.end))
    return runs


def _longest(lines: list[Rule]) -> list[Rule]:
    return sorted(lines, key=lambda line: line.start - line.end)[:MAX_LINES]


def _connected(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return groups of lines that touch each other, directly or through others."""
    parent = list(range(len(across) + len(down)))

    def root(of: int) -> int:
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    for number, line in enumerate(down, start=len(across)):
        for other, crossing in enumerate(across):
            if _touch(crossing, line):
                parent[root(number)] = root(other)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for number, line in enumerate([*across, *down]):
        groups[root(number)][number >= len(across)].append(line)
    return _with_loose_borders(list(groups.values()))


def _with_loose_borders(groups: list[tuple[list[Rule], list[Rule]]]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return the groups that may be tables, with the upright lines that end freely inside them."""
    tables = [group for group in groups if all(group)]
    for across, down in groups:
        for line in down if not across else ():
            held = (table for table in tables if _lies_in(line, *table))
            next(held, ([], []))[1].append(line)
    return tables


def _lies_in(line: Rule, across: Sequence[Rule], down: Sequence[Rule]) -> bool:
    left, right = min(rule.start for rule in across), max(rule.end for rule in across)
    top, bottom = min(rule.start for rule in down), max(rule.end for rule in down)
    is_inside = left < line.at < right and top - TOUCH < line.start and line.end < bottom + TOUCH
    return is_inside and line.end - line.start > 20


def _touch(across: Rule, down: Rule) -> bool:
    return (
        across.start - TOUCH <= down.at <= across.end + TOUCH
        and down.start - TOUCH <= across.at <= down.end + TOUCH
    )


def _frame(across: Sequence[Rule], down: Sequence[Rule]) -> Frame | None:
    """Return the table that touching lines make, or None for one column and for loose lines."""
    if not across or not down:
        return None
    across = [line for line in across if _is_held(line, down)]
    xs = _borders(down, [line.start for line in across], [line.end for line in across])
    ys = _borders(across, [line.start for line in down], [line.end for line in down])
    if len(xs) < 3 or len(ys) < 2:
        return None
    regions = _regions(xs, ys, across, down)
    frame = Frame(tuple(xs), tuple(ys), tuple(regions), tuple(across), tuple(down))
    return frame if len(regions) > 1 else None


def _is_held(line: Rule, down: Sequence[Rule]) -> bool:
    """Return whether a line runs from border to border, not just near one as an underline does."""
    return sum(_touch(line, border) for border in down) > 1 or line.end - line.start > 60


def _borders(lines: Sequence[Rule], starts: Sequence[float], ends: Sequence[float]) -> list[float]:
    """Return where the borders lie; where crossing lines go on beyond the last one, a side is open."""
    borders: list[tuple[float, list[Rule]]] = []
    for line in sorted(lines):
        near = borders and line.at - borders[-1][0] <= SLOPPY
        if near and (line.at - borders[-1][0] <= SNAP or not _side_by_side(line, borders[-1][1])):
            borders[-1][1].append(line)
        else:
            borders.append((line.at, [line]))
    found = [sum(line.at for line in group) / len(group) for _, group in borders]
    if starts and min(starts) < found[0] - SLOPPY:
        found.insert(0, min(starts))
    if ends and max(ends) > found[-1] + SLOPPY:
        found.append(max(ends))
    return found


def _side_by_side(line: Rule, others: Sequence[Rule]) -> bool:
    return any(min(line.end, other.end) - max(line.start, other.start) > SNAP for other in others)


def _regions(
    xs: Sequence[float], ys: Sequence[float], across: Sequence[Rule], down: Sequence[Rule]
) -> list[Region]:
    """Return the cells: places joined wherever no line parts them, cut into rectangles."""
    walls = _walls(xs, ys, down)
    floors = _walls(ys, xs, across)
    rows, columns = len(ys) - 1, len(xs) - 1
    taken: set[tuple[int, int]] = set()
    regions = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            wide = 1
            while (
                column + wide < columns
                and (row, column + wide) not in taken
                and (column + wide, row) not in walls
            ):
                wide += 1
            high = 1
            while (
                row + high < rows
                and all(
                    (row + high, c) not in floors and (row + high, c) not in taken
                    for c in range(column, column + wide)
                )
                and all((c, row + high) not in walls for c in range(column + 1, column + wide))
            ):
                high += 1
            taken |= {(r, c) for r in range(row, row + high) for c in range(column, column + wide)}
            regions.append(Region(row, column, high, wide))
    return regions


def _walls(borders: Sequence[float], spans: Sequence[float], lines: Sequence[Rule]) -> set[tuple[int, int]]:
    """Return (border, span) where a line covers more than half of the span."""
    covered: dict[tuple[int, int], float] = defaultdict(float)
    for line in lines:
        border = min(range(len(borders)), key=lambda at: abs(borders[at] - line.at))
        for span, (start, end) in enumerate(pairwise(spans)):
            covered[border, span] += max(0.0, min(line.end, end) - max(line.start, start)) / (end - start)
    return {key for key, share in covered.items() if share > 0.5}


def _encloses(outer: Frame, inner: Frame) -> bool:
    if outer is inner:
        return False
    centre = ((inner.xs[0] + inner.xs[-1]) / 2, (inner.ys[0] + inner.ys[-1]) / 2)
    return outer.box.holds(centre) and outer.box.area > inner.box.area
