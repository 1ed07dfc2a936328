"""What stands in one sheet of a workbook?

The sheet's XML is read row by row and let go, so that a sheet formatted down to its last
row costs no memory. Only cells that hold words count; a cell's place is its place in the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from intake.source import Refused
from intake.xlsx_values import GENERAL, Shown, shown

MAX_ROWS = 20_000
MAX_COLUMNS = 100

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PART = re.compile(r"&(?:([LCR])|\"[^\"]*\"|\d+|K[0-9A-Fa-f+-]{6}|[A-Z]|(&))")
_TRUTH = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Book:
    """What the sheets of a workbook share: texts, number formats by style, and how days count."""

    texts: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    struck_texts: frozenset[int] = frozenset()  # numbers of texts with crossed-out words
    struck_styles: frozenset[int] = frozenset()  # numbers of styles that cross words out
    is_1904: bool = False


@dataclass(slots=True)
class Sheet:
    """The words of a sheet by place (row and column from 0), and what a person should know of it."""

    words: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    margins: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    without_value: list[Place] = field(default_factory=list)
    without_year: list[tuple[Place, str]] = field(default_factory=list)
    struck: list[Place] = field(default_factory=list)


def read_sheet(data: bytes, book: Book, name: str) -> Sheet:
    """Return what the sheet holds; `name` is what people call it, for the refusal."""
    sheet = Sheet()
    reader = _Rows(sheet, book, name)
    readers: dict[str, Callable[[etree._Element], None]] = {
        "row": reader.row,
        "col": reader.column,
        "mergeCell": reader.merge,
        "headerFooter": reader.margins,
    }
    try:
        for element in elements(data, tuple(readers)):
            readers[local(element)](element)
    except etree.XMLSyntaxError as error:
        hint = "mở tệp bằng Excel, lưu thành tệp mới rồi nhập lại"
        raise Refused("damaged-file", f"trang tính '{name}' bị hỏng, không đọc được", hint) from error
    return sheet


def elements(data: bytes, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """Yield the elements of these names as they close; each is emptied after use."""
    found = etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in found:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def local(element: etree._Element) -> str:
    """Return the element's name without its namespace: the strict and the usual one differ only there."""
    return str(element.tag).rpartition("}")[2]


def text_of(item: etree._Element) -> str:
    """Return the words of a shared or inline text, without the readings of Asian letters."""
    runs = [item, *(run for run in item if local(run) == "r")]
    return unescaped("".join(t.text or "" for run in runs for t in run if local(t) == "t"))


def unescaped(text: str) -> str:
    """Return the text with `_x000D_` and its like resolved, one kind of line end, no control letters."""
    plain = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text
    return _CONTROL.sub("", plain.replace("\r\n", "\n").replace("\r", "\n"))


def column_name(column: int) -> str:
    """Return the letters of a column counted from 0."""
    name = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        name, column = chr(ord("A") + letter) + name, column - 1
    return name


def place_name(place: Place) -> str:
    """Return the place as Excel writes it: "D5"."""
    return f"{column_name(place[1])}{place[0] + 1}"


@dataclass(slots=True)
class _Rows:
    """Takes the elements of a sheet in turn; cells without a reference follow the one before."""

    sheet: Sheet
    book: Book
    name: str
    last_row: int = -1

    def row(self, element: etree._Element) -> None:
        number = _whole(element.get("r"), self.last_row + 2) - 1
        self.last_row = number
        if element.get("hidden") in ("1", "true"):
            self.sheet.hidden_rows.add(number)
        column = -1
        for cell in element:
            if local(cell) == "c":
                place = _place(cell.get("r", "")) or (number, column + 1)
                column = place[1]
                self._cell(cell, place)

    def column(self, element: etree._Element) -> None:
        if element.get("hidden") in ("1", "true"):
            first, last = _whole(element.get("min"), 1), _whole(element.get("max"), 1)
            self.sheet.hidden_columns.append((first - 1, last - 1))

    def merge(self, element: etree._Element) -> None:
        first, _, last = element.get("ref", "").partition(":")
        start, end = _place(first), _place(last)
        if start and end and start <= end:
            self.sheet.merged.append((start, end))

    def margins(self, element: etree._Element) -> None:
        for part in element:
            lines = "".join(_PART.sub(_margin_part, unescaped(part.text or ""))).split("\n")
            self.sheet.margins += [line.strip() for line in lines if line.strip()]

    def _cell(self, cell: etree._Element, place: Place) -> None:
        text = self._text(cell, place) if len(cell) else ""
        if not text.strip():
            return
        if place[0] >= MAX_ROWS or place[1] >= MAX_COLUMNS:
            raise _too_large(self.name, place)
        self.sheet.words[place] = text
        if _whole(cell.get("s"), 0) in self.book.struck_styles:
            self.sheet.struck.append(place)

    def _text(self, cell: etree._Element, place: Place) -> str:
        kind, parts = cell.get("t", "n"), {local(part): part for part in cell}
        if kind == "inlineStr":
            return text_of(parts["is"]) if "is" in parts else ""
        value = (parts["v"].text or "") if "v" in parts else ""
        if not value and "f" in parts and kind != "str":
            self.sheet.without_value.append(place)
        if kind == "s":
            return self._shared(value, place)
        if kind == "b":
            return _TRUTH.get(value.strip(), value)
        if kind == "n":
            return self._number(value.strip(), place, _whole(cell.get("s"), 0))
        return _iso_date(value) if kind == "d" else unescaped(value)

    def _shared(self, value: str, place: Place) -> str:
        number = _whole(value, -1)
        if not value.strip():
            return ""
        if not 0 <= number < len(self.book.texts):
            hint = "mở tệp bằng Excel, lưu thành tệp mới rồi nhập lại"
            raise Refused("damaged-file", f"trang tính '{self.name}' thiếu chữ của một số ô", hint)
        if number in self.book.struck_texts:
            self.sheet.struck.append(place)
        return self.book.texts[number]

    def _number(self, value: str, place: Place, style: int) -> str:
        try:
            number = float(value)
        except ValueError:
            return unescaped(value)
        if number != number or abs(number) == float("inf"):
            return unescaped(value)
        code = self.book.formats[style] if style < len(self.book.formats) else GENERAL
        seen: Shown = shown(number, code, self.book.is_1904)
        if seen.hides_year:
            self.sheet.without_year.append((place, seen.full_date))
        return seen.text


def _place(reference: str) -> Place | None:
    match = _REFERENCE.fullmatch(reference.strip())
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _whole(text: str | None, otherwise: int) -> int:
    """Return a small whole number, or `otherwise` where none stands."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _iso_date(value: str) -> str:
    """Return an ISO date and time as dd/mm/yyyy hh:mm; what is none stays as written."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?Z?)?", value.strip())
    if not match:
        return unescaped(value)
    year, month, day, hour, minute = match.groups()
    has_time = hour and (hour, minute) != ("00", "00")
    return f"{day}/{month}/{year}" + (f" {hour}:{minute}" if has_time else "")


def _margin_part(code: re.Match[str]) -> str:
    """Return what a code in a page header shows: a new part begins a line, fonts and fields show nothing."""
    return "\n" if code[1] else "&" if code[2] else ""


def _too_large(name: str, place: Place) -> Refused:
    said = (
        f"trang tính '{name}' có chữ ở ô {place_name(place)}, ngoài phạm vi đọc được "
        f"({MAX_ROWS} dòng, {MAX_COLUMNS} cột)"
    )
    return Refused("too-large", said, "chỉ giữ trang tính có phụ lục, xóa phần thừa rồi nhập lại")
