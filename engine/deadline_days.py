"""Which days does a point in time cover, once its year is known?

A point is a first and a last day with the words it came from; what has no such day says
why, and what may be proposed instead. "đầu", "giữa", "cuối" as in Điều 146 Bộ luật Dân sự.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.deadline_patterns import Relation
from engine.model import HANOI, Confirmation, DeadlineKind

FIRST_YEAR, LAST_YEAR = 1990, 2100

Doubt = tuple[Confirmation, str]


@dataclass(frozen=True, slots=True)
class Point:
    """A point in time as first and last day; `bad` says in Vietnamese why there is no such day."""

    kind: DeadlineKind
    first: date
    last: date
    words: str
    mark: str  # what stands for it in the skeleton
    lead: str = ""  # the words between the previous point and this one
    tail: str = ""  # what a colon or bracket behind it says: "Năm 2026: 50%"
    relation: Relation = Relation.BY
    at: datetime | None = None
    has_year: bool = True
    part: str = ""  # đầu, giữa, cuối
    day: int = 0  # for a day without a month
    bad: str = ""
    proposal: date | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def begins_on(self) -> date:
        """The first day of the point, of its last part where only that is meant: "cuối tháng 9"."""
        if self.at is not None:
            return self.at.date()
        if self.kind not in {DeadlineKind.MONTH, DeadlineKind.QUARTER, DeadlineKind.YEAR}:
            return self.first
        if self.part == "hạ tuần":
            return self.last.replace(day=21)
        return self.last if self.part in {"cuối", "nửa cuối"} else self.first

    @property
    def due_on(self) -> date:
        """The last day to act: "trước" is strict, so X means X−1."""
        return self.begins_on - timedelta(days=1) if self.is_strict else self.last

    @property
    def is_strict(self) -> bool:
        """Whether the day named is itself too late; a moment named is not."""
        return self.relation is Relation.BEFORE and self.at is None

    @property
    def label(self) -> str:
        """The words around the point, for a milestone."""
        lead = re.sub(
            r"^[\s,;:.()+&-]*(?:(?:và|hoặc|hay)\b)?\s*", "", re.split("[,;)]", self.lead)[-1], flags=re.I
        )
        lead = re.sub(r"^\d+ ?% +(?=\S)", "", lead) if self.lead.lstrip().startswith(":") else lead
        return f"{lead.rstrip(' (').lstrip('-+• ')} {self.words}{self.tail}".strip()


@dataclass(frozen=True, slots=True)
class Raw:
    """A point as found, before its year is known."""

    unit: str
    number: int
    year: str | None
    words: str
    day: int = 0
    part: str = ""
    at: tuple[int, int] | None = None
    weekday: int | None = None
    week: int = 0  # 1 to 5, 0 for the last


def point_in(raw: Raw, year: int, bad: str, doubts: tuple[Doubt, ...]) -> Point:
    kind, first, last, wrong, proposal = _span(raw, year)
    bad = bad or wrong
    point = Point(kind, first, last, raw.words, kind.value, part=raw.part, day=raw.day, doubts=doubts)
    if year == 1970 and raw.unit == "date" and (raw.day, raw.number) == (1, 1):
        return replace(point, mark="epoch", bad=bad)
    if bad:
        return replace(point, mark="bad", bad=bad, proposal=proposal if bad == wrong else None)
    if raw.unit == "day":
        return replace(point, mark="day", has_year=False)
    if raw.unit == "school":
        why = "năm học không theo năm dương lịch; lấy khung 05/9 đến 31/5"
        return replace(point, doubts=(*doubts, (Confirmation.REQUIRED, why)))
    if raw.unit == "week":
        level = Confirmation.REQUIRED if raw.week else Confirmation.ADVISED
        why = "tuần trong tháng tính từng bảy ngày từ ngày đầu tháng" if raw.week else "bảy ngày cuối tháng"
        return replace(point, doubts=(*doubts, (level, why)))
    if raw.unit in {"month", "quarter", "year"} and raw.part not in {"", "cuối", "nửa cuối", "hạ tuần"}:
        why = f"“{raw.part} {_SPOKEN[raw.unit]}” hiểu theo Điều 146 Bộ luật Dân sự"
        point = replace(point, doubts=(*doubts, (Confirmation.ADVISED, why)))
    if raw.weekday is not None and raw.weekday != first.weekday():
        point = replace(
            point, doubts=(*doubts, (Confirmation.REQUIRED, "thứ trong tuần không khớp với ngày"))
        )
    return _at_hour(point, *raw.at) if raw.at else point


def _at_hour(point: Point, hour: int, minute: int) -> Point:
    """Return the point as a moment; 24 giờ ends its day, 0 giờ leaves only the day before."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return replace(point, mark="bad", bad=f"không có giờ {hour}:{minute:02}", proposal=point.last)
    day = point.last - timedelta(days=1) if (hour, minute) == (0, 0) else point.last
    moment = (23, 59) if hour == 24 else (hour, minute)
    at = datetime(point.last.year, point.last.month, point.last.day, *moment, tzinfo=HANOI)
    return replace(point, kind=DeadlineKind.DATETIME, mark="datetime", first=day, last=day, at=at)


