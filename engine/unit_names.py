"""Which unit, collective or dissolved body does a name stand for, and which does it resemble?

One index holds every way a body is written; a second one holds the nouns from which
collective names are made ("sở", "ban", "ngành", "địa phương", "xã" …).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from engine.model import Predecessor, Unit, UnitKind
from engine.unit_likeness import Likely, Likeness
from engine.unit_spellings import Abbreviations
from engine.unit_words import CONNECTORS, Token, WordIndex, keys_of

SHORTEST_SPELLING = 3  # in letters: "TU" may be Tỉnh ủy, and a wrong letter in many another word
COMMUNE_TYPES = ("xã", "phường", "đặc khu")

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """What one written name means: one unit, or several candidates with the reason to ask.

    A loose name needs its own place between two signs, because in a longer phrase it may
    belong to somebody else: "Công an" in "Công an xã", "Bình Sơn" in "Trung tâm Y tế Bình Sơn".
    """

    units: tuple[Unit, ...]
    note: str = ""  # what was inferred, for the reader of the result
    question: str = ""  # set when a person must choose; follows the name in a sentence
    former: Predecessor | None = None  # set when this is an old name of its unit
    is_loose: bool = False
    ended: str = ""  # the body's own name when it has ended and `question` asks for its successor


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

    `companions` ("ban", "cơ quan") belong to the collective beside other `words` and say
    too little alone. A group with `question` is understood and cannot be applied as it is,
    like the districts, which have ended.
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
    word: str
    keys: Keys
    is_companion: bool


@dataclass(slots=True)
class _Claims:
    """Who holds a written name, and who claims it too."""

    index: WordIndex[Name] = field(default_factory=WordIndex)
    clashes: dict[tuple[Keys, str], tuple[str, Unit, Unit]] = field(default_factory=dict)

    def add(self, text: str, unit: Unit, name: Name) -> Keys:
        """Let `text` mean `unit` unless it means another one already."""
        keys = keys_of(text)
        held = self.index.add(keys, name)
        if held.units[:1] != (unit,):
            self.clashes.setdefault((keys, unit.code), (text, held.units[0], unit))
        return keys


class Names:
    """Every known name; answers exactly, and separately by resemblance."""

    def __init__(
        self,
        units: Sequence[Unit],
        groups: Mapping[str, Group],
        dissolved: Iterable[Dissolved] = (),
        abbreviations: Abbreviations | None = None,
    ) -> None:
        self._claims = _Claims()
        self.index: WordIndex[Name] = self._claims.index
        self.nouns: WordIndex[Noun] = WordIndex()
        for unit in units:
            self._add_unit(unit)
        for body in dissolved:
            self._add_dissolved(body)
        for unit in units:
            if unit.kind is UnitKind.COMMUNE:
                self._add_bare_commune(unit)
        for group in groups.values():
            self._add_nouns(group)
        proper = list(self.index.names())
        self._add_spellings(proper, abbreviations or Abbreviations())
        self._likeness = Likeness((keys, _likely(name)) for keys, name in proper)
        for keys, name in list(self.index.names())[len(proper) :]:
            self._likeness.also(keys, _likely(name))

    @property
    def clashes(self) -> list[tuple[str, Unit, Unit]]:
        """Names claimed by two units: the name, who holds it, who claims it too."""
        return list(self._claims.clashes.values())

    def resembling(self, tokens: Sequence[Token], prefixes: Iterable[Keys] = ()) -> tuple[Likely, ...]:
        """Return the units a misspelt name may mean; a proposal to a person, never a reading."""
        return self._likeness.nearest(tuple(token.key for token in tokens if token.key != "\n"), prefixes)

    def _add_unit(self, unit: Unit) -> None:
        for alias in (unit.name, *unit.aliases):
            self._claims.add(alias, unit, Name((unit,)))
        for former in unit.predecessors:
            self._claims.add(former.name, unit, Name((unit,), former=former))

    def _add_dissolved(self, body: Dissolved) -> None:
        question = f"đã kết thúc hoạt động từ {body.until:%d/%m/%Y}: {body.why}"
        name = Name(body.successors, question=question, ended=body.name)
        for alias in (body.name, *body.aliases):
            keys = keys_of(alias)
            self.index.add(keys, name)
            if keys[:1] == _COMMITTEE:
                self.index.add(keys[1:], replace(name, is_loose=True))

    def _add_bare_commune(self, unit: Unit) -> None:
        """Let "Tịnh Khê", "X. Tịnh Khê", "UBND Tịnh Khê" mean the commune, as no other body has that name.

        Districts of the same name ended on 1 July 2025; the reading then carries a note.
        """
        bare = _bare(keys_of(unit.name))
        if not bare:
            return
        district = any(self.index.get((*level, *bare)) for level in _DISTRICT_LEVELS)
        note = f"đọc là {unit.name}; đơn vị cấp huyện cùng tên đã kết thúc hoạt động" if district else ""
        self.index.add(bare, Name((unit,), note, is_loose=True))
        self.index.add((*_COMMITTEE, *bare), Name((unit,), note))
        if initial := _INITIALS.get(commune_type(unit)):
            self.index.add((initial, *bare), Name((unit,)))

    def _add_nouns(self, group: Group) -> None:
        for word in group.words:
            self.nouns.add(keys_of(word), Noun(group, word, keys_of(word), is_companion=False))
        for word in group.companions:
            self.nouns.add(keys_of(word), Noun(group, word, keys_of(word), is_companion=True))

    def _add_spellings(self, proper: Iterable[tuple[Keys, Name]], abbreviations: Abbreviations) -> None:
        """Add what the names are shortened to; what somebody is really called comes first."""
        known = [(keys, name) for keys, name in proper if not _is_commune(name)]
        for keys, name in known:
            for spelling in abbreviations.spellings(keys):
                if sum(map(len, spelling)) >= SHORTEST_SPELLING:
                    self.index.add(spelling, name)
        for keys, name in list(self.index.names()):
            bare = _without_province(keys)
            if bare and not _is_commune(name) and name.units and not name.question:
                note = name.note or f"đọc là {name.units[0].name}"
                self.index.add(bare, replace(name, note=note, is_loose=True))


def distinct(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return the units without repetition, in order of appearance."""
    return tuple({unit.code: unit for unit in units}.values())


