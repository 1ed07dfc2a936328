"""What does a row look like? These classes stay inside the store.

Nothing derived from the calendar is kept. `due_on`, `is_open` and `needs_planning` of an
assignment are projections of its records, written in the same transaction as the record.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_JSON: Any = sa.JSON
_NULLABLE_JSON: Any = sa.JSON(none_as_null=True)


# Condition of a partial index, in the words a query must repeat to be answered from it.
WAITS_TO_LEAVE = "state IN ('planned', 'held', 'failed_temporary', 'unknown')"


class Row(SQLModel):
    """The base of every table; its metadata holds nothing but ours."""

    metadata = sa.MetaData(naming_convention=NAMING)


class DocumentRow(Row, table=True):
    """A plan that came in."""

    __tablename__ = "document"

    code: str = Field(primary_key=True)
    title: str
    number: str
    issuer: str
    issued_on: date
    source: str
    sha256: str
    imported_at: datetime


class SectionRow(Row, table=True):
    """A heading inside an annex."""

    __tablename__ = "section"

    document_code: str = Field(primary_key=True, foreign_key="document.code")
    position: int = Field(primary_key=True)
    number: str
    title: str


class DutyRow(Row, table=True):
    """A recurring obligation; `opened_until` is the last due date whose occurrence exists."""

    __tablename__ = "duty"

    id: str = Field(primary_key=True)
    document_code: str = Field(foreign_key="document.code")
    title: str
    as_written: str
    rrule: list[str] = Field(sa_type=_JSON)
    units_as_written: str
    unit_codes: list[str] = Field(sa_type=_JSON)
    starts_on: date
    period: str
    opened_until: date | None = None
    sentence: str = Field(default="", sa_column_kwargs={"server_default": ""})
    cutoff: str = Field(default="", sa_column_kwargs={"server_default": ""})
    receiver: str = Field(default="", sa_column_kwargs={"server_default": ""})
    is_in_force: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})


class TaskRow(Row, table=True):
    """One row of an annex, or one occurrence of a duty."""

    __tablename__ = "task"

    code: str = Field(primary_key=True)
    document_code: str = Field(foreign_key="document.code", index=True)
    position: int
    number: str | None = None
    section: str = ""
    title: str
    text: str
    expected: str = ""
    note: str = ""
    lead_as_written: str = ""
    supporting_as_written: str = ""
    lead_frozen: dict[str, Any] | None = Field(default=None, sa_type=_NULLABLE_JSON)
    supporting_frozen: dict[str, Any] | None = Field(default=None, sa_type=_NULLABLE_JSON)
    proposed: str = Field(default="", sa_column_kwargs={"server_default": ""})
    done_on: str = Field(default="", sa_column_kwargs={"server_default": ""})
    state: str = Field(default="", sa_column_kwargs={"server_default": ""})
    deadline: dict[str, Any] = Field(sa_type=_JSON)
    footnotes: list[str] = Field(sa_type=_JSON)
    problems: list[list[str]] = Field(sa_type=_JSON)
    cells: list[str] = Field(sa_type=_JSON)
    source_table: int = 1
    source_row: int = 0
    duty_id: str | None = Field(default=None, foreign_key="duty.id")
    occurrence: str | None = None
    removed_at: datetime | None = None


class TagRow(Row, table=True):
    """A tag that a person gave to a task."""

    __tablename__ = "tag"

    task_code: str = Field(primary_key=True, foreign_key="task.code")
    tag: str = Field(primary_key=True)
    by: str
    at: datetime


class AnswerRow(Row, table=True):
    """What a person answered for a wording in a document; `task` is empty when it holds for all."""

    __tablename__ = "answer"

    document_code: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    task: str = Field(primary_key=True)
    wording: str
    value: str
    by: str
    at: datetime


class AssignmentRow(Row, table=True):
    """One unit's share of a task."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.Index(
            "ix_assignment_open_due",
            "due_on",
            "id",
            "is_open",  # or SQLite looks at the row itself to see that it is open
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        ),
        sa.Index(
            "ix_assignment_needs_planning",
            "id",
            sqlite_where=sa.text("needs_planning"),
            postgresql_where=sa.text("needs_planning"),
        ),
    )

    id: str = Field(primary_key=True)
    task_code: str = Field(foreign_key="task.code", index=True)
    unit_code: str
    role: str
    original_due_on: date | None = None
    due_on: date | None = None
    assigned_on: date
    is_open: bool
    needs_planning: bool


