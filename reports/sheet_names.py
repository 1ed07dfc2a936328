"""What is a sheet of a workbook called?"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 31  # in UTF-16 units, as Excel counts
RESERVED = "history"


class SheetNames:
    """Names Excel takes, each once whatever its case."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {RESERVED, *(name.casefold() for name in taken)}

    def unused(self, said: str) -> str:
        """Return a name close to what is said, not given yet."""
        wished = re.sub(r"[\[\]:*?/\\]", " ", said)
        wished = " ".join(wished.split()).strip("' ") or "Bảng"
        name, count = _cut(wished, ""), 1
        while name.casefold() in self._taken:
            count += 1
            name = _cut(wished, f" ({count})")
        self._taken.add(name.casefold())
        return name


def _cut(text: str, ending: str) -> str:
    """Return `text` with its ending, cut between words where it is too long."""
    if _units(text + ending) <= LONGEST:
        return text + ending
    whole = text
    while _units(f"{text}…{ending}") > LONGEST:
        text = text[:-1]
    at_word = text.rsplit(" ", 1)[0]
    kept = text if whole[len(text)] == " " or len(at_word) < LONGEST // 2 else at_word
    return f"{kept.rstrip(chr(39) + ' ')}…{ending}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
