"""What do Zalo's services do, seen from one agency: OAuth, Official Account, ZBS templates, Bot?

with ZaloPeer(clock=lambda: moment) as peer:
    …  # peer.oauth_url, oa_url, zbs_url, bot_url; KNOWN has the tokens that work
    peer.user_says(KNOWN["user_id"], "OK 0042")
    peer.deliver_webhooks("http://127.0.0.1:8123/nghe/zalo")
    assert peer.arrived[0].text == "…"
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.peers import zalo_bot, zalo_oa
from tests.peers.base import Arrived, Button, milliseconds
from tests.peers.exchanges import KNOWN
from tests.peers.people import Person
from tests.peers.postman import Event, Posted, Postman
from tests.peers.wire import Request
from tests.peers.zalo_bot import ZaloBot
from tests.peers.zalo_oa import OaError, ZaloOa
from tests.peers.zalo_oauth import ZaloOAuth
from tests.peers.zalo_state import ZaloState
from tests.peers.zalo_zbs import ZaloZbs
from usecases import clock as real_clock

LADDER = (30, 300, 900, 1800, 3600)
BOT_LADDER = (30,)  # nobody has written down how often the Bot service tries again
LETTERS = {"zalo_oa": "o", "zalo_zbs": "z", "zalo_bot": "b"}


class ZaloPeer(ZaloState):
    """Four services, the people they reach, and the events they post."""

    def __init__(
        self,
        clock: Callable[[], datetime] = real_clock.now,
        ticker: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock, ticker)
        self.postman = Postman(LADDER, good=(200,), retry_header="num_retry")
        self.bot_postman = Postman(BOT_LADDER)
        self._hurry_to, self._hurry_press = "", ""
        self._numbers = 0
        self.oauth, self.oa, self.zbs, self.bot = ZaloOAuth(self), ZaloOa(self), ZaloZbs(self), ZaloBot(self)
        self.oauth_url = self.serve("oauth", self.oauth.answer, zalo_bot.method_of)
        self.oa_url = self.serve("oa", self.oa.answer, zalo_oa.method_of)
        self.zbs_url = self.serve("zbs", self.zbs.answer, _path_of)
        self.bot_url = self.serve("bot", self.bot.answer, zalo_bot.method_of)

    # What people do

    def user_says(self, user: str, text: str, *, quoting: str = "", chat: str = "") -> str:
        """Say `text` to the OA or the bot, whichever `user` talks to; return the message's id.

        Somebody unknown talks to the bot, and is known from now on. `quoting` is the id of a message of
        the OA; `chat` a group the bot is in.
        """
        quote = {"quote_msg_id": quoting} if quoting else {}
        return self.user_sends(user, "text", {"text": text, **quote}, chat=chat)

    def user_sends(self, user: str, kind: str, message: dict[str, Any], *, chat: str = "") -> str:
        """Send something else: a "file", an "image", to the bot what it may not see ("unsupported")."""
        with self.changed:
            person = self.people.setdefault(user, Person(user, "bot"))
            if person.kind == "bot":
                return self._tells_bot(person, kind, message, self.people[chat] if chat else person)
            return self._tells_oa(person, f"user_send_{kind}", message)

    def press(self, user: str, button: str) -> str:
        """Press a button of the newest message that has it: its words, or what it sends."""
        with self.changed:
            message, pressed = self._newest_with(user, button)
            if message.channel == "zalo_zbs":
                return self._replies_quickly(message, pressed)
            return self._tells_oa(self.people[user], "user_send_text", {"text": pressed.data})

    def reads(self, *messages: Arrived) -> None:
        """See messages of the OA on a phone; of templates sent by number nobody is told."""
        if any(message.channel != "zalo_oa" for message in messages):
            raise ValueError("only messages of the OA are reported as seen")
        with self.changed:
            ids = [message.id for message in messages]
            self._emit_to_user(messages[0].address, "user_seen_message", {"msg_ids": ids})

    def follow(self, user: str) -> None:
        with self.changed:
            person = self.people.setdefault(user, Person(user, "oa", id_by_app=f"7{user[1:]}"))
            person.follows, person.is_blocked, person.last_interaction = True, False, self.now()
            self.emit("follow", {**self._of(person), "follower": {"id": user}, "source": "oa_profile"})

    def block(self, user: str) -> None:
        """Want nothing from us any more."""
        with self.changed:
            person = self.people[user]
            person.is_blocked, person.follows = True, False
            if person.kind == "oa":
                said = {"follower": {"id": user}, "source": "oa_profile"}
                self.emit("unfollow", {**self._of(person), **said})

    def withdraw(self, user: str) -> None:
        """Ask to be forgotten."""
        with self.changed:
            person = self.people[user]
            person.is_blocked, person.follows = True, False
            self.emit("user_withdraw", {**self._of(person), "user_id": user})

    def opens_chat(self, user: str) -> None:
        """Click "chat now" on the OA's page."""
        with self.changed:
            person = self.people.setdefault(user, Person(user, "oa", follows=False))
            person.last_interaction = self.now()
            self.emit("user_click_chatnow", {**self._of(person), "user_id": user})

    def accepts_widget(self, user: str, external_id: str, url: str) -> None:
        """Agree, on our own page, to be written to under our key `external_id`."""
        with self.changed:
            person = self.people.setdefault(user, Person(user, "oa", follows=False))
            person.external_id, person.last_interaction = external_id, self.now()
            data = {"user_id": user, "user_external_id": external_id, "url": url}
            self.emit("widget_interaction_accepted", {"oa_id": KNOWN["oa_id"], "data": data})

    def shares_phone(self, user: str) -> None:
        with self.changed:
            person = self.people[user]
            person.last_interaction = self.now()
            place = {"user_city": "", "user_ward": "", "user_address": ""}
            about = {"user_dob": "01/01/1980", "gender": "Nữ", "full_address": place}
            ends = {"sender": {"id": user}, "recipient": {"id": KNOWN["oa_id"]}}
            info = {"name": person.name, "phone": person.phone, **about}
            self.emit("user_submit_info", {**ends, "info": info})

    def reacts(self, message: Arrived, icon: str = "/-strong") -> None:
        with self.changed:
            said = {"msg_id": message.id, "react_icon": icon}
            self._emit_from_user(self.people[message.address], "user_reacted_message", said)

    def hurry(self, url: str, press: str = "") -> None:
        """Post the events of every send to `url` before the send itself is answered.

        With `press`, the reader presses that button at once, too.
        """
        self._hurry_to, self._hurry_press = url, press

    # What is posted to us

    def deliver_webhooks(
        self, url: str, kind: str = "oa", *, shuffle: int | None = None, copies: int = 1
    ) -> list[Posted]:
        """Post what is due, of the OA and ZBS ("oa") or of the bot ("bot"); return each try.

        `shuffle` is the seed of a random order; what fails comes again when its time has come.
        """
        if kind == "bot":
            self._pack_bot_updates()
            return self.bot_postman.deliver(url, self.now(), shuffle=shuffle, copies=copies)
        if not self.is_subscribed:
            return []
        posted = self.postman.deliver(url, self.now(), shuffle=shuffle, copies=copies)
        self.is_subscribed = not self.postman.given_up
        return posted

    def resubscribe(self) -> None:
        """An administrator turns the webhook on again; what was given up stays lost."""
        self.postman.given_up.clear()
        self.is_subscribed = True

    @property
    def waiting_events(self) -> list[dict[str, Any]]:
        """The events of the OA and ZBS not posted yet."""
        return [json.loads(event.body) for event in self.postman.events]

    def emit(
        self, event_name: str, body: dict[str, Any], *, after: timedelta = timedelta(), zbs: bool = False
    ) -> None:
        """Let an event of the OA or ZBS come to pass."""
        if not self.is_subscribed:
            return
        stamp = str(milliseconds(self.now()))
        event = {"app_id": KNOWN["app_id"], "event_name": event_name, "timestamp": stamp, **body}
        raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-ZEvent-Signature": self.signature(raw, stamp)}
        if zbs:
            headers["X-ZEvent-Server"] = "ZNS"
        self.postman.events.append(Event(raw, headers, self.now() + after))

    def signature(self, raw: bytes, timestamp: str) -> str:
        """Return the signature header over `raw`."""
        first = KNOWN["oa_id"] if self.signs_with_oa_id else KNOWN["app_id"]
        signed = first.encode() + raw + timestamp.encode() + KNOWN["oa_secret"].encode()
        return "mac=" + hashlib.sha256(signed).hexdigest()

    # What the services ask for

    def reachable(self, user: str) -> Person:
        """Return whom the OA may write to; raises OaError for who cannot be reached."""
        person = self.people.get(user)
        if person is None or person.kind != "oa":
            raise OaError(self.stranger_code)
        for holds, code in (
            (person.is_inactive, -227),
            (person.is_restricted, -244),
            (person.is_blocked, -213),
        ):
            if holds:
                raise OaError(code)
        return person

    def arrive(
        self,
        channel: str,
        address: str,
        text: str,
        buttons: tuple[Button, ...] = (),
        *,
        key: str = "",
        fields: dict[str, str] | None = None,
    ) -> Arrived:
        """Lay a message before its reader."""
        number = self._next_number()
        message_id = f"{LETTERS[channel]}{number:018d}"
        arrived = Arrived(channel, address, text, buttons, key, self.now(), message_id, fields or {})
        self.arrived.append(arrived)
        return arrived

    def emit_sent(self, message: Arrived, kind: str = "text") -> None:
        """Post the echo of a message of the OA, and in time its receipt."""
        said = {"text": message.text, "msg_id": message.id}
        self._emit_to_user(message.address, f"oa_send_{kind}", said)
        self.emit_received(message)

    def emit_received(self, message: Arrived) -> None:
        """Let the message reach the phone once its time has come, unless receipts never do."""
        if self.receipt_after is None:
            return
        if message.channel == "zalo_oa" or not message.key:
            said = {"msg_id": message.id}
            self._emit_to_user(message.address, "user_received_message", said, self.receipt_after)
            return
        when = self.now() + self.receipt_after
        self.zbs.delivered[message.id] = when
        about = {"delivery_time": str(milliseconds(when)), "msg_id": message.id, "tracking_id": message.key}
        ends = {"sender": {"id": KNOWN["oa_id"]}, "recipient": {"id": message.address}}
        self.emit("user_received_message", {**ends, "message": about}, after=self.receipt_after, zbs=True)

    def hurry_events(self) -> None:
        """Post the events of a send before its answer, where a test asked for that."""
        if not self._hurry_to:
            return
        with self.changed:
            last = self.arrived[-1] if self.arrived else None
            if last and self._hurry_press and any(b.text == self._hurry_press for b in last.buttons):
                self.press(last.address, self._hurry_press)
        now = self.now() + (self.receipt_after or timedelta())
        self.postman.deliver(self._hurry_to, now)

    def _tells_bot(self, person: Person, kind: str, said: dict[str, Any], chat: Person) -> str:
        message_id = f"u{self._next_number():018d}"
        message = {
            "from": {"id": person.id, "display_name": person.name, "is_bot": False},
            "chat": {"id": chat.id, "chat_type": "GROUP" if chat.is_group else "PRIVATE"},
            **said,
            "message_id": message_id,
            "date": milliseconds(self.now()),
        }
        self.bot.inbox.append({"event_name": f"message.{kind}.received", "message": message})
        self.changed.notify_all()
        return message_id

    def _pack_bot_updates(self) -> None:
        with self.changed:
            updates, self.bot.inbox = self.bot.inbox, []
            self.bot.heard += updates
            agent = {"Content-Type": "application/json", "User-Agent": "Java/1.8.0_192"}
            headers = {**agent, "X-Bot-Api-Secret-Token": self.bot_secret}
            for update in updates:
                raw = json.dumps({"ok": True, "result": update}, ensure_ascii=False).encode()
                self.bot_postman.events.append(Event(raw, headers, self.now()))

    def _tells_oa(self, person: Person, event: str, said: dict[str, Any]) -> str:
        person.last_interaction = self.now()
        message_id = f"n{self._next_number():018d}"
        self._emit_from_user(person, event, {**said, "msg_id": message_id})
        return message_id

    def _emit_from_user(self, person: Person, event: str, message: dict[str, Any]) -> None:
        ends = {"sender": {"id": person.id}, "recipient": {"id": KNOWN["oa_id"]}}
        self.emit(event, {**ends, "message": message, "user_id_by_app": person.id_by_app})

    def _emit_to_user(
        self, user: str, event: str, message: dict[str, Any], after: timedelta = timedelta()
    ) -> None:
        ends = {"sender": {"id": KNOWN["oa_id"]}, "recipient": {"id": user}}
        person = self.people.get(user)
        by_app = person.id_by_app if person else ""
        self.emit(event, {**ends, "message": message, "user_id_by_app": by_app}, after=after)

    def _replies_quickly(self, message: Arrived, button: Button) -> str:
        when = str(milliseconds(self.now()))
        said = {"submit_time": when, "button_type": "response", "data": button.text}
        about = {**said, "tracking_id": message.key} if message.key else said
        root = {"oa_id": KNOWN["oa_id"], "msg_id": message.id}
        self.emit("user_click_response_button", {**root, "message": about})
        self.had_quick_reply(message.id, message.key, button.text)
        return message.id

    def _newest_with(self, user: str, button: str) -> tuple[Arrived, Button]:
        for message in reversed(self.arrived):
            for one in message.buttons if message.address == user else ():
                if button in (one.text, one.data):
                    return message, one
        raise ValueError(f"no message of {user!r} has a button {button!r}")

    def _of(self, person: Person) -> dict[str, str]:
        return {"oa_id": KNOWN["oa_id"], "user_id_by_app": person.id_by_app}

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers


def _path_of(request: Request) -> str:
    return request.path.strip("/")
