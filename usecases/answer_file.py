"""What does the file of answers beside an import say, and how is such a file begun?

The file lies beside the document and keeps its name: `phu-luc.docx` has `phu-luc.tra-loi.yml`.
Whoever imports the document again, on this machine or another, is not asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.answers import (
    ALL_TASKS,
    Answer,
    NotAnAnswer,
    QuestionKind,
    agreed,
    day_answered,
    units_answered,
    verdict_of,
)
from engine.deadline import read_deadline
from engine.model import Document, ResolutionStatus, UnitReading
from engine.questions import Question
from engine.units import UnitDirectory
from engine.yamltext import Section, open_section
from usecases.errors import InputRejected

SUFFIX = ".tra-loi.yml"
_VERDICTS = frozenset({QuestionKind.PAST_DUE, QuestionKind.DONE, QuestionKind.HELD})
_HEAD = """\
# Câu trả lời cho các câu hỏi khi nhập {document}.
# Điền vào sau "answer:" rồi đặt tệp này cạnh tệp văn bản; dòng nào còn trống thì câu đó vẫn được hỏi.
answers:
"""


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file of answers as it lies on the disk; `source` is its name for messages."""

    text: str
    source: str


def read_answers(
    file: AnswerFile, document: Document, directory: UnitDirectory, at: datetime
) -> list[Answer]:
    """Return the answers in a file; entries left blank are skipped.

    Raises InputRejected with every mistake, each with its line and column.
    """
    root, problems = open_section(file.text, file.source, "tệp câu trả lời")
    found: list[Answer] = []
    for part in root.sections("answers", "câu trả lời"):
        kind = part.choice("question", [str(kind) for kind in QuestionKind])
        wording, task = part.text("wording", ""), part.text("task", ALL_TASKS)
        value = part.text("answer", "")
        part.finish()
        if not value or not kind:
            continue
        answer = Answer(document.code, QuestionKind(kind), wording, value, at, file.source, task)
        _check(part, answer, document, directory)
        found.append(answer)
    root.finish()
    if problems:
        raise InputRejected(problems=problems)
    return found


def answers_begun(questions: Iterable[Question]) -> str:
    """Return the text of a file of answers with a blank for each open question."""
    asked = list(questions)
    document = asked[0].document if asked else "văn bản"
    return _HEAD.format(document=document) + "".join(line for q in asked for line in _entry(q))


def _entry(question: Question) -> Iterator[str]:
    yield f"  # {question.sentence}\n  # Trả lời: {question.how}\n"
    if question.candidates:
        listed = "; ".join(f"{unit.code} = {unit.name}" for unit in question.candidates[:6])
        yield f"  # Có thể là: {listed}{'; …' if len(question.candidates) > 6 else ''}\n"
    yield f"  - question: {question.kind}\n"
    if question.wording:
        yield f"    wording: {_quoted(question.wording)}\n"
    yield "    answer:\n"


def _quoted(text: str) -> str:
    """Return text as YAML in double quotes on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _check(part: Section, answer: Answer, document: Document, directory: UnitDirectory) -> None:
    """Report an answer that would not settle its question."""
    try:
        if answer.kind is QuestionKind.UNITS:
            asked = UnitReading(answer.wording, ResolutionStatus.AMBIGUOUS)
            units_answered(answer.value, asked, directory)
        elif answer.kind in _VERDICTS:
            verdict_of(answer.value, document.issued_on)
        elif answer.kind in {QuestionKind.DEADLINE, QuestionKind.EVENT}:
            _check_day(answer, document)
        else:
            agreed(answer.value.partition(":")[0])
    except NotAnAnswer as error:
        part.report("not-an-answer", str(error), node=part.get("answer"))


def _check_day(answer: Answer, document: Document) -> None:
    asked = read_deadline(answer.wording, document.issued_on)
    day_answered(answer.value, asked, document.issued_on)
