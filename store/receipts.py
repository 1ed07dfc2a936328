"""What did a channel say afterwards about a message that had left?

A receipt moves a message forward only: sent → delivered → read. It may settle what was
unknown; one that comes before the message is known here is somebody else's to keep and ask again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from store import records, registry
from store.outbox import pass_on, reminders_in, successor_key
from store.tables import MESSAGE, MessageRow

_BEFORE = {
    DeliveryState.DELIVERED: (DeliveryState.SENT, DeliveryState.UNKNOWN),
    DeliveryState.READ: (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.UNKNOWN),
    DeliveryState.FAILED_PERMANENT: (DeliveryState.SENT, DeliveryState.UNKNOWN),
}
_ON_THE_WAY = (
    DeliveryState.CLAIMED,
    DeliveryState.PLANNED,
    DeliveryState.HELD,
    DeliveryState.FAILED_TEMPORARY,
)


@dataclass(frozen=True, slots=True)
class Told:
    """The message a receipt was about; `is_news` says whether it moved it."""

    key: str
    post: str
    person: str
    channel: str
    is_news: bool


def receipt(
    session: Session, channel: str, about: str, state: DeliveryState, at: datetime, why: str = ""
) -> Told | None:
    """Move the message that `about` names, by the provider's id or our key, to `state`.

    None says that no such message has left yet: the receipt came before our own settlement, or
    belongs to nobody.
    """
    named = sa.or_(MESSAGE.provider_id == about, MESSAGE.key == about)
    found = (
        session.execute(
            sa.select(MessageRow).where(MESSAGE.channel == channel, named).with_for_update()
        ).scalar_one_or_none()
        if about
        else None
    )
    if found is None or found.state in _ON_THE_WAY:
        return None
    is_news = found.state in _BEFORE[state]
    if is_news:
        _move(session, found, state, at, why)
    return Told(found.key, found.post, found.person, channel, is_news)


def _move(session: Session, found: MessageRow, state: DeliveryState, at: datetime, why: str) -> None:
    """Put a message in its new state; one that failed after all goes on through its next channel."""
    passes = state is DeliveryState.FAILED_PERMANENT and bool(found.fallbacks) and not found.passed_to
    change: dict[str, Any] = {"state": state, "settled_at": found.settled_at or at}
    if state is DeliveryState.FAILED_PERMANENT:
        change["error"] = why
    else:
        change["delivered_at" if state is DeliveryState.DELIVERED else "read_at"] = at
    if passes:
        change["passed_to"] = successor_key(found.key, found.fallbacks[0])
    session.connection().execute(sa.update(MessageRow).where(MESSAGE.key == found.key).values(**change))
    data = {"post": found.post, "channel": found.channel, "by": "receipt"}
    entries = [records.Entry(at, f"message-{state}", found.key, data)]
    if passes:
        entries.append(pass_on(session, found, found.fallbacks, at, is_unknown=False))
    elif state is DeliveryState.FAILED_PERMANENT:
        unreached = reminders_in(session, [found.key])[found.key]
        registry.flag_for_planning(session, {reminder.assignment_id for reminder in unreached})
    records.append_many(session, entries)
