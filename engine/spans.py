"""Which moment, day or stretch of time did a person write?

Dates as people write them, with or without a time of day before or after; a bare date is
the whole of that day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from engine.calendar import FIRST_YEAR, LAST_YEAR
from engine.model import HANOI

MOMENT_EXAMPLE = "2025-09-25 08:00 hoặc 08:00 25/9/2025; chỉ ghi ngày là cả ngày đó"
DAY_EXAMPLE = "2025-09-30 hoặc 30/9/2025"

_ISO_DATE = r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
_LOCAL_DATE = r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"
_CLOCK = r"(?P<H>\d{1,2})(?::|h|g)(?P<M>\d{2})?(?::00)?"
_FORMS = [
    re.compile(form, re.ASCII)
    for written in (_ISO_DATE, _LOCAL_DATE)
    for form in (written, rf"{written}(?:T|,? ){_CLOCK}", rf"{_CLOCK},? (?:ngày )?{written}")
]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends included; None is the beginning or the end of all there is."""

    first: datetime | None = None
    last: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return (self.first is None or self.first <= at) and (self.last is None or at <= self.last)

    @property
    def said(self) -> str:
        """The stretch in Vietnamese."""
        if self.first and self.first == self.last:
            return f"lúc {_said(self.first)}"
        if self.first and self.last and _said(self.first) == _said(self.last):
            return f"ngày {_said(self.first)}"
        ends = [f"từ {_said(self.first)}"] if self.first else []
        ends += [f"đến {_said(self.last)}"] if self.last else []
        return " ".join(ends) or "vào bất cứ lúc nào"


def read_span(text: str) -> Span | None:
    """Return the moment, or the whole of the day; None for other words, ValueError for no such day."""
    words = " ".join(text.split())
    found = next((match for form in _FORMS if (match := form.fullmatch(words))), None)
    if found is None or not FIRST_YEAR < int(found["y"]) < LAST_YEAR:
        return None
    day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    hour, minute = (found.groupdict().get(name) for name in ("H", "M"))
    if hour is None:
        return Span(*(datetime.combine(day, end, tzinfo=HANOI) for end in (time.min, time.max)))
    at = datetime.combine(day, time(int(hour), int(minute or 0)), tzinfo=HANOI)
    return Span(at, at)


def read_day(text: str) -> date | None:
    """Return the day; None when a time of day is written too, ValueError for no such day."""
    span = read_span(text)
    return span.first.date() if span and span.first and span.first != span.last else None


def _said(at: datetime) -> str:
    is_whole_day = at.time() in {time.min, time.max}
    return f"{at:%d/%m/%Y}" if is_whole_day else f"{at:%H:%M %d/%m/%Y}"
