"""How is each family of deadline phrases read, once its rule has matched?

Readers get the phrase and the match of their rule's pattern and give a draft, or None to
pass the phrase on to the rules below. Which pattern goes with which reader is the table
in `engine.deadline`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date, timedelta

from engine.deadline_draft import Draft, Phrase, milestone_of, spoken
from engine.deadline_patterns import Relation
from engine.deadline_points import LAST_YEAR, Doubt, Point
from engine.deadline_recurring import count_of
from engine.deadline_words import CITATION
from engine.model import Confirmation, DeadlineKind, Milestone

_ADVISED, _REQUIRED = Confirmation.ADVISED, Confirmation.REQUIRED

CONDITION = re.compile(
    r"\bkhi\b|\btùy\b|\bsau (?:khi|kỳ họp|hội nghị|đại hội)|theo (?:tiến độ|chỉ đạo|hướng dẫn|kế hoạch)", re.I
)


# --- readers: no date in the words -----------------------------------------------------


def read_missing(phrase: Phrase, match: re.Match[str]) -> Draft:
    return Draft(DeadlineKind.MISSING, "chưa có thời hạn", doubts=((_REQUIRED, "cần hỏi thời hạn"),))


def read_lunar(phrase: Phrase, match: re.Match[str]) -> Draft:
    why = "ghi theo âm lịch, cần ngày dương lịch"
    return Draft(DeadlineKind.MISSING, "chưa có thời hạn theo dương lịch", doubts=((_REQUIRED, why),))


def read_no_deadline(phrase: Phrase) -> Draft:
    why = "nội dung ô không phải là thời hạn"
    return Draft(DeadlineKind.MISSING, "chưa có thời hạn", doubts=((_REQUIRED, why),))


def read_inherit(phrase: Phrase, match: re.Match[str]) -> Draft:
    return Draft(DeadlineKind.INHERIT, "lấy theo thời hạn của dòng ngay trên")


def read_impossible(phrase: Phrase, match: re.Match[str]) -> Draft:
    bad = next(p for p in phrase.points if p.bad)
    says = f"không phải là ngày có thật: {bad.bad}"
    if len(phrase.dated) > 1 or bad.proposal is None:
        return Draft(DeadlineKind.INVALID, says, doubts=((_REQUIRED, "cần sửa lại"),))
    says += f"; đề xuất ngày {spoken(bad.proposal)}"
    return Draft(DeadlineKind.INVALID, says, proposal=bad.proposal, doubts=((_REQUIRED, "chưa áp dụng"),))


def read_broken(phrase: Phrase, match: re.Match[str]) -> Draft:
    return Draft(DeadlineKind.INVALID, "thiếu ngày hoặc tháng", doubts=((_REQUIRED, "cần sửa lại"),))


def read_ongoing(phrase: Phrase, match: re.Match[str]) -> Draft:
    says = "việc thường xuyên, không có hạn, không tính đúng hạn hay quá hạn"
    if not phrase.dated:
        return Draft(DeadlineKind.ONGOING, says)
    point = phrase.dated[-1]
    is_span = point.kind in {DeadlineKind.YEAR, DeadlineKind.RANGE} or re.search(
        r"\b(?:đến|tới|hết) *$", point.lead
    )
    if len(phrase.dated) == 1 and not is_span and point.relation in {Relation.BY, Relation.BEFORE}:
        return _open_ended(point)
    ends = () if point.relation is Relation.FROM else (Milestone(point.due_on, "kết thúc"),)
    starts_on = phrase.dated[0].first if len(phrase.dated) > 1 or point.relation is Relation.FROM else None
    why = "mốc ghi kèm không phải là hạn của việc thường xuyên"
    return Draft(DeadlineKind.ONGOING, says, starts_on=starts_on, milestones=ends, doubts=((_ADVISED, why),))


def read_may(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read "tháng năm 2025": the month of May, unless a draft left the month blank."""
    point = phrase.within(match)[0]
    if not point.words.lower().startswith("năm"):
        return None
    due_on = date(point.last.year, 5, 31)
    why = "“tháng năm” là tháng 5 hoặc tháng còn để trống"
    return Draft(DeadlineKind.MONTH, _until(due_on), due_on, doubts=((_REQUIRED, why),))


