"""When is a task due, as the words of the plan have it?

One table of rules is tried in order on the skeleton of a phrase: its words, with a mark
such as `<date>` where a point in time stands. The first rule that reads it wins. The
machine never guesses: what was inferred is flagged, what is doubtful is held.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from engine import deadline_readers as readers
from engine import deadline_several as several
from engine.deadline_days import FIRST_YEAR, LAST_YEAR, Doubt
from engine.deadline_draft import Draft, Phrase, shown
from engine.deadline_holidays import LUNAR
from engine.deadline_offsets import read_offset
from engine.deadline_patterns import Relation
from engine.deadline_plan import PlanYears
from engine.deadline_plan import plan_year_of as plan_year_of
from engine.deadline_points import points_of
from engine.deadline_recurring import COUNT, read_recurring
from engine.deadline_recurring import PATTERN as RECURRING
from engine.deadline_words import tidied
from engine.model import Confirmation, Deadline, DeadlineKind

_ADVISED, _REQUIRED = Confirmation.ADVISED, Confirmation.REQUIRED

POINT = "<(?:date|datetime|month|quarter|half|year|range)>"
DURATION = rf"\b{COUNT}(?: ?\([^)]*\))? (?P<unit>giờ|ngày|tuần|tháng|quý|năm)\b(?P<working> làm việc)?"
ANCHOR = r"(?:kể từ|tính từ|từ|sau|trước|khi|tổ chức|diễn ra|so với|kết thúc|nhận|ký|ban hành|trở lại)\b"
TO = r"(?:-|~|÷|→|cho đến|đến|tới)"
_WIDE = {DeadlineKind.MONTH, DeadlineKind.QUARTER, DeadlineKind.HALF, DeadlineKind.YEAR}
_REPEATED = {DeadlineKind.RECURRING, DeadlineKind.ONGOING, DeadlineKind.EVENT_OFFSET}
_UNREAD = re.compile(
    r"(?:^|[,;+]|\bvà) ?(?:cả |báo cáo )?(?:0?[369] tháng|năm|quý|tháng) ?(?=[,;+)]|\bvà\b|$)", re.I
)
_UNBOUND = re.compile(
    r"(?<!không )\btrước\b(?! (?:mắt|tiên|hết|đó|đây|hoặc|và trong|một bước))"
    r"(?! *\d{1,2} ?(?:giờ|h|g|:)\b)",
    re.I,
)
MEETING = r"(?:kỳ họp|phiên họp|cuộc họp|hội nghị|đại hội|ngày họp|lễ|tết)\b"
NEXT_YEARS = (
    r"(?:các|những|trong các)? ?(?:năm|giai đoạn|thời gian|kỳ|tháng|quý)(?: sau| tiếp theo| kế tiếp| tới)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of phrases: the pattern of its skeleton, and how it is read.

    A reader that returns None passes the phrase on to the rules below it.
    """

    name: str
    pattern: re.Pattern[str]
    read: Callable[[Phrase, re.Match[str]], Draft | None]


def read_deadline(phrase: str, issued_on: date, plan: PlanYears | None = None) -> Deadline:
    """Return how `phrase` reads in a document issued on `issued_on`; never raises.

    `plan` holds the years that the plan's title names (see `plan_year_of`): a date without a
    year lies in the one year of a plan, or in its school year, and is flagged. A reading
    that was inferred is in force and ADVISED for review; one that is REQUIRED has no force
    until a person decides (docs/decisions/0001-deadline-readings.md).
    """
    within = min(max(issued_on, date(FIRST_YEAR, 1, 1)), date(LAST_YEAR, 12, 31))
    tidy = tidied(phrase)
    skeleton, points = points_of(tidy.text, within, plan)
    read = Phrase(tidy, skeleton, points, within, plan)
    return _deadline(phrase, read, _draft(read))


def _draft(phrase: Phrase) -> Draft:
    for rule in RULES:
        match = rule.pattern.search(phrase.skeleton)
        draft = rule.read(phrase, match) if match else None
        if draft is not None:
            return draft
    return readers.read_no_deadline(phrase)


def _deadline(as_written: str, phrase: Phrase, draft: Draft) -> Deadline:
    doubts = [*draft.doubts, *_doubts_of_words(phrase, draft)]
    level = max((level for level, _ in doubts), key=list(Confirmation).index, default=Confirmation.NONE)
    written = unicodedata.normalize("NFC", as_written)
    return Deadline(
        as_written=written,
        kind=draft.kind,
        reading=_sentence(written, draft, [why for _, why in doubts], level),
        due_on=draft.due_on,
        due_at=draft.due_at,
        starts_on=draft.starts_on,
        rrule=draft.rrule,
        milestones=draft.milestones,
        confirmation=level,
        proposal=draft.proposal,
        already_done=phrase.tidy.is_done,
        offset=draft.offset,
    )


