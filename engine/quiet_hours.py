"""Until when does somebody want to be left alone?

A person's quiet hours narrow the sending hours of the office; they never close them.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from engine.calendar import WorkCalendar
from engine.escalation import next_sending_moment
from engine.model import HANOI, Recipient
from engine.rulebook import SendingHours

_MOST_STRETCHES = 20


def wakes_at(recipient: Recipient, at: datetime, hours: SendingHours, calendar: WorkCalendar) -> datetime:
    """Return `at` when a person may be told now, else the next moment of the sending hours that suits them.

    Quiet hours that leave nothing of the sending hours do not count: what is due is late, never dropped.
    """
    moment = at
    for _ in range(_MOST_STRETCHES if recipient.quiet else 0):
        ends = _quiet_until(recipient.quiet, moment)
        if ends is None:
            return moment
        moment = next_sending_moment(ends, hours, calendar)
    return at


def _quiet_until(quiet: tuple[tuple[time, time], ...], moment: datetime) -> datetime | None:
    """Return when the quiet hours end that `moment` falls into; they may run past midnight."""
    local = moment.astimezone(HANOI)
    for begins, ends in quiet:
        is_inside = begins <= local.time() < ends
        if begins > ends:
            is_inside = local.time() >= begins or local.time() < ends
        if is_inside:
            day = local.date() + timedelta(days=begins > ends and local.time() >= begins)
            return datetime.combine(day, ends, tzinfo=HANOI)
    return None
