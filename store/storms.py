"""Which messages does the storm breaker hold, and how are they let go or given up?

They stay `held` under the name of their storm as owner; no claim takes such a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from engine.planning import SuppressionReason
from store import outbox, records, switches
from store.statements import chunks
from store.switches import Stop
from store.tables import DOCUMENT, MESSAGE, RECORD, MessageRow

PREFIX = "storm:"
HELD = "messages-held"  # kind of a record
_NEW = (DeliveryState.PLANNED, DeliveryState.HELD)


def hold(session: Session, name: str, keys: Sequence[str], why: str, at: datetime) -> int:
    """Hold the messages `keys`, which nobody has taken yet, as the storm `name`; return how many."""
    held: list[str] = []
    for chunk in chunks(keys):
        mine = (MESSAGE.key.in_(chunk), MESSAGE.state.in_(_NEW), MESSAGE.attempts == 0)
        change = sa.update(MessageRow).where(*mine).values(state=DeliveryState.HELD, owner=name)
        held += session.scalars(
            change.returning(MESSAGE.key).execution_options(synchronize_session=False)
        ).all()
    if held:
        switches.stop(session, name, why, "dondoc", at)
        records.append(session, at, HELD, name, {"why": "storm", "messages": sorted(held)})
    return len(held)


def documents_since(session: Session, since: datetime) -> frozenset[str]:
    """Return the codes of the documents that came in since a moment."""
    return frozenset(session.scalars(sa.select(DOCUMENT.code).where(DOCUMENT.imported_at >= since)))


def held_by(session: Session, name: str) -> list[str]:
    """Return the messages that a storm holds."""
    statement = sa.select(MESSAGE.key).where(MESSAGE.state == DeliveryState.HELD, MESSAGE.owner == name)
    return list(session.scalars(statement.order_by(MESSAGE.key)))


def held_then(session: Session, until: datetime) -> dict[str, Stop]:
    """Return the messages that a storm held at a moment, each with it, from what was recorded up to it."""
    names = set(session.scalars(sa.select(RECORD.subject).where(RECORD.kind == HELD, RECORD.at <= until)))
    found: dict[str, Stop] = {}
    for name, history in records.records_of(session, names, until).items():
        stop = switches.stood(name, history)
        keys = (key for one in history if one.kind == HELD for key in one.data["messages"])
        found |= dict.fromkeys(keys, stop) if stop else {}
    return found


def release(session: Session, name: str, by: str, at: datetime) -> int:
    """Let the messages of a storm go at their time; return how many."""
    change = sa.update(MessageRow).where(MESSAGE.state == DeliveryState.HELD, MESSAGE.owner == name)
    count: int = session.connection().execute(change.values(owner="")).rowcount
    switches.resume(session, name, by, at)
    return count


def drop(session: Session, name: str, why: str, by: str, at: datetime) -> int:
    """Give up the messages of a storm and what they would have said, on record; return how many."""
    keys = held_by(session, name)
    for key, reminders in outbox.reminders_in(session, keys).items():
        reasons = {reminder.key: str(SuppressionReason.STORM) for reminder in reminders}
        outbox.give_up(session, key, reasons, at)
    for chunk in chunks(keys):
        change = {"state": DeliveryState.SUPPRESSED, "settled_at": at, "error": why}
        session.connection().execute(sa.update(MessageRow).where(MESSAGE.key.in_(chunk)).values(**change))
    records.append(session, at, "messages-dropped", name, {"why": why, "by": by, "messages": keys})
    switches.resume(session, name, by, at)
    return len(keys)
