"""What does each method of the Telegram Bot API answer?"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.peers.base import Arrived
from tests.peers.exchanges import KNOWN
from tests.peers.telegram_words import CAPTION_LIMIT, TelegramError, buttons_of, plain

if TYPE_CHECKING:
    from tests.peers.telegram import TelegramPeer

BOT = {"id": 1, "is_bot": True, "first_name": "Đôn đốc", "username": KNOWN["telegram_bot"]}
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
PORTS = (443, 80, 88, 8443)
FILE_LIMIT = 50 * 1024 * 1024
WHILE_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
OLD_QUERY = "Bad Request: query is too old and response timeout expired or query ID is invalid"
QUERY_LIFE = timedelta(minutes=15)  # nobody has published how long a query may be answered


class Calls:
    """The methods, on the state of one peer."""

    def __init__(self, peer: TelegramPeer) -> None:
        self._peer = peer
        self._methods = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendDocument": self._send_document,
            "editMessageText": self._edit,
            "editMessageReplyMarkup": self._edit,
            "answerCallbackQuery": self._answer_query,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "getUpdates": self._get_updates,
            "getChat": self._get_chat,
        }

    def make(self, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Return `result`, and `description` where there is one; raises TelegramError."""
        if method not in self._methods:
            raise TelegramError(404, "Not Found: method not found")
        return self._methods[method](fields)

    def _get_me(self, _: dict[str, Any]) -> dict[str, Any]:
        can = {"can_join_groups": True, "can_read_all_group_messages": False}
        return {"result": {**BOT, **can, "supports_inline_queries": False}}

    def _send_message(self, fields: dict[str, Any]) -> dict[str, Any]:
        self._peer.check_reach(str(fields.get("chat_id", "")))
        text = plain(str(fields.get("text", "")), str(fields.get("parse_mode", "")))
        buttons = buttons_of(fields.get("reply_markup"))
        return {"result": self._shown(self._peer.arrive(str(fields["chat_id"]), text, buttons))}

    def _send_document(self, fields: dict[str, Any]) -> dict[str, Any]:
        self._peer.check_reach(str(fields.get("chat_id", "")))
        document = fields.get("document")
        name, content = document if isinstance(document, tuple) else (str(document or ""), b"")
        if not name:
            raise TelegramError(400, "Bad Request: there is no document in the request")
        if len(content) > FILE_LIMIT:
            raise TelegramError(413, "Request Entity Too Large")
        caption = str(fields.get("caption", ""))
        text = plain(caption, str(fields.get("parse_mode", "")), CAPTION_LIMIT) if caption else name
        arrived = self._peer.arrive(str(fields["chat_id"]), text, buttons_of(fields.get("reply_markup")))
        number = arrived.id
        kept = {"file_id": f"F{number}", "file_unique_id": f"U{number}", "file_name": name}
        shown = self._shown(arrived)
        shown["caption"] = shown.pop("text")
        return {"result": {**shown, "document": kept}}

    def _edit(self, fields: dict[str, Any]) -> dict[str, Any]:
        chat, number = str(fields.get("chat_id", "")), str(fields.get("message_id", ""))
        self._peer.check_reach(chat)
        old = next((one for one in self._peer.arrived if (one.address, one.id) == (chat, number)), None)
        if old is None:
            raise TelegramError(400, "Bad Request: message to edit not found")
        said = fields.get("text")
        text = old.text if said is None else plain(str(said), str(fields.get("parse_mode", "")))
        buttons = buttons_of(fields.get("reply_markup"))
        if (text, buttons) == (old.text, old.buttons):
            raise TelegramError(400, SAME)
        shown = self._shown(self._peer.change(old, text, buttons))
        return {"result": {**shown, "edit_date": int(self._peer.now().timestamp())}}

    def _answer_query(self, fields: dict[str, Any]) -> dict[str, Any]:
        query_id = str(fields.get("callback_query_id", ""))
        asked_at: datetime | None = self._peer.queries.pop(query_id, None)
        if asked_at is None or self._peer.now() - asked_at > QUERY_LIFE:
            raise TelegramError(400, OLD_QUERY)
        self._peer.answered.append((query_id, str(fields.get("text", ""))))
        return {"result": True}

    def _set_webhook(self, fields: dict[str, Any]) -> dict[str, Any]:
        url, secret = str(fields.get("url", "")), str(fields.get("secret_token", ""))
        target = urlsplit(url)
        if url and target.scheme != "https":
            raise TelegramError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if url and (target.port or 443) not in PORTS:
            said = "Webhook can be set up only on ports 80, 88, 443 or 8443"
            raise TelegramError(400, f"Bad Request: bad webhook: {said}")
        if secret and not SECRET.fullmatch(secret):
            raise TelegramError(400, "Bad Request: secret token contains unallowed characters")
        self._peer.webhook, self._peer.secret = url, secret
        self._ask_for(fields)
        self._drop(fields)
        return {"result": True, "description": "Webhook was set" if url else "Webhook was deleted"}

    def _delete_webhook(self, fields: dict[str, Any]) -> dict[str, Any]:
        self._peer.webhook = ""
        self._drop(fields)
        return {"result": True, "description": "Webhook was deleted"}

    def _webhook_info(self, _: dict[str, Any]) -> dict[str, Any]:
        waiting = len(self._peer.updates)
        info = {"has_custom_certificate": False, "pending_update_count": waiting}
        return {"result": {"url": self._peer.webhook, **info}}

    def _get_updates(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return what is new, waiting for it as asked; a later call ends the waiting of an earlier one."""
        peer = self._peer
        if peer.webhook:
            raise TelegramError(409, WHILE_WEBHOOK)
        self._ask_for(fields)
        offset, limit = int(fields.get("offset") or 0), min(int(fields.get("limit") or 100), 100)
        if offset < 0:
            peer.updates = peer.updates[offset:]
        peer.updates = [one for one in peer.updates if one["update_id"] >= offset]
        peer.poll += 1
        ours = peer.poll
        peer.changed.notify_all()
        if not peer.updates:
            patience = min(float(fields.get("timeout") or 0), peer.poll_seconds)
            peer.changed.wait_for(lambda: peer.updates or peer.poll != ours, patience)
        if peer.poll != ours:
            raise TelegramError(409, OTHER_POLL)
        return {"result": peer.updates[:limit]}

    def _get_chat(self, fields: dict[str, Any]) -> dict[str, Any]:
        person = self._peer.check_reach(str(fields.get("chat_id", "")))
        return {"result": self._peer.message(int(person.id), 0)["chat"]}

    def _ask_for(self, fields: dict[str, Any]) -> None:
        asked = fields.get("allowed_updates")
        if asked is not None:
            self._peer.allowed = json.loads(asked) if isinstance(asked, str) else asked

    def _drop(self, fields: dict[str, Any]) -> None:
        if str(fields.get("drop_pending_updates", "")).lower() == "true":
            self._peer.updates.clear()

    def _shown(self, message: Arrived) -> dict[str, Any]:
        beginning = self._peer.message(int(message.address), int(message.id))
        beginning["date"] = int(message.at.timestamp())
        return {**beginning, "from": BOT, "text": message.text}
