"""Is a text a day as the files write it, year first, and if not, which day was meant?"""

from __future__ import annotations

import re
from datetime import date

ISO_EXPECTED = "2025-09-30 (năm-tháng-ngày)"


def iso_day(text: str) -> date | None:
    """Return the day written as "2025-09-30"; raises ValueError for one that no calendar has."""
    return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None


def advice_on_day(written: str) -> str:
    """Return what to write instead of a day that is not one, or not written year first."""
    found = re.fullmatch(r"(\d{4})[/.–-](\d{1,2})[/.–-](\d{1,2})(?:[T ][0-9:]*)?", written)
    local = re.fullmatch(r"(\d{1,2})[/.–-](\d{1,2})[/.–-](\d{4})", written)
    if not found and not local:
        return f"ghi dạng: {ISO_EXPECTED}"
    year, month, day = map(int, found.groups() if found else reversed(local.groups()))  # type: ignore[union-attr]
    try:
        return f"ý bạn là '{date(year, month, day)}'?"
    except ValueError:
        return f"trong lịch không có ngày {day}/{month}/{year}; ghi dạng: {ISO_EXPECTED}"
