"""How a person may write a moment, or a folder, on the command line."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime

import pytest

from cli.parsing import OPENING
from engine.model import HANOI


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-12-22", "2025-12-22 08:00"),
        ("22/12/2025", "2025-12-22 08:00"),
        ("2025-12-22T09:30", "2025-12-22 09:30"),
        ("2025-12-22 09:30", "2025-12-22 09:30"),
        ("2025-12-22 9:30", "2025-12-22 09:30"),
        ("22/12/2025 09:30", "2025-12-22 09:30"),  # as expectations of rules write it
        ("09:30 22/12/2025", "2025-12-22 09:30"),  # as every command prints it
        ("2025-12-22T02:30+00:00", "2025-12-22 09:30"),
    ],
)
def test_a_moment_is_read_as_people_and_programs_write_it(written, meant):
    assert OPENING(written) == datetime.fromisoformat(meant).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    "written",
    ["22/12/2025 25:00", "09:30", "22/12/2025 09:30 10:30", "31/9/2025 08:00", "22/12/1025 08:00", "mai"],
)
def test_a_moment_that_is_none_is_refused(written):
    with pytest.raises(ArgumentTypeError):
        OPENING(written)


@pytest.mark.parametrize("command", [("check",), ("diff", "-"), ("apply",), ("test",)])
def test_a_name_no_folder_can_have_is_a_slip_of_the_hand(dondoc, command):
    answer = dondoc(*command, "a" * 300)

    assert answer.code == 2
    assert "quá dài" in answer.err
    assert len(answer.err) < 200
