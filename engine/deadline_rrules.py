"""What does a recurrence rule (RFC 5545) look like, written and in Vietnamese?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from engine.deadline_days import Point
from engine.deadline_draft import spoken
from engine.model import DeadlineKind

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def rule(frequency: str, months: tuple[int, ...], days: tuple[int, ...]) -> str:
    by_month = f";BYMONTH={','.join(map(str, months))}" if months else ""
    return f"RRULE:FREQ={frequency}{by_month};BYMONTHDAY={','.join(map(str, days))}"


def interval(months: int) -> str:
    if months % 12 == 0:
        return "RRULE:FREQ=YEARLY" + (f";INTERVAL={months // 12}" if months > 12 else "")
    return "RRULE:FREQ=MONTHLY" + (f";INTERVAL={months}" if months > 1 else "")


def yearly(point: Point) -> str:
    """Return the yearly rule of a date, or of the last day of a month, quarter or half."""
    if point.kind in {DeadlineKind.DATE, DeadlineKind.DATETIME}:
        return rule("YEARLY", (point.due_on.month,), (point.due_on.day,))
    day = point.due_on
    is_last = (day + timedelta(days=1)).day == 1
    return rule("YEARLY", (day.month,), (-1 if is_last else day.day,))


def rules_in_words(rules: tuple[str, ...], starts_on: date | None, until: date | None) -> str:
    said = "việc định kỳ: " + "; ".join(_rule_in_words(rule) for rule in rules)
    said += f", từ ngày {spoken(starts_on)}" if starts_on else ""
    return said + (f", đến hết ngày {spoken(until)}" if until else "")


def _rule_in_words(rule: str) -> str:
    parts = dict(piece.split("=") for piece in rule.removeprefix("RRULE:").split(";"))
    return " ".join(_words_of(parts))


def _words_of(parts: dict[str, str]) -> Iterator[str]:
    names = {"DAILY": "hằng ngày", "WEEKLY": "hằng tuần", "MONTHLY": "hằng tháng", "YEARLY": "hằng năm"}
    units = {"WEEKLY": "tuần", "MONTHLY": "tháng", "YEARLY": "năm"}
    if "INTERVAL" in parts:
        yield f"{parts['INTERVAL']} {units[parts['FREQ']]} một lần"
        return
    if "BYDAY" in parts:
        days = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
        yield ", ".join(days[WEEKDAY_CODES.index(code)] for code in parts["BYDAY"].split(","))
    if "BYMONTHDAY" in parts:
        yield "ngày " + parts["BYMONTHDAY"].replace("-1", "cuối tháng").replace(",", ", ")
    if "BYMONTH" in parts:
        yield (
            "các tháng " + parts["BYMONTH"].replace(",", ", ")
            if "," in parts["BYMONTH"]
            else f"tháng {parts['BYMONTH']}"
        )
    yield "hằng năm" if "BYMONTH" in parts else names[parts["FREQ"]]
