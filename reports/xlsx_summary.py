"""What stands on the first sheet of a workbook, line by line?"""

from __future__ import annotations

from collections.abc import Iterator

from reports.paper import Block, Chart, Kind, Paper, Section, Table, Value, Words

COLUMNS = 4
MOST_ROWS = 24  # more are a list to filter, with a sheet of its own

Line = tuple[str, tuple[Value, ...]]  # a style, "" being the usual one of each value, and the cells


def summary_lines(paper: Paper) -> Iterator[Line]:
    """Yield the lines of the summary with their style; "" is the usual style of each cell."""
    yield "title", (paper.title.upper(),)
    yield from (("note", (line,)) for line in (*paper.lines, *(f"Kính gửi: {name}" for name in paper.to)))
    for section in paper.sections:
        yield from _summary_section(section)
    if paper.notes:
        yield "", ()
        yield "section", ("Cách tính",)
        yield from (("note", (note,)) for note in paper.notes)
    yield "", ()
    yield from (("note", (f"{label}: {value}",)) for label, value in paper.basis)


def _summary_section(section: Section) -> Iterator[Line]:
    """Yield what a section says and its small tables; nothing when it has neither."""
    said = [block for block in section.blocks if isinstance(block, Words) or _is_small(block)]
    if said:
        yield "", ()
        yield "section", (section.title,)
    for block in said:
        if isinstance(block, Words):
            yield "note", (block.text,)
        elif table := table_of(block):
            yield from _small_table(table)


def _small_table(table: Table) -> Iterator[Line]:
    if table.caption:
        yield "note", (table.caption,)
    yield "heading", tuple(column.heading for column in table.columns)
    yield from (("", row) for row in table.rows)
    if not table.rows:
        yield "note", (table.nothing,)
    elif table.total is not None:
        yield "total", table.total
    yield "", ()


def _is_small(block: Block) -> bool:
    table = table_of(block)
    return table is not None and is_small(table)


def is_small(table: Table) -> bool:
    """Whether a table stands on the summary: a label and at most three figures a line."""
    if len(table.rows) < len(table.lines) or len(table.rows) > MOST_ROWS:
        return False
    kinds = [column.kind for column in table.columns[1:]]
    return 0 < len(kinds) < COLUMNS and Kind.TEXT not in kinds and Kind.DATE not in kinds


def table_of(block: Block) -> Table | None:
    """Return the table of a block, that of a chart being its data; a paragraph has none."""
    if isinstance(block, Words):
        return None
    return block.data if isinstance(block, Chart) else block
