"""What would be sent between two moments, if nobody acted and everything arrived?

The same `decide` and `gather` that the service calls, run over a virtual clock with the
ledger kept in memory: a preview that asked another function would be a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from engine.calendar import WorkCalendar
from engine.cohorts import Cohort, Cohorts, Fate
from engine.crowding import crowded_out
from engine.escalation import next_sending_moment
from engine.ledger import Told, ToldState
from engine.messages import MessageDraft, gather, joined
from engine.model import HANOI, Assignment, Recipient
from engine.planning import Decision, Reminder, Suppression, World, is_at_own_unit, suppression_like
from engine.quiet_hours import wakes_at
from engine.rulebook import Rulebook


class LeftOut(NamedTuple):
    """A suppression at a moment, and the assignments it holds for."""

    at: datetime
    suppression: Suppression
    assignments: Sequence[Assignment]
    at_own_unit: bool = False  # whether the post goes by the unit that owes


@dataclass(frozen=True, slots=True)
class Preview:
    """The messages of a stretch of time, in the order they would come, and what was left out of them."""

    messages: tuple[MessageDraft, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def suppressions(self) -> tuple[tuple[datetime, Suppression], ...]:
        """Each suppression with its moment, assignment by assignment; made when asked for."""
        found = [
            (left.at, suppression_like(left.suppression, assignment, left.at_own_unit))
            for left in self.left_out
            for assignment in left.assignments
        ]
        return tuple(sorted(found, key=lambda pair: (pair[0], pair[1].assignment.id)))


def preview(
    assignments: Sequence[Assignment],
    world: World,
    told: Mapping[str, Sequence[Told]],
    first: datetime,
    last: datetime,
    tell: Callable[[datetime], None] | None = None,
    also_at: Iterable[datetime] = (),
) -> Preview:
    """Return what runs from `first` to `last` would send, starting from what was told before.

    `tell` hears of every moment once it has been planned: a long preview can say how far it is.
    `also_at` are further moments of a run, after what happened between the steps.
    """
    between = (moment for moment in also_at if first <= moment <= last)
    moments = sorted({*run_moments(world.rulebook, world.calendar, first, last), *between})
    return preview_at(moments, assignments, world, _arrived(told, first, world), tell)


def preview_at(
    moments: Iterable[datetime],
    assignments: Iterable[Assignment],
    world: World,
    told: Mapping[str, Sequence[Told]],
    tell: Callable[[datetime], None] | None = None,
) -> Preview:
    """Return what runs at the given moments would send: the service may wake at any."""
    woken = list(moments)
    if not woken:
        return Preview((), ())
    run = _Run(woken, list(assignments), world, told)
    for now in woken:
        run.at(now)
        if tell is not None:
            tell(now)
    return Preview(tuple(run.messages.values()), tuple(run.left_out))


def run_moments(
    rulebook: Rulebook, calendar: WorkCalendar, first: datetime, last: datetime
) -> Iterator[datetime]:
    """Yield the moments in `[first, last]` at which some step can fall, or a level's day begins."""
    times = sorted({*(step.at for step in rulebook.steps), *(d.at for d in rulebook.digests.values())})
    day = first.astimezone(HANOI).date()
    while day <= last.astimezone(HANOI).date():
        if calendar.is_working_day(day):
            for at in times:
                moment = datetime.combine(day, at, tzinfo=HANOI)
                if first <= moment <= last:
                    yield moment
        day += timedelta(days=1)


def first_run(world: World, first: datetime) -> datetime:
    """Return when the service tells what fell due before `first` and nobody has looked at yet.

    It wakes every few minutes while messages may leave.
    """
    return next_sending_moment(first, world.rulebook.sending, world.calendar)


def _put_out(
    messages: dict[tuple[datetime, str, str], MessageDraft], planned: Iterable[MessageDraft]
) -> None:
    """Add the messages of a run; what leaves at one moment to one post through one channel is one."""
    for message in planned:
        slot = message.not_before, message.recipient.post, message.channel
        messages[slot] = joined(messages[slot], message) if slot in messages else message


def _arrived(
    told: Mapping[str, Sequence[Told]], first: datetime, world: World
) -> Mapping[str, Sequence[Told]]:
    """Return what was told before, letters still on their way taken as arriving when they may leave."""

    def arrived(one: Told) -> Told:
        if one.state is not ToldState.PENDING:
            return one
        leaves_at = next_sending_moment(max(first, one.at), world.rulebook.sending, world.calendar)
        return replace(one, state=ToldState.DELIVERED, at=_read_at(leaves_at, one.post, None, world))

    return {id_: [arrived(one) for one in entries] for id_, entries in told.items()}


