"""Work that waits for another unit, is disputed, or asks for more time: who is told what, and until when?"""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from engine.model import Fact, FactKind
from tests.guarantee.world import PLAN, ScriptedNotifier, a_row, at, bring, is_verified, run, with_notifier
from usecases.act import record
from usecases.deliver import pump
from usecases.errors import InputRejected
from usecases.look import explain, report_overdue, report_silence
from usecases.remind import tick

DAYS = [date(2025, 9, 29), date(2025, 9, 30), *(date(2025, 10, day) for day in range(1, 32))]


@pytest.fixture
def mailbox():
    return ScriptedNotifier()


@pytest.fixture
def office(office, mailbox):
    with_notifier(office, mailbox)
    bring(office, [a_row(1, "30/9/2025")])
    return office


def act(office, kind, when, **more):
    return record(office, f"{PLAN.code}/1", None, Fact(kind, when, "người thử", **more))


def block(office, when, unit="STC", note="chờ ý kiến thẩm định"):
    return act(office, FactKind.BLOCKED, at(when), unit=unit, note=note)


def told(office, mailbox, first: str, last: str) -> list[tuple[str, str]]:
    """Run every morning of a span; return who got a letter, and what it said."""
    before = len(mailbox.sent)
    for day in DAYS:
        if date.fromisoformat(first) <= day <= date.fromisoformat(last):
            run(office, at(day.isoformat()))
    return [(sent.address, sent.letter.text) for sent in mailbox.sent[before:]]


def test_while_work_waits_the_other_unit_is_told_and_the_lead_is_not(office, mailbox):
    run(office, at("2025-09-29"))
    block(office, "2025-10-01 09:00")
    letters = told(office, mailbox, "2025-10-02", "2025-10-14")

    posts = {post for post, _ in letters}
    assert "STC/contact" in posts
    assert not posts & {"SYT/contact", "SYT/head", "UBND/chairman"}
    waited = next(text for post, text in letters if post == "STC/contact")
    assert "Sở Y tế đang chờ Sở Tài chính" in waited
    assert "Sở Y tế báo đang chờ quý cơ quan từ ngày 01/10/2025: chờ ý kiến thẩm định" in waited
    coordinator = next(text for post, text in letters if post == "VPUB/coordinator")
    assert "Sở Y tế báo đang vướng ở Sở Tài chính (chờ ý kiến thẩm định)" in coordinator
    assert is_verified(office)


def test_nobody_is_told_twice_that_another_unit_waits(office, mailbox):
    block(office, "2025-10-01 09:00")
    told(office, mailbox, "2025-10-02", "2025-10-02")

    assert told(office, mailbox, "2025-10-02", "2025-10-02") == []


def test_when_the_work_is_free_again_the_lead_is_told_and_the_other_unit_no_more(office, mailbox):
    block(office, "2025-10-01 09:00")
    told(office, mailbox, "2025-10-02", "2025-10-07")
    act(office, FactKind.UNBLOCKED, at("2025-10-08 09:00"))
    posts = {post for post, _ in told(office, mailbox, "2025-10-09", "2025-10-20")}

    assert "SYT/contact" in posts
    assert not {post for post in posts if post.startswith("STC/")}


def test_a_letter_to_the_other_unit_is_taken_back_when_the_work_is_free_before_it_leaves(office, mailbox):
    block(office, "2025-10-01 09:00")
    tick(office, at("2025-10-02"))
    act(office, FactKind.UNBLOCKED, at("2025-10-02 08:01"))
    asyncio.run(pump(office, at("2025-10-02 08:02")))

    assert "STC/contact" not in {sent.address for sent in mailbox.sent}


def test_work_that_waits_for_nobody_named_is_quiet_and_the_coordinator_knows(office, mailbox):
    block(office, "2025-10-01 09:00", unit="")
    letters = told(office, mailbox, "2025-10-02", "2025-10-14")

    assert [post for post, _ in letters] == ["VPUB/coordinator"]
    assert "chưa rõ ở đơn vị nào" in letters[0][1]


def test_disputed_work_is_quiet_until_it_is_decided(office, mailbox):
    run(office, at("2025-09-29"))
    act(office, FactKind.DISPUTED, at("2025-10-01 09:00"), note="thuộc Sở khác")
    letters = told(office, mailbox, "2025-10-02", "2025-10-09")
    assert [post for post, _ in letters] == ["VPUB/coordinator"]
    assert "Sở Y tế cho rằng đây không phải việc của mình (thuộc Sở khác)" in letters[0][1]

    act(office, FactKind.DECIDED, at("2025-10-10 07:00"))
    assert "SYT/contact" in {post for post, _ in told(office, mailbox, "2025-10-10", "2025-10-20")}


def test_54_an_extension_asked_for_stops_nothing_until_it_is_decided(office, mailbox):
    act(office, FactKind.EXTENSION_REQUESTED, at("2025-09-29 07:00"), due_on=date(2025, 10, 31))
    posts = [post for post, _ in told(office, mailbox, "2025-09-29", "2025-10-08")]
    assert "SYT/contact" in posts
    assert "VPUB/coordinator" in posts  # the wish is laid before them at once

    until = {"due_on": date(2025, 10, 31), "document": "12/UBND"}
    act(office, FactKind.EXTENDED, at("2025-10-08 09:00"), **until)
    letters = told(office, mailbox, "2025-10-09", "2025-10-31")
    assert {post for post, _ in letters} == {"SYT/contact"}  # from the first step towards the new day again
    assert all("31/10/2025" in text for _, text in letters)


def test_54_after_the_deadline_an_extension_changes_only_the_future(office):
    until = {"due_on": date(2025, 10, 31), "document": "12/UBND"}
    act(office, FactKind.EXTENDED, at("2025-10-15 09:00"), **until)

    assert [row.days_late for row in report_overdue(office, at("2025-10-14")).rows] == [14]
    assert report_overdue(office, at("2025-10-16")).rows == ()


ASKED, GRANTED, REFUSED = FactKind.EXTENSION_REQUESTED, FactKind.EXTENDED, FactKind.EXTENSION_REFUSED


@pytest.mark.parametrize(
    ("kinds", "last", "because"),
    [
        ((GRANTED,), GRANTED, "sau hạn hiện hành"),  # approved twice
        ((), REFUSED, "không có đề nghị gia hạn"),
        ((ASKED, REFUSED), REFUSED, "không có đề nghị gia hạn"),
        ((ASKED, GRANTED), REFUSED, "không có đề nghị gia hạn"),
    ],
)
def test_54_a_wish_is_decided_once(office, kinds, last, because):
    more = {"due_on": date(2025, 10, 31), "document": "12/UBND"}
    for day, kind in enumerate(kinds, start=1):
        act(office, kind, at(f"2025-09-0{day}"), **more)

    with pytest.raises(InputRejected, match=because):
        act(office, last, at("2025-09-10"), **more)


def test_what_waits_is_explained_and_shown_where_people_look(office):
    block(office, "2025-10-01 09:00")
    _, (trace,) = explain(office, f"{PLAN.code}/1", None, at("2025-10-06"))
    (silent,) = report_silence(office, at("2025-10-06")).rows
    (overdue,) = report_overdue(office, at("2025-10-06")).rows

    assert (trace.standing.waits_for, trace.silent) == ("STC", "blocked")
    assert silent.message.endswith("chờ Sở Tài chính từ 01/10/2025, đơn vị đó được nhắc thay")
    assert overdue.waits_for == "STC"
