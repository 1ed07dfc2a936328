"""How is each family of deadline phrases read, once its rule has matched?

Readers get the phrase and the match of their rule's pattern and give a draft, or None to
pass the phrase on to the rules below. Which pattern goes with which reader is the table
in `engine.deadline`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from engine.deadline_days import FIRST_YEAR, LAST_YEAR, Doubt, Point
from engine.deadline_draft import Draft, Phrase, spoken
from engine.deadline_holidays import TET, tet_proposal
from engine.deadline_offsets import event_words, is_clock
from engine.deadline_patterns import LINK, Relation
from engine.deadline_recurring import count_of
from engine.deadline_words import CITATION
from engine.model import Confirmation, DeadlineKind, Milestone, Offset

_ADVISED, _REQUIRED = Confirmation.ADVISED, Confirmation.REQUIRED

CONDITION = re.compile(r"\bkhi\b|\btùy\b|\bsau (?:khi|kỳ họp|hội nghị|đại hội)", re.I)
# after an event, or as long as it lasts: its day is not the deadline
_NO_DAY = re.compile(r"\b(?:sau|trong|theo|hằng|hàng|mỗi|từng|các)\b", re.I)
BY_OTHERS = re.compile(r"theo (?:tiến độ|chỉ đạo|hướng dẫn|kế hoạch|lộ trình)(?! §)", re.I)
NAMED = (
    r"(?P<named>\b(?:tết|kỳ họp|đại hội|phiên họp|hội nghị|khai giảng|bế giảng|học kỳ|hk ?[12i]+"
    r"|(?:ngày )?bầu cử|năm học|mùa (?:vụ|mưa|khô|hè|xuân|thu|đông|lễ hội|bão|lũ|cạn|cháy)"
    r"|nghỉ hè|hè(?= <year>)"
    r"|(?:hằng|hàng|mỗi|theo|từng|cuối|đầu|các) vụ|vụ (?:đông|hè|mùa|xuân|thu)[^<,;.]*)\b)"
)
# An event with its day beside it, "Trước mùa mưa (trước 30/9)"; "trước Tết (10/02)" leaves open whose day
_NARROW = "<(?:date|datetime|month|quarter)>"
EXPLAINED = re.compile(
    rf"{NAMED}[^<(,;:]*(?:<year>[^<(,;:]*)?(?P<day>\([^<()]*{_NARROW}[^()]*\)"
    rf"|[,;:][^<();]*\b(?:trước|chậm nhất|muộn nhất|từ)\b[^<();,]*{_NARROW})",
    re.I,
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
        return open_ended(point)
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
    return Draft(DeadlineKind.MONTH, until(due_on), due_on, doubts=((_REQUIRED, why),))


def read_unformed(phrase: Phrase, match: re.Match[str]) -> Draft:
    """Read figures that only look like a date: a spreadsheet's day number, a date without its marks."""
    figures = re.findall(r"\d+", phrase.tidy.text)
    proposal = _day_of_figures(figures)
    kind = DeadlineKind.MISSING if len(figures[0]) == 5 else DeadlineKind.INVALID
    says = "dãy số không phải là ngày"
    if proposal is None:
        return Draft(kind, says, doubts=((_REQUIRED, "cần sửa lại"),))
    says += f"; đề xuất ngày {spoken(proposal)}"
    return Draft(kind, says, proposal=proposal, doubts=((_REQUIRED, "chưa áp dụng"),))


