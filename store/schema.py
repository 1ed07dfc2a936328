"""Is the database built the way this code expects, and how does it get there?"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from store.database import Database, DatabaseUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"


def is_current(database: Database) -> bool:
    """Return whether the last migration of this code has run, and nothing newer."""
    with database.reading() as session:
        return _revision(session.connection()) == _scripts().get_current_head()


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, all or none; a second process waits for the first.

    Raises DatabaseUnavailable when a newer version of the product has been here.
    """
    with database.writing() as session:
        connection = session.connection()
        _refuse_newer(_revision(connection))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _refuse_newer(revision: str | None) -> None:
    if revision is None:
        return
    try:
        _scripts().get_revision(revision)
    except CommandError as error:
        raise DatabaseUnavailable(
            f"cơ sở dữ liệu ở phiên bản '{revision}' mà phần mềm này chưa biết; cài bản phần mềm mới hơn"
        ) from error


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
