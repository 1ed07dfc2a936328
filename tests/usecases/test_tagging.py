"""What happens when people tag a task, and take the tag back?"""

from __future__ import annotations

import json

import pytest

from engine.rulebook import read_rulebook
from store import registry
from tests.guarantee.world import a_row, at, bring, is_verified, rows_of
from usecases.errors import InputRejected
from usecases.look import explain
from usecases.remind import tick
from usecases.tagging import tag

RULES = """\
policies:
  - id: sat
    steps: [{ id: bao-som, before: 9 ngày làm việc, to: contact, via: [mailbox] }]
  - id: thuong
    steps: [{ id: den-han, on: ngày hết hạn, to: contact, via: [mailbox] }]
rules:
  - { id: trong-diem, when: { tag: trọng điểm }, policy: sat }
  - { id: mac-dinh, policy: thuong }
"""


@pytest.fixture
def office(office):
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025")])
    rulebook, problems = read_rulebook({"r.yml": RULES})
    assert problems == []
    return office.under(rulebook)


def tagged(office, *words, when="2025-09-01 09:00", **more):
    return tag(office, "1", words, at(when), "chị Hoa", **more)


def carried(office):
    with office.database.reading() as session:
        return {a.task.number: a.task.tags for a in registry.assignments(session, office.directory.unit)}


def test_a_tag_is_kept_as_the_rules_compare_it_and_goes_on_record(office):
    found = tagged(office, "Trọng  điểm", "tỉnh ủy giao")

    assert (found.kind, found.tags) == ("tagged", ("trọng điểm", "tỉnh ủy giao"))
    assert carried(office) == {"1": ("trọng điểm", "tỉnh ủy giao"), "2": ()}
    ((kind, data),) = rows_of(office, "SELECT kind, data FROM record WHERE kind LIKE '%tagged'")
    assert (kind, json.loads(data)) == (
        "tagged", {"by": "chị Hoa", "tags": ["trọng điểm", "tỉnh ủy giao"]}
    )  # fmt: skip
    assert is_verified(office)


def test_tagging_again_writes_nothing(office):
    tagged(office, "trọng điểm")
    before = rows_of(office, "SELECT count(*) FROM record")

    assert tagged(office, "trọng điểm").tags == ()
    assert rows_of(office, "SELECT count(*) FROM record") == before


def test_a_tag_that_is_taken_back_leaves_both_records(office):
    tagged(office, "trọng điểm", "mới")
    found = tagged(office, "mới", remove=True)

    assert (found.kind, found.tags, found.carries) == ("untagged", ("mới",), ("trọng điểm",))
    assert carried(office)["1"] == ("trọng điểm",)


@pytest.mark.parametrize(
    ("words", "more", "said"),
    [
        (["gấp"], {"remove": True}, "không có nhãn 'gấp'; các nhãn đang có: chưa có nhãn nào"),
        (["  "], {}, "không dùng được"),
        (["x" * 61], {}, "nhiều nhất 60 ký tự"),
        (["a\x07b"], {}, "không dùng được"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_way_out(office, words, more, said):
    with pytest.raises(InputRejected, match=said):
        tagged(office, *words, **more)


def test_the_next_tick_plans_a_tagged_task_by_its_new_rule(office):
    """The step fell days ago, so no watermark would have found the task."""
    assert tick(office, at("2025-09-19 08:00")).messages == ()
    tagged(office, "trọng điểm", when="2025-09-19 09:00")

    planned = tick(office, at("2025-09-19 10:00"))
    assert [r.step for m in planned.messages for r in m.reminders] == ["bao-som"]
    assert {r.assignment.task.number for m in planned.messages for r in m.reminders} == {"1"}


def test_explaining_shows_the_tags_of_the_moment_asked_about(office):
    tagged(office, "trọng điểm", when="2025-09-10 09:00")
    tagged(office, "trọng điểm", when="2025-09-12 09:00", remove=True)

    def seen(when):
        _, (trace,) = explain(office, "1", None, at(when))
        return trace.assignment.task.tags, trace.rule.id

    assert seen("2025-09-09 09:00") == ((), "mac-dinh")
    assert seen("2025-09-11 09:00") == (("trọng điểm",), "trong-diem")
    assert seen("2025-09-13 09:00") == ((), "mac-dinh")
