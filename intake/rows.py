"""What does one row of an annex say, column by column, and what is doubtful in it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from intake.agencies import split_roles
from intake.annex import AnnexRow, RawRow, RawTable
from intake.headings import Column
from intake.secrecy import is_marked, speaks_of_secrets
from intake.sections import bare_number
from intake.words import cleaned, without_footnotes

_NUMBER = re.compile(
    r"(?:(?:[IVXL]{1,6}|[A-HĐ])[.\-])?(?:\d{1,3}|(?!19|20)\d{4})(?:[.,]\d{1,3})*[a-zđ]?\s*[.)]?"
)
_LETTER = re.compile(r"[a-zđ]\s*[.)]?")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31
_SERIAL_ZERO = date(1899, 12, 30)
_SERIAL_READ = "ô ghi số {}, là cách Excel lưu ngày {}; đã đọc là {}, đối chiếu lại với văn bản"
_DITTO = re.compile(r"[-–]?\s*(?:n\.?\s?t\.?|như\s+trên|\"|”|″|''|//)\s*[-–]?", re.IGNORECASE)
_AS_ABOVE = "cơ quan {} ghi '{}', tức như hàng trên: đã lấy '{}'"
_UNNUMBERED = "hàng không có số thứ tự; đối chiếu văn bản xem đây là nhiệm vụ hay phần dẫn"
_NO_NUMBER = "hàng không có số thứ tự nhưng có cơ quan và thời hạn; đã nhận là một nhiệm vụ, đối chiếu lại"
_ROLES = (
    "cột này ghi cả chủ trì và phối hợp nhưng ô không nói ai chủ trì; "
    "mọi cơ quan trong ô đang được coi là chủ trì, đối chiếu lại"
)
_SEVERAL = re.compile(
    r"[;\n]|,\s*(?:các|sở|ban|ubnd|[uủ][yỷ] ban|công an|văn phòng|thanh tra)\b", re.IGNORECASE
)
_TOTAL = re.compile(r"(?:tổng cộng|tổng số|cộng)\b(?!\s+(?:đồng|hòa|hoà|tác)\b)", re.IGNORECASE)
_SECRET = "hàng nói đến tài liệu mật; người phụ trách bảo mật xem trước khi giao và nhắc"
_NO_TEXT = "hàng không có nội dung nhiệm vụ; đối chiếu lại với văn bản"


def is_running_number(cell: str) -> bool:
    """Return whether a cell holds nothing but a running number such as `15.`, `2.1` or `II.3`."""
    return bool(_NUMBER.fullmatch(cleaned(cell)))


def number_of(raw: RawRow, columns: Mapping[Column, int]) -> str:
    """Return the cell with the running number, or an empty text in a table that has none."""
    place = columns.get(Column.NUMBER, len(raw.cells))
    return raw.cells[place] if place < len(raw.cells) else ""


def annex_row(raw: RawRow, columns: Mapping[Column, int], table: RawTable) -> AnnexRow:
    """Return the row with its words cleaned and its problems named."""
    width = len(table.headings)
    pairs = [without_footnotes(cell) for cell in raw.cells]
    filled = [text for text, _ in pairs if text]
    if len(filled) == 1 and len(pairs) < width and not is_running_number(filled[0]):  # merged across
        row = AnnexRow(None, filled[0], line=raw.line, cells=raw.cells)
        return replace(row, problems=(*raw.problems, *_problems(row, True, width)))
    row = _by_column([text for text, _ in pairs], raw, columns)
    row = replace(row, number=None) if _is_total(row) else row
    row = replace(row, footnotes=tuple(note for _, notes in pairs for note in notes))
    row, serials = (row, ()) if table.line else _with_dates(row)
    problems = (*raw.problems, *_problems(row, Column.NUMBER in columns, width), *serials)
    if Column.SUPPORTING not in columns and _names_many_in_both_roles(row, columns, table):
        problems = (*problems, ("roles-unclear", _ROLES))
    return replace(row, problems=problems)


def as_above(row: AnnexRow, above: AnnexRow | None) -> AnnexRow:
    """Return the row with the agencies of the row above where its cell only says "như trên"."""
    problems = []
    lead, supporting = row.lead, row.supporting
    if above is not None and _DITTO.fullmatch(lead):
        lead = above.lead
        problems.append(("same-as-above", _AS_ABOVE.format("chủ trì", row.lead, lead)))
    if above is not None and _DITTO.fullmatch(supporting):
        supporting = above.supporting
        problems.append(("same-as-above", _AS_ABOVE.format("phối hợp", row.supporting, supporting)))
    return replace(row, lead=lead, supporting=supporting, problems=(*row.problems, *problems))


def _by_column(texts: list[str], raw: RawRow, columns: Mapping[Column, int]) -> AnnexRow:
    def under(column: Column) -> str:
        place = columns.get(column, len(texts))
        return texts[place] if place < len(texts) else ""

    lead, helping = split_roles(under(Column.LEAD))
    return AnnexRow(
        bare_number(under(Column.NUMBER)).strip("-–+•*") or None,
        under(Column.TEXT),
        lead=lead,
        deadline=under(Column.DEADLINE),
        supporting="; ".join(filter(None, (under(Column.SUPPORTING), helping))),
        expected=under(Column.EXPECTED),
        note=under(Column.NOTE),
        proposed=under(Column.PROPOSED),
        done_on=under(Column.DONE_ON),
        state=under(Column.STATE),
        line=raw.line,
        cells=raw.cells,
    )


def _names_many_in_both_roles(row: AnnexRow, columns: Mapping[Column, int], table: RawTable) -> bool:
    """Return whether a column for both roles names several agencies without saying who leads."""
    heading = cleaned(table.headings[columns[Column.LEAD]]).lower() if Column.LEAD in columns else ""
    return "phối hợp" in heading and not row.supporting and bool(_SEVERAL.search(row.lead))


def _is_total(row: AnnexRow) -> bool:
    """Return whether a row only sums up the others, such as "Tổng cộng"."""
    return bool(_TOTAL.match(row.text)) and not (row.lead or row.deadline)


def _problems(row: AnnexRow, numbered: bool, width: int) -> Iterator[tuple[str, str]]:
    count = len(row.cells)
    if numbered and row.number is None and row.lead and row.deadline and row.text:
        yield "number-missing", _NO_NUMBER
    elif numbered and row.number is None:
        yield "unnumbered-row", _UNNUMBERED
    elif count < width:
        yield "incomplete-row", f"hàng chỉ có {count}/{width} ô; đối chiếu văn bản và điền các ô còn thiếu"
    elif numbered and not (is_running_number(row.number or "") or _LETTER.fullmatch(row.number or "")):
        yield "unreadable-number", f"số thứ tự '{row.number}' không phải là một số; sửa lại cột số thứ tự"
    if count > width:
        yield "extra-cells", f"hàng có {count} ô, tiêu đề chỉ có {width}; xem ô nào bị tách đôi"
    if not row.text:
        yield "no-task-text", _NO_TEXT
    if any(is_marked(cell) or speaks_of_secrets(cell) for cell in row.cells):
        yield "state-secret-row", _SECRET


def _with_dates(row: AnnexRow) -> tuple[AnnexRow, tuple[tuple[str, str], ...]]:
    """Return the row with the days that a spreadsheet's serial numbers stand for, and a note on each."""
    days = [_day_of(cell) for cell in (row.deadline, row.done_on, row.proposed)]
    cells = zip((row.deadline, row.done_on, row.proposed), days, strict=True)
    problems = tuple(("excel-serial", _SERIAL_READ.format(cell, day, day)) for cell, day in cells if day)
    deadline, done_on, proposed = days
    row = replace(
        row,
        deadline=deadline or row.deadline,
        done_on=done_on or row.done_on,
        proposed=proposed or row.proposed,
    )
    return row, problems


def _day_of(cell: str) -> str:
    """Return the day a serial number stands for, or an empty text for any other cell."""
    if not _SERIAL.fullmatch(cell) or not _FIRST_SERIAL <= float(cell) <= _LAST_SERIAL:
        return ""
    return f"{_SERIAL_ZERO + timedelta(days=int(float(cell))):%d/%m/%Y}"
