"""Times counted from an event: how its day is found once somebody enters the event's date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import SpecialDay, WorkCalendar
from engine.deadline import read_deadline
from engine.deadline_events import due_after, with_event
from engine.model import Confirmation, DeadlineKind, Offset

ISSUED = date(2025, 10, 17)
WEEKENDS = WorkCalendar()
NEW_YEAR = WorkCalendar([SpecialDay(date(2026, 1, 1), False, "Tết Dương lịch", "Bộ luật Lao động, Điều 112")])


def d(text: str) -> date:
    """Dates as people write them: 9/8/2025."""
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


@pytest.mark.parametrize(
    ("phrase", "event_on", "due_on"),
    [
        ("trong 10 ngày kể từ ngày ký", "17/10/2025", "27/10/2025"),  # the day of signing is not counted
        ("trong 01 tháng kể từ ngày có kết luận", "31/1/2026", "28/2/2026"),  # no 31 February
        ("trong 01 tháng kể từ ngày có kết luận", "28/2/2026", "28/3/2026"),
        ("01 năm kể từ khi ký hợp đồng", "29/2/2028", "28/2/2029"),
        ("một quý kể từ khi ký hợp đồng", "30/11/2025", "28/2/2026"),
        ("2 tuần sau khi họp", "3/11/2025", "17/11/2025"),
        ("trong 05 ngày làm việc kể từ ngày nhận đủ hồ sơ", "31/10/2025", "7/11/2025"),  # Friday to Friday
        ("trong 2 ngày làm việc kể từ khi nhận", "31/12/2025", "5/1/2026"),  # over New Year's Day
        ("chậm nhất 05 ngày trước ngày họp", "10/12/2025", "5/12/2025"),
        ("trước 3 ngày làm việc so với ngày họp", "8/12/2025", "3/12/2025"),
        ("trước kỳ họp 20 ngày", "10/12/2025", "20/11/2025"),
        ("trong 24 giờ kể từ khi phát hiện", "1/11/2025", "2/11/2025"),
        ("trong 36 giờ kể từ khi phát hiện", "1/11/2025", "3/11/2025"),
        ("8 giờ làm việc kể từ khi nhận", "31/10/2025", "3/11/2025"),
        ("Trước kỳ họp thường lệ cuối năm 2025", "10/12/2025", "9/12/2025"),  # "trước" leaves the day before
        ("Trình tại kỳ họp cuối năm 2025", "10/12/2025", "10/12/2025"),
    ],
)
def test_a_time_is_counted_from_the_day_of_its_event(phrase, event_on, due_on):
    deadline = read_deadline(phrase, ISSUED)

    assert (deadline.due_on, deadline.confirmation) == (None, Confirmation.REQUIRED)
    known = with_event(deadline, d(event_on), NEW_YEAR)
    assert (known.due_on, known.confirmation) == (d(due_on), Confirmation.NONE)
    assert (known.kind, known.as_written) == (deadline.kind, phrase)


def test_the_reading_says_from_which_day_and_how_it_was_counted():
    deadline = read_deadline("trong 10 ngày làm việc kể từ ngày nhận đủ hồ sơ.", ISSUED)

    assert with_event(deadline, d("3/11/2025"), WEEKENDS).reading == (
        "trong 10 ngày làm việc kể từ ngày nhận đủ hồ sơ → hết ngày 17/11/2025 (10 ngày làm việc tính từ sau "
        "ngày 03/11/2025 (ngày nhận đủ hồ sơ), Điều 147 Bộ luật Dân sự)."
    )


@pytest.mark.parametrize("phrase", ["Sau khi có hướng dẫn của Bộ", "Khi có yêu cầu", "Ngay sau khi ký"])
def test_an_event_that_only_starts_the_work_sets_no_last_day(phrase):
    known = with_event(read_deadline(phrase, ISSUED), d("3/11/2025"), WEEKENDS)

    assert (known.starts_on, known.due_on) == (d("3/11/2025"), None)
    assert known.confirmation is Confirmation.REQUIRED


@pytest.mark.parametrize(
    ("phrase", "proposal"),
    [
        ("trong 10 ngày kể từ ngày ban hành Kế hoạch này", "27/10/2025"),
        ("20 ngày kể từ ngày ký", "6/11/2025"),
        ("trong 10 ngày kể từ ngày nhận được văn bản trả lời", None),  # not this document
        ("30 ngày kể từ ngày Luật có hiệu lực", None),
        ("trong 10 ngày làm việc kể từ ngày ký", None),  # only a calendar can tell
    ],
)
def test_a_time_from_the_signing_is_proposed_from_the_day_of_issue(phrase, proposal):
    deadline = read_deadline(phrase, ISSUED)

    assert deadline.kind is DeadlineKind.EVENT_OFFSET
    assert (deadline.due_on, deadline.proposal) == (None, proposal and d(proposal))


@pytest.mark.parametrize(
    ("phrase", "event"),
    [
        ("20 ngày kể từ ngày ký", "ngày ký"),
        ("10 ngày sau khi nhận đủ hồ sơ; báo cáo ngay", "nhận đủ hồ sơ"),
        ("sau khi có kết luận thanh tra 45 ngày", "có kết luận thanh tra"),
        ("90 ngày (kể từ ngày ký hợp đồng)", "ngày ký hợp đồng"),
        ("Trước kỳ họp thứ 35 HĐND tỉnh", "kỳ họp thứ 35 HĐND tỉnh"),
    ],
)
def test_the_words_that_name_the_event_are_kept(phrase, event):
    assert read_deadline(phrase, ISSUED).offset.event == event


OFFSETS = st.builds(
    Offset,
    count=st.integers(0, 400),
    unit=st.sampled_from(["hour", "day", "week", "month", "year"]),
    is_working=st.just(False),
    is_before=st.booleans(),
    event=st.just("ngày họp"),
)


@given(OFFSETS, st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_before_is_never_later_and_after_never_earlier(offset, event_on):
    due_on = due_after(offset, event_on, WEEKENDS)

    assert due_on <= event_on if offset.is_before else due_on >= event_on


@given(st.integers(1, 60), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_working_days_end_on_a_working_day_and_are_never_fewer_days(count, event_on):
    offset = Offset(count, "day", True, False, "")
    due_on = due_after(offset, event_on, WEEKENDS)

    assert WEEKENDS.is_working_day(due_on)
    assert (due_on - event_on).days >= count
