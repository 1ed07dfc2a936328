"""What does the ledger remember, in words the engine understands?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

NOTICE_STEP = "can-xem-xet"  # of what is laid before the coordinator at once; no rule has such a step


class DeliveryState(StrEnum):
    """Where a message stands on its way; see DESIGN §6 for the transitions."""

    PLANNED = "planned"
    HELD = "held"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED_TEMPORARY = "failed_temporary"
    FAILED_PERMANENT = "failed_permanent"
    SUPPRESSED = "suppressed"
    MERGED = "merged"  # what it carried leaves in another message to the same post
    UNKNOWN = "unknown"


class ToldState(StrEnum):
    """What became of one reminder, as far as planning must know."""

    WAITING = "waiting"  # kept for later: the level below, or the day's limit
    PENDING = "pending"  # its message has not left yet, or nobody knows
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Told:
    """One reminder the ledger knows; `at` is when it reached its state."""

    key: str
    assignment_id: str
    due_on: date
    step: str
    level: int
    post: str
    falls_at: datetime
    state: ToldState
    at: datetime
    suppression: str = ""  # the code of the reason, for what was not told
