"""Offices for the use cases: one on either database, and quick ones on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from tests.guarantee.world import office_at
from usecases.wiring import Office

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Iterator[Office]:
    """An empty office on SQLite."""
    office = office_at(sqlite_database.engine.url.render_as_string(), tmp_path / "home")
    yield office
    office.database.close()


@pytest.fixture(scope="session")
def october() -> str:
    """The annex of the October plan, as a clerk would edit it."""
    return (DATA / "annex-october.txt").read_text("utf-8")


@pytest.fixture(scope="session")
def july() -> str:
    """The annex of the July plan."""
    return (DATA / "annex-july.txt").read_text("utf-8")
