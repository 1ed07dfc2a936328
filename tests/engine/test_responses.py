"""What is read in the words people type back, and what is never guessed?"""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.responses import NotUnderstood, Response, ResponseKind, read_response, typed

TODAY = date(2025, 11, 22)
ACKNOWLEDGE, REPORT, EXTENSION = ResponseKind.ACKNOWLEDGE, ResponseKind.REPORT, ResponseKind.EXTENSION
BLOCKED, NOT_MINE, SUBSTITUTE = ResponseKind.BLOCKED, ResponseKind.NOT_MINE, ResponseKind.SUBSTITUTE


def read(text: str) -> Response | NotUnderstood:
    return read_response(text, TODAY)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("OK 0042", (42,)),
        ("ok42", (42,)),
        ("OK0042.", (42,)),
        ("  ok :  0042 ", (42,)),
        ("Đã nhận 0042", (42,)),
        ("da nhan viec so 42 a", (42,)),
        ("Dạ em đã nhận việc 0042, cảm ơn anh", (42,)),
        ("Báo cáo anh, em đã nhận việc 0042", (42,)),
        ("0042 ok", (42,)),
        ("OK 42, 43", (42, 43)),
        ("OK 42 43 và 44", (42, 43, 44)),
        ("OK 42, 42", (42,)),
        ("Ok", ()),
        ("1", ()),
        ("OK 42\nVào 10:00, Đôn đốc đã viết:\n> BC 43 12/BC", (42,)),
    ],
)
def test_a_task_is_acknowledged(text, numbers):
    assert read(text) == Response(ACKNOWLEDGE, numbers)


@pytest.mark.parametrize(
    ("text", "document", "on", "note"),
    [
        ("BC 0042 123/BC-SYT", "123/BC-SYT", None, ""),
        ("bc 42 123/bc-syt", "123/bc-syt", None, ""),
        ("BC 0042 123/BC-SYT ngày 5/11", "123/BC-SYT", date(2025, 11, 5), ""),
        ("BC 42 123/BC-SYT ngày 20/11/2025, gửi qua trục", "123/BC-SYT", date(2025, 11, 20), "gửi qua trục"),
        ("báo cáo 42 số 123/BC-SYT", "123/BC-SYT", None, ""),
        ("Đã hoàn thành 42 theo công văn số 12/2025/QĐ-UBND", "12/2025/QĐ-UBND", None, ""),
        ("BC 42 123-BC/TU", "123-BC/TU", None, ""),
        ("BC 42 đã nộp trực tiếp tại Văn phòng", "", None, "đã nộp trực tiếp tại Văn phòng"),
        ("BC 42 chưa có vướng mắc, xem 9/BC-SYT", "9/BC-SYT", None, "chưa có vướng mắc, xem"),
    ],
)  # fmt: skip
def test_a_report_has_a_document_or_words(text, document, on, note):
    assert read(text) == Response(REPORT, (42,), document, on, note=note)


@pytest.mark.parametrize(
    ("text", "until", "note"),
    [
        ("GH 0042 15/12 lý do chờ Bộ hướng dẫn", date(2025, 12, 15), "lý do chờ Bộ hướng dẫn"),
        ("gh 42 15-12", date(2025, 12, 15), ""),
        ("GH 42, 15.12.2025 mưa lũ", date(2025, 12, 15), "mưa lũ"),
        ("Xin gia hạn 42 đến hết ngày 15 tháng 12 năm 2025 vì mưa lũ", date(2025, 12, 15), "vì mưa lũ"),
        ("em xin gia hạn 42 do mưa lũ, đến 15/12", date(2025, 12, 15), "do mưa lũ"),
        ("GH 42 trước ngày 15/12 bận", date(2025, 12, 14), "bận"),
        ("GH 42 20/11", date(2026, 11, 20), ""),  # the next such day
        ("GH 42 22/11", date(2026, 11, 22), ""),  # today is not after today
    ],
)
def test_an_extension_names_one_day_to_come(text, until, note):
    assert read(text) == Response(EXTENSION, (42,), on=until, note=note)


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("VM 0042 Sở Tài chính: chậm", Response(BLOCKED, (42,), whom="Sở Tài chính", note="chậm")),
        ("đang vướng 42 ở Sở Tài chính", Response(BLOCKED, (42,), note="Sở Tài chính")),
        ("KP 0042", Response(NOT_MINE, (42,))),
        ("Không phải việc của tôi 42", Response(NOT_MINE, (42,))),
        ("khong thuoc tham quyen 42 da chuyen STP", Response(NOT_MINE, (42,), note="da chuyen STP")),
        ("NTT 0042 Nguyễn Văn Mẫu", Response(SUBSTITUTE, (42,), whom="Nguyễn Văn Mẫu")),
        ("người thay thế 42: Lê Mẫu, từ 1/12", Response(SUBSTITUTE, (42,), whom="Lê Mẫu", note="từ 1/12")),
        ("NOI 123456", Response(ResponseKind.JOIN, code="123456")),
        ("nối: 123 456", Response(ResponseKind.JOIN, code="123456")),
        ("/start Ab_9-xYz", Response(ResponseKind.JOIN, code="Ab_9-xYz")),
        ("GIÚP", Response(ResponseKind.HELP)),
        ("?", Response(ResponseKind.HELP)),
        ("ĐÚNG", Response(ResponseKind.CONFIRM)),
        ("Đúng rồi", Response(ResponseKind.CONFIRM)),
        ("sai", Response(ResponseKind.REJECT)),
        ("STOP", Response(ResponseKind.STOP)),
        ("Dừng", Response(ResponseKind.STOP)),
        ("dung nhan tin", Response(ResponseKind.STOP)),
        ("DUNG", Response(ResponseKind.CONFIRM, is_stop_else=True)),  # đúng, or dừng
        ("Hủy", Response(ResponseKind.REJECT, is_stop_else=True)),
    ],
)  # fmt: skip
def test_everything_else_people_say(text, response):
    assert read(text) == response


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BC 42", "cần số văn bản"),
        ("xong 42", "cần số văn bản"),
        ("BC 42 chưa xong", "chưa xong"),
        ("BC 42 123/BC-SYT ngày 5/12", "chưa tới"),
        ("BC 42 123/BC-SYT ngày 5/3", "quá lâu"),
        ("GH 42", "cần ngày mới"),
        ("GH 42 cuối tháng", "cần ngày mới"),
        ("GH 42 31/11 mưa", "không có ngày 31/11"),
        ("GH 42 15/11/2025", "đã qua"),
        ("GH 42 15/12 hoặc 20/12", "nhiều ngày"),
        ("VM 42", "tên đơn vị"),
        ("NTT 42 Mẫu", "họ tên"),
        ("OK 42 nhưng xin gia hạn đến 15/12", "hai tin riêng"),
        ("OK 42?", "hai tin riêng"),
        ("BC 42 12/BC-SYT\nGH 43 15/12", "một tin riêng"),
        ("HUY 0042", "STOP"),
        ("42 ok 43", "trước và sau"),
        ("", ""),
        ("chưa nhận 42", ""),
        ("khong ok 42", ""),
        ("báo cáo anh là mai em gửi", ""),
        ("okinawa 42", ""),
        ("42", ""),
    ],
)
def test_what_is_not_clear_is_not_guessed(text, why):
    found = read(text)

    assert isinstance(found, NotUnderstood)
    assert why in found.why
    assert bool(why) == bool(found.why)


