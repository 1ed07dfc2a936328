"""What does an Excel workbook hold?

Every visible sheet becomes one grid, each cell as a person sees it on the screen. What a
person would not see (hidden sheets) is left out and named; what may be overlooked (hidden
rows, years that the format hides, formulas never computed) is read and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from intake.source import Grid, GridBuilder, Refused, SourceDocument
from intake.xlsx_sheet import (
    Book,
    Place,
    Sheet,
    column_name,
    elements,
    local,
    place_name,
    read_sheet,
    text_of,
)
from intake.xlsx_values import BUILT_IN, GENERAL
from intake.zipped import Package, main_part, open_package

MAX_PLACES = 200_000
_NAMED = 5

_WORKSHEET = "worksheet"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class _Tab:
    """A sheet as the workbook lists it: its name, its part of the package, and whether it is seen."""

    name: str
    part: str
    is_visible: bool


def read_xlsx(data: bytes) -> SourceDocument:
    """Return the sheets of an .xlsx file; raise `Refused` for what is damaged, too large or empty."""
    package = open_package(data)
    workbook = main_part(package, "xl/workbook.xml")
    root = package.xml(workbook)
    if root is None:
        hint = "mở tệp bằng Excel, lưu thành tệp mới rồi nhập lại"
        raise Refused("damaged-file", "tệp không có danh sách trang tính", hint)
    parts = {relation.id: relation for relation in package.relations(workbook)}
    tabs = [
        _Tab(_shown_name(tab.get("name", "")), parts[part].target, tab.get("state", "visible") == "visible")
        for tab in _inside(root, "sheets", "sheet")
        if (part := tab.get(_RELATION, "")) in parts and parts[part].kind == _WORKSHEET
    ]
    return _document(package, tabs, _book(package, workbook, root))


def _document(package: Package, tabs: Sequence[_Tab], book: Book) -> SourceDocument:
    grids: list[Grid] = []
    margins: list[str] = []
    notes = _hidden_sheets([tab.name for tab in tabs if not tab.is_visible])
    places = 0
    for tab in tabs:
        margins += _drawn(package, tab.part)
        if not tab.is_visible:
            continue
        sheet = read_sheet(package.read(tab.part), book, tab.name)
        margins += sheet.margins
        if sheet.words:
            places += _size(sheet, tab.name, places)
            grids.append(_grid(sheet, tab.name))
            notes += _notes(sheet, tab.name)
    if not grids:
        hint = "kiểm tra lại tệp; nếu phụ lục nằm ở trang tính ẩn thì bỏ ẩn (Unhide) rồi nhập lại"
        raise Refused("empty-file", "sổ Excel không có trang tính nào có nội dung", hint)
    return SourceDocument(tuple(grids), tuple(dict.fromkeys(margins)), tuple(notes))


def _size(sheet: Sheet, name: str, before: int) -> int:
    """Return how many places the sheet's grid has; raise `Refused` when all grids grow too large."""
    size = (max(row for row, _ in sheet.words) + 1) * (max(column for _, column in sheet.words) + 1)
    if before + size > MAX_PLACES:
        hint = "chỉ giữ trang tính có phụ lục rồi nhập lại"
        raise Refused("too-large", f"sổ Excel quá lớn, đến trang tính '{name}' phải dừng", hint)
    return size


def _grid(sheet: Sheet, name: str) -> Grid:
    """Return the sheet from its first row to its last word, without empty columns on the left."""
    bottom = max(row for row, _ in sheet.words)
    left = min(column for _, column in sheet.words)
    right = max(column for _, column in sheet.words)
    builder = GridBuilder(label=f"trang tính '{name}'")
    covered: set[Place] = set()
    for (top, first), (low, last) in sheet.merged:
        down, across = min(low, bottom) - top + 1, min(last, right) - first + 1
        area = {(row, column) for row in range(top, top + down) for column in range(first, first + across)}
        if first >= left and area and area.isdisjoint(covered):
            covered |= area
            builder.put(top, first - left, sheet.words.get((top, first), ""), down, across)
    for (row, column), text in sheet.words.items():
        if (row, column) not in covered:
            builder.put(row, column - left, text)
    return builder.grid()


