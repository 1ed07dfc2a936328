"""What would be sent between two moments, if nobody acted and everything arrived?

The same `decide` and `gather` that the service calls, run over a virtual clock with the
ledger kept in memory: a preview that asked another function would be a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.calendar import WorkCalendar
from engine.escalation import due_dates_touched
from engine.ledger import Told, ToldState
from engine.messages import MessageDraft, gather
from engine.model import HANOI, Assignment
from engine.planning import Reminder, Suppression, World, decide_all
from engine.rulebook import Rulebook


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
) -> Preview:
    """Return what runs from `first` to `last` would send, starting from what was told before."""
    memory = _Memory(told)
    index = _Index(assignments)
    messages: list[MessageDraft] = []
    suppressions: list[tuple[datetime, Suppression]] = []
    before: datetime | None = None
    for now in run_moments(world.rulebook, world.calendar, first, last):
        candidates = index.touched(world, before, now) | memory.waiting
        decision = decide_all(
            (index.assignments[i] for i in sorted(candidates)), world, memory.told(candidates), now
        )
        gathered = gather(decision.reminders, world, now, memory.spent(now.date()))
        messages += gathered.messages
        left_out = (*decision.suppressions, *gathered.suppressions)
        suppressions += [(now, s) for s in left_out if memory.is_news(s)]
        memory.keep(gathered.messages, left_out)
        before = now
    return Preview(tuple(messages), tuple(suppressions))


def run_moments(
    rulebook: Rulebook, calendar: WorkCalendar, first: datetime, last: datetime
) -> Iterator[datetime]:
    """Yield the moments in `[first, last]` at which some step can fall."""
    times = sorted({step.at for step in rulebook.steps})
    day = first.astimezone(HANOI).date()
    while day <= last.astimezone(HANOI).date():
        if calendar.is_working_day(day):
            for at in times:
                moment = datetime.combine(day, at, tzinfo=HANOI)
                if first <= moment <= last:
                    yield moment
        day += timedelta(days=1)


class _Index:
    """The assignments by every deadline they ever have and every day they change."""

    def __init__(self, assignments: Iterable[Assignment]) -> None:
        self.assignments = {assignment.id: assignment for assignment in assignments}
        self._by_due: dict[date, set[str]] = defaultdict(set)
        self._by_change: dict[date, set[str]] = defaultdict(set)
        for assignment in self.assignments.values():
            for due_on in (assignment.due_on, *(fact.due_on for fact in assignment.facts)):
                if due_on is not None:
                    self._by_due[due_on].add(assignment.id)
            for changed_on in {
                assignment.assigned_on,
                *(f.at.astimezone(HANOI).date() for f in assignment.facts),
            }:
                self._by_change[changed_on].add(assignment.id)
        self._due_dates = sorted(self._by_due)

    def touched(self, world: World, since: datetime | None, now: datetime) -> set[str]:
        """Return the ids whose steps may fall, or whose facts changed, in `(since, now]`."""
        found: set[str] = set()
        for step in world.rulebook.steps:
            interval = due_dates_touched(step, since, now, world.calendar)
            if interval is not None:
                first, last = interval
                dates = (d for d in self._due_dates if (first is None or first <= d) and d <= last)
                found.update(*(self._by_due[d] for d in dates))
        if since is not None:
            day = since.astimezone(HANOI).date()
            while day <= now.astimezone(HANOI).date():
                found |= self._by_change.get(day, set())
                day += timedelta(days=1)
        return found


class _Memory:
    """A ledger for the length of a preview: what is told is delivered at once."""

    def __init__(self, told: Mapping[str, Sequence[Told]]) -> None:
        self._told = {id_: {t.key: t for t in entries} for id_, entries in told.items()}
        self._spent: dict[tuple[date, str], set[str]] = defaultdict(set)
        self.waiting = {
            id_ for id_, entries in told.items() if any(t.state is ToldState.WAITING for t in entries)
        }

    def told(self, ids: Iterable[str]) -> dict[str, tuple[Told, ...]]:
        return {id_: tuple(self._told.get(id_, {}).values()) for id_ in ids}

    def spent(self, day: date) -> dict[str, int]:
        return {post: len(tasks) for (on, post), tasks in self._spent.items() if on == day}

    def is_news(self, suppression: Suppression) -> bool:
        known = self._told.get(suppression.assignment.id, {}).get(suppression.key)
        return known is None or not suppression.reason.waits

    def keep(self, messages: Iterable[MessageDraft], suppressions: Iterable[Suppression]) -> None:
        for message in messages:
            for reminder in message.reminders:
                post = reminder.recipient.post
                self._put(reminder, post, ToldState.DELIVERED, message.not_before)
                self._spent[message.not_before.date(), post].add(reminder.assignment.task.code)
        for suppression in suppressions:
            state = ToldState.WAITING if suppression.reason.waits else ToldState.SUPPRESSED
            self._put(suppression, suppression.post, state, suppression.falls_at)

    def _put(self, what: Reminder | Suppression, post: str, state: ToldState, at: datetime) -> None:
        id_ = what.assignment.id
        entries = self._told.setdefault(id_, {})
        entries[what.key] = Told(
            what.key, id_, what.due_on, what.step, what.level, post, what.falls_at, state, at
        )
        if any(told.state is ToldState.WAITING for told in entries.values()):
            self.waiting.add(id_)
        else:
            self.waiting.discard(id_)
