"""Which units does one cell of agency names mean?

Known names are found first, the longest at each place, so that "Sở Văn hóa, Thể thao và
Du lịch" survives its own comma; collective names are read from their nouns; what stands
between two signs counts only when every word of it was understood. The rest is a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.model import ResolutionStatus, Unit, UnitReading
from engine.unit_names import Group, Name, Names, Noun, distinct
from engine.unit_segments import SUBSETS, Found, Segment, phrases, segments_of
from engine.unit_words import Token, cleaned, tokens_of

MOST_PROPOSALS = 12  # lookups by resemblance in one cell; a cell with more is not a list of agencies


def read_cell(text: str, names: Names) -> UnitReading:
    """Return what a cell means; an empty one is resolved and names nobody."""
    clean = cleaned(text)
    tokens = tokens_of(clean)
    answer = _Answer(clean, tokens, names)
    for segment in segments_of(tokens, names):
        answer.take(segment)
    return answer.reading(text)


class _Answer:
    """Gathers what the segments of one cell say."""

    def __init__(self, clean: str, tokens: Sequence[Token], names: Names) -> None:
        self.clean, self.tokens, self.names = clean, tokens, names
        self.parts: list[tuple[Unit, ...]] = []  # certain, in order
        self.candidates: list[Unit] = []
        self.questions: list[str] = []
        self.notes: list[str] = []
        self.has_group = self.is_understood = False
        self.unknown: list[Segment] = []  # neighbours not understood: perhaps one name with a comma in it
        self.proposals = 0

    def take(self, segment: Segment) -> None:
        """Add what one segment says."""
        keys = tuple(self.tokens[at].key for at in segment.words)
        narrows = bool(self.parts) and (keys in SUBSETS or _begins_with(keys, _MODIFIERS))
        if not segment.found and not narrows:
            self._keep_unknown(segment)
            return
        self._ask_about_unknown()
        self.is_understood = True
        if narrows:
            self._take_back(segment)
        elif keys in _HEADS and segment.words[0] == segment.start:
            self.notes.append(f"'{self._words(segment)}' được đọc là chính cơ quan đó")
            self._accept(segment)
        elif keys or _is_run_together(segment):
            self._ask_about_mixed(segment)
        else:
            self._accept(segment)

    def reading(self, as_written: str) -> UnitReading:
        """Return the reading of the whole cell."""
        self._ask_about_unknown()
        units = distinct(unit for part in self.parts for unit in part)
        candidates = distinct(self.candidates)
        return UnitReading(
            as_written,
            self._status(),
            units,
            candidates,
            tuple(self.questions),
            tuple(dict.fromkeys(self.notes)),
        )

    def _status(self) -> ResolutionStatus:
        if self.questions:
            is_something = self.is_understood or self.candidates
            return ResolutionStatus.AMBIGUOUS if is_something else ResolutionStatus.UNKNOWN
        return ResolutionStatus.GROUP if self.has_group else ResolutionStatus.RESOLVED

    def _accept(self, segment: Segment) -> None:
        self.parts.append(())
        for found in segment.found:
            if found.name is not None:
                self._accept_name(found.name, self._text(found.start, found.end))
            else:
                self._accept_collective(found)

    def _accept_name(self, name: Name, words: str) -> None:
        if name.question:
            self._ask(f"'{words}' {name.question}", name.units)
            return
        self.parts[-1] += name.units
        if name.note:
            self.notes.append(name.note)

    def _accept_collective(self, found: Found) -> None:
        """Add the members of a collective name, or ask which of them are meant."""
        words = self._text(found.start, found.end)
        self.has_group = True
        vague: list[Unit] = []
        for group, nouns in _by_group(found.nouns):
            if group.question:
                self._ask(f"'{words}': {group.question}", group.members)
            elif found.is_subset or all(noun.is_companion for noun in nouns):
                vague += group.members
            else:
                self.parts[-1] += group.members
        if vague:
            self._ask(f"'{words}' không nói rõ đơn vị nào; chọn trong {len(vague)} đơn vị", vague)

    def _take_back(self, segment: Segment) -> None:
        """Make the part before uncertain: this segment narrows it ("trừ …", "thuộc tỉnh khác")."""
        before = self.parts.pop()
        question = f"'{self._words(segment)}' thay đổi phần đứng trước; chọn những đơn vị thực sự được giao"
        self._ask(question, before)

    def _ask_about_mixed(self, segment: Segment) -> None:
        words = self._words(segment)
        near = self._resembling([segment], segment.prefixes)
        inner = [unit for found in segment.found for unit in _units_of(found)]
        candidates = distinct((*near, *inner))
        listed = _listed(candidates)
        self._ask(f"'{words}' còn lời chưa hiểu; có phải là {listed} không?", candidates)

    def _keep_unknown(self, segment: Segment) -> None:
        if self.unknown and self.tokens[self.unknown[-1].end].key == ";":
            self._ask_about_unknown()
        self.unknown.append(segment)

    def _ask_about_unknown(self) -> None:
        """Ask about the words before, as one name if that resembles something, else piece by piece."""
        run, self.unknown = self.unknown, []
        if not run:
            return
        near = self._resembling(run, run[0].prefixes)
        if near or len(run) == 1:
            self._ask_about(run, near)
            return
        each = [(segment, self._resembling([segment], segment.prefixes)) for segment in run]
        if not any(found for _, found in each):
            self._ask_about(run, ())
            return
        for segment, found in each:
            self._ask_about([segment], found)

    def _ask_about(self, run: list[Segment], near: tuple[Unit, ...]) -> None:
        words = self._text(run[0].start, run[-1].end)
        if near:
            self._ask(f"'{words}' có phải là {_listed(near)} không?", near)
        else:
            self._ask(f"chưa biết '{words}' là cơ quan nào; chọn cơ quan hoặc thêm tên này vào danh mục", ())

    def _ask(self, question: str, candidates: Iterable[Unit]) -> None:
        self.questions.append(question)
        self.candidates += candidates

    def _resembling(self, run: list[Segment], prefixes: Iterable[tuple[str, ...]]) -> tuple[Unit, ...]:
        self.proposals += 1
        if self.proposals > MOST_PROPOSALS:
            return ()
        return self.names.resembling(self.tokens[run[0].start : run[-1].end], prefixes)

    def _words(self, segment: Segment) -> str:
        return self._text(segment.start, segment.end)

    def _text(self, start: int, end: int) -> str:
        return " ".join(self.clean[self.tokens[start].start : self.tokens[end - 1].end].split())


def _by_group(nouns: Sequence[Noun]) -> list[tuple[Group, list[Noun]]]:
    by_code: dict[str, tuple[Group, list[Noun]]] = {}
    for noun in nouns:
        by_code.setdefault(noun.group.code, (noun.group, []))[1].append(noun)
    return list(by_code.values())


def _units_of(found: Found) -> tuple[Unit, ...]:
    if found.name is not None:
        return found.name.units
    return distinct(unit for noun in found.nouns for unit in noun.group.members)


def _is_run_together(segment: Segment) -> bool:
    """Whether a commune's bare name follows something without a sign: "Trung tâm … Bình Sơn"."""
    return any(found.name is not None and found.name.is_bare for found in segment.found[1:])


def _begins_with(keys: tuple[str, ...], phrases: Iterable[tuple[str, ...]]) -> bool:
    return any(keys[: len(phrase)] == phrase for phrase in phrases)


def _listed(units: Sequence[Unit]) -> str:
    shown = ", ".join(unit.name for unit in units[:4])
    return f"{shown} … ({len(units)} đơn vị)" if len(units) > 4 else shown


_HEADS = phrases("Thủ trưởng", "Người đứng đầu", "Giám đốc", "Chủ tịch", "Lãnh đạo")
_MODIFIERS = phrases("trừ", "ngoại trừ", "ngoài", "không gồm", "không bao gồm", "tỉnh", "thuộc", "của")
