"""Which agencies answered a consultation, with which document, when, and how?

The appendix of a submission lists those who agree and those who commented; offices write
these lists in many shapes. Every answer is kept in the order of the file with its words as
written; what the file leaves out stays empty and is said, never filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engine.problems import Problem
from intake.decoding import decoded, looks_like
from intake.isolation import extract_apart
from intake.reply_rows import Line, lines_of_document, lines_of_text, row_number
from intake.reply_words import (
    Listing,
    Phrase,
    Verdict,
    day_in,
    heading_listing,
    listing_of,
    names_agency,
    phrase_in,
)
from intake.secrecy import is_marked
from intake.source import Refused
from intake.words import cleaned

NOT_FATAL = frozenset(
    {"reply-without-number", "reply-without-date", "reply-without-verdict", "unread-row", "count-differs"}
)
_LIST_MARK = re.compile(r"\W*(?:[IVXLC\d]+[.)/]|[a-zA-Z][.)])")
_OF_AGENCIES = re.compile(
    r"cơ quan|đơn vị|địa phương|sở, |ý kiến (?:thống nhất|đồng ý|nhất trí)", re.IGNORECASE
)
# A title over answers of either sort: what each one says stands in its row.
_OF_BOTH = re.compile(
    r"\W*(?:phụ lục\W*\w{0,4}\W*)?(?:bảng |bản )?tổng hợp\b(?!.*(?:thống nhất|nhất trí|đồng ý))",
    re.IGNORECASE,
)
_GROUP_MARK = re.compile(r"(?:[IVXLC]{1,5}|[A-HĐ])\s*[.)]?")
_SECTION_MARK = re.compile(r"(?:[IVXLC]{1,5}|[A-HĐa-hđ]|\d{1,2})\s*[.)]?")
MAX_OPINION = 160  # longer than this, an opinion is a comment whatever words of assent it opens with


@dataclass(frozen=True, slots=True)
class Reply:
    """One agency's answer; `verdict` is None where neither list nor row says it.

    `as_written` is the whole phrase or row, `unit_words` the agency in it, `number` the
    number of its document as written. `place` tells people where it stands.
    """

    as_written: str
    unit_words: str
    number: str
    date: date | None
    verdict: Verdict | None
    place: str


class _Column(StrEnum):
    NUMBER = "number"
    AGENCY = "agency"
    DOCUMENT = "document"
    DAY = "day"
    OPINION = "opinion"
    RESPONSE = "response"


_HEADINGS = (
    (_Column.NUMBER, r"s ?t ?t|t ?t|số tt|số thứ tự"),
    (_Column.RESPONSE, r".*(tiếp thu|giải trình|phản hồi|cơ quan soạn thảo).*|ghi chú"),
    (_Column.DOCUMENT, r"(số|văn bản|công văn|ký hiệu|cv)\b.*"),
    (_Column.DAY, r"(ngày|thời gian|thời điểm).*"),
    (_Column.AGENCY, r"(tên |các )?(cơ quan|đơn vị|địa phương|tổ chức|sở|nơi gửi|bộ)\b.*"),
    (_Column.OPINION, r".*(ý kiến|góp ý|thống nhất|đồng ý|nhất trí|nội dung|kết quả|đề nghị).*"),
)
_EXACT = {_Column.NUMBER, _Column.DOCUMENT, _Column.DAY}
MAX_PLAIN_HEADING = 40
_TICKS = {"x", "✓", "✔", "v", "+", "☑", "có"}
_COUNTS = (
    (None, r"(?:tiếp nhận|nhận được|tổng hợp được)\s+(?:được\s+)?(\d+)\s+(?:văn bản|ý kiến|công văn)"),
    (
        Verdict.AGREE,
        r"(\d+)\s+(?:văn bản|ý kiến|cơ quan|đơn vị)[^.;,\d]{0,40}?(?:thống nhất|nhất trí|đồng ý)",
    ),
    (
        Verdict.COMMENT,
        r"(\d+)\s+(?:văn bản|ý kiến|cơ quan|đơn vị)[^.;,\d]{0,40}?(?:góp ý|đề nghị|chỉnh sửa|bổ sung)",
    ),
)


def read_replies(data: bytes, source: str) -> tuple[list[Reply], list[Problem]]:
    """Return the replies in `data` in the order of the file, and what a person should know.

    Problems whose code is not in NOT_FATAL say why there is nothing.
    """
    lines, problems = _lines(data, source)
    if problems:
        return [], problems
    marked = next((line for line in lines if any(is_marked(cell) for cell in line.cells)), None)
    if marked is not None:
        message = "văn bản có dấu chỉ độ mật; không được đưa vào hệ thống nối mạng"
        hint = "xóa tệp khỏi máy này và xử lý theo quy định về bảo vệ bí mật nhà nước"
        return [], [Problem(source, marked.number, 1 if marked.number else 0, "state-secret", message, hint)]
    reading = _Reading(source)
    for line in lines:
        reading.take(line)
    if not reading.replies:
        return [], [_none(source), *reading.problems]
    return reading.replies, [*reading.problems, *_differing_counts(lines, reading.replies, source)]


@dataclass(slots=True)
class _Reading:
    """Walks through the lines; knows the list it is in and the columns of its table."""

    source: str
    replies: list[Reply] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    listing: Listing | None = None
    is_list: bool = False  # the listing is that of a list of agencies, not of the whole document
    columns: Mapping[int, tuple[_Column, str]] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        """Read one line: headings change what is known, rows add replies."""
        columns = _columns_of(line)
        if columns:
            self.columns = columns
            return
        found = list(self._phrases(line))
        if not found:
            self._take_heading(line)
            self._take_unread(line)
        for phrase, words in found:
            self._add(phrase, words, line)

    def _phrases(self, line: Line) -> Iterator[tuple[Phrase, str]]:
        """Yield each agency with its document, and the words it was read from."""
        if self.listing is None and not self.columns:
            return
        agency = self._cell(line, _Column.AGENCY)
        if agency and _opens_section(line, _GROUP_MARK) and phrase_in(agency) is None:
            return  # "I | Ý kiến của các sở, ban, ngành"
        if agency:
            yield from self._from_columns(agency, line)
            return
        whole = [(phrase_in(cell), cleaned(cell)) for cell in line.cells]
        found = [(phrase, words) for phrase, words in whole if phrase is not None]
        if found:
            yield from found
        elif self._is_bare_name(line):
            yield Phrase(line.filled[1]), line.filled[1]
        else:
            for cell in line.cells:
                yield from _many(cell)

    def _from_columns(self, agency: str, line: Line) -> Iterator[tuple[Phrase, str]]:
        name, words = cleaned(agency), " | ".join(line.filled)
        phrase, many = phrase_in(agency), list(_many(agency))
        if phrase is None and many:
            yield from many
        elif phrase is not None:
            yield phrase, name
        elif names_agency(name) and not (len(line.filled) == 1 and heading_listing(name)):
            yield self._completed(name, line), words

    def _completed(self, name: str, line: Line) -> Phrase:
        """Return a named agency with what the columns for number and date say."""
        document, day = self._cell(line, _Column.DOCUMENT), self._cell(line, _Column.DAY)
        both = phrase_in(f"{name}: {cleaned(document)} ngày {cleaned(day)}" if day else f"{name}: {document}")
        if both is not None and both.name == name:
            return both
        number = re.sub(r"[\s,;(]*\bngày\b.*$", "", cleaned(document))
        return Phrase(name, number, cleaned(day) or cleaned(document))

    def _is_bare_name(self, line: Line) -> bool:
        """Return whether a numbered row names an agency and nothing else."""
        is_lone = len(line.filled) == 2 and row_number(line) is not None
        return is_lone and self.is_list and names_agency(line.filled[1])

    def _cell(self, line: Line, wanted: _Column) -> str:
        if not line.is_row:
            return ""
        places = (at for at, (column, _) in self.columns.items() if column is wanted)
        return next((line.cells[at] for at in places if at < len(line.cells) and line.cells[at].strip()), "")

    def _take_heading(self, line: Line) -> None:
        """Learn what the list below is about; inside a table only from a row that holds nothing else."""
        if line.is_row and not (len(line.filled) == 1 or _opens_section(line)):
            return
        if line.is_row and not cleaned(line.cells[0]):
            return  # a comment under its agency, the other cells being empty
        words = line.filled[-1] if line.filled else ""
        listing = heading_listing(words)
        if listing is not None:
            self.listing = listing
            is_of_one = _LIST_MARK.match(words) or _OF_AGENCIES.search(words) or line.is_row
            self.is_list = bool(is_of_one) and not _OF_BOTH.match(words)
            if not line.is_row:
                self.columns = {}

    def _take_unread(self, line: Line) -> None:
        """Say that a numbered row of a list names nobody, so that no answer is lost silently."""
        if self.listing in {Listing.AGREE, Listing.COMMENT} and row_number(line) and len(line.filled) > 1:
            words = " | ".join(line.filled[1:])
            shown = words if len(words) <= 80 else f"{words[:80].rstrip()}…"
            self._say("unread-row", f"hàng số {row_number(line)} không đọc được là ý kiến của ai: '{shown}'",
                      "ghi hàng theo dạng 'Tên cơ quan: số văn bản ngày dd/mm/yyyy'", line)  # fmt: skip

    def _add(self, phrase: Phrase, words: str, line: Line) -> None:
        listing = self._opinion(line)
        if listing is Listing.SILENT:
            return
        verdict = Verdict(listing) if listing else None
        reply = Reply(words, phrase.name, phrase.number, day_in(phrase.written_on), verdict, line.place)
        self.replies.append(reply)
        hint = "đối chiếu văn bản của cơ quan đó rồi sửa trong tệp"
        if not reply.number:
            message = f"'{reply.unit_words}' không ghi số văn bản trả lời"
            self._say("reply-without-number", message, hint, line)
        if reply.date is None:
            said = (
                f"ghi ngày '{phrase.written_on}' không rõ" if phrase.written_on else "không ghi ngày trả lời"
            )
            self._say("reply-without-date", f"'{reply.unit_words}' {said}", hint, line)
        if verdict is None:
            message = f"không rõ '{reply.unit_words}' thống nhất hay góp ý"
            self._say(
                "reply-without-verdict", message, "ghi tiêu đề danh sách hoặc cột ý kiến ở phía trên", line
            )

    def _opinion(self, line: Line) -> Listing | None:
        """Return the verdict of a row: that of its list, else that of its column of opinions."""
        own = self._own_opinion(line)
        if self.is_list and self.listing is not None:
            return self.listing
        return own or self.listing

    def _own_opinion(self, line: Line) -> Listing | None:
        for at, (column, heading) in self.columns.items():
            if column is not _Column.OPINION or at >= len(line.cells):
                continue
            said = cleaned(line.cells[at])
            if said.lower() in _TICKS:
                return listing_of(heading)
            if len(said) > MAX_OPINION:
                return Listing.COMMENT
            if said:
                return listing_of(said) or Listing.COMMENT
        return None

    def _say(self, code: str, message: str, hint: str, line: Line) -> None:
        column = 1 if line.number else 0
        where = "" if line.number else f"{line.place}: "
        self.problems.append(Problem(self.source, line.number, column, code, where + message, hint))


def _lines(data: bytes, source: str) -> tuple[list[Line], list[Problem]]:
    if not looks_like(data):
        text, problems = decoded(data, source)
        return lines_of_text(text), problems
    try:
        document = extract_apart(data)
    except Refused as refused:
        return [], [Problem(source, 0, 0, refused.code, refused.message, refused.hint)]
    margins = [Line((words,), "lề trang", 0, is_row=False) for words in document.margins if is_marked(words)]
    return [*margins, *lines_of_document(document)], []


def _columns_of(line: Line) -> dict[int, tuple[_Column, str]]:
    """Return the columns that a row of headings names, by place; none when it is no such row."""
    if not line.is_row or any(len(text) > 80 or re.match(r"\d", text) for text in line.filled):
        return {}
    found: dict[int, tuple[_Column, str]] = {}
    for at, cell in enumerate(line.cells):
        name = re.sub(r"[^\w]+", " ", re.sub(r"\([^)]*\)", " ", cleaned(cell))).strip().lower()
        column = next((column for column, form in _HEADINGS if re.fullmatch(form, name)), None)
        if column is not None:
            found[at] = (column, name)
    kinds = {column for column, _ in found.values()}
    is_known = len(found) >= 2 and len(found) >= len(line.filled) - 1
    is_plain = {_Column.AGENCY, _Column.OPINION} <= kinds and max(map(len, line.filled)) <= MAX_PLAIN_HEADING
    return found if is_known and (is_plain or kinds & _EXACT) else {}


def _many(cell: str) -> list[tuple[Phrase, str]]:
    """Return the replies of a cell that lists several, one a paragraph; none unless all can be read."""
    pieces = [piece for piece in cell.split("\n") if piece.strip()]
    read = [(phrase_in(piece), cleaned(piece)) for piece in pieces]
    found = [(phrase, words) for phrase, words in read if phrase is not None]
    return found if len(pieces) > 1 and len(found) == len(pieces) else []


def _opens_section(line: Line, mark: re.Pattern[str] = _SECTION_MARK) -> bool:
    return len(line.filled) == 2 and bool(mark.fullmatch(line.filled[0]))


def _differing_counts(lines: Sequence[Line], replies: Sequence[Reply], source: str) -> Iterator[Problem]:
    """Yield each figure of the document's own summary that its lists do not bear out."""
    text = " ".join(cleaned(line.cells[0]) for line in lines if not line.is_row).lower()
    names = {None: "tổng số", Verdict.AGREE: "thống nhất", Verdict.COMMENT: "góp ý"}
    for verdict, form in _COUNTS:
        said = re.search(form, text)
        count = sum(verdict in {None, reply.verdict} for reply in replies)
        if said is not None and int(said[1]) != count:
            message = f"văn bản nói {names[verdict]} {said[1]} ý kiến, danh sách có {count}"
            hint = "đối chiếu danh sách với văn bản; ý kiến thiếu thì bổ sung vào tệp rồi đọc lại"
            yield Problem(source, 0, 0, "count-differs", message, hint)


def _none(source: str) -> Problem:
    hint = (
        "đặt tiêu đề như 'Các cơ quan thống nhất', 'Các cơ quan có ý kiến góp ý' trước mỗi danh sách; "
        "mỗi hàng ghi 'Tên cơ quan: số văn bản ngày dd/mm/yyyy'"
    )
    return Problem(source, 0, 0, "no-replies", "không tìm thấy danh sách ý kiến trả lời trong tệp", hint)
