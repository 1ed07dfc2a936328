"""Which column of a table means what?

Columns are known by their heading, never by their place: two plans of the same office
order them differently. Where two headings fit one meaning, the more exact one wins and
the other stays unread. Cells are looked at in one case only: "Tiến độ thực hiện" names a
deadline in a plan and a state in a list of finished work.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from intake.heading_words import MAX_HEADING, MONEY, PATTERNS, PROGRESS, PROPOSAL, UNREAD
from intake.words import cleaned


class Column(StrEnum):
    """What a column holds; the values are the fields of an annex row."""

    NUMBER = "number"
    TEXT = "text"
    LEAD = "lead"
    SUPPORTING = "supporting"
    DEADLINE = "deadline"
    EXPECTED = "expected"
    NOTE = "note"
    PROPOSED = "proposed"
    DONE_ON = "done_on"
    STATE = "state"


# What an administrator is told to write; the patterns accept more.
ACCEPTED: dict[Column, tuple[str, ...]] = {
    Column.NUMBER: ("STT", "TT", "Số thứ tự"),
    Column.TEXT: ("Nội dung nhiệm vụ", "Nhiệm vụ", "Nội dung công việc"),
    Column.LEAD: ("Cơ quan chủ trì", "Đơn vị chủ trì", "Cơ quan tham mưu thực hiện"),
    Column.SUPPORTING: ("Cơ quan phối hợp", "Đơn vị phối hợp"),
    Column.DEADLINE: ("Hạn hoàn thành", "Thời hạn hoàn thành", "Thời hạn", "Thời gian", "Tiến độ"),
    Column.EXPECTED: ("Kết quả dự kiến", "Sản phẩm"),
    Column.NOTE: ("Ghi chú",),
    Column.PROPOSED: ("Thời hạn đề xuất",),
    Column.DONE_ON: ("Ngày hoàn thành",),
    Column.STATE: ("Tình trạng",),
}

_TIME = re.compile(
    r"\d{1,4}\s*[./-]\s*\d|\b(?:19|20)\d\d\b|\bt(?:háng)?\s*\d|\bquý\b|\bnăm\b|\bngày\b|thường xuyên|"
    r"h[àằ]ng (?:tuần|tháng|quý|năm)|trước |sau khi",
    re.IGNORECASE,
)
_STATE = re.compile(r"^(?:đã|đang|chưa|hoàn thành|không|tạm|chậm|trễ|quá hạn|\d{1,3}\s*%)", re.IGNORECASE)


def columns_of(headings: Sequence[str], rows: Iterable[Sequence[str]] = ()) -> dict[Column, int]:
    """Return the place of each column that a heading names, from 0.

    `rows` are the cells below; they only settle what a column called "Tiến độ" holds. Of
    two deadline columns the decided one counts, the other holds the proposal.
    """
    found: dict[Column, tuple[int, int]] = {}
    proposals: list[int] = []
    progress: list[int] = []
    for place, heading in enumerate(headings):
        fit = _fit(heading)
        if fit is None:
            continue
        column, rank = fit
        if column is Column.DEADLINE and PROPOSAL.search(_name(heading)):
            proposals.append(place)
        elif column is Column.DEADLINE and PROGRESS.fullmatch(_name(heading)):
            progress.append(place)
        elif column not in found or rank < found[column][0]:
            found[column] = (rank, place)
    columns = {column: place for column, (_, place) in found.items()}
    cells = list(rows)
    if Column.NUMBER not in columns and headings and _counts(headings[0], cells):
        columns[Column.NUMBER] = 0
    return _with_times(columns, proposals, progress, cells)


def is_known(heading: str) -> bool:
    """Return whether a heading is one that tables have, read or not: "Kinh phí", "Lãnh đạo theo dõi"."""
    return _fit(heading) is not None or bool(UNREAD.fullmatch(_name(heading)))


def is_money(heading: str) -> bool:
    """Return whether a column holds sums of money."""
    return bool(MONEY.search(_name(heading)))


def is_only_proposed(heading: str) -> bool:
    """Return whether a deadline column holds what somebody proposes."""
    return bool(PROPOSAL.search(_name(heading)))


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
    if not any(cleaned(cell) for cell in second) or len(second) < len(first):
        return None
    if len(second) > len(first):
        first = _spread(first, second)
    if len(first) != len(second):
        return None
    names = combined(first, second)
    is_heading = (
        is_known(name) and (is_known(cell) or _is_spanned(first, place))
        for place, (name, cell) in enumerate(zip(names, second, strict=True))
        if cleaned(cell)
    )
    return names if all(is_heading) else None


def _is_spanned(first: Sequence[str], place: int) -> bool:
    """Return whether the heading over a place reaches over its neighbour too: else work stands below it."""
    after = first[place + 1] if place + 1 < len(first) else "x"
    return not cleaned(first[place]) or not cleaned(after)


def combined(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Return one name for each column of a heading over two rows; a name is never longer than needed."""
    names, above = [], ""
    for place, (over, under) in enumerate(zip(first, second, strict=True)):
        follows = place and cleaned(under) and cleaned(second[place - 1])
        above = over if cleaned(over) or not follows else above
        names.append(joined_name((above, under)) if cleaned(under) else over)
    return tuple(names)


