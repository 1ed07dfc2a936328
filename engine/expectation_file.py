"""Which tests of the rules did an administrator write, and with which facts?

YAML text in, `([RuleTest], [Problem])` out. Deadlines and agencies are read as in a plan,
dates as people write them; what was read with a mistake is reported and not run.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from engine.deadline import read_deadline
from engine.model import (
    HANOI,
    Assignment,
    Confirmation,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    PostRole,
    ResolutionStatus,
    Role,
    Task,
    Unit,
)
from engine.problems import Problem
from engine.rulebook import Audience
from engine.rulebook_fields import among
from engine.rulebook_types import CHANNELS
from engine.spans import DAY_EXAMPLE, MOMENT_EXAMPLE, Span, read_day, read_span
from engine.units import UnitDirectory
from engine.yamltext import Node, Section, open_section

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
MAX_COPIES = 60
MAX_YEARS = 3

_OPENING = time(8)  # when only a day is given: the hour the default steps fall
_YES_NO = {"có": True, "true": True, "yes": True, "không": False, "false": False, "no": False}
_FACTS = {**FACT_WORDS, **{str(kind): kind for kind in FactKind}}


@dataclass(frozen=True, slots=True)
class Expected:
    """Messages by what must be true of them; what is left empty is not asked."""

    line: int
    span: Span
    step: str = ""
    to: Audience | None = None
    unit: str = ""
    via: tuple[str, ...] = ()
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test: the shares of the task with their facts, and what is expected of the rules.

    `vacant` are posts that nobody holds: "SYT/contact", or "contact" for every unit's. From
    `outage.first` to `outage.last` the service did not run. With `only` nothing but what is
    expected may be sent from the first expectation to the last.
    """

    source: str
    line: int
    name: str
    assignments: tuple[Assignment, ...]
    expected: tuple[Expected, ...] = ()
    unexpected: tuple[Expected, ...] = ()
    only: bool = False
    vacant: frozenset[str] = frozenset()
    outage: Span = field(default_factory=Span)

    @property
    def named_days(self) -> tuple[date, ...]:
        """Every day the test speaks of, in order."""
        spans = [self.outage, *(e.span for e in (*self.expected, *self.unexpected))]
        facts = [fact for share in self.assignments for fact in share.facts]
        due = [share.due_on for share in self.assignments] + [fact.due_on for fact in facts]
        moments = [at for span in spans for at in (span.first, span.last)] + [fact.at for fact in facts]
        days = {at.date() for at in moments if at} | {day for day in due if day}
        days |= {share.assigned_on for share in self.assignments}
        return tuple(sorted(days))


def read_tests(text: str, source: str, directory: UnitDirectory) -> tuple[list[RuleTest], list[Problem]]:
    """Return the tests written in a file that can be run, and every mistake in it."""
    root, problems = open_section(unicodedata.normalize("NFC", text), source, "tệp phép thử")
    tests = []
    for section in root.sections("tests", "phép thử"):
        known = len(problems)
        test = _test(section, directory)
        if len(problems) == known and test is not None:
            tests.append(test)
    if not problems and not root.items("tests"):
        root.report("no-tests", "tệp không có phép thử nào", "thêm mục 'tests:' với ít nhất một phép thử")
    root.finish()
    return tests, sorted(problems, key=lambda problem: (problem.line, problem.column))


def _test(section: Section, directory: UnitDirectory) -> RuleTest | None:
    name = section.text("name")
    shares = _shares(section, directory)
    units = {share.unit.code: share.unit for share in shares}
    facts = [
        (unit, fact) for item in section.sections("facts", "sự việc") for unit, fact in _fact(item, units)
    ]
    test = RuleTest(
        section.source,
        section.line,
        name,
        tuple(_with_facts(share, facts) for share in shares),
        tuple(_expected(item, units) for item in section.sections("expect", "tin mong đợi")),
        tuple(_unexpected(item, units) for item in section.sections("expect_none", "khoảng không gửi tin")),
        _yes(section, "only"),
        _vacant(section, units),
        _outage(section),
    )
    section.finish()
    if not test.expected and not test.unexpected:
        hint = "thêm 'expect' (tin phải gửi) hoặc 'expect_none' (khoảng không được gửi)"
        section.report("no-expectation", f"phép thử '{name}' không mong đợi điều gì", hint)
    if test.only and not test.expected:
        section.report("only-nothing", "'only' cần ít nhất một tin dưới 'expect'", "dùng 'expect_none'")
    days = test.named_days
    if days and days[-1] - days[0] > timedelta(days=366 * MAX_YEARS):
        message = f"từ {days[0]:%d/%m/%Y} đến {days[-1]:%d/%m/%Y} dài quá {MAX_YEARS} năm"
        section.report("too-long", message, "kiểm tra lại năm, hoặc tách phép thử")
    return test if shares else None


