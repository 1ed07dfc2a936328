"""Does it matter how often the service is cut off, or how many of it there are?

A life is lived once undisturbed, and once more by processes that lose their power in the
middle of ticks and letters, or by workers that all do everything at the same moment.
"""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine.model import HANOI
from notifiers.base import DeliveryFailed, Letter
from tests.guarantee.killing import watch
from tests.guarantee.lives import Life, Liver, lives
from tests.guarantee.stories import MoodyChannel, no_such_box
from tests.guarantee.test_properties import tried
from tests.guarantee.world import is_verified, office_at, rows_of
from tests.guarantee.worlds import Case, office_of, office_on
from usecases.deliver import LEASE, pump
from usecases.remind import tick
from usecases.wiring import Office

REMINDERS = "SELECT key, assignment_id, step, level, post, state, suppression, message_key FROM reminder"
MESSAGES = "SELECT key, post, level, state FROM message"
AFTER_THE_LEASE = LEASE + timedelta(minutes=1)
Offices = Callable[[Case], AbstractContextManager[Office]]


def ended(office: Office, *statements: str) -> list[list[tuple[object, ...]]]:
    """Return what the ledger says at the end, in an order of its own."""
    assert is_verified(office)
    return [sorted(map(repr, rows_of(office, statement))) for statement in statements]


# --- cut off ------------------------------------------------------------------------------------


class PowerCut(BaseException):
    """Nothing the process does from here on reaches the database or a reader."""


@dataclass
class Fuse:
    """Blows at its n-th point, and lets nothing through from then on; 0 never blows."""

    blows_at: int
    passed: int = 0

    def __call__(self, kind: str) -> None:
        self.passed += 1
        if 0 < self.blows_at <= self.passed:
            raise PowerCut(kind)


@dataclass
class CutOff(Liver):
    """The same life by a process that is cut off in its ticks and letters, and started anew."""

    in_ticks: tuple[int, ...] = (0,)
    in_letters: tuple[int, ...] = (0,)
    forgets: bool = False  # whether the watermarks are lost with the process
    cuts: int = 0

    def look(self, now: datetime) -> None:
        turn = len(self.planned)
        self.until_done(self.in_ticks[turn % len(self.in_ticks)], lambda: self.plan(now))
        in_letters = self.in_letters[turn % len(self.in_letters)]
        if self.until_done(in_letters, lambda: asyncio.run(pump(self.office, now))):
            asyncio.run(pump(self.office, now + AFTER_THE_LEASE))

    def plan(self, now: datetime) -> None:
        self.planned.append(tick(self.office, now))

    def until_done(self, point: int, work: Callable[[], None]) -> bool:
        """Do some work, cut off at a point; then do it again. Return whether it was cut off."""
        watch(self.office, Fuse(point))
        try:
            work()
            is_cut = False
        except PowerCut:
            is_cut = True
            self.cuts += 1
        self.start_anew()
        if is_cut:
            work()
        return is_cut

    def start_anew(self) -> None:
        settings = self.office.settings
        self.office.database.close()
        parts = {name: getattr(self.office, name) for name in ("rulebook", "contacts", "world")}
        self.office = office_at(settings.database_url, settings.home, **parts)
        self.channel.wire(self.office)
        if self.forgets:
            with self.office.database.writing() as session:
                session.connection().execute(sa.text("DELETE FROM watermark"))


POINTS = st.lists(st.sampled_from((0, 0, *range(1, 40))), min_size=1, max_size=5).map(tuple)


