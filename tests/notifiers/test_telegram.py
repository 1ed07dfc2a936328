"""A bot that keeps state on loopback; what becomes of letters, and how the bot is left alone."""

import asyncio
import logging
import socket
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from engine.model import HANOI
from notifiers.base import Choice, DeliveryFailed, DeliveryUnknown, Scope
from notifiers.pacing import Breaker, Pace
from notifiers.telegram import TelegramNotifier, TelegramSettings
from tests.peers.exchanges import EXCHANGES, KNOWN, prepare
from tests.peers.telegram import TelegramPeer

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=HANOI)
USER, GROUP = str(KNOWN["telegram_user"]), str(KNOWN["telegram_group"])
CHOICES = (
    Choice("acknowledge", "Tôi đã nhận", "n" * 22, "https://dondoc.example/t/7f3a", "OK 0042"),
    Choice("extension", "Xin gia hạn", "g" * 22, "https://dondoc.example/t/7f3a", "GH 0042"),
    Choice("report", "Báo cáo", "b" * 65, "", "BC 0042"),  # a token Telegram would not carry
)
REFUSALS = [e for e in EXCHANGES if e.id.startswith("tg.err") and e.request["path"].endswith("sendMessage")]
CLASSES = {
    "config": (True, Scope.CHANNEL),
    "opt_out": (True, Scope.OPTED_OUT),
    "recipient": (True, Scope.RECIPIENT),
    "permanent_payload": (True, Scope.CONTENT),
    "retry_backoff": (False, Scope.CHANNEL),
    "moved": (False, Scope.RECIPIENT),
    "ambiguous": (False, Scope.CHANNEL),
}


@pytest.fixture
def peer():
    with TelegramPeer(clock=lambda: NOON) as peer:
        peer.poll_seconds = 0.01
        yield peer


def unhurried():
    return Pace(0, 0)


def settings(peer, **changes):
    values = {
        "token": KNOWN["telegram_token"],
        "base_url": peer.base_url.removesuffix("/bot"),
        "webhook_secret": KNOWN["telegram_secret"],
        "private": frozenset({"127.0.0.1"}),
        "connect": 1.0,
        "total": 1.0,
    }
    return TelegramSettings(**(values | changes))


@asynccontextmanager
async def talking(peer, breaker=None, **changes):
    notifier = TelegramNotifier(settings(peer, **changes), unhurried(), breaker)
    try:
        yield notifier
    finally:
        await notifier.close()


@pytest.fixture
def letter(letter_of):
    def build(short="0042: Kế hoạch <PPP> & đối tác, hạn 30/11", choices=(), **changes):
        found = letter_of(**changes)
        values = {name: getattr(found, name) for name in found.__slots__}
        return type(found)(**(values | {"short": short, "choices": choices}))

    return build


@pytest.fixture
def sent(peer):
    """Return what became of letters sent one after the other: receipts or failures."""

    async def outcomes(letters, address, options):
        found = []
        async with talking(peer, **options) as notifier:
            for letter in letters:
                try:
                    found.append(await notifier.send(letter, address))
                except DeliveryFailed as failure:
                    found.append(failure)
        return found

    def run(*letters, address=USER, **options):
        return asyncio.run(outcomes(letters, address, options))

    return run


# --- delivered ----------------------------------------------------------------------------


def test_the_letter_arrives_as_written_with_its_buttons(sent, peer, letter):
    (receipt,) = sent(letter(choices=CHOICES))

    (arrived,) = peer.arrived
    assert (receipt.state, receipt.provider_id) == ("sent", f"{USER}:{arrived.id}")
    assert arrived.text.startswith("0042: Kế hoạch <PPP> & đối tác, hạn 30/11")
    assert [(b.text, b.data or b.url) for b in arrived.buttons] == [
        ("Tôi đã nhận", "n" * 22),
        ("Xin gia hạn", "g" * 22),
        ("Mở trang trả lời", "https://dondoc.example/t/7f3a"),
    ]
    assert arrived.text.endswith("Báo cáo: nhắn BC 0042")  # what no button offers can be typed


@pytest.mark.parametrize("short", ["ế" * 5000, "🙂" * 3000, "<&>" * 2000])
def test_a_letter_longer_than_telegram_takes_is_cut_at_a_whole_character(sent, peer, letter, short):
    (receipt,) = sent(letter(short=short))

    (arrived,) = peer.arrived
    assert receipt.state == "sent"
    assert len(arrived.text.encode("utf-16-le")) // 2 <= 4096
    assert arrived.text.endswith("… (xem đủ trong thư điện tử)")


