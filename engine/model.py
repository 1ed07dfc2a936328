"""What does everybody here talk about?

The nouns of the product as frozen dataclasses: documents and their tasks, the units
that owe them, the facts recorded about them. Nothing in this module computes.
`_on` is a date, `_at` an aware moment; every local time is Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


# --- units -----------------------------------------------------------------------------


class UnitKind(StrEnum):
    """What sort of body a unit is; policies and tone depend on it."""

    DEPARTMENT = "department"  # sở, Thanh tra tỉnh, Văn phòng UBND tỉnh
    BODY = "body"  # ban quản lý, công an, quân sự, thuế, báo: not a UBND department
    PARTY = "party"  # cơ quan Đảng, Mặt trận, đoàn thể
    COMMUNE = "commune"  # xã, phường, đặc khu
    LEADERSHIP = "leadership"  # UBND tỉnh


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A dissolved unit whose work a present unit took over."""

    name: str
    until: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that can owe a task, by stable code."""

    code: str
    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()
    predecessors: tuple[Predecessor, ...] = ()


# Who answers for finished work whose agency nobody could name: it is counted, and never reminded.
UNDETERMINED = Unit("CHUA-RO", "Chưa xác định cơ quan", UnitKind.BODY)


class ResolutionStatus(StrEnum):
    """How far a cell naming agencies was understood."""

    RESOLVED = "resolved"  # every part names one known unit
    GROUP = "group"  # fully understood, and at least one part is a collective name
    AMBIGUOUS = "ambiguous"  # a person must choose among candidates, or complete the list
    UNKNOWN = "unknown"  # nothing in it is known


@dataclass(frozen=True, slots=True)
class UnitReading:
    """A cell of agency names and what it was read as; `units` never holds a guess."""

    as_written: str
    status: ResolutionStatus
    units: tuple[Unit, ...] = ()
    candidates: tuple[Unit, ...] = ()
    questions: tuple[str, ...] = ()  # Vietnamese sentences for the person who must decide
    notes: tuple[str, ...] = ()  # what was inferred lawfully, e.g. a successor unit
    scores: tuple[int, ...] = ()  # of `candidates`: likeness in percent, 0 = meant otherwise


# --- deadlines -------------------------------------------------------------------------


class DeadlineKind(StrEnum):
    """The taxonomy of deadline phrases (the `kind` of the JSON contract)."""

    DATE = "date"
    DATETIME = "datetime"
    BEFORE = "before"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    RANGE = "range"
    RECURRING = "recurring"
    ONGOING = "ongoing"
    ONGOING_FROM = "ongoing_from"
    MULTI = "multi"
    ALTERNATIVE = "alternative"
    EVENT = "event"
    EVENT_OFFSET = "event_offset"
    AFTER = "after"
    PERIOD = "period"
    INHERIT = "inherit"
    INVALID = "invalid"
    MISSING = "missing"


class Confirmation(StrEnum):
    """Whether a person must look at a reading before it counts."""

    NONE = "none"
    ADVISED = "advised"  # inferred: in force, and flagged
    REQUIRED = "required"  # not in force until a person decides


@dataclass(frozen=True, slots=True)
class Milestone:
    """One date of a deadline that has several, with the words it came from."""

    due_on: date
    label: str


@dataclass(frozen=True, slots=True)
class Offset:
    """A time counted from an event whose date the words do not give.

    `unit` is "hour", "day", "week", "month" or "year"; `event` are the words naming the event.
    """

    count: int
    unit: str
    is_working: bool
    is_before: bool
    event: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline phrase and its reading; dates are local calendar dates."""

    as_written: str
    kind: DeadlineKind
    reading: str  # one Vietnamese sentence saying how the words were read
    due_on: date | None = None
    due_at: datetime | None = None
    starts_on: date | None = None
    rrule: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    confirmation: Confirmation = Confirmation.NONE
    proposal: date | None = None
    already_done: bool = False
    offset: Offset | None = None

    @property
    def needs_confirmation(self) -> bool:
        """Whether a person should look at this reading."""
        return self.confirmation is not Confirmation.NONE


