"""What was recorded up to a moment that reports are made from?

One reading of the database for every report: the assignments with their facts, what was sent
about them, the rulebook then in force, the questions nobody had answered.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from sqlmodel import Session

from engine.issued_letters import IssuedLetter, letters_about
from engine.model import Assignment, Role, Unit
from engine.report_query import ReminderCount, ReportFacts, ReportQuery, is_judged
from engine.rulebook import Rulebook, read_rulebook
from engine.status import Status, standing_of
from engine.weighing import Lot, Names, Weighed, WeighedFacts, printed_tasks, weighed, within
from store import ledger, records, registry, report_rows, rulebooks
from store.leads import Then, leads_then
from usecases.letters import issued_letters
from usecases.wiring import Office

SETTLED_BY_DECISION = frozenset(
    {
        "invalid-deadline",
        "deadline-needs-decision",
        "deadline-inferred",
        "past-due",
        "said-done",
        "said-stopped",
        "state-secret-row",
        "held",
    }
)
_HELD = frozenset({Status.AWAITING_DECISION})
OFFERED = frozenset({"same-task"})  # worth a look, and no reason to distrust a figure


def facts_of(office: Office, query: ReportQuery) -> ReportFacts:
    """Return what was recorded up to the moment of `query` about the assignments it covers."""
    with office.database.reading() as session:
        known = registry.assignments(session, office.directory.unit, until=query.as_of)
        ground = _ground(session, office, query)
    sent = ground.sent
    shares = [
        share for share in as_led(known, ground.then) if query.covers(share, _level(sent.get(share.id)))
    ]
    judged = [share for share in shares if is_judged(share, query.on)]
    held = {share.task.code for share in judged if standing_of(share, query.as_of).status in _HELD}
    return ReportFacts(
        query=query,
        assignments=shares,
        calendar=office.world.calendar,
        sent=sent,
        rulebook=ground.rulebook.fingerprint,
        log_head=ground.log_head,
        thresholds=ground.rulebook.thresholds,
        questions=_open_questions(query, ground, {share.task.code for share in judged}, held),
        remarks=ground.remarks,
        least_due=office.paperwork.least_due,
        letters=ground.letters,
    )


def weighed_facts_of(office: Office, query: ReportQuery) -> WeighedFacts:
    """Return the same for a report that counts shares: those that stand alike are read and judged as one."""
    calendar, unit_of = office.world.calendar, cache(office.directory.unit)
    with office.database.reading() as session:
        ground = _ground(session, office, query)
        lots = _covered(report_rows.lots(session, query.as_of, ground.then), unit_of, query, ground.sent)
        everything = weighed(lots, calendar, query)
        found = within(everything, query)
        documents = report_rows.documents(session)
        tasks = registry.tasks_by_code(session, printed_tasks(found, calendar, query), documents)
    held = {one.lot.task for one in everything if one.standing.status in _HELD}
    return WeighedFacts(
        query=query,
        assignments=(),
        calendar=calendar,
        sent=ground.sent,
        rulebook=ground.rulebook.fingerprint,
        log_head=ground.log_head,
        thresholds=ground.rulebook.thresholds,
        questions=_open_questions(query, ground, {one.lot.task for one in everything}, held),
        remarks=ground.remarks,
        least_due=office.paperwork.least_due,
        letters=ground.letters,
        found=found,
        names=Names({code: unit_of(code) for code in _units(found)}, documents, tasks),
    )


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles away while many objects are made: it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def rulebook_at(session: Session, office: Office, at: datetime) -> Rulebook:
    """Return the rulebook in force at a moment, else the first one; that of today where none is kept."""
    known = records.records_of(session, ["rulebook"]).get("rulebook", ())
    applied = [record for record in known if record.kind == rulebooks.APPLIED]
    by_then = [record for record in applied if record.at <= at] or applied[:1]
    fingerprint = str(by_then[-1].data["new"]) if by_then else ""
    if fingerprint in {"", office.rulebook.fingerprint}:
        return office.rulebook
    kept = rulebooks.kept(session, fingerprint)
    rulebook, problems = read_rulebook(kept.files if kept else {})
    return office.rulebook if problems else rulebook


def as_led(known: Iterable[Assignment], then: Then) -> Iterator[Assignment]:
    """Yield assignments with the part their unit had then."""
    for share in known:
        task, unit = share.task.code, share.unit.code
        if task not in then.leads and task not in then.added:
            yield share
        elif then.led(task, [unit]):
            yield replace(share, role=Role.LEAD)
        elif share.role is not Role.LEAD and task not in then.added:
            yield share


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a report rests on besides assignments."""

    rulebook: Rulebook
    log_head: str
    sent: Mapping[str, ReminderCount]
    then: Then
    doubts: Sequence[tuple[str, str, str, str]]
    remarks: Mapping[str, int]
    letters: Mapping[str, Sequence[IssuedLetter]]


def _ground(session: Session, office: Office, query: ReportQuery) -> _Ground:
    return _Ground(
        rulebook_at(session, office, query.as_of),
        records.head_at(session, query.as_of),
        ledger.tallies(session, query.as_of),
        leads_then(session, query.as_of),
        report_rows.doubts(session, query.as_of),
        {} if query.is_filtered else report_rows.remarks(session, query.as_of),
        letters_about(issued_letters(session, (unit.code for unit in office.directory.units), query.as_of)),
    )


def _covered(
    lots: Iterable[Lot], unit_of: Callable[[str], Unit], query: ReportQuery, sent: Mapping[str, ReminderCount]
) -> Iterator[Lot]:
    """Yield the lots with the units whose share the query covers."""
    if not query.is_filtered:
        yield from lots
        return
    for lot in lots:
        levels = {unit: _level(sent.get(f"{lot.task}@{unit}")) for unit in lot.units}
        units = [unit for unit in lot.units if query.covers_share(lot.document, unit_of(unit), levels[unit])]
        if units:
            yield lot._replace(units=units)


def _units(found: Iterable[Weighed]) -> set[str]:
    return set().union(*(one.lot.units for one in found))


def _open_questions(
    query: ReportQuery, ground: _Ground, judged: Container[str], held: Container[str]
) -> list[tuple[str, str]]:
    """Return the doubts nobody has settled; one about a deadline ends with the decision.

    A doubt about whose task it is concerns no unit: it is told unless the query asks about units.
    """
    by_unit = bool(query.units or query.kinds or query.levels)
    return [
        (code, f"{task}: {said}")
        for task, plan, code, said in ground.doubts
        if code not in OFFERED
        and (code not in SETTLED_BY_DECISION or task in held)
        and (not query.plans or plan in query.plans)
        and (task in judged if by_unit else task not in ground.then.added)
    ]


def _level(sent: ReminderCount | None) -> int:
    return sent.highest_level if sent else 0
