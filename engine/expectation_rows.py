"""Which messages does an expectation mean, and in what is another one different?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.expectation_file import Expected
from engine.planning import unit_waited_for
from engine.rulebook import Audience

WHOM = {
    Audience.SUPPORTING: "đơn vị phối hợp",
    Audience.CONTACT: "đầu mối",
    Audience.HEAD: "thủ trưởng đơn vị",
    Audience.COORDINATOR: "cơ quan theo dõi, đôn đốc",
    Audience.CHAIRMAN: "Chủ tịch",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What one person would be told at one moment by one step.

    `units` owe the tasks told of; of a step turned to the unit that is waited for, that unit.
    """

    at: datetime
    step: str
    to: Audience
    units: tuple[str, ...]
    via: tuple[str, ...]
    tasks: int

    @property
    def said(self) -> str:
        """The row as a person reads it."""
        counted = f", {self.tasks} nhiệm vụ" if self.tasks > 1 else ""
        units = ", ".join(self.units[:4]) + (f" và {len(self.units) - 4} đơn vị" if self.units[4:] else "")
        return (
            f"{self.at:%H:%M %d/%m/%Y}, bậc '{self.step}', gửi {WHOM[self.to]} ({self.to}), {units}{counted}"
        )


def matches(expected: Expected, sent: Sent) -> bool:
    """Whether a row is what is expected."""
    return is_of(expected, sent) and not otherwise(expected, sent)


def is_of(expected: Expected, sent: Sent) -> bool:
    """Whether a row is of the time, the step and the unit expected."""
    step, turned_to = sent.step, unit_waited_for(sent.step)
    if turned_to and turned_to == expected.unit:
        step = step.removesuffix(f"@{turned_to}")
    return (
        expected.span.covers(sent.at)
        and expected.step in {"", sent.step, step}
        and (not expected.unit or expected.unit in sent.units)
    )


def otherwise(expected: Expected, sent: Sent) -> list[str]:
    """Return in what else a row is not as expected, in Vietnamese."""
    found = []
    if expected.to not in {None, sent.to}:
        found.append(f"gửi {WHOM[sent.to]} ({sent.to})")
    if expected.via not in {(), sent.via}:
        found.append(f"qua {', '.join(sent.via)}")
    if expected.tasks not in {0, sent.tasks}:
        found.append(f"có {sent.tasks} nhiệm vụ")
    return found


def said(expected: Expected) -> str:
    """Return an expectation in Vietnamese."""
    asked = [expected.span.said]
    asked += [f"bậc '{expected.step}'"] if expected.step else []
    asked += [f"gửi {WHOM[expected.to]} ({expected.to})"] if expected.to else []
    asked += [expected.unit] if expected.unit else []
    asked += [f"kênh {', '.join(expected.via)}"] if expected.via else []
    asked += [f"{expected.tasks} nhiệm vụ"] if expected.tasks else []
    return ", ".join(asked)
