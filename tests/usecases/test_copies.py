"""Is what nobody answered in a chat said once more by mail, and only that?"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.model import FactKind
from tests.guarantee.world import a_row, act, at, bring, rows_of
from tests.usecases.test_passing_on import DUE, prepared
from usecases.copies import copy_unanswered
from usecases.deliver import pump
from usecases.remind import tick

TOMORROW = at("2025-10-01")


def told_by_chat(office, rows=1):
    chat = prepared(office, rows)
    tick(office, DUE)
    asyncio.run(pump(office, DUE))
    assert len(chat.sent) == 1
    return chat


def test_a_chat_nobody_answers_is_said_by_mail_once(office):
    chat = told_by_chat(office)

    assert copy_unanswered(office, TOMORROW - timedelta(minutes=1)) == 0
    assert copy_unanswered(office, TOMORROW) == 1
    assert copy_unanswered(office, TOMORROW) == 0
    asyncio.run(pump(office, TOMORROW))

    (mail,) = chat.mail.sent
    assert "Việc thử số 1" in mail.said
    assert rows_of(office, "SELECT count(*) FROM reminder WHERE step = 'den-han'") == [(1,)]


def test_chats_of_two_days_are_said_in_one_mail(office):
    chat = prepared(office, 1)
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "1/10/2025")])
    for day in (DUE, TOMORROW):
        tick(office, day)
        asyncio.run(pump(office, day))
    later = TOMORROW + timedelta(days=1)
    assert copy_unanswered(office, later) == len(chat.sent) == 2
    asyncio.run(pump(office, later))

    (mail,) = chat.mail.sent
    assert all(f"Việc thử số {n}" in mail.said for n in (1, 2))
    assert copy_unanswered(office, later + timedelta(days=1)) == 0


@pytest.mark.parametrize("kind", [FactKind.ACKNOWLEDGED, FactKind.REPORTED])
def test_what_was_answered_stays_in_the_chat(office, kind):
    told_by_chat(office)
    act(office, 1, kind, DUE + timedelta(hours=2))

    assert copy_unanswered(office, TOMORROW) == 0


def test_what_was_reported_before_the_copy_leaves_is_not_said_any_more(office):
    chat = told_by_chat(office)
    copy_unanswered(office, TOMORROW)
    act(office, 1, FactKind.REPORTED, TOMORROW + timedelta(minutes=1))
    asyncio.run(pump(office, TOMORROW + timedelta(minutes=2)))

    assert chat.mail.tried == []
    assert rows_of(office, "SELECT state FROM reminder WHERE step = 'den-han'") == [("planned",)]


def test_a_chat_from_long_ago_is_left_to_later_steps(office):
    told_by_chat(office)

    assert copy_unanswered(office, DUE + timedelta(days=9)) == 0