@pytest.mark.parametrize("kind", [ACKNOWLEDGE, NOT_MINE])
def test_what_a_letter_tells_people_to_type_is_understood(kind):
    assert read(typed(kind, 42).split(" lý do")[0]) == Response(kind, (42,))


COMMANDS = (
    "OK 0042", "đã nhận 42, 43", "BC 0042 123/BC-SYT ngày 5/11", "báo cáo 42 số 9/TTr-SXD",
    "GH 0042 15/12 chờ Bộ",
    "xin gia hạn 42 đến hết ngày 15/12", "VM 0042 Sở Tài chính: chậm", "không phải việc của tôi 42",
    "người thay thế 42 Nguyễn Văn Mẫu", "giúp", "SAI", "STOP", "dừng nhận tin", "GH 42 31/11", "OK 42?",
)  # fmt: skip


def stripped(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def meaning(found: Response | NotUnderstood) -> object:
    """What an answer comes to, its words apart from their spelling."""
    if isinstance(found, NotUnderstood):
        return None
    return {name: stripped(v).casefold() if isinstance(v, str) else v for name, v in asdict(found).items()}


SPELLINGS = st.sampled_from(
    [str.upper, str.lower, str.title, str.swapcase, stripped, lambda text: unicodedata.normalize("NFD", text)]
)


@given(st.sampled_from(COMMANDS), st.lists(SPELLINGS, max_size=4))
def test_spelling_changes_nothing(command, spellings):
    text = command
    for spelt in spellings:
        text = spelt(text)

    assert meaning(read(text)) == meaning(read(command))


@given(st.sampled_from(COMMANDS), st.text("  \t\u00a0\u200b", max_size=5), st.text(" .!\n", max_size=4))
def test_blanks_and_signs_around_change_nothing(command, before, after):
    assert meaning(read(before + command.replace(" ", f" {before}") + after)) == meaning(read(command))


@given(
    st.text(max_size=300) | st.lists(st.sampled_from([*COMMANDS, "/", "42", "ngày", "\n", ":"])).map(" ".join)
)
def test_nothing_said_can_stop_the_reader(text):
    found = read(text)

    assert isinstance(found, Response | NotUnderstood)
    assert found == read(text)


@given(st.integers(0, 999_999), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_a_day_that_is_read_is_the_next_such_day(number, today):
    found = read_response(f"GH {number} 29/2", today)

    if isinstance(found, Response):
        assert found.on is not None
        assert (found.on.month, found.on.day) == (2, 29)
        assert 0 < (found.on - today).days <= 731
    else:
        assert "không có ngày" in found.why or "đã qua" in found.why


@pytest.mark.parametrize(
    "hostile", ["OK " * 700, "GH 42 " + "1/1 " * 500, "1 " * 1000, "BC 42 " + "1/" * 900, "a:" * 1000]
)
def test_a_long_message_is_read_in_no_time(hostile):
    assert isinstance(read(hostile), Response | NotUnderstood)
