"""What does a rule of the deadline grammar get, and what does it give back?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.deadline_days import Doubt, Point
from engine.deadline_plan import PlanYears
from engine.deadline_words import Tidy
from engine.model import Confirmation, DeadlineKind, Milestone, Offset

_MAX_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Phrase:
    """A tidied phrase, its points in time, and its skeleton with a mark for each of them."""

    tidy: Tidy
    skeleton: str
    points: tuple[Point, ...]
    issued_on: date
    plan: PlanYears | None = None

    def within(self, match: re.Match[str]) -> tuple[Point, ...]:
        """Return the points whose marks `match` covers."""
        first = self.skeleton.count("<", 0, match.start())
        return self.points[first : first + match.group().count("<")]

    def words(self, start: int, end: int | None = None) -> str:
        """Return a stretch of the skeleton with the words of its points put back."""
        points = iter(self.points[self.skeleton.count("<", 0, start) :])
        return re.sub("<[^>]*>", lambda _: next(points).words, self.skeleton[start:end])

    @property
    def dated(self) -> tuple[Point, ...]:
        """The points that are more than a bare day number."""
        return tuple(p for p in self.points if p.mark != "day")


@dataclass(frozen=True, slots=True)
class Draft:
    """A reading as one rule sees it; `says` completes the sentence "… → …"."""

    kind: DeadlineKind
    says: str
    due_on: date | None = None
    due_at: datetime | None = None
    starts_on: date | None = None
    rrule: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    proposal: date | None = None
    offset: Offset | None = None
    doubts: tuple[Doubt, ...] = ()

    def doubted(self, confirmation: Confirmation, why: str) -> Draft:
        """Return the draft with one more doubt."""
        return replace(self, doubts=(*self.doubts, (confirmation, why)))


def shown(written: str) -> str:
    """Return the words of a cell on one line, shortened, for the front of a reading."""
    words = " ".join(written[: 4 * _MAX_SHOWN].split()).rstrip(" .;,") or "Ô trống"
    return words if len(words) <= _MAX_SHOWN else words[:_MAX_SHOWN].rsplit(" ", 1)[0] + "…"


def spoken(day: date) -> str:
    """Return a date as Vietnamese readers write it."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


def milestone_of(point: Point) -> Milestone:
    """Return the point's last day with the words around it."""
    return Milestone(point.due_on, point.label)
