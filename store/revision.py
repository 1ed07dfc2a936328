"""Is the database of the version this code was written for? Asked by every command, so without Alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def is_current(database: Database) -> bool:
    """Return whether the last migration of this code has run, and nothing newer."""
    with database.reading() as session:
        return revision_of(session.connection()) == newest_revision()


def revision_of(connection: sa.Connection) -> str | None:
    """Return the last migration that ran on a database, None when none did."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def newest_revision() -> str:
    """Return the last migration of this code: files are named after their number."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
