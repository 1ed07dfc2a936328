"""Which doors were given out, and what came of each?

A door is the page or the button by which one person answers about one assignment of one
message. Of its nonce only a hash is kept; a door opens once, and what came of that stays with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI
from store.channel_tables import LINK, LinkRow
from store.responses import hashed
from store.statements import chunks, upsert

BUTTON = "button"  # the purpose of a nonce that stands for one response


@dataclass(frozen=True, slots=True)
class Link:
    """What stands behind one nonce; `response` is "" for a page, where a person chooses."""

    nonce: str = field(repr=False)
    purpose: str
    response: str
    message_key: str
    assignment_id: str
    post: str
    person: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    result: dict[str, Any] | None = None


_GIVEN = ("purpose", "response", "message_key", "assignment_id", "post", "person", "issued_at", "expires_at")


def put(session: Session, links: Iterable[Link]) -> None:
    """Remember doors that are given out; one that is known stays as it is, with its first expiry."""
    rows = [
        {"nonce_hash": hashed(link.nonce)} | {name: getattr(link, name) for name in _GIVEN} for link in links
    ]
    if rows:
        insert = upsert(session, LinkRow).on_conflict_do_nothing(index_elements=["nonce_hash"])
        session.connection().execute(insert, rows)


def behind(session: Session, nonce: str, purpose: str) -> Link | None:
    """Return what stands behind a nonce, None when nothing does or it is for something else."""
    row = session.get(LinkRow, hashed(nonce), populate_existing=True)
    if row is None or row.purpose != purpose:
        return None
    return Link(
        nonce, row.purpose, row.response, row.message_key, row.assignment_id, row.post, row.person,
        _local(row.issued_at), _local(row.expires_at),
        row.used_at and _local(row.used_at), row.revoked_at and _local(row.revoked_at), row.result,
    )  # fmt: skip


def use(session: Session, nonce: str, result: dict[str, Any], at: datetime) -> bool:
    """Keep what came of a door; False when somebody was first, or it is revoked or over."""
    free = (LINK.nonce_hash == hashed(nonce), LINK.used_at.is_(None), LINK.revoked_at.is_(None))
    statement = sa.update(LinkRow).where(*free, LINK.expires_at > at).values(used_at=at, result=result)
    return session.connection().execute(statement).rowcount == 1


def revoke(session: Session, assignment_ids: Iterable[str], at: datetime) -> int:
    """Close the unused doors of assignments; return how many."""
    count = 0
    for chunk in chunks(assignment_ids):
        open_ = (LINK.assignment_id.in_(chunk), LINK.used_at.is_(None), LINK.revoked_at.is_(None))
        done = session.connection().execute(sa.update(LinkRow).where(*open_).values(revoked_at=at))
        count += done.rowcount
    return count


def _local(moment: datetime) -> datetime:
    return moment.astimezone(HANOI)
