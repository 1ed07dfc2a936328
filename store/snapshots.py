"""Which scorecards were frozen, and what has been recorded since?

A frozen scorecard is one compliance record: chained with all others, never edited, once a month.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.frozen import Frozen, frozen_of
from engine.model import HANOI, FactKind
from store import records
from store.tables import RECORD

FROZEN = "scorecard-snapshot"
_FACTS = sorted(str(kind) for kind in FactKind)


def is_frozen(session: Session, first_on: date) -> bool:
    """Whether the scorecard of a month is in the log."""
    found = sa.select(RECORD.seq).where(RECORD.subject == _subject(first_on), RECORD.kind == FROZEN)
    return session.connection().execute(found.limit(1)).first() is not None


def freeze(session: Session, first_on: date, data: Mapping[str, Any], at: datetime) -> None:
    """Put the scorecard of a month in the log."""
    records.append(session, at, FROZEN, _subject(first_on), data)


def frozen_months(session: Session, until: datetime) -> list[Frozen]:
    """Return every scorecard frozen up to a moment, each with what was recorded since, up to then."""
    wanted = sa.select(RECORD.subject).where(RECORD.kind == FROZEN, RECORD.at <= until)
    subjects = sorted(set(session.scalars(wanted)))
    kept = records.records_of(session, subjects, until)
    found = [next(record for record in kept[subject] if record.kind == FROZEN) for subject in subjects]
    return [
        replace(frozen_of(one.data, one.at, one.hash), since=_facts_since(session, one.seq, until))
        for one in found
    ]


def first_record_on(session: Session) -> date | None:
    """Return the day on which records began; None while there is none."""
    first = session.scalar(sa.select(RECORD.at).order_by(RECORD.seq).limit(1))
    return first.astimezone(HANOI).date() if first else None


def _facts_since(session: Session, seq: int, until: datetime) -> dict[str, Counter[str]]:
    """Return how many facts of each kind were recorded about assignments after a place in the log."""
    statement = (
        sa.select(RECORD.subject, RECORD.kind, sa.func.count())
        .where(RECORD.seq > seq, RECORD.at <= until, RECORD.kind.in_(_FACTS))
        .group_by(RECORD.subject, RECORD.kind)
    )
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for subject, kind, count in session.connection().execute(statement):
        found[subject][kind] = count
    return dict(found)


def _subject(first_on: date) -> str:
    return f"scorecard/{first_on:%Y-%m}"