def _doubts_of_words(phrase: Phrase, draft: Draft) -> list[Doubt]:
    """Return what the wording itself leaves open, whichever rule has read it."""
    doubts: list[Doubt] = [(_ADVISED, note) for note in phrase.tidy.notes]
    if phrase.tidy.is_done:
        doubts.append((_REQUIRED, "ô ghi đã hoàn thành, chưa rõ ngày hoàn thành"))
    if phrase.tidy.is_cut:
        doubts.append((_REQUIRED, "ô quá dài, chỉ đọc phần đầu"))
    if not phrase.dated or draft.kind is DeadlineKind.INVALID:
        return doubts
    rest = re.sub(r"<[^>]*>|\d+ ?%|\b(?:đợt|lần|kỳ|bước|mục|nhiệm vụ) \d+", " ", phrase.skeleton)
    if re.search(r"\d ?[/.-]|[/.-] ?\d", rest):
        doubts.append((_ADVISED, "còn chữ số chưa đọc được"))
    if len(re.findall(r"\w+", rest)) > 12:
        doubts.append((_ADVISED, "ô có nhiều chữ ngoài thời hạn"))
    if re.search(r"<(?:month|quarter|date)> ?\d", phrase.skeleton):
        doubts.append((_ADVISED, "còn chữ số chưa đọc được"))
    if draft.kind is DeadlineKind.RECURRING and re.search(r"\b(?:riêng|trừ)\b", phrase.skeleton, re.I):
        doubts.append((_REQUIRED, "còn ngoại lệ chưa đọc được"))
    if draft.kind in _WIDE and any(p.mark == "day" for p in phrase.points) and not draft.rrule:
        doubts.append((_REQUIRED, "còn ngày chưa đọc được"))
    if draft.kind is DeadlineKind.MONTH and re.search(r"\bngày\b", rest, re.I):
        doubts.append((_ADVISED, "còn ngày chưa đọc được"))
    if re.search(r"\d[\s.,/_'|-]*<year>|<year>[\s.,/_'|-]*\d", phrase.skeleton) and any(
        p.words.isdigit() for p in phrase.dated
    ):
        doubts.append((_REQUIRED, "còn chữ số cạnh năm chưa đọc được"))
    if draft.kind not in _REPEATED and _UNREAD.search(rest):
        doubts.append((_REQUIRED, "còn kỳ báo cáo chưa đọc được"))
    if draft.kind is DeadlineKind.RANGE and re.search(r"\d năm\b", rest, re.I):
        doubts.append((_REQUIRED, "số năm ghi kèm không khớp"))
    if draft.kind is DeadlineKind.YEAR and (times := re.search(r"\d+ (?:đợt|lần|cuộc|kỳ)\b", rest, re.I)):
        doubts.append((_ADVISED, f"chưa đọc “{times.group()}”: hạn là cuối năm"))
    if draft.kind is DeadlineKind.YEAR and re.search(r"\b(?:tháng|quý|tuần|ngày)\b", rest, re.I):
        doubts.append((_REQUIRED, "còn tháng hoặc ngày chưa đọc được"))
    is_unbound = any(_UNBOUND.search(p.lead) and p.relation is Relation.BY for p in phrase.dated)
    if is_unbound and not readers.is_explained(phrase):
        doubts.append((_REQUIRED, "chưa rõ “trước” là trước mốc nào"))
    if re.search(r"<date(?:time)?> ?(?:Z\b|\+\d)", phrase.skeleton):
        doubts.append((_REQUIRED, "giờ ghi theo múi giờ khác"))
    return doubts


def _sentence(written: str, draft: Draft, reasons: list[str], level: Confirmation) -> str:
    asks = {_ADVISED: ["suy ra, cần xác nhận"], _REQUIRED: ["chờ người có thẩm quyền xác nhận"]}.get(
        level, []
    )
    why = "; ".join(dict.fromkeys([*reasons, *asks]))
    return f"{shown(written)} → {draft.says} ({why})." if why else f"{shown(written)} → {draft.says}."


# --- the grammar -----------------------------------------------------------------------


def _rule(name: str, read: Callable[[Phrase, re.Match[str]], Draft | None], *patterns: str) -> Rule:
    return Rule(name, re.compile("|".join(patterns), re.I), read)


