"""Is it Zalo who tells us, and what do we make of it?"""

import hashlib
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import HANOI
from notifiers.base import Heard
from notifiers.zalo_events import ZaloWebhook, bot_heard_in, is_from_bot, oa_heard, verified
from tests.peers.exchanges import KNOWN, VECTORS, WEBHOOKS

NOW = datetime(2027, 1, 5, 8, 0, tzinfo=HANOI)
OURS = ZaloWebhook(KNOWN["app_id"], KNOWN["oa_id"], KNOWN["oa_secret"])
STRICT = ZaloWebhook(KNOWN["app_id"], KNOWN["oa_id"], KNOWN["oa_secret"], is_strict=True)
ACCOUNT = [w for w in WEBHOOKS if w.service in {"zalo_oa_webhook", "zalo_zbs_webhook"}]
BOT = [w for w in WEBHOOKS if w.service == "zalo_bot_webhook"]
STAMP = "1795400000321"


def mac(body, first=KNOWN["app_id"], stamp=STAMP, secret=KNOWN["oa_secret"]):
    return hashlib.sha256(first.encode() + body + stamp.encode() + secret.encode()).hexdigest()


def octets(**told):
    whole = {"app_id": KNOWN["app_id"], "oa_id": KNOWN["oa_id"], "timestamp": STAMP, **told}
    return json.dumps(whole, ensure_ascii=False).encode()


def signed(body, **parts):
    return {"X-ZEvent-Signature": f"mac={mac(body, **parts)}"}


def heard(event_name, **told):
    return oa_heard(octets(event_name=event_name, **told), NOW, OURS)


@pytest.mark.parametrize("webhook", ACCOUNT, ids=lambda w: w.id)
def test_an_event_of_the_account_is_answered_and_heard_as_it_is_written_down(webhook):
    body = json.dumps(webhook.json, ensure_ascii=False).encode()
    stamp = webhook.json.get("timestamp", "")
    computed = f"mac={mac(body, stamp=stamp)}"
    headers = {name: value.replace("mac=<computed>", computed) for name, value in webhook.headers.items()}
    verdict = verified(headers, body, OURS)
    told = oa_heard(body, NOW, OURS)

    assert verdict.is_genuine == (webhook.answer == 200)
    assert verdict.matched == ("app_id+body" if webhook.json else "")
    effects = {one.state or one.kind for one in told}
    assert effects == ({webhook.effect} - {"none"})
    assert all(one.is_private == webhook.is_private for one in told)
    assert told == oa_heard(body, NOW, OURS)  # told again, it is the same


@pytest.mark.parametrize("webhook", BOT, ids=lambda w: w.id)
def test_an_event_of_the_bot_is_answered_and_heard_as_it_is_written_down(webhook):
    is_genuine = is_from_bot(webhook.headers, KNOWN["bot_secret"])

    assert is_genuine == (webhook.answer == 200)
    if is_genuine:
        wrapped, bare = (
            bot_heard_in(json.dumps(b).encode(), NOW) for b in (webhook.json, webhook.json["result"])
        )
        assert [(one.kind, one.is_private) for one in wrapped] == [(webhook.effect, webhook.is_private)]
        assert wrapped == bare


def test_every_webhook_of_zalo_was_replayed():
    assert len(ACCOUNT) + len(BOT) == 25


def test_the_documented_signature_is_ours_to_the_letter():
    told = VECTORS["zalo_webhook_mac"]
    body, ours = (
        told["raw_body"].encode(),
        ZaloWebhook(told["app_id"], "oa", told["oa_secret"], is_strict=True),
    )

    assert verified({"X-ZEvent-Signature": told["header"]}, body, ours).is_genuine
    assert verified(
        {"x-zevent-signature": told["header"].upper().replace("MAC=", " mac= ")}, body, ours
    ).is_genuine


@pytest.mark.parametrize(
    ("first", "stamp", "matched", "strictly"),
    [
        (KNOWN["app_id"], STAMP, "app_id+body", True),
        (KNOWN["oa_id"], STAMP, "oa_id+body", False),
        (KNOWN["app_id"], "1795400000999", "app_id+header", False),
        (KNOWN["oa_id"], "1795400000999", "oa_id+header", False),
    ],
)
def test_signatures_seen_in_the_wild_are_taken_unless_only_the_documented_one_may_be(
    first, stamp, matched, strictly
):
    body = octets(event_name="follow", follower={"id": "6"})
    headers = signed(body, first=first, stamp=stamp) | {"X-ZEvent-Timestamp": "1795400000999"}

    assert (verified(headers, body, OURS).is_genuine, verified(headers, body, OURS).matched) == (
        True,
        matched,
    )
    assert verified(headers, body, STRICT).is_genuine == strictly


