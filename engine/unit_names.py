"""Which unit, collective or dissolved body does a name stand for, and which does it resemble?

One index holds every way a body is written; a second one holds the nouns from which
collective names are made ("sở", "ban", "ngành", "địa phương", "xã" …).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.model import Unit, UnitKind
from engine.unit_words import Token, WordIndex, keys_of, without_accents

NEAR_ENOUGH = 0.85  # "KTT" for "KKT" in a long name passes, another department's name does not
LONGEST_NAME = 120  # in letters; longer remainders are descriptions
COMMUNE_TYPES = ("xã", "phường", "đặc khu")


@dataclass(frozen=True, slots=True)
class Name:
    """What one written name means: one unit, or several candidates with the reason to ask."""

    units: tuple[Unit, ...]
    note: str = ""  # what was inferred, for the reader of the result
    question: str = ""  # set when a person must choose; follows the name in a sentence
    is_bare: bool = False  # a commune's name without xã, phường or UBND before it


@dataclass(frozen=True, slots=True)
class Dissolved:
    """A body that ended without one successor: its name is understood and still a question."""

    name: str
    aliases: tuple[str, ...]
    until: date
    successors: tuple[Unit, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """A collective of units and the nouns that name it.

    `companions` ("ban", "ngành") belong to the collective beside its own `words` and say
    too little alone. A group with `question` is understood and has no members of its own
    any more, like the districts.
    """

    code: str
    words: tuple[str, ...]
    members: tuple[Unit, ...]
    companions: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """One noun of a collective name."""

    group: Group
    keys: tuple[str, ...]
    is_companion: bool


class Names:
    """Every known name; answers exactly, and separately by resemblance."""

    def __init__(
        self, units: Sequence[Unit], groups: Mapping[str, Group], dissolved: Iterable[Dissolved] = ()
    ) -> None:
        self.index: WordIndex[Name] = WordIndex()
        self.nouns: WordIndex[Noun] = WordIndex()
        # By what is claimed by whom: the name, its holder, the unit that claims it too.
        self.clashes: dict[tuple[tuple[str, ...], str], tuple[str, Unit, Unit]] = {}
        for unit in units:
            self._add_unit(unit)
        for body in dissolved:
            self._add_dissolved(body)
        for unit in units:
            if unit.kind is UnitKind.COMMUNE:
                self._add_bare_commune(unit)
        for group in groups.values():
            self._add_nouns(group)
        self._plain: dict[str, list[Name]] = {}
        for keys, name in self.index.names():
            self._plain.setdefault(without_accents(keys), []).append(name)

    def resembling(
        self, tokens: Sequence[Token], prefixes: Iterable[tuple[str, ...]] = ()
    ) -> tuple[Unit, ...]:
        """Return the units a misspelt name may mean; a proposal to a person, never a reading.

        The same letters without accents come first ("Ba To": Ba Tô and Ba Tơ); failing that,
        the closest spellings.
        """
        keys = tuple(token.key for token in tokens if token.key != "\n")
        if not keys or sum(map(len, keys)) > LONGEST_NAME:
            return ()
        tried = [(*prefix, *keys) for prefix in ((), *prefixes, *_PREFIXES)]
        for whole in tried:
            if found := self._plain.get(without_accents(whole)):
                return distinct(unit for name in found for unit in name.units)
        return self._closest(" ".join(keys))

    def _closest(self, text: str) -> tuple[Unit, ...]:
        known = {" ".join(keys): name for keys, name in self.index.names() if _lengths_agree(keys, text)}
        near = difflib.get_close_matches(text, known, n=3, cutoff=NEAR_ENOUGH)
        return distinct(unit for name in near for unit in known[name].units)

    def _add_unit(self, unit: Unit) -> None:
        for alias in (unit.name, *unit.aliases):
            self._claim(alias, unit, Name((unit,)))
        for former in unit.predecessors:
            note = f"'{former.name}' (đến {former.until:%d/%m/%Y}) nay là {unit.name}"
            self._claim(former.name, unit, Name((unit,), f"{note}: {former.note}" if former.note else note))

    def _claim(self, text: str, unit: Unit, name: Name) -> None:
        for keys in _spellings(keys_of(text)):
            held = self.index.add(keys, name)
            if held.units[:1] != (unit,):
                self.clashes.setdefault((keys, unit.code), (text, held.units[0], unit))
                return

    def _add_dissolved(self, body: Dissolved) -> None:
        question = f"đã kết thúc hoạt động từ {body.until:%d/%m/%Y}: {body.why}"
        for alias in (body.name, *body.aliases):
            keys = keys_of(alias)
            for spelling in _spellings(keys[1:] if keys[:1] == ("ubnd",) else keys):
                self.index.add(spelling, Name(body.successors, question=question))
                if keys[:1] == ("ubnd",):
                    self.index.add((*keys[:1], *spelling), Name(body.successors, question=question))

    def _add_bare_commune(self, unit: Unit) -> None:
        """Let "Tịnh Khê" and "UBND Tịnh Khê" mean the commune, as no other body has that name.

        Districts of the same name ended on 1 July 2025; the reading then carries a note.
        """
        bare = _bare(keys_of(unit.name))
        if not bare:
            return
        district = any(self.index.get((*level, *bare)) for level in _DISTRICT_LEVELS)
        note = f"đọc là {unit.name}; đơn vị cấp huyện cùng tên đã kết thúc hoạt động" if district else ""
        self.index.add(bare, Name((unit,), note, is_bare=True))
        self.index.add(("ubnd", *bare), Name((unit,), note))

    def _add_nouns(self, group: Group) -> None:
        for word in group.words:
            self.nouns.add(keys_of(word), Noun(group, keys_of(word), is_companion=False))
        for word in group.companions:
            self.nouns.add(keys_of(word), Noun(group, keys_of(word), is_companion=True))


def distinct(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return the units without repetition, in order of appearance."""
    return tuple({unit.code: unit for unit in units}.values())


def commune_type(unit: Unit) -> str:
    """Return "xã", "phường" or "đặc khu" for a commune, "" for any other unit."""
    name = unit.name.removeprefix("UBND ").lower()
    return next((kind for kind in COMMUNE_TYPES if name.startswith(f"{kind} ")), "")


def _bare(keys: tuple[str, ...]) -> tuple[str, ...]:
    for kind in COMMUNE_TYPES:
        head = ("ubnd", *keys_of(kind))
        if keys[: len(head)] == head:
            return keys[len(head) :]
    return ()


def _spellings(keys: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Yield the name as it is, and without its commas and hyphens, which clerks leave out."""
    yield keys
    plain = tuple(key for key in keys if key not in {",", "-"})
    if plain != keys:
        yield plain


def _lengths_agree(keys: tuple[str, ...], text: str) -> bool:
    length = sum(map(len, keys)) + len(keys) - 1
    return abs(length - len(text)) <= 0.35 * max(length, len(text))


_PREFIXES = (keys_of("Sở"),)  # "Sở Y tế, Xây dựng": the second one may have lost its word
_DISTRICT_LEVELS = (keys_of("huyện"), keys_of("thị xã"), keys_of("thành phố"))
