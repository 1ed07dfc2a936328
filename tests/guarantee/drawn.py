"""Any office and whatever happens in it: one set of strategies for all that is promised.

Registries with facts already on record, duties, posts, calendars; then the acts of people,
days on which the service is down or a channel refuses. The rules are drawn in drawn_rules.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from engine.calendar import SpecialDay
from engine.deadline import read_deadline
from engine.model import HANOI, Assignment, Fact, FactKind, Role
from store.kept import StoredDuty
from tests.guarantee.drawn_rules import rulebooks
from tests.guarantee.stories import DAYS, FIRST, Deed, Story, deeds
from tests.guarantee.world import PLAN
from tests.guarantee.worlds import CHANNELS, OWING, PLANS, POSTS, UPPER_POSTS, Case, Gap, Manners, a_share

RECURRING = ("trước ngày 10 hàng tháng", "ngày 25 hằng tháng", "thứ sáu hằng tuần", "hằng quý")
TAGS = ((), (), (), ("gấp",), ("trọng điểm",), ("gấp", "trọng điểm"))
MORNING, NOON, NIGHT = (time(7), time(9)), (time(12), time(15)), (time(16), time(8, 30))
QUIET = ((), (), (), (MORNING,), (NOON,), (NIGHT,))
EARLIER = (  # what is on record before anything happens; None is a deadline some days ahead
    (),
    (),
    (),
    (),
    ((FactKind.HELD, None),),
    ((FactKind.HELD, None), (FactKind.DECIDED, 12)),
    ((FactKind.ACKNOWLEDGED, None),),
    ((FactKind.REPORTED, None),),
    ((FactKind.REPORTED, None), (FactKind.RETURNED, None)),
    ((FactKind.EXTENDED, 15),),
    ((FactKind.EXTENSION_REQUESTED, 20),),
    ((FactKind.BLOCKED, None),),
    ((FactKind.DISPUTED, None),),
)


@st.composite
def cases(
    draw: st.DrawFn,
    lasting_gaps: bool = False,
    tasks: int = 6,
    gathering: bool = False,
    with_quiet: bool = False,
) -> Case:
    """Any office; with `lasting_gaps` a post is vacant all the time or never.

    `with_quiet` lets people have quiet hours.
    """
    return Case(
        draw(rulebooks(gathering)), draw(calendars()), draw(gaps(lasting_gaps)), draw(registries(tasks)),
        draw(duties()), draw(manners(with_quiet)),
    )  # fmt: skip


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
def manners(draw: st.DrawFn, with_quiet: bool = False) -> tuple[tuple[str, Manners], ...]:
    """How some of the people are reached: on few channels, in an order of theirs, not at all hours."""
    found = []
    for post in draw(st.lists(st.sampled_from([*POSTS, *UPPER_POSTS]), unique=True, max_size=4)):
        channels = draw(st.lists(st.sampled_from(CHANNELS), unique=True, max_size=3).map(tuple))
        prefers = draw(st.sampled_from(((), channels[:1], channels[::-1])))
        found.append((post, Manners(channels, prefers, draw(st.sampled_from(QUIET)) if with_quiet else ())))
    return tuple(found)


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
    """Any few tasks of two plans, each owed by one to three units that have already done something."""
    shares = []
    for number in range(1, draw(st.integers(2, most)) + 1):
        due_on = draw(st.none() | st.integers(-10, 45).map(lambda n: FIRST + timedelta(days=n)))
        shares += draw(tasks_due(number, due_on))
    return tuple(shares)


@st.composite
def tasks_due(draw: st.DrawFn, number: int, due_on: date | None) -> list[Assignment]:
    """The shares of one task of either plan."""
    assigned_on = FIRST + timedelta(days=draw(st.sampled_from((-60, -60, 3, 12))))
    plan, tags = draw(st.sampled_from(PLANS)), draw(st.sampled_from(TAGS))
    units = draw(st.lists(st.sampled_from(OWING), unique=True, min_size=1, max_size=3))
    roles = [draw(st.sampled_from((Role.LEAD, Role.LEAD, Role.SUPPORTING))) for _ in units]
    return [
        a_share(number, unit, role, due_on, assigned_on, plan, tags, draw(histories(unit.code, due_on)))
        for unit, role in zip(units, roles, strict=True)
    ]


@st.composite
def histories(draw: st.DrawFn, unit: str, due_on: date | None) -> tuple[Fact, ...]:
    """What was recorded about a share in the week before: held, returned, extended, blocked …"""
    if due_on is None:
        return ()
    at = datetime.combine(FIRST - timedelta(days=7), time(9), tzinfo=HANOI)
    facts = []
    for n, (kind, days) in enumerate(draw(st.sampled_from(EARLIER))):
        to = max(due_on, at.date()) + timedelta(days=days) if days else None
        waits_for = draw(another(unit)) if kind is FactKind.BLOCKED else ""
        facts.append(Fact(kind, at + timedelta(days=n), "thử", due_on=to, document="1/UBND", unit=waits_for))
    return tuple(facts)


def another(unit: str) -> st.SearchStrategy[str]:
    """The code of another unit, or of none."""
    return st.sampled_from(["", *(other.code for other in OWING if other.code != unit)])


@st.composite
def duties(draw: st.DrawFn) -> tuple[StoredDuty, ...]:
    """Up to two recurring obligations, in force for long or for a few days; some periods are past already."""
    found = []
    for n in range(draw(st.integers(0, 2))):
        words = draw(st.sampled_from(RECURRING))
        rrule = read_deadline(words, PLAN.issued_on).rrule
        units = draw(st.lists(st.sampled_from(OWING), unique=True, min_size=1, max_size=2))
        codes = tuple(unit.code for unit in units)
        since = FIRST + timedelta(days=draw(st.sampled_from((-45, -10, 5))))
        found.append(StoredDuty(f"{PLAN.code}/bc{n}", PLAN, "Báo cáo", words, rrule, "", codes, since, ""))
    return tuple(found)


@st.composite
def stories_of(draw: st.DrawFn, case: Case, is_refusing: bool = True) -> Story:
    """Whatever people do in a month about the shares of a case, with days down and any channel.

    With `is_refusing` the mail server takes nothing at all on some days.
    """
    days = st.frozensets(st.integers(0, DAYS - 1), max_size=8)
    refusing = draw(days) if is_refusing and draw(st.booleans()) else frozenset()
    return Story(tuple(draw(deeds_of(case))), draw(days), draw(st.integers(0, 200)), refusing)


def deeds_of(case: Case, least: int = 0) -> st.SearchStrategy[list[Deed]]:
    """Whatever people do about the shares and duties of a case, at least so many deeds."""
    owed: list[tuple[int | str, str]] = [(share.task.code, share.unit.code) for share in case.shares]
    owed += [
        (f"{duty.id}#{period}", unit)
        for duty in case.duties
        for unit in duty.unit_codes
        for period in ("2025-08", "2025-09", "2025-W39", "2025-Q3")
    ]
    units = st.sampled_from(["", *(unit.code for unit in OWING)])
    each = deeds(owed, days=st.sampled_from((2, 9, 9, 25)), unit=units)
    return st.lists(each, min_size=least, max_size=least + 8)


def arriving(story: Story) -> Story:
    """Return the same story with channels that always deliver."""
    return replace(story, mood=0, refusing=frozenset())
