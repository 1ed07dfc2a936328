"""What do the channels of Zalo put into a message, and what do they make of faults on the way?"""

import asyncio
import unicodedata
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import HANOI
from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope
from notifiers.zalo_errors import failed
from notifiers.zalo_wire import fitted, length
from notifiers.zalo_zbs import phone_of, tracking_id
from tests.notifiers.zalo_world import CHAT, CHOICES, FIELDS, NOW, OK, PHONE, USER, by_path, chat, world

BOT_OK = (200, {"ok": True, "result": {"message_id": "m1", "date": 1790000000123}})
ZBS_OK = (
    200,
    {"error": 0, "data": {"msg_id": "z1", "quota": {"dailyQuota": "500", "remainingQuota": "499"}}},
)
PARAMS = [
    {"name": "nguoi_nhan", "require": True, "maxLength": 30, "minLength": 0, "acceptNull": False},
    {"name": "ma_viec", "require": True, "maxLength": 30},
    {"name": "ghi_chu", "require": False, "maxLength": 20},
]


def template(*params):
    return (200, {"error": 0, "data": {"listParams": list(params), "status": "ENABLE"}})


def sent(which, letter, address, *script, **options):
    """Send one letter; return the receipt or the failure, and the questions that were asked."""

    async def main():
        async with world(*script) as here:
            try:
                outcome = await getattr(here, which)(**options).send(letter, address)
            except DeliveryFailed as failure:
                outcome = failure
            return outcome, here.server.asked

    return asyncio.run(main())


def test_the_bot_says_what_to_type_where_there_are_no_buttons(letter_of):
    outcome, (asked,) = sent("bot", chat(letter_of(), choices=CHOICES), CHAT, BOT_OK)

    assert (outcome.provider_id, asked.path) == ("m1", "/bot314:TOKEN/sendMessage")
    assert asked.json["chat_id"] == CHAT
    assert asked.json["text"] == (
        "KH-12/15 còn 3 ngày.\n\n"
        "Nhắn “OK 0042”: Tôi đã nhận\nNhắn “BC 0042”: Tôi báo cáo\nHoặc mở: https://dondoc.example/p/1"
    )


def test_what_the_message_says_already_is_not_said_twice(letter_of):
    letter = chat(letter_of(), choices=CHOICES, short="Nhắn OK 0042 hoặc BC 0042; https://dondoc.example/p/1")
    _, (asked,) = sent("bot", letter, CHAT, BOT_OK)

    assert asked.json["text"] == letter.short


def test_buttons_of_the_account_wait_for_somebody_to_switch_them_on(letter_of):
    letter = chat(letter_of(), choices=CHOICES)
    _, (without,) = sent("oa", letter, USER, OK)
    _, (with_them,) = sent("oa", letter, USER, OK, has_buttons=True)

    assert "attachment" not in without.json["message"]
    assert "OK 0042" in without.json["message"]["text"]
    assert with_them.json["message"]["text"] == "KH-12/15 còn 3 ngày."
    assert with_them.json["message"]["attachment"]["payload"]["buttons"] == [
        {"title": "Tôi đã nhận", "type": "oa.query.hide", "payload": "#" + "t" * 22},
        {"title": "Tôi báo cáo", "type": "oa.query.hide", "payload": "#" + "u" * 22},
        {
            "title": "Mở trang phản hồi",
            "type": "oa.open.url",
            "payload": {"url": "https://dondoc.example/p/1"},
        },
    ]


@pytest.mark.parametrize("which", ["bot", "oa"])
def test_a_text_is_composed_and_never_longer_than_zalo_takes(letter_of, which):
    long = unicodedata.normalize(
        "NFD", "\n".join(f"{n}. Tham mưu kế hoạch hỗ trợ đối tác" for n in range(90))
    )
    letter = chat(letter_of(), short=long, choices=CHOICES)
    _, (asked,) = sent(which, letter, CHAT, BOT_OK if which == "bot" else OK)
    text = asked.json.get("text") or asked.json["message"]["text"]

    assert length(text) <= 2000
    assert unicodedata.is_normalized("NFC", text)
    assert "tin dài hơn mức" in text
    assert text.endswith("https://dondoc.example/p/1")  # how to answer is never cut


@given(st.text(max_size=300), st.integers(150, 250))
def test_a_text_is_left_alone_when_it_fits_and_never_exceeds_its_room(text, room):
    cut = fitted(text, room)

    assert length(cut) <= room
    assert (cut == text) == (length(text) <= room)


def test_the_header_carries_the_bare_token_and_the_body_the_person(letter_of):
    _, (asked,) = sent("oa", chat(letter_of()), USER, OK)

    assert (asked.path, asked.headers["access_token"]) == ("/v3.0/oa/message/cs", "A1")
    assert "authorization" not in asked.headers
    assert asked.json["recipient"] == {"user_id": USER}


