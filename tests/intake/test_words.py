import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.words import cleaned, without_footnotes


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("[bookmark: _GoBack]31/8/2025", "31/8/2025"),
        ("Sở\u00a0 Nội\u200b vụ ", "Sở Nội vụ"),
        (unicodedata.normalize("NFD", "Tối ưu hóa"), "Tối ưu hóa"),
        ("Kế hoạch số 02-\nKH/BCĐTW", "Kế hoạch số 02-KH/BCĐTW"),
        ("Kế hoạch số 02-KH/\nBCĐTW", "Kế hoạch số 02-KH/BCĐTW"),
        ("Kế hoạch số 02\u2011KH", "Kế hoạch số 02-KH"),
        ("30/9/2025\n(Đã hoàn thành)", "30/9/2025 (Đã hoàn thành)"),
        ("giai đoạn 2026 -\n2030", "giai đoạn 2026 - 2030"),
        ("danh mục[footnoteRef:4], gửi Bộ. [4:  Quy chế [mới] số 2] ", "danh mục, gửi Bộ."),
        ("điểm [a] và [b]", "điểm [a] và [b]"),
    ],
)
def test_residue_goes_and_words_stay(raw, clean):
    assert cleaned(raw) == clean


def test_footnotes_are_kept_in_order():
    text, notes = without_footnotes("Một[footnoteRef:1] hai[footnoteRef:2]. [1: ghi chú a] [2:  ghi\nchú b]")

    assert (text, notes) == ("Một hai.", ("ghi chú a", "ghi chú b"))


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    once = cleaned(text)

    assert cleaned(once) == once
