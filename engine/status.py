"""How does an assignment stand at a given moment?

Computed from the facts recorded up to that moment and never stored, so that the
report of last month can be printed again next year with the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from engine.calendar import WorkCalendar
from engine.model import HANOI, Assignment, Fact, FactKind


class Status(StrEnum):
    """Where the work stands with the people concerned."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    BLOCKED = "blocked"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"
    AWAITING_DECISION = "awaiting_decision"


class Timeliness(StrEnum):
    """Where the work stands against its deadline: the cells of the official matrix."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_LATE = "open_late"
    NO_DEADLINE = "no_deadline"
    AWAITING_DECISION = "awaiting_decision"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Standing:
    """An assignment at one moment.

    `due_on` is the deadline in force, `original_due_on` the first one. `armed_on` is the
    day from which steps towards the deadline in force count: the day of assignment, of
    the extension, or of the decision that set it. `done_on` is set once a result has been
    reported and not returned. `wished_on` is the day an extension was asked for while nobody
    has decided. `blocked_by` is the code of the unit that is waited for, "" when none was named.
    """

    status: Status
    original_due_on: date | None
    due_on: date | None
    armed_on: date
    extensions: int = 0
    acknowledged_at: datetime | None = None
    reported_at: datetime | None = None
    done_on: date | None = None
    wished_on: date | None = None
    blocked_by: str = ""
    blocked_at: datetime | None = None

    @property
    def is_owed(self) -> bool:
        """Whether something dated is still owed, chased or not: held and blocked work is owed too."""
        return self.due_on is not None and self.done_on is None and self.status is not Status.CANCELLED

    @property
    def waits_for(self) -> str:
        """The code of the unit that is chased instead of this one, "" when none is."""
        return self.blocked_by if self.status is Status.BLOCKED and self.due_on is not None else ""

    @property
    def is_chased(self) -> bool:
        """Whether reminders may go out: something dated is still owed by this unit."""
        owed = {Status.OPEN, Status.ACKNOWLEDGED, Status.RETURNED}
        return self.status in owed and self.due_on is not None


def standing_of(assignment: Assignment, at: datetime) -> Standing:
    """Return how `assignment` stands at `at`, from the facts recorded up to then."""
    standing = Standing(Status.OPEN, assignment.due_on, assignment.due_on, assignment.assigned_on)
    for fact in assignment.facts:
        if fact.at > at:
            break
        standing = _after(standing, fact)
    return standing


def timeliness_of(standing: Standing, calendar: WorkCalendar, on: date) -> Timeliness:
    """Return the matrix cell for `standing` on a day.

    Late means later than the next working day on or after the deadline (Bộ luật Dân sự
    2015, Điều 148.5); a result counts from the day the work was done, not the day the
    reviewer accepted it.
    """
    if standing.status is Status.CANCELLED:
        return Timeliness.CANCELLED
    if standing.status is Status.AWAITING_DECISION:
        return Timeliness.AWAITING_DECISION
    if standing.due_on is None:
        return Timeliness.NO_DEADLINE
    last_day = calendar.next_working_day(standing.due_on)
    if standing.done_on is not None:
        return Timeliness.DONE_ON_TIME if standing.done_on <= last_day else Timeliness.DONE_LATE
    return Timeliness.OPEN_IN_TIME if on <= last_day else Timeliness.OPEN_LATE


def days_late(standing: Standing, calendar: WorkCalendar, on: date) -> int:
    """Return calendar days past the last day allowed, 0 when not late."""
    if standing.due_on is None:
        return 0
    return max(0, ((standing.done_on or on) - calendar.next_working_day(standing.due_on)).days)


def _after(before: Standing, fact: Fact) -> Standing:
    """Return the standing once `fact` has been recorded."""
    day = fact.at.astimezone(HANOI).date()
    match fact.kind:
        case FactKind.HELD:
            return replace(before, status=Status.AWAITING_DECISION)
        case FactKind.DECIDED:
            due_on = fact.due_on or before.due_on
            original = before.original_due_on or due_on
            is_kept = before.status is Status.DISPUTED and fact.due_on in {None, before.due_on}
            return replace(
                before,
                status=Status.OPEN,
                due_on=due_on,
                original_due_on=original,
                armed_on=before.armed_on if is_kept else day,
            )
        case FactKind.ACKNOWLEDGED if before.status in {Status.OPEN, Status.ACKNOWLEDGED, Status.RETURNED}:
            return replace(before, status=Status.ACKNOWLEDGED, acknowledged_at=fact.at)
        case FactKind.REPORTED:
            return replace(before, status=Status.REPORTED, reported_at=fact.at, done_on=fact.on or day)
        case FactKind.ACCEPTED:
            done_on = fact.on or before.done_on or day
            return replace(before, status=Status.ACCEPTED, done_on=done_on)
        case FactKind.RETURNED:
            return replace(before, status=Status.RETURNED, done_on=None, reported_at=None)
        case FactKind.EXTENDED:
            more = before.extensions + 1
            return replace(before, due_on=fact.due_on, armed_on=day, extensions=more, wished_on=None)
        case FactKind.EXTENSION_REQUESTED:
            return replace(before, wished_on=fact.due_on)
        case FactKind.EXTENSION_REFUSED:
            return replace(before, wished_on=None)
        case FactKind.BLOCKED:
            return replace(before, status=Status.BLOCKED, blocked_by=fact.unit, blocked_at=fact.at)
        case FactKind.UNBLOCKED:
            return replace(before, status=Status.OPEN, blocked_by="", blocked_at=None)
        case FactKind.DISPUTED:
            return replace(before, status=Status.DISPUTED)
        case FactKind.CANCELLED:
            return replace(before, status=Status.CANCELLED)
        case _:
            return before
