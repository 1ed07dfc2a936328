"""What is asked of the registry without changing it: the future, the reasons, the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from engine.compliance import OverdueReport, overdue_of
from engine.explanation import Explanation, explained
from engine.hindrances import Hindrances
from engine.model import Assignment, Role
from engine.planning import World
from engine.preview import Preview, first_run, preview
from engine.remembered import Remembered
from engine.report_query import ReportQuery
from engine.silence import SilenceReport, silence_of
from store import history, registry, tags
from store.kept import StoredTask
from store.leads import leads_then
from usecases.act import of_unit
from usecases.comparing import day_by_day, facts_ahead, refuse_backwards, told_so_far
from usecases.errors import InputRejected
from usecases.hindrances import hindrances_at
from usecases.quoting import quoted_task
from usecases.reach import world_by_now
from usecases.report_facts import as_led, facts_of, uncollected, weighed_facts_of
from usecases.silent import red_facts
from usecases.then import world_at
from usecases.wiring import Office


def plan_ahead(
    office: Office, first: datetime, last: datetime, tell: Callable[[str], None] = lambda said: None
) -> Preview:
    """Return what would be sent from `first` to `last` if nobody acted and everything arrived.

    Raises UsageMistake when `last` comes before `first`.
    """
    refuse_backwards(first, last)
    tell("đọc sổ nhiệm vụ")
    with office.database.reading() as session:
        world = world_by_now(session, office)
    with uncollected():
        known, told = facts_ahead(office, world, first, last), told_so_far(office)
        tell_day = day_by_day("lập tin", first, last, tell)
        return preview(known, world, told, first, last, tell_day, [first_run(world, first)])


def explain(
    office: Office, reference: str, unit: str | None, at: datetime
) -> tuple[StoredTask, list[Explanation]]:
    """Return a task and the trace of each of its shares at `at`, leads first; of one unit when named.

    `reference` is a task's code or what can be quoted from a letter about it. A task nobody owes
    yet has no trace: its problems say what a person must settle first. For a moment in the past
    the ledger answers as it stood then, and what was still to come follows from the rulebook
    that was in force then.
    """
    with office.database.reading() as session:
        meant = quoted_task(session, office, reference, unit)
        task, unit = registry.stored_task(session, meant.task), unit or meant.unit or None
        shares = registry.assignments(session, office.directory.unit, task_codes=[task.task.code], until=at)
        shares = list(as_led(shares, leads_then(session, at)))
        shares = shares if unit is None else of_unit(office, shares, unit)
        task, shares = _as_tagged(task, shares, tags.tags_then(session, task.task.code, at))
        known = history.remembered(session, (share.id for share in shares), at)
        world, hindrances = world_at(session, office, at), hindrances_at(session, office, at)
    if unit is not None and not shares:
        raise InputRejected(f"nhiệm vụ {task.task.code} không giao cho '{unit}'; bỏ --unit để xem các đơn vị")
    shares.sort(key=lambda share: (share.role is not Role.LEAD, share.unit.code))
    return task, [_trace(share, world, known.get(share.id, ()), at, hindrances) for share in shares]


def _as_tagged(
    task: StoredTask, shares: Iterable[Assignment], then: tuple[str, ...]
) -> tuple[StoredTask, list[Assignment]]:
    """Return a task and its shares with the tags it carried at a moment."""
    tagged = [replace(share, task=replace(share.task, tags=then)) for share in shares]
    return replace(task, task=replace(task.task, tags=then)), tagged


def _trace(
    share: Assignment, world: World, known: Sequence[Remembered], at: datetime, hindrances: Hindrances
) -> Explanation:
    details = {one.told.key: one for one in known}
    return explained(share, world, [one.told for one in known], at, details, hindrances)


def report_overdue(office: Office, as_of: datetime) -> OverdueReport:
    """Return who is overdue as of a moment, from what was recorded up to it."""
    with uncollected():
        return overdue_of(weighed_facts_of(office, ReportQuery(as_of)))


def report_silence(office: Office, as_of: datetime) -> SilenceReport:
    """Return who in the red zone nothing has reached as of a moment, from what was recorded up to it.

    An occurrence of a duty that should be open and is not is owed all the same.
    """
    facts = facts_of(office, ReportQuery(as_of))
    return silence_of(facts, red_facts(office, facts))
