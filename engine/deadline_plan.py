"""Which years is a plan for, as its title has it, and where do dates without a year lie in it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PlanYears:
    """The years a title names; a school year runs from the summer of the first into the second."""

    first: int
    last: int
    is_school: bool = False

    @property
    def only(self) -> int | None:
        """The year of a plan that is for one calendar year."""
        return self.first if self.first == self.last else None

    def covers(self, year: int) -> bool:
        """Return whether `year` is one that the title names."""
        return self.first <= year <= self.last

    def year_of(self, last: date, issued_on: date) -> int | None:
        """Return the year that puts `last` into the school year after issue, None when no year does."""
        begins, ends = max(issued_on, date(self.first, 6, 1)), date(self.last, 7, 31)
        for year in (self.first, self.last):
            day = last.replace(year=year, day=min(last.day, 28) if last.month == 2 else last.day)
            if begins < day <= ends:
                return year
        return None


_SPAN = re.compile(r"(?P<school>năm học )?(?:năm )?(?P<a>20\d\d) ?[-–] ?(?:năm )?(?P<b>20\d\d)", re.I)


def plan_year_of(title: str, issued_on: date) -> PlanYears | None:
    """Return the years a plan's title is for: a span, a school year, or the one after that of issue.

    "Kế hoạch cải cách hành chính năm 2026" is signed in November 2025, and its "30/6" is
    that of 2026. A title that names the year of issue needs no help, one that names several
    single years gives none.
    """
    named = {(int(m["a"]), int(m["b"]), bool(m["school"])) for m in _SPAN.finditer(title)}
    # a plan sums up the school year that is over and is for the next one
    spans = {span for span in named if not span[2] or date(span[1], 7, 31) > issued_on}
    if spans:
        span = PlanYears(*next(iter(spans)))
        return span if len(spans) == 1 and span.first < span.last else None
    years = set(re.findall(r"\bnăm (20\d\d)\b", title, re.I))
    following = issued_on.year + 1
    return PlanYears(following, following) if years == {str(following)} else None
