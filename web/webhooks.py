"""What channels tell us at an address of ours: is it them, and is it kept?

The signature is looked at over the octets as they came. What is genuine is kept in one
transaction, answered, and worked off afterwards; of anything else only a count remains.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from notifiers import telegram_events, zalo_events
from notifiers.base import Heard
from usecases import hearing
from usecases.errors import Refused
from usecases.secrets import secret_of
from usecases.wiring import Office
from usecases.zalo import bot_secret_of, webhook_of
from web.bodies import TooLarge, body_of
from web.doorway import Doorway

MOST_OCTETS = 1024 * 1024
_log = logging.getLogger("dondoc.web")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A genuine delivery: what it tells, and what to answer besides "good"."""

    told: list[Heard]
    answer: dict[str, str] | None = None


class NotGenuine(Exception):
    """A delivery that nobody we know has signed."""


Reader = Callable[[Request, bytes, Office, datetime], Delivery]


async def telegram(request: Request) -> Response:
    """Take what Telegram tells."""
    return await _taken(request, "telegram", _of_telegram)


async def zalo_bot(request: Request) -> Response:
    """Take what the Zalo bot is told."""
    return await _taken(request, "zalo_bot", _of_zalo_bot)


async def zalo(request: Request) -> Response:
    """Take what happens around the official account and its templates."""
    return await _taken(request, "zalo", _of_zalo)


async def _taken(request: Request, name: str, read: Reader) -> Response:
    doorway: Doorway = request.app.state.doorway
    try:
        body = await body_of(request, MOST_OCTETS)
        delivery = await run_in_threadpool(_kept, request, body, doorway, read)
    except TooLarge:
        return _turned_away(doorway, name, 413)
    except NotGenuine:
        return _turned_away(doorway, name, 403)
    except Refused as refused:  # a secret of ours that cannot be read: they shall come again
        _log.error("webhook %s: %s", name, refused)
        return _turned_away(doorway, name, 503)
    if delivery.told:
        doorway.heard()
    return JSONResponse(delivery.answer or {"ok": True})


def _kept(request: Request, body: bytes, doorway: Doorway, read: Reader) -> Delivery:
    office, now = doorway.office(), doorway.now()
    delivery = read(request, body, office, now)
    if delivery.told:
        hearing.keep(office, delivery.told, body.decode("utf-8", "replace").replace("\0", "�"), now)
    return delivery


def _turned_away(doorway: Doorway, name: str, status: int) -> Response:
    doorway.refused[name] += 1
    return JSONResponse({"ok": False}, status, {"Connection": "close"})


def _of_telegram(request: Request, body: bytes, office: Office, now: datetime) -> Delivery:
    config = office.channels.telegram
    secret = secret_of(config.secret_file, "telegram_secret") if config else ""
    if not telegram_events.verify(request.headers, secret):
        raise NotGenuine
    return Delivery(telegram_events.parse(body, now), telegram_events.reply_to(body))


def _of_zalo_bot(request: Request, body: bytes, office: Office, now: datetime) -> Delivery:
    if not zalo_events.is_from_bot(request.headers, bot_secret_of(office.channels.zalo)):
        raise NotGenuine
    return Delivery(zalo_events.bot_heard_in(body, now))


def _of_zalo(request: Request, body: bytes, office: Office, now: datetime) -> Delivery:
    """Read an event of the account; the empty question Zalo asks of an address means nothing."""
    wanted = webhook_of(office.channels.zalo)
    verdict = zalo_events.verified(request.headers, body, wanted)
    if verdict.is_check:
        return Delivery([])
    if not verdict.is_genuine:
        _log.warning("webhook zalo: %s", verdict.why_not)
        raise NotGenuine
    return Delivery(zalo_events.oa_heard(body, now, wanted))
