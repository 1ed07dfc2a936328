"""Why was this unit told, why was it not, and what comes next?

The trace of one assignment at one moment: the rule with the values seen, each step with
its moment and what the ledger says became of it. What was told is read, not recomputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.escalation import step_falls_at
from engine.ledger import Told, ToldState
from engine.model import Assignment
from engine.planning import FAULT_STEP, SAID_WHY_NOT, SuppressionReason, World, recipient_for, why_silent
from engine.rulebook import Policy, Rule, Step
from engine.status import Standing, standing_of


class StepState(StrEnum):
    """What became of a step, or why nothing did."""

    COMING = "coming"
    DUE = "due"  # its moment has come; the next run decides
    PRECEDES = "precedes_assignment"
    WAITING = "waiting"
    PENDING = "pending"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    SUPPRESSED = "suppressed"
    OVER = "over"  # the assignment is no longer chased


@dataclass(frozen=True, slots=True)
class StepTrace:
    """One step of the ladder for one assignment; `at` is when it reached its state."""

    step: str
    level: int
    to: str
    post: str
    person: str
    falls_at: datetime
    state: StepState
    at: datetime | None
    reason: str  # code of the suppression, or ""
    said: str  # Vietnamese
    place: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decides about one assignment at one moment."""

    assignment: Assignment
    standing: Standing
    at: datetime
    conditions: tuple[tuple[Rule, tuple[tuple[str, str, bool], ...]], ...]  # rules asked, in order
    rule: Rule | None
    policy: Policy | None
    steps: tuple[StepTrace, ...]
    silent: SuppressionReason | None

    @property
    def next_step(self) -> StepTrace | None:
        """The step that comes next if nothing happens, None when nothing will."""
        open_states = {StepState.COMING, StepState.DUE, StepState.WAITING}
        coming = [step for step in self.steps if step.state in open_states]
        return min(coming, key=lambda step: step.falls_at, default=None) if self.silent is None else None

    @property
    def suppressions(self) -> tuple[StepTrace, ...]:
        """The steps that were not told, or not yet, with their reasons."""
        return tuple(step for step in self.steps if step.reason)


def explained(assignment: Assignment, world: World, told: Sequence[Told], at: datetime) -> Explanation:
    """Return the trace of `assignment` at `at`."""
    standing = standing_of(assignment, at)
    rule = world.rulebook.rule_for(assignment)
    asked = []
    for candidate in world.rulebook.rules:
        asked.append((candidate, candidate.conditions(assignment)))
        if candidate is rule:
            break
    policy = world.rulebook.policies[rule.policy] if rule else None
    silent = why_silent(standing) if rule else SuppressionReason.NO_RULE
    steps: list[StepTrace] = []
    if standing.due_on is not None:
        known = {t.step: t for t in told if t.due_on == standing.due_on and t.at <= at}
        steps = [_traced(step, assignment, standing, world, known.get(step.id), at)
                 for step in world.rulebook.steps_for(assignment)]  # fmt: skip
        steps += [_fault(t) for t in known.values() if t.step == FAULT_STEP]
    steps.sort(key=lambda step: (step.falls_at, step.level))
    return Explanation(assignment, standing, at, tuple(asked), rule, policy, tuple(steps), silent)


def _traced(
    step: Step, assignment: Assignment, standing: Standing, world: World, told: Told | None, at: datetime
) -> StepTrace:
    assert standing.due_on is not None
    falls_at = step_falls_at(step, standing.due_on, world.calendar)
    recipient = recipient_for(step, assignment, world.contacts, falls_at.date())
    state, said = _state(falls_at, standing, told, at)
    reason = told.suppression if told and told.state in {ToldState.SUPPRESSED, ToldState.WAITING} else ""
    return StepTrace(
        step.id, step.to.level, str(step.to),
        recipient.post if recipient else "", recipient.title if recipient else "",
        falls_at, state, told.at if told else None, reason, said, step.place,
    )  # fmt: skip


def _state(falls_at: datetime, standing: Standing, told: Told | None, at: datetime) -> tuple[StepState, str]:
    if told is not None:
        said = {
            ToldState.PENDING: "đang chờ gửi",
            ToldState.DELIVERED: f"đã gửi {told.at:%H:%M %d/%m/%Y}",
            ToldState.UNDELIVERABLE: "không gửi được",
            ToldState.WAITING: _why_not(told.suppression) or "đang chờ",
            ToldState.SUPPRESSED: _why_not(told.suppression) or "không nhắc",
        }[told.state]
        return StepState(told.state), said
    if falls_at.date() < standing.armed_on:
        return StepState.PRECEDES, f"mốc này qua trước ngày giao {standing.armed_on:%d/%m/%Y}"
    silent = why_silent(standing)
    if silent is not None:
        return StepState.OVER, SAID_WHY_NOT[silent]
    if falls_at > at:
        return StepState.COMING, "chưa đến"
    return StepState.DUE, "đã đến mốc; lượt chạy tới sẽ quyết định"


def _why_not(code: str) -> str:
    return SAID_WHY_NOT[SuppressionReason(code)] if code else ""


def _fault(told: Told) -> StepTrace:
    said = f"đã báo cơ quan điều phối {told.at:%H:%M %d/%m/%Y}: cần sửa đầu mối"
    return StepTrace(
        told.step, told.level, "coordinator", told.post, "", told.falls_at,
        StepState(told.state), told.at, "", said, "",
    )  # fmt: skip
