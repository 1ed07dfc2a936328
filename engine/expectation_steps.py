"""Do the tests of the rules name steps that there are?

Of a step nobody has, nothing is ever sent: a test that expects silence of it would hold
for ever and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.ledger import NOTICE_STEP
from engine.planning import FAULT_STEP
from engine.problems import Problem
from engine.rulebook import Rulebook
from engine.yamltext import open_section


def unknown_steps(text: str, source: str, rulebook: Rulebook) -> list[Problem]:
    """Return a problem for each step named in a file of tests that no policy has."""
    known = {step.id for policy in rulebook.policies.values() for step in policy.steps}
    known |= {FAULT_STEP, NOTICE_STEP}
    root, problems = open_section(text, source, "tệp phép thử")
    problems.clear()  # what stands wrong in the file is told by its reader
    tests = [test for test in root.items("tests") if isinstance(test.value, dict)]
    for test in (root.section(node, "phép thử") for node in tests):
        for node in (*test.items("expect"), *test.items("expect_none")):
            step = node.value.get("step") if isinstance(node.value, dict) else None
            if step and isinstance(step.value, str) and _policy_step(step.value) not in known:
                message = f"không chính sách nào có bậc '{step.value}'"
                test.report_unknown("unknown-step", "step", step.value, _plain(known), step, message)
    return problems


def _policy_step(written: str) -> str:
    """Return the step as a policy has it: with its number, without the unit it turned to."""
    found = re.match(r"[\w.-]+(?:#\d+)?", written.strip())
    return found[0] if found else ""


def _plain(known: Iterable[str]) -> list[str]:
    return sorted(step for step in known if "#" not in step)
