import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.text import read_annex

WORDS = st.text(alphabet="abcđêôơ ", min_size=1, max_size=12).map(lambda s: " ".join(s.split()))
CELLS = st.lists(st.tuples(WORDS.filter(bool), WORDS, WORDS), min_size=1, max_size=8)
RENAMED = (
    "Số TT",
    "NHIỆM VỤ",
    "Đơn vị chủ trì thực hiện",
    "Đơn vị phối hợp",
    "Thời hạn (dự kiến)",
    "Ghi chú",
)


def row_of(annex, number):
    return next(row for row in annex.rows if row.number == number)


def codes(row):
    return [code for code, _ in row.problems]


def essence(annex):
    return [(r.number, r.section, r.text, r.lead, r.supporting, r.deadline, r.note) for r in annex.rows]


# --- the layout of the October plan ----------------------------------------------------


def test_the_head_of_a_draft_is_read_as_far_as_it_goes(october, read):
    annex, problems = read(october)

    assert problems == []
    assert annex.title == "Thử nghiệm việc đọc phụ lục có đủ các chỗ khó của kế hoạch tháng 10"
    assert annex.number == "/KH-UBND"
    assert annex.issuer == "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"
    assert annex.is_draft


def test_every_numbered_row_comes_with_its_section(october, read):
    annex, _ = read(october)

    assert [r.number for r in annex.rows if r.number] == [str(n) for n in range(1, 39)]
    assert [section.number for section in annex.sections] == ["I", "II", "III"]
    assert [row_of(annex, n).section for n in ("1", "4", "5", "37", "38")] == ["I", "I", "II", "II", "III"]


def test_an_empty_paragraph_inside_a_row_does_not_end_it(october, read):
    first = row_of(read(october)[0], "1")

    assert (first.lead, first.supporting, first.deadline) == (
        "Các sở, ban, ngành, địa phương",
        "",
        "Thường xuyên",
    )


def test_footnotes_leave_the_text_and_are_kept(october, read):
    first = row_of(read(october)[0], "1")

    assert "[" not in first.text
    assert first.footnotes == ("Kế hoạch số 01-KH/BCĐTW và Kế hoạch số 02-KH/BCĐTW",)
    assert "[footnoteRef:1]" in first.cells[1]


def test_wrapped_cells_are_joined_and_a_cut_number_closes_up(october, read):
    annex, _ = read(october)

    assert row_of(annex, "6").note == "Kế hoạch số 02-KH/BCĐTW"
    assert row_of(annex, "19").deadline == "30/9/2025 (Đã hoàn thành; tiếp tục triển khai thực hiện)"


def test_the_rows_a_person_must_look_at_say_so(october, read):
    annex, _ = read(october)
    unnumbered = [row for row in annex.rows if row.number is None]

    assert [(row.section, codes(row)) for row in unnumbered] == [("II", ["unnumbered-row"])]
    assert codes(row_of(annex, "37")) == ["state-secret-row"]
    assert codes(row_of(annex, "38")) == ["incomplete-row"]
    assert row_of(annex, "38").deadline == row_of(annex, "38").lead == ""
    assert sum(bool(row.problems) for row in annex.rows) == 3


def test_a_row_says_where_it_stands(october, read):
    sixth = row_of(read(october)[0], "6")
    line = october.decode().split("\n")[sixth.line - 1]

    assert line == "\t6. "
    assert (sixth.table, sixth.row) == (1, 9)  # six tasks, two section rows, one unnumbered row
    assert sixth.cells[-1] == "Kế hoạch số 02-\nKH/BCĐTW"


# --- the layout of the July plan -------------------------------------------------------


def test_columns_are_found_by_their_headings_in_any_order(july, read):
    annex, problems = read(july)
    row = row_of(annex, "17")

    assert problems == []
    assert len(annex.rows) == 37
    assert row.lead == "Các sở: Công thương, Xây dựng, Nông nghiệp và Môi trường, Y tế"
    assert (row.deadline, row.supporting) == ("30/09/2025", "Sở Khoa học và Công nghệ")
    assert (row.expected, row.note) == ("Quyết định của UBND tỉnh", "")


def test_residue_double_blanks_and_loose_accents_are_cleaned(july, read):
    annex, _ = read(july)

    assert row_of(annex, "1").deadline == "31/8/2025"
    assert row_of(annex, "32").lead == "Sở Nội vụ"
    assert row_of(annex, "16").supporting == ""
    assert all(unicodedata.is_normalized("NFC", row.text + row.lead) for row in annex.rows)
    assert "[bookmark: _GoBack]31/8/2025" in row_of(annex, "1").cells


def test_a_cell_with_an_empty_paragraph_keeps_its_row_together(july, read):
    row = row_of(read(july)[0], "23")

    assert row.lead == "Các sở, ban, ngành, địa phương có liên quan"
    assert row.supporting == "Văn phòng UBND tỉnh"


