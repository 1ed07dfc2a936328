"""How do the sections of a paper stand between the fixed parts of a Word form?

A report opens with what its figures cover and numbers its sections; a letter is all sentences and ends
with "./.". Behind the annex stand how the figures were computed and what they rest on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.paperwork import Letterhead
from reports.official_filling import Room
from reports.official_markup import paragraph
from reports.official_pictures import Picture
from reports.official_styles import Named
from reports.official_tables import table_markup
from reports.paper import Block, Chart, Form, Paper, Section, Table, Words
from reports.wording import copies

END = "./."  # says that nothing was cut off behind it


@dataclass(frozen=True, slots=True)
class Blocks:
    """What goes into the blocks of a form; `ids` are the ids its styles have."""

    paper: Paper
    letterhead: Letterhead
    rooms: Mapping[str, Room]
    ids: dict[Named, str]
    pictures: Mapping[int, Sequence[Picture]]  # by the identity of their chart
    tell: Callable[[str], None]

    def pieces(self, name: str) -> Iterator[str]:
        """Yield the markup of the block `name`, piece by piece."""
        match name:
            case "kinh_gui":
                yield from self._addressees()
            case "noi_nhan":
                yield from self._copies()
            case "noi_dung":
                yield from self._body()
            case "phu_luc":
                yield from self._annex()
            case "can_cu" if not self.paper.annex:
                yield from self._notes()

    def _addressees(self) -> Iterator[str]:
        to = self.paper.to
        if len(to) == 1:
            yield self._said(Named.ADDRESSEE, f"Kính gửi: {to[0]}")
        elif to:
            yield self._said(Named.ADDRESSEES, "Kính gửi:")
            yield from (self._said(Named.ADDRESSED, line) for line in _listed(to))

    def _copies(self) -> Iterator[str]:
        lines = copies(self.paper, self.letterhead)
        yield from (self._said(Named.COPY, line) for line in _listed(lines))

    def _body(self) -> Iterator[str]:
        paper, room = self.paper, self.rooms["noi_dung"]
        if paper.form is Form.LETTER:
            for section in paper.body:
                last = section is paper.body[-1]
                yield from self._blocks(_ended(section.blocks) if last else section.blocks, room)
            return
        yield from (self._said(Named.BODY, line) for line in paper.lines)
        for number, section in enumerate(paper.body, start=1):
            if section.title:
                yield self._said(Named.HEADING, f"{number}. {section.title}")
            yield from self._blocks(section.blocks, room)
        if not paper.annex and "can_cu" not in self.rooms:
            yield from self._notes()

    def _annex(self) -> Iterator[str]:
        sections: Sequence[Section] = self.paper.annex
        for section in sections:
            if section.title and len(sections) > 1:
                yield self._said(Named.ANNEX_HEADING, section.title)
            yield from self._blocks(section.blocks, self.rooms["phu_luc"])
        yield from self._notes()

    def _notes(self) -> Iterator[str]:
        yield from (self._said(Named.NOTE, note) for note in self.paper.notes)
        yield from (self._said(Named.NOTE, f"{label}: {value}") for label, value in self.paper.basis if value)

    def _blocks(self, blocks: Sequence[Block], room: Room) -> Iterator[str]:
        for block in blocks:
            match block:
                case Words(text):
                    usual = Named.ENDING if text.endswith(END) else Named.BODY
                    yield self._said(Named.ANNEX_BODY if room.is_landscape else usual, text)
                case Table():
                    yield from table_markup(block, room.width, room.is_landscape, self.ids, self.tell)
                case Chart():
                    figure = self.ids[Named.FIGURE]
                    yield from (picture.markup(figure) for picture in self.pictures[id(block)])
                    yield from table_markup(block.data, room.width, room.is_landscape, self.ids, self.tell)

    def _said(self, style: Named, text: str) -> str:
        return paragraph(self.ids[style], text)


def _listed(names: Sequence[str]) -> Iterator[str]:
    """Yield one line a name, as NĐ 30/2020 has it: "- …;", the last with a full stop."""
    for number, name in enumerate(names, start=1):
        yield f"- {name.rstrip(' .;')}{'.' if number == len(names) else ';'}"


def _ended(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks with the mark behind the last sentence."""
    *others, last = blocks or (Words(""),)
    if not isinstance(last, Words) or last.text.endswith(END):
        return blocks
    return *others, Words(last.text.rstrip(" .;:") + END)
