"""Into which pieces does a cell of agency names fall?

Between two signs stands a segment: the names found in it, the longest at each place, and
the words that belong to none. Finding comes before cutting, so that "Sở Văn hóa, Thể thao
và Du lịch" survives its own comma.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.model import UnitKind
from engine.unit_names import Name, Names, Noun
from engine.unit_words import SKIPPED, Token, keys_of


def segments_of(tokens: Sequence[Token], names: Names) -> Iterable[Segment]:
    """Yield the segments of a cell that hold anything, in order."""
    return _Splitter(tokens, names).segments()


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of the cell that names units."""

    start: int  # token numbers
    end: int
    name: Name | None = None
    nouns: tuple[Noun, ...] = ()
    is_subset: bool = False  # "… có liên quan": some of them, not said which


@dataclass(slots=True)
class Segment:
    """What stands between two signs: names that were found and words that were not."""

    start: int
    end: int
    found: list[Found] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    prefixes: tuple[tuple[str, ...], ...] = ()


class _Splitter:
    """Cuts the tokens of a cell into segments."""

    def __init__(self, tokens: Sequence[Token], names: Names) -> None:
        self.tokens, self.names = tokens, names
        self.prefixes: tuple[tuple[str, ...], ...] = ()  # of "Các sở: …", for the items after it

    def segments(self) -> Iterable[Segment]:
        """Yield the segments that hold anything."""
        at, segment = 0, Segment(0, 0)
        while at < len(self.tokens):
            if at == segment.start and (after := self._past_numbering(at)) > at:
                at, segment = after, Segment(after, after)
            elif (found := self._name(at) or self._collective(at)) is not None:
                if found.name or found.nouns:
                    segment.found.append(found)
                at = found.end
            elif self.tokens[at].is_word and self.tokens[at].key not in _JOINING:
                segment.words.append(at)
                at += 1
            else:
                yield from self._closed(segment, at)
                at += 1
                segment = Segment(at, at)
        yield from self._closed(segment, at)

    def _past_numbering(self, at: int) -> int:
        """Return where the item begins after the "1." or "a)" of a list."""
        keys = [token.key for token in self.tokens[at : at + 2]]
        is_mark = len(keys) == 2 and keys[1] in {".", ")"} and (keys[0].isdecimal() or len(keys[0]) == 1)
        return at + 2 if is_mark and self.tokens[at].is_word else at

    def _closed(self, segment: Segment, at: int) -> Iterable[Segment]:
        segment.end, segment.prefixes = at, self.prefixes
        if segment.found or segment.words:
            yield segment

    def _name(self, at: int) -> Found | None:
        """Return the longest known name here, alone or after the word its list began with."""
        hits = [self.names.index.longest(self.tokens, at, prefix) for prefix in (*self.prefixes, ())]
        best = max((hit for hit in hits if hit), key=lambda hit: hit[1], default=None)
        if best is None:
            return None
        name, end = best
        return Found(at, self._past_province(name, end), name)

    def _past_province(self, name: Name, end: int) -> int:
        """Return where the province's own name ends, when it follows the name of one of its units."""
        is_commune = bool(name.units) and name.units[0].kind is UnitKind.COMMUNE
        return self._past(end, _COMMUNE_TAILS if is_commune else _PROVINCE_TAILS)

    def _past(self, at: int, tails: Iterable[tuple[str, ...]]) -> int:
        for tail in tails:
            if tuple(token.key for token in self.tokens[at : at + len(tail)]) == tail:
                return at + len(tail)
        return at

    def _collective(self, at: int) -> Found | None:
        """Return a collective name here: nouns of groups with any signs between them.

        Followed by names ("Các sở: Công thương, …") the nouns are the beginning of a list
        and only prefix its items.
        """
        nouns: list[Noun] = []
        place, end, is_plural = at, at, False
        while True:
            place, plural_here = self._past_plural(place)
            is_plural = is_plural or plural_here
            hit = self.names.nouns.longest(self.tokens, place)
            if hit is None:
                break
            if self.names.index.longest(self.tokens, place):
                if plural_here and not nouns:
                    return self._list_begins([hit[0]], at, hit[1])
                break
            nouns.append(hit[0])
            end = hit[1]
            place = self._past_sign(end)
        if not nouns:
            return None
        if (items := self._items_at(nouns, end)) is not None:
            return self._list_begins(nouns, at, items)
        if not is_plural and len(nouns) == 1 and len(nouns[0].keys) == 1:
            return None  # "sở", "xã" alone: one of them, and nobody knows which
        return self._qualified(at, end, nouns)

    def _past_plural(self, at: int) -> tuple[int, bool]:
        start, is_plural = at, False
        while at < len(self.tokens) and (self.tokens[at].key in _PLURALS or self.tokens[at].key == "ubnd"):
            is_plural = is_plural or self.tokens[at].key in _PLURALS
            at += 1
        return at, at > start and is_plural

    def _past_sign(self, at: int) -> int:
        while at < len(self.tokens) and self.tokens[at].key in _INSIDE_COLLECTIVE:
            at += 1
        return at

    def _items_at(self, nouns: list[Noun], at: int) -> int | None:
        """Return where the items of a list begin, if names follow that the nouns complete."""
        while at < len(self.tokens) and self.tokens[at].key in {":", *SKIPPED}:
            at += 1
        follows = any(self.names.index.longest(self.tokens, at, noun.keys) for noun in nouns)
        return at if follows else None

    def _list_begins(self, nouns: list[Noun], at: int, items: int) -> Found:
        self.prefixes = tuple(noun.keys for noun in nouns)
        return Found(at, items)

    def _qualified(self, at: int, end: int, nouns: list[Noun]) -> Found:
        self.prefixes = ()
        is_subset = False
        while True:
            after_tail = self._past(end, _COLLECTIVE_TAILS)
            after_some = self._past(after_tail, SUBSETS)
            is_subset = is_subset or after_some > after_tail
            if after_some == end:
                return Found(at, end, nouns=tuple(nouns), is_subset=is_subset)
            end = after_some


def phrases(*texts: str) -> tuple[tuple[str, ...], ...]:
    """Return texts as the keys they are compared by, the longest first."""
    return tuple(sorted((keys_of(text) for text in texts), key=len, reverse=True))


SUBSETS = phrases("liên quan", "có liên quan", "khác có liên quan", "khác liên quan", "khác")
_JOINING = frozenset(keys_of("và &"))
_PLURALS = frozenset(keys_of("các tất cả toàn bộ mọi những"))
_INSIDE_COLLECTIVE = frozenset({",", "-", "/", *_JOINING, *SKIPPED})
_PROVINCE_TAILS = phrases("tỉnh Quảng Ngãi", "Quảng Ngãi", "tỉnh")
_COMMUNE_TAILS = phrases("tỉnh Quảng Ngãi", ", tỉnh Quảng Ngãi")
_COLLECTIVE_TAILS = phrases(
    *("trên địa bàn tỉnh Quảng Ngãi", "trên địa bàn tỉnh", "trên địa bàn", "trong toàn tỉnh", "toàn tỉnh"),
    *("của tỉnh", "thuộc tỉnh", "trong tỉnh", "thuộc UBND tỉnh", "tỉnh Quảng Ngãi", "tỉnh", "cấp tỉnh"),
)
