"""Does the rulebook say what the file says, and does every mistake show where it stands?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import UnitKind
from engine.rulebook import Anchor, Audience, read_rulebook
from tests.engine.planning_world import RULEBOOK, SXD, SYT, VPUB, an_assignment

SMALL = """\
policies:
  - id: p
    steps:
      - id: a
        before: 3 ngày làm việc
        at: "08:00"
        to: contact
        via: [email]
rules:
  - id: r
    policy: p
"""


def problems(text: str) -> list[tuple[int, int, str]]:
    _, found = read_rulebook({"r.yml": text})
    return [(p.line, p.column, p.code) for p in found]


def test_a_step_keeps_what_was_written_and_where():
    book, found = read_rulebook({"r.yml": SMALL})

    step = book.policies["p"].steps[0]
    assert found == []
    assert (step.anchor, step.working_days, step.at, step.to) == (Anchor.BEFORE, 3, time(8), Audience.CONTACT)
    assert (step.via, step.place) == (("email",), "r.yml:4")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("before: 3", "befor: 3", (5, 9, "unknown-key")),
        ("to: contact", "to: contac", (7, 13, "bad-value")),
        ("3 ngày làm việc", "-3 ngày", (5, 17, "bad-value")),
        ("3 ngày làm việc", "0 ngày làm việc", (5, 17, "bad-value")),
        ('"08:00"', '"8:00"', (6, 13, "bad-value")),
        ("[email]", "[email, fax]", (8, 22, "unknown-channel")),
        ("policy: p", "policy: q", (11, 13, "unknown-policy")),
        ("    policy: p", "    policy: p\n    polcy: p", (12, 5, "unknown-key")),
        ("  - id: r", "  - id: r\n    id: s", (11, 5, "duplicate-key")),
        ("rules:", "rule:", (9, 1, "unknown-key")),
        ("        to: contact", "        to: contact\n        on: ngày hết hạn", (8, 9, "no-moment")),
        ("        at:", "        repeat: {every: 5 ngày làm việc}\n        at:", (4, 9, "repeat-before")),
        ("policy: p", "policy: p\n  - id: later\n    policy: p", (12, 5, "unreachable-rule")),
        ("policy: p", "policy: p\n    when: {duty: yes}", (12, 18, "bad-value")),
        ("policy: p", "policy: p\n    when: {unit_kind: [sở]}", (12, 24, "bad-value")),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_stands(old, new, problem):
    assert old in SMALL
    assert problem in problems(SMALL.replace(old, new, 1))


QUIET = "policies:\n  - id: p\n    name: P\n{}rules:\n  - id: r\n    policy: p\n"


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("    steps: []\n", []),
        ("    steps:\n      []\n", []),
        ("    steps:\n", ["empty-policy", "empty-value"]),
        ("    steps: [ , ]\n", ["broken-yaml"]),
        ("    steps:\n      -\n", ["empty-policy", "empty-value"]),
        ("    step: []\n", ["unknown-key"]),
        ("", ["empty-policy"]),
    ],
)
def test_a_policy_without_steps_is_a_mistake_unless_it_says_so(written, codes):
    assert sorted({code for _, _, code in problems(QUIET.format(written))}) == codes


def test_a_policy_that_reminds_nobody_says_where_that_is_written():
    book, _ = read_rulebook({"r.yml": QUIET.format("    steps: []\n")})

    assert book.policies["p"].why_quiet == "chính sách 'p' (r.yml:2) ghi 'steps: []': không nhắc ai"
    assert (book.steps_for(an_assignment(date(2026, 9, 30))), RULEBOOK.policies["nhiem-vu"].why_quiet) == (
        (),
        "",
    )


def test_all_mistakes_are_reported_at_once():
    broken = (
        SMALL.replace("to: contact", "to: chief")
        .replace("policy: p", "policy: q")
        .replace("[email]", "[fax]")
    )

    assert {"bad-value", "unknown-policy", "unknown-channel"} == {code for _, _, code in problems(broken)}


def test_a_repetition_becomes_steps_of_their_own():
    text = SMALL.replace(
        "before: 3 ngày làm việc",
        "after: 1 ngày làm việc\n        repeat: {every: 5 ngày làm việc, times: 2}",
    )
    book, found = read_rulebook({"r.yml": text})

    assert found == []
    assert [(s.id, s.working_days) for s in book.steps] == [("a", 1), ("a#2", 6), ("a#3", 11)]


def test_the_first_rule_that_matches_counts():
    text = SMALL + "  - id: never\n    policy: p\n"
    special = text.replace(
        "  - id: r\n", "  - id: health\n    when: {unit: [SYT]}\n    policy: p\n  - id: r\n"
    )
    book, _ = read_rulebook({"r.yml": special})
    rule = book.rule_for(an_assignment(None))

    assert rule is not None
    assert rule.id == "health"


def test_the_higher_priority_is_asked_first_wherever_it_stands():
    urgent = "  - id: urgent\n    policy: p\n    priority: 5\n    when: {words: [khẩn]}\n"
    book, found = read_rulebook({"r.yml": SMALL + urgent})

    assert found == []
    assert [rule.id for rule in book.rules] == ["urgent", "r"]


@pytest.mark.parametrize(
    ("condition", "title", "matches"),
    [
        ("words: [phòng chống lụt bão]", "Phòng  chống LỤT BÃO năm 2025", True),
        ("words: [rừng]", "Trừng phạt", False),  # whole words only
        ("words: [rừng, biển]", "Bảo vệ biển", True),
        ("words: ['C++ (mới)']", "Học C++ (mới) ở tỉnh", True),  # signs mean themselves
        ('number: ["1"]', "Việc", True),
        ('number: ["2"]', "Việc", False),
    ],
)
def test_a_rule_may_ask_for_words_and_numbers(condition, title, matches):
    text = SMALL.replace("    policy: p\n", f"    policy: p\n    when: {{{condition}}}\n")
    book, found = read_rulebook({"r.yml": text})
    share = an_assignment(None)
    share = replace(share, task=replace(share.task, title=title, text=title))

    assert found == []
    assert (book.rule_for(share) is not None) is matches


def test_a_step_may_count_calendar_days_and_repeat_in_working_days():
    text = SMALL.replace(
        "before: 3 ngày làm việc", "after: 10 ngày\n        repeat: {every: 5 ngày làm việc, times: 1}"
    )
    book, found = read_rulebook({"r.yml": text})

    assert found == []
    assert [(s.calendar_days, s.working_days, s.words) for s in book.steps] == [
        (10, 0, "10 ngày sau hạn"),
        (10, 5, "10 ngày và 5 ngày làm việc sau hạn"),
    ]


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "unit": st.lists(st.sampled_from(["SYT", "SXD"]), min_size=1, unique=True),
        "unit_kind": st.lists(st.sampled_from(["department", "commune"]), min_size=1, unique=True),
        "duty": st.sampled_from(["có", "không"]),
    },
)


@given(st.lists(CONDITIONS, min_size=1, max_size=5))
def test_a_rule_reported_as_never_used_never_is(conditions):
    """Asked of every unit and kind of task; what is not reported may still meet nobody."""
    rules = [{"id": f"r{n}", "policy": "p", "when": when} for n, when in enumerate(conditions)]
    rules = [{k: v for k, v in rule.items() if v} for rule in rules]
    head = SMALL[: SMALL.index("rules:")]
    book, found = read_rulebook({"r.yml": f"{head}rules: {json.dumps(rules, ensure_ascii=False)}\n"})
    idle = {p.message.split("'")[1] for p in found if p.code in {"unreachable-rule", "overlapping-rules"}}
    used = {rule.id for share in _every_share() if (rule := book.rule_for(share))}

    assert not idle & used


def _every_share():
    for unit in (SYT, SXD, VPUB, replace(SYT, code="X", kind=UnitKind.COMMUNE)):
        for is_duty in (True, False):
            share = an_assignment(None, unit=unit)
            yield replace(share, task=replace(share.task, is_duty=is_duty))


def test_the_fingerprint_changes_with_every_change_and_with_nothing_else():
    same, _ = read_rulebook({"r.yml": SMALL})
    again, _ = read_rulebook({"r.yml": SMALL})
    other, _ = read_rulebook({"r.yml": SMALL.replace("3 ngày", "4 ngày")})

    assert same.fingerprint == again.fingerprint != other.fingerprint


def test_the_ladder_that_ships_climbs_from_contact_to_chairman():
    after = [s for s in RULEBOOK.policies["nhiem-vu"].steps if s.anchor is Anchor.AFTER and "#" not in s.id]

    assert [s.to for s in after] == [Audience.CONTACT, Audience.HEAD, Audience.COORDINATOR, Audience.CHAIRMAN]
    assert [s.working_days for s in after] == sorted(s.working_days for s in after)
