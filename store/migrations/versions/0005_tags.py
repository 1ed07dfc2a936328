"""Tags that people gave to tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEXT = AutoString()


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("task_code", _TEXT, nullable=False),
        sa.Column("tag", _TEXT, nullable=False),
        sa.Column("by", _TEXT, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["task_code"], ["task.code"], name="fk_tag_task_code"),
        sa.PrimaryKeyConstraint("task_code", "tag", name="pk_tag"),
    )


def downgrade() -> None:
    op.drop_table("tag")
