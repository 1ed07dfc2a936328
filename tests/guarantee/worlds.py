"""Any registry, rulebook and calendar, small enough that whatever is promised can be tried on many.

Rules are drawn as the text an administrator would write and read as the product reads them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from engine.calendar import SpecialDay, WorkCalendar
from engine.contacts import ContactBook, Holding
from engine.model import (
    HANOI,
    Assignment,
    Deadline,
    DeadlineKind,
    PostRole,
    Recipient,
    Role,
    Task,
    Unit,
    UnitKind,
)
from engine.planning import World
from engine.rulebook import Rulebook, read_rulebook
from store import registry
from store.kept import Arrival, StoredTask
from tests.guarantee.stories import ACTS, DAYS, FIRST, Deed, Story
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
    )
)
POSTS = [f"{unit.code}/{role}" for unit in UNITS[:3] for role in (PostRole.CONTACT, PostRole.HEAD)]
UPPER_POSTS = [f"{UNITS[1].code}/{PostRole.COORDINATOR}", f"{UNITS[3].code}/{PostRole.CHAIRMAN}"]
Gap = tuple[str, date, date]  # a post and the days on which nobody holds it
HOURS = ('["07:00-11:30", "13:30-17:00"]', '["07:00-17:00"]', '["08:30-10:00"]')
NEVER = (date(2025, 1, 1), date(2025, 1, 1))


@dataclass(frozen=True)
class Case:
    """An office with what it owes: all that a run depends on besides what happens."""

    rules: str
    calendar: tuple[SpecialDay, ...]
    vacant: tuple[Gap, ...]
    shares: tuple[Assignment, ...]

    @property
    def world(self) -> World:
        return World(book(self.rules), calendar_of(self.calendar), self.contacts)

    @property
    def contacts(self) -> ContactBook:
        gaps = {post: (since, until) for post, since, until in self.vacant}
        held = []
        for who in _everybody():
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
    tasks = {share.task.code: share.task for share in case.shares}
    with office.database.writing() as session:
        registry.put_document(session, PLAN, Arrival("thử", "", at("2025-07-01")))
        registry.put_tasks(session, [StoredTask(task, 1, "", "") for task in tasks.values()])
        registry.put_assignments(session, case.shares, at("2025-07-01"))
    yield office
    office.database.close()


def moments(hours: Sequence[int], days: int = DAYS, without: frozenset[int] = frozenset()) -> list[datetime]:
    """Return the same hours of every day, days off too, but for the days left out."""
    return [
        datetime(day.year, day.month, day.day, hour, tzinfo=HANOI)
        for n in range(days)
        if n not in without
        for day in (FIRST + timedelta(days=n),)
        for hour in hours
    ]


# --- what is drawn ---------------------------------------------------------------------------


@st.composite
def cases(draw: st.DrawFn, lasting_gaps: bool = False, tasks: int = 6) -> Case:
    """Any office; with `lasting_gaps` a post is vacant all the time or never."""
    return Case(draw(rulebooks()), draw(calendars()), draw(gaps(lasting_gaps)), draw(registries(tasks)))


@st.composite
def gaps(draw: st.DrawFn, lasting: bool = False) -> tuple[Gap, ...]:
    """Any posts that nobody holds for some days; upper posts too, unless the gaps last."""
    vacant = []
    posts = POSTS if lasting else [*POSTS, *UPPER_POSTS]
    for post in draw(st.lists(st.sampled_from(posts), unique=True, max_size=2)):
        since = FIRST if lasting else FIRST + timedelta(days=draw(st.integers(0, DAYS)))
        length = 400 if lasting else draw(st.integers(1, 20))
        vacant.append((post, since, since + timedelta(days=length)))
    return tuple(vacant)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[SpecialDay, ...]:
    """Any calendar: days off alone or in a row, days worked on a weekend."""
    special: dict[date, bool] = {}
    for start in draw(st.lists(st.integers(-20, 90), max_size=4)):
        for n in range(start, start + draw(st.sampled_from((1, 1, 2, 9)))):
            special[FIRST + timedelta(days=n)] = False
    for n in draw(st.lists(st.integers(-20, 90), max_size=3)):
        day = FIRST + timedelta(days=n)
        if day.weekday() > 4:
            special[day] = True
    return tuple(SpecialDay(day, is_working, "thử", "1/TB") for day, is_working in special.items())


@st.composite
def registries(draw: st.DrawFn, most: int = 6) -> tuple[Assignment, ...]:
    """Any few tasks, each owed by one to three units."""
    shares = []
    for number in range(1, draw(st.integers(2, most)) + 1):
        due_on = draw(st.none() | st.integers(-10, 45).map(lambda n: FIRST + timedelta(days=n)))
        assigned_on = FIRST + timedelta(days=draw(st.sampled_from((-60, -60, 3, 12))))
        is_duty = draw(st.booleans())
        for unit in draw(st.lists(st.sampled_from(UNITS[:3]), unique=True, min_size=1)):
            role = draw(st.sampled_from((Role.LEAD, Role.LEAD, Role.SUPPORTING)))
            shares.append(a_share(number, unit, role, due_on, assigned_on, is_duty))
    return tuple(shares)


def a_share(
    number: int,
    unit: Unit,
    role: Role,
    due_on: date | None,
    assigned_on: date = FIRST - timedelta(days=60),
    is_duty: bool = False,
) -> Assignment:
    """Return one unit's share of the task of a number."""
    kind = DeadlineKind.DATE if due_on else DeadlineKind.ONGOING
    title = f"Việc thử số {number}"
    deadline = Deadline("thử", kind, "", due_on)
    task = Task(f"{PLAN.code}/{number}", PLAN, str(number), title, title, deadline, is_duty=is_duty)
    return Assignment(f"{task.code}@{unit.code}", task, unit, role, due_on, assigned_on)


