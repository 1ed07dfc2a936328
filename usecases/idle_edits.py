"""Why does an edit of the rules change no message, and how can its effect be seen?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from engine.model import Assignment
from engine.planning import World
from engine.rulebook import Rule, Rulebook, Step, each_channel
from usecases.comparing import busiest_stretch, facts_ahead
from usecases.wiring import Office

NOTHING_IN_FORCE = (
    "Chưa bộ quy tắc nào được đưa vào hiệu lực nên chưa có gì để so: chạy 'dondoc apply' một lần "
    "trước khi sửa, hoặc ghi rõ hai bên: 'dondoc diff THƯ_MỤC_CŨ THƯ_MỤC_MỚI'."
)
ONLY_WORDS = "Bản sửa chỉ đổi lời trong tin ('template', 'warn'): không tin nào thêm, bớt hay đổi ngày."
ONLY_ANSWERS = (
    "Bản sửa chỉ có tác động khi đơn vị đã báo “đã nhận” ('unless', 'until'), mà trong thời gian này "
    "không đơn vị nào báo; xem tác động bằng một phép thử có 'what: đã nhận' rồi 'dondoc test'."
)
TAKES_NOTHING = "Chưa nhiệm vụ nào trong sổ thuộc quy tắc đã sửa: {}."
TAGGED = "Gắn nhãn cho nhiệm vụ bằng 'dondoc tag'."
ONLY_CLOSED = (
    "Bậc đã sửa chỉ gửi qua kênh đang đóng nên không ai nhận: {}; mở kênh trong channels.yml, "
    "hoặc ghi thêm một kênh đang mở vào 'via'."
)
IDLE = (
    "Quy tắc có khác nhau nhưng không tin nào đổi: 'dondoc check' cho biết bậc nào không có người nhận; "
    "nếu không, trong thời gian này không việc nào đến bậc đã sửa."
)
BUSY = "Để thấy tác động lúc nhiều việc đến hạn: 'dondoc diff --past --from {:%d/%m/%Y} --to {:%d/%m/%Y}'."


def why_nothing_changes(office: Office, old: World, new: World, first: datetime, last: datetime) -> str:
    """Return what a person who edited something should know when no message changes, "" when nobody did."""
    if old.rulebook.fingerprint == new.rulebook.fingerprint:
        return "" if office.rules_in_force else NOTHING_IN_FORCE
    if _decisive(old.rulebook, _without_words) == _decisive(new.rulebook, _without_words):
        return ONLY_WORDS
    if _decisive(old.rulebook, _without_answers) == _decisive(new.rulebook, _without_answers):
        return ONLY_ANSWERS
    known = facts_ahead(office, new, first, last)
    idle = _taking_nothing(old.rulebook, new.rulebook, known)
    if idle:
        said = TAKES_NOTHING.format(", ".join(f"'{rule.id}'" for rule in idle))
        return f"{said} {TAGGED}" if any(rule.tags for rule in idle) else said
    if closed := _only_closed(old.rulebook, new):
        return ONLY_CLOSED.format(", ".join(closed))
    busy = busiest_stretch(office)
    is_elsewhere = busy and not (first.date() <= busy[0] and busy[1] <= last.date())
    return f"{IDLE} {BUSY.format(*busy)}" if busy and is_elsewhere else IDLE


def _decisive(rulebook: Rulebook, plain: Callable[[Step], Step]) -> tuple[object, ...]:
    """Return what of the rules decides about messages, with each step made plain."""
    policies = {name: tuple(map(plain, policy.steps)) for name, policy in rulebook.policies.items()}
    rules = tuple(replace(rule, place="") for rule in rulebook.rules)
    limits = {to: limit.tasks_per_day for to, limit in rulebook.limits.items()}
    digests = {to: replace(days, place="") for to, days in rulebook.digests.items()}
    return policies, rules, limits, digests, rulebook.sending, rulebook.open_before


def _without_words(step: Step) -> Step:
    return replace(step, place="", template="", warns=True)


def _without_answers(step: Step) -> Step:
    return replace(_without_words(step), unless_acknowledged=False)


def _taking_nothing(old: Rulebook, new: Rulebook, known: Iterable[Assignment]) -> list[Rule]:
    """Return the edited rules when none of them takes any assignment, by themselves or by their policy."""
    before = {_as_taken(rule, old) for rule in old.rules}
    edited = [rule for rule in new.rules if _as_taken(rule, new) not in before]
    taking = {rule.id for assignment in known if (rule := new.rule_for(assignment))}
    return [] if any(rule.id in taking for rule in edited) else edited


def _as_taken(rule: Rule, rulebook: Rulebook) -> tuple[Rule, tuple[Step, ...]]:
    """Return a rule with the steps it leads to, wherever they stand."""
    steps = rulebook.policies[rule.policy].steps
    return replace(rule, place=""), tuple(replace(step, place="") for step in steps)


def _only_closed(old: Rulebook, new: World) -> list[str]:
    """Return the edited steps that speak through closed channels alone, the repeats of one as one."""
    before = {replace(step, place="") for step in old.steps}
    edited = (step for step in new.rulebook.steps if replace(step, place="") not in before)
    mute = (step for step in edited if new.channels.isdisjoint(each_channel(step.via)))
    return list(dict.fromkeys(f"'{step.id.partition('#')[0]}' ({', '.join(step.via)})" for step in mute))
