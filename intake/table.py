"""Which tasks do the tables of a plan assign, row by row?

Shared by every format: headings decide the columns, section rows are taken out, and
each remaining row becomes an annex row with the problems a person should see. Tables
without a deadline column are no annex and are left out, as long as another one is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.problems import Problem
from intake.annex import AnnexRow, AnnexSection, RawRow, RawTable
from intake.headings import (
    ACCEPTED,
    Column,
    columns_of,
    is_known,
    is_money,
    is_only_proposed,
    nearest_heading,
)
from intake.rows import annex_row, as_above, is_running_number, number_of
from intake.sections import PART, Sections, bare_number, follows, is_section_number, section_of, title_above
from intake.words import cleaned

_COUNTED = re.compile(r"\(?(?:\d{1,2}|[A-ZĐ]|[a-zđ])\)?(?:\s*=.*)?")
_HAS_WORDS = re.compile(r"[^\W\d_]")
MIN_COUNTED = 3
_ASSIGNS = (Column.TEXT, Column.LEAD, Column.DEADLINE)
_REQUIRED = (
    (Column.TEXT, "no-task-column", "nội dung nhiệm vụ"),
    (Column.DEADLINE, "no-deadline-column", "thời hạn"),
)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What the tables of a file assign; without rows, `problems` say why."""

    sections: tuple[AnnexSection, ...] = ()
    rows: tuple[AnnexRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    tables: tuple[RawTable, ...] = ()  # those that were read


def assigned_by(tables: Sequence[RawTable], source: str) -> Assigned:
    """Return the sections and tasks of every readable table, or why none of them can be read."""
    judged = [(table, *heading_problems(table, source)) for table in tables]
    judged = _without_budgets(judged, source)
    readable = [(table, found) for table, found, is_readable in judged if is_readable]
    if not readable:
        best = max(judged, key=lambda judgement: len(columns_in(judgement[0])), default=None)
        return Assigned(problems=tuple(best[1]) if best else ())
    skipped = [_skipped(table, found[0]) for table, found, is_readable in judged if not is_readable]
    problems = [*(problem for _, found in readable for problem in found), *skipped]
    sections, rows = _joined([table for table, _ in readable])
    return Assigned(sections, with_duplicates(rows), tuple(problems), tuple(table for table, _ in readable))


def columns_in(table: RawTable) -> dict[Column, int]:
    """Return the place of each column of a table."""
    return columns_of(table.headings, [row.cells for row in table.rows])


def heading_problems(table: RawTable, source: str) -> tuple[list[Problem], bool]:
    """Return what is wrong with the headings, and whether the table can be read at all."""
    known = columns_in(table)
    seen = ", ".join(f"'{cleaned(heading)}'" for heading in table.headings)
    if not known:
        hint = f"đặt tên cột theo một trong các cách: {_accepted(*Column)}"
        message = f"không nhận ra cột nào trong các tiêu đề: {seen}{_where(table)}"
        return [Problem(source, table.line, 1, "unknown-headings", message, hint)], False
    missing = [
        Problem(
            source,
            table.line,
            1,
            code,
            f"bảng{_where(table)} không có cột {what}; các cột: {seen}",
            _way_out(column, table, known),
        )
        for column, code, what in _REQUIRED
        if column not in known
    ]
    return (missing, False) if missing else (list(_unread(table, source, known)), True)


def rows_of(
    table: RawTable, number: int, sections: Sections | None = None
) -> tuple[list[AnnexSection], list[AnnexRow]]:
    """Return the sections and the tasks of a table whose headings were found readable.

    `sections` are those of the tables before it, in which this one goes on.
    """
    columns = columns_in(table)
    sections = sections or Sections()
    known = len(sections.found)
    rows: list[AnnexRow] = []
    raws = list(_filled(table))
    follows_section = True
    for place, (ordinal, raw) in enumerate(raws, start=1):
        below = raws[place][1] if place < len(raws) else None
        raw = _as_merged(raw, below, columns, follows_section)
        section = section_of(raw.cells, raw.is_merged)
        opened, follows_section = follows_section and bool(rows or sections.found), section is not None
        if section is not None:
            sections.open(section)
            continue
        row = as_above(annex_row(raw, columns, table), rows[-1] if rows else None)
        is_part = opened and row.number is None and row.is_task
        section_name = sections.section_for(PART if is_part else row.number or "")
        if Column.LEAD not in columns and row.is_task and sections.agency():
            row = _led_by(row, sections.agency())
        rows.append(replace(row, section=section_name, table=number, row=ordinal))
    return sections.found[known:], rows


def with_duplicates(rows: Sequence[AnnexRow]) -> tuple[AnnexRow, ...]:
    """Return the rows with a problem on each one that bears the number of an earlier row.

    Numbers may start again in each section and table; a task that stands in two tables
    with its number and words is one too many all the same.
    """
    first: dict[tuple[object, ...], AnnexRow] = {}
    marked = []
    for row in rows:
        is_own = (
            not row.number or row.number.isalpha() or any(code == "split-task" for code, _ in row.problems)
        )
        keys = () if is_own else _keys(row)
        earlier = next((first[key] for key in keys if key in first), row)
        first.update({key: row for key in keys if key not in first})
        if earlier is not row:
            where = f"dòng {earlier.line}" if earlier.line else f"bảng {earlier.table}, hàng {earlier.row}"
            problem = ("duplicate-number", f"số thứ tự {row.number} đã dùng ở {where}; sửa lại một trong hai")
            row = replace(row, problems=(*row.problems, problem))
        marked.append(row)
    return tuple(marked)


def numbers_columns(cells: Sequence[str]) -> bool:
    """Return whether a row only counts the columns: "(1) (2) (3)", "A B 1 2"."""
    texts = [text for text in map(cleaned, cells) if text]
    if len(texts) < max(MIN_COUNTED, len(cells) - 1):
        return False
    return len(set(texts)) == len(texts) and all(map(_COUNTED.fullmatch, texts))


def _keys(row: AnnexRow) -> tuple[tuple[object, ...], ...]:
    return (row.table, row.section, row.number), (row.number, row.text.lower())


def _joined(tables: Sequence[RawTable]) -> tuple[tuple[AnnexSection, ...], list[AnnexRow]]:
    """Return the rows of all tables; one that goes on counting stands in the section before it."""
    sections, rows = Sections(), list[AnnexRow]()
    for number, table in enumerate(tables, start=1):
        titles = _titles(tables, number)
        first = next((place for _, raw in _filled(table) if (place := _count(raw, columns_in(table)))), 1)
        last = next((int(row.number) for row in reversed(rows) if row.number and row.number.isdigit()), 0)
        if not titles and (first != last + 1 or first == 1):
            sections.leave()
        for section in titles:
            sections.open(section)
        rows += rows_of(table, number, sections)[1]
    return tuple(sections.found), rows


def _titles(tables: Sequence[RawTable], number: int) -> list[AnnexSection]:
    """Return the sections named above a table; above the first one a title may be that of the whole plan.

    It is a section when other tables have such titles, or the first section in the table follows it.
    """
    table = tables[number - 1]
    titles = [section for section in map(title_above, table.captions) if section]
    if number > 1 or not titles or any(other.captions for other in tables[1:]):
        return titles
    inner = (section_of(raw.cells, raw.is_merged) for raw in table.rows)
    first = next((section.number for section in inner if section), "")
    return titles if follows(first, titles[-1].number) else []


def _without_budgets(
    judged: Sequence[tuple[RawTable, list[Problem], bool]], source: str
) -> list[tuple[RawTable, list[Problem], bool]]:
    """Return the tables judged; a list of sums assigns nothing beside a table that names agencies."""
    has_leads = any(is_readable and Column.LEAD in columns_in(table) for table, _, is_readable in judged)
    if not has_leads:
        return list(judged)
    return [
        (table, [_of_money(table, source)], False)
        if is_readable and _is_budget(table)
        else (table, found, is_readable)
        for table, found, is_readable in judged
    ]


def _is_budget(table: RawTable) -> bool:
    columns = columns_in(table)
    return not {Column.LEAD, Column.SUPPORTING} & set(columns) and any(map(is_money, table.headings))


def _of_money(table: RawTable, source: str) -> Problem:
    message = f"bảng{_where(table)} là bảng kinh phí, không có cột cơ quan thực hiện"
    hint = "nếu bảng này giao việc, thêm cột 'Cơ quan chủ trì'"
    return Problem(source, table.line, 1, "no-lead-column", message, hint)


def _led_by(row: AnnexRow, agency: str) -> AnnexRow:
    """Return a task of a table without agencies that stands below the name of one."""
    said = f"bảng không có cột cơ quan chủ trì; đã lấy theo tên mục '{agency}', đối chiếu lại với văn bản"
    return replace(row, lead=agency, problems=(*row.problems, ("lead-from-section", said)))


def _count(raw: RawRow | None, columns: Mapping[Column, int]) -> int:
    number = bare_number(cleaned(number_of(raw, columns))) if raw else ""
    return int(number) if number.isdecimal() else 0


def _filled(table: RawTable) -> Iterator[tuple[int, RawRow]]:
    """Yield the rows that say something with their place, without repeated headings and column counts."""
    follows_headings = True
    names = [cleaned(name).lower() for name in table.headings]
    for ordinal, raw in enumerate(table.rows, start=1):
        cells = [cleaned(cell) for cell in raw.cells]
        repeats = [cell.lower() for cell in cells] == names
        if repeats or (follows_headings and numbers_columns(cells)):
            follows_headings = True
        elif any(cells):
            follows_headings = False
            yield raw.row or ordinal, raw


def _as_merged(
    raw: RawRow, below: RawRow | None, columns: Mapping[Column, int], follows_section: bool
) -> RawRow:
    """Return a row that can only be a caption as the merged row it stands for.

    That is one cell alone; words where the number should be; a number and words above rows
    counted 1.1 or a); words alone where no task stands above, or where counting starts anew.
    Some programs write a merged cell once for every column it covers.
    """
    if raw.is_merged or len(raw.cells) == 1:
        return replace(raw, is_merged=True)
    filled = [text for text in map(cleaned, raw.cells) if text]
    mark, words = (filled[:1], filled[1:]) if filled and is_section_number(filled[0]) else ([], filled)
    if len(words) >= max(MIN_COUNTED, len(raw.cells) - 1) and len(set(words)) == 1:
        return replace(raw, cells=(*mark, words[0]), is_merged=True)
    number = cleaned(number_of(raw, columns))
    if len(filled) == 2 and number == filled[0] and _has_parts(number, below, columns):
        return replace(raw, cells=(number, filled[1]), is_merged=True)
    if len(filled) > 2 and _is_group_of_one_lead(raw, number, below, columns):
        return replace(raw, cells=(number, " – ".join(filter(_HAS_WORDS.search, filled[1:]))), is_merged=True)
    if len(filled) > 2 and is_section_number(number) and _is_heading_of(raw, below, columns):
        return replace(raw, cells=(number, " – ".join(filter(_HAS_WORDS.search, filled[1:]))), is_merged=True)
    if len(filled) != 1 or len(raw.cells) < len(columns) or is_running_number(filled[0]):
        return raw
    is_alone = follows_section or _count(below, columns) == 1
    if number or (is_alone and cleaned(raw.cells[columns[Column.TEXT]]) and section_of(filled, True)):
        return replace(raw, cells=(filled[0],), is_merged=True)
    return raw


def _has_parts(cell: str, below: RawRow | None, columns: Mapping[Column, int]) -> bool:
    """Return whether the next row is counted below this number: 1.1 or a) below 1, or 1 below 2."""
    number = bare_number(cell)
    under = bare_number(cleaned(number_of(below, columns))).strip("-–+•*") if below else ""
    if not is_running_number(number) or below is None or under == number:
        return False
    is_part = not under and all(_cell(below, columns, column) for column in _ASSIGNS)
    return is_part or under.startswith(f"{number}.") or under in {"a", "1"}


def _is_group_of_one_lead(
    raw: RawRow, number: str, below: RawRow | None, columns: Mapping[Column, int]
) -> bool:
    """Return whether a number without a deadline stands above its parts, which the same agency leads."""
    if below is None or _cell(raw, columns, Column.DEADLINE) or not _has_parts(number, below, columns):
        return False
    lead = _cell(raw, columns, Column.LEAD)
    return bool(_cell(below, columns, Column.DEADLINE)) and lead == _cell(below, columns, Column.LEAD)


def _is_heading_of(raw: RawRow, below: RawRow | None, columns: Mapping[Column, int]) -> bool:
    """Return whether a roman number or letter without a deadline stands above rows counted 1, 2, 3."""
    under = cleaned(number_of(below, columns)) if below else ""
    return not _cell(raw, columns, Column.DEADLINE) and is_running_number(under)


def _cell(raw: RawRow, columns: Mapping[Column, int], column: Column) -> str:
    place = columns.get(column, len(raw.cells))
    return cleaned(raw.cells[place]) if place < len(raw.cells) else ""


def _skipped(table: RawTable, reason: Problem) -> Problem:
    message = f"bỏ qua một bảng vì không giao việc: {reason.message}"
    return Problem(reason.source, table.line, 1, "table-skipped", message, reason.hint)


def _where(table: RawTable) -> str:
    return f" ở {table.label}" if table.label else ""


def _unread(table: RawTable, source: str, known: Mapping[Column, int]) -> Iterator[Problem]:
    """Yield a note for each column that is not read, and one for a deadline that is only proposed."""
    missing = [column for column in Column if column not in known]
    deadline = cleaned(table.headings[known[Column.DEADLINE]])
    if is_only_proposed(deadline):
        message = f"cột thời hạn duy nhất là '{deadline}'; các hạn này có thể chưa được quyết định"
        hint = "đối chiếu với văn bản đã ban hành trước khi đưa vào theo dõi"
        yield Problem(source, *table.place_of(known[Column.DEADLINE]), "proposed-deadline", message, hint)
    for place, heading in enumerate(table.headings):
        name = cleaned(heading)
        if place in known.values() or not name:
            continue
        near = "" if is_known(name) else nearest_heading(name, missing)
        advice = f"đổi tên cột nếu cần đọc — ý bạn là '{near}'?" if near else "đổi tên cột nếu cần đọc"
        message = f"cột '{name}' không được dùng; nội dung vẫn giữ nguyên trong ô gốc"
        rival = next((column for column in columns_of([name]) if column in known), None)
        if rival is not None:
            used = cleaned(table.headings[known[rival]])
            message = f"cột '{name}' không được dùng, vì đã đọc cột '{used}'; nội dung giữ nguyên trong ô gốc"
        yield Problem(source, *table.place_of(place), "unknown-heading", message, advice)


def _way_out(column: Column, table: RawTable, known: Mapping[Column, int]) -> str:
    """Return how to name the missing column; a day of completion may have been meant as the deadline."""
    advice = f"đặt tên cột là một trong: {_accepted(column)}"
    if column is Column.DEADLINE and Column.DONE_ON in known:
        done = cleaned(table.headings[known[Column.DONE_ON]])
        return f"nếu cột '{done}' là hạn phải xong chứ không phải ngày đã xong, {advice}"
    return advice


def _accepted(*columns: Column) -> str:
    return ", ".join(name for column in columns for name in ACCEPTED[column])
