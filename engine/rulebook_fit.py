"""Do the rules fit the units, posts, channels and plans that there are?

A rule may be written without a fault and still lead nowhere: to an office that does not
exist, a post nobody holds, a channel that is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from engine.model import ResolutionStatus
from engine.problems import Problem
from engine.rulebook_types import CHANNELS, Audience, each_channel
from engine.units import UnitDirectory
from engine.yamltext import Node, Section, open_section

DEFAULT_VIA = ("email", "mailbox")
_CODES = frozenset({"empty-level", "closed-channel", "unknown-unit", "unknown-plan", "matches-nothing"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rules speak about; None is what could not be read and is not judged."""

    directory: UnitDirectory | None = None
    held: frozenset[Audience] | None = None  # levels with somebody to tell
    channels: frozenset[str] | None = None  # the open ones
    plans: frozenset[str] | None = None  # known so far; others may still be imported


def misfits(files: Mapping[str, str], around: Surroundings) -> list[Problem]:
    """Return what does not fit in the rule files (name → YAML text), file by file."""
    found: list[Problem] = []
    for source, text in sorted(files.items()):
        root, problems = open_section(text, source, "tệp quy tắc")
        for policy in root.sections("policies", "chính sách"):
            for step in policy.sections("steps", "bậc đôn đốc"):
                _judge_step(step, around)
        for rule in root.sections("rules", "quy tắc"):
            _judge_rule(rule.section(rule.get("when"), "'when'"), around)
        found += sorted((p for p in problems if p.code in _CODES), key=lambda p: (p.line, p.column))
    return found


def _judge_step(step: Section, around: Surroundings) -> None:
    name, via = step.text("id", ""), step.texts("via") or DEFAULT_VIA
    for node in step.items("to") or [Node(str(Audience.CONTACT), step.line, step.node.column)]:
        if around.held is not None and node.value in set(Audience) and node.value not in around.held:
            role = Audience(node.value).role
            hint = f"thêm vào people.yml một vị trí 'role: {role}' đang có người giữ"
            message = f"bậc '{name}' gửi {node.value} nhưng không ai giữ vị trí này"
            step.report("empty-level", message, hint, node)
    if around.channels and set(via) <= set(CHANNELS) and not around.channels & set(each_channel(via)):
        message = f"bậc '{name}' chỉ gửi qua kênh đang đóng: {', '.join(via)}"
        hint = f"mở kênh trong channels.yml, hoặc thêm một kênh đang mở: {', '.join(sorted(around.channels))}"
        step.report("closed-channel", message, hint, step.get("via"))


def _judge_rule(when: Section, around: Surroundings) -> None:
    if around.directory is not None:
        _judge_units(when, around.directory)
    for node in _texts(when, "plan"):
        if around.plans is not None and node.value not in around.plans:
            message = f"chưa có kế hoạch nào mang mã '{node.value}'"
            when.report("unknown-plan", message, _plan_of(str(node.value), around.plans), node)


def _plan_of(written: str, plans: frozenset[str]) -> str:
    if "*" in written:
        return "ghi đủ từng mã kế hoạch; dấu '*' không thay cho phần nào của mã"
    listed = ", ".join(sorted(plans)) or "chưa có"
    return f"các mã có trong thư mục registry: {listed}; kế hoạch sẽ nhập bằng 'dondoc import' thì giữ nguyên"


def _judge_units(when: Section, directory: UnitDirectory) -> None:
    known = {unit.code: unit for unit in directory.units}
    nodes = _texts(when, "unit")
    for node in nodes:
        if node.value not in known:
            message = f"không có cơ quan nào mang mã '{node.value}'"
            when.report("unknown-unit", message, _code_of(str(node.value), directory), node)
    kinds = {str(node.value) for node in _texts(when, "unit_kind")}
    named = [known[str(node.value)] for node in nodes if node.value in known]
    if kinds and len(named) == len(nodes) > 0 and not any(str(unit.kind) in kinds for unit in named):
        hint = "; ".join(f"{unit.code} là {unit.kind}" for unit in named[:3])
        message = "không cơ quan nào thỏa cả 'unit' và 'unit_kind': quy tắc không khớp gì"
        when.report("matches-nothing", message, hint, when.get("unit_kind"))


def _code_of(written: str, directory: UnitDirectory) -> str:
    """Return advice on a code: people write the name, or small letters."""
    same = [unit for unit in directory.units if unit.code.casefold() == written.casefold()]
    reading = directory.resolve(written)
    named = same or (list(reading.units) if reading.status is ResolutionStatus.RESOLVED else [])
    if not named:
        near = get_close_matches(written.upper(), [unit.code for unit in directory.units], n=1, cutoff=0.7)
        named = [unit for unit in directory.units if unit.code in near]
    if len(named) == 1:
        return f"ý bạn là '{named[0].code}' ({named[0].name})?"
    return "dùng mã trong units.yml, hoặc mã xã, phường theo danh mục quốc gia"


def _texts(section: Section, key: str) -> list[Node]:
    return [node for node in section.items(key) if isinstance(node.value, str)]