def joined_name(levels: Iterable[str]) -> str:
    """Return the heading that the cells over one column make together, the lowest one if it says enough."""
    parts = [part for part in dict.fromkeys(levels) if cleaned(part)]
    if len(parts) < 2:
        return "".join(parts)
    whole, below = " ".join(map(cleaned, parts)), parts[-1]
    says_more = is_known(whole) and _meaning(whole) not in {_meaning(below), _meaning(parts[0])}
    if says_more or PROPOSAL.search(_name(whole)):
        return whole
    return below if is_known(below) else whole


def nearest_heading(heading: str, columns: Iterable[Column]) -> str:
    """Return the accepted heading of `columns` that `heading` resembles most, or an empty text."""
    accepted = {name.lower(): name for column in columns for name in ACCEPTED[column]}
    near = difflib.get_close_matches(cleaned(heading).lower(), list(accepted), n=1, cutoff=0.7)
    return accepted[near[0]] if near else ""


def _with_times(
    columns: dict[Column, int], proposals: list[int], progress: list[int], rows: Sequence[Sequence[str]]
) -> dict[Column, int]:
    """Return the columns with every time column in its place: decided, proposed, or how far work is."""
    if progress and Column.DEADLINE not in columns and not _are_states(rows, progress[0]):
        columns[Column.DEADLINE] = progress.pop(0)
    if progress:
        columns.setdefault(Column.STATE, progress[0])
    if proposals and Column.DEADLINE not in columns:
        columns[Column.DEADLINE] = proposals.pop(0)
    if proposals:
        columns.setdefault(Column.PROPOSED, proposals[0])
    return columns


def _counts(heading: str, rows: Sequence[Sequence[str]]) -> bool:
    """Return whether a first column that no heading explains counts the rows: 1, 2, 3."""
    if is_known(heading):
        return False
    cells = [cleaned(row[0]).rstrip(".)") for row in rows if row]
    numbers = [int(cell) for cell in cells if cell.isdecimal() and len(cell) < 4]
    return len(numbers) > 1 and all(b in {a + 1, 1} for a, b in itertools.pairwise(numbers))


def _are_states(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Return whether most cells of a column say how far work is, rather than when it is due."""
    cells = [cleaned(row[place]) for row in rows if place < len(row)]
    states = sum(bool(_STATE.search(cell)) and not _TIME.match(cell) for cell in cells)
    times = sum(bool(_TIME.search(cell)) and not _STATE.search(cell) for cell in cells)
    return states > times


def _spread(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Return the upper cells, each over the first of the columns it spans."""
    above, spread = iter(first), []
    for place, cell in enumerate(second):
        goes_on = bool(place) and cleaned(cell) and cleaned(second[place - 1])
        spread.append("" if goes_on else next(above, ""))
    return tuple(spread) if next(above, None) is None else ()


def _meaning(heading: str) -> Column | None:
    fit = _fit(heading)
    return fit[0] if fit else None


@lru_cache(maxsize=4096)
def _fit(heading: str) -> tuple[Column, int] | None:
    """Return what a heading names and how exactly, the smaller the better."""
    if len(heading) > 4 * MAX_HEADING:
        return None
    name = _name(heading)
    bare = re.sub(r" +", " ", re.sub(r"\([^)]*\)", " ", name)).strip() or name
    if not bare or len(bare) > MAX_HEADING or UNREAD.fullmatch(bare):
        return None
    words = re.sub(r"[^\w]+", " ", bare).strip()
    ranked = enumerate(PATTERNS)
    return next(((Column(field), rank) for rank, (field, form) in ranked if form.fullmatch(words)), None)


@lru_cache(maxsize=4096)
def _name(heading: str) -> str:
    """Return a heading in small letters, its brackets kept and every other sign a blank."""
    return re.sub(r"[^\w()]+", " ", cleaned(heading).lower()).strip()
