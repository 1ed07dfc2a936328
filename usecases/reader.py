"""How does a row read, with the directory, the calendar and the answers people have given?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from engine.answers import (
    AnswerBook,
    NotAnAnswer,
    QuestionKind,
    Verdict,
    deadline_answered,
    units_answered,
    verdict_of,
)
from engine.calendar import WorkCalendar
from engine.deadline import plan_year_of, read_deadline
from engine.model import Confirmation, Deadline, DeadlineKind, Document, UnitReading
from engine.units import UnitDirectory
from intake.annex import AnnexRow
from intake.titles import short_title
from usecases.doubts import (
    FOUND_ANEW,
    doubts_about_deadline,
    doubts_about_time,
    doubts_about_units,
    held_for,
)
from usecases.staged import SETTLED, StagedTask


def name_of(code: str, document: str) -> str:
    """Return a task's name in its document, under which an answer about it alone is kept.

    It is the number the task first had: a row taken out above it does not change it.
    """
    return code.removeprefix(f"{document}/")


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading a row needs besides the row: the directory, the calendar, the answers given.

    `on` is the day the document comes in.
    """

    directory: UnitDirectory
    calendar: WorkCalendar
    answers: AnswerBook
    on: date

    def read(
        self, row: AnnexRow, code: str, document: Document, above: StagedTask | None, label: str
    ) -> StagedTask:
        """Return a row with its readings; an "-nt-" takes the deadline of the row above."""
        problems: list[tuple[str, str]] = [p for p in row.problems if p[0] not in FOUND_ANEW]
        name = name_of(code, document.code)
        lead = self._units(row.lead, name, document, problems)
        supporting = self._units(row.supporting, name, document, problems, is_lead=False)
        deadline = self._deadline(row, document, above, name, problems)
        completed_on = _completed_on(row, document)
        kind = None
        if row.is_task and completed_on is None:
            kind = held_for(deadline, row.problems, row.state, max(document.issued_on, self.on))
        verdict = self._verdict(kind, name, document, problems)
        task = StagedTask(
            code=code,
            number=row.number,
            text=row.text,
            title=short_title(row.text),
            section=row.section,
            lead=lead,
            supporting=supporting,
            deadline=deadline,
            expected=row.expected,
            note=row.note,
            footnotes=row.footnotes,
            table=row.table,
            row=row.row,
            cells=row.cells,
            held_for=None if verdict else kind,
            verdict=verdict,
            completed_on=completed_on,
            proposed=row.proposed,
            done_on=row.done_on,
            state=row.state,
            label=label,
        )
        doubts = _doubts(task, row, document) if row.is_task else ()
        return replace(task, problems=(*problems, *doubts))

    def _units(
        self,
        words: str,
        name: str,
        document: Document,
        problems: list[tuple[str, str]],
        is_lead: bool = True,
    ) -> UnitReading:
        reading = self.directory.resolve(words, document.issued_on)
        is_blank = is_lead and not words.strip()
        answer = self.answers.find(QuestionKind.UNITS, words, name)
        if answer is None or (reading.status in SETTLED and not is_blank):
            return reading
        try:
            return units_answered(answer.value, reading, self.directory)
        except NotAnAnswer as error:
            problems.append(("answer-not-read", f"câu trả lời đã lưu không còn đọc được: {error}"))
            return reading

    def _deadline(
        self,
        row: AnnexRow,
        document: Document,
        above: StagedTask | None,
        name: str,
        problems: list[tuple[str, str]],
    ) -> Deadline:
        plan_year = plan_year_of(document.title, document.issued_on)
        deadline = read_deadline(row.deadline, document.issued_on, plan_year)
        if deadline.kind is DeadlineKind.INHERIT and above is not None:
            reading = f"Như hàng trên: {above.deadline.reading}"
            deadline = replace(above.deadline, as_written=row.deadline, reading=reading)
        if deadline.confirmation is not Confirmation.REQUIRED or deadline.already_done:
            return deadline
        kind = QuestionKind.EVENT if deadline.offset is not None else QuestionKind.DEADLINE
        answer = self.answers.find(kind, row.deadline, name)
        try:
            return (
                deadline_answered(answer.value, deadline, document.issued_on, self.calendar)
                if answer
                else deadline
            )
        except NotAnAnswer as error:
            problems.append(("answer-not-read", f"câu trả lời đã lưu không còn đọc được: {error}"))
            return deadline

    def _verdict(
        self,
        kind: QuestionKind | None,
        name: str,
        document: Document,
        problems: list[tuple[str, str]],
    ) -> Verdict | None:
        answer = self.answers.find(kind, "", name) if kind else None
        try:
            return verdict_of(answer.value, document.issued_on) if answer else None
        except NotAnAnswer as error:
            problems.append(("answer-not-read", f"câu trả lời đã lưu không còn đọc được: {error}"))
            return None


def _doubts(task: StagedTask, row: AnnexRow, document: Document) -> Iterable[tuple[str, str]]:
    yield from doubts_about_deadline(task.deadline, task.text, row.proposed, document.issued_on)
    yield from doubts_about_time(task.held_for, task.deadline, row.state, document.issued_on)
    yield from doubts_about_units("lead", task.lead)
    yield from doubts_about_units("supporting", task.supporting)


def _completed_on(row: AnnexRow, document: Document) -> date | None:
    """Return the day a column of completion dates gives, None when it is blank or unclear."""
    if not row.done_on.strip():
        return None
    done = read_deadline(row.done_on, document.issued_on)
    is_day = done.kind in {DeadlineKind.DATE, DeadlineKind.DATETIME}
    return done.due_on if is_day and done.confirmation is not Confirmation.REQUIRED else None
