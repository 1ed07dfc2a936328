"""A small registry for tests of reports: one plan, six units, dates written as people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from hypothesis import strategies as st

from engine.calendar import SpecialDay, WorkCalendar
from engine.model import (
    HANOI,
    UNDETERMINED,
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
from engine.report_query import ReminderCount, ReportFacts, ReportQuery

CALENDAR = WorkCalendar(
    [SpecialDay(date(2025, 9, d), False, "Quốc khánh", "TB") for d in (1, 2)], {2025: False}
)
PLAN = Document("KH1", "Kế hoạch phát triển khoa học", "12/KH-UBND", date(2025, 7, 1))
NAMES = {"SYT": "Sở Y tế", "SNV": "Sở Nội vụ", "CAT": "Công an tỉnh", "BATO": "xã Ba Tơ", "AN": "xã An Phú"}
UNITS = {code: Unit(code, name, UnitKind.DEPARTMENT) for code, name in NAMES.items()}
UNITS[UNDETERMINED.code] = UNDETERMINED
ANYTIME = Deadline("Thường xuyên", DeadlineKind.ONGOING, "việc thường xuyên")


def at(text: str) -> datetime:
    """Return a local moment; a bare date means 08:00."""
    return datetime.fromisoformat(text if " " in text else f"{text} 08:00").replace(tzinfo=HANOI)


def on(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def assigned(
    number: str, unit: str, due: str | None, *facts: Fact, role: Role = Role.LEAD, since: str = "2025-07-01"
) -> Assignment:
    task = Task(f"KH1/{number}", PLAN, number, f"Việc số {number}", "", ANYTIME, expected=f"Kết quả {number}")
    return Assignment(
        f"{task.code}@{unit}", task, UNITS[unit], role, on(due), date.fromisoformat(since), facts
    )


def fact(kind: FactKind, when: str, done: str | None = None, due: str | None = None, **more: str) -> Fact:
    return Fact(kind, at(when), on=on(done), due_on=on(due), **more)


def asked(
    *shares: Assignment,
    now: str = "2025-09-30 08:00",
    first: str | None = None,
    last: str | None = None,
    sent: dict[str, ReminderCount] | None = None,
    **filters: tuple[str, ...],
) -> ReportFacts:
    """Return the facts a query is answered from, filtered as the shell filters them."""
    query = ReportQuery(at(now), first_on=on(first), last_on=on(last), **filters)
    covered = [share for share in shares if query.covers(share)]
    return ReportFacts(query, covered, CALENDAR, sent or {}, "ab12", "ff" * 32)


DAYS = st.dates(date(2025, 6, 1), date(2026, 1, 31))
MOMENTS = st.datetimes(datetime(2025, 7, 1), datetime(2025, 12, 31), timezones=st.just(HANOI))
FACTS = st.builds(
    Fact, st.sampled_from(FactKind), MOMENTS, on=st.none() | DAYS, due_on=DAYS, document=st.just("1/VP")
)


@st.composite
def registries(draw: st.DrawFn) -> tuple[list[Assignment], dict[str, ReminderCount]]:
    """Return anything that may be assigned, with anything that may have happened, and what was sent."""
    keys = st.tuples(st.sampled_from("123456"), st.sampled_from(sorted(UNITS)))
    made, sent = [], {}
    for number, unit in sorted(draw(st.sets(keys, max_size=15))):
        facts = sorted(draw(st.lists(FACTS, max_size=4)), key=lambda one: one.at)
        one = assigned(number, unit, None, *facts, role=draw(st.sampled_from(Role)))
        one = replace(one, due_on=draw(st.none() | DAYS), assigned_on=draw(DAYS))
        made.append(one)
        total = draw(st.integers(0, 3))
        if total:
            sent[one.id] = ReminderCount(total, draw(st.integers(1, 4)))
    return made, sent


@st.composite
def queries(draw: st.DrawFn) -> ReportQuery:
    """Return a question about any moment, with or without a period."""
    days = sorted(draw(st.lists(DAYS, min_size=2, max_size=2)))
    first_on, last_on = days if draw(st.booleans()) else (None, None)
    return ReportQuery(draw(MOMENTS), first_on=first_on, last_on=last_on)


def answered(query: ReportQuery, shares: list[Assignment], sent: dict[str, ReminderCount]) -> ReportFacts:
    """Return the facts a random question is answered from."""
    return ReportFacts(query, [share for share in shares if query.covers(share)], CALENDAR, sent)
