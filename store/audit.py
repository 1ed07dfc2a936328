"""What stands still that should have moved, and how much waits? Bounded look-ups by index, no table scans.

`totals` of the ledger counts everything; here only what is not finished is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from engine.model import HANOI
from store import records
from store.channel_tables import HEARD
from store.heard import ANSWERING, NEW
from store.statements import chunks
from store.tables import MESSAGE, RECORD, REMINDER, WATERMARK, MessageRow, WatermarkRow

_WAITING = (DeliveryState.PLANNED, DeliveryState.HELD, DeliveryState.FAILED_TEMPORARY, DeliveryState.UNKNOWN)
_OPEN_HEARD = (NEW, ANSWERING)
INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Stuck:
    """Something that stands still: what it is called, where, and since when."""

    key: str
    where: str  # the channel, "" when it has none
    since: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is not finished, and since when the oldest of it waits."""

    waiting: int = 0
    oldest_waiting: datetime | None = None
    unknown: int = 0
    heard: int = 0
    oldest_heard: datetime | None = None


def last_tick(session: Session) -> datetime | None:
    """Return the moment of the last tick that was planned to its end, None before the first."""
    return _local(session.scalar(sa.select(sa.func.max(WATERMARK.at)).select_from(WatermarkRow)))


def backlog(session: Session) -> Backlog:
    """Return what is waiting to leave, what nobody knows about, and what was heard and not worked off."""
    of_state = sa.select(MESSAGE.state, sa.func.count(), sa.func.min(MESSAGE.planned_at))
    of_state = of_state.where(MESSAGE.state.in_(_WAITING), MESSAGE.passed_to == "").group_by(MESSAGE.state)
    states = {state: (count, _local(oldest)) for state, count, oldest in session.execute(of_state)}
    told = sa.select(sa.func.count(), sa.func.min(HEARD.received_at)).where(HEARD.state.in_(_OPEN_HEARD))
    heard, oldest_heard = session.execute(told).one()
    oldest = [at for _, at in states.values() if at is not None]
    return Backlog(
        waiting=sum(count for count, _ in states.values()),
        oldest_waiting=min(oldest, default=None),
        unknown=states.get(DeliveryState.UNKNOWN, (0, None))[0],
        heard=heard,
        oldest_heard=_local(oldest_heard),
    )


def unclaimed(session: Session, due_before: datetime, besides: Iterable[str], limit: int) -> list[Stuck]:
    """Return messages due for long that nobody took, those of the channels `besides` left out."""
    statement = sa.select(MESSAGE.key, MESSAGE.channel, MESSAGE.not_before).where(
        MESSAGE.state.in_(_WAITING),
        MESSAGE.passed_to == "",
        MESSAGE.not_before < due_before,
        MESSAGE.channel.not_in(list(besides)),
        sa.not_(MESSAGE.owner.startswith("storm:")),
    )
    return _stuck(session, statement.order_by(MESSAGE.not_before, MESSAGE.key), limit)


def abandoned(session: Session, lease_before: datetime, limit: int) -> list[Stuck]:
    """Return messages whose claim ran out before a moment and that nobody swept up."""
    statement = sa.select(MESSAGE.key, MESSAGE.channel, MESSAGE.lease_until).where(
        MESSAGE.state == DeliveryState.CLAIMED, MESSAGE.lease_until < lease_before
    )
    return _stuck(session, statement.order_by(MESSAGE.lease_until, MESSAGE.key), limit)


def unknown(session: Session, planned_before: datetime, limit: int) -> list[Stuck]:
    """Return messages of before a moment of which nobody knows whether they arrived, and nothing followed."""
    statement = sa.select(MESSAGE.key, MESSAGE.channel, MESSAGE.planned_at).where(
        MESSAGE.state == DeliveryState.UNKNOWN, MESSAGE.passed_to == "", MESSAGE.planned_at < planned_before
    )
    return _stuck(session, statement.order_by(MESSAGE.planned_at, MESSAGE.key), limit)


