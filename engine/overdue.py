"""What does the overdue report consist of, whatever the format it is printed in?

Figures, units and rows; every figure counts the same judged assignments, so the parts always
sum to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from engine.data_quality import DataQuality
from engine.issued_letters import IssuedLetter
from engine.model import Document
from engine.paperwork import Paperwork
from engine.report_query import ReportQuery
from engine.status import Status

WORST = 10


@dataclass(frozen=True, slots=True)
class Rates:
    """Both official rates over the same denominator; None while nothing has fallen due."""

    due: int
    completed: int
    on_time: int

    @property
    def completed_of_due(self) -> Fraction | None:
        """Completed, late or not, among everything due: the headline figure."""
        return Fraction(self.completed, self.due) if self.due else None

    @property
    def on_time_of_due(self) -> Fraction | None:
        """Completed on time among everything due: what the headline figure hides."""
        return Fraction(self.on_time, self.due) if self.due else None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Judged assignments by completion and timeliness; the names are those of `Timeliness`."""

    done_on_time: int = 0
    done_late: int = 0
    open_in_time: int = 0
    open_late: int = 0
    no_deadline: int = 0
    awaiting_decision: int = 0

    @property
    def total(self) -> int:
        """The sum of all cells."""
        return self.done + self.still_open + self.no_deadline + self.awaiting_decision

    @property
    def done(self) -> int:
        """Everything with a deadline that was completed, on time or late."""
        return self.done_on_time + self.done_late

    @property
    def still_open(self) -> int:
        """Everything with a deadline that is not completed."""
        return self.open_in_time + self.open_late

    @property
    def rates(self) -> Rates:
        """The rates; due is whatever was completed and whatever is overdue."""
        return Rates(self.done + self.open_late, self.done, self.done_on_time)


@dataclass(frozen=True, slots=True)
class AgeingBin:
    """How many overdue assignments are `first` to `last` calendar days late; None is no limit."""

    first: int
    last: int | None
    count: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One lead unit's share of the matrix; `oldest_days_late` is 0 when nothing is overdue.

    `extended` are the shares with an extension. Of the overdue ones, `acknowledged` were confirmed
    as received, and of `pending` an extension was asked for that nobody has decided.
    """

    code: str
    name: str
    matrix: Matrix
    oldest_days_late: int
    extended: int = 0
    acknowledged: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """One assignment that is overdue; `due_on` is the deadline in force."""

    task: str
    title: str
    unit: str
    unit_name: str
    document: str  # "12/KH-UBND ngày 17/10/2025, STT 15"
    original_due_on: date
    due_on: date
    effective_due_on: date
    days_late: int
    status: Status
    extensions: int
    reminders: int
    level: int
    last_reminded_at: datetime | None = None
    waits_for: str = ""  # the code of the unit that is waited for
    expected: str = ""  # the result the plan asks for
    is_acknowledged: bool = False
    wished_on: date | None = None  # the day asked for while nobody has decided
    is_new: bool = False  # was not overdue at the moment the report compares with
    letters: Sequence[IssuedLetter] = ()  # those issued about it, by date

    @property
    def extended_due_on(self) -> date | None:
        """The deadline in force where it is another than the original one."""
        return self.due_on if self.due_on != self.original_due_on else None


class Leaving(StrEnum):
    """Why what was overdue no longer is."""

    DONE = "done"
    EXTENDED = "extended"  # another deadline, by extension or decision
    CANCELLED = "cancelled"
    UNDECIDED = "undecided"  # put before a person, or without a deadline now


@dataclass(frozen=True, slots=True)
class LeftRow:
    """One assignment that was overdue and no longer is."""

    task: str
    title: str
    unit: str
    unit_name: str
    why: Leaving


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed among the overdue since a moment: `before` and `became`, less `left`, is now."""

    since: datetime
    before: int
    became: int
    left: tuple[LeftRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ComingRow:
    """One assignment that falls due within the next days; `effective_due_on` is the last day in time."""

    task: str
    title: str
    unit: str
    unit_name: str
    due_on: date
    effective_due_on: date
    status: Status


@dataclass(frozen=True, slots=True)
class Month:
    """What of the work due in a month was done on time, done late, or is overdue."""

    first_on: date
    done_on_time: int = 0
    done_late: int = 0
    open_late: int = 0


@dataclass(frozen=True, slots=True)
class HeatRow:
    """How many overdue assignments of a unit were due in each month that has any, by its first day."""

    code: str
    name: str
    by_month: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class OverdueReport:
    """Everything the overdue report says, whatever the format it is printed in."""

    as_of: datetime
    rulebook: str
    documents: tuple[str, ...]  # the plans that assigned the work
    matrix: Matrix
    ageing: tuple[AgeingBin, ...]
    units: tuple[UnitRow, ...]
    rows: tuple[OverdueRow, ...]
    data_quality: tuple[DataQuality, ...]
    log_head: str = ""
    query: ReportQuery | None = None
    plans: tuple[Document, ...] = ()
    changes: Changes | None = None
    coming: tuple[ComingRow, ...] = ()
    coming_until: date | None = None
    months: tuple[Month, ...] = ()
    heat: tuple[HeatRow, ...] = ()
    least_due: int = field(default=Paperwork().least_due)

    @property
    def rates(self) -> Rates:
        """Both rates over all judged assignments."""
        return self.matrix.rates

    @property
    def ranked(self) -> list[UnitRow]:
        """The units with overdue work and enough that fell due to compare them, the worst first."""
        return [unit for unit in self._late if unit.matrix.rates.due >= self.least_due]

    @property
    def unranked(self) -> list[UnitRow]:
        """The units with overdue work of which too little fell due to rank them."""
        return [unit for unit in self._late if unit.matrix.rates.due < self.least_due]

    @property
    def worst(self) -> list[UnitRow]:
        """The ten worst of the ranked units."""
        return self.ranked[:WORST]

    @property
    def _late(self) -> list[UnitRow]:
        return [unit for unit in self.units if unit.matrix.open_late]
