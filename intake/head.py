"""What do the lines before the table say about the plan: who, which number, which title?

Best effort and never an error: drafts leave numbers and dates blank, and converters
run lines together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.words import cleaned

_KINDS = "KẾ HOẠCH|CHƯƠNG TRÌNH|QUYẾT ĐỊNH|ĐỀ ÁN|THÔNG BÁO|CHỈ THỊ|NGHỊ QUYẾT|PHƯƠNG ÁN|BÁO CÁO|TỜ TRÌNH"
_KIND = re.compile(rf"(?:{_KINDS})\s*")
_DRAFT = re.compile(r"[(\[]?\s*dự thảo\b[^,;]{0,20}", re.IGNORECASE)
_NUMBER = re.compile(r"Số\s*:\s*(\S.*)|Số\s+(\d*\s*/.*)")
_MOTTO = re.compile(r"cộng h(?:òa|oà) xã hội", re.IGNORECASE)
MAX_HEAD_LINES = 40
MAX_TITLE_LINES = 6


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a plan; empty texts where nothing was found."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    is_draft: bool = False


def head_of(lines: Sequence[str]) -> Head:
    """Return the head found in the lines before the table, blank lines included."""
    texts = [cleaned(line) for line in lines]
    return Head(_title(texts), _number(texts), _issuer(texts), any(map(_says_draft, texts)))


def _title(texts: Sequence[str]) -> str:
    """Return the lines that follow the kind of document, up to the next blank line."""
    kind_at = next((at for at, text in enumerate(texts) if _is_kind(text)), None)
    if kind_at is None:
        return next((text for text in texts if text), "")
    title: list[str] = []
    for text in texts[kind_at + 1 :]:
        if _says_draft(text) or (not text and not title):
            continue
        if not text or len(title) == MAX_TITLE_LINES:
            break
        title.append(text)
    return " ".join(title)


def _is_kind(text: str) -> bool:
    return bool(_KIND.fullmatch(_DRAFT.sub("", text).strip()))


def _says_draft(text: str) -> bool:
    return bool(_DRAFT.fullmatch(_KIND.sub("", text, count=1).strip()))


def _number(texts: Sequence[str]) -> str:
    found = (_NUMBER.match(text) for text in texts[:MAX_HEAD_LINES])
    return next(((hit[1] or hit[2]).strip() for hit in found if hit), "")


def _issuer(texts: Sequence[str]) -> str:
    """Return the lines above the number and the national motto, which name the office."""
    ends = (at for at, text in enumerate(texts[:MAX_HEAD_LINES]) if _NUMBER.match(text) or _MOTTO.match(text))
    return " ".join(text for text in texts[: next(ends, 0)] if text)
