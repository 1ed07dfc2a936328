"""The order of Vietnamese names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.collation import vietnamese_order


@pytest.mark.parametrize(
    "in_order",
    [
        ["An", "Ăn", "Ân", "Ba", "Da", "Đa", "Em", "Êm", "Ong", "Ông", "Ơn", "Pa", "Ung", "Ưng", "Va"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],  # ngang, huyền, hỏi, ngã, sắc, nặng
        ["xã Ba Dinh", "xã Ba Tô", "xã Ba Tơ", "xã Ba Vì"],  # two letters, not one with a mark
        ["xã Sơn Hà", "xã Sơn Hạ", "xã Sơn Hạ Đông", "xã Sơn Kỳ"],
        ["Ba Vinh", "Bà Động"],  # syllable by syllable: all of "ba" before "bà"
        ["Sở Nội vụ", "Sở Tài chính", "Sở Y tế"],
        ["Tổ 2", "Tổ 10", "Tổ công tác"],  # numbers by value, before letters
        ["Đak Hà", "Đăk Hà", "Đắk Hà"],
    ],
)
def test_names_stand_as_in_a_dictionary(in_order):
    assert sorted(set(in_order), key=vietnamese_order) == in_order


def test_case_and_punctuation_do_not_separate_names_spelt_alike():
    mixed = ["công an tỉnh", "Cục Thuế", "CÔNG AN - TỈNH", "Cảng vụ"]

    first, *alike, last = sorted(mixed, key=vietnamese_order)

    assert (first, set(alike), last) == ("Cảng vụ", {"công an tỉnh", "CÔNG AN - TỈNH"}, "Cục Thuế")


@given(st.text())
def test_every_text_has_a_place_and_decomposed_letters_have_the_same(text):
    assert vietnamese_order(text) == vietnamese_order(unicodedata.normalize("NFD", text))
    assert vietnamese_order(text) <= vietnamese_order(text + "a")
