"""Which assignments stand alike and were told alike, so that one decision holds for all of them?

A task that every commune owes is a hundred shares with one deadline, one ladder and one
history. A preview decides for one of them, the model of its cohort, and gives the others the
same at their own units' posts. Members part when a level's limit takes some and leaves others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from engine.escalation import due_dates_touched
from engine.heard import Heard
from engine.ledger import Told, ToldState
from engine.model import HANOI, Assignment, PostRole, Role
from engine.planning import (
    Decision,
    Reminder,
    Suppression,
    SuppressionReason,
    World,
    decide_for,
    reminders_like,
)
from engine.rulebook import Audience, Policy, Rulebook
from engine.status import Standing, standing_of

# Of each reminder of a decision: why it was left out, or when it arrives if on another day than it should.
Fate = tuple[SuppressionReason | datetime | None, ...]


@dataclass(slots=True, eq=False)
class Cohort:
    """Assignments of one standing, policy and history; the history is told of the model alone.

    `standing` is None while facts are still to come: then the model is the only member.
    """

    model: Assignment
    policy: Policy | None
    standing: Standing | None
    heard: Heard
    members: list[Assignment] = field(default_factory=list)

    @property
    def task_codes(self) -> set[str]:
        """The codes of the tasks of its members."""
        return {member.task.code for member in self.members}

    def decided(self, world: World, now: datetime) -> Decision:
        """Return what the model calls for at `now`."""
        standing = self.standing or standing_of(self.model, now)
        return decide_for(self.model, standing, self.policy, world, self.heard, now)

    def reminders(self, decision: Decision, world: World, now: datetime) -> list[list[Reminder]]:
        """Return each reminder of a decision as the members get it."""
        today = now.astimezone(HANOI).date()
        return [list(reminders_like(one, self.members, world.contacts, today)) for one in decision.reminders]

    def is_news(self, reminder: Reminder, why: SuppressionReason) -> bool:
        """Whether it was not known yet that a reminder of the model is left out for this reason."""
        known = self.heard.waiting.get(reminder.key)
        return not why.waits or known is None or known.suppression != why

    def keep(self, decision: Decision, fate: Fate, now: datetime, leaves_at: datetime) -> None:
        """Take note of what a decision told, and of what it left out."""
        for left in decision.suppressions:
            self._leave_out(left, left.post, left.reason, now)
        for one, why in zip(decision.reminders, fate, strict=True):
            if isinstance(why, SuppressionReason):
                self._leave_out(one, one.recipient.post, why, now)
            else:
                self.heard.add(_told(one, one.recipient.post, ToldState.DELIVERED, why or leaves_at))

    def _leave_out(
        self, left: Reminder | Suppression, post: str, why: SuppressionReason, now: datetime
    ) -> None:
        if why.waits:
            self.heard.add(_told(left, post, ToldState.WAITING, now, str(why)))
        else:
            self.heard.settle(left.key, left.due_on, left.step)

    def parted(self, members: list[Assignment]) -> Cohort:
        """Return a cohort of some of the members, with a history of its own from now on."""
        return Cohort(self.model, self.policy, self.standing, self.heard.copy(), members)


class Cohorts:
    """All assignments of a preview, found by the deadlines they ever have and the days they change."""

    def __init__(
        self,
        assignments: Iterable[Assignment],
        world: World,
        told: Mapping[str, Sequence[Told]],
        moments: Sequence[datetime],
    ) -> None:
        self._world = world
        self._waiting: dict[Cohort, None] = {}
        self._by_due: dict[tuple[str, bool], dict[date, list[Cohort]]] = defaultdict(dict)
        self._by_change: dict[date, list[Cohort]] = defaultdict(list)
        for cohort in _gathered(assignments, world, told, moments):
            self.add(cohort)
        self._due_dates = {ladder: sorted(by_due) for ladder, by_due in self._by_due.items()}

    def add(self, cohort: Cohort) -> None:
        """Find a cohort from now on."""
        model, policy = cohort.model, cohort.policy
        dues = (
            {cohort.standing.due_on} if cohort.standing else {model.due_on, *(f.due_on for f in model.facts)}
        )
        if policy is not None:
            by_due = self._by_due[policy.id, model.role is Role.SUPPORTING]
            for due_on in filter(None, dues):
                by_due.setdefault(due_on, []).append(cohort)
        facts = () if cohort.standing else model.facts
        for day in {model.assigned_on, *(fact.at.astimezone(HANOI).date() for fact in facts)}:
            self._by_change[day].append(cohort)
        self.note_waiting(cohort)

    def note_waiting(self, cohort: Cohort) -> None:
        """Ask a cohort at every moment as long as something of it waits."""
        if cohort.heard.waiting:
            self._waiting[cohort] = None
        else:
            self._waiting.pop(cohort, None)

    def touched(self, since: datetime | None, now: datetime) -> Iterable[Cohort]:
        """Return those whose steps may fall, or whose facts change, in `(since, now]`, and who wait."""
        found = dict(self._waiting)
        for step in self._world.rulebook.steps:
            interval = due_dates_touched(step, since, now, self._world.calendar)
            if interval is not None:
                ladder = step.policy, step.to is Audience.SUPPORTING
                for of_day in self._due_between(ladder, *interval):
                    found |= dict.fromkeys(of_day)
        if since is not None:
            day = since.astimezone(HANOI).date()
            while day <= now.astimezone(HANOI).date():
                found |= dict.fromkeys(self._by_change.get(day, ()))
                day += timedelta(days=1)
        return found

    def _due_between(
        self, ladder: tuple[str, bool], first: date | None, last: date
    ) -> Iterator[list[Cohort]]:
        dates = self._due_dates.get(ladder, [])
        start = 0 if first is None else bisect_left(dates, first)
        return (self._by_due[ladder][day] for day in dates[start : bisect_right(dates, last)])


def _gathered(
    assignments: Iterable[Assignment],
    world: World,
    told: Mapping[str, Sequence[Told]],
    moments: Sequence[datetime],
) -> Iterable[Cohort]:
    """Return the cohorts in which the assignments enter the first of `moments`."""
    found: dict[Hashable, Cohort] = {}
    presence, policies = _Presence(world, moments), _Policies(world.rulebook)
    for share in assignments:
        policy = policies.of(share)
        is_settled = not share.facts or share.facts[-1].at <= moments[0]
        standing = standing_of(share, moments[0]) if is_settled else None
        said = told.get(share.id, ())
        key: Hashable = share.id
        if standing is not None and not standing.waits_for:
            stands = (policy, share.role, standing.status, standing.due_on, standing.armed_on)
            key = (*stands, share.assigned_on, presence.of(share.unit.code), _history(share, said))
        if key not in found:
            found[key] = Cohort(share, policy, standing, Heard(said))
        found[key].members.append(share)
    return found.values()


class _Policies:
    """The policy of each assignment; the shares of a task are told apart only where a rule does."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._by_unit = any(rule.units or rule.unit_kinds for rule in rulebook.rules)
        self._known: dict[tuple[str, str], Policy | None] = {}

    def of(self, share: Assignment) -> Policy | None:
        """Return the policy of an assignment, None when no rule matches."""
        key = share.task.code, share.unit.code if self._by_unit else ""
        if key not in self._known:
            self._known[key] = self._rulebook.policy_for(share)
        return self._known[key]


