"""Who was asked for an opinion, who answered in time or late and how, and who has yet to answer?

A consultation is a document with one task, owed by every unit asked. Its text and the words of a
verdict on record are written here, so that what is filed and what is reported cannot part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from engine.collation import vietnamese_order
from engine.data_quality import Judged
from engine.model import HANOI, Assignment, Document, Fact, FactKind, Task
from engine.report_query import ReportFacts, ReportQuery, judged
from engine.status import Status, Timeliness, days_late

AGREE, COMMENT, UNCLEAR = "thống nhất", "có ý kiến góp ý", "không rõ ý kiến"
UNDATED = "chưa rõ ngày trả lời"  # stands behind the verdict of a reply whose date cannot stand


class Answer(StrEnum):
    """Whether a unit has answered, those to be asked again first."""

    OVERDUE = "overdue"
    WAITED_FOR = "waited_for"  # not due yet
    UNDATED = "undated"  # answered: a person must say when
    LATE = "late"
    IN_TIME = "in_time"

    @property
    def is_answered(self) -> bool:
        """Whether there is a reply, dated or not."""
        return self in {Answer.UNDATED, Answer.LATE, Answer.IN_TIME}


class Opinion(StrEnum):
    """What an answer says."""

    AGREE = "agree"
    COMMENT = "comment"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One unit that was asked; `number` and `on` are those of its answer, `said` its words on record."""

    unit: str
    unit_name: str
    answer: Answer
    opinion: Opinion | None
    number: str = ""
    on: date | None = None
    days_late: int = 0
    said: str = ""
    status: Status = Status.OPEN


@dataclass(frozen=True, slots=True)
class OtherReply:
    """A reply that changes no standing: from a unit that had answered, or from one nobody asked."""

    by: str  # as written
    number: str
    on: date | None
    opinion: Opinion
    is_supplement: bool


@dataclass(frozen=True, slots=True)
class ConsultationReplies:
    """A consultation with everybody it asked; `due_on` is the deadline most of them have."""

    document: Document
    title: str
    due_on: date | None
    rows: tuple[ReplyRow, ...]
    others: tuple[OtherReply, ...]

    def count(self, *answers: Answer) -> int:
        """Return how many units stand so."""
        return sum(row.answer in answers for row in self.rows)

    def opinions(self, opinion: Opinion) -> int:
        """Return how many answers say so."""
        return sum(row.opinion is opinion for row in self.rows)

    @property
    def answered(self) -> int:
        """How many units have answered, in time or late or without a date."""
        return sum(row.answer.is_answered for row in self.rows)


@dataclass(frozen=True, slots=True)
class RepliesReport:
    """Every consultation the query speaks of, the oldest first."""

    query: ReportQuery
    rulebook: str
    log_head: str
    consultations: tuple[ConsultationReplies, ...]

    @property
    def as_of(self) -> datetime:
        """The moment of the report, in local time."""
        return self.query.as_of.astimezone(HANOI)


@dataclass(frozen=True, slots=True)
class OtherReplies:
    """Replies on record that change no standing, by task code."""

    by_task: Mapping[str, Sequence[OtherReply]] = field(default_factory=dict)


def consultation_text(title: str) -> str:
    """Return the text of the one task of a consultation about `title`."""
    return f"Tham gia ý kiến: {title}"


def is_consultation(task: Task) -> bool:
    """Whether a task asks for opinions about what its document is named after."""
    return not task.is_duty and task.text == consultation_text(task.document.title)


def opinion_in(note: str) -> Opinion:
    """Return what the words on record of an answer say; other words are nobody's to read."""
    said = note.partition(";")[0].strip()
    return {AGREE: Opinion.AGREE, COMMENT: Opinion.COMMENT}.get(said, Opinion.UNCLEAR)


