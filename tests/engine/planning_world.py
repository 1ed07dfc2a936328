"""A small world for planning tests: the shipped rules and calendar, three units, four posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from engine.calendar import read_calendar
from engine.ledger import Told, ToldState
from engine.model import (
    HANOI,
    Assignment,
    Deadline,
    DeadlineKind,
    Document,
    PostRole,
    Recipient,
    Role,
    Task,
    Unit,
    UnitKind,
)
from engine.planning import Decision, World
from engine.rulebook import read_rulebook

CONFIG = Path(__file__).parents[2] / "config"
CALENDAR, _ = read_calendar({f.name: f.read_text("utf-8") for f in (CONFIG / "calendar").glob("*.yml")})
RULEBOOK, _ = read_rulebook({"mac-dinh.yml": (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")})

SYT = Unit("SYT", "Sở Y tế", UnitKind.DEPARTMENT)
SXD = Unit("SXD", "Sở Xây dựng", UnitKind.DEPARTMENT)
VPUB = Unit("VPUB", "Văn phòng UBND tỉnh", UnitKind.DEPARTMENT)
UBND = Unit("UBND", "UBND tỉnh", UnitKind.LEADERSHIP)
PLAN = Document("KH-1", "Kế hoạch thử", "01/KH-UBND", date(2025, 1, 2))


@dataclass(frozen=True)
class Posts:
    """The posts of the test world; every one is held unless taken out."""

    vacant: frozenset[str] = frozenset()
    recipients: tuple[Recipient, ...] = ()  # nobody has quiet hours

    def recipient(self, unit_code: str, role: PostRole, on: date) -> Recipient | None:
        post = f"{unit_code}/{role}"
        unit = {u.code: u for u in (SYT, SXD, VPUB, UBND)}[unit_code]
        if post in self.vacant:
            return None
        return Recipient(post, f"Người giữ {post}", f"{role} {unit.name}", unit, role, {"mailbox": post})

    def coordinator(self, on: date) -> Recipient | None:
        return self.recipient("VPUB", PostRole.COORDINATOR, on)

    def chairman(self, on: date) -> Recipient | None:
        return self.recipient("UBND", PostRole.CHAIRMAN, on)

    def without(self, *posts: str) -> Posts:
        return Posts(self.vacant | set(posts))


CONTACTS = Posts()
WORLD = World(RULEBOOK, CALENDAR, CONTACTS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def a_task(due_on: date | None, number: str = "1", title: str = "Xây dựng kế hoạch thử") -> Task:
    kind = DeadlineKind.DATE if due_on else DeadlineKind.ONGOING
    written = f"{due_on:%d/%m/%Y}" if due_on else "Thường xuyên"
    return Task(f"KH-1/{number}", PLAN, number, title, title, Deadline(written, kind, "", due_on))


def an_assignment(
    due_on, role=Role.LEAD, unit=SYT, assigned_on=date(2025, 1, 2), facts=(), number="1"
) -> Assignment:
    task = a_task(due_on, number)
    return Assignment(f"{task.code}@{unit.code}", task, unit, role, due_on, assigned_on, tuple(facts))


def told_of(
    decision: Decision, state: ToldState = ToldState.PENDING, when: datetime | None = None
) -> tuple[Told, ...]:
    """What the ledger would remember of a decision whose messages reached `state`."""
    told = [
        Told(
            r.key,
            r.assignment.id,
            r.due_on,
            r.step,
            r.level,
            r.recipient.post,
            r.falls_at,
            state,
            when or r.falls_at,
        )
        for r in decision.reminders
    ]
    for s in decision.suppressions:
        stays = ToldState.WAITING if s.reason.waits else ToldState.SUPPRESSED
        told.append(
            Told(
                s.key,
                s.assignment.id,
                s.due_on,
                s.step,
                s.level,
                s.post,
                s.falls_at,
                stays,
                when or s.falls_at,
                str(s.reason),
            )
        )
    return tuple(told)
