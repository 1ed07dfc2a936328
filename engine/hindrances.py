"""What stands between a decision to tell somebody and the message before them?

Nothing here decides: sending is stopped, a trial is on, or a person refused a channel, and an
explanation says so before the message is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.model import Recipient


class ChannelState(StrEnum):
    """Whether a channel of a step carries the message, and why not."""

    CHOSEN = "chosen"  # the first that is open and reaches the person
    SPARE = "spare"  # would do, but one before it is chosen
    CLOSED = "closed"
    NO_ADDRESS = "no_address"
    DEAD = "dead"  # there was an address, and the channel says that nobody is there
    OPTED_OUT = "opted_out"  # the person wants nothing through it
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Halt:
    """All sending, or that of one channel, is stopped: until when, None while nobody lets it go on."""

    said: str  # one Vietnamese sentence with the way out
    channel: str = ""  # "" for all
    until: datetime | None = None

    def holds(self, leaves_at: datetime, channel: str) -> bool:
        """Whether a message that would leave then through `channel` is kept back."""
        return self.channel in {"", channel} and (self.until is None or self.until > leaves_at)


@dataclass(frozen=True, slots=True)
class ClosedWay:
    """An address that is not used any more: how that came, in Vietnamese."""

    state: ChannelState
    said: str


def _anybody(recipient: Recipient, channel: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Hindrances:
    """Everything that stands in the way by now.

    `trial` is what to say while only the listed are written to, "" otherwise; `may_get` says who is
    among them. `closed` is known by own post, person and channel; `held` are the messages that wait
    for a person to decide, by key, each with the words for it.
    """

    halts: tuple[Halt, ...] = ()
    trial: str = ""
    may_get: Callable[[Recipient, str], bool] = _anybody
    closed: Mapping[tuple[str, str, str], ClosedWay] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)

    def closed_way(self, recipient: Recipient | None, channel: str) -> ClosedWay | None:
        """Return what became of a person's address on a channel, None when nothing is known against it."""
        return self.closed.get((recipient.own_post, recipient.person, channel)) if recipient else None

    def halted(self, channel: str, leaves_at: datetime, message: str = "") -> tuple[str, ...]:
        """Return what keeps back a message that would leave at a moment, a sentence each."""
        held = [self.held[message]] if message in self.held else []
        return (*held, *(halt.said for halt in self.halts if halt.holds(leaves_at, channel)))

    def on_trial(self, told: Recipient, channel: str) -> str:
        """Return what the trial that is on does to a message for who is told."""
        return f"{self.trial}; {_LISTED if self.may_get(told, channel) else _NOT_LISTED}"


_LISTED = "người nhận này có trong danh sách nên vẫn nhận được"
_NOT_LISTED = "người nhận này không có trong danh sách: tin sẽ không được gửi và không gửi bù"
NOTHING = Hindrances()
