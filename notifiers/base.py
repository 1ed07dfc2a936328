"""What is a channel, and what may it answer?

A channel carries one letter to one address and says what became of it: a receipt,
a failure that is temporary or permanent, or an outcome nobody knows. That one word
drives every retry; the channel itself decides nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from engine.model import Recipient


@dataclass(frozen=True, slots=True)
class IcsPart:
    """One deadline as a calendar entry; `uid` stays the same when the deadline moves."""

    uid: str
    due_on: date
    sequence: int  # how often the deadline has been moved
    summary: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it will be read, before any channel wraps it.

    `message_id` and `thread` carry their angle brackets; `thread` is the root the letter
    belongs under, "" when it stands alone.
    """

    key: str
    message_id: str
    subject: str
    text: str
    html: str
    ics: tuple[IcsPart, ...]
    recipient: Recipient
    thread: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel answered: accepted by a server, or known to lie before the reader."""

    provider_id: str
    state: Literal["sent", "delivered"]


class DeliveryFailed(Exception):
    """The letter was not delivered; `permanent` says whether trying again is pointless."""

    def __init__(self, reason: str, *, permanent: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after


class DeliveryUnknown(DeliveryFailed):
    """The letter was handed over and no answer came: it may or may not have arrived.

    Repeating it is safe where the letter's Message-ID lets the reader's side see a repeat.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=False)


class Notifier(Protocol):
    """A way to reach people."""

    channel: str
    batch: int  # letters that may be in hand at once: more than one only where a repeat does no harm

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt for `letter`; raises DeliveryFailed or DeliveryUnknown."""
        ...

    async def close(self) -> None:
        """Let go of connections; the notifier may be used again afterwards."""
        ...
