"""Which units does a task keep, however the directory has changed since it was put in force?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.answers import wording_key
from engine.model import ResolutionStatus, UnitReading
from engine.units import UnitDirectory
from store.kept import Frozen, StoredTask
from usecases.staged import SETTLED, Staged, StagedTask


def as_kept(
    staged: Staged,
    known: dict[str, StoredTask],
    directory: UnitDirectory,
    answered: dict[str, datetime],
    at: datetime,
) -> Staged:
    """Let a task whose words stayed keep the title people know and the units that were frozen."""
    tasks = []
    for task in staged.tasks:
        before = known.get(task.code)
        if before is not None and before.task.text == task.text:
            task = replace(task, title=before.task.title)
        lead = before.lead_frozen if before and before.lead == task.lead.as_written else None
        supporting = (
            before.supporting_frozen if before and before.supporting == task.supporting.as_written else None
        )
        tasks.append(
            replace(
                task,
                lead=_thawed(task.lead, lead, directory, answered),
                supporting=_thawed(task.supporting, supporting, directory, answered),
                lead_frozen=lead,
                supporting_frozen=supporting,
            )
        )
    return replace(staged, tasks=tuple(_frozen(task, at) for task in tasks))


def _thawed(
    reading: UnitReading, frozen: Frozen | None, directory: UnitDirectory, answered: dict[str, datetime]
) -> UnitReading:
    """Return a reading with the units it had when it was put in force.

    Words that were not understood then are read anew, and so are those answered since.
    """
    if frozen is None or frozen.status not in SETTLED:
        return reading
    since = answered.get(wording_key(reading.as_written))
    if since is not None and since > frozen.at:
        return reading
    units = tuple(directory.unit(code) for code in frozen.units)
    note = f"các đơn vị chốt ngày {frozen.at:%d/%m/%Y}"
    notes = (*reading.notes, note) if frozen.status is ResolutionStatus.GROUP else reading.notes
    return UnitReading(reading.as_written, frozen.status, units, notes=notes)


def _frozen(task: StagedTask, at: datetime) -> StagedTask:
    """Return a task with its readings frozen at `at` where they are not what was frozen before."""
    return replace(
        task,
        lead_frozen=_frozen_reading(task.lead, task.lead_frozen, at),
        supporting_frozen=_frozen_reading(task.supporting, task.supporting_frozen, at),
    )


def _frozen_reading(reading: UnitReading, before: Frozen | None, at: datetime) -> Frozen:
    units = tuple(unit.code for unit in reading.units)
    is_kept = before is not None and (before.status, before.units) == (reading.status, units)
    return before if before is not None and is_kept else Frozen(reading.status, units, at)
