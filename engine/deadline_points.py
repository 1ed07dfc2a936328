"""Which points in time does a phrase name?

Every date, month, quarter, half and year is found by one table of patterns and lifted
out of the phrase; what remains, with a mark such as `<date>` for each point, is the
skeleton that the rules of `engine.deadline` read.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.deadline_patterns import AROUND, LINK, MARK, POINTS, RELATIONS, ROMAN, SHARE, WEEKDAYS, Relation
from engine.deadline_words import NUMBERS
from engine.model import HANOI, Confirmation, DeadlineKind

FIRST_YEAR, LAST_YEAR = 1990, 2100
PAST_DAYS = 60  # a date without a year that lies further back than this is asked about

Doubt = tuple[Confirmation, str]
_FROM_MARK = 0xE000
_TAIL = re.compile(
    r": ?\d+ ?%(?!\s*$)|: ?\d+ ?%|\s\((?=[^\W\d])[^()]{1,40}\)"
    r"|\s(?:đối với|cho) [^,;.()]{1,40}(?=[,;])"
)
_YEAR_BEFORE = re.compile(r"\s*[(:,-]\s*(?:\w+(?:\s+|$)){0,3}", re.I)
_YEAR_AFTER = re.compile(r"\s*(?:của|trong|,|(?:và|,) cả)?\s*\(?\s*", re.I)


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
class _Raw:
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


def points_of(text: str, issued_on: date) -> tuple[str, tuple[Point, ...]]:
    """Return the skeleton of `text` and its points in the order they stand."""
    raws: list[_Raw] = []
    marked = text
    for unit, pattern in POINTS:
        marked = pattern.sub(lambda m, unit=unit: _mark(raws, unit, m), marked)  # type: ignore[misc]
    for around in AROUND:
        marked = around.sub(lambda m: _attach(raws, m), marked)
    pieces = re.split(f"({MARK})", marked)
    leads, found = pieces[0::2], [raws[ord(mark) - _FROM_MARK] for mark in pieces[1::2]]
    points = tuple(_related(list(_resolved(found, leads, issued_on)), leads))
    skeleton = "".join(f"{lead}<{p.mark}>" for lead, p in zip(leads, points, strict=False)) + leads[-1]
    return " ".join(skeleton.split()), points


def _mark(raws: list[_Raw], unit: str, match: re.Match[str]) -> str:
    raw = _raw_of(unit, match)
    if (
        unit == "date"
        and raw.year is None
        and raw.day <= raw.number
        and SHARE.match(match.string, match.end())
    ):
        return match.group()  # "10/10 nhiệm vụ" is a share
    raws.append(raw)
    return chr(_FROM_MARK + len(raws) - 1)


def _raw_of(unit: str, match: re.Match[str]) -> _Raw:
    found = {key: value for key, value in match.groupdict().items() if value}
    year = found.get("y1") or found.get("y2") or found.get("y3")
    number = found.get("n", "0").lower()
    value = int(number) if number.isdigit() else ROMAN.get(number) or NUMBERS.get(number, 99)
    day = int(found.get("d") or found.get("d2") or 0)
    words, part = match.group().strip(), found.get("part", "").lower()
    return _Raw(unit, value, year and year.lower(), words, day, part, week=_week(found.get("w", "").lower()))


def _week(text: str) -> int:
    return {"đầu": 1, "cuối": 0}.get(text, NUMBERS.get(text, 99) if not text.isdigit() else int(text))


def _attach(raws: list[_Raw], match: re.Match[str]) -> str:
    """Add the hour or the weekday around a date to it; leave other points alone."""
    index, found = ord(match["mark"]) - _FROM_MARK, match.groupdict()
    raw = raws[index]
    if raw.unit != "date" or raw.at is not None:
        return match.group()
    if found.get("weekday"):
        raws[index] = replace(raw, weekday=WEEKDAYS[match["weekday"].lower().split()[-1]])
    elif found.get("hour"):
        half, hour = (found["half"] or "").lower(), int(found["hour"])
        hour += 12 * (half in {"chiều", "tối", "pm"} and hour < 12) - 12 * (half == "am" and hour == 12)
        at = (hour, int(found["minute"] or found["colon"] or 0))
        is_export = at == (0, 0) and bool(found["colon"]) and match.group().startswith(match["mark"])
        raws[index] = raw if is_export else replace(raw, at=at)
    return match["mark"]


# --- years -----------------------------------------------------------------------------


def _resolved(raws: list[_Raw], leads: list[str], issued_on: date) -> Iterator[Point]:
    """Yield the points with a year each: written, taken from a neighbour, or the year of issue."""
    points = [
        _point(raw, *_year(raw.year, issued_on)) if raw.year or raw.unit == "day" else None for raw in raws
    ]
    for step in (1, -1):  # "30/6, 30/9/2026" takes the year after it first, then the one before it
        order = range(len(raws) - 1, -1, -1) if step == 1 else range(len(raws))
        for i in order:
            near = points[i + step] if 0 <= i + step < len(raws) else None
            lead = leads[i + 1] if step == 1 and i + 1 < len(raws) else leads[i]
            if points[i] is not None or not near or not near.has_year:
                continue
            if _lends(raws[i + step], lead):
                points[i] = _borrowed(raws[i], near, step)
            elif _is_year_of(raws, i + step, lead, step, leads):
                points[i] = _doubted_if_past(
                    _point(raws[i], near.first.year, "", ()), issued_on, "năm ghi cùng ô"
                )
    for raw, point in zip(raws, points, strict=True):
        yield point or _assumed(_point(raw, issued_on.year, "", ()), issued_on)


def _lends(neighbour: _Raw, words_between: str) -> bool:
    """Whether a point so close shares its year; a bare year is asked in `_is_year_of`."""
    return neighbour.unit not in {"year", "school", "day"} and len(words_between.split()) <= 6


def _is_year_of(raws: list[_Raw], year: int, words_between: str, step: int, leads: list[str]) -> bool:
    """Whether the only year of the phrase bears on the point beside it: "Năm 2026 (Quý I)"."""
    if raws[year].unit != "year" or raws[year].part or sum(raw.unit == "year" for raw in raws) > 1:
        return False
    if re.search(r"\bhằng\b", " ".join(leads), re.I):
        return False
    joint = _YEAR_BEFORE if step == -1 else _YEAR_AFTER
    return joint.fullmatch(words_between) is not None


def _borrowed(raw: _Raw, neighbour: Point, step: int) -> Point:
    """Return the point in its neighbour's year, or the year beside it when the order demands."""
    point = _point(raw, neighbour.first.year, "", ())
    is_out_of_order = point.first > neighbour.last if step == 1 else point.last < neighbour.first
    return _point(raw, neighbour.first.year - step, "", ()) if is_out_of_order and not point.bad else point


