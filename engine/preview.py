"""What would be sent between two moments, if nobody acted and everything arrived?

The same `decide` and `gather` that the service calls, run over a virtual clock with the
ledger kept in memory: a preview that asked another function would be a guess.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.calendar import WorkCalendar
from engine.escalation import due_dates_touched, next_sending_moment
from engine.heard import Heard
from engine.ledger import Told, ToldState
from engine.messages import MessageDraft, gather, joined
from engine.model import HANOI, Assignment, Role
from engine.planning import Reminder, Suppression, World, decide_each
from engine.rulebook import Audience, Policy, Rulebook, Step


@dataclass(frozen=True, slots=True)
class Preview:
    """The messages and suppressions of a stretch of time, in the order they would come."""

    messages: tuple[MessageDraft, ...]
    suppressions: tuple[tuple[datetime, Suppression], ...]


def preview(
    assignments: Sequence[Assignment],
    world: World,
    told: Mapping[str, Sequence[Told]],
    first: datetime,
    last: datetime,
    tell: Callable[[datetime], None] | None = None,
) -> Preview:
    """Return what runs from `first` to `last` would send, starting from what was told before.

    `tell` hears of every moment once it has been planned: a long preview can say how far it is.
    """
    moments = run_moments(world.rulebook, world.calendar, first, last)
    return preview_at(moments, assignments, world, _arrived(told, first, world), tell)


def preview_at(
    moments: Iterable[datetime],
    assignments: Iterable[Assignment],
    world: World,
    told: Mapping[str, Sequence[Told]],
    tell: Callable[[datetime], None] | None = None,
) -> Preview:
    """Return what runs at the given moments would send: the service may wake at any."""
    memory = _Memory(told)
    index = _Index(assignments, world)
    memory.count(told, index.assignments)
    messages: dict[tuple[datetime, str, str], MessageDraft] = {}
    suppressions: list[tuple[datetime, Suppression]] = []
    before: datetime | None = None
    for now in moments:
        candidates = index.touched(before, now) | memory.waiting
        shares = [index.assignments[id_] for id_ in sorted(candidates)]
        decision = decide_each(shares, world, memory.heard, now, index.policy_for)
        leaves_at = next_sending_moment(now, world.rulebook.sending, world.calendar)
        gathered = gather(decision.reminders, world, now, memory.spent(leaves_at.date()))
        _put_out(messages, gathered.messages)
        left_out = (*decision.suppressions, *gathered.suppressions)
        suppressions += [(now, s) for s in left_out if memory.is_news(s)]
        memory.keep(gathered.messages, left_out, now)
        before = now
        if tell is not None:
            tell(now)
    return Preview(tuple(messages.values()), tuple(suppressions))


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
        return replace(one, state=ToldState.DELIVERED, at=leaves_at)

    return {id_: [arrived(one) for one in entries] for id_, entries in told.items()}


class _Index:
    """The assignments by every deadline they ever have, ladder by ladder, and by every day they change."""

    def __init__(self, assignments: Iterable[Assignment], world: World) -> None:
        self.assignments = {assignment.id: assignment for assignment in assignments}
        self.policies = {id_: world.rulebook.policy_for(share) for id_, share in self.assignments.items()}
        self._world = world
        self._by_due: dict[tuple[str, bool], dict[date, list[str]]] = defaultdict(dict)
        self._by_change: dict[date, set[str]] = defaultdict(set)
        for assignment in self.assignments.values():
            self._add_deadlines(assignment)
            self._by_change[assignment.assigned_on].add(assignment.id)
            for fact in assignment.facts:
                self._by_change[fact.at.astimezone(HANOI).date()].add(assignment.id)
        self._due_dates = {ladder: sorted(by_due) for ladder, by_due in self._by_due.items()}

    def policy_for(self, assignment: Assignment) -> Policy | None:
        """Return the policy of an assignment, without asking the rules again."""
        return self.policies[assignment.id]

    def touched(self, since: datetime | None, now: datetime) -> set[str]:
        """Return the ids whose steps may fall, or whose facts changed, in `(since, now]`."""
        found: set[str] = set()
        for step in self._world.rulebook.steps:
            interval = due_dates_touched(step, since, now, self._world.calendar)
            if interval is not None:
                found.update(*self._due_between(step, *interval))
        if since is not None:
            day = since.astimezone(HANOI).date()
            while day <= now.astimezone(HANOI).date():
                found |= self._by_change.get(day, set())
                day += timedelta(days=1)
        return found

    def _add_deadlines(self, assignment: Assignment) -> None:
        policy = self.policies[assignment.id]
        if policy is None:
            return
        by_due = self._by_due[policy.id, assignment.role is Role.SUPPORTING]
        for due_on in {assignment.due_on, *(fact.due_on for fact in assignment.facts)}:
            if due_on is not None:
                by_due.setdefault(due_on, []).append(assignment.id)

    def _due_between(self, step: Step, first: date | None, last: date) -> Iterator[list[str]]:
        """Yield the assignments that `step` concerns, deadline by deadline."""
        ladder = step.policy, step.to is Audience.SUPPORTING
        dates = self._due_dates.get(ladder, [])
        start = 0 if first is None else bisect_left(dates, first)
        return (self._by_due[ladder][day] for day in dates[start : bisect_right(dates, last)])


class _Memory:
    """A ledger for the length of a preview: what is told is delivered at once."""

    def __init__(self, told: Mapping[str, Sequence[Told]]) -> None:
        self.heard = {id_: Heard(entries) for id_, entries in told.items()}
        self.waiting = {id_ for id_, heard in self.heard.items() if heard.waiting}
        self._spent: dict[date, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def count(self, told: Mapping[str, Sequence[Told]], assignments: Mapping[str, Assignment]) -> None:
        """Count what was told before towards the limits of the days on which it left."""
        for id_ in told.keys() & assignments.keys():
            for one in told[id_]:
                if one.state is ToldState.DELIVERED:
                    spent = self._spent[one.at.astimezone(HANOI).date()]
                    spent[one.post].add(assignments[id_].task.code)

    def spent(self, day: date) -> dict[str, int]:
        return {post: len(tasks) for post, tasks in self._spent[day].items()}

    def is_news(self, suppression: Suppression) -> bool:
        if not suppression.reason.waits:
            return True
        heard = self.heard.get(suppression.assignment.id)
        known = heard.waiting.get(suppression.key) if heard else None
        return known is None or known.suppression != suppression.reason

    def keep(
        self, messages: Iterable[MessageDraft], suppressions: Iterable[Suppression], now: datetime
    ) -> None:
        for message in messages:
            spent = self._spent[message.not_before.date()]
            for reminder in message.reminders:
                post = reminder.recipient.post
                self._put(_told(reminder, post, ToldState.DELIVERED, message.not_before))
                spent[post].add(reminder.assignment.task.code)
        for left in suppressions:
            if left.reason.waits:
                self._put(_told(left, left.post, ToldState.WAITING, now, str(left.reason)))
            else:
                heard = self._heard(left.assignment.id)
                heard.settle(left.key, left.due_on, left.step)
                self._note_waiting(left.assignment.id, heard)

    def _put(self, told: Told) -> None:
        heard = self._heard(told.assignment_id)
        heard.add(told)
        self._note_waiting(told.assignment_id, heard)

    def _heard(self, id_: str) -> Heard:
        heard = self.heard.get(id_)
        if heard is None:
            heard = self.heard[id_] = Heard()
        return heard

    def _note_waiting(self, id_: str, heard: Heard) -> None:
        if heard.waiting:
            self.waiting.add(id_)
        else:
            self.waiting.discard(id_)


def _told(what: Reminder | Suppression, post: str, state: ToldState, at: datetime, why: str = "") -> Told:
    return Told(
        what.key, what.assignment.id, what.due_on, what.step, what.level, post, what.falls_at, state, at, why
    )
