"""How do the shares of lead units stand, counted together where they stand alike?

A plan gives one task to ninety communes, and about most shares nothing is ever recorded: these
stand alike, so they are judged once and counted by their number. Whatever has facts of its own
is judged for itself. The figures are those of judging every assignment alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from engine.calendar import WorkCalendar
from engine.model import HANOI, Assignment, Document, FactKind, Task, Unit
from engine.report_query import ReportFacts, ReportQuery, is_judged
from engine.status import Happening, Standing, Timeliness, standing_after, timeliness_of

DAYS_BACK = DAYS_AHEAD = 7


class Happened(NamedTuple):
    """A fact as far as a standing follows from it; quick to make, since a report reads many."""

    kind: FactKind
    at: datetime
    on: date | None
    due_on: date | None
    unit: str


class Lot(NamedTuple):
    """Lead shares of one task that differ in nothing but the unit; of one unit where there are facts."""

    task: str
    document: str
    units: Sequence[str]
    due_on: date | None
    assigned_on: date
    facts: Sequence[Happening] = ()


class Weighed(NamedTuple):
    """A lot with its standing and its cell of the matrix at the moment of the report."""

    lot: Lot
    standing: Standing
    cell: Timeliness

    @property
    def weight(self) -> int:
        """How many shares stand like this."""
        return len(self.lot.units)


@dataclass(frozen=True, slots=True)
class Names:
    """What codes stand for: every unit and document of the lots, and the tasks a report prints."""

    units: Mapping[str, Unit]
    documents: Mapping[str, Document]
    tasks: Mapping[str, Task]


@dataclass(frozen=True, slots=True)
class Movement:
    """What became overdue since a moment, and what no longer is; `left` are the standings by now.

    `since` is the moment compared with, `before` how many shares were overdue then.
    """

    since: datetime
    before: int
    became: frozenset[tuple[str, str]]  # task and unit
    left: tuple[Weighed, ...]


@dataclass(frozen=True, slots=True)
class WeighedFacts(ReportFacts):
    """Facts of a report that counts shares: weighed already, and with the names that it prints."""

    found: Sequence[Weighed] = ()
    names: Names = field(default_factory=lambda: Names({}, {}, {}))


def weighed_facts(facts: ReportFacts) -> WeighedFacts:
    """Return the facts with every share that is judged weighed alone."""
    shares = [share for share in facts.assignments if is_judged(share, facts.query.on)]
    tasks = {share.task.code: share.task for share in shares}
    names = Names(
        {share.unit.code: share.unit for share in shares},
        {task.document.code: task.document for task in tasks.values()},
        tasks,
    )
    given = {one.name: getattr(facts, one.name) for one in fields(ReportFacts)}
    found = within(weighed(map(_lot_of, shares), facts.calendar, facts.query), facts.query)
    return WeighedFacts(**given, found=found, names=names)


def weighed(lots: Iterable[Lot], calendar: WorkCalendar, query: ReportQuery) -> list[Weighed]:
    """Return the lots assigned by the day of a query, judged at its moment."""
    scale = _Scale(calendar, query.as_of)
    return [Weighed(lot, *scale.of(lot)) for lot in lots if lot.assigned_on <= query.on]


def within(found: list[Weighed], query: ReportQuery) -> list[Weighed]:
    """Return what has its deadline in force within the period of a query."""
    if query.first_on is None and query.last_on is None:
        return found
    return [one for one in found if query.is_in_period(one.standing.due_on)]


def movement(found: Iterable[Weighed], calendar: WorkCalendar, query: ReportQuery) -> Movement:
    """Return what changed among the overdue since the first day of the period, else in seven days.

    Before and became, less what left, is what is overdue now.
    """
    since = _since(query)
    scale, on = _Scale(calendar, since), since.date()
    before, became, left = 0, set[tuple[str, str]](), []
    for one in found:
        is_late = one.cell is Timeliness.OPEN_LATE
        if not is_late and not _has_changed(one.lot, since):
            continue  # what nothing happened to does not cease to be late
        was_late = one.lot.assigned_on <= on and scale.cell(one, since) is Timeliness.OPEN_LATE
        before += one.weight if was_late else 0
        if is_late and not was_late:
            became.update((one.lot.task, unit) for unit in one.lot.units)
        elif was_late and not is_late:
            left.append(one)
    return Movement(since, before, frozenset(became), tuple(left))


def coming(found: Iterable[Weighed], calendar: WorkCalendar, on: date) -> list[Weighed]:
    """Return what is owed by one of its three dates within seven days, today included, and not late."""
    last = on + timedelta(days=DAYS_AHEAD)
    known: dict[date, bool] = {}

    def comes(due_on: date) -> bool:
        effective = calendar.next_working_day(due_on)
        dates = (calendar.previous_working_day(due_on), due_on, effective)
        return effective >= on and any(on <= day <= last for day in dates)

    def is_coming(due_on: date | None) -> bool:
        if due_on is None:
            return False
        if due_on not in known:
            known[due_on] = comes(due_on)
        return known[due_on]

    return [one for one in found if is_coming(one.standing.due_on) and one.standing.is_owed]


def printed_tasks(found: Sequence[Weighed], calendar: WorkCalendar, query: ReportQuery) -> set[str]:
    """Return the codes of the tasks that a report on overdue work prints."""
    late = (one for one in found if one.cell is Timeliness.OPEN_LATE)
    moved = movement(found, calendar, query).left
    return {one.lot.task for group in (late, moved, coming(found, calendar, query.on)) for one in group}


def each_unit(found: Iterable[Weighed]) -> Iterator[tuple[Weighed, str]]:
    """Yield each weighed lot with each of its units."""
    return ((one, unit) for one in found for unit in one.lot.units)


def _lot_of(share: Assignment) -> Lot:
    task = share.task
    return Lot(
        task.code, task.document.code, (share.unit.code,), share.due_on, share.assigned_on, share.facts
    )


def _has_changed(lot: Lot, since: datetime) -> bool:
    return bool(lot.facts) and lot.facts[-1].at > since


def _since(query: ReportQuery) -> datetime:
    as_of = query.as_of.astimezone(HANOI)
    if query.first_on is not None:
        return min(as_of, datetime.combine(query.first_on, time(), tzinfo=HANOI))
    return as_of - timedelta(days=DAYS_BACK)


class _Scale:
    """Judges lots at a moment; those without facts once for each deadline."""

    def __init__(self, calendar: WorkCalendar, at: datetime) -> None:
        self._calendar, self._at, self._on = calendar, at, at.astimezone(HANOI).date()
        self._known: dict[tuple[date | None, date], tuple[Standing, Timeliness]] = {}

    def of(self, lot: Lot) -> tuple[Standing, Timeliness]:
        if lot.facts:
            return self._judged(lot)
        key = (lot.due_on, lot.assigned_on)
        if key not in self._known:
            self._known[key] = self._judged(lot)
        return self._known[key]

    def cell(self, one: Weighed, since: datetime) -> Timeliness:
        """Return the cell of what is weighed by now at the moment of this scale."""
        if _has_changed(one.lot, since):
            return self._judged(one.lot)[1]
        return timeliness_of(one.standing, self._calendar, self._on)

    def _judged(self, lot: Lot) -> tuple[Standing, Timeliness]:
        standing = standing_after(lot.due_on, lot.assigned_on, lot.facts, self._at)
        return standing, timeliness_of(standing, self._calendar, self._on)
