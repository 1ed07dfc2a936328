"""What would be sent under one set of rules and under another, over the same facts?

A side is the rulebook in force, one that was in force once, a folder of rules, or a whole
configuration folder, whose calendar, posts and channels then count as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from engine.difference import Difference, difference
from engine.ledger import Told
from engine.model import HANOI, Assignment
from engine.planning import World
from engine.preview import Preview, first_run, preview
from store import ledger, registry, rulebooks
from usecases import clock
from usecases.duties import coming_occurrences
from usecases.errors import UsageMistake
from usecases.reach import reached_by_now
from usecases.report_facts import uncollected
from usecases.rulefiles import is_whole, rule_texts, rulebook_of
from usecases.wiring import Office

IN_FORCE = ("-", "in-force")
AHEAD = timedelta(days=90)
TICK = timedelta(minutes=10)  # how often the service looks
_MIDNIGHT = datetime(2000, 1, 1)


def side_of(office: Office, name: str) -> World:
    """Return the world that a person names: "-" for what is in force, a folder, a fingerprint.

    Raises ConfigurationRejected with every mistake in a folder, InputRejected when there is none.
    """
    if name in IN_FORCE:
        return office.world
    path = Path(name)
    texts = None if path.exists() else _kept(office, name)
    rulebook = rulebook_of(rule_texts(path) if texts is None else texts)
    if not is_whole(path):
        return replace(office.world, rulebook=rulebook)
    other = Office(office.settings.model_copy(update={"config": path}))
    vars(other).update(database=office.database, rulebook=rulebook)
    return other.world


def busiest_stretch(office: Office) -> tuple[date, date] | None:
    """Return the 90 days around the month in which most tasks are due, None when none has a day."""
    with office.database.reading() as session:
        known = registry.assignments(session, office.directory.unit)
    days = [share.due_on for share in known if share.due_on and not share.task.is_duty]
    if not days:
        return None
    (year, month), _ = Counter((day.year, day.month) for day in days).most_common(1)[0]
    first = date(year, month, 1) - AHEAD / 3
    return first, first + AHEAD


def compare(
    office: Office,
    old: World,
    new: World,
    first: datetime,
    last: datetime,
    *,
    is_past: bool = False,
    tell: Callable[[str], None] = lambda said: None,
) -> Difference:
    """Return what `new` would send from `first` to `last` and `old` would not, and the reverse.

    Ahead, nobody acts and everything arrives, from what was told so far. With `is_past` the
    facts are taken as they were recorded up to each moment, and nothing was told before.
    """
    refuse_backwards(first, last)
    tell("đọc sổ nhiệm vụ")
    with office.database.reading() as session:
        old, new = reached_by_now(session, old), reached_by_now(session, new)
    with uncollected():
        return _compared(office, old, new, first, last, is_past, tell)


def refuse_backwards(first: datetime, last: datetime) -> None:
    """Raise UsageMistake when a stretch of time ends before it begins."""
    if last < first:
        raise UsageMistake(f"--to {last:%d/%m/%Y} trước --from {first:%d/%m/%Y}; đổi lại hai ngày")


def _compared(
    office: Office,
    old: World,
    new: World,
    first: datetime,
    last: datetime,
    is_past: bool,
    tell: Callable[[str], None],
) -> Difference:
    told = {} if is_past else told_so_far(office)

    def side(world: World, known: list[Assignment], words: str) -> Preview:
        also_at = _ticks_after_facts(known) if is_past else {first_run(world, first)}
        return preview(known, world, told, first, last, day_by_day(words, first, last, tell), also_at)

    known = facts_ahead(office, old, first, last)
    before = side(old, known, "theo quy tắc cũ")
    if (new.rulebook.open_before, new.calendar) != (old.rulebook.open_before, old.calendar):
        known = facts_ahead(office, new, first, last)  # occurrences open on other days
    after = side(new, known, "theo quy tắc mới")
    tell("đối chiếu từng tin")
    return difference(before.messages, after.messages)


def _ticks_after_facts(known: Iterable[Assignment]) -> set[datetime]:
    """Return when the service that was running looked next after each fact."""
    facts = (fact.at.astimezone(HANOI) for assignment in known for fact in assignment.facts)
    return {at + (_MIDNIGHT - at.replace(tzinfo=None)) % TICK for at in facts}


def day_by_day(
    words: str, first: datetime, last: datetime, tell: Callable[[str], None]
) -> Callable[[datetime], None]:
    """Return what a preview from `first` to `last` calls after each moment, to tell how far it is."""

    def tell_of(moment: datetime) -> None:
        part = (moment - first) / (last - first) if first < last else 1
        tell(f"{words}, đến {moment.astimezone(HANOI):%d/%m/%Y} ({part:.0%})")

    tell(words)
    return tell_of


def facts_ahead(office: Office, world: World, first: datetime, last: datetime) -> list[Assignment]:
    """Return every assignment there is or will be up to `last`.

    What no tick has opened is opened at `first`, or now when that is earlier.
    """
    with office.database.reading() as session:
        known = registry.assignments(session, office.directory.unit)
        coming = coming_occurrences(session, office.directory, world, last, min(first, clock.now()))
    ids = {assignment.id for assignment in known}
    return [*known, *(assignment for assignment in coming if assignment.id not in ids)]


def told_so_far(office: Office) -> dict[str, tuple[Told, ...]]:
    """Return what the ledger remembers of every assignment."""
    with office.database.reading() as session:
        return ledger.told_about(session, None)


def _kept(office: Office, name: str) -> Mapping[str, str] | None:
    """Return the files of a rulebook that was in force under the fingerprint `name`."""
    with office.database.reading() as session:
        kept = rulebooks.kept(session, name)
    return kept.files if kept else None
