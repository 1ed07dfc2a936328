"""What do the lines before the table say about the plan: who, which number, which title?

Best effort and never an error: drafts leave numbers and dates blank, and converters
run lines together. An annex saved alone names its plan in brackets ("Kèm theo Kế hoạch
số …"); that is read when the head has nothing better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from intake.words import cleaned

_KINDS = "KẾ HOẠCH|CHƯƠNG TRÌNH|QUYẾT ĐỊNH|ĐỀ ÁN|THÔNG BÁO|CHỈ THỊ|NGHỊ QUYẾT|PHƯƠNG ÁN|BÁO CÁO|TỜ TRÌNH"
_ANNEXES = r"(?:PHỤ LỤC|BIỂU|DANH MỤC|BẢNG)(?:\s+(?:SỐ\s+)?(?:[IVX]+|\d{1,2}[A-Z]?))?\s*[:.]?"
_KIND = re.compile(rf"(?:{_KINDS})\s*")
_ANNEX = re.compile(_ANNEXES, re.IGNORECASE)
_TITLED = re.compile(rf"(?:{_KINDS}|DANH MỤC|PHỤ LỤC|BIỂU|BẢNG)\b\s*[^a-zà-ỹ]*\S")
_DRAFT = re.compile(r"[(\[]?\s*dự thảo\b[^,;]{0,20}", re.IGNORECASE)
_NUMBER = re.compile(r"Số\s*:\s*(\S.*)|Số\s+(\d*\s*/.*)")
_MOTTO = re.compile(r"cộng h(?:òa|oà) xã hội", re.IGNORECASE)
_ATTACHED = re.compile(r"kèm theo\b.{0,80}?\bsố\s*:?\s*(\d*\s*/\s*[^\s,;()]+)", re.IGNORECASE)
_DAY = r"ngày\s+(\d{1,2})\s*(?:tháng\s+|[/.-])(\d{1,2})\s*(?:năm\s+|[/.-])(\d{4})"
_SIGNED = re.compile(rf"[^,\d]{{2,40}},\s*{_DAY}\.?", re.IGNORECASE)
_ATTACHED_DAY = re.compile(rf"kèm theo\b.{{0,160}}?{_DAY}", re.IGNORECASE)
_BODY = re.compile(
    r"(?:căn cứ|kính gửi|thực hiện .{20,}\bban hành\b|nhằm |để |trên cơ sở|ngày |"
    r"phần |chương |điều \d|mục \d|[IVX]+[.)]\s|\d+[.)]\s|[(\[*]|[-–_]{2,})",
    re.IGNORECASE,
)
MAX_HEAD_LINES = 40
MAX_TITLE_LINES = 6


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a plan; empty texts where nothing was found."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    is_draft: bool = False
    dated: date | None = None


def head_of(lines: Sequence[str]) -> Head:
    """Return the head found in the lines before the table, blank lines included."""
    texts = [cleaned(line) for line in lines]
    return Head(_title(texts), _number(texts), _issuer(texts), any(map(_says_draft, texts)), _dated(texts))


def _title(texts: Sequence[str]) -> str:
    """Return the lines that follow the kind of document, up to the next blank line or the body."""
    kinds = (at for at, text in enumerate(texts) if _is_kind(text))
    annexes = (at for at, text in enumerate(texts) if _ANNEX.fullmatch(text))
    kind_at = next(kinds, next(annexes, None))
    following = _following(texts[kind_at + 1 :]) if kind_at is not None else ""
    if following:
        return following
    titled = (text for text in texts[:MAX_HEAD_LINES] if _TITLED.fullmatch(text))
    return next(titled, next((text for text in texts if text), ""))


def _following(texts: Sequence[str]) -> str:
    title: list[str] = []
    for text in texts:
        if _says_draft(text) or (not text and not title):
            continue
        if not text or len(title) == MAX_TITLE_LINES or _BODY.match(text) or _ANNEX.fullmatch(text):
            break
        title.append(text)
    return " ".join(title)


def _is_kind(text: str) -> bool:
    return bool(_KIND.fullmatch(_DRAFT.sub("", text).strip()))


def _says_draft(text: str) -> bool:
    return bool(_DRAFT.fullmatch(_KIND.sub("", text, count=1).strip()))


def _number(texts: Sequence[str]) -> str:
    found = (_NUMBER.match(text) for text in texts[:MAX_HEAD_LINES])
    own = ((hit[1] or hit[2]).strip() for hit in found if hit)
    attached = (hit[1].rstrip(".") for text in texts if (hit := _ATTACHED.search(text)))
    return next(own, next(attached, ""))


def _issuer(texts: Sequence[str]) -> str:
    """Return the lines above the number and the national motto, which name the office."""
    ends = (at for at, text in enumerate(texts[:MAX_HEAD_LINES]) if _NUMBER.match(text) or _MOTTO.match(text))
    return " ".join(text for text in texts[: next(ends, 0)] if text)


def _dated(texts: Sequence[str]) -> date | None:
    """Return the day of signature, or that of the plan to which an annex belongs."""
    return next(_days(texts, _SIGNED.fullmatch), next(_days(texts, _ATTACHED_DAY.search), None))


def _days(texts: Sequence[str], find: Callable[[str], re.Match[str] | None]) -> Iterator[date]:
    for text in texts[:MAX_HEAD_LINES]:
        hit = find(text)
        if hit is None:
            continue
        try:
            yield date(int(hit[3]), int(hit[2]), int(hit[1]))
        except ValueError:  # a day that no calendar has says nothing about the document
            continue
