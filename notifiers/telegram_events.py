"""What did people say to the bot, in the words of every channel?

Nothing is decided here: who somebody is, whether a code is good and what a text means is
asked later, of what was kept.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update

from engine.model import HANOI
from notifiers.base import Heard

CHANNEL = "telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
WANTED = ("message", "callback_query", "my_chat_member")
_COMMAND = re.compile(r"/(\w{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST = 4096

logging.getLogger("telegram").setLevel(logging.CRITICAL)  # it writes down what it cannot read, whole


def verify(headers: Mapping[str, str], secret: str) -> bool:
    """Whether a request to our address comes from Telegram; never true without a secret."""
    given = next((value for name, value in headers.items() if name.lower() == SECRET_HEADER), "")
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def parse(body: bytes, now: datetime) -> list[Heard]:
    """Return what one request to our address told us; nothing when it is no update."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return heard_in([update], now)


def heard_in(updates: Iterable[Any], now: datetime) -> list[Heard]:
    """Return what updates told us, each for itself: one that cannot be read spoils no other."""
    found = []
    for update in updates:
        number = update.get("update_id") if isinstance(update, dict) else None
        if isinstance(number, int) and not isinstance(number, bool):
            found.append(_heard(update, str(number), now))
    return found


def offset_after(heard: Iterable[Heard], offset: int) -> int:
    """Return which update to ask for next, once `heard` has been kept."""
    return max((int(one.id) + 1 for one in heard), default=offset)


def presses_in(updates: Iterable[Any]) -> list[str]:
    """Return the ids of pressed buttons, which Telegram wants answered before anything else."""
    pressed = (update.get("callback_query") for update in updates if isinstance(update, dict))
    ids = (query.get("id") for query in pressed if isinstance(query, dict))
    return [id_ for id_ in ids if isinstance(id_, str)]


def reply_to(body: bytes) -> dict[str, str] | None:
    """Return the call to put into our answer to a request, so that a pressed button stops waiting."""
    try:
        pressed = presses_in([json.loads(body)])
    except (ValueError, RecursionError):
        return None
    return {"method": "answerCallbackQuery", "callback_query_id": pressed[0]} if pressed else None


def _heard(raw: dict[str, Any], id_: str, now: datetime) -> Heard:
    nothing = Heard(CHANNEL, id_, "other", now)
    try:
        update = Update.de_json(raw)
        if update.callback_query:
            return _pressed(update.callback_query, id_, now)
        if update.my_chat_member:
            return _membership(update.my_chat_member, id_)
        return _written(update.message, id_) if update.message else nothing
    except Exception:  # a library reads what strangers wrote: whatever it raises, the update is not for us
        return nothing


def _written(message: Message, id_: str) -> Heard:
    """Return a message; a command loses its slash, and the start with a code opens the channel."""
    private = message.chat.type == message.chat.PRIVATE
    at, address = message.date.astimezone(HANOI), str(message.chat.id)
    if message.migrate_to_chat_id or message.from_user is None or message.from_user.is_bot:
        return Heard(CHANNEL, id_, "other", at, address, is_private=private)
    text = (message.text or message.caption or "")[:_LONGEST]
    command = _COMMAND.fullmatch(text)
    code = (command[2] or "").strip() if command and command[1].lower() == "start" else ""
    quoted = message.reply_to_message
    return Heard(
        CHANNEL,
        id_,
        "joined" if _CODE.fullmatch(code) else "said",
        at,
        address,
        text=f"{command[1]} {command[2] or ''}".strip() if command else text,
        token=code if _CODE.fullmatch(code) else "",
        about=f"{address}:{quoted.message_id}" if quoted else "",
        name=message.from_user.full_name,
        is_private=private,
    )


def _pressed(query: CallbackQuery, id_: str, now: datetime) -> Heard:
    chat = query.message.chat if query.message else None
    address = str(chat.id if chat else query.from_user.id)
    return Heard(
        CHANNEL,
        id_,
        "said",
        now,
        address,
        token=query.data or "",
        about=f"{address}:{query.message.message_id}" if query.message else "",
        name=query.from_user.full_name,
        is_private=chat is None or chat.type == chat.PRIVATE,
    )


def _membership(change: ChatMemberUpdated, id_: str) -> Heard:
    """Return that somebody shut the bot out; that they let it in again asks for a new code."""
    status = change.new_chat_member.status
    is_out = status in (ChatMember.BANNED, ChatMember.LEFT)
    at, private = change.date.astimezone(HANOI), change.chat.type == change.chat.PRIVATE
    name = change.from_user.full_name
    return Heard(
        CHANNEL,
        id_,
        "left" if is_out else "other",
        at,
        str(change.chat.id),
        name=name,
        is_private=private,
    )
