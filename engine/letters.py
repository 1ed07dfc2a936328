"""Which unit is due a letter, about what, the how manieth, and by when does it answer?

One letter a unit that owes something overdue or due within the red zone. The machine drafts and
people sign, so only letters recorded as issued count: n is one more than those that spoke of one of
the same plans. Work that waits for a decision is nobody's to demand, and is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from engine.calendar import WorkCalendar
from engine.collation import vietnamese_order
from engine.issued_letters import IssuedLetter, letters_about, standing_letters
from engine.model import HANOI, UNDETERMINED, Document, Task, Unit, UnitKind
from engine.paperwork import Paperwork
from engine.report_query import ReportFacts, ReportQuery
from engine.silence import RedZone, Zone, red_zone
from engine.status import Status, days_late

COURTESY = frozenset({UnitKind.PARTY, UnitKind.BODY, UnitKind.LEADERSHIP})  # asked, never ordered


class LeftOut(StrEnum):
    """Why red work stands in no letter."""

    AWAITING_DECISION = "awaiting_decision"
    DISPUTED = "disputed"
    OWN = "own"  # owed by the office that writes the letters
    NO_UNIT = "no_unit"  # nobody could say whose it is


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A share the letter speaks of; `cited` are the letters that spoke of it before.

    `days_left` are working days to the last day to act, 0 on the day; `waits_for` names the unit waited
    for since `blocked_on`.
    """

    assignment: str
    task: Task
    original_due_on: date
    due_on: date
    extensions: int
    days_late: int
    days_left: int
    is_blocked: bool
    waits_for: str
    blocked_on: date | None
    wished_on: date | None
    cited: tuple[IssuedLetter, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """The draft to one unit; `count` is lần thứ mấy, `before` the letters that count before it.

    `finish_by` and `answer_by` are the working days before which overdue work is to be done and the unit
    is to write back.
    """

    unit: Unit
    count: int
    is_courteous: bool
    overdue: tuple[LetterRow, ...]
    due_soon: tuple[LetterRow, ...]
    before: tuple[IssuedLetter, ...]
    finish_by: date
    answer_by: date

    @property
    def rows(self) -> tuple[LetterRow, ...]:
        """Everything the letter speaks of."""
        return self.overdue + self.due_soon

    @property
    def documents(self) -> tuple[Document, ...]:
        """The plans that assigned it, from the oldest on."""
        found = {row.task.document.code: row.task.document for row in self.rows}
        return tuple(sorted(found.values(), key=lambda document: (document.issued_on, document.code)))


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks in a letter: `speaker` as a sentence names it, and whether it may demand.

    `receiver` is who is written back to; `unit` the code of the office that writes, "" when unknown.
    """

    speaker: str = "Văn phòng UBND tỉnh"
    receiver: str = "Văn phòng UBND tỉnh"
    is_chairman: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LettersReport:
    """The drafts as of a moment, in dictionary order of the units; `left_out` counts red work in none."""

    query: ReportQuery
    rulebook: str
    log_head: str
    voice: Voice
    letters: tuple[Letter, ...]
    left_out: Mapping[LeftOut, int]
    red_zone_days: int

    @property
    def as_of(self) -> datetime:
        """The moment of the report, in local time."""
        return self.query.as_of.astimezone(HANOI)


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What letters need besides assignments: whose voice, which were issued, names of units by code."""

    voice: Voice = Voice()
    paperwork: Paperwork = field(default_factory=Paperwork)
    issued: Sequence[IssuedLetter] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def letters_of(facts: ReportFacts, known: LetterFacts | None = None) -> LettersReport:
    """Return the letters due as of the moment of the query; in a period lies what is due in it."""
    known, query = known or LetterFacts(), facts.query
    days = facts.thresholds.red_zone
    every = red_zone(facts.assignments, facts.calendar, query.as_of, days)
    reds = [one for one in every if query.is_in_period(one.due_on)]
    by_unit: dict[str, list[RedZone]] = {}
    left_out = dict.fromkeys(LeftOut, 0)
    for one in reds:
        why = _why_left_out(one, known.voice)
        if why is None:
            by_unit.setdefault(one.assignment.unit.code, []).append(one)
        else:
            left_out[why] += 1
    letters = [_letter(found, facts, known) for found in by_unit.values()]
    letters.sort(key=lambda letter: (vietnamese_order(letter.unit.name), letter.unit.code))
    return LettersReport(query, facts.rulebook, facts.log_head, known.voice, tuple(letters), left_out, days)


def as_json(report: LettersReport) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "as_of": report.as_of.isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "log_head": report.log_head,
        "red_zone_days": report.red_zone_days,
        "letters": [_letter_json(letter) for letter in report.letters],
        "left_out": {str(why): count for why, count in report.left_out.items()},
        "totals": {
            "letters": len(report.letters),
            "overdue": sum(len(letter.overdue) for letter in report.letters),
            "due_soon": sum(len(letter.due_soon) for letter in report.letters),
            "left_out": sum(report.left_out.values()),
        },
    }


