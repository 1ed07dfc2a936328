"""Which steps does an assignment's deadline have, and where is that written?

YAML text in, `(Rulebook, [Problem])` out. Every step and rule remembers the file and
line it stands on, and the whole has a fingerprint that each reminder records.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from functools import lru_cache

from engine.model import Assignment, DeadlineKind, Role, UnitKind
from engine.problems import Problem
from engine.yamltext import Section, open_section


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


_LEVELS = {audience: level for level, audience in enumerate(Audience)}


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a policy: when, to whom, through which channels in which order.

    `working_days` count back from the last working day on or before the deadline, or
    forward from the first working day on or after it; `at` is local time.
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

    @property
    def definition(self) -> str:
        """What decides its moment; a change of it makes the step a new one to the watermark."""
        return f"{self.anchor}:{self.working_days}:{self.at:%H:%M}:{self.to}"

    @property
    def words(self) -> str:
        """The moment in Vietnamese, for reasons and previews."""
        match self.anchor:
            case Anchor.BEFORE:
                return f"{self.working_days} ngày làm việc trước hạn"
            case Anchor.ON:
                return "đúng ngày hết hạn"
            case Anchor.AFTER:
                return f"{self.working_days} ngày làm việc sau hạn"


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A ladder of steps; one policy is equal to itself alone, which makes it a cheap key."""

    id: str
    name: str
    steps: tuple[Step, ...]
    place: str


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

    def conditions(self, assignment: Assignment) -> tuple[tuple[str, str, bool], ...]:
        """Return each condition as (name, value seen, holds)."""
        task = assignment.task
        asked = (
            ("plan", task.document.code, self.plans),
            ("unit", assignment.unit.code, self.units),
            ("unit_kind", str(assignment.unit.kind), self.unit_kinds),
            ("deadline_kind", str(task.deadline.kind), self.deadline_kinds),
        )
        found = [(name, seen, seen in wanted) for name, seen, wanted in asked if wanted]
        if self.duty is not None:
            found.append(("duty", _YES_NO[task.is_duty], task.is_duty is self.duty))
        return tuple(found)

    @property
    def takes_everything(self) -> bool:
        """Whether the rule has no condition."""
        return not (self.plans or self.units or self.unit_kinds or self.deadline_kinds) and self.duty is None

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
class Rulebook:
    """All policies and rules in force, with the fingerprint of the text they came from."""

    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    limits: Mapping[Audience, Limit]
    sending: SendingHours
    fingerprint: str

    def rule_for(self, assignment: Assignment) -> Rule | None:
        """Return the first rule, in the order written, whose conditions all hold."""
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


def read_rulebook(files: Mapping[str, str]) -> tuple[Rulebook, list[Problem]]:
    """Return the rulebook written in `files` (name → YAML text) and every mistake found.

    With problems the rulebook holds what could be read; nobody may put it in force.
    """
    policies: dict[str, Policy] = {}
    rules: list[Rule] = []
    limits: dict[Audience, Limit] = {}
    sending: list[SendingHours] = []
    pending: list[tuple[Section, Rule]] = []
    found_in: list[list[Problem]] = []
    for source, text in sorted(files.items()):
        root, found = open_section(text, source, "tệp quy tắc")
        found_in.append(found)
        _read_policies(root, policies)
        pending += [(section, _rule(section)) for section in root.sections("rules", "quy tắc")]
        for section in root.sections("limits", "giới hạn"):
            limit = _limit(section)
            limits[limit.to] = limit
        if root.get("sending") is not None:
            sending.append(_sending(root.section(root.get("sending"), "khung giờ gửi")))
        root.finish()
    for section, rule in pending:
        _add_rule(section, rule, rules, policies)
    problems = [problem for found in found_in for problem in found]
    problems += _whole_book_problems(files, policies, rules, problems)
    book = Rulebook(
        policies, tuple(rules), limits, sending[-1] if sending else SendingHours(), fingerprint(files)
    )
    return book, problems


