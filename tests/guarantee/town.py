"""All channels at once on this machine: a mail server, Zalo and Telegram, and who is reached how.

An office is wired to them by the words of a channels.yml, as an administrator would write it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import cache, partial
from itertools import count
from time import sleep
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from engine.contacts import ContactBook, Holding
from engine.model import Recipient
from notifiers.zalo_oauth import Pair
from store import addresses
from store.addresses import AddressStatus, KeptAddress
from tests.peers.exchanges import KNOWN
from tests.peers.faults import Fault
from tests.peers.people import Person
from tests.peers.telegram import TelegramPeer
from tests.peers.wire import Reply, Request
from tests.peers.zalo import ZaloPeer
from usecases.channels import Channels, read_channels
from usecases.secrets import machine_key
from usecases.wiring import Office
from usecases.zalo import KeptTokens

CHATS = ("zalo_bot", "zalo_oa", "zalo_zbs", "telegram")
SECRETS = {
    "DONDOC_SECRET_KEY": "khoa-chi-dung-khi-thu-" * 3,
    "DONDOC_ZALO_APP_SECRET": KNOWN["app_secret"],
    "DONDOC_ZALO_OA_SECRET": KNOWN["oa_secret"],
    "DONDOC_ZALO_BOT_TOKEN": KNOWN["bot_token"],
    "DONDOC_TELEGRAM_TOKEN": KNOWN["telegram_token"],
}
CHANNELS = """\
office:
  {{name: Văn phòng, reply_to: van-phong@dondoc.example, domain: dondoc.example, contact: Phòng theo dõi,
    base_url: "https://dondoc.example"}}
outbound: {{allow_private: [127.0.0.1]}}
mailbox: {{enabled: có}}
email:
  {{enabled: có, host: 127.0.0.1, port: {port}, security: none, sender: don-doc@dondoc.example,
    connections: {connections}}}
