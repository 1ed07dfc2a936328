"""An office for the acceptance cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from tests.guarantee.world import office_at
from usecases.wiring import Office


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Iterator[Office]:
    """An empty office on SQLite."""
    office = office_at(sqlite_database.engine.url.render_as_string(), tmp_path / "home")
    yield office
    office.database.close()
