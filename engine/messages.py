"""Which messages carry the reminders of a run, and what does each say?

`gather` decides who gets one message through which channel; `compose` says what stands in
it at the moment it leaves, from facts read a moment ago.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, groupby
from operator import attrgetter

from engine.calendar import WorkCalendar
from engine.compliance import document_name
from engine.digest import Digest, DigestRow, Group
from engine.digest_days import digest_for, digest_moment
from engine.escalation import next_sending_moment, step_falls_at
from engine.ledger import NOTICE_STEP
from engine.model import HANOI, Assignment, Recipient
from engine.planning import (
    FAULT_STEP,
    Reminder,
    Suppression,
    SuppressionReason,
    World,
    recipient_for,
    unit_waited_for,
)
from engine.rulebook import AUDIENCES, Audience, Step, each_channel
from engine.status import Standing, days_late, standing_of


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """The reminders of one run that one person gets through one channel.

    `key` follows from what it carries, so two workers planning the same message plan one.
    """

    key: str
    recipient: Recipient
    channel: str
    level: int
    not_before: datetime
    reminders: tuple[Reminder, ...]
    fallbacks: tuple[str, ...] = ()  # the channels to try when this one fails, in order


@dataclass(frozen=True, slots=True)
class Gathered:
    """The messages of a run, and the reminders that found no place in one."""

    messages: tuple[MessageDraft, ...]
    suppressions: tuple[Suppression, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder as the ledger keeps it, with its assignment read afresh."""

    assignment: Assignment
    step: str
    level: int
    reason: str


def gather(reminders: Iterable[Reminder], world: World, now: datetime, spent: Mapping[str, int]) -> Gathered:
    """Return one message per person and channel for the reminders of a run.

    `spent` says how many tasks were laid before each post today already; what a level's
    daily limit leaves out waits for the next day, most overdue first.
    """
    messages: list[MessageDraft] = []
    left_out: list[Suppression] = []
    not_before = next_sending_moment(now, world.rulebook.sending, world.calendar)
    addressed = _addressed(reminders, world)
    nowhere = addressed.pop(_NOWHERE, [])
    left_out += [_left_out(one, SuppressionReason.NO_CHANNEL) for of_way in nowhere for one in of_way]
    for (address, channel), ways in sorted(addressed.items()):
        kept, over = _within_limit(ways, world, spent)
        left_out += [_left_out(reminder, SuppressionReason.BUDGET) for reminder in over]
        if kept:
            level = max(reminder.level for reminder in kept)
            key = _message_key(address, channel, kept)
            beside = _beside(channel, kept if len(ways) > 1 else kept[:1], world.channels)
            recipient = kept[0].recipient
            messages.append(MessageDraft(key, recipient, channel, level, not_before, tuple(kept), beside))
    return Gathered(tuple(messages), tuple(left_out))


def joined(one: MessageDraft, other: MessageDraft) -> MessageDraft:
    """Return the message that leaves instead of two to the same post through the same channel."""
    return replace(
        one,
        level=max(one.level, other.level),
        reminders=(*one.reminders, *other.reminders),
        fallbacks=tuple(dict.fromkeys((*one.fallbacks, *other.fallbacks))),
    )


def compose(
    key: str, recipient: Recipient, lines: Sequence[Line], world: World, at: datetime, hidden: int = 0
) -> Digest:
    """Return what one message says at the moment it leaves.

    Contacts and heads read a row per assignment; upper levels a row per task with the
    units that owe it; contact faults a row per unit.
    """
    rows = [
        _row(list(of_row), recipient, world, at)
        for _, of_row in groupby(sorted(lines, key=_row_key), key=_row_key)
    ]
    order = list(Group)
    rows.sort(key=lambda row: (order.index(row.group), -row.days_late, row.due_on, row.task_code))
    level = max((line.level for line in lines), default=0)
    return Digest(key, recipient, level, at, tuple(rows), hidden, world.rulebook.fingerprint)


