"""How is a single value of the rules read, and its mistake reported where it stands?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from engine.rulebook_values import ACKNOWLEDGED_WORDS, REPORTED_WORDS
from engine.yaml_words import value_meant
from engine.yamltext import Node, Section
from engine.yamlvalues import meaning

T = TypeVar("T")


def id_of(section: Section, key: str = "id") -> str:
    """Return the id under a key; it becomes part of the keys of the ledger: it keeps to plain signs."""
    written = section.text(key, None if key == "id" else "")
    if written and not is_id(written):
        hint = "chỉ dùng chữ, số, dấu gạch nối, dấu chấm và gạch dưới, nhiều nhất 60 ký tự"
        bare = re.sub(r"^.*/|(\.txt)?\.j2$", "", written) if key == "template" else written
        hint += meaning("-".join(bare.split()), is_id)
        section.report("bad-id", f"mã '{written[:80]}' không dùng được", hint, section.get(key))
    return written


def is_id(text: str) -> bool:
    """Whether `text` can be an id."""
    return re.fullmatch(r"[\w.-]{1,60}", text) is not None


def among(
    section: Section,
    key: str,
    allowed: Iterable[str],
    code: str = "bad-value",
    meant: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Return the list under `key`, reporting at its place each text that is not allowed."""
    known, called = [str(value) for value in allowed], meant or {}
    found = section.texts(key)
    for node in section.items(key):
        written = node.value.strip() if isinstance(node.value, str) else ""
        listed = several(written, lambda part: part if part in known else value_meant(part, known, called))
        if listed:
            hint = f"nhiều giá trị thì đặt trong ngoặc vuông: {listed}"
            section.report(code, f"'{key}' không nhận giá trị '{written}'", hint, node)
        elif written and written not in known:
            section.report_unknown(code, key, written, known, node, meant=meant)
    return tuple(value for value in found if value in known)


def several(written: str, read: Callable[[str], str]) -> str:
    """Return "[a, b]" when a text holds more than one value where each should stand alone, else ""."""
    for between in (r"[,;/>+]|\bvà\b", r"[,;/>+ ]+"):
        parts = [read(part.strip()) for part in re.split(between, written) if part.strip()]
        if len(parts) > 1 and all(parts):
            return f"[{', '.join(parts)}]"
    return ""


def value_of(
    section: Section, key: str, read: Callable[[str], T | None], advice: Callable[[str], str], default: T
) -> T:
    """Return the value under `key`; what cannot be read is reported with what was probably meant."""
    node = section.get(key)
    if node is None:
        return default
    written = node.value.strip() if isinstance(node.value, str) else ""
    value = read(written)
    if value is None:
        hint = advice(written) if isinstance(node.value, str) else _only_one(node, advice)
        section.report("bad-value", f"'{key}' không nhận giá trị '{written or '…'}'", hint, node)
    return default if value is None else value


def _only_one(node: Node, advice: Callable[[str], str]) -> str:
    if not isinstance(node.value, list):
        return advice("")
    return f"chỉ ghi một giá trị ở đây; cần nhiều thì viết thành nhiều mục. {advice('').capitalize()}"


def acknowledged(section: Section, key: str) -> bool:
    """Return whether `key` holds a step back once the unit said "đã nhận"; a report always does."""
    node = section.get(key)
    if node is not None and isinstance(node.value, str) and node.value.strip().casefold() in REPORTED_WORDS:
        hint = "đơn vị báo cáo kết quả, việc được nghiệm thu hay hủy thì luôn thôi nhắc: bỏ dòng này; "
        hint += "dùng được: acknowledged (thôi nhắc cả khi đơn vị mới báo “đã nhận”)"
        section.report("bad-value", f"'{key}' không nhận giá trị '{node.value.strip()}'", hint, node)
        return False
    return section.choice(key, ["acknowledged"], "", ACKNOWLEDGED_WORDS) == "acknowledged"
