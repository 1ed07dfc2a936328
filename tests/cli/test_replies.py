"""`dondoc replies` reads a list, and records it once told who was asked."""

from __future__ import annotations

import pytest

LIST = """\
1. Các cơ quan, đơn vị có ý kiến thống nhất

\t1
\tSở Y tế: 12/SYT-VP ngày 25/7/2025

\t2
\tTập đoàn Thử: 5/TĐT ngày 26/7/2025

2. Các cơ quan có ý kiến góp ý

\t1
\tSở Tư pháp: 163/STP-VP
"""
ASKED = ("--asked", "Sở Y tế, Sở Tư pháp, Sở Nội vụ", "--issued", "2025-07-24", "--due", "2025-07-28")
TITLE = ("--title", "Dự thảo Kế hoạch thử", "--plan", "GOP-Y", "--at", "2025-08-05T08:00")


@pytest.fixture
def replies(tmp_path):
    """A file of replies."""
    file = tmp_path / "y-kien.txt"
    file.write_text(LIST, "utf-8")
    return file


def test_a_list_is_read_in_its_order_as_json(dondoc, replies, home):
    answer = dondoc("replies", replies, "--json")

    assert (answer.code, home.exists()) == (0, False)
    assert answer.json == [
        {
            "unit": "SYT",
            "as_written": "Sở Y tế",
            "number": "12/SYT-VP",
            "date": "2025-07-25",
            "verdict": "agree",
        },
        {
            "unit": None,
            "as_written": "Tập đoàn Thử",
            "number": "5/TĐT",
            "date": "2025-07-26",
            "verdict": "agree",
        },
        {
            "unit": "STP",
            "as_written": "Sở Tư pháp",
            "number": "163/STP-VP",
            "date": None,
            "verdict": "comment",
        },
    ]
    assert "reply-without-date" in answer.err


def test_people_read_the_counts_and_whom_nobody_knows(dondoc, replies):
    answer = dondoc("replies", replies)

    assert answer.out.startswith("3 ý kiến trả lời: 2 thống nhất · 1 có ý kiến góp ý\n")
    assert "1 ý kiến chưa xác định được đơn vị" in answer.out
    assert "'Tập đoàn Thử'" in answer.out


def test_who_is_silent_stands_in_the_overdue_report(dondoc, replies):
    answer = dondoc("replies", replies, *ASKED, *TITLE, "--json")
    report = dondoc("report", "overdue", "--as-of", "2025-08-05", "--format", "json")

    assert answer.code == 0, answer.err
    assert [unit["code"] for unit in answer.json["silent"]] == ["SNV"]
    assert [one["unit"] for one in answer.json["recorded"]] == ["SYT"]
    assert [one["unit"] for one in answer.json["undated"]] == ["STP"]
    assert [row["unit"] for row in report.json["rows"]] == ["SNV"]


def test_people_read_what_was_recorded_and_what_is_left_to_do(dondoc, replies):
    answer = dondoc("replies", replies, *ASKED, *TITLE)

    assert "1 ý kiến mới ghi nhận" in answer.out
    assert "1 đơn vị chưa trả lời" in answer.out
    assert "dondoc accept GOP-Y/1 --unit MÃ --on NGÀY" in answer.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("không-có.txt",), 4, "không có tệp"),
        (("FILE", "--asked", "Sở Y tế"), 2, "còn cần --issued, --due, --title"),
        (("FILE", "--asked", "Các sở liên quan", *ASKED[2:], *TITLE), 4, "chưa rõ đã hỏi"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(dondoc, replies, words, code, said):
    answer = dondoc("replies", *(replies if word == "FILE" else word for word in words))

    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