def channels_for(recipient: Recipient, via: Iterable[str], open_channels: Set[str]) -> Iterator[str]:
    """Yield the open channels of `via` that reach a person: those they prefer first, then as written."""
    reached = [c for c in each_channel(via) if c in open_channels and c in recipient.addresses]
    yield from (channel for channel in recipient.prefers if channel in reached)
    yield from (channel for channel in reached if channel not in recipient.prefers)


_NOWHERE = ("", "")


def _addressed(reminders: Iterable[Reminder], world: World) -> dict[tuple[str, str], list[list[Reminder]]]:
    """Return the reminders by address and channel, way by way; under `_NOWHERE` those that reach nobody."""
    by_way: dict[tuple[str, str, tuple[str, ...]], list[Reminder]] = {}
    for reminder in reminders:
        who = reminder.recipient
        way = who.post, who.person, reminder.via
        if way in by_way:
            by_way[way].append(reminder)
        else:
            by_way[way] = [reminder]
    found: dict[tuple[str, str], list[list[Reminder]]] = {}
    for of_way in by_way.values():
        who, via = of_way[0].recipient, of_way[0].via
        channel = next(channels_for(who, via, world.channels), None)
        found.setdefault((who.addresses[channel], channel) if channel else _NOWHERE, []).append(of_way)
    return found


def _beside(channel: str, reminders: Iterable[Reminder], open_channels: Set[str]) -> tuple[str, ...]:
    """Return the channels that may carry what `channel` could not, in the order first named.

    Never the mailbox of the machine: what lies there has reached nobody.
    """
    ways: dict[tuple[str, str, tuple[str, ...]], Reminder] = {}
    for one in reminders:
        ways.setdefault((one.recipient.post, one.recipient.person, one.via), one)
    named = dict.fromkeys(
        c for one in ways.values() for c in channels_for(one.recipient, one.via, open_channels)
    )
    return tuple(c for c in named if c not in {channel, "mailbox"})


def _within_limit(
    ways: Iterable[Iterable[Reminder]], world: World, spent: Mapping[str, int]
) -> tuple[list[Reminder], list[Reminder]]:
    """Split the reminders of one person into those of today and those of another day."""
    kept: list[Reminder] = []
    over: list[Reminder] = []
    in_order = sorted(chain.from_iterable(ways), key=_urgency)
    for level, of_audience in groupby(in_order, key=attrgetter("level")):
        limit = world.rulebook.limits.get(AUDIENCES[level])
        if limit is None:
            kept += of_audience
            continue
        tasks: set[str] = set()
        for reminder in of_audience:
            task = reminder.assignment.task.code
            room = len(tasks) + spent.get(reminder.recipient.post, 0) < limit.tasks_per_day
            if task in tasks or room or reminder.step in {FAULT_STEP, NOTICE_STEP}:
                tasks.add(task)
                kept.append(reminder)
            else:
                over.append(reminder)
    return kept, over


_urgency = attrgetter("level", "due_on", "assignment.task.code", "assignment.unit.code", "step")


def _message_key(address: str, channel: str, reminders: Iterable[Reminder]) -> str:
    told = "\n".join((address, channel, *sorted(map(attrgetter("key"), reminders))))
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _left_out(reminder: Reminder, reason: SuppressionReason) -> Suppression:
    return Suppression(
        reminder.key, reminder.assignment, reminder.step, reminder.level, reminder.due_on,
        reminder.falls_at, reminder.recipient.post, reason, reminder.place,
    )  # fmt: skip


def _row_key(line: Line) -> tuple[str, ...]:
    """What lines must share to become one row, and their order."""
    if line.step == FAULT_STEP:
        return ("2", line.assignment.unit.code)
    if line.step == NOTICE_STEP:
        return ("3", line.assignment.id, line.reason)
    if line.level >= Audience.COORDINATOR.level:
        return ("1", line.assignment.task.code)
    return ("0", line.assignment.id)