zalo_app: {{app_id: "{app_id}", oa_id: "{oa_id}", oauth_url: "{oauth}", oa_url: "{oa}", zbs_url: "{zbs}"}}
zalo_bot: {{enabled: có, base_url: "{bot}", users: 5000, messages_per_month: 1000000}}
zalo_oa: {{enabled: có, buttons: có}}
zalo_zbs: {{enabled: có, template: "{template}"}}
telegram: {{enabled: có, bot: dondoc_thu_bot, base_url: "{telegram}"}}
"""
Hook = Callable[[str], None]
OfCall = Callable[[str, Request], Fault | None]
Refusal = Callable[[str, Request], Reply | None]


@dataclass(frozen=True)
class Got:
    """One message as a reader has it; a reader takes two with the same `id` for one."""

    channel: str
    address: str
    id: str
    text: str = ""
    at: datetime | None = None


@dataclass
class Post:
    """A mail server that keeps what it took."""

    clock: Callable[[], datetime]
    taken: list[Got] = field(default_factory=list)
    here: Hook | None = None
    mood: Callable[[str], str] = lambda address: ""  # an answer, "cut" or "silent"; "" takes the letter
    talking: int = 0

    async def handle_DATA(self, server, session, envelope) -> str:
        (address,) = envelope.rcpt_tos
        mood = self.mood(address)
        if mood[:1] in {"4", "5"}:
            return mood
        self._passed("asked")
        message = message_from_bytes(envelope.content)
        self.taken.append(Got("email", address, message["Message-ID"].strip(), at=self.clock()))
        self._passed("accepted")
        if mood == "cut":
            server.transport.abort()
        if mood == "silent":
            await asyncio.sleep(1.5)
        return "250 taken"

    def _passed(self, kind: str) -> None:
        if self.here is not None:
            self.here(kind)


class Town:
    """The servers of all channels; `here` is told before and after any of them takes a message."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.post = Post(clock)
        self.zalo, self.telegram = ZaloPeer(clock=clock), TelegramPeer(clock=clock, limits=False)
        self.zalo.dedupes_tracking = True
        self.mail = _Counted(self.post, hostname="127.0.0.1", port=_free_port())
        self._numbers = count(1)
        for peer in (self.zalo, self.telegram):
            for wire in peer._wires.values():
                wire._answer = self._watched(wire._answer)

    def channels(self, connections: int = 1) -> Channels:
        """Return the channels of an office that has opened them all."""
        zalo = self.zalo
        text = CHANNELS.format(
            port=self.mail.port, connections=connections, app_id=KNOWN["app_id"], oa_id=KNOWN["oa_id"],
            oauth=zalo.oauth_url, oa=zalo.oa_url, zbs=zalo.zbs_url, bot=zalo.bot_url,
            template=KNOWN["template"], telegram=self.telegram.base_url.removesuffix("/bot"),
        )  # fmt: skip
        channels, problems = read_channels(text, "channels.yml")
        assert problems == []
        return channels

    def be_moody(self, of_mail: Callable[[str], str], of_call: OfCall, refusal: Refusal) -> None:
        """Let letters and calls go wrong: refused by the mail server, broken on the wire, answered "no"."""
        self.post.mood = of_mail
        for peer in (self.zalo, self.telegram):
            for service, wire in peer._wires.items():
                wire._fault_for = partial(of_call, service)
                wire._answer = _or_refused(wire._answer, partial(refusal, service))

    def move_in(
        self,
        office: Office,
        posts: Iterable[str],
        now: datetime,
        chats_of: Callable[[str], Collection[str]] = lambda post: CHATS,
    ) -> dict[tuple[str, str], str]:
        """Give these posts their chats; return whose an address is, those of mail with them."""
        whose = {}
        with office.database.writing() as session:
            for post in posts:
                holder = office.contacts.at_post(post, now.date())
                assert holder is not None
                for channel, address in self._chats().items():
                    if channel not in chats_of(post):
                        continue
                    kept = KeptAddress(
                        post, holder.person, channel, address, AddressStatus.LINKED, "thử", "code", now
                    )
                    addresses.put(session, kept)
                    whose[channel, address] = post
                whose["email", holder.addresses.get("email", "")] = post
        key = machine_key(office.settings.home)
        pair = Pair(KNOWN["access_token"], KNOWN["refresh_token"], now, now + timedelta(hours=25))
        KeptTokens(office.database, key, KNOWN["app_id"]).keep(pair)
        return whose

    def _chats(self) -> dict[str, str]:
        n = next(self._numbers)
        user, phone, chat, telegram = f"600{n:016}", f"849{n:08}", f"7e{n:018x}", str(880_100_000 + n)
        self.zalo.people[user] = Person(user, "oa", last_interaction=self.clock())
        self.zalo.people[phone] = Person(phone, "phone")
        self.zalo.people[chat] = Person(chat, "bot")
        self.telegram.people[telegram] = Person(telegram, "telegram")
        return {"zalo_oa": user, "zalo_zbs": phone, "zalo_bot": chat, "telegram": telegram}

    def arrived(self) -> list[Got]:
        """Everything readers have, but what lies in the mailbox of the machine."""
        chats = (*self.zalo.arrived, *self.telegram.arrived)
        return [*self.post.taken, *(Got(m.channel, m.address, m.key or m.id, m.text, m.at) for m in chats)]

    def forget(self) -> None:
        """Begin anew, with nobody told and no call counted."""
        self.post.taken.clear()
        for peer in (self.zalo, self.telegram):
            peer.arrived.clear()
            peer.calls.clear()
        self.zalo.postman.events.clear()
        self.telegram.updates.clear()
        self.zalo.zbs._tracked.clear()
        self.forget_limits()

    def forget_limits(self) -> None:
        """Let everybody be called as if nobody had been yet."""
        self.zalo.bot_people = self.zalo.bot_left = self.zalo.zbs_left = 10**6
        self.zalo.oa._calls = 0
        self.zalo.balance = 10**9

    def settle_down(self) -> None:
        """Wait until nobody is talking to a server any more: what a killed client had sent is read."""
        for _ in range(2000):
            wires = [w for peer in (self.zalo, self.telegram) for w in peer._wires.values()]
            if self.post.talking == 0 and not any(wire._open for wire in wires):
                return
            sleep(0.001)
        raise AssertionError("somebody still talks to a server")

    def __enter__(self) -> Town:
        self.mail.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.mail.stop()
        self.zalo.close()
        self.telegram.close()

    def _watched(self, answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
        def answered(request: Request) -> Reply:
            takes = any(word in request.path for word in ("sendMessage", "message/cs", "message/template"))
            if takes:
                self.post._passed("asked")
            reply = answer(request)
            if takes:
                self.post._passed("accepted")
            return reply

        return answered


def _or_refused(
    answer: Callable[[Request], Reply], refusal: Callable[[Request], Reply | None]
) -> Callable[[Request], Reply]:
    return lambda request: refusal(request) or answer(request)


class _Counted(Controller):
    """Knows how many clients are talking."""

    def factory(self) -> SMTP:
        post: Post = self.handler

        class Talk(SMTP):
            def connection_made(self, transport: Any) -> None:
                post.talking += 1
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                super().connection_lost(error)
                post.talking -= 1

        return Talk(self.handler, hostname="dondoc.example")


@contextmanager
def a_town(clock: Callable[[], datetime]) -> Iterator[Town]:
    """A town while the block lasts, with the secrets of its channels in the environment."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in SECRETS.items():
            patch.setenv(name, value)
        once = cache(httpx.create_ssl_context)  # nothing here speaks TLS, and reading all authorities is slow
        patch.setattr("httpx._transports.default.create_ssl_context", once)
        yield stack.enter_context(Town(clock))


def reached(
    office: Office, channels: Channels, posts: Collection[str], without_mail: Collection[str] = ()
) -> None:
    """Wire an office to `channels`, with the people of a few posts only; some have no mail address."""

    def changed(who: Recipient) -> Recipient:
        kept = {c: a for c, a in who.addresses.items() if c != "email" or who.post not in without_mail}
        return replace(who, addresses=kept)

    units = {post.partition("/")[0] for post in posts}
    held = [Holding(changed(who)) for who in office.contacts.recipients if who.unit.code in units]
    contacts = ContactBook(held)
    world = replace(office.world, contacts=contacts, channels=channels.names)
    office.__dict__.update(channels=channels, contacts=contacts, world=world)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
