"""A list for any spreadsheet: whole, readable, and never evaluated."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import WorkCalendar
from engine.compliance import ReminderCount, overdue_report
from reports.cells import MAX_LENGTH, looks_like_formula, plain
from reports.csv import as_csv


def lines_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_the_file_is_utf8_with_a_mark_and_every_line_ends_as_rfc_4180_says(make, owes):
    content = as_csv(make(owes(1, 1, "2025-09-30", title='Việc "lớn", khó')))

    assert content.startswith("\ufeffMã nhiệm vụ,Nhiệm vụ,Mã đơn vị,".encode())
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r") == 2
    assert 'KH1/1,"Việc ""lớn"", khó",XA01,xã Đăk Ân 1,' in content.decode("utf-8-sig")


def test_a_line_says_all_there_is_to_say_about_one_overdue_assignment(make, owes):
    first, second = lines_of(as_csv(make(owes(1, 1, "2025-08-30"), owes(2, 2, "2025-10-10"))))

    assert first == {
        "Mã nhiệm vụ": "KH1/1",
        "Nhiệm vụ": "Việc số 1",
        "Mã đơn vị": "XA01",
        "Đơn vị chủ trì": "xã Đăk Ân 1",
        "Văn bản giao": "12/KH-UBND ngày 01/07/2025, STT 1",
        "Hạn gốc": "30/08/2025",
        "Thời hạn hiện hành": "30/08/2025",  # a Saturday
        "Tính trễ sau ngày": "01/09/2025",
        "Số ngày quá hạn": "45",
        "Số lần gia hạn": "0",
        "Tình trạng": "Chưa xác nhận",
        "Số lần đôn đốc": "3",
        "Đã đôn đốc đến cấp": "thủ trưởng",
        "Đôn đốc gần nhất": "14/10/2025",
        "Số liệu tính đến": "16/10/2025",
    }
    assert [second[name] for name in ("Số lần đôn đốc", "Đã đôn đốc đến cấp", "Đôn đốc gần nhất")] == [
        "0",
        "",
        "",
    ]


def test_the_day_of_the_last_reminder_is_the_day_in_hanoi(owes, make):
    late = owes(1, 1, "2025-09-30")
    sent = {late.id: ReminderCount(1, 1, datetime(2025, 10, 13, 20, tzinfo=UTC))}
    like = make(late)

    calendar = WorkCalendar(years={2025: False})
    (line,) = lines_of(as_csv(overdue_report([late], sent, calendar, like.as_of, like.rulebook)))

    assert line["Đôn đốc gần nhất"] == "14/10/2025"


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ('=HYPERLINK("http://x.invalid")', '\'=HYPERLINK("http://x.invalid")'),
        ("+84 tỷ đồng", "'+84 tỷ đồng"),
        ("- Chủ trì rà soát", "'- Chủ trì rà soát"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1+1", "'=1+1"),
        ("\r=1+1", "'=1+1"),
        ("\n=1+1", "'=1+1"),
        (" \u00a0=1+1", "'=1+1"),
        ("\u202e=1+1", "'=1+1"),  # hidden by a character that is taken away
        ("\x00=1+1", "'=1+1"),
        ("\ufeff=1+1", "'=1+1"),
        ("＝1＋1", "'＝1＋1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM(1)", "'＠SUM(1)"),
        ("'=1+1", "''=1+1"),
        ("'Nhà văn hóa'", "'Nhà văn hóa'"),
        ("– gạch đầu dòng", "– gạch đầu dòng"),  # a dash, not a minus
        ("a = b + c", "a = b + c"),
        ("xong\nsớm\r\nhơn\u2028nữa\tnhé", "xong sớm hơn nữa nhé"),
        ("mật\x00 khẩu\x1b[2J\u202e\u2066\u200b", "mật khẩu[2J"),
        ("\ud800nửa ký tự\uffff", "nửa ký tự"),
        ("Thu\u031b\u0323c hie\u0302\u0323n", "Th\u1ef1c hi\u1ec7n"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 40_000, "x" * (MAX_LENGTH - 1) + "…"),
    ],
)
def test_what_people_wrote_stays_a_text(make, owes, written, cell):
    (line,) = lines_of(as_csv(make(owes(1, 1, "2025-09-30", title=written))))

    assert line["Nhiệm vụ"] == cell


@pytest.mark.parametrize("field", ["task", "title", "unit", "unit_name", "document"])
def test_no_text_of_any_column_is_evaluated(make, owes, field):
    report = make(owes(1, 1, "2025-09-30"))
    (line,) = lines_of(as_csv(replace(report, rows=(replace(report.rows[0], **{field: "=1+1"}),))))

    assert [cell for cell in line.values() if "=" in cell] == ["'=1+1"]


@given(st.text())
def test_taking_one_apostrophe_away_where_it_guards_gives_the_words_back(text):
    said = plain(text)
    cell = f"'{said}" if looks_like_formula(said) else said

    assert (cell[1:] if looks_like_formula(cell) else cell) == said
    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert plain(said) == said


def test_a_telephone_split_by_an_invisible_character_does_not_come_together_again(make, owes):
    content = as_csv(make(owes(1, 1, "2025-09-30", title="liên hệ 09\u202e05\u206612\u20693456")))

    assert "0905123456" not in content.decode()
    assert "[số điện thoại]" in content.decode()


def test_without_overdue_rows_there_are_headings_alone(make, owes):
    assert as_csv(make(owes(1, 1, "2025-12-31"))).count(b"\r\n") == 1
