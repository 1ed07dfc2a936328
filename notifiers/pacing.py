"""How fast may a channel be asked, and when is it better left alone for a while?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Spaces letters out: at least `between` seconds apart, and `per_address` for one address."""

    between: float
    per_address: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _free_at: float = 0.0
    _address_free_at: dict[str, float] = field(default_factory=dict)

    async def wait(self, address: str) -> None:
        """Return when the next letter to `address` may leave; whoever asks first goes first."""
        now = self.clock()
        at = max(now, self._free_at, self._address_free_at.get(address, now))
        self._free_at = at + self.between
        self._address_free_at = {a: free for a, free in self._address_free_at.items() if free > now}
        self._address_free_at[address] = at + self.per_address
        if at > now:
            await self.sleep(at - now)


@dataclass
class Breaker:
    """Opens after `patience` failures in a row and stays open for `pause` seconds.

    Then one letter may try; when that fails too, it opens again at once.
    """

    patience: int = 3
    pause: float = 600.0
    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _opened_at: float = 0.0

    @property
    def closed_for(self) -> float:
        """How many seconds nothing may be tried; 0 when a letter may leave."""
        if self._failures < self.patience:
            return 0.0
        return max(0.0, self._opened_at + self.pause - self.clock())

    def failed(self) -> None:
        """Count a failure to get there at all."""
        self._failures += 1
        self._opened_at = self.clock()

    def passed(self) -> None:
        """Forget the failures: the service was reached."""
        self._failures = 0