def _day_of_figures(figures: list[str]) -> date | None:
    text = figures[0]
    if len(text) == 5:
        return date(1899, 12, 30) + timedelta(days=int(text))
    if len(figures) >= 3:
        day, month, year = figures[:3]
    elif text[:2] in {"19", "20"} and text[4:6] <= "12":
        day, month, year = text[6:8], text[4:6], text[:4]
    else:
        day, month, year = text[:2], text[2:4], text[4:8]
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def read_event(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Read an event without a date; a date beside the event stands, but waits for a person."""
    named = re.search(NAMED, phrase.skeleton, re.I)
    if any(not (named and _is_part_of_event(p, phrase)) for p in phrase.dated):
        return None
    why = "chờ sự kiện, chưa có ngày cụ thể"
    says, proposal = "tính theo một sự kiện", None
    if re.search(TET, phrase.skeleton, re.I):
        proposal = tet_proposal(phrase.words(0), phrase.issued_on)
        says += f"; đề xuất ngày {spoken(proposal)}" if proposal else ""
    offset = _offset_of_event(phrase, named)
    return Draft(DeadlineKind.EVENT, says, proposal=proposal, offset=offset, doubts=((_REQUIRED, why),))


def _is_part_of_event(point: Point, phrase: Phrase) -> bool:
    """Whether a point only tells which event it is: "kỳ họp giữa năm 2026", "hội nghị sơ kết 6 tháng"."""
    if re.match(r"(?:(?:đầu|giữa|cuối) )?năm\b|\d{4}$", point.words, re.I):
        return True
    return (
        bool(re.search(r"\b(?:sơ|tổng) kết\s*$", point.lead, re.I)) and "hội nghị" in phrase.skeleton.lower()
    )


def _offset_of_event(phrase: Phrase, named: re.Match[str] | None) -> Offset | None:
    """Return how the day follows from the event's: before it, on it, or not at all ("sau khi …")."""
    before = re.search(r"\btrước (?!mắt|tiên|hết|và sau)", phrase.skeleton, re.I)
    if before:
        event = event_words(phrase.words(before.end()))
        return Offset(1, "day", False, True, event) if event else None
    if named and not _NO_DAY.search(phrase.skeleton[: named.end()]):
        return Offset(0, "day", False, False, event_words(phrase.words(named.start())))
    return None


def read_period(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    if phrase.dated or is_clock(phrase, match):
        return None
    says, why = f"một khoảng thời gian {_amount(match)}", "chưa rõ tính từ ngày nào"
    return Draft(DeadlineKind.PERIOD, says, doubts=((_REQUIRED, why),))


def _amount(match: re.Match[str]) -> str:
    return f"{count_of(match)} {match['unit'].lower()}{match['working'] or ''}"


# --- readers: one point ----------------------------------------------------------------


def read_single(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    points = essential(phrase.dated)
    if len(points) != 1:
        return None
    point = points[0]
    draft = after_point(point) if point.relation is Relation.AFTER else by_point(point)
    if point.relation is Relation.FROM:
        draft = open_ended(point)
    is_of_plan = phrase.plan is not None and phrase.plan.covers(point.last.year)
    if re.fullmatch(r"\d{4}", phrase.tidy.text) and not is_of_plan:
        draft = draft.doubted(_REQUIRED, "ô chỉ ghi năm")
    if re.fullmatch(r"24/0?7", phrase.tidy.text):
        draft = draft.doubted(_REQUIRED, "24/7 có thể là suốt ngày đêm")
    draft = conditional(draft, phrase)
    if CITATION in phrase.skeleton.split("<")[0]:
        draft = draft.doubted(_ADVISED, "đứng sau số văn bản, kiểm tra có phải là thời hạn")
    return draft


def by_point(point: Point) -> Draft:
    """Return the reading of one point as the last day, or as a strict "trước"."""
    kind = DeadlineKind.BEFORE if point.is_strict else point.kind
    starts_on = point.begins_on if kind is DeadlineKind.RANGE else None
    doubts = (*point.doubts, *_inferred(point))
    says = until(point.due_on)
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


def after_point(point: Point) -> Draft:
    starts_on = point.last + timedelta(days=1)
    says, why = f"chỉ bắt đầu từ ngày {spoken(starts_on)}", "chưa có hạn kết thúc"
    return Draft(DeadlineKind.AFTER, says, starts_on=starts_on, doubts=(*point.doubts, (_REQUIRED, why)))


def open_ended(point: Point) -> Draft:
    """Return the reading of a first date with open-ended work after it."""
    says = f"mốc đầu tiên là {until(point.due_on)}, sau đó tiếp tục thường xuyên"
    starts_on = point.begins_on if point.relation is Relation.FROM else None
    doubts = (*point.doubts, *_inferred(point))
    return Draft(DeadlineKind.ONGOING_FROM, says, point.due_on, point.at, starts_on, doubts=doubts)


def until(day: date) -> str:
    return f"hết ngày {spoken(day)}"


def essential(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the points without those that only frame a narrower one, and without repetitions."""
    spans = {(p.first, p.last) for p in points}
    narrow = [
        p
        for i, p in enumerate(points)
        if _is_added(p)
        or _is_listed(points, i)
        or not any(_frames((p.first, p.last), span) for span in spans)
    ]
    return tuple({(p.first, p.last, p.relation): p for p in reversed(narrow)}.values())[::-1]


def _is_added(point: Point) -> bool:
    """Whether "và" sets the point beside the one before: "6 tháng đầu năm và cả năm 2026"."""
    return re.match(r"\s*[,;]?\s*(?:và|cả)\b", point.lead, re.I) is not None


def _is_listed(points: tuple[Point, ...], at: int) -> bool:
    """Whether periods stand beside one another: "quý I, 6 tháng đầu năm" are two reports."""
    periods = {DeadlineKind.QUARTER, DeadlineKind.HALF, DeadlineKind.RANGE}
    pairs = zip(points[max(at - 1, 0) : at + 1], points[max(at, 1) : at + 2], strict=False)
    return any({a.kind, b.kind} <= periods and LINK.fullmatch(b.lead) for a, b in pairs)


def _frames(wide: tuple[date, date], narrow: tuple[date, date]) -> bool:
    return wide != narrow and wide[0] <= narrow[0] and narrow[1] <= wide[1]


def conditional(draft: Draft, phrase: Phrase) -> Draft:
    """Return the draft with the doubt that a condition or an event beside its date raises."""
    if CONDITION.search(phrase.skeleton):
        return draft.doubted(_REQUIRED, "kèm một điều kiện")
    if re.search(r"theo (?:kế hoạch|chương trình|đề án|lộ trình) <", phrase.skeleton, re.I):
        return draft.doubted(_REQUIRED, "thời gian có thể thuộc tên của kế hoạch")
    if BY_OTHERS.search(phrase.skeleton):
        return draft.doubted(_ADVISED, "còn theo tiến độ hoặc chỉ đạo chung")
    if is_explained(phrase):
        return draft.doubted(_ADVISED, "gắn với một sự kiện, ngày lấy theo mốc ghi kèm")
    if re.search(r"\b(?:vụ (?:đông|hè|mùa|xuân)|mùa (?!vụ)\w+|học kỳ|năm học)\b", phrase.skeleton, re.I):
        return draft.doubted(_REQUIRED, "mùa vụ, học kỳ không trùng với năm")
    if re.search(rf"{TET}|\btrước (?:khi )?{NAMED}", phrase.skeleton, re.I):
        return draft.doubted(_REQUIRED, "còn phải trước một sự kiện chưa rõ ngày")
    if re.search(NAMED, phrase.skeleton, re.I):
        return draft.doubted(_ADVISED, "gắn với một sự kiện")
    return draft


def is_explained(phrase: Phrase) -> bool:
    """Whether the day of an event, or the last day before it, stands behind its name."""
    match = EXPLAINED.search(phrase.skeleton)
    if not match:
        return False
    is_before = re.search(r"\btrước\b[^<(]*$", phrase.skeleton[: match.start()], re.I)
    return not is_before or bool(re.search(r"\b(?:trước|chậm nhất|muộn nhất)\b", match["day"], re.I))
