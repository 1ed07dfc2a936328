"""When does a step fall, and which deadlines does a stretch of time touch?

Pure calendar arithmetic: the answer depends on the arguments alone, so an administrator
may ask about next Tuesday and a test about a Tết three years away.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby

from engine.calendar import WorkCalendar
from engine.model import HANOI, Role
from engine.rulebook import Anchor, Policy, SendingHours, Step, steps_of


def step_falls_at(step: Step, due_on: date, calendar: WorkCalendar) -> datetime:
    """Return the moment `step` falls for a deadline, in local time.

    Steps before the deadline count back from the last working day on or before it, so
    that "one day before" is a day on which something can still be done; steps after it
    count from the first working day on or after it (Bộ luật Dân sự 2015, Điều 148.5).
    Calendar days that end on a day off end on the working day before, or after, it.
    """
    return _moment(step.anchor, step.working_days, step.calendar_days, step.at, due_on, calendar)


@lru_cache(maxsize=65536)
def _moment(
    anchor: Anchor, working_days: int, calendar_days: int, at: time, due_on: date, calendar: WorkCalendar
) -> datetime:
    stretch = timedelta(days=calendar_days)
    match anchor:
        case Anchor.BEFORE:
            day = calendar.previous_working_day(calendar.previous_working_day(due_on) - stretch)
            day = calendar.add_working_days(day, -working_days)
        case Anchor.ON:
            day = calendar.previous_working_day(due_on)
        case Anchor.AFTER:
            day = calendar.next_working_day(calendar.next_working_day(due_on) + stretch)
            day = calendar.add_working_days(day, working_days)
    return datetime.combine(day, at, tzinfo=HANOI)


@lru_cache(maxsize=65536)  # a registry has far fewer deadlines than assignments
def ladder_of(
    policy: Policy, role: Role, due_on: date, calendar: WorkCalendar
) -> tuple[tuple[tuple[datetime, Step], ...], ...]:
    """Return the steps towards a deadline with their moments: level by level, each in the order they fall."""
    falling = [(step_falls_at(step, due_on, calendar), step) for step in steps_of(policy, role)]
    falling.sort(key=lambda pair: (pair[1].to.level, pair[0]))
    return tuple(tuple(of_level) for _, of_level in groupby(falling, key=lambda pair: pair[1].to.level))


@dataclass(frozen=True, slots=True)
class Rung:
    """A step on the way to one deadline; `said` names the step and the deadline in Vietnamese."""

    step: Step
    level: int
    falls_at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Fallen:
    """What has fallen of one level, in order; `below` is a rung of the level below, if there is one."""

    rungs: tuple[Rung, ...]
    ids: frozenset[str]
    below: Rung | None


@lru_cache(maxsize=16384)  # what has one deadline and was assigned on one day has fallen alike
def fallen_of(
    policy: Policy, role: Role, due_on: date, armed_on: date, calendar: WorkCalendar, now: datetime
) -> tuple[Fallen, ...]:
    """Return the steps that have fallen by `now` since the ladder was armed, for each level with any."""
    found: list[Fallen] = []
    below: Rung | None = None
    for of_level in _rungs(policy, role, due_on, calendar):
        past = bisect_right(of_level, now, key=lambda rung: rung.falls_at)
        since = bisect_left(of_level, armed_on, hi=past, key=lambda rung: rung.falls_at.date())
        if since < past:
            rungs = of_level[since:past]
            found.append(Fallen(rungs, frozenset(rung.step.id for rung in rungs), below))
        below = of_level[0]
    return tuple(found)


@lru_cache(maxsize=16384)
def _rungs(policy: Policy, role: Role, due_on: date, calendar: WorkCalendar) -> tuple[tuple[Rung, ...], ...]:
    day = f"{due_on:%d/%m/%Y}"
    return tuple(
        tuple(
            Rung(step, step.to.level, at, f"bậc '{step.id}' ({step.place}): {step.words} {day}")
            for at, step in of_level
        )
        for of_level in ladder_of(policy, role, due_on, calendar)
    )


def due_dates_touched(
    step: Step, since: datetime | None, until: datetime, calendar: WorkCalendar
) -> tuple[date | None, date] | None:
    """Return the first and last deadline whose `step` falls in `(since, until]`, or None.

    The moment of a step never goes back as the deadline goes forward, so the deadlines
    are one interval and the store can answer with an index range. Without `since` the
    interval has no beginning.
    """
    last = _last_due_by(step, until, calendar)
    if since is None:
        return None, last
    first = _last_due_by(step, since, calendar) + timedelta(days=1)
    return (first, last) if first <= last else None


def next_sending_moment(now: datetime, hours: SendingHours, calendar: WorkCalendar) -> datetime:
    """Return `now` when messages may leave, else the opening of the next sending hours."""
    local = now.astimezone(HANOI)
    day = local.date()
    if calendar.is_working_day(day):
        for opens, closes in hours.spans:
            if local.time() < opens:
                return datetime.combine(day, opens, tzinfo=HANOI)
            if local.time() < closes:
                return now
    opening_day = calendar.add_working_days(day, 1)
    return datetime.combine(opening_day, hours.spans[0][0], tzinfo=HANOI)


@lru_cache(maxsize=4096)  # the end of one stretch is the beginning of the next
def _last_due_by(step: Step, moment: datetime, calendar: WorkCalendar) -> date:
    """Return the latest deadline whose `step` has fallen by `moment`."""
    # Working days are never sparser than one in two, Tết aside.
    reach = 2 * step.working_days + step.calendar_days + 40
    earliest = moment.astimezone(HANOI).date() - timedelta(days=reach)
    offsets = range(2 * reach + 1)
    reached = bisect_right(
        offsets, moment, key=lambda n: step_falls_at(step, earliest + timedelta(days=n), calendar)
    )
    return earliest + timedelta(days=reached - 1)
