"""The rulebooks that were put in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXT = AutoString()


def upgrade() -> None:
    op.create_table(
        "rulebook",
        sa.Column("fingerprint", _TEXT, nullable=False),
        sa.Column("files", _TEXT, nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=False),
        sa.Column("by", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_rulebook"),
    )


def downgrade() -> None:
    op.drop_table("rulebook")