def test_a_page_on_this_machine_alone_is_no_button(sent, peer, letter):
    sent(letter(choices=[Choice("acknowledge", "Đã nhận", "", "http://localhost:8000/t/1", "OK 0042")]))

    assert peer.arrived[0].buttons == ()
    assert "Đã nhận: nhắn OK 0042" in peer.arrived[0].text


def test_a_notifier_outlives_its_event_loop(peer, letter):
    notifier = TelegramNotifier(settings(peer), unhurried())
    peer.limits = False
    for _ in range(2):
        asyncio.run(notifier.send(letter(), USER))

    assert len(peer.arrived) == 2


# --- refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", REFUSALS, ids=lambda exchange: exchange.id)
def test_each_refusal_means_what_is_written_down(sent, peer, letter, exchange):
    prepare(peer, exchange)
    options = {"token": "1:sai"} if exchange.id == "tg.err.401" else {}
    if exchange.id in {"tg.err.400.entities", "tg.err.400.too_long", "tg.err.400.button_data"}:
        peer.refuse("sendMessage", 400, exchange.response["json"]["description"], times=None)
    address = str(exchange.request.get("form", {}).get("chat_id", USER))
    (failure,) = sent(letter(), address=address, **options)

    assert (failure.permanent, failure.scope) == CLASSES[exchange.outcome]
    assert isinstance(failure, DeliveryUnknown) is (exchange.outcome == "ambiguous")
    assert not peer.arrived


def test_the_time_to_wait_is_kept_with_a_little_more(sent, peer, letter):
    peer.flood(int(USER), 7)
    (failure,) = sent(letter())

    assert timedelta(seconds=6) <= failure.retry_after <= timedelta(seconds=8)  # a second may have passed


def test_a_chat_that_moved_says_where(sent, peer, letter):
    peer.migrate(int(GROUP), KNOWN["telegram_supergroup"])
    (failure,) = sent(letter(), address=GROUP)

    assert (failure.moved_to, failure.permanent) == (str(KNOWN["telegram_supergroup"]), False)


def test_what_telegram_cannot_read_with_marks_goes_once_without(sent, peer, letter):
    peer.refuse("sendMessage", 400, "Bad Request: can't parse entities: unexpected end", times=1)
    (receipt,) = sent(letter())

    assert (receipt.state, len(peer.arrived)) == ("sent", 1)
    assert peer.arrived[0].text == letter().short


@pytest.mark.parametrize("address", ["", "khong-phai-so", "@ten", "1" * 21, "¹²"])
def test_what_is_no_chat_is_not_tried(sent, peer, letter, address):
    (failure,) = sent(letter(), address=address)

    assert (failure.permanent, failure.scope, peer.calls) == (True, Scope.RECIPIENT, [])


# --- nobody knows -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", ["accept_then_timeout", "accept_then_reset", "cut_json", "html_502", "hang"]
)
def test_without_a_whole_answer_the_outcome_is_unknown(sent, peer, letter, fault):
    peer.fault(fault)
    (outcome,) = sent(letter(), total=0.3)

    assert isinstance(outcome, DeliveryUnknown)
    assert "chưa rõ tin đã đến hay chưa" in outcome.reason


# --- not reached --------------------------------------------------------------------------


def test_nobody_listening_is_ours_and_temporary(sent, peer, letter):
    peer.leave()
    (failure,) = sent(letter())

    assert (failure.permanent, failure.scope) == (False, Scope.CHANNEL)
    assert failure.reason == "telegram: không kết nối được Telegram — sẽ gửi lại"


def test_after_three_failures_to_connect_telegram_rests_ten_minutes_and_others_take_over(peer, letter):
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])

    async def tries(moments):
        found = []
        async with talking(peer, breaker) as notifier:
            for at, is_there in moments:
                now[0] = at
                (peer.come_back if is_there else peer.leave)()
                try:
                    found.append(await notifier.send(letter(), USER))
                except DeliveryFailed as failure:
                    found.append(failure)
        return found

    away, back = False, True
    moments = [(0, away), (1, away), (2, away), (300, back), (603, away), (604, back), (1204, back)]
    outcomes = asyncio.run(tries(moments))

    assert [getattr(o, "state", None) or o.permanent for o in outcomes] == [
        False, False, True, True, True, True, "sent",
    ]  # fmt: skip
    assert outcomes[3].retry_after == timedelta(seconds=302)
    assert "tạm nghỉ 5 phút" in outcomes[3].reason
    assert peer.calls == ["sendMessage"]


