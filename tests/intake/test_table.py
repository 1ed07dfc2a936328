"""Rows, numbers and columns, shared by every kind of file."""

import pytest

from intake.annex import RawRow, RawTable
from intake.table import assigned_by, numbers_columns


@pytest.fixture
def assign():
    def read(headings, *rows):
        raws = tuple(RawRow(n, cells) for n, cells in enumerate(rows, start=2))
        return assigned_by([RawTable(1, headings, raws)], "x")

    return read


PLAIN = ("STT", "Nội dung", "Đơn vị thực hiện", "Thời hạn")


@pytest.mark.parametrize(
    ("numbers", "flagged"),
    [
        (("1", "2", "2"), [3]),
        (("I", "1", "II", "1"), []),
        (("I", "1", "1"), [3]),
        (("1.1", "1.2", "1.1"), [3]),
        (("1", "a", "b", "2", "a", "b"), []),
    ],
)
def test_a_number_is_a_duplicate_only_within_its_section(assign, numbers, flagged):
    rows = [
        (number, f"Phần {n}", "", "") if number.isupper() else (number, f"Việc {n}", "Sở A", "1/9")
        for n, number in enumerate(numbers, start=1)
    ]
    marked = [r.row for r in assign(PLAIN, *rows).rows if "duplicate-number" in dict(r.problems)]

    assert marked == flagged


@pytest.mark.parametrize(
    ("number", "is_read"),
    [
        ("15.", True),
        ("2.1", True),
        ("II.3", True),
        ("a)", True),
        ("01", True),
        ("x-1", False),
        ("2025", False),
    ],
)
def test_what_counts_as_a_running_number(assign, number, is_read):
    row = assign(PLAIN, (number, "Việc", "Sở A", "1/9")).rows[0]

    assert ("unreadable-number" not in dict(row.problems)) == is_read


@pytest.mark.parametrize(
    "caption",
    [
        ("Trước sự kiện",) * 4,
        ("Trước sự kiện", "", "", ""),
        ("Trước sự kiện",),
        ("", "Trước sự kiện", "", ""),
    ],
)
def test_a_row_that_is_only_a_caption_opens_a_section(assign, caption):
    found = assign(PLAIN, caption, ("1", "Việc", "Sở A", "1/9"))

    assert [(s.number, s.title) for s in found.sections] == [("Trước sự kiện", "Trước sự kiện")]
    assert [(row.number, row.section) for row in found.rows] == [("1", "Trước sự kiện")]


def test_a_caption_without_a_number_between_tasks_is_put_before_a_person(assign):
    found = assign(PLAIN, ("1", "Một", "Sở A", "1/9"), ("", "Dữ liệu", "", ""), ("2", "Hai", "Sở A", "1/9"))

    assert [(row.text, [code for code, _ in row.problems]) for row in found.rows] == [
        ("Một", []),
        ("Dữ liệu", ["unnumbered-row"]),
        ("Hai", []),
    ]


@pytest.mark.parametrize(
    ("text", "is_task"), [("Tổng cộng", False), ("Cộng mục I", False), ("Cộng đồng số xã", True)]
)
def test_a_row_that_sums_up_the_others_is_no_task_whatever_its_number(assign, text, is_task):
    rows = assign(PLAIN, ("1", "Một", "Sở A", "1/9"), ("2", text, "", "")).rows

    assert [row.is_task for row in rows] == [True, is_task]


def test_the_roles_in_one_cell_are_parted(assign):
    rows = assign(PLAIN, ("1", "Việc", "Sở A chủ trì, phối hợp với Sở B", "1/9")).rows

    assert [(row.lead, row.supporting) for row in rows] == [("Sở A", "Sở B")]
    assert rows[0].cells[2] == "Sở A chủ trì, phối hợp với Sở B"


def test_those_named_in_both_columns_support_together(assign):
    headings = (*PLAIN, "Phối hợp")
    rows = assign(headings, ("1", "Việc", "Chủ trì: Sở A; phối hợp: Sở B", "1/9", "Sở C")).rows

    assert [(row.lead, row.supporting) for row in rows] == [("Sở A", "Sở C; Sở B")]


