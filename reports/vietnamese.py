"""How are figures, dates and states written for a Vietnamese reader?

Thousands are set off by dots, decimals by a comma, dates read day/month/year; every
report takes its words from here, so that two formats cannot name one thing differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from engine.calendar import WEEKDAYS
from engine.compliance import AgeingBin, OverdueRow
from engine.status import Status, Timeliness

NBSP = "\u00a0"
NOTHING = "–"
NOT_REMINDED = "chưa đôn đốc"

STATUS = {
    Status.OPEN: "Chưa xác nhận",
    Status.ACKNOWLEDGED: "Đã nhận, đang thực hiện",
    Status.REPORTED: "Đã báo cáo, chờ nghiệm thu",
    Status.ACCEPTED: "Đã nghiệm thu",
    Status.RETURNED: "Bị trả lại, phải làm lại",
    Status.BLOCKED: "Đang vướng ở đơn vị khác",
    Status.DISPUTED: "Đơn vị cho là không phải việc của mình, chờ phân xử",
    Status.CANCELLED: "Đã hủy giao",
    Status.AWAITING_DECISION: "Chờ quyết định",
}

CELL = {
    Timeliness.DONE_ON_TIME: "Đúng hạn",
    Timeliness.DONE_LATE: "Quá hạn",
    Timeliness.OPEN_IN_TIME: "Trong hạn",
    Timeliness.OPEN_LATE: "Quá hạn",
    Timeliness.NO_DEADLINE: "Chưa có hạn xác định",
    Timeliness.AWAITING_DECISION: "Chờ quyết định",
}

LEVEL = {1: "đầu mối", 2: "thủ trưởng", 3: "cơ quan theo dõi", 4: "Chủ tịch"}


def number(value: int) -> str:
    """Return 16051 as 16.051."""
    return f"{value:,}".replace(",", ".")


def percent(rate: Fraction | None) -> str:
    """Return a rate with one decimal, 98,6 %; a dash when there is none.

    Never 100,0 % while something is missing, nor 0,0 % while something is there.
    """
    if rate is None:
        return NOTHING
    tenths = (2000 * rate.numerator + rate.denominator) // (2 * rate.denominator)
    if 0 < rate < 1:
        tenths = min(max(tenths, 1), 999)
    return f"{number(tenths // 10)},{tenths % 10}{NBSP}%"


def decimal(value: Fraction | None) -> str:
    """Return a number with one decimal, rounded half up: 3,5; a dash when there is none."""
    if value is None:
        return NOTHING
    tenths = (20 * value.numerator + value.denominator) // (2 * value.denominator)
    return f"{number(tenths // 10)},{tenths % 10}"


def share(count: int, whole: int) -> str:
    """Return a count and what it is a share of: 16.051 / 16.274."""
    return f"{number(count)}{NBSP}/{NBSP}{number(whole)}"


def day(value: date) -> str:
    """Return 30/09/2025."""
    return f"{value:%d/%m/%Y}"


def moment(value: datetime) -> str:
    """Return 08:00 thứ Năm, ngày 16/10/2025."""
    weekday = WEEKDAYS[value.weekday()].replace("Thứ", "thứ")
    return f"{value:%H:%M} {weekday}, ngày {day(value)}"


def ageing(age: AgeingBin) -> str:
    """Return "1–7 ngày", "trên 60 ngày"."""
    return f"trên {age.first - 1} ngày" if age.last is None else f"{age.first}–{age.last} ngày"


def reminded(row: OverdueRow) -> str:
    """Return how often somebody was reminded and how far up the ladder it went."""
    if not row.reminders:
        return NOT_REMINDED
    reached = LEVEL.get(row.level)
    return f"{number(row.reminders)} lần" + (f", đến {reached}" if reached else "")


def reminded_in_all(rows: Iterable[OverdueRow]) -> str:
    """Return how often the units of several rows were reminded, taken together."""
    total = sum(row.reminders for row in rows)
    return f"tổng cộng {number(total)} lần" if total else NOT_REMINDED


def dues(rows: Iterable[OverdueRow]) -> str:
    """Return the deadlines in force of several rows: one date, or the first and the last."""
    days = sorted({row.due_on for row in rows})
    return day(days[0]) if len(days) == 1 else f"{day(days[0])} – {day(days[-1])}"
