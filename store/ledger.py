"""Who was told what, through which channel, and what became of it?

Reminders, the messages that carry them and their compliance records are written in one
transaction. A reminder's key cannot come twice. A message is claimed by an update that
must still find it free, held under a lease with a fencing number, and settled only by
whoever still holds it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from engine.ledger import DeliveryState, Told, ToldState
from engine.messages import MessageDraft
from engine.model import HANOI
from engine.planning import Suppression
from store import records
from store.tables import (
    ASSIGNMENT,
    LEASE,
    MESSAGE,
    REMINDER,
    WATERMARK,
    AssignmentRow,
    LeaseRow,
    MessageRow,
    ReminderRow,
    WatermarkRow,
)

CLAIMABLE = (
    DeliveryState.PLANNED,
    DeliveryState.HELD,
    DeliveryState.FAILED_TEMPORARY,
    DeliveryState.UNKNOWN,
)
ARRIVED = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)
_TOLD = {
    **dict.fromkeys(DeliveryState, ToldState.PENDING),
    **dict.fromkeys(ARRIVED, ToldState.DELIVERED),
    DeliveryState.FAILED_PERMANENT: ToldState.UNDELIVERABLE,
    DeliveryState.SUPPRESSED: ToldState.SUPPRESSED,
}
_CHUNK = 500


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
    """What became of a claimed message; `retry_at` is when it may leave again."""

    claim: Claim
    state: DeliveryState
    provider_id: str = ""
    subject: str = ""
    error: str = ""
    retry_at: datetime | None = None


# --- planning ----------------------------------------------------------------------------


def record_plan(
    session: Session,
    messages: Iterable[MessageDraft],
    suppressions: Iterable[Suppression],
    at: datetime,
    rulebook: str,
) -> set[str]:
    """Write a run's decisions and return the keys of the reminders that are news.

    A reminder that waited may be planned or given up now; one that was planned or
    suppressed never changes here, and one that waits on for the same reason is no news.
    A message nothing of which is news is not written.
    """
    messages, suppressions = list(messages), list(suppressions)
    keys = [reminder.key for message in messages for reminder in message.reminders]
    known = _known(session, [*keys, *(suppression.key for suppression in suppressions)])
    fresh = [
        replace(message, reminders=tuple(r for r in message.reminders if _is_undecided(r.key, known)))
        for message in messages
    ]
    fresh = [message for message in fresh if message.reminders]
    planned = [_planned_row(message, r, at, rulebook) for message in fresh for r in message.reminders]
    others = [_suppressed_row(s, at, rulebook) for s in suppressions if _is_undecided(s.key, known)]
    others = [row for row in others if known.get(row["key"]) != (row["state"], row["suppression"])]
    if fresh:
        session.connection().execute(sa.insert(MessageRow), [_message_row(message, at) for message in fresh])
    _put_reminders(session, [*planned, *others])
    entries = [_planned_entry(message, at, rulebook) for message in fresh]
    records.append_many(session, entries + _suppressed_entries(others, at))
    return {row["key"] for row in (*planned, *others)}


def told_about(session: Session, assignment_ids: Iterable[str]) -> dict[str, tuple[Told, ...]]:
    """Return what the ledger remembers of each assignment."""
    found: dict[str, list[Told]] = defaultdict(list)
    joined = sa.select(ReminderRow, MESSAGE.state, MESSAGE.settled_at).outerjoin(
        MessageRow, MESSAGE.key == REMINDER.message_key
    )
    joined = joined.execution_options(populate_existing=True)  # asked again in one session: read again
    for chunk in _chunks(assignment_ids):
        for row, state, settled_at in session.execute(joined.where(REMINDER.assignment_id.in_(chunk))):
            found[row.assignment_id].append(_told(row, state, settled_at))
    return {id_: tuple(sorted(told, key=lambda t: (t.falls_at, t.level))) for id_, told in found.items()}


def waiting_assignments(session: Session) -> list[str]:
    """Return the assignments with a reminder that waits."""
    statement = sa.select(REMINDER.assignment_id).where(REMINDER.state == "waiting")
    return list(session.scalars(statement.distinct()))


def tasks_told_since(session: Session, since: datetime) -> dict[str, int]:
    """Return how many tasks were laid before each post since a moment."""
    statement = (
        sa.select(REMINDER.post, sa.func.count(sa.distinct(ASSIGNMENT.task_code)))
        .join(AssignmentRow, ASSIGNMENT.id == REMINDER.assignment_id)
        .where(REMINDER.state == "planned", REMINDER.decided_at >= since)
        .group_by(REMINDER.post)
    )
    return {post: count for post, count in session.execute(statement).all()}  # noqa: C416


def watermarks(session: Session) -> dict[tuple[str, str, str], datetime]:
    """Return up to when each step was looked at, by (policy, step, definition)."""
    rows = session.scalars(sa.select(WatermarkRow))
    return {(row.policy, row.step, row.definition): row.at.astimezone(HANOI) for row in rows}


def set_watermarks(session: Session, marks: Mapping[tuple[str, str, str], datetime]) -> None:
    """Remember up to when each step was looked at; a mark never goes back."""
    rows = [
        {"policy": policy, "step": step, "definition": definition, "at": at}
        for (policy, step, definition), at in marks.items()
    ]
    insert = _upsert(session, WatermarkRow)
    statement = insert.on_conflict_do_update(
        index_elements=["policy", "step", "definition"],
        set_={"at": insert.excluded.at},
        where=WATERMARK.at < insert.excluded.at,
    )
    if rows:
        session.connection().execute(statement, rows)


# --- delivery ----------------------------------------------------------------------------


def waiting_channels(session: Session, now: datetime) -> list[str]:
    """Return the channels on which messages may leave at `now`."""
    free = sa.select(MESSAGE.channel).where(MESSAGE.state.in_(CLAIMABLE), MESSAGE.not_before <= now)
    return sorted(session.scalars(free.distinct()))


def claim(
    session: Session, now: datetime, owner: str, lease: timedelta, channel: str, limit: int = 1
) -> list[Claim]:
    """Take up to `limit` messages of a channel that may leave at `now`, under a lease."""
    free = (
        sa.select(MESSAGE.key)
        .where(MESSAGE.channel == channel, MESSAGE.state.in_(CLAIMABLE), MESSAGE.not_before <= now)
        .order_by(MESSAGE.level, MESSAGE.not_before, MESSAGE.key)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such words: there a writer is alone
    )
    # Two statements: PostgreSQL may run a locking subquery more than once and exceed the limit.
    keys = session.connection().execute(free).scalars().all()
    take = (
        sa.update(MessageRow)
        .where(MESSAGE.key.in_(keys), MESSAGE.state.in_(CLAIMABLE))
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
              row.attempts, row.possible_duplicate)
        for row in rows
    ]  # fmt: skip
    return sorted(claims, key=lambda claim: (claim.level, claim.key))


def reminders_in(session: Session, message_keys: Iterable[str]) -> dict[str, list[KeptReminder]]:
    """Return the reminders each message carries, those given up since left out."""
    columns = (REMINDER.message_key, REMINDER.key, REMINDER.assignment_id, REMINDER.due_on, REMINDER.step,
               REMINDER.level, REMINDER.reason, REMINDER.place)  # fmt: skip
    found: dict[str, list[KeptReminder]] = {key: [] for key in message_keys}
    for chunk in _chunks(found):
        statement = sa.select(*columns).where(REMINDER.message_key.in_(chunk), REMINDER.state == "planned")
        for message_key, *kept in session.execute(statement.order_by(REMINDER.key)):
            found[message_key].append(KeptReminder(*kept))
    return found


def settle(session: Session, settlements: Iterable[Settlement], at: datetime) -> list[str]:
    """Record what became of claimed messages; return the keys whose claim was lost meanwhile.

    A message that somebody else claimed since is theirs to settle; nothing is written about
    it. One whose lease merely ran out is still ours, and what we know beats "unknown".
    """
    entries: list[records.Entry] = []
    lost: list[str] = []
    for settlement in settlements:
        claim = settlement.claim
        mine = (
            MESSAGE.key == claim.key,
            MESSAGE.fence == claim.fence,
            MESSAGE.state.in_((DeliveryState.CLAIMED, DeliveryState.UNKNOWN)),
        )
        statement = sa.update(MessageRow).where(*mine).values(**_change(settlement, at))
        if session.connection().execute(statement).rowcount == 1:
            entries.append(_settled_entry(settlement, at))
        else:
            lost.append(claim.key)
    records.append_many(session, entries)
    return lost


def hold(session: Session, claim: Claim, until: datetime, at: datetime) -> bool:
    """Give a claimed message back until `until`: it came outside the sending hours."""
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
    records.append(session, at, "message-held", claim.key, {"post": claim.post, "until": until.isoformat()})
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


# --- reading -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReminderTally:
    """How often an assignment was reminded, up to which level, and when last."""

    total: int
    highest_level: int
    last_at: datetime | None


def tallies(session: Session, until: datetime) -> dict[str, ReminderTally]:
    """Return for each assignment the reminders that left up to a moment."""
    statement = (
        sa.select(
            REMINDER.assignment_id,
            sa.func.count(),
            sa.func.max(REMINDER.level),
            sa.func.max(MESSAGE.settled_at),
        )
        .join(MessageRow, MESSAGE.key == REMINDER.message_key)
        .where(
            REMINDER.state == "planned",
            MESSAGE.state.in_(ARRIVED),
            MESSAGE.settled_at <= until,
        )
        .group_by(REMINDER.assignment_id)
    )
    return {
        id_: ReminderTally(count, level, last.astimezone(HANOI) if last else None)
        for id_, count, level, last in session.execute(statement)
    }


def totals(session: Session) -> Counter[tuple[str, str, int]]:
    """Return how many messages there are by state, channel and level."""
    statement = sa.select(MESSAGE.state, MESSAGE.channel, MESSAGE.level, sa.func.count()).group_by(
        MESSAGE.state, MESSAGE.channel, MESSAGE.level
    )
    return Counter(
        {(state, channel, level): count for state, channel, level, count in session.execute(statement)}
    )


def suppression_totals(session: Session) -> Counter[str]:
    """Return how many reminders were not sent, or wait, by reason."""
    statement = (
        sa.select(REMINDER.suppression, sa.func.count())
        .where(REMINDER.suppression != "")
        .group_by(REMINDER.suppression)
    )
    return Counter({reason: count for reason, count in session.execute(statement).all()})  # noqa: C416


def take_lease(session: Session, name: str, owner: str, now: datetime, until: datetime) -> bool:
    """Take or renew the right to do a thing until a moment; False while somebody else has it."""
    insert = _upsert(session, LeaseRow)
    statement = insert.values(name=name, owner=owner, until=until).on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": owner, "until": until},
        where=sa.or_(LEASE.until < now, LEASE.owner == owner),
    )
    return session.connection().execute(statement.returning(LEASE.name)).first() is not None


# --- rows ------------------------------------------------------------------------------------


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    listed = list(values)
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))


def _upsert(session: Session, table: Any) -> Any:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return (postgresql if is_postgresql else sqlite).insert(table)


def _known(session: Session, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return state and suppression of the reminders that the ledger has among `keys`."""
    known: dict[str, tuple[str, str]] = {}
    for chunk in _chunks(keys):
        statement = sa.select(REMINDER.key, REMINDER.state, REMINDER.suppression)
        for key, state, suppression in session.connection().execute(statement.where(REMINDER.key.in_(chunk))):
            known[key] = (state, suppression)
    return known


