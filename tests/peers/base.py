"""What do all peers have in common?

Servers that stand while a `with` lasts, a clock given by the test, faults on demand, answers refused
on demand, and the list of what readers really have.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from engine.model import HANOI
from tests.peers.faults import KINDS, Fault, Faults
from tests.peers.wire import Reply, Request, Wire
from usecases import clock as real_clock

Handler = Callable[[Request], Reply]


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: what it says, and what pressing it sends."""

    text: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as a reader has it."""

    channel: str  # zalo_oa · zalo_zbs · zalo_bot · telegram
    address: str  # as our letters are addressed: user id, "84…", chat id
    text: str
    buttons: tuple[Button, ...]
    key: str  # our own key as the channel keeps it: tracking_id, or ""
    at: datetime
    id: str  # the channel's own id of the message
    fields: dict[str, str] = field(default_factory=dict)  # of a template


@dataclass(slots=True)
class Refusal:
    """An answer of "no" to come, to calls of one method or service."""

    target: str
    code: int
    text: str
    times: int | None


class Peer:
    """The servers of one provider.

    `clock` tells the time of everything that lasts (tokens, windows, days, months); `ticker` counts
    the seconds of rate limits.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = real_clock.now,
        ticker: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._skew = clock, timedelta()
        self.ticker = ticker
        self.changed = threading.Condition(threading.RLock())  # guards all state
        self.arrived: list[Arrived] = []
        self.calls: list[str] = []  # methods called, in order, faults included
        self.faults = Faults()
        self.refusals: list[Refusal] = []
        self.poll_seconds = 0.2  # the longest a long poll really waits
        self._wires: dict[str, Wire] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self.changed:
            self.changed.notify_all()
        for wire in self._wires.values():
            wire.close()

    def now(self) -> datetime:
        """Return the present moment of this peer, in local time."""
        return self._clock().astimezone(HANOI) + self._skew

    def pass_time(self, hours: float) -> None:
        """Let this peer's clock run ahead of the test's."""
        self._skew += timedelta(hours=hours)

    def pass_until(self, time_of_day: str) -> None:
        """Let it be "HH:MM" today or, when that is past, tomorrow."""
        now = self.now()
        hour, minute = map(int, time_of_day.split(":"))
        then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self._skew += then - now if then >= now else then + timedelta(days=1) - now

    def fault(self, kind: str, times: int = 1, method: str | None = None, seconds: float = 0.2) -> None:
        """Break the next `times` calls, of `method` (or service) only when given."""
        self.faults.add(Fault(kind, times, method, seconds))

    def faults_at_random(self, seed: int, share: float, kinds: Sequence[str] = KINDS) -> None:
        """Break about `share` of all calls from now on; a share of 0 ends it."""
        self.faults.script(seed, share, kinds)

    def leave(self, service: str | None = None) -> None:
        """Refuse every connection, to one service or all, until `come_back`."""
        for name, wire in self._wires.items():
            if service in (None, name):
                wire.leave()

    def come_back(self, service: str | None = None) -> None:
        for name, wire in self._wires.items():
            if service in (None, name):
                wire.come_back()

    def refuse(self, target: str, code: int, text: str = "", times: int | None = 1) -> None:
        """Answer "no" to the next calls of a method or service; for good when `times` is None."""
        self.refusals.append(Refusal(target, code, text, times))

    def set(self, name: str, value: Any) -> None:
        """Change one of the peer's settings."""
        if not hasattr(self, name):
            raise ValueError(f"no such setting: {name!r}")
        setattr(self, name, value)

    def refusal_of(self, service: str, method: str) -> Refusal | None:
        """Return the refusal that meets this call, counting it off."""
        for refusal in self.refusals:
            if refusal.target in (service, method):
                if refusal.times is not None:
                    refusal.times -= 1
                    if refusal.times == 0:
                        self.refusals.remove(refusal)
                return refusal
        return None

    def serve(self, service: str, handler: Handler, method_of: Callable[[Request], str]) -> str:
        """Start a server; return its address."""

        def fault_for(request: Request) -> Fault | None:
            self.calls.append(method_of(request))
            return self.faults.next_for(service, method_of(request))

        self._wires[service] = Wire(handler, fault_for)
        return self._wires[service].url


def milliseconds(at: datetime) -> int:
    """Return `at` as the Zalo services write moments."""
    return int(at.timestamp() * 1000)
