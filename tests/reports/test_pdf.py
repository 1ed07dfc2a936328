"""Is a printed report an official paper: measured in millimetres, in its own fonts, with nothing lost?"""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTPage, LTTextContainer

from engine.model import HANOI
from engine.paperwork import Letterhead
from intake.pdf import read_pdf
from intake.source import Grid, Refused
from reports.paper import Band, Column, Form, Kind, Paper, Section, Table, Words, cleaned
from reports.pdf import write_pdf
from reports.repertoire import _SHOWN
from tests.reports.readers import on_page
from tests.reports.strategies import papers

MM = 72 / 25.4
LETTERHEAD = Letterhead()
AS_OF = datetime(2025, 10, 16, 8, tzinfo=HANOI)
COLUMNS = (
    Column("STT", Kind.NUMBER, 5), Column("Tên nhiệm vụ", width=40), Column("Cơ quan chủ trì", width=18),
    Column("Hạn gốc", Kind.DATE, 12), Column("Số ngày quá hạn", Kind.NUMBER, 10),
    Column("Tỷ lệ", Kind.RATE, 9), Column("Mã", width=9, is_wide_only=True),
)  # fmt: skip


def row(number: int):
    title = f"Rà soát, sửa đổi, bổ sung quy định số {number} về khoa học, công nghệ và chuyển đổi số"
    return number, title, "Sở Khoa học và Công nghệ", date(2025, 9, 30), 1200 + number, Fraction(1, 3), "M"


def made(rows: int = 50, **changes) -> Paper:
    lines = [Band("I. Nhóm nhiệm vụ thứ nhất"), *map(row, range(1, rows + 1))]
    few = Table("it", "Theo kết quả", COLUMNS[1:2] + COLUMNS[4:5], [("Đã hoàn thành", 7)], total=("Cộng", 7))
    many = Table("nhieu", "Danh sách", COLUMNS, lines)
    sections = (
        Section("tinh-hinh", "Tình hình", (Words("Đến nay có 07 việc quá hạn."), few)),
        Section("phu-luc", "Danh sách nhiệm vụ quá hạn", (many,), is_annex=True),
    )
    told = {
        "subject": "Tình hình thực hiện nhiệm vụ",
        "lines": ("Tính đến 16/10/2025.",),
        "sections": sections,
    }
    return Paper(
        "overdue",
        "Báo cáo nhiệm vụ quá hạn",
        as_of=AS_OF,
        basis=(("Bộ quy tắc", "ab12"),),
        **(told | changes),
    )


def printed_as_pdf(paper: Paper, letterhead: Letterhead = LETTERHEAD) -> bytes:
    out = io.BytesIO()
    write_pdf(paper, out, letterhead)
    return out.getvalue()


def pages_of(content: bytes) -> list[LTPage]:
    return list(extract_pages(io.BytesIO(content), laparams=LAParams()))


def lines_of(page: LTPage) -> list[tuple[str, float, float, float, float, set[tuple[str, float]]]]:
    """Text, left, right, top edge and bottom edge in mm from the page's left and top, and its faces."""
    found = []
    for box in page:
        if isinstance(box, LTTextContainer):
            for line in box:
                faces = {(c.fontname.split("+")[-1], round(c.size, 1)) for c in line if isinstance(c, LTChar)}
                text = line.get_text().strip()
                sides = line.x0 / MM, line.x1 / MM, (page.height - line.y1) / MM, (page.height - line.y0) / MM
                found.append((text, *sides, faces))
    return found


@pytest.fixture(scope="module")
def report() -> list[LTPage]:
    return pages_of(printed_as_pdf(made()))


def test_the_body_is_upright_a4_within_the_margins_of_the_decree(report):
    body = report[0]

    assert (round(body.width / MM), round(body.height / MM)) == (210, 297)
    for text, left, right, top, bottom, _ in lines_of(body):
        assert left >= 29.9, text
        assert right <= 190.6, text
        assert 19 <= top < bottom <= 277.5, text


def test_the_annex_is_landscape_and_counts_its_own_pages(report):
    annex = report[1:]

    assert len(annex) > 2
    for number, page in enumerate(annex, start=1):
        assert (round(page.width / MM), round(page.height / MM)) == (297, 210)
        upper = [line for line in lines_of(page) if line[4] < 20]
        assert [line[0] for line in upper] == ([str(number)] if number > 1 else [])
        assert all(abs((left + right) / 2 - (30 + 282) / 2) < 1 for _, left, right, *_ in upper)


def test_a_page_number_stands_in_the_upper_margin_from_the_second_page_on():
    long = tuple(Words("Nội dung thử nghiệm của một đoạn văn đủ dài để sang trang. " * 9) for _ in range(8))
    pages = pages_of(printed_as_pdf(made(sections=(Section("a", "Tình hình", long),))))

    upper = [[line[0] for line in lines_of(page) if line[4] < 20] for page in pages]
    assert len(pages) >= 2
    assert upper == [[], *([str(number)] for number in range(2, len(pages) + 1))]


