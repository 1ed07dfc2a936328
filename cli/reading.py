"""dondoc deadline · dondoc unit: how is a phrase read?"""

from __future__ import annotations

import sys
from argparse import Namespace, _SubParsersAction
from collections.abc import Callable
from typing import Any

from cli.contracts import deadline_as_json, unit_as_json
from cli.output import add_json, print_json, shown
from cli.parsing import day
from engine.deadline import read_deadline
from engine.model import Deadline, ResolutionStatus, UnitReading
from usecases.configuration import load_calendar, load_directory
from usecases.settings import Settings


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    deadline = commands.add_parser(
        "deadline",
        help="đọc một cụm chữ chỉ thời hạn",
        epilog="ví dụ: dondoc deadline 'Quý III năm 2025' --issued 2025-07-01",
    )
    deadline.add_argument("phrase", help="cụm chữ; '-' để đọc mỗi dòng một cụm từ đầu vào chuẩn")
    deadline.add_argument("--issued", type=day, required=True, metavar="NGÀY", help="ngày ban hành văn bản")
    add_json(deadline)
    deadline.set_defaults(run=_deadline)

    unit = commands.add_parser(
        "unit", help="đọc một ô ghi tên cơ quan", epilog="ví dụ: dondoc unit 'Các sở: Công thương, Xây dựng'"
    )
    unit.add_argument("name", help="tên như ghi trong văn bản; '-' để đọc mỗi dòng một tên từ đầu vào chuẩn")
    add_json(unit)
    unit.set_defaults(run=_unit)


def _deadline(arguments: Namespace) -> None:
    calendar = load_calendar(Settings().config)
    _answer(
        arguments,
        arguments.phrase,
        lambda phrase: read_deadline(phrase, arguments.issued),
        lambda deadline: deadline_as_json(deadline, calendar),
        _deadline_lines,
    )


def _unit(arguments: Namespace) -> None:
    directory = load_directory(Settings().config)
    _answer(arguments, arguments.name, directory.resolve, unit_as_json, _unit_lines)


def _answer(
    arguments: Namespace,
    given: str,
    read: Callable[[str], Any],
    as_json: Callable[[Any], Any],
    as_lines: Callable[[Any], list[str]],
) -> None:
    """Print one reading, or one for each line of standard input."""
    if given != "-":
        value = read(given)
        print_json(as_json(value)) if arguments.json else print("\n".join(as_lines(value)))
        return
    lines = sys.stdin.buffer.read().decode("utf-8", "replace").splitlines()
    values = [read(line.replace("\\n", "\n")) for line in lines]
    if arguments.json:
        print_json([as_json(value) for value in values])
    else:
        print("\n\n".join("\n".join(as_lines(value)) for value in values))


def _deadline_lines(deadline: Deadline) -> list[str]:
    calendar = load_calendar(Settings().config)
    lines = [f"“{deadline.as_written}”", f"  {deadline.reading}"]
    if deadline.due_on:
        act_by_on = calendar.previous_working_day(deadline.due_on)
        effective_on = calendar.next_working_day(deadline.due_on)
        dates = f"làm chậm nhất {shown(act_by_on)} · tính quá hạn sau {shown(effective_on)}"
        lines.append(f"  hạn {shown(deadline.due_on)} · {dates}")
    if deadline.proposal:
        lines.append(f"  đề xuất {shown(deadline.proposal)}, chờ người quyết định")
    return lines


def _unit_lines(reading: UnitReading) -> list[str]:
    said = {
        ResolutionStatus.RESOLVED: "xác định được",
        ResolutionStatus.GROUP: "nhóm cơ quan",
        ResolutionStatus.AMBIGUOUS: "chưa rõ, cần người chọn",
        ResolutionStatus.UNKNOWN: "không nhận ra",
    }
    lines = [f"“{reading.as_written}”: {said[reading.status]}, {len(reading.units)} đơn vị"]
    lines += [f"  {unit.code:>8}  {unit.name}" for unit in reading.units]
    lines += [f"  ? có thể là {unit.name} ({unit.code})" for unit in reading.candidates]
    return lines + [f"  {sentence}" for sentence in (*reading.questions, *reading.notes)]
