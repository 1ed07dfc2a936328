"""What falls due in the days ahead, by when must somebody act, and do they know?

Reminders are counted from the last working day on or before a deadline, lateness from the
first one on or after it: a row carries all three dates, so that nobody takes one for another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from engine.assigned_by import documents_of, written_in
from engine.calendar import WorkCalendar
from engine.collation import vietnamese_order
from engine.data_quality import Judged
from engine.model import HANOI, Document
from engine.report_filter import filter_json
from engine.report_query import ReminderCount, ReportFacts, ReportQuery, judged
from engine.status import Status

DAYS_AHEAD = 7

in_order = lru_cache(maxsize=16384)(vietnamese_order)


@dataclass(frozen=True, slots=True)
class DueRow:
    """One assignment that falls due; `due_on` is the deadline in force.

    `working_days_left` count from the day of the report to `act_by_on`, 0 on that day and after it.
    """

    task: str
    title: str
    unit: str
    unit_name: str
    document: str  # "12/KH-UBND ngày 17/10/2025, STT 15"
    original_due_on: date
    due_on: date
    act_by_on: date
    effective_due_on: date
    working_days_left: int
    status: Status
    extensions: int
    reminders: int
    level: int
    last_reminded_at: datetime | None = None
    acknowledged_at: datetime | None = None
    wished_on: date | None = None  # the day an extension was asked for, while nobody has decided
    waits_for: str = ""  # the code of the unit that is waited for


@dataclass(frozen=True, slots=True)
class DueCount:
    """How much falls due somewhere, and of how much somebody was told and has said so."""

    shares: int
    tasks: int
    units: int
    reminded: int
    acknowledged: int


@dataclass(frozen=True, slots=True)
class DueDay:
    """What must be acted upon by one day."""

    act_by_on: date
    count: DueCount


@dataclass(frozen=True, slots=True)
class DueUnit:
    """What one unit must act upon, the first of it by `act_by_on`."""

    code: str
    name: str
    act_by_on: date
    count: DueCount


@dataclass(frozen=True, slots=True)
class DueSoonReport:
    """What falls due from `first_on` to `last_on`, whatever the format it is printed in."""

    query: ReportQuery
    first_on: date
    last_on: date
    total: DueCount
    days: tuple[DueDay, ...]
    units: tuple[DueUnit, ...]
    rows: tuple[DueRow, ...]
    documents: tuple[Document, ...]
    rulebook: str = ""
    log_head: str = ""


def due_soon_of(facts: ReportFacts) -> DueSoonReport:
    """Return what falls due within the period of the query, by default from its day to seven days on.

    A deadline on a day off belongs to the period with any of its three dates: what must be acted
    upon on Friday is told in Friday's report although it is due on Sunday, and so is what is
    still in time on Monday. What is late already is told by the overdue report.
    """
    query = facts.query
    first_on = query.first_on or query.on
    last_on = query.last_on or max(first_on, query.on) + timedelta(days=DAYS_AHEAD)
    owed = [(one, one.standing.due_on) for one in judged(facts) if one.standing.is_owed]
    told = {
        due_on
        for due_on in {due_on for _, due_on in owed if due_on}
        if facts.calendar.next_working_day(due_on) >= query.on
        and _falls_within(due_on, facts.calendar, first_on, last_on)
    }
    found = [one for one, due_on in owed if due_on in told]
    rows = [_row(one, facts.sent.get(one.assignment.id), facts.calendar, query.on) for one in found]
    rows.sort(key=_by_day_and_unit)
    return DueSoonReport(
        query=query,
        first_on=first_on,
        last_on=last_on,
        total=_count(rows),
        days=tuple(DueDay(day, _count(of_day)) for day, of_day in _grouped(rows, lambda row: row.act_by_on)),
        units=_units(rows),
        rows=tuple(rows),
        documents=documents_of(found),
        rulebook=facts.rulebook,
        log_head=facts.log_head,
    )


def as_json(report: DueSoonReport) -> dict[str, Any]:
    """Return the report as the plain data of the JSON contract."""
    return {
        "as_of": report.query.as_of.astimezone(HANOI).isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "log_head": report.log_head,
        "filter": filter_json(report.query),
        "first_on": report.first_on.isoformat(),
        "last_on": report.last_on.isoformat(),
        "total": _count_json(report.total),
        "days": [{"act_by_on": day.act_by_on.isoformat(), **_count_json(day.count)} for day in report.days],
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                "act_by_on": unit.act_by_on.isoformat(),
                **_count_json(unit.count),
            }
            for unit in report.units
        ],
        "rows": [_row_json(row) for row in report.rows],
    }


def _falls_within(due_on: date, calendar: WorkCalendar, first_on: date, last_on: date) -> bool:
    """Whether the last working day to act, the deadline, or the last day in time is one of these days."""
    days = (calendar.previous_working_day(due_on), due_on, calendar.next_working_day(due_on))
    return any(first_on <= day <= last_on for day in days)


def _row(one: Judged, sent: ReminderCount | None, calendar: WorkCalendar, on: date) -> DueRow:
    assignment, standing = one.assignment, one.standing
    due_on = standing.due_on
    assert due_on is not None, "only what has a deadline is owed"
    act_by_on = calendar.previous_working_day(due_on)
    return DueRow(
        task=assignment.task.code,
        title=assignment.task.title,
        unit=assignment.unit.code,
        unit_name=assignment.unit.name,
        document=written_in(assignment.task),
        original_due_on=standing.original_due_on or due_on,
        due_on=due_on,
        act_by_on=act_by_on,
        effective_due_on=calendar.next_working_day(due_on),
        working_days_left=max(0, calendar.working_days_between(on, act_by_on)),
        status=standing.status,
        extensions=standing.extensions,
        reminders=sent.total if sent else 0,
        level=sent.highest_level if sent else 0,
        last_reminded_at=sent.last_at if sent else None,
        acknowledged_at=standing.acknowledged_at,
        wished_on=standing.wished_on,
        waits_for=standing.waits_for,
    )


def _by_day_and_unit(row: DueRow) -> tuple[Any, ...]:
    return row.act_by_on, in_order(row.unit_name), row.unit, row.due_on, in_order(row.task)


def _units(rows: Iterable[DueRow]) -> tuple[DueUnit, ...]:
    """Return every unit: who must act first, then by name."""
    units = [
        DueUnit(code, of_unit[0].unit_name, min(row.act_by_on for row in of_unit), _count(of_unit))
        for code, of_unit in _grouped(rows, lambda row: row.unit)
    ]
    return tuple(sorted(units, key=lambda unit: (unit.act_by_on, in_order(unit.name), unit.code)))


def _grouped(rows: Iterable[DueRow], key: Callable[[DueRow], Hashable]) -> Iterable[tuple[Any, list[DueRow]]]:
    groups: defaultdict[Any, list[DueRow]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups.items()


def _count(rows: Iterable[DueRow]) -> DueCount:
    rows = list(rows)
    return DueCount(
        shares=len(rows),
        tasks=len({row.task for row in rows}),
        units=len({row.unit for row in rows}),
        reminded=sum(row.reminders > 0 for row in rows),
        acknowledged=sum(row.acknowledged_at is not None for row in rows),
    )


def _count_json(count: DueCount) -> dict[str, int]:
    return {
        "shares": count.shares,
        "tasks": count.tasks,
        "units": count.units,
        "reminded": count.reminded,
        "acknowledged": count.acknowledged,
    }


def _row_json(row: DueRow) -> dict[str, Any]:
    return {
        "task": row.task,
        "title": row.title,
        "unit": row.unit,
        "unit_name": row.unit_name,
        "original_due_on": row.original_due_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "act_by_on": row.act_by_on.isoformat(),
        "effective_due_on": row.effective_due_on.isoformat(),
        "working_days_left": row.working_days_left,
        "status": str(row.status),
        "extensions": row.extensions,
        "reminders": row.reminders,
        "level": row.level,
        "last_reminded_at": _moment(row.last_reminded_at),
        "acknowledged_at": _moment(row.acknowledged_at),
        "wished_on": row.wished_on.isoformat() if row.wished_on else None,
        "waits_for": row.waits_for,
    }


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(HANOI).isoformat(timespec="seconds") if value else None
