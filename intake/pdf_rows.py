"""Where does a row begin when no line parts the rows?

At each running number that stands beside the first line of its row, and at each gap as wide
as those above the numbers. When lines of one row stand further apart than rows, the numbers
stand in the middle of their rows and nothing can be said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from intake.pdf_text import Line

APART = 2.0  # points by which rows must stand further apart than lines to be told by the gap alone
_OPENS_ROW = re.compile(r"\d{1,3}(?:[.,]\d{1,3})*[a-zđ]?\s*[.)]?|[IVXLC]{1,6}\s*[.)]?")


def is_row_number(text: str) -> bool:
    """Return whether words are a running number or a roman one and nothing else."""
    return bool(_OPENS_ROW.fullmatch(text))


def row_starts(heights: Sequence[float], opens: Sequence[bool], goes_on: bool) -> list[int] | None:
    """Return which lines begin a row, or None when that cannot be known.

    `opens` tells which lines bear a running number. Lines above the first number are the end
    of a row of the page before when `goes_on`, provided that rows stand apart.
    """
    if not heights or not any(opens):
        return None
    gaps = [(b - a, opened) for (a, b), opened in zip(pairwise(heights), opens[1:], strict=True)]
    between = min((gap for gap, opened in gaps if opened), default=None)
    within = [gap for gap, opened in gaps if not opened]
    if between is None:
        return [0] if opens[0] else None
    if within and max(within) > between + 1:
        return None
    are_apart = bool(within) and min(within) <= between - APART
    if not opens[0] and not (goes_on and are_apart):
        return None
    wide = [at for at, (gap, _) in enumerate(gaps, start=1) if are_apart and gap >= between - 1]
    return sorted({0, *wide, *(at for at, opened in enumerate(opens) if opened)})


def count_up(numbers: Sequence[str]) -> bool:
    """Return whether running numbers follow each other, so that none is half of a number cut in two."""
    previous: list[int] = []
    for number in numbers:
        figures = [int(found) for found in re.findall(r"\d+", number)]
        if previous and figures:
            is_next = figures[0] == previous[0] + 1 or figures[-1] == previous[-1] + 1
            if not is_next and not (figures[-1] == 1 and len(figures) != len(previous)):
                return False
        previous = figures
    return True


def same_height(line: Line, other: Line) -> bool:
    """Return whether two lines in different columns stand side by side."""
    return abs(line.y - other.y) < 0.4 * max(line.size, other.size)
