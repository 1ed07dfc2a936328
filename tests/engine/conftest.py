"""What several engine tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.units import UnitDirectory, read_units
from usecases.communes import communes_of

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="session")
def directory() -> UnitDirectory:
    """The shipped directory: config/units.yml and the communes of the province."""
    text = (CONFIG / "units.yml").read_text("utf-8")
    directory, problems = read_units(text, "units.yml", communes_of(51))
    assert problems == []
    return directory