def _row(lines: list[Line], recipient: Recipient, world: World, at: datetime) -> DigestRow:
    """Return one row; lines about one task are told through the one longest overdue."""
    today = at.astimezone(HANOI).date()
    stood = [(line, standing_of(line.assignment, at)) for line in lines]
    line, standing = max(stood, key=lambda pair: (days_late(pair[1], world.calendar, today), pair[0].level))
    assert standing.due_on is not None
    assert standing.original_due_on is not None
    task = line.assignment.task
    last_day = world.calendar.previous_working_day(standing.due_on)
    late = days_late(standing, world.calendar, today)
    row = DigestRow(
        group=Group.LATER,
        task_code=task.code,
        title=task.title,
        text=task.text,
        document=_source(line.assignment),
        expected=task.expected,
        units=tuple(dict.fromkeys(line.assignment.unit.name for line in lines)),
        original_due_on=standing.original_due_on,
        due_on=standing.due_on,
        days_left=max(0, world.calendar.working_days_between(today, last_day)),
        days_late=late,
        level=max(line.level for line in lines),
        step=line.step,
        reason="" if line.step == NOTICE_STEP else line.reason,
        warning="",
        said=_said(line, standing),
        assignment_ids=tuple(dict.fromkeys(line.assignment.id for line in lines)),
        extensions=standing.extensions,
    )
    row = replace(row, group=_group(row, line, world.calendar, today))
    if row.group in {Group.OVERDUE, Group.TODAY}:
        row = replace(row, warning=_next_level(line, standing, world, at))
    return row


def _group(row: DigestRow, line: Line, calendar: WorkCalendar, today: date) -> Group:
    if line.step == FAULT_STEP:
        return Group.FAULT
    if line.step == NOTICE_STEP:
        return Group.NOTICE if line.level >= Audience.COORDINATOR.level else Group.RECEIVED
    if unit_waited_for(line.step):
        return Group.WAITED
    if line.level == Audience.SUPPORTING.level:
        return Group.INFORMED
    if row.days_late > 0:
        return Group.OVERDUE
    if line.assignment.task.is_duty:
        return Group.DUTY
    if row.days_left == 0:
        return Group.TODAY
    return Group.WEEK if (row.due_on - today).days <= 7 else Group.LATER


def _said(line: Line, standing: Standing) -> str:
    """Return what a line has to say of itself: what is to be decided, or who waits since when and why."""
    if line.step == NOTICE_STEP:
        return line.reason
    if not unit_waited_for(line.step) or standing.blocked_at is None:
        return ""
    blocked = [fact for fact in line.assignment.facts if fact.at == standing.blocked_at]
    because = next((f": {fact.note}" for fact in blocked if fact.note), "")
    since = f"{standing.blocked_at.astimezone(HANOI):%d/%m/%Y}"
    return f"{line.assignment.unit.name} báo đang chờ quý cơ quan từ ngày {since}{because}"


def _next_level(line: Line, standing: Standing, world: World, at: datetime) -> str:
    """Say when the next level will be told, and who that is, unless the step is not to warn."""
    assert standing.due_on is not None
    ladder = world.rulebook.steps_for(line.assignment)
    if any(step.id == line.step and not step.warns for step in ladder):
        return ""
    upper = [
        (_told_from(step, step_falls_at(step, standing.due_on, world.calendar), world), step)
        for step in ladder
        if step.to.level > line.level
    ]
    coming = min((pair for pair in upper if pair[0] > at), key=lambda pair: pair[0], default=None)
    if coming is None:
        return ""
    moment, step = coming
    told = recipient_for(step, line.assignment, world.contacts, moment.date())
    if told is None:
        return ""
    return (
        f"Nếu đến {moment:%H:%M} ngày {moment:%d/%m/%Y} chưa có báo cáo kết quả, "
        f"hệ thống sẽ báo {told.title}."
    )


def _told_from(step: Step, falls_at: datetime, world: World) -> datetime:
    """Return the first moment at which a step that falls may be told: its own, or its level's day."""
    days = digest_for(step, world.rulebook)
    return digest_moment(days, world.calendar, falls_at) if days else falls_at


def _source(assignment: Assignment) -> str:
    """Name the document and the place in it, as a clerk cites it."""
    task = assignment.task
    place = f", STT {task.number}" if task.number and not task.is_duty else ""
    return document_name(task.document) + place
