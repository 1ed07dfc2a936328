"""Do the rules tell whom an administrator expects them to, and nobody else?

A test is answered by `engine.preview` with the rules and the calendar as they are. People
and channels are made up, every post held and every channel open, so that a test of the
rules fails for no other reason than the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.calendar import WorkCalendar
from engine.contacts import ContactBook, Holding
from engine.expectation_file import Expected, RuleTest
from engine.expectation_reasons import why_not_sent
from engine.expectation_rows import Sent, matches, said
from engine.ledger import Told, ToldState
from engine.messages import MessageDraft
from engine.model import HANOI, Assignment, PostRole, Recipient, Unit, UnitKind
from engine.planning import Reminder, Suppression, World, unit_waited_for
from engine.preview import Preview, preview
from engine.rulebook import AUDIENCES, CHANNELS, Rulebook
from engine.spans import Span

LOOK_AHEAD = timedelta(days=60)  # past the last day a test names: what comes instead is worth showing
NEAREST = 3

_OFFICE = Unit("DIEU-PHOI", "Cơ quan theo dõi, đôn đốc", UnitKind.DEPARTMENT)
_PROVINCE = Unit("UBND-TINH", "UBND tỉnh", UnitKind.LEADERSHIP)


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that does not hold; `instead` is what would be sent, in order of time."""

    line: int
    said: str
    why: str
    instead: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test with everything in it that does not hold; `taken_by` says by which rule, in Vietnamese."""

    test: RuleTest
    failures: tuple[Failure, ...]
    taken_by: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all of it holds."""
        return not self.failures


def outcome_of(test: RuleTest, rulebook: Rulebook, calendar: WorkCalendar) -> Outcome:
    """Return what of `test` does not hold under these rules."""
    run = _run(test, World(rulebook, calendar, _posts(test), frozenset(CHANNELS)))
    failures = [*_missing(test, run), *_unwanted(test, run)]
    taken_by = dict.fromkeys(_taken_by(share, rulebook) for share in test.assignments)
    return Outcome(test, tuple(sorted(failures, key=lambda failure: failure.line)), tuple(taken_by))


def _taken_by(share: Assignment, rulebook: Rulebook) -> str:
    rule = rulebook.rule_for(share)
    taken = f"quy tắc '{rule.id}' ({rule.place}), chính sách '{rule.policy}'" if rule else "không quy tắc nào"
    return f"{taken}, hạn {share.due_on:%d/%m/%Y}" if share.due_on else f"{taken}, không có ngày hết hạn"


# --- what is sent ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """What the rules made of a test: the messages, and what was left out."""

    world: World
    sent: tuple[Sent, ...]
    found: Preview
    last: datetime


def _run(test: RuleTest, world: World) -> _Run:
    days = test.named_days
    first = datetime.combine(days[0], time.min, tzinfo=HANOI)
    last = datetime.combine(days[-1] + LOOK_AHEAD, time.max, tzinfo=HANOI)
    found = _previewed(test, world, first, last)
    return _Run(world, _rows(found.messages), found, last)


def _previewed(test: RuleTest, world: World, first: datetime, last: datetime) -> Preview:
    """Return the preview of the whole stretch; an outage parts it in two with the ledger between."""
    stopped, resumed = test.outage.first, test.outage.last
    if stopped is None or resumed is None:
        return preview(test.assignments, world, {}, first, last)
    moment = timedelta(microseconds=1)
    before = preview(test.assignments, world, {}, first, stopped - moment)
    after = preview(test.assignments, world, _remembered(before), resumed + moment, last)
    return Preview(before.messages + after.messages, before.left_out + after.left_out)


def _remembered(found: Preview, by: datetime | None = None) -> dict[str, list[Told]]:
    """Return what the ledger would hold after a preview, or in it: each reminder in its latest state."""
    told = [
        _told(reminder, reminder.recipient.post, ToldState.DELIVERED, message.not_before)
        for message in found.messages
        for reminder in message.reminders
    ]
    for at, left_out in found.suppressions:
        state = ToldState.WAITING if left_out.reason.waits else ToldState.SUPPRESSED
        told.append(_told(left_out, left_out.post, state, at, str(left_out.reason)))
    known = (entry for entry in told if by is None or entry.at <= by)
    latest = {entry.key: entry for entry in sorted(known, key=lambda entry: entry.at)}
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
        to=AUDIENCES[reminders[0].level],
        units=tuple(dict.fromkeys(_unit_spoken_of(reminder) for reminder in reminders)),
        via=reminders[0].via,
        tasks=len({reminder.assignment.task.code for reminder in reminders}),
    )


def _unit_spoken_of(reminder: Reminder) -> str:
    return unit_waited_for(reminder.step) or reminder.assignment.unit.code


def _posts(test: RuleTest) -> ContactBook:
    """Return a contact book in which every post is held but the vacant ones."""
    units = {share.unit.code: share.unit for share in test.assignments}
    units |= {unit.code: unit for unit in test.waited_for}
    held = [(unit, role) for unit in units.values() for role in (PostRole.CONTACT, PostRole.HEAD)]
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
        if not any(matches(expected, sent) for sent in run.sent):
            told = _remembered(run.found, expected.span.last)
            why = why_not_sent(test, expected, run.world, told, run.sent)
            yield Failure(expected.line, f"mong đợi {said(expected)}", why, _nearest(expected, run.sent))


def _unwanted(test: RuleTest, run: _Run) -> Iterator[Failure]:
    for unexpected in test.unexpected:
        found = tuple(sent for sent in run.sent if matches(unexpected, sent))
        if found:
            yield Failure(unexpected.line, f"mong đợi không có tin nào {said(unexpected)}", "", found)
    if test.only:
        span = _covered(test.expected)
        within = (sent for sent in run.sent if span.covers(sent.at))
        found = tuple(s for s in within if not any(matches(e, s) for e in test.expected))
        if found:
            yield Failure(test.line, f"mong đợi không có tin nào khác {span.said}", "", found)


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