def fingerprint(files: Mapping[str, str]) -> str:
    """Return twelve hexadecimal digits that change with any change of the rule files."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:12]


_YES_NO = {True: "có", False: "không"}
_DAYS = re.compile(r"(\d{1,3}) ngày làm việc")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MAX_REPEATS = 60


def _read_policies(root: Section, policies: dict[str, Policy]) -> None:
    for section in root.sections("policies", "chính sách"):
        policy = _policy(section)
        if policy.id in policies:
            hint = f"chính sách này đã có ở {policies[policy.id].place}; đổi tên một trong hai"
            section.report("duplicate-id", f"chính sách '{policy.id}' bị lặp", hint)
            continue
        policies[policy.id] = policy


def _policy(section: Section) -> Policy:
    policy_id = section.text("id")
    name = section.text("name", policy_id)
    steps: list[Step] = []
    seen: set[str] = set()
    for number, item in enumerate(section.sections("steps", "bậc đôn đốc"), start=1):
        item.what = f"bậc đôn đốc thứ {number}"
        for step in _steps(item, policy_id):
            if step.id in seen:
                item.report(
                    "duplicate-id", f"bậc '{step.id}' bị lặp trong chính sách '{policy_id}'", "đổi tên bậc"
                )
            seen.add(step.id)
            steps.append(step)
    if not steps:
        section.report(
            "empty-policy", f"chính sách '{policy_id}' không có bậc nào", "thêm ít nhất một bậc dưới 'steps:'"
        )
    section.finish()
    return Policy(policy_id, name, tuple(steps), f"{section.source}:{section.line}")


def _steps(section: Section, policy: str) -> Iterable[Step]:
    """Return the step written in `section`, and its repetitions."""
    anchor, days = _moment(section)
    step_id = section.text("id")
    at = section.typed("at", _time, '"08:00"', time(8))
    to = Audience(section.choice("to", [str(a) for a in Audience], "contact"))
    via = section.texts("via") or ("email", "mailbox")
    for channel in via:
        if channel not in CHANNELS:
            hint = f"kênh dùng được: {', '.join(CHANNELS)}"
            section.report("unknown-channel", f"kênh lạ '{channel}'", hint, section.get("via"))
    unless = section.choice("unless", ["acknowledged"], "") == "acknowledged"
    place = f"{section.source}:{section.line}"
    every, times = _repeat(section)
    section.finish()
    for turn in range(times + 1):
        name = step_id if turn == 0 else f"{step_id}#{turn + 1}"
        yield Step(name, policy, anchor, days + turn * every, at, to, via, unless, place)


CHANNELS = ("email", "mailbox", "zalo", "telegram")


def _moment(section: Section) -> tuple[Anchor, int]:
    written = [anchor for anchor in Anchor if section.get(anchor) is not None]
    if len(written) != 1:
        hint = "ghi đúng một trong: 'before: 3 ngày làm việc', 'on: ngày hết hạn', 'after: 1 ngày làm việc'"
        section.report("no-moment", f"{section.what} phải có đúng một mốc thời gian", hint)
        return Anchor.ON, 0
    anchor = written[0]
    if anchor is Anchor.ON:
        section.choice("on", ["ngày hết hạn"])
        return Anchor.ON, 0
    return anchor, section.typed(anchor, _working_days, "3 ngày làm việc", 1)


def _repeat(section: Section) -> tuple[int, int]:
    if section.get("repeat") is None:
        return 0, 0
    repeat = section.section(section.get("repeat"), "'repeat'")
    every = repeat.typed("every", _working_days, "5 ngày làm việc", 5)
    times = repeat.typed("times", _times, f"một số từ 1 đến {_MAX_REPEATS}", 1)
    repeat.finish()
    if section.get("after") is None:
        section.report(
            "repeat-before", "chỉ bậc sau hạn ('after') mới lặp lại được", "bỏ 'repeat' hoặc đổi sang 'after'"
        )
        return 0, 0
    return every, times


def _rule(section: Section) -> Rule:
    rule_id, policy = section.text("id"), section.text("policy")
    when = section.section(section.get("when"), "'when'")
    duty = when.choice("duty", ["có", "không"], "")
    rule = Rule(
        rule_id,
        policy,
        f"{section.source}:{section.line}",
        plans=frozenset(when.texts("plan")),
        units=frozenset(when.texts("unit")),
        unit_kinds=_among(when, "unit_kind", [str(k) for k in UnitKind]),
        deadline_kinds=_among(when, "deadline_kind", [str(k) for k in DeadlineKind]),
        duty={"có": True, "không": False}.get(duty),
    )
    when.finish()
    section.finish()
    return rule


def _add_rule(section: Section, rule: Rule, rules: list[Rule], policies: Mapping[str, Policy]) -> None:
    if rule.policy not in policies:
        hint = f"chính sách dùng được: {', '.join(policies) or 'chưa có chính sách nào'}"
        section.report("unknown-policy", f"quy tắc '{rule.id}' trỏ tới chính sách lạ '{rule.policy}'", hint)
        return
    if any(rule.id == other.id for other in rules):
        section.report("duplicate-id", f"quy tắc '{rule.id}' bị lặp", "đổi tên một trong hai")
    catch_all = next((r for r in rules if r.takes_everything), None)
    if catch_all is not None:
        hint = f"quy tắc '{catch_all.id}' ({catch_all.place}) nhận mọi nhiệm vụ; chuyển nó xuống cuối"
        section.report("unreachable-rule", f"quy tắc '{rule.id}' không bao giờ được dùng", hint)
    rules.append(rule)


def _among(section: Section, key: str, allowed: list[str]) -> frozenset[str]:
    found = section.texts(key)
    for value in found:
        if value not in allowed:
            hint = f"dùng được: {', '.join(allowed)}"
            section.report("bad-value", f"'{key}' không nhận giá trị '{value}'", hint, section.get(key))
    return frozenset(found)


def _limit(section: Section) -> Limit:
    to = Audience(section.choice("to", [str(a) for a in Audience], "chairman"))
    tasks = section.typed("tasks_per_day", _times, f"một số từ 1 đến {_MAX_REPEATS}", 10)
    section.finish()
    return Limit(to, tasks, f"{section.source}:{section.line}")


def _sending(section: Section) -> SendingHours:
    spans: list[tuple[time, time]] = []
    for text in section.texts("hours"):
        halves = [_time(part.strip()) for part in text.split("-")]
        if len(halves) != 2 or None in halves or halves[0] >= halves[1]:  # type: ignore[operator]
            hint = 'ghi dạng "07:00-11:30", giờ đầu trước giờ cuối'
            section.report("bad-value", f"khung giờ '{text}' không hợp lệ", hint, section.get("hours"))
            continue
        spans.append((halves[0], halves[1]))  # type: ignore[arg-type]
    section.finish()
    return SendingHours(tuple(sorted(spans))) if spans else SendingHours()


def _whole_book_problems(
    files: Mapping[str, str], policies: Mapping[str, Policy], rules: list[Rule], known: list[Problem]
) -> list[Problem]:
    if known:
        return []
    source = min(files, default="rules")
    if not policies:
        return [
            Problem(source, 0, 0, "no-policy", "bộ quy tắc không có chính sách nào", "thêm mục 'policies:'")
        ]
    if not rules:
        return [Problem(source, 0, 0, "no-rule", "bộ quy tắc không có quy tắc nào", "thêm mục 'rules:'")]
    return []


def _time(text: str) -> time | None:
    found = _HOURS.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def _working_days(text: str) -> int | None:
    found = _DAYS.fullmatch(" ".join(text.split()))
    return int(found[1]) if found and int(found[1]) > 0 else None


def _times(text: str) -> int | None:
    return int(text) if text.isdecimal() and 1 <= int(text) <= _MAX_REPEATS else None
