"""How does a reader answer: on a page, with a button, or with words to type?

A door belongs to one assignment and to the person it was given to. What stands first among its
choices is what the letter asks for now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.digest import DigestRow
from notifiers.base import Choice

MOST_BUTTONS = 10  # under a message about several tasks: one for each


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways to answer about one assignment; `number` is its short number, "" where none is typed."""

    choices: tuple[Choice, ...] = ()
    number: str = ""
    page: str = ""


ByAssignment = Mapping[str, Doors]
NO_DOOR = Doors()
NO_DOORS: ByAssignment = MappingProxyType({})


def doors_of(row: DigestRow, doors: ByAssignment) -> Doors:
    """Return the ways to answer about a row; none where it stands for several units."""
    return doors.get(row.assignment_ids[0], NO_DOOR) if len(row.assignment_ids) == 1 else NO_DOOR


def choices_of(rows: tuple[DigestRow, ...], doors: ByAssignment) -> tuple[Choice, ...]:
    """Return what a message offers below its words: all choices of one task, or a button a task.

    The pages of several tasks stand beside each of them, and what is typed is said in the words.
    """
    known = [doors_of(row, doors) for row in rows]
    if len(known) == 1:
        return known[0].choices
    first = [(d.choices[0], d.number) for d in known if d.choices and d.choices[0].token and d.number]
    pressed = [(choice, number) for choice, number in first if choice.response == "acknowledge"]
    return tuple(Choice(c.response, f"Đã nhận {number}", c.token) for c, number in pressed[:MOST_BUTTONS])
