"""What time is it? The only place that asks.

Everything else takes the moment as an argument; `--at` on the command line and the
virtual clock of the demonstration replace this one.
"""

from __future__ import annotations

from datetime import datetime

from engine.model import HANOI


def now() -> datetime:
    """Return the present moment in local time."""
    return datetime.now(HANOI)
