"""Measured as a clerk would with a ruler, and read back cell by cell: NĐ 30/2020/NĐ-CP, Phụ lục I."""

import io
import re
import time
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree

from engine.model import HANOI
from engine.paperwork import Letterhead
from reports.docx import write_docx
from reports.official_form import BLOCKS, TEXTS, FormRejected, form_problems, place_name
from reports.official_markup import W
from reports.official_styles import STYLES, Named
from reports.official_template import FILES, template
from reports.paper import Band, Chart, ChartKind, Column, Form, Kind, Paper, Section, Table, Words
from reports.printed import printed

AS_OF = datetime(2025, 10, 16, 8, tzinfo=HANOI)
OFFICE = Letterhead(authority="TL. CHỦ TỊCH", signer="Nguyễn Văn Mẫu", copies=("Như trên", "Lưu: VT, KGVX"))
COLUMNS = (
    Column("STT", Kind.NUMBER, 5),
    Column("Tên nhiệm vụ", width=46),
    Column("Cơ quan chủ trì", width=22),
    Column("Hạn gốc", Kind.DATE),
    Column("Hạn gia hạn", Kind.DATE),
    Column("Số ngày quá hạn", Kind.NUMBER),
    Column("Tỷ lệ đúng hạn (trên số đến hạn)", Kind.RATE),
    Column("Mã", width=10, is_wide_only=True),
    Column("Tình trạng", width=20),
)
LINES = (
    Band("I. Về công tác chỉ đạo"),
    (1, "Xây dựng kế hoạch <b>&", "Sở Tài chính", date(2025, 9, 30), None, 16, Fraction(1, 3), "a", "Chờ"),
    (
        2,
        "Rà soát {{ nguoi_ky }}",
        "xã Đăk Ân",
        date(2025, 8, 1),
        date(2025, 9, 1),
        1692,
        None,
        "b",
        "Đã nhận",
    ),
)
ROWS = Table("rows", "Nhiệm vụ quá hạn", COLUMNS, LINES)
COUNTED = Table(
    "age",
    "Số phần việc theo số ngày quá hạn",
    (Column("Số ngày"), Column("Phần việc", Kind.NUMBER)),
    [("1–7 ngày", 12), ("trên 60 ngày", 3)],
    ("Cộng", 15),
)
CHART = Chart("age", "Quá hạn bao lâu", ChartKind.BARS, COUNTED, "1–7 ngày: 12; trên 60 ngày: 3")
REPORT = Paper(
    "overdue",
    "Báo cáo nhiệm vụ quá hạn",
    "Tình hình nhiệm vụ quá hạn",
    AS_OF,
    ("Tính đến 08:00 thứ Năm, ngày 16/10/2025",),
    (
        Section("age", "Quá hạn bao lâu", (Words("Có 15 phần việc quá hạn."), CHART)),
        Section("rows", "Danh sách nhiệm vụ quá hạn", (ROWS,), is_annex=True),
    ),
    ("Ngày quá hạn là ngày lịch.",),
    (("Bộ quy tắc", "sha256:ab12"), ("Đầu nhật ký", "cd34")),
)
LETTER = Paper(
    "letters",
    "Công văn đôn đốc",
    "đôn đốc thực hiện nhiệm vụ được giao (lần 2)",
    AS_OF,
    (),
    (
        Section(
            "text", "", (Words("Qua theo dõi, còn 2 nhiệm vụ quá hạn."), Words("1. Khẩn trương hoàn thành."))
        ),
        REPORT.sections[1],
    ),
    form=Form.LETTER,
    to=("Sở Tài chính",),
)


def made(paper: Paper = REPORT, letterhead: Letterhead = OFFICE, form=None, tell=lambda said: None) -> bytes:
    out = io.BytesIO()
    write_docx(paper, out, letterhead, tell, form)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def opened(content: bytes) -> "Document":
    return Document(io.BytesIO(content))


def lines(content: bytes) -> list[str]:
    """Every line of the document, in reading order, cells included."""
    root = etree.fromstring(parts(content)["word/document.xml"])
    return ["".join(line.itertext(f"{{{W}}}t")) for line in root.iter(f"{{{W}}}p")]


def data_tables(content: bytes) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in dict.fromkeys(row.cells)] for row in table.rows]
        for table in opened(content).tables
        if table.style.name == Named.GRID
    ]