# --- what is assigned ------------------------------------------------------------------


class Role(StrEnum):
    """A unit's part in a task: leads are chased, supporting units are informed."""

    LEAD = "lead"
    SUPPORTING = "supporting"


@dataclass(frozen=True, slots=True)
class Document:
    """A plan that assigns tasks, as far as reminders and reports need to name it."""

    code: str
    title: str
    number: str  # số, ký hiệu as written; drafts leave the number blank
    issued_on: date
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a plan, or one occurrence of a duty."""

    code: str  # "<document code>/<number>", for duties "<document code>/<duty>#<occurrence>"
    document: Document
    number: str | None
    title: str
    text: str
    deadline: Deadline
    section: str = ""
    expected: str = ""
    note: str = ""
    is_duty: bool = False
    tags: tuple[str, ...] = ()  # given by people, sorted


class FactKind(StrEnum):
    """What can happen to an assignment; each is one compliance record."""

    HELD = "held"  # put before a person: awaiting decision
    DECIDED = "decided"  # a person settled it; `due_on` is the deadline then in force
    ACKNOWLEDGED = "acknowledged"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXTENSION_REQUESTED = "extension_requested"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    BLOCKED = "blocked"  # waits for another unit: `unit`, where it was named
    UNBLOCKED = "unblocked"
    DISPUTED = "disputed"  # "không phải việc của tôi": a coordinator decides
    SUBSTITUTE_NAMED = "substitute_named"  # whom to tell instead: a note, nothing changes by itself
    CANCELLED = "cancelled"
    CAUSE_CONFIRMED = "cause_confirmed"  # an objective cause of lateness, in `note`: moves no deadline


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing recorded about an assignment; appended, never edited."""

    kind: FactKind
    at: datetime
    by: str = ""  # post or unit that did it
    on: date | None = None  # when the work was done, for REPORTED and ACCEPTED
    due_on: date | None = None  # the deadline set, or wished for in EXTENSION_REQUESTED
    document: str = ""  # number of the paper it rests on
    note: str = ""
    unit: str = ""  # code of the unit that is waited for, for BLOCKED


@dataclass(frozen=True, slots=True)
class Assignment:
    """One unit's share of a task: what is owed, reminded, reported, accepted.

    `due_on` is the original deadline; the one in force follows from `facts`
    (see `engine.status.standing_of`). `facts` are ordered by `at`.
    """

    id: str  # "<task code>@<unit code>"
    task: Task
    unit: Unit
    role: Role
    due_on: date | None
    assigned_on: date
    facts: tuple[Fact, ...] = ()


# --- people ----------------------------------------------------------------------------


class PostRole(StrEnum):
    """Which place in the ladder a post holds."""

    CONTACT = "contact"  # đầu mối of a unit
    HEAD = "head"  # thủ trưởng of a unit
    COORDINATOR = "coordinator"  # cơ quan theo dõi, đôn đốc
    CHAIRMAN = "chairman"
    DEPUTY = "deputy"  # cấp phó of a unit: told only while standing in for somebody


@dataclass(frozen=True, slots=True)
class Recipient:
    """A post, the person who holds it at the moment of asking, and where they can be reached.

    `addresses` maps a channel name ("email", "mailbox") to an address; `prefers` are the channels
    the person asked to be tried first, in order; `quiet` are the hours, from and until, in which
    they want nothing. Of somebody who stands in for the holder, `on_behalf_of` is the holder's title
    and `sits_at` the post of their own.
    """

    post: str  # "<unit code>/<role>"
    person: str
    title: str
    unit: Unit
    role: PostRole
    addresses: dict[str, str] = field(default_factory=dict, hash=False)
    prefers: tuple[str, ...] = ()
    quiet: tuple[tuple[time, time], ...] = ()
    on_behalf_of: str = ""
    sits_at: str = ""

    @property
    def own_post(self) -> str:
        """The post under which this person's addresses are known."""
        return self.sits_at or self.post
