"""What was filled in on the page, and what is missing?

A body is taken as a browser sends a small form, and as nothing else. What a person mistyped is
said beside the field; what no browser would send is refused as a whole.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl

from engine.response_words import DATE, MOST_KEPT, day_in, words_of
from engine.responses import Response, ResponseKind

MOST_OCTETS = 64 * 1024
LONGEST = {"document": 60, "unit": 200, "name": 80, "day": 40, "note": MOST_KEPT}
_LEAST_LETTERS = 3

# The fields below each choice, and which of the texts above each of them is.
FIELDS: Mapping[ResponseKind, Mapping[str, str]] = {
    ResponseKind.ACKNOWLEDGE: {},
    ResponseKind.REPORT: {"report_document": "document", "report_on": "day", "report_note": "note"},
    ResponseKind.EXTENSION: {"extension_until": "day", "extension_note": "note"},
    ResponseKind.BLOCKED: {"blocked_unit": "unit", "blocked_note": "note"},
    ResponseKind.NOT_MINE: {"not_mine_note": "note"},
    ResponseKind.SUBSTITUTE: {"substitute_name": "name", "substitute_note": "note"},
}
TEXTS = {name: what for fields in FIELDS.values() for name, what in fields.items()}
_NAMES = {"ticket", "choice", *TEXTS}


class Malformed(Exception):
    """A body that no form of ours can have sent."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came: every field once, its text tidied."""

    ticket: str = ""
    choice: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


def is_form(content_type: str) -> bool:
    """Whether a body is of the one kind that is read here: a form without files."""
    return content_type.partition(";")[0].strip().casefold() == "application/x-www-form-urlencoded"


def read_form(body: bytes) -> Filled:
    """Return what a browser sent; raises Malformed for everything else."""
    try:
        pairs = parse_qsl(body.decode("ascii"), True, True, "utf-8", "strict", len(_NAMES)) if body else []
    except ValueError:
        raise Malformed from None
    found = dict(pairs)
    if len(found) != len(pairs) or not found.keys() <= _NAMES or any("\0" in text for text in found.values()):
        raise Malformed
    texts = {name: _tidy(found.get(name, "")) for name in TEXTS}
    return Filled(found.get("ticket", ""), found.get("choice", ""), texts)


def read_response(
    filled: Filled, choices: tuple[ResponseKind, ...], today: date
) -> tuple[Response | None, dict[str, str]]:
    """Return the response a person chose, or for each field what is wrong with it."""
    kind = next((kind for kind in choices if kind.value == filled.choice), None)
    if kind is None:
        return None, {"choice": "chưa chọn cách trả lời nào; chọn một dòng rồi bấm gửi"}
    texts = {name: filled.texts.get(name, "") for name in FIELDS[kind]}
    wrong = {name: _too_long(name) for name, text in texts.items() if len(text) > LONGEST[TEXTS[name]]}
    if wrong:
        return None, wrong
    response = _READERS[kind](texts, today, wrong)
    return (None, wrong) if wrong else (response, {})


def _too_long(name: str) -> str:
    return f"dài quá {LONGEST[TEXTS[name]]} ký tự; viết gọn lại"


def _tidy(text: str) -> str:
    """Return a text as one line of composed letters, without what cannot be seen."""
    shown = (c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).split())


def _acknowledged(texts: Mapping[str, str], today: date, wrong: dict[str, str]) -> Response:
    return Response(ResponseKind.ACKNOWLEDGE)


def _reported(texts: Mapping[str, str], today: date, wrong: dict[str, str]) -> Response:
    document, note = texts["report_document"], texts["report_note"]
    if not document and _letters(note) < _LEAST_LETTERS:
        wrong["report_document"] = "ghi số văn bản, hoặc vài lời về kết quả ở ô dưới"
    on = _day("report_on", texts, today, wrong, is_past=True) if texts["report_on"] else None
    return Response(ResponseKind.REPORT, document=document, on=on, note=note)


def _extension(texts: Mapping[str, str], today: date, wrong: dict[str, str]) -> Response:
    on = _day("extension_until", texts, today, wrong, is_past=False)
    if _letters(texts["extension_note"]) < _LEAST_LETTERS:
        wrong["extension_note"] = "ghi lý do xin gia hạn"
    return Response(ResponseKind.EXTENSION, on=on, note=texts["extension_note"])


def _blocked(texts: Mapping[str, str], today: date, wrong: dict[str, str]) -> Response:
    unit, note = texts["blocked_unit"], texts["blocked_note"]
    if not unit and _letters(note) < _LEAST_LETTERS:
        wrong["blocked_unit"] = "ghi tên đơn vị đang chờ, hoặc nêu điều đang vướng ở ô dưới"
    return Response(ResponseKind.BLOCKED, whom=unit, note=note)


def _not_mine(texts: Mapping[str, str], today: date, wrong: dict[str, str]) -> Response:
    if _letters(texts["not_mine_note"]) < _LEAST_LETTERS:
        wrong["not_mine_note"] = "ghi lý do, và đơn vị nào nên nhận nếu biết"
    return Response(ResponseKind.NOT_MINE, note=texts["not_mine_note"])


def _substitute(texts: Mapping[str, str], today: date, wrong: dict[str, str]) -> Response:
    name = texts["substitute_name"]
    if len(name.split()) < 2 or any(c.isdigit() for c in name):
        wrong["substitute_name"] = "ghi đủ họ và tên người thay thế"
    return Response(ResponseKind.SUBSTITUTE, whom=name, note=texts["substitute_note"])


def _day(
    name: str, texts: Mapping[str, str], today: date, wrong: dict[str, str], *, is_past: bool
) -> date | None:
    """Return the one day a field names; anything beside it is a question, never a guess."""
    words = words_of(texts[name])
    match, day, why = day_in(words, today, is_past=is_past)
    if day is None or match is None or DATE.sub("", words.plain).strip(" .,"):
        wrong[name] = why or "ghi ngày dạng ngày/tháng/năm, ví dụ 15/12/2025"
        return None
    return day


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


_READERS: Mapping[ResponseKind, Callable[[Mapping[str, str], date, dict[str, str]], Response]] = {
    ResponseKind.ACKNOWLEDGE: _acknowledged,
    ResponseKind.REPORT: _reported,
    ResponseKind.EXTENSION: _extension,
    ResponseKind.BLOCKED: _blocked,
    ResponseKind.NOT_MINE: _not_mine,
    ResponseKind.SUBSTITUTE: _substitute,
}
