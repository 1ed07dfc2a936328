"""An office on either database, and one on SQLite alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guarantee.world import office_at
from usecases.wiring import Office


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """An empty office; SQLite and PostgreSQL in turn."""
    office = office_at(database_url, tmp_path)
    yield office
    office.database.close()
