"""Running numbers tell the rows of a table without lines, or nothing does."""

import pytest

from intake.pdf_rows import count_up, row_starts


@pytest.mark.parametrize(
    ("heights", "numbered", "goes_on", "starts"),
    [
        ([0, 15, 40, 55, 80], "x-x-x", False, [0, 2, 4]),
        ([0, 15, 30, 45], "x-x-", False, [0, 2]),  # rows as close as lines, numbers on top
        ([0, 15, 40, 65, 80], "x---x", False, None),  # lines of one row further apart than rows
        ([0, 15, 40, 65], "x--x", False, [0, 2, 3]),  # a row without a number, told by its gap
        ([0, 25, 40, 65], "-x-x", True, [0, 1, 3]),  # the end of a row of the page before
        ([0, 25, 40, 65], "-x-x", False, None),
        ([0, 15, 30, 45], "-x-x", True, None),  # nothing tells where the first row begins
        ([0, 15], "x-", False, [0]),
        ([0, 15], "--", True, None),
        ([], "", False, None),
    ],
)
def test_rows_begin_at_their_numbers_and_at_gaps_as_wide(heights, numbered, goes_on, starts):
    assert row_starts(heights, [mark == "x" for mark in numbered], goes_on) == starts


@pytest.mark.parametrize(
    ("numbers", "follow"),
    [
        ("1 2 3", True),
        ("9. 10.", True),
        ("I 1 2 II 3", True),
        ("1 1.1 1.2 2", True),
        ("10 0", False),  # 100 in a column too narrow for it
        ("12 1", False),
        ("3 7", False),
    ],
)
def test_half_a_number_is_no_running_number(numbers, follow):
    assert count_up(numbers.split()) is follow
