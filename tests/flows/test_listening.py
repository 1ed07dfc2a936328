"""Who asks the channels what people said, and is it answered once?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from flows.leases import held
from flows.listening import Listener, hear
from flows.standing import StandingOffice
from notifiers.base import Heard
from store import addresses, responses
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import PLAN, a_row, at, bring, office_at, rows_of
from tests.peers.exchanges import KNOWN
from tests.peers.telegram import TelegramPeer
from tests.peers.zalo import ZaloPeer
from usecases import hearing
from usecases.channels import read_channels
from usecases.wiring import Office

NOW = at("2025-09-25 09:00")
POST, USER, CHAT = "SYT/contact", KNOWN["telegram_user"], KNOWN["chat_id"]
TEXT = """\
office: {{name: VPUB, reply_to: a@b.example, domain: b.example, contact: Phòng theo dõi{more}}}
outbound: {{allow_private: [127.0.0.1]}}
telegram: {{enabled: có, bot: {bot}, base_url: "{telegram}"}}
zalo_bot: {{enabled: có, base_url: "{zalo}"}}
"""


@pytest.fixture
def telegram() -> Iterator[TelegramPeer]:
    with TelegramPeer(clock=lambda: NOW, limits=False) as peer:
        yield peer


@pytest.fixture
def zalo() -> Iterator[ZaloPeer]:
    with ZaloPeer(clock=lambda: NOW) as peer:
        peer.poll_seconds = 0.2
        yield peer


@pytest.fixture
def office(sqlite_database, tmp_path, telegram, zalo, monkeypatch) -> Iterator[Office]:
    """An office with both chats open, in which the contact of the health department is known."""
    monkeypatch.setenv("DONDOC_TELEGRAM_TOKEN", KNOWN["telegram_token"])
    monkeypatch.setenv("DONDOC_ZALO_BOT_TOKEN", KNOWN["bot_token"])
    office = office_at(sqlite_database.engine.url.render_as_string(), tmp_path / "home")
    settle(office, telegram, zalo)
    bring(office, [a_row(1, "30/9/2025")])
    person = office.contacts.at_post(POST, NOW.date()).person
    with office.database.writing() as session:
        for channel, address in (("telegram", str(USER)), ("zalo_bot", CHAT)):
            kept = KeptAddress(POST, person, channel, address, AddressStatus.LINKED, "mã", "code", NOW)
            addresses.put(session, kept)
        responses.numbers_of(session, [f"{PLAN.code}/1@SYT"])
    yield office
    office.database.close()


def settle(office: Office, telegram: TelegramPeer, zalo: ZaloPeer, more: str = "") -> None:
    base = telegram.base_url.removesuffix("/bot")
    text = TEXT.format(more=more, bot=KNOWN["telegram_bot"], telegram=base, zalo=zalo.bot_url)
    channels, problems = read_channels(text, "channels.yml")
    assert problems == []
    vars(office)["channels"] = channels


async def listening(office: Office, until, count: int = 1, seconds: float = 20, asks: bool = True) -> None:
    """Let `count` processes listen until something is true."""
    standing = [StandingOffice(office) for _ in range(count)]
    listeners = [Listener(one, lambda: NOW, look_seconds=0.1) for one in standing]
    tasks = [asyncio.create_task(one.live(asks)) for one in listeners]
    try:
        async with asyncio.timeout(seconds):
            while not until():
                await asyncio.sleep(0.05)
    finally:
        for one in standing:
            one.stopping.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 15)


def said_back(peer) -> list[str]:
    return [arrived.text for arrived in peer.arrived]


def test_a_person_is_asked_back_and_heard_on_a_channel_without_an_address_of_ours(office, telegram, zalo):
    telegram.user_says(USER, "OK 1")
    asyncio.run(listening(office, lambda: telegram.arrived))
    assert "Nhắn ĐÚNG để ghi nhận" in said_back(telegram)[0]

    telegram.user_says(USER, "đúng")
    zalo.user_says(CHAT, "giúp")
    asyncio.run(listening(office, lambda: len(telegram.arrived) == 2 and zalo.arrived))

    assert "Đã ghi nhận" in said_back(telegram)[1]
    assert "Chưa ghi gì" not in said_back(zalo)[0]
    assert rows_of(office, "SELECT count(*) FROM record WHERE kind = 'acknowledged'") == [(1,)]
    assert {state for (state,) in rows_of(office, "SELECT state FROM heard")} == {"done"}


def test_what_was_kept_and_not_confirmed_is_told_again_and_known(office, telegram):
    telegram.user_says(USER, "giúp")
    update = telegram.updates[0]
    asyncio.run(listening(office, lambda: telegram.arrived))
    telegram.updates.insert(0, update)  # a process killed between keeping and asking on
    telegram.user_says(USER, "giúp")
    asyncio.run(listening(office, lambda: len(telegram.arrived) == 2))

    assert len(said_back(telegram)) == 2
    assert rows_of(office, "SELECT count(*) FROM heard") == [(2,)]


def test_of_two_processes_one_asks_and_people_are_answered_once(office, telegram):
    telegram.user_says(USER, "giúp")
    asyncio.run(listening(office, lambda: telegram.arrived, count=2))

    assert len(said_back(telegram)) == 1
    assert not [call for call in telegram.calls if "409" in str(call)]


def test_a_channel_that_is_away_is_asked_again_and_the_other_is_heard(office, telegram, zalo):
    telegram.leave()
    zalo.user_says(CHAT, "giúp")
    asyncio.run(listening(office, lambda: zalo.arrived))

    assert len(said_back(zalo)) == 1


def test_a_channel_whose_secret_cannot_be_read_is_told(office, telegram, zalo, monkeypatch, caplog):
    monkeypatch.delenv("DONDOC_ZALO_BOT_TOKEN")
    asyncio.run(listening(office, lambda: "kênh zalo_bot: chưa nghe được" in caplog.text))

    assert "DONDOC_ZALO_BOT_TOKEN" in caplog.text


def test_with_an_address_and_a_secret_the_channel_is_told_and_not_asked(office, telegram, zalo, monkeypatch):
    monkeypatch.setenv("DONDOC_TELEGRAM_SECRET", "bi-mat")
    settle(office, telegram, zalo, ', base_url: "https://don-doc.tinh.example"')
    asyncio.run(listening(office, lambda: telegram.webhook))

    assert telegram.webhook == "https://don-doc.tinh.example/webhooks/telegram"
    assert not [call for call in telegram.calls if "getUpdates" in str(call)]


def test_the_door_alone_works_off_what_it_heard_and_asks_nobody(office, telegram):
    telegram.user_says(USER, "giúp")
    heard = Heard("telegram", "77", "said", NOW, str(USER), "giúp")
    hearing.keep(office, [heard], "", NOW)
    asyncio.run(listening(office, lambda: telegram.arrived, asks=False))

    assert len(telegram.updates) == 1


def test_while_another_process_works_it_off_nothing_is_answered_twice(office, telegram):
    hearing.keep(office, [Heard("telegram", "77", "said", NOW, str(USER), "giúp")], "", NOW)

    async def both() -> tuple[int, int]:
        async with held(office, "hear") as holds:
            assert holds()
            first = await hear(office, lambda: NOW)
        return first, await hear(office, lambda: NOW)

    assert asyncio.run(both()) == (0, 1)
    assert len(said_back(telegram)) == 1


def test_a_lease_that_ended_belongs_to_who_comes_next(office):
    async def main() -> list[bool]:
        found = []
        async with held(office, "thử") as first, held(office, "thử") as second:
            found += [first(), second()]
        async with held(office, "thử") as third:
            found.append(third())
        return found

    assert asyncio.run(main()) == [True, False, True]
