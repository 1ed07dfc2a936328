"""Many send the same form at once, on either database: what stays?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from engine.responses import Response, ResponseKind
from notifiers.signing import Reason, Refusal
from store import registry
from tests.guarantee.world import PLAN, a_row, at, bring, is_verified, office_at, rows_of
from usecases.doors import LIFE, Told, doors_for
from usecases.page_answers import NotRecorded, Shown, answer

NOW = at("2025-09-25 09:00")
BASE = "https://don-doc.tinh.example"
ACKNOWLEDGE = Response(ResponseKind.ACKNOWLEDGE)


@pytest.fixture
def both(database_url, tmp_path):
    """The same office on SQLite and PostgreSQL in turn."""
    office = office_at(database_url, tmp_path / "home")
    names = replace(office.channels.office, base_url=BASE)
    vars(office)["channels"] = replace(office.channels, office=names)
    bring(office, [a_row(1, "30/9/2025")])
    yield office
    office.database.close()


def token(office, key: str = "k1") -> str:
    who = office.contacts.at_post("SYT/contact", NOW.date())
    with office.database.writing() as session:
        shares = registry.assignments(session, office.directory.unit, ids=[f"{PLAN.code}/1@SYT"])
        (door,) = doors_for(session, office, [Told(key, "email", who, tuple(shares))], NOW)[key].values()
    return door.page.removeprefix(f"{BASE}/v/")


def test_of_answers_given_at_the_same_moment_one_is_on_record(both):
    link = token(both)
    kinds = [ACKNOWLEDGE, Response(ResponseKind.NOT_MINE, note="của sở khác")] * 4
    with ThreadPoolExecutor(8) as crowd:
        found = list(crowd.map(lambda response: answer(both, link, response, NOW), kinds))

    assert all(isinstance(one, Shown) for one in found)
    assert [one.is_new for one in found].count(True) == 1
    assert len({one.page.result["said"] for one in found}) == 1
    kept = rows_of(both, "SELECT kind FROM record WHERE kind IN ('acknowledged', 'disputed')")
    assert len(kept) == 1
    assert is_verified(both)


def test_an_answer_that_cannot_be_recorded_leaves_nothing_and_the_link_open(both):
    link = token(both)
    early = Response(ResponseKind.EXTENSION, on=NOW.date(), note="chờ")
    before = rows_of(both, "SELECT count(*) FROM record")

    refused = answer(both, link, early, NOW)
    assert isinstance(refused, NotRecorded)
    assert refused.why.startswith("ngày xin phải sau hạn hiện hành")
    assert rows_of(both, "SELECT count(*) FROM record") == before
    assert rows_of(both, "SELECT count(*) FROM message") == [(0,)]
    assert answer(both, link, ACKNOWLEDGE, NOW).is_new


def test_what_no_longer_fits_the_work_is_not_recorded(both):
    first, second = token(both), token(both, "k2")
    answer(both, first, Response(ResponseKind.NOT_MINE, note="của sở khác"), NOW)

    assert isinstance(answer(both, second, ACKNOWLEDGE, NOW), NotRecorded)


def test_a_link_that_is_over_is_refused(both):
    assert answer(both, token(both), ACKNOWLEDGE, NOW + LIFE) == Refusal(Reason.EXPIRED)
