"""Is there a calendar for the year that is running, and in December for the next?

Deadlines of January are counted before New Year, so a missing year shows a month ahead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.calendar import WorkCalendar
from engine.problems import Problem
from engine.yamltext import open_section

_WARN_FROM = (12, 1)  # month and day


def calendar_gaps(
    files: Mapping[str, str], calendar: WorkCalendar, today: date, folder: str
) -> list[Problem]:
    """Return a problem for each year needed on `today` whose file is missing or provisional."""
    years = [today.year]
    if (today.month, today.day) >= _WARN_FROM:
        years.append(today.year + 1)
    found = [_gap(files, calendar, year, folder) for year in years]
    return [problem for problem in found if problem]


def _gap(files: Mapping[str, str], calendar: WorkCalendar, year: int, folder: str) -> Problem | None:
    if not calendar.covers(year) and f"{folder}/{year}.yml" in files:
        return None  # the file is there, and what is wrong with it is told at its place
    if not calendar.covers(year):
        message = f"chưa có lịch làm việc năm {year}: mới chỉ biết ngày cuối tuần là ngày nghỉ"
        hint = "tạo tệp này theo thông báo nghỉ lễ, tết; chưa có thông báo thì ghi 'status: provisional'"
        return Problem(f"{folder}/{year}.yml", 0, 0, "missing-year", message, hint)
    if not calendar.is_provisional(year):
        return None
    for source, text in files.items():
        root, problems = open_section(text, source, "tệp lịch làm việc")
        if root.text("year", "") == str(year):
            message = f"lịch làm việc năm {year} mới là dự kiến"
            hint = "đối chiếu thông báo nghỉ lễ, tết chính thức rồi đổi thành 'status: official'"
            root.report("provisional-year", message, hint, root.get("status"))
            return problems[-1]
    return None
