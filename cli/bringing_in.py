"""dondoc import: a plan comes in."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from pathlib import Path
from typing import Any

from cli.contracts import deadline_as_json
from cli.files import bytes_of
from cli.output import add_json, iso, print_json, progress_of, say, shown
from cli.parsing import OPENING, day
from cli.questioning import question_as_json, question_lines
from engine.calendar import WorkCalendar
from engine.model import UnitReading
from engine.problems import printed
from engine.questions import listed
from intake.names import safe_name
from usecases import clock
from usecases.answer_file import SUFFIX, AnswerFile
from usecases.bring_in import Brought, bring_in
from usecases.difference import Change
from usecases.staged import StagedTask
from usecases.wiring import open_office

# Problems of a row that a question asks about, when there is one.
ASKED = frozenset(
    {
        "invalid-deadline", "deadline-needs-decision", "past-due", "said-done", "said-stopped",
        "lead-missing", "lead-unresolved", "state-secret-row", "held",
    }
)  # fmt: skip


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    command = commands.add_parser(
        "import",
        help="nhập phụ lục nhiệm vụ của một kế hoạch",
        epilog="ví dụ: dondoc import phu-luc.docx --issued 2025-10-17 --dry-run",
    )
    command.add_argument(
        "file", metavar="TỆP", help="văn bản có phụ lục: .docx, .xlsx, .pdf có lớp chữ, hoặc văn bản thuần"
    )
    command.add_argument("--issued", type=day, required=True, metavar="NGÀY", help="ngày ban hành văn bản")
    command.add_argument("--plan", metavar="MÃ", help="mã kế hoạch; bỏ trống thì nhận theo tiêu đề văn bản")
    command.add_argument(
        "--answers", metavar="TỆP", help="tệp câu trả lời; mặc định là TÊN.tra-loi.yml cạnh tệp văn bản"
    )
    command.add_argument("--dry-run", action="store_true", help="chỉ đọc và so sánh, không ghi gì")
    command.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm nhập; mặc định là bây giờ")
    add_json(command)
    command.set_defaults(run=_import)


def _import(arguments: Namespace) -> None:
    data, answers = bytes_of(arguments.file), _answers(arguments)
    office = open_office()
    with progress_of(f"Đang đọc {safe_name(arguments.file)}") as tell:
        brought = bring_in(
            office,
            data,
            safe_name(arguments.file),
            arguments.issued,
            arguments.at or clock.now(),
            plan=arguments.plan,
            dry_run=arguments.dry_run,
            answers=answers,
            on_progress=tell,
        )
    if arguments.json:
        print_json(import_as_json(brought, office.world.calendar))
    else:
        print("\n".join(_lines(brought)))
    if arguments.dry_run:
        say("Chạy thử: chưa ghi gì. Bỏ --dry-run để nhập thật.")


def _answers(arguments: Namespace) -> AnswerFile | None:
    """Return the file of answers that was named, or the one beside the document if there is one."""
    name = arguments.answers or str(Path(arguments.file).with_suffix(SUFFIX))
    if arguments.answers is None and not Path(name).is_file():
        return None
    return AnswerFile(bytes_of(name).decode("utf-8-sig", "replace"), safe_name(name))


def _lines(brought: Brought) -> list[str]:
    changes = brought.changes
    count = sum(task.is_task for task in brought.tasks)
    lines = [
        f"{brought.document.code}  {brought.document.title}",
        f"  ban hành {shown(brought.document.issued_on)} · {count} nhiệm vụ · "
        f"{len(brought.sections)} mục · {brought.assignments} phần việc được giao",
        f"  thêm {len(changes.added)} · sửa {len(changes.changed)} · bỏ {len(changes.removed)} · "
        f"giữ nguyên {len(changes.unchanged)}",
    ]
    for change in changes.changed:
        for name, (old, new) in change.fields.items():
            lines.append(f"  sửa {change.number}: {name}: “{old}” → “{new}”")
    done = brought.completed
    if done.total:
        lines.append(
            f"  đã hoàn thành {done.total}: {done.on_time} đúng hạn · {done.late} quá hạn · "
            f"{done.unknown} không tính được"
        )
    blocking = [question for question in brought.questions if question.is_blocking]
    if blocking:
        lines.append(f"Cần trả lời ({len(blocking)}):")
        lines += [line for question in blocking for line in question_lines(question)]
    lines += _remarks(brought)
    for duty in brought.duties:
        said = "đã đưa vào theo dõi" if duty.is_in_force else "chờ người xác nhận"
        lines.append(f"Việc định kỳ thấy trong văn bản, {said}: “{duty.as_written}”")
    return lines + [printed(problem) for problem in brought.problems]


def _remarks(brought: Brought) -> list[str]:
    """Return what was noticed in the rows; what a question already asks is not said twice."""
    asked = {number for q in brought.questions if q.is_blocking for number in q.numbers}
    noticed: dict[tuple[str, str], list[str]] = {}
    for task in brought.tasks:
        for code, said in task.problems:
            if code not in ASKED or task.label not in asked:
                noticed.setdefault((code, said), []).append(task.label or "—")
    lines = ["Cần đối chiếu:"] if noticed else []
    return lines + [f"  STT {listed(where)}: {code}: {said}" for (code, said), where in noticed.items()]


def import_as_json(brought: Brought, calendar: WorkCalendar) -> dict[str, Any]:
    """Return what an import read, what is wrong with it, and what it changes."""
    document = brought.document
    return {
        "document": {
            "code": document.code,
            "title": document.title,
            "number": document.number,
            "issuer": document.issuer,
            "issued_on": iso(document.issued_on),
            "source": brought.source,
            "sha256": brought.sha256,
            "duties": [
                {
                    "id": duty.id,
                    "title": duty.title,
                    "as_written": duty.as_written,
                    "sentence": duty.sentence,
                    "in_force": duty.is_in_force,
                }
                for duty in brought.duties
            ],
            "questions": [question_as_json(question) for question in brought.questions],
            "completed": {
                "on_time": brought.completed.on_time,
                "late": brought.completed.late,
                "unknown": brought.completed.unknown,
                "tasks": [
                    {"number": task.number, "completed_on": iso(task.completed_on)}
                    for task in brought.tasks
                    if task.completed_on
                ],
            },
        },
        "sections": [{"number": s.number, "title": s.title} for s in brought.sections],
        "tasks": [_task(task, calendar) for task in brought.tasks],
        "problems": [
            {"code": p.code, "message": p.message, "hint": p.hint, "line": p.line, "column": p.column}
            for p in brought.problems
        ],
        "changes": {
            "added": [_change(c) for c in brought.changes.added],
            "changed": [_change(c) for c in brought.changes.changed],
            "removed": [_change(c) for c in brought.changes.removed],
            "unchanged": [_change(c) for c in brought.changes.unchanged],
        },
    }


def _task(task: StagedTask, calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "number": task.number,
        "text": task.text,
        "title": task.title,
        "section": task.section,
        "lead": _agencies(task.lead),
        "supporting": _agencies(task.supporting),
        "deadline": deadline_as_json(task.deadline, calendar),
        "expected": task.expected,
        "note": task.note,
        "footnotes": list(task.footnotes),
        "problems": [{"code": code, "message": message} for code, message in task.problems],
        "source": {"table": task.table, "row": task.row, "cells": list(task.cells)},
    }


def _agencies(reading: UnitReading) -> dict[str, Any]:
    return {
        "as_written": reading.as_written,
        "units": [unit.code for unit in reading.units],
        "status": str(reading.status),
    }


def _change(change: Change) -> dict[str, Any]:
    fields = {name: {"old": old, "new": new} for name, (old, new) in change.fields.items()}
    return {"number": change.number, "title": change.title, **({"fields": fields} if fields else {})}
