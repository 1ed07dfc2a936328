"""What became of a letter handed to Telegram, and what did people say to the bot?

Telegram has no key by which a repeat is seen, so a letter whose outcome nobody knows goes on
elsewhere. It has been blocked by order in Vietnam since May 2025 and works on some networks:
it is off by default, and never anybody's only channel.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.request import HTTPXRequest

from notifiers.base import Choice, DeliveryFailed, DeliveryUnknown, Heard, Letter, Receipt, Scope
from notifiers.http import CONNECT_SECONDS, TOTAL_SECONDS, Guarded, NotAsked, Outbound
from notifiers.pacing import Breaker, Pace
from notifiers.telegram_errors import failure_of, never_left
from notifiers.telegram_events import CHANNEL, WANTED, heard_in, presses_in
from notifiers.words import plain

OFF_BECAUSE = (
    "Telegram bị yêu cầu chặn ở Việt Nam từ tháng 5/2025, có mạng vào được, có mạng không; "
    "chỉ mở khi cơ quan đã quyết định, và không dùng làm kênh duy nhất của ai"
)
PUBLIC = "https://api.telegram.org"
_LONGEST = 4096  # UTF-16 units, once the marks are taken out
_LONGEST_TOKEN = 64  # bytes
_CUT = "\n… (xem đủ trong thư điện tử)"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """How to reach the Bot API: the public one, a server of one's own, or through a proxy."""

    token: str = field(repr=False)
    base_url: str = PUBLIC
    proxy: str = field(default="", repr=False)  # may carry a password
    webhook_secret: str = field(default="", repr=False)
    private: frozenset[str] = frozenset()  # hosts that may lie inside the network
    connect: float = CONNECT_SECONDS
    total: float = TOTAL_SECONDS


class TelegramNotifier:
    """Sends letters to linked chats, one at a time, and listens to what is said there."""

    channel = CHANNEL
    batch = 1
    repeats_safely = False

    def __init__(
        self, settings: TelegramSettings, pace: Pace | None = None, breaker: Breaker | None = None
    ) -> None:
        self._settings = settings
        self._pace = pace or Pace(between=1 / 25, per_address=1.0)
        self._breaker = breaker or Breaker()
        self._bot: Bot | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt once Telegram has the letter; its id is "<chat>:<message>"."""
        text, keyboard = _text(letter), _keyboard(letter.choices)
        return Receipt(await self._sent(address, text, keyboard), "sent")

    async def say(self, address: str, text: str) -> str:
        """Answer somebody in a chat; returns the message's id, raises as `send` does."""
        return await self._sent(address, _cut(text), None)

    async def poll(self, offset: int, now: datetime, wait: int = 25) -> list[Heard]:
        """Return what was said from update `offset` on, waiting up to `wait` seconds for it.

        Pressed buttons are answered here and now. Asking for a later offset is what makes Telegram
        forget: ask only once what was heard has been kept. Raises as `send` does.
        """
        asking = {"offset": offset, "timeout": wait, "allowed_updates": list(WANTED)}
        bot = self._opened()
        seconds = self._settings.total + wait
        # not get_updates(): there one update that cannot be read loses all of them
        updates: list[Any] = await self._asked(
            lambda: bot._post("getUpdates", asking, read_timeout=seconds), seconds
        )
        for id_ in presses_in(updates):
            await self._answer(id_)
        return heard_in(updates, now)

    async def listen_at(self, url: str) -> None:
        """Have updates sent to `url`, which ends polling; "" for polling again. Raises as `send` does."""
        bot, secret = self._opened(), self._settings.webhook_secret
        if url:
            await self._asked(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED))
        else:
            await self._asked(bot.delete_webhook)

    async def close(self) -> None:
        """Let go of connections; the next letter opens new ones."""
        bot, self._bot = self._bot, None
        if bot is not None and self._loop is asyncio.get_running_loop():
            for request in (bot.request, bot._request[0]):  # shutdown() of the bot wants an initialised one
                await request.shutdown()

    async def _sent(self, address: str, text: str, keyboard: InlineKeyboardMarkup | None) -> str:
        if not _is_chat(address):
            words = f"telegram: '{plain(address)}' không phải mã số cuộc trò chuyện — không gửi lại"
            raise DeliveryFailed(words, permanent=True, scope=Scope.RECIPIENT)
        await self._pace.wait(address)
        try:
            message = await self._written(address, html.escape(text, quote=False), keyboard, ParseMode.HTML)
        except BadRequest as error:
            if "parse entities" not in str(error).lower():
                raise failure_of(error) from None
            message = await self._plainly(address, text, keyboard)
        return f"{message.chat.id}:{message.message_id}"

    async def _plainly(self, address: str, text: str, keyboard: InlineKeyboardMarkup | None) -> Message:
        """Send once more without marks what Telegram could not read with them."""
        try:
            return await self._written(address, text, keyboard, None)
        except BadRequest as error:
            raise failure_of(error) from None

    async def _written(
        self, address: str, text: str, keyboard: InlineKeyboardMarkup | None, mode: ParseMode | None
    ) -> Message:
        bot = self._opened()
        quiet = LinkPreviewOptions(is_disabled=True)
        return await self._tried(
            lambda: bot.send_message(
                int(address), text, parse_mode=mode, reply_markup=keyboard, link_preview_options=quiet
            )
        )

    async def _asked(self, call: Callable[[], Coroutine[Any, Any, _T]], seconds: float = 0.0) -> _T:
        """Return the answer to one request; raises DeliveryFailed."""
        try:
            return await self._tried(call, seconds)
        except BadRequest as error:
            raise failure_of(error) from None

    async def _tried(self, call: Callable[[], Coroutine[Any, Any, _T]], seconds: float = 0.0) -> _T:
        """Return the answer to one request; BadRequest passes, all else raises DeliveryFailed.

        Failing to get there at all is counted; when it goes on, nothing is tried for a while.
        """
        if wait := self._breaker.closed_for:
            raise _resting(wait)
        try:
            async with asyncio.timeout(seconds or self._settings.total):
                answer = await call()
        except (TelegramError, NotAsked, TimeoutError, LookupError, TypeError, ValueError) as error:
            if never_left(error):
                self._breaker.failed()
                if wait := self._breaker.closed_for:
                    raise _resting(wait) from None
            elif not isinstance(error, TimeoutError):
                self._breaker.passed()
            if isinstance(error, BadRequest):
                raise
            raise failure_of(error) from None  # its words may carry the address, and that the token
        self._breaker.passed()
        return answer

    async def _answer(self, query: str) -> None:
        """Stop the button's hourglass; one too old needs none, and no failure keeps the answer back."""
        bot = self._opened()
        try:
            await self._tried(lambda: bot.answer_callback_query(query))
        except (BadRequest, DeliveryFailed, DeliveryUnknown):
            return

    def _opened(self) -> Bot:
        loop = asyncio.get_running_loop()
        if self._bot is None or self._loop is not loop:
            base = f"{self._settings.base_url.rstrip('/')}/bot"
            talking, listening = _request(self._settings), _request(self._settings)
            self._bot = Bot(
                self._settings.token, base_url=base, request=talking, get_updates_request=listening
            )
            self._loop = loop
        return self._bot