def _read_at(leaves_at: datetime, post: str, holder: Recipient | None, world: World) -> datetime:
    """Return when a letter to a post reaches who is told, quiet hours over."""
    told = world.contacts.told_at(post, leaves_at, world.channels) or holder
    return wakes_at(told, leaves_at, world.rulebook.sending, world.calendar) if told else leaves_at


class _Run:
    """A preview on its way: a ledger kept in memory, in which what is told is delivered at once."""

    def __init__(
        self,
        moments: Sequence[datetime],
        assignments: Sequence[Assignment],
        world: World,
        told: Mapping[str, Sequence[Told]],
    ) -> None:
        self.messages: dict[tuple[datetime, str, str], MessageDraft] = {}
        self.left_out: list[LeftOut] = []
        self._world = world
        self._cohorts = Cohorts(assignments, world, told, moments)
        self._before: datetime | None = None
        self._minds_quiet = any(who.quiet for who in world.contacts.recipients)
        self._limited = {audience.role for audience in world.rulebook.limits}
        self._spent: dict[date, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for share in assignments:
            for one in told.get(share.id, ()):
                if one.state is ToldState.DELIVERED:
                    self._spent[one.at.astimezone(HANOI).date()][one.post].add(share.task.code)

    def at(self, now: datetime) -> None:
        """Plan what falls due at `now` and take it as told."""
        world = self._world
        leaves_at = next_sending_moment(now, world.rulebook.sending, world.calendar)
        today = now.astimezone(HANOI).date()
        asked = [(cohort, cohort.decided(world, now)) for cohort in self._cohorts.touched(self._before, now)]
        news = [(cohort, found) for cohort, found in asked if found.reminders or found.suppressions]
        spent = self._spent_on(leaves_at.date())
        hopeless = crowded_out(news, world, spent)
        due = [(c, found, c.reminders(found, world, now)) for c, found in news if c not in hopeless]
        reminders = [one for _, _, each in due for of_members in each for one in of_members]
        gathered = gather(reminders, world, now, spent)
        messages = [self._when_awake(message) for message in gathered.messages]
        _put_out(self.messages, messages)
        self._count(messages)
        fates: dict[str, Suppression | datetime] = {one.key: one for one in gathered.suppressions}
        late = [message for message in messages if message.not_before.date() != leaves_at.date()]
        fates |= {one.key: message.not_before for message in late for one in message.reminders}
        affected = {key.partition("|")[0] for key in fates}
        for cohort, decision, each in due:
            for one in decision.suppressions:
                is_own = is_at_own_unit(one, world.contacts, today)
                self.left_out.append(LeftOut(now, one, cohort.members, is_own))
            if affected and any(member.id in affected for member in cohort.members):
                self._part(cohort, decision, each, fates, now, leaves_at)
            else:
                cohort.keep(decision, (None,) * len(each), now, leaves_at)
                self._cohorts.note_waiting(cohort)
        self._before = now

    def _part(
        self,
        cohort: Cohort,
        decision: Decision,
        each: list[list[Reminder]],
        fates: Mapping[str, Suppression | datetime],
        now: datetime,
        leaves_at: datetime,
    ) -> None:
        """Part those of a cohort whose reminders were left out, or arrive later, from the others."""
        by_fate: dict[Fate, list[Assignment]] = {}
        for member, *reminders in zip(cohort.members, *each, strict=True):
            found = [fates.get(one.key) for one in reminders]
            fate = tuple(one.reason if isinstance(one, Suppression) else one for one in found)
            by_fate.setdefault(fate, []).append(member)
            for of_model, one in zip(decision.reminders, found, strict=True):
                if isinstance(one, Suppression) and cohort.is_news(of_model, one.reason):
                    self.left_out.append(LeftOut(now, one, (member,)))
        parts = [cohort.parted(members) for members in list(by_fate.values())[1:]]
        cohort.members = next(iter(by_fate.values()))
        for part, fate in zip((cohort, *parts), by_fate, strict=True):
            part.keep(decision, fate, now, leaves_at)
            if part is cohort:
                self._cohorts.note_waiting(part)
            else:
                self._cohorts.add(part)

    def _when_awake(self, message: MessageDraft) -> MessageDraft:
        """Return a message as it leaves once the quiet hours of who is told are over."""
        if not self._minds_quiet:
            return message
        recipient = message.recipient
        wakes = _read_at(message.not_before, recipient.post, recipient, self._world)
        return message if wakes == message.not_before else replace(message, not_before=wakes)

    def _spent_on(self, day: date) -> dict[str, int]:
        return {post: len(tasks) for post, tasks in self._spent[day].items()}

    def _count(self, messages: Iterable[MessageDraft]) -> None:
        """Count what leaves towards the limits of its day."""
        for message in messages:
            spent = self._spent[message.not_before.date()]
            for one in message.reminders:
                if one.recipient.role in self._limited:
                    spent[one.recipient.post].add(one.assignment.task.code)