BODY = octets(event_name="follow", follower={"id": "6001"})


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        ({"X-ZEvent-Signature": ""}, BODY),
        ({"X-ZEvent-Signature": "mac="}, BODY),
        ({"X-ZEvent-Signature": "mac=đ"}, BODY),
        (signed(BODY, secret="khac"), BODY),
        (signed(BODY, first="4000"), BODY),
        (signed(BODY), BODY.replace(b"6001", b"6002")),
        (signed(BODY), BODY + b" "),
        ({}, b"{]"),
        (signed(b"[]"), b"[]"),
        (signed(b"x" * 300_000), b"x" * 300_000),
    ],
)
def test_what_zalo_did_not_sign_is_not_genuine(headers, body):
    verdict = verified(headers, body, OURS)

    assert not verdict.is_genuine
    assert verdict.why_not


def test_without_a_secret_of_ours_nothing_is_genuine_but_the_empty_check():
    none = ZaloWebhook(KNOWN["app_id"], KNOWN["oa_id"], "")

    assert not verified(signed(BODY, secret=""), BODY, none).is_genuine
    assert verified({}, b"{}", none).is_check
    assert oa_heard(b"{}", NOW, none) == []


def test_an_event_of_another_application_is_refused_though_well_signed():
    body = octets(app_id="999", event_name="follow", follower={"id": "6"})
    verdict = verified(signed(body), body, OURS)

    assert (verdict.is_genuine, verdict.why_not) == (False, "sự kiện của ứng dụng khác")


@pytest.mark.parametrize("secret", ["", "bi-mat"])
def test_an_empty_secret_opens_nothing(secret):
    assert not is_from_bot({"X-Bot-Api-Secret-Token": ""}, secret)


def said(text, **message):
    told = {"text": text, "msg_id": "d1", **message}
    (one,) = heard("user_send_text", sender={"id": "6001"}, recipient={"id": KNOWN["oa_id"]}, message=told)
    return one


@pytest.mark.parametrize(
    ("text", "kind", "token"),
    [
        ("OK 0042", "said", ""),
        ("LK 482913", "joined", "482913"),
        ("Nối 482913", "joined", "482913"),
        ("Nơi khác", "said", ""),
        ("liên kết nhanh", "said", ""),
        ("lk  482913 ", "joined", "482913"),
        ("Liên kết: ab-12_CD", "joined", "ab-12_CD"),
        ("/start lk_7f3a91c2d4", "joined", "lk_7f3a91c2d4"),
        ("LK", "said", ""),
        ("LK 482913 và báo cáo", "said", ""),
        ("lkab 1234", "said", ""),
        ("#" + "t" * 22, "said", "t" * 22),
        ("#" + "t" * 22 + " nhé", "said", ""),
        ("#ack", "said", ""),
    ],
)
def test_words_are_a_code_a_button_or_just_words(text, kind, token):
    assert (said(text).kind, said(text).token) == (kind, token)


def test_words_keep_their_lines_and_lose_what_nobody_sees():
    one = said("GH 0042 15/12\u202e\r\nvì chờ ý kie\u0302\u0301n\x00", quote_msg_id="b1")

    assert (one.text, one.about, one.address, one.id) == ("GH 0042 15/12\nvì chờ ý kiến", "b1", "6001", "d1")
    assert one.at == datetime.fromtimestamp(int(STAMP) / 1000, HANOI)


def test_nobody_is_linked_from_a_group():
    message = {"text": "LK 482913", "msg_id": "d1"}
    (one,) = heard("user_send_group_text", sender={"id": "6001"}, recipient={"id": "g1"}, message=message)
    chat = {"from": {"id": "7e"}, "chat": {"id": "g1", "chat_type": "GROUP"}, "message_id": "1"}
    update = {"event_name": "message.text.received", "message": chat | {"text": "LK 482913"}}
    (other,) = bot_heard_in(json.dumps(update).encode(), NOW)

    assert [(x.kind, x.token, x.is_private) for x in (one, other)] == [("said", "", False)] * 2