def mm(twips: str) -> float:
    return round(int(twips) * 25.4 / 1440, 1)


def at(element, *path: str):
    """The value of w:val (or of the attribute named last after "@") found along a path of w: names."""
    *names, last = path
    attribute = last[1:] if last.startswith("@") else "val"
    found = element.find("/".join(f"{{{W}}}{name}" for name in (names if last.startswith("@") else path)))
    return None if found is None else found.get(f"{{{W}}}{attribute}")


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [REPORT, LETTER])
def test_the_text_stands_upright_and_the_annex_across_with_official_margins(paper):
    upright, across = opened(made(paper)).sections

    assert [round(edge.mm, 1) for edge in (upright.page_width, upright.page_height)] == [210, 297]
    assert [round(edge.mm, 1) for edge in (across.page_width, across.page_height)] == [297, 210]
    for section, right in ((upright, 20), (across, 15)):
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(edge.mm) for edge in margins] == [20, 20, 30, right]


@pytest.mark.parametrize("paper", [REPORT, LETTER])
def test_pages_are_numbered_at_the_top_from_one_in_each_part_and_not_on_first_pages(paper):
    for section in opened(made(paper)).sections:
        (number,) = section.header.paragraphs

        assert section.different_first_page_header_footer
        assert at(section._sectPr, "pgNumType", "@start") == "1"
        assert "PAGE" in number._p.xml
        assert number.style.name == "Số trang"
        assert section.first_page_header.paragraphs[0].text == ""
        assert section.header_distance < section.top_margin


def test_every_word_is_in_times_new_roman_and_vietnamese_with_no_theme_to_change_it():
    found = parts(made())
    written = b"".join(data for name, data in found.items() if name.endswith(".xml")).decode()
    faces = re.findall(r"<w:rFonts ([^>]*?)/>", written)

    assert {frozenset(re.findall(r'w:(\w+)="([^"]*)"', face)) for face in faces} == {
        frozenset((slot, "Times New Roman") for slot in ("ascii", "hAnsi", "eastAsia", "cs"))
    }
    assert set(re.findall(r"<w:lang ([^>]*?)/>", written)) == {
        'w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="vi-VN"'
    }
    assert "theme" not in " ".join(found)
    assert set(re.findall(r'<w:color w:val="(\w+)"', written)) == {"000000"}


@pytest.mark.parametrize(
    ("style", "size", "bold", "italic", "align"),
    [
        ("Cơ quan chủ quản", 13, False, False, "center"),
        ("Cơ quan ban hành", 13, True, False, "center"),
        ("Quốc hiệu", 13, True, False, "center"),
        ("Tiêu ngữ", 13, True, False, "center"),
        ("Số, ký hiệu", 13, False, False, "center"),
        ("Địa danh, ngày tháng", 13, False, True, "center"),
        ("V/v", 13, False, False, "center"),
        ("Tên loại văn bản", 14, True, False, "center"),
        ("Trích yếu", 14, True, False, "center"),
        ("Thân bài", 14, False, False, "both"),
        ("Câu kết", 14, False, False, "both"),
        ("Đề mục", 14, True, False, "left"),
        ("Nơi nhận", 12, True, True, "left"),
        ("Dòng nơi nhận", 11, False, False, "left"),
        ("Chức vụ người ký", 14, True, False, "center"),
        ("Họ tên người ký", 14, True, False, "center"),
        ("Phụ lục", 14, True, False, "center"),
        ("Tên phụ lục", 13, True, False, "center"),
        ("Kèm theo", 13, False, True, "center"),
        ("Số trang", 14, False, False, "center"),
        ("Đầu cột", 13, True, False, "center"),
        ("Chữ trong bảng", 13, False, False, "left"),
        ("Số trong bảng", 13, False, False, "right"),
        ("Ngày trong bảng", 13, False, False, "center"),
        ("Dòng nhóm bảng rộng", 11, True, False, "left"),
    ],
)
def test_the_styles_are_those_of_the_decree(style, size, bold, italic, align):
    found = opened(made()).styles[style].element

    assert int(at(found, "rPr", "sz")) == size * 2
    assert (found.find(f"{{{W}}}rPr/{{{W}}}b") is not None) == bold
    assert (found.find(f"{{{W}}}rPr/{{{W}}}i") is not None) == italic
    assert at(found, "pPr", "jc") == align


