"""Who is late, by how much, and what share of the work due was done?

The overdue report as of any moment: the matrix the Government Office publishes, both
rates with their denominators, ageing, one row per unit and one per overdue assignment.
Every figure counts the same judged assignments, so the parts always sum to the whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from engine.calendar import WorkCalendar
from engine.collation import vietnamese_order
from engine.data_quality import data_quality
from engine.model import HANOI, Assignment, Document
from engine.overdue import (
    AgeingBin,
    Changes,
    ComingRow,
    HeatRow,
    Leaving,
    LeftRow,
    Matrix,
    Month,
    OverdueReport,
    OverdueRow,
    Rates,
    UnitRow,
)
from engine.overdue_json import as_json
from engine.report_query import ReminderCount, ReportFacts, ReportQuery
from engine.rulebook import Thresholds
from engine.status import Timeliness, days_late
from engine.weighing import (
    DAYS_AHEAD,
    Movement,
    Names,
    Weighed,
    WeighedFacts,
    coming,
    each_unit,
    movement,
    weighed_facts,
)

__all__ = [
    "AGEING",
    "AgeingBin",
    "Matrix",
    "OverdueReport",
    "OverdueRow",
    "Rates",
    "ReminderCount",
    "UnitRow",
    "as_json",
    "document_name",
    "overdue_of",
    "overdue_report",
]

AGEING = Thresholds().ageing
_FELL_DUE = (Timeliness.DONE_ON_TIME, Timeliness.DONE_LATE, Timeliness.OPEN_LATE)


def overdue_of(facts: ReportFacts) -> OverdueReport:
    """Return the overdue report on what a query speaks of.

    Only lead units are judged: supporting units are informed, not chased. Assignments made
    after the moment are not there yet, cancelled ones are counted among the data-quality
    remarks alone. A result counts as done once reported and until returned. Of a period,
    whatever has its deadline in force within it is counted.
    """
    facts = facts if isinstance(facts, WeighedFacts) else weighed_facts(facts)
    query, calendar, found, names = facts.query, facts.calendar, facts.found, facts.names
    moved = movement(found, calendar, query)
    late = [one for one in found if one.cell is Timeliness.OPEN_LATE]
    rows = [row for one in late for row in _overdue_rows(one, facts, moved)]
    rows.sort(key=lambda row: (-row.days_late, row.task, row.unit))
    unreminded = sum(row.reminders == 0 for row in rows)
    plans, units, by_day = _plans(found, names), _units(found, rows, names), _by_day(found)
    return OverdueReport(
        as_of=query.as_of.astimezone(HANOI),
        rulebook=facts.rulebook,
        documents=tuple(map(_document_title, plans)),
        matrix=_matrix(_counts(by_day)),
        ageing=_ageing(rows, facts.thresholds.ageing),
        units=units,
        rows=tuple(rows),
        data_quality=tuple(
            data_quality(found, unreminded, calendar, query.on, facts.questions, facts.remarks)
        ),
        log_head=facts.log_head,
        query=query,
        plans=plans,
        changes=_changes(moved, names),
        coming=_coming(coming(found, calendar, query.on), calendar, names),
        coming_until=query.on + timedelta(days=DAYS_AHEAD),
        months=_months(by_day),
        heat=_heat(late, units),
        least_due=facts.least_due,
    )


def overdue_report(
    assignments: Iterable[Assignment],
    reminders: Mapping[str, ReminderCount],
    calendar: WorkCalendar,
    as_of: datetime,
    rulebook: str,
    questions: Sequence[tuple[str, str]] = (),
    ageing: Sequence[int] = AGEING,
) -> OverdueReport:
    """Return the overdue report as of a moment.

    `reminders` are keyed by assignment id; `questions` are open import questions, as (code, sentence);
    `ageing` are the last days, counted in calendar days late, of all bins but the open one.
    """
    thresholds = replace(Thresholds(), ageing=tuple(ageing))
    query, shares = ReportQuery(as_of), list(assignments)
    return overdue_of(ReportFacts(query, shares, calendar, reminders, rulebook, "", thresholds, questions))


@lru_cache(maxsize=1024)
def document_name(document: Document) -> str:
    """Return number and date of a document; a draft still without a number goes by its code."""
    return f"{document.number.strip() if _has_number(document) else document.code} {_issued(document)}"


# --- rows ------------------------------------------------------------------------------------


def _overdue_rows(one: Weighed, facts: WeighedFacts, moved: Movement) -> list[OverdueRow]:
    """Return a row for each unit of an overdue lot."""
    lot, standing, names = one.lot, one.standing, facts.names
    due_on = standing.due_on
    assert due_on is not None, "only what has a deadline is ever late"
    task, effective = names.tasks[lot.task], facts.calendar.next_working_day(due_on)
    document = document_name(task.document) + (f", STT {task.number}" if task.number else "")
    late, is_acknowledged = (
        days_late(standing, facts.calendar, facts.query.on),
        bool(standing.acknowledged_at),
    )
    rows = []
    for code in lot.units:
        share = f"{lot.task}@{code}"
        sent = facts.sent.get(share, _NOTHING_SENT)
        rows.append(
            OverdueRow(
                lot.task, task.title, code, names.units[code].name, document,
                standing.original_due_on or due_on, due_on, effective, late, standing.status,
                standing.extensions, sent.total, sent.highest_level, sent.last_at, standing.waits_for,
                task.expected, is_acknowledged, standing.wished_on, (lot.task, code) in moved.became,
                facts.letters.get(share, ()),
            )
        )  # fmt: skip
    return rows


_NOTHING_SENT = ReminderCount(0, 0)


def _coming(found: Iterable[Weighed], calendar: WorkCalendar, names: Names) -> tuple[ComingRow, ...]:
    """Return what falls due soon, the first day first, then by unit."""
    rows = []
    for one in found:
        due_on = one.standing.due_on
        assert due_on is not None, "only what has a deadline falls due"
        task, effective = names.tasks[one.lot.task], calendar.next_working_day(due_on)
        for code in one.lot.units:
            unit = names.units[code].name
            rows.append(ComingRow(task.code, task.title, code, unit, due_on, effective, one.standing.status))
    places = _places(names)
    return tuple(sorted(rows, key=lambda row: (row.effective_due_on, places[row.unit], row.task)))


def _changes(moved: Movement, names: Names) -> Changes:
    left = [
        LeftRow(one.lot.task, names.tasks[one.lot.task].title, code, names.units[code].name, _why(one))
        for one, code in each_unit(moved.left)
    ]
    left.sort(key=lambda row: (row.why, row.task, row.unit))
    return Changes(moved.since, moved.before, len(moved.became), tuple(left))


def _why(one: Weighed) -> Leaving:
    match one.cell:
        case Timeliness.DONE_ON_TIME | Timeliness.DONE_LATE:
            return Leaving.DONE
        case Timeliness.OPEN_IN_TIME:
            return Leaving.EXTENDED
        case Timeliness.CANCELLED:
            return Leaving.CANCELLED
        case _:
            return Leaving.UNDECIDED


# --- figures ---------------------------------------------------------------------------------


def _by_day(found: Iterable[Weighed]) -> Counter[tuple[date | None, Timeliness]]:
    """Return how many shares there are by deadline in force and cell."""
    counts: Counter[tuple[date | None, Timeliness]] = Counter()
    for lot, standing, cell in found:
        counts[standing.due_on, cell] += len(lot.units)
    return counts


def _counts(by_day: Mapping[tuple[date | None, Timeliness], int]) -> Counter[Timeliness]:
    counts: Counter[Timeliness] = Counter()
    for (_, cell), count in by_day.items():
        counts[cell] += count
    return counts


def _matrix(counts: Mapping[Timeliness, int]) -> Matrix:
    cells = (cell for cell in Timeliness if cell is not Timeliness.CANCELLED)
    return Matrix(**{cell.value: counts.get(cell, 0) for cell in cells})


def _ageing(rows: Sequence[OverdueRow], bounds: Sequence[int]) -> tuple[AgeingBin, ...]:
    def between(first: int, last: int | None) -> int:
        return sum(first <= row.days_late and (last is None or row.days_late <= last) for row in rows)

    firsts = (1, *(bound + 1 for bound in bounds))
    bins = zip(firsts, (*bounds, None), strict=True)
    return tuple(AgeingBin(first, last, between(first, last)) for first, last in bins)


def _units(found: Iterable[Weighed], rows: Iterable[OverdueRow], names: Names) -> tuple[UnitRow, ...]:
    """Return every judged unit: most overdue first, then the longest overdue, then by name."""
    counts: defaultdict[Timeliness, Counter[str]] = defaultdict(Counter)
    extended, acknowledged, pending = Counter[str](), Counter[str](), Counter[str]()
    for lot, standing, cell in found:
        counts[cell].update(lot.units)
        if standing.extensions and cell is not Timeliness.CANCELLED:
            extended.update(lot.units)
    counts.pop(Timeliness.CANCELLED, None)
    oldest: dict[str, int] = {}
    for row in rows:
        oldest[row.unit] = max(row.days_late, oldest.get(row.unit, 0))
        acknowledged[row.unit] += row.is_acknowledged
        pending[row.unit] += row.wished_on is not None
    units = [
        UnitRow(
            code, names.units[code].name, _matrix({cell: of[code] for cell, of in counts.items()}),
            oldest.get(code, 0), extended[code], acknowledged[code], pending[code],
        )
        for code in set().union(*counts.values())
    ]  # fmt: skip
    return tuple(sorted(units, key=_worst_first))


def _worst_first(unit: UnitRow) -> tuple[Any, ...]:
    return -unit.matrix.open_late, -unit.oldest_days_late, vietnamese_order(unit.name), unit.code


def _months(by_day: Mapping[tuple[date | None, Timeliness], int]) -> tuple[Month, ...]:
    """Return what fell due by the month of the deadline in force, the earliest first."""
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for (due_on, cell), count in by_day.items():
        if cell in _FELL_DUE and due_on is not None:
            counts[due_on.replace(day=1)][cell.value] += count
    return tuple(Month(first_on, **counts[first_on]) for first_on in sorted(counts))


def _heat(late: Iterable[Weighed], units: Iterable[UnitRow]) -> tuple[HeatRow, ...]:
    """Return the units with overdue work in their own order, by the month it was due."""
    counts: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for one, code in each_unit(late):
        if one.standing.due_on is not None:
            counts[code][one.standing.due_on.replace(day=1)] += 1
    return tuple(
        HeatRow(unit.code, unit.name, tuple(sorted(counts[unit.code].items())))
        for unit in units
        if unit.code in counts
    )


# --- names -----------------------------------------------------------------------------------


def _places(names: Names) -> dict[str, int]:
    """Return the place of each unit in the alphabet."""
    units = sorted(names.units.values(), key=lambda unit: (vietnamese_order(unit.name), unit.code))
    return {unit.code: place for place, unit in enumerate(units)}


def _plans(found: Iterable[Weighed], names: Names) -> tuple[Document, ...]:
    plans = (names.documents[code] for code in {one.lot.document for one in found})
    return tuple(sorted(plans, key=lambda plan: vietnamese_order(_document_title(plan))))


def _document_title(document: Document) -> str:
    return (
        document_name(document)
        if _has_number(document)
        else f"{document.code}: {document.title} {_issued(document)}"
    )


def _has_number(document: Document) -> bool:
    """Whether the part before the slash was filled in: drafts read "     /KH-UBND"."""
    return any(character.isdigit() for character in document.number.partition("/")[0])


def _issued(document: Document) -> str:
    return f"ngày {document.issued_on:%d/%m/%Y}"
