"""What is wrong in the whole configuration folder?"""

from __future__ import annotations

from pathlib import Path

from engine.calendar import read_calendar
from engine.contacts import read_contacts
from engine.problems import Problem
from engine.rulebook import read_rulebook
from engine.units import read_units
from intake.registry import read_registry
from usecases.channels import read_channels
from usecases.communes import communes_of
from usecases.configuration import PROVINCE, text_of, texts_of
from usecases.errors import ConfigurationRejected


def problems_in(folder: Path) -> list[Problem]:
    """Return every problem of the whole folder, warnings included, for `dondoc check`."""
    problems: list[Problem] = []
    try:
        problems += read_calendar(texts_of(folder, "calendar"))[1]
        problems += read_rulebook(texts_of(folder, "rules"))[1]
        directory, found = read_units(*text_of(folder, "units.yml"), communes_of(PROVINCE))
        problems += found
        problems += read_contacts(*text_of(folder, "people.yml"), directory)[1]
        problems += read_channels(*text_of(folder, "channels.yml"))[1]
        for source, text in texts_of(folder, "registry", required=False).items():
            problems += read_registry(text, source)[1]
    except ConfigurationRejected as rejected:
        problems += rejected.problems
    return problems
