"""What do the rule files say, and what is wrong in them?

YAML text in, `(Rulebook, [Problem])` out. With problems the rulebook holds what could be
read; nobody may put it in force.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import time
from difflib import get_close_matches
from typing import TypeVar

from engine.model import DeadlineKind, UnitKind
from engine.problems import Problem
from engine.rulebook_checks import Writing, whole_book_problems
from engine.rulebook_fields import among, id_of, value_of
from engine.rulebook_sections import digest_of, limit_of, open_before_of, sending_of, thresholds_of
from engine.rulebook_types import (
    CHANNELS,
    Anchor,
    Audience,
    Policy,
    Rule,
    Rulebook,
    SendingHours,
    Step,
    Thresholds,
    folded,
)
from engine.rulebook_values import (
    ACKNOWLEDGED_WORDS,
    AUDIENCE_WORDS,
    DAYS_EXPECTED,
    DEADLINE_KIND_WORDS,
    PRIORITY_EXPECTED,
    TIMES_EXPECTED,
    UNIT_KIND_WORDS,
    YES_NO,
    YES_NO_WORDS,
    Days,
    advice_on_days,
    advice_on_time,
    days_of,
    priority_of,
    time_of,
    times_of,
)
from engine.yamltext import Section, open_section

T = TypeVar("T")

RESERVED_STEP = "loi-dau-moi"  # the notice that a post cannot be reached


def read_rulebook(files: Mapping[str, str], is_whole: bool = True) -> tuple[Rulebook, list[Problem]]:
    """Return the rulebook written in `files` (name → YAML text) and every mistake found.

    `is_whole` is False when a file of the book could not even be opened: what rules and
    policies say about each other is not judged then.
    """
    writing = Writing(is_whole=is_whole)
    found_in = [_read_file(text, source, writing) for source, text in sorted(files.items())]
    is_sound = not any(found_in)
    policies: dict[str, Policy] = {}
    for _, policy in writing.policies:
        policies.setdefault(policy.id, policy)
    if writing.is_whole:
        whole_book_problems(writing, policies)
    problems = [p for found in found_in for p in sorted(found, key=lambda p: (p.line, p.column))]
    if is_sound and not problems:
        problems += _nothing_written(files, writing)
    return _book(writing, policies, fingerprint(files)), problems


def _book(writing: Writing, policies: Mapping[str, Policy], mark: str) -> Rulebook:
    return Rulebook(
        policies,
        writing.rules_in_order(policies),
        {limit.to: limit for _, limit in writing.limits},
        writing.sending[-1][1] if writing.sending else SendingHours(),
        mark,
        {digest.to: digest for _, digest in writing.digests if digest.weekdays},
        writing.duties[-1][1] if writing.duties else None,
        writing.thresholds[-1][1] if writing.thresholds else Thresholds(),
    )


def fingerprint(files: Mapping[str, str]) -> str:
    """Return twelve hexadecimal digits that change with any change of the rule files."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:12]


def _read_file(text: str, source: str, writing: Writing) -> list[Problem]:
    root, problems = open_section(text, source, "tệp quy tắc")
    writing.is_whole &= not (problems and not root.node.value)
    for section in root.sections("policies", "chính sách"):
        before = len(problems)
        policy = _policy(section, writing)
        writing.policies.append((section, policy))
        writing.misread |= {policy.place} if len(problems) > before else set()
    for section in root.sections("rules", "quy tắc"):
        before = len(problems)
        rule = _rule(section)
        writing.rules.append((section, rule))
        writing.misread |= {rule.place} if len(problems) > before else set()
    writing.limits += [(section, limit_of(section)) for section in root.sections("limits", "giới hạn")]
    writing.digests += [(s, digest_of(s)) for s in root.sections("digests", "tin tổng hợp")]
    _read_once(root, "sending", "khung giờ gửi", sending_of, writing.sending)
    _read_once(root, "duties", "mục 'duties'", open_before_of, writing.duties)
    _read_once(root, "report", "mục 'report'", thresholds_of, writing.thresholds)
    root.report_blank()
    root.finish()
    writing.is_whole &= not _is_misspelt("policies", root)
    return problems