def _assumed(point: Point, issued_on: date) -> Point:
    return replace(_doubted_if_past(point, issued_on, f"năm ban hành {issued_on.year}"), has_year=False)


def _doubted_if_past(point: Point, issued_on: date, source: str) -> Point:
    if point.bad or point.last >= issued_on - timedelta(days=PAST_DAYS):
        return point
    why = f"không ghi năm, tính theo {source} thì đã qua hơn {PAST_DAYS} ngày"
    return replace(point, doubts=(*point.doubts, (Confirmation.REQUIRED, why)))


def _year(text: str | None, issued_on: date) -> tuple[int, str, tuple[Doubt, ...]]:
    """Return the year, why it is impossible if it is, and what was inferred."""
    if text is None or not text.isdigit():
        later = text not in {None, "nay", "này"}
        doubts = ((Confirmation.ADVISED, f"năm tính từ năm ban hành {issued_on.year}"),) if later else ()
        return min(issued_on.year + later, LAST_YEAR), "", doubts
    if len(text) == 2:
        return (
            2000 + int(text),
            "",
            ((Confirmation.ADVISED, f"năm ghi hai chữ số, hiểu là {2000 + int(text)}"),),
        )
    if len(text) != 4:
        return FIRST_YEAR, f"năm “{text}” không đủ bốn chữ số hoặc thừa chữ số", ()
    if text == "1970":
        return 1970, f"năm {text} ngoài khoảng {FIRST_YEAR}–{LAST_YEAR}", ()
    in_range = FIRST_YEAR <= int(text) <= LAST_YEAR
    return (
        (int(text), "", ())
        if in_range
        else (FIRST_YEAR, f"năm {text} ngoài khoảng {FIRST_YEAR}–{LAST_YEAR}", ())
    )


# --- days ------------------------------------------------------------------------------


def _point(raw: _Raw, year: int, bad: str, doubts: tuple[Doubt, ...]) -> Point:
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


def _span(raw: _Raw, year: int) -> _Span:
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


def _date_span(raw: _Raw, year: int) -> _Span:
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


def _months_span(kind: DeadlineKind, raw: _Raw, year: int, first: int, count: int, unit: str) -> _Span:
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


def _week_span(raw: _Raw, year: int) -> _Span:
    """Return the n-th seven days of a month; the last ones end with it."""
    if not (1 <= raw.number <= 12 and 0 <= raw.week <= 5):
        return DeadlineKind.RANGE, date(year, 1, 1), date(year, 1, 1), f"không có tháng {raw.number}", None
    end = _last_day(year, raw.number)
    last = end if raw.week in {0, 5} else end.replace(day=7 * raw.week)
    return DeadlineKind.RANGE, last - timedelta(days=6), last, "", None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _related(points: list[Point], leads: list[str]) -> Iterator[Point]:
    """Yield the points with the words in front of them; "trước A và B" is strict for both."""
    relation = Relation.BY
    for i, (point, lead) in enumerate(zip(points, leads, strict=False)):
        found = next((r for r, pattern in RELATIONS if pattern.search(lead)), Relation.BY)
        is_list = i > 0 and LINK.fullmatch(lead) is not None and relation is Relation.BEFORE
        relation = Relation.BEFORE if is_list else found
        tail = _TAIL.match(leads[i + 1])
        yield replace(point, lead=lead, relation=relation, tail=tail.group() if tail else "")
