"""Is every mistake in a rule file reported where it stands?"""

from __future__ import annotations

import pytest

from engine.rulebook import read_rulebook

POLICY = """\
policies:
  - id: p
    steps:
      - id: s
        before: 3 ngày làm việc
"""


def places(text: str) -> list[tuple[str, int, str]]:
    _, problems = read_rulebook({"quy-tac.yml": text})
    return [(p.source, p.line, p.code) for p in problems]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("rules:\n  - {id: r, policy: p}\n", []),
        ("rules:\n  - {id: r, policy: lạ}\n  - {id: t, policy: p}\n", [("quy-tac.yml", 7, "unknown-policy")]),
        (
            "rules:\n  - {id: r, policy: p, when: {duty: có}}\n  - {id: r, policy: p}\n",
            [("quy-tac.yml", 8, "duplicate-id")],
        ),
        (
            "rules:\n  - {id: r, policy: p}\n  - {id: t, policy: p, when: {duty: có}}\n",
            [("quy-tac.yml", 8, "unreachable-rule")],
        ),
        (
            "rules:\n  - {id: a, policy: p, when: {duty: có}}\n  - {id: b, policy: p}\n"
            "  - {id: c, policy: p, when: {duty: không}}\n",
            [("quy-tac.yml", 9, "unreachable-rule")],
        ),
    ],
)
def test_a_rule_that_cannot_work_is_reported_at_its_line(rules, expected):
    assert places(POLICY + rules) == expected


def test_a_policy_of_another_file_may_be_used():
    rules = "rules:\n  - {id: r, policy: p}\n"
    book, problems = read_rulebook({"a.yml": rules, "b.yml": POLICY})

    assert problems == []
    assert [rule.policy for rule in book.rules] == ["p"]
