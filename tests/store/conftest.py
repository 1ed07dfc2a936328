"""A small plan to remember, and the decisions of a run about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from engine.messages import MessageDraft
from engine.model import (
    HANOI,
    Assignment,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    PostRole,
    Recipient,
    Role,
    Task,
    Unit,
    UnitKind,
)
from engine.planning import Reminder, Suppression, SuppressionReason
from store import ledger, registry
from store.database import Database
from store.kept import Arrival, StoredTask

PLAN = Document("QĐ-UBND-2025-07", "Kế hoạch thử", "12/QĐ-UBND", date(2025, 7, 1), "UBND tỉnh")
UNITS = {
    code: Unit(code, name, UnitKind.DEPARTMENT)
    for code, name in (("so-y-te", "Sở Y tế"), ("so-tai-chinh", "Sở Tài chính"), ("so-noi-vu", "Sở Nội vụ"))
}


def at(text: str) -> datetime:
    """Return a local moment written as people write it: "2025-07-01 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@dataclass(frozen=True)
class Office:
    """What the tests say about a plan, in few words."""

    database: Database
    plan: Document = PLAN
    at = staticmethod(at)

    def unit_of(self, code: str) -> Unit:
        return UNITS[code]

    def task(self, number: str, due_on: str | None, text: str = "Rà soát thủ tục") -> Task:
        due = date.fromisoformat(due_on) if due_on else None
        deadline = Deadline(due_on or "Thường xuyên", DeadlineKind.DATE, "đọc như đã viết", due)
        return Task(f"{PLAN.code}/{number}", PLAN, number, text, text, deadline)

    def share(self, task: Task, unit: str = "so-y-te", facts: tuple[Fact, ...] = ()) -> Assignment:
        return Assignment(
            f"{task.code}@{unit}", task, UNITS[unit], Role.LEAD, task.deadline.due_on, PLAN.issued_on, facts
        )

    def assign(self, *shares: Assignment, now: str = "2025-07-01 08:00") -> list[Assignment]:
        """Put a plan with these assignments in force."""
        tasks = {share.task.code: share.task for share in shares}
        with self.database.writing() as session:
            registry.put_document(session, PLAN, Arrival("plan.docx", "0" * 64, at(now)))
            stored = [StoredTask(task, n, "Sở Y tế", "") for n, task in enumerate(tasks.values(), 1)]
            registry.put_tasks(session, stored)
            registry.put_assignments(session, shares, at(now))
        return list(shares)

    def reminder(self, share: Assignment, step: str = "den-han", level: int = 1) -> Reminder:
        recipient = Recipient(
            f"{share.unit.code}/contact", "Trần Thị Lan", "chuyên viên", share.unit, PostRole.CONTACT,
            {"mailbox": "lan@so.example"},
        )  # fmt: skip
        due_on = share.due_on or date.max
        return Reminder(
            f"{share.id}|{due_on}|{step}|{recipient.post}", share, step, level, due_on,
            at("2025-09-30 08:00"), recipient, ("mailbox",), f"bậc '{step}'", "config/rules/chung.yml:12",
        )  # fmt: skip

    def message(self, key: str, *reminders: Reminder, not_before: str = "2025-09-30 08:00") -> MessageDraft:
        return MessageDraft(key, reminders[0].recipient, "mailbox", 1, at(not_before), reminders)

    def refusal(self, reminder: Reminder, reason: str) -> Suppression:
        return Suppression(
            reminder.key, reminder.assignment, reminder.step, reminder.level, reminder.due_on,
            reminder.falls_at, reminder.recipient.post, SuppressionReason(reason), reminder.place,
        )  # fmt: skip

    def run(
        self,
        *messages: MessageDraft,
        refusals: tuple[Suppression, ...] = (),
        now: str = "2025-09-30 08:00",
    ) -> set[str]:
        """Write the decisions of one run; return the keys that are news."""
        with self.database.writing() as session:
            return ledger.record_plan(session, messages, refusals, at(now), "luat-1")

    def outbox(self, count: int) -> None:
        """Plan `count` messages of one reminder each."""
        shares = self.assign(*(self.share(self.task(str(n), "2025-09-30")) for n in range(count)))
        self.run(*(self.message(f"thu-{n:03}", self.reminder(share)) for n, share in enumerate(shares)))


@pytest.fixture
def office(database: Database) -> Office:
    """A plan on both databases."""
    return Office(database)


@pytest.fixture
def sqlite_office(sqlite_database: Database) -> Office:
    """A plan on SQLite alone."""
    return Office(sqlite_database)