def read_event(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read an event without a date; a date beside the event stands, but waits for a person."""
    if any(p.kind is not DeadlineKind.YEAR for p in phrase.dated) or (phrase.dated and not match["named"]):
        return None
    why = "chờ sự kiện, chưa có ngày cụ thể"
    return Draft(DeadlineKind.EVENT, "tính theo một sự kiện", doubts=((_REQUIRED, why),))


def read_period(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    if phrase.dated:
        return None
    says, why = f"một khoảng thời gian {_amount(match)}", "chưa rõ tính từ ngày nào"
    return Draft(DeadlineKind.PERIOD, says, doubts=((_REQUIRED, why),))


def read_offset(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read a time counted from an event; from a date it can be computed, the first day not counted."""
    anchors = [p for p in phrase.dated if p.kind is DeadlineKind.DATE]
    if len(anchors) == 1 and anchors[0].relation is Relation.FROM and not match["working"]:
        due_on = _later(anchors[0].first, count_of(match), match["unit"].lower())
        if due_on is not None:
            why = f"{_amount(match)} tính từ sau ngày {spoken(anchors[0].first)}, Điều 147 Bộ luật Dân sự"
            return Draft(DeadlineKind.DATE, _until(due_on), due_on, doubts=((_ADVISED, why),))
    if any(p.kind is not DeadlineKind.YEAR for p in phrase.dated) and not anchors:
        return None
    why = "chờ ngày của sự kiện"
    return Draft(
        DeadlineKind.EVENT_OFFSET, f"{_amount(match)} tính theo một sự kiện", doubts=((_REQUIRED, why),)
    )


def _later(day: date, n: int, unit: str) -> date | None:
    """Return the day `n` units after `day`; a day the month lacks falls on its last (Điều 148.3)."""
    if unit in {"ngày", "tuần"}:
        return day + timedelta(days=n * (7 if unit == "tuần" else 1))
    months = day.year * 12 + day.month - 1 + n * {"tháng": 1, "quý": 3, "năm": 12}.get(unit, 0)
    year, month = divmod(months, 12)
    if unit == "giờ" or year > LAST_YEAR:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _amount(match: re.Match[str]) -> str:
    return f"{count_of(match)} {match['unit'].lower()}{match['working'] or ''}"


# --- readers: one point ----------------------------------------------------------------


def read_single(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    points = _essential(phrase.dated)
    if len(points) != 1:
        return None
    point = points[0]
    draft = _after(point) if point.relation is Relation.AFTER else _by(point)
    if point.relation is Relation.FROM:
        draft = _open_ended(point)
    if re.fullmatch(r"\d{4}", phrase.tidy.text):
        draft = draft.doubted(_REQUIRED, "ô chỉ ghi năm")
    if CONDITION.search(phrase.skeleton):
        draft = draft.doubted(_REQUIRED, "kèm một điều kiện")
    if CITATION in phrase.skeleton.split("<")[0]:
        draft = draft.doubted(_ADVISED, "đứng sau số văn bản, kiểm tra có phải là thời hạn")
    return draft


def _by(point: Point) -> Draft:
    """Return the reading of one point as the last day, or as a strict "trước"."""
    kind = DeadlineKind.BEFORE if point.is_strict else point.kind
    starts_on = point.first if kind is DeadlineKind.RANGE else None
    doubts = (*point.doubts, *_inferred(point))
    says = _until(point.due_on)
    if point.at is not None:
        says = f"trước {point.at:%H:%M} ngày {spoken(point.at.date())}"
    elif point.is_strict:
        says += ", vì “trước” không tính chính mốc đó"
    elif starts_on:
        says = f"từ ngày {spoken(starts_on)} đến hết ngày {spoken(point.due_on)}"
    return Draft(kind, says, point.due_on, point.at, starts_on, doubts=doubts)


def _inferred(point: Point) -> tuple[Doubt, ...]:
    if point.kind is DeadlineKind.QUARTER:
        return ((_ADVISED, "ngày đầu quý" if point.is_strict else "ngày cuối quý"),)
    if point.kind is DeadlineKind.YEAR:
        return ((_ADVISED, "mốc năm"),)
    return ()


def _after(point: Point) -> Draft:
    starts_on = point.last + timedelta(days=1)
    says, why = f"chỉ bắt đầu từ ngày {spoken(starts_on)}", "chưa có hạn kết thúc"
    return Draft(DeadlineKind.AFTER, says, starts_on=starts_on, doubts=(*point.doubts, (_REQUIRED, why)))


def _open_ended(point: Point) -> Draft:
    """Return the reading of a first date with open-ended work after it."""
    says = f"mốc đầu tiên là {_until(point.due_on)}, sau đó tiếp tục thường xuyên"
    starts_on = point.first if point.relation is Relation.FROM else None
    doubts = (*point.doubts, *_inferred(point))
    return Draft(DeadlineKind.ONGOING_FROM, says, point.due_on, point.at, starts_on, doubts=doubts)


def _until(day: date) -> str:
    return f"hết ngày {spoken(day)}"


def _essential(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the points without those that only frame a narrower one, and without repetitions."""
    spans = {(p.first, p.last) for p in points}
    narrow = [p for p in points if not any(_frames((p.first, p.last), span) for span in spans)]
    return tuple({(p.first, p.last, p.relation): p for p in reversed(narrow)}.values())[::-1]


def _frames(wide: tuple[date, date], narrow: tuple[date, date]) -> bool:
    return wide != narrow and wide[0] <= narrow[0] and narrow[1] <= wide[1]


# --- readers: several points -----------------------------------------------------------


def read_extended(phrase: Phrase, match: re.Match[str]) -> Draft:
    """Read a deadline that a bracket moves: the new date is in force, the original is kept."""
    first = phrase.skeleton.count("<", 0, match.start())
    new = phrase.within(match)[-1]
    draft = _by(new)
    original = tuple(Milestone(p.due_on, "hạn gốc") for p in phrase.points[:first] if p.mark != "day")[-1:]
    says = f"{draft.says}, theo gia hạn" + (f" từ hạn gốc {spoken(original[0].due_on)}" if original else "")
    return replace(draft, says=says, milestones=original).doubted(_ADVISED, "cần số văn bản gia hạn")


def read_continued(phrase: Phrase, match: re.Match[str]) -> Draft:
    return _open_ended(phrase.within(match)[0])


def read_after_that(phrase: Phrase, match: re.Match[str]) -> Draft:
    return _after(phrase.within(match)[-1])


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
    first = start.first + timedelta(days=start.relation is Relation.AFTER)
    inferred = [d for p in (start, end) for d in p.doubts]
    rest = [p for p in phrase.dated if p not in (start, end)]
    draft = _span(first, end.due_on, tuple(inferred))
    if rest and draft.kind is DeadlineKind.RANGE:
        draft = replace(draft, milestones=tuple(map(milestone_of, rest)))
        return draft.doubted(_ADVISED, "còn mốc khác ngoài khoảng này")
    return draft


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
    points = sorted(_essential(phrase.dated), key=lambda p: p.due_on)
    if len(points) < 2:
        return None
    doubts = (*(d for p in points for d in p.doubts), (_ADVISED, "nhiều mốc, mỗi mốc theo dõi riêng"))
    says = "các mốc " + ", ".join(spoken(p.due_on) for p in points)
    draft = Draft(
        DeadlineKind.MULTI,
        says,
        points[-1].due_on,
        milestones=tuple(map(milestone_of, points)),
        doubts=doubts,
    )
    return draft.doubted(_REQUIRED, "kèm một điều kiện") if CONDITION.search(phrase.skeleton) else draft
