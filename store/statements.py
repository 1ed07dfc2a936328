"""What do the statements of this package share?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

CHUNK = 500


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """Return the values in lists short enough for the parameters of one statement."""
    listed = list(values)
    return (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))


def upsert(session: Session, table: Any) -> Any:
    """Return the insert statement of this database that knows what to do on conflict."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return (postgresql if is_postgresql else sqlite).insert(table)
