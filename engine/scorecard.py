"""How does every unit keep its deadlines, and which of them may fairly be compared?

A table of units is read as a verdict, so it is guarded: a unit with little due is not ranked,
units that did equally well share a rank, every rate stands beside what it is a share of, and
what was extended is counted apart. Every share counts once, for the unit that owes it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from statistics import median
from typing import Any

from engine.assigned_by import documents_of
from engine.collation import vietnamese_order
from engine.compliance import Matrix, Rates
from engine.data_quality import Judged
from engine.frozen import Compared, Frozen, FrozenRow, Ground, compared
from engine.model import UNDETERMINED, Document, FactKind
from engine.paperwork import Paperwork
from engine.report_query import ReportFacts, ReportQuery, judged
from engine.status import Timeliness, days_late

LATE = {Timeliness.DONE_LATE, Timeliness.OPEN_LATE}
ANSWERED = {FactKind.ACKNOWLEDGED, FactKind.REPORTED, FactKind.ACCEPTED}

in_order = lru_cache(maxsize=4096)(vietnamese_order)


class Unranked(StrEnum):
    """Why a unit has no rank."""

    FEW_DUE = "few_due"
    NO_UNIT = "no_unit"  # work whose agency nobody could name
    FILTERED = "filtered"  # a rank among some of the units, or some of their work, is none


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the late work is or was, in calendar days past the last day allowed."""

    count: int = 0
    days: int = 0
    median: Fraction | None = None

    @property
    def average(self) -> Fraction | None:
        """Days late for each late share; None when none is."""
        return Fraction(self.days, self.count) if self.count else None


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one unit, or of all together.

    `extended` are shares whose deadline was extended, `extensions` how often; `answered` shares
    that the unit has acknowledged or reported on; `returned` results sent back.
    """

    matrix: Matrix
    lateness: Lateness
    extended: int
    extensions: int
    reminders: int
    answered: int
    returned: int

    @property
    def rates(self) -> Rates:
        """Both rates over what was due."""
        return self.matrix.rates

    @property
    def answered_of_given(self) -> Fraction | None:
        """The share of what was given that the unit has let know it has; None when nothing was."""
        return Fraction(self.answered, self.matrix.total) if self.matrix.total else None


@dataclass(frozen=True, slots=True)
class UnitScore:
    """One unit's figures and place; without a rank, `unranked` says why."""

    code: str
    name: str
    score: Score
    rank: int | None = None
    unranked: Unranked | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """What had its deadline in one month."""

    first_on: date
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class HeatRow:
    """How one unit kept its deadlines month by month, in the order of the report's months."""

    code: str
    name: str
    rates: tuple[Rates, ...]


@dataclass(frozen=True, slots=True)
class ScorecardReport:
    """Everything the scorecard says: ranked units first, then the others by name."""

    query: ReportQuery
    least_due: int
    tasks: int
    total: Score
    units: tuple[UnitScore, ...]
    months: tuple[Month, ...]
    heat: tuple[HeatRow, ...]
    documents: tuple[Document, ...] = ()
    frozen: tuple[Compared, ...] = ()
    rulebook: str = ""
    log_head: str = ""

    @property
    def ranked(self) -> tuple[UnitScore, ...]:
        """The units that may be compared."""
        return tuple(unit for unit in self.units if unit.rank is not None)

    @property
    def apart(self) -> tuple[UnitScore, ...]:
        """The units that may not, each with the reason."""
        return tuple(unit for unit in self.units if unit.rank is None)


def scorecard_of(facts: ReportFacts, ground: Ground | None = None) -> ScorecardReport:
    """Return the scorecard of what has its deadline in force within the period of the query.

    Without a period everything counts, work without a deadline too. Months that were frozen and
    lie in the period are compared with what the records say by now.
    """
    ground = ground or Ground(Paperwork().least_due)
    query = facts.query
    every = [one for one in judged(facts) if one.cell is not Timeliness.CANCELLED]
    counted = [one for one in every if query.is_in_period(one.standing.due_on)]
    months = _months(counted)
    return ScorecardReport(
        query=query,
        least_due=ground.least_due,
        tasks=len({one.assignment.task.code for one in counted}),
        total=_score(counted, facts),
        units=_ranked(counted, facts, ground.least_due),
        months=months,
        heat=_heat(counted, [month.first_on for month in months]),
        documents=documents_of(counted),
        frozen=_compared(every, facts, ground),
        rulebook=facts.rulebook,
        log_head=facts.log_head,
    )


def rows_to_freeze(facts: ReportFacts, least_due: int) -> tuple[FrozenRow, ...]:
    """Return the figures of every unit, as they are kept when the month of the query is closed."""
    query = facts.query
    counted = [
        one
        for one in judged(facts)
        if one.cell is not Timeliness.CANCELLED and query.is_in_period(one.standing.due_on)
    ]
    return _frozen_rows(counted, facts, least_due)


# --- units and their ranks ---------------------------------------------------------------


def _ranked(counted: Iterable[Judged], facts: ReportFacts, least_due: int) -> tuple[UnitScore, ...]:
    """Return every unit with its rank, or the reason why it has none."""
    units = [
        UnitScore(code, of_unit[0].assignment.unit.name, _score(of_unit, facts))
        for code, of_unit in _grouped(counted, lambda one: one.assignment.unit.code).items()
    ]
    units = [replace(unit, unranked=_why_unranked(unit, facts.query, least_due)) for unit in units]
    places = _places(_merit(unit) for unit in units if unit.unranked is None)
    units = [unit if unit.unranked else replace(unit, rank=places[_merit(unit)]) for unit in units]
    return tuple(sorted(units, key=_by_rank_and_name))