def commune_type(unit: Unit) -> str:
    """Return "xã", "phường" or "đặc khu" for a commune, "" for any other unit."""
    name = unit.name.removeprefix("UBND ").lower()
    return next((kind for kind in COMMUNE_TYPES if name.startswith(f"{kind} ")), "")


def _bare(keys: Keys) -> Keys:
    for kind in COMMUNE_TYPES:
        head = (*_COMMITTEE, *keys_of(kind))
        if keys[: len(head)] == head:
            return keys[len(head) :]
    return ()


def _likely(name: Name) -> tuple[Likely, ...]:
    return tuple(Likely(unit, ended=name.ended) for unit in name.units)


def _is_commune(name: Name) -> bool:
    return any(unit.kind is UnitKind.COMMUNE for unit in name.units)


def _without_province(keys: Keys) -> Keys:
    """Return a provincial body's name without "tỉnh" or "Quảng Ngãi", which its own papers leave out.

    Nothing when too little would be left: "UBND", "Báo", "Thuế" alone say nothing.
    """
    for tail in _PROVINCE:
        bare = keys[: -len(tail)]
        if keys[-len(tail) :] == tail and bare and bare != _COMMITTEE:
            is_telling = len(bare) > 1 or _is_abbreviation(bare[0])
            return bare if is_telling and bare[-1] not in CONNECTORS else ()
    return ()


def _is_abbreviation(key: str) -> bool:
    return len(key) >= 4 and not any(letter in "eiouyêôơư" for letter in key)


_COMMITTEE = keys_of("UBND")
_PROVINCE = (keys_of("tỉnh Quảng Ngãi"), keys_of("Quảng Ngãi"), keys_of("tỉnh"))
_INITIALS = {"xã": "x", "phường": "p"}
_DISTRICT_LEVELS = (keys_of("huyện"), keys_of("thị xã"), keys_of("thành phố"))
