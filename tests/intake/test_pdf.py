"""A PDF file gives the words people see, cell by cell, or it is refused with the reason."""

import pytest
import typst

from intake.pdf import read_pdf
from intake.source import Grid, Refused

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