def _request(settings: TelegramSettings) -> HTTPXRequest:
    host = (urlsplit(settings.base_url).hostname or "").casefold()
    outbound = Outbound(frozenset({host}), settings.private, settings.connect, settings.total)
    options: dict[str, Any] = {"trust_env": False, "follow_redirects": False}
    if not settings.proxy:  # through a proxy it is the proxy that sees the address
        options["transport"] = Guarded(outbound)
    return HTTPXRequest(
        connection_pool_size=4,
        connect_timeout=settings.connect,
        read_timeout=settings.total,
        write_timeout=settings.total,
        pool_timeout=settings.connect,
        proxy=settings.proxy or None,
        httpx_kwargs=options,
    )


def _resting(seconds: float) -> DeliveryFailed:
    """Return that Telegram is left alone; permanent for this letter, since others need not wait for it."""
    wait = timedelta(seconds=seconds)
    words = f"telegram: mấy lần liền không kết nối được, tạm nghỉ {max(1, round(seconds / 60))} phút"
    return DeliveryFailed(words, permanent=True, retry_after=wait, scope=Scope.CHANNEL)


def _text(letter: Letter) -> str:
    """Return the letter for a chat; what no button offers can be typed."""
    typed = [f"{one.label}: nhắn {one.typed}" for one in letter.choices if one.typed and not _button(one)]
    return _cut("\n".join([letter.short or letter.subject, *typed]))


def _cut(text: str) -> str:
    """Return at most as much as one message holds, at a whole character."""
    clean = "".join(character for character in text if character in "\n" or character.isprintable())
    if _units(clean) <= _LONGEST:
        return clean
    room = (_LONGEST - _units(_CUT)) * 2
    return clean.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _keyboard(choices: tuple[Choice, ...]) -> InlineKeyboardMarkup | None:
    """Return the choices as buttons, two in a row, and below them the page that offers all of them."""
    buttons = [button for one in choices if (button := _button(one))]
    rows = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    pressed = {one.url for one in choices if one.token and _is_page(one.url)}
    rows += [[InlineKeyboardButton("Mở trang trả lời", url=url)] for url in sorted(pressed)[:1]]
    return InlineKeyboardMarkup(rows) if rows else None


def _button(choice: Choice) -> InlineKeyboardButton | None:
    if choice.token and len(choice.token.encode()) <= _LONGEST_TOKEN:
        return InlineKeyboardButton(choice.label, callback_data=choice.token)
    return InlineKeyboardButton(choice.label, url=choice.url) if _is_page(choice.url) else None


def _is_page(url: str) -> bool:
    """Whether Telegram takes this address on a button: not one of this machine alone."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "")


def _is_chat(address: str) -> bool:
    return address.removeprefix("-").isdecimal() and address.isascii() and len(address) <= 20
