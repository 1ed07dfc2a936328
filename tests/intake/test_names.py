import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.names import MAX_BYTES, safe_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kế hoạch 12.docx", "Kế hoạch 12.docx"),
        (unicodedata.normalize("NFD", "Phụ lục.docx"), "Phụ lục.docx"),
        ("../../x.docx", "x.docx"),
        ("..\\..\\x.docx", "x.docx"),
        ("C:\\Users\\a\\x.docx", "x.docx"),
        ("/etc/passwd", "passwd"),
        ("a\0.docx", "a.docx"),
        ("a\r\nb.docx", "ab.docx"),
        ("\u202excod.exe", "xcod.exe"),
        ("phu\u200b-luc\ufeff.docx", "phu-luc.docx"),
        ("  hai   dấu cách .docx", "hai dấu cách .docx"),
        (".docx", "docx"),
        ("thư mục/", "thư mục"),
        ("", "tệp không tên"),
        ("..", "tệp không tên"),
        ("///\\", "tệp không tên"),
        ("\u202e\u200f", "tệp không tên"),
        ("a" * 300 + ".docx", "a" * 112 + "….docx"),
        ("ệ" * 100, "ệ" * 39 + "…"),
    ],
)
def test_a_name_is_shown_without_what_could_harm(name, shown):
    assert safe_name(name) == shown


@given(st.text(max_size=400))
def test_any_name_becomes_one_short_printable_line(name):
    shown = safe_name(name)

    assert 0 < len(shown.encode()) <= MAX_BYTES
    assert not set(shown) & set("/\\\0\r\n\u202e")
    assert safe_name(shown) == shown
