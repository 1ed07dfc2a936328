"""Which rules are in force: the last ones put there, on both databases, and on record."""

from __future__ import annotations

import pytest

from store import records, rulebooks
from store.rulebooks import KeptRulebook
from tests.store.conftest import at

FILES = {"config/rules/mac-dinh.yml": "policies: []  # chính sách\n"}


def a_rulebook(fingerprint: str, when: str = "2025-07-01 08:00", by: str = "Quản trị viên") -> KeptRulebook:
    return KeptRulebook(fingerprint, FILES | {"them.yml": fingerprint}, at(when), by)


def put(database, *books: KeptRulebook) -> None:
    for rulebook in books:
        with database.writing() as session:
            rulebooks.put_in_force(session, rulebook, {"added": 3})


def in_force(database) -> KeptRulebook | None:
    with database.reading() as session:
        return rulebooks.in_force(session)


def recorded(database) -> list[dict]:
    with database.reading() as session:
        assert records.verify(session).ok
        found = records.records_of(session, ["rulebook"])["rulebook"]
    return [record.data for record in sorted(found, key=lambda record: record.seq)]


def test_before_the_first_one_none_is_in_force(database):
    assert in_force(database) is None


def test_what_is_put_in_force_comes_back_as_it_was(database):
    put(database, a_rulebook("a1"))

    assert in_force(database) == a_rulebook("a1")


def test_each_change_is_recorded_with_both_fingerprints_and_the_counts(database):
    put(database, a_rulebook("a1"), a_rulebook("b2", by=""))

    said = {"counts": {"added": 3}}
    assert recorded(database) == [
        {"old": "", "new": "a1", "by": "Quản trị viên", **said},
        {"old": "a1", "new": "b2", "by": "", **said},
    ]


@pytest.mark.parametrize("when", ["2025-08-01 08:00", "2025-06-01 08:00"])
def test_the_last_one_put_in_force_counts_whatever_its_clock_said(database, when):
    put(database, a_rulebook("a1"), a_rulebook("b2", when))

    assert in_force(database) == a_rulebook("b2", when)


def test_an_earlier_one_may_come_back(database):
    again = a_rulebook("a1", "2025-09-01 08:00", "Người khác")
    put(database, a_rulebook("a1"), a_rulebook("b2"), again)

    assert in_force(database) == again
    assert [data["new"] for data in recorded(database)] == ["a1", "b2", "a1"]


def test_what_was_in_force_when_is_told_in_the_order_it_was_done(database):
    put(database, a_rulebook("a1"), a_rulebook("b2", "2025-06-01 08:00", "Người khác"), a_rulebook("a1"))

    with database.reading() as session:
        told = [(one.old, one.new, one.by) for one in rulebooks.history(session)]
    assert told == [("", "a1", "Quản trị viên"), ("a1", "b2", "Người khác"), ("b2", "a1", "Quản trị viên")]


def test_the_text_of_one_that_is_no_longer_in_force_stays(database):
    put(database, a_rulebook("a1"), a_rulebook("b2"))

    with database.reading() as session:
        assert rulebooks.kept(session, "a1") == a_rulebook("a1")
        assert rulebooks.kept(session, "c3") is None


def test_a_change_that_fails_half_way_leaves_the_old_one_in_force(database):
    put(database, a_rulebook("a1"))

    def broken() -> None:
        with database.writing() as session:
            rulebooks.put_in_force(session, a_rulebook("b2"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()

    assert in_force(database) == a_rulebook("a1")
    assert len(recorded(database)) == 1