class _Presence:
    """On which days of a preview somebody holds the posts of a unit."""

    def __init__(self, world: World, moments: Iterable[datetime]) -> None:
        self._contacts = world.contacts
        self._days = sorted({moment.astimezone(HANOI).date() for moment in moments})
        self._known: dict[str, tuple[bool, ...]] = {}

    def of(self, unit: str) -> tuple[bool, ...]:
        """Return for each day whether the unit has a contact, and for each whether it has a head."""
        known = self._known.get(unit)
        if known is None:
            roles = (PostRole.CONTACT, PostRole.HEAD)
            held = (self._contacts.recipient(unit, role, day) for role in roles for day in self._days)
            known = self._known[unit] = tuple(recipient is not None for recipient in held)
        return known


def _history(share: Assignment, told: Sequence[Told]) -> Hashable:
    """Return what was told about an assignment, as far as a decision tells it from another's."""
    own = f"{share.unit.code}/"
    return tuple(
        (
            one.due_on, one.step, one.level, one.post.removeprefix(own), one.falls_at, one.state,
            one.at if one.state is ToldState.WAITING else one.at.astimezone(HANOI).date(), one.suppression,
        )
        for one in told
    )  # fmt: skip


def _told(what: Reminder | Suppression, post: str, state: ToldState, at: datetime, why: str = "") -> Told:
    return Told(
        what.key, what.assignment.id, what.due_on, what.step, what.level, post, what.falls_at, state, at, why
    )
