"""How long after, or before, which event is a task due?

The words give a length and name an event. From a date in the words the day follows at
once; otherwise the event's date must be entered (`engine.deadline_events`).
"""

from __future__ import annotations

import calendar as months
import re
from datetime import date, timedelta

from engine.deadline_days import LAST_YEAR
from engine.deadline_draft import Draft, Phrase, spoken
from engine.deadline_patterns import Relation
from engine.deadline_recurring import count_of
from engine.model import Confirmation, DeadlineKind, Offset

UNITS = {"hour": "giờ", "day": "ngày", "week": "tuần", "month": "tháng", "year": "năm"}
_IN_ENGLISH = {"giờ": "hour", "ngày": "day", "tuần": "week", "tháng": "month", "quý": "month", "năm": "year"}
_MAX_EVENT = 120

_LINK = r"(?:kể từ|tính từ|tính đến|từ|sau|trước|so với|trở lại|thời điểm|khi)"
_LINKS = re.compile(rf"^[\s,(]*(?:{_LINK}\s+)+", re.I)
_BEFORE = re.compile(r"\btrước (?:(?:ít nhất|tối thiểu|khoảng|là) )*0?$", re.I)
_CLOCK = re.compile(r"^ ?(?:các ngày|ngày|thứ|hằng|[,.;)]|$)", re.I)
_PART_OF_DAY = re.compile(r"^ ?(?:\d\d|sáng|trưa|chiều|tối)", re.I)
_DOCUMENT = (
    r"(?:(?:kế hoạch|chương trình|công văn|văn bản)(?: này)?"
    r"|(?:quyết định|chỉ thị|nghị quyết|thông báo|công điện) này)"
)
_SIGNED = r"(?:ký|ban hành|ký,? ban hành|ký quyết định ban hành)"
_THIS_DOCUMENT = re.compile(
    rf"^(?:ngày |khi )?(?:{_SIGNED}(?: {_DOCUMENT})?|{_DOCUMENT} (?:được |có )?(?:{_SIGNED}|hiệu lực))$", re.I
)


