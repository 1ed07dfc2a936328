"""What the peers remember, post and break."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from engine.model import HANOI
from tests.peers.exchanges import KNOWN
from tests.peers.faults import AFTER, BEFORE
from tests.peers.telegram import TelegramPeer
from tests.peers.zalo import ZaloPeer

USER, PHONE, CHAT = KNOWN["user_id"], KNOWN["phone"], KNOWN["chat_id"]
MEMBER, GROUP = KNOWN["telegram_user"], KNOWN["telegram_supergroup"]
DATA = {"nguoi_nhan": "Trần Thị Mẫu", "ma_viec": "0042", "trang_thai": "Quá hạn", "han": "30/11/2026"}


class Hands:
    """A clock and a ticker moved by the test."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 12, 0, tzinfo=HANOI)
        self.seconds = 0.0

    def clock(self) -> datetime:
        return self.moment

    def ticker(self) -> float:
        return self.seconds

    def pass_(self, **span: float) -> None:
        self.moment += timedelta(**span)
        self.seconds += timedelta(**span).total_seconds()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def zalo(hands: Hands) -> Iterator[ZaloPeer]:
    with ZaloPeer(hands.clock, hands.ticker) as peer:
        peer.poll_seconds = 0.01
        yield peer


@pytest.fixture
def telegram(hands: Hands) -> Iterator[TelegramPeer]:
    with TelegramPeer(hands.clock, hands.ticker) as peer:
        peer.poll_seconds = 0.01
        yield peer


