"""What has been said about one assignment, as far as the next decision asks?

The ledger answers with a row for every reminder; a decision asks which steps are settled,
which reminders wait and what has arrived. A preview of a year asks that many thousand
times, so the answer is kept and grows rather than being found anew from the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import date

from engine.ledger import Told, ToldState

_NO_STEPS: Set[str] = frozenset()


class Heard:
    """What was said about an assignment; `waiting` are the reminders kept for later, by key."""

    __slots__ = ("_answered", "_settled", "waiting")

    def __init__(self, told: Iterable[Told] = ()) -> None:
        self.waiting: dict[str, Told] = {}
        self._settled: dict[date, set[str]] = {}
        self._answered: dict[date, list[Told]] = {}
        for one in told:
            self.add(one)

    def copy(self) -> Heard:
        """Return what was said so far, to grow on its own."""
        other = Heard()
        other.waiting = dict(self.waiting)
        other._settled = {due_on: set(steps) for due_on, steps in self._settled.items()}
        other._answered = {due_on: list(told) for due_on, told in self._answered.items()}
        return other

    def add(self, told: Told) -> None:
        """Take note of one more reminder, or of what became of one that waited."""
        if told.state is ToldState.WAITING:
            self.waiting[told.key] = told
            return
        self.settle(told.key, told.due_on, told.step)
        if told.state is ToldState.DELIVERED or told.state is ToldState.UNDELIVERABLE:
            self._answered.setdefault(told.due_on, []).append(told)

    def settle(self, key: str, due_on: date, step: str) -> None:
        """Take note that a step towards a deadline is decided for good, and nothing more is known of it."""
        self.waiting.pop(key, None)
        self._settled.setdefault(due_on, set()).add(step)

    def settled(self, due_on: date) -> Set[str]:
        """Return the steps towards a deadline that are decided for good."""
        return self._settled.get(due_on, _NO_STEPS)

    def answered(self, due_on: date) -> Sequence[Told]:
        """Return what was told about a deadline and arrived, or cannot arrive."""
        return self._answered.get(due_on, ())
