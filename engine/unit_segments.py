"""Into which pieces does a cell of agency names fall?

Between two signs stands a segment: the names found in it, the longest at each place, and
the words that belong to none. Finding comes before cutting, so that "Sở Văn hóa, Thể thao
và Du lịch" survives its own comma.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.model import UnitKind
from engine.unit_collective import Found, collective_at
from engine.unit_names import Name, Names
from engine.unit_phrases import (
    BELONGINGS,
    COMMUNE_TAILS,
    DOUBTS,
    HEADS,
    OTHER_WORDS,
    PARTS,
    PROVINCE_TAILS,
    ROLES,
    SUBSETS,
    past,
)
from engine.unit_words import CONNECTORS, Token, keys_of

LONGEST_BRACKET = 40  # tokens of a bracket that may name a part of a unit

Keys = tuple[str, ...]


def segments_of(tokens: Sequence[Token], names: Names) -> Iterable[Segment]:
    """Yield the segments of a cell that hold anything, in order."""
    return _Splitter(tokens, names).segments()


@dataclass(slots=True)
class Segment:
    """What stands between two signs: names that were found and words that were not."""

    start: int
    end: int
    found: list[Found] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    prefixes: tuple[Keys, ...] = ()
    is_part: bool = False  # only says more about the unit before it


class _Splitter:
    """Cuts the tokens of a cell into segments."""

    def __init__(self, tokens: Sequence[Token], names: Names) -> None:
        self.tokens, self.names = tokens, names
        self.prefixes: tuple[Keys, ...] = ()  # what the items of a list lack: "Các sở: …", "Sở A, B"
        self.follows_unit = False  # whether the segment before this one named somebody

    def segments(self) -> Iterable[Segment]:
        """Yield the segments that hold anything."""
        at, segment = 0, Segment(0, 0)
        while at < len(self.tokens):
            if at == segment.start and (after := self._past_numbering(at)) > at:
                at, segment = after, Segment(after, after)
            elif (found := self._best(at, segment)) is not None:
                at = found.end
                self.prefixes = self.prefixes if found.prefixes is None else found.prefixes
                if not found.begins_list:
                    segment.found.append(found)
                elif not segment.words and not segment.found:
                    segment = Segment(at, at)
            elif (after := self._past_part(at, segment)) > at:
                yield from self._closed(segment, at)
                yield Segment(at, after, is_part=True)
                at, segment = after, Segment(after, after)
            elif (after := self._past_role(at, segment)) > at:
                yield from self._closed(segment, at)
                at, segment = after, Segment(after, after)
            elif self.tokens[at].is_word and self.tokens[at].key not in CONNECTORS:
                after = max(at + 1, past(self.tokens, at, OTHER_WORDS))
                segment.words += range(at, after)
                at = after
            else:
                yield from self._closed(segment, at)
                at += 1
                segment = Segment(at, at)
        yield from self._closed(segment, at)

    def _past_numbering(self, at: int) -> int:
        """Return where the item begins after the "1.", "II." or "a)" of a list."""
        keys = [token.key for token in self.tokens[at : at + 3]]
        if len(keys) < 3 or not self.tokens[at].is_word or keys[1] not in _AFTER_NUMBER:
            return at
        if keys[2].isdecimal():
            return at  # a date
        is_number = keys[0].isdecimal() or set(keys[0]) <= _ROMAN
        is_mark = is_number or (keys[0] in _LETTERS and keys[1] in {".", ")"})
        return at + 2 if is_mark else at

    def _closed(self, segment: Segment, at: int) -> Iterable[Segment]:
        segment.end, segment.prefixes = at, self.prefixes
        if segment.found or segment.words:
            self.follows_unit = bool(segment.found)
            yield segment

    def _best(self, at: int, segment: Segment) -> Found | None:
        """Return what is named here, unless a longer phrase says only what a unit does."""
        found = self._found(at)
        if found and self._fits(found, segment) and found.end >= self._past_role(at, segment):
            return found
        return None

    def _fits(self, found: Found, segment: Segment) -> bool:
        """Whether this may be named here: words before a loose name make another name of it.

        A commune's bare name still helps to propose something: "Trung tâm Y tế Bình Sơn".
        """
        if found.name is None or not segment.words or not (found.name.is_loose or found.is_prefixed):
            return True
        keys = tuple(self.tokens[at].key for at in segment.words)
        return keys in HEADS or (_is_commune(found.name) and not found.is_prefixed)

    def _found(self, at: int) -> Found | None:
        return self._name(at) or collective_at(self.tokens, self.names, at)

    def _name(self, at: int) -> Found | None:
        """Return the longest known name here, alone or after the word its list began with."""
        best: tuple[Name, int, Keys] | None = None
        for prefix in (*self.prefixes, ()):
            hit = self.names.index.longest(self.tokens, at, prefix)
            if hit and (best is None or hit[1] > best[1]):
                best = (*hit, prefix)
        if best is None:
            return None
        name, end, prefix = best
        return Found(
            at,
            self._past_province(name, end),
            name,
            is_prefixed=bool(prefix),
            prefixes=(_DEPARTMENT,) if self.tokens[at].key == _DEPARTMENT[0] else None,
        )

    def _past_province(self, name: Name, end: int) -> int:
        """Return where the province's own name ends, when it follows the name of one of its units.

        Another province's name ("tỉnh Kon Tum") is left for a person to look at.
        """
        return past(self.tokens, end, COMMUNE_TAILS if _is_commune(name) else PROVINCE_TAILS)

    def _past_part(self, at: int, segment: Segment) -> int:
        """Return where words end that only name a part of the unit before them."""
        is_next = bool(segment.found) and not segment.words
        if not is_next and (segment.words or segment.found or not self.follows_unit):
            return at
        if hit := BELONGINGS.longest(self.tokens, at):
            return hit[1] if self._is_sign(hit[1]) else at
        if is_next or at == 0 or self.tokens[at - 1].key != "(":
            return at
        closing = self._closing(at)
        if past(self.tokens, at, PARTS) == at and not _is_code(self.tokens[at].key):
            return at
        return closing if closing and not self._names_inside(at, closing) else at

    def _closing(self, at: int) -> int:
        inside = self.tokens[at : at + LONGEST_BRACKET]
        return next((at + n for n, token in enumerate(inside) if token.key == ")"), 0)

    def _names_inside(self, at: int, end: int) -> bool:
        places = range(at, end)
        is_vague = any(past(self.tokens, place, (*SUBSETS, *DOUBTS)) > place for place in places)
        return is_vague or any(self.names.index.longest(self.tokens, place) for place in places)

    def _past_role(self, at: int, segment: Segment) -> int:
        """Return where roles and other fillers end that stand beside names, or `at`."""
        end = at
        while not segment.words and (hit := ROLES.longest(self.tokens, end)):
            end = hit[1]
            if self._is_sign(end) or self._found(past(self.tokens, end, HEADS)):
                return end
        return at

    def _is_sign(self, at: int) -> bool:
        return at >= len(self.tokens) or not self.tokens[at].is_word or self.tokens[at].key in CONNECTORS


def _is_commune(name: Name) -> bool:
    return bool(name.units) and name.units[0].kind is UnitKind.COMMUNE


def _is_code(key: str) -> bool:
    """Whether this is the number of a police department: PC06, PA05."""
    return len(key) in {3, 4} and key[:1] == "p" and key[-2:].isdecimal()


_DEPARTMENT = keys_of("Sở")
_AFTER_NUMBER = frozenset([".", ")", "/", "-"])
_LETTERS = frozenset("abcdđeghik")
_ROMAN = frozenset("ivx")
