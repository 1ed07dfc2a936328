from datetime import date
from pathlib import Path

import pytest

from intake.registry import read_registry
from intake.titles import MAX_TITLE

REGISTRY = Path(__file__).parents[2] / "config" / "registry"
HEAD = "document:\n  code: KH-1\n  title: Kế hoạch thử\n  issued_on: 2025-07-01\n"
TASK = '  - number: 1\n    title: Việc một\n    deadline: ""\n    lead: Sở Y tế\n    source: STT 1\n'


@pytest.fixture(scope="module")
def shipped():
    def read_shipped(name):
        document, problems = read_registry((REGISTRY / name).read_text(encoding="utf-8"), name)
        assert problems == []
        return document

    return read_shipped


@pytest.mark.parametrize(
    ("name", "code", "issued_on", "count"),
    [
        ("kh-ubnd-2025-10.yml", "KH-UBND-2025-10", date(2025, 10, 17), 38),
        ("kh-bcd-2025-07.yml", "KH-BCD-2025-07", date(2025, 7, 1), 37),
    ],
)
def test_the_shipped_plans_are_whole(shipped, name, code, issued_on, count):
    registry = shipped(name)

    assert (registry.document.code, registry.document.issued_on) == (code, issued_on)
    assert [task.number for task in registry.tasks] == [str(n) for n in range(1, count + 1)]
    assert registry.source_title
    assert len(registry.document.title) <= 150


def test_every_shipped_title_is_short_and_names_one_task(shipped):
    names = ("kh-ubnd-2025-10.yml", "kh-bcd-2025-07.yml")
    titles = [task.title for name in names for task in shipped(name).tasks]

    assert max(map(len, titles)) <= MAX_TITLE
    assert len(set(titles)) == len(titles) == 75


@pytest.mark.parametrize(
    ("name", "fixture"), [("kh-ubnd-2025-10.yml", "october"), ("kh-bcd-2025-07.yml", "july")]
)
def test_deadlines_and_agencies_are_what_the_reader_finds_in_an_annex(shipped, request, read, name, fixture):
    annex, _ = read(request.getfixturevalue(fixture))

    in_annex = [
        (r.number, r.section, r.deadline, r.lead, r.supporting, r.note) for r in annex.rows if r.number
    ]
    in_registry = [
        (t.number, t.section, t.deadline, t.lead, t.supporting, t.note) for t in shipped(name).tasks
    ]
    assert in_registry == in_annex


def test_the_july_plan_brings_its_monthly_report(shipped):
    (duty,) = shipped("kh-bcd-2025-07.yml").duties

    assert (duty.id, duty.as_written, duty.receiver) == ("bao-cao-thang", "trước ngày 10 hàng tháng", "SKHCN")
    assert (duty.units, duty.starts_on) == ("Các sở, ban, ngành, địa phương", date(2025, 7, 1))


@pytest.mark.parametrize(
    ("mistake", "text", "line", "column", "code"),
    [
        (
            "a task without a lead",
            HEAD + "tasks:\n" + TASK.replace("    lead: Sở Y tế\n", ""),
            6,
            5,
            "missing-key",
        ),
        ("a misspelt key", HEAD + "tasks:\n" + TASK.replace("lead", "leed"), 9, 5, "unknown-key"),
        ("a number used twice", HEAD + "tasks:\n" + TASK + TASK, 11, 13, "duplicate-number"),
        ("a title too long", HEAD + "tasks:\n" + TASK.replace("Việc một", "v" * 91), 7, 12, "title-too-long"),
        (
            "a section nobody declared",
            HEAD + "tasks:\n" + TASK + "    section: II\n",
            11,
            14,
            "unknown-section",
        ),
        ("a date that is none", HEAD.replace("07-01", "02-30"), 4, 14, "bad-value"),
        ("no date at all", HEAD.replace("  issued_on: 2025-07-01\n", ""), 2, 3, "missing-key"),
        ("no document", "tasks:\n" + TASK, 1, 1, "missing-key"),
        ("an empty file", "# nothing\n", 0, 0, "empty-file"),
        ("a key given twice", HEAD + HEAD, 5, 1, "duplicate-key"),
    ],
)
def test_a_mistake_is_reported_where_it_stands(mistake, text, line, column, code):
    _, problems = read_registry(text, "kh.yml")

    assert ("kh.yml", line, column, code) in [problem.place_and_code for problem in problems]


def test_all_mistakes_are_reported_at_once():
    _, problems = read_registry(HEAD.replace("code", "kode") + "tasks:\n" + TASK + TASK, "kh.yml")

    assert sorted(problem.code for problem in problems) == ["duplicate-number", "unknown-key"]
