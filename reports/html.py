"""What does a paper look like as a page?

One self-contained file: no script, no remote font or image, readable on a telephone, in
black and white on paper, and by a screen reader. Every section, group and row has an address
of its own, so that a link can point at it. The template arranges, this module prepares;
neither counts anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from typing import BinaryIO

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from engine.paperwork import Letterhead
from reports.charts import chart_svg
from reports.lines import Tell, for_page, told
from reports.paper import Band, Block, Chart, Column, Kind, Paper, Row, Section, Table, Words
from reports.printed import printed

CHART_FONTS = '"Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
CHART_WIDTH = 560
CARDS_FROM = 5  # columns a telephone shows below each other rather than beside
FIGURES = frozenset({Kind.NUMBER, Kind.RATE})


def write_html(paper: Paper, out: BinaryIO, letterhead: Letterhead, tell: Tell = lambda said: None) -> None:
    """Write the paper as a complete page."""
    names = _Names()
    sections = _paired([_section(section, names, tell) for section in paper.sections])
    for piece in _template().generate(paper=paper, sections=sections):
        out.write(piece.encode())


@dataclass(frozen=True, slots=True)
class HtmlSection:
    """A section by its address, narrow where two of its kind have room beside each other."""

    name: str
    section: Section
    blocks: Sequence[HtmlBlock]
    is_narrow: bool


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table by its address, its groups one after the other as they are printed.

    `head` is the column that names a row.
    """

    name: str
    table: Table
    head: int
    tell: Tell

    @property
    def is_cards(self) -> bool:
        """Whether a telephone shows each row as a card."""
        return len(self.table.columns) >= CARDS_FROM

    def groups(self) -> Iterator[tuple[str, Band | None, list[tuple[str, Row]]]]:
        """Yield each group with its address, its label if it has one, and its rows with theirs."""
        groups = rows = 0
        band: Band | None = None
        lines: list[tuple[str, Row]] = []
        for line in told(self.table.lines, self.tell):
            if not isinstance(line, Band):
                rows += 1
                lines.append((f"{self.name}-{rows}", line))
                continue
            if lines or band:
                yield f"{self.name}-nhom-{groups}", band, lines
            groups, band, lines = groups + 1, line, []
        yield f"{self.name}-nhom-{groups}", band, lines


@dataclass(frozen=True, slots=True)
class HtmlBlock:
    """A paragraph, or a table with the picture drawn from it if it has one."""

    words: str = ""
    table: HtmlTable | None = None
    picture: str = ""
    chart: Chart | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether half the width of a page is enough."""
        if self.table is None:
            return True
        kinds = [column.kind for column in self.table.table.columns]
        is_wide_picture = self.chart is not None and not self.is_beside
        return len(kinds) < CARDS_FROM and kinds.count(Kind.TEXT) <= 1 and not is_wide_picture

    @property
    def is_beside(self) -> bool:
        """Whether the table is short enough to stand beside its picture rather than folded below."""
        return self.table is not None and len(self.table.table.columns) <= 2


class _Names:
    """Addresses on one page, each once."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, code: str) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-") or "bang"
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name}.{self._given[name]}"


def _section(section: Section, names: _Names, tell: Tell) -> HtmlSection:
    name = names.of(f"muc-{section.code}")
    blocks = [_block(block, names, tell) for block in section.blocks]
    is_narrow = not section.is_annex and all(block.is_narrow for block in blocks)
    return HtmlSection(name, section, blocks, is_narrow)


def _paired(sections: Sequence[HtmlSection]) -> list[HtmlSection]:
    """Return the sections, narrow only where two of them stand beside each other."""
    result: list[HtmlSection] = []
    waiting = False  # for the right half of the line
    for one, following in zip_longest(sections, sections[1:]):
        beside = waiting or (one.is_narrow and following is not None and following.is_narrow)
        result.append(replace(one, is_narrow=beside))
        waiting = beside and not waiting
    return result


def _block(block: Block, names: _Names, tell: Tell) -> HtmlBlock:
    match block:
        case Words(text):
            return HtmlBlock(words=text)
        case Chart():
            named = replace(block, code=names.of(f"bieu-do-{block.code}"))
            picture = chart_svg(named, CHART_FONTS, CHART_WIDTH)
            return HtmlBlock(table=_table(block.data, names, tell), picture=picture, chart=block)
        case Table():
            return HtmlBlock(table=_table(block, names, tell))


def _table(table: Table, names: _Names, tell: Tell) -> HtmlTable:
    shown = for_page(table)
    texts = [index for index, column in enumerate(shown.columns) if column.kind is Kind.TEXT]
    return HtmlTable(names.of(table.code), shown, texts[0] if texts else 0, tell)


def _side(column: Column) -> str:
    """Return the class of a column's cells: figures stand to the right."""
    return "n" if column.kind in FIGURES else column.kind.value


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(printed=printed, side=_side)
    return environment.get_template("paper.html.j2")
