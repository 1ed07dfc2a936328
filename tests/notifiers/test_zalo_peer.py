"""Do the channels of Zalo live with services that keep state: windows, quotas, tokens, lost answers?"""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from engine.model import HANOI
from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope
from notifiers.http import Outbound, Web
from notifiers.zalo_bot import ZaloBotNotifier, ZaloBotSettings
from notifiers.zalo_events import ZaloWebhook, bot_heard_in, is_from_bot, oa_heard, verified
from notifiers.zalo_oa import OaNotifier
from notifiers.zalo_oauth import Pair, Tokens, ZaloApp
from notifiers.zalo_wire import OpenApi
from notifiers.zalo_zbs import ZbsNotifier, ZbsSettings
from tests.notifiers.canned import serving
from tests.notifiers.zalo_world import CHOICES, FIELDS, Memory, chat
from tests.peers.exchanges import KNOWN
from tests.peers.zalo import ZaloPeer

START = datetime(2026, 11, 24, 8, 0, tzinfo=HANOI)
OURS = ZaloWebhook(KNOWN["app_id"], KNOWN["oa_id"], KNOWN["oa_secret"], is_strict=True)
ADDRESS = {"zalo_oa": KNOWN["user_id"], "zalo_zbs": KNOWN["phone"], "zalo_bot": KNOWN["chat_id"]}
CHANNELS = tuple(ADDRESS)


class Office:
    """The three channels against one peer; time is the peer's."""

    def __init__(self, peer, letter):
        self.peer, self.letter = peer, letter
        kept = Pair(KNOWN["access_token"], KNOWN["refresh_token"], START, START + timedelta(hours=25))
        self.store = Memory(kept)
        urls = {"oauth_url": peer.oauth_url, "oa_url": peer.oa_url, "zbs_url": peer.zbs_url}
        app = ZaloApp(KNOWN["app_id"], KNOWN["oa_id"], KNOWN["app_secret"], **urls)
        hosts = frozenset(urlsplit(url).hostname for url in (*urls.values(), peer.bot_url))
        self.web = Web(Outbound(hosts, hosts, connect=1, total=1))
        api = OpenApi(app, Tokens(app, self.store, self.web), self.web)
        bot = ZaloBotSettings(KNOWN["bot_token"], KNOWN["bot_secret"], peer.bot_url)
        self.by_name = {
            "zalo_oa": OaNotifier(api, has_buttons=True),
            "zalo_zbs": ZbsNotifier(api, ZbsSettings(KNOWN["template"])),
            "zalo_bot": ZaloBotNotifier(bot, self.web),
        }

    async def send(self, channel, address="", **changes):
        """Return the receipt or the failure."""
        letter = replace(self.letter, at=self.peer.now(), **changes)
        try:
            return await self.by_name[channel].send(letter, address or ADDRESS[channel])
        except DeliveryFailed as failure:
            return failure

    def keys(self, channel):
        return [message for message in self.peer.arrived if message.channel == channel]


@pytest.fixture
def run(letter_of):
    """Run a scenario against an office of its own."""

    @asynccontextmanager
    async def opened():
        with ZaloPeer(clock=lambda: START) as peer:
            office = Office(peer, chat(letter_of(), choices=CHOICES, fields=FIELDS))
            try:
                yield office
            finally:
                await office.web.close()

    def build(scenario):
        async def main():
            async with opened() as office:
                return await scenario(office)

        return asyncio.run(main())

    return build


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_letter_arrives_as_it_was_written(run, channel):
    async def scenario(office):
        receipt = await office.send(channel)
        (arrived,) = office.keys(channel)

        assert receipt.provider_id == arrived.id
        assert arrived.address == ADDRESS[channel]
        if channel == "zalo_zbs":
            assert (arrived.key, arrived.fields["ma_viec"]) == ("a1b2c3", "KH-12/15")
        else:
            assert arrived.text.startswith("KH-12/15 còn 3 ngày.")
        assert len(arrived.buttons) == (3 if channel == "zalo_oa" else len(arrived.buttons))

    run(scenario)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "fault", ["accept_then_timeout", "accept_then_reset", "cut_json", "reset", "hang", "html_502"]
)
def test_whatever_was_lost_the_outcome_is_unknown_and_nothing_is_sent_twice(run, channel, fault):
    async def scenario(office):
        if channel == "zalo_zbs":
            await office.send(channel)  # the template is known by now: the fault meets the message
        before = len(office.keys(channel))
        office.peer.fault(fault)

        assert isinstance(await office.send(channel), DeliveryUnknown)
        assert len(office.keys(channel)) - before == (fault.startswith(("accept", "cut")))

    run(scenario)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_service_that_is_gone_got_nothing_and_serves_again_when_it_is_back(run, channel):
    async def scenario(office):
        office.peer.leave()
        gone = await office.send(channel)
        office.peer.come_back()

        assert (gone.permanent, gone.scope, type(gone)) == (False, Scope.CHANNEL, DeliveryFailed)
        assert office.keys(channel) == []
        assert (await office.send(channel)).state == "sent"

    run(scenario)


