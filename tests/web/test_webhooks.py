"""What is kept of what channels tell us, and what of what others pretend?"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.guarantee.world import rows_of
from tests.peers.exchanges import KNOWN
from tests.peers.telegram import TelegramPeer
from tests.peers.zalo import ZaloPeer
from tests.web.site import NOW, Site, opened

CHANNELS = f"""\
zalo_app: {{app_id: "{KNOWN["app_id"]}", oa_id: "{KNOWN["oa_id"]}"}}
zalo_bot: {{enabled: có}}
zalo_oa: {{enabled: có}}
telegram: {{enabled: có, bot: {KNOWN["telegram_bot"]}}}
"""
USER = KNOWN["telegram_user"]
TELEGRAM = {"X-Telegram-Bot-Api-Secret-Token": KNOWN["telegram_secret"]}
BOT = {"X-Bot-Api-Secret-Token": KNOWN["bot_secret"]}


@pytest.fixture
def site(office, monkeypatch) -> Iterator[Site]:
    monkeypatch.setenv("DONDOC_ZALO_OA_SECRET", KNOWN["oa_secret"])
    monkeypatch.setenv("DONDOC_ZALO_BOT_SECRET", KNOWN["bot_secret"])
    monkeypatch.setenv("DONDOC_TELEGRAM_SECRET", KNOWN["telegram_secret"])
    with opened(office, CHANNELS) as site:
        yield site


@pytest.fixture
def zalo() -> Iterator[ZaloPeer]:
    with ZaloPeer(clock=lambda: NOW) as peer:
        yield peer


def kept(site: Site) -> list[tuple[object, ...]]:
    return rows_of(site.office, "SELECT channel, kind, state FROM heard ORDER BY received_at, id")


def test_what_telegram_says_twice_is_kept_once_and_somebody_is_woken(site):
    with TelegramPeer(clock=lambda: NOW) as bot:
        bot.user_says(USER, "OK 0001")
        posted = bot.deliver_webhooks(site.url + "/webhooks/telegram", copies=2)

    assert [one.status for one in posted] == [200, 200]
    assert kept(site) == [("telegram", "said", "new")]
    assert site.woken == 2
    assert "OK 0001" in str(rows_of(site.office, "SELECT raw FROM heard"))


def test_a_pressed_button_stops_waiting_with_the_answer(site):
    pressed = {
        "id": "9",
        "from": {"id": USER, "is_bot": False, "first_name": "A"},
        "data": "t" * 22,
        "chat_instance": "1",
    }
    with site.visitor() as telegram:
        told = telegram.post(
            "/webhooks/telegram", json={"update_id": 7, "callback_query": pressed}, headers=TELEGRAM
        )

    assert told.json() == {"method": "answerCallbackQuery", "callback_query_id": "9"}
    assert kept(site) == [("telegram", "said", "new")]  # fmt: skip


def test_what_the_zalo_bot_hears_is_kept(site, zalo):
    zalo.user_says(KNOWN["chat_id"], "OK 0001")
    posted = zalo.deliver_webhooks(site.url + "/webhooks/zalo-bot", kind="bot", copies=2)

    assert {one.status for one in posted} == {200}
    assert kept(site) == [("zalo_bot", "said", "new")]


def test_events_of_the_official_account_are_kept_whatever_their_order(site, zalo):
    zalo.user_says(KNOWN["user_id"], "OK 0001")
    zalo.withdraw(KNOWN["user_id"])
    posted = zalo.deliver_webhooks(site.url + "/webhooks/zalo", shuffle=3, copies=2)

    assert {one.status for one in posted} == {200}
    assert sorted(kept(site)) == [("zalo_oa", "left", "new"), ("zalo_oa", "said", "new")]


@pytest.mark.parametrize("body", [b"{}", b""])
def test_the_empty_question_zalo_asks_of_an_address_is_answered_and_means_nothing(site, body):
    with site.visitor() as zalo:
        told = zalo.post("/webhooks/zalo", content=body)

    assert told.status_code == 200
    assert (kept(site), site.woken) == ([], 0)


UPDATE = {"update_id": 1, "message": {"text": "OK 0001"}}


@pytest.mark.parametrize(
    ("path", "headers", "kind"),
    [
        ("/webhooks/telegram", {}, "telegram"),
        ("/webhooks/telegram", {"X-Telegram-Bot-Api-Secret-Token": "khac"}, "telegram"),
        ("/webhooks/telegram", {"X-Telegram-Bot-Api-Secret-Token": ""}, "telegram"),
        ("/webhooks/zalo-bot", {}, "zalo_bot"),
        ("/webhooks/zalo-bot", {"X-Bot-Api-Secret-Token": KNOWN["bot_secret"] + "x"}, "zalo_bot"),
        ("/webhooks/zalo", {}, "zalo"),
        ("/webhooks/zalo", {"X-ZEvent-Signature": "mac=" + "0" * 64}, "zalo"),
    ],
)
def test_of_what_nobody_signed_only_a_count_remains(site, path, headers, kind):
    before = site.everything()
    with site.visitor() as forger:
        told = forger.post(path, json=UPDATE, headers=headers)
        figures = forger.get("/metrics").text

    assert (told.status_code, told.json(), site.woken) == (403, {"ok": False}, 0)
    assert site.everything() == before
    assert f'dondoc_refused_total{{what="{kind}"}} 1.0' in figures


@pytest.mark.parametrize("name", ["TELEGRAM_SECRET", "ZALO_BOT_SECRET"])
def test_without_a_secret_of_ours_nothing_is_genuine(site, monkeypatch, name):
    monkeypatch.delenv(f"DONDOC_{name}")
    path, empty = {
        "TELEGRAM_SECRET": ("/webhooks/telegram", {"X-Telegram-Bot-Api-Secret-Token": ""}),
        "ZALO_BOT_SECRET": ("/webhooks/zalo-bot", {"X-Bot-Api-Secret-Token": ""}),
    }[name]
    with site.visitor() as forger:
        assert forger.post(path, json=UPDATE, headers=empty).status_code == 403


@pytest.mark.parametrize(("path", "headers"), [("/webhooks/telegram", TELEGRAM), ("/webhooks/zalo-bot", BOT)])
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[1]", b"\xff\xfe", b'{"update_id": "x"}', b"[" * 100_000, b'{"a": "\\u0000"}']
)
def test_genuine_and_unreadable_is_answered_and_forgotten(site, path, headers, body):
    with site.visitor() as channel:
        assert channel.post(path, content=body, headers=headers).status_code == 200
    assert kept(site) == []  # fmt: skip


def test_more_than_a_mebibyte_is_not_read(site):
    with site.visitor() as channel:
        body = json.dumps({"update_id": 1, "x": "y" * 1024 * 1024})
        assert channel.post("/webhooks/telegram", content=body, headers=TELEGRAM).status_code == 413
        assert channel.get("/webhooks/telegram").status_code == 405
    assert kept(site) == []


def test_while_the_database_is_away_the_channel_is_asked_to_come_again(site, monkeypatch):
    monkeypatch.setattr("usecases.hearing.keep", _away)
    with site.visitor() as channel:
        told = channel.post("/webhooks/telegram", json=UPDATE, headers=TELEGRAM)

    assert (told.status_code, told.headers["retry-after"]) == (503, "60")


def _away(*_):
    from store.database import DatabaseUnavailable

    raise DatabaseUnavailable("không mở được cơ sở dữ liệu")
