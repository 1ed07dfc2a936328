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
from engine.unit_phrases import (
    BELONGINGS,
    COLLECTIVE_TAILS,
    COMMUNE_TAILS,
    DOUBTS,
    HEADS,
    OTHER_WORDS,
    PARTS,
    PROVINCE_TAILS,
    ROLES,
    SUBSETS,
)
from engine.unit_words import CONNECTORS, SKIPPED, Token, keys_of

LONGEST_BRACKET = 40  # tokens of a bracket that may name a part of a unit
LONGEST_PLURAL = 8  # "Thủ trưởng tất cả các UBND …": tokens before the noun of a collective name
MOST_NOUNS = 30  # in one collective name

Keys = tuple[str, ...]


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
    is_prefixed: bool = False  # read with the "Sở" of its list before it


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
                if found.name or found.nouns:
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
                after = max(at + 1, self.past(at, OTHER_WORDS))
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
        prefixes = self.prefixes
        found = self._found(at)
        if found and self._fits(found, segment) and found.end >= self._past_role(at, segment):
            return found
        self.prefixes = prefixes
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
        return self._name(at) or _Collective(self, at).found()

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
        if self.tokens[at].key == _OFFICE:
            self.prefixes = (_SO,)
        return Found(at, self._past_province(name, end), name, is_prefixed=bool(prefix))

    def _past_province(self, name: Name, end: int) -> int:
        """Return where the province's own name ends, when it follows the name of one of its units.

        Another province's name ("tỉnh Kon Tum") is left for a person to look at.
        """
        return self.past(end, COMMUNE_TAILS if _is_commune(name) else PROVINCE_TAILS)

    def past(self, at: int, tails: Iterable[Keys]) -> int:
        """Return where the first of the phrases ends that stands here, or `at`."""
        for tail in tails:
            if tuple(token.key for token in self.tokens[at : at + len(tail)]) == tail:
                return at + len(tail)
        return at

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
        if self.past(at, PARTS) == at and not _is_code(self.tokens[at].key):
            return at
        return closing if closing and not self._names_inside(at, closing) else at

    def _closing(self, at: int) -> int:
        inside = self.tokens[at : at + LONGEST_BRACKET]
        return next((at + n for n, token in enumerate(inside) if token.key == ")"), 0)

    def _names_inside(self, at: int, end: int) -> bool:
        places = range(at, end)
        is_vague = any(self.past(place, (*SUBSETS, *DOUBTS)) > place for place in places)
        return is_vague or any(self.names.index.longest(self.tokens, place) for place in places)

    def _past_role(self, at: int, segment: Segment) -> int:
        """Return where roles and other fillers end that stand beside names, or `at`."""
        end = at
        while not segment.words and (hit := ROLES.longest(self.tokens, end)):
            end = hit[1]
            if self._is_sign(end) or self._begins_name(end):
                return end
        return at

    def _is_sign(self, at: int) -> bool:
        return at >= len(self.tokens) or not self.tokens[at].is_word or self.tokens[at].key in CONNECTORS

    def _begins_name(self, at: int) -> bool:
        prefixes = self.prefixes
        found = self._found(self.past(at, HEADS))
        self.prefixes = prefixes
        return found is not None


