"""What does a report consist of before it is a page, a sheet, or a file?

A paper is headings, tables, charts and sentences with their values still values: dates are
dates, rates are fractions. Every format prints the same paper, so that none can say another
figure than the next. All words of a paper went through `cleaned` once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from engine.masking import masked
from reports.plain import plain
from reports.repertoire import shown

MARKS = frozenset({"rulebook", "log_head", "hash", "id", "assignment", "assignments"})

Value = str | int | date | Fraction | None  # None prints as a dash


class Kind(StrEnum):
    """What stands below a heading; it decides alignment and number format, never the figure."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, what sort of values stand below it, and its share of the width, in letters.

    `is_wide_only` marks what a spreadsheet has room for and a printed page leaves out.
    """

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 12
    is_wide_only: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A line across the whole table: the group that the rows below belong to."""

    label: str


Row = tuple[Value, ...]  # as many values as the table has columns


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below headings. `code` names a spreadsheet's sheet or file; `nothing` is said without rows."""

    code: str
    caption: str
    columns: tuple[Column, ...]
    lines: Sequence[Row | Band]
    total: Row | None = None
    nothing: str = "Không có."

    @property
    def rows(self) -> list[Row]:
        """The lines without bands."""
        return [line for line in self.lines if not isinstance(line, Band)]


class ChartKind(StrEnum):
    """How a chart shows its data table."""

    BARS = "bars"  # one bar a row: a label, a number
    STACKED = "stacked"  # one bar a row: a label, then one number a part
    HEAT = "heat"  # a cell a row and column: a label, then one rate or number a column


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table; `says` is the sentence that stands for it where no picture is seen."""

    code: str
    title: str
    kind: ChartKind
    data: Table
    says: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; in an official letter a numbered demand begins with its number: "1. …"."""

    text: str


Block = Table | Chart | Words


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks below a heading; `is_annex` goes to the landscape annex of an official document.

    `is_folded` may be shut at first where a reader can open it; on paper it is always open.
    """

    code: str
    title: str
    blocks: tuple[Block, ...]
    is_annex: bool = False
    is_folded: bool = False


class Form(StrEnum):
    """Which official layout a paper takes (NĐ 30/2020/NĐ-CP, Phụ lục I)."""

    REPORT = "report"  # báo cáo: tên loại, trích yếu
    LETTER = "letter"  # công văn: V/v, Kính gửi


@dataclass(frozen=True, slots=True)
class Paper:
    """A report ready to be printed in any format.

    `title` is what it is called ("Báo cáo nhiệm vụ quá hạn"), `subject` the trích yếu or what a letter is
    about (without "V/v"), `lines` say what the figures cover (moment, plans, filter), `notes` how they
    are computed, `basis` what they rest on, as (label, value): rulebook, head of the log.
    `to` are the addressees of a letter.
    """

    code: str
    title: str
    subject: str
    as_of: datetime
    lines: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    basis: tuple[tuple[str, str], ...] = ()
    form: Form = Form.REPORT
    to: tuple[str, ...] = ()

    @property
    def body(self) -> tuple[Section, ...]:
        """What stands on the upright pages."""
        return tuple(section for section in self.sections if not section.is_annex)

    @property
    def annex(self) -> tuple[Section, ...]:
        """What stands on the landscape pages behind."""
        return tuple(section for section in self.sections if section.is_annex)

    @property
    def tables(self) -> list[Table]:
        """Every table in reading order, those behind charts included."""
        return [
            block.data if isinstance(block, Chart) else block
            for section in self.sections
            for block in section.blocks
            if not isinstance(block, Words)
        ]


def cleaned(paper: Paper) -> Paper:
    """Return the paper as it may be handed on, whatever stood in the words of plans.

    One line of NFC a text, without control, bidi and other invisible characters, telephones and
    accounts left out, an empty box for letters that our fonts lack: the same words for every
    format. Cleaned before telephones are looked for, since a number split by an invisible
    character must not come together again.
    """
    return replace(
        paper,
        title=word(paper.title),
        subject=word(paper.subject),
        lines=tuple(map(word, paper.lines)),
        sections=tuple(map(_section, paper.sections)),
        notes=tuple(map(word, paper.notes)),
        basis=tuple((word(label), plain(value)) for label, value in paper.basis),
        to=tuple(map(word, paper.to)),
    )


def cleaned_json(data: Any) -> Any:
    """Return the plain data of a report with every text cleaned as a paper's words are.

    A mark (rulebook, log head, hash, id) is no word of anybody's and stays as it is.
    """
    match data:
        case str():
            return word(data)
        case dict():
            return {key: value if key in MARKS else cleaned_json(value) for key, value in data.items()}
        case list() | tuple():
            return [cleaned_json(value) for value in data]
        case _:
            return data


@lru_cache(maxsize=1 << 16)  # names and titles stand in many rows
def word(text: str) -> str:
    """Return one text as it may be handed on."""
    return masked(shown(plain(text)))


def _section(section: Section) -> Section:
    return replace(section, title=word(section.title), blocks=tuple(map(_block, section.blocks)))


def _block(block: Block) -> Block:
    match block:
        case Words():
            return Words(word(block.text))
        case Chart():
            data = _table(block.data)
            return replace(block, title=word(block.title), says=word(block.says), data=data)
        case Table():
            return _table(block)


def _table(table: Table) -> Table:
    return replace(
        table,
        caption=word(table.caption),
        lines=[_line(line) for line in table.lines],
        total=None if table.total is None else _row(table.total),
        nothing=word(table.nothing),
    )


def _line(line: Row | Band) -> Row | Band:
    return Band(word(line.label)) if isinstance(line, Band) else _row(line)


def _row(row: Row) -> Row:
    return tuple(word(value) if isinstance(value, str) else value for value in row)
