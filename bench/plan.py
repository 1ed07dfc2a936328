"""What does a tick cost as the registry grows, with the same number of assignments due?

Usage: python -m bench.plan [SIZE …]        (default 10000 100000)

For each size a fresh SQLite registry is filled in bulk; 2,000 assignments have a step that
falls this morning, the rest are due in other years. Prints one line a size: the tick that
plans the 2,000, the tick after it that finds nothing, and peak memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from engine.model import HANOI, Assignment, Deadline, DeadlineKind, Document, Role, Task
from store import registry
from store.kept import Arrival, StoredTask
from store.tables import AssignmentRow
from usecases.remind import tick
from usecases.settings import Settings
from usecases.wiring import Office, open_office

DUE = 2_000
PER_TASK = 100
NOW = datetime(2026, 6, 15, 8, tzinfo=HANOI)


def main(sizes: list[int]) -> None:
    """Fill and time each size in turn."""
    print(f"{'assignments':>12} {'due':>6} {'first tick s':>13} {'second tick s':>14} {'peak MB':>8}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            office = open_office(Settings(home=Path(folder), mailbox_only=True, database_url=""))
            fill(office, size)
            tick(office, NOW - timedelta(days=1))  # the watermark of yesterday
            first = timed(office, NOW)
            second = timed(office, NOW + timedelta(minutes=10))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{size:>12} {DUE:>6} {first:>13.3f} {second:>14.3f} {peak:>8}")


def timed(office: Office, now: datetime) -> float:
    """Return how many seconds a tick at `now` takes."""
    started = time.perf_counter()
    tick(office, now)
    return time.perf_counter() - started


def fill(office: Office, size: int) -> None:
    """Put `size` assignments in force of which DUE have a step at NOW."""
    document = Document("BENCH", "Kế hoạch đo", "01/KH", date(2026, 1, 5))
    units = [unit for unit in office.directory.units if unit.kind == "commune"][:PER_TASK]
    due_on = office.world.calendar.add_working_days(NOW.date(), 3)
    with office.database.writing() as session:
        registry.put_document(session, document, Arrival("bench", "", NOW))
        for number in range(size // len(units) + 1):
            is_due = number < DUE // len(units)
            day = due_on if is_due else date(2030 + number % 7, 1 + number % 12, 15)
            task = _task(document, number, day)
            registry.put_tasks(session, [StoredTask(task, number, "", "")])
            shares = [
                Assignment(f"{task.code}@{unit.code}", task, unit, Role.LEAD, day, document.issued_on)
                for unit in units
            ]
            registry.put_assignments(session, shares, NOW - timedelta(days=30))
        session.connection().execute(sa.update(AssignmentRow).values(needs_planning=False))


def _task(document: Document, number: int, due_on: date) -> Task:
    deadline = Deadline(f"{due_on:%d/%m/%Y}", DeadlineKind.DATE, "", due_on)
    return Task(f"BENCH/{number}", document, str(number), f"Nhiệm vụ {number}", "", deadline)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
