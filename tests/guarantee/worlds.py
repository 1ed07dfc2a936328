"""An office with all that it owes, small enough that whatever is promised can be tried on many.

What such an office may be like is drawn in drawn.py and drawn_rules.py.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from sqlmodel import Session

from engine.calendar import SpecialDay, WorkCalendar
from engine.contacts import ContactBook, Holding
from engine.model import (
    HANOI,
    Assignment,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    PostRole,
    Recipient,
    Role,
    Task,
    Unit,
    UnitKind,
)
from engine.planning import World
from engine.preview import first_run, run_moments
from engine.rulebook import Rulebook, read_rulebook
from store import registry, tags
from store.kept import Arrival, StoredDuty, StoredTask
from tests.guarantee.stories import DAYS, FIRST
from tests.guarantee.world import PLAN, at, office_at
from usecases.configuration import WARNINGS
from usecases.wiring import Office

UNITS = tuple(
    Unit(code, f"Cơ quan {code}", kind)
    for code, kind in (
        ("SYT", UnitKind.DEPARTMENT),
        ("STC", UnitKind.DEPARTMENT),
        ("SXD", UnitKind.DEPARTMENT),
        ("UBND", UnitKind.LEADERSHIP),
        ("21025", UnitKind.COMMUNE),
    )
)
OWING = (*UNITS[:3], UNITS[4])
POSTS = [f"{unit.code}/{role}" for unit in OWING for role in (PostRole.CONTACT, PostRole.HEAD)]
UPPER_POSTS = [f"{UNITS[1].code}/{PostRole.COORDINATOR}", f"{UNITS[3].code}/{PostRole.CHAIRMAN}"]
OTHER_PLAN = Document("KH-HAI", "Kế hoạch thứ hai", "02/KH-UBND", date(2025, 8, 1), "UBND tỉnh")
PLANS = (PLAN, OTHER_PLAN)
CHANNELS = ("email", "zalo_bot", "mailbox")
Gap = tuple[str, date, date]  # a post and the days on which nobody holds it
NEVER = (date(2025, 1, 1), date(2025, 1, 1))


@dataclass(frozen=True)
class Manners:
    """Where who holds a post is reached, and when they want to be left alone."""

    channels: tuple[str, ...] = CHANNELS
    prefers: tuple[str, ...] = ()
    quiet: tuple[tuple[time, time], ...] = ()

    def of(self, who: Recipient) -> Recipient:
        addresses = {channel: who.addresses[channel] for channel in self.channels}
        return replace(who, addresses=addresses, prefers=self.prefers, quiet=self.quiet)


@dataclass(frozen=True)
class Case:
    """An office with what it owes: all that a run depends on besides what happens."""

    rules: str
    calendar: tuple[SpecialDay, ...]
    vacant: tuple[Gap, ...]
    shares: tuple[Assignment, ...]
    duties: tuple[StoredDuty, ...] = ()
    manners: tuple[tuple[str, Manners], ...] = ()

    @property
    def world(self) -> World:
        calendar = calendar_of(self.calendar)
        return World(book(self.rules), calendar, self.contacts, frozenset(CHANNELS))

    @property
    def contacts(self) -> ContactBook:
        gaps = {post: (since, until) for post, since, until in self.vacant}
        manners = dict(self.manners)
        held = []
        for who in _everybody():
            who = manners.get(who.post, Manners()).of(who)
            since, until = gaps.get(who.post, NEVER)
            held.append(Holding(who, until=since - timedelta(days=1)))
            held.append(Holding(who, since=until + timedelta(days=1)))
        return ContactBook(held)


@cache
def book(text: str) -> Rulebook:
    """Return the rules as the product reads them; a text with an error is a mistake of the test."""
    found, problems = read_rulebook({"r.yml": text})
    assert {problem.code for problem in problems} <= WARNINGS, problems
    return found


@cache
def calendar_of(special: tuple[SpecialDay, ...]) -> WorkCalendar:
    """Return the calendar of these days."""
    return WorkCalendar(special)


@contextmanager
def office_of(case: Case, template: Path) -> Iterator[Office]:
    """An office with a database of its own in which the shares of a case are in force."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(template, Path(folder) / "dondoc.db")
        with office_on(case, f"sqlite:///{copy}", Path(folder)) as office:
            yield office


@contextmanager
def office_on(case: Case, url: str, home: Path) -> Iterator[Office]:
    """The same on an empty database that is there already."""
    world = case.world
    office = office_at(url, home, rulebook=world.rulebook, contacts=world.contacts, world=world)
    with office.database.writing() as session:
        for plan in PLANS:
            registry.put_document(session, plan, Arrival("thử", "", at("2025-07-01")))
        for duty in case.duties:
            registry.put_duty(session, duty)
        put_shares(session, case.shares, at("2025-07-01"))
    yield office
    office.database.close()


def runs_between(world: World, first: datetime, last: datetime) -> list[datetime]:
    """Return the moments of a preview: those of the steps, and the one at which the service looks first."""
    steps = run_moments(world.rulebook, world.calendar, first, last)
    return sorted({*steps, *(at for at in [first_run(world, first)] if at <= last)})


def moments(hours: Sequence[int], days: int = DAYS, without: frozenset[int] = frozenset()) -> list[datetime]:
    """Return the same hours of every day, days off too, but for the days left out."""
    return [
        datetime(day.year, day.month, day.day, hour, tzinfo=HANOI)
        for n in range(days)
        if n not in without
        for day in (FIRST + timedelta(days=n),)
        for hour in hours
    ]


def put_shares(session: Session, shares: Sequence[Assignment], when: datetime) -> None:
    """Put shares with their tasks, tags and facts in force."""
    tasks = {share.task.code: share.task for share in shares}
    registry.put_tasks(session, [StoredTask(task, 1, "", "") for task in tasks.values()])
    registry.put_assignments(session, shares, when)
    for task in tasks.values():
        if task.tags:
            tags.give(session, task.code, task.tags, when, "thử")


def a_share(
    number: int,
    unit: Unit,
    role: Role,
    due_on: date | None,
    assigned_on: date = FIRST - timedelta(days=60),
    plan: Document = PLAN,
    tagged: tuple[str, ...] = (),
    facts: tuple[Fact, ...] = (),
) -> Assignment:
    """Return one unit's share of the task of a number."""
    kind = DeadlineKind.DATE if due_on else DeadlineKind.ONGOING
    title = f"Việc thử số {number}"
    deadline = Deadline("thử", kind, "", due_on)
    task = Task(f"{plan.code}/{number}", plan, str(number), title, title, deadline, tags=tagged)
    return Assignment(f"{task.code}@{unit.code}", task, unit, role, due_on, assigned_on, facts)


@cache
def _everybody() -> tuple[Recipient, ...]:
    heads = [(unit, role) for unit in OWING for role in (PostRole.CONTACT, PostRole.HEAD)]
    single = [(UNITS[1], PostRole.COORDINATOR), (UNITS[3], PostRole.CHAIRMAN)]
    return tuple(
        Recipient(post, f"Người giữ {post}", str(role), unit, role, _addresses(post))
        for unit, role in (*heads, *single)
        for post in (f"{unit.code}/{role}",)
    )


def _addresses(post: str) -> dict[str, str]:
    name = post.replace("/", "-").lower()
    return {"email": f"{name}@don-vi.example", "zalo_bot": f"zalo-{name}", "mailbox": post}
