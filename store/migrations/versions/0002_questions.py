"""Answers to import questions, units frozen with a date, duties that are only offered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXT = AutoString()
_WORDS = {"task": ("proposed", "done_on", "state"), "duty": ("sentence", "cutoff", "receiver")}


def upgrade() -> None:
    op.create_table(
        "answer",
        *(
            sa.Column(name, _TEXT, nullable=False)
            for name in ("document_code", "kind", "key", "task", "wording", "value", "by")
        ),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("document_code", "kind", "key", "task", name="pk_answer"),
    )
    for name in ("lead_frozen", "supporting_frozen"):
        op.add_column("task", sa.Column(name, sa.JSON(), nullable=True))
    for table, names in _WORDS.items():
        for name in names:
            op.add_column(table, sa.Column(name, _TEXT, nullable=False, server_default=""))
    op.add_column("duty", sa.Column("is_in_force", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    for name in ("is_in_force", *_WORDS["duty"]):
        op.drop_column("duty", name)
    for name in ("lead_frozen", "supporting_frozen", *_WORDS["task"]):
        op.drop_column("task", name)
    op.drop_table("answer")
