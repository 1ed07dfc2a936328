"""Why would a message that a test of the rules expects not be sent?

Answered as `dondoc explain` does, from what the ledger would hold at that time.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.expectation_file import Expected, RuleTest
from engine.expectation_rows import WHOM, Sent, is_of, otherwise
from engine.explanation import Explanation, StepState, StepTrace, explained
from engine.ledger import Told
from engine.model import Assignment
from engine.planning import FAULT_STEP, SAID_WHY_NOT, SuppressionReason, World
from engine.rulebook import Step

OUTAGE = "dịch vụ không chạy {} ('outage')"


def why_not_sent(
    test: RuleTest,
    expected: Expected,
    world: World,
    told: Mapping[str, Sequence[Told]],
    sent: Sequence[Sent],
) -> str:
    """Return why no message is as expected: `sent` are all, `told` the ledger by the end of that time."""
    at = _end_of(expected)
    traces = [explained(one, world, told.get(one.id, ()), at) for one in _shares_meant(test, expected)]
    ladders = {one.policy.id: world.rulebook.steps_for(one.assignment) for one in traces if one.policy}
    if not ladders:
        return SAID_WHY_NOT[SuppressionReason.NO_RULE]
    quiet = [one.policy.why_quiet for one in traces if one.policy]
    if all(quiet):
        return "; ".join(dict.fromkeys(quiet))
    known = {FAULT_STEP, *(step.id for steps in ladders.values() for step in steps)}
    if expected.step and expected.step.partition("@")[0] not in known:
        return _unknown_step(expected.step, *next(iter(ladders.items())))
    other = [row for row in sent if is_of(expected, row) and _is_near(expected, row)]
    reasons = [_why_otherwise(expected, row) for row in other[:1]]
    reasons += _why_left_out(expected, test, traces, is_partly_sent=bool(other))
    return "; ".join(reasons or [_why_then(expected, test, traces, world)])


def _end_of(expected: Expected) -> datetime:
    assert expected.span.last is not None, "an expected message has a time"
    return expected.span.last


def _shares_meant(test: RuleTest, expected: Expected) -> list[Assignment]:
    """Return the shares that an expectation may be about."""
    of_unit = [share for share in test.assignments if expected.unit in {"", share.unit.code}]
    return of_unit or list(test.assignments)  # of the unit waited for: any share may wait for it


def _why_otherwise(expected: Expected, sent: Sent) -> str:
    return f"{sent.at:%H:%M %d/%m/%Y} bậc '{sent.step}' {', '.join(otherwise(expected, sent))}"


def _is_near(expected: Expected, sent: Sent) -> bool:
    """Whether a row shows what is amiss: another level's message says nothing unless its step was meant."""
    return bool(expected.step) or expected.to in {None, sent.to}


def _why_left_out(
    expected: Expected, test: RuleTest, traces: Sequence[Explanation], *, is_partly_sent: bool
) -> list[str]:
    """Return what keeps back the step meant, or one that falls then at the level meant."""
    steps = [step for trace in traces for step in trace.steps if _is_meant(expected, step)]
    if is_partly_sent:
        steps = [step for step in steps if step.state is not StepState.DELIVERED]
    if not steps:
        return []
    step = min(steps, key=lambda step: step.state is StepState.DELIVERED)
    is_out = step.state is StepState.DUE and _is_out(expected, test)
    said = OUTAGE.format(test.outage.said) if is_out else step.said
    return [f"bậc '{step.step}' rơi vào {step.falls_at:%H:%M %d/%m/%Y}: {said}"]


def _is_out(expected: Expected, test: RuleTest) -> bool:
    return test.outage.first is not None and test.outage.covers(_end_of(expected))


def _is_meant(expected: Expected, step: StepTrace) -> bool:
    if expected.step:
        return step.step in {expected.step, f"{expected.step}@{expected.unit}"}
    return expected.span.covers(step.falls_at) and (expected.to is None or step.to == expected.to)


def _why_then(expected: Expected, test: RuleTest, traces: Sequence[Explanation], world: World) -> str:
    """Return why nothing at all leaves at that time, or which step would be next to it."""
    at = _end_of(expected)
    if _is_out(expected, test):
        return OUTAGE.format(test.outage.said)
    silent = next((trace.silent for trace in traces if trace.silent), None)
    if silent is not None:
        return f"lúc đó không nhắc: {SAID_WHY_NOT[silent]}"
    off = world.calendar.why_off(at.date())
    if off:
        return f"ngày {at:%d/%m/%Y} là ngày nghỉ: {off}"
    steps = [
        step for trace in traces for step in trace.steps if expected.to is None or step.to == expected.to
    ]
    whom = f" gửi {WHOM[expected.to]} ({expected.to})" if expected.to else ""
    nearest = min(steps, key=lambda step: abs(step.falls_at - at), default=None)
    if nearest is None:
        return f"không bậc nào{whom}"
    return (
        f"không bậc nào{whom} rơi vào lúc đó; gần nhất là '{nearest.step}', {nearest.falls_at:%H:%M %d/%m/%Y}"
    )


def _unknown_step(written: str, policy: str, steps: Sequence[Step]) -> str:
    known = [step.id for step in steps]
    near = difflib.get_close_matches(written, known, n=1)
    listed = ", ".join(dict.fromkeys(name.partition("#")[0] for name in known))
    meant = f" — ý bạn là '{near[0]}'?" if near else ""
    return f"chính sách '{policy}' không có bậc '{written}' cho đơn vị này; các bậc: {listed}{meant}"
