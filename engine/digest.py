"""What does one person read in one message?

Reminders of one run are gathered by person and channel into one message, grouped
Quá hạn · Hôm nay · 7 ngày tới · Sắp tới · Việc định kỳ; before them stands what came in
since and is said once. Never empty, never two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.model import Recipient


class Group(StrEnum):
    """The headings of a digest, in the order they are read."""

    RECEIVED = "received"  # what was recorded in the name of this person
    NOTICE = "notice"  # what the coordinator must decide, as it came in
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    DUTY = "duty"
    WAITED = "waited"  # another unit's work that waits for this one
    INFORMED = "informed"  # supporting units: for information only
    FAULT = "fault"  # contact faults, for the coordinator


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One line of a digest: one task, owed by one unit, or by several for upper levels."""

    group: Group
    task_code: str
    title: str
    text: str
    document: str  # "Kế hoạch số … ngày …, STT 15"
    expected: str  # sản phẩm, may be empty
    units: tuple[str, ...]  # names of the units that owe it
    original_due_on: date
    due_on: date  # the deadline in force
    days_left: int  # working days until the deadline; 0 today; negative never
    days_late: int  # calendar days late, 0 when not late
    level: int  # 1 contact, 2 head, 3 coordinating office, 4 chairman; 0 for information
    step: str
    reason: str  # Vietnamese: why this person gets this line, with the rule's place
    warning: str  # Vietnamese: what happens next and when; may be empty
    assignment_ids: tuple[str, ...]  # "<task code>@<unit code>", one per unit
    extensions: int = 0
    own_words: str = ""  # the office's own, for this step; lines end with "\n"
    said: str = ""  # what there is to know of this row alone: who waits since when, what is to be decided


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything one message says; the channel decides only how it looks.

    `rows` are ordered by group and, inside a group, longest overdue first.
    `hidden` counts rows left out by the level's limit; they come another day.
    """

    key: str  # stable for this message; the same on every retry
    recipient: Recipient
    level: int  # the highest level among the rows
    at: datetime
    rows: tuple[DigestRow, ...]
    hidden: int = 0
    rulebook: str = ""  # fingerprint of the rules in force
    is_repeat: bool = False  # it may have been read already, and the reader's side cannot see that


MOST_ROWS = 20  # what one message shows with its facts; the others are counted below them
MOST_LINES = 100  # for upper levels, who read a line a task and whose rules set a limit of their own


def shown_rows(digest: Digest) -> tuple[DigestRow, ...]:
    """Return the rows that a message shows, the most pressing; what is said once only is never left out."""
    said_once = sum(row.group in {Group.RECEIVED, Group.NOTICE} for row in digest.rows)
    return digest.rows[: said_once + (MOST_ROWS if digest.level < 3 else MOST_LINES)]
