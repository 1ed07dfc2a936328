"""An application of Zalo whose hosts are one canned server, and a store that remembers what happened."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from engine.model import HANOI
from notifiers.base import Choice
from notifiers.http import Outbound, Web
from notifiers.zalo_bot import ZaloBotNotifier, ZaloBotSettings
from notifiers.zalo_oa import OaNotifier
from notifiers.zalo_oauth import Pair, Tokens, ZaloApp
from notifiers.zalo_wire import OpenApi
from notifiers.zalo_zbs import ZbsNotifier, ZbsSettings
from tests.notifiers.canned import serving

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=HANOI)
LOCAL = frozenset({"127.0.0.1"})
USER, PHONE, CHAT = "6001002003004005006", "84900000042", "7e00000000000000b002"
OK = (200, {"error": 0, "message": "Success", "data": {"message_id": "b1", "quota": {"quota_type": "reply"}}})
STALE = (200, {"error": -216, "message": "Access token is invalid"})
CHOICES = (
    Choice("acknowledge", "Tôi đã nhận", "t" * 22, "https://dondoc.example/p/1", "OK 0042"),
    Choice("report", "Tôi báo cáo", "u" * 22, "https://dondoc.example/p/1", "BC 0042"),
)
FIELDS = {
    "nguoi_nhan": "Lê Thị Ví Dụ",
    "ma_viec": "KH-12/15",
    "trang_thai": "Còn 3 ngày",
    "han": "17:00 30/11/2026",
}


class Memory:
    """Keeps the pair in memory and writes down in which order things happened."""

    def __init__(self, pair=None, is_leased_elsewhere=False):
        self.pair, self.events, self.is_leased_elsewhere = pair, [], is_leased_elsewhere

    def read(self):
        return self.pair

    def keep(self, pair):
        self.events.append(f"keep {pair.access}")
        self.pair = pair

    def refused(self, pair, why):
        self.events.append(f"refused {pair.refresh}")
        if self.pair.refresh == pair.refresh:
            self.pair = replace(self.pair, is_granted=False)

    def lease(self, now, until):
        return not self.is_leased_elsewhere

    def release(self):
        self.events.append("release")


def pair(access="A1", refresh="R1", age=timedelta(0)):
    return Pair(access, refresh, NOW - age, NOW - age + timedelta(hours=25))


def tokens_answer(access="A2", refresh="R2"):
    return (200, {"access_token": access, "refresh_token": refresh, "expires_in": "90000"})


def by_path(**answers):
    """Return an answer that depends on the end of the path; `other` for the rest, lists are used up."""

    def answer(asked):
        key = asked.path.rsplit("/", 1)[-1]
        found = answers.get(key, answers.get("other", OK))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found

    return answer


class World:
    """The adapters against one server."""

    def __init__(self, server, store, **app):
        url = server.url
        self.server, self.store = server, store
        hosts = {"oauth_url": url, "oa_url": url, "zbs_url": url}
        self.app = ZaloApp("4111222233334444555", "2777888899990000111", "bi-mat-ung-dung", **hosts, **app)
        self.web = Web(Outbound(LOCAL, LOCAL))
        self.tokens = Tokens(self.app, store, self.web, sleep=lambda _: asyncio.sleep(0))
        self.api = OpenApi(self.app, self.tokens, self.web)

    def oa(self, **options):
        return OaNotifier(self.api, **options)

    def zbs(self, **changes):
        return ZbsNotifier(self.api, ZbsSettings("610001", **changes))

    def bot(self, used=lambda _: 0, **changes):
        return ZaloBotNotifier(
            ZaloBotSettings("314:TOKEN", "bi-mat", self.server.url, **changes), self.web, used
        )

    def paths(self):
        return [asked.path for asked in self.server.asked]


@asynccontextmanager
async def world(*script, store=None, **app):
    async with serving(*script) as server:
        here = World(server, store if store is not None else Memory(pair()), **app)
        try:
            yield here
        finally:
            await here.web.close()


def chat(letter, **changes):
    """The letter as a chat gets it."""
    return replace(
        letter, **({"short": "KH-12/15 còn 3 ngày.", "fields": FIELDS, "at": NOW, "key": "a1b2c3"} | changes)
    )
