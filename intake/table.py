"""Which tasks does a table assign, row by row?

Shared by every format: headings decide the columns, section rows are taken out, and
each remaining row becomes an annex row with the problems a person should see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.problems import Problem
from intake.annex import AnnexRow, AnnexSection, RawRow, RawTable
from intake.headings import ACCEPTED, Column, columns_of, nearest_heading
from intake.secrecy import is_marked, speaks_of_secrets
from intake.words import cleaned, without_footnotes

_NUMBER = re.compile(r"(?:\d{1,3}|(?!19|20)\d{4})(?:[.,]\d{1,3})*[a-zđ]?\s*[.)]?")
_SECTION = re.compile(r"(?:[IVXLC]{1,6}|[A-HĐ])\s*[.)]?")
_SECTION_TITLE = re.compile(r"([IVXLC]{1,6}|[A-HĐ])\s*[.):]\s*(\S.*)")
_UNNUMBERED = "hàng không có số thứ tự; đối chiếu văn bản xem đây là nhiệm vụ hay phần dẫn"
_SECRET = "hàng nói đến tài liệu mật; người phụ trách bảo mật xem trước khi giao và nhắc"
_NO_TEXT = "hàng không có nội dung nhiệm vụ; đối chiếu lại với văn bản"
_REQUIRED = (
    (Column.TEXT, "no-task-column", "nội dung nhiệm vụ"),
    (Column.DEADLINE, "no-deadline-column", "thời hạn"),
)


def is_running_number(cell: str) -> bool:
    """Return whether a cell holds nothing but a running number such as `15.` or `2.1`."""
    return bool(_NUMBER.fullmatch(cleaned(cell)))


def is_section_number(cell: str) -> bool:
    """Return whether a cell holds nothing but a roman number or a capital letter."""
    return bool(_SECTION.fullmatch(cleaned(cell)))


def heading_problems(table: RawTable, source: str) -> tuple[list[Problem], bool]:
    """Return what is wrong with the headings, and whether the table can be read at all."""
    known = columns_of(table.headings)
    seen = ", ".join(f"'{cleaned(heading)}'" for heading in table.headings)
    if not known:
        hint = f"đặt tên cột theo một trong các cách: {_accepted(*Column)}"
        message = f"không nhận ra cột nào trong các tiêu đề: {seen}"
        return [Problem(source, table.line, 1, "unknown-headings", message, hint)], False
    missing = [
        Problem(source, table.line, 1, code, f"bảng không có cột {what}; các cột: {seen}", _rename(column))
        for column, code, what in _REQUIRED
        if column not in known
    ]
    return (missing, False) if missing else (list(_unknown(table, source, known)), True)


def rows_of(table: RawTable, number: int) -> tuple[list[AnnexSection], list[AnnexRow]]:
    """Return the sections and the tasks of a table whose headings were found readable."""
    columns = columns_of(table.headings)
    sections: list[AnnexSection] = []
    rows: list[AnnexRow] = []
    for ordinal, raw in enumerate(table.rows, start=1):
        if not any(cleaned(cell) for cell in raw.cells) or _repeats(raw, table):
            continue
        section = section_of(raw.cells)
        if section is not None:
            sections.append(section)
            continue
        current = sections[-1].number if sections else ""
        row = _row(raw, columns, len(table.headings))
        rows.append(replace(row, section=current, table=number, row=ordinal))
    return sections, rows


def with_duplicates(rows: Sequence[AnnexRow]) -> tuple[AnnexRow, ...]:
    """Return the rows with a problem on each one whose number an earlier row already bears."""
    first: dict[str, AnnexRow] = {}
    marked = []
    for row in rows:
        earlier = first.setdefault(row.number, row) if row.number else row
        if earlier is not row:
            where = f"dòng {earlier.line}" if earlier.line else f"bảng {earlier.table}, hàng {earlier.row}"
            problem = ("duplicate-number", f"số thứ tự {row.number} đã dùng ở {where}; sửa lại một trong hai")
            row = replace(row, problems=(*row.problems, problem))
        marked.append(row)
    return tuple(marked)


def section_of(cells: Sequence[str]) -> AnnexSection | None:
    """Return the section a row opens: a roman number with a title, in one cell or two, and no more."""
    filled = [text for text in map(cleaned, cells) if text]
    if len(filled) == 2 and _SECTION.fullmatch(filled[0]):
        return AnnexSection(_bare(filled[0]), filled[1])
    one = _SECTION_TITLE.fullmatch(filled[0]) if len(filled) == 1 else None
    return AnnexSection(one[1], one[2]) if one else None


def _row(raw: RawRow, columns: dict[Column, int], width: int) -> AnnexRow:
    pairs = [without_footnotes(cell) for cell in raw.cells]

    def under(column: Column) -> str:
        place = columns.get(column, len(pairs))
        return pairs[place][0] if place < len(pairs) else ""

    filled = [text for text, _ in pairs if text]
    if len(filled) == 1 and len(pairs) < width and not is_running_number(filled[0]):  # merged across
        row = AnnexRow(None, filled[0], line=raw.line, cells=raw.cells)
        return replace(row, problems=tuple(_row_problems(row, True, width)))
    row = AnnexRow(
        _bare(under(Column.NUMBER)) or None,
        under(Column.TEXT),
        lead=under(Column.LEAD),
        deadline=under(Column.DEADLINE),
        supporting=under(Column.SUPPORTING),
        expected=under(Column.EXPECTED),
        note=under(Column.NOTE),
        footnotes=tuple(note for _, notes in pairs for note in notes),
        line=raw.line,
        cells=raw.cells,
    )
    return replace(row, problems=tuple(_row_problems(row, Column.NUMBER in columns, width)))


def _row_problems(row: AnnexRow, numbered: bool, width: int) -> Iterator[tuple[str, str]]:
    count = len(row.cells)
    if numbered and row.number is None:
        yield "unnumbered-row", _UNNUMBERED
    elif count < width:
        yield "incomplete-row", f"hàng chỉ có {count}/{width} ô; đối chiếu văn bản và điền các ô còn thiếu"
    elif numbered and not is_running_number(row.number or ""):
        yield "unreadable-number", f"số thứ tự '{row.number}' không phải là một số; sửa lại cột số thứ tự"
    if count > width:
        yield "extra-cells", f"hàng có {count} ô, tiêu đề chỉ có {width}; xem ô nào bị tách đôi"
    if not row.text:
        yield "no-task-text", _NO_TEXT
    if any(is_marked(cell) or speaks_of_secrets(cleaned(cell)) for cell in row.cells):
        yield "state-secret-row", _SECRET


def _repeats(raw: RawRow, table: RawTable) -> bool:
    """Return whether a row repeats the headings, as on the second page of a printed table."""
    return [cleaned(cell).lower() for cell in raw.cells] == [cleaned(name).lower() for name in table.headings]


def _bare(number: str) -> str:
    return number.rstrip(".) ").strip()


def _unknown(table: RawTable, source: str, known: Mapping[Column, int]) -> Iterator[Problem]:
    missing = [column for column in Column if column not in known]
    for place, heading in enumerate(table.headings):
        name = cleaned(heading)
        if place in known.values() or not name:
            continue
        near = nearest_heading(name, missing)
        advice = f"đổi tên cột nếu cần đọc — ý bạn là '{near}'?" if near else "đổi tên cột nếu cần đọc"
        message = f"cột '{name}' không được dùng; nội dung vẫn giữ nguyên trong ô gốc"
        yield Problem(source, *table.place_of(place), "unknown-heading", message, advice)


def _accepted(*columns: Column) -> str:
    return ", ".join(name for column in columns for name in ACCEPTED[column])


def _rename(column: Column) -> str:
    return f"đặt tên cột là một trong: {_accepted(column)}"
