"""What waits for a daily limit and cannot come within it now, because more pressing work fills the day?

Thousands of overdue shares may wait for weeks until their turn comes. A preview that made
each of them a reminder every day, only to leave it out again, would do little else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from engine.cohorts import Cohort
from engine.messages import channels_for
from engine.model import Recipient
from engine.planning import Decision, Reminder, SuppressionReason, World
from engine.rulebook import AUDIENCES


def crowded_out(
    due: Sequence[tuple[Cohort, Decision]], world: World, spent: Mapping[str, int]
) -> frozenset[Cohort]:
    """Return the cohorts that `gather` would leave out for the day's limit as it did before.

    Left out of its question, they change nothing for the others: they come after whatever
    fills the limit, and share no task with anybody who is asked.
    """
    waiting: dict[str, list[tuple[date, Cohort]]] = defaultdict(list)
    rooms: dict[str, int] = {}
    asked: set[str] = set()
    for cohort, decision in due:
        one = _only_waiting(cohort, decision)
        limit = world.rulebook.limits.get(AUDIENCES[one.level]) if one else None
        if one is None or limit is None or not _is_reached(one.recipient, one.via, world):
            asked |= cohort.task_codes
        else:
            waiting[one.recipient.post].append((one.due_on, cohort))
            rooms[one.recipient.post] = limit.tasks_per_day - spent.get(one.recipient.post, 0)
    hopeless: list[Cohort] = []
    for post, of_post in waiting.items():
        admitted, left = _most_pressing(of_post, rooms[post])
        asked |= admitted
        hopeless += left
    return frozenset(cohort for cohort in hopeless if asked.isdisjoint(cohort.task_codes))


def _only_waiting(cohort: Cohort, decision: Decision) -> Reminder | None:
    """Return what a cohort calls for if it is one reminder that waits for the limit already."""
    if len(decision.reminders) != 1 or decision.suppressions:
        return None
    one = decision.reminders[0]
    return None if cohort.is_news(one, SuppressionReason.BUDGET) else one


def _is_reached(recipient: Recipient, via: Iterable[str], world: World) -> bool:
    return next(channels_for(recipient, via, world.channels), None) is not None


def _most_pressing(of_post: list[tuple[date, Cohort]], room: int) -> tuple[set[str], list[Cohort]]:
    """Return the tasks that may come within `room`, by their deadlines, and who comes after them."""
    tasks: set[str] = set()
    left: list[Cohort] = []
    last: date | None = None
    for due_on, cohort in sorted(of_post, key=lambda pair: pair[0]):
        if len(tasks) >= room and due_on != last:
            left.append(cohort)
        else:
            tasks |= cohort.task_codes
            last = due_on
    return tasks, left
