"""How does an assignment stand at a given moment?

Computed from the facts recorded up to that moment and never stored, so that the
report of last month can be printed again next year with the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from engine.calendar import WorkCalendar
from engine.model import HANOI, Assignment, FactKind


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


class Happening(Protocol):
    """What of a fact decides how an assignment stands."""

    @property
    def kind(self) -> FactKind:
        """What happened."""

    @property
    def at(self) -> datetime:
        """When it was recorded."""

    @property
    def on(self) -> date | None:
        """When the work was done."""

    @property
    def due_on(self) -> date | None:
        """The deadline set or wished for."""

    @property
    def unit(self) -> str:
        """Whom the work waits for."""


class Standing(NamedTuple):
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
    return standing_after(assignment.due_on, assignment.assigned_on, assignment.facts, at)


def standing_after(
    due_on: date | None, assigned_on: date, facts: Sequence[Happening], at: datetime
) -> Standing:
    """Return how work assigned on a day for another stands at `at`, once `facts` had happened."""
    course = _Course(due_on, assigned_on)
    for fact in facts:
        if fact.at > at:
            break
        course.take(fact)
    return course.standing()


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


class _Course:
    """A standing on its way: each fact changes it in place, since reports follow 100,000 of them."""

    __slots__ = (
        "acknowledged_at", "armed_on", "blocked_at", "blocked_by", "done_on", "due_on", "extensions",
        "original_due_on", "reported_at", "status", "wished_on",
    )  # fmt: skip

    def __init__(self, due_on: date | None, assigned_on: date) -> None:
        self.status, self.extensions, self.blocked_by = Status.OPEN, 0, ""
        self.original_due_on, self.due_on, self.armed_on = due_on, due_on, assigned_on
        self.acknowledged_at: datetime | None = None
        self.reported_at: datetime | None = None
        self.blocked_at: datetime | None = None
        self.done_on: date | None = None
        self.wished_on: date | None = None

    def standing(self) -> Standing:
        return Standing(
            self.status, self.original_due_on, self.due_on, self.armed_on, self.extensions,
            self.acknowledged_at, self.reported_at, self.done_on, self.wished_on, self.blocked_by,
            self.blocked_at,
        )  # fmt: skip

    def take(self, fact: Happening) -> None:
        """Follow `fact`."""
        match fact.kind:
            case FactKind.REPORTED:
                self.status, self.reported_at = Status.REPORTED, fact.at
                self.done_on = fact.on or _day(fact)
            case FactKind.ACCEPTED:
                self.status, self.done_on = Status.ACCEPTED, fact.on or self.done_on or _day(fact)
            case FactKind.ACKNOWLEDGED:
                if self.status in _ACKNOWLEDGED_FROM:
                    self.status, self.acknowledged_at = Status.ACKNOWLEDGED, fact.at
            case FactKind.EXTENDED:
                self.due_on, self.armed_on, self.wished_on = fact.due_on, _day(fact), None
                self.extensions += 1
            case FactKind.DECIDED:
                self._decide(fact)
            case FactKind.HELD:
                self.status = Status.AWAITING_DECISION
            case FactKind.RETURNED:
                self.status, self.done_on, self.reported_at = Status.RETURNED, None, None
            case FactKind.EXTENSION_REQUESTED:
                self.wished_on = fact.due_on
            case FactKind.EXTENSION_REFUSED:
                self.wished_on = None
            case FactKind.BLOCKED:
                self.status, self.blocked_by, self.blocked_at = Status.BLOCKED, fact.unit, fact.at
            case FactKind.UNBLOCKED:
                self.status, self.blocked_by, self.blocked_at = Status.OPEN, "", None
            case FactKind.DISPUTED:
                self.status = Status.DISPUTED
            case FactKind.CANCELLED:
                self.status = Status.CANCELLED

    def _decide(self, fact: Happening) -> None:
        is_kept = self.status is Status.DISPUTED and fact.due_on in {None, self.due_on}
        self.status, self.due_on = Status.OPEN, fact.due_on or self.due_on
        self.original_due_on = self.original_due_on or self.due_on
        if not is_kept:
            self.armed_on = _day(fact)


_ACKNOWLEDGED_FROM = frozenset({Status.OPEN, Status.ACKNOWLEDGED, Status.RETURNED})


def _day(fact: Happening) -> date:
    return fact.at.astimezone(HANOI).date()