def test_a_paragraph_begins_a_hand_in_and_stands_off_the_one_before():
    body = opened(made()).styles["Thân bài"].element

    assert 10 <= mm(at(body, "pPr", "ind", "@firstLine")) <= 12.7
    assert int(at(body, "pPr", "spacing", "@before")) >= 6 * 20
    assert 240 <= int(at(body, "pPr", "spacing", "@line")) <= 360


# --- the head and the foot of the paper -----------------------------------------------------------


def test_the_head_of_the_paper_has_issuer_and_state_side_by_side():
    head = opened(made()).tables[0]

    assert [mm(one.get(f"{{{W}}}w")) for one in head._tbl.tblGrid] == [65.0, 107.0]
    assert at(head._tbl, "tblPr", "tblLayout", "@type") == "fixed"
    assert at(head._tbl, "tblPr", "tblInd", "@w") == "-340"  # as far into both margins
    assert "tblBorders" not in head._tbl.xml
    assert [line.text for line in head.cell(0, 0).paragraphs[:2]] == ["UBND TỈNH QUẢNG NGÃI", "VĂN PHÒNG"]
    assert [line.text for line in head.cell(0, 1).paragraphs[:2]] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert re.fullmatch(r"Số:\s{3,}/BC-VP", head.cell(1, 0).text)
    assert re.fullmatch(r"Quảng Ngãi, ngày\s{3,}tháng\s{3,}năm 2025", head.cell(1, 1).text)


@pytest.mark.parametrize(
    ("issuer", "least", "most"),
    [
        ("VĂN PHÒNG", 9, 16),  # 28 mm of letters
        ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", 21, 36),
        ("ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NGÃI", 15, 26),  # the longer line counts
        ("BAN QUẢN LÝ KHU KINH TẾ DUNG QUẤT VÀ CÁC KHU CÔNG NGHIỆP QUẢNG NGÃI", 21, 33),  # wraps at 65 mm
    ],
)
def test_the_issuer_is_ruled_off_at_a_third_to_a_half_of_its_line(issuer, least, most):
    head = opened(made(letterhead=replace(OFFICE, issuer=issuer))).tables[0]

    assert least <= _rule_length(head.cell(0, 0).paragraphs[-1], 65) <= most


def test_the_motto_is_ruled_off_along_its_whole_length():
    rule = opened(made()).tables[0].cell(0, 1).paragraphs[-1]

    assert _rule_length(rule, 107) == pytest.approx(56.1, abs=0.3)  # as set in 13 pt bold


def _rule_length(paragraph, room: float) -> float:
    assert at(paragraph.style.element, "pPr", "pBdr", "bottom") == "single"
    sides = (at(paragraph._p, "pPr", "ind", f"@{side}") for side in ("left", "right"))
    return room - sum(map(mm, sides))


def test_a_report_is_named_and_closes_with_its_mark():
    found = lines(made())

    assert (
        found.index("BÁO CÁO") < found.index("Tình hình nhiệm vụ quá hạn") < found.index("1. Quá hạn bao lâu")
    )
    assert [line for line in found if line.endswith("./.")] == [
        "Trên đây là báo cáo nhiệm vụ quá hạn (chi tiết tại Phụ lục kèm theo)./."
    ]
    assert not [line for line in found if line.startswith(("V/v", "Kính gửi"))]


def test_signer_and_copies_stand_side_by_side_and_never_alone_on_a_page():
    document = opened(made())
    table = document.tables[-2]
    copies, signer = ([line.text for line in cell.paragraphs] for cell in table.rows[0].cells)
    closing = next(line for line in document.paragraphs if line.text.endswith("./."))

    assert signer == ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Nguyễn Văn Mẫu"]
    assert copies == ["Nơi nhận:", "- Lưu: VT, KGVX."]  # nobody is addressed above
    assert "cantSplit" in table.rows[0]._tr.xml
    assert closing.style.element.find(f"{{{W}}}pPr/{{{W}}}keepNext") is not None


@pytest.mark.parametrize("missing", ["authority", "signer", "parent"])
def test_a_line_without_words_is_left_out(missing):
    words = getattr(OFFICE, missing) or OFFICE.parent
    whole, short = lines(made()), lines(made(letterhead=replace(OFFICE, **{missing: ""})))

    assert len(short) == len(whole) - 1
    assert words in whole
    assert words not in short


