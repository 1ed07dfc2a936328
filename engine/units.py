"""Which units are there, and what does a name as written mean?

The directory is a file that administrators edit (`config/units.yml`) joined with the
province's communes. Reading the file reports every mistake with its place; asking the
directory never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.model import UNDETERMINED, Predecessor, Unit, UnitKind, UnitReading
from engine.problems import Problem
from engine.rulebook_values import UNIT_KIND_WORDS
from engine.unit_cell import read_cell
from engine.unit_names import COMMUNE_TYPES, Dissolved, Group, Names, commune_type, distinct
from engine.unit_spellings import Abbreviations
from engine.unit_words import cleaned, keys_of, tokens_of
from engine.yamltext import Node, Section, open_section

ALL_COMMUNES = "tất cả"
_MERGER = date(2025, 7, 1)


class UnitDirectory:
    """All units of the province, by code, by name and by collective."""

    def __init__(
        self,
        units: Iterable[Unit],
        groups: Iterable[Group] = (),
        dissolved: Iterable[Dissolved] = (),
        abbreviations: Abbreviations | None = None,
    ) -> None:
        self.units: tuple[Unit, ...] = distinct(units)
        collectives = {group.code: group for group in groups}
        self.groups: Mapping[str, tuple[Unit, ...]] = {
            code: group.members for code, group in collectives.items()
        }
        self._by_code = {unit.code: unit for unit in (*self.units, UNDETERMINED)}
        self._names = Names(self.units, collectives, dissolved, abbreviations)

    def resolve(self, text: str, on: date | None = None) -> UnitReading:
        """Return what a cell of agency names means; never raises and never guesses.

        An empty cell names nobody and is resolved. "liên quan" after a collective leaves the
        choice to a person. `on` is the day the cell was written: an old name that was right
        then still leads to the unit of today, and the note says so.
        """
        return read_cell(text, self._names, on)

    def key(self, text: str) -> str:
        """Return the normal form of a cell's wording, under which an answer about it is remembered.

        Two cells with the same words in the same order have the same key, whatever their
        capitals, blanks, signs and placement of tone marks. No diacritic is dropped.
        """
        return " ".join(token.key for token in tokens_of(cleaned(text)) if token.is_word).replace("'", "")

    def unit(self, code: str) -> Unit:
        """Return the unit with this code; KeyError when there is none."""
        return self._by_code[code]

    @property
    def clashes(self) -> list[tuple[str, Unit, Unit]]:
        """Names claimed by two units: the name, who holds it, who claims it too."""
        return self._names.clashes


def read_units(text: str, source: str, communes: Iterable[Unit]) -> tuple[UnitDirectory, list[Problem]]:
    """Return the directory described by a units file and the communes, with the file's problems."""
    root, problems = open_section(text, source, "danh mục cơ quan")
    national = {unit.code: unit for unit in communes}
    entries = _entries(root, national)
    listed = _with_local_names(root, national)
    units = {**{entry.unit.code: entry.unit for entry in entries}, **listed}
    groups = _groups(root, units)
    dissolved = [_dissolved(section, units) for section in root.sections("dissolved", "cơ quan đã giải thể")]
    abbreviations = _abbreviations(root)
    root.finish()
    directory = UnitDirectory(units.values(), groups, dissolved, abbreviations)
    _report_clashes(directory, entries)
    return directory, sorted(problems, key=lambda problem: (problem.line, problem.column))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A unit as the file has it, with the place to blame."""

    unit: Unit
    section: Section


def _entries(root: Section, communes: Mapping[str, Unit]) -> list[_Entry]:
    entries: dict[str, _Entry] = {}
    for section in root.sections("units", "cơ quan"):
        entry = _Entry(_unit(section), section)
        if entry.unit.code in communes:
            hint = f"mã này là của {communes[entry.unit.code].name}; đặt mã khác"
            section.report("duplicate-code", f"mã '{entry.unit.code}' bị lặp", hint, section.get("code"))
        first = entries.setdefault(entry.unit.code, entry)
        if first is not entry:
            hint = f"mã này đã dùng ở dòng {first.section.line} cho '{first.unit.name}'; đặt mã khác"
            section.report("duplicate-code", f"mã '{entry.unit.code}' bị lặp", hint, section.get("code"))
    return list(entries.values())


def _unit(section: Section) -> Unit:
    code, name = section.text("code"), section.text("name")
    if code and not re.fullmatch(r"[\w.-]{1,60}", code):
        hint = "chỉ dùng chữ, số, dấu gạch nối, dấu chấm và gạch dưới, như trong SYT/contact"
        section.report("bad-code", f"mã '{code[:80]}' không dùng được", hint, section.get("code"))
    kind = section.choice("kind", [kind.value for kind in UnitKind], meant=UNIT_KIND_WORDS)
    unit = Unit(
        code,
        name,
        UnitKind(kind) if kind else UnitKind.BODY,
        section.texts("aliases"),
        _predecessors(section),
    )
    section.report_blank("aliases", "predecessors")
    section.finish()
    return unit


def _predecessors(section: Section) -> tuple[Predecessor, ...]:
    found = []
    for former in section.sections("predecessors", "tên cũ"):
        until = former.day("until", _MERGER) or _MERGER
        found.append(Predecessor(former.text("name"), until, former.text("note", "")))
        former.finish()
    return tuple(found)


def _with_local_names(root: Section, communes: dict[str, Unit]) -> dict[str, Unit]:
    """Return the communes with the further names that the file gives some of them."""
    for section in root.sections("communes", "tên khác của xã, phường, đặc khu"):
        code = section.text("code")
        aliases, former = section.texts("aliases"), _predecessors(section)
        section.finish()
        if code not in communes:
            message = f"không có xã, phường, đặc khu nào của tỉnh mang mã '{code}'"
            hint = "dùng mã năm chữ số của danh mục hành chính quốc gia; 'dondoc unit TÊN' cho biết mã"
            section.report("unknown-unit", message, hint, section.get("code"))
            continue
        commune = communes[code]
        communes[code] = replace(commune, aliases=(*commune.aliases, *aliases), predecessors=former)
    return communes


def _groups(root: Section, units: Mapping[str, Unit]) -> list[Group]:
    groups: dict[str, Group] = {}
    for section in root.sections("groups", "nhóm cơ quan"):
        group = Group(
            code=section.text("code"),
            words=section.texts("words"),
            members=(*_known_units(section, "members", units), *_commune_members(section, units)),
            companions=section.texts("companions"),
            question=section.text("question", ""),
        )
        section.finish()
        if group.code in groups:
            section.report(
                "duplicate-code", f"mã nhóm '{group.code}' bị lặp", "đặt mã khác", section.get("code")
            )
        groups.setdefault(group.code, group)
    return list(groups.values())


def _commune_members(section: Section, units: Mapping[str, Unit]) -> tuple[Unit, ...]:
    """Return the communes of the types under `communes`, in order of the national list."""
    if section.get("communes") is None:
        return ()
    wanted = section.choice("communes", [ALL_COMMUNES, *COMMUNE_TYPES])
    communes = (unit for unit in units.values() if unit.kind is UnitKind.COMMUNE)
    return tuple(unit for unit in communes if wanted in {ALL_COMMUNES, commune_type(unit)})


def _dissolved(section: Section, units: Mapping[str, Unit]) -> Dissolved:
    body = Dissolved(
        name=section.text("name"),
        aliases=section.texts("aliases"),
        until=section.day("until", _MERGER) or _MERGER,
        successors=_known_units(section, "successors", units),
        why=section.text("why"),
    )
    section.finish()
    return body


def _abbreviations(root: Section) -> Abbreviations:
    section = root.section(root.get("abbreviations"), "chữ viết tắt")
    return Abbreviations({short: section.texts(short) for short in section.node.value})


def _known_units(section: Section, key: str, units: Mapping[str, Unit]) -> tuple[Unit, ...]:
    found = []
    for node in section.items(key):
        if str(node.value) in units:
            found.append(units[str(node.value)])
        else:
            hint = "dùng mã của một cơ quan ở mục 'units' hoặc mã xã, phường"
            section.report("unknown-unit", f"không có cơ quan nào mang mã '{node.value}'", hint, node)
    return tuple(found)


def _report_clashes(directory: UnitDirectory, entries: list[_Entry]) -> None:
    by_code = {entry.unit.code: entry for entry in entries}
    for name, holder, claimant in directory.clashes:
        entry = by_code.get(claimant.code) or by_code.get(holder.code)
        if entry is not None:
            other = holder if entry.unit.code == claimant.code else claimant
            hint = "giữ tên này ở một cơ quan"
            message = f"tên '{name}' đã thuộc về '{other.name}' ({other.code})"
            entry.section.report("duplicate-alias", message, hint, _place_of(entry.section, name))


def _place_of(section: Section, name: str) -> Node | None:
    """Return the node that holds `name`: the name itself, an alias or a former name."""
    formers = [former.value for former in section.items("predecessors") if isinstance(former.value, dict)]
    nodes = [section.get("name"), *section.items("aliases"), *(former.get("name") for former in formers)]
    return next(
        (node for node in nodes if node is not None and keys_of(str(node.value)) == keys_of(name)), None
    )
