"""Who was told what, who was not, and why?

Reminders, the messages that carry them and their compliance records are written in one
transaction. A reminder's key cannot come twice; what waits may be decided again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState, Told, ToldState
from engine.messages import MessageDraft
from engine.model import HANOI
from engine.planning import Suppression
from engine.report_query import ReminderCount
from store import records
from store.plain import Known, day_of, moment_of, plain
from store.statements import chunks, upsert
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

ARRIVED = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)
TOLD_AS: dict[str, ToldState] = {
    **dict.fromkeys(DeliveryState, ToldState.PENDING),
    **dict.fromkeys(ARRIVED, ToldState.DELIVERED),
    DeliveryState.FAILED_PERMANENT: ToldState.UNDELIVERABLE,
    DeliveryState.SUPPRESSED: ToldState.SUPPRESSED,
}
_UNTOLD = {"waiting": ToldState.WAITING, "suppressed": ToldState.SUPPRESSED}
_IN_ORDER = attrgetter("falls_at", "level")
_REMEMBERED = sa.select(
    REMINDER.key, REMINDER.assignment_id, REMINDER.due_on, REMINDER.step, REMINDER.level, REMINDER.post,
    REMINDER.falls_at, REMINDER.state, REMINDER.decided_at, MESSAGE.state, MESSAGE.settled_at,
    REMINDER.suppression,
).outerjoin(MessageRow, MESSAGE.key == REMINDER.message_key)  # fmt: skip


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


def told_about(session: Session, assignment_ids: Iterable[str] | None) -> dict[str, tuple[Told, ...]]:
    """Return what the ledger remembers of each of these assignments, or with None of every one."""
    found: dict[str, list[Told]] = defaultdict(list)
    for told in _remembered(session, assignment_ids):
        found[told.assignment_id].append(told)
    return {id_: tuple(sorted(told, key=_IN_ORDER)) for id_, told in found.items()}


def waiting_assignments(session: Session) -> list[str]:
    """Return the assignments with a reminder that waits."""
    statement = sa.select(REMINDER.assignment_id).where(REMINDER.state == "waiting")
    return list(session.scalars(statement.distinct()))


def tasks_told_since(session: Session, since: datetime) -> dict[str, int]:
    """Return how many tasks are laid before each post by the messages that leave from a moment on."""
    statement = (
        sa.select(REMINDER.post, sa.func.count(sa.distinct(ASSIGNMENT.task_code)))
        .join(AssignmentRow, ASSIGNMENT.id == REMINDER.assignment_id)
        .join(MessageRow, MESSAGE.key == REMINDER.message_key)
        .where(REMINDER.state == "planned", MESSAGE.state.in_(DeliveryState), MESSAGE.not_before >= since)
        .group_by(REMINDER.post)
    )
    return {post: count for post, count in session.execute(statement).all()}  # noqa: C416


def watermarks(session: Session) -> dict[tuple[str, str, str], datetime]:
    """Return up to when each step was looked at, by (policy, step, definition)."""
    rows = session.scalars(sa.select(WatermarkRow))
    return {(row.policy, row.step, row.definition): row.at.astimezone(HANOI) for row in rows}


def set_watermarks(
    session: Session, marks: Mapping[tuple[str, str, str], datetime], may_go_back: bool = False
) -> None:
    """Remember up to when each step was looked at; a mark goes back only with the clock."""
    rows = [
        {"policy": policy, "step": step, "definition": definition, "at": at}
        for (policy, step, definition), at in marks.items()
    ]
    insert = upsert(session, WatermarkRow)
    statement = insert.on_conflict_do_update(
        index_elements=["policy", "step", "definition"],
        set_={"at": insert.excluded.at},
        where=None if may_go_back else WATERMARK.at < insert.excluded.at,
    )
    if rows:
        session.connection().execute(statement, rows)


# --- reading -------------------------------------------------------------------------------


def tallies(session: Session, until: datetime) -> dict[str, ReminderCount]:
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
        id_: ReminderCount(count, level, last.astimezone(HANOI) if last else None)
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
    insert = upsert(session, LeaseRow)
    statement = insert.values(name=name, owner=owner, until=until).on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": owner, "until": until},
        where=sa.or_(LEASE.until < now, LEASE.owner == owner),
    )
    return session.connection().execute(statement.returning(LEASE.name)).first() is not None


# --- rows ------------------------------------------------------------------------------------


def _known(session: Session, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return state and suppression of the reminders that the ledger has among `keys`."""
    known: dict[str, tuple[str, str]] = {}
    for chunk in chunks(keys):
        statement = sa.select(REMINDER.key, REMINDER.state, REMINDER.suppression)
        for key, state, suppression in session.connection().execute(statement.where(REMINDER.key.in_(chunk))):
            known[key] = (state, suppression)
    return known


def _is_undecided(key: str, known: Mapping[str, tuple[str, str]]) -> bool:
    return key not in known or known[key][0] == "waiting"


def _put_reminders(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert reminders; one that waits is replaced by the newer decision, any other stays."""
    insert = upsert(session, ReminderRow)
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
        "fallbacks": list(message.fallbacks),
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


def _remembered(session: Session, assignment_ids: Iterable[str] | None) -> Iterator[Told]:
    of_id = REMINDER.assignment_id
    parts = [sa.true()] if assignment_ids is None else map(of_id.in_, chunks(assignment_ids))
    days, moments, names = Known(day_of), Known(moment_of), Known(str)
    for where in parts:
        for row in plain(session, _REMEMBERED.where(where)):
            key, id_, due_on, step, level, post, falls_at, *became, why = row
            state, at = _became(*became)
            yield Told(
                key, id_, days[due_on], names[step], level, names[post], moments[falls_at], state,
                moments[at], names[why],
            )  # fmt: skip


def _became(state: str, decided_at: Any, message: str | None, settled_at: Any) -> tuple[ToldState, Any]:
    """Return what became of a reminder and since when, as the database keeps moments."""
    if state in _UNTOLD:
        return _UNTOLD[state], decided_at
    if message is None:
        return ToldState.PENDING, decided_at
    return TOLD_AS[message], settled_at or decided_at
