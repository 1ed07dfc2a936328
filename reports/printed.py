"""How does one value of a paper read, wherever it is printed?"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from reports.paper import Value
from reports.vietnamese import NOTHING, day, moment, number, percent


def printed(value: Value) -> str:
    """Return a value as a Vietnamese reader sees it: 16.051, 98,6 %, 30/09/2025, a dash for none."""
    match value:
        case None:
            return NOTHING
        case str():
            return value
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case Fraction():
            return percent(value)
        case int():
            return number(value)