RULES: tuple[Rule, ...] = (
    _rule(
        "same as the row above",
        readers.read_inherit,
        r"^\W*(?:n\.? ?t\.?|như (?:dòng |mục |hàng |ô |nhiệm vụ )*trên)\W*$",
        r"^[\"“”″〃]+$",
    ),
    _rule("blank", readers.read_missing, r"^\W*$", "<epoch>"),
    _rule(
        "blank left open",
        readers.read_missing,
        r"(?:\.{2,}|…|_{2,}) ?(?:/|-|tháng\b|năm\b|<year>)",
        r"\b(?:ngày|tháng|quý|năm) ?(?:\.{2,}|…|_{2,}|/(?!lần))",
        r"\bngày tháng\b",
    ),
    _rule(
        "not set yet",
        readers.read_missing,
        r"^[^<]*\b(?:chưa|không) (?:có|rõ|xác định|ấn định|quy định|thống nhất)\b[^<]*$",
        r"^[^<]*\b(?:đang xác định|xác định sau)\b[^<]*$",
        r"^(?:không|chưa|n/?a)$",
    ),
    _rule("lunar calendar", readers.read_lunar, LUNAR),
    _rule(
        "figures without a form",
        readers.read_unformed,
        r"^[34]\d{4}(?:\.0+)?$",
        r"^\d{8}$",
        r"^\d{1,2}[ ,;_'|]+\d{1,2}[ ,;_'|]+(?:<year>|\d{4})$",
    ),
    _rule("no such day", readers.read_impossible, "<bad>"),
    _rule("broken slashes", readers.read_broken, r"(?:^|\s)/+ ?(?:\d|<)", "//", r"(?<![\d/])\d{1,2}/\d+/\d*"),
    _rule(
        "extended",
        several.read_extended,
        rf"(?:gia hạn|lùi|dời|kéo dài|điều chỉnh|(?:sửa|đổi) (?:thành|sang)|chuyển sang)[^<]*?{POINT}",
    ),
    _rule("so long from an event", read_offset, rf"{DURATION}(?! ?/)[ ,(]+{ANCHOR}"),
    _rule(
        "after an event, so long",
        read_offset,
        rf"(?:kể từ|tính từ|từ ngày|sau khi|trước khi|\bkhi|\b(?:sau|trước) (?={MEETING}))\b[^<]*?{DURATION}"
        r"(?! ?/)(?! (?:đầu|cuối)\b)",
    ),
    _rule(
        "so long before or after",
        read_offset,
        rf"(?:\btrước <date>(?: ít nhất| tối thiểu| khoảng)?|(?<!từ )\b(?:trước|sau)) {DURATION}"
        r"(?! (?:hằng|một lần))",
    ),
    _rule(
        "once, then every year",
        several.read_yearly_after,
        rf"{POINT}\)?[,;:]? ?(?:và|rồi|sau đó)? ?(?!báo cáo|định kỳ báo cáo)(?:\w+:? ){{0,5}}hằng năm",
    ),
    _rule(
        "deadline with reports on the way",
        several.read_with_reports,
        rf"^[^<]*{POINT}(?P<between>[^<]*?(?:<day>[^<]*?)?)"
        r"(?:\bhằng (?:tuần|tháng|quý|năm)|\bđịnh kỳ\b|lần/)",
    ),
    _rule("recurring", read_recurring, RECURRING.pattern),
    _rule(
        "starts after that",
        several.read_after_that,
        rf"{POINT}[^<]*\bsau (?:thời gian|thời điểm|thời hạn|ngày|mốc) (?:này|đó|trên)",
    ),
    _rule(
        "and the years after",
        several.read_continued,
        rf"{POINT}[^<]*?{NEXT_YEARS}",
        rf"{POINT} trở đi",
        rf"{POINT}[^<]*\b(?:và|rồi|sau đó|duy trì|tiếp tục)\b[^<]*thường xuyên",
        rf"{POINT} {TO} (?:khi|nay)\b",
    ),
    _rule("month of May, or a blank", readers.read_may, r"(?<!các )(?<!hằng )\btháng <year>"),
    _rule(
        "routine",
        readers.read_ongoing,
        r"thường xuyên|liên tục|hằng năm|lâu dài|theo (?:đúng )?quy định|suốt (?:năm|quá trình)",
    ),
    _rule(
        "one or the other",
        several.read_alternative,
        rf"{POINT}[^<]{{0,20}}?\b(?:hoặc|hay)\b[^<]{{0,20}}?{POINT}",
    ),
    _rule("from today", several.read_from_now, rf"\btừ (?:nay|ngày ký|khi ban hành)[^<]*?{TO}[^<]*?{POINT}"),
    _rule("span of days", several.read_day_range, rf"<day> ?{TO}(?: hết| ngày)* ?<date>"),
    _rule(
        "span",
        several.read_range,
        rf"{POINT} ?{TO}(?: ?(?:hết|cuối|trước|ngày)\b)* ?{POINT}",
        rf"(?<=sau ){POINT}[^<]*\btrước {POINT}",
    ),
    _rule(
        "event",
        readers.read_event,
        r"\bkhi\b|\btùy\b|^(?:ngay )?sau\b",
        r"theo (?:tiến độ|chỉ đạo|hướng dẫn|kế hoạch|lộ trình|yêu cầu|đề nghị|thực tế|tình hình|§)",
        r"\btheo (?!dõi\b|<)(?![^<]*\d)",
        readers.NAMED,
    ),
    _rule("length of time", readers.read_period, DURATION),
    _rule("one point", readers.read_single, POINT),
    _rule("milestones", several.read_multi, POINT),
)
