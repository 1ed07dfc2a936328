"""How do the shares of tasks follow a newer copy of their document, and what people answered?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from engine.model import Assignment, Fact, FactKind
from engine.status import Status, standing_of
from store import registry
from store.kept import StoredTask
from usecases.difference import said_in_force
from usecases.staged import StagedTask
from usecases.staging import facts_of
from usecases.wiring import Office

UNIT_GONE = "đơn vị không còn trong văn bản nhập lại"
TASK_GONE = "nhiệm vụ không còn trong văn bản nhập lại"
DROPPED = frozenset({UNIT_GONE, TASK_GONE})  # closed by a copy, not by a person: a later copy may reopen


def put_shares(
    session: Session,
    office: Office,
    wanted: Mapping[str, list[Assignment]],
    tasks: Iterable[StagedTask],
    known: Mapping[str, StoredTask],
    at: datetime,
) -> None:
    """Add the shares that tasks did not have, close those they lost, decide the deadline of the rest.

    `wanted` are the shares each task should have, by the task's code.
    """
    before: dict[str, dict[str, Assignment]] = defaultdict(dict)
    for share in registry.assignments(session, office.directory.unit, task_codes=wanted):
        before[share.task.code][share.id] = share
    new: list[Assignment] = []
    other_role: list[Assignment] = []
    facts: list[tuple[str, Fact]] = []
    for task in tasks:
        shares, had = {share.id: share for share in wanted[task.code]}, before[task.code]
        new += [share for id_, share in shares.items() if id_ not in had]
        other_role += [s for id_, s in shares.items() if id_ in had and s.role is not had[id_].role]
        stored = known.get(task.code)
        is_moved = stored is not None and said_in_force(stored.task.deadline) != said_in_force(task.deadline)
        for id_, assignment in had.items():
            facts += [(id_, fact) for fact in _facts(assignment, shares.get(id_), is_moved, at)]
    registry.put_assignments(session, new, at)
    registry.put_roles(session, other_role)
    registry.add_facts(session, office.directory.unit, facts)


def _facts(before: Assignment, share: Assignment | None, is_moved: bool, at: datetime) -> list[Fact]:
    return _closed(before, at, UNIT_GONE) if share is None else _carried_on(before, share, is_moved, at)


def _carried_on(before: Assignment, share: Assignment, is_moved: bool, at: datetime) -> list[Fact]:
    """Return the facts by which a share that was known stands as the newer document has it.

    One that an earlier copy had dropped is opened again; one that a person cancelled, or
    whose result is in, stays. An extension outlives every change but that of the deadline.
    """
    standing = standing_of(before, at)
    if standing.status is Status.CANCELLED:
        cancelled = [fact for fact in before.facts if fact.kind is FactKind.CANCELLED]
        return _redated(share, at) if cancelled[-1].note in DROPPED else []
    is_awaiting = standing.status is Status.AWAITING_DECISION
    is_settled = is_awaiting or standing.due_on != share.due_on
    if is_moved and is_awaiting and standing.due_on is None and not (share.due_on or share.facts):
        return [Fact(FactKind.DECIDED, at, note="việc thường xuyên hoặc định kỳ, không theo một ngày")]
    if is_moved and standing.done_on is None and is_settled:
        return _redated(share, at)
    return []


def _redated(share: Assignment, at: datetime) -> list[Fact]:
    """Return the facts that put a corrected deadline in force, or hold it for a person."""
    holds = [replace(fact, at=at) for fact in share.facts if fact.kind is FactKind.HELD]
    if not holds and share.due_on is None:
        holds = [Fact(FactKind.HELD, at, note="văn bản nhập lại không còn ghi thời hạn theo ngày")]
    decided = Fact(FactKind.DECIDED, at, due_on=share.due_on, note="thời hạn theo văn bản nhập lại")
    return holds or [decided]


def _closed(assignment: Assignment, at: datetime, note: str) -> list[Fact]:
    is_closed = standing_of(assignment, at).status is Status.CANCELLED
    return [] if is_closed else [Fact(FactKind.CANCELLED, at, note=note)]


def close_tasks(session: Session, office: Office, task_codes: list[str], at: datetime) -> None:
    """Close the tasks that a newer version of their document no longer has."""
    if not task_codes:
        return
    registry.mark_removed(session, task_codes, at)
    dropped = registry.assignments(session, office.directory.unit, task_codes=task_codes)
    facts = [(share.id, fact) for share in dropped for fact in _closed(share, at, TASK_GONE)]
    registry.add_facts(session, office.directory.unit, facts)


def carry_out(session: Session, office: Office, tasks: Iterable[StagedTask], at: datetime) -> None:
    """Record what people decided about tasks that waited for them, on the shares that still wait."""
    verdicts = {task.code: task.verdict for task in tasks if task.verdict is not None}
    if not verdicts:
        return
    shares = registry.assignments(session, office.directory.unit, task_codes=verdicts)
    facts = [
        (share.id, fact)
        for share in shares
        if standing_of(share, at).status is Status.AWAITING_DECISION
        for fact in facts_of(verdicts[share.task.code], at)
    ]
    registry.add_facts(session, office.directory.unit, facts)