def test_each_message_that_was_read_has_a_receipt_of_its_own():
    told = heard("user_seen_message", sender={"id": KNOWN["oa_id"]}, recipient={"id": "6"},
                 message={"msg_ids": ["b1", "b2", "b1", 3, None]})  # fmt: skip

    assert [(x.about, x.state, x.id) for x in told] == [
        ("b1", "read", "read:b1"), ("b2", "read", "read:b2"), ("3", "read", "read:3"),
    ]  # fmt: skip


def test_a_receipt_of_a_template_carries_our_key_and_its_own_time():
    message = {"delivery_time": "1795400003000", "msg_id": "z1", "tracking_id": "a1b2"}
    (one,) = heard("user_received_message", recipient={"id": KNOWN["phone"]}, message=message)

    assert (one.channel, one.about, one.state) == ("zalo_zbs", "a1b2", "delivered")
    assert one.at == datetime.fromtimestamp(1795400003, HANOI)


def pressed(**changes):
    message = {
        "submit_time": "1795400100000",
        "button_type": "response",
        "data": "Đã nhận",
        "tracking_id": "a1b2",
    }
    (one,) = heard("user_click_response_button", msg_id="z1", message=message | changes)
    return one


def test_a_press_on_a_template_is_told_by_our_key_and_once_for_each_press():
    assert (pressed().kind, pressed().text, pressed().about, pressed().channel) == (
        "said",
        "Đã nhận",
        "a1b2",
        "zalo_zbs",
    )
    assert pressed().id == pressed().id
    assert len({pressed().id, pressed(submit_time="1795400100001").id, pressed(data="Báo cáo").id}) == 3
    assert pressed(tracking_id="").about == "z1"  # sent to a person of the account: no key came along


def test_the_widget_tells_for_whom_and_nothing_private_is_kept_of_a_form():
    (widget,) = heard(
        "widget_interaction_accepted", data={"user_id": "6001", "user_external_id": "ma-482913"}
    )
    info = {"name": "Lê Thị Ví Dụ", "phone": "84900000042", "user_dob": "01/01/1980", "gender": "Nữ"}
    (form,) = heard("user_submit_info", sender={"id": "6001"}, info=info)

    assert (widget.kind, widget.address, widget.token) == ("joined", "6001", "ma-482913")
    assert (form.kind, form.text, form.name) == ("joined", "84900000042", "Lê Thị Ví Dụ")
    assert "1980" not in repr(form)


def test_our_own_words_coming_back_say_nothing_unless_a_person_wrote_them():
    parts = {"recipient": {"id": "6001"}, "message": {"text": "[Đôn đốc]", "msg_id": "b1"}}

    assert heard("oa_send_text", sender={"id": KNOWN["oa_id"]}, **parts) == []
    (one,) = heard("oa_send_text", sender={"id": KNOWN["oa_id"], "admin_id": "9"}, **parts)
    assert (one.kind, one.text) == ("other", "[Đôn đốc]")


@pytest.mark.parametrize("stamp", [None, "x", "", "-1", "9" * 40, {"a": 1}, "1999999999999", True])
def test_a_moment_that_cannot_be_is_when_we_heard_of_it(stamp):
    (one,) = heard("follow", follower={"id": "6"}, timestamp=stamp)

    assert one.at == NOW


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(KNOWN["oa_id"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "text",
                    "msg_id",
                    "msg_ids",
                    "message",
                    "sender",
                    "recipient",
                    "chat",
                    "from",
                    "data",
                    "result",
                    "follower",
                    "info",
                    "message_id",
                    "tracking_id",
                    "date",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=15,
)
_EVENTS = [*sorted({w.json["event_name"] for w in ACCOUNT if w.json}), "message.text.received", "", "?"]


@given(st.sampled_from(_EVENTS), _ODD, _ODD, _ODD)
def test_no_body_however_odd_brings_the_reader_down(event, message, sender, more):
    told = {"event_name": event, "message": message, "sender": sender, "data": more, "oa_id": KNOWN["oa_id"]}
    body = json.dumps(told).encode()
    found = oa_heard(body, NOW, OURS) + bot_heard_in(body, NOW)

    assert all(isinstance(one, Heard) and one.id and len(one.text) <= 4000 for one in found)
