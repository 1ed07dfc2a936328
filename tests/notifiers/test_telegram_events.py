import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import HANOI
from notifiers.telegram_events import heard_in, offset_after, parse, reply_to, verify
from tests.peers.exchanges import KNOWN, WEBHOOKS

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=HANOI)
HOOKS = [hook for hook in WEBHOOKS if hook.service == "telegram_webhook"]
USER = KNOWN["telegram_user"]
CHAT = {"id": USER, "type": "private", "first_name": "Mẫu"}
WHO = {"id": USER, "is_bot": False, "first_name": "Mẫu"}


def update(number=40, chat=CHAT, who=WHO, **message):
    return {
        "update_id": number,
        "message": {"message_id": 1, "date": 1795400000, "chat": chat, "from": who} | message,
    }


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.id)
def test_each_delivery_is_understood_as_written_down(hook):
    is_genuine = verify(hook.headers, KNOWN["telegram_secret"])
    heard = parse(json.dumps(hook.json).encode(), NOON) if is_genuine else []

    assert is_genuine is (hook.effect != "refused")
    assert [one.kind for one in heard] == ([hook.effect] if is_genuine else [])
    assert all((one.address, one.is_private) == (str(USER), hook.is_private) for one in heard)


def test_without_a_secret_of_ours_nobody_is_genuine():
    assert not verify({"X-Telegram-Bot-Api-Secret-Token": ""}, "")
    assert not verify({}, "bi-mat")
    assert not verify({"X-Telegram-Bot-Api-Secret-Token": "bí mật"}, "bi-mat")


@pytest.mark.parametrize(
    ("message", "kind", "text", "token"),
    [
        ({"text": "/start nk_5b2e-91"}, "joined", "start nk_5b2e-91", "nk_5b2e-91"),
        ({"text": "/start"}, "said", "start", ""),
        ({"text": "/start mã có dấu"}, "said", "start mã có dấu", ""),
        ({"text": "/start " + "a" * 65}, "said", "start " + "a" * 65, ""),
        ({"text": "/stop@dondoc_thu_bot"}, "said", "stop", ""),
        ({"text": "OK 0042"}, "said", "OK 0042", ""),
        ({"caption": "BC 0042 12/BC-SYT", "photo": []}, "said", "BC 0042 12/BC-SYT", ""),
        ({"sticker": {}}, "other", "", ""),
        ({"migrate_to_chat_id": -1001}, "other", "", ""),
        ({"text": "OK 0042", "from": {**WHO, "is_bot": True}}, "other", "", ""),
    ],
)
def test_what_is_typed_reads_as_in_every_channel(message, kind, text, token):
    (heard,) = heard_in([update(**message)], NOON)

    assert (heard.kind, heard.text, heard.token) == (kind, text, token)


def test_what_is_said_in_a_group_is_marked_so():
    group = {"id": -5001, "type": "group", "title": "Nhóm"}
    (heard,) = heard_in([update(chat=group, text="OK 0042")], NOON)

    assert (heard.is_private, heard.address) == (False, "-5001")


def test_an_update_that_cannot_be_read_spoils_no_other_and_is_counted_off():
    broken = {"update_id": 41, "message": {"chat": "hỏng"}}
    heard = heard_in(
        [update(40, text="OK"), broken, "không phải", {"update_id": True}, update(42, text="OK")], NOON
    )

    assert [(one.id, one.kind) for one in heard] == [("40", "said"), ("41", "other"), ("42", "said")]
    assert (offset_after(heard, 7), offset_after([], 7)) == (43, 7)


def test_a_webhook_is_answered_with_the_end_of_the_hourglass():
    pressed = json.dumps({"update_id": 1, "callback_query": {"id": "9001"}}).encode()

    assert reply_to(pressed) == {"method": "answerCallbackQuery", "callback_query_id": "9001"}
    assert reply_to(json.dumps(update(text="OK")).encode()) is None
    assert reply_to(b"[") is None


@given(st.binary(max_size=80))
def test_any_bytes_are_taken(body):
    assert all(heard.kind == "other" for heard in parse(body, NOON))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "chat", "id", "from", "text", "callback_query", "date", "my_chat_member"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "my_chat_member"]), values, max_size=3))
def test_any_update_is_heard_once(what):
    assert [one.id for one in heard_in([{"update_id": 5, **what}], NOON)] == ["5"]