def _why_unranked(unit: UnitScore, query: ReportQuery, least_due: int) -> Unranked | None:
    if unit.code == UNDETERMINED.code:
        return Unranked.NO_UNIT
    if query.units or query.levels:
        return Unranked.FILTERED
    due = unit.score.rates.due
    return Unranked.FEW_DUE if due < max(1, least_due) else None


Merit = tuple[Fraction, Fraction]


def _merit(unit: UnitScore) -> Merit:
    """Return what units are ranked by: done on time, then done at all, both of what was due."""
    rates = unit.score.rates
    return rates.on_time_of_due or Fraction(0), rates.completed_of_due or Fraction(0)


def _places(merits: Iterable[Merit]) -> dict[Merit, int]:
    """Return the rank of each merit; who is equal shares one, and as many ranks are then left out."""
    places: dict[Merit, int] = {}
    for place, merit in enumerate(sorted(merits, reverse=True), start=1):
        places.setdefault(merit, place)
    return places


def _by_rank_and_name(unit: UnitScore) -> tuple[Any, ...]:
    return unit.rank is None, unit.rank or 0, in_order(unit.name), unit.code


# --- figures -------------------------------------------------------------------------------


def _score(counted: Sequence[Judged], facts: ReportFacts) -> Score:
    recorded = [_recorded(one, facts) for one in counted if one.assignment.facts]
    extensions = [one.standing.extensions for one in counted]
    return Score(
        matrix=_matrix(counted),
        lateness=_lateness(
            [days_late(one.standing, facts.calendar, facts.query.on) for one in counted if one.cell in LATE]
        ),
        extended=sum(map(bool, extensions)),
        extensions=sum(extensions),
        reminders=sum(sent.total for one in counted if (sent := facts.sent.get(one.assignment.id))),
        answered=sum(not ANSWERED.isdisjoint(kinds) for kinds in recorded),
        returned=sum(kinds.count(FactKind.RETURNED) for kinds in recorded),
    )


def _recorded(one: Judged, facts: ReportFacts) -> list[FactKind]:
    return [fact.kind for fact in one.assignment.facts if fact.at <= facts.query.as_of]


def _lateness(days: Sequence[int]) -> Lateness:
    return Lateness(len(days), sum(days), Fraction(median(days))) if days else Lateness()


def _matrix(counted: Iterable[Judged]) -> Matrix:
    return Matrix(**Counter(one.cell.value for one in counted))


def _grouped(counted: Iterable[Judged], key: Callable[[Judged], Any]) -> dict[Any, list[Judged]]:
    groups: defaultdict[Any, list[Judged]] = defaultdict(list)
    for one in counted:
        groups[key(one)].append(one)
    return dict(groups)


# --- months --------------------------------------------------------------------------------


def _months(counted: Iterable[Judged]) -> tuple[Month, ...]:
    """Return the months in which something has its deadline, the first first."""
    by_month = _grouped((one for one in counted if one.standing.due_on), _month_of)
    return tuple(Month(first_on, _matrix(by_month[first_on])) for first_on in sorted(by_month))


def _month_of(one: Judged) -> date:
    assert one.standing.due_on is not None, "asked of dated work alone"
    return one.standing.due_on.replace(day=1)


def _heat(counted: Iterable[Judged], months: Sequence[date]) -> tuple[HeatRow, ...]:
    """Return the rates of every unit by month, units by name."""
    rows = []
    dated = [one for one in counted if one.standing.due_on]
    for code, of_unit in _grouped(dated, lambda one: one.assignment.unit.code).items():
        by_month = _grouped(of_unit, _month_of)
        rates = tuple(_matrix(by_month.get(month, ())).rates for month in months)
        rows.append(HeatRow(code, of_unit[0].assignment.unit.name, rates))
    return tuple(sorted(rows, key=lambda row: (in_order(row.name), row.code)))


# --- months that were closed ---------------------------------------------------------------


def _compared(every: Sequence[Judged], facts: ReportFacts, ground: Ground) -> tuple[Compared, ...]:
    """Return each frozen month within the period beside what the records say of it by now.

    Frozen figures speak of all plans: nothing of them can be compared with a part of the work.
    """
    query = facts.query
    if query.plans or query.levels:
        return ()
    found = [one for one in ground.frozen if _is_within(one, query)]
    return tuple(_compared_month(frozen, every, facts) for frozen in found)


def _compared_month(frozen: Frozen, every: Sequence[Judged], facts: ReportFacts) -> Compared:
    query = facts.query
    counted = [one for one in every if one.standing.due_on and _month_of(one) == frozen.first_on]
    rows = _frozen_rows(counted, facts, frozen.least_due)
    if query.units or query.kinds:
        seen = {share.unit.code for share in facts.assignments}
        kept = [row for row in frozen.rows if row.code in seen or row.code in query.units]
        frozen = replace(frozen, rows=tuple(replace(row, rank=0) for row in kept))
        rows = tuple(replace(row, rank=0) for row in rows)
    return compared(frozen, rows, facts.assignments, query.as_of)


def _is_within(frozen: Frozen, query: ReportQuery) -> bool:
    return (query.first_on is None or query.first_on <= frozen.first_on) and (
        query.last_on is None or frozen.last_on <= query.last_on
    )


def _frozen_rows(counted: Iterable[Judged], facts: ReportFacts, least_due: int) -> tuple[FrozenRow, ...]:
    return tuple(
        FrozenRow(unit.code, unit.name, cells_of(unit.score.matrix), unit.rank or 0)
        for unit in _ranked(counted, facts, least_due)
    )


def cells_of(matrix: Matrix) -> dict[str, int]:
    """Return how many shares stand in each cell, by the names of `Timeliness`."""
    return {str(cell): getattr(matrix, cell) for cell in Timeliness if cell is not Timeliness.CANCELLED}
