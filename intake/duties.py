"""Which sentences of a plan oblige its units to report again and again?

Annexes list tasks; the duty to report every month stands in the body and is forgotten
first. What is found here is offered to a person and never applied by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from engine.deadline import read_deadline
from engine.model import DeadlineKind
from intake.duty_words import cutoff_of, cutoff_of_all, obliges, receiver_of, who_of
from intake.words import cleaned

_ANY_DAY = date(2025, 1, 1)  # a rule that comes back does not depend on the day of issue
_MAX_SENTENCE = 1500

_EVERY = r"(?:hằng|hàng|mỗi|từng)\s+(?:ngày|tuần|tháng|quý|năm)"
_ITEM = rf"(?:{_EVERY}|(?:0?[1369]|một|ba|sáu|chín)\s+(?:tuần|tháng|năm)|tuần|tháng|quý|(?:cả\s+)?năm)\b"
_MORE = rf"(?:\s*(?:,|;|và|hoặc|/)+\s*{_ITEM})*"
_DAY = r"(?:ngày\s+)?\d{1,2}(?:/\d{1,2}|\s+tháng\s+\d{1,2})?(?!\s*(?:[\d/:]|h\b|h\d|giờ))"
_WEEKDAY = r"(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật)\b"
_OTHER_MONTH = (
    r"(?:tháng|quý)\s+(?:(?:đầu|cuối|sau|kế tiếp|tiếp theo|liền kề)\s*(?:tiên\s*|cùng\s*)?"
    r"(?:của\s+)?(?:quý|năm|kỳ)?\s*)+"
)
_TAIL = rf"(?:{_EVERY}|{_OTHER_MONTH}(?:sau|báo\s+cáo)?|tháng\s+báo\s+cáo)"
_HEAD = r"(?:trước|(?:chậm|muộn)\s+nhất(?:\s+là)?(?:\s+vào)?|vào)(?:\s+\d{1,2}\s*(?:h|giờ)\s*\d{0,2})?"
_DUE = re.compile(
    rf"{_HEAD}\s+{_DAY}(?:\s*(?:,|và)\s*(?:trước\s+)?{_DAY})*(?:\s+(?:của\s+)?{_TAIL})?"
    rf"|{_HEAD}\s+(?:ngày\s+)?{_WEEKDAY}(?:\s+{_TAIL})?"
    rf"|\bngày\s+\d{{1,2}}\s+(?:của\s+)?{_TAIL}",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    rf"(?:{_WEEKDAY}\s+)?(?:định\s+kỳ\s+{_ITEM}|{_EVERY}|báo\s+cáo\s+(?:tháng|quý|năm|0?[369]\s+tháng)\b"
    rf"(?!\s+(?:\d|[IVX]+\b))){_MORE}(?!\s+\d)(?:\s*\({_WEEKDAY}\))?",
    re.IGNORECASE,
)
# A period without "hằng" between two due days: "hằng quý (trước …), 6 tháng (trước …) và năm (trước …)".
_BARE = re.compile(
    r"(?:[,;)]|\bvà|\bhoặc)\s*((?:0?[1369]\s+)?(?:tuần|tháng|quý|năm))\s*[(:]?\s*(?:gửi\s+)?$", re.IGNORECASE
)
# What a due day is for, behind it: "trước ngày 15/6 (báo cáo 6 tháng)", "… đối với báo cáo năm".
_PURPOSE = re.compile(
    r"\s*(?:\((?P<bracket>[^()]{1,40})\)"
    r"|(?:đối với|cho)\s+(?P<words>(?:kỳ\s+)?báo cáo\s+(?:\d+\s+)?(?:tuần|tháng|quý|năm)(?:\s+đầu năm)?))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[^\W\d]{2}[.])\s+(?=[A-ZÀ-Ỹ])")

# The sorts of period, the words that name one, and how a phrase names it.
_PERIODS: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (code, re.compile(pattern, re.IGNORECASE), words)
    for code, pattern, words in (
        ("week", r"\btuần\b", "hằng tuần"),
        ("month", r"(?<!\d )(?<!ba )(?<!sáu )(?<!chín )\btháng\b|\b(?:0?1|một) tháng", "hằng tháng"),
        ("quarter", r"\bquý\b|\b(?:0?3|ba) tháng", "hằng quý"),
        ("half", r"\b(?:0?6|sáu) tháng", "định kỳ 6 tháng"),
        ("nine", r"\b(?:0?9|chín) tháng", "tháng 9 hằng năm"),
        ("year", r"\bnăm\b", "định kỳ hằng năm"),
    )
)
# The last months of each sort of period, for a report due in the month of its end or in the next one.
_LAST_MONTHS = {"half": (6, 12), "nine": (9,), "year": (12,)}


@dataclass(frozen=True, slots=True)
class FoundDuty:
    """A periodic report that a sentence seems to oblige to; `paragraph` counts the body from 1.

    `engine.deadline.read_deadline` turns `phrase` into the rule of its due days. `period`
    is "week", "month", "quarter", "half", "nine" or "year", empty when the words leave it open;
    `cutoff` as in `engine.duty.Duty`; `receiver` and `who` are words of the sentence.
    """

    sentence: str
    phrase: str
    paragraph: int
    period: str = ""
    cutoff: str = ""
    receiver: str = ""
    who: str = ""


def find_duties(body: Sequence[str]) -> list[FoundDuty]:
    """Return the periodic reports the body asks for, one for each period and due day."""
    found = []
    everywhere = max(map(cutoff_of_all, body), default="")
    for number, paragraph in enumerate(body, start=1):
        text = cleaned(paragraph)
        for sentence in _SENTENCE.split(text):
            duty = sentence[:_MAX_SENTENCE]
            words = (cutoff_of(text) or everywhere, receiver_of(duty), who_of(duty))
            found += [
                FoundDuty(sentence, phrase, number, period, *words) for period, phrase in _periods_of(duty)
            ]
    return found


def _periods_of(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield each period of reports in a sentence with the words that name its due day, or itself."""
    if not obliges(sentence):
        return
    start = 0
    seen: set[str] = set()
    for due in [*_DUE.finditer(sentence), None]:
        before = sentence[start : due.start() if due else len(sentence)]
        purpose = _PURPOSE.match(sentence, due.end()) if due else None
        named = list(_named(before, purpose, is_later=start > 0))
        start = purpose.end() if purpose else due.end() if due else len(sentence)
        for period, phrase in _phrases(named, due[0].strip() if due else ""):
            if (period or phrase) not in seen:
                seen.add(period or phrase)
                yield period, phrase


