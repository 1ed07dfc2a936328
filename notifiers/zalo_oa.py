"""What became of a consultation message to somebody who wrote to the official account lately?

Zalo takes one only within seven days of the person's last word; later it is refused and says
nothing against the address. Nobody sees that a repeated message is the same one.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Any

from notifiers.base import Choice, Letter, Receipt
from notifiers.words import plain
from notifiers.zalo_errors import failed, text_of
from notifiers.zalo_wire import MOST_CHARACTERS, OpenApi, chat_text, concerning, fitted, normal

_log = logging.getLogger(__name__)

SEND = "/v3.0/oa/message/cs"
MOST_BUTTONS = 5
MOST_TITLE = 100
_USER = re.compile(r"[0-9A-Za-z_-]{1,64}")


class OaNotifier:
    """Sends to people who wrote to the official account."""

    channel = "zalo_oa"
    batch = 1
    repeats_safely = False

    def __init__(self, api: OpenApi, *, has_buttons: bool = False) -> None:
        self._api, self._has_buttons = api, has_buttons

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt once Zalo has taken the message for this person."""
        who = concerning("Zalo OA", letter)
        buttons = _buttons(letter.choices) if self._has_buttons else []
        message: dict[str, Any] = {"text": chat_text(letter, bool(buttons))}
        if buttons:
            message["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
        return Receipt(await self._sent(message, address, who, letter.at) or letter.key, "sent")

    async def say(self, address: str, text: str, now: datetime) -> str:
        """Answer somebody who has just written; return the provider's id."""
        message = {"text": fitted(normal(text), MOST_CHARACTERS)}
        return await self._sent(message, address, "Zalo OA: trả lời", now)

    async def close(self) -> None:
        """Let go of connections; the notifier may be used again afterwards."""
        await self._api.close()

    async def _sent(self, message: dict[str, Any], address: str, who: str, now: datetime) -> str:
        if not _USER.fullmatch(address):
            raise failed("recipient", f"{who}: mã người dùng '{plain(address)[:40]}' không hợp lệ", now)
        if not message["text"]:
            raise failed("payload", f"{who}: tin không có chữ nào", now)
        body = {"recipient": {"user_id": address}, "message": message}
        data = await self._api.ask("zalo_oa", self._api.app.oa_url + SEND, who, now, json=body)
        if not isinstance(data.get("quota"), dict):
            _log.info("zalo_oa: tin %s được tính phí", text_of(data.get("message_id")))
        return text_of(data.get("message_id"))


def _buttons(choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    """Return a hidden word for each choice with a token, and one button for the page behind them."""
    pressed = [
        {"title": normal(c.label)[:MOST_TITLE], "type": "oa.query.hide", "payload": f"#{c.token}"}
        for c in choices
        if c.token
    ]
    pages = [c.url for c in choices if c.url]
    opened = (
        [{"title": "Mở trang phản hồi", "type": "oa.open.url", "payload": {"url": pages[0]}}] if pages else []
    )
    return [*pressed[: MOST_BUTTONS - len(opened)], *opened]
