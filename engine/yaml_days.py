"""Is a text a day as the files write it, year first, and if not, which day was meant?"""

from __future__ import annotations

import re
from datetime import date

ISO_EXPECTED = "2025-09-30 (năm-tháng-ngày)"


def iso_day(text: str) -> date | None:
    """Return the day written as "2025-09-30", None for other words and for a day that no calendar has."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def advice_on_day(written: str) -> str:
    """Return what to write instead of a day that is not one, or not written year first."""
    parts = _year_month_day(written)
    if parts is None:
        return f"ghi dạng: {ISO_EXPECTED}"
    return no_such_day(written, ISO_EXPECTED) or f"ý bạn là '{date(*parts)}'?"


def no_such_day(written: str, expected: str) -> str:
    """Return that no calendar has the day and what is expected; "" for any other day, and for other words."""
    year, month, day = _year_month_day(written) or (1, 1, 1)
    try:
        date(year, month, day)
    except ValueError:
        return f"trong lịch không có ngày {day}/{month}/{year}; ghi dạng: {expected}"
    return ""


def _year_month_day(written: str) -> tuple[int, int, int] | None:
    """Return the numbers of a day, whichever way round it is written, with an hour or without."""
    if found := _YEAR_FIRST.fullmatch(written):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(written):
        return int(found[3]), int(found[2]), int(found[1])
    return None


_HOUR_BEFORE, _HOUR_BEHIND = r"(?:[0-9][0-9:hg]*,? )?", r"(?:(?:T|,? )[0-9:hg]*)?"
_BETWEEN = r"[/.–-]"
_YEAR_FIRST = re.compile(rf"{_HOUR_BEFORE}(\d{{4}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_HOUR_BEHIND}")
_DAY_FIRST = re.compile(rf"{_HOUR_BEFORE}(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{4}}){_HOUR_BEHIND}")