def _book(package: Package, workbook: str, root: etree._Element) -> Book:
    """Return what all sheets share; a workbook without texts or styles is read all the same."""
    targets = {relation.kind: relation.target for relation in package.relations(workbook)}
    texts: list[str] = []
    struck = set()
    if (strings := targets.get("sharedStrings", "")) in package:
        for item in _strings(package.read(strings)):
            if next(item.iter("{*}strike"), None) is not None:
                struck.add(len(texts))
            texts.append(text_of(item))
    styles = package.xml(targets.get("styles", ""))
    settings = [item.get("date1904", "0") for item in root if local(item) == "workbookPr"]
    return Book(
        tuple(texts),
        () if styles is None else tuple(_formats(styles)),
        frozenset(struck),
        frozenset() if styles is None else frozenset(_struck_styles(styles)),
        settings[:1] in (["1"], ["true"]),
    )


def _strings(data: bytes) -> Iterator[etree._Element]:
    try:
        yield from elements(data, ("si",))
    except etree.XMLSyntaxError as error:
        hint = "mở tệp bằng Excel, lưu thành tệp mới rồi nhập lại"
        raise Refused("damaged-file", "phần chữ của sổ Excel bị hỏng, không đọc được", hint) from error


def _formats(styles: etree._Element) -> Iterator[str]:
    """Yield the number format of each cell style."""
    own = {
        item.get("numFmtId", ""): item.get("formatCode", GENERAL)
        for item in _inside(styles, "numFmts", "numFmt")
    }
    for style in _inside(styles, "cellXfs", "xf"):
        number = style.get("numFmtId", "0")
        yield own.get(number) or (BUILT_IN.get(int(number), GENERAL) if _is_number(number) else GENERAL)


def _struck_styles(styles: etree._Element) -> Iterator[int]:
    """Yield the numbers of the cell styles whose font crosses words out."""
    struck = {
        str(number)
        for number, font in enumerate(_inside(styles, "fonts", "font"))
        if any(local(part) == "strike" and part.get("val", "1") in ("1", "true") for part in font)
    }
    styles_of_cells = enumerate(_inside(styles, "cellXfs", "xf"))
    return (number for number, style in styles_of_cells if style.get("fontId") in struck)


def _drawn(package: Package, part: str) -> list[str]:
    """Return the words of the text boxes that lie on a sheet, one text for each box."""
    found = []
    for relation in package.relations(part):
        drawing = package.xml(relation.target) if relation.kind == "drawing" else None
        for box in drawing.iter("{*}txBody") if drawing is not None else ():
            lines = ["".join(t.text or "" for t in line.iter("{*}t")) for line in box.iter("{*}p")]
            found.append("\n".join(line for line in lines if line.strip()))
    return [text for text in found if text]


def _hidden_sheets(names: Sequence[str]) -> list[tuple[str, str]]:
    if not names:
        return []
    quoted = _listed([f"'{name}'" for name in names])
    return [("hidden-sheet", f"không đọc trang tính ẩn: {quoted}")]


def _notes(sheet: Sheet, name: str) -> list[tuple[str, str]]:
    """Return what a person may overlook in the sheet, each with the places it is about."""
    rows = sorted({row for row, _ in sheet.words} & sheet.hidden_rows)
    columns = [
        column for column in sorted({column for _, column in sheet.words}) if _is_hidden(column, sheet)
    ]
    years = [f"{place_name(place)} là {date}" for place, date in sheet.without_year]
    said = (
        ("hidden-rows", "dòng ẩn hoặc bị lọc, vẫn đọc như các dòng khác", [str(row + 1) for row in rows]),
        ("hidden-columns", "cột ẩn, vẫn đọc như các cột khác", [column_name(column) for column in columns]),
        ("hidden-year", "ô ngày tháng không hiện năm, đọc theo phần nhìn thấy (Excel lưu năm)", years),
        ("formula-without-value", "ô công thức chưa có kết quả, đọc là ô trống", _names(sheet.without_value)),
        ("struck-text", "ô có chữ bị gạch ngang, vẫn đọc như thường", _names(sheet.struck)),
    )
    return [
        (code, f"trang tính '{name}' có {len(where)} {what}: {_listed(where)}")
        for code, what, where in said
        if where
    ]


def _is_hidden(column: int, sheet: Sheet) -> bool:
    return any(first <= column <= last for first, last in sheet.hidden_columns)


def _names(places: Iterable[Place]) -> list[str]:
    return [place_name(place) for place in dict.fromkeys(places)]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" và {len(names) - _NAMED} chỗ khác" if len(names) > _NAMED else "")


def _inside(root: etree._Element, holder: str, name: str) -> list[etree._Element]:
    """Return the children called `name` of the root's child called `holder`."""
    return [item for found in root if local(found) == holder for item in found if local(item) == name]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _shown_name(name: str) -> str:
    """Return a sheet's name as a person may safely read it."""
    return "".join(letter for letter in name if letter.isprintable())[:60]
