"""What do the rules consist of?

Policies with their steps, rules that say which assignments get which policy, limits and
sending hours. Every step and rule remembers the file and line it stands on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from functools import lru_cache

from engine.model import Assignment, PostRole, Role, Task
from engine.rulebook_values import WEEKDAYS

FAMILIES = {"zalo": ("zalo_bot", "zalo_oa", "zalo_zbs")}  # "zalo" in a rule: whichever of them reaches
CHANNELS = ("email", "mailbox", "zalo", "telegram", *FAMILIES["zalo"])


class Anchor(StrEnum):
    """The side of the deadline a step stands on."""

    BEFORE = "before"
    ON = "on"
    AFTER = "after"


class Audience(StrEnum):
    """Who a step speaks to."""

    SUPPORTING = "supporting"
    CONTACT = "contact"
    HEAD = "head"
    COORDINATOR = "coordinator"
    CHAIRMAN = "chairman"

    @property
    def level(self) -> int:
        """Its place in the ladder: 0 information, 1 contact … 4 chairman."""
        return _LEVELS[self]

    @property
    def role(self) -> PostRole:
        """The post that is spoken to, of the unit itself or of the province."""
        return PostRole.CONTACT if self is Audience.SUPPORTING else PostRole(self)


AUDIENCES = tuple(Audience)  # by level
_LEVELS = {audience: level for level, audience in enumerate(AUDIENCES)}


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a policy: when, to whom, through which channels in which order.

    Days count back from the last working day on or before the deadline, or forward from
    the first working day on or after it; `at` is local time. Calendar days are counted
    first and end on a working day, working days are counted from there: a step that is
    written in one of them may repeat in the other.
    """

    id: str
    policy: str
    anchor: Anchor
    working_days: int
    at: time
    to: Audience
    via: tuple[str, ...]
    unless_acknowledged: bool
    place: str  # "<file>:<line>"
    calendar_days: int = 0
    template: str = ""  # the name of its text, "" for the one every step has; no part of `definition`
    warns: bool = True  # whether its message says when the next level will be told

    @property
    def definition(self) -> str:
        """What decides its moment; a change of it makes the step a new one to the watermark."""
        calendar = f"+{self.calendar_days}c" if self.calendar_days else ""
        return f"{self.anchor}:{self.working_days}{calendar}:{self.at:%H:%M}:{self.to}"

    @property
    def words(self) -> str:
        """The moment in Vietnamese, for reasons and previews."""
        match self.anchor:
            case Anchor.BEFORE:
                return f"{self._days} trước hạn"
            case Anchor.ON:
                return "đúng ngày hết hạn"
            case Anchor.AFTER:
                return f"{self._days} sau hạn"

    @property
    def _days(self) -> str:
        calendar = [f"{self.calendar_days} ngày"] if self.calendar_days else []
        working = [f"{self.working_days} ngày làm việc"] if self.working_days or not calendar else []
        return " và ".join(calendar + working)


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A ladder of steps; one policy is equal to itself alone, which makes it a cheap key.

    Written with `steps: []` it has none, on purpose: whoever it is given to is never reminded.
    """

    id: str
    name: str
    steps: tuple[Step, ...]
    place: str

    @property
    def why_quiet(self) -> str:
        """Why it reminds nobody, in Vietnamese; "" when it has steps."""
        quiet = f"chính sách '{self.id}' ({self.place}) ghi 'steps: []': không nhắc ai"
        return "" if self.steps else quiet


@dataclass(frozen=True, slots=True)
class Rule:
    """Which assignments get which policy; an empty condition matches everything."""

    id: str
    policy: str
    place: str
    plans: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    unit_kinds: frozenset[str] = frozenset()
    deadline_kinds: frozenset[str] = frozenset()
    duty: bool | None = None
    numbers: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    priority: int | None = None  # as written; the higher goes first, none is 0

    def conditions(self, assignment: Assignment) -> tuple[tuple[str, str, bool], ...]:
        """Return each condition as (name, value seen, holds)."""
        task = assignment.task
        asked = (
            ("plan", task.document.code, self.plans),
            ("unit", assignment.unit.code, self.units),
            ("unit_kind", str(assignment.unit.kind), self.unit_kinds),
            ("deadline_kind", str(task.deadline.kind), self.deadline_kinds),
            ("number", task.number or "", self.numbers),
        )
        found = [(name, seen, seen in wanted) for name, seen, wanted in asked if wanted]
        if self.duty is not None:
            found.append(("duty", _YES_NO[task.is_duty], task.is_duty is self.duty))
        if self.words:
            seen = _word_in(task, self.words)
            found.append(("words", seen or "không có từ nào", bool(seen)))
        if self.tags:
            found.append(
                ("tag", ", ".join(task.tags) or "không có nhãn", not self.tags.isdisjoint(task.tags))
            )
        return tuple(found)

    @property
    def takes_everything(self) -> bool:
        """Whether the rule has no condition."""
        open_ended = self.plans or self.units or self.numbers or self.words or self.tags
        return not (open_ended or self.unit_kinds or self.deadline_kinds) and self.duty is None

    def matches(self, assignment: Assignment) -> bool:
        """Whether every condition holds."""
        return all(holds for _, _, holds in self.conditions(assignment))


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tasks one message a day may lay before a level."""

    to: Audience
    tasks_per_day: int
    place: str


