"""Recurring obligations: which occurrence is open, and who owes it?

A duty yields one task per period, opened on the day the period's report can be written.
The occurrences of the future are computed when asked for, and kept only once opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from engine.deadline import read_deadline
from engine.duty import Duty, Occurrence, occurrences, opening
from engine.model import (
    HANOI,
    Assignment,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    Role,
    Task,
)
from engine.planning import World
from engine.units import UnitDirectory
from store import records, registry
from store.kept import StoredDuty, StoredTask
from usecases.staged import StagedDuty

_ROMAN = ("", "I", "II", "III", "IV")
AHEAD = timedelta(days=400)  # no report is due later than this after it can be written


def put_duties(session: Session, document: Document, duties: Iterable[StagedDuty]) -> None:
    """Put a document's duties in force; what was only found in it is kept until a person accepts it."""
    known = {duty.id: duty for duty in registry.duties(session, with_offered=True)}
    kept = []
    for duty in duties:
        id_ = f"{document.code}/{duty.id}"
        kept.append(id_)
        before = known.get(id_)
        reading = read_deadline(duty.as_written, document.issued_on)
        registry.put_duty(
            session,
            StoredDuty(
                id_,
                document,
                duty.title,
                duty.as_written,
                reading.rrule,
                duty.units.as_written,
                before.unit_codes
                if before and before.is_in_force and duty.units.as_written == before.units_as_written
                else tuple(unit.code for unit in duty.units.units),
                duty.starts_on,
                duty.period,
                before.opened_until if before else None,
                duty.sentence,
                duty.cutoff,
                duty.receiver,
                duty.is_in_force,
            ),
        )
    registry.drop_offered_duties(session, document.code, kept)


def open_occurrences(session: Session, directory: UnitDirectory, world: World, now: datetime) -> int:
    """Open every occurrence whose day has come; return how many assignments that made."""
    today = now.astimezone(HANOI).date()
    count = 0
    for duty in registry.duties(session):
        since = duty.opened_until + timedelta(days=1) if duty.opened_until else duty.starts_on
        opened = [o for o in _occurrences(duty, world, since, today + AHEAD) if o.opens_on <= today]
        for occurrence in opened:
            shares = _shares(duty, occurrence, directory, now)
            task = StoredTask(
                shares[0].task, 0, duty.units_as_written, "", duty_id=duty.id, occurrence=occurrence.name
            )
            registry.put_tasks(session, [task])
            registry.put_assignments(session, shares, now)
            data = {"units": len(shares), "due_on": occurrence.due_on.isoformat()}
            records.append(session, now, "occurrence-opened", task.task.code, data)
            count += len(shares)
        if opened:
            registry.put_duty(session, replace(duty, opened_until=opened[-1].due_on))
    return count


def coming_occurrences(
    session: Session, directory: UnitDirectory, world: World, last: datetime, first: datetime | None = None
) -> list[Assignment]:
    """Return the assignments that occurrences will make up to `last`, without opening them.

    A tick at `first` would open them: what is past its day by then waits for a person, as it
    will. Without `first` they are owed as if they had been opened in time.
    """
    until = last.astimezone(HANOI).date()
    found: list[Assignment] = []
    for duty in registry.duties(session):
        since = duty.opened_until + timedelta(days=1) if duty.opened_until else duty.starts_on
        for occurrence in _occurrences(duty, world, since, until + AHEAD):
            if occurrence.opens_on <= until:
                found += _shares(duty, occurrence, directory, first)
    return found


def _occurrences(duty: StoredDuty, world: World, since: date, until: date) -> Iterator[Occurrence]:
    """Yield the occurrences due in a stretch of time, each opening as early as the rules say."""
    rules = Duty(
        duty.id, duty.document.code, duty.title, duty.rrule, duty.as_written,
        duty.units_as_written, duty.starts_on, duty.period, duty.cutoff,
    )  # fmt: skip
    for occurrence in occurrences(rules, since, until):
        yield opening(occurrence, world.rulebook.open_before, world.calendar)


def _shares(
    duty: StoredDuty, occurrence: Occurrence, directory: UnitDirectory, now: datetime | None
) -> list[Assignment]:
    """Return what each unit owes for one occurrence; what is long past when opened waits for a person."""
    task = _task(duty, occurrence)
    facts: tuple[Fact, ...] = ()
    if now is not None and occurrence.due_on < now.astimezone(HANOI).date():
        facts = (Fact(FactKind.HELD, now, note=f"kỳ {occurrence.name} đã qua hạn khi mở"),)
    return [
        Assignment(
            f"{task.code}@{code}", task, directory.unit(code), Role.LEAD, occurrence.due_on,
            occurrence.opens_on, facts,
        )
        for code in duty.unit_codes
    ]  # fmt: skip


def _task(duty: StoredDuty, occurrence: Occurrence) -> Task:
    reading = f"{duty.as_written} → kỳ {_period(occurrence)}: hết ngày {occurrence.due_on:%d/%m/%Y}."
    deadline = Deadline(
        duty.as_written, DeadlineKind.RECURRING, reading, due_on=occurrence.due_on, rrule=duty.rrule
    )
    title = f"{duty.title} (kỳ {_period(occurrence)})"
    return Task(f"{duty.id}#{occurrence.name}", duty.document, None, title, title, deadline, is_duty=True)


def _period(occurrence: Occurrence) -> str:
    """Return the period as people say it: "tháng 7/2025", "quý III/2025", "6 tháng đầu năm 2025"."""
    year, _, part = occurrence.name.partition("-")
    if not part:
        return f"năm {year}"
    if part.isdecimal() and len(part) == 2:
        return f"tháng {int(part)}/{year}"
    said = {
        "Q": lambda n: f"quý {_ROMAN[n]}/{year}",
        "H": lambda n: f"6 tháng {'đầu' if n == 1 else 'cuối'} năm {year}",
        "M": lambda n: f"{n} tháng năm {year}",
        "W": lambda n: f"tuần {n}/{year}",
    }.get(part[0])
    return said(int(part[1:])) if said else f"ngày {occurrence.due_on:%d/%m/%Y}"