class _Collective:
    """A collective name: nouns of groups with any signs between them, and what qualifies it."""

    def __init__(self, splitter: _Splitter, at: int) -> None:
        self.splitter, self.tokens, self.names = splitter, splitter.tokens, splitter.names
        self.start = self.end = at
        self.nouns: list[Noun] = []
        self.is_plural = False
        self.count: int | None = None  # "96 xã, phường, đặc khu"
        self.parts: list[tuple[int, int]] = []  # where an inner "các" begins: nouns and end before it

    def found(self) -> Found | None:
        """Return the collective name here.

        Followed by names ("Các sở: Công thương, …") the nouns are the beginning of a list
        and only prefix its items.
        """
        place = self.start
        while len(self.nouns) < MOST_NOUNS:
            place, is_plural_here = self._past_plural(place)
            hit = self.names.nouns.longest(self.tokens, place)
            if hit is None or self._is_other_phrase(place, hit[1]):
                break
            if self.names.index.longest(self.tokens, place):
                if is_plural_here and not self.nouns:
                    return self._list_begins([hit[0]], hit[1])
                break
            if is_plural_here and self.nouns:
                self.parts.append((len(self.nouns), self.end))
            self.nouns.append(hit[0])
            self.end = hit[1]
            place = self._past_sign(self.end)
        if not self.nouns:
            return None
        if (items := self._items()) is not None:
            return self._list_begins(self.nouns, items)
        if not self.is_plural and len(self.nouns) == 1 and len(self.nouns[0].keys) == 1:
            return None  # "sở", "xã" alone: one of them, and nobody knows which
        return self._qualified()

    def _is_other_phrase(self, at: int, end: int) -> bool:
        """Whether a longer phrase begins here: "xã hội", "tổ chức thực hiện"."""
        role = ROLES.longest(self.tokens, at)
        return self.splitter.past(at, OTHER_WORDS) > at or (role is not None and role[1] > end)

    def _past_plural(self, at: int) -> tuple[int, bool]:
        """Return where the noun begins after "các", "UBND", a number; and whether there was a plural."""
        start, was_plural = at, False
        at = self.splitter.past(at, HEADS) if self.nouns else at
        while at < min(len(self.tokens), start + LONGEST_PLURAL):
            key = self.tokens[at].key
            if key.isdecimal() and len(key) <= 3 and not self.nouns:
                self.count = int(key)
            elif key not in _PLURALS and key != _COMMITTEE:
                break
            was_plural = was_plural or key != _COMMITTEE
            at += 1
        self.is_plural = self.is_plural or was_plural
        return at, at > start and was_plural

    def _past_sign(self, at: int) -> int:
        while at < len(self.tokens) and self.tokens[at].key in _INSIDE_COLLECTIVE:
            at += 1
        return at

    def _items(self) -> int | None:
        """Return where the items of a list begin: after a colon, or names follow that the nouns complete."""
        at = self.end
        while at < len(self.tokens) and self.tokens[at].key in {":", *SKIPPED}:
            at += 1
        has_colon = any(token.key == ":" for token in self.tokens[self.end : at])
        follows = has_colon or any(
            self.names.index.longest(self.tokens, at, noun.keys) for noun in self.nouns
        )
        return at if follows else None

    def _list_begins(self, nouns: list[Noun], items: int) -> Found:
        self.splitter.prefixes = tuple(noun.keys for noun in nouns)
        return Found(self.start, items)

    def _qualified(self) -> Found | None:
        end, is_subset = self.end, self.count not in {None, self._size()}
        while True:
            after_tail = self.splitter.past(end, COLLECTIVE_TAILS)
            after_some = self.splitter.past(after_tail, SUBSETS)
            is_subset = is_subset or after_some > after_tail
            if after_some == end:
                break
            end = after_some
        if self._is_description(end):
            return None
        if is_subset and self.count is None and self._drop_last_part():
            return self._qualified()
        self.splitter.prefixes = ()
        return Found(self.start, end, nouns=tuple(self.nouns), is_subset=is_subset)

    def _drop_last_part(self) -> bool:
        """Leave "và các đơn vị liên quan" to be read for itself, so that what stands before is certain."""
        for nouns, end in self.parts:
            if all(noun.is_companion for noun in self.nouns[nouns:]):
                self.nouns, self.end, self.parts = self.nouns[:nouns], end, []
                return True
        return False

    def _size(self) -> int:
        return len({unit.code for noun in self.nouns for unit in noun.group.members})

    def _is_description(self, end: int) -> bool:
        """Whether the nouns only begin a phrase: "các cơ quan vận hành nền tảng số"."""
        says_little = all(noun.is_companion or not noun.group.members for noun in self.nouns)
        if not says_little or end >= len(self.tokens) or not self.tokens[end].is_word:
            return False
        return self.tokens[end].key not in CONNECTORS


def _is_commune(name: Name) -> bool:
    return bool(name.units) and name.units[0].kind is UnitKind.COMMUNE


def _is_code(key: str) -> bool:
    """Whether this is the number of a police department: PC06, PA05."""
    return len(key) in {3, 4} and key[:1] == "p" and key[-2:].isdecimal()


_SO = keys_of("Sở")
_OFFICE = _SO[0]
_COMMITTEE = keys_of("UBND")[0]
_AFTER_NUMBER = frozenset([".", ")", "/", "-"])
_LETTERS = frozenset("abcdđeghik")
_ROMAN = frozenset("ivx")
_PLURALS = frozenset(keys_of("các tất cả toàn bộ mọi những"))
_INSIDE_COLLECTIVE = frozenset({"/", *CONNECTORS, *SKIPPED})
