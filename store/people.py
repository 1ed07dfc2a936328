"""What do the rows say about one person, and how is it blanked?

Chained records are left alone: they carry marks of what stood here, and verify ever after.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from store import records
from store.addresses import AddressStatus
from store.channel_tables import ADDRESS, AddressRow
from store.tables import MESSAGE, REMINDER, MessageRow, ReminderRow

ERASED = "(đã xóa)"


def messages_to(session: Session, post: str, person: str) -> list[dict[str, Any]]:
    """Return the messages to one person, oldest first."""
    columns = (
        MESSAGE.key, MESSAGE.channel, MESSAGE.planned_at, MESSAGE.state, MESSAGE.settled_at,
        MESSAGE.subject, MESSAGE.error,
    )  # fmt: skip
    statement = sa.select(*columns).where(MESSAGE.post == post, MESSAGE.person == person)
    rows = session.connection().execute(statement.order_by(MESSAGE.planned_at, MESSAGE.key))
    return [dict(row._mapping) for row in rows]


def erase_addresses(session: Session, post: str, person: str, at: datetime, *, keeps_name: bool) -> int:
    """Blank the addresses of one person; with their name the rows stay a refusal of the channels."""
    mine = (ADDRESS.post == post, ADDRESS.person == person)
    change = {"address": "", "evidence": ERASED, "status": AddressStatus.ERASED, "source": "admin", "at": at}
    if not keeps_name:
        change["person"] = f"{ERASED} {hashlib.sha256(person.encode()).hexdigest()[:16]}"
    statement = sa.update(AddressRow).where(*mine).values(**change).returning(ADDRESS.channel)
    channels = sorted(session.connection().execute(statement).scalars())
    entries = [records.Entry(at, "address-erased", post, {"channel": channel}) for channel in channels]
    records.append_many(session, entries)
    return len(channels)


def erase_messages(session: Session, post: str, person: str) -> int:
    """Blank one person's name, and the words of failures, in messages to them and in what others read."""
    named = sa.update(ReminderRow).where(REMINDER.reason.contains(person, autoescape=True))
    session.connection().execute(named.values(reason=sa.func.replace(REMINDER.reason, person, ERASED)))
    mine = (MESSAGE.post == post, MESSAGE.person == person)
    change = {"person": ERASED, "error": "", "subject": ""}
    return session.connection().execute(sa.update(MessageRow).where(*mine).values(**change)).rowcount
