"""Does every exchange with Zalo end in the class of outcome that is written down for it?"""

import asyncio

import pytest

from notifiers.base import DeliveryFailed, DeliveryUnknown, Receipt, Scope
from notifiers.zalo_errors import RULES, failure, meaning
from notifiers.zalo_oauth import Pair, Refused, granted, refreshed
from tests.notifiers.zalo_world import CHAT, NOW, PHONE, USER, by_path, chat, tokens_answer, world
from tests.peers.exchanges import CLASSES, EXCHANGES

ZALO = [e for e in EXCHANGES if e.service.startswith("zalo")]
OUTCOMES = {
    "ok": Receipt,
    "retry_backoff": (False, Scope.CHANNEL),
    "reschedule": (False, Scope.CHANNEL),
    "refresh_token": (True, Scope.CHANNEL),
    "config": (True, Scope.CHANNEL),
    "billing": (True, Scope.CHANNEL),
    "quota": (True, Scope.CHANNEL),
    "window_closed": (True, Scope.WINDOW),
    "recipient_cap": (True, Scope.WINDOW),
    "recipient": (True, Scope.RECIPIENT),
    "opt_out": (True, Scope.OPTED_OUT),
    "permanent_payload": (True, Scope.CONTENT),
    "reupload": (True, Scope.CONTENT),
    "n/a": (True, Scope.CONTENT),
    "ambiguous": DeliveryUnknown,
}
NAMED = {
    "retry_backoff": "retry",
    "reschedule": "night",
    "window_closed": "window",
    "permanent_payload": "payload",
    "reupload": "payload",
    "n/a": "payload",
    "ok_idle": "retry",
}


def canned(exchange, status=None):
    told = exchange.response
    body = told["json"] if "json" in told else told["html"].encode()
    return status or told["status"], body, told.get("headers", {})


async def outcome_of(here, exchange, letter):
    """Let the adapter that would ask this question ask it, and return what it makes of the answer."""
    method, request = exchange.request["path"].rsplit("/", 1)[-1], exchange.request
    try:
        if exchange.id.startswith(("oa.cs.text", "oa.cs.err", "oa.http")):
            return await here.oa().send(letter, USER)
        if exchange.id.startswith("oa.cs.buttons"):
            return await here.oa(has_buttons=True).send(letter, USER)
        if exchange.id.startswith("zbs.phone"):
            return await here.zbs(in_trial="dev" in exchange.id).send(letter, PHONE)
        if exchange.id.startswith("zbs.uid"):
            return await here.zbs().send(letter, f"uid:{USER}")
        if exchange.service == "zalo_bot":
            return await bot_outcome(here.bot(), method, letter)
        url, parts = here.server.url + request["path"], {}
        parts = {key: request[key] for key in ("json", "query") if key in request}
        await here.api.ask(exchange.service, url, "thử", NOW, **(parts or {"json": {}}))
        return Receipt("", "sent")
    except DeliveryFailed as failure:
        return failure


async def bot_outcome(bot, method, letter):
    if method == "sendMessage":
        return await bot.send(letter, CHAT)
    if method == "getUpdates":
        heard = await bot.poll(NOW, seconds=1)
        assert all(one.kind in {"said", "joined"} for one in heard)
    elif method in {"setWebhook", "deleteWebhook"}:
        assert await bot.deliver_to("https://dondoc.example/hook" if method == "setWebhook" else "", NOW)
    elif method == "getMe":
        assert await bot.name(NOW)
    else:
        assert await bot._asked(method, {}, "thử", NOW)
    return Receipt("", "sent")


def replayed(exchange, letter, status=None):
    async def main():
        answer = by_path(access_token=tokens_answer(), other=canned(exchange, status))
        async with world(answer) as here:
            return await outcome_of(here, exchange, letter), here

    return asyncio.run(main())


def is_of(outcome, name):
    wanted = OUTCOMES["ok" if name == "ok_idle" else name]
    if isinstance(wanted, tuple):
        return not isinstance(outcome, DeliveryUnknown) and (outcome.permanent, outcome.scope) == wanted
    return isinstance(outcome, wanted)


@pytest.mark.parametrize("exchange", [e for e in ZALO if e.service != "zalo_oauth"], ids=lambda e: e.id)
def test_an_exchange_ends_as_it_is_written_down(exchange, letter_of):
    statuses = [None, exchange.response["json"]["error_code"]] if exchange.either_status else [None]
    for status in statuses:
        outcome, here = replayed(exchange, chat(letter_of()), status)

        assert any(is_of(outcome, name) for name in (exchange.outcome, exchange.outcome_too) if name), outcome
        assert here.paths().count("/v4/oa/access_token") == (exchange.outcome == "refresh_token")
        if isinstance(outcome, DeliveryFailed):
            assert "lê thị" not in outcome.reason.casefold()


@pytest.mark.parametrize("exchange", [e for e in ZALO if e.service == "zalo_oauth"], ids=lambda e: e.id)
def test_an_exchange_about_tokens_ends_as_it_is_written_down(exchange):
    async def main():
        async with world(canned(exchange)) as here:
            if exchange.request.get("form", {}).get("code"):
                return await granted(here.web, here.app, "ma", "v" * 43, NOW)
            return await refreshed(here.web, here.app, "R1", NOW)

    if exchange.outcome == "ok":
        assert isinstance(asyncio.run(main()), Pair)
    else:
        with pytest.raises(Refused):
            asyncio.run(main())
    number = exchange.response["json"].get("error")
    if exchange.outcome == "config":
        assert meaning("zalo_oauth", number).kind == "config"


def test_every_service_of_zalo_was_replayed():
    assert len(ZALO) == 82


@pytest.mark.parametrize(
    ("service", "number", "kind"),
    [(s, int(n), kind) for s, table in CLASSES.items() if s.startswith("zalo") for n, kind in table.items()],
)
def test_every_number_is_known_with_its_class_and_with_words(service, number, kind):
    if kind == "ok":
        return
    known = meaning(service.removesuffix("_older"), number)

    assert known.kind == NAMED.get(kind, kind)
    assert known.kind in RULES
    assert len(known.words) > 5


@pytest.mark.parametrize("service", ["zalo_oa", "zalo_zbs", "zalo_bot"])
def test_a_number_nobody_knows_never_passes_again_and_asks_for_a_person(service):
    strange = failure(service, -98765, "Zalo", NOW)

    assert (strange.permanent, strange.scope) == (True, Scope.CONTENT)
    assert "cần người xem" in strange.reason
