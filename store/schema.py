"""How does a database get to be what this code expects?"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from store.database import Database, DatabaseUnavailable
from store.revision import MIGRATIONS, revision_of


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, all or none; a second process waits for the first.

    Raises DatabaseUnavailable when a newer version of the product has been here.
    """
    with database.writing() as session:
        connection = session.connection()
        _refuse_newer(revision_of(connection))
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


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
