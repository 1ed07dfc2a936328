"""A PDF file gives the words people see, cell by cell, or it is refused with the reason."""

import contextlib
import json
import zlib
from hashlib import md5

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.pdf import read_pdf
from intake.reading import read_document
from intake.source import Grid, Refused
from intake.text import read_annex

STYLE = """
#set page(paper: "a4", margin: 2cm, numbering: "1")
#set text(font: "Libertinus Serif", lang: "vi", size: 12pt)
#set super(typographic: false)
"""
HEAD = """
#grid(columns: (1fr, 1.4fr), align: center,
  [ỦY BAN NHÂN DÂN\\ TỈNH QUẢNG NGÃI\\ Số: 12/KH-UBND],
  [CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\\ Độc lập - Tự do - Hạnh phúc\\
   _Quảng Ngãi, ngày 17 tháng 10 năm 2025_])
#align(center)[*KẾ HOẠCH*\\ *Triển khai thực hiện Nghị quyết số 57-NQ/TW*]
"""
ANNEX = """
#table(columns: (1cm, 4fr, 2fr, 2fr, 2fr),
  table.header(
    table.cell(rowspan: 2)[STT], table.cell(rowspan: 2)[Nội dung nhiệm vụ],
    table.cell(colspan: 2)[Cơ quan thực hiện], table.cell(rowspan: 2)[Thời hạn], [Chủ trì], [Phối hợp]),
  [I], table.cell(colspan: 4)[Nhóm nhiệm vụ về thể chế],
  [1], [Xây dựng kế hoạch], table.cell(rowspan: 3)[Sở Khoa học và Công nghệ], [Sở Tài chính], [30/9/2025],
  [2], [Trình Đề án], [Các xã], [31/12/2025],
  [3], [Báo cáo kết quả], [], [Quý IV/2025],
  table.cell(colspan: 5)[II. Nhóm nhiệm vụ về hạ tầng],
  ..range(4, 40).map(i => ([#i], [Nhiệm vụ số #i: xây dựng báo cáo và trình Ủy ban nhân dân tỉnh ban hành kế
    hoạch triển khai thực hiện các nhiệm vụ theo quy định của pháp luật hiện hành và báo cáo kết quả],
    [Sở Nội vụ], [Sở Y tế, UBND các xã, phường, đặc khu], [Tháng 12/2026])).flatten())
"""


@pytest.fixture(scope="module")
def annex():
    return read_pdf(typeset(HEAD + ANNEX + "\nNơi nhận: như trên."))


def typeset(body, style=STYLE):
    return typst.compile((style + body).encode())


def grids(document):
    return [block for block in document.blocks if isinstance(block, Grid)]


def paragraphs(document):
    return [block for block in document.blocks if isinstance(block, str) and block]


def texts(grid, *, lines="\n"):
    """Return the text of each cell where it begins, None where a merged cell goes on."""
    return [
        [c.text.replace("\n", lines) if (c.row, c.column) == (r, at) else None for at, c in enumerate(row)]
        for r, row in enumerate(grid.rows)
    ]


def refusal(data):
    with pytest.raises(Refused) as refused:
        read_pdf(data)
    return refused.value


def test_merged_cells_stand_at_every_place_they_cover(annex):
    first = grids(annex)[0]

    assert texts(first, lines=" ")[:7] == [
        ["STT", "Nội dung nhiệm vụ", "Cơ quan thực hiện", None, "Thời hạn"],
        [None, None, "Chủ trì", "Phối hợp", None],
        ["I", "Nhóm nhiệm vụ về thể chế", None, None, None],
        ["1", "Xây dựng kế hoạch", "Sở Khoa học và Công nghệ", "Sở Tài chính", "30/9/2025"],
        ["2", "Trình Đề án", None, "Các xã", "31/12/2025"],
        ["3", "Báo cáo kết quả", None, "", "Quý IV/2025"],
        ["II. Nhóm nhiệm vụ về hạ tầng", None, None, None, None],
    ]


