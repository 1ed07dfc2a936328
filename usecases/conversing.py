"""What was heard is worked off, and what is to be said back is said on the channel it came by."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Protocol, runtime_checkable

from notifiers.base import DeliveryFailed, Scope
from notifiers.telegram import TelegramNotifier
from store import heard
from usecases.hearing import work_off
from usecases.wiring import Office


@runtime_checkable
class Talking(Protocol):
    """A channel on which somebody who wrote is answered."""

    async def say(self, address: str, text: str, now: datetime) -> str:
        """Return the provider's id of the answer; raises DeliveryFailed."""
        ...


def is_waiting(office: Office) -> bool:
    """Return whether anything was heard that nobody has worked off."""
    with office.database.reading() as session:
        return bool(heard.unsettled(session))


async def converse(office: Office, now: datetime) -> Counter[str]:
    """Work off everything heard; return how much of it reached each state.

    The caller holds the right to: two at once might answer twice.
    """

    async def say(channel: str, address: str, text: str) -> None:
        match office.notifiers.get(channel):
            case TelegramNotifier() as bot:
                await bot.say(address, text)
            case Talking() as talking:
                await talking.say(address, text, now)
            case _:
                words = f"kênh '{channel}' đã đóng hoặc không trả lời được"
                raise DeliveryFailed(words, permanent=True, scope=Scope.CHANNEL)

    return await work_off(office, now, say)
