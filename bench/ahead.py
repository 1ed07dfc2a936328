"""What does it cost to look ahead: over a year of the registry, and at what an edit would change?

Usage: python -m bench.ahead [SIZE]        (default 100000)

Each look is taken by a process of its own over a fresh SQLite registry in which nobody acts.
The first previews a year of the plans that the product comes with. The second compares the
rules in force with an edit of them over the 90 days to come, for SIZE assignments whose
deadlines lie evenly in the year to come; and then in the year around today, where half of them
are overdue and nobody was ever told: the worst case. Prints a line each: seconds on the clock and
of the processor, peak memory, and what was found.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from bench.imports import peak_of
from bench.plan import NOW, PER_TASK, fill, timed
from engine.model import HANOI
from usecases.bring_in import ensure_registry
from usecases.comparing import AHEAD, compare
from usecases.configuration import texts_of
from usecases.look import plan_ahead
from usecases.rulefiles import rulebook_of
from usecases.settings import Settings
from usecases.wiring import Office, open_office

YEAR = (datetime(2025, 7, 1, tzinfo=HANOI), datetime(2026, 6, 30, 23, 59, tzinfo=HANOI))
WRITTEN, EDITED = "before: 7 ngày làm việc", "before: 5 ngày làm việc"


def main(size: int) -> None:
    """Take both looks."""
    for look, given in ((a_year, ()), (an_edit, (size, 0)), (an_edit, (size, 182))):
        with get_context("spawn").Pool(1) as one:
            print(one.apply(look, given), flush=True)


def a_year() -> str:
    """Return what the preview of a year took."""
    with tempfile.TemporaryDirectory() as folder:
        office = _office(folder)
        ensure_registry(office, YEAR[0])
        found = []
        seconds, used = timed(lambda: found.append(plan_ahead(office, *YEAR)))
    reminders = sum(len(message.reminders) for message in found[0].messages)
    return (
        f"a year ahead: {_figures(seconds, used)}; {len(found[0].messages)} messages, {reminders} reminders"
    )


def an_edit(size: int, overdue: int) -> str:
    """Return what comparing an edit of the rules took; the earliest are `overdue` days overdue."""
    with tempfile.TemporaryDirectory() as folder:
        office = _office(folder)
        tasks = size // PER_TASK
        fill(office, [NOW.date() + timedelta(days=365 * n // tasks - overdue) for n in range(tasks)])
        texts = texts_of(office.settings.config, "rules")
        edit = rulebook_of({name: text.replace(WRITTEN, EDITED) for name, text in texts.items()})
        found = []
        new = office.under(edit).world
        seconds, used = timed(lambda: found.append(compare(office, office.world, new, NOW, NOW + AHEAD)))
    what = f"an edit over {size} × {AHEAD.days} days, the earliest {overdue} days overdue"
    return f"{what}: {_figures(seconds, used)}; {found[0].totals}"


def _office(folder: str) -> Office:
    office = open_office(Settings(home=Path(folder), mailbox_only=True, database_url=""))
    _ = office.database, office.world  # opened before the clock starts
    return office


def _figures(seconds: float, used: float) -> str:
    return f"{seconds:.1f} s, {used:.1f} s of the processor, {peak_of('self')} MB"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
