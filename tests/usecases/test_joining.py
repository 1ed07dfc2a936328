"""A chat is opened by a code, once, by the right person, and never taken over."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.contacts import ContactBook
from notifiers.base import Heard
from tests.guarantee.world import a_row, at, bring, is_verified, rows_of
from usecases.channels_telegram import TelegramConfig
from usecases.errors import InputRejected
from usecases.hearing import keep, work_off
from usecases.joining import invite, unlink

NOW = at("2025-09-20 09:00")
POST = "SYT/contact"


@pytest.fixture
def office(office):
    bring(office, [a_row(1, "30/9/2025")])
    names = office.channels.names | {"email"}
    office.__dict__["channels"] = Opened(office.channels, names)
    return office


class Opened:
    """The office's channels with more of them open."""

    def __init__(self, channels, names) -> None:
        self._channels, self.names = channels, frozenset(names)

    def __getattr__(self, name):
        return getattr(self._channels, name)


def hear(office, text, chat="chat-1", when=NOW, channel="zalo_bot", **more):
    said = []

    async def say(channel, address, words):
        said.append((address, words))

    count = rows_of(office, "SELECT count(*) FROM heard")[0][0]
    keep(office, [Heard(channel, f"{channel}:{count}", "said", when, chat, text, **more)], "{}", when)
    asyncio.run(work_off(office, when, say))
    return said


def links(office):
    return rows_of(office, "SELECT post, address, status FROM address ORDER BY post")


def test_a_code_typed_in_time_opens_the_chat_with_consent_on_record(office):
    given = invite(office, POST, "zalo_bot", NOW)
    assert given.code in given.text
    assert len(given.code) == 6
    ((_, told),) = hear(office, f"Nối {given.code}", name="Chị Lan")

    assert "STOP" in told
    assert links(office) == [(POST, "chat-1", "linked")]
    ((version, evidence),) = rows_of(office, "SELECT text_version, evidence FROM address")
    assert version
    assert "Chị Lan" in evidence
    assert rows_of(office, "SELECT kind FROM record WHERE subject = :p", p=POST) == [("address-linked",)]
    assert rows_of(office, "SELECT count(*) FROM record WHERE data LIKE '%chat-1%' OR data LIKE '%Lan%'") == [
        (0,)
    ]
    assert rows_of(office, "SELECT count(*) FROM join_code WHERE code_hash = :c", c=given.code) == [(0,)]
    assert is_verified(office)


@pytest.mark.parametrize(
    ("after", "more", "opened"),
    [
        (59, {}, True),
        (60, {}, False),
        (1, {"is_private": False}, False),
        (1, {"channel": "zalo_oa"}, False),  # given for another channel
    ],
)
def test_a_code_holds_for_its_time_and_its_channel_in_private(office, after, more, opened):
    given = invite(office, POST, "zalo_bot", NOW)
    hear(office, f"NOI {given.code}", when=NOW + timedelta(minutes=after), **more)

    assert bool(links(office)) is opened


def test_a_code_is_used_once_and_ends_with_the_next(office):
    first = invite(office, POST, "zalo_bot", NOW)
    second = invite(office, POST, "zalo_bot", NOW)
    hear(office, f"NOI {first.code}")
    assert links(office) == []
    hear(office, f"NOI {second.code}")
    hear(office, f"NOI {second.code}", chat="chat-2")

    assert links(office) == [(POST, "chat-1", "linked")]


def test_guessing_ends_after_five_tries_an_hour_even_with_the_right_code(office):
    given = invite(office, POST, "zalo_bot", NOW)
    for guess in range(5):
        hear(office, f"NOI {guess:06}")
    ((_, told),) = hear(office, f"NOI {given.code}")
    assert "quá nhiều lần" in told
    assert links(office) == []

    hear(office, f"NOI {given.code}", chat="chat-2")
    assert links(office) == [(POST, "chat-2", "linked")]


@pytest.mark.parametrize(("answer", "chat"), [("đúng", "chat-2"), ("sai", "chat-1"), ("giúp", "chat-1")])
def test_a_link_that_stands_is_moved_by_its_own_side_alone(office, answer, chat):
    hear(office, f"NOI {invite(office, POST, 'zalo_bot', NOW).code}")
    told = hear(office, f"NOI {invite(office, POST, 'zalo_bot', NOW).code}", chat="chat-2")
    assert [address for address, _ in told] == ["chat-1", "chat-2"]
    hear(office, "đúng", chat="chat-2")  # the new side cannot agree for the old one
    assert links(office) == [(POST, "chat-1", "linked")]

    hear(office, answer)
    assert links(office) == [(POST, chat, "linked")]


def test_the_administrator_closes_a_lost_chat_and_a_new_code_opens_another(office):
    hear(office, f"NOI {invite(office, POST, 'zalo_bot', NOW).code}")
    assert unlink(office, POST, "zalo_bot", NOW)
    assert not unlink(office, POST, "zalo_bot", NOW)
    hear(office, f"NOI {invite(office, POST, 'zalo_bot', NOW).code}", chat="chat-2")

    assert links(office) == [(POST, "chat-2", "linked")]


def test_who_left_the_post_meanwhile_opens_nothing(office):
    given = invite(office, POST, "zalo_bot", NOW)
    holdings = [
        replace(h, recipient=replace(h.recipient, person="Người Mới")) if h.recipient.post == POST else h
        for h in office.contacts._holdings
    ]
    office.__dict__["contacts"] = ContactBook(holdings)
    hear(office, f"NOI {given.code}")

    assert links(office) == []


def test_a_telegram_code_comes_with_start_and_never_for_somebody_reached_by_nothing_else(office):
    given = invite(office, POST, "telegram", NOW)
    assert len(given.code) == 64
    hear(office, f"/start {given.code}", channel="telegram")
    assert links(office) == [(POST, "chat-1", "linked")]

    office.channels.names = frozenset({"telegram", "mailbox"})
    with pytest.raises(InputRejected, match="không bao giờ là kênh duy nhất"):
        invite(office, POST, "telegram", NOW)


@pytest.mark.parametrize(
    ("post", "channel", "minutes", "why"),
    [
        ("SYT/khong-co", "zalo_bot", 60, "không ai giữ vị trí"),
        (POST, "email", 60, "không nối bằng mã"),
        (POST, "zalo_bot", 14, "15 phút đến 24 giờ"),
        (POST, "zalo_bot", 24 * 60 + 1, "15 phút đến 24 giờ"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(office, post, channel, minutes, why):
    with pytest.raises(InputRejected, match=why):
        invite(office, post, channel, NOW, timedelta(minutes=minutes))


def test_who_is_invited_to_telegram_gets_a_link_that_opens_the_bot(office):
    bot = TelegramConfig("thu_bot", None, None, "https://api.telegram.org", "")
    office.channels.telegram = bot
    given = invite(office, POST, "telegram", NOW)

    assert f"https://t.me/thu_bot?start={given.code}" in given.text
