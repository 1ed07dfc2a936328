"""Which months are over, and is the scorecard of each on record?

The first run after a month's end puts its figures in the log, once. What is recorded later
changes what a report computes, and never what was said then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from engine.frozen import Ground, frozen_data, last_of_month
from engine.model import HANOI
from engine.report_query import ReportFacts, ReportQuery
from engine.scorecard import rows_to_freeze
from store import snapshots
from usecases import clock
from usecases.report_facts import facts_of
from usecases.restored import clock_is_off
from usecases.wiring import Office

MOST_MONTHS = 24  # so that one wrong date of long ago does not freeze a century


def freeze_finished_months(office: Office, now: datetime) -> tuple[date, ...]:
    """Freeze every month that is over, since records began, and not frozen yet; return their first days.

    The figures are those as of the month's last midnight, by what is on record at `now`. Asked
    again, or by two at once, nothing is frozen twice. What is frozen stays: a month that is over
    only in a rehearsal, or by a clock that is off, is not.
    """
    if clock_is_off(office, now):
        return ()
    with office.database.reading() as session:
        since = snapshots.first_record_on(session)
        over = _finished(since, min(now, clock.now())) if since else []
        waiting = [month for month in over if not snapshots.is_frozen(session, month)]
    return tuple(month for month in waiting if _freeze(office, month, now))


def ground_of(office: Office, facts: ReportFacts) -> Ground:
    """Return what a scorecard rests on besides facts: who is ranked, and the months frozen by then."""
    with office.database.reading() as session:
        frozen = snapshots.frozen_months(session, facts.query.as_of)
    return Ground(office.paperwork.least_due, tuple(frozen))


def _freeze(office: Office, month: date, now: datetime) -> bool:
    last_on = last_of_month(month)
    over = datetime.combine(last_on + timedelta(days=1), time(0), tzinfo=HANOI)
    facts = facts_of(office, ReportQuery(over, first_on=month, last_on=last_on))
    least_due = office.paperwork.least_due
    data = frozen_data(month, over, least_due, rows_to_freeze(facts, least_due))
    with office.database.writing() as session:
        if snapshots.is_frozen(session, month):
            return False
        snapshots.freeze(session, month, {**data, "rulebook": facts.rulebook}, now)
    return True


def _finished(since: date, now: datetime) -> list[date]:
    """Return the first days of the months that are over, from the one of `since` on, the latest alone."""
    this = now.astimezone(HANOI).date().replace(day=1)
    return list(_months(since.replace(day=1), this))[-MOST_MONTHS:]


def _months(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first = last_of_month(first) + timedelta(days=1)
