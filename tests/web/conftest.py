"""A door over an empty office on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from tests.guarantee.world import office_at
from tests.web.site import Site, opened
from usecases.wiring import Office


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Iterator[Office]:
    """An office without tasks."""
    office = office_at(sqlite_database.engine.url.render_as_string(), tmp_path / "home")
    yield office
    office.database.close()


@pytest.fixture
def site(office: Office) -> Iterator[Site]:
    """A door to that office, with two tasks."""
    with opened(office) as site:
        yield site
