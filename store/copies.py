"""Which chats went unanswered, so that the mail, which is the record, says it too?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from store import records
from store.ledger import ARRIVED
from store.outbox import EMPTY, successor_key
from store.tables import MESSAGE, MessageRow


def uncopied(
    session: Session, channels: Collection[str], since: datetime, until: datetime
) -> list[MessageRow]:
    """Return the messages that left through `channels` from `since` to `until` and have no copy yet."""
    copies = sa.select(MESSAGE.copy_of).where(MESSAGE.copy_of != "")
    statement = (
        sa.select(MessageRow)
        .where(
            MESSAGE.state.in_(ARRIVED),
            MESSAGE.channel.in_(channels),
            MESSAGE.settled_at.between(since, until),
            MESSAGE.copy_of == "",
            MESSAGE.key.not_in(copies),
        )
        .order_by(MESSAGE.settled_at, MESSAGE.key)
    )
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def copy(session: Session, messages: Iterable[MessageRow], channel: str, at: datetime) -> None:
    """Write a copy of each message for `channel`; the reminders stay with the message they left in."""
    rows: list[dict[str, Any]] = [
        {
            **EMPTY, "key": successor_key(message.key, channel), "post": message.post,
            "person": message.person, "unit_code": message.unit_code, "channel": channel,
            "level": message.level, "planned_at": at, "not_before": at, "state": DeliveryState.PLANNED,
            "fallbacks": [], "copy_of": message.key, "possible_duplicate": False,
        }
        for message in messages
    ]  # fmt: skip
    if not rows:
        return
    session.connection().execute(sa.insert(MessageRow), rows)
    entries = [
        records.Entry(at, "message-copied", row["copy_of"], {"to": channel, "message": row["key"]})
        for row in rows
    ]
    records.append_many(session, entries)
