"""What became of a message from the Zalo bot, and what have people written to it?

The bot's token is part of every address that is asked. There are no buttons, no receipts and no
numbers of updates; mistakes come with HTTP 200, so only the body says what happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from notifiers.base import DeliveryFailed, Heard, Letter, Receipt
from notifiers.http import Answer, Web
from notifiers.words import plain
from notifiers.zalo_errors import asked_to_wait, failed, failure, number_of, text_of, unanswered, unreadable
from notifiers.zalo_events import bot_heard
from notifiers.zalo_wire import MOST_CHARACTERS, answered, chat_text, concerning, fitted, normal

_CHAT = re.compile(r"[0-9A-Za-z_-]{1,64}")
_IDLE = 408
_QUOTA = 429


@dataclass(frozen=True, slots=True)
class ZaloBotSettings:
    """The bot and what its plan allows: so many people, so many messages a month."""

    token: str = field(repr=False)
    secret: str = field(default="", repr=False)  # what Zalo shows with every event
    url: str = "https://bot-api.zaloplatforms.com"
    users: int = 50
    messages_per_month: int = 3000


class ZaloBotNotifier:
    """Sends through one bot to people who have written to it."""

    channel = "zalo_bot"
    batch = 1
    repeats_safely = False

    def __init__(
        self, settings: ZaloBotSettings, web: Web, used: Callable[[datetime], int] = lambda _: 0
    ) -> None:
        self._settings, self._web, self._used = settings, web, used

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt once the bot has taken the message; `used` counts those of this month."""
        who = concerning("Zalo Bot", letter)
        if self._used(letter.at) >= self._settings.messages_per_month:
            words = f"{who}: đã gửi đủ {self._settings.messages_per_month} tin của tháng"
            raise failed("quota", words, letter.at, _until_next_month(letter.at))
        return Receipt(
            await self._said(address, chat_text(letter, False), who, letter.at) or letter.key, "sent"
        )

    async def say(self, address: str, text: str, now: datetime) -> str:
        """Answer somebody who has just written; return the provider's id."""
        return await self._said(address, fitted(normal(text), MOST_CHARACTERS), "Zalo Bot: trả lời", now)

    async def poll(self, now: datetime, seconds: int = 30) -> list[Heard]:
        """Return what came within `seconds`: one event, or none; the same may come again.

        Not for a bot whose events are delivered to an address of ours.
        """
        who = "Zalo Bot: nhận tin"
        body = await self._asked("getUpdates", {"timeout": seconds}, who, now, seconds + 10)
        return bot_heard(body, now) if body is not None else []

    async def deliver_to(self, url: str, now: datetime) -> bool:
        """Have events delivered to `url`, to nowhere when it is ""; return whether Zalo could reach it."""
        who = "Zalo Bot: địa chỉ nhận tin"
        method = "setWebhook" if url else "deleteWebhook"
        parts = {"url": url, "secret_token": self._settings.secret} if url else {}
        result = (await self._asked(method, parts, who, now) or {}).get("result")
        checked = result.get("verification") if isinstance(result, dict) else None
        return not isinstance(checked, dict) or checked.get("ok") is not False

    async def name(self, now: datetime) -> str:
        """Return what Zalo calls this bot; raises DeliveryFailed when the token is no good."""
        result = (await self._asked("getMe", {}, "Zalo Bot", now) or {}).get("result")
        return text_of(result.get("account_name")) if isinstance(result, dict) else ""

    async def close(self) -> None:
        """Let go of connections; the notifier may be used again afterwards."""
        await self._web.close()

    async def _said(self, address: str, text: str, who: str, now: datetime) -> str:
        if not _CHAT.fullmatch(address):
            raise failed("recipient", f"{who}: mã cuộc trò chuyện '{plain(address)[:40]}' không hợp lệ", now)
        if not text:
            raise failed("payload", f"{who}: tin không có chữ nào", now)
        body = await self._asked("sendMessage", {"chat_id": address, "text": text}, who, now)
        result = (body or {}).get("result")
        return text_of(result.get("message_id")) if isinstance(result, dict) else ""

    async def _asked(
        self, method: str, parts: dict[str, Any], who: str, now: datetime, seconds: float | None = None
    ) -> dict[str, Any] | None:
        """Return the body of a good answer, None of a poll in which nothing came."""
        url = f"{self._settings.url}/bot{self._settings.token}/{method}"
        answer = await answered(self._web, "POST", url, who, now, json=parts, seconds=seconds)
        body = answer.json
        if body is None or not isinstance(body.get("ok"), bool):
            raise unreadable(answer, who, now)
        if body["ok"]:
            return body
        number = number_of(body, "error_code") or (answer.status if answer.status >= 400 else 0)
        if method == "getUpdates" and (number == _IDLE or _says(body, "request timeout")):
            return None
        raise _refusal(answer, body, number, who, now)


def _refusal(answer: Answer, body: dict[str, Any], number: int, who: str, now: datetime) -> DeliveryFailed:
    """Return the failure that an answer with `ok: false` stands for."""
    wait = asked_to_wait(answer)
    if number == _QUOTA and wait:
        return failed("retry", f"{who}: gửi quá nhanh ({number})", now, wait)
    if number == 400 and _says(body, "chat"):
        return failed("recipient", f"{who}: bot không có cuộc trò chuyện này ({number})", now)
    if number >= 500:
        return unanswered(f"báo lỗi {number}", who)
    return failure("zalo_bot", number, who, now)


def _says(body: dict[str, Any], words: str) -> bool:
    said = body.get("description")
    return isinstance(said, str) and words in said.casefold()


def _until_next_month(now: datetime) -> timedelta:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1) - now
