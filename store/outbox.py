"""How does a message leave, exactly once as far as anybody can know?

It is claimed by an update that must still find it free, held under a lease with a fencing
number, and settled only by whoever still holds it. What is killed in between is swept up,
flagged, and sent once more. What one channel cannot carry goes on through the next as a
message of its own, with the same reminders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from store import records
from store.statements import chunks
from store.tables import IS_WAITING_TO_LEAVE, MESSAGE, REMINDER, MessageRow, ReminderRow

_FREE = (
    IS_WAITING_TO_LEAVE,
    MESSAGE.passed_to == "",
    sa.not_(MESSAGE.owner.startswith("storm:")),  # held until a person decides, see store/storms.py
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message somebody may now send; `fence` proves it is still theirs when they settle."""

    key: str
    fence: int
    post: str
    person: str
    unit_code: str
    channel: str
    level: int
    attempts: int
    possible_duplicate: bool
    fallbacks: tuple[str, ...] = ()
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class KeptReminder:
    """A planned reminder as the ledger keeps it."""

    key: str
    assignment_id: str
    due_on: date
    step: str
    level: int
    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claimed message; `retry_at` is when it may leave again.

    `pass_to` are the channels that may carry it instead, in order; `person` is who it was for at
    the moment it left.
    """

    claim: Claim
    state: DeliveryState
    provider_id: str = ""
    subject: str = ""
    error: str = ""
    retry_at: datetime | None = None
    pass_to: tuple[str, ...] = ()
    person: str = ""


def waiting_channels(session: Session, now: datetime) -> list[str]:
    """Return the channels on which messages may leave at `now`."""
    free = sa.select(MESSAGE.channel).where(*_FREE, MESSAGE.not_before <= now)
    return sorted(session.scalars(free.distinct()))


def claim(
    session: Session, now: datetime, owner: str, lease: timedelta, channel: str, limit: int = 1
) -> list[Claim]:
    """Take up to `limit` messages of a channel that may leave at `now`, under a lease."""
    free = (
        sa.select(MESSAGE.key)
        .where(MESSAGE.channel == channel, *_FREE, MESSAGE.not_before <= now)
        .order_by(MESSAGE.level, MESSAGE.not_before, MESSAGE.key)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such words: there a writer is alone
    )
    # Two statements: PostgreSQL may run a locking subquery more than once and exceed the limit.
    keys = session.connection().execute(free).scalars().all()
    take = (
        sa.update(MessageRow)
        .where(MESSAGE.key.in_(keys), *_FREE)
        .values(
            state=DeliveryState.CLAIMED,
            owner=owner,
            lease_until=now + lease,
            fence=MESSAGE.fence + 1,
            attempts=MESSAGE.attempts + 1,
        )
        .returning(*MESSAGE)
    )
    rows = session.connection().execute(take).all()
    claims = [
        Claim(row.key, row.fence, row.post, row.person, row.unit_code, row.channel, row.level,
              row.attempts, row.possible_duplicate, tuple(row.fallbacks), row.copy_of)
        for row in rows
    ]  # fmt: skip
    return sorted(claims, key=lambda claim: (claim.level, claim.key))


def reminders_in(session: Session, message_keys: Iterable[str]) -> dict[str, list[KeptReminder]]:
    """Return the reminders each message carries, those given up since left out."""
    columns = (REMINDER.message_key, REMINDER.key, REMINDER.assignment_id, REMINDER.due_on, REMINDER.step,
               REMINDER.level, REMINDER.reason, REMINDER.place)  # fmt: skip
    found: dict[str, list[KeptReminder]] = {key: [] for key in message_keys}
    for chunk in chunks(found):
        statement = sa.select(*columns).where(REMINDER.message_key.in_(chunk), REMINDER.state == "planned")
        for message_key, *kept in session.execute(statement.order_by(REMINDER.key)):
            found[message_key].append(KeptReminder(*kept))
    return found


def copied(session: Session, claims: Iterable[Claim]) -> dict[str, list[KeptReminder]]:
    """Return the reminders of the messages that `claims` are copies of, by the key of the copy.

    A copy says what those say that were merged into it.
    """
    found: dict[str, list[KeptReminder]] = {claim.key: [] for claim in claims if claim.copy_of}
    for chunk in chunks(found):
        is_merged = sa.and_(MESSAGE.state == DeliveryState.MERGED, MESSAGE.passed_to.in_(chunk))
        either = sa.or_(MESSAGE.key.in_(chunk), is_merged)
        copies = sa.select(MESSAGE.key, MESSAGE.passed_to, MESSAGE.copy_of).where(either)
        rows = session.connection().execute(copies.order_by(MESSAGE.copy_of)).all()
        of_originals = reminders_in(session, (row.copy_of for row in rows))
        for row in rows:
            found[row.passed_to or row.key] += of_originals[row.copy_of]
    return found


def settle(session: Session, settlements: Iterable[Settlement], at: datetime) -> list[str]:
    """Record what became of claimed messages; return the keys whose claim was lost meanwhile.

    A message that somebody else claimed since is theirs to settle; nothing is written about
    it. One whose lease merely ran out is still ours, and what we know beats "unknown".
    """
    entries: list[records.Entry] = []
    lost: list[str] = []
    for settlement in settlements:
        claim, change = settlement.claim, _change(settlement, at)
        values = {f"new_{name}": value for name, value in change.items()}
        mine = {"claimed": claim.key, "held": claim.fence}
        if session.connection().execute(_settling(tuple(change)), values | mine).rowcount == 1:
            entries.append(_settled_entry(settlement, at))
            if settlement.pass_to:
                is_unknown = settlement.state is DeliveryState.UNKNOWN
                entries.append(pass_on(session, claim, settlement.pass_to, at, is_unknown))
        else:
            lost.append(claim.key)
    records.append_many(session, entries)
    return lost


def successor_key(key: str, channel: str) -> str:
    """Return the key of the message that goes on through `channel` in place of another, or beside it."""
    return hashlib.sha256(f"{key}\n{channel}".encode()).hexdigest()[:24]


def pass_on(
    session: Session, message: Claim | MessageRow, channels: Sequence[str], at: datetime, is_unknown: bool
) -> records.Entry:
    """Write the message that goes on through the first of `channels`; it takes the reminders with it.

    Returns the record of it. The message it replaces must have `passed_to` set to its key.
    """
    channel, *rest = channels
    key = successor_key(message.key, channel)
    successor = {
        "key": key, "post": message.post, "person": message.person,
        "unit_code": message.unit_code, "channel": channel, "level": message.level,
        "planned_at": at, "not_before": at, "state": DeliveryState.PLANNED,
        "fallbacks": rest, "copy_of": message.copy_of,
        "possible_duplicate": is_unknown or message.possible_duplicate,
    }  # fmt: skip
    session.connection().execute(sa.insert(MessageRow), [{**EMPTY, **successor}])
    carried = sa.update(ReminderRow).where(REMINDER.message_key == message.key, REMINDER.state == "planned")
    session.connection().execute(carried.values(message_key=key))
    data = {"post": message.post, "from": message.channel, "to": channel, "message": key}
    return records.Entry(at, "message-passed-on", message.key, data)


EMPTY = {
    "owner": "", "fence": 0, "attempts": 0, "provider_id": "", "error": "", "subject": "", "passed_to": "",
}  # fmt: skip


def hold(session: Session, claim: Claim, until: datetime, at: datetime, why: str = "hours") -> bool:
    """Give a claimed message back until `until`: it came outside the sending hours, or above a limit."""
    mine = (MESSAGE.key == claim.key, MESSAGE.fence == claim.fence)
    statement = sa.update(MessageRow).where(*mine, MESSAGE.state == DeliveryState.CLAIMED)
    change = {
        "state": DeliveryState.HELD,
        "lease_until": None,
        "not_before": until,
        "attempts": claim.attempts - 1,
    }
    if session.connection().execute(statement.values(**change)).rowcount != 1:
        return False
    data = {"post": claim.post, "until": until.isoformat(), "why": why}
    records.append(session, at, "message-held", claim.key, data)
    return True


def give_up(session: Session, message_key: str, why: Mapping[str, str], at: datetime) -> None:
    """Take reminders out of a message at the last moment; `why` maps their keys to reasons."""
    entries: list[records.Entry] = []
    for key, reason in sorted(why.items()):
        session.connection().execute(
            sa.update(ReminderRow)
            .where(REMINDER.key == key, REMINDER.state == "planned")
            .values(state="suppressed", suppression=reason, decided_at=at)
        )
        entries.append(
            records.Entry(at, "reminder-suppressed", message_key, {"reminder": key, "reason": reason})
        )
    records.append_many(session, entries)


def sweep(session: Session, now: datetime) -> list[str]:
    """Mark messages whose claim ran out as unknown and due again; return their keys.

    Whoever claimed them was killed between claiming and settling: nobody knows whether
    the message left, so the next attempt is flagged as a possible duplicate.
    """
    statement = (
        sa.update(MessageRow)
        .where(MESSAGE.state == DeliveryState.CLAIMED, MESSAGE.lease_until < now)
        .values(state=DeliveryState.UNKNOWN, lease_until=None, not_before=now, possible_duplicate=True)
        .returning(MESSAGE.key)
        .execution_options(synchronize_session=False)
    )
    keys = sorted(session.scalars(statement))
    records.append_many(session, [records.Entry(now, "message-unknown", key, {}) for key in keys])
    return keys


@cache
def _settling(columns: tuple[str, ...]) -> sa.Update:
    """Return the statement that changes these columns of a message as long as its claim is still ours.

    Made once: building it takes longer than carrying it out.
    """
    return (
        sa.update(MessageRow)
        .where(
            MESSAGE.key == sa.bindparam("claimed"),
            MESSAGE.fence == sa.bindparam("held"),
            MESSAGE.state.in_((DeliveryState.CLAIMED, DeliveryState.UNKNOWN)),
        )
        .values({name: sa.bindparam(f"new_{name}") for name in columns})
    )


def _change(settlement: Settlement, at: datetime) -> dict[str, Any]:
    change: dict[str, Any] = {
        "state": settlement.state,
        "lease_until": None,
        "settled_at": at,
        "provider_id": settlement.provider_id,
        "error": settlement.error,
    }
    if settlement.state is DeliveryState.UNKNOWN:
        change["possible_duplicate"] = True
    if settlement.subject:
        change["subject"] = settlement.subject
    if settlement.person:
        change["person"] = settlement.person
    if settlement.state is DeliveryState.DELIVERED:
        change["delivered_at"] = at
    if settlement.pass_to:
        change["passed_to"] = successor_key(settlement.claim.key, settlement.pass_to[0])
    if settlement.retry_at is not None:
        change["not_before"] = settlement.retry_at
    return change


def _settled_entry(settlement: Settlement, at: datetime) -> records.Entry:
    claim = settlement.claim
    data: dict[str, Any] = {"post": claim.post, "channel": claim.channel, "attempt": claim.attempts}
    if settlement.provider_id:
        data["provider_id"] = settlement.provider_id
    if settlement.error:  # its words may name a person: they can be erased, their mark stays
        data["error_sha256"] = hashlib.sha256(settlement.error.encode()).hexdigest()
    if settlement.retry_at is not None:
        data["not_before"] = settlement.retry_at.isoformat()
    if claim.possible_duplicate:
        data["possible_duplicate"] = True
    return records.Entry(at, f"message-{settlement.state}", claim.key, data)