def read_offset(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read a time counted from an event; from a date it can be computed, the first day not counted."""
    if is_clock(phrase, match) or _is_report(phrase, match):
        return None
    anchors = [p for p in phrase.dated if p.kind is DeadlineKind.DATE]
    is_dated = any(p.kind is not DeadlineKind.YEAR for p in phrase.dated)
    if is_dated and not anchors and all(p.relation is not Relation.FROM for p in phrase.dated):
        return None
    offset = offset_of(phrase, match)
    way = {Relation.BEFORE} if offset.is_before else {Relation.FROM, Relation.AFTER}
    if len(anchors) == 1 and anchors[0].relation in way:
        draft = _from_date(offset, anchors[0].first)
        if draft is not None:
            return draft
    says = f"{amount(offset)} tính theo một sự kiện"
    proposal = None
    if _THIS_DOCUMENT.search(offset.event) and not offset.is_before and not offset.is_working:
        proposal = _within_range(calendar_day_after(offset, phrase.issued_on))
    if proposal:
        says += f"; đề xuất ngày {spoken(proposal)}, nếu tính từ ngày ban hành {spoken(phrase.issued_on)}"
    doubts = ((Confirmation.REQUIRED, "chờ ngày của sự kiện"),)
    return Draft(DeadlineKind.EVENT_OFFSET, says, proposal=proposal, offset=offset, doubts=doubts)


def offset_of(phrase: Phrase, match: re.Match[str]) -> Offset:
    """Return the length, the direction and the event that `match` found in the phrase."""
    start = match.start("count")
    end = match.end("working") if match["working"] else match.end("unit")
    between, rest = phrase.skeleton[match.start() : start], phrase.skeleton[end:]
    is_before = bool(re.match(r"[\s,]*trước\b", rest, re.I))
    if "<" in between:
        is_before = True  # "trước ngày 30/11/2025 ít nhất 5 ngày"
        event = re.sub(r"(?: ít nhất| tối thiểu| khoảng)?\s*$", "", phrase.words(match.start(), start))
    elif between.strip(" 0") and not re.fullmatch(r"\s*(?:trước|sau)\s*0?", between, re.I):
        is_before = between.lower().startswith("trước")
        event = phrase.words(match.start(), start)
    else:
        is_counted_on = bool(re.match(r"[\s,]*(?:kể từ|tính từ|sau)\b", rest, re.I))
        is_before |= bool(_BEFORE.search(phrase.skeleton[:start])) and not is_counted_on
        event = phrase.words(end)
    unit = match["unit"].lower()
    count = count_of(match) * (3 if unit == "quý" else 1)
    is_working = bool(match["working"]) and unit in {"giờ", "ngày", "tuần"}
    return Offset(count, _IN_ENGLISH[unit], is_working, is_before, event_words(event))


def event_words(text: str) -> str:
    """Return the words that name an event, without what joins them to the length of time."""
    words = re.split(r"[;\n]|\)(?!.*\()", _LINKS.sub("", text))[0].strip(" ,.:-(")
    return words if len(words) <= _MAX_EVENT else words[:_MAX_EVENT].rsplit(" ", 1)[0] + "…"


def amount(offset: Offset) -> str:
    """Return the length of time in Vietnamese: "5 ngày làm việc"."""
    return f"{offset.count} {UNITS[offset.unit]}" + (" làm việc" if offset.is_working else "")


def calendar_day_after(offset: Offset, day: date) -> date:
    """Return the day so far from `day`, every day counted; hours are rounded up to days."""
    count = offset.count * (-1 if offset.is_before else 1)
    if offset.unit in {"month", "year"}:
        return months_later(day, count * (12 if offset.unit == "year" else 1))
    if offset.unit == "hour":
        return day + timedelta(days=-(-offset.count // 24) * (-1 if offset.is_before else 1))
    return day + timedelta(days=count * (7 if offset.unit == "week" else 1))


def months_later(day: date, count: int) -> date:
    """Return the corresponding day so many months on; a month that lacks it gives its last (Điều 148.3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _from_date(offset: Offset, first: date) -> Draft | None:
    if offset.is_working or offset.unit == "hour":
        return None
    due_on = _within_range(calendar_day_after(offset, first))
    if due_on is None:
        return None
    why = f"{amount(offset)} tính từ sau ngày {spoken(first)}, Điều 147 Bộ luật Dân sự"
    if offset.is_before:
        why = f"{amount(offset)} trước ngày {spoken(first)}"
    says = f"hết ngày {spoken(due_on)}"
    return Draft(DeadlineKind.DATE, says, due_on, doubts=((Confirmation.ADVISED, why),))


def _within_range(day: date) -> date | None:
    return day if day.year <= LAST_YEAR else None


def is_clock(phrase: Phrase, match: re.Match[str]) -> bool:
    """Whether "trước 15 giờ 00 phút …" is an hour of the day and no length of time."""
    rest = phrase.skeleton[match.end("unit") :]
    if match["unit"].lower() != "giờ" or count_of(match) > 24:
        return False
    is_by = re.search(r"\b(?:trước|chậm nhất|lúc|vào) 0?$", phrase.skeleton[: match.start("count")], re.I)
    return bool(_PART_OF_DAY.match(rest) or (is_by and _CLOCK.match(rest)))


def _is_report(phrase: Phrase, match: re.Match[str]) -> bool:
    """Whether "báo cáo 6 tháng trước ngày 15/6" names the period of a report."""
    head, rest = phrase.skeleton[: match.start("count")], phrase.skeleton[match.end("unit") :]
    is_named = re.search(r"\b(?:báo cáo|định kỳ) 0?$", head, re.I) or rest.startswith(" (")
    return bool(is_named and re.match(r"[ ,(]+trước[^<]{0,12}<", rest))
