"""Which points in time does a phrase name?

Every date, month, quarter, half and year is found by one table of patterns and lifted
out of the phrase; what remains, with a mark such as `<date>` for each point, is the
skeleton that the rules of `engine.deadline` read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from engine.deadline_days import FIRST_YEAR, LAST_YEAR, Doubt, Point, Raw, point_in
from engine.deadline_patterns import AROUND, LINK, MARK, POINTS, RELATIONS, ROMAN, SHARE, WEEKDAYS, Relation
from engine.deadline_plan import PlanYears
from engine.deadline_words import NUMBERS
from engine.model import Confirmation

PAST_DAYS = 60  # a date without a year that lies further back than this is asked about

_FROM_MARK = 0xE000
_TAIL = re.compile(
    r": ?\d+ ?%(?!\s*$)|: ?\d+ ?%|\s\((?=[^\W\d])[^()]{1,40}\)"
    r"|\s(?:đối với|cho) [^,;.()]{1,40}(?=[,;])"
)
_YEAR_BEFORE = re.compile(r"\s*[(:,-]\s*(?:\w+(?:\s+|$)){0,3}", re.I)
_YEAR_AFTER = re.compile(r"\s*(?:của|trong|,|(?:và|,) cả)?\s*\(?\s*", re.I)


def points_of(text: str, issued_on: date, plan: PlanYears | None = None) -> tuple[str, tuple[Point, ...]]:
    """Return the skeleton of `text` and its points in the order they stand.

    A point without a year lies in the year of the plan, where its title names one.
    """
    raws: list[Raw] = []
    marked = text
    for unit, pattern in POINTS:
        marked = pattern.sub(lambda m, unit=unit: _mark(raws, unit, m), marked)  # type: ignore[misc]
    for around in AROUND:
        marked = around.sub(lambda m: _attach(raws, m), marked)
    pieces = re.split(f"({MARK})", marked)
    leads, found = pieces[0::2], [raws[ord(mark) - _FROM_MARK] for mark in pieces[1::2]]
    points = tuple(_related(list(_resolved(found, leads, issued_on, plan)), leads))
    skeleton = "".join(f"{lead}<{p.mark}>" for lead, p in zip(leads, points, strict=False)) + leads[-1]
    return " ".join(skeleton.split()), points


def _mark(raws: list[Raw], unit: str, match: re.Match[str]) -> str:
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


def _raw_of(unit: str, match: re.Match[str]) -> Raw:
    found = {key: value for key, value in match.groupdict().items() if value}
    year = found.get("y1") or found.get("y2") or found.get("y3")
    number = found.get("n", "0").lower()
    value = int(number) if number.isdigit() else ROMAN.get(number) or NUMBERS.get(number, 99)
    day = int(found.get("d") or found.get("d2") or 0)
    words, part = match.group().strip(), found.get("part", "").lower()
    return Raw(unit, value, year and year.lower(), words, day, part, week=_week(found.get("w", "").lower()))


def _week(text: str) -> int:
    return {"đầu": 1, "cuối": 0}.get(text, NUMBERS.get(text, 99) if not text.isdigit() else int(text))


def _attach(raws: list[Raw], match: re.Match[str]) -> str:
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


def _resolved(raws: list[Raw], leads: list[str], issued_on: date, plan: PlanYears | None) -> Iterator[Point]:
    """Yield the points with a year each: written, a neighbour's, the plan's or the year of issue."""
    points = [
        point_in(raw, *_year(raw.year, issued_on)) if raw.year or raw.unit == "day" else None for raw in raws
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
                    point_in(raws[i], near.first.year, "", ()), issued_on, "năm ghi cùng ô"
                )
    for raw, point in zip(raws, points, strict=True):
        yield point or _assumed(raw, issued_on, plan)


def _lends(neighbour: Raw, words_between: str) -> bool:
    """Whether a point so close shares its year; a bare year is asked in `_is_year_of`."""
    if re.search(r"\bhằng (?:tháng|quý|năm)\b", words_between, re.I):
        return False
    return neighbour.unit not in {"year", "school", "day"} and len(words_between.split()) <= 6


def _is_year_of(raws: list[Raw], year: int, words_between: str, step: int, leads: list[str]) -> bool:
    """Whether a year bears on the point beside it: "Năm 2026 (Quý I)"."""
    is_only = sum(raw.unit == "year" for raw in raws) == 1
    if (
        raws[year].unit != "year"
        or raws[year].part
        or not (is_only or words_between.lstrip()[:1] in {":", "("})
    ):
        return False
    if re.search(r"\bhằng\b", " ".join(leads), re.I):
        return False
    joint = _YEAR_BEFORE if step == -1 else _YEAR_AFTER
    return joint.fullmatch(words_between) is not None


def _borrowed(raw: Raw, neighbour: Point, step: int) -> Point:
    """Return the point in its neighbour's year, or the year beside it when the order demands."""
    point = point_in(raw, neighbour.first.year, "", ())
    is_out_of_order = point.first > neighbour.last if step == 1 else point.last < neighbour.first
    return point_in(raw, neighbour.first.year - step, "", ()) if is_out_of_order and not point.bad else point


def _assumed(raw: Raw, issued_on: date, plan: PlanYears | None) -> Point:
    if plan is not None and plan.is_school:
        return _in_school_year(raw, issued_on, plan)
    plan_year = plan.only if plan else None
    if plan_year is None or plan_year == issued_on.year:
        point = point_in(raw, issued_on.year, "", ())
        return replace(_doubted_if_past(point, issued_on, f"năm ban hành {issued_on.year}"), has_year=False)
    why = (Confirmation.ADVISED, f"không ghi năm, lấy năm {plan_year} theo tên kế hoạch")
    return replace(point_in(raw, plan_year, "", (why,)), has_year=False)


def _in_school_year(raw: Raw, issued_on: date, plan: PlanYears) -> Point:
    """Return the first such day after issue within the school year; without one a person decides."""
    point = point_in(raw, issued_on.year, "", ())
    year = None if point.bad or raw.unit == "year" else plan.year_of(point.last, issued_on)
    why = (Confirmation.ADVISED, f"không ghi năm, lấy năm {year} trong năm học theo tên kế hoạch")
    if year is None:
        why = (Confirmation.REQUIRED, "không ghi năm, chưa rõ là năm nào của năm học")
    return replace(point_in(raw, year or issued_on.year, "", (why,)), has_year=False)


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


def _related(points: list[Point], leads: list[str]) -> Iterator[Point]:
    """Yield the points with the words in front of them; "trước A và B" is strict for both."""
    relation = Relation.BY
    for i, (point, lead) in enumerate(zip(points, leads, strict=False)):
        found = next((r for r, pattern in RELATIONS if pattern.search(lead)), Relation.BY)
        is_list = i > 0 and LINK.fullmatch(lead) is not None and relation is Relation.BEFORE
        relation = Relation.BEFORE if is_list else found
        tail = _TAIL.match(leads[i + 1])
        yield replace(point, lead=lead, relation=relation, tail=tail.group() if tail else "")
