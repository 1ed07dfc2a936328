"""Figures and dates as a Vietnamese reader writes them."""

from datetime import datetime
from fractions import Fraction

import pytest

from engine.model import HANOI
from reports.vietnamese import decimal, moment, number, percent


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (999, "999"), (16051, "16.051"), (1234567, "1.234.567")]
)
def test_thousands_are_set_off_by_dots(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(16051, 16274), "98,6 %"),  # the national figures of 2017
        (Fraction(14068, 16274), "86,4 %"),
        (Fraction(1, 8), "12,5 %"),
        (Fraction(1, 80), "1,3 %"),  # 1.25 rounds up
        (Fraction(99999, 100000), "99,9 %"),  # something is still missing
        (Fraction(1, 100000), "0,1 %"),  # something is there
        (Fraction(1), "100,0 %"),
        (Fraction(0), "0,0 %"),
        (None, "–"),
    ],
)
def test_a_percentage_has_a_comma_and_never_rounds_to_all_or_nothing(rate, shown):
    assert percent(rate).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(7, 2), "3,5"),
        (Fraction(13, 4), "3,3"),  # 3.25 rounds up
        (Fraction(1999, 100), "20,0"),
        (Fraction(12345), "12.345,0"),
        (Fraction(0), "0,0"),
        (None, "–"),
    ],
)
def test_an_average_has_one_decimal(value, shown):
    assert decimal(value) == shown


@pytest.mark.parametrize(
    ("day", "shown"),
    [(16, "08:00 thứ Năm, ngày 16/10/2025"), (19, "08:00 Chủ nhật, ngày 19/10/2025")],
)
def test_a_moment_names_its_weekday(day, shown):
    assert moment(datetime(2025, 10, day, 8, tzinfo=HANOI)) == shown
