"""What did the ledger remember of a reminder at a moment?

`Told` is what planning must know; this is what a person asks afterwards: by which rules it
was decided, to whom and through which channel it went, and how far it had come by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.ledger import DeliveryState, Told


@dataclass(frozen=True, slots=True)
class Remembered:
    """A reminder as it stood at the moment of asking; "" and None where nothing was recorded.

    `rulebook` is the fingerprint of the rules that decided it, `message` the key of what carries it,
    `leaves_at` when that may leave or might have left, `delivery` how far it had come. `reason` says
    in Vietnamese why it was decided to tell, `why_not` why it was decided for good not to.
    """

    told: Told
    rulebook: str = ""
    place: str = ""
    person: str = ""
    channel: str = ""
    leaves_at: datetime | None = None
    delivery: DeliveryState | None = None
    reason: str = ""
    why_not: str = ""
    message: str = ""
