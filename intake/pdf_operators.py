"""Which drawing operators does the content of a PDF page consist of?

The PDF library reads content letter by letter in Python, which takes most of the time a long
table needs. Here one expression cuts the usual content into tokens; whatever is unusual
(pictures inside the content, brackets left open) is given back to the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import stream_value
from pdfminer.psparser import LIT, PSLiteral

from intake.source import Refused

MAX_OPERATORS = 400_000

_TOKEN = re.compile(
    rb"""
    (?P<blank>[\s\0]+|%[^\r\n]*)
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+))(?=[\s\0\[\]()<>/%]|$)
    | \((?P<plain>[^()\\]*)\)
    | <(?P<hex>[0-9A-Fa-f\s]*)>
    | /(?P<name>[^\s\0()<>\[\]{}/%\#]*)
    | (?P<bracket>\[|\]|<<|>>)
    | (?P<open>\()
    | (?P<word>[A-Za-z'"][A-Za-z0-9*]*)(?=[\s\0\[\]()<>/%]|$)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_ESCAPED = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\r\n": b"",
    b"\n": b"",
    b"\r": b"",
}
_IN_STRING = re.compile(rb"[()]|\\.", re.DOTALL)
_SPECIAL = {"'": "do__q", '"': "do__w"}
_LEFT_TO_THE_LIBRARY = (b"BI", b"ID", b"EI", b"null")


class Unusual(Exception):
    """Content that is left to the library."""


class Device(PDFTextDevice):
    """What is drawn upon; it refuses a page that never comes to an end."""

    operators = 0

    def spend(self, operators: int) -> None:
        """Count operators; raise `Refused` when they are more than any page of text needs."""
        self.operators += operators
        if self.operators > MAX_OPERATORS:
            said = f"một trang PDF có hơn {MAX_OPERATORS} lệnh vẽ"
            raise Refused("too-large", said, "bỏ trang có bản đồ hoặc hình vẽ lớn, hoặc xin tệp Word (.docx)")


class Interpreter(PDFPageInterpreter):
    """The interpreter of the library with a faster way to its operators; the device counts them."""

    device: Device

    def execute(self, streams: Sequence[object]) -> None:
        """Carry out the operators of the streams, leaving out any that contains itself."""
        found = [stream_value(stream) for stream in streams]
        usable = [one for one in found if one.objid is not None and one.objid not in self.parent_stream_ids]
        content = b"\n".join(stream.get_data() for stream in usable)
        try:
            operations = list(islice(operations_of(content), MAX_OPERATORS + 1))
        except Unusual:
            super().execute(streams)
            return
        self.device.spend(len(operations))
        self.stream_ids = {stream.objid for stream in usable if stream.objid is not None}
        for operator, operands in operations:
            self.argstack.extend(operands)
            method = getattr(self, _SPECIAL.get(operator) or "do_" + operator.replace("*", "_a"), None)
            if method is None:
                continue
            count = method.__func__.__code__.co_argcount - 1
            arguments = self.pop(count)
            if len(arguments) == count:
                method(*arguments)


def operations_of(data: bytes) -> Iterator[tuple[str, list[Any]]]:
    """Yield each operator with its operands; raise `Unusual` for what is not read here."""
    open_lists: list[list[Any]] = [[]]
    end = 0
    while (token := _TOKEN.match(data, end)) is not None:
        end = token.end()
        kind = token.lastgroup
        if kind == "blank":
            continue
        if kind == "word":
            word = token["word"]
            if word in _LEFT_TO_THE_LIBRARY or len(open_lists) > 1:
                raise Unusual
            if word in (b"true", b"false"):
                open_lists[-1].append(word == b"true")
                continue
            yield word.decode(), open_lists[0]
            open_lists = [[]]
        elif kind == "bracket":
            _bracket(token["bracket"], open_lists)
        elif kind == "open":
            start, end = end, _end_of_string(data, end)
            open_lists[-1].append(_ESCAPE.sub(_unescaped, data[start : end - 1]))
        else:
            open_lists[-1].append(_value(str(kind), token[str(kind)]))
    if end != len(data) or len(open_lists) > 1:
        raise Unusual


def _end_of_string(data: bytes, start: int) -> int:
    """Return the place after the bracket that closes a string with brackets or escapes in it."""
    depth = 1
    for mark in _IN_STRING.finditer(data, start):
        depth += {b"(": 1, b")": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    raise Unusual


def _bracket(bracket: bytes, open_lists: list[list[Any]]) -> None:
    """Open a list or a dictionary, or close the one that is open."""
    if bracket in (b"[", b"<<"):
        open_lists.append([bracket])
        return
    opened, *values = open_lists.pop() if len(open_lists) > 1 else [b""]
    if opened + bracket == b"[]":
        open_lists[-1].append(values)
    elif opened + bracket == b"<<>>" and len(values) % 2 == 0 and all(map(_is_name, values[::2])):
        keys = [getattr(key, "name", "") for key in values[::2]]
        open_lists[-1].append(dict(zip(keys, values[1::2], strict=True)))
    else:
        raise Unusual


def _is_name(value: Any) -> bool:
    return isinstance(value, PSLiteral)


def _value(kind: str, found: bytes) -> Any:
    if kind == "number":
        return float(found) if b"." in found else int(found)
    if kind == "plain":
        return found
    if kind == "hex":
        digits = re.sub(rb"\s", b"", found)
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    try:
        return LIT(found.decode())
    except UnicodeDecodeError as error:
        raise Unusual from error


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 0xFF])
    return _ESCAPED.get(found[2], found[2])