@st.composite
def rulebooks(draw: st.DrawFn) -> str:
    """Any rules without a mistake: one to three policies, shared out by unit or by kind of work."""
    rules = draw(
        st.sampled_from(
            (
                [""],
                ["duty: có", ""],
                ["unit: SYT", "unit: [STC, SXD]"],  # in which case some may have no rule at all
                ["unit: STC", "duty: có", ""],
            )
        )
    )
    lines = ["policies:"]
    for n in range(len(rules)):
        lines += [f"  - id: p{n}", "    steps:", *draw(ladders())]
    lines.append("rules:")
    for n, condition in enumerate(rules):
        lines += [
            f"  - id: r{n}",
            f"    policy: p{n}",
            *([f"    priority: {len(rules) - n}"] if n < len(rules) - 1 else []),
            *([f"    when: {{{condition}}}"] if condition else []),
        ]
    lines += ["limits:", *_limits(draw), "sending:", f"  hours: {draw(st.sampled_from(HOURS))}"]
    return "\n".join(lines) + "\n"


@st.composite
def ladders(draw: st.DrawFn) -> list[str]:
    """Any steps that can be climbed: supporting units, the contact, and some of the levels above."""
    steps = []
    if draw(st.booleans()):
        steps += _step(draw, "phoi-hop", f"before: {draw(_days())}", "supporting")
    for n in range(draw(st.integers(0, 3))):
        more = ["unless: acknowledged"] if draw(st.booleans()) else []
        steps += _step(draw, f"truoc-{n}", f"before: {draw(_days())}", "contact", *more)
    first = draw(st.integers(1, 3))
    if draw(st.booleans()):
        steps += _step(draw, "den-han", "on: ngày hết hạn", "contact")
    repeat = f"repeat: {{every: {draw(st.integers(1, 6))} ngày làm việc, times: {draw(st.integers(1, 4))}}}"
    steps += _step(
        draw,
        "qua-han",
        f"after: {first} ngày làm việc",
        "contact",
        *([repeat] if draw(st.booleans()) else []),
    )
    for level in ("head", "coordinator", "chairman"):
        first += draw(st.integers(1, 5))
        if draw(st.integers(0, 4)):
            steps += _step(draw, f"bao-{level}", f"after: {first} ngày làm việc", level)
    return steps


@st.composite
def stories_of(draw: st.DrawFn, case: Case) -> Story:
    """Whatever people do in a month about the shares of a case, with days down and any channel."""
    return Story(
        tuple(draw(deeds_of(case))),
        draw(st.frozensets(st.integers(0, DAYS - 1), max_size=8)),
        draw(st.integers(0, 200)),
    )


def deeds_of(case: Case, least: int = 0) -> st.SearchStrategy[list[Deed]]:
    """Whatever people do about the shares of a case, at least so many deeds."""
    owed = [(int(share.task.number or 0), share.unit.code) for share in case.shares]
    deeds = st.builds(
        Deed,
        st.integers(0, DAYS - 1),
        st.integers(6, 19),
        st.sampled_from(ACTS),
        st.sampled_from(owed),
    )
    return st.lists(deeds, min_size=least, max_size=least + 8)


def arriving(story: Story) -> Story:
    """Return the same story with a channel that always delivers."""
    return replace(story, mood=0)


def _days() -> st.SearchStrategy[str]:
    return st.builds(
        lambda n, kind: f"{n} {kind}", st.integers(1, 15), st.sampled_from(("ngày làm việc", "ngày"))
    )


def _step(draw: st.DrawFn, id_: str, moment: str, to: str, *more: str) -> list[str]:
    hour = draw(st.sampled_from(("08:00", "08:00", "14:00")))
    first, *rest = (f"id: {id_}", moment, f'at: "{hour}"', f"to: {to}", "via: [mailbox]", *more)
    return [f"      - {first}", *(f"        {line}" for line in rest)]


def _limits(draw: st.DrawFn) -> list[str]:
    return [
        line
        for level in ("coordinator", "chairman")
        for line in (f"  - to: {level}", f"    tasks_per_day: {draw(st.integers(1, 3))}")
    ]


@cache
def _everybody() -> tuple[Recipient, ...]:
    heads = [(unit, role) for unit in UNITS[:3] for role in (PostRole.CONTACT, PostRole.HEAD)]
    single = [(UNITS[1], PostRole.COORDINATOR), (UNITS[3], PostRole.CHAIRMAN)]
    return tuple(
        Recipient(post, f"Người giữ {post}", str(role), unit, role, {"mailbox": post})
        for unit, role in (*heads, *single)
        for post in (f"{unit.code}/{role}",)
    )