def test_a_table_over_several_pages_is_one_grid_a_page_with_each_number_once(annex):
    pages = grids(annex)
    numbers = [row[0].text for grid in pages for row in grid.rows if row[0].text.isdigit()]

    assert [grid.label for grid in pages] == [f"trang {number}" for number in range(1, len(pages) + 1)]
    assert len(pages) >= 4
    assert numbers == [str(number) for number in range(1, 40)]
    assert [sorted(grid.page_starts) for grid in pages] == [[], *[[0]] * (len(pages) - 1)]


def test_a_row_cut_by_a_page_break_loses_no_word(annex):
    words = " ".join(row[1].text for grid in grids(annex) for row in grid.rows[2:]).split()

    assert words.count("pháp") == words.count("hành") // 2 == 36


def test_what_stands_around_the_table_is_read_column_by_column_without_page_numbers(annex):
    assert paragraphs(annex) == [
        "ỦY BAN NHÂN DÂN",
        "TỈNH QUẢNG NGÃI",
        "Số: 12/KH-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Quảng Ngãi, ngày 17 tháng 10 năm 2025",
        "KẾ HOẠCH",
        "Triển khai thực hiện Nghị quyết số 57-NQ/TW",
        "Nơi nhận: như trên.",
    ]


def test_a_plan_of_several_styles_of_text_is_read_as_paragraphs():
    document = read_pdf(
        typeset(
            "#set par(justify: true, first-line-indent: (amount: 1cm, all: true))\n"
            "Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị, Ủy ban nhân dân tỉnh "
            "ban hành Kế hoạch triển khai; định kỳ trước ngày 10 hàng tháng báo cáo về Sở Nội vụ.\n\n"
            "1. Các sở, ban, ngành tổ chức thực hiện.\n\n- Sở Tài chính bố trí kinh phí."
        )
    )

    assert paragraphs(document) == [
        "Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị, Ủy ban nhân dân tỉnh ban hành "
        "Kế hoạch triển khai; định kỳ trước ngày 10 hàng tháng báo cáo về Sở Nội vụ.",
        "1. Các sở, ban, ngành tổ chức thực hiện.",
        "• Sở Tài chính bố trí kinh phí.",
    ]


def test_a_footnote_stands_where_it_is_referred_to_and_never_runs_into_a_date():
    document = read_pdf(
        typeset(
            "#table(columns: 3, [STT], [Nội dung], [Thời hạn],"
            "[1], [Trồng 50 m#super[2] rừng], [30/9/2025#footnote[Theo Kết luận số 5.]],"
            "[2], [Báo cáo], [Quý I/2026#super[9]])"
        )
    )

    assert texts(grids(document)[0])[1:] == [
        ["1", "Trồng 50 m² rừng", "30/9/2025[1: Theo Kết luận số 5.]"],
        ["2", "Báo cáo", "Quý I/2026⁹"],
    ]
    assert paragraphs(document) == []


def test_running_heads_and_stamps_go_to_the_margins_and_page_numbers_nowhere():
    document = read_pdf(
        typeset(
            "#set page(header: [Dự thảo lần 2],"
            ' footer: context [Trang #counter(page).display("1/1", both: true)])\n'
            + "#place(center + horizon, rotate(-45deg, text(60pt)[MẬT]))"
            + "\n#pagebreak()\n".join(f"Nội dung trang {word}." for word in ("một", "hai", "ba"))
        )
    )

    assert document.margins == ("Dự thảo lần 2", "MẬT")
    assert paragraphs(document) == ["Nội dung trang một.", "Nội dung trang hai.", "Nội dung trang ba."]


def test_a_large_stamp_over_a_table_is_no_word_of_a_cell():
    document = read_pdf(
        typeset("#table(columns: 2, [STT], [Nội dung], [1], [#place(text(40pt, gray)[MẬT]) Trình Đề án])")
    )

    assert texts(grids(document)[0]) == [["STT", "Nội dung"], ["1", "Trình Đề án"]]
    assert document.margins == ("MẬT",)


