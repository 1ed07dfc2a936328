"""Who was asked for an opinion, who answered in time, and who has yet to answer?

A consultation is a document with one task, owed by every unit that was asked, so that who
is silent stands in the ordinary overdue report and is reminded like anybody else. A reply
needs nobody's acceptance: it counts from the date of its document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session

from engine.deadline import read_deadline
from engine.model import (
    HANOI,
    Assignment,
    Document,
    Fact,
    FactKind,
    ResolutionStatus,
    Unit,
    UnitReading,
)
from engine.problems import Problem
from engine.reply_report import AGREE, COMMENT, UNCLEAR, UNDATED, consultation_text
from engine.status import Status, standing_of
from engine.units import UnitDirectory
from intake.annex import Annex
from intake.replies import NOT_FATAL, Reply, read_replies
from intake.reply_words import Verdict
from intake.titles import short_title
from store import records, registry
from usecases.bring_in import put_in_force
from usecases.errors import InputRejected
from usecases.staged import Staged, StagedTask
from usecases.staging import derived_code
from usecases.wiring import Office

REPLIED = "consultation-reply"  # the record of a reply that changes no standing
SAID = {Verdict.AGREE: AGREE, Verdict.COMMENT: COMMENT, None: UNCLEAR}
_CLEAR = frozenset({ResolutionStatus.RESOLVED, ResolutionStatus.GROUP})
_OWING = frozenset(
    {Status.OPEN, Status.ACKNOWLEDGED, Status.RETURNED, Status.BLOCKED, Status.AWAITING_DECISION}
)


@dataclass(frozen=True, slots=True)
class Matched:
    """A reply and the unit it came from, None when the words do not name exactly one."""

    reply: Reply
    unit: Unit | None
    reading: UnitReading


@dataclass(frozen=True, slots=True)
class Asked:
    """A consultation as it is put: whom, about what, until when, by which document."""

    units: str  # as written: "Các sở, ban, ngành, địa phương"
    title: str
    issued_on: date
    due_on: date
    number: str = ""
    plan: str | None = None
    by: str = ""  # who asks, as written: it does not answer itself


class Outcome(StrEnum):
    """What became of a reply."""

    RECORDED = "recorded"
    KNOWN = "known"  # recorded before
    SUPPLEMENT = "supplement"  # from a unit that had answered already
    UNDATED = "undated"  # without a date that can stand: a person must say when
    UNASKED = "unasked"  # from a unit that was not asked
    UNRESOLVED = "unresolved"  # from nobody known


@dataclass(frozen=True, slots=True)
class Consulted:
    """A consultation after its replies were filed; `silent` have not answered."""

    document: Document
    replies: Mapping[Outcome, tuple[Matched, ...]]
    silent: tuple[Unit, ...]
    problems: tuple[Problem, ...]


def match_replies(
    directory: UnitDirectory, data: bytes, source: str
) -> tuple[list[Matched], tuple[Problem, ...]]:
    """Return the replies in a file with their units, in the order of the file, and its problems.

    Raises InputRejected when the file cannot be read or holds no replies.
    """
    replies, problems = read_replies(data, source)
    fatal = [problem for problem in problems if problem.code not in NOT_FATAL]
    if fatal:
        raise InputRejected(problems=fatal)
    return [_matched(reply, directory) for reply in replies], tuple(problems)


def consult(office: Office, data: bytes, source: str, asked: Asked, at: datetime) -> Consulted:
    """Put a consultation in force at `at` and record the replies to it that are new.

    Raises InputRejected before anything is written. Asked again with a longer list it adds
    only what was not there.
    """
    matched, problems = match_replies(office.directory, data, source)
    staged = _staged(office, asked, at)
    _check_code(office, staged)
    put_in_force(office, staged, at, source, data)
    with office.database.writing() as session:
        filing = _filing(session, office, staged.tasks[0].code, asked.issued_on, at)
        filing.settle(asked.due_on)
        outcomes = filing.file(matched)
        registry.add_facts(session, office.directory.unit, filing.facts)
        records.append_many(session, filing.kept)
    sorted_ = {
        outcome: tuple(one for one, its in zip(matched, outcomes, strict=True) if its is outcome)
        for outcome in Outcome
    }
    silent = tuple(share.unit for share in filing.shares.values() if filing.status(share) in _OWING)
    return Consulted(staged.document, sorted_, silent, problems)


@dataclass(slots=True)
class _Filing:
    """Decides what each reply is to the share of its unit; `shares` stand as after all before it."""

    code: str  # of the task
    shares: dict[str, Assignment]  # by unit
    filed: dict[str, list[dict[str, str]]]  # what is on record of replies that change no standing
    issued_on: date
    at: datetime
    facts: list[tuple[str, Fact]] = field(default_factory=list)
    kept: list[records.Entry] = field(default_factory=list)

    def settle(self, due_on: date) -> None:
        """Put in force the deadline that a late import holds back: the person who imports names it."""
        decided = Fact(FactKind.DECIDED, self.at, due_on=due_on, note="hạn trả lời do người nhập ghi")
        for share in list(self.shares.values()):
            if self.status(share) is Status.AWAITING_DECISION:
                self._add(share, decided)

    def file(self, matched: Sequence[Matched]) -> list[Outcome]:
        """Return what became of each reply; of several from one unit the earliest is the answer."""
        outcomes: dict[int, Outcome] = {}
        for place in sorted(range(len(matched)), key=lambda place: matched[place].reply.date or date.max):
            outcomes[place] = self._outcome(matched[place])
        return [outcomes[place] for place in range(len(matched))]

    def status(self, share: Assignment) -> Status:
        """Return how a share stands by now."""
        return standing_of(share, self.at).status

    def _outcome(self, one: Matched) -> Outcome:
        share, reply = self.shares.get(one.unit.code) if one.unit else None, one.reply
        if share is None:
            self._keep(self.code, reply)
            return Outcome.UNASKED if one.unit else Outcome.UNRESOLVED
        before = [fact for fact in share.facts if fact.kind is FactKind.REPORTED]
        same = next((fact for fact in before if fact.document == reply.number), None)
        if same is not None and same.on is None and self._is_plausible(reply):
            self._add(share, self._fact(FactKind.ACCEPTED, reply))
            return Outcome.RECORDED
        if (same is not None and same.on in {reply.date, None}) or _as_data(reply) in self.filed[share.id]:
            return Outcome.KNOWN
        if self.status(share) in _OWING:
            return self._answered(share, reply)
        self._keep(share.id, reply)
        return Outcome.SUPPLEMENT

    def _answered(self, share: Assignment, reply: Reply) -> Outcome:
        """Record the answer of a unit; one whose date cannot stand waits for a person."""
        if not self._is_plausible(reply):
            self._add(share, self._fact(FactKind.REPORTED, reply, is_dated=False))
            return Outcome.UNDATED
        self._add(share, self._fact(FactKind.REPORTED, reply), self._fact(FactKind.ACCEPTED, reply))
        return Outcome.RECORDED

    def _keep(self, subject: str, reply: Reply) -> None:
        """Put a reply that changes no standing on record, once."""
        if _as_data(reply) not in self.filed[subject]:
            self.filed[subject].append(_as_data(reply))
            self.kept.append(records.Entry(self.at, REPLIED, subject, _as_data(reply)))

    def _fact(self, kind: FactKind, reply: Reply, is_dated: bool = True) -> Fact:
        note = SAID[reply.verdict] if is_dated else f"{SAID[reply.verdict]}; {UNDATED}"
        on = reply.date if is_dated else None
        return Fact(kind, self.at, reply.unit_words, on=on, document=reply.number, note=note)

    def _is_plausible(self, reply: Reply) -> bool:
        """Whether the date can be that of an answer: not before the question, not in the future."""
        return reply.date is not None and self.issued_on <= reply.date <= self.at.astimezone(HANOI).date()

    def _add(self, share: Assignment, *facts: Fact) -> None:
        self.facts += [(share.id, fact) for fact in facts]
        now = self.shares[share.unit.code]
        self.shares[share.unit.code] = replace(now, facts=(*now.facts, *facts))


def _filing(session: Session, office: Office, code: str, issued_on: date, at: datetime) -> _Filing:
    shares = registry.assignments(session, office.directory.unit, task_codes=[code])
    subjects = [code, *(share.id for share in shares)]
    kept = records.records_of(session, subjects)
    filed = {name: [one.data for one in kept.get(name, ()) if one.kind == REPLIED] for name in subjects}
    return _Filing(code, {share.unit.code: share for share in shares}, filed, issued_on, at)


def _staged(office: Office, asked: Asked, at: datetime) -> Staged:
    """Return the consultation as a document with one task; raises InputRejected when it cannot be put."""
    reading, asker = office.directory.resolve(asked.units), office.directory.resolve(asked.by)
    if asked.by and asker.status is not ResolutionStatus.RESOLVED:
        raise InputRejected(f"không nhận ra cơ quan hỏi ý kiến '{asked.by}'; ghi đủ tên sau --by")
    reading = replace(reading, units=tuple(unit for unit in reading.units if unit not in asker.units))
    if reading.status not in _CLEAR or not reading.units:
        why = " ".join(reading.questions) or f"không nhận ra '{asked.units}'"
        raise InputRejected(f"chưa rõ đã hỏi những cơ quan nào: {why} Ghi đủ tên cơ quan sau --asked")
    if asked.due_on < asked.issued_on:
        raise InputRejected(
            f"hạn trả lời {asked.due_on:%d/%m/%Y} trước ngày hỏi {asked.issued_on:%d/%m/%Y}; "
            "sửa --due hoặc --issued"
        )
    if at.astimezone(HANOI).date() < asked.issued_on:
        raise InputRejected(f"chưa đến ngày hỏi {asked.issued_on:%d/%m/%Y}; sửa --issued hoặc --at")
    document = _document(asked)
    text = consultation_text(asked.title)
    deadline = read_deadline(f"{asked.due_on:%d/%m/%Y}", asked.issued_on)
    nobody = office.directory.resolve("")
    task = StagedTask(
        f"{document.code}/1", "1", text, short_title(text), "", reading, nobody, deadline, row=1
    )
    return Staged(document, (), (task,), ())


def _document(asked: Asked) -> Document:
    code = asked.plan or derived_code(Annex(asked.title, asked.number), asked.title, asked.issued_on)
    return Document(code, asked.title, asked.number, asked.issued_on, asked.by)


def _check_code(office: Office, staged: Staged) -> None:
    """Refuse a code that belongs to a plan: its tasks would be closed as no longer in it."""
    code = staged.document.code
    with office.database.reading() as session:
        kept = registry.stored_tasks(session, code)
    texts = {stored.task.text for stored in kept}
    if kept and texts != {staged.tasks[0].text}:
        raise InputRejected(f"mã {code} đã dùng cho một văn bản khác; chọn mã khác sau --plan")


def _matched(reply: Reply, directory: UnitDirectory) -> Matched:
    reading = directory.resolve(reply.unit_words)
    is_one = reading.status is ResolutionStatus.RESOLVED and len(reading.units) == 1
    return Matched(reply, reading.units[0] if is_one else None, reading)


def _as_data(reply: Reply) -> dict[str, str]:
    said = {"document": reply.number, "note": SAID[reply.verdict], "by": reply.unit_words}
    return said | ({"on": reply.date.isoformat()} if reply.date else {})
