"""What does the Telegram Bot API do, seen from one bot?

    with TelegramPeer(clock=lambda: moment) as peer:
        …  # Bot(KNOWN["telegram_token"], base_url=peer.base_url)
        peer.user_says(KNOWN["telegram_user"], "/start nk_5b2e")
        peer.press(KNOWN["telegram_user"], "Đã nhận")

Limits of sending count real seconds unless a `ticker` is given; `limits=False` lifts them.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.peers.base import Arrived, Button, Peer
from tests.peers.exchanges import KNOWN
from tests.peers.people import Person
from tests.peers.postman import Event, Posted, Postman
from tests.peers.telegram_calls import BOT, Calls
from tests.peers.telegram_words import TelegramError
from tests.peers.wire import Reply, Request
from tests.peers.zalo_bot import method_of
from usecases import clock as real_clock

LADDER = (1, 2, 4, 8, 16, 32, 60)  # and every 60 seconds from there
A_SECOND, A_CHAT_A_SECOND, A_GROUP_A_MINUTE = 30, 1, 20


class TelegramPeer(Peer):
    """One bot, the chats it is in, and the updates it is told."""

    def __init__(
        self,
        clock: Callable[[], datetime] = real_clock.now,
        ticker: Callable[[], float] = time.monotonic,
        *,
        limits: bool = True,
    ) -> None:
        super().__init__(clock, ticker)
        self.limits = limits
        self.token = KNOWN["telegram_token"]
        self.webhook, self.secret = "", KNOWN["telegram_secret"]
        self.allowed: list[str] = []  # kinds of updates asked for; none = all
        self.people = {one.id: one for one in self._first_people()}
        self.updates: list[dict[str, Any]] = []  # nobody has confirmed them yet
        self.queries: dict[str, datetime] = {}  # callback queries that may be answered
        self.answered: list[tuple[str, str]] = []  # (query, text)
        self.poll = 0  # the number of the newest getUpdates
        self.postman = Postman(LADDER, is_endless=True)
        self._update_id, self._message_id, self._query_id = 10, 500, 9000
        self._sent_at: list[tuple[float, str]] = []
        self._floods: dict[str, float] = {}
        self._calls = Calls(self)
        self.base_url = self.serve("telegram", self._answer, method_of) + "/bot"

    # What people do

    def user_says(
        self, user: int, text: str, *, chat: int | None = None, reply_to: Arrived | None = None
    ) -> int:
        """Say `text` to the bot, or in the group `chat`; return the message's id.

        "/start …" opens the chat, for somebody unknown or who had blocked the bot, too.
        """
        with self.changed:
            person = self.people.setdefault(str(user), Person(str(user), "telegram", name="Mẫu"))
            if text.startswith("/start"):
                person.has_started, person.is_blocked = True, False
            message = self.message(chat or user, self.next_message_id())
            message |= {"from": self._who(person), "text": text}
            if text.startswith("/"):
                length = len(text.split()[0])
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
            if reply_to:
                message["reply_to_message"] = self._ours(reply_to)
            self.tell(message=message)
            return int(message["message_id"])

    def press(self, user: int, button: str) -> str:
        """Press a button of the newest message that has it: its words, or its data; return the query's id."""
        with self.changed:
            message, pressed = self._newest_with(str(user), button)
            self._query_id += 1
            query_id = str(self._query_id)
            self.queries[query_id] = self.now()
            about = {"chat_instance": "1", "data": pressed.data, "message": self._ours(message)}
            who = self._who(self.people[str(user)])
            self.tell(callback_query={"id": query_id, "from": who, **about})
            return query_id

    def block(self, user: int) -> None:
        with self.changed:
            self.people[str(user)].is_blocked = True
            self._member(user, "member", "kicked")

    def unblock(self, user: int) -> None:
        with self.changed:
            self.people[str(user)].is_blocked = False
            self._member(user, "kicked", "member")

    def kick(self, group: int) -> None:
        """Throw the bot out of a group."""
        with self.changed:
            self.people[str(group)].is_blocked = True
            self._member(group, "member", "kicked", by=KNOWN["telegram_user"])

    def migrate(self, group: int, to: int) -> None:
        """Turn a group into a supergroup."""
        with self.changed:
            self.people[str(group)].moved_to = to
            self.people[str(to)] = Person(str(to), "telegram", is_group=True)
            leaving = self.message(group, self.next_message_id())
            self.tell(message={**leaving, "migrate_to_chat_id": to})

    def deactivate(self, user: int) -> None:
        self.people[str(user)].is_inactive = True

    # What a test prepares

    def forget(self, chat: int) -> None:
        self.people.pop(str(chat), None)

    def forget_start(self, user: int) -> None:
        """Let `user` never have pressed Start."""
        self.people[str(user)].has_started = False

    def flood(self, chat: int, seconds: float) -> None:
        """Let too much have been sent to `chat`: nothing more for `seconds`."""
        self._floods[str(chat)] = self.ticker() + seconds

    def had_sent(self, chat: int, message_id: int, text: str) -> None:
        """Let a message have been sent before."""
        self._message_id = max(self._message_id, message_id)
        self.arrived.append(Arrived("telegram", str(chat), text, (), "", self.now(), str(message_id)))

    def had_pressed(self, user: int, query_id: str) -> None:
        self.queries[query_id] = self.now()

    # What we are told

    def deliver_webhooks(self, url: str, *, shuffle: int | None = None, copies: int = 1) -> list[Posted]:
        """Post what is due; return each try. An answer may carry a call, which is then made."""
        with self.changed:
            headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": self.secret}
            for update in self.updates:
                raw = json.dumps(update, ensure_ascii=False).encode()
                self.postman.events.append(Event(raw, headers, self.now(), on_answer=self._called_back))
            self.updates.clear()
        return self.postman.deliver(url, self.now(), shuffle=shuffle, copies=copies)

    def tell(self, **what: Any) -> None:
        """Let an update come to pass, unless its kind was not asked for."""
        if self.allowed and not any(kind in self.allowed for kind in what):
            return
        self._update_id += 1
        self.updates.append({"update_id": self._update_id, **what})
        self.changed.notify_all()

    # What the calls ask for

    def arrive(self, chat: str, text: str, buttons: tuple[Button, ...]) -> Arrived:
        """Lay a message before its reader; raises TelegramError when it cannot be or comes too fast."""
        self.check_reach(chat)
        self._pace(chat)
        message_id = str(self.next_message_id())
        self.arrived.append(Arrived("telegram", chat, text, buttons, "", self.now(), message_id))
        return self.arrived[-1]

    def change(self, old: Arrived, text: str, buttons: tuple[Button, ...]) -> Arrived:
        """Put other words and buttons in the place of a message."""
        new = replace(old, text=text, buttons=buttons)
        self.arrived[self.arrived.index(old)] = new
        return new

    def check_reach(self, chat: str) -> Person:
        person = self.people.get(chat)
        if person is None:
            raise TelegramError(400, "Bad Request: chat not found")
        if person.moved_to:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise TelegramError(400, said, migrate_to_chat_id=person.moved_to)
        kicked = f"bot was kicked from the {self.kind_of(person)} chat"
        for holds, said in (
            (person.is_inactive, "user is deactivated"),
            (person.is_blocked, kicked if person.is_group else "bot was blocked by the user"),
            (not person.has_started, "bot can't initiate conversation with a user"),
        ):
            if holds:
                raise TelegramError(403, f"Forbidden: {said}")
        return person

    def message(self, chat: int, message_id: int) -> dict[str, Any]:
        """Return what every message of `chat` begins with."""
        person = self.people.get(str(chat)) or Person(str(chat), "telegram")
        name = {"title": "Nhóm"} if person.is_group else {"first_name": person.name}
        where = {"id": chat, "type": self.kind_of(person), **name}
        return {"message_id": message_id, "date": int(self.now().timestamp()), "chat": where}

    def kind_of(self, person: Person) -> str:
        if not person.is_group:
            return "private"
        return "supergroup" if person.id.startswith("-100") else "group"

    def next_message_id(self) -> int:
        self._message_id += 1
        return self._message_id

    def _answer(self, request: Request) -> Reply:
        with self.changed:
            try:
                return Reply({"ok": True, **self._authorised(request)})
            except TelegramError as error:
                return _no(error)

    def _authorised(self, request: Request) -> dict[str, Any]:
        token, method = request.path.split("/")[1].removeprefix("bot"), method_of(request)
        if ":" not in token:
            raise TelegramError(404, "Not Found")
        if token != self.token:
            raise TelegramError(401, "Unauthorized")
        if refusal := self.refusal_of("telegram", method):
            raise TelegramError(refusal.code, refusal.text)
        try:
            return self._calls.make(method, {**request.query, **request.fields()})
        except (ValueError, TypeError, AttributeError):
            raise TelegramError(400, "Bad Request: can't parse the request") from None

    def _called_back(self, answer: bytes) -> None:
        try:
            call = json.loads(answer or b"{}")
        except ValueError:
            return
        if isinstance(call, dict) and "method" in call:
            with self.changed:
                self._calls.make(str(call.pop("method")), call)

    def _pace(self, chat: str) -> None:
        """Refuse what comes too fast, telling how many seconds to wait."""
        now = self.ticker()
        if (until := self._floods.get(chat, now)) > now:
            raise _too_many(until - now)
        if not self.limits:
            return
        self._sent_at = [(at, to) for at, to in self._sent_at if now - at < 60]
        span, most = (60.0, A_GROUP_A_MINUTE) if self.people[chat].is_group else (1.0, A_CHAT_A_SECOND)
        here = [at for at, to in self._sent_at if to == chat and now - at < span]
        anywhere = [at for at, _ in self._sent_at if now - at < 1]
        if len(here) >= most:
            raise _too_many(here[0] + span - now)
        if len(anywhere) >= A_SECOND:
            raise _too_many(anywhere[0] + 1 - now)
        self._sent_at.append((now, chat))

    def _member(self, chat: int, old: str, new: str, by: int | None = None) -> None:
        where = self.message(chat, 0)
        who = self._who(self.people[str(by or chat)])
        until = {"until_date": 0} if new == "kicked" else {}
        change = {"chat": where["chat"], "from": who, "date": where["date"]}
        change["old_chat_member"] = {"user": BOT, "status": old}
        change["new_chat_member"] = {"user": BOT, "status": new, **until}
        self.tell(my_chat_member=change)

    def _ours(self, message: Arrived) -> dict[str, Any]:
        beginning = self.message(int(message.address), int(message.id))
        return {**beginning, "from": BOT, "text": message.text}

    def _newest_with(self, chat: str, button: str) -> tuple[Arrived, Button]:
        for message in reversed(self.arrived):
            for one in message.buttons if message.address == chat else ():
                if button in (one.text, one.data):
                    return message, one
        raise ValueError(f"no message of {chat} has a button {button!r}")

    def _who(self, person: Person) -> dict[str, Any]:
        return {"id": int(person.id), "is_bot": False, "first_name": person.name, "language_code": "vi"}

    def _first_people(self) -> list[Person]:
        users = (KNOWN["telegram_user"], KNOWN["telegram_other"])
        groups = (KNOWN["telegram_group"], KNOWN["telegram_supergroup"])
        return [
            *(Person(str(one), "telegram", name="Mẫu") for one in users),
            *(Person(str(one), "telegram", is_group=True) for one in groups),
        ]


def _too_many(seconds: float) -> TelegramError:
    wait = max(1, math.ceil(seconds - 1e-6))
    return TelegramError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


def _no(error: TelegramError) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.text}
    if error.parameters:
        body["parameters"] = error.parameters
    wait = error.parameters.get("retry_after")
    return Reply(body, error.code, {"Retry-After": str(wait)} if wait else {})
