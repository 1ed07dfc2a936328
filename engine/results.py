"""What became of each task of a plan: done by whom, on which document, or open and why?

The counterpart of the appendices a plan's office writes by hand: plan by plan, group by group.
A task is done once every unit that leads it has done its share, and is otherwise counted
where its worst share stands, so that the groups sum to the plan and the plans to the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from engine.calendar import WorkCalendar
from engine.collation import vietnamese_order
from engine.data_quality import Judged
from engine.model import HANOI, Assignment, Document, FactKind, Role, Task
from engine.report_query import ReportFacts, ReportQuery, judged
from engine.status import Status, Timeliness, days_late

DUTIES = "Nhiệm vụ định kỳ"
ELSEWHERE = "Nhiệm vụ khác"


class Outcome(StrEnum):
    """What became of a share or of a task, the gravest first."""

    OPEN_LATE = "open_late"
    AWAITING_DECISION = "awaiting_decision"
    OPEN_IN_TIME = "open_in_time"
    OPEN_UNDATED = "open_undated"  # Thường xuyên, or no deadline anybody could read
    DONE_LATE = "done_late"
    DONE_ON_TIME = "done_on_time"
    DONE_UNDATED = "done_undated"

    @property
    def is_done(self) -> bool:
        """Whether a result was reported and not returned."""
        return self in {Outcome.DONE_LATE, Outcome.DONE_ON_TIME, Outcome.DONE_UNDATED}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tasks there are of each outcome; every count of a report is one of these, or a sum."""

    counts: Mapping[Outcome, int]

    @property
    def total(self) -> int:
        """All tasks."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """The tasks that are done, in time or late or without a deadline."""
        return sum(count for outcome, count in self.counts.items() if outcome.is_done)

    def of(self, *outcomes: Outcome) -> int:
        """Return how many tasks have one of these outcomes."""
        return sum(self.counts.get(outcome, 0) for outcome in outcomes)


@dataclass(frozen=True, slots=True)
class Part:
    """One leading unit's share of a task.

    `documents` are the papers its result rests on and `said` what was told of it; both are empty while
    there is none, or after it was returned. `waits_for` names the unit that is waited for
    since `blocked_on`; `wished_on` is the day asked for in an extension nobody has decided.
    """

    unit: str
    unit_name: str
    outcome: Outcome
    status: Status
    original_due_on: date | None
    due_on: date | None
    extensions: int
    days_late: int
    done_on: date | None
    accepted_on: date | None = None
    documents: tuple[str, ...] = ()
    said: str = ""
    waits_for: str = ""
    blocked_on: date | None = None
    wished_on: date | None = None


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A task with the shares of the units that lead it; `leads` and `supporting` are as the plan has them."""

    task: Task
    leads: str
    supporting: str
    parts: tuple[Part, ...]

    @property
    def outcome(self) -> Outcome:
        """The gravest outcome among the shares: done when all are."""
        order = list(Outcome)
        return min((part.outcome for part in self.parts), key=order.index)

    @property
    def done(self) -> int:
        """How many units have done their share."""
        return sum(part.outcome.is_done for part in self.parts)


