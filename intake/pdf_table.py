"""Which words stand in which cell of a ruled table?

Where a table has borders between its columns but none between its rows, the running numbers
tell the rows. When they do not, the file is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from intake.pdf_page import Letter
from intake.pdf_rows import count_up, is_row_number, row_starts, same_height
from intake.pdf_rules import Frame, Region
from intake.pdf_text import Line, cell_text, lines_of
from intake.source import Grid, GridBuilder, Refused

_HEADING = re.compile(r"(?:số\s*)?(?:stt|tt)", re.IGNORECASE)
_HINT = "xin tệp Word (.docx), hoặc kẻ đường ngang giữa các hàng rồi xuất lại PDF"


@dataclass(frozen=True, slots=True)
class Filled:
    """A frame with the lines of each of its cells; `by_number`: running numbers told its rows."""

    frame: Frame
    lines: Mapping[Region, list[Line]]
    by_number: bool = False

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
    table = _filled(frame, letters)
    cuts = [cut for row in range(len(frame.ys) - 1) for cut in _cuts(table, row, page)]
    return replace(_filled(frame.cut(cuts), letters), by_number=True) if cuts else table


def _filled(frame: Frame, letters: Sequence[Letter]) -> Filled:
    at_place = {
        (row, column): region
        for region in frame.regions
        for row in range(region.row, region.row + region.down)
        for column in range(region.column, region.column + region.across)
    }
    cells: dict[Region, list[Letter]] = defaultdict(list)
    previous: Letter | None = None
    for letter in letters:
        if previous is None or not runs_on(previous, letter):
            region = at_place[frame.place(letter.centre)]
        cells[region].append(letter)
        previous = letter
    return Filled(frame, {region: cell_lines(inside) for region, inside in cells.items()})


def runs_on(previous: Letter, letter: Letter) -> bool:
    """Return whether a letter goes on a word that began in a cell, though it may stick out of it."""
    is_level = letter.turn == previous.turn == 0 and abs(letter.y - previous.y) < 0.1 * letter.size
    is_blank = letter.text.isspace() or previous.text.isspace()
    return is_level and not is_blank and -0.2 < (letter.x - previous.end) / letter.size < 0.1


def cell_lines(letters: Iterable[Letter]) -> list[Line]:
    """Return upright lines first, then those written up or down or aslant, each in its own direction."""
    by_turn: dict[int, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_turn[letter.turn].append(letter.upright())
    return [line for turn in sorted(by_turn, key=abs) for line in lines_of(by_turn[turn])]


def _cuts(table: Filled, row: int, page: int) -> list[float]:
    """Return where a row is to be cut because its first column holds several running numbers."""
    inside = [region for region in table.frame.regions if region.row == row and region.down == 1]
    first = next((region for region in inside if region.column == 0 and region.across == 1), None)
    column = table.lines.get(first, []) if first else []
    is_headed = bool(column) and bool(_HEADING.fullmatch(column[0].text))
    numbers = column[is_headed:]
    are_numbers = all(is_row_number(line.text) for line in numbers)
    if len(numbers) < 2 - is_headed or not are_numbers or not count_up([line.text for line in numbers]):
        return []
    beside = [line for region in inside if region is not first for line in table.lines.get(region, ())]
    lines = _side_by_side(beside)
    opens = [any(same_height(line, number) for number in column) for line in lines]
    starts = row_starts([line.y for line in lines], opens, goes_on=not is_headed)
    if starts is None or sum(opens) < len(column):
        message = f"trang {page}: bảng không có đường kẻ giữa các hàng nên không biết chữ nào thuộc hàng nào"
        raise Refused("rows-not-ruled", message, _HINT)
    return [lines[at].y - 0.85 * lines[at].size for at in starts if at]


def _side_by_side(lines: Iterable[Line]) -> list[Line]:
    """Return one line for each height at which words stand."""
    heights: list[Line] = []
    for line in sorted(lines, key=lambda line: line.y):
        if not heights or not same_height(heights[-1], line):
            heights.append(line)
    return heights