def _is_misspelt(key: str, root: Section) -> bool:
    """Whether a key is probably there under a wrong name, which is reported as such."""
    return key not in root.node.value and bool(get_close_matches(key, root.node.value, cutoff=0.6))


def _read_once(
    root: Section, key: str, what: str, read: Callable[[Section], T], found: list[tuple[Section, T]]
) -> None:
    if root.get(key) is not None:
        section = root.section(root.get(key), what)
        found.append((section, read(section)))


def _nothing_written(files: Mapping[str, str], writing: Writing) -> list[Problem]:
    source = min(files, default="rules")
    if not writing.policies:
        return [
            Problem(source, 0, 0, "no-policy", "bộ quy tắc không có chính sách nào", "thêm mục 'policies:'")
        ]
    if not writing.rules:
        return [Problem(source, 0, 0, "no-rule", "bộ quy tắc không có quy tắc nào", "thêm mục 'rules:'")]
    return []


# --- policies --------------------------------------------------------------------------


def _policy(section: Section, writing: Writing) -> Policy:
    policy_id = id_of(section)
    name = section.text("name", policy_id)
    steps: list[Step] = []
    known: set[str] = set()
    for number, item in enumerate(section.sections("steps", "bậc đôn đốc"), start=1):
        item.what = f"bậc đôn đốc thứ {number}"
        for step in _steps(item, policy_id):
            if step.id in known:
                message = f"bậc '{step.id}' bị lặp trong chính sách '{policy_id}'"
                item.report("duplicate-id", message, "đổi tên bậc", item.get("id"))
            known.add(step.id)
            writing.steps.append((item, step))
            steps.append(step)
    if not steps:
        section.report(
            "empty-policy", f"chính sách '{policy_id}' không có bậc nào", "thêm ít nhất một bậc dưới 'steps:'"
        )
    section.report_blank()
    section.finish()
    return Policy(policy_id, name, tuple(steps), f"{section.source}:{section.line}")


def _steps(section: Section, policy: str) -> Iterator[Step]:
    """Return the step written in `section`, and its repetitions."""
    anchor, (working, calendar) = _moment(section)
    step_id = id_of(section)
    if step_id == RESERVED_STEP:
        section.report("bad-id", f"'{step_id}' là tên dành riêng", "đổi tên bậc", section.get("id"))
    at = value_of(section, "at", time_of, advice_on_time, time(8))
    to = Audience(section.choice("to", [str(a) for a in Audience], "contact", AUDIENCE_WORDS))
    via = among(section, "via", CHANNELS, "unknown-channel") or ("email", "mailbox")
    _report_twice_in(section, "via")
    unless = section.choice("unless", ["acknowledged"], "", ACKNOWLEDGED_WORDS) == "acknowledged"
    template = id_of(section, "template")
    place = f"{section.source}:{section.line}"
    warns = section.choice("warn", list(YES_NO), "có", YES_NO_WORDS) == "có"
    (every_working, every_calendar), times, until_acknowledged = _repeat(section)
    section.report_blank()
    section.finish()
    for turn in range(times + 1):
        name = step_id if turn == 0 else f"{step_id}#{turn + 1}"
        days = (working + turn * every_working, calendar + turn * every_calendar)
        is_quiet = unless or (until_acknowledged and turn > 0)
        yield Step(
            name, policy, anchor, days[0], at, to, via, is_quiet, place, days[1], template, warns
        )  # fmt: skip


def _report_twice_in(section: Section, key: str) -> None:
    seen: set[object] = set()
    for node in section.items(key):
        if isinstance(node.value, str) and node.value in seen:
            section.report("duplicate-value", f"'{key}' ghi '{node.value}' hai lần", "giữ một lần", node)
        seen.add(node.value if isinstance(node.value, str) else None)


_STEP_KEYS = {
    "id", "before", "on", "after", "at", "to", "via", "unless", "repeat", "template", "warn",
}  # fmt: skip


