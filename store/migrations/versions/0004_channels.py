"""Addresses learned, what channels told us, links, codes, credentials and switches."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    "switch", "credential", "short_number", "pending_response", "attempt",
    "join_code", "link", "heard", "address",
)  # fmt: skip
_MESSAGE = ("fallbacks", "passed_to", "copy_of", "delivered_at", "read_at")


def upgrade() -> None:
    _extend_message()
    op.create_table(
        "address",
        *_texts("post", "person", "channel", "address", "status", "evidence", "source", "text_version"),
        _column("failures", sa.Integer()),
        *_moments("at"),
        *_moments("heard_at", nullable=True),
        _key("address", "post", "person", "channel"),
    )
    op.create_index("ix_address_channel_address", "address", ["channel", "address"])
    op.create_table(
        "heard",
        *_texts("id", "channel", "kind", "address", "about", "raw", "state", "note"),
        _column("heard", sa.JSON()),
        _column("attempts", sa.Integer()),
        *_moments("received_at"),
        *_moments("done_at", nullable=True),
        _key("heard", "id"),
    )
    op.create_index("ix_heard_about", "heard", ["about"])
    op.create_index("ix_heard_state_received_at", "heard", ["state", "received_at"])
    op.create_table(
        "link",
        *_texts("nonce_hash", "purpose", "response", "message_key", "assignment_id", "post", "person"),
        *_moments("issued_at", "expires_at"),
        *_moments("used_at", "revoked_at", nullable=True),
        _column("result", sa.JSON(), nullable=True),
        _key("link", "nonce_hash"),
    )
    for name in ("assignment_id", "message_key"):
        op.create_index(f"ix_link_{name}", "link", [name])
    op.create_table(
        "join_code",
        *_texts("code_hash", "post", "person", "channel"),
        *_moments("issued_at", "expires_at"),
        *_moments("used_at", nullable=True),
        _key("join_code", "code_hash"),
    )
    _create_small_tables()


def downgrade() -> None:
    op.drop_index("ix_message_provider_id", "message")
    for table in _TABLES:
        op.drop_table(table)
    for name in _MESSAGE:
        op.drop_column("message", name)


def _extend_message() -> None:
    op.add_column("message", _column("fallbacks", sa.JSON(), server_default="[]"))
    for name in ("passed_to", "copy_of"):
        op.add_column("message", _column(name, AutoString(), server_default=""))
    for column in _moments("delivered_at", "read_at", nullable=True):
        op.add_column("message", column)
    op.create_index("ix_message_provider_id", "message", ["provider_id"])


def _create_small_tables() -> None:
    op.create_table(
        "attempt",
        *_texts("subject"),
        *_moments("hour"),
        _column("count", sa.Integer()),
        _key("attempt", "subject", "hour"),
    )
    op.create_table(
        "pending_response",
        *_texts("channel", "address"),
        _column("response", sa.JSON()),
        *_moments("asked_at", "expires_at"),
        _key("pending_response", "channel", "address"),
    )
    op.create_table(
        "short_number",
        _column("number", sa.Integer()),
        *_texts("assignment_id"),
        _key("short_number", "number"),
        sa.UniqueConstraint("assignment_id", name="uq_short_number_assignment_id"),
    )
    op.create_table(
        "credential",
        *_texts("name", "sealed", "state", "note"),
        *_moments("obtained_at", "expires_at"),
        _key("credential", "name"),
    )
    op.create_table(
        "switch",
        *_texts("name", "why", "by"),
        _column("failures", sa.Integer()),
        *_moments("at"),
        *_moments("until", nullable=True),
        _key("switch", "name"),
    )


def _column(name: str, type_: Any, nullable: bool = False, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=nullable, **more)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, AutoString()) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [_column(name, UTCDateTime(), nullable=nullable) for name in names]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")
