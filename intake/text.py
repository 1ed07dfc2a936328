"""Which rows does a plan exported from Word as plain text contain?

Word writes one cell a line, each after a tab, and a blank line after each row; a
spreadsheet writes one row a line with tabs between the cells. Both are read. Refusals
and doubts come back as problems with the line they stand on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.problems import Problem
from intake.annex import EMPTY, Annex, AnnexRow, AnnexSection
from intake.decoding import decoded
from intake.head import head_of
from intake.layout import Region, regions_of, unnamed_table
from intake.secrecy import is_marked
from intake.table import heading_problems, rows_of, with_duplicates
from intake.words import cleaned


def read_annex(data: bytes, source: str) -> tuple[Annex, list[Problem]]:
    """Return the plan in `data`; an empty one with the reasons when it is refused."""
    text, problems = decoded(data, source)
    if problems:
        return EMPTY, problems
    lines = re.split(r"\r\n|\r|\n", text)
    regions = regions_of(lines)
    around = _around(lines, regions)
    marked = next((number for number, line in around if is_marked(line)), None)
    if marked is not None:
        return EMPTY, [_secret(source, marked)]
    if not regions:
        return EMPTY, [_no_table(lines, source)]
    return _annex(lines, regions, around, source)


def _annex(
    lines: Sequence[str], regions: Sequence[Region], around: Sequence[tuple[int, str]], source: str
) -> tuple[Annex, list[Problem]]:
    sections: list[AnnexSection] = []
    rows: list[AnnexRow] = []
    problems: list[Problem] = []
    for number, region in enumerate(regions, start=1):
        found, is_readable = heading_problems(region.table, source)
        if not is_readable:
            return EMPTY, found
        problems += found
        more_sections, more_rows = rows_of(region.table, number)
        sections += more_sections
        rows += more_rows
    head = head_of(lines[: regions[0].first - 1])
    body = tuple(text for text in (cleaned(line) for _, line in around) if text)
    annex = Annex(
        head.title, head.number, head.issuer, tuple(sections), with_duplicates(rows), body, head.is_draft
    )
    return annex, problems if rows else [*problems, _no_rows(source, regions[0])]


def _around(lines: Sequence[str], regions: Sequence[Region]) -> list[tuple[int, str]]:
    """Return the numbered lines that belong to no table."""
    inside = {number for region in regions for number in range(region.first, region.last + 1)}
    return [(number, line) for number, line in enumerate(lines, start=1) if number not in inside]


def _secret(source: str, line: int) -> Problem:
    message = "văn bản có dấu chỉ độ mật; không được đưa vào hệ thống nối mạng"
    hint = "xóa tệp khỏi máy này và xử lý theo quy định về bảo vệ bí mật nhà nước"
    return Problem(source, line, 1, "state-secret", message, hint)


def _no_table(lines: Sequence[str], source: str) -> Problem:
    unnamed = unnamed_table(lines)
    if unnamed is not None:
        return heading_problems(unnamed, source)[0][0]
    hint = (
        "xuất cả phụ lục từ Word ra văn bản thuần: mỗi ô một dòng, hoặc mỗi hàng một dòng cách nhau bằng Tab"
    )
    return Problem(source, 0, 0, "no-table", "không tìm thấy bảng nhiệm vụ trong tệp", hint)


def _no_rows(source: str, region: Region) -> Problem:
    hint = "kiểm tra tệp có bị cắt ngay sau dòng tiêu đề không"
    return Problem(source, region.table.line, 1, "no-rows", "bảng nhiệm vụ không có hàng nào", hint)
