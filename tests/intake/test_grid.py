"""Grids as Word, Excel and PDF draw them, and the rows they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.grid import tables_of
from intake.reading import annex_in
from intake.source import GridBuilder, SourceDocument

PLAIN = "| STT | Nội dung nhiệm vụ | Cơ quan chủ trì | Phối hợp | Thời hạn |\n"
TEXTS = st.text(alphabet="abcđêôơ \n", max_size=12)


@pytest.fixture
def rows(drawn):
    """Return number, text, lead, supporting, deadline of each row, and its problems if it has any."""

    def read(*drawings, **options):
        annex, problems = annex_in(SourceDocument(tuple(drawn(d, **options) for d in drawings)), "x")
        assert [p for p in problems if p.code != "unknown-heading"] == []
        return [
            (
                row.number,
                row.text,
                row.lead,
                row.supporting,
                row.deadline,
                *(code for code, _ in row.problems),
            )
            for row in annex.rows
        ]

    return read


@pytest.fixture
def sections(drawn):
    def read(drawing):
        annex, _ = annex_in(SourceDocument((drawn(drawing),)), "x")
        return [(s.number, s.title) for s in annex.sections], [(r.number, r.section) for r in annex.rows]

    return read


# --- headings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headings",
    [
        PLAIN,
        """
        | STT | Nội dung | Cơ quan thực hiện | <        | Thời hạn |
        | ^   | ^        | Chủ trì           | Phối hợp | ^        |
        """,
        """
        | STT | Nội dung | Cơ quan thực hiện |          | Thời hạn |
        |     |          | Chủ trì           | Phối hợp |          |
        """,
        """
        | STT | Nội dung | Phân công | <           | Thời hạn |
        | ^   | ^        | Cơ quan   | <           | ^        |
        | ^   | ^        | Chủ trì   | Phối hợp    | ^        |
        """,
        """
        | UBND TỈNH | <   | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM | < | < |
        | DANH MỤC NHIỆM VỤ | < | < | < | < |
        | (Kèm theo Kế hoạch số 12/KH-UBND ngày 17/10/2025) | < | < | < | < |
        |  |  |  |  |  |
        | STT | Nội dung | Đơn vị chủ trì | Đơn vị phối hợp | Hạn hoàn thành |
        """,
        PLAIN + "| (1) | (2) | (3) | (4) | (5) |",
        PLAIN + "| A | B | 1 | 2 | 3 |",
        PLAIN + "| 1 | 2 | 3 | 4 | 5=3+4 |",
    ],
)
def test_headings_are_found_however_they_are_drawn(rows, headings):
    table = (
        headings.strip() + "\n| 1 | Việc một | Sở A | Sở B | 30/9/2025 |\n| 2 | Việc hai | Sở C | | Quý IV |"
    )

    assert rows(table) == [
        ("1", "Việc một", "Sở A", "Sở B", "30/9/2025"),
        ("2", "Việc hai", "Sở C", "", "Quý IV"),
    ]


def test_a_start_is_never_the_deadline(rows):
    table = """
        | TT | Nhiệm vụ | Đơn vị thực hiện | Thời gian | <        |
        | ^  | ^        | ^                | Bắt đầu   | Kết thúc |
        | 1  | Việc     | Sở A             | 1/9/2025  | 30/9/2025 |
    """

    assert rows(table) == [("1", "Việc", "Sở A", "", "30/9/2025")]


def test_a_table_of_marks_by_quarter_has_no_deadline(drawn):
    table = """
        | TT | Nhiệm vụ | Đơn vị | Thời gian | <      |
        | ^  | ^        | ^      | Quý I     | Quý II |
        | 1  | Việc     | Sở A   | x         |        |
    """
    annex, problems = annex_in(SourceDocument((drawn(table),)), "x")

    assert annex.rows == ()
    assert [p.code for p in problems] == ["no-deadline-column"]


def test_of_two_deadlines_the_decided_one_counts(drawn):
    table = """
        | TT | Nhiệm vụ | Đơn vị | Thời hạn | <            | Ngày hoàn thành | Tình trạng |
        | ^  | ^        | ^      | Đề xuất  | UBND tỉnh giao | ^             | ^          |
        | 1  | Việc     | Sở A   | 1/6/2026 | 1/5/2026     | 3/5/2026        | Đã xong    |
    """
    row = annex_in(SourceDocument((drawn(table),)), "x")[0].rows[0]

    assert (row.deadline, row.proposed, row.done_on, row.state) == (
        "1/5/2026",
        "1/6/2026",
        "3/5/2026",
        "Đã xong",
    )


# --- sections ------------------------------------------------------------------------------


def test_sections_are_known_however_they_are_merged(sections):
    found, rows = sections(
        PLAIN
        + """
        | I | Thể chế | < | < | < |
        | 1 | Một | Sở A | | 1/9 |
        | II. Hạ tầng | < | < | < | < |
        | 2 | Hai | Sở A | | 1/9 |
        | III | Dữ liệu | | | |
        | 3 | Ba | Sở A | | 1/9 |
        | IV | Nhân lực | < | < | Nghị quyết 57 |
        | 4 | Bốn | Sở A | | 1/9 |
        """
    )

    assert found == [
        ("I", "Thể chế"),
        ("II", "Hạ tầng"),
        ("III", "Dữ liệu"),
        ("IV", "Nhân lực – Nghị quyết 57"),
    ]
    assert rows == [("1", "I"), ("2", "II"), ("3", "III"), ("4", "IV")]


def test_parts_of_sections_bear_the_number_of_both(sections):
    found, rows = sections(
        PLAIN
        + """
        | I | Thể chế | < | < | < |
        | 1. Nghị quyết | < | < | < | < |
        | 1.1 | Một | Sở A | | 1/9 |
        | 2 | Quyết định | < | < | < |
        | 2.1 | Hai | Sở A | | 1/9 |
        | II | Hạ tầng | < | < | < |
        | 1 | Mạng | | | |
        | 1.1 | Ba | Sở A | | 1/9 |
        """
    )

    assert [number for number, _ in found] == ["I", "I.1", "I.2", "II", "II.1"]
    assert rows == [("1.1", "I.1"), ("2.1", "I.2"), ("1.1", "II.1")]


def test_captions_without_a_number_are_sections_of_that_name(sections):
    found, rows = sections(
        PLAIN
        + """
        | Nhóm nhiệm vụ về thể chế: | < | < | < | < |
        | 1 | Một | Sở A | | 1/9 |
        | Nhóm nhiệm vụ về dữ liệu | | | | |
        | 1 | Hai | Sở A | | 1/9 |
        """
    )

    assert [number for number, _ in found] == ["Nhóm nhiệm vụ về thể chế", "Nhóm nhiệm vụ về dữ liệu"]
    assert rows == [("1", found[0][0]), ("1", found[1][0])]


def test_no_two_sections_bear_one_name(sections):
    found, rows = sections(
        PLAIN
        + """
        | A | Sở, ban, ngành | < | < | < |
        | I | Thể chế | < | < | < |
        | 1 | Một | Sở A | | 1/9 |
        | B | Địa phương | < | < | < |
        | I | Thể chế | < | < | < |
        | 1 | Hai | Sở A | | 1/9 |
        """
    )

    assert [number for number, _ in found] == ["A", "I", "B", "B.I"]
    assert rows == [("1", "I"), ("1", "B.I")]


def test_a_sentence_over_the_whole_row_is_put_before_a_person(rows):
    sentence = "Các nhiệm vụ sau đây thực hiện theo Kế hoạch số 02; cụ thể: số thứ tự từ 4 đến 35."
    table = PLAIN + f"| II | Hạ tầng | < | < | < |\n| | {sentence} | < | < | < |\n| 4 | Một | Sở A | | 1/9 |"

    assert rows(table) == [(None, sentence, "", "", "", "unnumbered-row"), ("4", "Một", "Sở A", "", "1/9")]


# --- merged cells --------------------------------------------------------------------------


def test_a_cell_merged_down_counts_for_each_row_it_covers(rows):
    table = PLAIN + "| 1 | Một | Sở A | Sở B | 1/9 |\n| 2 | Hai | ^ | ^ | ^ |\n| 3 | Ba | ^ | | 2/9 |"

    assert rows(table) == [
        ("1", "Một", "Sở A", "Sở B", "1/9"),
        ("2", "Hai", "Sở A", "Sở B", "1/9"),
        ("3", "Ba", "Sở A", "", "2/9"),
    ]


def test_one_number_over_different_agencies_is_a_task_for_each(rows):
    table = PLAIN + "| 1 | Một | Sở A | | 1/9 |\n| ^ | ^ | Sở B | | 2/9 |\n| 2 | Hai | Sở A | | 1/9 |"

    assert rows(table) == [
        ("1", "Một", "Sở A", "", "1/9", "split-task"),
        ("1", "Một", "Sở B", "", "2/9", "split-task"),
        ("2", "Hai", "Sở A", "", "1/9"),
    ]


@pytest.mark.parametrize(
    ("text", "below", "whole"),
    [("Một", "^", "Một"), ("Một:", "- thêm nữa", "Một: - thêm nữa"), ("Một", "", "Một")],
)
def test_one_number_over_rows_of_one_agency_and_day_is_one_task(rows, text, below, whole):
    table = PLAIN + f"| 1 | {text} | Sở A | Sở B | 1/9 |\n| ^ | {below} | ^ | Sở C | ^ |"

    assert rows(table) == [("1", whole, "Sở A", "Sở B Sở C", "1/9")]


def test_one_number_over_different_work_is_a_task_for_each(rows):
    table = PLAIN + "| 1 | Một | Sở A | | 1/9 |\n| ^ | Hai | ^ | | ^ |"

    assert rows(table) == [
        ("1", "Một", "Sở A", "", "1/9", "split-task"),
        ("1", "Hai", "Sở A", "", "1/9", "split-task"),
    ]


def test_a_cell_over_two_columns_is_read_into_the_first_and_said_so(rows):
    table = PLAIN + "| 1 | Một | Các sở | < | 1/9 |"

    assert rows(table) == [("1", "Một", "Các sở", "", "1/9", "merged-columns")]


def test_borders_that_do_not_meet_move_no_cell(rows):
    table = """
        | STT | Nội dung | < | Chủ trì | < | Thời hạn |
        | 1   | Một | Sở A | < | < | 1/9 |
        | 2   | Hai | < | < | Sở B | 2/9 |
    """

    assert rows(table) == [("1", "Một", "Sở A", "", "1/9"), ("2", "Hai", "Sở B", "", "2/9")]


# --- pages ---------------------------------------------------------------------------------


def test_a_table_over_pages_is_one_table(rows):
    first = PLAIN + "| 1 | Một | Sở A | | 1/9 |"
    with_headings = PLAIN + "| (1) | (2) | (3) | (4) | (5) |\n| 2 | Hai | Sở A | | 1/9 |"
    without = "| 3 | Ba | Sở A | | 1/9 |\n| 4 | Bốn | Sở A | | 1/9 |"

    assert [row[0] for row in rows(first, with_headings, without)] == ["1", "2", "3", "4"]


def test_a_list_that_counts_from_one_again_is_another_table(drawn):
    one, two = (drawn(PLAIN + f"| 1 | {text} | Sở A | | 1/9 |\n| 2 | Việc | Sở A | | 1/9 |") for text in "AB")
    after_title = drawn(PLAIN + "| 1 | A | Sở A | | 1/9 |\n| II | Hạ tầng | < | < | < |")

    assert [len(t.rows) for t in tables_of(SourceDocument((one, two))).tables] == [2, 2]
    assert [len(t.rows) for t in tables_of(SourceDocument((after_title, two))).tables] == [4]


def test_only_a_page_number_may_stand_between_two_pages_of_a_table(drawn):
    first, second = drawn(PLAIN + "| 1 | Một | Sở A | | 1/9 |"), drawn("| 2 | Hai | Sở B | | 1/9 |")

    assert [len(t.rows) for t in tables_of(SourceDocument((first, "", "Trang 2", second))).tables] == [2]
    apart = tables_of(SourceDocument((first, "Nơi nhận:", second)))
    assert [len(t.rows) for t in apart.tables] == [1]
    assert [words for words in apart.around if words] == ["Nơi nhận:", "2", "Hai", "Sở B", "1/9"]


@pytest.mark.parametrize(
    ("rest", "text", "lead", "deadline"),
    [
        ("| | nốt việc một. | | | |", "Việc nốt việc một.", "Sở Khoa học và", "31/12/2025"),
        (
            "| | Nốt việc một. | Công nghệ | | |",
            "Việc Nốt việc một.",
            "Sở Khoa học và Công nghệ",
            "31/12/2025",
        ),
        ("| | | Công nghệ | | |", "Việc", "Sở Khoa học và Công nghệ", "31/12/2025"),
    ],
)
def test_a_row_cut_by_a_page_is_put_together(rows, rest, text, lead, deadline):
    first = PLAIN + "| 1 | Việc | Sở Khoa học và | | 31/12/2025 |"
    second = f"{rest}\n| 2 | Hai | Sở A | | 1/9 |"

    assert rows(first, second) == [
        ("1", text, lead, "", deadline, "stitched-row"),
        ("2", "Hai", "Sở A", "", "1/9"),
    ]


@pytest.mark.parametrize(
    ("above", "row", "is_rest"),
    [
        ("Hoàn thiện thể chế.", "và tổ chức thực hiện.", True),
        ("Hoàn thiện thể chế về", "Chuyển đổi số.", True),  # the other texts end in full stops
        ("Hoàn thiện thể chế.", "Chuyển đổi số.", False),
        ("Hoàn thiện thể chế.", "Nhiệm vụ trọng tâm", False),
    ],
)
def test_a_row_cut_by_hand_is_put_together_only_when_its_words_go_on(rows, above, row, is_rest):
    others = "".join(f"| {n} | Việc {n}. | Sở A | | 1/9 |\n" for n in range(2, 9))
    (
        first,
        *_,
    ) = rows(PLAIN + f"| 1 | {above} | Sở A | | 1/9 |\n| | {row} | | | |\n{others}")

    assert first[1] == (f"{above} {row}" if is_rest else above)
    assert ("stitched-row" in first) == is_rest


def test_a_row_with_an_agency_and_a_day_of_its_own_is_a_task_without_its_number(rows):
    table = PLAIN + "| 1 | Một | Sở A | | 1/9 |\n| | Hai | Sở B | | 2/9 |"

    assert rows(table, page_starts={2}) == [
        ("1", "Một", "Sở A", "", "1/9"),
        (None, "Hai", "Sở B", "", "2/9", "number-missing"),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        "| | - Một | Sở A | | 1/9 |\n| | - Hai | Sở B | | 2/9 |",
        "| - | Một | Sở A | | 1/9 |\n| - | Hai | Sở B | | 2/9 |",
        "| | Một | Sở A | | 1/9 |\n| | Hai | Sở B | | 2/9 |",
    ],
)
def test_dashes_with_an_agency_and_a_day_are_tasks_below_the_number_above(sections, rows, parts):
    table = PLAIN + f"| 1 | Hoàn thiện thể chế | | | |\n{parts}\n| 2 | Ba | Sở C | | 3/9 |"

    assert sections(table) == ([("1", "Hoàn thiện thể chế")], [(None, "1"), (None, "1"), ("2", "")])
    assert [(text.strip("- "), *others) for _, text, *others in rows(table)] == [
        ("Một", "Sở A", "", "1/9", "number-missing"),
        ("Hai", "Sở B", "", "2/9", "number-missing"),
        ("Ba", "Sở C", "", "3/9"),
    ]


def test_dashes_that_only_say_more_belong_to_the_task_above(rows):
    table = PLAIN + "| 1 | Một: | Sở A | | 1/9 |\n| - | Phần đầu | | | |\n| 2 | Hai | Sở B | | 2/9 |"

    assert [row[:2] for row in rows(table)] == [("1", "Một: - Phần đầu"), ("2", "Hai")]


def test_a_row_cut_by_a_page_is_put_together_in_a_table_without_numbers(rows):
    first = "| Nội dung nhiệm vụ | Cơ quan chủ trì | Thời hạn |\n| Tổ chức tập huấn cho | Sở A | 1/9 |"
    second = "| cán bộ cấp xã | | |\n| Hai | Sở B | 2/9 |"

    assert [(text, lead) for _, text, lead, *_ in rows(first, second)] == [
        ("Tổ chức tập huấn cho cán bộ cấp xã", "Sở A"),
        ("Hai", "Sở B"),
    ]


def test_a_merged_cell_that_a_page_cuts_counts_on_the_next_page_and_says_so(rows):
    first = PLAIN + "| 1 | Một | Sở A | | 1/9 |\n| 2 | Hai | ^ | | 1/9 |"
    second = "| 3 | Ba | | | 1/9 |\n| 4 | Bốn | ^ | | 1/9 |\n| 5 | Năm | | | 1/9 |"

    assert [(number, lead, *found) for number, _, lead, _, _, *found in rows(first, second)] == [
        ("1", "Sở A"),
        ("2", "Sở A"),
        ("3", "Sở A", "merged-over-pages"),
        ("4", "Sở A", "merged-over-pages"),
        ("5", ""),
    ]


# --- what stands around --------------------------------------------------------------------


def test_notes_and_signatures_below_the_rows_are_no_tasks(drawn):
    table = PLAIN + "| 1 | Một | Sở A | | 1/9 |\n| | | | | |\n| | Người lập biểu | | | TM. ỦY BAN NHÂN DÂN |"
    tables, around, before = tables_of(SourceDocument(("KẾ HOẠCH", drawn(table), "Hết")))

    assert len(tables[0].rows) == 1
    assert around == ["KẾ HOẠCH", "", "Người lập biểu", "TM. ỦY BAN NHÂN DÂN", "Hết"]
    assert before == ["KẾ HOẠCH", ""]


def test_a_list_without_deadlines_is_left_out_and_named(drawn):
    budget = drawn("| STT | Nội dung | Kinh phí |\n| 1 | Máy chủ | 100 |", label="trang tính 'Kinh phí'")
    annex, problems = annex_in(SourceDocument((budget, drawn(PLAIN + "| 1 | Một | Sở A | | 1/9 |"))), "x")

    assert [row.text for row in annex.rows] == ["Một"]
    assert [p.code for p in problems] == ["table-skipped"]
    assert "trang tính 'Kinh phí'" in problems[0].message


def test_a_list_of_sums_beside_a_list_of_tasks_assigns_nothing(drawn):
    tasks = PLAIN + "| 1 | Một | Sở A | | 1/9 |"
    sums = "| STT | Nội dung | Kinh phí | Nguồn vốn | Năm thực hiện |\n| 1 | Máy chủ | 100 | NSNN | 2026 |"
    apart, _ = annex_in(SourceDocument((drawn(tasks), "Phụ lục II", drawn(sums))), "x")
    below, problems = annex_in(
        SourceDocument((drawn(f"{tasks}\n| Phụ lục II | < | < | < | < |\n{sums}"),)), "x"
    )

    assert [row.text for row in apart.rows] == [row.text for row in below.rows] == ["Một"]
    assert below.sections == ()
    assert [p.code for p in problems] == ["table-skipped"]


@pytest.mark.parametrize("has_headings", [True, False])
def test_titles_between_tables_are_sections(drawn, has_headings):
    first = drawn(PLAIN + "| 1 | Một | Sở A | | 1/9 |\n| 2 | Hai | Sở A | | 1/9 |")
    second = drawn((PLAIN if has_headings else "") + "| 3 | Ba | Sở A | | 1/9 |")
    blocks = ("KẾ HOẠCH", "I. VỀ THỂ CHẾ", first, "II. VỀ HẠ TẦNG", second)
    annex, _ = annex_in(SourceDocument(blocks), "x")

    assert [(s.number, s.title) for s in annex.sections] == [("I", "VỀ THỂ CHẾ"), ("II", "VỀ HẠ TẦNG")]
    assert [(row.number, row.section) for row in annex.rows] == [("1", "I"), ("2", "I"), ("3", "II")]


def test_a_title_of_the_plan_above_its_only_table_is_no_section(drawn):
    annex, _ = annex_in(SourceDocument(("IV. PHÂN CÔNG", drawn(PLAIN + "| 1 | Một | Sở A | | 1/9 |"))), "x")

    assert annex.sections == ()


def test_rows_that_count_on_behind_other_words_are_rows_of_the_table(drawn):
    first, second = drawn(PLAIN + "| 1 | Một | Sở A | | 1/9 |"), drawn("| 2 | Hai | Sở B | | 1/9 |")
    annex, _ = annex_in(SourceDocument((first, "Đơn vị tính: triệu đồng", second)), "x")

    assert [row.text for row in annex.rows] == ["Một", "Hai"]
    assert annex.body == ("Đơn vị tính: triệu đồng",)


def test_two_tables_in_one_sheet_are_two_tables(rows):
    table = (
        PLAIN
        + "| 1 | Một | Sở A | | 1/9 |\n| | | | | |\n"
        + (
            "| TT | Nhiệm vụ cụ thể | Cơ quan phối hợp | Đơn vị chủ trì | Hạn hoàn thành |\n"
            "| 1 | Hai | Sở B | Sở C | 2/9 |"
        )
    )

    assert rows(table) == [("1", "Một", "Sở A", "", "1/9"), ("1", "Hai", "Sở C", "Sở B", "2/9")]


def test_words_under_tracked_changes_are_read_and_said_so(drawn):
    builder = GridBuilder()
    for row, cells in enumerate([("STT", "Nội dung", "Thời hạn"), ("1", "Một", "1/9")]):
        for column, text in enumerate(cells):
            builder.put(row, column, text, is_revised=text == "1/9")
    annex, _ = annex_in(SourceDocument((builder.grid(),)), "x")

    assert [(row.deadline, [code for code, _ in row.problems]) for row in annex.rows] == [
        ("1/9", ["revised-row"])
    ]


@pytest.mark.parametrize(
    ("cell", "deadline", "is_serial"),
    [
        ("45930", "30/09/2025", True),
        ("2025", "2025", False),
        ("12345", "12345", False),
        ("99999", "99999", False),
    ],
)
def test_a_serial_number_is_read_as_its_day_and_said_so(drawn, cell, deadline, is_serial):
    annex, _ = annex_in(SourceDocument((drawn(PLAIN + f"| 1 | Một | Sở A | | {cell} |"),)), "x")
    row = annex.rows[0]

    assert (row.deadline, row.cells[4]) == (deadline, cell)
    assert [code for code, _ in row.problems] == (["excel-serial"] if is_serial else [])


# --- whatever is drawn ---------------------------------------------------------------------


@given(data=st.data())
def test_any_grid_is_read_without_losing_words(data):
    builder = GridBuilder()
    for column, heading in enumerate(("STT", "Nội dung", "Chủ trì", "Thời hạn")):
        builder.put(0, column, heading)
    words = []
    for row in range(1, data.draw(st.integers(2, 6))):
        column = 0
        while column < 4:
            across = data.draw(st.integers(1, 4 - column))
            words.append(data.draw(TEXTS))
            builder.put(row, column, words[-1], data.draw(st.integers(1, 2)), across)
            column += across
    grid = builder.grid()
    placed = {cell.text for row in grid.rows[1:] for cell in row if cell.text.strip()}
    tables, around, _ = tables_of(SourceDocument((grid,)))
    read = "\n".join([*around, *(cell for table in tables for row in table.rows for cell in row.cells)])

    assert all(word.strip("\n") in read for word in placed)
