"""What does Zalo tell us, and is it Zalo who tells it?

The signature is looked at over the octets as they came, before anything in them is believed.
Every event becomes zero or more `Heard` with an id that is the same when Zalo repeats itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from engine.model import HANOI
from notifiers.base import Heard
from notifiers.words import plain
from notifiers.zalo_errors import text_of

MAX_BODY = 256 * 1024
MAX_TEXT = 4000
_JOINING = re.compile(
    r"(?:/start\s+|(?:noi|lk|lien ket|ma lien ket)[\s:_-]+(?=\S*\d))([A-Za-z0-9][A-Za-z0-9_-]{3,63})", re.I
)
_BUTTON = re.compile(r"#([A-Za-z0-9_-]{16,64})")
_LATEST_MS = 10**14


@dataclass(frozen=True, slots=True)
class ZaloWebhook:
    """What an event must be signed with and be about; `is_strict` takes the documented formula only."""

    app_id: str
    oa_id: str
    oa_secret: str = field(repr=False)
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a delivery is genuine; `matched` says by which formula, `why_not` what is wrong.

    `is_check` marks the empty question Zalo asks, unsigned, when an address is saved: it gets
    a good answer and has no effect.
    """

    is_genuine: bool
    matched: str = ""
    why_not: str = ""
    is_check: bool = False


def verified(headers: Mapping[str, str], body: bytes, wanted: ZaloWebhook) -> Verdict:
    """Return whether `body` was signed with the secret of our official account for our application."""
    if len(body) > MAX_BODY:
        return Verdict(False, why_not="quá lớn")
    told = _object(body)
    if told == {} or not body.strip():
        return Verdict(True, is_check=True)
    shown = _header(headers, "x-zevent-signature").strip().casefold().removeprefix("mac=").strip()
    if not shown or not wanted.oa_secret:
        return Verdict(False, why_not="không có chữ ký, hoặc chưa đặt khóa của OA")
    matched = ""
    for name, mac in _candidates(headers, body, told, wanted):
        if hmac.compare_digest(mac.encode(), shown.encode()):
            matched = matched or name
    if not matched:
        return Verdict(False, why_not="chữ ký không khớp; kiểm tra OA Secret Key ở trang webhook")
    if told is None or text_of(told.get("app_id")) not in {"", wanted.app_id}:
        return Verdict(False, matched, "sự kiện của ứng dụng khác")
    return Verdict(True, matched)


def oa_heard(body: bytes, received_at: datetime, wanted: ZaloWebhook) -> list[Heard]:
    """Return what a genuine delivery says; nothing for another account, for our own words coming
    back, and for what nobody can read."""
    told = _object(body)
    if not told or not _is_ours(told, wanted):
        return []
    event = text_of(told.get("event_name"))
    at = _moment(told.get("timestamp"), received_at)
    if event.startswith("user_send_"):
        return _said(told, event, at, wanted)
    if event.startswith("oa_send_"):
        return _human(told, event, at) if text_of(_part(told, "sender").get("admin_id")) else []
    reader = _READERS.get(event)
    return reader(told, at, received_at) if reader else _other(told, event, at)


def is_from_bot(headers: Mapping[str, str], secret: str) -> bool:
    """Return whether a delivery shows the secret that we gave when we named our address."""
    shown = _header(headers, "x-bot-api-secret-token")
    return bool(secret) and hmac.compare_digest(shown.encode(), secret.encode())


def bot_heard_in(body: bytes, received_at: datetime) -> list[Heard]:
    """Return what a delivery to the bot's address says."""
    told = _object(body) if len(body) <= MAX_BODY else None
    return bot_heard(told, received_at) if told else []


def bot_heard(told: Mapping[str, Any], received_at: datetime) -> list[Heard]:
    """Return what one update of the bot says, with or without its wrapper."""
    update = told["result"] if isinstance(told.get("result"), dict) else told
    message, event = _part(update, "message"), text_of(update.get("event_name"))
    chat, who = _part(message, "chat"), _part(message, "from")
    number, address = text_of(message.get("message_id")), text_of(chat.get("id"))
    if not number or not address or who.get("is_bot") is True or not event.startswith("message."):
        return []
    is_private = text_of(chat.get("chat_type")).upper() != "GROUP"
    text = _words(message.get("text")) or _words(message.get("caption"))
    code = _code_in(text) if is_private else ""
    quoted = _part(message, "reply_to_message") or _part(message, "quote")
    return [
        Heard(
            "zalo_bot",
            f"{address}:{number}",
            "joined" if code else "said",
            _moment(message.get("date"), received_at),
            address=address,
            text=text,
            token=code,
            about=text_of(quoted.get("message_id")),
            name=text_of(who.get("display_name")),
            is_private=is_private,
        )
    ]


