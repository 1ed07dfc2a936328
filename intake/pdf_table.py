"""Which words stand in which cell of a ruled table?

Where a table has borders between its columns but none between its rows, a row begins at
each running number that shares its line with the words beside it. When the numbers stand
elsewhere, the rows cannot be told apart and the file is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from intake.pdf_page import Letter
from intake.pdf_rules import Frame, Region
from intake.pdf_text import Line, cell_text, lines_of
from intake.source import Grid, GridBuilder, Refused

STAMP = 2.5  # times the size of the other letters, and more than STAMP_SIZE: no text of a cell
STAMP_SIZE = 26.0
_OPENS_ROW = re.compile(r"\d{1,3}(?:[.,]\d{1,3})*[a-zđ]?\s*[.)]?|[IVXLC]{1,6}\s*[.)]?")
_HINT = "xin tệp Word (.docx), hoặc kẻ đường ngang giữa các hàng rồi xuất lại PDF"


@dataclass(frozen=True, slots=True)
class Filled:
    """A frame with the lines of each of its cells, and the words of stamps that lay over it."""

    frame: Frame
    lines: Mapping[Region, list[Line]]
    stamps: tuple[str, ...] = ()

    def grid(self, label: str, notes: Mapping[str, str], starts_page: bool) -> Grid:
        """Return the table as a grid; a note takes the place of the mark that refers to it."""
        builder = GridBuilder(label, {0} if starts_page else set())
        for region in self.frame.regions:
            width = self.frame.xs[region.column + region.across] - self.frame.xs[region.column]
            text = cell_text(self.lines.get(region, ()), width, notes)
            builder.put(region.row, region.column, text, region.down, region.across)
        return builder.grid()


def filled(frame: Frame, letters: Sequence[Letter], page: int) -> Filled:
    """Return the frame with the letters that lie in it as the lines of its cells."""
    at_place = {
        (row, column): region
        for region in frame.regions
        for row in range(region.row, region.row + region.down)
        for column in range(region.column, region.column + region.across)
    }
    usual = sorted(letter.size for letter in letters)[len(letters) // 2] if letters else 0.0
    cells: dict[Region, list[Letter]] = defaultdict(list)
    stamps: list[Letter] = []
    for letter in letters:
        is_stamp = letter.turn % 90 or letter.size > max(STAMP * usual, STAMP_SIZE)
        (stamps if is_stamp else cells[at_place[frame.place(letter.centre)]]).append(letter)
    lines = {region: cell_lines(inside) for region, inside in cells.items()}
    found = Filled(frame, lines, tuple(line.text for line in cell_lines(stamps)))
    return _with_rows_parted(found, page)


def cell_lines(letters: Iterable[Letter]) -> list[Line]:
    """Return upright lines first, then those written up or down or aslant, each in its own direction."""
    by_turn: dict[int, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_turn[letter.turn].append(letter.upright())
    return [line for turn in sorted(by_turn, key=abs) for line in lines_of(by_turn[turn])]


def _with_rows_parted(table: Filled, page: int) -> Filled:
    """Return the table with each row that holds several running numbers cut at these numbers."""
    row = len(table.frame.ys) - 2
    while row >= 0:
        cuts = _cuts(table, row, page)
        if cuts:
            table = _cut(table, row, cuts)
        row -= 1
    return table


def _cuts(table: Filled, row: int, page: int) -> list[float]:
    """Return where a row is to be cut: above each running number of its first column but the first."""
    inside = [region for region in table.frame.regions if region.row == row and region.down == 1]
    first = next((region for region in inside if region.column == 0 and region.across == 1), None)
    numbers = table.lines.get(first, []) if first else []
    if len(numbers) < 2 or not all(_OPENS_ROW.fullmatch(line.text) for line in numbers):
        return []
    beside = [line for region in inside if region is not first for line in table.lines.get(region, ())]
    tops = min((line.y for line in beside), default=0.0)
    heads = [any(abs(line.y - number.y) < 0.4 * number.size for line in beside) for number in numbers]
    if all(heads) and numbers[0].y <= tops + 0.4 * numbers[0].size:
        return [number.y - 0.85 * number.size for number in numbers[1:]]
    if _count_up(numbers):
        message = f"trang {page}: bảng không có đường kẻ giữa các hàng nên không biết chữ nào thuộc hàng nào"
        raise Refused("rows-not-ruled", message, _HINT)
    return []


def _count_up(numbers: Sequence[Line]) -> bool:
    figures = [int(found[0]) for line in numbers if (found := re.match(r"\d+", line.text))]
    return len(figures) > 1 and all(b == a + 1 for a, b in pairwise(figures))


def _cut(table: Filled, row: int, cuts: Sequence[float]) -> Filled:
    """Return the table with one row cut in several."""
    ys = table.frame.ys
    borders = (*ys[: row + 1], *cuts, *ys[row + 1 :])
    more = len(cuts)
    lines: dict[Region, list[Line]] = {}
    regions: list[Region] = []
    for region in table.frame.regions:
        words = table.lines.get(region, [])
        if region.row == row and region.down == 1:
            parts = [replace(region, row=row + part) for part in range(more + 1)]
            for line in words:
                part = sum(line.y - 0.3 * line.size > cut for cut in cuts)
                lines.setdefault(parts[part], []).append(line)
            regions += parts
            continue
        moved = replace(
            region,
            row=region.row + (more if region.row > row else 0),
            down=region.down + (more if region.row <= row < region.row + region.down else 0),
        )
        lines[moved] = words
        regions.append(moved)
    return Filled(Frame(table.frame.xs, borders, tuple(regions)), lines, table.stamps)