@pytest.mark.parametrize(
    ("headings", "cells", "deadline", "state"),
    [
        (("STT", "Nội dung", "Tiến độ thực hiện"), ("Quý IV/2025", "30/9/2025"), "Quý IV/2025", ""),
        (("STT", "Nội dung", "Tiến độ thực hiện"), ("", ""), "", ""),
        (("STT", "Nội dung", "Tiến độ thực hiện", "Thời hạn"), ("Đang làm", "Đã xong"), "1/9", "Đang làm"),
        (("STT", "Nội dung", "Tiến độ", "Thời hạn"), ("30/9", "30/9"), "1/9", "30/9"),
    ],
)
def test_progress_is_a_deadline_when_nothing_else_is(assign, headings, cells, deadline, state):
    row = assign(
        headings, *((f"{n}", "Việc", cell, "1/9")[: len(headings)] for n, cell in enumerate(cells, 1))
    ).rows[0]

    assert (row.deadline, row.state) == (deadline, state)


def test_progress_that_only_tells_how_far_work_is_gives_no_deadline(assign):
    rows = (
        ("1", "Việc", "Đang thực hiện"),
        ("2", "Việc", "Đã hoàn thành ngày 3/9/2025"),
        ("3", "Việc", "80%"),
    )

    assert [p.code for p in assign(("STT", "Nội dung", "Tiến độ thực hiện"), *rows).problems] == [
        "no-deadline-column"
    ]


def test_a_deadline_that_is_only_proposed_is_read_and_said_so(assign):
    found = assign(("STT", "Nội dung", "Thời gian đề xuất"), ("1", "Việc", "30/9/2025"))

    assert [row.deadline for row in found.rows] == ["30/9/2025"]
    assert [p.code for p in found.problems] == ["proposed-deadline"]


def test_a_second_deadline_column_names_the_one_that_was_read(assign):
    found = assign(("STT", "Nội dung", "Thời gian thực hiện", "Thời hạn"), ("1", "Việc", "cả năm", "1/9"))

    assert [row.deadline for row in found.rows] == ["1/9"]
    assert "đã đọc cột 'Thời hạn'" in found.problems[0].message


def test_a_completion_column_is_not_taken_for_the_deadline_but_offered(assign):
    found = assign(("STT", "Nội dung", "Ngày hoàn thành"), ("1", "Việc", "30/9/2025"))

    assert found.rows == ()
    assert found.problems[0].hint.startswith("nếu cột 'Ngày hoàn thành' là hạn phải xong")


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (("(1)", "(2)", "(3)", "(4)"), True),
        (("1", "2", "3", "4=2+3"), True),
        (("A", "B", "1", "2"), True),
        (("a", "b", "c", ""), True),
        (("1", "Việc", "Sở A", "1/9"), False),
        (("1", "", "", ""), False),
        (("1", "2", "2", "2"), False),
    ],
)
def test_a_row_that_counts_the_columns_is_no_task(cells, counts):
    assert numbers_columns(cells) == counts


def test_a_number_above_its_parts_is_a_section_and_the_next_number_stands_beside_it(assign):
    found = assign(
        PLAIN,
        ("1", "Hoàn thiện thể chế. Trong đó:", "", ""),
        ("1.1", "Nghị quyết", "Sở A", "1/9"),
        ("2", "Hạ tầng", "", ""),
        ("a", "Mạng", "Sở A", "1/9"),
        ("3", "Dữ liệu", "Sở A", "1/9"),
    )

    assert [s.number for s in found.sections] == ["1", "2"]
    assert [(row.number, row.section) for row in found.rows] == [("1.1", "1"), ("a", "2"), ("3", "")]


