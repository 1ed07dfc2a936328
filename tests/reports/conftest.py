"""A report of invented units, large enough to have every part."""

import io
from datetime import date, datetime

import pytest

from engine.calendar import WorkCalendar
from engine.compliance import OverdueReport, ReminderCount, overdue_report
from engine.model import (
    HANOI,
    Assignment,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    Role,
    Task,
    Unit,
    UnitKind,
)
from engine.paperwork import Letterhead
from reports.formats import FORMATS
from reports.paper import Block, Paper, Section, cleaned
from reports.vietnamese import moment

PLAN = Document("KH1", "Kế hoạch phát triển khoa học", "12/KH-UBND", date(2025, 7, 1))
ANYTIME = Deadline("30/9/2025", DeadlineKind.DATE, "ngày 30/9/2025")
AS_OF = datetime(2025, 10, 16, 8, tzinfo=HANOI)
CALENDAR = WorkCalendar(years={2025: False})


def unit(number: int) -> Unit:
    return Unit(f"XA{number:02}", f"xã Đăk Ân {number}", UnitKind.COMMUNE)


def assigned(number: int, owner: Unit, due_on: date | None, *facts: Fact, title: str = "") -> Assignment:
    task = Task(f"KH1/{number}", PLAN, str(number), title or f"Việc số {number}", "", ANYTIME)
    return Assignment(f"{task.code}@{owner.code}", task, owner, Role.LEAD, due_on, date(2025, 7, 1), facts)


def done(day: date) -> Fact:
    return Fact(FactKind.REPORTED, datetime(2025, 10, 10, 9, tzinfo=HANOI), on=day)


def made(*assignments: Assignment, questions=()) -> OverdueReport:
    reminders = {
        one.id: ReminderCount(3, 2, datetime(2025, 10, 14, 8, tzinfo=HANOI)) for one in assignments[::2]
    }
    return overdue_report(assignments, reminders, CALENDAR, AS_OF, "sha256:ab12", questions)


@pytest.fixture
def make():
    """Build a report from assignments made with `assigned`."""
    return made


@pytest.fixture
def owes():
    """Make one assignment: number, unit number, deadline, day done; title by name."""

    def one(
        number: int, owner: int, due: str | None, done_on: str | None = None, title: str = ""
    ) -> Assignment:
        facts = [done(date.fromisoformat(done_on))] if done_on else []
        return assigned(number, unit(owner), due and date.fromisoformat(due), *facts, title=title)

    return one


@pytest.fixture
def report(owes) -> OverdueReport:
    """1,300 assignments of 26 units in every cell of the matrix."""
    days = ("2025-09-30", "2025-08-29", "2025-10-10", "2025-12-31", None, "2025-07-18")
    rows = []
    for number in range(1, 51):
        for owner in range(26):
            kind = (number * 7 + owner * 3) % 10
            due = days[(number + owner // 9) % len(days)]
            result = {0: "2025-07-10", 1: "2025-07-11", 2: "2025-10-09"}.get(kind)
            rows.append(owes(number, owner, due, result if due else None))
    questions = [("invalid-date", f"Nhiệm vụ {n}: hạn “31/9/2025” không có trong lịch.") for n in range(9)]
    return made(*rows, questions=questions)


@pytest.fixture
def paper_of():
    """Build a paper of sections, or of blocks that make one section, cleaned as every paper is."""

    def build(*parts: Section | Block, **more) -> Paper:
        sections = tuple(one if isinstance(one, Section) else Section("muc", "Mục", (one,)) for one in parts)
        given = {"title": "Báo cáo nhiệm vụ quá hạn", "subject": "Nhiệm vụ quá hạn", **more}
        return cleaned(
            Paper(
                code="overdue",
                as_of=AS_OF,
                lines=(f"Tính đến {moment(AS_OF)}",),
                sections=sections,
                notes=("Đơn vị phối hợp không bị tính hạn.",),
                basis=(("Bộ quy tắc", "sha256:ab12"), ("Đầu nhật ký", "cd34")),
                **given,
            )
        )

    return build


@pytest.fixture
def printed_in(paper_of):
    """Print sections or blocks in a format; return the bytes of the file."""

    def printed(form: str, *parts: Section | Block | Paper, **more) -> bytes:
        (paper,) = parts if parts and isinstance(parts[0], Paper) else (paper_of(*parts),)
        out = io.BytesIO()
        FORMATS[form].write(paper, out, Letterhead(), lambda said: None, **more)
        return out.getvalue()

    return printed
