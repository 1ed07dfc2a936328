"""Which known names does a misspelt one resemble, and how much?

The answer is a proposal to a person, never a reading: Ba Tơ and Ba Tô are one letter apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from engine.model import Unit
from engine.unit_words import keys_of, without_accents

NEAR_ENOUGH = 82  # "KTT" for "KKT" in a long name passes, another department's name does not
CLOSE_CALL = 5  # candidates this near to the best one are proposed beside it
LOST_ACCENTS = 10  # the price of comparing plain letters: "So Y te" is 90% of "Sở Y tế"
LONGEST_NAME = 120  # in letters; longer remainders are descriptions
SHORTEST_NAME = 4
MOST_CANDIDATES = 4

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likely:
    """A unit that a misspelt name may mean, and how alike the two are in percent."""

    unit: Unit
    score: int = 0
    ended: str = ""  # the body that ended, when the unit is a successor of what the name resembles


class Likeness:
    """The known names, asked by resemblance."""

    def __init__(self, proper: Iterable[tuple[Keys, tuple[Likely, ...]]]) -> None:
        """Take every name to compare with; what only abbreviates one is added by `also`."""
        self._meant: list[tuple[Likely, ...]] = []
        self._kinds: list[str] = []
        self._spelt: list[str] = []
        self._plain: list[str] = []
        self._by_plain: dict[str, list[tuple[Keys, tuple[Likely, ...]]]] = {}
        for keys, meant in proper:
            self._meant.append(meant)
            self._kinds.append(keys[0] if keys else "")
            self._spelt.append(_spelt(keys))
            self._plain.append(without_accents(keys))
            self.also(keys, meant)

    def also(self, keys: Keys, meant: tuple[Likely, ...]) -> None:
        """Let a spelling be found when it differs in nothing but its accents."""
        self._by_plain.setdefault(without_accents(keys), []).append((keys, meant))

    def nearest(self, keys: Keys, prefixes: Iterable[Keys] = ()) -> tuple[Likely, ...]:
        """Return the units a misspelt name may mean, the likeliest first.

        `prefixes` are words that its list put before it ("Các sở: …"). The same letters
        without accents come first ("Ba To": Ba Tô and Ba Tơ), then a forgotten "Sở" or
        "tỉnh", the closest spellings, and last the names that go on: "Sở Nông nghiệp …".
        """
        if not SHORTEST_NAME <= sum(map(len, keys)) <= LONGEST_NAME:
            return ()
        read = [keys, *((*prefix, *keys) for prefix in prefixes)]
        guessed = [(*_DEPARTMENT, *keys), (*keys, *_PROVINCE)]
        for whole in (*read, *guessed):
            if found := self._by_plain.get(without_accents(whole)):
                written = whole if whole in read else keys
                return _best((likely, _score(written, name)) for name, meant in found for likely in meant)
        if near := _best(close for whole in read for close in self._closest(whole)):
            return near
        return _best(close for whole in read for close in self._longer(whole))

    def _closest(self, keys: Keys) -> Iterable[tuple[Likely, int]]:
        for text, known, price in (
            (_spelt(keys), self._spelt, 0),
            (without_accents(keys), self._plain, LOST_ACCENTS),
        ):
            hits = process.extract(
                text, known, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH + price, limit=2 * MOST_CANDIDATES
            )
            for _, score, at in hits:
                if not _is_other_kind(keys[0], self._kinds[at]):
                    yield from ((likely, round(score) - price) for likely in self._meant[at])

    def _longer(self, keys: Keys) -> Iterable[tuple[Likely, int]]:
        """Return the units whose names begin so, unless there are too many to mean one of them."""
        beginning = without_accents(keys) + " "
        found = [
            (likely, round(fuzz.ratio(_spelt(keys), spelt)))
            for plain, spelt, meant in zip(self._plain, self._spelt, self._meant, strict=True)
            for likely in meant
            if len(keys) > 1 and plain.startswith(beginning)
        ]
        return found if len({likely.unit for likely, _ in found}) <= MOST_CANDIDATES else ()


def _best(found: Iterable[tuple[Likely, int]]) -> tuple[Likely, ...]:
    """Return the candidates near the best one, each unit with its highest score."""
    best: dict[Unit, Likely] = {}
    for likely, score in found:
        if likely.unit not in best or score > best[likely.unit].score:
            best[likely.unit] = replace(likely, score=score)
    most = max((likely.score for likely in best.values()), default=0)
    near = [likely for likely in best.values() if likely.score > most - CLOSE_CALL]
    return tuple(sorted(near, key=lambda likely: -likely.score)[:MOST_CANDIDATES])


def _score(written: Keys, name: Keys) -> int:
    """Return how alike two names are; 100 is kept for the same letters with the same accents."""
    with_accents = fuzz.ratio(_spelt(written), _spelt(name))
    plain = fuzz.ratio(without_accents(written), without_accents(name)) - LOST_ACCENTS
    return round(max(with_accents, plain))


def _spelt(keys: Keys) -> str:
    """Return a name with its accents, as one line to compare."""
    return " ".join(keys).replace("'", "")


def _is_other_kind(one: str, other: str) -> bool:
    """Whether two names differ in the word that says what they are: Bộ Tài chính is no sở."""
    return one != other and one in _KINDS and other in _KINDS


_DEPARTMENT = keys_of("Sở")
_PROVINCE = keys_of("tỉnh")
_KINDS = frozenset(
    key
    for word in ("sở", "bộ", "cục", "vụ", "phòng", "trường", "hội", "viện", "tổng", "trung", "chi")
    for key in keys_of(word)
)
