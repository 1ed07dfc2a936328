"""Which message does a name mean that its reader can quote, and what was it about?"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session

from store.tables import ASSIGNMENT, MESSAGE, REMINDER


def message_named(session: Session, name: str) -> str:
    """Return the key of the message with this key or this provider's id, "" when there is none."""
    named = sa.or_(MESSAGE.key == name, MESSAGE.provider_id == name)
    return session.scalar(sa.select(MESSAGE.key).where(named).limit(1)) or ""


def message_keys(session: Session) -> Iterator[str]:
    """Yield the key of every message, the newest first."""
    yield from session.scalars(sa.select(MESSAGE.key).order_by(sa.desc(MESSAGE.planned_at), MESSAGE.key))


def told_about(session: Session, key: str) -> list[tuple[str, str]]:
    """Return task and unit of everything a message was about, though its reminders have gone on since.

    What one channel could not carry went on in another message; of a copy the original says it.
    """
    carriers: set[str] = set()
    wanted = {key}
    while wanted:
        carriers |= wanted
        columns = (MESSAGE.passed_to, MESSAGE.copy_of)
        rows = session.execute(sa.select(*columns).where(MESSAGE.key.in_(wanted)))
        wanted = {one for row in rows for one in row if one} - carriers
    carried = sa.select(REMINDER.assignment_id).where(REMINDER.message_key.in_(carriers))
    about = sa.select(ASSIGNMENT.task_code, ASSIGNMENT.unit_code).where(ASSIGNMENT.id.in_(carried))
    found = session.execute(about.distinct())
    return sorted((task, unit) for task, unit in found)