_SPOKEN = {"month": "tháng", "quarter": "quý", "year": "năm"}
_Span = tuple[DeadlineKind, date, date, str, date | None]


def _span(raw: Raw, year: int) -> _Span:
    """Return kind, first and last day of a point in `year`, or why there is none and what to propose."""
    match raw.unit:
        case "date":
            return _date_span(raw, year)
        case "day":
            wrong = "" if 1 <= raw.day <= 31 else f"không có ngày {raw.day}"
            return DeadlineKind.DATE, date(year, 1, 1), date(year, 1, 1), wrong, None
        case "week":
            return _week_span(raw, year)
        case "month":
            return _months_span(DeadlineKind.MONTH, raw, year, raw.number, 1, "tháng")
        case "quarter":
            return _months_span(DeadlineKind.QUARTER, raw, year, 3 * raw.number - 2, 3, "quý")
        case "half":
            return _months_span(DeadlineKind.HALF, raw, year, 1 if raw.part == "đầu" else 7, 6, "")
        case "months":
            first = 1 if raw.part == "đầu" else 13 - raw.number
            kind = DeadlineKind.HALF if raw.number == 6 else DeadlineKind.RANGE
            return _months_span(kind, raw, year, first, raw.number, "")
        case "school":
            wrong = "" if year == raw.number + 1 else "năm học phải gồm hai năm liền nhau"
            return DeadlineKind.RANGE, date(year - 1, 9, 5), date(year, 5, 31), wrong, None
        case _:
            return _months_span(DeadlineKind.YEAR, raw, year, 1, 12, "")


def _date_span(raw: Raw, year: int) -> _Span:
    try:
        day = date(year, raw.number, raw.day)
    except ValueError:
        nothing = date(year, 1, 1)
        if not (1 <= raw.number <= 12 and 1 <= raw.day <= 31):
            is_american = (
                12 < raw.number <= 31 and 1 <= raw.day <= 12 and raw.number <= _last_day(year, raw.day).day
            )
            swapped = date(year, raw.day, raw.number) if is_american else None
            return DeadlineKind.DATE, nothing, nothing, f"không có ngày {raw.day} tháng {raw.number}", swapped
        last = _last_day(year, raw.number)
        wrong = f"tháng {raw.number}/{year} chỉ có {last.day} ngày"
        return DeadlineKind.DATE, last, last, wrong, last
    return DeadlineKind.DATE, day, day, "", None


def _months_span(kind: DeadlineKind, raw: Raw, year: int, first: int, count: int, unit: str) -> _Span:
    """Return the span of `count` months, narrowed by đầu, giữa, cuối (Bộ luật Dân sự 2015, Điều 146)."""
    if not (1 <= first <= 12 and count >= 1 and first + count <= 13):
        nothing = date(year, 1, 1)
        return kind, nothing, nothing, f"không có {unit or 'khoảng'} {raw.number}", None
    start, end = date(year, first, 1), _last_day(year, first + count - 1)
    if raw.unit in {"half", "months"}:
        return kind, start, end, "", None
    middle = date(year, first + count // 2, 15)
    parts = {
        ("month", "giữa"): (middle, middle),
        ("month", "nửa đầu"): (start, middle),
        ("month", "thượng tuần"): (start, start.replace(day=10)),
        ("month", "trung tuần"): (start.replace(day=11), start.replace(day=20)),
        ("quarter", "giữa"): (middle, middle),
        ("quarter", "nửa đầu"): (start, middle),
        ("year", "giữa"): (date(year, 6, 30), date(year, 6, 30)),
    }
    part = (start, start) if raw.part == "đầu" else parts.get((raw.unit, raw.part))
    return (DeadlineKind.DATE, *part, "", None) if part else (kind, start, end, "", None)


def _week_span(raw: Raw, year: int) -> _Span:
    """Return the n-th seven days of a month; the last ones end with it."""
    if not (1 <= raw.number <= 12 and 0 <= raw.week <= 5):
        return DeadlineKind.RANGE, date(year, 1, 1), date(year, 1, 1), f"không có tháng {raw.number}", None
    end = _last_day(year, raw.number)
    last = end if raw.week in {0, 5} else end.replace(day=7 * raw.week)
    return DeadlineKind.RANGE, last - timedelta(days=6), last, "", None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
