"""Which task does a test of the rules speak of, and which units owe it?

Deadline and agencies are read as on import, and work that a person would have to decide
about waits as it would there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial

from engine.deadline import read_deadline
from engine.model import (
    HANOI,
    Assignment,
    Confirmation,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    ResolutionStatus,
    Role,
    Task,
    Unit,
    UnitReading,
)
from engine.rulebook_types import folded
from engine.spans import DAY_EXAMPLE, read_day
from engine.units import UnitDirectory
from engine.yamltext import Section

MAX_COPIES = 60
MEANT = 3  # agencies named when one is not understood
COUNT_EXAMPLE = f"một số từ 1 đến {MAX_COPIES}"

YES_NO_WRITTEN = {"có": True, "true": True, "yes": True, "không": False, "false": False, "no": False}


def shares_in(section: Section, directory: UnitDirectory) -> list[Assignment]:
    """Return a share for every unit of every copy of the task that a test names."""
    if section.get("task") is None:
        section.text("task")
        return []
    task = section.section(section.get("task"), "nhiệm vụ")
    issued, deadline = _issued_and_deadline(task)
    leads, supporting = units_named(task, "unit", directory), units_named(task, "supporting", directory)
    if task.get("unit") is None and task.get("supporting") is None:
        task.text("unit")
    document = Document(task.text("plan", "KH-THU"), "Kế hoạch thử", "", issued)
    assigned = task.typed("assigned", read_day, DAY_EXAMPLE, issued)
    title, number = task.text("title", "Nhiệm vụ thử"), task.text("number", "")
    is_duty, tags = yes(task, "duty"), tuple(sorted({folded(tag) for tag in task.texts("tag")}))
    copies = task.typed("copies", count, COUNT_EXAMPLE, 1)
    task.report_blank()
    task.finish()
    roles = dict.fromkeys(leads, Role.LEAD)
    roles |= {unit: Role.SUPPORTING for unit in supporting if unit not in roles}
    held = tuple(_held(deadline, assigned))
    task_of = partial(
        Task, document=document, title=title, text=title, deadline=deadline, is_duty=is_duty, tags=tags
    )
    tasks = [task_of(f"{document.code}/{nth}", number=number or str(nth)) for nth in range(1, copies + 1)]
    return [
        Assignment(f"{one.code}@{unit.code}", one, unit, role, deadline.due_on, assigned, held)
        for one in tasks
        for unit, role in roles.items()
    ]


def _issued_and_deadline(task: Section) -> tuple[date, Deadline]:
    if task.get("issued") is None:
        task.text("issued")
    issued = task.typed("issued", read_day, DAY_EXAMPLE, date(2025, 1, 1))
    deadline = read_deadline(task.text("deadline"), issued)
    if deadline.rrule:
        hint = "ghi ngày của một kỳ, ví dụ 'deadline: 15/10/2025', và 'duty: có'"
        message = f"'{deadline.as_written}' là việc định kỳ: mỗi phép thử xét một kỳ"
        task.report("recurring-deadline", message, hint, task.get("deadline"))
    return issued, deadline


def _held(deadline: Deadline, assigned: date) -> Iterator[Fact]:
    """Yield the fact by which an unsure deadline, or one past when given, waits for a person as on import."""
    is_unsure = deadline.confirmation is Confirmation.REQUIRED and deadline.kind is not DeadlineKind.ONGOING
    is_past = deadline.due_on is not None and deadline.due_on < assigned
    if is_unsure or is_past:
        yield Fact(FactKind.HELD, datetime.combine(assigned, time(), tzinfo=HANOI), note=deadline.reading)


def units_named(section: Section, key: str, directory: UnitDirectory) -> list[Unit]:
    """Return the units named by code or as a plan names them."""
    return [unit for written in section.texts(key) for unit in _named(section, key, written, directory)]


def _named(section: Section, key: str, written: str, directory: UnitDirectory) -> tuple[Unit, ...]:
    try:
        return (directory.unit(written),)
    except KeyError:
        reading = directory.resolve(written)
    if reading.units and reading.status in {ResolutionStatus.RESOLVED, ResolutionStatus.GROUP}:
        return reading.units
    section.report(
        "unknown-unit", f"không rõ '{written}' là cơ quan nào", _way_out(reading), section.get(key)
    )
    return ()


def _way_out(reading: UnitReading) -> str:
    """Return how to name the unit; of a group that a person must choose from, a test names the members."""
    meant = ", ".join(f"{unit.name} ({unit.code})" for unit in reading.candidates[:MEANT])
    if len(reading.candidates) > MEANT:
        return (
            f"phải có người chọn trong {len(reading.candidates)} cơ quan; ghi rõ từng cơ quan, ví dụ {meant}"
        )
    return f"ý bạn là {meant}?" if meant else "dùng mã trong units.yml, ví dụ SYT, hoặc tên đầy đủ"


def one_unit(section: Section, units: dict[str, Unit]) -> str:
    """Return the code under `unit`, which must be of a unit of the task."""
    written = section.text("unit", "")
    named = {unit.name: code for code, unit in units.items()} | {code: code for code in units}
    if written and units and written not in named:
        hint = f"dùng được: {', '.join(units)}"
        section.report(
            "unknown-unit", f"nhiệm vụ của phép thử không giao cho '{written}'", hint, section.get("unit")
        )
    return named.get(written, "")


# --- small words ------------------------------------------------------------------------------


def count(text: str) -> int | None:
    """Return the number written, None when it is none that a test may ask for."""
    return int(text) if re.fullmatch("[0-9]{1,6}", text) and 1 <= int(text) <= MAX_COPIES else None


def yes(section: Section, key: str) -> bool:
    """Return whether a key says yes; not written, it says no."""
    return YES_NO_WRITTEN.get(section.choice(key, YES_NO_WRITTEN, "không"), False)
