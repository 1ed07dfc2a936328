"""Which rows does a plan exported from Word as plain text contain?

Word writes one cell a line, each after a tab, and a blank line after each row; a
spreadsheet writes one row a line with tabs between the cells. Both are read. Refusals
and doubts come back as problems with the line they stand on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.problems import Problem
from intake.annex import EMPTY, Annex
from intake.assembling import annex_from, secret
from intake.decoding import decoded
from intake.layout import Region, regions_of, unnamed_table
from intake.secrecy import is_marked
from intake.tabbed import as_tabbed
from intake.table import heading_problems


def read_annex(data: bytes, source: str) -> tuple[Annex, list[Problem]]:
    """Return the plan in `data`; an empty one with the reasons when it is refused."""
    text, problems = decoded(data, source)
    if problems:
        return EMPTY, problems
    lines = as_tabbed(re.split(r"\r\n|\r|\n", text))
    regions = regions_of(lines)
    around = _around(lines, regions)
    marked = next((number for number, line in around if is_marked(line)), None)
    if marked is not None:
        return EMPTY, [secret(source, marked)]
    if not regions:
        return EMPTY, [_no_table(lines, source)]
    tables = [region.table for region in regions]
    return annex_from(tables, lines[: regions[0].first - 1], [line for _, line in around], source)


def _around(lines: Sequence[str], regions: Sequence[Region]) -> list[tuple[int, str]]:
    """Return the numbered lines that belong to no table."""
    inside = {number for region in regions for number in range(region.first, region.last + 1)}
    return [(number, line) for number, line in enumerate(lines, start=1) if number not in inside]


def _no_table(lines: Sequence[str], source: str) -> Problem:
    unnamed = unnamed_table(lines)
    if unnamed is not None:
        return heading_problems(unnamed, source)[0][0]
    hint = (
        "xuất cả phụ lục từ Word ra văn bản thuần: mỗi ô một dòng, hoặc mỗi hàng một dòng cách nhau bằng Tab"
    )
    return Problem(source, 0, 0, "no-table", "không tìm thấy bảng nhiệm vụ trong tệp", hint)
