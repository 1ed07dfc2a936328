"""Which letters did people sign and send, and what did each speak of?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.collation import vietnamese_order


@dataclass(frozen=True, slots=True)
class IssuedLetter:
    """A letter people signed and sent: whose number, which day, to whom, about what."""

    unit: str
    number: str
    on: date
    plans: tuple[str, ...] = ()  # document codes
    assignments: tuple[str, ...] = ()


def standing_letters(letters: Iterable[IssuedLetter]) -> list[IssuedLetter]:
    """Return the letters that stand, by date: one recorded again in its year replaces what it corrects."""
    last = {(letter.unit, letter.number, letter.on.year): letter for letter in letters}
    return sorted(last.values(), key=lambda letter: (letter.on, vietnamese_order(letter.number)))


def letters_about(letters: Iterable[IssuedLetter]) -> dict[str, tuple[IssuedLetter, ...]]:
    """Return by assignment id the letters that spoke of it, by date."""
    found: dict[str, tuple[IssuedLetter, ...]] = {}
    for letter in standing_letters(letters):
        for share in letter.assignments:
            found[share] = (*found.get(share, ()), letter)
    return found