def _why_left_out(red: RedZone, voice: Voice) -> LeftOut | None:
    unit = red.assignment.unit.code
    undecided = {
        Status.AWAITING_DECISION: LeftOut.AWAITING_DECISION,
        Status.DISPUTED: LeftOut.DISPUTED,
    }
    if red.standing.status in undecided:
        return undecided[red.standing.status]
    if unit == UNDETERMINED.code:
        return LeftOut.NO_UNIT
    return LeftOut.OWN if unit == voice.unit else None


def _letter(reds: Sequence[RedZone], facts: ReportFacts, known: LetterFacts) -> Letter:
    unit, query = reds[0].assignment.unit, facts.query
    plans = {one.assignment.task.document.code for one in reds}
    issued = [one for one in known.issued if one.unit == unit.code and one.on <= query.on]
    before = tuple(one for one in standing_letters(issued) if plans & set(one.plans))
    about = letters_about(issued)
    rows = {
        zone: tuple(
            _rows((one for one in reds if one.zone is zone), facts.calendar, query.on, about, known.names)
        )
        for zone in Zone
    }
    return Letter(
        unit,
        len(before) + 1,
        unit.kind in COURTESY,
        rows[Zone.OVERDUE],
        rows[Zone.DUE_SOON],
        before,
        facts.calendar.add_working_days(query.on, known.paperwork.finish_within),
        facts.calendar.add_working_days(query.on, known.paperwork.answer_within),
    )


def _rows(
    reds: Iterable[RedZone],
    calendar: WorkCalendar,
    on: date,
    about: Mapping[str, tuple[IssuedLetter, ...]],
    names: Mapping[str, str],
) -> Iterator[LetterRow]:
    """Yield the rows in the order of their deadlines."""
    for one in sorted(reds, key=lambda red: (red.due_on, vietnamese_order(red.assignment.task.code))):
        standing, share = one.standing, one.assignment
        is_blocked = standing.status is Status.BLOCKED
        at = standing.blocked_at if is_blocked else None
        yield LetterRow(
            share.id,
            share.task,
            standing.original_due_on or one.due_on,
            one.due_on,
            standing.extensions,
            days_late(standing, calendar, on),
            max(0, calendar.working_days_between(on, calendar.previous_working_day(one.due_on))),
            is_blocked,
            names.get(standing.blocked_by, standing.blocked_by) if is_blocked else "",
            at.astimezone(HANOI).date() if at else None,
            standing.wished_on,
            about.get(share.id, ()),
        )


def _letter_json(letter: Letter) -> dict[str, Any]:
    return {
        "unit": letter.unit.code,
        "unit_name": letter.unit.name,
        "count": letter.count,
        "courteous": letter.is_courteous,
        "finish_by": letter.finish_by.isoformat(),
        "answer_by": letter.answer_by.isoformat(),
        "before": [_issued_json(one) for one in letter.before],
        "overdue": [_row_json(row) for row in letter.overdue],
        "due_soon": [_row_json(row) for row in letter.due_soon],
    }


def _issued_json(letter: IssuedLetter) -> dict[str, str]:
    return {"number": letter.number, "on": letter.on.isoformat()}


def _row_json(row: LetterRow) -> dict[str, Any]:
    return {
        "task": row.task.code,
        "title": row.task.title,
        "document": row.task.document.code,
        "original_due_on": row.original_due_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "extensions": row.extensions,
        "days_late": row.days_late,
        "working_days_left": row.days_left,
        "blocked": row.is_blocked,
        "waits_for": row.waits_for,
        "wished_on": row.wished_on.isoformat() if row.wished_on else None,
        "letters": [_issued_json(one) for one in row.cited],
    }
