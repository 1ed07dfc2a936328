"""Which tests of the rules did an administrator write, and with which facts?

YAML text in, `([RuleTest], [Problem])` out. Deadlines and agencies are read as in a plan,
dates as people write them; what was read with a mistake is reported and not run.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.expectation_facts import facts_in, with_facts
from engine.expectation_task import COUNT_EXAMPLE, count, one_unit, shares_in, yes
from engine.model import Assignment, PostRole, Unit
from engine.problems import Problem
from engine.rulebook import Audience
from engine.rulebook_fields import among
from engine.rulebook_types import CHANNELS
from engine.rulebook_values import AUDIENCE_WORDS
from engine.spans import MOMENT_EXAMPLE, Span, read_span
from engine.units import UnitDirectory
from engine.yamltext import Section, open_section

MAX_YEARS = 3


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

    def covers(self, other: Expected) -> bool:
        """Whether every message that `other` means is meant here too."""
        return (
            all(at is not None and self.span.covers(at) for at in (other.span.first, other.span.last))
            and self.step in {"", other.step}
            and self.to in {None, other.to}
            and self.unit in {"", other.unit}
            and self.via in {(), other.via}
            and self.tasks in {0, other.tasks}
        )


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test: the shares of the task with their facts, and what is expected of the rules.

    `vacant` are posts that nobody holds: "SYT/contact", or "contact" for every unit's. From
    `outage.first` to `outage.last` the service did not run. With `only` nothing but what is
    expected may be sent from the first expectation to the last. `waited_for` are the units that
    a share is blocked by; reminders turn to them.
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
    waited_for: tuple[Unit, ...] = ()

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
    root.finish()
    if not problems and not tests:
        root.report("no-tests", "tệp không có phép thử nào", "thêm mục 'tests:' với ít nhất một phép thử")
    return tests, sorted(problems, key=lambda problem: (problem.line, problem.column))


def _test(section: Section, directory: UnitDirectory) -> RuleTest | None:
    known = len(section.problems)
    name = section.text("name")
    shares = shares_in(section, directory)
    units = {share.unit.code: share.unit for share in shares}
    happened = facts_in(section, units, directory)
    shares = with_facts(shares, happened)
    waited_for = {one.blocker.code: one.blocker for one in happened if one.blocker}
    units |= waited_for
    test = RuleTest(
        section.source,
        section.line,
        name,
        tuple(shares),
        tuple(_expected(item, units) for item in section.sections("expect", "tin mong đợi")),
        tuple(_unexpected(item, units) for item in section.sections("expect_none", "khoảng không gửi tin")),
        yes(section, "only"),
        _vacant(section, units),
        _outage(section),
        tuple(waited_for.values()),
    )
    section.report_blank()
    section.finish()
    _check_expectations(section, test)
    if len(section.problems) == known:
        _check_contradictions(section, test)
    return test if shares else None


def _check_expectations(section: Section, test: RuleTest) -> None:
    """Report what says nothing, or speaks of more years than are tried."""
    if section.get("name") and not test.expected and not test.unexpected:
        hint = "thêm 'expect' (tin phải gửi) hoặc 'expect_none' (khoảng không được gửi)"
        section.report("no-expectation", f"phép thử '{test.name}' không mong đợi điều gì", hint)
    if test.only and not test.expected:
        section.report("only-nothing", "'only' cần ít nhất một tin dưới 'expect'", "dùng 'expect_none'")
    days = test.named_days
    if days and days[-1] - days[0] > timedelta(days=366 * MAX_YEARS):
        message = f"từ {days[0]:%d/%m/%Y} đến {days[-1]:%d/%m/%Y} dài quá {MAX_YEARS} năm"
        section.report("too-long", message, "kiểm tra lại năm, hoặc tách phép thử")


def _check_contradictions(section: Section, test: RuleTest) -> None:
    """Report what can never hold: a message that is expected and denied."""
    for node, unexpected in zip(section.items("expect_none"), test.unexpected, strict=False):
        if denied := next((expected for expected in test.expected if unexpected.covers(expected)), None):
            message = f"cấm đúng tin mong đợi ở dòng {denied.line}, nên phép thử không bao giờ đạt"
            section.report("contradiction", message, "thu hẹp khoảng này, hoặc bỏ một trong hai", node)


# --- expectations ------------------------------------------------------------------------


def _expected(section: Section, units: dict[str, Unit]) -> Expected:
    if section.get("at") is None:
        section.text("at")
    span = section.typed("at", read_span, MOMENT_EXAMPLE, Span())
    to = _audience(section, "to")
    return _narrowed(section, span, to, units)


def _unexpected(section: Section, units: dict[str, Unit]) -> Expected:
    """Return what must not be sent; without dates, never."""
    at = section.get("at")
    if at is None:
        stretch = _stretch(section, f"{MOMENT_EXAMPLE}; cấp nhận tin ghi ở khóa 'level'")
        return _narrowed(section, stretch, _audience(section, "level"), units)
    if section.get("from") or section.get("to"):
        section.report("two-times", "'at' không đi cùng 'from', 'to'", "giữ 'at', hoặc 'from' và 'to'", at)
    span = section.typed("at", read_span, MOMENT_EXAMPLE, Span())
    return _narrowed(section, span, _audience(section, "level"), units)


def _audience(section: Section, key: str) -> str:
    return section.choice(key, [str(audience) for audience in Audience], "", AUDIENCE_WORDS)


def _narrowed(section: Section, span: Span, to: str, units: dict[str, Unit]) -> Expected:
    expected = Expected(
        section.line,
        span,
        step=section.text("step", ""),
        to=Audience(to) if to else None,
        unit=one_unit(section, units),
        via=among(section, "via", CHANNELS, "unknown-channel"),
        tasks=section.typed("tasks", count, COUNT_EXAMPLE, 0),
    )
    section.report_blank()
    section.finish()
    return expected


def _stretch(section: Section, expected: str = MOMENT_EXAMPLE) -> Span:
    """Return the stretch from `from` to `to`; bare dates count whole."""
    first, last = (section.typed(key, read_span, expected, Span()) for key in ("from", "to"))
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
    outage.report_blank()
    outage.finish()
    return span


def _vacant(section: Section, units: dict[str, Unit]) -> frozenset[str]:
    roles = [str(role) for role in PostRole]
    posts = [f"{code}/{role}" for code in units for role in (PostRole.CONTACT, PostRole.HEAD)]
    for node in section.items("vacant"):
        post = node.value.strip() if isinstance(node.value, str) else roles[0]
        if post not in {*roles, *posts}:
            message = f"không có vị trí '{post}'"
            section.report_unknown("unknown-post", "vacant", post, [*roles, *posts[:4]], node, message)
    return frozenset(section.texts("vacant"))
