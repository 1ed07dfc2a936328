"""What did each unit finish or owe in a period, how late, and was an objective cause confirmed?

The extract an assessor needs under NĐ 335/2025/NĐ-CP: lateness lowers the points for progress
unless an objective cause is confirmed. It states facts of units; points, and persons, are the
assessor's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from engine.assigned_by import documents_of, written_in
from engine.calendar import WorkCalendar
from engine.collation import vietnamese_order
from engine.data_quality import Judged
from engine.model import HANOI, Assignment, Document, Fact, FactKind
from engine.report_query import ReportFacts, ReportQuery, judged
from engine.status import Status, Timeliness, days_late, standing_of

DUE = {Timeliness.DONE_ON_TIME, Timeliness.DONE_LATE, Timeliness.OPEN_LATE}
LATE = {Timeliness.DONE_LATE, Timeliness.OPEN_LATE}

in_order = lru_cache(maxsize=16384)(vietnamese_order)


@dataclass(frozen=True, slots=True)
class Cause:
    """An objective cause that somebody confirmed: a post or a unit, on a document."""

    confirmed_by: str
    confirmed_on: date
    document: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extended:
    """A new deadline and the document that allowed it; days late by then stay on record."""

    due_on: date
    decided_on: date
    document: str
    days_late_by_then: int


@dataclass(frozen=True, slots=True)
class Wait:
    """A time in which the unit said it waited for another, "" when none was named; nobody confirms it."""

    unit: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Product:
    """One unit's result of one task, due or finished in the period.

    `completed_on` is the day the work was done where somebody recorded one; otherwise the day of
    the report on it, `reported_on`, counts. `days_late` are counted from the deadline in force,
    `days_past_original` from the first one. `is_due_here` tells the period to whose lateness it
    belongs: that of its deadline, and no other.
    """

    task: str
    title: str
    expected: str
    unit: str
    unit_name: str
    document: str
    original_due_on: date | None
    due_on: date | None
    completed_on: date | None
    reported_on: date | None
    cell: Timeliness
    status: Status
    days_late: int
    days_past_original: int
    is_due_here: bool
    extended: tuple[Extended, ...] = ()
    waits: tuple[Wait, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether it was done, or is still open, past the deadline in force."""
        return self.cell in LATE

    @property
    def is_excused(self) -> bool:
        """Whether it is late and an objective cause was confirmed."""
        return self.is_late and bool(self.causes)


@dataclass(frozen=True, slots=True)
class Tally:
    """Products counted: `due` = `on_time` + `late_confirmed` + `late_unconfirmed`.

    `finished_only` were finished in the period and are due outside it, or never: their lateness
    belongs to the period of their deadline.
    """

    on_time: int = 0
    late_confirmed: int = 0
    late_unconfirmed: int = 0
    finished_only: int = 0

    @property
    def due(self) -> int:
        """Products whose deadline in force lies in the period, done or overdue."""
        return self.on_time + self.late

    @property
    def late(self) -> int:
        """Those of them that were or are late."""
        return self.late_confirmed + self.late_unconfirmed

    @property
    def total(self) -> int:
        """Every product of the extract."""
        return self.due + self.finished_only

    @property
    def late_of_due(self) -> Fraction | None:
        """The share that is late, whatever the cause; None when nothing was due."""
        return Fraction(self.late, self.due) if self.due else None

    @property
    def unconfirmed_of_due(self) -> Fraction | None:
        """The share that is late without a confirmed objective cause; None when nothing was due."""
        return Fraction(self.late_unconfirmed, self.due) if self.due else None


