"""Which days does the State work, and how far apart are two of them?

The answer comes from one file a year: every day off and every make-up Saturday is an
entry with the document it rests on. Nothing derived from the calendar is stored, so a
swap announced tomorrow is right tomorrow.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from engine.problems import Problem
from engine.yamltext import Section, open_section

FIRST_YEAR, LAST_YEAR = 1985, 2105  # the years a deadline may carry, with room on both sides
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday says, and the document that makes it so."""

    day: date
    is_working: bool
    name: str
    document: str
    note: str = ""  # what a person should check again, e.g. a notice that was not read


class WorkCalendar:
    """Working days; without arguments only weekends are off.

    Years without a file count weekends alone: `covers` tells them apart, so that a
    warning can be given before anybody relies on them.
    """

    def __init__(self, days: Iterable[SpecialDay] = (), years: Mapping[int, bool] | None = None) -> None:
        self._special = {special.day: special for special in days}
        self._years = dict(years or {})  # year → whether its file is provisional
        self._next: dict[date, date] = {}
        first, last = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
        self._first, self._last = first, last
        self._working = [n for n in range(first, last + 1) if self.is_working_day(date.fromordinal(n))]

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change with any day that is not what its weekday says."""
        special = sorted((day.isoformat(), entry.is_working) for day, entry in self._special.items())
        return hashlib.sha256(repr(special).encode()).hexdigest()[:12]

    @property
    def special_days(self) -> tuple[SpecialDay, ...]:
        """Every day that is not what its weekday says, in order."""
        return tuple(self._special[day] for day in sorted(self._special))

    @property
    def years(self) -> Mapping[int, bool]:
        """The years there is a file for, each with whether it is provisional."""
        return self._years

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`; make-up Saturdays count."""
        special = self._special.get(day)
        return day.weekday() < _SATURDAY if special is None else special.is_working

    def previous_working_day(self, day: date) -> date:
        """Return the last working day on or before `day`: the day to act by."""
        return day if self.is_working_day(day) else self.add_working_days(day, -1)

    def next_working_day(self, day: date) -> date:
        """Return the first working day on or after `day`.

        Nobody is late before it has passed (Bộ luật Dân sự 2015, Điều 148.5).
        """
        found = self._next.get(day)
        if found is None:  # reports ask for few days a hundred thousand times
            found = self._next[day] = day if self.is_working_day(day) else self.add_working_days(day, 1)
        return found

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day strictly after `day`, or strictly before it for negative n.

        Zero gives the first working day on or after `day`.
        """
        if n == 0:
            return self.next_working_day(day)
        here = day.toordinal()
        index = bisect_right(self._working, here) + n - 1 if n > 0 else bisect_left(self._working, here) + n
        if self._first <= here <= self._last and 0 <= index < len(self._working):
            return date.fromordinal(self._working[index])
        return self._walked(day, n)

    def working_days_between(self, a: date, b: date) -> int:
        """Return the number of working days after `a` up to and including `b`; negative when b < a."""
        if b < a:
            return -self.working_days_between(b, a)
        if self._first <= a.toordinal() and b.toordinal() <= self._last:
            return bisect_right(self._working, b.toordinal()) - bisect_right(self._working, a.toordinal())
        days = (date.fromordinal(n) for n in range(a.toordinal() + 1, b.toordinal() + 1))
        return sum(map(self.is_working_day, days))

    def why_off(self, day: date) -> str | None:
        """Return in Vietnamese why `day` is off, with its document; None on a working day."""
        special = self._special.get(day)
        if special is not None:
            return None if special.is_working else f"{special.name} ({special.document})"
        return WEEKDAYS[day.weekday()] if day.weekday() >= _SATURDAY else None

    def special_day(self, day: date) -> SpecialDay | None:
        """Return the entry of the calendar file for `day`, if it has one."""
        return self._special.get(day)

    def is_provisional(self, year: int) -> bool:
        """Whether the file of `year` is an estimate that an official notice may still change."""
        return self._years.get(year, False)

    def covers(self, year: int) -> bool:
        """Whether there is a file for `year`; elsewhere weekends alone are off."""
        return year in self._years

    def _walked(self, day: date, n: int) -> date:
        step, left = timedelta(days=1 if n > 0 else -1), abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day


def read_calendar(files: Mapping[str, str]) -> tuple[WorkCalendar, list[Problem]]:
    """Return the calendar of all `files` (name → YAML text), and every mistake in them.

    A mistaken entry is left out; the rest of its file still counts.
    """
    problems: list[Problem] = []
    days: dict[date, SpecialDay] = {}
    years: dict[int, bool] = {}
    for source, text in sorted(files.items()):
        section, found = open_section(text, source, "tệp lịch làm việc")
        if section.node.value:
            _read_year(section, days, years)
        problems += found
    return WorkCalendar(days.values(), years), problems


def _read_year(section: Section, days: dict[date, SpecialDay], years: dict[int, bool]) -> None:
    if section.get("year") is None:
        section.text("year")
    year = section.typed("year", _year, "2026", 0)
    is_provisional = (
        section.choice("status", ("official", "provisional"), "official", STATUS_WORDS) == "provisional"
    )
    if year in years:
        hint = "mỗi năm chỉ có một tệp; gộp hai tệp làm một"
        section.report("duplicate-year", f"năm {year} đã có tệp lịch khác", hint, section.get("year"))
    elif year:
        years[year] = is_provisional
        _report_name(section, year)
    for special in _read_days(section, year):
        if special.day not in days:
            days[special.day] = special
    section.finish()


STATUS_WORDS = {"chính thức": "official", "dự kiến": "provisional", "tạm": "provisional"}


def _report_name(section: Section, year: int) -> None:
    named = re.fullmatch(r"(?:.*/)?(\d{4})\.yml", section.source)
    if named and int(named[1]) != year:
        hint = f"sửa năm thành {named[1]}, hoặc đổi tên tệp thành {year}.yml"
        section.report(
            "wrong-year", f"tệp mang tên năm {named[1]} nhưng ghi năm {year}", hint, section.get("year")
        )


def _read_days(section: Section, year: int) -> Iterator[SpecialDay]:
    seen: dict[date, int] = {}
    for key, what, is_working in (("days_off", "ngày nghỉ", False), ("working_days", "ngày làm bù", True)):
        for entry in section.sections(key, what):
            special = _read_day(entry, is_working)
            if special and _is_sound(entry, special, year, seen):
                yield special


def _read_day(entry: Section, is_working: bool) -> SpecialDay | None:
    if not entry.node.value:
        return None  # not a mapping: reported already
    day, name, document = entry.day("day"), entry.text("name"), entry.text("document")
    if entry.get("day") is None:
        entry.text("day")
    note = entry.text("note", "")
    entry.report_blank("note")
    entry.finish()
    return SpecialDay(day, is_working, name, document, note) if day else None


def _is_sound(entry: Section, special: SpecialDay, year: int, seen: dict[date, int]) -> bool:
    """Whether an entry counts, reporting at its date why not."""
    day, shown, node = special.day, f"{special.day:%d/%m/%Y}", entry.get("day")
    if year and day.year != year:
        hint = f"chuyển sang tệp lịch năm {day.year} hoặc sửa năm"
        entry.report("wrong-year", f"ngày {shown} không thuộc năm {year}", hint, node)
    elif day in seen:
        hint = f"ngày này đã có ở dòng {seen[day]}; giữ lại một chỗ"
        entry.report("duplicate-day", f"ngày {shown} bị lặp", hint, node)
    elif special.is_working and day.weekday() < _SATURDAY:
        hint = "ngày làm bù phải là thứ Bảy hoặc Chủ nhật; xóa mục này hoặc sửa ngày"
        entry.report("already-working", f"{WEEKDAYS[day.weekday()]} {shown} vốn là ngày làm việc", hint, node)
    else:
        seen[day] = entry.line
        return True
    return False


def _year(text: str) -> int | None:
    year = int(text) if text.isascii() and text.isdigit() else 0
    return year if FIRST_YEAR < year < LAST_YEAR else None
