"""Which rules are in force, and which were before?

The text of every rulebook that was ever in force stays, by its fingerprint. Which one is
in force now, the compliance records say: the last one put in force, whatever a clock said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI
from store import records
from store.statements import upsert
from store.tables import RECORD, RulebookRow

APPLIED = "rulebook-applied"
_SUBJECT = "rulebook"


@dataclass(frozen=True, slots=True)
class KeptRulebook:
    """The rule files of a rulebook, by name; `applied_at` is when it was last put in force."""

    fingerprint: str
    files: Mapping[str, str] = field(hash=False)
    applied_at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """A rulebook took the place of another; `old` is "" for the first."""

    at: datetime
    old: str
    new: str
    by: str


def in_force(session: Session) -> KeptRulebook | None:
    """Return the rulebook in force, None while none ever was."""
    fingerprint = fingerprint_in_force(session)
    return kept(session, fingerprint) if fingerprint else None


def fingerprint_in_force(session: Session) -> str:
    """Return the fingerprint of the rulebook in force, "" while none ever was."""
    newest = sa.select(RECORD.data).where(RECORD.subject == _SUBJECT, RECORD.kind == APPLIED)
    data = session.scalar(newest.order_by(sa.desc(RECORD.seq)).limit(1))
    return json.loads(data)["new"] if data else ""


def kept(session: Session, fingerprint: str) -> KeptRulebook | None:
    """Return a rulebook that was in force once, None when there never was such a one."""
    row = session.get(RulebookRow, fingerprint)
    if row is None:
        return None
    return KeptRulebook(row.fingerprint, json.loads(row.files), row.applied_at.astimezone(HANOI), row.by)


def history(session: Session) -> list[Applied]:
    """Return every change of the rulebook in force, in the order they were made."""
    found = sorted(records.records_of(session, [_SUBJECT]).get(_SUBJECT, ()), key=lambda one: one.seq)
    return [
        Applied(one.at, one.data["old"], one.data["new"], one.data["by"])
        for one in found
        if one.kind == APPLIED
    ]


def put_in_force(session: Session, rulebook: KeptRulebook, counts: Mapping[str, Any] | None = None) -> None:
    """Put a rulebook in force and record it, with the `counts` of what it changes.

    One that was in force before may come back; its text is kept once.
    """
    row = {
        "fingerprint": rulebook.fingerprint,
        "files": json.dumps(dict(rulebook.files), ensure_ascii=False, sort_keys=True),
        "applied_at": rulebook.applied_at,
        "by": rulebook.by,
    }
    insert = upsert(session, RulebookRow)
    again = {name: insert.excluded[name] for name in ("applied_at", "by")}
    session.connection().execute(
        insert.on_conflict_do_update(index_elements=["fingerprint"], set_=again), row
    )
    said = {"old": fingerprint_in_force(session), "new": rulebook.fingerprint, "by": rulebook.by}
    records.append(session, rulebook.applied_at, APPLIED, _SUBJECT, {**said, "counts": dict(counts or {})})
