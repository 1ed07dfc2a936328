"""When does a recurring obligation fall due, as recurrence rules (RFC 5545)?

A named period ("hằng quý") ends with the calendar period. A bare interval ("3 tháng")
has no anchor, so its day must come from elsewhere. "trước ngày 10" is the 9th.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from engine.deadline_days import Point
from engine.deadline_draft import Draft, Phrase
from engine.deadline_patterns import Relation
from engine.deadline_rrules import WEEKDAY_CODES, interval, rule, rules_in_words, yearly
from engine.deadline_words import NUMBER_WORD, NUMBERS
from engine.model import Confirmation, DeadlineKind

COUNT = rf"(?:0?(?P<count>\d{{1,3}}|{NUMBER_WORD}))"
_EVERY = rf"{COUNT} ?(?P<unit>tuần|tháng|quý|năm)"
PATTERN = re.compile(
    r"hằng (?:ngày|tuần|tháng|quý|năm)|định kỳ|\blần/(?:tuần|tháng|quý|năm)"
    r"|(?:tuần|tháng|quý|năm)(?:/| (?:một |0?1 )?)lần"
    r"|\blần (?:trong )?(?:một|mỗi|0?1) (?:tuần|tháng|quý|năm)"
    r"|<day>,?(?: của)? tháng (?:báo cáo|sau|kế tiếp|tiếp theo|liền kề|đầu|cuối|giữa|thứ hai)"
    r"|tháng (?:đầu|cuối|giữa|thứ (?:hai|ba|[123]))(?: tiên| cùng)?(?: của)?(?: mỗi)? quý|năm báo cáo"
    r"|^chậm nhất (?:là )?(?:vào )?<date>$"
    r"|ngày (?:làm việc )?cuối(?: cùng)?(?: của)? tháng(?! ?\d)"
    r"|\b(?:báo cáo|định kỳ) 0?[369] tháng|^0?6 tháng,? \(",
    re.I,
)
_QUARTER_MONTH = re.compile(
    r"tháng (?P<which>đầu|cuối|giữa|thứ (?:nhất|hai|ba|[123]))(?: tiên| cùng)?(?: của)?,?(?: hằng)? quý", re.I
)
_FIRST, _SECOND, _THIRD = (1, 4, 7, 10), (2, 5, 8, 11), (3, 6, 9, 12)
_MONTHS = {
    **dict.fromkeys(("đầu", "thứ nhất", "thứ 1"), _FIRST),
    **dict.fromkeys(("giữa", "thứ hai", "thứ 2"), _SECOND),
    **dict.fromkeys(("cuối", "thứ ba", "thứ 3"), _THIRD),
}
_MONTHLY = re.compile(
    r"hằng tháng|(?<!\d )tháng (?:báo cáo|sau|kế tiếp|tiếp theo)|tháng liền kề|lần/tháng"
    r"|lần (?:một|mỗi) tháng|(?:^|\b0?1 |một |[,;(] ?)tháng(?:/| (?:một |1 )?)lần",
    re.I,
)
_QUARTERLY = re.compile(r"hằng quý|lần/quý|quý (?:một |1 )?lần|quý/lần|lần (?:một|mỗi) quý", re.I)
_YEARLY = re.compile(r"hằng năm|năm báo cáo|lần/năm|năm (?:một |1 )?lần|năm/lần|\bnăm\b", re.I)
_WEEKLY = re.compile(r"hằng tuần|lần/tuần|(?:^|\b0?1 |một |[,;(] ?)tuần(?:/| (?:một |1 )?)lần", re.I)
_WEEKDAY = re.compile(
    r"(?:(?P<before>trước) )?(?:ngày )?(?:thứ (?P<day>hai|ba|tư|năm|sáu|bảy|[2-7])\b|(?P<sunday>chủ nhật))",
    re.I,
)
_WEEKDAYS = {"hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5} | {str(n + 2): n for n in range(6)}
_LISTED = re.compile(rf"(?:^|định kỳ|[,;]| và)\s*(?:\(?)(?:{_EVERY})(?!\w)(?! (?:đầu|cuối))", re.I)
_TWICE_A_YEAR = re.compile(
    r"(?<!\d)0?(?:6|sáu) tháng|(?:hai|0?2) lần(?:/| (?:một|mỗi|trong)? ?)năm"
    r"|hằng năm (?:ít nhất |tối thiểu )?(?:hai|0?2) lần",
    re.I,
)
_LAST_DAY = re.compile(r"ngày (?:làm việc )?cuối(?: cùng)?(?: của)? (?:hằng )?tháng(?! ?\d)", re.I)
_SEVERAL_TIMES = re.compile(
    r"\b(?:0?[2-9]|hai|ba|bốn) lần(?:/| (?:một|mỗi) )(?:tuần|tháng|quý)"
    r"|hằng (?:tuần|tháng|quý) (?:ít nhất |tối thiểu )?(?:0?[2-9]|hai|ba|bốn) lần",
    re.I,
)
_TIMES_A_YEAR = re.compile(
    rf"\b(?P<a>\d{{1,2}}|{NUMBER_WORD}) lần(?:/| (?:một|mỗi|trong)? ?)năm"
    rf"|hằng năm (?:ít nhất |tối thiểu )?(?P<b>\d{{1,2}}|{NUMBER_WORD}) lần",
    re.I,
)
_LONG_PERIODS = (
    re.compile(r"\b0?[369] tháng\b", re.I),
    re.compile(r"hằng năm|\bnăm,? ?\(|báo cáo năm", re.I),
)
_PERIODS = (
    re.compile("hằng tháng", re.I),
    re.compile(r"hằng quý|tháng \w+(?: của)? quý", re.I),
    *_LONG_PERIODS,
)
_CUT = re.compile(
    r"[;.]\s|(?:,|\bvà\b)\s*(?=(?:riêng |đối với )?"
    r"(?:trước|chậm nhất|báo cáo|định kỳ|hằng|ngày|<date>|năm\b|quý\b|0?[369] tháng))",
    re.I,
)
_ONE_OFF = {DeadlineKind.DATE, DeadlineKind.DATETIME, DeadlineKind.MONTH, DeadlineKind.QUARTER}
_ADVISED, _REQUIRED = Confirmation.ADVISED, Confirmation.REQUIRED


def read_recurring(phrase: Phrase, match: re.Match[str]) -> Draft | None:
    """Return the recurrence that the phrase names, or None when only the word is there."""
    for reader in _READERS:
        draft = reader(phrase)
        if draft is not None:
            has_more = any(p.kind is DeadlineKind.DATE and not p.has_year for p in phrase.dated)
            if has_more and reader not in {_by_clauses, _by_date_of_year}:
                draft = draft.doubted(_REQUIRED, "còn mốc khác chưa đọc được")
            if reader is not _by_clauses and _stands_apart(phrase):
                draft = draft.doubted(_REQUIRED, "chưa rõ mốc ở vế khác là hạn chót hay là lần đầu")
            return _bounded(draft, phrase)
    return None


def _stands_apart(phrase: Phrase) -> bool:
    """Whether a point stands in another clause than what recurs: "Năm 2026 (trước 30/11); hằng năm …"."""
    clauses = phrase.skeleton.split(";")
    return any("<" in clause and not PATTERN.search(clause) for clause in clauses) and any(
        "<" not in clause and PATTERN.search(clause) for clause in clauses
    )


def _by_day_of_quarter(phrase: Phrase) -> Draft | None:
    """ "trước ngày 10 của tháng đầu quý sau"; without a day the month's last one counts."""
    which = _QUARTER_MONTH.search(phrase.skeleton)
    if not which:
        return None
    months, days = _MONTHS[which["which"].lower()], _days(phrase)
    if not days:
        return _draft(rule("MONTHLY", months, (-1,))).doubted(_ADVISED, "không ghi ngày, lấy ngày cuối tháng")
    if days == (-1,):
        return _draft(rule("MONTHLY", tuple(sorted((m - 2) % 12 + 1 for m in months)), days))
    return _draft(rule("MONTHLY", months, days))


