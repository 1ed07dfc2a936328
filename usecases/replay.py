"""Seven months on a virtual clock: the real plans, the real rules, invented people.

Every day does what the service does on that day, through the same use cases; only the
clock and what units do are made up (see `usecases.invented`).
"""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from engine.model import HANOI, Assignment, Fact, FactKind
from engine.status import standing_of
from intake.registry import RegistryDocument
from store import registry
from usecases.act import ALLOWED
from usecases.bring_in import bring_in_default
from usecases.configuration import load_registry
from usecases.deliver import pump
from usecases.invented import Deed, decision_on, deeds_of
from usecases.remind import tick
from usecases.wiring import Office

FIRST_DAY, LAST_DAY = date(2025, 7, 1), date(2026, 1, 31)
ARRIVES, LOOKS, CLOSES = time(7, 30), time(8), time(16, 30)


@dataclass
class Story:
    """What happened in a replay."""

    days: int = 0
    messages: int = 0
    reminders: int = 0
    deeds: Counter[str] = field(default_factory=Counter)


def replay(office: Office, first: date, last: date, tell: Callable[[date, Story], None]) -> Story:
    """Live through every day from `first` to `last`; `tell` hears of each day's end."""
    story = Story()
    coming: list[tuple[datetime, int, Deed]] = []
    waiting = load_registry(office.settings.config)
    known: set[str] = set()
    for day in _days(first, last):
        waiting = _arrivals(office, waiting, day)
        if office.world.calendar.is_working_day(day):
            planned = tick(office, _at(day, LOOKS))
            asyncio.run(pump(office, _at(day, LOOKS)))
            story.messages += len(planned.messages)
            story.reminders += planned.reminders
        for number, deed in enumerate(_new_deeds(office, known), start=len(known) * 10):
            heapq.heappush(coming, (deed.at, number, deed))
        _live(office, coming, _at(day, CLOSES), story)
        story.days += 1
        tell(day, story)
    return story


def _arrivals(office: Office, waiting: list[RegistryDocument], day: date) -> list[RegistryDocument]:
    """Put the plans issued by `day` in force, and return those still to come."""
    for plan in waiting:
        if plan.document.issued_on <= day:
            bring_in_default(office, plan, _at(day, ARRIVES))
    return [plan for plan in waiting if plan.document.issued_on > day]


def _new_deeds(office: Office, known: set[str]) -> Iterator[Deed]:
    """Yield what will be done about the assignments that were not there before."""
    with office.database.reading() as session:
        new = registry.assignment_ids(session) - known
        assignments = registry.assignments(session, office.directory.unit, ids=new) if new else []
    known |= new
    for assignment in assignments:
        decided = decision_on(assignment, office.world.calendar)
        yield from decided or deeds_of(assignment, office.world.calendar)


def _live(office: Office, coming: list[tuple[datetime, int, Deed]], until: datetime, story: Story) -> None:
    """Do what was due to be done, unless it was overtaken by what happened before."""
    due: list[Deed] = []
    while coming and coming[0][0] <= until:
        due.append(heapq.heappop(coming)[2])
    if not due:
        return
    with office.database.writing() as session:
        ids = {deed.assignment for deed in due}
        current = {a.id: a for a in registry.assignments(session, office.directory.unit, ids=ids)}
        facts: list[tuple[str, Fact]] = []
        for deed in due:
            assignment = current[deed.assignment]
            if not _fits(assignment, deed.fact):
                continue
            facts.append((assignment.id, deed.fact))
            current[assignment.id] = _with(assignment, deed.fact)
            story.deeds[deed.fact.kind] += 1
        registry.add_facts(session, office.directory.unit, facts)


def _fits(assignment: Assignment, fact: Fact) -> bool:
    standing = standing_of(assignment, fact.at)
    moved_back = (
        fact.kind is FactKind.EXTENDED and standing.due_on and fact.due_on and fact.due_on <= standing.due_on
    )
    return standing.status in ALLOWED[fact.kind] and not moved_back


def _with(assignment: Assignment, fact: Fact) -> Assignment:
    return replace(assignment, facts=(*assignment.facts, fact))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=HANOI)
