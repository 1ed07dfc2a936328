"""What does an error of Zalo mean, and what has to happen then?

Number → class stands in data/zalo_errors.json, with words for people. Zalo answers mistakes with
HTTP 200, so the body decides; an answer without a readable body says nothing about the message.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from engine.model import HANOI
from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope
from notifiers.http import Answer
from notifiers.words import plain

STALE_TOKEN = frozenset({-124, -216, -220})  # the three hosts each have their own number for it
REST = timedelta(hours=6)  # before a channel that needs a person is tried again
MORNING = time(6, 0)
TOO_FAST = -32
NEXT_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The class of an error and what it is called."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a class means: whether this channel is worth another try, and what it is said about."""

    permanent: bool
    scope: Scope
    then: str


_NO_MORE = "không gửi lại"
RULES = {
    "retry": _Rule(False, Scope.CHANNEL, "sẽ gửi lại"),
    "night": _Rule(False, Scope.CHANNEL, "sẽ gửi lại sau 6 giờ sáng"),
    "refresh_token": _Rule(True, Scope.CHANNEL, "cấp quyền lại bằng 'dondoc zalo connect'"),
    "config": _Rule(True, Scope.CHANNEL, "cần quản trị viên xử lý"),
    "billing": _Rule(True, Scope.CHANNEL, "cần nạp tiền hoặc liên kết Zalo Cloud"),
    "quota": _Rule(True, Scope.CHANNEL, "kênh nghỉ đến kỳ sau"),
    "window": _Rule(True, Scope.WINDOW, _NO_MORE),
    "recipient_cap": _Rule(True, Scope.WINDOW, _NO_MORE),
    "recipient": _Rule(True, Scope.RECIPIENT, _NO_MORE),
    "opt_out": _Rule(True, Scope.OPTED_OUT, _NO_MORE),
    "payload": _Rule(True, Scope.CONTENT, _NO_MORE),
    "strange": _Rule(True, Scope.CONTENT, "cần người xem mã lỗi này"),
}


def meaning(service: str, number: int) -> Meaning:
    """Return what `number` means on a service; a number nobody knows is of the class "strange"."""
    found = _known()[service].get(str(number))
    return Meaning(found["class"], found["words"]) if found else Meaning("strange", "mã lỗi chưa biết")


def failure(
    service: str, number: int, who: str, now: datetime, wait: timedelta | None = None
) -> DeliveryFailed:
    """Return the failure to raise for an error number; `wait` is what the service itself asked for."""
    known = meaning(service, number)
    pause = wait or (NEXT_MINUTE if number == TOO_FAST else None)
    return failed(known.kind, f"{who}: {known.words} ({number})", now, pause)


def failed(kind: str, words: str, now: datetime, wait: timedelta | None = None) -> DeliveryFailed:
    """Return the failure of a class, with when the channel may be tried again."""
    rule = RULES[kind]
    pause = wait or _pause(kind, now)
    return DeliveryFailed(
        f"{words} — {rule.then}", permanent=rule.permanent, scope=rule.scope, retry_after=pause
    )


def unreadable(answer: Answer, who: str, now: datetime) -> DeliveryFailed:
    """Return the failure for an answer whose body says nothing.

    A refusal by status happened before the message was looked at; anything else, a good status
    with a broken body too, leaves open whether the message went out.
    """
    shown = f"{who}: máy chủ trả về HTTP {answer.status}"
    if answer.status == 429:
        return failed("retry", f"{shown} (gửi quá nhanh)", now, asked_to_wait(answer) or NEXT_MINUTE)
    if 300 <= answer.status < 500 and answer.status != 408:
        return failed("config", f"{shown}; kiểm tra địa chỉ máy chủ và quyền truy cập", now)
    return DeliveryUnknown(f"{shown} không đọc được — chưa rõ tin đã đến hay chưa")


def unanswered(why: str, who: str) -> DeliveryUnknown:
    """Return the failure for a question that left and got no answer."""
    return DeliveryUnknown(f"{who}: máy chủ Zalo {why} sau khi nhận tin — chưa rõ tin đã đến hay chưa")


def unasked(why: str, who: str, is_ours: bool, now: datetime) -> DeliveryFailed:
    """Return the failure for a question that never left."""
    return failed("config" if is_ours else "retry", f"{who}: máy chủ Zalo: {why}", now)


def asked_to_wait(answer: Answer) -> timedelta | None:
    """Return how long the service asked to be left alone, at most a day."""
    return _seconds(answer.headers.get("retry-after", ""))


def number_of(body: dict[str, Any], key: str) -> int | None:
    """Return the error number under `key`, written as a number or as digits."""
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def text_of(value: Any) -> str:
    """Return an identifier of Zalo as text: they come as texts and as numbers."""
    is_written = isinstance(value, str | int) and not isinstance(value, bool)
    return plain(str(value))[:200] if is_written else ""


def _seconds(text: str) -> timedelta | None:
    return timedelta(seconds=min(int(text), 86400)) if text.isascii() and text.isdigit() else None


def _pause(kind: str, now: datetime) -> timedelta | None:
    if kind in {"config", "billing", "refresh_token"}:
        return REST
    if kind not in {"night", "quota"}:
        return None
    local = now.astimezone(HANOI)
    opening = datetime.combine(local.date(), MORNING, tzinfo=HANOI)
    is_early = kind == "night" and local < opening
    return (opening if is_early else opening + timedelta(days=1)) - local


@cache
def _known() -> dict[str, dict[str, dict[str, str]]]:
    file = files("notifiers") / "data" / "zalo_errors.json"
    found: dict[str, dict[str, dict[str, str]]] = json.loads(file.read_text(encoding="utf-8"))
    return found
