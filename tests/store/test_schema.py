"""The schema: built by migrations alone, the same on both databases, refused when it is newer."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from store.database import Database, DatabaseUnavailable, open_database
from store.revision import newest_revision
from store.schema import _scripts
from store.tables import Row


def test_migrations_build_exactly_the_tables_of_the_code(database):
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})

        assert compare_metadata(context, Row.metadata) == []


def test_an_empty_file_becomes_current_from_any_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = open_database(f"sqlite:///{tmp_path / 'new.db'}")

    assert not database.is_current()
    database.migrate()

    assert database.is_current()


def test_the_newest_migration_is_known_by_its_name_as_alembic_knows_it_by_its_ancestors():
    assert newest_revision() == _scripts().get_current_head()


def test_a_command_on_a_current_database_does_not_wait_for_alembic(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    open_database(url).migrate()
    asks = f"import sys; from store.database import *; open_database({url!r}).migrate(); print(*sys.modules)"

    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True).stdout

    assert "store.revision" in said.split()
    assert "alembic" not in said.split()


def test_migrating_says_nothing(tmp_path, capfd):
    open_database(f"sqlite:///{tmp_path / 'new.db'}").migrate()

    assert capfd.readouterr() == ("", "")


def test_processes_starting_together_migrate_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: open_database(url).migrate(), range(4)))

    assert open_database(url).is_current()


def test_migrating_again_keeps_what_is_there(database):
    with database.writing() as session:
        session.connection().execute(
            sa.text("INSERT INTO lease (name, owner, until) VALUES ('a', 'b', '2026-01-01 00:00:00+00')")
        )

    database.migrate()

    with database.reading() as session:
        assert session.connection().execute(sa.text("SELECT name FROM lease")).scalars().all() == ["a"]


def test_a_database_of_a_newer_version_is_refused_untouched(database):
    with database.writing() as session:
        session.connection().execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    assert not database.is_current()
    with pytest.raises(DatabaseUnavailable, match="9999"):
        database.migrate()


def test_every_migration_can_be_taken_back(database):
    from alembic import command

    from store.schema import _config

    with database.writing() as session:
        config = _config()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "base")
        left = sa.inspect(session.connection()).get_table_names()

    assert left == ["alembic_version"]


@pytest.mark.parametrize("url", [
    "sqlite:////nowhere/at/all/dondoc.db",
    "postgresql://dondoc@/dondoc?host=/nowhere/at/all",
    "postgres://dondoc:mat-khau@127.0.0.1:1/dondoc?connect_timeout=2",
])  # fmt: skip
def test_an_unreachable_database_is_said_in_one_sentence_without_its_password(url):
    with pytest.raises(DatabaseUnavailable, match="không mở được") as refused, open_database(url).reading():
        pass

    assert "mat-khau" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "dondoc.db", "mysql://a@b/c"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(DatabaseUnavailable):
        open_database(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_the_same_driver(scheme):
    engine = open_database(f"{scheme}://u:p@host/db").engine

    assert engine.url.drivername == "postgresql+psycopg"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "letter.db").write_text("Kính gửi các sở, ban, ngành\n" * 40, "utf-8")

    with pytest.raises(DatabaseUnavailable), open_database(f"sqlite:///{tmp_path / 'letter.db'}").reading():
        pass


def test_what_is_raised_while_writing_leaves_nothing(database: Database):
    def broken() -> None:
        with database.writing() as session:
            session.connection().execute(
                sa.text("INSERT INTO lease (name, owner, until) VALUES ('a', 'b', '2026-01-01 00:00:00+00')")
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()

    with database.reading() as session:
        assert session.connection().execute(sa.text("SELECT count(*) FROM lease")).scalar() == 0
