"""Which tags does a task carry, now or at a moment?

What people gave and took back are compliance records of the task; the table is the
projection of them that planning reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from store import records
from store.statements import CHUNK
from store.tables import TAG, TagRow

GIVEN, TAKEN = "tagged", "untagged"  # kinds of records; their data names the tags


def give(session: Session, task_code: str, tags: Iterable[str], at: datetime, by: str) -> None:
    """Add tags that the task does not carry yet, on record."""
    listed = sorted(tags)
    rows = [{"task_code": task_code, "tag": tag, "by": by, "at": at} for tag in listed]
    session.connection().execute(sa.insert(TagRow), rows)
    records.append(session, at, GIVEN, task_code, {"tags": listed, "by": by})


def take(session: Session, task_code: str, tags: Iterable[str], at: datetime, by: str) -> None:
    """Take tags back that the task carries, on record."""
    listed = sorted(tags)
    session.execute(sa.delete(TagRow).where(TAG.task_code == task_code, TAG.tag.in_(listed)))
    records.append(session, at, TAKEN, task_code, {"tags": listed, "by": by})


def tags_of(session: Session, task_codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the tags of each task that carries any; few do, so many are asked about in one go."""
    statement = sa.select(TAG.task_code, TAG.tag).order_by(TAG.tag)
    if len(task_codes) <= CHUNK:
        statement = statement.where(TAG.task_code.in_(list(task_codes)))
    found: dict[str, list[str]] = defaultdict(list)
    for task_code, tag in session.connection().execute(statement):
        found[task_code].append(tag)
    return {code: tuple(tags) for code, tags in found.items()}


def tags_then(session: Session, task_code: str, until: datetime) -> tuple[str, ...]:
    """Return the tags that a task carried at a moment, from the records."""
    carried: set[str] = set()
    for record in records.records_of(session, [task_code], until).get(task_code, ()):
        if record.kind == GIVEN:
            carried |= set(record.data["tags"])
        elif record.kind == TAKEN:
            carried -= set(record.data["tags"])
    return tuple(sorted(carried))
