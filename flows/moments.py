"""Which moment does a run look from?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.model import HANOI
from usecases import clock

Clock = Callable[[], datetime]


def moment_of(text: str | None) -> datetime:
    """Return the moment written as ISO text, read as local time without an offset; now without text."""
    if text is None:
        return clock.now()
    at = datetime.fromisoformat(text)
    return at.astimezone(HANOI) if at.tzinfo else at.replace(tzinfo=HANOI)


def clock_from(start: datetime | None) -> Clock:
    """Return the clock, or for a rehearsal one that shows `start` now and runs on from there."""
    if start is None:
        return clock.now
    began_at = clock.now()
    return lambda: start + (clock.now() - began_at)
