"""Do the rules tell whom an administrator expects them to, and nobody else?

A test is answered by `engine.preview` with the rules and the calendar as they are. People
and channels are made up, every post held and every channel open, so that a test of the
rules fails for no other reason than the rules.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.calendar import WorkCalendar
from engine.contacts import ContactBook, Holding
from engine.expectation_file import Expected, RuleTest
from engine.explanation import explained
from engine.ledger import Told, ToldState
from engine.messages import MessageDraft
from engine.model import HANOI, Assignment, PostRole, Recipient, Unit, UnitKind
from engine.planning import FAULT_STEP, SAID_WHY_NOT, Reminder, Suppression, SuppressionReason, World
from engine.preview import Preview, preview
from engine.rulebook import CHANNELS, Audience, Rulebook, Step
from engine.spans import Span

LOOK_AHEAD = timedelta(days=60)  # past the last day a test names: what comes instead is worth showing
NEAREST = 3

_OFFICE = Unit("DIEU-PHOI", "Cơ quan theo dõi, đôn đốc", UnitKind.DEPARTMENT)
_PROVINCE = Unit("UBND-TINH", "UBND tỉnh", UnitKind.LEADERSHIP)
_WHOM = {
    Audience.SUPPORTING: "đơn vị phối hợp",
    Audience.CONTACT: "đầu mối",
    Audience.HEAD: "lãnh đạo đơn vị",
    Audience.COORDINATOR: "cơ quan điều phối",
    Audience.CHAIRMAN: "Chủ tịch",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What one person would be told at one moment by one step; `units` owe the tasks told of."""

    at: datetime
    step: str
    to: Audience
    units: tuple[str, ...]
    via: tuple[str, ...]
    tasks: int

    @property
    def said(self) -> str:
        """The row as a person reads it."""
        counted = f", {self.tasks} nhiệm vụ" if self.tasks > 1 else ""
        units = ", ".join(self.units[:4]) + (f" và {len(self.units) - 4} đơn vị" if self.units[4:] else "")
        return (
            f"{self.at:%H:%M %d/%m/%Y}, bậc '{self.step}', gửi {_WHOM[self.to]} ({self.to}), {units}{counted}"
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that does not hold; `instead` is what would be sent, in order of time."""

    line: int
    said: str
    why: str
    instead: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test with everything in it that does not hold."""

    test: RuleTest
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        """Whether all of it holds."""
        return not self.failures


def outcome_of(test: RuleTest, rulebook: Rulebook, calendar: WorkCalendar) -> Outcome:
    """Return what of `test` does not hold under these rules."""
    run = _run(test, World(rulebook, calendar, _posts(test), frozenset(CHANNELS)))
    failures = [*_missing(test, run), *_unwanted(test, run)]
    return Outcome(test, tuple(sorted(failures, key=lambda failure: failure.line)))


# --- what is sent ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """What the rules made of a test: the messages, and the ledger they would have left."""

    world: World
    sent: tuple[Sent, ...]
    told: Mapping[str, Sequence[Told]]
    last: datetime


def _run(test: RuleTest, world: World) -> _Run:
    days = test.named_days
    first = datetime.combine(days[0], time.min, tzinfo=HANOI)
    last = datetime.combine(days[-1] + LOOK_AHEAD, time.max, tzinfo=HANOI)
    found = _previewed(test, world, first, last)
    return _Run(world, _rows(found.messages), _remembered(found), last)


def _previewed(test: RuleTest, world: World, first: datetime, last: datetime) -> Preview:
    """Return the preview of the whole stretch; an outage parts it in two with the ledger between."""
    stopped, resumed = test.outage.first, test.outage.last
    if stopped is None or resumed is None:
        return preview(test.assignments, world, {}, first, last)
    moment = timedelta(microseconds=1)
    before = preview(test.assignments, world, {}, first, stopped - moment)
    after = preview(test.assignments, world, _remembered(before), resumed + moment, last)
    return Preview(before.messages + after.messages, before.suppressions + after.suppressions)


def _remembered(found: Preview) -> dict[str, list[Told]]:
    """Return what the ledger would hold after a preview: each reminder in its latest state."""
    told = [
        _told(reminder, reminder.recipient.post, ToldState.DELIVERED, message.not_before)
        for message in found.messages
        for reminder in message.reminders
    ]
    for at, left_out in found.suppressions:
        state = ToldState.WAITING if left_out.reason.waits else ToldState.SUPPRESSED
        told.append(_told(left_out, left_out.post, state, at, str(left_out.reason)))
    latest = {entry.key: entry for entry in sorted(told, key=lambda entry: entry.at)}
    remembered: dict[str, list[Told]] = {}
    for entry in latest.values():
        remembered.setdefault(entry.assignment_id, []).append(entry)
    return remembered


def _told(
    what: Reminder | Suppression, post: str, state: ToldState, at: datetime, suppression: str = ""
) -> Told:
    return Told(
        what.key, what.assignment.id, what.due_on, what.step, what.level, post, what.falls_at,
        state, at, suppression,
    )  # fmt: skip


def _rows(messages: Iterable[MessageDraft]) -> tuple[Sent, ...]:
    """Return a row for each step that a person is told of at a moment, in order of time."""
    gathered: dict[tuple[datetime, int, str, str], list[Reminder]] = {}
    for message in messages:
        for reminder in message.reminders:
            key = (message.not_before, reminder.level, message.recipient.post, reminder.step)
            gathered.setdefault(key, []).append(reminder)
    return tuple(_row(key[0], gathered[key]) for key in sorted(gathered))


def _row(at: datetime, reminders: Sequence[Reminder]) -> Sent:
    return Sent(
        at=at,
        step=reminders[0].step,
        to=list(Audience)[reminders[0].level],
        units=tuple(dict.fromkeys(reminder.assignment.unit.code for reminder in reminders)),
        via=reminders[0].via,
        tasks=len({reminder.assignment.task.code for reminder in reminders}),
    )


def _posts(test: RuleTest) -> ContactBook:
    """Return a contact book in which every post is held but the vacant ones."""
    units = {share.unit.code: share.unit for share in test.assignments}.values()
    held = [(unit, role) for unit in units for role in (PostRole.CONTACT, PostRole.HEAD)]
    held += [(_OFFICE, PostRole.COORDINATOR), (_PROVINCE, PostRole.CHAIRMAN)]
    posts = [(unit, role, f"{unit.code}/{role}") for unit, role in held]
    return ContactBook(
        Holding(Recipient(post, post, post, unit, role, dict.fromkeys(CHANNELS, post)))
        for unit, role, post in posts
        if not {post, str(role)} & test.vacant
    )


# --- what does not hold --------------------------------------------------------------------


def _missing(test: RuleTest, run: _Run) -> Iterator[Failure]:
    for expected in test.expected:
        if not any(_matches(expected, sent) for sent in run.sent):
            said = f"mong đợi {_said(expected)}"
            yield Failure(expected.line, said, _why(test, expected, run), _nearest(expected, run.sent))


def _unwanted(test: RuleTest, run: _Run) -> Iterator[Failure]:
    for unexpected in test.unexpected:
        found = tuple(sent for sent in run.sent if _matches(unexpected, sent))
        if found:
            yield Failure(unexpected.line, f"mong đợi không có tin nào {_said(unexpected)}", "", found)
    if test.only:
        span = _covered(test.expected)
        within = (sent for sent in run.sent if span.covers(sent.at))
        found = tuple(s for s in within if not any(_matches(e, s) for e in test.expected))
        if found:
            said = f"mong đợi không có tin nào khác {span.said}"
            yield Failure(test.line, said, "", found)


def _matches(expected: Expected, sent: Sent) -> bool:
    return (
        expected.span.covers(sent.at)
        and expected.step in {"", sent.step}
        and expected.to in {None, sent.to}
        and (not expected.unit or expected.unit in sent.units)
        and expected.via in {(), sent.via}
        and expected.tasks in {0, sent.tasks}
    )


def _covered(expected: Sequence[Expected]) -> Span:
    firsts = [e.span.first for e in expected if e.span.first]
    lasts = [e.span.last for e in expected if e.span.last]
    return Span(min(firsts, default=None), max(lasts, default=None))


def _nearest(expected: Expected, sent: Sequence[Sent]) -> tuple[Sent, ...]:
    """Return the messages most like the one expected: same step, same level, then nearest in time."""
    wanted = expected.span.first or expected.span.last

    def unlikeness(row: Sent) -> tuple[bool, bool, timedelta]:
        apart = abs(row.at - wanted) if wanted else timedelta()
        return (row.step != expected.step, row.to is not expected.to, apart)

    return tuple(sorted(sorted(sent, key=unlikeness)[:NEAREST], key=lambda row: row.at))


# --- why, and in which words ---------------------------------------------------------------


def _why(test: RuleTest, expected: Expected, run: _Run) -> str:
    """Return why no such message is sent, "" when the nearest messages say it best."""
    share = _share_meant(test, expected, run)
    at = expected.span.last or run.last
    trace = explained(share, run.world, run.told.get(share.id, ()), at)
    if trace.policy is None:
        return SAID_WHY_NOT[SuppressionReason.NO_RULE]
    steps = run.world.rulebook.steps_for(share)
    if expected.step and expected.step not in {FAULT_STEP, *(step.id for step in steps)}:
        return _unknown_step(expected.step, trace.policy.id, steps)
    of_step = next((step for step in trace.steps if step.step == expected.step), None)
    if of_step is not None:
        return f"bậc '{of_step.step}' rơi vào {of_step.falls_at:%H:%M %d/%m/%Y}: {of_step.said}"
    if trace.silent is not None:
        return f"lúc đó không nhắc: {SAID_WHY_NOT[trace.silent]}"
    off = run.world.calendar.why_off(at.date())
    return f"ngày {at:%d/%m/%Y} là ngày nghỉ: {off}" if off else ""


def _share_meant(test: RuleTest, expected: Expected, run: _Run) -> Assignment:
    """Return the share whose trace says most: of the unit named, with the step named."""

    def lacks_step(share: Assignment) -> bool:
        return all(step.id != expected.step for step in run.world.rulebook.steps_for(share))

    return min((s for s in test.assignments if expected.unit in {"", s.unit.code}), key=lacks_step)


def _unknown_step(written: str, policy: str, steps: Sequence[Step]) -> str:
    known = [step.id for step in steps]
    near = difflib.get_close_matches(written, known, n=1)
    listed = ", ".join(dict.fromkeys(name.partition("#")[0] for name in known))
    meant = f" — ý bạn là '{near[0]}'?" if near else ""
    return f"chính sách '{policy}' không có bậc '{written}' cho đơn vị này; các bậc: {listed}{meant}"


def _said(expected: Expected) -> str:
    asked = [expected.span.said]
    asked += [f"bậc '{expected.step}'"] if expected.step else []
    asked += [f"gửi {_WHOM[expected.to]} ({expected.to})"] if expected.to else []
    asked += [expected.unit] if expected.unit else []
    asked += [f"kênh {', '.join(expected.via)}"] if expected.via else []
    asked += [f"{expected.tasks} nhiệm vụ"] if expected.tasks else []
    return ", ".join(asked)
