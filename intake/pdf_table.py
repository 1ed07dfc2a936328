"""Which words stand in which cell of a ruled table?

Where a table has borders between its columns but none between its rows, a row begins at
each running number that shares its line with the words beside it. When the numbers stand
elsewhere, the rows cannot be told apart and the file is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.pdf_page import Letter
from intake.pdf_rules import Frame, Region
from intake.pdf_text import Line, cell_text, lines_of
from intake.source import Grid, GridBuilder, Refused

OPENS_ROW = re.compile(r"\d{1,3}(?:[.,]\d{1,3})*[a-zđ]?\s*[.)]?|[IVXLC]{1,6}\s*[.)]?")
_HEADING = re.compile(r"(?:số\s*)?(?:stt|tt)", re.IGNORECASE)
_HINT = "xin tệp Word (.docx), hoặc kẻ đường ngang giữa các hàng rồi xuất lại PDF"


@dataclass(frozen=True, slots=True)
class Filled:
    """A frame with the lines of each of its cells."""

    frame: Frame
    lines: Mapping[Region, list[Line]]

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
    return _filled(frame.cut(cuts), letters) if cuts else table


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
        if previous is None or not _runs_on(previous, letter):
            region = at_place[frame.place(letter.centre)]
        cells[region].append(letter)
        previous = letter
    return Filled(frame, {region: cell_lines(inside) for region, inside in cells.items()})


def _runs_on(previous: Letter, letter: Letter) -> bool:
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
    """Return where a row is to be cut: above each running number that other words stand above of."""
    inside = [region for region in table.frame.regions if region.row == row and region.down == 1]
    first = next((region for region in inside if region.column == 0 and region.across == 1), None)
    column = table.lines.get(first, []) if first else []
    is_headed = bool(column) and bool(_HEADING.fullmatch(column[0].text))
    numbers = column[is_headed:]
    if len(numbers) < 2 - is_headed or not all(OPENS_ROW.fullmatch(line.text) for line in numbers):
        return []
    if not _count_up(numbers):
        return []
    beside = [line for region in inside if region is not first for line in table.lines.get(region, ())]
    if _stand_on_top(numbers, beside, is_headed):
        top = min(line.y for line in beside)
        return [line.y - 0.85 * line.size for line in numbers if line.y > top + 0.4 * line.size]
    message = f"trang {page}: bảng không có đường kẻ giữa các hàng nên không biết chữ nào thuộc hàng nào"
    raise Refused("rows-not-ruled", message, _HINT)


def _stand_on_top(numbers: Sequence[Line], beside: Sequence[Line], is_headed: bool) -> bool:
    """Return whether each number stands beside the first line of its row.

    Lines of one row stand no further apart than rows; and where words stand above the first
    number (the end of a row of the page before), rows stand further apart than lines.
    """
    if not all(any(abs(line.y - number.y) < 0.4 * number.size for line in beside) for number in numbers):
        return False
    heights = sorted({round(line.y) for line in beside})
    steps = [
        (b - a, any(abs(b - number.y) < 0.4 * number.size for number in numbers))
        for a, b in pairwise(heights)
        if b - a > 2
    ]
    within = max((step for step, opens in steps if not opens), default=0)
    between = min((step for step, opens in steps if opens), default=within)
    has_words_above = not is_headed and heights[0] < numbers[0].y - 0.4 * numbers[0].size
    return within <= between - 2 if has_words_above else within <= between + 1


def _count_up(numbers: Sequence[Line]) -> bool:
    """Return whether running numbers follow each other, so that none is half of a number cut in two."""
    previous: list[int] = []
    for line in numbers:
        figures = [int(found) for found in re.findall(r"\d+", line.text)]
        if previous and figures:
            is_next = figures[0] == previous[0] + 1 or figures[-1] == previous[-1] + 1
            if not is_next and not (figures[-1] == 1 and len(figures) != len(previous)):
                return False
        previous = figures
    return True
