"""What does channels.yml say about limits, and about whom may be written to while on trial?"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import Recipient
from engine.yamltext import Section

YES_NO = ("có", "không")
PER_TICK, PER_PERSON, PER_DAY = 10_000, 50, 20_000
STORM_FACTOR = 3
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits of sending; `allow` names addresses, "@domain"s and posts, and counts on trial only."""

    in_trial: bool = False
    allow: frozenset[str] = frozenset()
    per_tick: int = PER_TICK
    per_person_per_day: int = PER_PERSON
    per_day: int = PER_DAY
    storm_factor: int = STORM_FACTOR
    storm_least: int = 0  # 0: by the number of contacts in people.yml

    def may_write_to(self, recipient: Recipient, channel: str) -> bool:
        """Return whether a person may get something through a channel."""
        if not self.in_trial:
            return True
        address = recipient.addresses.get(channel, "").casefold()
        domain = f"@{address.rpartition('@')[2]}" if "@" in address else ""
        return bool(self.allow & ({recipient.post.casefold(), address, domain} - {""}))


def read_guards(root: Section) -> Guards:
    """Return the limits of the file that `root` has open."""
    trial = root.section(root.get("trial"), "mục 'trial'")
    in_trial = trial.choice("enabled", YES_NO, "không") == "có"
    allow = frozenset(name.casefold() for name in trial.texts("allow"))
    trial.finish()
    section = root.section(root.get("guards"), "mục 'guards'")
    guards = Guards(
        in_trial,
        allow,
        _number(section, "per_tick", PER_TICK),
        _number(section, "per_person_per_day", PER_PERSON),
        _number(section, "per_day", PER_DAY),
        _number(section, "storm_factor", STORM_FACTOR),
        _number(section, "storm_least", 0),
    )
    section.finish()
    return guards


def _number(section: Section, key: str, default: int) -> int:
    return section.typed(key, _positive, f"một số từ 1 đến {MOST}", default)


def _positive(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text) <= MOST else None