def test_a_template_is_filled_within_its_limits_and_carries_our_key(letter_of):
    long = "Nguyễn Thị " + "Rất Dài " * 10
    letter = chat(letter_of(), fields={**FIELDS, "nguoi_nhan": unicodedata.normalize("NFD", long)})
    outcome, (_, asked) = sent("zbs", letter, PHONE, by_path(v2=template(*PARAMS), other=ZBS_OK))

    assert outcome.provider_id == "z1"
    assert asked.json == {
        "phone": PHONE,
        "template_id": "610001",
        "template_data": {"nguoi_nhan": "Nguyễn Thị Rất Dài Rất Dài…", "ma_viec": "KH-12/15"},
        "tracking_id": "a1b2c3",
    }


@pytest.mark.parametrize(
    ("fields", "params", "words"),
    [
        ({"nguoi_nhan": "Lê Thị Ví Dụ"}, PARAMS, "'ma_viec'"),
        ({}, PARAMS, "'nguoi_nhan, ma_viec'"),
        (
            {"link": "https://dondoc.example/" + "x" * 200},
            [{"name": "link", "require": True, "maxLength": 200}],
            "'link'",
        ),
        ({"ma": "1"}, [{"name": "ma", "require": False, "minLength": 5, "maxLength": 9}], "'ma'"),
    ],
)
def test_a_template_that_cannot_be_filled_is_not_sent(letter_of, fields, params, words):
    letter = chat(letter_of(), fields=fields)
    outcome, asked = sent("zbs", letter, PHONE, by_path(v2=template(*params), other=ZBS_OK))

    assert (outcome.permanent, outcome.scope, len(asked)) == (True, Scope.CONTENT, 1)
    assert words in outcome.reason


def test_a_parameter_may_take_a_field_of_another_name(letter_of):
    described = template({"name": "khach_hang", "require": True, "maxLength": 30})
    _, (_, asked) = sent(
        "zbs",
        chat(letter_of()),
        PHONE,
        by_path(v2=described, other=ZBS_OK),
        fields={"khach_hang": "nguoi_nhan"},
    )

    assert asked.json["template_data"] == {"khach_hang": "Lê Thị Ví Dụ"}


@pytest.mark.parametrize(
    "described", [(500, b""), "cut", (200, {"error": -109}), (200, {"error": 0, "data": None})]
)
def test_when_zalo_will_not_describe_the_template_it_may_judge_what_is_filled_in(letter_of, described):
    outcome, (_, asked) = sent("zbs", chat(letter_of()), PHONE, by_path(v2=described, other=ZBS_OK))

    assert (outcome.provider_id, asked.json["template_data"]) == ("z1", FIELDS)


def test_a_person_of_the_account_gets_the_template_by_the_other_way_without_our_key(letter_of):
    answer = by_path(v2=template(*PARAMS), other=OK)
    outcome, (_, asked) = sent("zbs", chat(letter_of()), f"uid:{USER}", answer)

    assert (outcome.provider_id, asked.path) == ("b1", "/v3.0/oa/message/template")
    assert asked.json["user_id"] == USER
    assert "tracking_id" not in asked.json


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("0900000042", "84900000042"),
        ("+84 900 000 042", "84900000042"),
        ("84.900.000.042", "84900000042"),
        ("(+84) 0900-000-042", "84900000042"),
        ("0084900000042", "84900000042"),
        ("84900000042", "84900000042"),
        ("0240000042x", ""),
        ("+1 202 555 0100", ""),
        ("", ""),
        ("uid:6", ""),
        ("٠٩٠٠٠٠٠٠٤٢", ""),
    ],
)
def test_a_telephone_number_is_read_however_people_write_it(written, phone):
    assert phone_of(written) == phone


@pytest.mark.parametrize("key", ["a" * 24, "a" * 49, "2025-09-25/so-y-te/contact", ""])
def test_a_key_travels_as_it_is_or_as_something_zalo_takes(key):
    travels = tracking_id(key)

    assert travels.isalnum()
    assert len(travels) <= 48
    assert (travels == key) == (key == "a" * 24)