def unheard(session: Session, received_before: datetime, may_answer: bool, limit: int) -> list[Stuck]:
    """Return what channels told us before a moment and nobody has worked off, or answered when we may."""
    states = _OPEN_HEARD if may_answer else (NEW,)
    statement = sa.select(HEARD.id, HEARD.channel, HEARD.received_at).where(
        HEARD.state.in_(states), HEARD.received_at < received_before
    )
    return _stuck(session, statement.order_by(HEARD.received_at, HEARD.id), limit)


def orphans(session: Session, decided_after: datetime, limit: int) -> list[Stuck]:
    """Return reminders decided since a moment that no message carries."""
    statement = sa.select(REMINDER.key, sa.literal(""), REMINDER.decided_at).where(
        REMINDER.state == "planned", REMINDER.decided_at >= decided_after, REMINDER.message_key.is_(None)
    )
    return _stuck(session, statement.order_by(REMINDER.decided_at, REMINDER.key), limit)


def note_incidents(session: Session, cases: dict[str, dict[str, Any]], at: datetime) -> list[str]:
    """Put cases on record that are not yet; return the names of those that are news."""
    known: set[str] = set()
    for names in chunks(cases):
        found = sa.select(RECORD.subject).where(RECORD.subject.in_(names), RECORD.kind == INCIDENT)
        known.update(session.scalars(found))
    news = [name for name in cases if name not in known]
    records.append_many(session, [records.Entry(at, INCIDENT, name, cases[name]) for name in news])
    return news


def planned_by_day(session: Session, since: datetime, until: datetime) -> list[int]:
    """Return how many messages were planned on each day of a stretch on which any was."""
    moments = sa.select(MESSAGE.planned_at, sa.func.count()).where(
        MESSAGE.planned_at >= since, MESSAGE.planned_at < until
    )
    days: dict[str, int] = {}
    for at, count in session.execute(moments.group_by(MESSAGE.planned_at)):
        day = f"{at.astimezone(HANOI):%Y-%m-%d}"
        days[day] = days.get(day, 0) + count
    return list(days.values())


def left_today(session: Session, midnight: datetime) -> dict[tuple[str, str], int]:
    """Return how many messages left since midnight by post and channel, doubtful ones included.

    Only what fell due in the last week is looked at, which keeps the look short.
    """
    left = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.UNKNOWN)
    statement = (
        sa.select(MESSAGE.post, MESSAGE.channel, sa.func.count())
        .select_from(MessageRow)
        .where(
            MESSAGE.state.in_(left),
            MESSAGE.not_before >= midnight - timedelta(days=7),
            MESSAGE.settled_at >= midnight,
        )
        .group_by(MESSAGE.post, MESSAGE.channel)
    )
    return {(post, channel): count for post, channel, count in session.execute(statement)}


def head(session: Session) -> tuple[int, str]:
    """Return number and mark of the last record, (0, "") before the first."""
    newest = sa.select(RECORD.seq, RECORD.hash).order_by(sa.desc(RECORD.seq)).limit(1)
    row = session.connection().execute(newest).first()
    return (row[0], row[1]) if row else (0, "")


def mark_at(session: Session, seq: int) -> str:
    """Return the mark of a record, "" when there is none of that number."""
    return session.scalar(sa.select(RECORD.hash).where(RECORD.seq == seq)) or ""


def flag_waiting(session: Session) -> int:
    """Flag everything that waits as a possible duplicate, and return how much it is."""
    waiting = (MESSAGE.state.in_(_WAITING), MESSAGE.passed_to == "")
    change = sa.update(MessageRow).where(*waiting).values(possible_duplicate=True)
    count: int = session.connection().execute(change).rowcount
    return count


def _stuck(session: Session, statement: Any, limit: int) -> list[Stuck]:
    rows = session.execute(statement.limit(limit)).all()
    return [Stuck(key, where, since.astimezone(HANOI)) for key, where, since in rows]


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(HANOI) if at is not None else None
