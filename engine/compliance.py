"""Who is late, by how much, and what share of the work due was done?

The overdue report as of any moment: the matrix the Government Office publishes, both
rates with their denominators, ageing, one row per unit and one per overdue assignment.
Every figure counts the same judged assignments, so the parts always sum to the whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from engine.calendar import WorkCalendar
from engine.collation import vietnamese_order
from engine.data_quality import DataQuality, Judged, data_quality
from engine.model import HANOI, Assignment, Document
from engine.report_query import ReminderCount, ReportFacts, ReportQuery, judged
from engine.rulebook import Thresholds
from engine.status import Status, Timeliness, days_late

AGEING = Thresholds().ageing


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
    """One lead unit's share of the matrix; `oldest_days_late` is 0 when nothing is overdue."""

    code: str
    name: str
    matrix: Matrix
    oldest_days_late: int


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

    @property
    def rates(self) -> Rates:
        """Both rates over all judged assignments."""
        return self.matrix.rates


def overdue_of(facts: ReportFacts) -> OverdueReport:
    """Return the overdue report on what a query speaks of.

    Only lead units are judged: supporting units are informed, not chased. Assignments made
    after the moment are not there yet, cancelled ones are counted among the data-quality
    remarks alone. A result counts as done once reported and until returned. Of a period,
    whatever has its deadline in force within it is counted.
    """
    query, calendar = facts.query, facts.calendar
    counted = [one for one in judged(facts) if query.is_in_period(one.standing.due_on)]
    late = (one for one in counted if one.cell is Timeliness.OPEN_LATE)
    rows = [_overdue_row(one, facts.sent.get(one.assignment.id), calendar, query.on) for one in late]
    rows.sort(key=lambda row: (-row.days_late, row.task, row.unit))
    unreminded = sum(row.reminders == 0 for row in rows)
    return OverdueReport(
        as_of=query.as_of.astimezone(HANOI),
        rulebook=facts.rulebook,
        documents=_documents(counted),
        matrix=_matrix(Counter(one.cell for one in counted)),
        ageing=_ageing(rows, facts.thresholds.ageing),
        units=_units(counted, rows),
        rows=tuple(rows),
        data_quality=tuple(data_quality(counted, unreminded, calendar, query.on, facts.questions)),
        log_head=facts.log_head,
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
    query = ReportQuery(as_of)
    shares = list(assignments)
    return overdue_of(ReportFacts(query, shares, calendar, reminders, rulebook, "", thresholds, questions))


def as_json(report: OverdueReport) -> dict[str, Any]:
    """Return the report as the plain data of the JSON contract."""
    return {
        "as_of": report.as_of.isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "matrix": _matrix_json(report.matrix),
        "rates": _rates_json(report.rates),
        "ageing": [{"from": age.first, "to": age.last, "count": age.count} for age in report.ageing],
        "units": [_unit_json(unit) for unit in report.units],
        "rows": [_row_json(row) for row in report.rows],
        "data_quality": [
            {"code": remark.code, "count": remark.count, "message": remark.message}
            for remark in report.data_quality
        ],
    }


def _overdue_row(one: Judged, sent: ReminderCount | None, calendar: WorkCalendar, on: date) -> OverdueRow:
    assignment, standing = one.assignment, one.standing
    due_on = standing.due_on
    assert due_on is not None, "only what has a deadline is ever late"
    number = assignment.task.number
    document = document_name(assignment.task.document) + (f", STT {number}" if number else "")
    return OverdueRow(
        task=assignment.task.code,
        title=assignment.task.title,
        unit=assignment.unit.code,
        unit_name=assignment.unit.name,
        document=document,
        original_due_on=standing.original_due_on or due_on,
        due_on=due_on,
        effective_due_on=calendar.next_working_day(due_on),
        days_late=days_late(standing, calendar, on),
        status=standing.status,
        extensions=standing.extensions,
        reminders=sent.total if sent else 0,
        level=sent.highest_level if sent else 0,
        last_reminded_at=sent.last_at if sent else None,
        waits_for=standing.waits_for,
    )


@lru_cache(maxsize=1024)
def document_name(document: Document) -> str:
    """Return number and date of a document; a draft still without a number goes by its code."""
    return f"{document.number.strip() if _has_number(document) else document.code} {_issued(document)}"


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


def _documents(judged: Iterable[Judged]) -> tuple[str, ...]:
    by_code = {one.assignment.task.document.code: one.assignment.task.document for one in judged}
    return tuple(sorted((_document_title(document) for document in by_code.values()), key=vietnamese_order))


def _matrix(counts: Mapping[Timeliness, int]) -> Matrix:
    cells = (cell for cell in Timeliness if cell is not Timeliness.CANCELLED)
    return Matrix(**{cell.value: counts.get(cell, 0) for cell in cells})


def _ageing(rows: Sequence[OverdueRow], bounds: Sequence[int]) -> tuple[AgeingBin, ...]:
    def between(first: int, last: int | None) -> int:
        return sum(first <= row.days_late and (last is None or row.days_late <= last) for row in rows)

    firsts = (1, *(bound + 1 for bound in bounds))
    bins = zip(firsts, (*bounds, None), strict=True)
    return tuple(AgeingBin(first, last, between(first, last)) for first, last in bins)


def _units(judged: Iterable[Judged], rows: Iterable[OverdueRow]) -> tuple[UnitRow, ...]:
    """Return every judged unit: most overdue first, then the longest overdue, then by name."""
    names: dict[str, str] = {}
    counts: defaultdict[str, Counter[Timeliness]] = defaultdict(Counter)
    for one in judged:
        if one.cell is not Timeliness.CANCELLED:
            unit = one.assignment.unit
            names[unit.code] = unit.name
            counts[unit.code][one.cell] += 1
    oldest: dict[str, int] = {}
    for row in rows:
        oldest[row.unit] = max(row.days_late, oldest.get(row.unit, 0))
    units = [UnitRow(code, names[code], _matrix(counts[code]), oldest.get(code, 0)) for code in names]
    return tuple(sorted(units, key=_worst_first))


def _worst_first(unit: UnitRow) -> tuple[Any, ...]:
    return -unit.matrix.open_late, -unit.oldest_days_late, vietnamese_order(unit.name), unit.code


def _matrix_json(matrix: Matrix) -> dict[str, int]:
    cells = [cell.value for cell in Timeliness if cell is not Timeliness.CANCELLED]
    return {name: getattr(matrix, name) for name in [*cells, "total"]}


def _rates_json(rates: Rates) -> dict[str, float | None]:
    def rounded(rate: Fraction | None) -> float | None:
        return None if rate is None else round(float(rate), 4)

    return {
        "completed_of_due": rounded(rates.completed_of_due),
        "on_time_of_due": rounded(rates.on_time_of_due),
    }


def _unit_json(unit: UnitRow) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        **_matrix_json(unit.matrix),
        "due": unit.matrix.rates.due,
        **_rates_json(unit.matrix.rates),
        "oldest_days_late": unit.oldest_days_late,
    }


def _row_json(row: OverdueRow) -> dict[str, Any]:
    return {
        "task": row.task,
        "title": row.title,
        "unit": row.unit,
        "unit_name": row.unit_name,
        "original_due_on": row.original_due_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "effective_due_on": row.effective_due_on.isoformat(),
        "days_late": row.days_late,
        "reminders": row.reminders,
        "level": row.level,
        "status": row.status.value,
        "extensions": row.extensions,
    }
