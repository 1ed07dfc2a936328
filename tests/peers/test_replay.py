"""Every exchange written down, asked of the peers over the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from engine.model import HANOI
from tests.peers.base import Peer
from tests.peers.exchanges import EXCHANGES, KNOWN, VECTORS, WEBHOOKS, Exchange, prepare
from tests.peers.telegram import TelegramPeer
from tests.peers.zalo import ZaloPeer

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=HANOI)
TOLD = {"error", "error_code", "error_name", "description", "message", "ok", "quota_type", "status", "text"}


@pytest.fixture
def peers() -> Iterator[dict[str, Peer]]:
    with ZaloPeer(clock=lambda: NOON) as zalo, TelegramPeer(clock=lambda: NOON) as telegram:
        zalo.poll_seconds = telegram.poll_seconds = 0.01
        yield {"zalo": zalo, "telegram": telegram}


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.id)
def test_a_peer_answers_each_request_as_the_channel_does(exchange: Exchange, peers: dict[str, Peer]) -> None:
    peer = peers["telegram" if exchange.service == "telegram" else "zalo"]
    prepare(peer, exchange)

    if exchange.response.get("transport") == "refused":
        with pytest.raises(httpx.ConnectError):
            ask(peer, exchange)
        return
    answer = ask(peer, exchange)

    assert answer.status_code == exchange.response["status"]
    if "html" in exchange.response:
        assert answer.text.startswith(exchange.response["html"])
        return
    assert differences(exchange.response["json"], answer.json(), exchange.unsure) == []
    for name, value in exchange.response.get("headers", {}).items():
        assert name in answer.headers
        assert "Remain" in name or answer.headers[name] == value


@pytest.mark.parametrize("exchange", [e for e in EXCHANGES if e.either_status], ids=lambda e: e.id)
def test_the_bot_may_also_tell_errors_by_their_http_status(
    exchange: Exchange, peers: dict[str, Peer]
) -> None:
    prepare(peers["zalo"], exchange)
    peers["zalo"].set("http_errors", True)

    answer = ask(peers["zalo"], exchange)

    assert answer.status_code == answer.json()["error_code"] == exchange.response["json"]["error_code"]


def test_as_many_are_written_down_as_are_known() -> None:
    assert (len(EXCHANGES), len(WEBHOOKS)) == (107, 30)
    assert len({one.id for one in EXCHANGES} | {one.id for one in WEBHOOKS}) == 137


def test_the_peer_signs_by_the_formula_of_the_channel() -> None:
    vector = VECTORS["zalo_webhook_mac"]
    raw = vector["raw_body"].encode()

    with ZaloPeer(clock=lambda: NOON) as peer:
        assert peer.signature(raw, vector["timestamp"]) == vector["header"]

    signed = KNOWN["app_id"].encode() + raw + vector["timestamp"].encode() + KNOWN["oa_secret"].encode()
    assert vector["header"] == "mac=" + hashlib.sha256(signed).hexdigest()


def test_every_event_of_zalo_has_the_shape_written_down(peers: dict[str, Peer]) -> None:
    zalo = peers["zalo"]
    assert isinstance(zalo, ZaloPeer)
    user, phone = KNOWN["user_id"], KNOWN["phone"]
    zalo.receipt_after = timedelta()
    zalo.follow(user)
    zalo.user_says(user, "OK 0042")
    zalo.opens_chat(user)
    zalo.shares_phone(user)
    zalo.accepts_widget(user, KNOWN["external_id"], "https://dondoc.example/lien-ket")
    message = zalo.arrive("zalo_oa", user, "0042")
    zalo.emit_sent(message)
    zalo.reads(message)
    zalo.reacts(message)
    zalo.emit_received(zalo.arrive("zalo_zbs", phone, "0042", key="nhac0042e3"))
    zalo.withdraw(user)
    zalo.block(user)

    seen = {(e["event_name"], "tracking_id" in e.get("message", {})): e for e in zalo.waiting_events}

    for hook in WEBHOOKS:
        name = hook.json.get("event_name", ""), "tracking_id" in hook.json.get("message", {})
        if hook.service in ("zalo_oa_webhook", "zalo_zbs_webhook") and name in seen:
            assert _without_quote(shape_differences(hook.json, seen[name])) == [], hook.id
    assert len(seen) == 12


def _without_quote(differences: list[str]) -> list[str]:
    return [one for one in differences if one != ".message.quote_msg_id"]


def ask(peer: Peer, exchange: Exchange) -> httpx.Response:
    asked = exchange.request
    bases = {"telegram": "base_url"} | {one: f"{one}_url" for one in ("oauth", "oa", "zbs", "bot")}
    base = getattr(peer, bases[exchange.host]).removesuffix("/bot")
    multipart: dict[str, Any] = asked.get("multipart", {})
    files = {n: (v["filename"], b"%PDF-1.7", v["type"]) for n, v in multipart.items() if isinstance(v, dict)}
    data = asked.get("form") or {n: v for n, v in multipart.items() if not isinstance(v, dict)}
    return httpx.request(
        asked["method"],
        base + asked["path"],
        params=asked.get("query"),
        headers=asked.get("headers"),
        json=asked.get("json"),
        data=data or None,
        files=files or None,
        timeout=5,
        verify=False,
    )


def differences(expected: Any, given: Any, unsure: frozenset[str], where: str = "") -> list[str]:
    """Return where `given` lacks what is documented; of values, those that carry meaning count."""
    if isinstance(expected, dict) and isinstance(given, dict):
        missing = [f"{where}.{key} is missing" for key in expected.keys() - given.keys() - unsure]
        both = [key for key in expected if key in given]
        deeper = (differences(expected[k], given[k], unsure, f"{where}.{k}") for k in both if k not in unsure)
        return missing + [one for part in deeper for one in part]
    if isinstance(expected, list) and isinstance(given, list):
        if bool(expected) != bool(given):
            return [f"{where} has {len(given)} entries"]
        return [d for e, g in zip(expected, given, strict=False) for d in differences(e, g, unsure, where)]
    if type(expected) is not type(given):
        return [f"{where}: {given!r} is no {type(expected).__name__}"]
    if where.rpartition(".")[2] in TOLD and expected != given:
        return [f"{where}: {given!r} instead of {expected!r}"]
    return []


def shape_differences(expected: Any, given: Any, where: str = "") -> list[str]:
    """Return where the keys, or the types of values, are not the same."""
    if isinstance(expected, dict) and isinstance(given, dict):
        found = [f"{where}.{key}" for key in expected.keys() ^ given.keys()]
        both = expected.keys() & given.keys()
        return found + [d for k in both for d in shape_differences(expected[k], given[k], f"{where}.{k}")]
    return [] if type(expected) is type(given) else [f"{where}: {given!r}"]
