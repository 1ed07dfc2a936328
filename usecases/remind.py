"""One tick: what has fallen due since we last looked is planned, recorded and put in the outbox.

Asking late costs lateness, asking twice nothing: the watermark only narrows the search,
the ledger's keys decide. A full sweep asks about everything and must find nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from sqlmodel import Session

from engine.escalation import due_dates_touched, next_sending_moment
from engine.ledger import Told, ToldState
from engine.messages import MessageDraft, gather
from engine.model import HANOI
from engine.planning import Suppression, World, decide_all
from engine.rulebook import Step
from store import calendars, ledger, records, registry
from usecases import guards
from usecases.duties import open_occurrences
from usecases.reach import world_by_now
from usecases.wiring import Office

CLOCKS_DIFFER = timedelta(minutes=1)  # those of two machines; a clock that goes back goes further


@dataclass(frozen=True, slots=True)
class Planned:
    """What one tick put on record."""

    at: datetime
    messages: tuple[MessageDraft, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    looked_at: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)
    storm: str = ""  # what to tell when the tick was held because it planned too much

    @property
    def reminders(self) -> int:
        """How many reminders the messages carry."""
        return sum(len(message.reminders) for message in self.messages)


def tick(office: Office, now: datetime, full: bool = False) -> Planned:
    """Plan everything due at `now`, in one transaction, and return what was planned.

    With `full` every open assignment is asked afterwards, whatever the watermark says; what
    such a sweep finds beyond the tick is an incident and is recorded as one. After a clock that
    has gone back the watermarks say nothing: what was known then is still to come.
    """
    with office.database.writing() as session:
        calendars.keep(session, office.world.calendar, now)
        open_occurrences(session, office.directory, office.world, now)
        world = world_by_now(session, office)
        marks = {_mark(step, world): now for step in world.rulebook.steps}
        known = ledger.watermarks(session)
        is_back = any(known[mark] - now > CLOCKS_DIFFER for mark in marks.keys() & known.keys())
        ids = _candidates(session, world, now, known)
        ids |= {*registry.open_assignments(session)} if is_back else set()
        planned = _planned(session, office, world, now, sorted(ids))
        if full:
            missed = _planned(session, office, world, now, registry.open_assignments(session))
            if missed.messages or missed.suppressions:
                records.append(session, now, "incident", "sweep", {"reminders": missed.reminders})
            planned = _both(planned, missed)
        storm = guards.hold_storm(session, office, planned.messages, now)
        ledger.set_watermarks(session, marks, may_go_back=is_back)
    return replace(planned, storm=storm)


def _planned(session: Session, office: Office, world: World, now: datetime, ids: list[str]) -> Planned:
    """Decide about some assignments and put what is news on record."""
    assignments = registry.assignments(session, office.directory.unit, ids=ids)
    told = ledger.told_about(session, ids)
    decision = decide_all(assignments, world, told, now)
    gathered = gather(decision.reminders, world, now, _spent(session, world, now))
    decided = (*decision.suppressions, *gathered.suppressions)
    news = ledger.record_plan(session, gathered.messages, decided, now, world.rulebook.fingerprint)
    unsaid = _unsaid(told, world, now)
    coming = {a.id for a in assignments if a.facts and a.facts[-1].at > now}
    seen = [a.id for a in assignments if a.id not in unsaid and a.id not in coming]
    registry.clear_planning_flags(session, seen)
    registry.flag_for_planning(session, sorted(coming))  # what is still to come is looked at when it has
    suppressions = tuple(suppression for suppression in decided if suppression.key in news)
    by_reason = Counter(str(suppression.reason) for suppression in suppressions)
    return Planned(now, gathered.messages, suppressions, len(ids), by_reason)


def _unsaid(told: Mapping[str, Sequence[Told]], world: World, now: datetime) -> set[str]:
    """Return the assignments whose unit was found out of reach while nobody coordinates."""
    if world.contacts.coordinator(now.astimezone(HANOI).date()) is not None:
        return set()
    return {id_ for id_, said in told.items() if any(one.state is ToldState.UNDELIVERABLE for one in said)}


def _both(first: Planned, second: Planned) -> Planned:
    return Planned(
        first.at,
        first.messages + second.messages,
        first.suppressions + second.suppressions,
        second.looked_at,
        first.by_reason + second.by_reason,
    )


def _candidates(
    session: Session, world: World, now: datetime, watermarks: Mapping[tuple[str, str, str], datetime]
) -> set[str]:
    """Return the assignments a step may have reached since its watermark, that changed, or that wait."""
    found = set(registry.ids_needing_planning(session)) | set(ledger.waiting_assignments(session))
    for step in world.rulebook.steps:
        since = watermarks.get(_mark(step, world))
        interval = due_dates_touched(step, since, now, world.calendar)
        if interval is not None:
            found.update(registry.open_due_between(session, *interval))
    return found


def _mark(step: Step, world: World) -> tuple[str, str, str]:
    """Return what a watermark belongs to: a step as these rules and this calendar have it.

    Days off announced late may move a step to a moment already passed, and rules edited
    elsewhere may lay it before other assignments: then everything is asked once more.
    """
    definition = f"{step.definition}@{world.rulebook.fingerprint}@{world.calendar.fingerprint}"
    return step.policy, step.id, definition


def _spent(session: Session, world: World, now: datetime) -> dict[str, int]:
    """Return how many tasks are laid before each post on the day on which a message of now leaves.

    What is planned on a day off leaves with what is planned on the next working day, and
    shares its limit.
    """
    leaves_at = next_sending_moment(now, world.rulebook.sending, world.calendar)
    midnight = datetime.combine(leaves_at.astimezone(HANOI).date(), time(0), tzinfo=HANOI)
    return ledger.tasks_told_since(session, midnight)