# --- the task and its shares -------------------------------------------------------------


def _shares(section: Section, directory: UnitDirectory) -> list[Assignment]:
    """Return a share for every unit of every copy of the task."""
    if section.get("task") is None:
        section.text("task")
    task = section.section(section.get("task") or Node({}, section.line, section.node.column), "nhiệm vụ")
    if section.get("task") is None:
        return []
    issued, deadline = _issued_and_deadline(task)
    leads, supporting = _units(task, "unit", directory), _units(task, "supporting", directory)
    if task.get("unit") is None and task.get("supporting") is None:
        task.text("unit")
    document = Document(task.text("plan", "KH-THU"), "Kế hoạch thử", task.text("number", ""), issued)
    assigned = task.typed("assigned", read_day, DAY_EXAMPLE, issued)
    is_duty = _yes(task, "duty")
    title = task.text("title", "Nhiệm vụ thử")
    copies = task.typed("copies", _copies, f"một số từ 1 đến {MAX_COPIES}", 1)
    task.finish()
    roles = dict.fromkeys(leads, Role.LEAD)
    roles |= {unit: Role.SUPPORTING for unit in supporting if unit not in roles}
    held = tuple(_held(deadline, issued))
    tasks = [
        Task(f"{document.code}/{number}", document, str(number), title, title, deadline, is_duty=is_duty)
        for number in range(1, copies + 1)
    ]
    return [
        Assignment(f"{one.code}@{unit.code}", one, unit, role, deadline.due_on, assigned, held)
        for one in tasks
        for unit, role in roles.items()
    ]


def _issued_and_deadline(task: Section) -> tuple[date, Deadline]:
    if task.get("issued") is None:
        task.text("issued")
    issued = task.typed("issued", read_day, DAY_EXAMPLE, date(2025, 1, 1))
    deadline = read_deadline(task.text("deadline"), issued)
    if deadline.rrule:
        hint = "ghi ngày của một kỳ, ví dụ 'deadline: 15/10/2025', và 'duty: có'"
        message = f"'{deadline.as_written}' là việc định kỳ: mỗi phép thử xét một kỳ"
        task.report("recurring-deadline", message, hint, task.get("deadline"))
    return issued, deadline


def _held(deadline: Deadline, issued: date) -> Iterator[Fact]:
    """Yield the fact by which a deadline that a person must confirm is held, as on import."""
    if deadline.confirmation is Confirmation.REQUIRED and deadline.kind is not DeadlineKind.ONGOING:
        yield Fact(FactKind.HELD, datetime.combine(issued, time(), tzinfo=HANOI), note=deadline.reading)


def _units(section: Section, key: str, directory: UnitDirectory) -> list[Unit]:
    """Return the units named by code or as a plan names them."""
    return [unit for written in section.texts(key) for unit in _named(section, key, written, directory)]


def _named(section: Section, key: str, written: str, directory: UnitDirectory) -> tuple[Unit, ...]:
    try:
        return (directory.unit(written),)
    except KeyError:
        reading = directory.resolve(written)
    if reading.units and reading.status in {ResolutionStatus.RESOLVED, ResolutionStatus.GROUP}:
        return reading.units
    meant = ", ".join(f"{unit.name} ({unit.code})" for unit in reading.candidates[:3])
    hint = f"ý bạn là {meant}?" if meant else "dùng mã trong units.yml, ví dụ SYT, hoặc tên đầy đủ"
    section.report("unknown-unit", f"không rõ '{written}' là cơ quan nào", hint, section.get(key))
    return ()


# --- facts -------------------------------------------------------------------------------


def _fact(section: Section, units: dict[str, Unit]) -> Iterator[tuple[str, Fact]]:
    """Yield the fact written in `section`, with the unit it is about, "" for all."""
    known = len(section.problems)
    what = section.choice("what", _FACTS)
    if section.get("at") is None:
        section.text("at")
    span = section.typed("at", read_span, MOMENT_EXAMPLE, None)
    to, on = (
        section.typed("to", read_day, DAY_EXAMPLE, None),
        section.typed("on", read_day, DAY_EXAMPLE, None),
    )
    unit = _one_unit(section, units)
    by, document, note = (section.text(key, "") for key in ("by", "document", "note"))
    section.finish()
    kind = _FACTS.get(what, FactKind.HELD)
    if len(section.problems) == known:
        _check_new_deadline(section, kind, to)
    if span is None or span.first is None:
        return
    is_day = span.first != span.last
    at = datetime.combine(span.first.date(), _OPENING, tzinfo=HANOI) if is_day else span.first
    yield unit, Fact(kind, at, by, on, to, document, note)


