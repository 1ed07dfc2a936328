"""How are phrases read that name more than one point in time?

Spans, milestones, alternatives, extensions, a deadline with reports on the way. The
readers have the form of those in `engine.deadline_readers`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date, timedelta

from engine.deadline_days import Doubt, Point
from engine.deadline_draft import Draft, Phrase, milestone_of, spoken
from engine.deadline_patterns import Relation
from engine.deadline_readers import (
    after_point,
    by_point,
    conditional,
    essential,
    open_ended,
    read_broken,
    until,
)
from engine.deadline_recurring import read_recurring
from engine.deadline_rrules import rules_in_words, yearly
from engine.model import Confirmation, DeadlineKind, Milestone

_ASKED = re.compile(r"\b(?:xin|đề nghị|đề xuất|kiến nghị|dự kiến)\b", re.I)
_VISION = re.compile(r"\b(?:tầm nhìn|định hướng)\b", re.I)
_ADVISED, _REQUIRED = Confirmation.ADVISED, Confirmation.REQUIRED


def read_extended(phrase: Phrase, match: re.Match[str]) -> Draft:
    """Read a deadline that a bracket moves: the new date is in force, the original is kept."""
    first = phrase.skeleton.count("<", 0, match.start())
    new = phrase.within(match)[-1]
    if _ASKED.search(phrase.skeleton[: match.end()]):
        return _asked_for(new, phrase.dated[0] if first else None)
    draft = by_point(new)
    original = tuple(Milestone(p.due_on, "hạn gốc") for p in phrase.points[:first] if p.mark != "day")[-1:]
    says = f"{draft.says}, theo gia hạn" + (f" từ hạn gốc {spoken(original[0].due_on)}" if original else "")
    return replace(draft, says=says, milestones=original).doubted(_ADVISED, "cần số văn bản gia hạn")


def _asked_for(new: Point, original: Point | None) -> Draft:
    """Return the original deadline: an extension that is only asked for is proposed, not in force."""
    says = "xin gia hạn, chưa được duyệt"
    draft = by_point(original) if original else Draft(DeadlineKind.MISSING, "chưa có thời hạn")
    return replace(draft, says=f"{draft.says}; {says}", proposal=new.due_on).doubted(
        _REQUIRED, f"đề xuất ngày {spoken(new.due_on)}, chưa áp dụng"
    )


def read_with_reports(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read a deadline with reports on the way, "31/12/2025 (báo cáo hằng quý)": both count."""
    point = phrase.dated[0]
    if len(phrase.dated) > 1 or not point.has_year or point.relation not in {Relation.BY, Relation.BEFORE}:
        return None
    recurring = read_recurring(phrase, match)
    if recurring is None:
        return None
    if not re.search(r"\bbáo cáo\b", match["between"], re.I):
        return recurring.doubted(_REQUIRED, "chưa rõ mốc này là hạn chót hay là lần đầu")
    draft = by_point(point)
    says = f"{draft.says}; kèm {recurring.says}"
    return replace(draft, says=says, rrule=recurring.rrule).doubted(_ADVISED, "kèm báo cáo định kỳ")


