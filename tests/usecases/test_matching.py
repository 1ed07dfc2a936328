"""Does a task keep its history when a newer copy of its plan numbers the rows anew?"""

from __future__ import annotations

import pytest

from engine.model import Deadline, DeadlineKind, ResolutionStatus, Task, UnitReading
from store.kept import StoredTask
from tests.guarantee.world import PLAN, at
from usecases.matching import with_known_codes
from usecases.staged import StagedTask

ROADS = "Sửa chữa các tuyến đường tỉnh bị hư hỏng sau mưa bão năm 2025"
SCHOOLS = "Bàn giao các điểm trường mới cho Ủy ban nhân dân xã quản lý"
WATER = "Kiểm tra chất lượng nước sạch nông thôn tại các trạm cấp nước"
BARE = UnitReading("", ResolutionStatus.RESOLVED)
NONE = Deadline("", DeadlineKind.MISSING, "")


def known(**texts):
    """Tasks in the registry by number; a text that ends with "-" was removed."""
    return [
        StoredTask(
            Task(f"P/{n[1:]}", PLAN, n[1:], "", text.rstrip("-"), NONE), 1, "", "",
            removed_at=at("2025-07-01") if text.endswith("-") else None,
        )
        for n, text in texts.items()
    ]  # fmt: skip


def copied(**texts):
    """Rows of a newer copy by number."""
    return [StagedTask(f"P/{n[1:]}", n[1:], text, "", "", BARE, BARE, NONE) for n, text in texts.items()]


@pytest.mark.parametrize(
    ("before", "now", "codes"),
    [
        # nothing happened
        ({"n1": ROADS, "n2": SCHOOLS}, {"n1": ROADS, "n2": SCHOOLS}, ["P/1", "P/2"]),
        # a row was taken out and Word renumbered the rest
        ({"n1": ROADS, "n2": SCHOOLS, "n3": WATER}, {"n1": SCHOOLS, "n2": WATER}, ["P/2", "P/3"]),
        # a row was put in above
        ({"n1": ROADS, "n2": SCHOOLS}, {"n1": WATER, "n2": ROADS, "n3": SCHOOLS}, ["P/1~2", "P/1", "P/2"]),
        # rows changed places
        ({"n1": ROADS, "n2": SCHOOLS}, {"n1": SCHOOLS, "n2": ROADS}, ["P/2", "P/1"]),
        # a row was reworded in its place
        ({"n1": ROADS}, {"n1": ROADS.replace("mưa bão", "mưa lũ")}, ["P/1"]),
        # a row was reworded and moved
        ({"n1": WATER, "n2": ROADS}, {"n1": ROADS.replace("mưa bão", "mưa lũ")}, ["P/2"]),
        # another task took the number of one that left
        ({"n1": ROADS}, {"n1": SCHOOLS}, ["P/1~2"]),
        # a row that had left is back
        ({"n1": ROADS, "n2": SCHOOLS + "-"}, {"n1": ROADS, "n2": SCHOOLS}, ["P/1", "P/2"]),
        # a new task does not revive one that had left under its number
        ({"n1": ROADS, "n2": SCHOOLS + "-"}, {"n1": ROADS, "n2": WATER}, ["P/1", "P/2~2"]),
    ],
)
def test_a_task_keeps_its_code_where_its_words_stayed(before, now, codes):
    assert [task.code for task in with_known_codes(copied(**now), known(**before))] == codes


def test_two_rows_never_get_one_code():
    rows = copied(n1=ROADS, n2=ROADS, n3=ROADS)
    codes = [task.code for task in with_known_codes(rows, known(n1=ROADS, n2=ROADS))]

    assert len(set(codes)) == 3
    assert codes[:2] == ["P/1", "P/2"]
