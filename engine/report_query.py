"""What is a report asked about, and from which facts does it answer?

Every report answers the same question object from the same facts, so that two reports, or
two formats of one, cannot disagree about which work they speak of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.calendar import WorkCalendar
from engine.data_quality import Judged
from engine.issued_letters import IssuedLetter
from engine.model import HANOI, Assignment, Role, Unit, UnitKind
from engine.paperwork import Paperwork
from engine.rulebook import Thresholds
from engine.status import standing_of, timeliness_of


@dataclass(frozen=True, slots=True)
class ReminderCount:
    """What has been sent about one assignment up to the moment of the report."""

    total: int
    highest_level: int
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """A moment and what to speak of; an empty filter means everything.

    `first_on` and `last_on` bound the period, both days included: by what of an assignment lies
    in it (deadline, completion, reminder), each report says itself. `levels` keep what was told
    up to one of these levels of the ladder, 0 being what nobody was told of. `unit_names` are those
    of `units`, for people to read.
    """

    as_of: datetime
    plans: tuple[str, ...] = ()  # document codes
    units: tuple[str, ...] = ()  # unit codes
    kinds: tuple[UnitKind, ...] = ()
    levels: tuple[int, ...] = ()
    first_on: date | None = None
    last_on: date | None = None
    unit_names: tuple[str, ...] = ()

    @property
    def on(self) -> date:
        """The local day of the moment."""
        return self.as_of.astimezone(HANOI).date()

    @property
    def is_filtered(self) -> bool:
        """Whether anything may be left out."""
        return bool(self.plans or self.units or self.kinds or self.levels or self.first_on or self.last_on)

    def covers(self, assignment: Assignment, level: int = 0) -> bool:
        """Whether an assignment told up to `level` is spoken of, the period aside."""
        return self.covers_share(assignment.task.document.code, assignment.unit, level)

    def covers_share(self, plan: str, unit: Unit, level: int) -> bool:
        """Whether a unit's share of a task of a plan, told up to `level`, is spoken of."""
        return (
            (not self.plans or plan in self.plans)
            and (not self.units or unit.code in self.units)
            and (not self.kinds or unit.kind in self.kinds)
            and (not self.levels or level in self.levels)
        )

    def is_in_period(self, day: date | None) -> bool:
        """Whether a day lies in the period; no day lies in a period that has bounds."""
        if day is None:
            return self.first_on is None and self.last_on is None
        return (self.first_on is None or self.first_on <= day) and (
            self.last_on is None or day <= self.last_on
        )


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What was recorded up to the moment of a query, as far as the query speaks of it.

    `assignments` are those the query covers, supporting units included, with their facts up to
    the moment; `sent` is keyed by assignment id; `questions` are open import questions as
    (code, sentence), `remarks` counts of what else a reader must know, by the code of the remark,
    `letters` those issued about an assignment, by its id.
    `rulebook` is the fingerprint in force at the moment and `log_head` the hash of the last record
    up to it: printed, they tell years later what the figures rest on.
    A unit with fewer assignments due than `least_due` is not ranked.
    """

    query: ReportQuery
    assignments: Sequence[Assignment]
    calendar: WorkCalendar
    sent: Mapping[str, ReminderCount] = field(default_factory=dict)
    rulebook: str = ""
    log_head: str = ""
    thresholds: Thresholds = field(default_factory=Thresholds)
    questions: Sequence[tuple[str, str]] = ()
    least_due: int = Paperwork().least_due
    remarks: Mapping[str, int] = field(default_factory=dict)
    letters: Mapping[str, Sequence[IssuedLetter]] = field(default_factory=dict)


def judged(facts: ReportFacts) -> list[Judged]:
    """Return the shares of lead units that were assigned by then, each with its standing and cell."""
    query = facts.query
    return [
        judge(share, facts.calendar, query.as_of) for share in facts.assignments if is_judged(share, query.on)
    ]


def judge(assignment: Assignment, calendar: WorkCalendar, at: datetime) -> Judged:
    """Return an assignment with its standing and its cell of the matrix at a moment."""
    standing = standing_of(assignment, at)
    return Judged(assignment, standing, timeliness_of(standing, calendar, at.astimezone(HANOI).date()))


def is_judged(assignment: Assignment, on: date) -> bool:
    """Whether an assignment counts on a day: leads are chased, supporting units only informed."""
    return assignment.role is Role.LEAD and assignment.assigned_on <= on
