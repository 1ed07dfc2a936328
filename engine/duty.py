"""Which periods of a recurring obligation fall due in a stretch of time?

A duty is a set of recurrence rules (RFC 5545) and the sort of period its report covers.
An occurrence is known by the name of its period: the report of July is "2025-07",
whether it is asked for in August or a year later.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from engine.calendar import WorkCalendar

MONTHS = {"month": 1, "quarter": 3, "half": 6, "nine": 9, "year": 12}
CUTOFF = "15-14"  # Nghị định 09/2019/NĐ-CP, Điều 12: data from the 15th before a period to its 14th

# How many months of a period must have passed before a due date means this period and not the one before.
_PASSED = {"quarter": 2, "half": 4, "year": 3}
_CUTOFF_DAY = 14
_FIRST_MONDAY = date(2024, 1, 1)  # where intervals start when the duty does not say


@dataclass(frozen=True, slots=True)
class Duty:
    """A recurring obligation; `rrule` as `engine.deadline.read_deadline` gives it.

    `report_period` is "week" or a name of `MONTHS`, and never longer than the step of the
    rules; empty means that the rules say it. `cutoff` is empty when a report covers
    the calendar period, `CUTOFF` for the data dates of Nghị định 09/2019/NĐ-CP.
    """

    id: str
    document_code: str
    title: str
    rrule: tuple[str, ...]
    as_written: str
    group: str = ""  # the units that owe it, as written
    starts_on: date | None = None
    report_period: str = ""
    cutoff: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One period of a duty.

    `name` is "2025-07", "2025-Q3", "2025-H1", "2025-M9" (the first nine months) or "2025";
    "2025-W37" for a week; the due date itself where the rules name single days.
    """

    name: str
    opens_on: date
    due_on: date
    period_from: date
    period_to: date


def occurrences(duty: Duty, since: date, until: date) -> Iterator[Occurrence]:
    """Yield the occurrences due from `since` to `until`, both included, by due date.

    None covers a period that begins before `duty.starts_on`. A day that a month lacks
    falls on its last day: "ngày 31 hằng tháng" is 30 April and 28 February.
    """
    rules = [_parts(rule) for rule in duty.rrule]
    found = {
        _occurrence(duty, duty.report_period or _period(rule, rules), due_on)
        for rule in rules
        for due_on in _dues(rule, duty.starts_on, since, until)
    }
    for occurrence in sorted(found, key=lambda o: (o.due_on, len(o.name), o.name)):
        if duty.starts_on is None or occurrence.period_from >= duty.starts_on:
            yield occurrence


def opening(occurrence: Occurrence, before: tuple[int, int] | None, calendar: WorkCalendar) -> Occurrence:
    """Return the occurrence as it opens so many working and calendar days before its due date.

    Counted back as the steps are; without days it opens as it does by itself.
    """
    if before is None:
        return occurrence
    working, days = before
    last_day = calendar.previous_working_day(occurrence.due_on)
    day = calendar.previous_working_day(last_day - timedelta(days=days))
    return replace(occurrence, opens_on=calendar.add_working_days(day, -working))


# --- due dates -------------------------------------------------------------------------

_Rule = dict[str, str]


