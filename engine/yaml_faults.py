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
    mark = opened or _within(error.problem_mark or error.context_mark, lines)
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
    return "kiểm tra dấu hai chấm, dấu nháy và thụt đầu dòng ở dòng này và dòng ngay trước"


def _unclosed_quote(lines: list[str]) -> int:
    """Return the first line, from 1, whose value opens a double quote that it does not close; 0 for none."""
    return next((n for n, line in enumerate(lines, start=1) if _OPEN_QUOTE.fullmatch(line)), 0)


_OPEN_QUOTE = re.compile(r'[^#"]*[:\-\[,{] ?"[^"]*(?:"[^"]*"[^"]*)*')
