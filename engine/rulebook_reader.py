"""What do the rule files say, and what is wrong in them?

YAML text in, `(Rulebook, [Problem])` out. With problems the rulebook holds what could be
read; nobody may put it in force.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from engine.model import DeadlineKind, UnitKind
from engine.problems import Problem
from engine.rulebook_checks import Writing, whole_book_problems
from engine.rulebook_fields import among, id_of, value_of
from engine.rulebook_sections import digest_of, limit_of, open_before_of, sending_of, thresholds_of
from engine.rulebook_steps import steps_in
from engine.rulebook_types import (
    Policy,
    Rule,
    Rulebook,
    SendingHours,
    Step,
    Thresholds,
    folded,
)
from engine.rulebook_values import (
    DEADLINE_KIND_WORDS,
    UNIT_KIND_WORDS,
    YES_NO,
    YES_NO_WORDS,
    advice_on_priority,
    priority_of,
)
from engine.yaml_words import key_meant
from engine.yamltext import Section, open_section

T = TypeVar("T")


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
    before = len(problems)
    _read_once(root, "sending", "khung giờ gửi", sending_of, writing.sending)
    writing.misread |= {"sending"} if len(problems) > before else set()
    _read_once(root, "duties", "mục 'duties'", open_before_of, writing.duties)
    _read_once(root, "report", "mục 'report'", thresholds_of, writing.thresholds)
    root.report_blank()
    root.finish()
    is_named = all(policy.id for _, policy in writing.policies)
    writing.is_whole &= is_named and not _is_misspelt("policies", root)
    return problems


def _is_misspelt(key: str, section: Section) -> bool:
    """Whether a key is probably there under a wrong name, which is reported as such."""
    written = section.node.value
    return key not in written and any(key_meant(other, [key]) for other in written)


def _read_once(
    root: Section, key: str, what: str, read: Callable[[Section], T], found: list[tuple[Section, T]]
) -> None:
    if root.get(key) is not None:
        section = root.section(root.get(key), what, _EXAMPLES[key])
        found.append((section, read(section)))


_EXAMPLES = {
    "sending": 'sending: {hours: ["07:00-17:00"]}',
    "duties": "duties: {open_before: 20 ngày}",
    "report": "report: {red_zone: 3 ngày làm việc}",
}


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
        for step in steps_in(item, policy_id):
            if step.id in known:
                message = f"bậc '{step.id}' bị lặp trong chính sách '{policy_id}'"
                item.report("duplicate-id", message, "đổi tên bậc", item.get("id"))
            known.add(step.id)
            writing.steps.append((item, step))
            steps.append(step)
    if not steps and not _says_none(section) and not _is_misspelt("steps", section):
        section.report("empty-policy", f"chính sách '{policy_id}' không có bậc nào", _NO_STEPS)
    section.report_blank(*(["steps"] if _says_none(section) else []))
    section.finish()
    return Policy(policy_id, name, tuple(steps), f"{section.source}:{section.line}")


def _says_none(section: Section) -> bool:
    """Whether a policy has no steps on purpose: an empty list, which nobody writes by forgetting one."""
    written = section.get("steps")
    return written is not None and written.value == []


_NO_STEPS = "thêm ít nhất một bậc dưới 'steps:'; cố ý không nhắc ai thì ghi 'steps: []'"


# --- rules ------------------------------------------------------------------------------


def _rule(section: Section) -> Rule:
    rule_id, policy = id_of(section), section.text("policy")
    priority = value_of(section, "priority", priority_of, advice_on_priority, 0) or None
    when = section.section(section.get("when"), "'when'", "when: {unit_kind: commune, duty: có}")
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
        words=frozenset(_words(when)),
        tags=frozenset(filter(None, map(folded, when.texts("tag")))),
        priority=priority,
    )
    when.finish()
    section.report_blank()
    section.finish()
    return rule


def _numbers(when: Section) -> tuple[str, ...]:
    """Return the numbers of tasks; what is no number of one task would match nothing and is reported."""
    for node in when.items("number"):
        hint = _way_to_numbers(node.value.strip()) if isinstance(node.value, str) else ""
        if hint:
            when.report("bad-value", f"'number' không nhận giá trị '{node.value}'", hint, node)
    return when.texts("number")


def _way_to_numbers(written: str) -> str:
    """Return how to write a range, a list or a comparison, "" for what may be the number of a task."""
    if re.search(r"[<>=*]", written):
        return "ghi từng số như trong kế hoạch: [1, 2, 3]"
    if re.fullmatch(r"\d+(?:(?: ?[,;+] ?| và )\d+)+", written):
        return f"nhiều giá trị thì đặt trong ngoặc vuông: [{', '.join(re.findall('[0-9]+', written))}]"
    found = re.fullmatch(r"(\d{1,4}) ?(?:[-–—~…]|\.{2,3}|đến|tới) ?(\d{1,4})", written)
    if found is None:
        return ""
    each = list(range(int(found[1]), int(found[2]) + 1))
    listed = ", ".join(map(str, each)) if 1 < len(each) <= 30 else f"{found[1]}, …, {found[2]}"
    return f"ghi từng số: [{listed}]"


def _words(when: Section) -> Iterator[str]:
    """Yield the words a task must hold one of, as they are compared; signs of a pattern match nothing."""
    for node in when.items("words"):
        if isinstance(node.value, str) and re.search(r"[*?^$|\\]|\.\+", node.value):
            hint = f"ghi đúng từ cần tìm, không dùng dấu thay thế; {_EACH_WORD}"
            when.report("bad-value", f"'words' không nhận giá trị '{node.value}'", hint, node)
    yield from filter(None, map(folded, when.texts("words")))


_EACH_WORD = "nhiều từ thì đặt trong ngoặc vuông: [bão, lũ lụt], có một từ là đủ"


def _report_empty(section: Section, keys: Iterable[str]) -> None:
    """Report conditions without a value: they would silently hold for everything."""
    for key in keys:
        node = section.node.value.get(key)
        if node is not None and node.value in (None, "", [], {}):
            hint = f"ghi giá trị cho '{key}', hoặc bỏ hẳn dòng này nếu không cần điều kiện"
            section.report("empty-condition", f"điều kiện '{key}' để trống", hint, section.node.keys.get(key))
