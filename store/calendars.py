"""Which days did planning take as working days at a moment in the past?

The calendar is a folder of files that people edit. Every run that finds it changed records the
whole of it, so that a step decided before a swap was announced is still counted as it was then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.calendar import SpecialDay, WorkCalendar
from store import records
from store.tables import RECORD

CHANGED = "calendar-changed"
_SUBJECT = "calendar"
_ABOUT = (RECORD.subject == _SUBJECT, RECORD.kind == CHANGED)


def keep(session: Session, calendar: WorkCalendar, at: datetime) -> None:
    """Record the calendar unless it is the one recorded last."""
    newest = sa.select(RECORD.data).where(*_ABOUT).order_by(sa.desc(RECORD.seq)).limit(1)
    known, data = session.scalar(newest), _recorded(calendar)
    if known is None or json.loads(known) != data:
        records.append(session, at, CHANGED, _SUBJECT, data)


def calendar_then(session: Session, at: datetime) -> WorkCalendar | None:
    """Return the calendar by which runs counted at a moment, None when it has not changed since.

    Before the first run it is the one of that run.
    """
    if session.scalar(sa.select(RECORD.seq).where(*_ABOUT, RECORD.at > at).limit(1)) is None:
        return None
    known = records.records_of(session, [_SUBJECT])[_SUBJECT]
    return _read([record for record in known if record.at <= at or record is known[0]][-1].data)


def _recorded(calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "years": {str(year): is_provisional for year, is_provisional in sorted(calendar.years.items())},
        "days": [
            [day.day.isoformat(), day.is_working, day.name, day.document, day.note]
            for day in calendar.special_days
        ],
    }


def _read(data: Mapping[str, Any]) -> WorkCalendar:
    days = (SpecialDay(date.fromisoformat(day), *rest) for day, *rest in data["days"])
    return WorkCalendar(days, {int(year): is_provisional for year, is_provisional in data["years"].items()})
