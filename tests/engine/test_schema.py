"""Do the manual, the editors' schemas and the readers know the same settings?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from engine.calendar import read_calendar
from engine.contacts import read_contacts
from engine.model import Unit, UnitKind
from engine.paperwork_file import read_paperwork
from engine.rulebook import read_rulebook
from engine.schema import all_shapes, json_schema, sample
from engine.settings_table import FILES
from engine.units import UnitDirectory, read_units
from usecases.channels import read_channels
from usecases.configuration import WARNINGS
from usecases.settings_pages import pages

PROJECT = Path(__file__).parents[2]
DIRECTORY = UnitDirectory([Unit("SYT", "Sở Y tế", UnitKind.DEPARTMENT)])
COMMUNES = [Unit("21025", "UBND phường Cẩm Thành", UnitKind.COMMUNE)]
READERS = {
    "rules": lambda text: read_rulebook({"x.yml": text})[1],
    "people": lambda text: read_contacts(text, "x.yml", DIRECTORY)[1],
    "units": lambda text: read_units(text, "x.yml", COMMUNES)[1],
    "channels": lambda text: read_channels(text, "x.yml")[1],
    "reports": lambda text: read_paperwork(text, "x.yml")[1],
    "calendar": lambda text: read_calendar({"x.yml": text})[1],
}
SHAPES = [(name, shape) for name, (_, file) in FILES.items() for shape in all_shapes(file)]
SHIPPED = sorted(
    file for file in (PROJECT / "config").glob("**/*.yml") if "schema=" in file.read_text("utf-8")
)


@pytest.mark.parametrize(("name", "shape"), SHAPES, ids=lambda value: getattr(value, "name", None))
def test_the_table_has_exactly_the_keys_that_the_reader_asks_for(name, shape):
    file = FILES[name][1]
    found = READERS[name](json.dumps(sample(file, stranger_in=shape.name), ensure_ascii=False))
    strangers = [problem for problem in found if problem.code == "unknown-key"]

    assert len({problem.hint for problem in strangers}) == 1
    known = strangers[0].hint.removeprefix("dùng được: ").split(" — ")[0].split(", ")
    assert sorted(setting.key for setting in shape.settings) == known


@pytest.mark.parametrize("name", FILES)
def test_what_the_table_gives_as_examples_is_read_without_a_mistake(name):
    expected = WARNINGS | {"no-coordinator", "no-chairman", "duplicate-alias", "already-working"}
    found = READERS[name](json.dumps(sample(FILES[name][1]), ensure_ascii=False))

    assert [problem for problem in found if problem.code not in expected | {"duplicate-day"}] == []


@pytest.mark.parametrize("path", sorted(pages()))
def test_the_written_pages_are_those_of_the_table(path):
    assert pages()[path] == (PROJECT / path).read_text("utf-8"), "chạy `make docs` rồi ghi lại"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_an_editor_finds_nothing_wrong_in_the_shipped_files(file):
    text = file.read_text("utf-8")
    schema = (file.parent / text.split("schema=", 1)[1].split()[0]).resolve()

    jsonschema.validate(_plain(yaml.safe_load(text)), json.loads(schema.read_text("utf-8")))


def test_every_part_of_the_shipped_configuration_names_its_schema():
    assert len(SHIPPED) >= len(FILES) + 2  # one calendar a year


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("before: 3 ngày làm việc", "befor: 3 ngày làm việc"),
        ("before: 3 ngày làm việc", "before: -3 ngày"),
        ("to: chairman", "to: sếp"),
        ('at: "08:00"', 'at: "8:00"'),
        ("tasks_per_day: 10", "tasks_per_day: 0"),
        ("on: ngày hết hạn", "at: '09:00'"),
    ],
)
def test_an_editor_underlines_what_check_refuses(old, new):
    text = (PROJECT / "config/rules/mac-dinh.yml").read_text("utf-8")
    assert old in text
    validator = jsonschema.Draft7Validator(json.loads(json_schema(FILES["rules"][1])))

    assert not validator.is_valid(_plain(yaml.safe_load(text.replace(old, new, 1))))


def _plain(value):
    """As an editor sees it: dates are texts, and `on` is a word."""
    if isinstance(value, dict):
        return {("on" if key is True else str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