def _moment(section: Section) -> tuple[Anchor, Days]:
    written = [anchor for anchor in Anchor if section.get(anchor) is not None]
    if len(written) != 1:
        strangers = [key for key in section.node.value if key not in _STEP_KEYS]
        is_misspelt = any(get_close_matches(anchor, strangers, cutoff=0.6) for anchor in ("before", "after"))
        is_blank = any(anchor in section.node.value for anchor in Anchor) and not written
        if written or not (is_misspelt or is_blank):  # reported as an unknown key, as an empty value
            hint = (
                "ghi đúng một trong: 'before: 3 ngày làm việc', 'on: ngày hết hạn', 'after: 1 ngày làm việc'"
            )
            place = section.node.keys.get(written[1]) if written else None
            section.report("no-moment", f"{section.what} phải có đúng một mốc thời gian", hint, place)
        return Anchor.ON, (0, 0)
    anchor = written[0]
    if anchor is Anchor.ON:
        section.choice("on", ["ngày hết hạn"])
        return Anchor.ON, (0, 0)
    return anchor, value_of(section, anchor, days_of, advice_on_days, (1, 0))


def _repeat(section: Section) -> tuple[Days, int, bool]:
    """Return after how many days a step repeats, how often, and whether only until acknowledged."""
    if section.get("repeat") is None:
        return (0, 0), 0, False
    repeat = section.section(section.get("repeat"), "'repeat'")
    every = value_of(repeat, "every", days_of, advice_on_days, (5, 0))
    times = repeat.typed("times", times_of, TIMES_EXPECTED, 1)
    until = repeat.choice("until", ["acknowledged"], "", ACKNOWLEDGED_WORDS)
    for key, expected in (("every", DAYS_EXPECTED), ("times", TIMES_EXPECTED)):
        if repeat.get(key) is None:
            repeat.report("missing-key", f"'repeat' thiếu khóa '{key}'", f"thêm '{key}: …' ({expected})")
    repeat.report_blank()
    repeat.finish()
    if section.get("after") is None:
        section.report(
            "repeat-before", "chỉ bậc sau hạn ('after') mới lặp lại được", "bỏ 'repeat' hoặc đổi sang 'after'"
        )
        return (0, 0), 0, False
    return every, times, until == "acknowledged"


# --- rules ------------------------------------------------------------------------------


def _rule(section: Section) -> Rule:
    rule_id, policy = id_of(section), section.text("policy")
    priority = section.typed("priority", priority_of, PRIORITY_EXPECTED, 0) or None
    when = section.section(section.get("when"), "'when'")
    _report_empty(section, ("when",))
    _report_empty(when, when.node.value)
    duty = when.choice("duty", list(YES_NO), "", YES_NO_WORDS)
    rule = Rule(
        rule_id,
        policy,
        f"{section.source}:{section.line}",
        plans=frozenset(when.texts("plan")),
        units=frozenset(when.texts("unit")),
        unit_kinds=frozenset(among(when, "unit_kind", list(UnitKind), meant=UNIT_KIND_WORDS)),
        deadline_kinds=frozenset(among(when, "deadline_kind", list(DeadlineKind), meant=DEADLINE_KIND_WORDS)),
        duty={"có": True, "không": False}.get(duty),
        numbers=frozenset(_numbers(when)),
        words=frozenset(filter(None, map(folded, when.texts("words")))),
        tags=frozenset(filter(None, map(folded, when.texts("tag")))),
        priority=priority,
    )
    when.finish()
    section.report_blank()
    section.finish()
    return rule


def _numbers(when: Section) -> tuple[str, ...]:
    """Return the numbers of tasks; a range is no number, so it would match nothing."""
    for node in when.items("number"):
        found = re.fullmatch(r"(\d{1,4}) ?(?:[-–]|đến) ?(\d{1,4})", str(node.value).strip())
        if found and isinstance(node.value, str):
            each = list(range(int(found[1]), int(found[2]) + 1))
            listed = ", ".join(map(str, each)) if 1 < len(each) <= 30 else f"{found[1]}, …, {found[2]}"
            when.report(
                "bad-value", f"'number' không nhận khoảng '{node.value}'", f"ghi từng số: [{listed}]", node
            )
    return when.texts("number")


def _report_empty(section: Section, keys: Iterable[str]) -> None:
    """Report conditions without a value: they would silently hold for everything."""
    for key in keys:
        node = section.node.value.get(key)
        if node is not None and node.value in (None, "", [], {}):
            hint = f"ghi giá trị cho '{key}', hoặc bỏ hẳn dòng này nếu không cần điều kiện"
            section.report("empty-condition", f"điều kiện '{key}' để trống", hint, section.node.keys.get(key))
