"""Which column of a table means what?

Columns are known by their heading, never by their place: two plans of the same
office order them differently. Where two headings fit one meaning, the more exact
one wins and the other stays unread.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from intake.words import cleaned

MAX_HEADING = 60


class Column(StrEnum):
    """What a column holds; the values are the fields of an annex row."""

    NUMBER = "number"
    TEXT = "text"
    LEAD = "lead"
    SUPPORTING = "supporting"
    DEADLINE = "deadline"
    EXPECTED = "expected"
    NOTE = "note"


# What an administrator is told to write; the patterns below accept more.
ACCEPTED: dict[Column, tuple[str, ...]] = {
    Column.NUMBER: ("STT", "TT", "Số thứ tự"),
    Column.TEXT: ("Nội dung nhiệm vụ", "Nhiệm vụ", "Nội dung công việc"),
    Column.LEAD: ("Cơ quan chủ trì", "Đơn vị chủ trì", "Cơ quan tham mưu thực hiện"),
    Column.SUPPORTING: ("Cơ quan phối hợp", "Đơn vị phối hợp"),
    Column.DEADLINE: ("Hạn hoàn thành", "Thời hạn hoàn thành", "Thời hạn", "Thời gian", "Tiến độ"),
    Column.EXPECTED: ("Kết quả dự kiến", "Sản phẩm"),
    Column.NOTE: ("Ghi chú",),
}

# Best fit first. Agencies and dates come before tasks: "Cơ quan chủ trì nhiệm vụ" is an agency.
_PATTERNS: tuple[tuple[Column, str], ...] = (
    (Column.NUMBER, r"(s ?t ?t|t ?t|số tt|số thứ tự|thứ tự|số|mã số|mã nhiệm vụ|giai đoạn)"),
    (Column.NOTE, r".*ghi chú.*"),
    (Column.LEAD, r".*chủ trì.*"),
    (Column.SUPPORTING, r".*phối hợp.*"),
    (
        Column.LEAD,
        r"(cơ quan|đơn vị|tổ chức|bộ phận).*(tham mưu|thực hiện|được giao|chịu trách nhiệm|đầu mối).*",
    ),
    (Column.LEAD, r"(cơ quan|đơn vị|phân công|đầu mối|trách nhiệm)( thực hiện)?"),
    (Column.DEADLINE, r"(thời )?hạn( định)?( hoàn thành| thực hiện)?|thời điểm hoàn thành|ngày đến hạn"),
    (Column.DEADLINE, r"(thời )?hạn .*|mốc thời gian.*"),
    (Column.DEADLINE, r"(thời gian|tiến độ)( hoàn thành| thực hiện)?"),
    (Column.DEADLINE, r"(thời gian|tiến độ).*(hoàn thành|thực hiện|dự kiến|trình).*"),
    (
        Column.EXPECTED,
        r".*(sản phẩm|đầu ra).*|(dự kiến )?kết quả( dự kiến| cần đạt| đầu ra)?|yêu cầu kết quả",
    ),
    (Column.TEXT, r".*nội dung.*|.*nhiệm vụ.*"),
    (Column.TEXT, r"(tên |danh mục )?(công việc|văn bản|hoạt động|giải pháp)( .*)?"),
)


def columns_of(headings: Sequence[str]) -> dict[Column, int]:
    """Return the place of each column that a heading names, from 0."""
    found: dict[Column, tuple[int, int]] = {}
    for place, heading in enumerate(headings):
        fit = _fit(heading)
        if fit is None:
            continue
        column, rank = fit
        if column not in found or rank < found[column][0]:
            found[column] = (rank, place)
    return {column: place for column, (_, place) in found.items()}


def looks_like_headings(cells: Sequence[str]) -> bool:
    """Return whether `cells` read as a row of headings: two columns known, one of them the work."""
    if any(re.match(r"\W*\d", cleaned(cell)) for cell in cells):
        return False
    known = columns_of(cells)
    return len(known) >= 2 and (len(known) >= 3 or Column.TEXT in known or Column.DEADLINE in known)


def spread_headings(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...] | None:
    """Return the headings of a table that needs two rows for them, or None when `second` is no such row.

    A heading that spans columns ("Cơ quan thực hiện") gives way to those written below it
    ("Chủ trì", "Phối hợp"); the others stand over an empty cell.
    """
    names = [cell for cell in second if cleaned(cell)]
    if not names or len(second) < len(first) or len(columns_of(names)) < len(names):
        return None
    if len(second) == len(first):
        return tuple(below if cleaned(below) else above for above, below in zip(first, second, strict=True))
    above, spread = iter(first), []
    for place, cell in enumerate(second):
        if not cleaned(cell):
            spread.append(next(above, ""))
            continue
        if not spread or not cleaned(second[place - 1]):
            next(above, "")
        spread.append(cell)
    return tuple(spread) if next(above, None) is None else None


def nearest_heading(heading: str, columns: Iterable[Column]) -> str:
    """Return the accepted heading of `columns` that `heading` resembles most, or an empty text."""
    accepted = {name.lower(): name for column in columns for name in ACCEPTED[column]}
    near = difflib.get_close_matches(cleaned(heading).lower(), list(accepted), n=1, cutoff=0.7)
    return accepted[near[0]] if near else ""


def _fit(heading: str) -> tuple[Column, int] | None:
    name = re.sub(r"\([^)]*\)", " ", cleaned(heading)).lower()
    name = re.sub(r"[^\w]+", " ", name).strip()
    if not name or len(name) > MAX_HEADING:
        return None
    ranked = enumerate(_PATTERNS)
    return next(((column, rank) for rank, (column, form) in ranked if re.fullmatch(form, name)), None)