def _candidates(
    headers: Mapping[str, str], body: bytes, told: Mapping[str, Any] | None, wanted: ZaloWebhook
) -> list[tuple[str, str]]:
    """Return the signatures that would be right: the documented one, then those seen in the wild."""
    stamps = {"body": text_of((told or {}).get("timestamp"))}
    firsts = {"app_id": wanted.app_id}
    if not wanted.is_strict:
        firsts["oa_id"] = wanted.oa_id
        stamps["header"] = _header(headers, "x-zevent-timestamp").strip()
    return [
        (f"{first}+{stamp}", _mac(firsts[first], body, stamps[stamp], wanted.oa_secret))
        for first in firsts
        for stamp in stamps
        if firsts[first] and stamps[stamp]
    ]


def _mac(first: str, body: bytes, stamp: str, secret: str) -> str:
    return hashlib.sha256(first.encode() + body + stamp.encode() + secret.encode()).hexdigest()


def _is_ours(told: Mapping[str, Any], wanted: ZaloWebhook) -> bool:
    """Return whether an event is about our account: one address serves every account of an application."""
    sides = {text_of(told.get("oa_id")), text_of(told.get("oaId"))}
    sides |= {text_of(_part(told, side).get("id")) for side in ("sender", "recipient")}
    return wanted.oa_id in sides


def _said(told: Mapping[str, Any], event: str, at: datetime, wanted: ZaloWebhook) -> list[Heard]:
    message = _part(told, "message")
    number, address = text_of(message.get("msg_id")), text_of(_part(told, "sender").get("id"))
    if not number or not address or address == wanted.oa_id:
        return []
    is_private = not event.startswith("user_send_group_")
    text = _words(message.get("text"))
    code = _code_in(text) if is_private else ""
    pressed = _BUTTON.fullmatch(text.strip())
    return [
        Heard(
            "zalo_oa",
            number,
            "joined" if code else "said",
            at,
            address=address,
            text=text,
            token=code or (pressed[1] if pressed else ""),
            about=text_of(message.get("quote_msg_id")),
            is_private=is_private,
        )
    ]


def _delivered(told: Mapping[str, Any], at: datetime, received_at: datetime) -> list[Heard]:
    """Return the receipt of a message; one from a template tells its own time and carries our key."""
    message = _part(told, "message")
    key, number = text_of(message.get("tracking_id")), text_of(message.get("msg_id"))
    is_template = bool(key or message.get("delivery_time"))
    channel = "zalo_zbs" if is_template else "zalo_oa"
    at = _moment(message.get("delivery_time"), received_at, at)
    return _receipt(channel, key or number, "delivered", _part(told, "recipient"), at)


def _read(told: Mapping[str, Any], at: datetime, _: datetime) -> list[Heard]:
    listed = _part(told, "message").get("msg_ids")
    numbers = dict.fromkeys(text_of(one) for one in (listed[:500] if isinstance(listed, list) else []))
    reader = _part(told, "recipient")
    return [one for number in numbers for one in _receipt("zalo_oa", number, "read", reader, at)]


def _receipt(
    channel: str, about: str, state: Literal["delivered", "read"], reader: Mapping[str, Any], at: datetime
) -> list[Heard]:
    if not about:
        return []
    address = text_of(reader.get("id"))
    return [Heard(channel, f"{state}:{about}", "receipt", at, address=address, about=about, state=state)]


def _pressed(told: Mapping[str, Any], at: datetime, received_at: datetime) -> list[Heard]:
    """Return a press on a template's button: its caption is all it says, and who pressed is not told."""
    message = _part(told, "message")
    key, number = text_of(message.get("tracking_id")), text_of(told.get("msg_id"))
    text, moment = _words(message.get("data")), text_of(message.get("submit_time"))
    if not text or not (key or number):
        return []
    same = hashlib.sha256("\n".join((key, moment, text, number)).encode()).hexdigest()[:32]
    at = _moment(message.get("submit_time"), received_at, at)
    return [Heard("zalo_zbs", f"pressed:{same}", "said", at, text=text, about=key or number)]


