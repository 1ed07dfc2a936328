"""Can the two questions of an officer be answered: why was I told, why was she not?"""

from __future__ import annotations

from datetime import date

import pytest

from engine.explanation import StepState, explained
from engine.ledger import ToldState
from engine.model import Fact, FactKind
from engine.planning import SuppressionReason, decide
from tests.engine.planning_world import WORLD, an_assignment, at, told_of

DUE = date(2025, 9, 30)


def states(now, told=(), assignment=None):
    found = explained(assignment or an_assignment(DUE), WORLD, told, at(now))
    return {step.step: step.state for step in found.steps}


def test_the_rule_is_named_with_its_place_and_the_values_seen():
    found = explained(an_assignment(DUE), WORLD, (), at("2025-09-01 08:00"))

    assert [(rule.id, conditions) for rule, conditions in found.conditions] == [
        ("viec-dinh-ky", (("duty", "không", False),)),
        ("mac-dinh", ()),
    ]
    assert found.rule.place.startswith("mac-dinh.yml:")
    assert found.policy.id == "nhiem-vu"


def test_each_step_says_what_became_of_it():
    told = told_of(
        decide(an_assignment(DUE), WORLD, (), at("2025-10-01 08:00")),
        ToldState.DELIVERED,
        at("2025-10-01 08:00"),
    )
    found = states("2025-10-03 08:00", told)

    assert found["qua-han"] is StepState.DELIVERED
    assert found["truoc-3-ngay"] is StepState.SUPPRESSED
    assert found["bao-lanh-dao-don-vi"] is StepState.DUE
    assert found["bao-chu-tich"] is StepState.COMING


def test_the_next_step_is_the_earliest_that_can_still_come():
    found = explained(an_assignment(DUE), WORLD, (), at("2025-09-12 08:00"))

    assert found.next_step.step == "truoc-15-ngay"  # due and not decided yet: the next run tells it
    assert found.next_step.state is StepState.DUE


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FactKind.REPORTED, SuppressionReason.REPORTED),
        (FactKind.BLOCKED, SuppressionReason.BLOCKED),
        (FactKind.HELD, SuppressionReason.AWAITING_DECISION),
    ],
)
def test_silence_has_its_reason_and_no_next_step(kind, reason):
    over = an_assignment(DUE, facts=(Fact(kind, at("2025-09-10 09:00")),))
    found = explained(over, WORLD, (), at("2025-09-20 08:00"))

    assert (found.silent, found.next_step) == (reason, None)


def test_a_moment_in_the_past_does_not_know_what_was_told_later():
    told = told_of(
        decide(an_assignment(DUE), WORLD, (), at("2025-10-01 08:00")),
        ToldState.DELIVERED,
        at("2025-10-01 08:00"),
    )

    assert states("2025-09-30 09:00", told)["qua-han"] is StepState.COMING


def test_steps_before_the_assignment_say_so():
    late = an_assignment(DUE, assigned_on=date(2025, 9, 26))

    assert states("2025-09-26 09:00", assignment=late)["truoc-15-ngay"] is StepState.PRECEDES
