"""What does a tick cost as the registry grows, with the same number of assignments due?

Usage: python -m bench.plan [SIZE …]        (default 10000 100000 1000000)

For each size a process of its own fills a fresh SQLite registry; 2,000 assignments have a
step that falls this morning, the rest are due in other years. Prints one line a size: the
tick that plans the 2,000, on the clock and on the processor, and how many times that of the
first size the latter is; the tick after it that finds nothing; peak memory; then the daily
sweep that asks about every assignment, and peak memory with it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import sqlalchemy as sa

from bench.imports import peak_of
from engine.model import HANOI, Deadline, DeadlineKind, Document, Task
from store import registry
from store.kept import Arrival, StoredTask
from usecases.remind import tick
from usecases.settings import Settings
from usecases.wiring import Office, open_office

DUE = 2_000
PER_TASK = 100
AT_ONCE = 1_000  # tasks written by one statement
NOW = datetime(2026, 6, 15, 8, tzinfo=HANOI)
DOCUMENT = Document("BENCH", "Kế hoạch đo", "01/KH", date(2026, 1, 5))
SHARES = """
    INSERT INTO assignment
        (id, task_code, unit_code, role, original_due_on, due_on, assigned_on, is_open, needs_planning)
    SELECT task.code || '@' || unit.value, task.code, unit.value, 'lead',
           json_extract(task.deadline, '$.due_on'), json_extract(task.deadline, '$.due_on'),
           :assigned_on, 1, 0
    FROM task, json_each(:units) AS unit
    WHERE task.document_code = :document
"""
HEADINGS = (
    "assignments", "due", "fill s", "tick s", "cpu s", "ratio", "second cpu s", "peak MB", "sweep cpu s",
    "peak MB",
)  # fmt: skip


def main(sizes: list[int]) -> None:
    """Fill and time each size in turn."""
    print("  ".join(HEADINGS))
    first: float | None = None
    for size in sizes:
        with get_context("spawn").Pool(1) as one:
            filled, tick_s, cpu, *others = one.apply(measured, (size,))
        first = first or cpu
        figures = (size, DUE, filled, tick_s, cpu, cpu / first, *others)
        shown = (f"{x:.3f}" if isinstance(x, float) else str(x) for x in figures)
        print(
            "  ".join(x.rjust(len(heading)) for heading, x in zip(HEADINGS, shown, strict=True)), flush=True
        )


def measured(size: int) -> tuple[float, ...]:
    """Return the figures of one size, in the order they are printed."""
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(Settings(home=Path(folder), mailbox_only=True, database_url=""))
        soon = office.world.calendar.add_working_days(NOW.date(), 3)
        days = [soon] * (DUE // PER_TASK)
        days += [date(2030 + n % 7, 1 + n % 12, 15) for n in range(len(days), size // PER_TASK)]
        filled, _ = timed(lambda: fill(office, days))
        tick(office, NOW - timedelta(days=1))  # the watermark of yesterday
        first = timed(lambda: tick(office, NOW))
        _, second = timed(lambda: tick(office, NOW + timedelta(minutes=10)))
        peak = peak_of("self")
        _, sweep = timed(lambda: tick(office, NOW + timedelta(minutes=20), full=True))
        return filled, *first, second, peak, sweep, peak_of("self")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return how many seconds a piece of work takes: on the clock, and of the processor."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def fill(office: Office, days: list[date]) -> None:
    """Put a task for each of `days` in force, due on that day and owed by PER_TASK communes.

    The database multiplies tasks by communes: a million objects would be more than the bench measures.
    """
    units = [unit.code for unit in office.directory.units if unit.kind == "commune"][:PER_TASK]
    at = NOW - timedelta(days=30)
    with office.database.writing() as session:
        registry.put_document(session, DOCUMENT, Arrival("bench", "", at))
        for start in range(0, len(days), AT_ONCE):
            tasks = [_task(start + n, day) for n, day in enumerate(days[start : start + AT_ONCE])]
            registry.put_tasks(session, [StoredTask(task, 0, "", "") for task in tasks])
        shares = {"units": json.dumps(units), "document": DOCUMENT.code, "assigned_on": DOCUMENT.issued_on}
        session.connection().execute(sa.text(SHARES), shares)


def _task(number: int, due_on: date) -> Task:
    deadline = Deadline(f"{due_on:%d/%m/%Y}", DeadlineKind.DATE, "", due_on)
    return Task(f"BENCH/{number}", DOCUMENT, str(number), f"Nhiệm vụ {number}", "", deadline)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
