"""dondoc test: do the rules send what an administrator expects of them?"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from pathlib import Path
from typing import Any

from cli.output import add_json, iso, print_json
from engine.expectation_rows import Sent
from engine.expectations import Failure, Outcome
from engine.problems import Problem, printed
from usecases.errors import ConfigurationRejected
from usecases.rule_tests import Tested, try_rules
from usecases.settings import Settings

EXAMPLE = """\
ví dụ một phép thử, đặt trong config/rules/tests/:
  tests:
    - name: Đầu mối được nhắc trước hạn 3 ngày làm việc
      task: {unit: SYT, deadline: 30/9/2025, issued: 1/7/2025}
      facts: [{at: 20/9/2025, what: đã nhận}]
      expect: [{at: 25/9/2025 08:00, step: truoc-3-ngay, to: contact}]
      expect_none: [{from: 21/9/2025, to: 24/9/2025}]"""

SHOWN = 5  # messages listed under one failure


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    test = commands.add_parser("test", help="thử quy tắc: có gửi đúng tin mong đợi không", epilog=EXAMPLE)
    test.add_argument(
        "folder", nargs="?", type=Path, metavar="THƯ_MỤC",
        help="thư mục hoặc tệp phép thử, hay một thư mục cấu hình; mặc định là rules/tests của DONDOC_CONFIG",
    )  # fmt: skip
    add_json(test)
    test.set_defaults(run=_test)


def _test(arguments: Namespace) -> None:
    tested = try_rules(arguments.folder, Settings().config)
    if arguments.json:
        print_json(_as_json(tested))
    else:
        print("\n".join(_lines(tested)))
    if not tested.passed:
        raise ConfigurationRejected(_verdict(tested))


def _lines(tested: Tested) -> list[str]:
    lines = [printed(problem) for problem in tested.problems]
    for outcome in tested.outcomes:
        mark = "✔" if outcome.passed else "✘"
        lines.append(f"{mark} {outcome.test.source}:{outcome.test.line}  {outcome.test.name}")
        for failure in outcome.failures:
            lines += _failure_lines(outcome, failure)
        if outcome.failures:
            lines += [f"    theo {taken_by}" for taken_by in outcome.taken_by]
    held = sum(outcome.passed for outcome in tested.outcomes)
    rules = f"quy tắc {tested.config.name}/rules, dấu {tested.fingerprint}"
    return [*lines, f"{held}/{len(tested.outcomes)} phép thử đạt ({rules})."]


def _failure_lines(outcome: Outcome, failure: Failure) -> list[str]:
    lines = [f"    {outcome.test.source}:{failure.line}  {failure.said}"]
    if failure.why:
        lines.append(f"      {failure.why}")
    if failure.instead:
        lines += ["      sẽ gửi:", *(f"        {sent.said}" for sent in failure.instead[:SHOWN])]
        left = len(failure.instead) - SHOWN
        lines += [f"        … và {left} tin khác; --json in đủ"] if left > 0 else []
    else:
        lines.append("      không có tin nào được gửi trong cả thời gian thử")
    return lines


def _verdict(tested: Tested) -> str:
    failed = sum(not outcome.passed for outcome in tested.outcomes)
    parts = [f"{failed} phép thử không đạt"] if failed else []
    parts += [f"{len(tested.problems)} lỗi trong tệp phép thử"] if tested.problems else []
    return f"{', '.join(parts)}."


def _as_json(tested: Tested) -> dict[str, Any]:
    return {
        "tests": [_outcome(outcome) for outcome in tested.outcomes],
        "problems": [_problem(problem) for problem in tested.problems],
        "totals": {
            "passed": sum(outcome.passed for outcome in tested.outcomes),
            "failed": sum(not outcome.passed for outcome in tested.outcomes),
        },
        "rules": tested.fingerprint,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "source": outcome.test.source,
        "line": outcome.test.line,
        "name": outcome.test.name,
        "passed": outcome.passed,
        "taken_by": list(outcome.taken_by),
        "failures": [
            {
                "line": failure.line,
                "expected": failure.said,
                "why": failure.why,
                "instead": [_sent(sent) for sent in failure.instead],
            }
            for failure in outcome.failures
        ],
    }


def _sent(sent: Sent) -> dict[str, Any]:
    return {
        "at": iso(sent.at),
        "step": sent.step,
        "to": str(sent.to),
        "units": list(sent.units),
        "via": list(sent.via),
        "tasks": sent.tasks,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "source": problem.source,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }
