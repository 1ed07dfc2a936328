from datetime import date, datetime

import icalendar
from hypothesis import example, given
from hypothesis import strategies as st

from engine.model import HANOI
from notifiers.base import IcsPart
from notifiers.ics import as_calendar
from notifiers.words import plain

AT = datetime(2025, 9, 25, 8, 0, tzinfo=HANOI)
PART = IcsPart("ab12@dondoc.example", date(2025, 12, 31), 2, "Hạn: Quy chế; dữ liệu, bảo mật \\ số", "Số 12")


def test_a_deadline_is_an_all_day_entry_that_another_calendar_reads_back():
    calendar = icalendar.Calendar.from_ical(as_calendar([PART], AT))
    (event,) = calendar.walk("VEVENT")

    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert (event["UID"], event["SEQUENCE"]) == ("ab12@dondoc.example", 2)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2025, 12, 31), date(2026, 1, 1))
    assert event.decoded("DTSTAMP") == AT
    assert str(event["SUMMARY"]) == PART.summary
    assert not calendar.walk("VALARM")


@given(st.lists(st.text("Kế hoạch, dữ liệu; số\\ ự 🏛", min_size=40, max_size=150).map(plain), max_size=20))
@example(["ế" * n for n in range(60, 80)])
@example(["a" * n + "🏛" * 20 for n in range(60, 80)])
def test_any_title_survives_folding_in_lines_of_75_octets(titles):
    parts = [IcsPart(f"{n}@x.example", date(2025, 9, 30), 0, title) for n, title in enumerate(titles)]
    octets = as_calendar(parts, AT)

    assert max(len(line) for line in octets.split(b"\r\n")) <= 75
    assert [line.decode() for line in octets.split(b"\r\n")]  # no line breaks a character
    events = icalendar.Calendar.from_ical(octets).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == titles


def test_the_same_deadlines_give_the_same_bytes():
    assert as_calendar([PART], AT) == as_calendar([PART], AT)
