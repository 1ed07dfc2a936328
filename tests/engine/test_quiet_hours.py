"""Until when does somebody want to be left alone?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import WorkCalendar
from engine.escalation import next_sending_moment
from engine.model import HANOI, PostRole, Recipient, Unit, UnitKind
from engine.quiet_hours import wakes_at
from engine.rulebook import SendingHours

ANYBODY = Recipient("SYT/head", "n", "t", Unit("SYT", "Sở Y tế", UnitKind.DEPARTMENT), PostRole.HEAD)
CALENDAR = WorkCalendar()
HOURS = SendingHours(((time(7, 30), time(17, 0)),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def span(text: str) -> tuple[time, time]:
    begins, ends = text.split("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)


@pytest.mark.parametrize(
    ("quiet", "now", "wakes"),
    [
        ([], "2026-01-07 08:00", "2026-01-07 08:00"),
        (["20:30-08:30"], "2026-01-07 08:00", "2026-01-07 08:30"),  # begun the evening before
        (["20:30-08:30"], "2026-01-07 08:30", "2026-01-07 08:30"),
        (["11:00-13:30"], "2026-01-07 12:00", "2026-01-07 13:30"),
        (["11:00-13:30", "13:30-15:00"], "2026-01-07 12:00", "2026-01-07 15:00"),
        (["15:00-08:00"], "2026-01-09 16:00", "2026-01-12 08:00"),  # Friday: Monday comes first
        (["16:00-23:00"], "2026-01-07 16:30", "2026-01-08 07:30"),  # after them the office is closed
        (
            ["06:00-18:00"],
            "2026-01-07 08:00",
            "2026-01-07 08:00",
        ),  # they would leave nothing: they do not count
        (["07:00-12:00", "12:00-17:00"], "2026-01-07 08:00", "2026-01-07 08:00"),
    ],
)
def test_quiet_hours_hold_a_message_until_the_next_hour_that_suits(quiet, now, wakes):
    somebody = replace(ANYBODY, quiet=tuple(span(text) for text in quiet))

    assert wakes_at(somebody, at(now), HOURS, CALENDAR) == at(wakes)


HALF_HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
SPANS = st.tuples(HALF_HOURS, HALF_HOURS).filter(lambda pair: pair[0] != pair[1])


@given(st.lists(SPANS, max_size=4), st.integers(0, 14 * 24 * 60))
def test_nothing_waits_for_ever_and_never_for_a_closed_office(quiet, minutes):
    opened = next_sending_moment(at("2026-01-01 00:00") + timedelta(minutes=minutes), HOURS, CALENDAR)
    somebody = replace(ANYBODY, quiet=tuple(quiet))
    wakes = wakes_at(somebody, opened, HOURS, CALENDAR)

    assert opened <= wakes <= opened + timedelta(days=14)
    assert next_sending_moment(wakes, HOURS, CALENDAR) == wakes
    assert wakes_at(somebody, wakes, HOURS, CALENDAR) == wakes
