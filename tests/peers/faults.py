"""What goes wrong with the next request?

Faults are queued for one method, one service or anything, a given number of times; or drawn by a
seeded script, which breaks the same calls the same way whenever the same calls are made.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass

BEFORE = ("reset", "hang", "html_502", "500")  # the request has no effect
AFTER = ("accept_then_timeout", "accept_then_reset", "cut_json")  # it has, and its answer is lost
KINDS = (*BEFORE, *AFTER, "slow")


@dataclass(slots=True)
class Fault:
    """One way a request goes wrong; `seconds` is how long "slow" takes."""

    kind: str
    times: int = 1
    method: str | None = None
    seconds: float = 0.2

    @property
    def is_accepted(self) -> bool:
        """Whether the request counts all the same."""
        return self.kind not in BEFORE


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []
        self._script: tuple[random.Random, float, Sequence[str]] | None = None
        self._lock = threading.Lock()
        self.happened: list[tuple[str, str]] = []  # (method, kind), in order

    def add(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            raise ValueError(f"no such fault: {fault.kind!r}; there are {', '.join(KINDS)}, and leave()")
        self._queue.append(fault)

    def script(self, seed: int, share: float, kinds: Sequence[str]) -> None:
        """Break about `share` of all calls from now on; a share of 0 ends it."""
        for kind in kinds:
            if kind not in KINDS:
                raise ValueError(f"no such fault: {kind!r}")
        self._script = (random.Random(seed), share, kinds) if share else None

    def clear(self) -> None:
        self._queue.clear()
        self._script = None

    def next_for(self, service: str, method: str) -> Fault | None:
        """Return what happens to this call, counting it off."""
        with self._lock:
            fault = self._queued(service, method) or self._drawn()
            if fault:
                self.happened.append((method, fault.kind))
            return fault

    def _queued(self, service: str, method: str) -> Fault | None:
        for fault in self._queue:
            if fault.method in (None, service, method):
                fault.times -= 1
                if fault.times == 0:
                    self._queue.remove(fault)
                return fault
        return None

    def _drawn(self) -> Fault | None:
        if not self._script:
            return None
        draw, share, kinds = self._script
        return Fault(draw.choice(list(kinds)), seconds=0.01) if draw.random() < share else None
