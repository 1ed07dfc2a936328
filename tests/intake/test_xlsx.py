"""Workbooks as offices keep them, built cell by cell, and what a person sees in them."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from intake.extract import extract
from intake.source import Refused
from intake.xlsx import read_xlsx

HEADINGS = ("STT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Thời hạn")
SEPTEMBER_30, SEPTEMBER_1 = dt.datetime(2025, 9, 30), dt.datetime(2025, 9, 1)
SHEET = "xl/worksheets/sheet1.xml"
OFFICE_2003 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def made(fill, **options):
    """Return the bytes of the workbook that `fill` writes into."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, **options})
    fill(book)
    book.close()
    return file.getvalue()


def one_sheet(fill, **options):
    return made(lambda book: fill(book, book.add_worksheet("Phụ lục")), **options)


def with_part(data, name, change):
    """Return the package with one part changed, as another program would have written it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return file.getvalue()


def raw_sheet(rows, before="", after=""):
    """Return a workbook whose only sheet is the XML given."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    xml = f"<worksheet {space}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    return with_part(one_sheet(lambda book, sheet: sheet.write(0, 0, "x")), SHEET, lambda _: xml.encode())


def texts(grid):
    return [[cell.text for cell in row] for row in grid.rows]


def only(data):
    """Return the texts of the only grid."""
    (grid,) = read_xlsx(data).blocks
    return texts(grid)


@pytest.fixture(scope="module")
def annex():
    def fill(book, sheet):
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range(0, 0, 0, 3, "PHỤ LỤC")
        sheet.write_row(1, 0, HEADINGS)
        sheet.merge_range(2, 0, 2, 3, "I. Thể chế")
        for row in range(3, 6):
            sheet.write(row, 0, row - 2)
            sheet.write(row, 1, f"Nhiệm vụ {row}")
            sheet.write_datetime(row, 3, SEPTEMBER_30, date)
        sheet.merge_range(3, 2, 5, 2, "Sở Tài chính")

    return one_sheet(fill)


def test_a_sheet_becomes_one_grid_that_says_where_it_stands(annex):
    document = read_xlsx(annex)

    assert [grid.label for grid in document.blocks] == ["trang tính 'Phụ lục'"]
    assert texts(document.blocks[0])[1:4] == [
        list(HEADINGS),
        ["I. Thể chế"] * 4,
        ["1", "Nhiệm vụ 3", "Sở Tài chính", "30/09/2025"],
    ]
    assert document.margins == document.notes == ()


def test_a_merged_cell_is_one_cell_at_every_place_it_covers(annex):
    (grid,) = read_xlsx(annex).blocks

    assert {(cell.row, cell.column) for cell in grid.rows[0]} == {(0, 0)}
    assert [(grid.rows[row][2].text, grid.rows[row][2].row) for row in (3, 4, 5)] == [("Sở Tài chính", 3)] * 3
    assert grid.rows[4][1].row == 4


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (5.0, "", "5"),
        (2.1, "", "2.1"),
        (0.1 + 0.2, "", "0.3"),
        (1.1, "0.00", "1.10"),  # the tenth item of part 1
        (7, "00", "07"),
        (7, "0.", "7"),
        (3, '"Quý "0', "Quý 3"),
        (30, '0" ngày"', "30 ngày"),
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12.5%"),
        (1234567, "#,##0", "1234567"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (45930, "", "45930"),  # no date until a person formats it as one
        (45930, "0", "45930"),
        (True, "", "TRUE"),
        ("30/9/2025", "", "30/9/2025"),
        ("=HYPERLINK(1)", "@", "=HYPERLINK(1)"),
        ("Dòng một\nDòng hai", "", "Dòng một\nDòng hai"),
        (SEPTEMBER_30, "dd/mm/yyyy", "30/09/2025"),
        (SEPTEMBER_30, "m/d/yy", "30/09/2025"),
        (SEPTEMBER_30, "yyyy-mm-dd", "30/09/2025"),
        (SEPTEMBER_30, 14, "30/09/2025"),
        (SEPTEMBER_30, "[$-42A]dddd, dd mmmm yyyy;@", "30/09/2025"),
        (SEPTEMBER_30, r"dd\/mm\/yyyy", "30/09/2025"),
        (SEPTEMBER_30, "dd/mm/yyyy hh:mm", "30/09/2025"),
        (SEPTEMBER_30.replace(hour=17), "dd/mm/yyyy hh:mm", "30/09/2025 17:00"),
        (SEPTEMBER_30.replace(hour=17, minute=30), "hh:mm AM/PM dd/mm/yyyy", "30/09/2025 17:30"),
        (SEPTEMBER_30.replace(hour=23, minute=59, second=59), "dd/mm/yyyy hh:mm:ss", "30/09/2025 23:59"),
        (SEPTEMBER_1, "mm/yyyy", "09/2025"),  # typed as 9/2025: the first of the month is no deadline
        (SEPTEMBER_1, 17, "09/2025"),
        (SEPTEMBER_1, "yyyy", "2025"),
        (SEPTEMBER_1, "mmmm", "tháng 9"),
        (SEPTEMBER_1, 'mmmm" năm "yyyy', "tháng 9 năm 2025"),
        (SEPTEMBER_30, '"Trước ngày "d/m/yyyy', "Trước ngày 30/09/2025"),
        (SEPTEMBER_30, '"ngày" dd "tháng" mm "năm" yyyy', "ngày 30 tháng 09 năm 2025"),
        (0.75, "hh:mm", "18:00"),
        (1.5, "[h]:mm", "36:00"),
        (0, "dd/mm/yyyy", "0"),
        (-5, "dd/mm/yyyy", "-5"),
        (1e9, "dd/mm/yyyy", "1000000000"),
        (60, "dd/mm/yyyy", "28/02/1900"),
        (61, "dd/mm/yyyy", "01/03/1900"),
    ],
)
def test_a_value_is_read_as_a_person_sees_it(value, number_format, seen):
    def fill(book, sheet):
        style = book.add_format({"num_format": number_format} if number_format else {})
        is_text = isinstance(value, str)
        (sheet.write_string if is_text else sheet.write)(0, 0, value, style)

    assert only(one_sheet(fill)) == [[seen]]


