"""What did the scorecard of a month say when the month was closed, and what has changed since?

Facts may be recorded late, and then the figures of a past month move, rightly. Frozen once
with their hash in the log, they cannot move unseen: whoever asks again is shown both, and what
was recorded in between.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.model import HANOI, Assignment, Role
from engine.status import Timeliness, standing_of

CELLS = tuple(str(cell) for cell in Timeliness if cell is not Timeliness.CANCELLED)


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """One unit in a frozen scorecard: how many shares stood in which cell; rank 0 is none."""

    code: str
    name: str
    cells: Mapping[str, int]
    rank: int

    @property
    def given(self) -> int:
        """All shares of the unit."""
        return sum(self.cells.values())

    @property
    def due(self) -> int:
        """What was done, late or not, and what is overdue."""
        return self.completed + self.cells[Timeliness.OPEN_LATE]

    @property
    def completed(self) -> int:
        """What was done, late or not."""
        return self.on_time + self.cells[Timeliness.DONE_LATE]

    @property
    def on_time(self) -> int:
        """What was done on time."""
        return self.cells[Timeliness.DONE_ON_TIME]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The scorecard of a month as it was put in the log.

    `as_of` is the moment the figures speak of, the end of the month; `frozen_at` when they were
    recorded, `mark` the hash of the record. `since` are the kinds of facts recorded after it, by
    assignment. `is_intact` says whether the figures still have the hash kept beside them.
    """

    first_on: date
    as_of: datetime
    frozen_at: datetime
    least_due: int
    rows: tuple[FrozenRow, ...]
    rulebook: str = ""
    mark: str = ""
    is_intact: bool = True
    since: Mapping[str, Counter[str]] = field(default_factory=dict)

    @property
    def last_on(self) -> date:
        """The last day of the month."""
        return last_of_month(self.first_on)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the scorecard rests on besides facts: who is ranked, and which months were frozen."""

    least_due: int
    frozen: tuple[Frozen, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit whose figures moved; `because` are the kinds of facts recorded since, with their number.

    Nothing in `because` means that no fact did it: a plan came in late or was changed, or a
    deadline on a day off had not passed yet.
    """

    code: str
    name: str
    then: FrozenRow | None
    now: FrozenRow | None
    because: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A frozen month and the units whose figures are others by now, in the order of the frozen ranks."""

    frozen: Frozen
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as the plain data of the JSON contract."""
        frozen = self.frozen
        return {
            "month": f"{frozen.first_on:%Y-%m}",
            "as_of": frozen.as_of.astimezone(HANOI).isoformat(timespec="seconds"),
            "frozen_at": frozen.frozen_at.astimezone(HANOI).isoformat(timespec="seconds"),
            "hash": frozen.mark,
            "is_intact": frozen.is_intact,
            "differences": [
                {
                    "code": one.code,
                    "name": one.name,
                    "then": _row_json(one.then),
                    "now": _row_json(one.now),
                    "because": dict(one.because),
                }
                for one in self.differences
            ],
        }


def compared(
    frozen: Frozen, rows: Iterable[FrozenRow], shares: Iterable[Assignment], as_of: datetime
) -> Compared:
    """Return where the figures of a month are others by now, with what was recorded in between."""
    then, now = ({row.code: row for row in side} for side in (frozen.rows, rows))
    moved = [code for code in {**then, **now} if _figures(then.get(code)) != _figures(now.get(code))]
    recorded = _recorded_since(frozen, shares, as_of)
    return Compared(frozen, tuple(_difference(code, then, now, recorded) for code in moved))


def frozen_data(first_on: date, as_of: datetime, least_due: int, rows: Iterable[FrozenRow]) -> dict[str, Any]:
    """Return what goes into the log: whole numbers and texts alone, with the hash of them all."""
    content = {
        "month": f"{first_on:%Y-%m}",
        "as_of": as_of.astimezone(HANOI).isoformat(),
        "least_due": least_due,
        "units": [
            {
                "code": row.code,
                "name": row.name,
                "rank": row.rank,
                **{cell: row.cells[cell] for cell in CELLS},
            }
            for row in sorted(rows, key=lambda row: row.code)
        ],
    }
    return {**content, "sha256": _digest(content)}


def frozen_of(data: Mapping[str, Any], frozen_at: datetime, mark: str) -> Frozen:
    """Return a frozen scorecard from what was put in the log."""
    content = {key: value for key, value in data.items() if key not in {"sha256", "rulebook"}}
    rows = [
        FrozenRow(unit["code"], unit["name"], {cell: unit[cell] for cell in CELLS}, unit["rank"])
        for unit in data["units"]
    ]
    return Frozen(
        first_on=date.fromisoformat(f"{data['month']}-01"),
        as_of=datetime.fromisoformat(data["as_of"]),
        frozen_at=frozen_at,
        least_due=data["least_due"],
        rows=tuple(sorted(rows, key=lambda row: (row.rank == 0, row.rank, row.code))),
        rulebook=str(data.get("rulebook", "")),
        mark=mark,
        is_intact=_digest(content) == data["sha256"],
    )


def last_of_month(first_on: date) -> date:
    """Return the last day of the month of a day."""
    return first_on.replace(day=monthrange(first_on.year, first_on.month)[1])


def _figures(row: FrozenRow | None) -> tuple[object, ...] | None:
    return None if row is None else (dict(row.cells), row.rank)


def _difference(
    code: str,
    then: Mapping[str, FrozenRow],
    now: Mapping[str, FrozenRow],
    recorded: Mapping[str, Counter[str]],
) -> Difference:
    name = (now.get(code) or then[code]).name
    because = sorted(recorded.get(code, Counter()).items())
    return Difference(code, name, then.get(code), now.get(code), tuple(because))


def _recorded_since(frozen: Frozen, shares: Iterable[Assignment], as_of: datetime) -> dict[str, Counter[str]]:
    """Return for each unit what was recorded since about shares that were or are due in the month."""
    found: dict[str, Counter[str]] = {}
    for share in shares:
        kinds = frozen.since.get(share.id)
        if kinds and share.role is Role.LEAD and _was_or_is_due(share, frozen, as_of):
            found.setdefault(share.unit.code, Counter()).update(kinds)
    return found


def _was_or_is_due(share: Assignment, frozen: Frozen, as_of: datetime) -> bool:
    days = [standing_of(share, at).due_on for at in (frozen.as_of, as_of)]
    return any(day is not None and frozen.first_on <= day <= frozen.last_on for day in days)


def _unit_data(row: FrozenRow) -> dict[str, Any]:
    name = unicodedata.normalize("NFC", row.name)  # as the log keeps it, or the hash would not be found again
    return {"code": row.code, "name": name, "rank": row.rank, **{cell: row.cells[cell] for cell in CELLS}}


def _digest(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _row_json(row: FrozenRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    figures: dict[str, Any] = {"given": row.given, "due": row.due, "completed": row.completed}
    return {**figures, "on_time": row.on_time, "rank": row.rank or None}