# --- the letter -------------------------------------------------------------------------------


def test_a_letter_says_under_its_number_what_it_is_about():
    head = opened(made(LETTER)).tables[0]

    assert head.cell(1, 0).text.split("\n")[1] == "V/v đôn đốc thực hiện nhiệm vụ được giao (lần 2)"
    assert re.fullmatch(r"Số:\s{3,}/VP-KGVX", head.cell(1, 0).paragraphs[0].text)
    assert "BÁO CÁO" not in lines(made(LETTER))


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        (("Sở Tài chính",), ["Kính gửi: Sở Tài chính"]),
        (("Sở Tài chính", "UBND xã A"), ["Kính gửi:", "- Sở Tài chính;", "- UBND xã A."]),
        (("A;", "B.", "C"), ["Kính gửi:", "- A;", "- B;", "- C."]),
    ],
)
def test_a_letter_is_addressed_on_one_line_or_one_line_each(to, shown):
    found = lines(made(replace(LETTER, to=to)))
    start = next(n for n, line in enumerate(found) if line.startswith("Kính gửi"))

    assert found[start : start + len(shown)] == shown
    assert found[start + len(shown)] == "Qua theo dõi, còn 2 nhiệm vụ quá hạn."


@pytest.mark.parametrize("last", ["1. Khẩn trương hoàn thành.", "1. Khẩn trương hoàn thành./."])
def test_a_letter_ends_with_its_mark_once_and_names_where_copies_go(last):
    text = replace(LETTER.sections[0], blocks=(Words("Qua theo dõi."), Words(last)))
    found = lines(made(replace(LETTER, sections=(text, LETTER.sections[1]))))

    assert [line for line in found if "./." in line] == ["1. Khẩn trương hoàn thành./."]
    assert found[found.index("Nơi nhận:") :][:3] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT, KGVX."]


# --- annex and tables -------------------------------------------------------------------------


def test_the_annex_says_what_it_is_and_which_paper_it_belongs_to():
    found = lines(made())
    start = found.index("PHỤ LỤC")

    assert found[start + 1] == "Danh sách nhiệm vụ quá hạn"
    assert re.fullmatch(
        r"\(Kèm theo Báo cáo số\s+/BC-VP ngày\s+/\s+/2025 của Văn phòng UBND tỉnh Quảng Ngãi\)",
        found[start + 2],
    )
    assert found[-3:] == ["Ngày quá hạn là ngày lịch.", "Bộ quy tắc: sha256:ab12", "Đầu nhật ký: cd34"]


@pytest.mark.parametrize("paper", [REPORT, LETTER])
def test_without_an_annex_there_is_one_upright_part_and_no_word_of_an_annex(paper):
    content = made(replace(paper, sections=paper.body))
    (only,) = opened(content).sections

    assert round(only.page_width.mm) == 210
    assert not [line for line in lines(content) if "PHỤ LỤC" in line or "Kèm theo" in line]


@pytest.mark.parametrize("form", [None, "without a place for it"])
def test_without_an_annex_what_the_figures_rest_on_stands_last(form):
    form = form and edited(set_line("{{ can_cu }}", ""))
    found = lines(made(replace(REPORT, sections=REPORT.body), form=form))
    behind = "Trên đây là báo cáo nhiệm vụ quá hạn./." if form else "Nguyễn Văn Mẫu"

    assert found.index("Bộ quy tắc: sha256:ab12") - found.index(behind) == (-2 if form else 2)
    assert found.count("Bộ quy tắc: sha256:ab12") == 1


def test_several_parts_of_an_annex_stand_under_their_titles():
    more = Section("more", "Đơn vị", (Words("Mười đơn vị."),), is_annex=True)
    found = lines(made(replace(REPORT, sections=(*REPORT.sections, more))))
    annex = found[found.index("PHỤ LỤC") :]

    assert annex[1] == "Tình hình nhiệm vụ quá hạn"
    assert annex.index("Danh sách nhiệm vụ quá hạn") < annex.index("Đơn vị") < annex.index("Mười đơn vị.")