class Ear:
    """An address of ours that notes what is posted to it."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status, self.answer = 200, b""
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(ear.status)
                self.end_headers()
                self.wfile.write(ear.answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/nghe"

    def names(self) -> list[str]:
        return [json.loads(body)["event_name"] for _, body in self.heard]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.close()


# Reading certificates for every call would take most of the time.
post = partial(httpx.post, verify=False, trust_env=False)
get = partial(httpx.get, verify=False, trust_env=False)


def consult(peer: ZaloPeer, text: str = "0042", token: str = KNOWN["access_token"], **more: Any) -> Any:
    body = {"recipient": {"user_id": USER}, "message": {"text": text, **more}}
    answer = post(f"{peer.oa_url}/v3.0/oa/message/cs", headers={"access_token": token}, json=body)
    return answer.json()


def template(peer: ZaloPeer, tracking: str = "nhac1", template_id: str = KNOWN["template"]) -> Any:
    body = {"phone": PHONE, "template_id": template_id, "template_data": DATA, "tracking_id": tracking}
    headers = {"access_token": KNOWN["access_token"]}
    return post(f"{peer.zbs_url}/message/template", headers=headers, json=body).json()


def bot(peer: ZaloPeer, method: str, **fields: Any) -> Any:
    return post(f"{peer.bot_url}/bot{KNOWN['bot_token']}/{method}", json=fields).json()


def tg(peer: TelegramPeer, method: str, **fields: Any) -> httpx.Response:
    return post(f"{peer.base_url}{KNOWN['telegram_token']}/{method}", json=fields)


def refresh(peer: ZaloPeer, token: str) -> Any:
    form = {"refresh_token": token, "app_id": KNOWN["app_id"], "grant_type": "refresh_token"}
    headers = {"secret_key": KNOWN["app_secret"]}
    return post(f"{peer.oauth_url}/v4/oa/access_token", headers=headers, data=form).json()


def test_a_refresh_kills_both_tokens_before_it_and_works_once(zalo: ZaloPeer) -> None:
    new = refresh(zalo, KNOWN["refresh_token"])

    assert consult(zalo)["error"] == -220
    assert consult(zalo, token=new["access_token"])["error"] == 0
    assert "access_token" not in refresh(zalo, KNOWN["refresh_token"])
    assert "access_token" in refresh(zalo, new["refresh_token"])


def test_of_many_who_refresh_at_once_one_succeeds(zalo: ZaloPeer) -> None:
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: refresh(zalo, KNOWN["refresh_token"]), range(8)))

    assert sum("access_token" in answer for answer in answers) == 1


@pytest.mark.parametrize(
    ("hours", "error"), [(24.9, 0), (25, -220)], ids=["just before 25 hours", "at 25 hours"]
)
def test_an_access_token_lives_25_hours(zalo: ZaloPeer, hands: Hands, hours: float, error: int) -> None:
    hands.pass_(hours=hours)

    assert consult(zalo)["error"] == error


def test_a_refresh_token_lives_three_months(zalo: ZaloPeer, hands: Hands) -> None:
    hands.pass_(days=91)

    assert "access_token" not in refresh(zalo, KNOWN["refresh_token"])


@pytest.mark.parametrize(("minutes", "works"), [(9, True), (11, False)])
def test_a_code_works_once_within_ten_minutes(
    zalo: ZaloPeer, hands: Hands, minutes: float, works: bool
) -> None:
    hands.pass_(minutes=minutes)
    form = {"code": KNOWN["code"], "app_id": KNOWN["app_id"], "grant_type": "authorization_code"}

    def give() -> Any:
        return post(
            f"{zalo.oauth_url}/v4/oa/access_token",
            headers={"secret_key": KNOWN["app_secret"]},
            data={**form, "code_verifier": KNOWN["code_verifier"]},
        ).json()

    assert [("access_token" in give()) for _ in range(2)] == [works, False]


def test_the_secret_belongs_in_its_header(zalo: ZaloPeer) -> None:
    form = {"refresh_token": KNOWN["refresh_token"], "app_id": KNOWN["app_id"], "grant_type": "refresh_token"}
    body = {**form, "secret_key": KNOWN["app_secret"]}

    assert "access_token" not in post(f"{zalo.oauth_url}/v4/oa/access_token", data=body).json()


def test_consent_leads_back_with_a_code(zalo: ZaloPeer) -> None:
    asked = {"app_id": KNOWN["app_id"], "redirect_uri": KNOWN["callback"], "state": "s1"}
    asked["code_challenge"] = KNOWN["code_challenge"]

    answer = get(f"{zalo.oauth_url}/v4/oa/permission", params=asked)

    assert answer.status_code == 302
    assert dict(httpx.URL(answer.headers["location"]).params)["state"] == "s1"


def test_a_bearer_token_is_no_token(zalo: ZaloPeer) -> None:
    headers = {"Authorization": f"Bearer {KNOWN['access_token']}"}

    assert get(f"{zalo.oa_url}/v2.0/oa/getoa", headers=headers).json()["error"] == -216


@pytest.mark.parametrize(
    ("hours", "error", "quota"),
    [(0, 0, True), (48, 0, True), (48.1, 0, False), (168, 0, False), (168.1, -230, False)],
)
def test_the_window_is_free_then_paid_then_closed(
    zalo: ZaloPeer, hours: float, error: int, quota: bool
) -> None:
    zalo.silent_for(USER, hours)
    before = zalo.balance

    answer = consult(zalo)

    assert answer["error"] == error
    assert ("quota" in answer.get("data", {})) == quota
    assert (zalo.balance != before) == (error == 0 and not quota)


@pytest.mark.parametrize(
    "deed",
    [
        lambda peer: peer.user_says(USER, "OK 0042"),
        lambda peer: peer.follow(USER),
        lambda peer: peer.opens_chat(USER),
    ],
    ids=["words", "following", "opening the chat"],
)
def test_whatever_a_person_does_opens_the_window_again(zalo: ZaloPeer, deed: Any) -> None:
    zalo.silent_for(USER, 500)

    deed(zalo)

    assert consult(zalo)["data"]["quota"]["quota_type"] == "reply"


def test_reading_or_a_quick_reply_opens_no_window(zalo: ZaloPeer) -> None:
    consult(zalo)
    zalo.silent_for(USER, 500)

    zalo.reads(zalo.arrived[0])

    assert consult(zalo)["error"] == -230


def test_a_button_of_the_oa_comes_back_as_words(zalo: ZaloPeer, ear: Ear) -> None:
    buttons = [{"title": "Đã nhận", "type": "oa.query.hide", "payload": "#n:5b2e"}]
    consult(zalo, attachment={"type": "template", "payload": {"buttons": buttons}})

    zalo.press(USER, "Đã nhận")
    zalo.pass_time(1)
    zalo.deliver_webhooks(ear.url)

    assert ear.names() == ["oa_send_text", "user_received_message", "user_send_text"]
    assert json.loads(ear.heard[-1][1])["message"]["text"] == "#n:5b2e"


def test_calls_of_a_minute_run_out_and_come_back(zalo: ZaloPeer, hands: Hands) -> None:
    zalo.use_up_calls()
    assert consult(zalo)["error"] == -32

    hands.pass_(seconds=60)

    assert consult(zalo)["error"] == 0


@pytest.mark.parametrize("path", ["message/transaction", "message/promotion"])
def test_the_ways_shut_in_march_stay_shut(zalo: ZaloPeer, path: str) -> None:
    headers = {"access_token": KNOWN["access_token"]}

    assert post(f"{zalo.oa_url}/v3.0/oa/{path}", headers=headers, json={}).json()["error"] == -233


@pytest.mark.parametrize(("dedupes", "arrived"), [(False, 2), (True, 1)])
def test_a_tracking_id_given_twice_arrives_twice_unless_the_peer_looks(
    zalo: ZaloPeer, dedupes: bool, arrived: int
) -> None:
    zalo.dedupes_tracking = dedupes

    assert [template(zalo)["error"] for _ in range(2)] == [0, 0]

    assert len(zalo.arrived) == arrived
    assert zalo.zbs_left == 500 - arrived


def test_the_quota_of_templates_is_new_each_day(zalo: ZaloPeer, hands: Hands) -> None:
    zalo.zbs_left = 1
    assert [template(zalo, f"nhac{n}")["error"] for n in range(2)] == [0, -144]

    hands.pass_(hours=12)

    assert template(zalo, "nhac9")["error"] == 0


@pytest.mark.parametrize(
    "tracking", ["", "có dấu", "a-b", "x" * 49], ids=["none", "letters with marks", "a dash", "too long"]
)
def test_a_tracking_id_is_short_and_plain(zalo: ZaloPeer, tracking: str) -> None:
    assert template(zalo, tracking)["error"] == -132
    assert zalo.arrived == []


@pytest.mark.parametrize(
    ("time", "flagged", "error"),
    [
        ("21:59", True, 0),
        ("22:00", True, -133),
        ("05:59", True, -133),
        ("06:00", True, 0),
        ("23:00", False, 0),
    ],
)
def test_a_flagged_template_sleeps_at_night(zalo: ZaloPeer, time: str, flagged: bool, error: int) -> None:
    zalo.set_template(KNOWN["template"], "night", flagged)
    zalo.pass_until(time)

    assert template(zalo)["error"] == error


def test_a_receipt_of_a_template_names_our_tracking_id(zalo: ZaloPeer, hands: Hands, ear: Ear) -> None:
    template(zalo, "nhac7")
    assert zalo.deliver_webhooks(ear.url) == []

    hands.pass_(seconds=3)
    zalo.deliver_webhooks(ear.url)

    headers, body = ear.heard[0]
    assert headers["x-zevent-server"] == "ZNS"
    assert json.loads(body)["message"]["tracking_id"] == "nhac7"
    assert headers["x-zevent-signature"] == zalo.signature(body, json.loads(body)["timestamp"])


def test_a_quick_reply_may_come_before_the_send_is_answered(zalo: ZaloPeer, ear: Ear) -> None:
    zalo.hurry(ear.url, press="Đã nhận")
    zalo.fault("accept_then_reset", method="message/template")

    with pytest.raises(httpx.TransportError):
        template(zalo, "nhac8", KNOWN["quick_reply_template"])

    assert set(ear.names()) == {"user_received_message", "user_click_response_button"}
    assert json.loads(ear.heard[-1][1])["message"]["tracking_id"] == "nhac8"


def test_a_failed_webhook_climbs_the_ladder_and_then_is_given_up(
    zalo: ZaloPeer, hands: Hands, ear: Ear
) -> None:
    ear.status = 500
    zalo.user_says(USER, "OK 0042")
    hours = 0.0
    while zalo.is_subscribed and hours < 24:
        zalo.deliver_webhooks(ear.url)
        hands.pass_(seconds=30)
        hours += 30 / 3600

    assert [headers.get("num_retry") for headers, _ in ear.heard] == [None, "1", "2", "3", "4", "5"]
    zalo.user_says(USER, "OK 0043")
    assert zalo.deliver_webhooks(ear.url) == []


@pytest.mark.parametrize("status", [202, 302, 500])
def test_only_200_counts_as_heard_by_zalo(zalo: ZaloPeer, ear: Ear, status: int) -> None:
    zalo.user_says(USER, "OK 0042")
    ear.status = status
    zalo.deliver_webhooks(ear.url)
    ear.status = 200
    zalo.pass_time(1)

    zalo.deliver_webhooks(ear.url)
    zalo.deliver_webhooks(ear.url)

    assert len(ear.heard) == 2


def test_whoever_takes_too_long_has_not_heard(zalo: ZaloPeer) -> None:
    zalo.user_says(USER, "OK 0042")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        zalo.postman.patience = 0.1
        posted = zalo.deliver_webhooks(f"http://127.0.0.1:{silent.getsockname()[1]}/")

    assert [one.status for one in posted] == [0]
    assert len(zalo.waiting_events) == 1


def test_what_is_no_text_comes_under_its_own_name(zalo: ZaloPeer, ear: Ear) -> None:
    zalo.user_sends(USER, "file", {"attachments": [{"type": "file", "payload": {"name": "b.pdf"}}]})
    zalo.deliver_webhooks(ear.url)
    zalo.user_sends(CHAT, "unsupported", {})
    zalo.user_says(CHAT, "OK 0042", chat=KNOWN["bot_group"])

    withheld, in_group = (bot(zalo, "getUpdates", timeout=1)["result"] for _ in range(2))

    assert ear.names() == ["user_send_file"]
    assert withheld["event_name"] == "message.unsupported.received"
    assert in_group["message"]["chat"] == {"id": KNOWN["bot_group"], "chat_type": "GROUP"}


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b'{"recipient": 7}', b'{"chat_id": {}, "text": 5}'])
def test_nonsense_is_refused_by_every_service(zalo: ZaloPeer, telegram: TelegramPeer, body: bytes) -> None:
    headers = {"access_token": KNOWN["access_token"], "Content-Type": "application/json"}
    oa = post(f"{zalo.oa_url}/v3.0/oa/message/cs", headers=headers, content=body).json()
    zbs = post(f"{zalo.zbs_url}/message/template", headers=headers, content=body).json()
    by_bot = post(f"{zalo.bot_url}/bot{KNOWN['bot_token']}/sendMessage", headers=headers, content=body).json()
    url = f"{telegram.base_url}{KNOWN['telegram_token']}/sendMessage"

    assert oa["error"] < 0
    assert zbs["error"] < 0
    assert by_bot["ok"] is False
    assert post(url, headers=headers, content=body).status_code == 400


def test_events_come_twice_and_in_disorder_where_asked(zalo: ZaloPeer, ear: Ear) -> None:
    for number in range(6):
        zalo.user_says(USER, f"OK {number}")

    zalo.deliver_webhooks(ear.url, shuffle=7, copies=2)

    texts = [json.loads(body)["message"]["text"] for _, body in ear.heard]
    assert sorted(texts) == sorted(f"OK {n}" for n in range(6) for _ in range(2))
    assert texts != sorted(texts)


def test_the_bot_tells_one_update_a_call_and_can_tell_it_again(zalo: ZaloPeer) -> None:
    zalo.user_says(CHAT, "OK 0042")
    zalo.user_says(CHAT, "OK 0043")

    first, second, idle = (bot(zalo, "getUpdates", timeout=1) for _ in range(3))
    zalo.replay()

    assert [one["result"]["message"]["text"] for one in (first, second)] == ["OK 0042", "OK 0043"]
    assert (idle["ok"], idle["description"]) == (False, "Request timeout")
    assert bot(zalo, "getUpdates", timeout=1) == second


def test_an_update_of_the_bot_lost_on_the_way_is_told_again(zalo: ZaloPeer) -> None:
    zalo.user_says(CHAT, "OK 0042")
    zalo.fault("accept_then_reset", method="getUpdates")

    with pytest.raises(httpx.TransportError):
        bot(zalo, "getUpdates", timeout=1)

    assert bot(zalo, "getUpdates", timeout=1)["result"]["message"]["text"] == "OK 0042"


def test_the_bot_polls_or_posts_but_not_both(zalo: ZaloPeer, ear: Ear) -> None:
    bot(zalo, "setWebhook", url="https://dondoc.example/nghe", secret_token=KNOWN["bot_secret"])
    zalo.user_says(CHAT, "OK 0042")

    assert bot(zalo, "getUpdates", timeout=1)["ok"] is False
    zalo.deliver_webhooks(ear.url, "bot")

    assert ear.heard[0][0]["x-bot-api-secret-token"] == KNOWN["bot_secret"]
    assert json.loads(ear.heard[0][1])["result"]["message"]["text"] == "OK 0042"


def test_the_bot_knows_fifty_people_and_a_month_of_messages(zalo: ZaloPeer, hands: Hands) -> None:
    for number in range(50):
        zalo.user_says(f"7e{number:018d}", "Chào")
    assert bot(zalo, "sendMessage", chat_id="7e" + "0" * 16 + "49", text="x")["error_code"] == 429
    zalo.bot_left = 0
    assert bot(zalo, "sendMessage", chat_id=CHAT, text="x")["error_code"] == 429

    hands.pass_(days=7)

    assert bot(zalo, "sendMessage", chat_id=CHAT, text="x")["ok"] is True


@pytest.mark.parametrize(
    "url", ["http://dondoc.example/a", "https://127.0.0.1/a", "https://localhost/a", "https://192.168.1.2/a"]
)
def test_the_bot_posts_to_public_https_only(zalo: ZaloPeer, url: str) -> None:
    assert bot(zalo, "setWebhook", url=url, secret_token="0123456789")["ok"] is False


def test_telegram_limits_a_chat_a_group_and_all(telegram: TelegramPeer, hands: Hands) -> None:
    assert tg(telegram, "sendMessage", chat_id=MEMBER, text="1").status_code == 200
    refused = tg(telegram, "sendMessage", chat_id=MEMBER, text="2")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.json()["parameters"] == {"retry_after": 1}

    hands.pass_(seconds=1)
    assert tg(telegram, "sendMessage", chat_id=MEMBER, text="2").status_code == 200
    statuses = [tg(telegram, "sendMessage", chat_id=GROUP, text=str(n)).status_code for n in range(21)]
    assert statuses == [200] * 20 + [429]


def test_telegram_keeps_updates_until_they_are_confirmed(telegram: TelegramPeer) -> None:
    telegram.user_says(MEMBER, "/start nk_1")
    telegram.user_says(MEMBER, "OK 0042")

    first = tg(telegram, "getUpdates").json()["result"]
    again = tg(telegram, "getUpdates", offset=first[1]["update_id"]).json()["result"]

    assert [one["message"]["text"] for one in first] == ["/start nk_1", "OK 0042"]
    assert again == first[1:]
    assert tg(telegram, "getUpdates", offset=again[0]["update_id"] + 1).json()["result"] == []


def test_a_second_poll_ends_the_first(telegram: TelegramPeer) -> None:
    telegram.poll_seconds = 5
    with ThreadPoolExecutor(1) as other:
        first = other.submit(tg, telegram, "getUpdates", timeout=5)
        with telegram.changed:
            telegram.changed.wait_for(lambda: telegram.poll == 1)
        telegram.poll_seconds = 0.01
        second = tg(telegram, "getUpdates", timeout=1)

        assert first.result(timeout=5).status_code == 409
        assert second.status_code == 200


def test_a_press_is_answered_once_and_the_buttons_go(telegram: TelegramPeer) -> None:
    rows = {"inline_keyboard": [[{"text": "Đã nhận", "callback_data": "n:5b2e"}]]}
    sent = tg(telegram, "sendMessage", chat_id=MEMBER, text="0042", reply_markup=rows).json()["result"]

    query = telegram.press(MEMBER, "Đã nhận")

    update = tg(telegram, "getUpdates").json()["result"][0]["callback_query"]
    assert (update["id"], update["data"]) == (query, "n:5b2e")
    assert tg(telegram, "answerCallbackQuery", callback_query_id=query).json()["ok"] is True
    assert tg(telegram, "answerCallbackQuery", callback_query_id=query).status_code == 400
    tg(telegram, "editMessageReplyMarkup", chat_id=MEMBER, message_id=sent["message_id"])
    assert telegram.arrived[0].buttons == ()


def test_blocking_is_told_and_start_opens_the_chat_again(telegram: TelegramPeer) -> None:
    telegram.block(MEMBER)
    assert tg(telegram, "sendMessage", chat_id=MEMBER, text="x").status_code == 403

    telegram.user_says(MEMBER, "/start")

    assert tg(telegram, "sendMessage", chat_id=MEMBER, text="x").status_code == 200
    told = tg(telegram, "getUpdates").json()["result"]
    assert told[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_telegram_posts_until_it_is_heard_and_makes_the_call_in_the_answer(
    telegram: TelegramPeer, hands: Hands, ear: Ear
) -> None:
    telegram.user_says(MEMBER, "OK 0042")
    ear.status = 503
    for _ in range(3):
        telegram.deliver_webhooks(ear.url)
        hands.pass_(seconds=4)
    ear.status = 200
    ear.answer = json.dumps({"method": "sendMessage", "chat_id": MEMBER, "text": "Đã ghi"}).encode()

    telegram.deliver_webhooks(ear.url)

    assert len({body for _, body in ear.heard}) == 1
    assert len(ear.heard) == 4
    assert ear.heard[0][0]["x-telegram-bot-api-secret-token"] == KNOWN["telegram_secret"]
    assert [one.text for one in telegram.arrived] == ["Đã ghi"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>0042</b> &amp; hơn", "0042 & hơn"),
        ("<b>x", None),
        ("</b>x", None),
        ("5 < 6", None),
        ("<h1>x</h1>", None),
        ("<b><i>x</i></b>", "x"),
        ("<b><i>x</b></i>", None),
        ("😀" * 2048, "😀" * 2048),
        ("😀" * 2049, None),
    ],
)
def test_telegram_reads_marks_and_counts_utf_16(telegram: TelegramPeer, text: str, shown: str | None) -> None:
    answer = tg(telegram, "sendMessage", chat_id=MEMBER, text=text, parse_mode="HTML")

    assert [one.text for one in telegram.arrived] == ([shown] if shown else [])
    assert answer.status_code == (200 if shown else 400)


@pytest.mark.parametrize("kind", [*BEFORE, *AFTER])
def test_a_fault_loses_the_request_or_only_its_answer(zalo: ZaloPeer, kind: str) -> None:
    zalo.fault(kind, method="sendMessage")
    url = f"{zalo.bot_url}/bot{KNOWN['bot_token']}/sendMessage"

    with pytest.raises((httpx.TransportError, ValueError)):
        post(url, json={"chat_id": CHAT, "text": "0042"}, timeout=0.3).json()

    assert len(zalo.arrived) == (kind in AFTER)
    assert bot(zalo, "sendMessage", chat_id=CHAT, text="0043")["ok"] is True


def test_who_has_left_refuses_connections_until_coming_back(zalo: ZaloPeer) -> None:
    with httpx.Client(base_url=zalo.oa_url, verify=False) as client:
        client.get("/v2.0/oa/getoa")
        zalo.leave("oa")
        with pytest.raises(httpx.TransportError):
            client.get("/v2.0/oa/getoa")
        with pytest.raises(httpx.ConnectError):
            client.get("/v2.0/oa/getoa")
        assert bot(zalo, "getMe")["ok"] is True

        zalo.come_back("oa")

        assert client.get("/v2.0/oa/getoa").status_code == 200


def test_faults_by_chance_fall_the_same_way_for_the_same_seed() -> None:
    def life(seed: int) -> list[tuple[str, str]]:
        with ZaloPeer() as peer:
            peer.faults_at_random(seed, 0.5, ["html_502", "500", "cut_json", "reset"])
            for _ in range(30):
                with suppress(httpx.TransportError, ValueError):
                    bot(peer, "sendMessage", chat_id=CHAT, text="x")
            return peer.faults.happened

    assert life(3) == life(3) != life(4)
    assert 5 < len(life(3)) < 25


def test_an_unknown_fault_or_setting_is_a_mistake_of_the_test(zalo: ZaloPeer) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        zalo.fault("explode")
    with pytest.raises(ValueError, match="no such setting"):
        zalo.set("zbs_right", 1)


def test_a_client_killed_in_the_middle_disturbs_nobody(zalo: ZaloPeer) -> None:
    url = f"{zalo.bot_url}/bot{KNOWN['bot_token']}/sendMessage"
    with httpx.Client(verify=False) as client:
        client.get(f"{zalo.oa_url}/v2.0/oa/getoa")
        child = os.fork()
        if child == 0:
            post(url, json={"chat_id": CHAT, "text": "0042"})
            with socket.create_connection(("127.0.0.1", int(zalo.bot_url.rpartition(":")[2]))) as half:
                half.sendall(b"POST /bot HTTP/1.1\r\nContent-Length: 99\r\n\r\n{")
                os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)

        assert [one.text for one in zalo.arrived] == ["0042"]
        assert client.get(f"{zalo.oa_url}/v2.0/oa/getoa").status_code == 200
        assert client.post(url, json={"chat_id": CHAT, "text": "0043"}).json()["ok"] is True


def test_a_living_child_keeps_no_broken_connection_open(zalo: ZaloPeer) -> None:
    with httpx.Client(base_url=zalo.oa_url, verify=False, timeout=3) as client:
        client.get("/v2.0/oa/getoa")
        child = os.fork()
        if child == 0:
            signal.pause()
        try:
            zalo.fault("reset")
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                client.get("/v2.0/oa/getoa")
            zalo.leave("oa")
            with pytest.raises(httpx.ConnectError):
                client.get("/v2.0/oa/getoa")
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def test_closing_leaves_no_port_open() -> None:
    with ZaloPeer() as peer:
        url = peer.bot_url

    with pytest.raises(httpx.ConnectError):
        get(url)


def test_many_clients_are_served_at_once(zalo: ZaloPeer) -> None:
    def send(number: int) -> bool:
        return bool(bot(zalo, "sendMessage", chat_id=CHAT, text=str(number))["ok"])

    with ThreadPoolExecutor(16) as crowd:
        assert all(crowd.map(send, range(64)))

    assert {one.text for one in zalo.arrived} == {str(number) for number in range(64)}
    assert len({one.id for one in zalo.arrived}) == 64
