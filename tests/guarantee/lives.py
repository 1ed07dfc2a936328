"""A stretch of days in which the office itself changes: its calendar, rules, posts, and its clock.

A life is lived by ticks at any moments. The world changes between them as an administrator
changes it: by the files, and rules by applying them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from engine.calendar import SpecialDay
from engine.model import HANOI, Assignment
from tests.guarantee.drawn import calendars, cases, deeds_of, gaps, tasks_due
from tests.guarantee.drawn_rules import rulebooks
from tests.guarantee.stories import DAYS, FIRST, Deed, Story
from tests.guarantee.worlds import Case, Gap, put_shares
from usecases.deliver import pump
from usecases.errors import InputRejected
from usecases.remind import Planned, tick
from usecases.ruling import put_rules_in_force
from usecases.tagging import tag
from usecases.wiring import Office

DRIFTS = (0, 0, 0, 0, -30, -3, 2, 26)  # hours by which the clock of the machine is wrong
HOURS = (9, 9, 9, 14, 3, 20)


@dataclass(frozen=True)
class Look:
    """The service wakes, by a clock that may be wrong."""

    at: datetime
    drift: int = 0

    @property
    def now(self) -> datetime:
        return self.at + timedelta(hours=self.drift)


@dataclass(frozen=True)
class Change:
    """An administrator changes one part of the configuration; what is None stays."""

    at: datetime
    calendar: tuple[SpecialDay, ...] | None = None
    gaps: tuple[Gap, ...] | None = None
    rules: str | None = None

    def made_in(self, office: Office, case: Case) -> Case:
        """Make the change and return the office as it is described from then on."""
        if self.calendar is not None:
            case = replace(case, calendar=self.calendar)
        if self.gaps is not None:
            case = replace(case, vacant=self.gaps)
        if self.rules is not None:
            case = replace(case, rules=apply(office, self.rules, self.at))
        world = case.world
        office.__dict__.update(rulebook=world.rulebook, contacts=world.contacts, world=world)
        return case


@dataclass(frozen=True)
class Coming:
    """A plan comes in late: its tasks are put in force."""

    at: datetime
    shares: tuple[Assignment, ...]

    def happen(self, office: Office) -> None:
        with office.database.writing() as session:
            put_shares(session, self.shares, self.at)


@dataclass(frozen=True)
class Tagging:
    """A person gives a tag to a task, or takes it back; one that is not there cannot be."""

    at: datetime
    task: str
    tag: str
    is_taken: bool

    def happen(self, office: Office) -> None:
        with contextlib.suppress(InputRejected):
            tag(office, self.task, [self.tag], self.at, "thử", remove=self.is_taken)


Turn = Look | Change | Deed | Coming | Tagging


@dataclass(frozen=True)
class Life:
    """Everything that happens, in the order of the moments at which it does."""

    case: Case
    turns: tuple[Turn, ...]
    mood: int = 0
    refusing: frozenset[int] = frozenset()  # days on which nothing leaves by mail


@dataclass
class Liver:
    """Lives a life in an office; subclasses look closer at each tick."""

    office: Office
    life: Life
    planned: list[Planned] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.case = self.life.case
        self.channel = Story(mood=self.life.mood, refusing=self.life.refusing).channel
        self.channel.wire(self.office)

    def live(self) -> Liver:
        for turn in self.life.turns:
            if isinstance(turn, Look):
                self.look(turn.now)
            elif isinstance(turn, Change):
                self.case = turn.made_in(self.office, self.case)
            else:
                turn.happen(self.office)
        return self

    def look(self, now: datetime) -> None:
        self.planned.append(tick(self.office, now))
        asyncio.run(pump(self.office, now))


def apply(office: Office, text: str, at: datetime) -> str:
    """Put rules in force as 'dondoc apply' does, and return what is in force."""
    folder = office.settings.home / "edited" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "r.yml").write_text(text, "utf-8")
    put_rules_in_force(office, folder.parent, at, is_confirmed=True)
    kept = office.rules_in_force
    assert kept is not None
    assert [*kept.values()] == [text]
    return text


@st.composite
def lives(draw: st.DrawFn, looks: int = 14, is_clock_wrong: bool = True, is_refusing: bool = True) -> Life:
    """Any life: deeds, changes of the configuration, work that comes in, and moments at which it is looked.

    There is little to be done, so that much happens to each part of it.
    """
    case = draw(cases(tasks=2, with_quiet=True))
    turns: list[Turn] = [*draw(deeds_of(case, least=8))]
    turns += draw(st.lists(changes(case), min_size=1, max_size=3))
    turns += draw(st.lists(taggings(case), max_size=3))
    turns += draw(comings())
    days = draw(st.lists(st.integers(0, DAYS - 1), min_size=looks // 2, max_size=looks, unique=True))
    for day in days:
        drift = draw(st.sampled_from(DRIFTS)) if is_clock_wrong else 0
        turns.append(Look(moment(day, draw(st.sampled_from(HOURS))), drift))
    refusing = draw(st.frozensets(st.sampled_from(days), max_size=4)) if is_refusing else frozenset()
    return Life(case, in_order(turns), draw(st.sampled_from((0, 0, 3, 7))), refusing)


@st.composite
def comings(draw: st.DrawFn) -> list[Coming]:
    """At most one task that comes in during the month, past its deadline or not."""
    if draw(st.booleans()):
        return []
    at = moment(draw(st.integers(0, DAYS - 1)), draw(st.sampled_from((7, 10, 16))), 45)
    due_on = at.date() + timedelta(days=draw(st.integers(-10, 25)))
    return [Coming(at, tuple(draw(tasks_due(9, due_on))))]


def taggings(case: Case) -> st.SearchStrategy[Tagging]:
    """A tag that one of the rules may ask for comes or goes."""
    at = st.builds(moment, st.integers(0, DAYS - 1), st.sampled_from((7, 10, 16)), st.just(15))
    tasks = st.sampled_from([share.task.code for share in case.shares])
    return st.builds(Tagging, at, tasks, st.sampled_from(("gấp", "trọng điểm")), st.booleans())


@st.composite
def changes(draw: st.DrawFn, case: Case) -> Change:
    """Any change: days off announced late, other rules, or people who come and go."""
    at = moment(draw(st.integers(0, DAYS - 1)), draw(st.sampled_from((7, 10, 16))), 30)
    part = draw(st.sampled_from(("calendar", "calendar", "rules", "gaps")))
    if part == "calendar":
        return Change(at, calendar=announced_late(case.calendar, draw(calendars())))
    return Change(at, rules=draw(rulebooks())) if part == "rules" else Change(at, gaps=draw(gaps()))


def announced_late(known: Sequence[SpecialDay], announced: Sequence[SpecialDay]) -> tuple[SpecialDay, ...]:
    """Return the days known before with those announced now; the later notice counts."""
    return tuple({special.day: special for special in (*known, *announced)}.values())


def in_order(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(sorted(turns, key=lambda turn: turn.at))


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    on: date = FIRST + timedelta(days=day)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=HANOI)
