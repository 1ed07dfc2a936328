"""How is a single value of the rules read, and its mistake reported where it stands?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from engine.yamltext import Section

T = TypeVar("T")


def id_of(section: Section, key: str = "id") -> str:
    """Return the id under a key; it becomes part of the keys of the ledger: it keeps to plain signs."""
    written = section.text(key, None if key == "id" else "")
    if written and not re.fullmatch(r"[\w.-]{1,60}", written):
        hint = "chỉ dùng chữ, số, dấu gạch nối, dấu chấm và gạch dưới, nhiều nhất 60 ký tự"
        section.report("bad-id", f"mã '{written[:80]}' không dùng được", hint, section.get(key))
    return written


def among(
    section: Section,
    key: str,
    allowed: Iterable[str],
    code: str = "bad-value",
    meant: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Return the list under `key`, reporting at its place each text that is not allowed."""
    known = [str(value) for value in allowed]
    found = section.texts(key)
    for node in section.items(key):
        written = node.value.strip() if isinstance(node.value, str) else ""
        parts = [part for part in re.split(r"[,;/ ]+", written) if part]
        if len(parts) > 1 and set(parts) <= set(known):
            hint = f"nhiều giá trị thì đặt trong ngoặc vuông: [{', '.join(parts)}]"
            section.report(code, f"'{key}' không nhận giá trị '{written}'", hint, node)
        elif isinstance(node.value, str) and written not in known:
            section.report_unknown(code, key, written, known, node, meant=meant)
    return tuple(value for value in found if value in known)


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
        section.report("bad-value", f"'{key}' không nhận giá trị '{written or '…'}'", advice(written), node)
    return default if value is None else value