@dataclass(frozen=True, slots=True)
class UnitExtract:
    """What one unit finished or owed in the period, by deadline."""

    code: str
    name: str
    tally: Tally
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The extract of a period; `names` are those of the units that are named by code.

    `undated` products are judged by the day they were reported, since no day of completion was
    recorded; `undecided` shares wait for a person to settle their deadline and are not in it.
    """

    query: ReportQuery
    units: tuple[UnitExtract, ...]
    total: Tally
    undated: int
    undecided: int
    names: Mapping[str, str]
    documents: tuple[Document, ...] = ()
    rulebook: str = ""
    log_head: str = ""


def evaluation_of(facts: ReportFacts, names: Mapping[str, str] | None = None) -> EvaluationReport:
    """Return what each unit finished in the period of the query or had due in it.

    Not due yet and not finished is not evaluated. `names` are those of units by code, for the
    ones that waits and confirmations name.
    """
    every = judged(facts)
    pairs = [
        (one, product)
        for one in every
        for product in [_product(one, facts)]
        if product.is_due_here or _is_finished_in(product, facts.query)
    ]
    products = [product for _, product in pairs]
    return EvaluationReport(
        query=facts.query,
        units=_units(products),
        total=_tally(products),
        undated=sum(one.completed_on is None and one.reported_on is not None for one in products),
        undecided=sum(_is_undecided(one, facts.query) for one in every),
        names=names or {},
        documents=documents_of(one for one, _ in pairs),
        rulebook=facts.rulebook,
        log_head=facts.log_head,
    )


# --- products ------------------------------------------------------------------------------


def _product(one: Judged, facts: ReportFacts) -> Product:
    assignment, standing, calendar, query = one.assignment, one.standing, facts.calendar, facts.query
    known = [fact for fact in assignment.facts if fact.at <= query.as_of]
    completed_on, reported_on = _done(known)
    is_due = standing.due_on is not None and one.cell in DUE
    return Product(
        task=assignment.task.code,
        title=assignment.task.title,
        expected=assignment.task.expected,
        unit=assignment.unit.code,
        unit_name=assignment.unit.name,
        document=written_in(assignment.task),
        original_due_on=standing.original_due_on,
        due_on=standing.due_on,
        completed_on=completed_on,
        reported_on=reported_on,
        cell=one.cell,
        status=standing.status,
        days_late=days_late(standing, calendar, query.on) if is_due else 0,
        days_past_original=_days_past(standing.original_due_on, standing.done_on or query.on, calendar),
        is_due_here=is_due and query.is_in_period(standing.due_on),
        extended=tuple(_extensions(assignment, known, calendar)),
        waits=tuple(_waits(known)),
        causes=tuple(_cause(fact) for fact in known if fact.kind is FactKind.CAUSE_CONFIRMED),
    )


def _done(known: Iterable[Fact]) -> tuple[date | None, date | None]:
    """Return the day of completion and the day it was recorded; a returned result is neither."""
    completed_on, recorded_on = None, None
    for fact in known:
        match fact.kind:
            case FactKind.REPORTED:
                completed_on, recorded_on = fact.on, _day(fact)
            case FactKind.ACCEPTED:
                completed_on, recorded_on = fact.on or completed_on, recorded_on or _day(fact)
            case FactKind.RETURNED:
                completed_on, recorded_on = None, None
    return completed_on, recorded_on


def _is_finished_in(product: Product, query: ReportQuery) -> bool:
    done_on = product.completed_on or product.reported_on
    is_counted = product.cell is not Timeliness.CANCELLED and product.cell is not Timeliness.AWAITING_DECISION
    return is_counted and done_on is not None and query.is_in_period(done_on)


def _is_undecided(one: Judged, query: ReportQuery) -> bool:
    return one.cell is Timeliness.AWAITING_DECISION and (
        one.standing.due_on is None or query.is_in_period(one.standing.due_on)
    )


def _extensions(assignment: Assignment, known: Iterable[Fact], calendar: WorkCalendar) -> Iterable[Extended]:
    for fact in known:
        if fact.kind is FactKind.EXTENDED and fact.due_on is not None:
            before = standing_of(assignment, fact.at - timedelta(microseconds=1))
            late = _days_past(before.due_on, _day(fact), calendar)
            yield Extended(fact.due_on, _day(fact), fact.document, late)


def _waits(known: Iterable[Fact]) -> Iterable[Wait]:
    """Yield each time from being blocked to whatever ended it."""
    started: Fact | None = None
    for fact in known:
        if started is not None and fact.kind in _ENDS_A_WAIT:
            yield Wait(started.unit, _day(started), _day(fact))
            started = None
        if fact.kind is FactKind.BLOCKED:
            started = fact
    if started is not None:
        yield Wait(started.unit, _day(started), None)


_ENDS_A_WAIT = {
    FactKind.UNBLOCKED,
    FactKind.BLOCKED,
    FactKind.REPORTED,
    FactKind.ACCEPTED,
    FactKind.DISPUTED,
    FactKind.HELD,
    FactKind.CANCELLED,
}


def _cause(fact: Fact) -> Cause:
    return Cause(fact.by, _day(fact), fact.document, fact.note)


def _day(fact: Fact) -> date:
    return fact.at.astimezone(HANOI).date()


def _days_past(due_on: date | None, on: date, calendar: WorkCalendar) -> int:
    return 0 if due_on is None else max(0, (on - calendar.next_working_day(due_on)).days)


# --- units ---------------------------------------------------------------------------------


def _units(products: Iterable[Product]) -> tuple[UnitExtract, ...]:
    """Return every unit by name, its products by deadline, those without one last."""
    by_unit: defaultdict[str, list[Product]] = defaultdict(list)
    for product in products:
        by_unit[product.unit].append(product)
    units = [
        UnitExtract(code, of_unit[0].unit_name, _tally(of_unit), tuple(sorted(of_unit, key=_by_deadline)))
        for code, of_unit in by_unit.items()
    ]
    return tuple(sorted(units, key=lambda unit: (in_order(unit.name), unit.code)))


def _by_deadline(product: Product) -> tuple[Any, ...]:
    return product.due_on or date.max, in_order(product.task)


def _tally(products: Iterable[Product]) -> Tally:
    products = list(products)
    here = [product for product in products if product.is_due_here]
    excused = sum(product.is_excused for product in here)
    late = sum(product.is_late for product in here)
    return Tally(len(here) - late, excused, late - excused, len(products) - len(here))
