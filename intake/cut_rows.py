"""Which rows of a drawn table are one row of the annex, and which row is several tasks?

A page break or a hand cuts rows in two, a merged cell counts for all rows it covers. What
is put together or taken apart says so in a problem of the row, for a person to compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from intake.annex import RawRow
from intake.grid_lines import GridLine, Placed
from intake.headings import Column, columns_of
from intake.rows import is_running_number
from intake.sections import section_of
from intake.words import cleaned

_STITCHED = (
    "stitched-row",
    "hàng bị cắt làm hai (do sang trang hoặc gõ tay) đã được nối lại; đối chiếu với văn bản",
)
_SPLIT = (
    "split-task",
    "một số thứ tự gộp nhiều hàng có cơ quan hoặc thời hạn khác nhau; mỗi hàng là một phần việc",
)
_REVISED = (
    "revised-row",
    "hàng đang có sửa đổi chưa chấp nhận (Track Changes); đã đọc theo bản chấp nhận sửa đổi",
)
_CARRIED = (
    "merged-over-pages",
    "ô gộp bị cắt khi sang trang; đã lấy theo hàng cuối trang trước, đối chiếu lại",
)

_ENDS = re.compile(r"[.;:!?)”\"…]$")
_GOES_ON = re.compile(r"[a-zà-ỹđ\-–+•*,;.)%/]|\([a-zà-ỹđ]")
_DASH = re.compile(r"[-–+•*]")
_LISTED = re.compile(r"[-–+•*]|\(?[a-zđ]\)")
_MAYBE_CARRIED = (Column.LEAD, Column.SUPPORTING, Column.DEADLINE, Column.EXPECTED, Column.NOTE)
MOSTLY = 0.8


def whole_rows(lines: Sequence[GridLine], names: Sequence[str]) -> list[RawRow]:
    """Return the rows of a table, cut ones put together, with their place below the headings."""
    columns = columns_of(names, [line.cells for line in lines])
    numbered = [(at, line) for at, line in enumerate(lines, start=1) if not line.is_blank]
    carried = _carried(numbered, columns)
    stitched = _stitched(carried, columns)
    return [_raw(ordinal, line) for ordinal, line in _parted(stitched, columns)]


def _raw(ordinal: int, line: GridLine) -> RawRow:
    problems = (*line.problems, _REVISED) if line.is_revised else line.problems
    return RawRow(0, line.merged or line.cells, problems, bool(line.merged), ordinal)


# --- cells merged over a page break --------------------------------------------------------


def _carried(
    lines: Iterable[tuple[int, GridLine]], columns: dict[Column, int]
) -> Iterator[tuple[int, GridLine]]:
    """Yield the rows; where a merged cell was cut by a page, its words count on the next page too."""
    above: GridLine | None = None
    filled: dict[tuple[int, int, int], Placed] = {}
    for ordinal, line in lines:
        places = list(line.places)
        for column in _MAYBE_CARRIED:
            at = columns.get(column)
            if at is None or places[at].text.strip() or line.merged:
                continue
            key = places[at].key
            before = above.places[at] if above and not above.merged and line.opens_page else None
            is_cut = before is not None and (before.is_tall or places[at].is_tall)
            if before and key and is_cut and before.text.strip():
                filled[key] = before
            if key in filled and _number(line, columns):
                places[at] = replace(places[at], text=filled[key].text)
        if places != list(line.places):
            line = replace(line, places=tuple(places), problems=(*line.problems, _CARRIED))
        yield ordinal, line
        above = line


# --- rows cut in two -----------------------------------------------------------------------


def _stitched(
    lines: Iterable[tuple[int, GridLine]], columns: dict[Column, int]
) -> list[tuple[int, GridLine]]:
    """Return the rows with each continuation appended, cell by cell, to the row it belongs to."""
    lines = list(lines)
    texts = [_text(line, columns) for _, line in lines if _number(line, columns)]
    sentences = sum(bool(_ENDS.search(text)) for text in texts) >= MOSTLY * len(texts)
    whole: list[tuple[int, list[GridLine]]] = []
    for ordinal, line in lines:
        listed = _with_mark(line, columns)
        if whole and _is_rest(listed, whole[-1][1][-1], columns, sentences):
            whole[-1][1].append(listed)
        else:
            whole.append((ordinal, [line]))
    return [(ordinal, _as_one(parts, _STITCHED)) for ordinal, parts in whole]


def _with_mark(line: GridLine, columns: dict[Column, int]) -> GridLine:
    """Return a row whose number is a mere dash with the dash before its text instead."""
    number, text = columns.get(Column.NUMBER), columns.get(Column.TEXT)
    if number is None or text is None or not _DASH.fullmatch(line.cells[number].strip()):
        return line
    places = list(line.places)
    places[text] = replace(places[text], text=f"{line.cells[number].strip()} {line.cells[text]}")
    places[number] = replace(places[number], text="")
    return replace(line, places=tuple(places))


def _is_rest(line: GridLine, above: GridLine, columns: dict[Column, int], sentences: bool) -> bool:
    """Return whether a row without a number is the rest of the one above it.

    `sentences` says that the texts of this annex end in full stops, so that one without
    was cut. A capital letter inside a page may open a caption; that stays a row.
    """
    if line.merged or above.merged or section_of(above.cells) is not None:
        return False
    text, before = _text(line, columns), _text(above, columns)
    goes_on = bool(_GOES_ON.match(text))
    number = columns.get(Column.NUMBER)
    if number is None:
        is_whole = any(_own(line, columns, column) for column in (Column.LEAD, Column.DEADLINE))
        return line.opens_page and not is_whole and (goes_on or not text)
    if line.places[number].text.strip() or not line.places[number].is_own:
        return False
    if not text:
        return line.opens_page or not _own(line, columns, Column.DEADLINE)
    own = [_own(line, columns, column) for column in (Column.LEAD, Column.DEADLINE)]
    if all(own) and _LISTED.match(text) and not (line.opens_page and _own(above, columns, Column.DEADLINE)):
        return False  # a part with an agency and a day of its own
    if any(own):
        return (goes_on or not all(own)) if line.opens_page else goes_on and not _ENDS.search(before)
    is_cut = sentences and not _ENDS.search(before) and bool(_ENDS.search(text))
    return goes_on or line.opens_page or is_cut


def _own(line: GridLine, columns: dict[Column, int], column: Column) -> bool:
    """Return whether words of their own stand in a column: not those of a cell merged from above."""
    at = columns.get(column)
    return at is not None and bool(line.places[at].text.strip()) and line.places[at].is_own


def _as_one(parts: Sequence[GridLine], problem: tuple[str, str] | None) -> GridLine:
    """Return several rows as one, the words of each column in their order; a merged cell counts once."""
    first = parts[0]
    if len(parts) == 1:
        return first
    places = tuple(_together(column) for column in zip(*(part.places for part in parts), strict=True))
    problems = dict.fromkeys(problem for part in parts for problem in part.problems)
    if problem is not None:
        problems[problem] = None
    is_revised = any(part.is_revised for part in parts)
    return replace(first, places=places, problems=tuple(problems), is_revised=is_revised)


def _together(column: Sequence[Placed]) -> Placed:
    cells = {place.key or at: place.text for at, place in enumerate(column)}
    return replace(column[0], text="\n".join(text for text in cells.values() if text.strip()))


# --- one number over several rows ----------------------------------------------------------


def _parted(
    lines: Sequence[tuple[int, GridLine]], columns: dict[Column, int]
) -> Iterator[tuple[int, GridLine]]:
    """Yield the rows; those under one merged number are one task, or several if they differ."""
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _shares_number(lines[at][1], lines[end][1], columns):
            end += 1
        group = [line for _, line in lines[at:end]]
        if len(group) == 1 or _differ(group, columns):
            extra = (_SPLIT,) if len(group) > 1 else ()
            yield from ((n, replace(line, problems=(*line.problems, *extra))) for n, line in lines[at:end])
        else:
            yield lines[at][0], _as_one(group, None)
        at = end


def _shares_number(one: GridLine, other: GridLine, columns: dict[Column, int]) -> bool:
    at = columns.get(Column.NUMBER, columns.get(Column.TEXT, 0))
    keys = one.places[at].key, other.places[at].key
    return keys[0] is not None and keys[0] == keys[1] and bool(one.places[at].text.strip())


def _differ(group: Sequence[GridLine], columns: dict[Column, int]) -> bool:
    """Return whether rows name different work, agencies or deadlines; a blank cell names nothing.

    Words that go on, such as a list with dashes, are parts of one task.
    """
    texts = [line.places[columns[Column.TEXT]] for line in group[1:] if Column.TEXT in columns]
    own = [text for text in texts if text.is_own and cleaned(text.text)]
    if any(not _GOES_ON.match(cleaned(text.text)) for text in own):
        return True
    for column in (Column.LEAD, Column.DEADLINE):
        if column in columns:
            said = {cleaned(line.places[columns[column]].text).lower() for line in group} - {""}
            if len(said) > 1:
                return True
    return False


def _number(line: GridLine, columns: dict[Column, int]) -> str:
    at = columns.get(Column.NUMBER)
    text = cleaned(line.places[at].text) if at is not None else ""
    return text if is_running_number(text) else ""


def _text(line: GridLine, columns: dict[Column, int]) -> str:
    at = columns.get(Column.TEXT)
    return cleaned(line.places[at].text) if at is not None else ""
