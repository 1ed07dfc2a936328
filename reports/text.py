"""What does a paper look like in a terminal?

Plain columns, no colour: the same text goes to a screen, a pipe and an e-mail. Columns
align by the width letters take on screen, not by their number of code points.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from rich.cells import cell_len

from engine.paperwork import Letterhead
from reports.lines import Tell
from reports.measure import wrapped
from reports.paper import Block, Chart, Paper, Section, Table, Words
from reports.text_table import as_lines

WIDTH = 100  # where no terminal says its own
NARROWEST = 40


def write_text(
    paper: Paper, out: BinaryIO, letterhead: Letterhead, tell: Tell = lambda said: None, width: int = 0
) -> None:
    """Write the paper as lines of at most `width` columns, by default those of the terminal.

    A table of more columns than fit goes on below itself, what names a row repeated.
    """
    for line in _lines(paper, width or _terminal(), tell):
        out.write(f"{line}\n".encode())


def _terminal() -> int:
    return max(shutil.get_terminal_size((WIDTH, 0)).columns, NARROWEST)


def _lines(paper: Paper, width: int, tell: Tell) -> Iterator[str]:
    yield from _wrapped([paper.title.upper(), *paper.lines], width)
    yield from _wrapped((f"Kính gửi: {name}" for name in paper.to), width)
    for section in paper.sections:
        yield from _section(section, width, tell)
    if paper.notes:
        yield from ("", "CÁCH TÍNH")
        yield from _wrapped((f"- {note}" for note in paper.notes), width)
    if paper.basis:
        yield ""
        yield from _wrapped((f"{label}: {value}" for label, value in paper.basis), width)


def _section(section: Section, width: int, tell: Tell) -> Iterator[str]:
    yield ""
    yield from _wrapped([section.title.upper()], width)
    last: Block | None = None
    for block in section.blocks:
        if not (isinstance(block, Words) and isinstance(last, Words | None)):
            yield ""
        yield from _block(block, width, tell)
        last = block


def _block(block: Block, width: int, tell: Tell) -> Iterator[str]:
    match block:
        case Words():
            yield from _wrapped([block.text], width)
        case Chart():
            yield from _wrapped([block.says], width)
            yield ""
            yield from _table(block.data, width, tell)
        case Table():
            yield from _table(block, width, tell)


def _table(table: Table, width: int, tell: Tell) -> Iterator[str]:
    yield from _wrapped([table.caption] if table.caption else [], width)
    yield from as_lines(table, width, tell)


def _wrapped(texts: Iterable[str], width: int) -> Iterator[str]:
    for text in texts:
        yield from wrapped(text, width, cell_len)
