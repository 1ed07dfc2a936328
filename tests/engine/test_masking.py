"""Numbers by which a person can be reached stay inside; everything else is told as written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.masking import ACCOUNT, CITIZEN, EMAIL, PHONE, masked


@pytest.mark.parametrize(
    "written",
    [
        "0905123456",
        "0905.123.456",
        "0905 123 456",
        "0905-123-456",
        "09 05 12 34 56",
        "(0905) 123456",
        "+84 905 123 456",
        "+84905123456",
        "(+84) 905.123.456",
        "+84 (0) 905 123 456",
        "84905123456",
        "(0255) 3822 123",
        "0255.3822123",
        "0255 3 822 123",
        "024.38221234",
        "+84 255 3822 123",
        "01205123456",  # a mobile number of before 2018
        "0603.862.123",  # an area code of before 2017
        "0905\u00a0123\u00a0456",
        "０９０５１２３４５６",
    ],
)
def test_a_telephone_number_in_any_writing_is_named_instead_of_shown(written):
    assert masked(f"Liên hệ đồng chí An, {written}, trước ngày 30/9/2025.") == (
        f"Liên hệ đồng chí An, {PHONE}, trước ngày 30/9/2025."
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("SĐT: 0905123456", f"SĐT: {PHONE}"),
        ("ĐT/Fax: 3822 123", f"ĐT/Fax: {PHONE}"),
        ("Liên hệ ông An, 0905 12…", f"Liên hệ ông An, {PHONE}…"),
        ("Hotline 1900 1234", f"Hotline {PHONE}"),
        ("điện thoại 0905123456/0914123456", f"điện thoại {PHONE}/{PHONE}"),
        ("0255.3822123 - 0905.123.456", f"{PHONE} - {PHONE}"),
        ("0905123456.0914123456", f"{PHONE}.{PHONE}"),
        ("gửi về an.nguyen@so.example.", f"gửi về {EMAIL}."),
        ("an_nguyen+kh@vp.so.example và binh@so.example", f"{EMAIL} và {EMAIL}"),
        ("CCCD 051090001234", f"CCCD {CITIZEN}"),
        ("số 051090001234 cấp ngày 01/02/2021", f"số {CITIZEN} cấp ngày 01/02/2021"),
        ("CMND: 212 345 678", f"CMND: {CITIZEN}"),
        ("STK 4500201001234 tại ngân hàng", f"STK {ACCOUNT} tại ngân hàng"),
        ("tài khoản số 3713.0.1057284", f"tài khoản số {ACCOUNT}"),
    ],
)
def test_what_stands_beside_a_label_is_named(written, shown):
    assert masked(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Kế hoạch số 123/KH-UBND ngày 17/10/2025",
        "Công văn số 1005/SNNMT-KHTC ngày 09.08.2025 15 giờ",
        "Nghị quyết số 57-NQ/TW; Nghị định 09/2019/NĐ-CP; Luật số 117/2025/QH15",
        "trước 08 giờ 30 ngày 05-09-2025 08 30",
        "kinh phí 1.000.000.000 đồng, đạt 84.905.123.456 đồng",
        "84905123456 đồng",
        "tài khoản 500.000.000 đồng",
        "giai đoạn 2025-2030, tăng 8,5%; nhiệm vụ 2.1, 2.10, 15",
        "mã số thuế 0312345678",
        "mã hồ sơ 000.00.12.H48-250101-0001",
        "Hoàn thành 100% trong tháng 12/2025",
        "Sở Nông nghiệp và Môi trường chủ trì",
        "",
    ],
)
def test_documents_dates_sums_and_task_numbers_stay(text):
    assert masked(text) == text


@given(st.text(max_size=200))
def test_masking_twice_masks_no_more(text):
    assert masked(masked(text)) == masked(text)


@given(st.text().filter(lambda text: not any(letter.isdigit() or letter == "@" for letter in text)))
def test_a_text_without_figures_is_left_alone(text):
    assert masked(text) == text


@given(
    st.integers(1, 9999),
    st.sampled_from(["/KH-UBND", "/QĐ-TTg", "-NQ/TW", "/2025/NĐ-CP", "/UBND-VH&XH"]),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "ngày %d tháng %m năm %Y"]),
    st.sampled_from([" ", ", ", "; ", " (", "\n"]),
)
def test_document_numbers_and_dates_survive(number, symbol, day, form, between):
    text = f"{number}{symbol}{between}{day.strftime(form)}{between}{number}"

    assert masked(text) == text


@given(
    st.from_regex(r"\A0[35789][0-9]{8}\Z"),
    st.sampled_from(["", " ", ".", "-"]),
    st.text("abcđê ,;:", max_size=9),
)
def test_no_mobile_number_survives(number, gap, around):
    written = gap.join((number[:4], number[4:7], number[7:]))

    assert not any(letter.isdigit() for letter in masked(f"{around}{written}{around}"))


def test_a_long_text_is_masked_quickly():
    assert masked("0" * 20_000).startswith("0")
    assert masked("1 2 3 4 5 6 7 8 9 " * 2_000)
    assert EMAIL not in masked("a." * 10_000)


@pytest.mark.parametrize("unseen", ["\u202e", "\u2066", "\u200e", "\ufeff", "\x00", "\u200b"])
def test_a_sign_nobody_sees_hides_no_number(unseen):
    assert masked(f"gọi 0905{unseen}123{unseen}456 trước 30/9/2025") == f"gọi {PHONE} trước 30/9/2025"