def test_every_letter_is_in_the_one_face_and_as_large_as_the_decree_says(report):
    faces = {face for page in report for line in lines_of(page) for face in line[5]}
    assert {name.split("-")[0] for name, _ in faces} == {"LiberationSerif"}

    sizes = {line[0]: {size for _, size in line[5]} for line in lines_of(report[0])}
    assert sizes["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"] <= {12.0, 13.0}
    assert sizes["Độc lập - Tự do - Hạnh phúc"] <= {13.0, 14.0}
    assert sizes["BÁO CÁO"] == {14.0}
    assert sizes["Nơi nhận:"] == {12.0}
    assert sizes["- Lưu: VT."] == {11.0}
    assert next(size for text, size in sizes.items() if text.startswith("Đến nay")) == {14.0}


def test_number_and_date_are_left_blank(report):
    words = " ".join(line[0] for line in lines_of(report[0]))

    assert re.search(r"Số:\s+/BC-VP", words)
    assert re.search(r"Quảng Ngãi, ngày\s+tháng\s+năm 2025", words)


def test_the_headings_of_a_table_stand_on_every_page_and_no_row_is_cut(report):
    for page in report[1:]:
        words = {line[0] for line in lines_of(page)}
        assert "Tên nhiệm vụ" in words
    grid = table_of(printed_as_pdf(made()))
    starts = [grid.rows[place][0].text for place in sorted(grid.page_starts)]
    assert all(start.isdigit() or start == "STT" for start in starts)


def table_of(content: bytes) -> Grid:
    return max(
        (block for block in read_pdf(content).blocks if isinstance(block, Grid)), key=lambda g: len(g.rows)
    )


def test_a_letter_has_its_subject_under_the_number_its_addressees_and_its_signer():
    letterhead = Letterhead(
        authority="TL. CHỦ TỊCH", signer="Trần Văn Mẫu", copies=("Như trên", "Lưu: VT, KGVX")
    )
    sections = (Section("a", "", (Words("Thực hiện Kế hoạch, còn 05 nhiệm vụ quá hạn./."),)),)
    paper = made(form=Form.LETTER, subject="đôn đốc lần 2", to=("Sở Y tế", "Sở Nội vụ"), sections=sections)
    (page,) = pages_of(printed_as_pdf(paper, letterhead))
    lines = {line[0]: line for line in lines_of(page)}

    assert "BÁO CÁO" not in lines
    assert lines["V/v đôn đốc lần 2"][5] == {("LiberationSerif", 12.0)}
    number = next(line for text, line in lines.items() if text.startswith("Số:"))
    assert number[4] <= lines["V/v đôn đốc lần 2"][3] + 0.5
    assert list(lines).index("- Sở Y tế;") < list(lines).index("- Sở Nội vụ.")
    assert lines["TL. CHỦ TỊCH"][3] < lines["CHÁNH VĂN PHÒNG"][3] < lines["Trần Văn Mẫu"][3]
    assert lines["Trần Văn Mẫu"][3] - lines["CHÁNH VĂN PHÒNG"][4] > 20  # room to sign
    assert "- Lưu: VT, KGVX." in lines


def test_the_same_paper_gives_the_same_bytes():
    assert printed_as_pdf(made()) == printed_as_pdf(made())


@pytest.mark.parametrize(
    "title", ["#panic()", "$x$ *đậm* `a` @b <c>", '"; #sys.inputs', "việc 😀 中文\u202e"]
)
def test_words_of_plans_are_never_read_as_markup(title):
    many = Table("x", "", COLUMNS[:2], [(1, title)])
    paper = cleaned(made(sections=(Section("a", title, (many, Words(title))),)))
    shown = re.sub(r"\s", "", paper.sections[0].title)

    words = re.sub(
        r"\s", "", "".join(line[0] for page in pages_of(printed_as_pdf(paper)) for line in lines_of(page))
    )
    assert words.count(shown) == 3


def test_what_the_fonts_can_show_is_what_papers_let_through():
    for face in ("regular", "bold"):
        every = "".join(sorted(letter for letter in _SHOWN if letter.isprintable() and letter.strip()))
        paper = made(sections=(Section("a", every if face == "bold" else "", (Words(every),)),))
        assert printed_as_pdf(paper)  # a letter without a glyph would be refused


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(paper=papers())
def test_a_page_read_back_has_the_figures_of_the_paper(paper):
    """Cell by cell; letters that change their order or shape on the page are compared as a heap."""
    try:
        grids = [block for block in read_pdf(printed_as_pdf(paper)).blocks if isinstance(block, Grid)]
    except Refused:  # words drawn at random may look like an old encoding
        assume(False)
    found = sorted(heap("".join(cell.text for cell in line)) for grid in grids for line in rows_of(grid))
    expected = sorted(heap("".join(line)) for table in on_page(paper) for line in table)

    for line in expected:
        assert line in found
        found.remove(line)


def rows_of(grid: Grid) -> list[list]:
    return [list({(cell.row, cell.column): cell for cell in line}.values()) for line in grid.rows]


def heap(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(sorted(letter for letter in folded if letter.isalnum() or letter in "%,.–/"))