class MessageRow(Row, table=True):
    """What one person gets through one channel in one run."""

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_state_not_before", "state", "not_before"),
        sa.Index(
            "ix_message_turn",
            "channel",
            "level",
            "not_before",
            "key",
            sqlite_where=sa.text(WAITS_TO_LEAVE),
            postgresql_where=sa.text(WAITS_TO_LEAVE),
        ),
    )

    key: str = Field(primary_key=True)
    post: str
    person: str
    unit_code: str
    channel: str
    level: int
    planned_at: datetime
    not_before: datetime
    state: str
    owner: str = ""
    lease_until: datetime | None = None
    fence: int = 0
    attempts: int = 0
    settled_at: datetime | None = None
    provider_id: str = Field(default="", index=True)
    error: str = ""
    possible_duplicate: bool = False
    subject: str = ""
    # The channels to try when this one fails, in order; which message went out instead of this one;
    # and of which message, told but never answered, this one is a copy.
    fallbacks: list[str] = Field(
        default_factory=list, sa_type=_JSON, sa_column_kwargs={"server_default": "[]"}
    )
    passed_to: str = Field(default="", sa_column_kwargs={"server_default": ""})
    copy_of: str = Field(default="", sa_column_kwargs={"server_default": ""})
    delivered_at: datetime | None = None
    read_at: datetime | None = None


class ReminderRow(Row, table=True):
    """A decision to tell, to wait, or not to tell; `key` cannot come twice."""

    __tablename__ = "reminder"
    __table_args__ = (sa.Index("ix_reminder_state_decided_at", "state", "decided_at"),)

    key: str = Field(primary_key=True)
    assignment_id: str = Field(foreign_key="assignment.id", index=True)
    due_on: date
    step: str
    level: int
    post: str
    falls_at: datetime
    decided_at: datetime
    state: str  # waiting | planned | suppressed
    suppression: str = ""
    reason: str = ""
    place: str = ""
    rulebook: str = ""
    message_key: str | None = Field(default=None, foreign_key="message.key", index=True)


class WatermarkRow(Row, table=True):
    """Up to when a step was looked at; `definition` changes with the step's moment."""

    __tablename__ = "watermark"

    policy: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    definition: str = Field(primary_key=True)
    at: datetime


class RecordRow(Row, table=True):
    """One compliance record: appended, chained, never edited."""

    __tablename__ = "record"

    seq: int = Field(primary_key=True, sa_type=sa.BigInteger().with_variant(sa.Integer, "sqlite"))
    at: datetime = Field()
    kind: str
    subject: str = Field(index=True)
    data: str
    prev: str = Field(unique=True)
    hash: str = Field(unique=True)


class LeaseRow(Row, table=True):
    """Who may do a thing that must happen once at a time."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    owner: str
    until: datetime


class RulebookRow(Row, table=True):
    """The rule files of a rulebook that was in force once, as JSON: name → text."""

    __tablename__ = "rulebook"

    fingerprint: str = Field(primary_key=True)
    files: str
    applied_at: datetime
    by: str


def columns_of(row: Any) -> Any:
    """Return the columns of a table for use in statements."""
    return row.__table__.c


DOCUMENT, SECTION, DUTY, TASK = map(columns_of, (DocumentRow, SectionRow, DutyRow, TaskRow))
ANSWER, TAG = map(columns_of, (AnswerRow, TagRow))
ASSIGNMENT, MESSAGE, REMINDER = map(columns_of, (AssignmentRow, MessageRow, ReminderRow))
RECORD, LEASE, WATERMARK = map(columns_of, (RecordRow, LeaseRow, WatermarkRow))

# Conditions of the partial indexes, in the words a query must repeat to be answered from them.
IS_WAITING_TO_LEAVE: Any = sa.text(f"message.{WAITS_TO_LEAVE}")
IS_OPEN: Any = sa.text("assignment.is_open")
NEEDS_PLANNING: Any = sa.text("assignment.needs_planning")