@pytest.mark.parametrize(
    ("formula", "result", "seen"),
    [
        ("=1+2", 3.0, "3"),
        ('=A1&"x"', "Sở Y tế", "Sở Y tế"),
        ("=B9", "#REF!", "#REF!"),
        ("=1=1", True, "TRUE"),
    ],
)
def test_a_formula_is_read_by_its_result(formula, result, seen):
    assert only(one_sheet(lambda book, sheet: sheet.write_formula(0, 0, formula, None, result))) == [[seen]]


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    def fill(book, sheet):
        sheet.write_datetime(0, 0, SEPTEMBER_30, book.add_format({"num_format": "dd/mm/yyyy"}))

    assert only(one_sheet(fill, date_1904=True)) == [["30/09/2025"]]


def test_a_year_that_the_format_hides_is_not_believed_but_named():
    def fill(book, sheet):
        sheet.write_datetime(4, 3, SEPTEMBER_30, book.add_format({"num_format": "d-mmm"}))

    document = read_xlsx(one_sheet(fill))

    assert document.blocks[0].rows[4][0].text == "30/09"
    ((code, said),) = document.notes
    assert code == "hidden-year"
    assert "D5 là 30/09/2025" in said


def test_words_in_several_fonts_are_one_text_and_crossed_out_words_are_named():
    def fill(book, sheet):
        struck = book.add_format({"font_strikeout": True})
        sheet.write_rich_string(0, 0, "Sở ", book.add_format({"bold": True}), "Tài chính")
        sheet.write_rich_string(1, 0, "trước ", struck, "30/9", " 15/10")
        sheet.write(2, 0, "bỏ dòng này", struck)

    document = read_xlsx(one_sheet(fill))

    assert texts(document.blocks[0]) == [["Sở Tài chính"], ["trước 30/9 15/10"], ["bỏ dòng này"]]
    assert [code for code, _ in document.notes] == ["struck-text"]
    assert "A2, A3" in document.notes[0][1]


def test_hidden_sheets_are_left_out_and_named_and_empty_ones_are_not_there():
    def fill(book):
        for name, hide in (("Xem", None), ("Cũ", "hide"), ("Máy", "very_hidden"), ("Khác", None)):
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, name)
            if hide:
                getattr(sheet, hide)()
        book.add_worksheet("Trống").write_blank(3, 3, None, book.add_format({"bold": True}))
        book.add_worksheet("Chỉ dấu cách").write(0, 0, "  ")

    document = read_xlsx(made(fill))

    assert [grid.label for grid in document.blocks] == ["trang tính 'Xem'", "trang tính 'Khác'"]
    assert document.notes == (("hidden-sheet", "không đọc trang tính ẩn: 'Cũ', 'Máy'"),)


def test_hidden_rows_and_columns_are_read_and_named():
    def fill(book, sheet):
        for row in range(4):
            sheet.write_row(row, 0, ("a", "b", "c"))
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.set_column(20, 16383, None, None, {"hidden": True})

    document = read_xlsx(one_sheet(fill))

    assert texts(document.blocks[0]) == [["a", "b", "c"]] * 4
    assert [(code, said.split(": ")[-1]) for code, said in document.notes] == [
        ("hidden-rows", "3"),
        ("hidden-columns", "B"),
    ]