@tried(4, 30)
def test_a_life_cut_off_anywhere_ends_as_an_undisturbed_one(sqlite_template: Path, trying):
    """A letter in hand may come twice, flagged; a bad channel answers by attempts, so then only ticks end."""

    @trying
    @given(
        life=lives(is_clock_wrong=False, is_refusing=False),
        in_ticks=POINTS,
        in_letters=POINTS,
        forgets=st.booleans(),
    )
    def property_(life: Life, in_ticks, in_letters, forgets):
        in_letters = (0,) if life.mood else in_letters
        with office_of(life.case, sqlite_template) as office:
            straight = Liver(office, life).live()
            expected = ended(office, REMINDERS, MESSAGES)
        with office_of(life.case, sqlite_template) as office:
            other = CutOff(office, life, [], in_ticks, in_letters, forgets)
            other.live()
            assert ended(other.office, REMINDERS, MESSAGES) == expected
            other.office.database.close()
        arrived = Counter(sent.letter.key for sent in other.channel.sent)
        assert set(arrived) == {sent.letter.key for sent in straight.channel.sent}
        assert arrived.total() - len(arrived) <= other.cuts

    property_()


# --- in company ---------------------------------------------------------------------------------


class OfOneMind(MoodyChannel):
    """A moody channel that knows an address all day or not at all.

    Else it would matter who asks first: where one letter is told that nobody lives there, those that
    leave later go elsewhere, and those that left at the same moment have arrived.
    """

    def refusal(self, letter: Letter, address: str, attempt: int) -> DeliveryFailed | None:
        if self.mood and self.roll(address, letter.at.astimezone(HANOI).date()) == 1:
            return no_such_box()
        failure = super().refusal(letter, address, attempt)
        return None if failure is not None and failure.permanent else failure


@dataclass
class Alone(Liver):
    """The same life by one worker, on a channel of one mind."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.channel = OfOneMind(self.life.mood)
        self.channel.wire(self.office)


@dataclass
class InCompany(Alone):
    """The same life by workers with connections of their own that do everything at once."""

    workers: int = 3

    def look(self, now: datetime) -> None:
        offices = [self.another() for _ in range(self.workers)]
        with ThreadPoolExecutor(self.workers) as pool:
            for planned in pool.map(lambda office: tick(office, now), offices):
                self.planned.append(planned)
            list(pool.map(lambda pair: asyncio.run(pump(pair[1], now, f"máy {pair[0]}")), enumerate(offices)))
        for office in offices:
            office.database.close()

    def another(self) -> Office:
        parts = {name: getattr(self.office, name) for name in ("rulebook", "contacts", "world", "notifiers")}
        settings = self.office.settings
        return office_at(settings.database_url, settings.home, **parts)


@pytest.fixture(params=["sqlite", "postgresql"])
def offices(request: pytest.FixtureRequest, sqlite_template: Path) -> Offices:
    """Gives a new office of a case on either database."""
    if request.param == "sqlite":
        return lambda case: office_of(case, sqlite_template)
    template: str = request.getfixturevalue("postgresql_template")
    return lambda case: office_on_server(case, template)


@contextmanager
def office_on_server(case: Case, template: str) -> Iterator[Office]:
    name, source = f"dondoc_company_{uuid.uuid4().hex}", sa.make_url(template)
    execute(template, f'CREATE DATABASE "{name}" TEMPLATE "{source.database}"')
    url = source.set(database=name).render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory() as home, office_on(case, url, Path(home)) as office:
        yield office
    execute(template, f'DROP DATABASE "{name}" WITH (FORCE)')


def execute(url: str, statement: str) -> None:
    address = sa.make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


@tried(2, 16)
def test_many_workers_tell_what_one_tells(offices: Offices, sqlite_template: Path, trying):
    @trying
    @given(life=lives(is_clock_wrong=False, is_refusing=False), workers=st.integers(2, 4))
    def property_(life: Life, workers: int):
        with office_of(life.case, sqlite_template) as office:
            straight = Alone(office, life).live()
            expected = ended(office, REMINDERS, MESSAGES)
        with offices(life.case) as office:
            company = InCompany(office, life, [], workers).live()
            assert ended(office, REMINDERS, MESSAGES) == expected
        assert told(company) == told(straight), "what was planned was planned by one"
        assert arrived(company) == arrived(straight)

    property_()


def told(liver: Liver) -> Counter[str]:
    return Counter(message.key for planned in liver.planned for message in planned.messages)


def arrived(liver: Liver) -> Counter[str]:
    return Counter(sent.letter.key for sent in liver.channel.sent)
