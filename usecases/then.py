"""By which rules, calendar and addresses were decisions made at a moment, now or in the past?

Who holds a post and which channels are open stands in files alone: those are always of today.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from engine.planning import World
from store import records
from store.calendars import calendar_then
from usecases.reach import reached_by_now
from usecases.report_facts import rulebook_at
from usecases.wiring import Office


def is_past(office: Office, at: datetime) -> bool:
    """Whether something has been recorded since a moment, so that today may differ from it."""
    with office.database.reading() as session:
        return records.moves_on_after(session, at)


def world_at(session: Session, office: Office, at: datetime) -> World:
    """Return what decisions rested on at a moment, from what was recorded up to it."""
    calendar = calendar_then(session, at) or office.world.calendar
    world = replace(office.world, rulebook=rulebook_at(session, office, at), calendar=calendar)
    return reached_by_now(session, world, at)