def test_a_long_table_repeats_its_headings_breaks_no_row_and_fills_the_width():
    chart, rows = (one._tbl for one in opened(made()).tables if one.style.name == Named.GRID)

    for table, width in ((chart, 160), (rows, 252)):
        grid = [int(one.get(f"{{{W}}}w")) for one in table.tblGrid]
        assert sum(grid) * 25.4 / 1440 == pytest.approx(width, abs=0.1)
        assert at(table, "tblPr", "tblW", "@w") == str(sum(grid))
        assert at(table, "tblPr", "tblLayout", "@type") == "fixed"
        assert [("tblHeader" in row.xml, "cantSplit" in row.xml) for row in table.tr_lst] == [
            (True, True),
            *[(False, True)] * (len(table.tr_lst) - 1),
        ]
        for row in table.tr_lst:
            assert sum(int(at(cell, "tcPr", "tcW", "@w")) for cell in row.tc_lst) == sum(grid)


def test_a_group_stands_bold_across_all_columns():
    rows = opened(made()).tables[-1]

    assert at(rows.rows[1]._tr.tc_lst[0], "tcPr", "gridSpan") == "8"
    assert rows.cell(1, 0).paragraphs[0].style.name == "Dòng nhóm bảng rộng"


def test_figures_stand_right_dates_in_the_middle_and_words_left():
    rows = opened(made()).tables[-1]
    aligned = [at(STYLES_OF[cell.paragraphs[0].style.name], "pPr", "jc") for cell in rows.rows[2].cells]

    assert aligned == ["right", "left", "left", "center", "center", "right", "right", "left"]


STYLES_OF = {style.name: style.element for style in opened(template(Form.REPORT)).styles}


def test_a_column_has_room_for_its_dates_and_heading_words_however_wide_the_others():
    columns = (Column("Tên", width=1000), Column("Hạn", Kind.DATE, 1), Column("Nghiêng", width=1))
    table = Table("t", "", columns, [("x", date(2025, 9, 30), "y")])
    content = made(replace(REPORT, sections=(Section("s", "", (table,)),)))
    widths = [mm(one.get(f"{{{W}}}w")) for one in opened(content).tables[1]._tbl.tblGrid]

    assert widths[1] > 21.0 + 2.8  # ten figures in 13 pt, margins
    assert widths[2] > 16.3 + 2.8  # "Nghiêng" in 13 pt bold
    assert sum(widths) == pytest.approx(160, abs=0.2)


def test_a_page_break_moves_a_short_table_whole_and_a_long_one_between_rows():
    short, long = (
        made(replace(REPORT, sections=(Section("s", "", (replace(COUNTED, lines=[("a", 1)] * count),)),)))
        for count in (12, 13)
    )
    kept = [
        {"keepNext" in row._tr.xml for row in opened(content).tables[1].rows[1:]} for content in (short, long)
    ]

    assert kept == [{True}, {False}]


def test_twenty_columns_still_fit_the_page():
    columns = tuple(Column(f"Cột thứ {n}", Kind.DATE) for n in range(20))
    table = Table("t", "Rộng", columns, [tuple(date(2025, 9, 30) for _ in columns)])
    content = made(replace(REPORT, sections=(Section("s", "Phụ lục", (table,), is_annex=True),)))
    widths = [int(one.get(f"{{{W}}}w")) for one in opened(content).tables[-1]._tbl.tblGrid]

    assert min(widths) > 0
    assert sum(widths) * 25.4 / 1440 == pytest.approx(252, abs=0.1)


def test_a_total_stands_bold_below():
    total = opened(made()).tables[1].rows[-1]

    assert [cell.text for cell in total.cells] == ["Cộng", "15"]
    assert {run.style.name for cell in total.cells for run in cell.paragraphs[0].runs} == {"Chữ đậm"}


def test_nothing_to_list_is_a_sentence_and_no_table():
    empty = replace(ROWS, lines=[], nothing="Không có phần việc nào quá hạn.")
    content = made(replace(REPORT, sections=(Section("rows", "Quá hạn", (empty,), is_annex=True),)))

    assert data_tables(content) == []
    assert "Không có phần việc nào quá hạn." in lines(content)


def test_every_cell_is_the_papers_own_value():
    assert data_tables(made()) == [_as_printed(COUNTED), _as_printed(ROWS)]


def _as_printed(table: Table) -> list[list[str]]:
    shown = [n for n, column in enumerate(table.columns) if not column.is_wide_only]
    totals = [] if table.total is None else [table.total]
    return [
        [table.columns[n].heading for n in shown],
        *(
            [line.label] if isinstance(line, Band) else [printed(line[n]) for n in shown]
            for line in (*table.lines, *totals)
        ),
    ]