def replies_of(facts: ReportFacts, others: OtherReplies | None = None) -> RepliesReport:
    """Return who answered which consultation; in a period lie those whose answers are due in it.

    Who need not answer any more is not counted.
    """
    others = others or OtherReplies()
    asked: dict[str, list[Judged]] = {}
    for one in judged(facts):
        belongs = facts.query.is_in_period(one.standing.due_on)
        if belongs and is_consultation(one.assignment.task) and one.cell is not Timeliness.CANCELLED:
            asked.setdefault(one.assignment.task.code, []).append(one)
    found = [_consultation(shares, facts, others.by_task.get(code, ())) for code, shares in asked.items()]
    found.sort(key=lambda one: (one.document.issued_on, one.document.code))
    return RepliesReport(facts.query, facts.rulebook, facts.log_head, tuple(found))


def as_json(report: RepliesReport) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "as_of": report.as_of.isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "log_head": report.log_head,
        "consultations": [_consultation_json(one) for one in report.consultations],
    }


def _consultation(
    shares: Sequence[Judged], facts: ReportFacts, others: Iterable[OtherReply]
) -> ConsultationReplies:
    document = shares[0].assignment.task.document
    rows = sorted((_row(one, facts) for one in shares), key=_unanswered_first)
    days = Counter(one.standing.due_on for one in shares if one.standing.due_on)
    usual = min(days, key=lambda day: (-days[day], day), default=None)
    known = sorted(others, key=lambda one: (one.is_supplement, vietnamese_order(one.by), one.number))
    return ConsultationReplies(document, document.title, usual, tuple(rows), tuple(known))


def _unanswered_first(row: ReplyRow) -> tuple[Any, ...]:
    return list(Answer).index(row.answer), vietnamese_order(row.unit_name), row.unit


def _row(one: Judged, facts: ReportFacts) -> ReplyRow:
    share, standing = one.assignment, one.standing
    late = days_late(standing, facts.calendar, facts.query.on)
    if standing.done_on is None:
        answer = Answer.OVERDUE if late else Answer.WAITED_FOR
        return ReplyRow(
            share.unit.code, share.unit.name, answer, None, days_late=late, status=standing.status
        )
    number, said, is_undated = _reply(share, facts.query.as_of)
    return ReplyRow(
        share.unit.code,
        share.unit.name,
        Answer.UNDATED if is_undated else Answer.LATE if late else Answer.IN_TIME,
        opinion_in(said),
        number,
        None if is_undated else standing.done_on,
        0 if is_undated else late,
        said,
        standing.status,
    )


def _reply(share: Assignment, until: datetime) -> tuple[str, str, bool]:
    """Return number and words of the answer that stands, and whether nobody has said its day yet."""
    told: list[Fact] = []
    for fact in share.facts:
        if fact.at <= until and fact.kind is FactKind.RETURNED:
            told = []
        elif fact.at <= until and fact.kind in {FactKind.REPORTED, FactKind.ACCEPTED}:
            told.append(fact)
    number = next((fact.document for fact in reversed(told) if fact.document), "")
    said = next((fact.note for fact in told if fact.note), "")
    is_undated = UNDATED in said and not any(fact.on for fact in told)
    return number, said if is_undated else said.removesuffix(f"; {UNDATED}"), is_undated


def _consultation_json(one: ConsultationReplies) -> dict[str, Any]:
    return {
        "document": one.document.code,
        "number": one.document.number,
        "title": one.title,
        "issued_on": one.document.issued_on.isoformat(),
        "due_on": _iso(one.due_on),
        "totals": {
            "asked": len(one.rows),
            **{str(answer): one.count(answer) for answer in Answer},
            **{str(opinion): one.opinions(opinion) for opinion in Opinion},
        },
        "units": [
            {
                "unit": row.unit,
                "unit_name": row.unit_name,
                "answer": str(row.answer),
                "opinion": str(row.opinion) if row.opinion else None,
                "number": row.number,
                "on": _iso(row.on),
                "days_late": row.days_late,
                "said": row.said,
            }
            for row in one.rows
        ],
        "others": [
            {
                "by": other.by,
                "number": other.number,
                "on": _iso(other.on),
                "opinion": str(other.opinion),
                "is_supplement": other.is_supplement,
            }
            for other in one.others
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
