"""Who asks the channels what people said, and who works off what was heard?

A channel with an address of ours is told about it once; every other one is asked over and over, by
exactly one process. Where asking has come to is known by the channel itself: what was kept is
confirmed, what was not is told again and known by its id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from flows.leases import Holds, held
from flows.moments import Clock
from flows.standing import StandingOffice
from notifiers.base import DeliveryFailed, Heard, Notifier
from notifiers.telegram import TelegramNotifier
from notifiers.telegram_events import offset_after
from notifiers.zalo_bot import ZaloBotNotifier
from store.database import DatabaseUnavailable
from usecases import hearing, restored
from usecases.channels import Channels
from usecases.conversing import converse, is_waiting
from usecases.errors import Refused
from usecases.secrets import secret_of
from usecases.wiring import Office
from usecases.zalo import ClosedByFault, bot_secret_of

LOG = logging.getLogger("dondoc.listening")
WEBHOOKS = {"telegram": "/webhooks/telegram", "zalo_bot": "/webhooks/zalo-bot"}
LOOK_SECONDS = 20.0  # between two looks at what waits, at the settings, and at whose turn it is
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
SHORT_POLL = 5  # seconds; a stop waits for it
_FAULTS = (DeliveryFailed, Refused, DatabaseUnavailable, SQLAlchemyError)


async def hear(office: Office, now: Clock) -> int:
    """Work off what was heard, unless another process is at it; return how much was looked at."""
    if not await asyncio.to_thread(is_waiting, office):
        return 0
    async with held(office, "hear") as holds:
        if not holds():
            return 0
        await asyncio.to_thread(restored.check_database, office, now())
        async with _own_notifiers(office) as ours:
            return (await converse(ours, now())).total()


class Listener:
    """Listens until the process is asked to stop; woken when something was kept."""

    def __init__(self, office: StandingOffice, now: Clock, look_seconds: float = LOOK_SECONDS) -> None:
        self._office, self._now, self._look_seconds = office, now, look_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Have what was heard worked off now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def live(self, asks: bool = True) -> None:
        """Work off what comes and, unless somebody else `asks`, ask the channels; returns when stopping."""
        self._loop = asyncio.get_running_loop()
        loops = [self._work_off(), *(self._listen(channel) for channel in WEBHOOKS if asks)]
        tasks = [asyncio.create_task(one) for one in loops]
        await self._office.stopping.wait()
        self._woken.set()
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work_off(self) -> None:
        while not self._office.stopping.is_set():
            self._woken.clear()
            try:
                await hear(self._office.current(), self._now)
            except _FAULTS as fault:
                LOG.warning("chưa xử lý được phản hồi, lát nữa làm tiếp: %s", _said(fault))
            except Exception:
                LOG.exception("chưa xử lý được phản hồi, lát nữa làm tiếp")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._look_seconds)

    # --- asking ----------------------------------------------------------------------------

    async def _listen(self, channel: str) -> None:
        """Listen on one channel while it is open and it is our turn; faults are waited out, ever longer."""
        wait, last = 0.0, ""
        while True:
            try:
                await self._have_turn(channel, self._office.current())
                wait, last = 0.0, ""
            except _FAULTS as fault:
                wait = min(max(2 * wait, FIRST_WAIT, _asked_to_wait(fault)), LONGEST_WAIT)
                if _said(fault) != last:
                    last = _said(fault)
                    LOG.warning("kênh %s: chưa nghe được, sẽ thử lại: %s", channel, last)
            except Exception:
                wait = LONGEST_WAIT
                LOG.exception("kênh %s: chưa nghe được, sẽ thử lại", channel)
            await asyncio.sleep(wait or self._look_seconds)

    async def _have_turn(self, channel: str, office: Office) -> None:
        if channel not in office.channels.names:
            return
        async with held(office, f"listen:{channel}") as holds, _own_notifiers(office) as ours:
            notifier = ours.notifiers[channel]
            address = await asyncio.to_thread(_address_of, channel, office.channels)
            if holds() and await _announced(notifier, address, self._now()) and not address:
                await self._ask(channel, office, notifier, holds)
            while address and holds() and self._is_as(office):
                await asyncio.sleep(self._look_seconds)

    async def _ask(self, channel: str, office: Office, notifier: Notifier, holds: Holds) -> None:
        """Ask again and again; what comes is kept before the channel is asked to forget it."""
        offset = 0
        while holds() and self._is_as(office):
            asked = asyncio.create_task(self._kept(office, notifier, offset))
            try:
                told = await asyncio.shield(asked)
            except asyncio.CancelledError:
                if channel == "zalo_bot":  # what it hands out while nobody listens any more may be lost
                    await asyncio.wait([asked])
                asked.cancel()
                raise
            # Once nothing is left, from the start: after a quiet week the numbers begin anew, and lower.
            offset = offset_after(told, offset) if told and channel == "telegram" else 0

    async def _kept(self, office: Office, notifier: Notifier, offset: int) -> list[Heard]:
        now = self._now()
        told = await _polled(notifier, offset, now)
        if told:
            await asyncio.to_thread(hearing.keep, office, told, "", now)
            self._woken.set()
        return told

    def _is_as(self, office: Office) -> bool:
        """Return whether the channels are still those of `office`."""
        return self._office.current().channels is office.channels


@asynccontextmanager
async def _own_notifiers(office: Office) -> AsyncIterator[Office]:
    """Give the office with notifiers of its own: a pump closes those it has used."""
    other = office.under(office.rulebook)
    vars(other).pop("notifiers", None)
    try:
        yield other
    finally:
        await _closed(other.notifiers.values())


async def _closed(notifiers: Iterable[Notifier]) -> None:
    for notifier in notifiers:
        await notifier.close()


def _address_of(channel: str, channels: Channels) -> str:
    """Return where a channel shall tell us, "" when it is to be asked: an address needs a secret."""
    if channel == "telegram":
        secret = secret_of(channels.telegram.secret_file, "telegram_secret") if channels.telegram else ""
    else:
        secret = bot_secret_of(channels.zalo)
    base_url = channels.office.base_url
    return base_url + WEBHOOKS[channel] if secret and base_url.startswith("https:") else ""


async def _announced(notifier: Notifier, address: str, now: datetime) -> bool:
    """Tell a channel where to tell us, or that it is going to be asked; False when it cannot be either."""
    match notifier:
        case TelegramNotifier():
            await notifier.listen_at(address)
        case ZaloBotNotifier():
            if not await notifier.deliver_to(address, now):
                raise Refused(f"Zalo không gọi được {address}; kiểm tra địa chỉ công khai và chứng thư")
        case ClosedByFault():
            raise Refused(notifier.why)
        case _:
            return False
    return True


async def _polled(notifier: Notifier, offset: int, now: datetime) -> list[Heard]:
    match notifier:
        case TelegramNotifier():
            return await notifier.poll(offset, now)
        case ZaloBotNotifier():
            return await notifier.poll(now, SHORT_POLL)
    return []


def _said(fault: Exception) -> str:
    """Return a fault in words; those of a database may carry values."""
    return type(fault).__name__ if isinstance(fault, SQLAlchemyError) else str(fault)


def _asked_to_wait(fault: Exception) -> float:
    wait = fault.retry_after if isinstance(fault, DeliveryFailed) else None
    return wait.total_seconds() if wait else 0.0