@dataclass(frozen=True, slots=True)
class Group:
    """A section of a plan, by its number there ("I", "II.1") and title; both empty without sections."""

    number: str
    title: str
    tasks: tuple[TaskResult, ...]

    @property
    def tally(self) -> Tally:
        """What became of the tasks of the group."""
        return tally_of(self.tasks)

    @property
    def label(self) -> str:
        """How the group is named: "I. Về thể chế"."""
        is_named_by_words = not self.title or self.title.startswith(self.number)
        return (self.title or self.number) if is_named_by_words else f"{self.number}. {self.title}"


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan with its groups, in its own order."""

    document: Document
    groups: tuple[Group, ...]

    @property
    def tally(self) -> Tally:
        """What became of the tasks of the plan."""
        return tally_of(task for group in self.groups for task in group.tasks)


@dataclass(frozen=True, slots=True)
class ResultsReport:
    """What became of every task the query speaks of; `cancelled` shares are counted nowhere else."""

    query: ReportQuery
    rulebook: str
    log_head: str
    plans: tuple[PlanResult, ...]
    cancelled: int

    @property
    def as_of(self) -> datetime:
        """The moment of the report, in local time."""
        return self.query.as_of.astimezone(HANOI)

    @property
    def tally(self) -> Tally:
        """What became of all tasks."""
        return tally_of(task for plan in self.plans for group in plan.groups for task in group.tasks)


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What plans say that assignments do not.

    `sections` are number and title in a plan's order, by document code; `leads` and `supporting` the
    agencies as written, by task code; `names` of units by code, for those that are waited for.
    """

    sections: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    supporting: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def results_of(facts: ReportFacts, words: PlanWords | None = None) -> ResultsReport:
    """Return what became of the tasks as of the moment of the query, plan by plan.

    In a period belong the shares that were completed in it, and those still open whose deadline
    in force lies in it; a task is told by its shares that belong.
    """
    words = words or PlanWords()
    every = judged(facts)
    counted = [one for one in every if one.cell is not Timeliness.CANCELLED]
    shares: dict[str, list[Judged]] = {}
    for one in counted:
        if facts.query.is_in_period(one.standing.done_on or one.standing.due_on):
            shares.setdefault(one.assignment.task.code, []).append(one)
    helpers = _supporting(facts)
    tasks = [
        _task(found, words, helpers.get(code, ()), facts.calendar, facts.query)
        for code, found in shares.items()
    ]
    return ResultsReport(
        facts.query,
        facts.rulebook,
        facts.log_head,
        tuple(_plans(tasks, words)),
        len(every) - len(counted),
    )


def tally_of(tasks: Iterable[TaskResult]) -> Tally:
    """Return how many of the tasks have each outcome."""
    return Tally(Counter(task.outcome for task in tasks))


def as_json(report: ResultsReport) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "as_of": report.as_of.isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "log_head": report.log_head,
        "period": {"from": _iso(report.query.first_on), "to": _iso(report.query.last_on)},
        "totals": _tally_json(report.tally),
        "cancelled_shares": report.cancelled,
        "plans": [
            {
                "code": plan.document.code,
                "number": plan.document.number,
                "title": plan.document.title,
                "issued_on": plan.document.issued_on.isoformat(),
                "totals": _tally_json(plan.tally),
                "groups": [_group_json(group) for group in plan.groups],
            }
            for plan in report.plans
        ],
    }


def _supporting(facts: ReportFacts) -> dict[str, list[str]]:
    """Return the names of the supporting units by task, in dictionary order."""
    found: dict[str, list[str]] = {}
    for share in facts.assignments:
        if share.role is Role.SUPPORTING and share.assigned_on <= facts.query.on:
            found.setdefault(share.task.code, []).append(share.unit.name)
    return {code: sorted(names, key=vietnamese_order) for code, names in found.items()}


def _task(
    shares: Sequence[Judged],
    words: PlanWords,
    helpers: Sequence[str],
    calendar: WorkCalendar,
    query: ReportQuery,
) -> TaskResult:
    task = shares[0].assignment.task
    parts = sorted(
        (_part(one, words, calendar, query) for one in shares),
        key=lambda part: (vietnamese_order(part.unit_name), part.unit),
    )
    leads = words.leads.get(task.code) or _named([part.unit_name for part in parts])
    return TaskResult(task, leads, words.supporting.get(task.code) or _named(helpers), tuple(parts))


def _named(names: Sequence[str]) -> str:
    """Return a few names as they are, of many only how many there are."""
    return f"{len(names)} đơn vị" if len(names) > 5 else ", ".join(names)


def _part(one: Judged, words: PlanWords, calendar: WorkCalendar, query: ReportQuery) -> Part:
    share, standing = one.assignment, one.standing
    accepted_on, documents, said = _result(share, query.as_of)
    waits = standing.status is Status.BLOCKED
    return Part(
        share.unit.code,
        share.unit.name,
        _outcome(one),
        standing.status,
        standing.original_due_on,
        standing.due_on,
        standing.extensions,
        days_late(standing, calendar, query.on),
        standing.done_on,
        accepted_on,
        documents,
        said,
        words.names.get(standing.blocked_by, standing.blocked_by) if waits else "",
        _day(standing.blocked_at) if waits and standing.blocked_at else None,
        standing.wished_on if standing.done_on is None else None,
    )


