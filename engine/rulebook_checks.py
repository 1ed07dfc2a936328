"""What is wrong with the rules as a whole, though every line of them can be read?

Rules that are never asked, rules that contradict each other, ladders that cannot climb.
Each mistake is reported where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise, product
from typing import TypeVar

from engine.model import DeadlineKind, UnitKind
from engine.problems import Problem
from engine.rulebook_types import (
    Anchor,
    Audience,
    DigestDays,
    Limit,
    Policy,
    Rule,
    Rulebook,
    SendingHours,
    Step,
    Thresholds,
)
from engine.rulebook_values import Days
from engine.yaml_faults import lines_of
from engine.yamltext import Section

T = TypeVar("T")
L = TypeVar("L", Limit, DigestDays)
MAX_NAMED = 4  # steps named in one problem
MAX_RULES = 500  # nobody oversees more, and each is held against each


@dataclass(slots=True)
class Writing:
    """All that the files say, each piece beside the place it is written."""

    policies: list[tuple[Section, Policy]] = field(default_factory=list)
    steps: list[tuple[Section, Step]] = field(default_factory=list)
    rules: list[tuple[Section, Rule]] = field(default_factory=list)
    limits: list[tuple[Section, Limit]] = field(default_factory=list)
    sending: list[tuple[Section, SendingHours]] = field(default_factory=list)
    digests: list[tuple[Section, DigestDays]] = field(default_factory=list)
    duties: list[tuple[Section, Days]] = field(default_factory=list)
    thresholds: list[tuple[Section, Thresholds]] = field(default_factory=list)
    misread: set[str] = field(
        default_factory=set
    )  # places of rules and policies with mistakes of their own, "sending"
    is_whole: bool = True  # False when a file could not be opened: what it held is not missing

    def rules_in_order(self, policies: Mapping[str, Policy]) -> tuple[Rule, ...]:
        """Return the rules that lead somewhere, in the order they are asked."""
        return tuple(rule for _, rule in _asked(self.rules) if rule.policy in policies)


def whole_book_problems(writing: Writing, policies: Mapping[str, Policy]) -> None:
    """Report through the sections of `writing` what only the whole book shows."""
    _report_twice(writing.policies, lambda policy: policy.id, "duplicate-id", "chính sách", "id")
    _report_twice(writing.rules, lambda rule: rule.id, "duplicate-id", "quy tắc", "id")
    _report_twice(
        _addressed(writing.limits), lambda limit: str(limit.to), "duplicate-limit", "giới hạn của cấp", "to"
    )
    _report_twice(writing.sending, lambda _: "hours", "duplicate-sending", "khung giờ gửi", "hours")
    _report_twice(
        _addressed(writing.digests),
        lambda digest: str(digest.to),
        "duplicate-digest",
        "tin tổng hợp của cấp",
        "to",
    )
    _report_twice(writing.duties, lambda _: "duties", "duplicate-section", "mục", "open_before")
    _report_twice(writing.thresholds, lambda _: "report", "duplicate-section", "mục", "")
    for section, rule in writing.rules:
        if rule.policy and rule.policy not in policies:
            message = f"quy tắc '{rule.id}' trỏ tới chính sách lạ '{rule.policy}'"
            section.report_unknown(
                "unknown-policy", "policy", rule.policy, list(policies), section.get("policy"), message
            )
    sound = [(s, r) for s, r in _asked(writing.rules) if r.policy in policies]
    if len(writing.rules) > MAX_RULES:
        message = f"bộ quy tắc có hơn {MAX_RULES} quy tắc"
        hint = "gộp các quy tắc cùng chính sách: một điều kiện nhận nhiều giá trị, ví dụ 'unit: [SYT, STC]'"
        writing.rules[MAX_RULES][0].report("too-large", message, hint)
    else:
        _report_shadowed([(s, r) for s, r in sound if r.place not in writing.misread])
    _report_unused(writing)
    sections = {id(step): section for section, step in writing.steps}
    for policy in (policy for _, policy in writing.policies if policy.place not in writing.misread):
        ladder = [(sections[id(step)], step) for step in policy.steps]
        _report_ladder(ladder)
        _report_same_moment(ladder)
    if "sending" not in writing.misread:
        _report_quiet_hours(writing)


def uncovered(rulebook: Rulebook, files: Mapping[str, str]) -> list[Problem]:
    """Return a problem at the last rule when some tasks match none: nobody would be reminded of them.

    A book may mean it so; it is worth a look and stops nothing.
    """
    if not rulebook.rules or _is_exhausted(Rule("", "", ""), rulebook.rules):
        return []
    source, _, line = rulebook.rules[-1].place.rpartition(":")
    written = lines_of(files[source])[int(line) - 1]
    message = "việc không khớp quy tắc nào thì không ai được nhắc"
    hint = "thêm ở cuối một quy tắc không ghi 'when', hoặc để nguyên nếu đúng ý"
    column = len(written) - len(written.lstrip(" -")) + 1
    return [Problem(source, int(line), column, "uncovered-tasks", message, hint, written)]


def _asked(rules: Iterable[tuple[Section, Rule]]) -> list[tuple[Section, Rule]]:
    return sorted(rules, key=lambda pair: -(pair[1].priority or 0))


def _report_twice(
    found: Iterable[tuple[Section, T]], name: Callable[[T], str], code: str, what: str, key: str
) -> None:
    first: dict[str, Section] = {}
    for section, value in found:
        known = first.setdefault(name(value), section)
        if known is not section and name(value):
            renamed = ", hoặc đổi tên một trong hai" if key == "id" else ""
            hint = f"đã có ở {known.source}:{known.line}; giữ một chỗ{renamed}"
            section.report(code, f"{what} '{name(value)}' bị lặp", hint, section.get(key))


def _addressed(found: Iterable[tuple[Section, L]]) -> list[tuple[Section, L]]:
    """Return what names a level; where none can be read, the one that stands in for it says nothing."""
    return [(s, value) for s, value in found if (node := s.get("to")) and node.value == value.to]


# --- rules -----------------------------------------------------------------------------


def _report_shadowed(rules: list[tuple[Section, Rule]]) -> None:
    """Report each rule that an earlier one leaves nothing to, or that only the order decides."""
    for index, (section, rule) in enumerate(rules):
        earlier = [other for _, other in rules[:index]]
        same = next((other for other in earlier if _dimensions(other) == _dimensions(rule)), None)
        wider = next((other for other in earlier if _contains(other, rule)), None)
        if same is not None and not rule.takes_everything:
            hint = f"'{same.id}' ({same.place}) có đúng các điều kiện này và được xét trước; gộp làm một"
            section.report("overlapping-rules", f"quy tắc '{rule.id}' không bao giờ được dùng", hint)
        elif wider is not None:
            section.report(
                "unreachable-rule", f"quy tắc '{rule.id}' không bao giờ được dùng", _taken_by(wider)
            )
        elif _is_exhausted(rule, earlier):
            hint = "các quy tắc xét trước cộng lại đã nhận hết mọi trường hợp; bỏ nó hoặc chuyển nó lên trên"
            section.report("unreachable-rule", f"quy tắc '{rule.id}' không bao giờ được dùng", hint)
        else:
            _report_tie(section, rule, earlier)


def _taken_by(wider: Rule) -> str:
    what = "mọi nhiệm vụ" if wider.takes_everything else "hết các nhiệm vụ này"
    return f"quy tắc '{wider.id}' ({wider.place}) xét trước và nhận {what}; chuyển nó xuống dưới"


def _report_tie(section: Section, rule: Rule, earlier: list[Rule]) -> None:
    """Two rules of one priority that take common assignments to different policies: only their order decides.

    A wide rule after a narrow one is how an exception is written; the other way round is reported as such.
    """
    for other in earlier:
        is_tie = (rule.priority or 0) == (other.priority or 0) and other.policy != rule.policy
        if is_tie and _meet(other, rule) and not _contains(rule, other):
            rank = f"cùng ưu tiên {rule.priority}" if rule.priority else "cùng không ghi ưu tiên"
            message = f"'{rule.id}' và '{other.id}' {rank} và cùng khớp một số nhiệm vụ"
            hint = f"đặt 'priority' khác nhau để nói quy tắc nào hơn; quy tắc kia ở {other.place}"
            section.report("overlapping-rules", message, hint, section.get("priority"))
            return


def _dimensions(rule: Rule) -> tuple[frozenset[object], ...]:
    """Return the values each condition allows; empty allows all."""
    duty = frozenset() if rule.duty is None else frozenset({rule.duty})
    return (*_open(rule), rule.unit_kinds, rule.deadline_kinds, duty)


def _open(rule: Rule) -> tuple[frozenset[object], ...]:
    return rule.plans, rule.units, rule.numbers, rule.words, rule.tags


def _contains(wide: Rule, narrow: Rule) -> bool:
    pairs = zip(_dimensions(wide), _dimensions(narrow), strict=True)
    return all(not most or (least and least <= most) for most, least in pairs)


def _meet(one: Rule, other: Rule) -> bool:
    """Whether a task may match both; it may hold a word of each, and carry a tag of each."""
    pairs = zip(_dimensions(one), _dimensions(other), strict=True)
    return all(n in _SEVERAL or not a or not b or a & b for n, (a, b) in enumerate(pairs))


_SEVERAL = {3, 4}  # the places in `_dimensions` of what one task has several of: words and tags


def _is_exhausted(rule: Rule, earlier: Iterable[Rule]) -> bool:
    """Whether earlier rules together take all that `rule` could match, kind by kind."""
    able = [
        other
        for other in earlier
        if all(
            not most or (least and least <= most)
            for most, least in zip(_open(other), _open(rule), strict=True)
        )
    ]
    return bool(able) and all(any(_takes(other, *case) for other in able) for case in _cases(rule))


def _cases(rule: Rule) -> Iterator[tuple[str, str, bool]]:
    duty = (True, False) if rule.duty is None else (rule.duty,)
    return product(rule.unit_kinds or map(str, UnitKind), rule.deadline_kinds or map(str, DeadlineKind), duty)


def _takes(rule: Rule, unit_kind: str, deadline_kind: str, duty: bool) -> bool:
    return (
        (not rule.unit_kinds or unit_kind in rule.unit_kinds)
        and (not rule.deadline_kinds or deadline_kind in rule.deadline_kinds)
        and rule.duty in {None, duty}
    )


def _report_unused(writing: Writing) -> None:
    used = {rule.policy for _, rule in writing.rules}
    if not used <= {policy.id for _, policy in writing.policies} or not used:
        return  # a misspelt policy is one problem, not two
    for section, policy in writing.policies:
        if policy.id and policy.id not in used:
            hint = f"thêm một quy tắc có 'policy: {policy.id}', hoặc bỏ chính sách này"
            section.report(
                "unused-policy", f"không quy tắc nào dùng chính sách '{policy.id}'", hint, section.get("id")
            )


# --- ladders ---------------------------------------------------------------------------


def _report_ladder(steps: list[tuple[Section, Step]]) -> None:
    """Report a level that is told before the one below, or that would wait for it for ever."""
    levels: dict[Audience, list[tuple[Section, Step]]] = {}
    for section, step in steps:
        if step.to is not Audience.SUPPORTING:
            levels.setdefault(step.to, []).append((section, step))
    for lower, upper in pairwise(sorted(levels, key=lambda audience: audience.level)):
        first_below = min(_place(step) for _, step in levels[lower])
        answering = [step for _, step in levels[lower] if step.anchor is not Anchor.BEFORE]
        section, first = min(levels[upper], key=lambda pair: _place(pair[1]))
        late = [(s, step) for s, step in levels[upper] if step.anchor is Anchor.AFTER]
        if _place(first) < first_below:
            _report_level(section, first, lower)
        elif late and not answering:
            message = (
                f"bậc '{late[0][1].id}' gửi {upper} nhưng cấp dưới ({lower}) không có bậc nào từ ngày hết hạn"
            )
            hint = f"thêm bậc 'on: ngày hết hạn' hoặc 'after: …' gửi {lower}; thiếu nó, bậc này chờ mãi"
            late[0][0].report("level-never-reached", message, hint, late[0][0].get("to"))
        elif late:
            section, first = min(late, key=lambda pair: _place(pair[1]))
            if _place(first) < min(map(_place, answering)):
                _report_level(section, first, lower)


def _report_level(section: Section, step: Step, lower: Audience) -> None:
    message = f"bậc '{step.id}' báo {step.to} trước khi cấp dưới ({lower}) được nhắc"
    hint = "cấp trên chỉ được báo sau khi cấp dưới đã nhận tin; lùi bậc này lại, hoặc nhắc cấp dưới sớm hơn"
    section.report("level-order", message, hint, section.get(str(step.anchor)))


def _report_same_moment(steps: list[tuple[Section, Step]]) -> None:
    """Report a step that falls together with another of its level: only one of them is ever told."""
    first: dict[tuple[object, ...], Step] = {}
    reported: set[int] = set()
    for section, step in steps:
        moment = (step.to, step.anchor, step.working_days, step.calendar_days, step.at)
        known = first.setdefault(moment, step)
        if known.place != step.place and id(section) not in reported:
            reported.add(id(section))
            message = f"bậc '{step.id}' rơi cùng lúc với bậc '{known.id}', cùng gửi {step.to}"
            hint = f"chỉ một tin được gửi: bỏ một bậc, hoặc đổi ngày hay giờ; bậc kia ở {known.place}"
            section.report("same-moment", message, hint, section.get(str(step.anchor)))


def _place(step: Step) -> float:
    """Return about how many working days after the deadline a step falls."""
    days = step.working_days + step.calendar_days * 5 / 7
    return -days if step.anchor is Anchor.BEFORE else days


def _report_quiet_hours(writing: Writing) -> None:
    """Report each hour of a file outside the sending hours once, with all that falls at it."""
    hours = writing.sending[-1][1] if writing.sending else SendingHours()
    moments = [(s, f"bậc '{step.id}'", step.at) for s, step in writing.steps]
    moments += [(s, f"tin tổng hợp của cấp '{digest.to}'", digest.at) for s, digest in writing.digests]
    outside: dict[tuple[str, time], dict[int, tuple[Section, str]]] = {}
    for section, what, at in moments:
        if not any(opens <= at < closes for opens, closes in hours.spans):
            outside.setdefault((section.source, at), {}).setdefault(id(section), (section, what))
    shown = ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours.spans)
    for (_, at), found in outside.items():
        section, names = next(iter(found.values()))[0], _listed([what for _, what in found.values()])
        message = f"{names} rơi vào {at:%H:%M}, ngoài khung giờ gửi; tin sẽ được giữ đến khung sau"
        section.report("outside-hours", message, f"khung giờ gửi: {shown}", section.get("at"))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MAX_NAMED]) + (
        f" và {len(names) - MAX_NAMED} mốc nữa" if names[MAX_NAMED:] else ""
    )
