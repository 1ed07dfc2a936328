"""Which secret that changes while the service runs is in force, and who is changing it?

Everything here is sealed before it comes and stays sealed; a lease is a row beside the secret
it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI
from store.channel_tables import CREDENTIAL, CredentialRow
from store.statements import upsert

OK = "ok"
NEEDS_REAUTH = "needs_reauth"
_LEASED = "leased"


@dataclass(frozen=True, slots=True)
class Credential:
    """A sealed secret; `is_ok` is False once its issuer has refused it."""

    sealed: str = field(repr=False)
    obtained_at: datetime
    expires_at: datetime
    is_ok: bool
    note: str = ""


def credential(session: Session, name: str) -> Credential | None:
    """Return the secret of that name, None when there never was one."""
    row = session.scalar(sa.select(CredentialRow).where(CREDENTIAL.name == name))
    if row is None:
        return None
    at, until = row.obtained_at.astimezone(HANOI), row.expires_at.astimezone(HANOI)
    return Credential(row.sealed, at, until, row.state == OK, row.note)


def keep(session: Session, name: str, sealed: str, obtained_at: datetime, expires_at: datetime) -> None:
    """Put a secret in the place of the one before."""
    _put(session, name, sealed=sealed, obtained_at=obtained_at, expires_at=expires_at, state=OK, note="")


def refuse(session: Session, name: str, sealed: str, why: str) -> bool:
    """Note that the issuer refuses the secret; False when another has taken its place meanwhile."""
    same = sa.and_(CREDENTIAL.name == name, CREDENTIAL.sealed == sealed)
    changed = sa.update(CredentialRow).where(same).values(state=NEEDS_REAUTH, note=why[:500])
    return session.connection().execute(changed).rowcount == 1


def forget(session: Session, name: str) -> None:
    """Forget a secret."""
    session.connection().execute(sa.delete(CredentialRow).where(CREDENTIAL.name == name))


def lease(session: Session, name: str, owner: str, now: datetime, until: datetime) -> bool:
    """Return whether `owner` alone may change the secret until `until`; a lease that ran out is free."""
    row = session.scalar(sa.select(CredentialRow).where(CREDENTIAL.name == _lease_of(name)))
    if row is not None and row.note != owner and row.expires_at > now:
        return False
    _put(session, _lease_of(name), sealed="", obtained_at=now, expires_at=until, state=_LEASED, note=owner)
    return True


def release(session: Session, name: str, owner: str) -> None:
    """Give back the lease, if it is still that of `owner`."""
    mine = sa.and_(CREDENTIAL.name == _lease_of(name), CREDENTIAL.note == owner)
    session.connection().execute(sa.delete(CredentialRow).where(mine))


def _lease_of(name: str) -> str:
    return f"{name}#lease"


def _put(session: Session, name: str, **values: object) -> None:
    insert = upsert(session, CredentialRow).values(name=name, **values)
    session.connection().execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))