# --- charts -----------------------------------------------------------------------------------


def test_a_chart_is_a_drawing_with_a_picture_and_words_for_it_and_its_figures_below():
    content = made()
    found = parts(content)
    document = found["word/document.xml"].decode()
    targets = dict(re.findall(r'Id="(rIdBieuDo\w+)" [^>]*?Target="([^"]+)"', _rels(found)))
    png, svg = re.findall(r'r:embed="(\w+)"', document)

    assert found[f"word/{targets[png]}"].startswith(b"\x89PNG")
    assert found[f"word/{targets[svg]}"].startswith(b"<svg")
    assert '<a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">' in document
    assert 'descr="1–7 ngày: 12; trên 60 ngày: 3"' in document
    assert data_tables(content)[0] == [
        ["Số ngày", "Phần việc"],
        ["1–7 ngày", "12"],
        ["trên 60 ngày", "3"],
        ["Cộng", "15"],
    ]
    (picture,) = opened(content).inline_shapes
    assert round(picture.width.mm) == 160


def _rels(found: dict[str, bytes]) -> str:
    root = etree.fromstring(found["word/_rels/document.xml.rels"])
    return "".join(f'Id="{one.get("Id")}" Target="{one.get("Target")}"\n' for one in root)


def test_a_chart_longer_than_a_page_goes_on_in_a_second_picture():
    data = replace(COUNTED, lines=[(f"Đơn vị {n}", n) for n in range(90)], total=None)
    content = made(replace(REPORT, sections=(Section("s", "", (replace(CHART, data=data),)),)))
    shapes = opened(content).inline_shapes

    assert len(shapes) > 1
    assert all(shape.height.mm < 257 * 0.76 for shape in shapes)


def test_words_for_a_chart_cannot_break_out_of_their_place():
    content = made(replace(REPORT, sections=(Section("s", "", (replace(CHART, says='"/><w:p>&\x00'),)),)))

    assert opened(content).inline_shapes[0]._inline.docPr.get("descr") == '"/><w:p>&'


# --- hostile words, same bytes ------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["a\x00b\x1b", "<w:p/>", "&lt;", "]]>", "\ud800", "{{ nguoi_ky }}", "{% x %}"]
)
def test_no_word_breaks_the_file_or_is_read_as_a_place_to_fill_in(words):
    everywhere = replace(
        REPORT,
        title=words,
        subject=words,
        lines=(words,),
        sections=(Section("s", words, (Words(words), replace(ROWS, caption=words)), is_annex=True),),
        notes=(words,),
        to=(words,),
    )
    content = made(
        everywhere, replace(OFFICE, parent=words, issuer=words, signer="Người Ký", copies=(words,))
    )
    kept = re.sub("[\x00-\x1f\ud800-\udfff]", "", words)

    assert lines(content).count(kept) >= 5
    assert "Người Ký" in lines(content)
    assert opened(content).core_properties.title == kept


def test_the_same_paper_gives_the_same_bytes_wherever_and_whenever(monkeypatch):
    first = made()
    monkeypatch.setenv("TZ", "America/Lima")
    time.tzset()
    try:
        again = made()
    finally:
        monkeypatch.undo()
        time.tzset()

    assert again == first
    with ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_file_says_in_vietnamese_what_it_is():
    found = opened(made()).core_properties

    assert (found.title, found.subject) == ("Báo cáo nhiệm vụ quá hạn", "Tình hình nhiệm vụ quá hạn")
    assert (found.category, found.language) == ("Báo cáo", "vi-VN")
    assert found.author == "UBND TỈNH QUẢNG NGÃI - VĂN PHÒNG"
    assert found.created.isoformat() == "2025-10-16T01:00:00+00:00"


def test_a_long_table_says_how_far_it_is_without_chattering():
    told: list[str] = []
    long = replace(ROWS, lines=[LINES[1]] * 30_000)
    made(replace(REPORT, sections=(Section("s", "", (long,), is_annex=True),)), tell=told.append)

    assert len(told) <= 100
    assert told[-1] == "30.000/30.000 dòng"


# --- forms that people edited -------------------------------------------------------------------