@pytest.mark.parametrize(
    ("which", "address"),
    [
        ("bot", "lan@so-y-te.example"), ("bot", "../getMe"), ("oa", "1 2"), ("oa", ""), ("zbs", "uid:"),
        ("zbs", "12"), ("zbs", "uid:a/b"),
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_channel_is_never_asked(letter_of, which, address):
    outcome, asked = sent(which, chat(letter_of()), address, OK)

    assert (outcome.permanent, outcome.scope, asked) == (True, Scope.RECIPIENT, [])


@pytest.mark.parametrize("which", ["bot", "oa", "zbs"])
@pytest.mark.parametrize(
    "fault",
    [
        "silence", "reset", "cut", "close", "flood", (502, b"<html>"), (500, b""), (504, {"x": 1}),
        (200, b"<html>"), (200, b'{"err'), (200, {}), (200, b"[]"), (200, {"error": None, "ok": None}),
    ],
    ids=str,
)  # fmt: skip
def test_a_fault_after_the_message_left_leaves_its_fate_unknown(letter_of, which, fault):
    address = {"bot": CHAT, "oa": USER, "zbs": PHONE}[which]
    outcome, _ = sent(which, chat(letter_of()), address, by_path(v2=template(*PARAMS), other=fault))

    assert isinstance(outcome, DeliveryUnknown)
    assert "TOKEN" not in outcome.reason


@pytest.mark.parametrize("which", ["bot", "oa"])
@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        ((429, b"slow", {"Retry-After": "7"}), False, timedelta(seconds=7)),
        ((429, b""), False, timedelta(minutes=1)),
        ((403, b"<html>"), True, timedelta(hours=6)),
        ((404, b"<html>"), True, timedelta(hours=6)),
        ((302, b""), True, timedelta(hours=6)),
    ],
)
def test_a_refusal_at_the_door_is_ours_and_harms_nobody(letter_of, which, answer, permanent, wait):
    outcome, asked = sent(which, chat(letter_of()), CHAT, answer)

    assert (outcome.permanent, outcome.scope, outcome.retry_after) == (permanent, Scope.CHANNEL, wait)
    assert not isinstance(outcome, DeliveryUnknown)
    assert len(asked) == 1


@pytest.mark.parametrize("which", ["bot", "oa", "zbs"])
def test_a_server_that_is_not_there_got_nothing(letter_of, which):
    async def main():
        async with world(OK) as here:
            notifier = getattr(here, which)()
        await asyncio.sleep(0)
        with pytest.raises(DeliveryFailed) as failure:
            await notifier.send(chat(letter_of()), {"bot": CHAT, "oa": USER, "zbs": PHONE}[which])
        return failure.value

    failure = asyncio.run(main())
    assert not isinstance(failure, DeliveryUnknown)
    assert (failure.permanent, failure.scope) == (False, Scope.CHANNEL)


@pytest.mark.parametrize(("used", "leaves"), [(2999, True), (3000, False), (3001, False)])
def test_the_bot_keeps_to_the_messages_of_its_month(letter_of, used, leaves):
    outcome, asked = sent("bot", chat(letter_of()), CHAT, BOT_OK, used=lambda at: used)

    assert len(asked) == leaves
    if not leaves:
        assert (outcome.permanent, outcome.scope) == (True, Scope.CHANNEL)
        assert NOW + outcome.retry_after == datetime(2026, 12, 1, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("description", "scope"),
    [("Bad Request: chat not found", Scope.RECIPIENT), ("Bad Request", Scope.CONTENT)],
)
def test_a_bad_request_is_held_against_the_person_only_when_it_says_so(letter_of, description, scope):
    answer = (200, {"ok": False, "error_code": 400, "description": description})

    assert sent("bot", chat(letter_of()), CHAT, answer)[0].scope is scope


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24 23:30", "2026-11-25 06:00"),
        ("2026-11-24 00:10", "2026-11-24 06:00"),
        ("2026-11-24 05:59", "2026-11-24 06:00"),
        ("2026-12-31 22:00", "2027-01-01 06:00"),
    ],
)
def test_what_may_not_come_at_night_comes_at_six(now, opens):
    at, then = (datetime.fromisoformat(text).replace(tzinfo=HANOI) for text in (now, opens))

    assert at + failed("night", "x", at).retry_after == then


def test_an_idle_poll_is_no_fault_and_a_dead_token_is_one():
    async def main(answer):
        async with world(answer) as here:
            return await here.bot().poll(NOW, seconds=0)

    idle = (200, {"ok": False, "error_code": 408, "description": "Request timeout"})
    assert asyncio.run(main(idle)) == []
    with pytest.raises(DeliveryFailed, match="mã của bot"):
        asyncio.run(main((200, {"ok": False, "error_code": 401, "description": "Unauthorized"})))


def test_an_address_for_events_that_zalo_cannot_reach_is_told():
    async def main(verification):
        result = {"ok": True, "result": {"url": "https://dondoc.example/h", "verification": verification}}
        async with world((200, result)) as here:
            return await here.bot().deliver_to("https://dondoc.example/h", NOW)

    assert asyncio.run(main({"ok": True}))
    assert not asyncio.run(main({"ok": False}))
