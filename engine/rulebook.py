"""Which steps does an assignment's deadline have, and where is that written?

The face of the rule language: YAML text in, `(Rulebook, [Problem])` out.
"""

from __future__ import annotations

from engine.rulebook_reader import fingerprint, read_rulebook
from engine.rulebook_types import (
    AUDIENCES,
    CHANNELS,
    FAMILIES,
    Anchor,
    Audience,
    DigestDays,
    Limit,
    Policy,
    Rule,
    Rulebook,
    SendingHours,
    Step,
    Thresholds,
    each_channel,
    steps_of,
)

__all__ = [
    "AUDIENCES",
    "CHANNELS",
    "FAMILIES",
    "Anchor",
    "Audience",
    "DigestDays",
    "Limit",
    "Policy",
    "Rule",
    "Rulebook",
    "SendingHours",
    "Step",
    "Thresholds",
    "each_channel",
    "fingerprint",
    "read_rulebook",
    "steps_of",
]