def _check_new_deadline(section: Section, kind: FactKind, to: date | None) -> None:
    takes_one = kind in {FactKind.EXTENDED, FactKind.DECIDED}
    if kind is FactKind.EXTENDED and to is None:
        section.report("missing-key", "gia hạn phải có hạn mới", "thêm 'to: 2025-10-15'")
    if to is not None and not takes_one:
        hint = "bỏ 'to', hoặc ghi 'what: gia hạn'"
        section.report(
            "bad-value", "chỉ gia hạn và quyết định mới đặt hạn mới ('to')", hint, section.get("to")
        )


def _with_facts(share: Assignment, facts: list[tuple[str, Fact]]) -> Assignment:
    of_share = [fact for unit, fact in facts if unit in {"", share.unit.code}]
    in_order = sorted((*share.facts, *of_share), key=lambda fact: fact.at)
    return replace(share, facts=tuple(in_order))


def _one_unit(section: Section, units: dict[str, Unit]) -> str:
    """Return the code under `unit`, which must be of a unit of the task."""
    written = section.text("unit", "")
    named = {unit.name: code for code, unit in units.items()} | {code: code for code in units}
    if written and units and written not in named:
        hint = f"dùng được: {', '.join(units)}"
        section.report(
            "unknown-unit", f"nhiệm vụ của phép thử không giao cho '{written}'", hint, section.get("unit")
        )
    return named.get(written, "")


# --- expectations ------------------------------------------------------------------------


def _expected(section: Section, units: dict[str, Unit]) -> Expected:
    if section.get("at") is None:
        section.text("at")
    span = section.typed("at", read_span, MOMENT_EXAMPLE, Span())
    to = section.choice("to", [str(audience) for audience in Audience], "")
    return _narrowed(section, span, to, units)


def _unexpected(section: Section, units: dict[str, Unit]) -> Expected:
    """Return what must not be sent; without dates, never."""
    at = section.get("at")
    if at is None:
        return _narrowed(section, _stretch(section), _level(section), units)
    if section.get("from") or section.get("to"):
        section.report("two-times", "'at' không đi cùng 'from', 'to'", "giữ 'at', hoặc 'from' và 'to'", at)
    span = section.typed("at", read_span, MOMENT_EXAMPLE, Span())
    return _narrowed(section, span, _level(section), units)


def _level(section: Section) -> str:
    return section.choice("level", [str(audience) for audience in Audience], "")


def _narrowed(section: Section, span: Span, to: str, units: dict[str, Unit]) -> Expected:
    expected = Expected(
        section.line,
        span,
        step=section.text("step", ""),
        to=Audience(to) if to else None,
        unit=_one_unit(section, units),
        via=among(section, "via", CHANNELS, "unknown-channel"),
        tasks=section.typed("tasks", _copies, f"một số từ 1 đến {MAX_COPIES}", 0),
    )
    section.finish()
    return expected


def _stretch(section: Section) -> Span:
    """Return the stretch from `from` to `to`; bare dates count whole."""
    first, last = (section.typed(key, read_span, MOMENT_EXAMPLE, Span()) for key in ("from", "to"))
    if first.first and last.last and last.last < first.first:
        section.report("bad-dates", "'to' sớm hơn 'from'", "sửa một trong hai", section.get("to"))
    return Span(first.first, last.last)


def _outage(section: Section) -> Span:
    if section.get("outage") is None:
        return Span()
    outage = section.section(section.get("outage"), "'outage'")
    for key in ("from", "to"):
        if outage.get(key) is None:
            outage.text(key)
    span = _stretch(outage)
    outage.finish()
    return span


def _vacant(section: Section, units: dict[str, Unit]) -> frozenset[str]:
    roles = [str(role) for role in PostRole]
    posts = [f"{code}/{role}" for code in units for role in (PostRole.CONTACT, PostRole.HEAD)]
    vacant = section.texts("vacant")
    for post in vacant:
        if post not in {*roles, *posts}:
            hint = f"dùng được: {', '.join([*roles, *posts[:4]])}"
            section.report("unknown-post", f"không có vị trí '{post}'", hint, section.get("vacant"))
    return frozenset(vacant)


# --- small words ------------------------------------------------------------------------------


def _copies(text: str) -> int | None:
    return int(text) if text.isdecimal() and 1 <= int(text) <= MAX_COPIES else None


def _yes(section: Section, key: str) -> bool:
    return _YES_NO.get(section.choice(key, _YES_NO, "không"), False)
