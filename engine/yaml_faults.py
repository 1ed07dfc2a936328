"""Where did a text stop being YAML, and what does its writer do about it?

The parser says where it gave up; the mistake often stands lines earlier, where a quote
or a bracket was opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import yaml

MAX_STRANGE = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A place, counted from 0 as the parser does."""

    line: int
    column: int


def place_and_advice(error: yaml.MarkedYAMLError, lines: list[str]) -> tuple[Mark | None, str]:
    """Return where a person has to look, and what to look for."""
    opened = _left_open(error)
    in_key = "simple key" in (error.context or "")  # the parser gives up a line after the key without a colon
    found = error.context_mark if in_key else error.problem_mark or error.context_mark
    mark = (
        opened or _strange_indent(found, lines) or _line_without_colon(error, lines) or _within(found, lines)
    )
    return mark, _advice(error, opened, mark, lines)


def strange_signs(text: str) -> Iterator[tuple[str, Mark]]:
    """Return the signs that YAML does not take; most editors do not show them."""
    for found in islice(_STRANGE.finditer(text), MAX_STRANGE):
        before = lines_of(text[: found.start()])
        yield found[0], Mark(len(before) - 1, len(before[-1]))


def lines_of(text: str) -> list[str]:
    """Return the lines as YAML counts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


# What YAML 1.1 calls printable, but for a byte order mark inside the text.
_STRANGE = re.compile(
    "(?!^\ufeff)[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def _left_open(error: yaml.MarkedYAMLError) -> Mark | None:
    """Return where a quote or bracket was opened that a later line shows to have no end."""
    opened, found, context = error.context_mark, error.problem_mark, error.context or ""
    if opened is None or found is None:
        return None
    is_open = "quoted scalar" in context or ("flow" in context and found.line > opened.line)
    return Mark(opened.line, opened.column) if is_open else None


def _line_without_colon(error: yaml.MarkedYAMLError, lines: list[str]) -> Mark | None:
    """Return the line above a key that is read as mere words, when that is what the parser stumbles over."""
    found = error.problem_mark
    if found is None or "mapping values" not in str(error.problem):
        return None
    above = _line_above(found, lines)
    start = _first_sign(lines[above])
    is_bare = re.fullmatch(r"[\w-]+(?: [^:#]*)?", lines[above][start:])
    is_same = start == _first_sign(lines[found.line])
    is_item = lines[above].lstrip().startswith(_NO_DASH)
    return Mark(above, start) if (is_bare and is_same) or is_item else None


def _strange_indent(found: yaml.Mark | None, lines: list[str]) -> Mark | None:
    """Return where this line, or the one above, is indented with a sign that only looks like a blank."""
    for number in (_line_above(found, lines), found.line) if found else ():
        blanks = re.match(rf" *(?=[{_FOREIGN_SIGNS}])", lines[number]) if number < len(lines) else None
        if blanks:
            return Mark(number, blanks.end())
    return None


def _line_above(found: yaml.Mark, lines: list[str]) -> int:
    return next((n for n in range(min(found.line, len(lines)) - 1, -1, -1) if lines[n].strip()), 0)


def _first_sign(line: str) -> int:
    """Return where the words of a line begin, behind the dash of an item."""
    return len(line) - len(re.sub(r"^\s*(?:- +)?", "", line))


def _within(mark: yaml.Mark | None, lines: list[str]) -> Mark | None:
    """Return the place, or the end of the last line when the parser points behind the text."""
    if mark is None:
        return None
    last = max((n for n, line in enumerate(lines) if line.strip()), default=0)
    return Mark(mark.line, mark.column) if mark.line <= last else Mark(last, len(lines[last]))


def _advice(error: yaml.MarkedYAMLError, opened: Mark | None, mark: Mark | None, lines: list[str]) -> str:
    said = f"{error.context} {error.problem}"
    line = lines[mark.line] if mark else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or "\\t" in said:
        return "thụt đầu dòng bằng dấu cách, không dùng phím Tab"
    if "document" in said:
        return "mỗi tệp chỉ một tài liệu YAML: bỏ dòng '---' hoặc '...' ở giữa tệp"
    if opened:
        sign = line[opened.column : opened.column + 1]
        return f"dấu {sign} mở ở đây chưa được đóng, hoặc tệp chưa ghi xong: đóng lại rồi lưu"
    if mark and mark.column >= len(line) and not "".join(lines[mark.line + 1 :]).strip():
        return "tệp dừng giữa chừng, có thể chưa ghi xong: kiểm tra dấu ngoặc, dấu nháy còn mở rồi lưu lại"
    unclosed = _unclosed_quote(lines[: mark.line + 1]) if mark else 0
    if unclosed:
        return f"dấu nháy ở dòng {unclosed} có thể chưa được đóng; kiểm tra từ dòng ấy đến dòng này"
    return _on_line(said, lines, mark) if mark else _GENERAL


_GENERAL = "kiểm tra dấu hai chấm, dấu nháy và thụt đầu dòng ở dòng này và dòng ngay trước"


def _on_line(said: str, lines: list[str], mark: Mark) -> str:
    """Return what is wrong with one line, as far as its signs tell."""
    line = lines[mark.line]
    before, start = line[: mark.column], line.lstrip()
    foreign = _FOREIGN.search(line)
    if foreign and not re.search(r"[\"']", line[: foreign.start()]):
        instead = _INSTEAD[foreign[0] in _COLONS]
        return f"cột {foreign.start() + 1} có '{foreign[0]}' (U+{ord(foreign[0]):04X}): {instead}"
    if start.startswith(_NO_DASH) or re.match(r"-[^\s-]", start):
        return "mỗi mục bắt đầu bằng dấu gạch nối và một dấu cách: '- '"
    if re.search(r"[:\-\[,{] *([\"']).*\1\s+$", before[-200:]):
        return "sau dấu nháy đóng không ghi thêm chữ: đặt cả giá trị trong một cặp dấu nháy"
    if before.strip() and "sequence entries" in said:
        return "trên dòng của khóa không mở mục bằng dấu gạch: ghi [một, hai], hoặc xuống dòng cho mỗi mục"
    if "cannot start" in said:
        return f"giá trị bắt đầu bằng '{line[mark.column]}' phải đặt trong dấu nháy"
    if line[mark.column : mark.column + 1] == ",":
        return "thiếu giá trị ngay trước dấu phẩy này: ghi thêm, hoặc bỏ bớt dấu phẩy"
    if line[mark.column : mark.column + 1] in {"]", "}"}:
        return f"dấu {line[mark.column]} không khớp với dấu mở nào trước nó: bỏ đi, hoặc đổi cho khớp"
    if "simple key" in said:
        return _NO_SPACE if re.match(r"(- )*[^\s:]+:[^\s:]", start) else _NO_COLON
    if "mapping values" in said:
        return (
            _QUOTE_COLON
            if re.search(r":\s", before)
            else _DEEPER
            if ":" in line[mark.column :]
            else _NO_COLON
        )
    is_indent = not before.strip() and ("indicator" in said or "expected key" in said)
    return "dòng này thụt đầu dòng lệch với các dòng cùng mục: thụt cho thẳng cột" if is_indent else _GENERAL


_NO_DASH = ("–", "—", "•", "·", "* ")
_COLONS = "：﹕ː"
_FOREIGN_SIGNS = f"{_COLONS}\u00a0\u2000-\u200b\u202f\u3000"
_FOREIGN = re.compile(f"[{_FOREIGN_SIGNS}]")
_INSTEAD = {True: "thay bằng dấu hai chấm thường (:) và một dấu cách", False: "thay bằng dấu cách thường"}
_NO_SPACE = "thiếu dấu cách sau dấu hai chấm: ghi 'khóa: giá trị'"
_NO_COLON = "thiếu dấu hai chấm sau khóa ở dòng này: ghi 'khóa: giá trị'"
_QUOTE_COLON = "giá trị có dấu hai chấm thì đặt cả giá trị trong dấu nháy"
_DEEPER = "dòng này thụt sâu hơn dòng trên: thụt cho thẳng cột với các khóa cùng mục"


def _unclosed_quote(lines: list[str]) -> int:
    """Return the first line, from 1, whose value opens a double quote that it does not close; 0 for none."""
    return next((n for n, line in enumerate(lines, start=1) if _OPEN_QUOTE.fullmatch(line)), 0)


_OPEN_QUOTE = re.compile(r'[^#"]*[:\-\[,{] ?"[^"]*(?:"[^"]*"[^"]*)*')
