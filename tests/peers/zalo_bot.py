"""What does the Zalo Bot service answer?

One token in the path, errors with HTTP 200 (or with their own status, as the peer is told), one update
for each poll and no way to confirm it, 50 people and 3,000 messages a month.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.peers.base import milliseconds
from tests.peers.exchanges import KNOWN
from tests.peers.sayings import meaning_of
from tests.peers.wire import Reply, Request

if TYPE_CHECKING:
    from tests.peers.zalo import ZaloPeer

TEXT_LIMIT = 2000
PEOPLE = 50
MESSAGES_A_MONTH = 3000


class BotError(Exception):
    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text


def method_of(request: Request) -> str:
    return request.path.rpartition("/")[2]


class ZaloBot:
    """bot-api.zaloplatforms.com."""

    def __init__(self, peer: ZaloPeer) -> None:
        self._peer = peer
        self._month = peer.now().strftime("%Y-%m")
        self.token = KNOWN["bot_token"]
        self.inbox: list[dict[str, Any]] = []  # updates nobody has heard yet
        self.heard: list[dict[str, Any]] = []
        self._updated_at = peer.now()

    def answer(self, request: Request) -> Reply:
        with self._peer.changed:
            try:
                return self._answered(request)
            except BotError as error:
                said = error.text or meaning_of("zalo_bot", error.code)
                body = {"ok": False, "error_code": error.code, "description": said}
                return Reply(body, error.code if self._peer.http_errors else 200)

    def replay(self, count: int) -> None:
        """Hand out the last `count` updates once more."""
        self.inbox = [*self.heard[-count:], *self.inbox]

    def _answered(self, request: Request) -> Reply:
        if request.path.split("/")[1] != f"bot{self.token}":
            raise BotError(401)
        method = method_of(request)
        if refusal := self._peer.refusal_of("bot", method):
            raise BotError(refusal.code, refusal.text)
        try:
            fields = request.fields()
            if method == "getUpdates":
                return self._updates(float(fields.get("timeout", 30)))
            return Reply({"ok": True, **self._done(method, fields)})
        except (ValueError, TypeError, AttributeError):
            raise BotError(400) from None

    def _done(self, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "getMe":
                who = {"id": "1460000000000000001", "account_name": "bot.dondoc", "account_type": "BASIC"}
                return {"result": {**who, "can_join_groups": False}}
            case "sendMessage":
                return {"result": self._send(fields, str(fields.get("text", "")))}
            case "sendPhoto":
                return {"result": self._send(fields, str(fields.get("caption") or fields.get("photo", "")))}
            case "sendChatAction":
                return {}
            case "setWebhook":
                return {"result": self._set_webhook(fields)}
            case "deleteWebhook":
                self._set_url("")
                return {"result": self._webhook()}
            case "getWebhookInfo":
                return {"result": self._webhook()}
        raise BotError(404)

    def _send(self, fields: dict[str, Any], text: str) -> dict[str, Any]:
        chat_id = str(fields.get("chat_id", ""))
        person = self._peer.people.get(chat_id)
        if person is None or person.kind != "bot" or person.is_blocked or not 1 <= len(text) <= TEXT_LIMIT:
            raise BotError(400)
        self._spend(chat_id)
        arrived = self._peer.arrive("zalo_bot", chat_id, text)
        return {"message_id": arrived.id, "date": milliseconds(arrived.at)}

    def _spend(self, chat_id: str) -> None:
        month = self._peer.now().strftime("%Y-%m")
        if month != self._month:
            self._month, self._peer.bot_left = month, MESSAGES_A_MONTH
        chats = [one.id for one in self._peer.people.values() if one.kind == "bot" and not one.is_group]
        if self._peer.bot_left <= 0 or chat_id in chats[self._peer.bot_people :]:
            raise BotError(429)
        self._peer.bot_left -= 1

    def _updates(self, timeout: float) -> Reply:
        """Return the next update, waiting for one as long as asked and the peer's patience lasts."""
        if self._peer.bot_webhook:
            raise BotError(400, "Bad Request: webhook is active")
        if not self.inbox:
            self._peer.changed.wait(min(timeout, self._peer.poll_seconds))
        if not self.inbox:
            raise BotError(408)
        update = self.inbox.pop(0)
        self.heard.append(update)
        return Reply({"ok": True, "result": update}, lost=lambda: self._put_back(update))

    def _put_back(self, update: dict[str, Any]) -> None:
        with self._peer.changed:
            self.inbox.insert(0, update)

    def _set_webhook(self, fields: dict[str, Any]) -> dict[str, Any]:
        url, secret = str(fields.get("url", "")), str(fields.get("secret_token", ""))
        if not 8 <= len(secret) <= 256 or not _is_public(url):
            raise BotError(400)
        self._set_url(url)
        self._peer.bot_secret = secret
        return {**self._webhook(), "verification": {"ok": self._peer.bot_verifies}}

    def _set_url(self, url: str) -> None:
        self._peer.bot_webhook, self._updated_at = url, self._peer.now()

    def _webhook(self) -> dict[str, Any]:
        return {"url": self._peer.bot_webhook, "updated_at": milliseconds(self._updated_at)}


def _is_public(url: str) -> bool:
    """Return whether `url` is HTTPS at a name, or at an address of the public net."""
    target = urlsplit(url)
    host = target.hostname or ""
    if target.scheme != "https" or not host or host == "localhost":
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True