def _result(share: Assignment, until: datetime) -> tuple[date | None, tuple[str, ...], str]:
    """Return when the result was accepted, on which documents it rests, and what was said of it."""
    accepted_on: date | None = None
    documents: list[str] = []
    said = ""
    for fact in share.facts:
        if fact.at <= until and fact.kind is FactKind.RETURNED:
            accepted_on, documents, said = None, [], ""
        elif fact.at <= until and fact.kind in {FactKind.REPORTED, FactKind.ACCEPTED}:
            accepted_on = _day(fact.at) if fact.kind is FactKind.ACCEPTED else None
            documents.append(fact.document)
            said = fact.note or said
    return accepted_on, tuple(dict.fromkeys(filter(None, documents))), said


def _day(at: datetime) -> date:
    return at.astimezone(HANOI).date()


def _outcome(one: Judged) -> Outcome:
    if one.cell is Timeliness.NO_DEADLINE:
        return Outcome.OPEN_UNDATED if one.standing.done_on is None else Outcome.DONE_UNDATED
    return Outcome(one.cell.value)


def _plans(tasks: Sequence[TaskResult], words: PlanWords) -> Iterator[PlanResult]:
    """Yield the plans from the oldest on, each with its groups in its own order."""
    by_plan: dict[str, list[TaskResult]] = {}
    for result in tasks:
        by_plan.setdefault(result.task.document.code, []).append(result)
    documents = sorted(
        (results[0].task.document for results in by_plan.values()),
        key=lambda document: (document.issued_on, document.code),
    )
    for document in documents:
        sections = words.sections.get(document.code, ())
        yield PlanResult(document, tuple(_groups(by_plan[document.code], sections)))


def _groups(tasks: Iterable[TaskResult], sections: Sequence[tuple[str, str]]) -> Iterator[Group]:
    """Yield the sections that have tasks, then tasks outside of all, then what recurs."""
    by_section: dict[str, list[TaskResult]] = {}
    duties = []
    for result in sorted(tasks, key=_as_numbered):
        if result.task.is_duty:
            duties.append(result)
        else:
            by_section.setdefault(result.task.section, []).append(result)
    titles = dict(sections)
    known = [number for number, _ in sections if number in by_section]
    others = [number for number in by_section if number and number not in titles]
    for number in [*known, *others]:
        yield Group(number, titles.get(number, ""), tuple(by_section[number]))
    if "" in by_section:
        title = ELSEWHERE if len(by_section) > 1 or duties else ""
        yield Group("", title, tuple(by_section[""]))
    if duties:
        yield Group("", DUTIES, tuple(duties))


def _as_numbered(result: TaskResult) -> tuple[Any, ...]:
    return vietnamese_order(result.task.number or ""), vietnamese_order(result.task.code)


def _tally_json(tally: Tally) -> dict[str, int]:
    cells = {str(outcome): tally.of(outcome) for outcome in Outcome}
    return {**cells, "done": tally.done, "total": tally.total}


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "number": group.number,
        "title": group.title,
        "totals": _tally_json(group.tally),
        "tasks": [_task_json(result) for result in group.tasks],
    }


def _task_json(result: TaskResult) -> dict[str, Any]:
    return {
        "task": result.task.code,
        "number": result.task.number,
        "title": result.task.title,
        "leads": result.leads,
        "supporting": result.supporting,
        "outcome": str(result.outcome),
        "done": result.done,
        "units": [_part_json(part) for part in result.parts],
    }


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "unit": part.unit,
        "unit_name": part.unit_name,
        "outcome": str(part.outcome),
        "status": str(part.status),
        "original_due_on": _iso(part.original_due_on),
        "due_on": _iso(part.due_on),
        "extensions": part.extensions,
        "days_late": part.days_late,
        "done_on": _iso(part.done_on),
        "accepted_on": _iso(part.accepted_on),
        "documents": list(part.documents),
        "said": part.said,
        "waits_for": part.waits_for,
        "blocked_on": _iso(part.blocked_on),
        "wished_on": _iso(part.wished_on),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
