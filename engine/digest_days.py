"""May a level get its overdue page now, or does it wait for its day?

Whoever is told on certain weekdays alone is told on the next working day when such a day
is off. What missed its day, because nothing ran then, goes at once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engine.calendar import WorkCalendar
from engine.escalation import next_sending_moment
from engine.model import HANOI
from engine.rulebook import Anchor, DigestDays, Rulebook, Step


def digest_for(step: Step, rulebook: Rulebook) -> DigestDays | None:
    """Return the days that `step` waits for; what is said before or on the deadline never waits."""
    return rulebook.digests.get(step.to) if step.anchor is Anchor.AFTER else None


def is_its_day(
    days: DigestDays, rulebook: Rulebook, calendar: WorkCalendar, now: datetime, waits_since: datetime | None
) -> bool:
    """Whether a page may be made at `now` and leaves the same day, or should have left by now.

    `waits_since` is when the reminder began to wait for the day, None when it has not.
    """
    local = now.astimezone(HANOI)
    if waits_since is not None and digest_moment(days, calendar, waits_since) <= now:
        return True
    leaves_on = next_sending_moment(now, rulebook.sending, calendar).astimezone(HANOI).date()
    return leaves_on == local.date() and local.time() >= days.at and _gathers_on(days, local.date(), calendar)


def digest_moment(days: DigestDays, calendar: WorkCalendar, since: datetime) -> datetime:
    """Return the first moment from `since` on at which a page may be made."""
    local = since.astimezone(HANOI)
    day = local.date() if local.time() <= days.at else local.date() + timedelta(days=1)
    while not _gathers_on(days, day, calendar):
        day += timedelta(days=1)
    return datetime.combine(day, days.at, tzinfo=HANOI)


def _gathers_on(days: DigestDays, day: date, calendar: WorkCalendar) -> bool:
    """Whether a working day is one of the weekdays, or stands in for such days off just before it."""
    if not calendar.is_working_day(day):
        return False
    if day.weekday() in days.weekdays:
        return True
    before = day - timedelta(days=1)
    while not calendar.is_working_day(before):
        if before.weekday() in days.weekdays:
            return True
        before -= timedelta(days=1)
    return False