@dataclass(frozen=True, slots=True)
class SendingHours:
    """The hours of a working day in which messages may leave, as (from, until) pairs."""

    spans: tuple[tuple[time, time], ...] = ((time(7), time(17)),)


@dataclass(frozen=True, slots=True)
class DigestDays:
    """On which weekdays (Monday is 0), and from which hour, a level gets its overdue page."""

    to: Audience
    weekdays: frozenset[int]
    at: time
    place: str

    @property
    def words(self) -> str:
        """The days in Vietnamese: "thứ hai, thứ năm từ 08:00"."""
        return f"{', '.join(WEEKDAYS[day] for day in sorted(self.weekdays))} từ {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on the reports count work as pressing, and as how late.

    `red_zone` are the working days before the last day to act; `ageing` the last day,
    counted in calendar days late, of each bin but the open one.
    """

    red_zone: int = 3
    ageing: tuple[int, ...] = (7, 30, 60)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All policies and rules in force, with the fingerprint of the text they came from.

    `rules` stand in the order they are asked: by priority, then as written. `open_before`
    are the working and calendar days before its due date on which an occurrence of a duty
    opens; without them it opens with the month, or the week, in which it is due.
    """

    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    limits: Mapping[Audience, Limit]
    sending: SendingHours
    fingerprint: str
    digests: Mapping[Audience, DigestDays] = field(default_factory=dict)
    open_before: tuple[int, int] | None = None
    thresholds: Thresholds = Thresholds()

    def rule_for(self, assignment: Assignment) -> Rule | None:
        """Return the first rule whose conditions all hold."""
        return next((rule for rule in self.rules if rule.matches(assignment)), None)

    def policy_for(self, assignment: Assignment) -> Policy | None:
        """Return the policy of the rule that matches, None when none does."""
        rule = self.rule_for(assignment)
        return self.policies[rule.policy] if rule else None

    def steps_for(self, assignment: Assignment) -> tuple[Step, ...]:
        """Return the steps that concern this assignment's role, in the order written."""
        policy = self.policy_for(assignment)
        return steps_of(policy, assignment.role) if policy else ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every policy."""
        return tuple(step for policy in self.policies.values() for step in policy.steps)


@lru_cache(maxsize=1024)
def steps_of(policy: Policy, role: Role) -> tuple[Step, ...]:
    """Return the steps of a policy that concern a role: supporting units have their own."""
    is_supporting = role is Role.SUPPORTING
    return tuple(step for step in policy.steps if (step.to is Audience.SUPPORTING) is is_supporting)


def each_channel(via: Iterable[str]) -> tuple[str, ...]:
    """Return the channels that `via` names, in order, a family as its members."""
    return tuple(dict.fromkeys(channel for name in via for channel in FAMILIES.get(name, (name,))))


def folded(text: str) -> str:
    """Return text as the condition `words` compares it: NFC, capitals and blanks aside."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


_YES_NO = {True: "có", False: "không"}


def _word_in(task: Task, words: frozenset[str]) -> str:
    """Return the first of `words` that stands in the task as whole words, or ""."""
    found = _any_of(words).search(folded(f"{task.title}\n{task.text}"))
    return found[0] if found else ""


@lru_cache(maxsize=1024)
def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(map(folded, words), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
