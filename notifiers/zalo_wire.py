"""How is Zalo asked for the official account, and how is a message put into one chat text?"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifiers.base import Letter
from notifiers.http import Answer, NoAnswer, NotAsked, Web
from notifiers.words import plain
from notifiers.zalo_errors import STALE_TOKEN, failure, number_of, unanswered, unasked, unreadable
from notifiers.zalo_oauth import Tokens, ZaloApp

MOST_CHARACTERS = 2000
_MORE = "… (tin dài hơn mức Zalo cho phép; bản đầy đủ ở kênh khác hoặc hỏi cơ quan theo dõi)"


class OpenApi:
    """Asks with the token in force; one that is refused is renewed once and the question asked once more."""

    def __init__(self, app: ZaloApp, tokens: Tokens, web: Web) -> None:
        self.app, self._tokens, self._web = app, tokens, web

    async def ask(
        self,
        service: str,
        url: str,
        who: str,
        now: datetime,
        *,
        json: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the data of the answer; raises DeliveryFailed or DeliveryUnknown."""
        access = await self._tokens.access(now)
        body = await self._asked(access, url, who, now, json, query)
        if number_of(body, "error") in STALE_TOKEN:
            access = await self._tokens.renewed(access, now)
            body = await self._asked(access, url, who, now, json, query)
            if number_of(body, "error") in STALE_TOKEN:
                raise self._tokens.give_up(access, now)
        if number := number_of(body, "error"):
            raise failure(service, number, who, now)
        data = body.get("data")
        return data if isinstance(data, dict) else {}

    async def close(self) -> None:
        """Close the connections; the next question opens new ones."""
        await self._web.close()

    async def _asked(
        self,
        access: str,
        url: str,
        who: str,
        now: datetime,
        json: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        headers = {"access_token": access}
        if self.app.sends_proof:
            headers["appsecret_proof"] = self.app.proof(access)
        method = "GET" if json is None else "POST"
        answer = await answered(self._web, method, url, who, now, headers=headers, json=json, query=query)
        body = answer.json
        number = number_of(body, "error") if body is not None else None
        if body is None or number is None or (number == 0 and answer.status >= 300):
            raise unreadable(answer, who, now)
        return body


async def answered(web: Web, method: str, url: str, who: str, now: datetime, **parts: Any) -> Answer:
    """Return the answer; raises DeliveryFailed for a question that never left, DeliveryUnknown otherwise."""
    try:
        return await web.ask(method, url, **parts)
    except NotAsked as fault:
        raise unasked(fault.why, who, fault.is_ours, now) from None
    except NoAnswer as fault:
        raise unanswered(fault.why, who) from None


def concerning(channel: str, letter: Letter) -> str:
    """Return which letter it was, by post and unit: no personal data in reasons."""
    return f"{channel}: {plain(letter.recipient.title)} ({plain(letter.recipient.unit.name)})"


def chat_text(letter: Letter, has_buttons: bool) -> str:
    """Return the whole message for a chat; without buttons it says what to type, and where to click.

    What would not fit is cut at the end of a line; how to answer always stays.
    """
    words = normal(letter.short or letter.text)
    ways = "" if has_buttons else _ways_to_answer(letter, words)
    return fitted(words, MOST_CHARACTERS - (length(ways) + 2 if ways else 0)) + (
        f"\n\n{ways}" if ways else ""
    )


def normal(text: str) -> str:
    """Return `text` as Zalo counts it: composed letters, plain line ends."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()


def length(text: str) -> int:
    """Return how long a text is in UTF-16 units, the most that any counting gives."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(text: str, room: int) -> str:
    """Return `text`, or as many whole lines of it as fit with a last line that says it was cut."""
    if length(text) <= room:
        return text
    left = room - length(_MORE) - 1
    kept: list[str] = []
    for line in text.split("\n"):
        left -= length(line) + 1
        if left < 0:
            break
        kept.append(line)
    if kept:
        return "\n".join((*kept, _MORE))
    return _cut(text, room - length(_MORE) - 1) + "\n" + _MORE


def _ways_to_answer(letter: Letter, words: str) -> str:
    typed = [c for c in letter.choices if c.typed and c.typed not in words]
    pages = dict.fromkeys(c.url for c in letter.choices if c.url and c.url not in words)
    lines = [f"Nhắn “{plain(c.typed)}”: {plain(c.label)}" for c in typed]
    lines += [f"Hoặc mở: {page}" for page in list(pages)[:1]]
    return normal("\n".join(lines))


def _cut(text: str, units: int) -> str:
    while length(text) > units:
        text = text[: len(text) - max(1, (length(text) - units) // 2)]
    return text.rstrip()