def _is_undecided(key: str, known: Mapping[str, tuple[str, str]]) -> bool:
    return key not in known or known[key][0] == "waiting"


def _put_reminders(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert reminders; one that waits is replaced by the newer decision, any other stays."""
    insert = _upsert(session, ReminderRow)
    replaced = ("state", "suppression", "reason", "place", "rulebook", "decided_at", "message_key")
    statement = insert.on_conflict_do_update(
        index_elements=["key"],
        set_={name: getattr(insert.excluded, name) for name in replaced},
        where=REMINDER.state == "waiting",
    )
    if rows:
        session.connection().execute(statement, list(rows))


def _message_row(message: MessageDraft, at: datetime) -> dict[str, Any]:
    recipient = message.recipient
    is_held = message.not_before > at
    return {
        "key": message.key,
        "post": recipient.post,
        "person": recipient.person,
        "unit_code": recipient.unit.code,
        "channel": message.channel,
        "level": message.level,
        "planned_at": at,
        "not_before": message.not_before,
        "state": DeliveryState.HELD if is_held else DeliveryState.PLANNED,
        "owner": "",
        "fence": 0,
        "attempts": 0,
        "provider_id": "",
        "error": "",
        "possible_duplicate": False,
        "subject": "",
    }


def _planned_row(message: MessageDraft, reminder: Any, at: datetime, rulebook: str) -> dict[str, Any]:
    return {
        "key": reminder.key,
        "assignment_id": reminder.assignment.id,
        "due_on": reminder.due_on,
        "step": reminder.step,
        "level": reminder.level,
        "post": reminder.recipient.post,
        "falls_at": reminder.falls_at,
        "decided_at": at,
        "state": "planned",
        "suppression": "",
        "reason": reminder.reason,
        "place": reminder.place,
        "rulebook": rulebook,
        "message_key": message.key,
    }


def _suppressed_row(suppression: Suppression, at: datetime, rulebook: str) -> dict[str, Any]:
    return {
        "key": suppression.key,
        "assignment_id": suppression.assignment.id,
        "due_on": suppression.due_on,
        "step": suppression.step,
        "level": suppression.level,
        "post": suppression.post,
        "falls_at": suppression.falls_at,
        "decided_at": at,
        "state": "waiting" if suppression.reason.waits else "suppressed",
        "suppression": str(suppression.reason),
        "reason": suppression.detail,
        "place": suppression.place,
        "rulebook": rulebook,
        "message_key": None,
    }


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
    if claim.possible_duplicate:
        data["possible_duplicate"] = True
    return records.Entry(at, f"message-{settlement.state}", claim.key, data)


def _planned_entry(message: MessageDraft, at: datetime, rulebook: str) -> records.Entry:
    reminders = [
        {"assignment": r.assignment.id, "step": r.step, "level": r.level, "due_on": r.due_on.isoformat(),
         "place": r.place}
        for r in message.reminders
    ]  # fmt: skip
    data = {
        "post": message.recipient.post,
        "channel": message.channel,
        "level": message.level,
        "rulebook": rulebook,
        "not_before": message.not_before.isoformat(),
        "reminders": reminders,
    }
    return records.Entry(at, "message-planned", message.key, data)


def _suppressed_entries(rows: Sequence[Mapping[str, Any]], at: datetime) -> list[records.Entry]:
    """One record for each reason of a run, naming every reminder it concerns."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_reason[row["suppression"]].append(row["key"])
    return [
        records.Entry(at, "reminders-suppressed", reason, {"reminders": sorted(keys)})
        for reason, keys in sorted(by_reason.items())
    ]


def _told(row: ReminderRow, message_state: str | None, settled_at: datetime | None) -> Told:
    state, at = ToldState.PENDING, row.decided_at
    if row.state == "waiting":
        state = ToldState.WAITING
    elif row.state == "suppressed":
        state = ToldState.SUPPRESSED
    elif message_state is not None:
        state = _TOLD[DeliveryState(message_state)]
        at = settled_at or at
    return Told(
        row.key, row.assignment_id, row.due_on, row.step, row.level, row.post,
        row.falls_at.astimezone(HANOI), state, at.astimezone(HANOI), row.suppression,
    )  # fmt: skip
