"""What has happened in a test of the rules, to which unit, and could it have?

A fact that nobody could put on record (of a time before the plan, an extension to an earlier
day) is reported: a test built on it would prove nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from engine.expectation_task import one_unit, units_named
from engine.model import HANOI, Assignment, Fact, FactKind, Unit
from engine.spans import DAY_EXAMPLE, MOMENT_EXAMPLE, read_day, read_span
from engine.status import standing_of
from engine.units import UnitDirectory
from engine.yamltext import Section

FACT_WORDS = {
    "đã nhận": FactKind.ACKNOWLEDGED,
    "báo cáo": FactKind.REPORTED,
    "nghiệm thu": FactKind.ACCEPTED,
    "trả lại": FactKind.RETURNED,
    "đề nghị gia hạn": FactKind.EXTENSION_REQUESTED,
    "gia hạn": FactKind.EXTENDED,
    "không gia hạn": FactKind.EXTENSION_REFUSED,
    "vướng": FactKind.BLOCKED,
    "hết vướng": FactKind.UNBLOCKED,
    "không phải việc của đơn vị": FactKind.DISPUTED,
    "đổi người nhận tin": FactKind.SUBSTITUTE_NAMED,
    "hủy": FactKind.CANCELLED,
    "xác nhận nguyên nhân khách quan": FactKind.CAUSE_CONFIRMED,
    "chờ quyết định": FactKind.HELD,
    "quyết định": FactKind.DECIDED,
}

_OPENING = time(8)  # when only a day is given: the hour the default steps fall
FACTS = {**FACT_WORDS, **{str(kind): kind for kind in FactKind}}
_LATER = frozenset({FactKind.EXTENDED, FactKind.EXTENSION_REQUESTED})
_TAKES_DEADLINE = _LATER | {FactKind.DECIDED}


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact as a test writes it: of which unit, "" for all, and whom that unit then waits for."""

    unit: str
    fact: Fact
    section: Section
    blocker: Unit | None


def facts_in(section: Section, units: dict[str, Unit], directory: UnitDirectory) -> list[Happened]:
    """Return the facts of a test, in the order written."""
    items = section.sections("facts", "sự việc")
    return [happened for item in items for happened in _fact(item, units, directory)]


def with_facts(shares: Iterable[Assignment], happened: Iterable[Happened]) -> list[Assignment]:
    """Return the shares with what happened to each, and report what could not have."""
    known = list(happened)
    found = [_with_facts(share, known) for share in shares]
    for one in known:
        _check_order(one, found)
    return found


def _fact(section: Section, units: dict[str, Unit], directory: UnitDirectory) -> Iterator[Happened]:
    """Yield the fact written in `section`."""
    known = len(section.problems)
    kind = FACTS.get(section.choice("what", FACTS), FactKind.HELD)
    if section.get("at") is None:
        section.text("at")
    span = section.typed("at", read_span, MOMENT_EXAMPLE, None)
    to, on = (
        section.typed("to", read_day, DAY_EXAMPLE, None),
        section.typed("on", read_day, DAY_EXAMPLE, None),
    )
    unit = one_unit(section, units)
    by, document, note = (section.text(key, "") for key in ("by", "document", "note"))
    blocker = _blocker(section, units, directory) if kind is FactKind.BLOCKED and by else None
    section.report_blank()
    section.finish()
    if len(section.problems) == known:
        _check_new_deadline(section, kind, to)
    if span is None or span.first is None:
        return
    is_day = span.first != span.last
    at = datetime.combine(span.first.date(), _OPENING, tzinfo=HANOI) if is_day else span.first
    waited_for = blocker.code if blocker else ""
    yield Happened(unit, Fact(kind, at, by, on, to, document, note, waited_for), section, blocker)


def _blocker(section: Section, units: Container[str], directory: UnitDirectory) -> Unit | None:
    """Return the unit that is waited for, to which reminders then turn."""
    named = units_named(section, "by", directory)
    if len(named) > 1:
        hint = "mỗi lần vướng ghi một cơ quan, ví dụ 'by: STC'"
        section.report("several-units", "'by' gọi tên nhiều cơ quan", hint, section.get("by"))
    elif named and named[0].code in units:
        hint = "ghi đơn vị khác, không có trong nhiệm vụ của phép thử"
        section.report("unknown-unit", "đơn vị không thể vướng chính mình", hint, section.get("by"))
    return named[0] if len(named) == 1 else None


def _check_new_deadline(section: Section, kind: FactKind, to: date | None) -> None:
    if kind is FactKind.EXTENDED and to is None:
        section.report("missing-key", "gia hạn phải có hạn mới", "thêm 'to: 2025-10-15'")
    if to is not None and kind not in _TAKES_DEADLINE:
        hint = "bỏ 'to', hoặc ghi 'what: gia hạn'"
        message = "chỉ gia hạn, đề nghị gia hạn và quyết định mới có ngày ('to')"
        section.report("bad-value", message, hint, section.get("to"))


def _check_order(happened: Happened, shares: Iterable[Assignment]) -> None:
    """Report a fact that could not have been recorded: before the task was given, or of no later deadline."""
    fact, section = happened.fact, happened.section
    for share in shares:
        if happened.unit not in {"", share.unit.code}:
            continue
        if fact.at.date() < share.task.document.issued_on:
            message = f"sự việc có trước ngày ban hành {share.task.document.issued_on:%d/%m/%Y}"
            section.report("bad-dates", message, "sửa 'at', hoặc 'issued' của nhiệm vụ", section.get("at"))
            return
        due_on = standing_of(share, fact.at - timedelta(microseconds=1)).due_on
        if fact.kind in _LATER and fact.due_on and due_on and fact.due_on <= due_on:
            message = f"hạn mới phải sau hạn hiện hành {due_on:%d/%m/%Y}"
            section.report("bad-dates", message, "sửa 'to'", section.get("to"))
            return


def _with_facts(share: Assignment, facts: Iterable[Happened]) -> Assignment:
    of_share = [happened.fact for happened in facts if happened.unit in {"", share.unit.code}]
    in_order = sorted((*share.facts, *of_share), key=lambda fact: fact.at)
    return replace(share, facts=tuple(in_order))