def _named(before: str, purpose: re.Match[str] | None, is_later: bool) -> Iterator[tuple[str, str]]:
    """Yield (code, words) of the periods named in front of a due day, or said behind it to be its own."""
    texts = (before, (purpose["bracket"] or purpose["words"]) if purpose else "")
    for found in (period for text in texts for period in _PERIOD.finditer(text)):
        words = re.sub(_WEEKDAY, "", found[0], flags=re.IGNORECASE)  # "thứ Năm" names no year
        yield from ((code, found[0].strip()) for code, pattern, _ in _PERIODS if pattern.search(words))
    bare = _BARE.search(before) if is_later else None
    if bare:
        yield from ((code, words) for code, pattern, words in _PERIODS if pattern.search(bare[1]))


def _phrases(named: list[tuple[str, str]], due: str) -> Iterator[tuple[str, str]]:
    if not due:
        yield from _without_day(named)
    elif len(named) > 1 and _own_period(due) == "half":
        yield "half", due
    elif len(named) > 1:
        yield from ((code, _derived(code, due)) for code, _ in named)
    elif _comes_back(due):
        own = _own_period(due)
        is_own = not named or own == "quarter" or re.search(_EVERY, due, re.IGNORECASE)
        yield own if is_own else named[0][0], _joined(named, due)
    elif named:
        phrase = f"{named[0][1]}, {due}"
        yield named[0][0], phrase if _comes_back(phrase) else named[0][1]


def _without_day(named: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if len(named) == 1:
        yield named[0]
        return
    words = {code: phrase for code, _, phrase in _PERIODS}
    yield from ((code, words[code]) for code, _ in named)


def _joined(named: list[tuple[str, str]], due: str) -> str:
    """Return the due day as written; a period in front of it stays where the day names none."""
    is_whole = re.search(_EVERY, due, re.IGNORECASE) or not named
    return due if is_whole or (_own_period(due) == "quarter" != named[0][0]) else f"{named[0][1]}, {due}"


def _derived(code: str, due: str) -> str:
    """Return when the report of one period is due, where the sentence gives one day for several.

    A day of every month is the day of the month in which the data of a longer period are
    closed: the last one after the 14th, the next one before.
    """
    day = re.search(r"\d{1,2}(?![\d/])", due)
    head = "trước" if due.lower().startswith("trước") else "chậm nhất"
    if day is None or _own_period(due) != "month":
        words = {code_: phrase for code_, _, phrase in _PERIODS}
        phrase = f"{words[code]}, {due}"
        return phrase if _comes_back(phrase) else words[code]
    if code in {"month", "week"}:
        return due
    is_in_last = int(day[0]) - head.startswith("trước") > 14
    if code == "quarter":
        return f"{head} ngày {day[0]} của {'tháng cuối quý' if is_in_last else 'tháng đầu quý sau'}"
    months = [m if is_in_last else m % 12 + 1 for m in _LAST_MONTHS[code]]
    return " và ".join(f"{head} ngày {day[0]}/{month}" for month in months) + " hằng năm"


def _own_period(due: str) -> str:
    """Return the period that a due day names itself: "trước ngày 10 hàng tháng"."""
    if re.search(r"\btuần\b", due, re.IGNORECASE):
        return "week"
    if re.search(r"\bquý\b", due, re.IGNORECASE):
        return "quarter"
    if re.search(r"(?:hằng|hàng|mỗi|từng)\s+năm", due, re.IGNORECASE):
        return "half" if len(re.findall(r"\d{1,2}(?:/|\s+tháng\s+)\d", due)) == 2 else "year"
    return "month" if re.search(r"\btháng\b", due, re.IGNORECASE) else ""


def _comes_back(phrase: str) -> bool:
    deadline = read_deadline(phrase, _ANY_DAY)
    return deadline.kind is DeadlineKind.RECURRING and bool(deadline.rrule)