def _parts(rule: str) -> _Rule:
    """Return a rule by its parts; an interval that divides the year follows the calendar.

    Without a day in the rule the last day of the period counts, Friday for a week.
    """
    parts = dict(piece.split("=", 1) for piece in rule.removeprefix("RRULE:").split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "MONTHLY" and "BYMONTH" not in parts and interval > 1 and 12 % interval == 0:
        del parts["INTERVAL"]
        parts["BYMONTH"] = ",".join(str(month) for month in range(interval, 13, interval))
    if parts["FREQ"] == "YEARLY":
        parts.setdefault("BYMONTH", "12")
    if parts["FREQ"] == "WEEKLY":
        parts.setdefault("BYDAY", "FR")
    if parts["FREQ"] in {"MONTHLY", "YEARLY"}:
        parts.setdefault("BYMONTHDAY", "-1")
    return parts


def _dues(rule: _Rule, starts_on: date | None, since: date, until: date) -> Iterator[date]:
    """Yield the due dates of one rule, expanded from shortly before `since`.

    Only a rule that counts intervals has to start where the duty does.
    """
    last = min(until, _until(rule))
    anchor = (starts_on or _FIRST_MONDAY).replace(day=1) if "INTERVAL" in rule else date(since.year, 1, 1)
    for day in _days(rule):
        dates = rrulestr(_text(rule, day), dtstart=datetime.combine(anchor, time.min))
        start = datetime.combine(min(since, last).replace(day=1), time.min)
        for moment in dates.xafter(start, inc=True):
            due_on = _on_day(moment.date(), day)
            if moment.date() > last and due_on > last:
                break
            if since <= due_on <= last:
                yield due_on


def _until(rule: _Rule) -> date:
    return datetime.strptime(rule["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in rule else date.max


def _days(rule: _Rule) -> list[int]:
    return [int(day) for day in rule.get("BYMONTHDAY", "0").split(",")]


def _text(rule: _Rule, day: int) -> str:
    """Return the rule for one of its days; a day that some months lack is looked for at their end."""
    kept = {key: value for key, value in rule.items() if key not in {"BYMONTHDAY", "UNTIL"}}
    if day:
        kept["BYMONTHDAY"] = "-1" if day > 28 else str(day)
    return "RRULE:" + ";".join(f"{key}={value}" for key, value in kept.items())


def _on_day(found: date, day: int) -> date:
    return found.replace(day=min(day, found.day)) if day > 28 else found


# --- periods ---------------------------------------------------------------------------


def _period(rule: _Rule, rules: list[_Rule]) -> str:
    """Return the sort of period that a rule reports on: a name of `MONTHS`, "week" or "day"."""
    if rule["FREQ"] in {"DAILY", "WEEKLY"}:
        return "day" if rule["FREQ"] == "DAILY" or "," in rule.get("BYDAY", "") else "week"
    if len(_days(rule)) > 1:
        return "day"
    if "BYMONTH" not in rule:
        return "month"
    months = sorted({int(month) for r in _alike(rule, rules) for month in r["BYMONTH"].split(",")})
    steps = {(after - before) % 12 for before, after in zip(months, months[1:] + months[:1], strict=True)}
    names = {(12, 1): "month", (4, 3): "quarter", (2, 6): "half", (1, 0): "year"}
    return names.get((len(months), steps.pop()), "day") if len(steps) == 1 else "day"


def _alike(rule: _Rule, rules: list[_Rule]) -> list[_Rule]:
    """Return the rules that name one set of dates together: "15/6 và 15/12 hằng năm" are two."""
    if rule["FREQ"] != "YEARLY":
        return [rule]
    return [r for r in rules if r["FREQ"] == "YEARLY"]


def _occurrence(duty: Duty, period: str, due_on: date) -> Occurrence:
    if period in {"day", "week"}:
        return _short_occurrence(period, due_on)
    first, last = _months_covered(period, due_on)
    name = {
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{last.month // 3}",
        "half": f"{first.year}-H{last.month // 6}",
        "nine": f"{first.year}-M9",
        "year": f"{first.year}",
    }[period]
    if duty.cutoff == CUTOFF:
        first = _months_later(first, -1).replace(day=_CUTOFF_DAY + 1)
        last = last.replace(day=_CUTOFF_DAY)
    return Occurrence(name, due_on.replace(day=1), due_on, first, last)


def _short_occurrence(period: str, due_on: date) -> Occurrence:
    if period == "day":
        return Occurrence(due_on.isoformat(), due_on, due_on, due_on, due_on)
    monday = due_on - timedelta(days=due_on.weekday())
    year, week, _ = due_on.isocalendar()
    return Occurrence(f"{year}-W{week:02}", monday, due_on, monday, monday + timedelta(days=6))


def _months_covered(period: str, due_on: date) -> tuple[date, date]:
    """Return the first and last day of the calendar period that a report due on `due_on` covers.

    Due on the 9th of August it is July's; due on the 20th, after the data of August are
    closed, it is August's. Longer periods: their own end, or else the one before.
    """
    if period == "nine":
        year = due_on.year if due_on.month >= 9 else due_on.year - 1
        return date(year, 1, 1), date(year, 9, 30)
    count = MONTHS[period]
    passed = (due_on.month - 1) % count
    first = _months_later(due_on.replace(day=1), -passed)
    is_closed = due_on.day > _CUTOFF_DAY if period == "month" else passed >= _PASSED[period]
    if not is_closed:
        first = _months_later(first, -count)
    end = _months_later(first, count - 1)
    return first, end.replace(day=months.monthrange(end.year, end.month)[1])


def _months_later(day: date, months: int) -> date:
    """Return the first day of the month so many months away."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
