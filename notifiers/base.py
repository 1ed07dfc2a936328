"""What is a channel, and what may it answer?

A channel carries one letter to one address and says what became of it: a receipt,
a failure that is temporary or permanent, or an outcome nobody knows. That one word
drives every retry; the channel itself decides nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
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
class Attachment:
    """A file that travels with a letter; its name is plain ASCII."""

    name: str  # "qua-han-20251016.pdf"
    media_type: str  # "application/pdf"
    octets: bytes


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing the reader may answer: a button, a link, and the words to type where there are neither.

    `token` is opaque and short enough for every channel (22 characters); `url` is the page
    behind it, "" while the service has no address to be reached at.
    """

    response: str  # a value of engine.responses.ResponseKind
    label: str  # "Tôi đã nhận"
    token: str = ""
    url: str = ""
    typed: str = ""  # "OK 0042"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it will be read, before any channel wraps it.

    `message_id` and `thread` carry their angle brackets; `thread` is the root the letter
    belongs under, "" when it stands alone. `short` is the same message for a chat, complete in
    itself; `fields` are the values for a channel that fills templates approved beforehand.
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
    short: str = ""
    choices: tuple[Choice, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel answered: accepted by a server, or known to lie before the reader."""

    provider_id: str
    state: Literal["sent", "delivered"]


class Scope(StrEnum):
    """What a failure says something about, and so what must happen besides trying again or not."""

    RECIPIENT = "recipient"  # this address is no good: it is marked, the next channel is tried
    OPTED_OUT = "opted_out"  # the person wants nothing through this channel: recorded, next channel
    WINDOW = "window"  # the channel may not write to this person now: next channel, address unharmed
    CONTENT = "content"  # this message will never pass: next channel, and a person must look
    CHANNEL = "channel"  # ours: login, quota, settings, the way there; says nothing about anybody


class DeliveryFailed(Exception):
    """The letter was not delivered; `permanent` says whether trying this channel again is pointless.

    `moved_to` is the address under which a channel says the recipient is found from now on.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        retry_after: timedelta | None = None,
        scope: Scope = Scope.RECIPIENT,
        moved_to: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.scope = scope
        self.moved_to = moved_to


class DeliveryUnknown(DeliveryFailed):
    """The letter was handed over and no answer came: it may or may not have arrived.

    Repeating it is safe where the letter's Message-ID lets the reader's side see a repeat.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=False, scope=Scope.CHANNEL)


@dataclass(frozen=True, slots=True)
class Heard:
    """Something a channel told us, as it was told: to be kept before anybody acts on it.

    `id` is the same when the channel tells it again. `kind` is one of "said" (words or a button of
    a person), "receipt", "joined" (a person opened the channel to us), "left" (closed it), "other".
    """

    channel: str
    id: str
    kind: Literal["said", "receipt", "joined", "left", "other"]
    at: datetime
    address: str = ""  # who said it, as letters are addressed on this channel
    text: str = ""
    token: str = ""  # of a pressed button, or of the code a person joined with
    about: str = ""  # the provider's id, or our tracking id, of the message it belongs to
    state: Literal["", "delivered", "read", "failed"] = ""  # of a receipt
    name: str = ""  # what the channel calls the person
    is_private: bool = True  # False in a group, where nobody is linked and nothing is settled


class Notifier(Protocol):
    """A way to reach people."""

    channel: str
    batch: int  # letters that may be in hand at once: more than one only where a repeat does no harm
    repeats_safely: bool  # whether the reader's side can see that a repeated letter is the same one

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt for `letter`; raises DeliveryFailed or DeliveryUnknown."""
        ...

    async def close(self) -> None:
        """Let go of connections; the notifier may be used again afterwards."""
        ...


def repeats_safely(notifier: Notifier, address: str) -> bool:
    """Whether a letter repeated to `address` is known to be the same one.

    A channel that reaches people in two ways says so for each with `repeats_safely_to`.
    """
    by_address = getattr(notifier, "repeats_safely_to", None)
    return bool(by_address(address)) if by_address else notifier.repeats_safely
