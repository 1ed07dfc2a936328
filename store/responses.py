"""By which number or read-back is an assignment meant when somebody answers?

Short numbers are given once and never to another assignment. Of codes, which can be guessed,
only hashes are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI
from store.channel_tables import (
    ATTEMPT,
    JOIN_CODE,
    LINK,
    PENDING_RESPONSE,
    SHORT_NUMBER,
    AttemptRow,
    JoinCodeRow,
    LinkRow,
    PendingResponseRow,
    ShortNumberRow,
)
from store.statements import chunks, upsert
from store.tables import ASSIGNMENT, IS_OPEN, MESSAGE, REMINDER


def hashed(*parts: str) -> str:
    """Return the mark under which a secret is kept."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# --- short numbers -------------------------------------------------------------------------


def numbers_of(session: Session, assignment_ids: Iterable[str]) -> dict[str, int]:
    """Return the short number of each assignment; those without one get the next, in order."""
    wanted = list(dict.fromkeys(assignment_ids))
    known = _numbers(session, wanted)
    fresh = [id_ for id_ in wanted if id_ not in known]
    if fresh:
        last = session.scalar(sa.select(sa.func.max(SHORT_NUMBER.number))) or 0
        given = {id_: last + n for n, id_ in enumerate(fresh, start=1)}
        rows = [{"number": number, "assignment_id": id_} for id_, number in given.items()]
        session.connection().execute(sa.insert(ShortNumberRow), rows)
        known |= given
    return known


def meant_by(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    """Return the assignment each number means; a number nobody was given is left out."""
    statement = sa.select(SHORT_NUMBER.number, SHORT_NUMBER.assignment_id)
    found = session.execute(statement.where(SHORT_NUMBER.number.in_(list(numbers))))
    return {number: id_ for number, id_ in found}  # noqa: C416


def open_of_units(session: Session, unit_codes: Iterable[str]) -> list[str]:
    """Return the open lead assignments of some units, the nearest deadline first."""
    mine = (ASSIGNMENT.unit_code.in_(list(unit_codes)), ASSIGNMENT.role == "lead")
    statement = sa.select(ASSIGNMENT.id).where(IS_OPEN, *mine)
    return list(session.scalars(statement.order_by(ASSIGNMENT.due_on, ASSIGNMENT.id)))


def told_in(session: Session, channel: str, about: str) -> tuple[str, list[str]] | None:
    """Return the post a message went to and what it was about; `about` is a provider's id or our key."""
    if not about:
        return None
    named = sa.or_(MESSAGE.provider_id == about, MESSAGE.key == about)
    row = session.execute(
        sa.select(MESSAGE.key, MESSAGE.copy_of, MESSAGE.post).where(MESSAGE.channel == channel, named)
    ).first()
    if row is None:
        return None
    carried = (REMINDER.message_key.in_([row.key, row.copy_of]), REMINDER.state == "planned")
    statement = sa.select(REMINDER.assignment_id).where(*carried).order_by(REMINDER.assignment_id)
    return row.post, list(session.scalars(statement.distinct()))


# --- what was read back --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for somebody's yes."""

    response: dict[str, Any]
    expires_at: datetime


def put_pending(
    session: Session, channel: str, address: str, response: dict[str, Any], at: datetime, until: datetime
) -> None:
    """Remember what was read back at an address, in place of what was before."""
    row = PendingResponseRow(
        channel=channel, address=address, response=response, asked_at=at, expires_at=until
    )
    session.merge(row)
    session.flush()


def take_pending(session: Session, channel: str, address: str) -> Pending | None:
    """Return what was read back at an address and forget it: a yes counts once."""
    row = session.get(PendingResponseRow, (channel, address), populate_existing=True)
    if row is None:
        return None
    pending = Pending(dict(row.response), row.expires_at.astimezone(HANOI))
    mine = (PENDING_RESPONSE.channel == channel, PENDING_RESPONSE.address == address)
    session.execute(sa.delete(PendingResponseRow).where(*mine))
    session.expunge(row)
    return pending


# --- codes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JoinCode:
    """Who may open a channel with a code, and until when."""

    post: str
    person: str
    channel: str
    issued_at: datetime
    expires_at: datetime


def put_code(session: Session, code: str, whose: JoinCode) -> bool:
    """Remember a code in place of those the person had; False when somebody else has the same one."""
    mine = (
        JOIN_CODE.post == whose.post,
        JOIN_CODE.person == whose.person,
        JOIN_CODE.channel == whose.channel,
    )
    session.execute(sa.delete(JoinCodeRow).where(*mine, JOIN_CODE.used_at.is_(None)))
    mark = hashed(whose.channel, code)
    if session.get(JoinCodeRow, mark, populate_existing=True) is not None:
        return False
    values = {name: getattr(whose, name) for name in JoinCode.__slots__}
    session.connection().execute(sa.insert(JoinCodeRow).values(code_hash=mark, **values))
    return True


def spend_code(session: Session, channel: str, code: str, at: datetime) -> JoinCode | None:
    """Return whose code this is and use it up; None when it is unknown, used or over."""
    mine = (JOIN_CODE.code_hash == hashed(channel, code), JOIN_CODE.used_at.is_(None))
    statement = sa.update(JoinCodeRow).where(*mine, JOIN_CODE.expires_at > at).values(used_at=at)
    columns = (JOIN_CODE.post, JOIN_CODE.person, JOIN_CODE.channel, JOIN_CODE.issued_at, JOIN_CODE.expires_at)
    row = session.connection().execute(statement.returning(*columns)).first()
    if row is None:
        return None
    post, person, of_channel, issued_at, expires_at = row
    return JoinCode(post, person, of_channel, issued_at.astimezone(HANOI), expires_at.astimezone(HANOI))


def attempts(session: Session, subject: str, at: datetime) -> int:
    """Return how often something was tried in this hour."""
    row = session.get(AttemptRow, (subject, _hour(at)), populate_existing=True)
    return row.count if row else 0


def count_attempt(session: Session, subject: str, at: datetime) -> int:
    """Count one more attempt of this hour; return how many by now."""
    insert = upsert(session, AttemptRow).values(subject=subject, hour=_hour(at), count=1)
    statement = insert.on_conflict_do_update(
        index_elements=["subject", "hour"], set_={"count": ATTEMPT.count + 1}
    )
    return int(session.connection().execute(statement.returning(ATTEMPT.count)).scalar_one())


def forget_person(session: Session, post: str, person: str, addresses: Iterable[tuple[str, str]]) -> None:
    """Remove the codes, buttons and read-backs of one person."""
    session.execute(sa.delete(JoinCodeRow).where(JOIN_CODE.post == post, JOIN_CODE.person == person))
    session.execute(sa.delete(LinkRow).where(LINK.post == post, LINK.person == person))
    for channel, address in addresses:
        mine = (PENDING_RESPONSE.channel == channel, PENDING_RESPONSE.address == address)
        session.execute(sa.delete(PendingResponseRow).where(*mine))


def _numbers(session: Session, ids: list[str]) -> dict[str, int]:
    columns = (SHORT_NUMBER.assignment_id, SHORT_NUMBER.number)
    found: dict[str, int] = {}
    for chunk in chunks(ids):
        rows = session.execute(sa.select(*columns).where(SHORT_NUMBER.assignment_id.in_(chunk)))
        found |= {id_: number for id_, number in rows}  # noqa: C416
    return found


def _hour(at: datetime) -> datetime:
    return at.astimezone(HANOI).replace(minute=0, second=0, microsecond=0)
