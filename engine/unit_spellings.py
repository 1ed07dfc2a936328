"""In how many ways may an office shorten one name?

"Sở Khoa học và Công nghệ" is also "Sở KH&CN", "Sở KH và Công nghệ", "SKHCN". Every known
phrase of a name may be its abbreviation, and neighbouring abbreviations may run together.
Only real names are shortened, so that "TT" can stand for several phrases without harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from engine.unit_words import CONNECTORS, keys_of

MOST_SPELLINGS = 600  # of one name; a longer list means a table with too many phrases

Keys = tuple[str, ...]


class Abbreviations:
    """The phrases that offices shorten."""

    def __init__(self, phrases: Mapping[str, Iterable[str]] | None = None) -> None:
        """Take the phrases by their abbreviation: {"KH": ["khoa học", "kế hoạch"]}."""
        self._shorts: dict[Keys, list[str]] = {}
        for short, texts in (phrases or {}).items():
            for text in texts:
                self._shorts.setdefault(keys_of(text), []).append(short.lower())
        self._longest = max(map(len, self._shorts), default=0)

    def spellings(self, keys: Keys) -> list[Keys]:
        """Return the ways to write a name, its own first."""
        return list(dict.fromkeys(islice(self._rest(keys, 0, (), ""), MOST_SPELLINGS)))

    def _rest(self, keys: Keys, at: int, done: Keys, glued: str) -> Iterator[Keys]:
        """Yield the spellings that begin with `done` and an abbreviation that may still grow."""
        if at == len(keys):
            yield _with(done, glued)
            return
        if keys[at] in CONNECTORS:
            yield from self._rest(keys, at + 1, (*_with(done, glued), keys[at]), "")
            yield from self._rest(keys, at + 1, done, glued)
            return
        yield from self._rest(keys, at + 1, (*_with(done, glued), keys[at]), "")
        for end in range(at + 1, min(at + self._longest, len(keys)) + 1):
            for short in self._shorts.get(keys[at:end], ()):
                yield from self._rest(keys, end, _with(done, glued), short)
                if glued:
                    yield from self._rest(keys, end, done, glued + short)


@lru_cache(maxsize=4096)
def _with(done: Keys, glued: str) -> Keys:
    """Return `done` with a finished abbreviation, read as the same letters in a cell would be."""
    return (*done, *keys_of(glued)) if glued else done
