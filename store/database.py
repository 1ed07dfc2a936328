"""Where is our memory, and how is it opened for reading and for writing?

One recipe for both databases: SQLite in one file for one machine, PostgreSQL for many.
A transaction that writes says so when it begins; without that SQLite loses updates in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

# FULL: a letter that left was claimed on disk before; after a power cut NORMAL may have forgotten that.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON")
CONNECT_SECONDS = 10
WRITER_LOCK = 5_717_002  # any number, as long as nobody else of this database uses it


class DatabaseUnavailable(Exception):
    """The database cannot be used now; the message is one Vietnamese sentence with the way out."""


class Database:
    """An opened database; `writing` and `reading` give one session for one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = engine.execution_options(ro=True, **(snapshot if self.is_postgresql else {}))

    @property
    def is_postgresql(self) -> bool:
        """Whether this is the database of many machines."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that may write; commits at the end, rolls back when anything is raised.

        Writers come one after another on both databases: what one has read, no other changes
        before it commits, and two can never wait for each other.
        """
        with self._session(self.engine) as session:
            if self.is_postgresql:  # SQLite queued us when the transaction began
                session.connection().execute(sa.select(sa.func.pg_advisory_xact_lock(WRITER_LOCK)))
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one moment of the database and never waits for a writer."""
        with self._session(self._reader) as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema to that of this code; several processes may ask at once."""
        if not self.is_current():
            from store.schema import upgrade  # Alembic is slow to import and rarely needed

            upgrade(self)

    def is_current(self) -> bool:
        """Return whether the schema is the one this code was written for."""
        from store.revision import is_current

        return is_current(self)

    def close(self) -> None:
        """Close every connection; the database may be opened again."""
        self.engine.dispose()

    @contextmanager
    def _session(self, engine: sa.Engine) -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session:
            try:
                session.connection()
            except DBAPIError as error:
                raise DatabaseUnavailable(_why(error, self.engine.url)) from error
            yield session


def open_database(url: str) -> Database:
    """Return the database at `url`; nothing is touched before the first session.

    `postgres://` and `postgresql://` are both understood, whatever the driver's own name is.
    """
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        hint = "dùng sqlite:////đường/dẫn/tệp.db hoặc postgresql://…"
        raise DatabaseUnavailable(f"địa chỉ cơ sở dữ liệu không đọc được; {hint}") from error
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "postgresql":
        timeout = {} if "connect_timeout" in address.query else {"connect_timeout": CONNECT_SECONDS}
        return Database(sa.create_engine(address, connect_args=timeout, pool_pre_ping=True))
    if address.get_backend_name() != "sqlite":
        named = address.get_backend_name()
        raise DatabaseUnavailable(f"không dùng được '{named}'; chọn sqlite hoặc postgresql")
    engine = sa.create_engine(address)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return Database(engine)


def _prepare(connection: Any, _record: Any) -> None:
    """Take transactions away from the driver, which would begin them too late."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """Begin as a writer at once: a reader that turns writer may be refused or overwrite others."""
    is_reader = connection.get_execution_options().get("ro", False)
    connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")


def _why(error: DBAPIError, url: sa.URL) -> str:
    where = url.render_as_string(hide_password=True)
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if "locked" in said:
        return f"cơ sở dữ liệu {where} đang bận quá lâu; thử lại sau"
    return f"không mở được cơ sở dữ liệu {where}: {said}; kiểm tra địa chỉ, quyền truy cập và máy chủ"