def test_every_table_of_a_page_is_a_grid_and_one_inside_a_cell_belongs_to_that_cell():
    document = read_pdf(
        typeset(
            "#set page(flipped: true)\n#table(columns: 2, [STT], [A], [1], [x])\nGiữa hai bảng.\n"
            "#table(columns: 2, [TT], [B], [1], [#table(columns: 2, [p], [q], [r], [s])])"
        )
    )

    first, second = grids(document)
    assert [first.label, second.label] == ["trang 1", "trang 1, bảng 2"]
    assert texts(first) == [["STT", "A"], ["1", "x"]]
    assert texts(second) == [["TT", "B"], ["1", "p q\nr s"]]
    assert document.blocks.index("Giữa hai bảng.") == 1


ROWS = """columns: (1.2cm, 4fr, 2fr, 2fr), inset: 6pt,
  table.header([STT], [Nội dung nhiệm vụ], [Cơ quan chủ trì], [Thời hạn]),
  [I], table.cell(colspan: 3)[Nhóm nhiệm vụ về thể chế và cải cách hành chính trong toàn tỉnh],
  ..range(1, 25).map(i => ([#i], [Xây dựng báo cáo và trình Ủy ban nhân dân tỉnh ban hành kế hoạch #i],
    [Sở Tài chính và các sở, ngành liên quan], [30/9/2025])).flatten())

Nơi nhận: như trên để thực hiện theo quy định."""
LEVEL_ONLY = "(x, y) => (top: 1pt, bottom: 1pt)"
UPRIGHT_ONLY = "(x, y) => (left: 1pt, right: 1pt, top: (1pt, 1pt, none).at(calc.min(y, 2)))"


@pytest.mark.parametrize(
    "stroke",
    [
        "1pt",
        '(dash: "dashed")',
        '(dash: "dotted")',
        "none",
        LEVEL_ONLY,
        UPRIGHT_ONLY,
        "(x, y) => (top: 1pt, bottom: 1pt, left: if x > 0 { 1pt }, right: if x < 3 { 1pt })",  # open sides
    ],
)
def test_the_same_rows_are_read_whatever_lines_the_table_has(stroke):
    document = read_pdf(typeset(f"#table(stroke: {stroke}, {ROWS}"))

    rows = [row for grid in grids(document) for row in texts(grid, lines=" ") if row[0] != "STT"]
    assert rows[0] == ["I", "Nhóm nhiệm vụ về thể chế và cải cách hành chính trong toàn tỉnh", None, None]
    assert rows[1:] == [
        [
            str(number),
            f"Xây dựng báo cáo và trình Ủy ban nhân dân tỉnh ban hành kế hoạch {number}",
            "Sở Tài chính và các sở, ngành liên quan",
            "30/9/2025",
        ]
        for number in range(1, 25)
    ]
    assert paragraphs(document) == ["Nơi nhận: như trên để thực hiện theo quy định."]
    are_told_by_number = stroke in ("none", UPRIGHT_ONLY, LEVEL_ONLY)
    assert {code for code, _ in document.notes} == ({"rows-by-number"} if are_told_by_number else set())


def test_a_lead_in_between_numbered_rows_is_a_row_of_its_own():
    document = read_pdf(
        typeset(
            "#table(stroke: none, columns: (1cm, 5cm, 3cm), [TT], [Nội dung], [Thời hạn],"
            "[1], [Trình Đề án về chuyển đổi số của tỉnh], [30/9/2025],"
            "[], [Các nhiệm vụ sau đây theo Kế hoạch số 02 của Trung ương:], [],"
            "[2], [Báo cáo], [Quý IV])"
        )
    )

    assert [row[0] for row in texts(grids(document)[0])] == ["TT", "1", "", "2"]


def test_rows_whose_numbers_stand_in_the_middle_are_refused_when_no_line_parts_them():
    refused = refusal(typeset(f"#table(stroke: {UPRIGHT_ONLY}, align: horizon, {ROWS}"))

    assert (refused.code, refused.message[:8]) == ("rows-not-ruled", "trang 1:")


