"""Which day does the name of a holiday stand for?

Solar holidays have their day by law and are read, flagged. Tết follows the moon: it is
never read, only a day is proposed, from the table below.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

# Holidays and days of commemoration by the solar calendar: name, day, month.
_SOLAR: tuple[tuple[str, int, int], ...] = (
    (r"quốc khánh", 2, 9),
    (r"tết dương lịch", 1, 1),
    (r"quốc tế lao động", 1, 5),
    (r"(?:ngày )?giải phóng miền nam(?:,? thống nhất đất nước)?", 30, 4),
    (r"thương binh ?-? ?liệt s[ĩỹ]", 27, 7),
    (r"nhà giáo việt nam", 20, 11),
    (r"thành lập đảng(?: cộng sản việt nam)?", 3, 2),
    (r"quốc tế phụ nữ", 8, 3),
    (r"phụ nữ việt nam", 20, 10),
    (r"thành lập quân đội nhân dân việt nam", 22, 12),
    (r"chuyển đổi số quốc gia", 10, 10),
    (r"pháp luật việt nam", 9, 11),
    (r"(?:lễ )?(?:giáng sinh|noel)", 25, 12),
)
_NAMES = tuple(
    (
        re.compile(rf"\b(?:(?:dịp|lễ|ngày) )*(?:{name})\b(?: (?:năm )?(?P<year>(?:19|20)\d\d))?", re.I),
        day,
        month,
    )
    for name, day, month in _SOLAR
)
_DIP = re.compile(r"\b(?:dịp|dịp lễ|lễ)(?: ngày)? (?=\d{1,2}/\d{1,2}\b)", re.I)

LUNAR = (
    r"\b(?:âm lịch|[âa]l|tháng (?:giêng|chạp)|trung thu|vu lan|phật đản|giỗ tổ|rằm|mùng \d+ tết|đoan ngọ)\b"
)
TET = r"\btết(?: nguyên đán| cổ truyền| âm lịch|\b(?! (?:dương|trung thu|đoan)))"
_FIRST_DAYS = {
    2025: (date(2025, 1, 29), "ất tỵ"),
    2026: (date(2026, 2, 17), "bính ngọ"),
    2027: (date(2027, 2, 6), "đinh mùi"),
    2028: (date(2028, 1, 26), "mậu thân"),
    2029: (date(2029, 2, 13), "kỷ dậu"),
    2030: (date(2030, 2, 2), "canh tuất"),
}


def named_days(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` with solar holidays as dates, and in Vietnamese which names were read so.

    A name beside its own date ("Quốc khánh 2/9/2026") adds nothing and is dropped.
    """
    notes = []
    for pattern, day, month in _NAMES:
        if not pattern.search(text):
            continue
        if re.search(rf"(?<!\d)0?{day} ?[/.-] ?0?{month}(?!\d)|\b0?{day} tháng 0?{month}\b", text):
            text = pattern.sub(" ", text)
            continue
        name = pattern.search(text)
        notes.append(f"“{name.group().strip()}” là ngày {day}/{month}" if name else "")
        text = pattern.sub(lambda m, d=day, n=month: _dated(m, d, n), text)  # type: ignore[misc]
    return _DIP.sub("ngày ", " ".join(text.split())), tuple(notes)


def _dated(match: re.Match[str], day: int, month: int) -> str:
    return f"ngày {day}/{month}" + (f"/{match['year']}" if match["year"] else "")


def tet_proposal(text: str, issued_on: date) -> date | None:
    """Return the day before, or the first day of, the Tết that `text` names; None when unknown."""
    if re.search(rf"\bsau {TET[2:]}", text, re.I):
        return None
    said = re.search(r"\b(20\d\d)\b", text)
    lower = text.lower()
    year = next((y for y, (_, name) in _FIRST_DAYS.items() if name in lower), 0)
    year = year or (int(said[1]) if said else 0)
    if not year:
        year = next((y for y, (first, _) in sorted(_FIRST_DAYS.items()) if first > issued_on), 0)
    if year not in _FIRST_DAYS:
        return None
    first = _FIRST_DAYS[year][0]
    return first - timedelta(days=1) if re.search(r"\btrước\b", text, re.I) else first