def test_a_formula_that_was_never_computed_is_named():
    document = read_xlsx(raw_sheet('<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><v>2</v></c></row>'))

    assert texts(document.blocks[0]) == [["2"]]
    assert document.notes[0][0] == "formula-without-value"
    assert "A1" in document.notes[0][1]


def test_words_in_page_headers_and_text_boxes_stand_in_the_margins():
    def fill(book, sheet):
        sheet.write(0, 0, "x")
        sheet.set_header('&L&"Times New Roman,Bold"&14MẬT&CKế hoạch A && B&RTrang &P/&N')
        sheet.insert_textbox(3, 3, "TUYỆT MẬT")

    margins = read_xlsx(one_sheet(fill)).margins

    assert set(margins) == {"MẬT", "Kế hoạch A & B", "Trang /", "TUYỆT MẬT"}


def test_a_stamp_on_a_hidden_sheet_is_seen():
    def fill(book):
        book.add_worksheet("Phụ lục").write(0, 0, "x")
        hidden = book.add_worksheet("Ẩn")
        hidden.hide()
        hidden.insert_textbox(0, 0, "TỐI MẬT")

    assert read_xlsx(made(fill)).margins == ("TỐI MẬT",)


def test_places_left_of_the_table_are_cut_and_rows_above_it_are_kept():
    assert only(one_sheet(lambda book, sheet: sheet.write_row(2, 3, ("a", "b")))) == [
        ["", ""],
        ["", ""],
        ["a", "b"],
    ]


def test_a_merge_far_beyond_the_words_costs_nothing():
    merges = '<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="A2:A1048576"/></mergeCells>'
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row><c><v>2</v></c></row><row><c r="B3"><v>3</v></c></row>'
    )

    assert only(raw_sheet(rows, after=merges)) == [["1", "1"], ["2", ""], ["2", "3"]]


@pytest.mark.parametrize(
    ("row", "column", "place"),
    [(1_048_575, 0, "A1048576"), (0, 16_383, "XFD1"), (20_000, 2, "C20001"), (0, 100, "CW1")],
)
def test_a_word_at_the_end_of_the_world_is_refused_by_its_place(row, column, place):
    with pytest.raises(Refused, match=rf"'Phụ lục' .*{place}") as refused:
        read_xlsx(one_sheet(lambda book, sheet: (sheet.write(0, 0, "a"), sheet.write(row, column, "b"))))

    assert refused.value.code == "too-large"


def test_a_sheet_formatted_to_its_last_row_is_read():
    rows = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>' for row in range(2, 100_000))
    last = '<row r="1048576" s="1"><c r="XFD1048576" s="1"/></row>'

    assert only(
        raw_sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>' + rows + last)
    ) == [["a"]]


def test_a_workbook_with_too_many_cells_is_refused():
    def fill(book):
        for number in range(3):
            sheet = book.add_worksheet()
            sheet.write(0, 0, number)
            sheet.write(7_999, 9, "x")

    with pytest.raises(Refused, match="Sheet3"):
        read_xlsx(made(fill))


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", [["1", "2"], ["3", ""]]),
        ('<row r="1"><c r="B1"><v>2</v></c><c><v>3</v></c></row>', [["2", "3"]]),
        ('<row r="1"><c r="A1" t="d"><v>2025-09-30T00:00:00</v></c></row>', [["30/09/2025"]]),
        ('<row r="1"><c r="A1" t="d"><v>2025-09-30T17:00:00.000Z</v></c></row>', [["30/09/2025 17:00"]]),
        ('<row r="1"><c r="A1" t="str"><v>một_x000D_\nhai</v></c></row>', [["một\nhai"]]),
        ('<row r="1"><c r="A1" t="str"><v>a_x005F_x0041_</v></c></row>', [["a_x0041_"]]),
        ('<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><rPh><t>x</t></rPh></is></c></row>', [["a"]]),
        ('<row r="1"><c r="A1"><v>nan</v></c><c r="B1"><v>mười</v></c></row>', [["nan", "mười"]]),
        ('<row r="x"><c r="?" s="-1"><v>1</v></c><c r="B1" s="99999"><v>2</v></c></row>', [["1", "2"]]),
    ],
)
def test_what_other_programs_write_is_read_too(rows, read):
    assert only(raw_sheet(rows)) == read


def test_overlapping_merges_take_nothing_away():
    merges = (
        '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/><mergeCell ref="C3:A1"/></mergeCells>'
    )
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="C3"><v>9</v></c></row>'

    assert only(raw_sheet(rows, after=merges)) == [["1", "1", ""], ["1", "1", ""], ["", "", "9"]]