def test_a_table_without_lines_that_cannot_be_told_apart_stays_text_and_a_person_is_told():
    document = read_pdf(typeset(f"#table(stroke: none, align: horizon, {ROWS}"))

    assert grids(document) == []
    assert [code for code, _ in document.notes] == ["table-not-read"] * 2


def test_a_list_of_numbered_paragraphs_is_no_table():
    document = read_pdf(
        typeset("".join(f"{n}. Sở Tài chính báo cáo trước ngày {n}/9/2025.\n\n" for n in range(9)))
    )

    assert (grids(document), len(paragraphs(document)), document.notes) == ([], 9, ())


def test_a_word_too_long_for_its_cell_stays_in_it():
    document = read_pdf(
        typeset("#table(columns: (2cm, 1.2cm), [STT], [Hạn], [KhôngNgắtĐược], [], [2], [30/9/2025])")
    )

    assert texts(grids(document)[0])[1:] == [["KhôngNgắtĐược", ""], ["2", "30/9/2025"]]
    assert paragraphs(document) == []


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("31/12/ #linebreak() 2026", "31/12/2026"),
        ("31/12/202 #linebreak() 6", "31/12/2026"),
        ("Tháng 12/ #linebreak() 2026", "Tháng 12/2026"),
        ("Năm #linebreak() 2026", "Năm\n2026"),
        ("30/9/2025 #linebreak() 15 giờ", "30/9/2025\n15 giờ"),
    ],
)
def test_a_date_cut_at_the_edge_of_its_cell_is_whole_again(cell, read):
    document = read_pdf(typeset(f"#table(columns: (1cm, 2.4cm), [STT], [Thời hạn], [1], [{cell}])"))

    assert texts(grids(document)[0])[1][1] == read


@pytest.mark.parametrize("name", ["october", "july"])
def test_an_annex_printed_as_pdf_gives_the_rows_of_its_text(name, request):
    text, _ = read_annex(request.getfixturevalue(name), "phụ lục.txt")

    printed, problems = read_document(typeset(printed_annex(text)), "phụ lục.pdf")

    assert [problem.code for problem in problems] == []
    assert list(map(in_words, printed.rows)) == list(map(in_words, text.rows))
    assert printed.sections == text.sections


def printed_annex(annex):
    """Return the plan as a landscape table with a section row wherever the section changes."""
    titles = {section.number: section.title for section in annex.sections}
    cells, current = [], ""
    for row in annex.rows:
        if row.section != current:
            cells += [quoted(row.section), f"table.cell(colspan: 5, {quoted(titles[row.section])})"]
            current = row.section
        cells += [quoted(cell) for cell in in_words(row)[:-1]]
    heads = ("STT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn", "Kết quả dự kiến")
    return (
        f"#set page(flipped: true)\n#{quoted(annex.title)}\n#table(columns: (1cm, 4fr, 2fr, 2fr, 2fr, 2fr), "
        f"table.header({', '.join(map(quoted, heads))}), {', '.join(cells)})"
    )


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def in_words(row):
    return (row.number or "", row.text, row.lead, row.supporting, row.deadline, row.expected, row.section)


# --- files written object by object ---------------------------------------------------------------

HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
TABLE = b"0.5 w " + b" ".join(
    [b"%d 600 m %d 660 l S" % (x, x) for x in (100, 140, 300, 400)]
    + [b"100 %d m 400 %d l S" % (y, y) for y in (600, 630, 660)]
)
WORDS = b" ".join(
    b"BT /F1 12 Tf 1 0 0 1 %d %d Tm (%s) Tj ET" % place
    for place in [
        (105, 640, b"STT"), (145, 640, b"Task"), (305, 640, b"Due"),
        (105, 610, b"1"), (145, 610, b"Report"), (305, 610, b"30/9/2025"),
    ]
)  # fmt: skip
READ = [["STT", "Task", "Due"], ["1", "Report", "30/9/2025"]]
PICTURE = b"q 595 0 0 842 0 0 cm /Im1 Do Q"


