"""dondoc questions · answer: what waits for a person, and a person settles it."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from itertools import groupby
from typing import Any

from cli.output import add_json, iso, print_json, say, write
from cli.parsing import OPENING
from engine.answers import QuestionKind
from engine.questions import Question
from usecases import clock
from usecases.answer_file import answers_begun
from usecases.questions import Answered, answer, open_questions
from usecases.wiring import open_office

MAX_CANDIDATES = 6
WORDS = {
    QuestionKind.UNITS: "cơ quan",
    QuestionKind.DEADLINE: "thời hạn",
    QuestionKind.EVENT: "ngày của sự kiện",
    QuestionKind.PAST_DUE: "hạn đã qua",
    QuestionKind.DONE: "ghi đã hoàn thành",
    QuestionKind.HELD: "cần xem trước",
    QuestionKind.DUTY: "việc định kỳ",
    QuestionKind.SAME_TASK: "trùng với",
}


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    asked = commands.add_parser(
        "questions",
        help="những điều trong văn bản đã nhập còn chờ người quyết định",
        epilog="ví dụ: dondoc questions --plan KH-UBND-2025-10 --yaml -o phu-luc.tra-loi.yml",
    )
    asked.add_argument("--plan", metavar="MÃ", help="chỉ xem một kế hoạch")
    asked.add_argument("--all", action="store_true", help="thêm cả gợi ý và việc chưa cần trả lời ngay")
    asked.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    asked.add_argument("--yaml", action="store_true", help="in thành tệp câu trả lời để điền (cần --plan)")
    asked.add_argument("-o", "--output", metavar="TỆP", help="ghi vào tệp thay vì in ra")
    add_json(asked)
    asked.set_defaults(run=_questions)

    given = commands.add_parser(
        "answer",
        help="trả lời một câu hỏi; câu trả lời được nhớ cho lời ghi đó trong kế hoạch đó",
        epilog='ví dụ: dondoc answer 3fa2c1 "Sở Tài chính; Sở Nội vụ"',
    )
    given.add_argument("question", metavar="MÃ_CÂU_HỎI", help="mã trong 'dondoc questions'")
    given.add_argument("value", metavar="TRẢ_LỜI", help="lời trả lời, như 'dondoc questions' hướng dẫn")
    given.add_argument("--task", default="", metavar="STT", help="chỉ trả lời cho một nhiệm vụ của câu hỏi")
    given.add_argument("--by", default="", metavar="AI", help="vị trí hoặc người quyết định")
    given.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    add_json(given)
    given.set_defaults(run=_answer)


def _questions(arguments: Namespace) -> None:
    everything = open_questions(open_office(), arguments.at or clock.now(), arguments.plan)
    blocking = [question for question in everything if question.is_blocking]
    chosen = everything if arguments.all else blocking
    if arguments.json:
        print_json([question_as_json(question) for question in chosen])
    elif arguments.yaml:
        write(answers_begun(chosen), arguments.output)
    else:
        write("\n".join(_lines(chosen)), arguments.output)
    if not arguments.all and len(everything) > len(blocking):
        say(f"Có thêm {len(everything) - len(blocking)} gợi ý, chưa cần trả lời ngay: dondoc questions --all")


def _lines(questions: list[Question]) -> list[str]:
    if not questions:
        return ["Không còn câu hỏi nào chờ trả lời."]
    lines = []
    for document, group in groupby(questions, key=lambda question: question.document):
        lines.append(document)
        for question in group:
            lines += question_lines(question)
    return [*lines, "Trả lời: dondoc answer MÃ_CÂU_HỎI TRẢ_LỜI"]


def question_lines(question: Question) -> list[str]:
    """Return a question for people: what it is about, and how to answer it."""
    mark = "" if question.is_blocking else " (không bắt buộc)"
    lines = [f"  {question.id}  {WORDS[question.kind]}{mark}: {question.sentence}"]
    if question.candidates:
        named = "; ".join(f"{unit.code} {unit.name}" for unit in question.candidates[:MAX_CANDIDATES])
        more = "; …" if len(question.candidates) > MAX_CANDIDATES else ""
        lines.append(f"          có thể là: {named}{more}")
    return [*lines, f"          trả lời: {question.how}"]


def question_as_json(question: Question) -> dict[str, Any]:
    """Return a question for programs."""
    return {
        "id": question.id,
        "kind": str(question.kind),
        "plan": question.document,
        "wording": question.wording,
        "question": question.sentence,
        "how": question.how,
        "tasks": list(question.numbers),
        "candidates": [{"code": unit.code, "name": unit.name} for unit in question.candidates],
        "proposal": iso(question.proposal),
        "blocking": question.is_blocking,
    }


def _answer(arguments: Namespace) -> None:
    at = arguments.at or clock.now()
    done = answer(open_office(), arguments.question, arguments.value, at, arguments.by, arguments.task)
    if arguments.json:
        print_json(_answered_as_json(done))
        return
    print(f"Đã ghi câu trả lời cho {done.question.id} ({WORDS[done.question.kind]}).")
    for change in done.changes.changed:
        for name, (old, new) in change.fields.items():
            print(f"  STT {change.number}: {name}: {old or '—'} → {new or '—'}")


def _answered_as_json(done: Answered) -> dict[str, Any]:
    given = done.answer
    changed = [
        {
            "number": change.number,
            "fields": {name: {"old": old, "new": new} for name, (old, new) in change.fields.items()},
        }
        for change in done.changes.changed
    ]
    return {
        "question": done.question.id,
        "plan": given.document,
        "kind": str(given.kind),
        "wording": given.wording,
        "task": given.task or None,
        "answer": given.value,
        "by": given.by,
        "at": iso(given.at),
        "changed": changed,
    }