@pytest.mark.parametrize("channel", ["zalo_oa", "zalo_zbs"])
def test_a_token_that_died_early_is_renewed_and_the_letter_goes_out_once(run, channel):
    async def scenario(office):
        office.peer.expire_access_token()

        assert (await office.send(channel)).state == "sent"
        assert len(office.keys(channel)) == 1
        assert [event for event in office.store.events if event.startswith("keep")] == [
            f"keep {office.store.pair.access}"
        ]

    run(scenario)


def test_a_year_of_letters_every_twenty_hours_never_asks_a_person_for_access(run):
    async def scenario(office):
        for _ in range(60):
            office.peer.pass_time(20)
            assert (await office.send("zalo_zbs")).state == "sent"
            office.peer.set("zbs_left", 500)
        assert office.store.pair.is_granted
        assert not [event for event in office.store.events if event.startswith("refused")]

    run(scenario)


def test_a_refresh_token_that_was_spent_elsewhere_ends_in_one_question(run):
    async def scenario(office):
        office.peer.spend_refresh_token()
        office.peer.expire_access_token()
        first, second = await office.send("zalo_oa"), await office.send("zalo_oa")

        assert {(f.permanent, f.scope) for f in (first, second)} == {(True, Scope.CHANNEL)}
        assert office.peer.calls.count("access_token") == 1
        assert "dondoc zalo connect" in first.reason

    run(scenario)


def test_the_window_closes_after_seven_days_and_a_word_opens_it_again(run):
    async def scenario(office):
        office.peer.silent_for(KNOWN["user_id"], 24 * 7 + 1)
        closed = await office.send("zalo_oa")
        office.peer.user_says(KNOWN["user_id"], "Chào")

        assert (closed.permanent, closed.scope) == (True, Scope.WINDOW)
        assert (await office.send("zalo_oa")).state == "sent"

    run(scenario)


def test_what_people_do_comes_back_signed_and_is_heard(run):
    async def scenario(office):
        told, verdicts = [], []

        def receive(asked):
            verdicts.append(verified(asked.headers, asked.body, OURS).matched)
            told.extend(oa_heard(asked.body, office.peer.now(), OURS))
            return (200, {})

        receipts = [await office.send(channel) for channel in ("zalo_oa", "zalo_zbs")]
        (message,) = office.keys("zalo_oa")
        office.peer.user_says(KNOWN["user_id"], "OK 0042", quoting=message.id)
        office.peer.press(KNOWN["user_id"], "Tôi đã nhận")
        office.peer.reads(message)
        office.peer.block(KNOWN["user_id"])
        office.peer.pass_time(0.01)
        async with serving(receive) as server:
            await asyncio.to_thread(office.peer.deliver_webhooks, server.url, copies=2)

        assert set(verdicts) == {"app_id+body"}
        once = {one.id: one for one in told}
        assert len(told) == 2 * len(once)
        kinds = sorted((one.channel, one.state or one.kind, one.about) for one in once.values())
        assert ("zalo_oa", "said", message.id) in kinds
        assert ("zalo_oa", "read", receipts[0].provider_id) in kinds
        assert ("zalo_zbs", "delivered", "a1b2c3") in kinds
        assert ("zalo_oa", "left", "") in kinds
        assert "t" * 22 in {one.token for one in once.values()}

    run(scenario)


def test_the_bot_is_polled_and_called_and_says_the_same(run):
    async def scenario(office):
        bot = office.by_name["zalo_bot"]
        office.peer.user_says(KNOWN["chat_id"], "OK 0042")
        polled = await bot.poll(office.peer.now(), seconds=1)
        office.peer.replay(1)
        again = await bot.poll(office.peer.now(), seconds=1)
        idle = await bot.poll(office.peer.now(), seconds=1)

        assert [one.text for one in polled] == ["OK 0042"]
        assert (again, idle) == (polled, [])
        assert await bot.say(polled[0].address, "Đã ghi nhận.", office.peer.now())
        assert office.keys("zalo_bot")[-1].text == "Đã ghi nhận."

    run(scenario)


def test_the_bots_events_show_the_secret_that_was_given(run):
    async def scenario(office):
        told = []

        def receive(asked):
            if is_from_bot(asked.headers, KNOWN["bot_secret"]):
                told.extend(bot_heard_in(asked.body, office.peer.now()))
            return (200, {})

        async with serving(receive) as server:
            await office.by_name["zalo_bot"].deliver_to("https://dondoc.example/nghe", office.peer.now())
            office.peer.user_says(KNOWN["chat_id"], "NOI 482913")
            await asyncio.to_thread(office.peer.deliver_webhooks, server.url, kind="bot")

        assert [(one.kind, one.token, one.address) for one in told] == [
            ("joined", "482913", KNOWN["chat_id"])
        ]

    run(scenario)