def written(*contents, page=b"", font=HELVETICA, trailer=b"", cipher=lambda number, data: data):
    """Return a PDF file with one page for each content stream; /F1 is a font, /Im1 a picture."""
    grey = zlib.compress(bytes(100))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(contents), b" ".join(b"%d 0 R" % (10 + 2 * n) for n in range(len(contents)))),
        3: font,
        4: b"<< /Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(grey), grey),
    }
    for number, content in enumerate(contents):
        data = cipher(11 + 2 * number, content)
        objects[10 + 2 * number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R %s "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> >>" % (11 + 2 * number, page)
        )
        objects[11 + 2 * number] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)
    return assembled(objects, trailer)


def assembled(objects, trailer=b""):
    """Return the objects as a file with its cross-reference table."""
    out, places = b"%PDF-1.4\n", {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places.items())
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n" + table
    size = max(objects) + 1
    return out + b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def test_a_file_written_by_hand_is_read():
    assert texts(grids(read_pdf(written(TABLE + WORDS)))[0]) == READ


@pytest.mark.parametrize(
    ("matrix", "page"),
    [
        (b"0 1 -1 0 800 100 cm ", b"/Rotate 90"),
        (b"0 1 -1 0 800 100 cm ", b""),
        (b"0 -1 1 0 -200 550 cm ", b"/Rotate 270"),
        (b"0 -1 1 0 -200 550 cm ", b""),
        (b"-1 0 0 -1 595 842 cm ", b"/Rotate 180"),
        (b"-1 0 0 -1 595 842 cm ", b""),
        (b"", b"/CropBox [90 500 500 800]"),
    ],
)
def test_a_page_is_read_the_way_it_is_turned(matrix, page):
    assert texts(grids(read_pdf(written(matrix + TABLE + WORDS, page=page)))[0]) == READ


def test_what_lies_outside_the_crop_box_is_not_read():
    outside = b"BT /F1 12 Tf 1 0 0 1 20 20 Tm (outside) Tj ET"

    assert paragraphs(read_pdf(written(TABLE + WORDS + outside, page=b"/CropBox [90 500 500 800]"))) == []


def test_letters_drawn_twice_to_look_bold_are_read_once():
    again = b" 1 0 0 1 0.3 0 cm " + WORDS

    assert texts(grids(read_pdf(written(TABLE + WORDS + again)))[0]) == READ


def test_borders_may_be_thin_filled_shapes():
    shapes = [b"%d 600 0.5 60 re f" % x for x in (100, 140, 300, 400)]
    shapes += [b"%d %d 2 0.5 re f" % (x, y) for y in (600, 630, 660) for x in range(100, 400, 4)]  # dashes
    shapes += [b"100 628 300 0.5 re f"]  # a double line

    assert texts(grids(read_pdf(written(b" ".join(shapes) + b" " + WORDS)))[0]) == READ


def test_an_underline_and_a_highlight_are_no_borders():
    marks = b" 145 608 40 0.6 re f 1 1 0 rg 305 606 60 14 re f 0 g "

    assert texts(grids(read_pdf(written(TABLE + marks + WORDS)))[0]) == READ


HIDDEN = b" 3 Tr " + WORDS


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ([PICTURE], "cả tệp không có lớp chữ"),
        ([TABLE + WORDS, PICTURE, PICTURE, TABLE + WORDS, PICTURE], "trang 2–3, 5 không có lớp chữ"),
        ([PICTURE + HIDDEN], "lớp chữ ẩn do máy quét"),
        ([WORDS + PICTURE], "lớp chữ ẩn do máy quét"),  # the picture lies on the words
        ([PICTURE + WORDS[:90]], "cả tệp không có lớp chữ"),  # a page number on a scan
    ],
)
def test_scanned_pages_are_refused_by_name(contents, said):
    refused = refusal(written(*contents))

    assert refused.code == "scanned-pdf"
    assert said in refused.message
    assert ".docx" in refused.hint