def test_the_strict_variety_is_read_as_well(annex):
    def strict(content):
        return content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/",
            b"http://purl.oclc.org/ooxml/officeDocument/",
        )

    data = annex
    for part in (
        SHEET,
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
    ):
        data = with_part(data, part, strict)

    assert read_xlsx(data) == read_xlsx(annex)


@pytest.mark.parametrize(
    ("part", "old", "new", "code"),
    [
        (SHEET, b"</sheetData>", b"", "damaged-file"),
        (SHEET, b"<v>0</v>", b"<v>999</v>", "damaged-file"),
        ("xl/sharedStrings.xml", b"</sst>", b"", "damaged-file"),
        ("xl/workbook.xml", b"</workbook>", b"", "damaged-file"),
        ("xl/workbook.xml", b"<sheet ", b"<leaf ", "empty-file"),
        (SHEET, b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet", "hostile-xml"),
    ],
)
def test_a_workbook_that_is_not_whole_is_refused(annex, part, old, new, code):
    with pytest.raises(Refused) as refused:
        read_xlsx(with_part(annex, part, lambda content: content.replace(old, new)))

    assert refused.value.code == code
    assert refused.value.hint


def test_a_workbook_without_words_is_refused_with_the_way_out():
    with pytest.raises(Refused, match="không có trang tính nào có nội dung"):
        read_xlsx(one_sheet(lambda book, sheet: None))


def test_a_thousand_rows_keep_their_words():
    def fill(book, sheet):
        for row in range(1000):
            sheet.write_row(row, 0, (row + 1, f"Nhiệm vụ {row + 1}", "Sở Tài chính", "Quý IV/2025"))

    (grid,) = read_xlsx(one_sheet(fill)).blocks

    assert len(grid.rows) == 1000
    assert [cell.text for cell in grid.rows[-1]] == ["1000", "Nhiệm vụ 1000", "Sở Tài chính", "Quý IV/2025"]


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="_"), min_size=1),
                st.integers(-(10**9), 10**9),
            ),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=40, deadline=None)
def test_texts_and_whole_numbers_are_those_that_another_reader_finds(rows):
    def fill(book, sheet):
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                (sheet.write_string if isinstance(value, str) else sheet.write_number)(number, column, value)

    data = one_sheet(fill)
    other = CalamineWorkbook.from_object(io.BytesIO(data)).get_sheet_by_index(0).to_python()

    assert only(data) == [
        [value if isinstance(value, str) else f"{value:.0f}" for value in row] for row in other
    ]


def is_read_or_refused(data):
    """Return whether the file gives grids, or a refusal that says the way out."""
    try:
        return bool(read_xlsx(data).blocks)
    except Refused as refused:
        return bool(refused.message and refused.hint)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_file_cut_or_scratched_anywhere_is_read_or_refused(annex, data):
    at = data.draw(st.integers(0, len(annex) - 1))
    scratched = annex[:at] + bytes([annex[at] ^ 0x55]) + annex[at + 1 :]

    assert is_read_or_refused(data.draw(st.sampled_from([annex[:at], scratched, annex[at:]])))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_part_scratched_inside_a_whole_zip_is_read_or_refused(annex, data):
    part = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]))
    letters = data.draw(st.binary(max_size=3))

    def scratch(content):
        at = data.draw(st.integers(0, len(content) - 1))
        return content[:at] + letters + content[at + len(letters) :]

    assert is_read_or_refused(with_part(annex, part, scratch))


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "empty-file", "không có nội dung"),
        (b" \r\n", "empty-file", "không có nội dung"),
        (OFFICE_2003, "unsupported-file", "đời cũ"),
        (OFFICE_2003 + "EncryptedPackage".encode("utf-16-le"), "encrypted-file", "mật khẩu"),
        (b"{\\rtf1 x", "unsupported-file", "RTF"),
        (b"\x89PNG\r\n", "unsupported-file", "PNG"),
        (b"PK\x03\x04 cut", "damaged-file", "hỏng"),
        (b"\x00\x01\x02", "unsupported-file", "không nhận ra"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_what_it_holds(data, code, said):
    with pytest.raises(Refused, match=said) as refused:
        extract(data)

    assert refused.value.code == code
    assert refused.value.hint


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("xl/workbook.bin",), "xlsb"),
        (("mimetype", "content.xml"), "OpenDocument"),
        (("ppt/presentation.xml",), "PowerPoint"),
        (("ke-hoach.docx", "phu-luc.xlsx"), "ZIP"),
    ],
)
def test_a_package_of_another_kind_is_refused_by_its_parts(parts, said):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for part in parts:
            package.writestr(part, "<x/>")

    with pytest.raises(Refused, match=said) as refused:
        extract(file.getvalue())

    assert refused.value.code == "unsupported-file"


def test_a_workbook_is_known_by_its_parts(annex):
    assert extract(annex) == read_xlsx(annex)