def edited(change, form: Form = Form.REPORT) -> bytes:
    """The usual form after `change` was made to it in a word processor."""
    document = opened(template(form))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def set_line(old: str, *runs: str):
    def change(document):
        line = next(line for line in _all_lines(document) if line.text == old)
        for run in line.runs[1:]:
            run._r.getparent().remove(run._r)
        line.runs[0].text = runs[0]
        for text in runs[1:]:
            line.add_run(text).bold = True

    return change


def _all_lines(document):
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


@pytest.mark.parametrize("form", Form)
def test_the_forms_that_come_along_are_those_this_builds(form):
    shipped = Path(__file__).parents[2] / "config" / "templates" / FILES[form]

    assert parts(shipped.read_bytes()) == parts(template(form))
    assert form_problems(shipped.read_bytes(), shipped.name) == []


def test_a_form_from_a_file_is_used_as_it_was_edited(tmp_path):
    form = tmp_path / "bao-cao.docx"
    form.write_bytes(edited(set_line("PHỤ LỤC", "Phụ lục đính kèm")))

    assert "Phụ lục đính kèm" in lines(made(form=form))


@pytest.mark.parametrize(
    "runs",
    [
        ("{{ chuc_vu }}",),
        ("{", "{ chuc", "_vu }", "}"),  # as Word cuts it after a spelling check
        ("{{Chức vụ}}",),
        ("{{ CHUC_VU }}",),
        ("{{\u00a0chuc vu\u00a0}}",),
    ],
)
def test_a_place_is_found_however_word_or_a_clerk_writes_it(runs):
    assert "CHÁNH VĂN PHÒNG" in lines(made(form=edited(set_line("{{ chuc_vu }}", *runs))))


def test_words_around_places_stay_in_their_own_letters():
    form = edited(set_line("{{ nguoi_ky }}", "Ông {{ nguoi", "_ky }}, ", "{{ chuc_vu }}!"))
    line = next(line for line in _all_lines(opened(made(form=form))) if line.text.startswith("Ông"))

    assert [run.text for run in line.runs] == ["Ông Nguyễn Văn Mẫu", ", ", "CHÁNH VĂN PHÒNG!"]
    assert [run.bold for run in line.runs] == [None, True, True]


def problems_of(old: str, *runs: str) -> list[tuple[str, str]]:
    return [
        (one.code, f"{one.message} | {one.hint}")
        for one in form_problems(edited(set_line(old, *runs)), "mau.docx")
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("{{ chuc_vu }}", "{{ chuc_vuu }}", "unknown-field", "tên “chuc_vuu” | ý bạn là “chuc_vu”?"),
        ("{{ chuc_vu }}", "{{ luong }}", "unknown-field", "dùng được: co_quan_chu_quan, co_quan_ban_hanh,"),
        ("{{ chuc_vu }}", "{{ }}", "unknown-field", "không có chỗ điền nào tên “”"),
        ("{{ chuc_vu }}", "{{ 7*7 }}", "unknown-field", "không có chỗ điền nào tên “7*7”"),
        ("{{ chuc_vu }}", "{{ chuc_vu }", "broken-field", "chỗ điền viết dở ở “{{ chuc_vu }”"),
        ("{{ chuc_vu }}", "chuc_vu }}", "broken-field", "chỗ điền viết dở ở “}}”"),
        ("{{ chuc_vu }}", "{% for x in y %}", "broken-field", "mẫu không chạy lệnh nào"),
        ("{{ noi_dung }}", "hết", "missing-field", "mẫu thiếu “{{ noi_dung }}”: toàn bộ nội dung trang đứng"),
        ("{{ phu_luc }}", "hết", "missing-field", "mẫu thiếu “{{ phu_luc }}”"),
        ("{{ phu_luc }}", "Xem {{ phu_luc }}", "misplaced-field", "phải đứng một mình trong đoạn"),
        ("{{ loi_ket }}", "{{ noi_dung }}", "repeated-field", "“{{ noi_dung }}” đã có ở đoạn"),
    ],
)  # fmt: skip
def test_a_slip_in_a_form_is_told_with_its_place_and_the_way_out(old, new, code, says):
    ((found, told),) = problems_of(old, new)

    assert found == code
    assert says in told


