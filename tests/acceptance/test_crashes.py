"""One message for one person, nothing about what is done, and nothing lost when a worker dies.

Cases 47, 53 and 57 of the team's list; every other instant is tried by the crash matrix.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.model import FactKind
from store import outbox
from store.outbox import Settlement
from tests.guarantee.world import (
    ScriptedNotifier,
    a_row,
    act,
    at,
    bring,
    is_verified,
    office_at,
    rows_of,
    run,
    with_notifier,
)
from usecases.deliver import LEASE, pump
from usecases.remind import tick

DUE = at("2025-09-30")
IN_ORDER = "SELECT unit_code FROM message ORDER BY level, not_before, key"
AFTER_THE_LEASE = DUE + LEASE + timedelta(minutes=1)


class Killed(BaseException):
    """The process is gone."""


class Dying(ScriptedNotifier):
    """Loses the process before or after it has handed the letter over."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = when

    async def send(self, letter, address):
        if self.when == "before":
            raise Killed
        await super().send(letter, address)
        raise Killed


def test_47_what_several_rules_and_tasks_tell_one_person_in_one_run_is_one_message(office):
    notifier = ScriptedNotifier()
    with_notifier(office, notifier)
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "1/10/2025"), a_row(3, "3/10/2025")])
    tick(office, at("2025-08-01"))
    run(office, DUE)

    assert [sent.letter.recipient.post for sent in notifier.sent] == ["SYT/contact"]
    assert all(f"số {number}" in notifier.sent[0].said for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (FactKind.REPORTED, {"document": "7/BC", "on": DUE.date()}),
        (FactKind.CANCELLED, {}),
        (FactKind.EXTENDED, {"document": "12/UBND", "due_on": at("2025-12-01").date()}),
    ],
)
def test_53_what_is_settled_in_the_second_of_the_send_is_not_told(office, kind, more):
    """The fact is committed while the letter before it is with the provider."""
    tasks = {"SNV": 1, "STC": 2}

    class Busy(ScriptedNotifier):
        async def send(self, letter, address):
            if not self.sent:
                act(office, tasks[second], kind, DUE, second, **more)
            return await super().send(letter, address)

    notifier = Busy()
    with_notifier(office, notifier)
    bring(office, [a_row(1, "30/9/2025", "Sở Nội vụ"), a_row(2, "30/9/2025", "Sở Tài chính")])
    tick(office, DUE)
    first, second = (str(unit) for (unit,) in rows_of(office, IN_ORDER))
    asyncio.run(pump(office, DUE))

    assert [sent.letter.recipient.unit.code for sent in notifier.sent] == [first]
    states = rows_of(office, "SELECT post, state FROM reminder WHERE step = 'den-han' ORDER BY state")
    assert states == [(f"{first}/contact", "planned"), (f"{second}/contact", "suppressed")]


@pytest.mark.parametrize(("when", "copies"), [("before", 1), ("after", 2)])
def test_57_a_worker_killed_around_the_send_leaves_the_message_to_the_next_flagged(office, when, copies):
    dying, next_one = Dying(when), ScriptedNotifier()
    with_notifier(office, dying)
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, DUE)
    with pytest.raises(Killed):
        asyncio.run(pump(office, DUE))
    with_notifier(office, next_one)
    asyncio.run(pump(office, AFTER_THE_LEASE))
    names = [sent.letter.message_id for sent in (*dying.sent, *next_one.sent)]

    assert (len(names), len(set(names))) == (copies, 1)
    assert rows_of(office, "SELECT state, possible_duplicate FROM message") == [("delivered", 1)]
    assert is_verified(office)


def test_57_whoever_lost_the_claim_settles_nothing(office):
    with_notifier(office, ScriptedNotifier())
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, DUE)
    with office.database.writing() as session:
        (late,) = outbox.claim(session, DUE, "một", LEASE, "mailbox")
    asyncio.run(pump(office, AFTER_THE_LEASE, "hai"))
    with office.database.writing() as session:
        lost = outbox.settle(session, [Settlement(late, "failed_temporary")], AFTER_THE_LEASE)

    assert lost == [late.key]
    assert rows_of(office, "SELECT state, owner FROM message") == [("delivered", "hai")]


def test_57_two_workers_tell_everybody_once(office):
    notifier = ScriptedNotifier()
    with_notifier(office, notifier)
    names = ("Sở Y tế", "Sở Tài chính", "Sở Xây dựng", "Sở Nội vụ", "Sở Công Thương", "Sở Tư pháp")
    bring(office, [a_row(n, "30/9/2025", name) for n, name in enumerate(names, 1)])
    settings = office.settings
    workers = [
        office_at(settings.database_url, settings.home, notifiers={"mailbox": notifier}) for _ in range(2)
    ]

    def work(pair):
        number, worker = pair
        tick(worker, DUE)
        asyncio.run(pump(worker, DUE, f"máy {number}"))
        worker.database.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, enumerate(workers)))

    assert len(notifier.sent) == len({sent.letter.key for sent in notifier.sent}) == len(names)