def test_text_nobody_sees_is_left_out_and_said():
    document = read_pdf(written(TABLE + WORDS + b" 3 Tr BT /F1 12 Tf 1 0 0 1 105 580 Tm (hidden) Tj ET"))

    assert paragraphs(document) == []
    assert [code for code, _ in document.notes] == ["hidden-text"]


def test_a_large_picture_beside_text_is_said():
    some = b" ".join(
        b"BT /F1 9 Tf 1 0 0 1 50 %d Tm (%s) Tj ET" % (y, b"words " * 9) for y in range(20, 90, 10)
    )

    document = read_pdf(written(b"q 500 0 0 300 50 300 cm /Im1 Do Q " + some + TABLE + WORDS))

    assert [code for code, _ in document.notes] == ["picture-skipped"]


@pytest.mark.parametrize(
    "words",
    [
        "ñy ban nh©n d©n tØnh C«ng v¨n Thñ t−íng ChÝnh phñ vÒ viÖc thùc hiÖn nhiÖm vô",
        "UÛY BAN NHAÂN DAÂN Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam veà vieäc thöïc hieän",
    ],
)
def test_old_encodings_are_refused(words):
    refused = refusal(typeset(words * 3))

    assert (refused.code, "Unicode" in refused.hint) == ("legacy-encoding", True)


def test_ordinary_vietnamese_with_a_few_foreign_words_is_no_old_encoding():
    text = "Ông Müller (Đức) dự Hội nghị «Chuyển đổi số» 5×7 ± 2 °C, đạt ½ chỉ tiêu; cà phê, ưỡn ẹo, Đắk Lắk."

    assert paragraphs(read_pdf(typeset(text)))


def test_a_font_without_letters_is_refused():
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
        b"/Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        b"/Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 >> >>] >>"
    )

    assert refusal(written(WORDS * 3, font=font)).code == "unreadable-font"


def rc4(key, data):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def encrypted(user, owner):
    """Return a file locked with the 40-bit standard handler."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    user, owner = (user + padding)[:32], (owner + padding)[:32]
    entry = rc4(md5(owner).digest()[:5], user)
    key = md5(user + entry + b"\xfc\xff\xff\xff" + b"id").digest()[:5]
    check = rc4(key, padding)
    trailer = b"/ID [<6964> <6964>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"

    def cipher(number, data):
        return rc4(md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], data)

    return written(
        TABLE + WORDS, trailer=trailer % (entry.hex().encode(), check.hex().encode()), cipher=cipher
    )


def test_a_file_that_asks_for_a_password_is_refused():
    assert refusal(encrypted(b"secret", b"owner")).code == "encrypted-file"


def test_a_file_that_only_forbids_copying_is_read():
    assert texts(grids(read_pdf(encrypted(b"", b"owner")))[0]) == READ


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "damaged-file"),
        (b"%PDF-1.4\n%%EOF", "damaged-file"),
        (b"PK\x03\x04 not a PDF", "damaged-file"),
        (written(WORDS)[:-30], "damaged-file"),
        (written(WORDS).replace(b"/Count 1", b"/Count 2"), "damaged-file"),
        (written(WORDS).replace(b"11 0 obj", b"99 0 obj"), "damaged-file"),
        (written(*[b""] * 301), "too-large"),
        (b"%PDF-1.4" + bytes(20 * 2**20), "too-large"),
        (written(b"q " * 400_001), "too-large"),
        (written(b"BT /F1 1 Tf " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 4000), "too-large"),
    ],
)
def test_damaged_and_oversized_files_are_refused(data, code):
    assert refusal(data).code == code


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_changed_anywhere_is_read_or_refused(data):
    file = bytearray(written(TABLE + WORDS))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(file) - 1))
        file[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))

    with contextlib.suppress(Refused):
        read_pdf(bytes(file))


def test_progress_is_told_page_by_page():
    told = []

    read_pdf(written(WORDS, WORDS, WORDS), on_page=lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_nothing_is_printed_about_a_poor_file(capfd):
    with contextlib.suppress(Refused):
        read_pdf(written(WORDS).replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 xxx]"))

    assert capfd.readouterr() == ("", "")
