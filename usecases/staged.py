"""What has been read from a document, and is not yet in force?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.answers import QuestionKind, Verdict
from engine.model import Deadline, Document, ResolutionStatus, Task, UnitReading
from intake.annex import AnnexSection
from store.kept import Frozen

SETTLED = frozenset({ResolutionStatus.RESOLVED, ResolutionStatus.GROUP})


@dataclass(frozen=True, slots=True)
class SameWork:
    """A task (`code`, `title`) of another plan that `task` resembles; `score` is out of 100."""

    task: str
    code: str
    title: str
    score: int
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class StagedTask:
    """One row of a plan as read; `problems` are (code, Vietnamese sentence) pairs.

    `label` is the number by which people tell it from every other row of the plan: "II.1"
    where each section counts from 1.

    `held_for` names the decision it waits for, `verdict` is that decision once given.
    `completed_on` is the day of completion that a list of finished work gives.
    """

    code: str
    number: str | None
    text: str
    title: str
    section: str
    lead: UnitReading
    supporting: UnitReading
    deadline: Deadline
    expected: str = ""
    note: str = ""
    footnotes: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    table: int = 1
    row: int = 0
    cells: tuple[str, ...] = ()
    held_for: QuestionKind | None = None
    verdict: Verdict | None = None
    completed_on: date | None = None
    lead_frozen: Frozen | None = None
    supporting_frozen: Frozen | None = None
    proposed: str = ""
    done_on: str = ""
    state: str = ""
    same_as: SameWork | None = None
    label: str = ""

    @property
    def is_task(self) -> bool:
        """Whether the row assigns something (see `intake.annex.AnnexRow.is_task`)."""
        return self.number is not None or all(code != "unnumbered-row" for code, _ in self.problems)

    @property
    def is_done(self) -> bool:
        """Whether the document itself gives the day of completion."""
        return self.completed_on is not None

    def as_task(self, document: Document) -> Task:
        """Return the task as the engine knows it."""
        return Task(
            self.code,
            document,
            self.number,
            self.title,
            self.text,
            self.deadline,
            self.section,
            self.expected,
            self.note,
        )


@dataclass(frozen=True, slots=True)
class StagedDuty:
    """A recurring obligation: in force from a registry file, offered when found in a document.

    `period` is the sort of period a report covers ("month", "quarter", …), empty when the
    rule says it; `cutoff` as in `engine.duty.Duty`; `receiver` are words.
    """

    id: str
    title: str
    as_written: str
    units: UnitReading
    starts_on: date
    sentence: str = ""
    is_in_force: bool = True
    period: str = "month"
    cutoff: str = ""
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A document with everything read from it."""

    document: Document
    sections: tuple[AnnexSection, ...]
    tasks: tuple[StagedTask, ...]
    duties: tuple[StagedDuty, ...]
