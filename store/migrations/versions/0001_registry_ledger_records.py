"""Registry, ledger and compliance records."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What was recorded stays: neither we nor anybody at a database prompt changes it by accident.
SQLITE_TRIGGERS = tuple(
    f"""
    CREATE TRIGGER record_no_{verb.lower()} BEFORE {verb} ON record
    BEGIN SELECT RAISE(ABORT, 'record is append-only'); END
    """
    for verb in ("UPDATE", "DELETE")
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION refuse_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'record is append-only'; END $$
    """,
    """
    CREATE TRIGGER record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_record_change()
    """,
)


def upgrade() -> None:
    _create_registry()
    _create_ledger()
    _create_records()


def downgrade() -> None:
    for table in (
        "record", "lease", "watermark", "reminder", "message",
        "assignment", "task", "duty", "section", "document",
    ):  # fmt: skip
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_record_change")


def _create_registry() -> None:
    op.create_table(
        "document",
        *_texts("code", "title", "number", "issuer", "source", "sha256"),
        _column("issued_on", sa.Date()),
        _column("imported_at", UTCDateTime()),
        _key("document", "code"),
    )
    op.create_table(
        "section",
        *_texts("document_code", "number", "title"),
        _column("position", sa.Integer()),
        _key("section", "document_code", "position"),
        _reference("section", "document_code", "document.code"),
    )
    op.create_table(
        "duty",
        *_texts("id", "document_code", "title", "as_written", "units_as_written", "period"),
        _column("rrule", sa.JSON()),
        _column("unit_codes", sa.JSON()),
        _column("starts_on", sa.Date()),
        _column("opened_until", sa.Date(), nullable=True),
        _key("duty", "id"),
        _reference("duty", "document_code", "document.code"),
    )
    op.create_table(
        "task",
        *_texts("code", "document_code", "section", "title", "text", "expected", "note"),
        *_texts("lead_as_written", "supporting_as_written"),
        *_texts("number", "duty_id", "occurrence", nullable=True),
        *(_column(name, sa.JSON()) for name in ("deadline", "footnotes", "problems", "cells")),
        *(_column(name, sa.Integer()) for name in ("position", "source_table", "source_row")),
        _column("removed_at", UTCDateTime(), nullable=True),
        _key("task", "code"),
        _reference("task", "document_code", "document.code"),
        _reference("task", "duty_id", "duty.id"),
    )
    op.create_index("ix_task_document_code", "task", ["document_code"])
    op.create_table(
        "assignment",
        *_texts("id", "task_code", "unit_code", "role"),
        _column("original_due_on", sa.Date(), nullable=True),
        _column("due_on", sa.Date(), nullable=True),
        _column("assigned_on", sa.Date()),
        _column("is_open", sa.Boolean()),
        _column("needs_planning", sa.Boolean()),
        _key("assignment", "id"),
        _reference("assignment", "task_code", "task.code"),
    )
    op.create_index("ix_assignment_task_code", "assignment", ["task_code"])
    _create_partial_index("ix_assignment_open_due", "assignment", ["due_on", "id", "is_open"], "is_open")
    _create_partial_index("ix_assignment_needs_planning", "assignment", ["id"], "needs_planning")


def _create_ledger() -> None:
    op.create_table(
        "message",
        *_texts("key", "post", "person", "unit_code", "channel", "state"),
        *_texts("owner", "provider_id", "error", "subject"),
        *(_column(name, sa.Integer()) for name in ("level", "fence", "attempts")),
        _column("planned_at", UTCDateTime()),
        _column("not_before", UTCDateTime()),
        _column("lease_until", UTCDateTime(), nullable=True),
        _column("settled_at", UTCDateTime(), nullable=True),
        _column("possible_duplicate", sa.Boolean()),
        _key("message", "key"),
    )
    op.create_index("ix_message_state_not_before", "message", ["state", "not_before"])
    op.create_table(
        "reminder",
        *_texts("key", "assignment_id", "step", "post", "state", "suppression"),
        *_texts("reason", "place", "rulebook"),
        *_texts("message_key", nullable=True),
        _column("due_on", sa.Date()),
        _column("level", sa.Integer()),
        _column("falls_at", UTCDateTime()),
        _column("decided_at", UTCDateTime()),
        _key("reminder", "key"),
        _reference("reminder", "assignment_id", "assignment.id"),
        _reference("reminder", "message_key", "message.key"),
    )
    for columns in (["assignment_id"], ["message_key"], ["state", "decided_at"]):
        op.create_index("_".join(["ix_reminder", *columns]), "reminder", columns)
    op.create_table(
        "watermark",
        *_texts("policy", "step", "definition"),
        _column("at", UTCDateTime()),
        _key("watermark", "policy", "step", "definition"),
    )
    op.create_table("lease", *_texts("name", "owner"), _column("until", UTCDateTime()), _key("lease", "name"))


def _create_records() -> None:
    op.create_table(
        "record",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *_texts("kind", "subject", "data", "prev", "hash"),
        _column("at", UTCDateTime()),
        _key("record", "seq"),
        sa.UniqueConstraint("prev", name="uq_record_prev"),
        sa.UniqueConstraint("hash", name="uq_record_hash"),
    )
    op.create_index("ix_record_subject", "record", ["subject"])
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for trigger in POSTGRESQL_TRIGGERS if is_postgresql else SQLITE_TRIGGERS:
        op.execute(trigger)


def _column(name: str, kind: sa.types.TypeEngine[Any], nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [_column(name, AutoString(), nullable) for name in names]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _create_partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