def _by_day_of_month(phrase: Phrase) -> Draft | None:
    days = _days(phrase)
    if not days:
        return None
    if _MONTHLY.search(phrase.skeleton):
        return _draft(rule("MONTHLY", (), days))
    if days == (-1,):
        return _draft(rule("MONTHLY", (), days)).doubted(_REQUIRED, "chưa rõ là tháng nào hay hằng tháng")
    if _QUARTERLY.search(phrase.skeleton):
        draft = _draft(rule("MONTHLY", _MONTHS["đầu"], days))
        return draft.doubted(_REQUIRED, "không ghi tháng nào của quý, tạm lấy tháng đầu quý sau")
    return None


def _by_date_of_year(phrase: Phrase) -> Draft | None:
    """ "trước ngày 15/6 và 15/12 hằng năm": one yearly rule for each date without a year of its own."""
    events = [p for p in phrase.dated if not p.has_year or _follows_every_year(phrase, p)]
    events = [p for p in events if p.kind is not DeadlineKind.YEAR]
    is_one_off = not _YEARLY.search(phrase.skeleton)
    if not events or (is_one_off and not _is_worded_date(phrase)):
        return None
    draft = _draft(*(yearly(point) for point in events))
    return draft.doubted(_REQUIRED, "không ghi năm, hiểu là lặp lại hằng năm") if is_one_off else draft


