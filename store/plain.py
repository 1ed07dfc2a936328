"""How are a hundred thousand rows read fast? As the driver gives them, each text understood once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI


def plain(session: Session, statement: sa.Select[Any]) -> Iterator[Any]:
    """Yield plain tuples from the driver: no row objects, and no conversion of moments, days or JSON."""
    cursor: Any = session.connection().execute(statement).cursor
    return iter(cursor)


class Known(dict[Any, Any]):
    """What texts mean, each read once: a registry has few days and few moments."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read
        self[None] = None

    def __missing__(self, text: Any) -> Any:
        self[text] = self._read(text)
        return self[text]


def moment_of(kept: str | datetime) -> datetime:
    """Return as local time a moment as either database keeps it."""
    at = datetime.fromisoformat(kept).replace(tzinfo=UTC) if isinstance(kept, str) else kept
    return at.astimezone(HANOI)


def day_of(kept: str | date) -> date:
    """Return a date as either database keeps it."""
    return date.fromisoformat(kept) if isinstance(kept, str) else kept
