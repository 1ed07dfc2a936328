"""Do the manual, the editors' schemas and the readers know the same settings?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import read_calendar
from engine.contacts import read_contacts
from engine.expectation_file import read_tests
from engine.model import Unit, UnitKind
from engine.paperwork_file import read_paperwork
from engine.rulebook import read_rulebook
from engine.schema import all_shapes, json_schema, sample
from engine.settings_table import FILES
from engine.units import UnitDirectory, read_units
from intake.registry import read_registry
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
    "tests": lambda text: read_tests(text, "x.yml", DIRECTORY)[1],
    "registry": lambda text: read_registry(text, "x.yml")[1],
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


SMALL = """\
policies:
  - id: nhac
    steps:
      - {id: a, before: 3 ngày làm việc, at: "08:00", to: contact, via: [email], warn: có}
      - {id: c, after: 1 ngày làm việc, repeat: {every: 5 ngày làm việc, times: 2, until: acknowledged}}
rules:
  - {id: rieng, policy: nhac, priority: 9, when: {unit: SYT, unit_kind: [commune], words: bão, duty: có}}
  - {id: mac-dinh, policy: nhac}
limits: [{to: chairman, tasks_per_day: 10}]
sending: {hours: ["07:00-11:30"]}
digests: [{to: chairman, on: [thứ hai], at: "08:00"}]
duties: {open_before: 20 ngày}
report: {red_zone: 3 ngày làm việc, ageing: [7, 30]}
"""
A_TEST = """\
tests:
  - name: Thử
    task: {unit: SYT, supporting: [SYT], deadline: 30/9/2025, issued: 1/7/2025, duty: không, copies: 2}
    facts: [{at: 5/9/2025, what: gia hạn, to: 15/10/2025, unit: SYT}, {at: 6/9/2025, what: vướng}]
    expect: [{at: 25/9/2025 8h, step: truoc-3-ngay, to: contact, via: [email, mailbox], tasks: 2}]
    expect_none: [{from: 1/7/2025, to: 5/7/2025, level: head}, {at: 2/7/2025}]
    only: có
    vacant: [SYT/head]
    outage: {from: 1/8/2025, to: 2/8/2025}
"""
A_PLAN = """\
document: {code: KH-1, title: Kế hoạch, issued_on: 2025-07-01, number: 1/KH}
sections: [{number: I, title: Chung}]
tasks:
  - {number: 1, section: I, title: Việc, deadline: "", lead: Sở Y tế, source: STT 1}
duties:
  - {id: a, title: BC, as_written: hàng tháng, units: SYT, receiver: SYT, source: III, starts_on: 2025-07-01}
"""
DOCUMENTS = {"rules": SMALL, "tests": A_TEST, "registry": A_PLAN}
WRITTEN = [
    "", None, "x", "0", "61", "1001", "ngày hết hạn", "3 ngày", "3  Ngày", "0003 ngày", "３ ngày", "7h",
    "8:00", "24:00", "07:00-11:30", "11:30-07:00", "contact", "Contact", "có", "Thứ Hai",
    "thứ hai", "acknowledged",
    "a b", [], {}, ["contact", "head"], ["email", None], [None], [[]], [{}], {"every": "3 ngày"}, {"x": "1"},
]  # fmt: skip


NOT_BLANK = [value for value in WRITTEN if value not in (None, [])]  # a plan may leave a key blank


@pytest.mark.parametrize("name", DOCUMENTS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_what_check_takes_without_a_word_no_editor_underlines(name, data):
    document = _plain(yaml.load(DOCUMENTS[name], Loader=yaml.BaseLoader))
    place, key = data.draw(st.sampled_from(list(_places(document))))
    place[key] = data.draw(st.sampled_from(WRITTEN if name != "registry" else NOT_BLANK))
    problems = READERS[name](json.dumps(document, ensure_ascii=False))

    assert EDITORS[name].is_valid(document) or problems


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_key_that_check_refuses_is_underlined_wherever_it_stands(name):
    document = _plain(yaml.load(DOCUMENTS[name], Loader=yaml.BaseLoader))
    assert (READERS[name](json.dumps(document)), EDITORS[name].is_valid(document)) == ([], True)

    for place, key in list(_places(document)):
        if key == "zzz":
            place["zzz"] = "1"
            assert not EDITORS[name].is_valid(document)
            del place["zzz"]


EDITORS = {name: jsonschema.Draft7Validator(json.loads(json_schema(FILES[name][1]))) for name in DOCUMENTS}


def _places(document):
    """Every spot of a document where something else might be written, and one more key of each mapping."""
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        yield document, key
        yield from _places(value) if isinstance(value, dict | list) else ()
    if isinstance(document, dict):
        yield document, "zzz"


def _plain(value):
    """As an editor sees it: dates are texts, and `on` is a word."""
    if isinstance(value, dict):
        return {("on" if key is True else str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