def _by_weekday(phrase: Phrase) -> Draft | None:
    if not _WEEKLY.search(phrase.skeleton) and not re.search("hằng (?:thứ|chủ nhật)", phrase.skeleton, re.I):
        return None
    found = [_weekday_code(m) for m in _WEEKDAY.finditer(phrase.skeleton)]
    if found:
        return _draft(f"RRULE:FREQ=WEEKLY;BYDAY={','.join(found)}")
    if _SEVERAL_TIMES.search(phrase.skeleton):
        return _draft("RRULE:FREQ=WEEKLY").doubted(_REQUIRED, "mỗi kỳ nhiều lần, chưa rõ các ngày")
    return _draft("RRULE:FREQ=WEEKLY;BYDAY=FR").doubted(_ADVISED, "không ghi thứ, lấy thứ Sáu")


def _by_listed_intervals(phrase: Phrase) -> Draft | None:
    """ "định kỳ hằng tháng, 3 tháng, 6 tháng, 1 năm": plain intervals, their day is not in these words."""
    every = [
        *_LISTED.finditer(phrase.skeleton),
        *re.finditer(rf"{_EVERY}(?:/| (?:một |0?1 )?)lần", phrase.skeleton, re.I),
    ]
    found = {(count_of(m), m["unit"].lower()) for m in every}
    if found == {(1, "năm")}:
        return None
    if not found - {(6, "tháng"), (1, "tháng"), (1, "quý"), (1, "tuần")} or found == {
        (1, "năm"),
        (6, "tháng"),
    }:
        return None
    months = {n * {"tháng": 1, "quý": 3, "năm": 12}[unit] for n, unit in found if unit != "tuần"}
    months |= {1} if _MONTHLY.search(phrase.skeleton) else set()
    months |= {3} if _QUARTERLY.search(phrase.skeleton) else set()
    months |= {12} if "hằng năm" in phrase.skeleton.lower() else set()
    weeks = sorted(n for n, unit in found if unit == "tuần")
    rules = [f"RRULE:FREQ=WEEKLY;INTERVAL={n}" for n in weeks] + [interval(n) for n in sorted(months)]
    return _draft(*rules).doubted(_REQUIRED, "chưa rõ ngày đến hạn của từng kỳ")


