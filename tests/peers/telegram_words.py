"""What does Telegram make of the text and the buttons of a message?"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from tests.peers.base import Button

TEXT_LIMIT, CAPTION_LIMIT, DATA_LIMIT = 4096, 1024, 64
TAGS = frozenset(
    "b strong i em u ins s strike del span tg-spoiler tg-emoji a code pre blockquote".split()  # noqa: SIM905
)
TAG = re.compile(r"<(/?)([^\s>]*)[^>]*>|<")


class TelegramError(Exception):
    """A call is refused with a status, words, and sometimes parameters."""

    def __init__(self, code: int, text: str, **parameters: int) -> None:
        super().__init__(text)
        self.code, self.text, self.parameters = code, text, parameters


def plain(text: str, parse_mode: str, limit: int = TEXT_LIMIT) -> str:
    """Return `text` as its reader sees it; raises TelegramError for marks or a length that will not do."""
    shown = _without_tags(text) if parse_mode.upper() == "HTML" else text
    if not shown.strip():
        raise TelegramError(400, "Bad Request: message text is empty")
    if len(shown.encode("utf-16-le")) // 2 > limit:
        raise TelegramError(400, "Bad Request: message is too long")
    return shown


def buttons_of(markup: Any) -> tuple[Button, ...]:
    """Return the buttons of a reply_markup, a JSON text in forms."""
    if not markup:
        return ()
    try:
        read = json.loads(markup) if isinstance(markup, str) else markup
        rows = read.get("inline_keyboard", [])
    except (ValueError, AttributeError):
        raise TelegramError(400, "Bad Request: can't parse reply keyboard markup JSON object") from None
    return tuple(_button(one) for row in rows for one in row)


def _button(one: dict[str, Any]) -> Button:
    text, data, url = one.get("text", ""), one.get("callback_data"), one.get("url")
    if not text or (data is None) == (url is None):
        raise TelegramError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    if data is not None and not 1 <= len(data.encode()) <= DATA_LIMIT:
        raise TelegramError(400, "Bad Request: BUTTON_DATA_INVALID")
    if url is not None and not url.startswith(("http://", "https://", "tg://")):
        raise TelegramError(400, "Bad Request: BUTTON_URL_INVALID")
    return Button(text, data or "", url or "")


def _without_tags(text: str) -> str:
    open_tags: list[str] = []
    for tag in TAG.finditer(text):
        is_end, name = tag.group(1), (tag.group(2) or "").lower()
        if is_end and (not open_tags or open_tags.pop() != name):
            raise _unreadable(f"Unexpected end tag at byte offset {len(text[: tag.start()].encode())}")
        if not is_end and name not in TAGS:
            raise _unreadable(f'Unsupported start tag "{name}" at byte offset {tag.start()}')
        if not is_end:
            open_tags.append(name)
    if open_tags:
        raise _unreadable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return html.unescape(TAG.sub("", text))


def _unreadable(why: str) -> TelegramError:
    return TelegramError(400, f"Bad Request: can't parse entities: {why}")
