from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.digest import Group
from notifiers.subjects import subject_of
from notifiers.words import plain, shortened

LONG = "Rà soát, sửa đổi quy chế quản lý, vận hành và khai thác nền tảng tích hợp dữ liệu dùng chung của tỉnh"
LATE = {"group": Group.OVERDUE, "days_late": 2, "days_left": 0, "due_on": date(2025, 9, 23)}
TODAY = {"group": Group.TODAY, "days_left": 0, "due_on": date(2025, 9, 25)}
SUNDAY = {"group": Group.TODAY, "days_left": 0, "due_on": date(2025, 9, 28)}


@pytest.mark.parametrize(
    ("changes", "level", "subject"),
    [
        ({}, 1, "[Đôn đốc] Còn 3 ngày làm việc: Kế hoạch hỗ trợ PPP (hạn 30/09/2025)"),
        (TODAY, 1, "[Đôn đốc] Hết hạn hôm nay: Kế hoạch hỗ trợ PPP (hạn 25/09/2025)"),
        (LATE, 1, "[Đôn đốc] Quá hạn 2 ngày: Kế hoạch hỗ trợ PPP (hạn 23/09/2025)"),
        (SUNDAY, 1, "[Đôn đốc] Sắp hết hạn: Kế hoạch hỗ trợ PPP (hạn 28/09/2025)"),
        (LATE, 2, "[Đôn đốc – lãnh đạo đơn vị] Quá hạn 2 ngày: Kế hoạch hỗ trợ PPP"),
        (LATE, 3, "[Đôn đốc – báo cáo cấp trên] Quá hạn 2 ngày: Kế hoạch hỗ trợ PPP"),
        (LATE, 4, "[Đôn đốc – báo cáo cấp trên] Quá hạn 2 ngày: Kế hoạch hỗ trợ PPP"),
        ({"group": Group.INFORMED}, 0, "[Đôn đốc – phối hợp] Còn 3 ngày làm việc: Kế hoạch hỗ trợ PPP"),
        ({"group": Group.FAULT}, 3, "[Đôn đốc – báo cáo cấp trên] Cần sửa đầu mối: Kế hoạch hỗ trợ PPP"),
        ({"title": LONG}, 1, "[Đôn đốc] Còn 3 ngày làm việc: Rà soát, sửa đổi quy… (hạn 30/09/2025)"),
    ],
)
def test_a_single_task_puts_its_state_first_then_the_title_then_the_date(
    digest_of, row_of, changes, level, subject
):
    assert subject_of(digest_of(row_of(**changes), level=level)) == subject


SOON = {"due_on": date(2025, 9, 27)}
NEXT_WEEK = {"due_on": date(2025, 9, 30)}
LATER = {"group": Group.LATER, "due_on": date(2025, 11, 30), "days_left": 45}
HELPING = {"group": Group.INFORMED, **LATER, "days_left": 45} | {"group": Group.INFORMED}
FAULT = {"group": Group.FAULT}


@pytest.mark.parametrize(
    ("rows", "level", "hidden", "subject"),
    [
        ([LATE, SOON, SOON], 1, 0, "[Đôn đốc] 3 nhiệm vụ của Sở Y tế: 1 quá hạn, 2 đến hạn tuần này"),
        ([LATE, NEXT_WEEK], 1, 0, "[Đôn đốc] 2 nhiệm vụ: 1 quá hạn, 1 đến hạn trong 7 ngày tới"),
        ([LATER, LATER], 1, 0, "[Đôn đốc] 2 nhiệm vụ của Sở Y tế: hạn gần nhất 30/11/2025"),
        ([LATE, LATE], 1, 7, "[Đôn đốc] 2 trong 9 nhiệm vụ của Sở Y tế: 2 quá hạn"),
        ([LATE], 1, 3, "[Đôn đốc] 1 trong 4 nhiệm vụ của Sở Y tế: 1 quá hạn"),
        ([LATE, LATE], 4, 0, "[Đôn đốc – báo cáo cấp trên] 2 nhiệm vụ: 2 quá hạn"),
        ([LATE, SOON], 2, 0, "[Đôn đốc – lãnh đạo đơn vị] 2 nhiệm vụ: 1 quá hạn, 1 đến hạn tuần này"),
        ([HELPING, HELPING], 0, 0, "[Đôn đốc – phối hợp] 2 nhiệm vụ của Sở Y tế: hạn gần nhất 30/11/2025"),
        ([LATE, HELPING], 1, 0, "[Đôn đốc] 2 nhiệm vụ của Sở Y tế: 1 quá hạn, 1 để phối hợp"),
        ([LATE, FAULT], 3, 0, "[Đôn đốc – báo cáo cấp trên] 2 nhiệm vụ: 1 quá hạn, 1 cần sửa đầu mối"),
        ([FAULT, FAULT], 3, 0, "[Đôn đốc – báo cáo cấp trên] 2 đầu mối cần sửa"),
    ],
)
def test_a_digest_counts_what_presses(digest_of, row_of, rows, level, hidden, subject):
    digest = digest_of(*(row_of(**row) for row in rows), level=level, hidden=hidden)

    assert subject_of(digest) == subject


@given(title=st.text(max_size=300), late=st.integers(0, 4000), level=st.integers(0, 4), many=st.booleans())
def test_no_title_can_break_a_subject_or_make_it_long(digest_of, row_of, title, late, level, many):
    rows = [row_of(title=title, days_late=late, level=level)] * (2 if many else 1)

    subject = subject_of(digest_of(*rows, level=level))

    assert len(subject) <= 70
    assert subject.isprintable() or not set(subject) & set("\r\n\u202e\u2066\u200b")
    assert subject.startswith("[Đôn đốc")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Kế hoạch\r\nBcc: ai-do@la.example", "Kế hoạch Bcc: ai-do@la.example"),
        ("đảo \u202echữ\u202c ngược", "đảo chữ ngược"),
        ("Ke\u0302\u0301 hoa\u0323ch", "Kế hoạch"),
        ("hai\u00a0 khoảng\tcách\u2028dòng", "hai khoảng cách dòng"),
        ("nửa \ud83d ký tự", "nửa ký tự"),
        ("\x1b[31mđỏ", "[31mđỏ"),
    ],
)
def test_what_a_person_typed_is_shown_on_one_harmless_line(written, shown):
    assert plain(written) == shown


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=200).map(plain), st.integers(2, 200))
def test_a_shortened_text_fits_and_says_that_it_was_cut(text, room):
    short = shortened(text, room)

    assert len(short) <= room
    assert short == text or short.endswith("…")