def _by_named_period(phrase: Phrase) -> Draft | None:
    """ "hằng tháng", "hằng quý", "6 tháng, hằng năm": each ends with its calendar period."""
    text = re.sub("<[^>]*>", " ", phrase.skeleton)
    rules: list[str] = []
    rules += ["RRULE:FREQ=DAILY"] if re.search("hằng ngày", text, re.I) else []
    rules += [rule("MONTHLY", (), (-1,))] if _MONTHLY.search(text) else []
    rules += [rule("MONTHLY", _MONTHS["cuối"], (-1,))] if _QUARTERLY.search(text) else []
    times = _times_a_year(text)
    if times in {4, 12}:
        rules.append(rule("MONTHLY", _MONTHS["cuối"] if times == 4 else (), (-1,)))
    elif _TWICE_A_YEAR.search(text):
        rules += [rule("YEARLY", (6,), (-1,)), rule("YEARLY", (12,), (-1,))]
    elif _YEARLY.search(text) and (rules or not _is_bare_every_year(phrase)):
        rules.append(rule("YEARLY", (12,), (31,)))
    if not rules:
        return None
    draft = _draft(*rules)
    if times not in {0, 1, 2, 4, 12}:
        return draft.doubted(_REQUIRED, "mỗi năm nhiều lần, chưa rõ các ngày")
    if _SEVERAL_TIMES.search(text) or re.search(
        r"\btuần\b(?! cuối)(?=.*hằng tháng)(?<!hằng tuần)", text, re.I
    ):
        return draft.doubted(_REQUIRED, "chưa rõ các ngày trong kỳ")
    return draft if "DAILY" in rules[-1] else draft.doubted(_ADVISED, "không ghi ngày, lấy ngày cuối kỳ")


def _times_a_year(text: str) -> int:
    """Return how often a year the words have it, "04 lần/năm", 0 when they do not say."""
    match = _TIMES_A_YEAR.search(text)
    return _number(match["a"] or match["b"]) if match else 0


def _by_first_day(phrase: Phrase) -> Draft | None:
    """ "đầu mỗi quý": the first day of the period (Bộ luật Dân sự 2015, Điều 146)."""
    first = re.search(r"(?<!tuần )\bđầu (?:của )?hằng (tháng|quý|năm)", phrase.skeleton, re.I)
    if not first or phrase.points:
        return None
    first_day = {
        "tháng": rule("MONTHLY", (), (1,)),
        "quý": rule("MONTHLY", _FIRST, (1,)),
        "năm": rule("YEARLY", (1,), (1,)),
    }[first[1].lower()]
    return _draft(first_day).doubted(_ADVISED, "“đầu” kỳ hiểu là ngày đầu tiên, Điều 146 Bộ luật Dân sự")


def _by_clauses(phrase: Phrase) -> Draft | None:
    """ "báo cáo quý trước ngày 20 tháng cuối quý, báo cáo năm trước ngày 10/12": each period its own day."""
    clauses = list(_clauses(phrase))
    drafts = [_of_clause(clause) for clause in clauses]
    if len(clauses) < 2 or not all(drafts):
        return _of_clause(phrase) if _LONG_PERIODS[0].search(phrase.skeleton) else None
    return _draft(*(rule for draft in drafts if draft for rule in draft.rrule))


def _clauses(phrase: Phrase) -> Iterator[Phrase]:
    start = 0
    for cut in [*_CUT.finditer(phrase.skeleton), None]:
        end = cut.start() if cut else len(phrase.skeleton)
        first = phrase.skeleton.count("<", 0, start)
        points = phrase.points[first : phrase.skeleton.count("<", 0, end)]
        yield replace(phrase, skeleton=phrase.skeleton[start:end], points=points)
        start = cut.end() if cut else end


def _of_clause(clause: Phrase) -> Draft | None:
    """Return the recurrence of a clause that names one period and the day its report is due."""
    periods = [p for p in _PERIODS if p.search(clause.skeleton)]
    if len(periods) != 1 or not clause.points or any(p.has_year for p in clause.dated):
        return None
    if clause.dated and periods[0] in _LONG_PERIODS:
        if any(point.kind is not DeadlineKind.DATE for point in clause.dated):
            return None
        return _draft(*(yearly(point) for point in clause.dated))
    return _by_day_of_quarter(clause) or _by_day_of_month(clause)


_READERS: tuple[Callable[[Phrase], Draft | None], ...] = (
    _by_clauses,
    _by_day_of_quarter,
    _by_day_of_month,
    _by_date_of_year,
    _by_weekday,
    _by_listed_intervals,
    _by_first_day,
    _by_named_period,
)


