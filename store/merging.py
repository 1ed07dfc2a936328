"""Which messages to one post leave as one letter?

What was planned on several days and held until the same opening, or kept back by quiet hours, a
limit or a channel at fault, is put together before anybody claims it: one message a post, channel
and run. A message that may have been read already stays as it is, for its reader would take a
longer one for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from store import records
from store.statements import chunks
from store.tables import IS_WAITING_TO_LEAVE, MESSAGE, REMINDER, MessageRow, ReminderRow

_MAY_BE_MERGED = (
    IS_WAITING_TO_LEAVE,
    MESSAGE.state != DeliveryState.UNKNOWN,
    sa.not_(MESSAGE.possible_duplicate),
    MESSAGE.passed_to == "",
    sa.not_(MESSAGE.owner.startswith("storm:")),  # held until a person decides, see store/storms.py
)
_IS_COPY = MESSAGE.copy_of != ""  # what a copy says was told already: copies go with copies alone


def merge(session: Session, now: datetime) -> list[str]:
    """Put together what may leave at `now` to one post through one channel; return the keys given up.

    The message that was tried most often, else the oldest, takes the reminders of the others; each
    of them names it in `passed_to` and on record. To be called where no other writer is under way.
    """
    entries: list[records.Entry] = []
    for lead, *others in _together(session, now):
        _take(session, lead, others, now)
        entries += [_entry(other, lead, now) for other in others]
    records.append_many(session, entries)
    return [entry.subject for entry in entries]


def _together(session: Session, now: datetime) -> Iterator[list[Any]]:
    """Yield the messages that leave together, the one that takes the others first."""
    may_leave = (*_MAY_BE_MERGED, MESSAGE.not_before <= now)
    several = sa.select(MESSAGE.post).where(*may_leave).group_by(MESSAGE.post, MESSAGE.channel, _IS_COPY)
    posts = sorted(set(session.scalars(several.having(sa.func.count() > 1))))
    for chunk in chunks(posts):
        rows = sa.select(*MESSAGE, _IS_COPY.label("is_copy")).where(*may_leave, MESSAGE.post.in_(chunk))
        in_order = rows.order_by(
            MESSAGE.post, MESSAGE.channel, _IS_COPY, MESSAGE.attempts.desc(), MESSAGE.planned_at, MESSAGE.key
        )
        found = session.connection().execute(in_order).all()
        for _, group in groupby(found, key=lambda row: (row.post, row.channel, row.is_copy)):
            together = list(group)
            if len(together) > 1:
                yield together


def _take(session: Session, lead: Any, others: Sequence[Any], now: datetime) -> None:
    """Let one message carry what the others carried, at the highest level among them."""
    keys = [other.key for other in others]
    carried = sa.update(ReminderRow).where(REMINDER.message_key.in_(keys), REMINDER.state == "planned")
    session.connection().execute(carried.values(message_key=lead.key))
    merged = {"state": DeliveryState.MERGED, "passed_to": lead.key, "settled_at": now}
    session.connection().execute(sa.update(MessageRow).where(MESSAGE.key.in_(keys)).values(**merged))
    change = {
        "level": max(row.level for row in (lead, *others)),
        "not_before": max(row.not_before for row in (lead, *others)),  # daily limits count from it
        "fallbacks": _ways(row.fallbacks for row in (lead, *others)),
    }
    session.connection().execute(sa.update(MessageRow).where(MESSAGE.key == lead.key).values(**change))


def _ways(fallbacks: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(channel for ways in fallbacks for channel in ways))


def _entry(other: Any, lead: Any, now: datetime) -> records.Entry:
    data = {"post": other.post, "channel": other.channel, "into": lead.key}
    return records.Entry(now, "message-merged", other.key, data)