def _joined(told: Mapping[str, Any], at: datetime, _: datetime) -> list[Heard]:
    """Return that a person opened the account to us; the widget tells for whom by the code we gave it."""
    address, info = _person(told), _part(told, "info")
    if not address:
        return []
    return [
        Heard(
            "zalo_oa",
            _same(told, address),
            "joined",
            at,
            address=address,
            text=text_of(info.get("phone")),
            token=text_of(_part(told, "data").get("user_external_id")),
            name=text_of(info.get("name")),
        )
    ]


def _left(told: Mapping[str, Any], at: datetime, _: datetime) -> list[Heard]:
    """Return that a person closed the account to us; `text` is the event: a withdrawal asks for more."""
    address, event = _person(told), text_of(told.get("event_name"))
    return (
        [Heard("zalo_oa", _same(told, address), "left", at, address=address, text=event)] if address else []
    )


def _same(told: Mapping[str, Any], address: str) -> str:
    return f"{text_of(told.get('event_name'))}:{address}:{text_of(told.get('timestamp'))}"


def _human(told: Mapping[str, Any], event: str, at: datetime) -> list[Heard]:
    """Return what an officer wrote by hand in the account's own tool: to be noted, nothing more."""
    message, to = _part(told, "message"), text_of(_part(told, "recipient").get("id"))
    text, number = _words(message.get("text")), text_of(message.get("msg_id"))
    return [Heard("zalo_oa", f"{event}:{number}", "other", at, address=to, text=text)] if number else []


def _other(told: Mapping[str, Any], event: str, at: datetime) -> list[Heard]:
    """Return an event to be noted, in its own words without what is personal."""
    if not event:
        return []
    about = text_of(_part(told, "message").get("msg_id"))
    icon = text_of(_part(told, "message").get("react_icon"))
    same = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
    words = " ".join(filter(None, (event, icon, *_news(told))))
    return [Heard("zalo_oa", f"{event}:{same}", "other", at, address=_person(told), text=words, about=about)]


def _news(told: Mapping[str, Any]) -> tuple[str, ...]:
    status, quota = _part(told, "status"), _part(told, "quota")
    before = text_of(status.get("prev_status")) or text_of(quota.get("prev_value"))
    after = text_of(status.get("new_status")) or text_of(quota.get("new_value"))
    change = f"{before} → {after}" if after else ""
    return text_of(told.get("template_id")), change, text_of(told.get("reason"))


def _person(told: Mapping[str, Any]) -> str:
    places = (_part(told, "follower"), _part(told, "data"), told, _part(told, "sender"))
    keys = ("id", "user_id", "user_id", "id")
    return next((text_of(p.get(k)) for p, k in zip(places, keys, strict=True) if text_of(p.get(k))), "")


def _code_in(text: str) -> str:
    """Return the code a person joins with: "NOI 482913", however it is spelt."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    found = _JOINING.fullmatch(" ".join(bare.split()))
    return found[1] if found else ""


def _words(value: Any) -> str:
    """Return what a person wrote, in composed letters, its lines kept and what cannot be seen left out."""
    if not isinstance(value, str):
        return ""
    return "\n".join(plain(line) for line in value[:MAX_TEXT].splitlines()).strip()


def _part(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = told.get(key)
    return found if isinstance(found, dict) else {}


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _moment(value: Any, received_at: datetime, otherwise: datetime | None = None) -> datetime:
    """Return a moment given in milliseconds; one that is unreadable or lies ahead is when we heard of it."""
    text = text_of(value)
    if not (text.isascii() and text.isdigit()) or int(text) > _LATEST_MS:
        return otherwise or received_at
    return min(datetime.fromtimestamp(int(text) / 1000, HANOI), received_at)


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.casefold() == name), "")


_READERS = {
    "user_received_message": _delivered,
    "user_seen_message": _read,
    "user_click_response_button": _pressed,
    "follow": _joined,
    "user_click_chatnow": _joined,
    "user_submit_info": _joined,
    "widget_interaction_accepted": _joined,
    "unfollow": _left,
    "user_withdraw": _left,
}
