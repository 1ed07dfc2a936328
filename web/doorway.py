"""What does every page and every webhook stand on?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from usecases.wiring import Office


def _nobody() -> None:
    """Nobody waits for what was heard: the next tick works it off."""


@dataclass(frozen=True, slots=True)
class Doorway:
    """The office as it stands, the clock, and whom to wake when something was heard.

    `refused` counts what was turned away, by what it pretended to be; of it nothing else is kept.
    """

    office: Callable[[], Office]
    now: Callable[[], datetime]
    heard: Callable[[], None] = _nobody
    refused: Counter[str] = field(default_factory=Counter)