def test_all_slips_of_a_form_are_told_at_once_in_lines_that_say_where():
    def change(document):
        set_line("{{ chuc_vu }}", "{{ chuc_vuu }}")(document)
        document.sections[0].header.paragraphs[0].add_run("{{ noi_dung }}")
        set_line("{{ loi_ket }}", "{{ loi_ket")(document)

    with pytest.raises(FormRejected) as rejected:
        made(form=edited(change))

    codes = [one.code for one in rejected.value.problems]
    assert codes == ["broken-field", "unknown-field", "misplaced-field"]
    assert re.match(r"bao-cao\.docx:\d+:1  broken-field  đoạn \d+: chỗ điền viết dở", str(rejected.value))


def test_the_text_may_not_go_into_a_table_of_the_form():
    def change(document):
        set_line("{{ noi_dung }}", "hết")(document)
        document.tables[0].cell(0, 0).paragraphs[0].runs[0].text = "{{ noi_dung }}"

    assert [one.code for one in form_problems(edited(change), "mau.docx")] == ["misplaced-field"]


def test_a_form_drawn_up_from_nothing_works_with_our_styles():
    document = Document()
    for text in ("{{ Tên loại }}", "{{ noi_dung }}", "{{ loi_ket }}", "{{ phu_luc }}"):
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    content = made(form=out.getvalue())

    assert lines(content)[0] == "BÁO CÁO"
    assert data_tables(content)[-1][0][:2] == ["STT", "Tên nhiệm vụ"]
    assert opened(content).styles["Chữ trong bảng rộng"].font.name == "Times New Roman"


def test_styles_are_known_by_name_whatever_id_a_program_gave_them():
    def change(document):
        body = document.styles["Thân bài"].element
        body.set(f"{{{W}}}styleId", "Style37")
        body.find(f"{{{W}}}rPr/{{{W}}}sz").set(f"{{{W}}}val", "26")

    content = made(form=edited(change))
    line = next(line for line in opened(content).paragraphs if line.text.startswith("Có 15"))

    assert (line.style.style_id, line.style.font.size.pt) == ("Style37", 13)


def test_the_table_is_as_wide_as_the_page_of_the_form_allows():
    def change(document):
        document.sections[1].left_margin = document.sections[1].right_margin
        document.sections[1].page_width = document.sections[1].page_width * 2

    grid = opened(made(form=edited(change))).tables[-1]._tbl.tblGrid
    assert sum(int(one.get(f"{{{W}}}w")) for one in grid) * 25.4 / 1440 == pytest.approx(
        2 * 297 - 30, abs=0.2
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("word/vbaProject.bin", b"x", "mẫu có macro"),
        (
            "word/_rels/settings.xml.rels",
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="a" Type="x/attachedTemplate" Target="http://x.invalid/a.dotm"'
            b' TargetMode="External"/></Relationships>',
            "mẫu lấy nội dung từ nơi khác: “http://x.invalid/a.dotm”",
        ),
        (
            "word/header1.xml",
            b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "không phải tệp Word .docx đọc được",
        ),
        ("word/header1.xml", b"<a", "tệp Word hỏng bên trong"),
        ("word/document.xml", b"<a/>", "không phải dạng “Word Document (.docx)” thường"),
        ("word/document.xml", None, "không phải tệp Word .docx đọc được"),
        ("[Content_Types].xml", b"<a/>", "không phải dạng “Word Document (.docx)” thường"),
        ("word/big.bin", bytes(51_000_000), "tệp quá lớn"),
    ],
)
def test_a_form_that_reaches_out_or_is_broken_is_refused_in_one_sentence(name, content, says):
    found = parts(template(Form.REPORT)) | {name: content}
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for each, data in found.items():
            if data is not None:
                archive.writestr(each, data)

    (problem,) = form_problems(out.getvalue(), "mau.docx")
    assert says in problem.message
    assert problem.hint


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4", template(Form.REPORT)[:-300]])
def test_what_is_no_word_file_is_refused_in_one_sentence(content):
    (problem,) = form_problems(content, "mau.docx")

    assert problem.message == "không phải tệp Word .docx đọc được"


def test_every_place_of_the_list_stands_in_a_form_or_is_explained():
    assert [place_name(name) for name in (*TEXTS, *BLOCKS)] == [*TEXTS, *BLOCKS]
    assert all(explained and not explained.endswith(".") for explained in (*TEXTS.values(), *BLOCKS.values()))
    assert {style.id for style in STYLES.values()} >= {"ThanBai", "TrichYeu"}
