"""Do the promises hold for any registry, any rules, any calendar, and whatever happens?

The quick run tries a few worlds of each, the slow one many; both are the same every time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from engine.calendar import WorkCalendar
from engine.escalation import due_dates_touched, step_falls_at
from engine.model import HANOI
from engine.planning import FAULT_STEP, World
from engine.preview import preview, preview_at, run_moments
from engine.rulebook import read_rulebook
from tests.guarantee.drawn import arriving, calendars, cases, registries, stories_of
from tests.guarantee.drawn_rules import ladders, rulebooks
from tests.guarantee.stories import DAYS, FIRST, MoodyChannel
from tests.guarantee.test_month import Restarted, Shared, Teller, assert_nothing_new
from tests.guarantee.world import is_verified, rows_of
from tests.guarantee.worlds import Case, book, calendar_of, moments, office_of, runs_between
from usecases.configuration import WARNINGS
from usecases.deliver import pump
from usecases.look import plan_ahead
from usecases.remind import Planned, tick
from usecases.wiring import Office

WORLDS_AND_STORIES = cases().flatmap(lambda case: st.tuples(st.just(case), stories_of(case)))
QUIET_WORLDS_AND_STORIES = cases(with_quiet=True).flatmap(
    lambda case: st.tuples(st.just(case), stories_of(case))
)
WINDOW = (
    datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=HANOI),
    datetime(FIRST.year, FIRST.month, FIRST.day, 23, tzinfo=HANOI) + timedelta(days=DAYS),
)

HELD = "SELECT not_before FROM message WHERE state IN ('planned', 'held')"
LETTERS = """
    SELECT m.settled_at, m.post, m.channel, r.key, m.key FROM reminder r
    JOIN message m ON m.key = r.message_key"""
UNREACHED = "SELECT key FROM message WHERE state = 'failed_permanent'"
OPENED_LATE = """
    SELECT seq FROM record WHERE kind = 'held' AND data LIKE '%khi mở%'
    AND at > datetime('{:%Y-%m-%d %H:%M}', '-7 hours')"""


def tried(few: int, many: int):
    """Return a decorator that tries a property on a few worlds, or on many in the slow run.

    A world that breaks a promise is shown as it was found: making it smaller would take minutes.
    """
    phases = (Phase.explicit, Phase.generate)
    common = {
        "deadline": None,
        "report_multiple_bugs": False,
        "phases": phases,
        "suppress_health_check": [*HealthCheck],
    }

    def decorate(test):
        return pytest.mark.parametrize(
            "trying",
            [
                pytest.param(settings(max_examples=few, **common), id="few"),
                pytest.param(settings(max_examples=many, **common), id="many", marks=pytest.mark.slow),
            ],
        )(test)

    return decorate


class Doubting(Teller):
    """Asks again after every run, and then looks at everything."""

    def send(self, now) -> None:
        assert_nothing_new(tick(self.office, now))
        assert_nothing_new(tick(self.office, now, full=True))
        super().send(now)


@tried(1, 6)
def test_planning_twice_and_sweeping_find_nothing_new(sqlite_template: Path, trying):
    @trying
    @given(drawn=WORLDS_AND_STORIES)
    def property_(drawn):
        case, story = drawn
        with office_of(case, sqlite_template) as office:
            teller = Doubting(office, story).tell()
            incidents = rows_of(office, "SELECT seq FROM record WHERE kind = 'incident'")
            assert incidents == []
            assert is_verified(office)
            keys = [sent.letter.key for sent in teller.channel.sent]
            assert len(keys) == len(set(keys)), "nobody is told twice"

    property_()


@tried(1, 3)
@pytest.mark.parametrize("other", [Restarted, Shared])
def test_a_month_ends_the_same(sqlite_template: Path, other: type[Teller], trying):
    @trying
    @given(drawn=WORLDS_AND_STORIES)
    def property_(drawn):
        case, story = drawn
        with office_of(case, sqlite_template) as office:
            straight = Teller(office, story).tell().ledger()
        with office_of(case, sqlite_template) as office:
            assert other(office, story).tell().ledger() == straight

    property_()


# --- what was planned ahead is what is sent ---------------------------------------------------


@tried(4, 40)
def test_what_a_preview_shows_is_what_ticks_send(sqlite_template: Path, trying):
    """Whatever happened before, in the middle of a day: the same messages, silences and moments follow."""

    @trying
    @given(drawn=QUIET_WORLDS_AND_STORIES, days=st.integers(0, 20), hour=st.integers(0, 23))
    def property_(drawn, days, hour):
        case, story = drawn
        first = WINDOW[0] + timedelta(days=days, hours=hour, minutes=30)
        with office_of(case, sqlite_template) as office:
            lived_through(office, story, first)
            shown = plan_ahead(office, first, WINDOW[1])
            ticks = [told_at(office, now) for now in runs_between(office.world, first, WINDOW[1])]
            let_leave(office, WINDOW[1] + timedelta(days=90))
            assume(not rows_of(office, UNREACHED))  # nobody left a post while a letter to it was held
            assume(not rows_of(office, OPENED_LATE.format(first)))  # these ticks leave out days off
            assert sorted(told_of(m) for m in shown.messages) == letters_with(office, ticks)
            assert sorted(untold_of(now, s) for now, s in shown.suppressions) == sorted(
                untold_of(t.at, s) for t in ticks for s in t.suppressions
            )

    property_()


@tried(1, 8)
def test_ticks_between_the_moments_of_a_preview_tell_the_same_on_the_same_day(sqlite_template: Path, trying):
    """The service wakes every few minutes, at night and on days off too."""

    @trying
    @given(case=cases(lasting_gaps=True), hours=st.frozensets(st.integers(0, 23), max_size=3))
    def property_(case, hours):
        with office_of(case, sqlite_template) as office:
            shown = plan_ahead(office, *WINDOW).messages
            woken = woken_between(runs_between(office.world, *WINDOW), hours)
            sent = [message for now in woken for message in told_at(office, now).messages]
            assert by_day(shown) == by_day(sent)

    property_()


def lived_through(office: Office, story, until: datetime) -> None:
    """Let the first days of a story pass, everything arriving that may leave before `until`."""
    told = Teller(office, arriving(story))
    for now, deed in told.story.moments():
        if now < until and deed is not None:
            deed.happen(office)
        elif now < until:
            told_at(office, now)
    let_leave(office, until)


def told_at(office: Office, now: datetime) -> Planned:
    """Plan and send at a moment, once all has left that was held until one before it."""
    MoodyChannel(0).wire(office)
    let_leave(office, now)
    planned = tick(office, now)
    asyncio.run(pump(office, now))
    return planned


def let_leave(office: Office, until: datetime) -> None:
    """Send what is held at the moment at which it may leave, one moment after another."""
    while held := [at for (at,) in rows_of(office, HELD) if moment_of(at) < until]:
        asyncio.run(pump(office, moment_of(min(held))))


def letters_with(office: Office, ticks: list[Planned]):
    """Return when the reminders of these ticks left, to whom, and which of them in one letter."""
    planned = {r.key for t in ticks for m in t.messages for r in m.reminders}
    letters = defaultdict(set)
    for at, post, channel, key, message in rows_of(office, LETTERS):
        if key in planned:
            letters[moment_of(at), post, channel, message].add(key)
    return sorted((at, post, channel, sorted(keys)) for (at, post, channel, _), keys in letters.items())


def moment_of(at: object) -> datetime:
    """The moment that SQLite keeps as text."""
    return datetime.fromisoformat(str(at)).replace(tzinfo=UTC).astimezone(HANOI)


def untold_of(now: datetime, suppression):
    return now, suppression.key, str(suppression.reason)


def told_of(message):
    keys = sorted(reminder.key for reminder in message.reminders)
    return message.not_before, message.recipient.post, message.channel, keys


def by_day(messages):
    """Return what leaves on each day of the window: what is planned on its last days may leave after it."""
    found = defaultdict(set)
    for message in messages:
        if message.not_before <= WINDOW[1]:
            found[message.not_before.date()] |= {reminder.key for reminder in message.reminders}
    return found


def woken_between(runs: Sequence[datetime], hours: Iterable[int]) -> list[datetime]:
    """Return runs and, from the first of them on, the moments at some hours of every day."""
    return sorted({*runs, *(now for now in moments([*hours]) if now >= runs[0])})


# --- at any rhythm ----------------------------------------------------------------------------


@tried(12, 100)
def test_ticks_between_the_moments_of_steps_change_nothing(trying):
    """The service wakes every few minutes, at night and on days off too."""

    @trying
    @given(case=cases(lasting_gaps=True), hours=st.frozensets(st.integers(0, 23), max_size=4))
    def property_(case, hours):
        steps = run_moments(case.world.rulebook, case.world.calendar, *WINDOW)
        woken = woken_between([*steps], hours)
        assert by_day(preview(case.shares, case.world, {}, *WINDOW).messages) == by_day(
            preview_at(woken, case.shares, case.world, {}).messages
        )

    property_()


@tried(12, 100)
def test_a_tick_at_any_rhythm_tells_the_same_people_of_the_same_tasks(trying):
    """An outage may merge steps of one level; it never loses a level or invents one."""

    @trying
    @given(
        case=cases(lasting_gaps=True),
        every=st.integers(1, 9),
        hour=st.integers(0, 23),
        outages=st.frozensets(st.integers(0, 69), max_size=30),
    )
    def property_(case, every, hour, outages):
        assert people_told(case, moments([8, 14], 70)) == people_told(
            case, moments([hour], 70, outages)[::every]
        )

    property_()


def people_told(case: Case, looks: list[datetime]):
    """Return who was told of what once every step is past and the daily limits let everything through."""
    last = [moment + timedelta(days=70) for moment in moments([8, 14])]
    return {
        (r.assignment.id, r.due_on, r.recipient.post, r.step == FAULT_STEP)
        for message in preview_at([*looks, *last], case.shares, case.world, {}).messages
        for r in message.reminders
    }


@tried(25, 300)
def test_the_deadlines_a_stretch_of_time_touches_are_those_whose_step_falls_in_it(trying):
    @trying
    @given(
        text=rulebooks(),
        special=calendars(),
        since=st.datetimes(datetime(2025, 8, 1), datetime(2025, 12, 1)),
        hours=st.integers(0, 700),
    )
    def property_(text, special, since, hours):
        calendar = WorkCalendar(special)
        since = since.replace(tzinfo=HANOI)
        until = since + timedelta(hours=hours)
        days = [date(2025, 7, 1) + timedelta(days=n) for n in range(250)]
        for step in book(text).steps:
            falling = [day for day in days if since < step_falls_at(step, day, calendar) <= until]
            first, last = due_dates_touched(step, since, until, calendar) or (days[-1], days[0])
            assert falling == [day for day in days if first <= day <= last]

    property_()


# --- the order in which rules are written --------------------------------------------------------

CONDITIONS = (
    "unit: [SYT]",
    "unit: [STC, SXD]",
    "duty: có",
    "duty: không",
    'number: ["1", "2"]',
    'words: ["số 3", "số 4"]',
    "unit_kind: department",
)


@tried(12, 120)
def test_rules_in_another_order_give_the_same_plan_or_a_reported_conflict(trying):
    """What two orders both pass without a problem they plan alike, with priorities written or not."""

    @trying
    @given(
        conditions=st.lists(conditions(), unique=True, min_size=2, max_size=3),
        priorities=st.lists(st.none() | st.integers(1, 3), min_size=3, max_size=3),
        cut=st.integers(0, 3),
        ladder=ladders(),
        shares=registries(),
    )
    def property_(conditions, priorities, cut, ladder, shares):
        rules = list(zip(conditions, priorities, strict=False))
        plans = {
            plan_under(files, shares)
            for order in permutations(range(len(rules)))
            if is_clean(files := written(rules, order, ladder, cut))
        }
        assume(plans)
        assert len(plans) == 1

    property_()


def conditions() -> st.SearchStrategy[str]:
    """One condition or two, so that rules may overlap in part."""
    key = lambda condition: condition.partition(":")[0]  # noqa: E731
    chosen = st.lists(st.sampled_from(CONDITIONS), unique_by=key, min_size=1, max_size=2)
    return chosen.map(lambda few: ", ".join(sorted(few)))


def written(rules, order, ladder, cut: int) -> dict[str, str]:
    """Return rules in an order, the first of them in a file of their own.

    Each has a policy of its own that differs in its step's name alone.
    """
    lines = ["policies:"]
    for n, _ in enumerate(rules):
        steps = [line.replace("id: ", f"id: p{n}-") for line in ladder]
        lines += [f"  - id: p{n}", "    steps:", *steps]
    files = {"a.yml": lines, "b.yml": [], "c.yml": []}
    for place, n in enumerate(order):
        condition, priority = rules[n]
        of_file = files["b.yml" if place < cut else "c.yml"]
        of_file += [] if of_file else ["rules:"]
        of_file += [f"  - id: r{n}", f"    policy: p{n}"]
        of_file += [f"    priority: {priority}"] if priority else []
        of_file.append(f"    when: {{{condition}}}")
    return {name: "\n".join(lines) + "\n" for name, lines in files.items() if lines}


def is_clean(files: dict[str, str]) -> bool:
    return {problem.code for problem in read_rulebook(files)[1]} <= WARNINGS


def plan_under(files: dict[str, str], shares):
    contacts = Case("", (), (), shares).contacts
    world = World(read_rulebook(files)[0], calendar_of(()), contacts)
    shown = preview(shares, world, {}, *WINDOW)
    return tuple(sorted((m.not_before, r.key) for m in shown.messages for r in m.reminders))
