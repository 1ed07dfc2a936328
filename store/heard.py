"""What did channels tell us, and what has been done about it?

A row is kept as it came before anybody acts on it; its id cannot come twice. It is settled in the
transaction of what it causes, so nothing is done twice however often a channel repeats itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI
from store.channel_tables import HEARD, HeardRow
from store.statements import chunks, upsert

NEW, ANSWERING, DONE, IGNORED, FAILED = "new", "answering", "done", "ignored", "failed"
_REPLIES = "replies"  # where `heard` keeps what is still to be said back


@dataclass(frozen=True, slots=True)
class KeptHeard:
    """Something a channel told us; `heard` is what it was read as, `raw` how it came."""

    id: str
    channel: str
    kind: str
    address: str
    about: str
    received_at: datetime
    heard: dict[str, Any]
    raw: str
    state: str = NEW
    attempts: int = 0
    note: str = ""

    @property
    def replies(self) -> list[tuple[str, str, str]]:
        """What is still to be said back: channel, address, words."""
        return [(channel, address, text) for channel, address, text in self.heard.get(_REPLIES, ())]


def keep(session: Session, told: Iterable[KeptHeard]) -> int:
    """Keep what was not kept before; return how much of it is new."""
    rows = [{name: getattr(one, name) for name in KeptHeard.__slots__} for one in told]
    rows = list({row["id"]: row for row in reversed(rows)}.values())[::-1]
    if not rows:
        return 0
    known = {id_ for ids in chunks(row["id"] for row in rows) for id_ in _known(session, ids)}
    news = [row for row in rows if row["id"] not in known]
    if news:
        insert = upsert(session, HeardRow)
        session.connection().execute(insert.on_conflict_do_nothing(index_elements=["id"]), news)
    return len(news)


def unsettled(session: Session) -> list[str]:
    """Return the ids of what nobody has worked off yet, or not answered yet, oldest first."""
    statement = sa.select(HEARD.id).where(HEARD.state.in_((NEW, ANSWERING)))
    return list(session.scalars(statement.order_by(HEARD.received_at, HEARD.id)))


def read(session: Session, id_: str) -> KeptHeard | None:
    """Return one row as it stands now."""
    row = session.get(HeardRow, id_, populate_existing=True)
    if row is None:
        return None
    values = {name: getattr(row, name) for name in KeptHeard.__slots__}
    return KeptHeard(**values | {"received_at": row.received_at.astimezone(HANOI), "heard": dict(row.heard)})


def settle(session: Session, one: KeptHeard, state: str, at: datetime, note: str = "") -> None:
    """Note what became of a row."""
    change = {"state": state, "note": note, "done_at": at}
    session.connection().execute(sa.update(HeardRow).where(HEARD.id == one.id).values(**change))


def answer(
    session: Session, one: KeptHeard, replies: Iterable[tuple[str, str, str]], at: datetime, note: str = ""
) -> None:
    """Note that a row is worked off, and what is to be said back before it is done."""
    heard = one.heard | {_REPLIES: [list(reply) for reply in replies]}
    change = {"state": ANSWERING, "heard": heard, "note": note, "done_at": at}
    session.connection().execute(sa.update(HeardRow).where(HEARD.id == one.id).values(**change))


def try_later(session: Session, one: KeptHeard, note: str) -> None:
    """Note one more attempt that led nowhere; the row stays as it is."""
    change = {"attempts": HEARD.attempts + 1, "note": note}
    session.connection().execute(sa.update(HeardRow).where(HEARD.id == one.id).values(**change))


def of_addresses(session: Session, addresses: Iterable[tuple[str, str]]) -> list[KeptHeard]:
    """Return everything heard from some addresses (channel, address), oldest first."""
    found: list[KeptHeard] = []
    for channel, address in addresses:
        statement = sa.select(HEARD.id).where(HEARD.channel == channel, HEARD.address == address)
        for id_ in session.scalars(statement.order_by(HEARD.received_at, HEARD.id)).all():
            kept = read(session, id_)
            found += [kept] if kept else []
    return found


def blank(session: Session, ids: Iterable[str], note: str) -> int:
    """Remove what was said and by whom, and keep that something was; return how many rows."""
    count = 0
    for chunk in chunks(ids):
        change = {"heard": {}, "raw": "", "address": "", "note": note}
        done = session.connection().execute(sa.update(HeardRow).where(HEARD.id.in_(chunk)).values(**change))
        count += done.rowcount
    return count


def _known(session: Session, ids: list[str]) -> Iterable[str]:
    return session.scalars(sa.select(HEARD.id).where(HEARD.id.in_(ids))).all()