def test_the_body_keeps_the_paragraphs_around_the_table(july, read):
    annex, _ = read(july)

    assert any("trước ngày 10 hàng tháng" in paragraph for paragraph in annex.body)
    assert not any("31/9/2025" in paragraph for paragraph in annex.body)


# --- edited copies ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "encode"),
    [
        ("with Windows line ends", lambda text: text.replace("\n", "\r\n").encode()),
        ("with a byte-order mark", lambda text: codecs.BOM_UTF8 + text.encode()),
        ("in UTF-16 as Notepad does", lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le")),
        ("in big-endian UTF-16", lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be")),
        ("with loose accents", lambda text: unicodedata.normalize("NFD", text).encode()),
        ("with hard blanks", lambda text: text.replace(" ", "\u00a0").encode()),
        ("with invisible marks", lambda text: text.replace("Sở", "\u200bSở\u200d").encode()),
    ],
)
def test_the_same_plan_reads_the_same_however_it_was_saved(october, read, saved, encode):
    plain, _ = read(october)
    again, problems = read(encode(october.decode()))

    assert problems == []
    assert essence(again) == essence(plain)
    assert (again.title, again.sections) == (plain.title, plain.sections)


def test_renamed_headings_still_name_their_columns(october, read):
    text = october.decode()
    start = text.index("\tSTT\n")
    end = text.index("\n\n", start)
    renamed = text[:start] + "\n".join(f"\t{name}" for name in RENAMED) + text[end:]

    assert essence(read(renamed.encode())[0]) == essence(read(october)[0])


def test_a_row_added_in_the_middle_moves_nothing_else(october, read):
    added = "\t15a. \n\tViệc thêm vào\n\tSở Y tế\n\t\n\t1/12/2025\n\t\n\n"
    text = october.decode().replace("\t16. \n", f"{added}\t16. \n")
    annex, _ = read(text.encode())

    assert row_of(annex, "15a").deadline == "1/12/2025"
    assert [line for line in essence(annex) if line[0] != "15a"] == essence(read(october)[0])


def test_a_row_taken_out_leaves_the_others(october, read):
    text = october.decode()
    cut = text[: text.index("\t20. \n")] + text[text.index("\t21. \n") :]

    kept = [line for line in essence(read(october)[0]) if line[0] != "20"]
    assert essence(read(cut.encode())[0]) == kept


def test_rows_stay_apart_when_the_blank_lines_between_them_are_lost(in_cells, read):
    data = in_cells(("1.", "Việc một", "Sở Y tế", "1/9/2025"), ("2.", "Việc hai", "", "2/9/2025"))
    annex, problems = read(data.replace(b"\n\n", b"\n"))

    assert problems == []
    assert [(r.number, r.text, r.lead, r.deadline) for r in annex.rows] == [
        ("1", "Việc một", "Sở Y tế", "1/9/2025"),
        ("2", "Việc hai", "", "2/9/2025"),
    ]


def test_a_full_row_without_a_number_is_a_row_of_its_own(in_cells, read):
    annex, _ = read(
        in_cells(("1.", "Một", "Sở Y tế", "1/9"), ("", "Hai", "Sở Y tế", "2/9"), ("3.", "Ba", "", ""))
    )

    assert [(r.number, r.text, codes(r)) for r in annex.rows] == [
        ("1", "Một", []),
        (None, "Hai", ["number-missing"]),
        ("3", "Ba", []),
    ]


def test_a_row_that_lost_a_cell_is_flagged_and_its_neighbours_are_not(in_cells, read):
    annex, _ = read(in_cells(("1.", "Một", "1/9/2025"), ("2.", "Hai", "Sở Y tế", "2/9/2025")))

    assert [codes(row) for row in annex.rows] == [["incomplete-row"], []]
    assert annex.rows[1].deadline == "2/9/2025"


def test_a_cell_split_in_two_is_flagged(in_cells, read):
    annex, _ = read(in_cells(("1.", "Một", "Sở Y tế", "1/9/2025", "dư"), ("2.", "Hai", "", "2/9")))

    assert [codes(row) for row in annex.rows] == [["extra-cells"], []]


def test_a_number_used_twice_is_flagged_on_the_second_row(in_cells, read):
    annex, _ = read(in_cells(("4.", "Một", "", "1/9"), ("5.", "Hai", "", "1/9"), ("4", "Ba", "", "1/9")))

    assert [codes(row) for row in annex.rows] == [[], [], ["duplicate-number"]]
    assert f"dòng {annex.rows[0].line}" in annex.rows[2].problems[0][1]


def test_a_section_row_filled_up_with_empty_cells_is_a_section(in_cells, read):
    annex, _ = read(
        in_cells(("IV", "Hạ tầng", "", ""), ("1.", "Một", "", "1/9"), ("B. Dữ liệu",), ("2.", "Hai", "", ""))
    )

    assert [(s.number, s.title) for s in annex.sections] == [("IV", "Hạ tầng"), ("B", "Dữ liệu")]
    assert [(row.number, row.section) for row in annex.rows] == [("1", "IV"), ("2", "B")]


def test_headings_repeated_on_the_next_page_are_no_row(in_cells, read):
    headings = ("STT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Hạn hoàn thành")
    annex, _ = read(in_cells(("1.", "Một", "", "1/9"), headings, ("2.", "Hai", "", "2/9")))

    assert [(row.number, row.table) for row in annex.rows] == [("1", 1), ("2", 1)]


@pytest.mark.parametrize(
    ("layout", "above", "below"),
    [
        (
            "in_cells",
            ("STT", "Nội dung", "Cơ quan thực hiện", "Thời hạn"),
            ("", "", "Chủ trì", "Phối hợp", ""),
        ),
        (
            "in_lines",
            ("STT", "Nội dung", "Cơ quan thực hiện", "", "Thời hạn"),
            ("", "", "Chủ trì", "Phối hợp", ""),
        ),
    ],
)
def test_headings_over_two_rows_name_each_column(request, read, layout, above, below):
    table = request.getfixturevalue(layout)
    annex, problems = read(table(below, ("1.", "Một", "Sở Y tế", "Sở Nội vụ", "1/9"), headings=above))

    assert problems == []
    assert [(r.number, r.lead, r.supporting, r.deadline) for r in annex.rows] == [
        ("1", "Sở Y tế", "Sở Nội vụ", "1/9")
    ]


def test_a_heading_wrapped_in_its_cell_is_one_heading(in_cells, read):
    headings = ("STT", "Nội dung\nnhiệm vụ", "Cơ quan\nchủ trì", "Hạn\nhoàn thành")
    annex, problems = read(in_cells(("1.", "Một", "Sở Y tế", "1/9"), headings=headings))

    assert problems == []
    assert [(r.text, r.lead, r.deadline) for r in annex.rows] == [("Một", "Sở Y tế", "1/9")]


def test_two_annexes_of_one_plan_are_two_tables(in_cells, read):
    second = in_cells(("1.", "Ba", "", "3/9"), before="\n\nPHỤ LỤC II\n\n").decode()
    annex, _ = read(in_cells(("1.", "Một", "", "1/9"), after=second))

    assert [(row.table, row.row, row.text) for row in annex.rows] == [(1, 1, "Một"), (2, 1, "Ba")]
    assert annex.body == ("PHỤ LỤC II",)


def test_what_follows_the_table_is_no_task(in_cells, read):
    after = "\nNơi nhận:\n- Như trên;\n\tTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n"
    annex, _ = read(in_cells(("1.", "Một", "Sở Y tế", "1/9"), after=after))

    assert [(row.text, row.deadline) for row in annex.rows] == [("Một", "1/9")]
    assert "TM. ỦY BAN NHÂN DÂN" in annex.body


# --- one row a line --------------------------------------------------------------------


def test_a_spreadsheet_copy_reads_like_the_word_copy(in_cells, in_lines, read):
    rows = (("I", "Dữ liệu", "", ""), ("1", "Một", "Sở Y tế", "1/9/2025"), ("2", "Hai", "", "Quý IV"))
    by_cell, by_line = read(in_cells(*rows))[0], read(in_lines(*rows))[0]

    assert essence(by_line) == essence(by_cell)
    assert by_line.sections == by_cell.sections


def test_blank_cells_lost_at_the_end_of_a_line_are_no_mistake(in_lines, read):
    annex, _ = read(in_lines(("1", "Một", "Sở Y tế"), before="Danh mục\n\n", after="\nGhi chú chung\n"))

    assert [(row.lead, row.deadline, row.problems) for row in annex.rows] == [("Sở Y tế", "", ())]
    assert annex.body == ("Danh mục", "Ghi chú chung")


def test_a_heading_nobody_reads_is_named_where_it_stands(in_lines, read):
    headings = ("STT", "Nội dung nhiệm vụ", "Màu sắc", "Thời hạn")
    annex, problems = read(in_lines(("1", "Một", "Xanh", "12/2026"), headings=headings, before="Danh mục\n"))

    assert [p.place_and_code for p in problems] == [("phu-luc.txt", 2, 23, "unknown-heading")]
    assert "'Màu sắc'" in problems[0].message
    assert annex.rows[0].cells == ("1", "Một", "Xanh", "12/2026")


# --- tables that mail carries ------------------------------------------------------------

MARKDOWN = """# KẾ HOẠCH
**Chuyển đổi số**

| STT | Nội dung nhiệm vụ | Cơ quan chủ trì | Thời hạn |
|:---:|-------------------|:----------------|---------:|
| **I** | **Dữ liệu** | | |
| 1 | Một<br>còn nữa | Sở A \\| Sở B | 1/9/2025 |
| 2 | Hai | | Quý IV |

Nơi nhận
"""
WRAPPED = MARKDOWN.replace("Một<br>còn", "Một\ncòn")
GRID = """KẾ HOẠCH
Chuyển đổi số

+-----+-------------------+-----------------+-----------+
| STT | Nội dung nhiệm vụ | Cơ quan chủ trì | Thời hạn  |
+=====+===================+=================+===========+
| I   | Dữ liệu           |                 |           |
+-----+-------------------+-----------------+-----------+
| 1   | Một               | Sở A            | 1/9/2025  |
|     | còn nữa           | \\| Sở B         |           |
+-----+-------------------+-----------------+-----------+
| 2   | Hai               |                 | Quý IV    |
+-----+-------------------+-----------------+-----------+

Nơi nhận
"""
FEW_LINES = "\n".join(line for n, line in enumerate(GRID.split("\n")) if n not in {7, 10})
DRAWN = (
    GRID.translate(str.maketrans("-=+", "──┼")).replace("| ", "│ ").replace(" |", " │").replace("\\│", "\\|")
)
VALUES = (
    "KẾ HOẠCH\nChuyển đổi số\n\nSTT;Nội dung nhiệm vụ;Cơ quan chủ trì;Thời hạn\n"
    'I;Dữ liệu;;\n1;"Một\ncòn nữa";Sở A | Sở B;1/9/2025\n2;Hai;;Quý IV\n\nNơi nhận\n'
)
SHEET = VALUES.replace(";", "\t")


@pytest.mark.parametrize(
    ("carried", "text"),
    [
        ("as Markdown", MARKDOWN),
        ("with Windows line ends", MARKDOWN.replace("\n", "\r\n")),
        ("quoted in an answer", "".join(f"> {line}\n" for line in MARKDOWN.split("\n"))),
        ("quoted twice", "".join(f">> {line}\n" for line in MARKDOWN.split("\n"))),
        ("with rows wrapped by the mail program", WRAPPED),
        ("drawn with signs", GRID),
        ("drawn with few lines", FEW_LINES),
        ("drawn with box characters", DRAWN),
        ("as values between semicolons", VALUES),
        ("as values between commas", VALUES.replace(";", ",")),
        ("as cells of a sheet, one over two lines", SHEET),
    ],
)
def test_a_plan_reads_the_same_however_mail_carries_its_table(read, carried, text):
    annex, problems = read(text.encode())

    assert problems == []
    assert essence(annex) == [
        ("1", "I", "Một còn nữa", "Sở A | Sở B", "", "1/9/2025", ""),
        ("2", "I", "Hai", "", "", "Quý IV", ""),
    ]
    assert (annex.title, annex.body[-1]) == ("Chuyển đổi số", "Nơi nhận")
    assert [(s.number, s.title) for s in annex.sections] == [("I", "Dữ liệu")]


def test_a_row_of_markdown_says_on_which_line_it_stands(read):
    annex, _ = read(MARKDOWN.encode())

    assert [row.line for row in annex.rows] == [7, 8]


def test_prose_with_commas_is_no_table(read):
    _, problems = read("Giao nhiệm vụ, nội dung, kinh phí cho các sở,\ntrước ngày 30/9.\n".encode())

    assert [p.code for p in problems] == ["no-table"]


def test_a_list_without_deadlines_beside_the_annex_is_left_out_and_named(in_lines, read):
    budget = "STT\tNội dung\tKinh phí\n1\tMáy chủ\t100\n\nPhụ lục II\n\n"
    annex, problems = read(in_lines(("1", "Một", "Sở A", "1/9"), before=budget))

    assert [row.text for row in annex.rows] == ["Một"]
    assert [p.place_and_code for p in problems] == [("phu-luc.txt", 1, 1, "table-skipped")]


# --- whatever the cells hold -----------------------------------------------------------


@given(rows=CELLS, gap=st.booleans())
def test_no_cell_is_lost_or_moved(in_cells, rows, gap):
    numbered = [(f"{n}.", *cells) for n, cells in enumerate(rows, start=1)]
    if gap:  # an empty paragraph at the end of the agency's cell
        numbered = [(number, text, f"{lead}\n", deadline) for number, text, lead, deadline in numbered]
    annex, _ = read_annex(in_cells(*numbered), "x.txt")

    assert [(r.text, r.lead, r.deadline) for r in annex.rows] == rows


@given(data=st.binary(max_size=300))
def test_any_bytes_give_an_annex_or_a_reason(data):
    annex, problems = read_annex(data, "x.txt")

    assert annex.rows or problems