def read_yearly_after(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read "30/11/2025 và hằng năm", "tháng 9/2026; hằng năm: trước 15/12"."""
    point = phrase.within(match)[0]
    yearly_days = [p for p in phrase.dated if p is not point and not p.has_year]
    is_end = re.search(r"\b(?:đến|tới|hết)(?: hết| ngày| năm)*\s*$", point.lead, re.I)
    if not point.has_year or is_end or point.relation is Relation.FROM:
        return None
    if len(phrase.dated) == 1:
        return open_ended(point)
    if len(phrase.dated) > 1 + len(yearly_days) or any(p.bad for p in yearly_days):
        return None
    rrule = tuple(yearly(p) for p in yearly_days)
    draft = open_ended(point)
    says = f"mốc đầu tiên là {until(point.due_on)}, sau đó là {rules_in_words(rrule, None, None)}"
    return replace(draft, rrule=rrule, says=says).doubted(_ADVISED, "một mốc đầu và một việc định kỳ")


def read_continued(phrase: Phrase, match: re.Match[str]) -> Draft:
    return open_ended(phrase.within(match)[0])


def read_after_that(phrase: Phrase, match: re.Match[str]) -> Draft:
    return after_point(phrase.within(match)[-1])


def read_from_now(phrase: Phrase, match: re.Match[str]) -> Draft:
    end = phrase.within(match)[-1]
    return _span(phrase.issued_on, end.due_on, end.doubts)


def read_alternative(phrase: Phrase, match: re.Match[str]) -> Draft:
    points = sorted(phrase.within(match), key=lambda p: p.due_on)
    first, last = spoken(points[0].due_on), spoken(points[-1].due_on)
    says = f"một trong hai mốc; nhắc từ {first}, quá hạn tính từ sau {last}"
    doubts = (*(d for p in points for d in p.doubts), (_REQUIRED, "cần chọn mốc"))
    milestones = tuple(map(milestone_of, points))
    return Draft(DeadlineKind.ALTERNATIVE, says, points[-1].due_on, milestones=milestones, doubts=doubts)


def read_range(phrase: Phrase, match: re.Match[str]) -> Draft:
    start, end = phrase.within(match)
    rest = [p for p in phrase.dated if p not in (start, end) and not _covers(p, start, end)]
    if end.due_on < start.first and not start.has_year and not end.has_year:
        end = _a_year_later(end)
    first = start.begins_on + timedelta(days=start.relation is Relation.AFTER)
    inferred = [d for p in (start, end) for d in p.doubts]
    if any(p.due_on > end.due_on and not _VISION.search(p.lead) for p in rest):
        return _spans(phrase, match)
    draft = _span(first, end.due_on, tuple(inferred))
    if rest and draft.kind is DeadlineKind.RANGE:
        draft = replace(draft, milestones=tuple(map(milestone_of, rest)))
        draft = draft.doubted(_ADVISED, "còn mốc khác ngoài khoảng này")
    return conditional(draft, phrase)


def _covers(point: Point, start: Point, end: Point) -> bool:
    """Whether a point only frames a span: "mùa khô 2026 (từ tháng 3 đến tháng 9)"."""
    return point.first <= start.first and end.last <= point.last


def _a_year_later(point: Point) -> Point:
    """Return the end of a span over New Year's Day: "từ 25/12 đến 10/01"."""
    first, last = (day.replace(year=day.year + 1, day=min(day.day, 28)) for day in (point.first, point.last))
    first += timedelta(days=point.first.day - first.day)
    last = last.replace(day=calendar.monthrange(last.year, last.month)[1]) if point.last.day > 28 else last
    return replace(point, first=first, last=last, doubts=((_ADVISED, "mốc cuối hiểu là của năm sau"),))


def _spans(phrase: Phrase, match: re.Match[str]) -> Draft:
    """Return several spans one after the other; the last day of each is a milestone."""
    starts = {phrase.skeleton.count("<", 0, m.start()) for m in match.re.finditer(phrase.skeleton)}
    ends = [p for i, p in enumerate(phrase.points) if i not in starts and p.mark != "day"]
    draft = _milestones(ends)
    return replace(draft, starts_on=phrase.within(match)[0].begins_on)


def read_day_range(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read "15 - 20/9/2025": the first day stands in the month of the second."""
    start, end = phrase.within(match)
    if start.day > calendar.monthrange(end.last.year, end.last.month)[1]:
        return read_broken(phrase, match)
    return _span(end.last.replace(day=start.day), end.due_on, end.doubts)


def _span(first: date, last: date, doubts: tuple[Doubt, ...]) -> Draft:
    if last < first:
        says = f"khoảng thời gian ngược: {spoken(first)} sau {spoken(last)}"
        return Draft(DeadlineKind.INVALID, says, doubts=((_REQUIRED, "cần sửa lại"),))
    says = f"từ ngày {spoken(first)} đến hết ngày {spoken(last)}"
    return Draft(DeadlineKind.RANGE, says, last, starts_on=first, doubts=doubts)


def read_multi(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read several milestones, each with its own date; the last one closes the task."""
    points = sorted(essential(phrase.dated), key=lambda p: p.due_on)
    if len(points) < 2:
        return None
    if len(points) == 2 and _is_start(points[0]):
        doubts = tuple(d for p in points for d in p.doubts)
        return conditional(_span(points[0].begins_on, points[1].due_on, doubts), phrase)
    return conditional(_milestones(points), phrase)


def _is_start(point: Point) -> bool:
    """Whether work only starts there: "bắt đầu tháng 11/2025, kết thúc tháng 12/2025"."""
    return point.relation is Relation.FROM and not re.search(r"\bkhởi công\b", point.lead, re.I)


def _milestones(points: list[Point]) -> Draft:
    points = sorted(points, key=lambda p: p.due_on)
    doubts = (*(d for p in points for d in p.doubts), (_ADVISED, "nhiều mốc, mỗi mốc theo dõi riêng"))
    says = "các mốc " + ", ".join(spoken(p.due_on) for p in points)
    milestones = tuple(map(milestone_of, points))
    return Draft(DeadlineKind.MULTI, says, points[-1].due_on, milestones=milestones, doubts=doubts)
