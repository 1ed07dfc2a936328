"""Which sentences of a plan oblige its units to report again and again?

Annexes list tasks; the duty to report every month stands in the body and is forgotten
first. What is found here is offered to a person and never applied by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.words import cleaned

_EVERY = r"(?:hằng|hàng|mỗi)\s+(?:ngày|tuần|tháng|quý|năm)"
_ITEM = rf"(?:{_EVERY}|(?:\d+|ba|sáu|một)\s+(?:tuần|tháng|năm)|tuần|tháng|quý|năm)\b"
_MORE = rf"(?:\s*(?:,|và|hoặc)\s*{_ITEM})*"
_DAY = r"(?:ngày\s+)?\d{1,2}(?:/\d{1,2})?"
_OTHER_MONTH = (
    r"(?:tháng|quý)\s+(?:(?:đầu|cuối|sau|kế tiếp|tiếp theo|liền kề)\s*(?:của\s+)?(?:quý|năm|kỳ)?\s*)+"
)
_DUE = re.compile(
    rf"trước\s+{_DAY}(?:\s*(?:,|và)\s*{_DAY})*\s+(?:của\s+)?(?:{_EVERY}|{_OTHER_MONTH}(?:sau|báo\s+cáo)?)",
    re.IGNORECASE,
)
_PERIOD = re.compile(rf"(?:định\s+kỳ\s+{_ITEM}|{_EVERY}){_MORE}", re.IGNORECASE)
_REPORT = re.compile(r"\bbáo\s+cáo\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[^\W\d]{2}[.])\s+(?=[A-ZÀ-Ỹ])")


@dataclass(frozen=True, slots=True)
class FoundDuty:
    """A sentence that seems to oblige periodic reports; `paragraph` counts the body from 1."""

    sentence: str
    phrase: str
    paragraph: int


def find_duties(body: Sequence[str]) -> list[FoundDuty]:
    """Return the sentences that speak of reports and of a period, with the words that name the period."""
    return [
        FoundDuty(sentence, phrase, number)
        for number, paragraph in enumerate(body, start=1)
        for sentence in _SENTENCE.split(cleaned(paragraph))
        for phrase in _phrases(sentence)
    ]


def _phrases(sentence: str) -> Iterator[str]:
    """Yield the due day if the sentence names one ("trước ngày 10 hàng tháng"), else the period."""
    if _REPORT.search(sentence) is None:
        return
    due = _DUE.search(sentence)
    period = _PERIOD.search(sentence)
    if due is not None:
        day = due[0].strip()
        yield day if re.search(_EVERY, day) or period is None else f"{period[0]}, {day}"
    elif period is not None:
        yield period[0]
