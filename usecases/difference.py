"""What does a document change in the registry, and how does the finished work in it stand?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.calendar import WorkCalendar
from engine.model import Confirmation, Deadline, DeadlineKind
from store.kept import StoredTask
from usecases.staged import Staged, StagedTask


@dataclass(frozen=True, slots=True)
class Change:
    """One task of a difference; `fields` maps a name to (old, new), as written."""

    number: str | None
    title: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a document changes in the registry."""

    added: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    unchanged: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Completed:
    """How many tasks a document itself says are done, against their deadlines."""

    on_time: int = 0
    late: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """How many there are."""
        return self.on_time + self.late + self.unknown


def difference_of(
    staged: Staged, known: dict[str, StoredTask]
) -> tuple[Changes, list[tuple[int, StagedTask]]]:
    """Return what changes, and the tasks to write with their position."""
    added, changed, unchanged = [], [], []
    news: list[tuple[int, StagedTask]] = []
    for position, task in enumerate(staged.tasks, start=1):
        before = known.get(task.code)
        if before is None:
            added.append(Change(task.number, task.title))
            news.append((position, task))
        elif fields := _changed_fields(before, task):
            changed.append(Change(task.number, task.title, fields))
            news.append((position, task))
        else:
            unchanged.append(Change(task.number, task.title))
    present = {task.code for task in staged.tasks}
    removed = [Change(t.task.number, t.task.title) for code, t in known.items() if code not in present]
    return Changes(tuple(added), tuple(changed), tuple(removed), tuple(unchanged)), news


def _changed_fields(before: StoredTask, now: StagedTask) -> dict[str, tuple[str, str]]:
    old, new = before.task, now
    values = {
        "number": (old.number or "", new.number or ""),
        "text": (old.text, new.text),
        "section": (old.section, new.section),
        "lead": (before.lead, new.lead.as_written),
        "supporting": (before.supporting, new.supporting.as_written),
        "deadline": (old.deadline.as_written, new.deadline.as_written),
        "expected": (old.expected, new.expected),
        "note": (old.note, new.note),
        "done_on": (before.done_on, new.done_on),
    }
    fields = {name: pair for name, pair in values.items() if pair[0] != pair[1]}
    return fields | _changed_readings(before, now, set(fields))


def _changed_readings(before: StoredTask, now: StagedTask, reworded: set[str]) -> dict[str, tuple[str, str]]:
    """Return what words that stayed mean now and did not mean before: somebody has answered."""
    readings = {
        "lead": (before.lead_frozen, now.lead_frozen),
        "supporting": (before.supporting_frozen, now.supporting_frozen),
    }
    fields = {
        f"{name}_units": (", ".join(old.units), ", ".join(new.units))
        for name, (old, new) in readings.items()
        if old and new and old.units != new.units and name not in reworded
    }
    old_day, new_day = (said_in_force(deadline) for deadline in (before.task.deadline, now.deadline))
    if "deadline" not in reworded and old_day != new_day:
        fields["due_on"] = (old_day, new_day)
    return fields


def day_in_force(deadline: Deadline) -> str:
    """Return the day a deadline has in force, as text; a reading that is not in force has none."""
    is_in_force = deadline.confirmation is not Confirmation.REQUIRED or deadline.already_done
    return deadline.due_on.isoformat() if deadline.due_on and is_in_force else ""


def said_in_force(deadline: Deadline) -> str:
    """Return the day in force as text, or that work without one day is settled all the same."""
    is_open = deadline.kind in {DeadlineKind.ONGOING, DeadlineKind.RECURRING} and deadline.due_on is None
    is_settled = deadline.confirmation is not Confirmation.REQUIRED
    return "không theo một ngày" if is_open and is_settled else day_in_force(deadline)


def completed_in(tasks: Iterable[StagedTask], calendar: WorkCalendar) -> Completed:
    """Return how the finished tasks stand against their deadlines, by the day they were done."""
    done = [task for task in tasks if task.completed_on is not None and task.is_task]
    dated = [(task.completed_on, task.deadline.due_on) for task in done if day_in_force(task.deadline)]
    on_time = sum(on <= calendar.next_working_day(due) for on, due in dated if on and due)
    return Completed(on_time, len(dated) - on_time, len(done) - len(dated))
