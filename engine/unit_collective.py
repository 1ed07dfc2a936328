"""Which collective name stands at a place of a cell, and does a list begin with it?

A collective is nouns of groups with any signs between them ("Các sở - ban - ngành, địa
phương"), a number or a plural before them, and what qualifies them after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.unit_names import Name, Names, Noun
from engine.unit_phrases import COLLECTIVE_TAILS, HEADS, OTHER_WORDS, ROLES, SUBSETS, past
from engine.unit_words import CONNECTORS, SKIPPED, Token, keys_of

LONGEST_PLURAL = 8  # "Thủ trưởng tất cả các UBND …": tokens before the noun of a collective name
MOST_NOUNS = 30  # a longer list is no collective name: nobody knows what it means

Keys = tuple[str, ...]


def collective_at(tokens: Sequence[Token], names: Names, at: int) -> Found | None:
    """Return the collective name that begins at token `at`.

    Followed by names ("Các sở: Công thương, …") the nouns are the beginning of a list and
    only prefix its items.
    """
    return _Collective(tokens, names, at).found()


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of the cell that names units."""

    start: int  # token numbers
    end: int
    name: Name | None = None
    nouns: tuple[Noun, ...] = ()
    is_subset: bool = False  # "… có liên quan": some of them, not said which
    is_prefixed: bool = False  # read with the "Sở" of its list before it
    prefixes: tuple[Keys, ...] | None = None  # what the items after it lack; None: as before

    @property
    def begins_list(self) -> bool:
        """Whether this only opens a list: "Các sở: …"."""
        return self.name is None and not self.nouns


class _Collective:
    """A collective name: nouns of groups with any signs between them, and what qualifies it."""

    def __init__(self, tokens: Sequence[Token], names: Names, at: int) -> None:
        self.tokens, self.names = tokens, names
        self.start = self.end = at
        self.nouns: list[Noun] = []
        self.is_plural = False
        self.count: int | None = None  # "96 xã, phường, đặc khu"
        self.parts: list[tuple[int, int]] = []  # where an inner "các" begins: nouns and end before it

    def found(self) -> Found | None:
        """Return the collective name, or the beginning of a list."""
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
        return past(self.tokens, at, OTHER_WORDS) > at or (role is not None and role[1] > end)

    def _past_plural(self, at: int) -> tuple[int, bool]:
        """Return where the noun begins after "các", "UBND", a number; and whether there was a plural."""
        start, was_plural = at, False
        at = past(self.tokens, at, HEADS) if self.nouns else at
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
        return Found(self.start, items, prefixes=tuple(noun.keys for noun in nouns))

    def _qualified(self) -> Found | None:
        is_endless = len(self.nouns) == MOST_NOUNS
        end, is_subset = self.end, is_endless or self.count not in {None, self._size()}
        while True:
            after_tail = past(self.tokens, end, COLLECTIVE_TAILS)
            after_some = past(self.tokens, after_tail, SUBSETS)
            is_subset = is_subset or after_some > after_tail
            if after_some == end:
                break
            end = after_some
        if self._is_description(end):
            return None
        if is_subset and self.count is None and not is_endless and self._drop_last_part():
            return self._qualified()
        return Found(self.start, end, nouns=tuple(self.nouns), is_subset=is_subset, prefixes=())

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


_COMMITTEE = keys_of("UBND")[0]
_PLURALS = frozenset(keys_of("các tất cả toàn bộ mọi những"))
_INSIDE_COLLECTIVE = frozenset({"/", *CONNECTORS, *SKIPPED})
