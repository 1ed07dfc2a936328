"""What do reports that count every share read from a registry of a hundred thousand?

Columns, not objects: shares that differ in nothing but the unit come as one lot, facts only for
those that have any, words only for the tasks that are printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from engine.model import Document, FactKind, Role
from engine.planning import SuppressionReason
from engine.weighing import Happened, Lot
from store import registry
from store.leads import Then
from store.plain import Known, moment_of, plain
from store.statements import chunks
from store.tables import (
    ASSIGNMENT,
    MESSAGE,
    RECORD,
    REMINDER,
    TASK,
)

_KINDS = {str(kind): kind for kind in FactKind}
_BETWEEN = "\n"  # no code of a unit has a line break
_UNREACHED = (SuppressionReason.NO_CONTACT, SuppressionReason.NO_CHANNEL)
_decode = json.JSONDecoder().raw_decode
_MOST_KEPT = 100_000  # tasks with facts: no more than a province has, and some hundred megabytes
ByUnit = Mapping[str, Sequence[Happened]]
_NOTHING: ByUnit = {}
_READING = Lock()
_READ: WeakKeyDictionary[sa.Engine, _Read] = WeakKeyDictionary()


def lots(session: Session, until: datetime, then: Then) -> Iterator[Lot]:
    """Yield the shares of lead units, each one with facts up to `until` on its own.

    Tasks whose units are others by now are led by those that led them `then`.
    """
    facts = _happened(session, until)
    documents = dict(tuple(row) for row in session.execute(sa.select(TASK.code, TASK.document_code)))
    for task, due_on, assigned_on, joined in _together(session, then):
        units = then.led(task, joined.split(_BETWEEN))
        known = facts.get(task, _NOTHING)
        untouched = [unit for unit in units if unit not in known] if known else units
        if untouched:
            yield Lot(task, documents[task], untouched, due_on, assigned_on)
        if len(untouched) < len(units):
            for unit in units:
                if unit in known:
                    yield Lot(task, documents[task], (unit,), due_on, assigned_on, known[unit])


def documents(session: Session) -> dict[str, Document]:
    """Return every document by its code."""
    return {document.code: document for document in registry.documents(session)}


def doubts(session: Session, until: datetime) -> list[tuple[str, str, str, str]]:
    """Return what was doubtful in the tasks in force at a moment, as (task, document, code, sentence)."""
    is_doubtful = sa.cast(TASK.problems, sa.Text) != "[]"
    in_force = sa.or_(TASK.removed_at.is_(None), TASK.removed_at > until)
    statement = sa.select(TASK.code, TASK.document_code, TASK.problems).where(is_doubtful, in_force)
    return [
        (task, document, code, said)
        for task, document, problems in session.execute(statement.order_by(TASK.code))
        for code, said in problems
    ]


def remarks(session: Session, until: datetime) -> dict[str, int]:
    """Return how many shares nobody could be told of up to a moment, and how many messages were refused."""
    unreached = sa.select(sa.func.count(sa.distinct(REMINDER.assignment_id))).where(
        REMINDER.suppression.in_(_UNREACHED), REMINDER.decided_at <= until
    )
    refused = sa.select(sa.func.count()).where(
        MESSAGE.state == DeliveryState.FAILED_PERMANENT, MESSAGE.settled_at <= until
    )
    return {"no-contact": session.scalar(unreached) or 0, "refused": session.scalar(refused) or 0}


def _together(session: Session, then: Then) -> Iterator[tuple[str, Any, Any, str]]:
    """Yield (task, deadline, day of assignment, units), with the units that led and do so no more."""
    is_lead = ASSIGNMENT.role == str(Role.LEAD)
    others = [sa.and_(~is_lead, ASSIGNMENT.task_code.in_(chunk)) for chunk in chunks(then.leads)]
    columns = (ASSIGNMENT.task_code, ASSIGNMENT.original_due_on, ASSIGNMENT.assigned_on)
    units = sa.func.aggregate_strings(ASSIGNMENT.unit_code, _BETWEEN)
    statement = sa.select(*columns, units).group_by(*columns)
    for where in (is_lead, *others):
        yield from (tuple(row) for row in session.connection().execute(statement.where(where)))


def _happened(session: Session, until: datetime) -> Mapping[str, ByUnit]:
    """Return the facts of every assignment that has any up to `until`, by task and unit, as they happened.

    What was recorded never changes, so that a process reads it once and afterwards only what is new.
    """
    with _READING:
        engine = session.connection().engine
        read = _READ.pop(engine, None)  # back when all went well: half a reading is none
        if read is None or not read.is_of(session):
            read = _Read()
        read.go_on(session)
        if len(read.facts) <= _MOST_KEPT:
            _READ[engine] = read
        return read.up_to(until)


class _Read:
    """The facts of one database as far as they were read: up to a record, known by its hash."""

    def __init__(self) -> None:
        self.seq, self.mark = 0, ""
        self.newest: datetime | None = None
        self.facts: dict[str, dict[str, list[Happened]]] = {}
        self._moments, self._days = Known(moment_of), Known(date.fromisoformat)

    def is_of(self, session: Session) -> bool:
        """Whether the database still is the one that was read, and no older copy put in its place."""
        return (
            not self.seq or session.scalar(sa.select(RECORD.hash).where(RECORD.seq == self.seq)) == self.mark
        )

    def go_on(self, session: Session) -> None:
        """Read what was recorded since, up to the record that is the last one by now and no further."""
        newest = sa.select(RECORD.seq, RECORD.hash).order_by(sa.desc(RECORD.seq)).limit(1)
        last = session.execute(newest).first()
        if last is None:
            return
        statement = (
            sa.select(RECORD.subject, RECORD.kind, RECORD.at, RECORD.data)
            .where(RECORD.kind.in_(list(_KINDS)), RECORD.seq > self.seq, RECORD.seq <= last.seq)
            .order_by(RECORD.at, RECORD.seq)
        )
        late = set()
        for subject, kind, kept, data in plain(session, statement):
            said = _decode(data)[0]
            on, due_on = self._days[said.get("on")], self._days[said.get("due_on")]
            fact = Happened(_KINDS[kind], self._moments[kept], on, due_on, said.get("unit", ""))
            task, _, unit = subject.rpartition("@")
            known = self.facts.setdefault(task, {}).setdefault(unit, [])
            if known and fact.at < known[-1].at:
                late.add((task, unit))  # recorded of a moment before what is known
            known.append(fact)
            self.newest = fact.at if self.newest is None else max(self.newest, fact.at)
        for task, unit in late:
            # a list of its own: another report may be going through the old one
            self.facts[task][unit] = sorted(self.facts[task][unit], key=lambda fact: fact.at)
        self.seq, self.mark = last

    def up_to(self, until: datetime) -> Mapping[str, ByUnit]:
        """Return the facts of a moment or before."""
        if self.newest is None or self.newest <= until:
            return dict(self.facts)
        return {
            task: {unit: then for unit, facts in of_task.items() if (then := _until(facts, until))}
            for task, of_task in self.facts.items()
        }


def _until(facts: Sequence[Happened], until: datetime) -> Sequence[Happened]:
    return [fact for fact in facts if fact.at <= until]
