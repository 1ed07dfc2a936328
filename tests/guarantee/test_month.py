"""Do the promises hold over a month of whatever may happen?

Every send inside the sending hours; one message a person, channel and run; nothing about
what was reported; no level skipped; nobody told twice; a run taken apart by restarts, or
shared by two workers, tells the same.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings

from engine.contacts import read_contacts
from engine.escalation import next_sending_moment
from engine.model import HANOI
from engine.planning import FAULT_STEP, NOTICE_STEP
from engine.rulebook import read_rulebook
from engine.status import standing_of
from store import registry
from tests.guarantee.stories import MUCH, ROWS, MoodyChannel, Story, stories
from tests.guarantee.world import CONFIG, at, bring, is_verified, office_at, rows_of
from tests.guarantee.worlds import runs_between
from usecases.bring_in import bring_in_defaults
from usecases.deliver import pump
from usecases.look import plan_ahead
from usecases.remind import Planned, tick
from usecases.wiring import Office

SMALL_LIMITS = (("tasks_per_day: 10", "tasks_per_day: 1"), ("tasks_per_day: 30", "tasks_per_day: 2"))
VACANT = ("unit: SNV, role: contact", "unit: SXD, role: head")
LEDGER = (
    "SELECT key, assignment_id, step, level, post, state, suppression, message_key FROM reminder"
    " ORDER BY key",
    "SELECT key, post, state, attempts, possible_duplicate, level FROM message ORDER BY key",
)
A_LONG_SILENCE = Story(outages=frozenset(range(3, 30)))
A_BUSY_MONTH = Story(MUCH, frozenset({5, 22, 23}), mood=7)
STORIES = {
    "nobody acts": Story(),
    "the service is down for four weeks": A_LONG_SILENCE,
    "much happens": A_BUSY_MONTH,
    "a bad channel": Story(mood=3),
    "another bad channel": Story(mood=11),
}


class Teller:
    """Tells a story to an office and watches what every run plans."""

    def __init__(self, office: Office, story: Story, asks_again: bool = False) -> None:
        self.office, self.story, self.asks_again = office, story, asks_again
        self.channel = story.channel
        self.planned: list[Planned] = []
        self._wire()

    def tell(self) -> Teller:
        for n, (now, deed) in enumerate(self.story.moments()):
            self.between()
            if deed is not None:
                deed.happen(self.office)
                continue
            self.planned.append(tick(self.office, now))
            if self.asks_again and n % 2:
                assert_nothing_new(tick(self.office, now))
            if self.asks_again and n % 3 == 0:
                assert_nothing_new(tick(self.office, now, full=True))
            self.send(now)
        return self

    def between(self) -> None:
        """What happens to the process between two moments: nothing."""

    def send(self, now) -> None:
        asyncio.run(pump(self.office, now))

    def ledger(self) -> list[list[tuple[object, ...]]]:
        return [rows_of(self.office, statement) for statement in LEDGER]

    def _wire(self) -> None:
        self.channel.wire(self.office)


class Restarted(Teller):
    """The same, by a process that is started anew before every step."""

    def between(self) -> None:
        self.office.database.close()
        parts = {name: getattr(self.office, name) for name in ("rulebook", "contacts", "world")}
        self.office = office_at(self.office.settings.database_url, self.office.settings.home, **parts)
        self._wire()


class Shared(Teller):
    """The same, the outbox emptied by two workers at once."""

    def send(self, now) -> None:
        failures: list[BaseException] = []

        def work(owner: str) -> None:
            try:
                asyncio.run(pump(self.office, now, owner))
            except BaseException as failure:
                failures.append(failure)

        workers = [Thread(target=work, args=(owner,)) for owner in ("một", "hai")]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert failures == []


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=stories())
@pytest.mark.slow
def test_whatever_happens_in_a_month_the_promises_hold(sqlite_template: Path, story: Story):
    with a_new_office(sqlite_template) as office:
        assert_promises_hold(Teller(office, story, asks_again=True).tell())


@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
def test_the_promises_hold_in(sqlite_template: Path, name: str):
    with a_new_office(sqlite_template) as office:
        assert_promises_hold(Teller(office, STORIES[name], asks_again=True).tell())


@pytest.mark.slow
def test_the_promises_hold_on_both_databases_with_the_same_words(database_url: str, tmp_path: Path):
    with an_office(database_url, tmp_path) as office:
        teller = Teller(office, A_BUSY_MONTH).tell()
        assert_promises_hold(teller)
        levels = Counter(row[3] for row in teller.ledger()[0] if row[5] == "planned")
    assert set(levels) >= {1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("teller", "name"),
    [(Restarted, "much happens"), (Shared, "much happens"), (Shared, "another bad channel")],
)
def test_a_month_ends_the_same(sqlite_template: Path, teller: type[Teller], name: str):
    with a_new_office(sqlite_template) as office:
        straight = Teller(office, STORIES[name]).tell().ledger()
    with a_new_office(sqlite_template) as office:
        other = teller(office, STORIES[name]).tell()
        assert_promises_hold(other)
        assert other.ledger() == straight


def assert_nothing_new(planned: Planned) -> None:
    assert (planned.messages, planned.suppressions) == ((), ())


def assert_promises_hold(teller: Teller) -> None:
    office, channel = teller.office, teller.channel
    for planned in teller.planned:
        addressed = Counter((m.recipient.addresses[m.channel], m.channel) for m in planned.messages)
        assert set(addressed.values()) <= {1}, "one message a person, channel and run"
    for sent in channel.sent:
        moment = sent.letter.at
        opens_at = next_sending_moment(moment, office.rulebook.sending, office.world.calendar)
        assert opens_at == moment, "inside the sending hours of a working day"
    arrived = Counter(sent.letter.key for sent in channel.sent)
    assert set(arrived.values()) <= {1}, "nobody is told twice"
    assert all(len(ids) == 1 for ids in channel.ids.values()), "a repeat bears the same Message-ID"
    assert_only_what_is_owed(teller)
    assert_no_level_skipped(office)
    assert rows_of(office, "SELECT seq FROM record WHERE kind = 'incident'") == []
    assert is_verified(office)


def assert_only_what_is_owed(teller: Teller) -> None:
    office = teller.office
    with office.database.reading() as session:
        shares = {a.id: a for a in registry.assignments(session, office.directory.unit)}
    told: dict[object, list[tuple[str, str]]] = {}
    statement = "SELECT message_key, assignment_id, due_on, step FROM reminder WHERE state = 'planned'"
    for key, assignment, due_on, step in rows_of(office, statement):
        told.setdefault(key, []).append((str(assignment), str(due_on), str(step)))
    for sent in teller.channel.sent:
        assert told.get(sent.letter.key), "never an empty letter"
        for assignment, due_on, step in told[sent.letter.key]:
            if step == NOTICE_STEP:  # what is laid before the coordinator chases nobody
                continue
            standing = standing_of(shares[assignment], sent.letter.at)
            assert standing.is_chased, f"{assignment} was told of at {sent.letter.at}: {standing.status}"
            assert standing.due_on == date.fromisoformat(due_on), "only the deadline in force is spoken of"


def assert_no_level_skipped(office: Office) -> None:
    """A level is told only after the one below was, on an earlier day, or could not be."""
    statement = """
        SELECT r.assignment_id, r.due_on, r.level, r.step, r.decided_at, m.state, m.settled_at
        FROM reminder r JOIN message m ON m.key = r.message_key WHERE r.state = 'planned'"""
    rows = [row for row in rows_of(office, statement) if row[3] not in {FAULT_STEP, NOTICE_STEP}]
    for assignment, due_on, level, step, decided_at, _, _ in rows:
        if not isinstance(level, int) or level < 2:
            continue
        below = [row for row in rows if row[:3] == (assignment, due_on, level - 1)]
        reached = [
            row
            for row in below
            if (row[5] == "delivered" and day_of(row[6]) < day_of(decided_at))
            or (row[5] == "failed_permanent" and str(row[6]) <= str(decided_at))
        ]
        assert reached or is_vacant(office, str(assignment), level - 1, decided_at), (assignment, step)


def is_vacant(office: Office, assignment: str, level: int, when: object) -> bool:
    unit = assignment.partition("@")[2]
    role = {1: "contact", 2: "head"}.get(level, "")
    return office.contacts.at_post(f"{unit}/{role}", day_of(when)) is None if role else False


def day_of(moment: object) -> date:
    """The local day of a moment as the database gives it: UTC, as text or as a moment."""
    found = datetime.fromisoformat(str(moment))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(HANOI).date()


# --- what was planned ahead is what is sent ---------------------------------------------------


def sent_by_ticks(office: Office, first, last):
    """What ticks plan at the moments of the preview, everything arriving."""
    MoodyChannel(0).wire(office)
    told = []
    for now in runs_between(office.world, first, last):
        told += [(now, *of_message(message)) for message in tick(office, now).messages]
        asyncio.run(pump(office, now))
    return told


def of_message(message):
    return message.recipient.post, message.channel, frozenset(r.key for r in message.reminders)


def previewed(office: Office, first, last):
    return [(m.not_before, *of_message(m)) for m in plan_ahead(office, first, last).messages]


@pytest.mark.slow
def test_what_a_preview_shows_is_what_ticks_send(sqlite_template: Path):
    first, last = at("2025-08-20 00:00"), at("2025-11-05 23:00")
    with a_new_office(sqlite_template) as office:
        shown = previewed(office, first, last)

        assert shown == sent_by_ticks(office, first, last)
    assert len(shown) > 30


@pytest.mark.slow
def test_what_a_preview_shows_of_the_shipped_plans_is_what_ticks_send(sqlite_template: Path, tmp_path: Path):
    first, last = at("2025-12-29 00:00"), at("2026-01-06 23:00")
    database = shutil.copy(sqlite_template, tmp_path / "dondoc.db")
    office = office_at(f"sqlite:///{database}", tmp_path)
    bring_in_defaults(office, at("2025-10-20"))
    tick(office, at("2025-12-26 09:00"))
    MoodyChannel(0).wire(office)
    asyncio.run(pump(office, at("2025-12-26 09:00")))
    shown = previewed(office, first, last)

    assert shown == sent_by_ticks(office, first, last)
    assert len(shown) > 300
    office.database.close()


@contextmanager
def a_new_office(template: Path) -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(template, Path(folder) / "dondoc.db")
        with an_office(f"sqlite:///{copy}", Path(folder)) as office:
            yield office


@contextmanager
def an_office(url: str, home: Path) -> Iterator[Office]:
    """An office with the plan of the stories, small limits, and two posts nobody holds."""
    text = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    for old, new in SMALL_LIMITS:
        assert old in text
        text = text.replace(old, new)
    book, problems = read_rulebook({"mac-dinh.yml": text})
    assert problems == []
    office = office_at(url, home, rulebook=book)
    lines = (CONFIG / "people.yml").read_text("utf-8").splitlines()
    people = "\n".join(line for line in lines if not any(post in line for post in VACANT))
    contacts, _ = read_contacts(people, "people.yml", office.directory)
    office.__dict__.update(contacts=contacts, world=replace(office.world, rulebook=book, contacts=contacts))
    bring(office, ROWS)
    yield office
    office.database.close()
