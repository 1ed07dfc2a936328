"""What does a plan and its annex consist of, whatever file it came in?

The readers of every format return these; nothing is interpreted yet. Words stand as
written, only cleaned, and each row keeps its raw cells and the place it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AnnexSection:
    """A heading row inside the table, such as II and its title."""

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One row of the table that assigns work.

    `problems` are `(code, Vietnamese sentence)` pairs about this row alone; the row is
    kept. `row` counts the rows below the headings from 1, section rows included; `line`
    is where the row starts in a text file. `cells` are raw, in the file's order.
    `proposed` is what a second deadline column says, which does not count; `done_on` and
    `state` are what a list of finished work says about the row.
    """

    number: str | None
    text: str
    lead: str = ""
    deadline: str = ""
    supporting: str = ""
    expected: str = ""
    note: str = ""
    proposed: str = ""
    done_on: str = ""
    state: str = ""
    footnotes: tuple[str, ...] = ()
    section: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    table: int = 1
    row: int = 1
    line: int = 0
    cells: tuple[str, ...] = ()

    @property
    def is_task(self) -> bool:
        """Whether the row assigns something: a row without a number does not, in a table that has numbers."""
        return self.number is not None or all(code != "unnumbered-row" for code, _ in self.problems)


@dataclass(frozen=True, slots=True)
class Annex:
    """A plan as read: its head, the paragraphs around the table, sections and rows.

    `dated` is the day of signature if the head names one; the day of issue that a person
    gives may differ, and then somebody should look.
    """

    title: str = ""
    number: str = ""  # as written: a draft leaves the figure blank ("/KH-UBND")
    issuer: str = ""
    sections: tuple[AnnexSection, ...] = ()
    rows: tuple[AnnexRow, ...] = ()
    body: tuple[str, ...] = ()
    is_draft: bool = False
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class RawRow:
    """Cells of one table row as they stand in the file, and what a reader already found doubtful.

    `is_merged` says that one cell covers the row; `row` is its place below the headings
    where that is not the place in the list.
    """

    line: int
    cells: tuple[str, ...]
    problems: tuple[tuple[str, str], ...] = ()
    is_merged: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table whose first row names its columns; `places` are line and column of each heading.

    `label` says where it stands in a file that has no lines ("trang tính 'Phụ lục'");
    `captions` are the numbered titles written directly above it ("II. VỀ HẠ TẦNG").
    """

    line: int
    headings: tuple[str, ...]
    rows: tuple[RawRow, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    label: str = ""
    captions: tuple[str, ...] = ()

    def place_of(self, heading: int) -> tuple[int, int]:
        """Return line and column of a heading counted from 0, or where the table starts."""
        return self.places[heading] if heading < len(self.places) else (self.line, 1)


EMPTY = Annex()
