"""Which units does one cell of agency names mean?

Known names are found first, the longest at each place, so that "Sở Văn hóa, Thể thao và
Du lịch" survives its own comma; collective names are read from their nouns; what stands
between two signs counts only when every word of it was understood. The rest is a question.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date

from engine.model import Predecessor, ResolutionStatus, Unit, UnitKind, UnitReading
from engine.unit_collective import Found
from engine.unit_likeness import Likely
from engine.unit_names import Group, Name, Names, Noun, distinct
from engine.unit_phrases import HEADS, MODIFIERS, SUBSETS, begins_with
from engine.unit_segments import Segment, segments_of
from engine.unit_words import Token, cleaned, keys_of, tokens_of

ALMOST_SURE = 90  # a name so like a known one leaves no room for the shorter names inside it
MOST_PROPOSALS = 12  # lookups by resemblance in one cell; a cell with more is not a list of agencies


def read_cell(text: str, names: Names, on: date | None = None) -> UnitReading:
    """Return what a cell means; an empty one is resolved and names nobody.

    `on` is the day the cell was written: a name that was right then is noted as such.
    """
    clean = cleaned(text)
    tokens = tokens_of(clean)
    answer = _Answer(clean, tokens, names, on)
    segments = list(segments_of(tokens, names))
    for segment, is_about_communes in zip(segments, _about_communes(segments, tokens), strict=True):
        answer.take(segment, is_about_communes)
    return answer.reading(text)


class _Answer:
    """Gathers what the segments of one cell say."""

    def __init__(self, clean: str, tokens: Sequence[Token], names: Names, on: date | None) -> None:
        self.clean, self.tokens, self.names, self.on = clean, tokens, names, on
        self.parts: list[tuple[Unit, ...]] = []  # certain, in order
        self.candidates: dict[Unit, int] = {}  # with the best score each has
        self.questions: list[str] = []
        self.notes: list[str] = []
        self.has_group = self.is_understood = False
        self.unknown: list[Segment] = []  # neighbours not understood: perhaps one name with a comma in it
        self.proposals = 0

    def take(self, segment: Segment, is_about_communes: bool) -> None:
        """Add what one segment says, knowing whether communes stand in the same clause."""
        if segment.is_part:
            self._take_part(segment)
            return
        keys = tuple(self.tokens[at].key for at in segment.words)
        narrows = bool(self.parts) and (keys in SUBSETS or begins_with(keys, MODIFIERS))
        is_doubtful = _is_short(segment) and (is_about_communes or self._continues_unknown())
        if is_doubtful or (not segment.found and not narrows):
            self._keep_unknown(segment)
            return
        self._ask_about_unknown()
        is_head = keys in HEADS and segment.words[0] == segment.start
        if narrows:
            self.is_understood = True
            self._take_back(segment)
        elif (keys and not is_head) or self._is_run_together(segment.found):
            self._ask_about_mixed(segment)
        else:
            if is_head:
                self.notes.append(f"'{self._words(segment)}' được đọc là chính cơ quan đó")
            self._accept(segment)

    def reading(self, as_written: str) -> UnitReading:
        """Return the reading of the whole cell."""
        self._ask_about_unknown()
        units = distinct(unit for part in self.parts for unit in part)
        if not units and not self.questions and any(token.is_word for token in self.tokens):
            self._ask_to_name(self._text(0, len(self.tokens)))
        return UnitReading(
            as_written,
            self._status(),
            units,
            tuple(self.candidates),
            tuple(dict.fromkeys(self.questions)),
            tuple(dict.fromkeys(self.notes)),
            tuple(self.candidates.values()),
        )

    def _status(self) -> ResolutionStatus:
        if self.questions:
            is_something = self.is_understood or self.candidates
            return ResolutionStatus.AMBIGUOUS if is_something else ResolutionStatus.UNKNOWN
        return ResolutionStatus.GROUP if self.has_group else ResolutionStatus.RESOLVED

    def _take_part(self, segment: Segment) -> None:
        """Leave out words that name a part of the unit before them, if that one is certain."""
        if self.unknown or not self.parts:
            self._keep_unknown(segment)
        else:
            self.notes.append(f"'{self._words(segment)}' được đọc là thuộc cơ quan đứng trước")

    def _accept(self, segment: Segment) -> None:
        self.parts.append(())
        for found in segment.found:
            if found.name is not None:
                self._accept_name(found.name, self._text(found.start, found.end))
            else:
                self._accept_collective(found)

    def _accept_name(self, name: Name, words: str) -> None:
        self.is_understood = True
        if name.question:
            self._ask(f"'{words}' {name.question}", name.units)
            return
        self.parts[-1] += name.units
        if name.former:
            self.notes.append(_succession(name.former, name.units[0], self.on))
        elif name.note:
            self.notes.append(f"'{words}' {name.note}" if name.is_loose else name.note)

    def _accept_collective(self, found: Found) -> None:
        """Add the members of a collective name, or ask which of them are meant."""
        words = self._text(found.start, found.end)
        is_vague = found.is_subset or all(noun.is_companion for noun in found.nouns)
        vague: list[Unit] = []
        for group, nouns in _by_group(found.nouns):
            self.has_group = self.is_understood = self.is_understood or bool(group.members)
            if group.question:
                which = ", ".join(noun.word for noun in nouns)
                self._ask(f"'{which}' trong '{words}': {group.question}", group.members)
            elif is_vague:
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
        """Ask about words of which only some were understood."""
        near = self._resembling([segment], segment.prefixes)
        inner = distinct(unit for found in segment.found for unit in _units_of(found))
        if not near and not inner:
            self._ask_to_name(self._words(segment))
            return
        self.is_understood = True
        listed = _listed_likely(near) if near else _listed(inner)
        others = () if near and near[0].score >= ALMOST_SURE else inner
        self._ask(f"'{self._words(segment)}' còn lời chưa hiểu; có phải là {listed} không?", others, near)

    def _is_run_together(self, found: Sequence[Found]) -> bool:
        """Whether names follow each other without a sign and may be one name that nobody knows.

        "Trung tâm Y tế Bình Sơn", "Công an các xã", "Văn phòng UBND xã Ba Tơ" are such names;
        "Sở Y tế Sở Nội vụ" has only lost its comma.
        """
        return len(found) > 1 and (
            _is_loose(found[0]) or any(_is_loose(item) or self._leans(item) for item in found[1:])
        )

    def _leans(self, found: Found) -> bool:
        """Whether this may complete the name before it: a collective, or a commune without UBND."""
        if found.name is None:
            return True
        is_commune = any(unit.kind is UnitKind.COMMUNE for unit in found.name.units)
        return is_commune and self.tokens[found.start].key != _COMMITTEE

    def _keep_unknown(self, segment: Segment) -> None:
        if not self._continues_unknown():
            self._ask_about_unknown()
        self.unknown.append(segment)

    def _continues_unknown(self) -> bool:
        """Whether the words before were not understood and may go on: "… bưu chính, viễn thông"."""
        return bool(self.unknown) and self.tokens[self.unknown[-1].end].key != ";"

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

    def _ask_about(self, run: list[Segment], near: tuple[Likely, ...]) -> None:
        words = self._text(run[0].start, run[-1].end)
        if near:
            self._ask(f"'{words}' có phải là {_listed_likely(near)} không?", (), near)
        else:
            self._ask_to_name(words)

    def _ask_to_name(self, words: str) -> None:
        self._ask(f"chưa biết '{words}' là cơ quan nào; chọn cơ quan hoặc thêm tên này vào danh mục", ())

    def _ask(self, question: str, candidates: Iterable[Unit], likely: Iterable[Likely] = ()) -> None:
        self.questions.append(question)
        for one in likely:
            self.candidates[one.unit] = max(one.score, self.candidates.get(one.unit, 0))
        for unit in candidates:
            self.candidates.setdefault(unit, 0)

    def _resembling(self, run: list[Segment], prefixes: Iterable[tuple[str, ...]]) -> tuple[Likely, ...]:
        self.proposals += 1
        if self.proposals > MOST_PROPOSALS:
            return ()
        return self.names.resembling(self.tokens[run[0].start : run[-1].end], prefixes)

    def _words(self, segment: Segment) -> str:
        return self._text(segment.start, segment.end)

    def _text(self, start: int, end: int) -> str:
        return " ".join(self.clean[self.tokens[start].start : self.tokens[end - 1].end].split())


def _about_communes(segments: Sequence[Segment], tokens: Sequence[Token]) -> list[bool]:
    """Return for each segment whether its clause names communes: "Công an, UBND các xã" leaves open which."""
    ends = [at for at, token in enumerate(tokens) if token.key in {";", "\n"}]
    clauses = [bisect_left(ends, segment.start) for segment in segments]
    with_communes = {
        clause
        for clause, segment in zip(clauses, segments, strict=True)
        if any(unit.kind is UnitKind.COMMUNE for found in segment.found for unit in _units_of(found))
    }
    return [clause in with_communes for clause in clauses]


def _is_short(segment: Segment) -> bool:
    """Whether this is the name of a provincial body without its "tỉnh"."""
    name = segment.found[0].name if len(segment.found) == 1 and not segment.words else None
    return name is not None and name.is_loose and not any(u.kind is UnitKind.COMMUNE for u in name.units)


def _succession(former: Predecessor, unit: Unit, on: date | None) -> str:
    """Return the sentence that says which unit stands for an old name, and since when."""
    if on is not None and on < former.until:
        right = f"'{former.name}' là tên đúng vào ngày {on:%d/%m/%Y}"
        said = f"{right}; từ {former.until:%d/%m/%Y} là {unit.name}"
    else:
        said = f"'{former.name}' (đến {former.until:%d/%m/%Y}) nay là {unit.name}"
    return f"{said}: {former.note}" if former.note else said


def _by_group(nouns: Sequence[Noun]) -> list[tuple[Group, list[Noun]]]:
    by_code: dict[str, tuple[Group, list[Noun]]] = {}
    for noun in nouns:
        by_code.setdefault(noun.group.code, (noun.group, []))[1].append(noun)
    return list(by_code.values())


def _units_of(found: Found) -> tuple[Unit, ...]:
    if found.name is not None:
        return found.name.units
    return distinct(unit for noun in found.nouns for unit in noun.group.members)


def _is_loose(found: Found) -> bool:
    return found.is_prefixed or (found.name is not None and found.name.is_loose)


def _listed_likely(found: Sequence[Likely]) -> str:
    said = {likely.ended or likely.unit.name: likely.score for likely in found}
    return " hay ".join(f"{name} (giống {score}%)" if score < 100 else name for name, score in said.items())


def _listed(units: Sequence[Unit]) -> str:
    shown = ", ".join(unit.name for unit in units[:4])
    return f"{shown} … ({len(units)} đơn vị)" if len(units) > 4 else shown


_COMMITTEE = keys_of("UBND")[0]
