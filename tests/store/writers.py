"""What other processes do to a database while a test looks on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from engine.model import Fact, FactKind, Unit, UnitKind
from store import outbox, records, registry
from store.database import open_database

MORNING = datetime(2025, 9, 30, 1, tzinfo=UTC)


def append_records(url: str, writer: int, count: int) -> None:
    """Append `count` records, one transaction each."""
    database = open_database(url)
    for n in range(count):
        with database.writing() as session:
            records.append(session, MORNING, "thử", f"người ghi {writer}", {"n": n})


def read_then_add(url: str, count: int) -> None:
    """Add one to a number `count` times, reading it first."""
    database = open_database(url)
    for _ in range(count):
        with database.writing() as session:
            connection = session.connection()
            owner = connection.execute(sa.text("SELECT owner FROM lease WHERE name = 'đếm'")).scalar_one()
            change = sa.text("UPDATE lease SET owner = :owner WHERE name = 'đếm'")
            connection.execute(change, {"owner": str(int(owner) + 1)})


def claim_all(url: str, owner: str) -> list[str]:
    """Claim messages one by one until none is left; return their keys."""
    database = open_database(url)
    claimed: list[str] = []
    while True:
        with database.writing() as session:
            claims = outbox.claim(session, MORNING, owner, timedelta(minutes=10), "mailbox", 3)
        if not claims:
            return claimed
        claimed += [claim.key for claim in claims]


def acknowledge(url: str, assignment_id: str, count: int) -> None:
    """Record `count` acknowledgements of one assignment, one transaction each."""
    database = open_database(url)
    for n in range(count):
        with database.writing() as session:
            fact = Fact(FactKind.ACKNOWLEDGED, MORNING + timedelta(seconds=n))
            registry.add_facts(session, _unit_of, [(assignment_id, fact)])


def _unit_of(code: str) -> Unit:
    return Unit(code, code, UnitKind.DEPARTMENT)
