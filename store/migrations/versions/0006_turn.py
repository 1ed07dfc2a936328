"""The messages that wait to leave, in the order they leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WAITING = sa.text("state IN ('planned', 'held', 'failed_temporary', 'unknown')")


def upgrade() -> None:
    op.create_index(
        "ix_message_turn",
        "message",
        ["channel", "level", "not_before", "key"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_message_turn", "message")