# --- pieces ----------------------------------------------------------------------------


def _draft(*rules: str) -> Draft:
    return Draft(DeadlineKind.RECURRING, "việc định kỳ", rrule=tuple(dict.fromkeys(rules)))


def count_of(match: re.Match[str]) -> int:
    """Return the number that a `COUNT` pattern matched, in digits or in words."""
    return _number(match["count"])


def _number(text: str) -> int:
    return int(text) if text.isdigit() else NUMBERS[text.lower()]


def _days(phrase: Phrase) -> tuple[int, ...]:
    """Return the days of the month, strict ones moved back; a range "20 đến 25" gives its end."""
    if _LAST_DAY.search(phrase.skeleton):
        return (-1,)
    points = [p for p in phrase.points if p.mark == "day"]
    if len(points) > 1 and re.fullmatch(r"\s*(?:-|đến|tới)(?: hết)?\s*", points[-1].lead, re.I):
        points = points[-1:]
    return tuple(dict.fromkeys((p.day - 1 or -1) if p.is_strict else p.day for p in points))


def _weekday_code(match: re.Match[str]) -> str:
    day = 6 if match["sunday"] else _WEEKDAYS[match["day"].lower()]
    return WEEKDAY_CODES[(day - bool(match["before"])) % 7]


def _follows_every_year(phrase: Phrase, point: Point) -> bool:
    """Whether "năm sau" after a date means the year after each period."""
    return point.words.lower().endswith(("năm sau", "năm tiếp theo", "năm kế tiếp"))


def _is_worded_date(phrase: Phrase) -> bool:
    """Whether a lone "chậm nhất ngày 06 tháng 06" stands there: regulations write yearly dates so."""
    return len(phrase.points) == 1 and bool(re.search(r"^ngày \d+ tháng \d+$", phrase.points[0].words, re.I))


def _is_bare_every_year(phrase: Phrase) -> bool:
    """Whether the words are "hằng năm" and little else: routine work without a date."""
    return not any(p.has_year or p.part == "cuối" for p in phrase.points) and not re.search(
        "báo cáo|định kỳ|lần", phrase.skeleton, re.I
    )


# --- bounds ----------------------------------------------------------------------------


def _bounded(draft: Draft, phrase: Phrase) -> Draft:
    """Return the draft with its first day and UNTIL, where points with a year give them."""
    starts_on, until = None, None
    dated = [p for p in phrase.dated if p.has_year and not _follows_every_year(phrase, p)]
    for point in dated:
        if point.relation is Relation.FROM or (len(dated) > 1 and point is dated[0]):
            starts_on = point.first
            continue
        until = point.due_on
        is_first = re.search(r"\blần (?:đầu|thứ nhất)\b", point.lead, re.I)
        is_end = (point.kind not in _ONE_OFF and ";" not in point.lead) or re.search(
            r"\b(?:đến|tới|hết|trước|trong|của|cuối|tháng|quý)(?: ngày| hết)?\s*\(?$", point.lead, re.I
        )
        if not is_end or is_first or until < phrase.issued_on:
            draft = draft.doubted(_REQUIRED, "chưa rõ mốc này là hạn chót hay là lần đầu")
        is_span = not re.search(r"(?:đến|tới|hết|trước)(?: ngày| hết)?\s*$", point.lead, re.I)
        starts_on = starts_on or (point.first if is_span and point.first < point.last else None)
    if until is None and re.search(r"(?:cho )?(?:đến|tới) khi", phrase.skeleton, re.I):
        until = date(phrase.issued_on.year, 12, 31)
        draft = draft.doubted(_REQUIRED, "dừng khi sự kiện xảy ra; tạm lấy hết năm ban hành")
    rrule = tuple(f"{rule};UNTIL={until:%Y%m%d}" if until else rule for rule in draft.rrule)
    return replace(draft, rrule=rrule, starts_on=starts_on, says=rules_in_words(rrule, starts_on, until))