@pytest.mark.parametrize("others", [("Sở A", ""), ("", "2")])
def test_a_roman_number_with_an_agency_or_a_count_but_no_deadline_is_a_section(assign, others):
    lead, count = others
    found = assign((*PLAIN, "Số lượng"), ("I", "Thể chế", lead, "", count), ("1", "Một", "Sở A", "1/9", "1"))

    assert [(s.number, s.title) for s in found.sections] == [("I", "Thể chế – Sở A" if lead else "Thể chế")]
    assert [(row.number, row.section) for row in found.rows] == [("1", "I")]


@pytest.mark.parametrize(("lead", "is_group"), [("Sở A", True), ("Sở B", False)])
def test_a_number_without_a_deadline_above_parts_of_the_same_agency_is_a_section(assign, lead, is_group):
    found = assign(
        PLAIN, ("1", "Thể chế", "Sở A", ""), ("1.1", "Một", lead, "1/9"), ("2", "Hai", lead, "2/9")
    )

    assert [s.title for s in found.sections] == (["Thể chế – Sở A"] if is_group else [])
    assert [row.number for row in found.rows] == (["1.1", "2"] if is_group else ["1", "1.1", "2"])


@pytest.mark.parametrize(
    ("cell", "is_unclear"),
    [("Sở A; Sở B", True), ("Sở A, các sở", True), ("Sở A", False), ("Sở A chủ trì, phối hợp Sở B", False)],
)
def test_a_column_for_both_roles_that_does_not_say_who_leads_is_marked(assign, cell, is_unclear):
    headings = ("STT", "Nội dung", "Cơ quan chủ trì, phối hợp", "Thời hạn")
    row = assign(headings, ("1", "Một", cell, "1/9")).rows[0]

    assert ("roles-unclear" in dict(row.problems)) == is_unclear


@pytest.mark.parametrize(("title", "lead"), [("Sở Nội vụ", "Sở Nội vụ"), ("Ban hành văn bản", "")])
def test_without_a_column_of_agencies_the_section_that_names_one_leads_and_says_so(assign, title, lead):
    (row,) = assign(
        ("STT", "Nội dung", "Phối hợp", "Thời hạn"), ("I", title, "", ""), ("1", "Một", "Sở B", "1/9")
    ).rows

    assert (row.lead, [code for code, _ in row.problems]) == (lead, ["lead-from-section"] if lead else [])


@pytest.mark.parametrize("heading", ["", "STTNội"])
def test_a_first_column_that_counts_the_rows_holds_their_numbers_whatever_its_heading(assign, heading):
    rows = assign((heading, *PLAIN[1:]), ("1", "Một", "Sở A", "1/9"), ("2", "Hai", "Sở A", "1/9")).rows

    assert [row.number for row in rows] == ["1", "2"]


@pytest.mark.parametrize("ditto", ["nt", "-nt-", "n.t", "Như trên", '"', "-//-"])
def test_agencies_as_above_are_those_of_the_row_above_and_said_so(assign, ditto):
    rows = assign(
        PLAIN, ("1", "Một", "Sở A", "1/9"), ("2", "Hai", ditto, "1/9"), ("3", "Ba", ditto, "1/9")
    ).rows

    assert [(row.lead, [code for code, _ in row.problems]) for row in rows] == [
        ("Sở A", []),
        ("Sở A", ["same-as-above"]),
        ("Sở A", ["same-as-above"]),
    ]
    assert rows[1].cells[2] == ditto


def test_a_table_that_goes_on_counting_stays_in_its_section():
    first = RawTable(0, PLAIN, (RawRow(0, ("I", "Phần", "", "")), RawRow(0, ("1", "Một", "Sở A", "1/9"))))
    after = RawTable(0, PLAIN, (RawRow(0, ("2", "Hai", "Sở A", "1/9")),))
    anew = RawTable(0, PLAIN, (RawRow(0, ("1", "Ba", "Sở A", "1/9")),))

    assert [(row.text, row.section) for row in assigned_by([first, after, anew], "x").rows] == [
        ("Một", "I"),
        ("Hai", "I"),
        ("Ba", ""),
    ]
