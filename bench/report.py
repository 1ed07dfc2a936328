"""How long does a report over a large registry take?

Usage: python -m bench.report [SIZE]        (default 100000)

A process of its own fills a fresh SQLite registry: SIZE assignments of which one in twenty is
overdue, a third of them with facts (reports, acceptances, extensions, acknowledgements), every
overdue one reminded of. Prints what the overdue report takes from the database to JSON, the
first time and warm, and of which parts: seconds on the clock, then of the processor.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import sqlalchemy as sa

from bench.imports import peak_of
from bench.plan import NOW, fill, timed
from engine.model import Fact, FactKind
from engine.report_query import ReportQuery
from store import records
from store.kept import entry_of
from store.tables import MessageRow, ReminderRow
from usecases.report_facts import uncollected, weighed_facts_of
from usecases.reports import KINDS, ask
from usecases.settings import Settings
from usecases.wiring import Office, open_office

WARM = 5
LATE_SHARE = 20  # one in so many assignments is overdue
FACTS_SHARE = 3  # one in so many has facts


def main(size: int) -> None:
    """Fill a registry and print what a report over it takes."""
    with get_context("spawn").Pool(1) as one:
        figures = one.apply(measured, (size,))
    for label, value in figures:
        print(f"{label:<42}{value:>16}", flush=True)


def measured(size: int) -> list[tuple[str, str]]:
    """Return the figures with their labels, in the order they are printed."""
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(Settings(home=Path(folder), mailbox_only=True, database_url=""))
        filled, _ = timed(lambda: filled_with(office, size))
        query = ReportQuery(NOW)
        first, _ = timed(lambda: to_json(office, query))
        whole = warm(lambda: to_json(office, query))
        reading = warm(lambda: weighed_facts_of(office, query))
        facts = weighed_facts_of(office, query)
        making = warm(lambda: KINDS["overdue"].make(facts))
        report = KINDS["overdue"].make(facts)
        return [
            ("assignments", str(report.matrix.total)),
            ("overdue", str(len(report.rows))),
            ("fill s", f"{filled:.1f}"),
            ("overdue report to JSON, first s", f"{first:.3f}"),
            ("overdue report to JSON, warm s", whole),
            ("  of which reading s", reading),
            ("  of which counting s", making),
            ("peak MB", f"{peak_of('self'):.0f}"),
        ]


def to_json(office: Office, query: ReportQuery) -> str:
    """Return the overdue report as the text a program reads."""
    return json.dumps(KINDS["overdue"].as_json(ask(office, "overdue", query)), ensure_ascii=False)


def warm(work: Callable[[], object]) -> str:
    """Return the median seconds a piece of work takes when done before: on the clock, of the processor."""
    with uncollected():
        taken = [timed(work) for _ in range(WARM)]
    return " ".join(f"{statistics.median(column):.3f}" for column in zip(*taken, strict=True))


def filled_with(office: Office, size: int) -> None:
    """Put tasks in force, due over a year around NOW; give a third of the shares their facts."""
    tasks = size // sum(unit.kind == "commune" for unit in office.directory.units)
    # the first twentieth was due in the months before and stays undone
    days = [NOW.date() + timedelta(days=_offset(n, tasks)) for n in range(tasks)]
    fill(office, days)
    with office.database.writing() as session:
        ids = [str(row[0]) for row in session.connection().execute(sa.text("SELECT id FROM assignment"))]
        due = {f"BENCH/{n}": day for n, day in enumerate(days)}
        late = [id_ for id_ in ids if due[_task(id_)] < NOW.date()]
        known = [(id_, fact) for n, id_ in enumerate(ids) for fact in _facts(n, due[_task(id_)])]
        known.sort(key=lambda one: one[1].at)
        records.append_many(session, [entry_of(id_, fact) for id_, fact in known])
        told = list(_reminders(late, due))
        session.connection().execute(sa.insert(MessageRow), [message for message, _ in told])
        session.connection().execute(sa.insert(ReminderRow), [reminder for _, reminder in told])


def _task(assignment_id: str) -> str:
    return assignment_id.rpartition("@")[0]


def _offset(number: int, tasks: int) -> int:
    is_late = number < tasks // LATE_SHARE
    return -1 - number % 120 if is_late else 1 + number % 240


def _facts(number: int, due_on: date) -> Iterator[Fact]:
    """Yield the facts of every third assignment: done ones, and extensions of what is late."""
    if number % FACTS_SHARE:
        return
    at = NOW - timedelta(days=20 + number % 5, minutes=number % 300)
    if due_on < NOW.date():
        yield Fact(FactKind.ACKNOWLEDGED, at - timedelta(days=9), by="invented")
        yield Fact(
            FactKind.EXTENDED, at, due_on=NOW.date() - timedelta(days=1 + number % 9), document="9/UBND"
        )
        return
    yield Fact(FactKind.REPORTED, at, by=f"DV{number % 96}", on=at.date(), document=f"{number}/BC")
    if number % 2:
        yield Fact(FactKind.ACCEPTED, at + timedelta(days=3), by="invented", on=at.date())


def _reminders(ids: list[str], due: dict[str, date]) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    at: datetime = NOW - timedelta(days=5)
    for number, id_ in enumerate(ids):
        unit = id_.rpartition("@")[2]
        message = {
            "key": f"m{number}", "post": f"{unit}/contact", "person": "", "unit_code": unit,
            "channel": "email", "level": 1,
            "planned_at": at, "not_before": at, "state": "sent", "settled_at": at, "owner": "",
            "fence": 0, "attempts": 1, "provider_id": "", "error": "", "possible_duplicate": False,
            "subject": "", "fallbacks": [], "passed_to": "", "copy_of": "",
        }  # fmt: skip
        reminder = {
            "key": f"r{number}", "assignment_id": id_, "due_on": due[_task(id_)], "step": "qua-han",
            "level": 1, "post": f"{unit}/contact", "falls_at": at, "decided_at": at, "state": "planned",
            "suppression": "", "reason": "", "place": "", "rulebook": "", "message_key": f"m{number}",
        }  # fmt: skip
        yield message, reminder


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
