"""A stretch of days in which the office itself changes: its calendar, rules, posts, and its clock.

A life is lived by ticks at any moments. The world changes between them as an administrator
changes it: by the files, and rules by applying them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from engine.calendar import SpecialDay
from engine.model import HANOI
from tests.guarantee.stories import DAYS, FIRST, Deed, MoodyChannel
from tests.guarantee.worlds import Case, Gap, calendars, cases, deeds_of, gaps, rulebooks
from usecases.deliver import pump
from usecases.remind import Planned, tick
from usecases.ruling import put_rules_in_force
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
class Life:
    """Everything that happens, in the order of the moments at which it does."""

    case: Case
    turns: tuple[Look | Change | Deed, ...]
    mood: int = 0


@dataclass
class Liver:
    """Lives a life in an office; subclasses look closer at each tick."""

    office: Office
    life: Life
    planned: list[Planned] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.case = self.life.case
        self.channel = MoodyChannel(self.life.mood)
        self.office.__dict__["notifiers"] = {"mailbox": self.channel}

    def live(self) -> Liver:
        for turn in self.life.turns:
            if isinstance(turn, Deed):
                turn.happen(self.office)
            elif isinstance(turn, Change):
                self.case = turn.made_in(self.office, self.case)
            else:
                self.look(turn.now)
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
def lives(draw: st.DrawFn, looks: int = 14, is_clock_wrong: bool = True) -> Life:
    """Any life: deeds, one to three changes of the configuration, and moments at which it is looked.

    There is little to be done, so that much happens to each part of it.
    """
    case = draw(cases(tasks=2))
    turns: list[Look | Change | Deed] = [*draw(deeds_of(case, least=8))]
    turns += draw(st.lists(changes(case), min_size=1, max_size=3))
    days = draw(st.lists(st.integers(0, DAYS - 1), min_size=looks // 2, max_size=looks, unique=True))
    for day in days:
        drift = draw(st.sampled_from(DRIFTS)) if is_clock_wrong else 0
        turns.append(Look(moment(day, draw(st.sampled_from(HOURS))), drift))
    return Life(case, in_order(turns), draw(st.sampled_from((0, 0, 3, 7))))


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


def in_order(turns: Sequence[Look | Change | Deed]) -> tuple[Look | Change | Deed, ...]:
    return tuple(sorted(turns, key=lambda turn: turn.at))


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    on: date = FIRST + timedelta(days=day)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=HANOI)
