"""How do units behave in the demonstration? All of it is invented.

Each assignment gets a manner from its id alone, so that a replay tells the same story
every time: most answer, some are late, some ask for more time, a few stay silent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from engine.calendar import WorkCalendar
from engine.model import HANOI, Assignment, Fact, FactKind, Role


class Manner(StrEnum):
    """How a unit deals with what it owes."""

    PROMPT = "đúng hạn"
    LATE = "nộp muộn"
    EXTENDS = "xin gia hạn"
    PRESSED = "chỉ làm khi lãnh đạo được báo"
    SILENT = "im lặng"


SHARES = (
    (Manner.PROMPT, 62),
    (Manner.LATE, 18),
    (Manner.EXTENDS, 8),
    (Manner.PRESSED, 9),
    (Manner.SILENT, 3),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a unit or the coordinating office will do, unless it is overtaken."""

    at: datetime
    assignment: str
    fact: Fact


def manner_of(assignment: Assignment) -> Manner:
    """Return how this unit will deal with this task."""
    roll = _roll(assignment.id, "manner", 100)
    for manner, share in SHARES:
        if roll < share:
            return manner
        roll -= share
    return Manner.SILENT


def deeds_of(assignment: Assignment, calendar: WorkCalendar) -> Iterator[Deed]:
    """Yield what will be done about an assignment with a deadline, in order of time."""
    if assignment.role is not Role.LEAD or assignment.due_on is None:
        return
    due_on = calendar.next_working_day(assignment.due_on)
    manner = manner_of(assignment)
    if manner is Manner.SILENT:
        return
    if manner is not Manner.PRESSED and _roll(assignment.id, "ack", 3):
        noted_on = calendar.add_working_days(max(assignment.assigned_on, due_on - timedelta(days=20)), 1)
        if noted_on < due_on:
            yield _deed(assignment, noted_on, FactKind.ACKNOWLEDGED)
    if manner is Manner.EXTENDS:
        asked_on = calendar.add_working_days(due_on, -2 - _roll(assignment.id, "ask", 4))
        longer = calendar.next_working_day(due_on + timedelta(days=14 + _roll(assignment.id, "longer", 17)))
        number = f"{100 + _roll(assignment.id, 'number', 800)}/UBND-KGVX"
        yield _deed(assignment, asked_on, FactKind.EXTENSION_REQUESTED, due_on=longer)
        granted_on = calendar.add_working_days(asked_on, 1)
        yield _deed(assignment, granted_on, FactKind.EXTENDED, due_on=longer, document=number)
        due_on = longer
    yield from _result(assignment, calendar, _reported_on(assignment, manner, due_on, calendar))


def decision_on(assignment: Assignment, calendar: WorkCalendar) -> list[Deed]:
    """Return what the coordinating office decides about an assignment that came in held.

    What the plan says is done is put on record as done; an impossible or past deadline
    gets a date; what speaks of secret material is left for the officer in charge of it.
    """
    held = next((fact for fact in assignment.facts if fact.kind is FactKind.HELD), None)
    if held is None or assignment.role is not Role.LEAD:
        return []
    deadline = assignment.task.deadline
    on = calendar.add_working_days(assignment.assigned_on, 3)
    if deadline.already_done:
        done = _deed(
            assignment, on, FactKind.REPORTED, on=deadline.due_on, note="theo ghi chú trong kế hoạch"
        )
        return [done, _deed(assignment, calendar.add_working_days(on, 1), FactKind.ACCEPTED)]
    if deadline.due_on and deadline.due_on >= assignment.assigned_on:
        return []
    due_on = deadline.proposal or calendar.add_working_days(assignment.assigned_on, 20)
    decided = _deed(
        assignment,
        on,
        FactKind.DECIDED,
        due_on=due_on,
        note="cơ quan theo dõi, đôn đốc xác định lại thời hạn",
    )
    return [decided, *deeds_of(replace(assignment, due_on=due_on), calendar)]


def _reported_on(assignment: Assignment, manner: Manner, due_on: date, calendar: WorkCalendar) -> date:
    match manner:
        case Manner.LATE:
            return calendar.add_working_days(due_on, 1 + _roll(assignment.id, "late", 9))
        case Manner.PRESSED:
            return calendar.add_working_days(due_on, 5 + _roll(assignment.id, "pressed", 12))
        case _:
            return calendar.add_working_days(due_on, -_roll(assignment.id, "early", 8) or -1)


def _result(assignment: Assignment, calendar: WorkCalendar, reported_on: date) -> Iterator[Deed]:
    paper = f"{10 + _roll(assignment.id, 'paper', 300)}/BC-{assignment.unit.code}"
    yield _deed(assignment, reported_on, FactKind.REPORTED, on=reported_on, document=paper)
    looked_at_on = calendar.add_working_days(reported_on, 2 + _roll(assignment.id, "review", 5))
    if _roll(assignment.id, "returned", 20) == 0:
        yield _deed(assignment, looked_at_on, FactKind.RETURNED, note="kết quả chưa đủ phụ lục số liệu")
        again_on = calendar.add_working_days(looked_at_on, 3)
        yield _deed(assignment, again_on, FactKind.REPORTED, on=again_on, document=paper)
        looked_at_on = calendar.add_working_days(again_on, 2)
    yield _deed(assignment, looked_at_on, FactKind.ACCEPTED)


def _deed(assignment: Assignment, day: date, kind: FactKind, **more: object) -> Deed:
    minute = _roll(assignment.id, kind, 7 * 60)
    at = datetime.combine(day, time(9), tzinfo=HANOI) + timedelta(minutes=minute)
    by = "VPUB/coordinator" if kind in _OFFICE_DOES else f"{assignment.unit.code}/contact"
    return Deed(at, assignment.id, Fact(kind, at, by, **more))  # type: ignore[arg-type]


_OFFICE_DOES = {FactKind.EXTENDED, FactKind.ACCEPTED, FactKind.RETURNED, FactKind.DECIDED}


def _roll(*words: object) -> int:
    """Return a number below the last word that depends on the others alone."""
    *names, sides = words
    digest = hashlib.sha256("|".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:4]) % int(str(sides))
