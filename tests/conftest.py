"""Both databases for every test that asks for `database`, and the same examples for every property.

PostgreSQL is that of DONDOC_TEST_PG_URL, else a throw-away cluster started from the
binaries of this machine: as `nobody` when we are root, which the server refuses to run as.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from psycopg import sql

from store.database import Database, open_database

# The same examples everywhere, so that what passed passes again; DONDOC_TEST_RANDOM=1 looks for new ones.
# How long an example takes is the machine's affair.
AT_LEISURE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("steady", derandomize=True, **AT_LEISURE)
settings.register_profile("random", **AT_LEISURE)
settings.load_profile("random" if os.environ.get("DONDOC_TEST_RANDOM") else "steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those that fork come first, while this process is small, and the short ones last."""
    items.sort(key=lambda item: [item.get_closest_marker(name) is None for name in ("forking", "slow")])


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database at the schema of this code, gone after the test."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        copy = shutil.copy(template, tmp_path / "dondoc.db")
        yield f"sqlite:///{copy}"
    else:
        server: str = request.getfixturevalue("postgresql_template")
        name = f"dondoc_test_{uuid.uuid4().hex}"
        _run(server, "CREATE DATABASE {} TEMPLATE {}", name, sa.make_url(server).database or "")
        yield _named(server, name)
        _run(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database, opened; SQLite and PostgreSQL in turn."""
    database = open_database(database_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database, for what PostgreSQL does not share."""
    database = open_database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'alone.db')}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = open_database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """The address of a migrated database to copy."""
    name = f"dondoc_template_{uuid.uuid4().hex}"
    _run(postgresql_server, "CREATE DATABASE {}", name)
    url = _named(postgresql_server, name)
    database = open_database(url)
    database.migrate()
    database.close()
    yield url
    _run(postgresql_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server on which databases may be created."""
    given = os.environ.get("DONDOC_TEST_PG_URL")
    if given:
        yield given
        return
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL here: install its server or set DONDOC_TEST_PG_URL")
    folder = Path(tempfile.mkdtemp(prefix="dondoc-pg-", dir="/tmp"))  # a socket's path must be short
    is_root = os.geteuid() == 0
    user = "nobody" if is_root else None
    if is_root:
        shutil.chown(folder, "nobody")
    server: subprocess.Popen[bytes] | None = None
    try:
        server = _started(binaries, folder, user)
        yield f"postgresql://dondoc@/postgres?host={folder}"
    finally:
        if server is not None:
            server.terminate()
            server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    """Return the folder of `initdb` and `postgres`, the newest when there are several."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    config = shutil.which("pg_config")
    if config:
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)
        folders.append(Path(asked.stdout.strip()))
    found = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return found[-1] if found else None


def _started(binaries: Path, folder: Path, user: str | None) -> subprocess.Popen[bytes]:
    """Start a cluster that listens on a socket in `folder` only, and wait until it answers."""
    data = folder / "data"
    encoding = ("-E", "UTF8", "--no-locale")
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "dondoc", "-A", "trust", *encoding, "--no-sync"],
        user=user, cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": ""}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *arguments],
            user=user, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
    for _ in range(200):
        try:
            psycopg.connect(host=str(folder), user="dondoc", dbname="postgres").close()
            return server
        except psycopg.OperationalError:
            assert server.poll() is None, (folder / "log").read_text()
            sleep(0.05)
    server.terminate()
    raise AssertionError((folder / "log").read_text())


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _run(url: str, statement: str, *names: str) -> None:
    address = sa.make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]
