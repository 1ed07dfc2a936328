"""A small office for tests: the shipped rules, calendar and posts over a registry of a few tasks.

What is read from the configuration folder is read once; every office still has a database
and a folder of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from engine.deadline import read_deadline
from engine.messages import MessageDraft
from engine.model import HANOI, Document, Fact, FactKind
from notifiers.base import DeliveryFailed, Letter, Notifier, Receipt
from store import records
from usecases.act import record
from usecases.bring_in import Brought, put_in_force
from usecases.deliver import Delivered, pump
from usecases.remind import Planned, tick
from usecases.settings import PROJECT, Settings
from usecases.staged import Staged, StagedTask
from usecases.wiring import Office

CONFIG = PROJECT / "config"
READ_ONCE = ("directory", "rulebook", "contacts", "channels", "world")
PLAN = Document("KH-THỬ", "Kế hoạch thử", "01/KH-UBND", date(2025, 7, 1), "UBND tỉnh")


def at(text: str) -> datetime:
    """Return a local moment; a bare date means 08:00."""
    moment = datetime.fromisoformat(text if " " in text else f"{text} 08:00")
    return moment.replace(tzinfo=HANOI)


def a_row(
    number: int, deadline: str, lead: str = "Sở Y tế", supporting: str = "", note: str = ""
) -> StagedTask:
    """Return one row of a plan as it would be read from an annex."""
    directory = _read_once().directory
    title = f"Việc thử số {number}"
    return StagedTask(
        f"{PLAN.code}/{number}", str(number), title, title, "", directory.resolve(lead),
        directory.resolve(supporting), read_deadline(deadline, PLAN.issued_on), note=note,
    )  # fmt: skip


def bring(office: Office, rows: Iterable[StagedTask], when: str = "2025-07-01 09:00") -> Brought:
    """Put a plan of these rows in force."""
    return put_in_force(office, Staged(PLAN, (), tuple(rows), ()), at(when), "thử", b"")


def office_at(url: str, home: Path, **parts: object) -> Office:
    """Return an office on a database; `parts` replace what would be wired, e.g. `notifiers`."""
    office = Office(Settings(home=home, config=CONFIG, database_url=url))
    shared = {name: getattr(_read_once(), name) for name in READ_ONCE}
    office.__dict__.update(shared | parts)
    return office


def reopened(office: Office) -> Office:
    """Return the office as another process would open it; the channels stay those of the test."""
    office.database.close()
    return office_at(office.settings.database_url, office.settings.home, notifiers=office.notifiers)


def run(office: Office, now: datetime) -> tuple[Planned, Delivered]:
    """Do what the service does at one moment: a tick, then the outbox."""
    return tick(office, now), asyncio.run(pump(office, now))


def act(office: Office, task: int | str, kind: FactKind, when: datetime, unit: str | None = None, **more):
    """Record a fact about one unit's share of a task of the small plan."""
    return record(office, f"{PLAN.code}/{task}", unit, Fact(kind, when, "người thử", **more))


@dataclass(frozen=True)
class Sent:
    """A letter as the channel took it."""

    letter: Letter
    address: str

    @property
    def said(self) -> str:
        return self.letter.text


class ScriptedNotifier:
    """A channel that answers as told: one failure after another from `script`, then takes everything."""

    channel = "mailbox"
    batch = 1
    repeats_safely = True
    state: Literal["sent", "delivered"] = "delivered"

    def __init__(self, *script: DeliveryFailed | None) -> None:
        self.script = list(script)
        self.sent: list[Sent] = []
        self.tried: list[Sent] = []

    async def send(self, letter: Letter, address: str) -> Receipt:
        self.tried.append(Sent(letter, address))
        failure = self.script.pop(0) if self.script else None
        if failure is not None:
            raise failure
        self.sent.append(Sent(letter, address))
        return Receipt(letter.message_id, self.state)

    async def close(self) -> None:
        """Nothing is held open."""


def with_notifier(office: Office, notifier: Notifier) -> Office:
    """Return the same office with one channel in place of its own."""
    office.__dict__["notifiers"] = {notifier.channel: notifier}
    return office


def rows_of(office: Office, sql: str, **values: object) -> list[tuple[object, ...]]:
    """Return what a query finds in the office's database."""
    with office.database.reading() as session:
        return [tuple(row) for row in session.connection().execute(sa.text(sql), values)]


def is_verified(office: Office) -> bool:
    """Whether the compliance log is whole."""
    with office.database.reading() as session:
        return records.verify(session).ok


def steps_of(messages: Iterable[MessageDraft]) -> list[str]:
    """Return the steps a run planned, in the order of its messages."""
    return [reminder.step for message in messages for reminder in message.reminders]


@cache
def _read_once() -> Office:
    return Office(Settings(home=Path("/nonexistent"), config=CONFIG))