def test_an_answer_of_something_in_between_counts_against_nobody(sent, peer, letter):
    page = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>"
    with socket.create_server(("127.0.0.1", 0)) as middle:

        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(page)
            await writer.drain()
            writer.close()

        async def through():
            server = await asyncio.start_server(answer, sock=middle)
            base = f"http://127.0.0.1:{middle.getsockname()[1]}"
            async with server, talking(peer, base_url=base) as notifier:
                await notifier.send(letter(), USER)

        with pytest.raises(DeliveryFailed) as failure:
            asyncio.run(through())

    assert (failure.value.permanent, failure.value.scope) == (False, Scope.CHANNEL)


def test_a_server_inside_the_network_is_asked_only_when_listed(sent, peer, letter):
    (failure,) = sent(letter(), private=frozenset())

    assert (failure.permanent, failure.scope) == (False, Scope.CHANNEL)
    assert (peer.arrived, peer.calls) == ([], [])


def test_the_token_is_in_no_log_no_error_and_no_representation(peer, letter, caplog):
    caplog.set_level(logging.DEBUG)
    found = []

    async def everything():
        async with talking(peer) as notifier:
            found.append(repr(notifier))
            await notifier.send(letter(), USER)
            for fault in ("html_502", "cut_json", "reset"):
                peer.fault(fault)
                with pytest.raises(DeliveryFailed) as failure:
                    await notifier.send(letter(), USER)
                found.append(f"{failure.value!r} {failure.value.__cause__!r} {failure.value.reason}")

    asyncio.run(everything())
    secret = KNOWN["telegram_token"].partition(":")[2]

    assert secret not in " ".join([*found, repr(settings(peer)), caplog.text])


# --- pace ---------------------------------------------------------------------------------


def test_letters_to_one_chat_are_a_second_apart_and_all_of_them_spaced():
    left, now = [], [100.0]

    async def pass_time(seconds):
        now[0] += seconds

    pace = Pace(1 / 25, 1.0, lambda: now[0], pass_time)

    async def letters():
        for address in ("a", "b", "c", "a", "a", "b"):
            await pace.wait(address)
            left.append(round(now[0] - 100, 2))

    asyncio.run(letters())

    assert left == [0, 0.04, 0.08, 1.0, 2.0, 2.04]


# --- heard --------------------------------------------------------------------------------


def test_what_was_said_is_heard_once_it_is_asked_for_and_a_press_is_answered_at_once(peer, letter):
    peer.limits = False

    async def conversation():
        async with talking(peer) as notifier:
            await notifier.send(letter(choices=CHOICES), USER)
            peer.user_says(int(USER), "đã nhận 0042", reply_to=peer.arrived[0])
            peer.press(int(USER), "Tôi đã nhận")
            heard = await notifier.poll(0, NOON, wait=0)
            again = await notifier.poll(0, NOON, wait=0)
            return heard, again, await notifier.say(USER, "Đã ghi nhận <0042>")

    heard, again, said = asyncio.run(conversation())

    about = f"{USER}:{peer.arrived[0].id}"
    assert [(h.kind, h.text, h.token, h.about) for h in heard] == [
        ("said", "đã nhận 0042", "", about),
        ("said", "", "n" * 22, about),
    ]
    assert [h.id for h in again] == [h.id for h in heard]  # until they were kept, nothing is forgotten
    assert len(peer.answered) == 1
    assert peer.arrived[1].text == "Đã ghi nhận <0042>"
    assert said == f"{USER}:{peer.arrived[1].id}"


def test_polling_while_a_webhook_is_set_is_told_as_ours(peer):
    async def both():
        async with talking(peer) as notifier:
            await notifier.listen_at("https://dondoc.example/nghe/telegram")
            with pytest.raises(DeliveryFailed) as failure:
                await notifier.poll(0, NOON, wait=0)
            await notifier.listen_at("")
            return failure.value, await notifier.poll(0, NOON, wait=0)

    failure, heard = asyncio.run(both())

    assert (failure.scope, failure.permanent, heard) == (Scope.CHANNEL, False, [])
