"""One entry for every kind of file: the head, what is refused, what is only said."""

from datetime import date

import pytest

from intake.annex import EMPTY
from intake.reading import NOT_FATAL, annex_in, read_document
from intake.source import SourceDocument

TABLE = """
    | STT | Nội dung nhiệm vụ | Cơ quan chủ trì | Thời hạn |
    | 1   | Một               | Sở Y tế         | 1/9/2025 |
"""
HEAD = """
    | UBND TỈNH QUẢNG NGÃI | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\\nĐộc lập - Tự do - Hạnh phúc |
    | Số: 12/KH-UBND       | Quảng Ngãi, ngày 17 tháng 10 năm 2025 |
"""


@pytest.fixture
def document(drawn):
    def build(*blocks, margins=(), notes=()):
        drawings = (drawn(block) if "|" in block else block for block in blocks)
        return SourceDocument(tuple(drawings), tuple(margins), tuple(notes))

    return build


def test_the_head_comes_from_the_table_without_borders(document):
    annex, problems = annex_in(document(HEAD, "KẾ HOẠCH", "Chuyển đổi số năm 2025", "Căn cứ …", TABLE), "x")

    assert problems == []
    assert (annex.title, annex.number, annex.issuer, annex.dated) == (
        "Chuyển đổi số năm 2025",
        "12/KH-UBND",
        "UBND TỈNH QUẢNG NGÃI",
        date(2025, 10, 17),
    )


@pytest.mark.parametrize(
    ("lines", "title", "number", "dated"),
    [
        (
            ("PHỤ LỤC I", "Phân công nhiệm vụ", "(Kèm theo Kế hoạch số 12/KH-UBND ngày 17/10/2025 của UBND)"),
            "Phân công nhiệm vụ",
            "12/KH-UBND",
            date(2025, 10, 17),
        ),
        (
            ("DANH MỤC NHIỆM VỤ NĂM 2025", "(Kèm theo Quyết định số:  /QĐ-UBND ngày    tháng 10 năm 2025)"),
            "DANH MỤC NHIỆM VỤ NĂM 2025",
            "/QĐ-UBND",
            None,
        ),
        (("Quảng Ngãi, ngày 31 tháng 9 năm 2025", "KẾ HOẠCH", "Một việc"), "Một việc", "", None),
        (("KẾ HOẠCH", "Thực hiện Nghị quyết số 57", "của tỉnh", "Căn cứ …"), None, "", None),
        ((), "", "", None),
    ],
)
def test_an_annex_saved_alone_names_its_plan(document, lines, title, number, dated):
    annex, _ = annex_in(document(*lines, TABLE), "x")

    expected = "Thực hiện Nghị quyết số 57 của tỉnh" if title is None else title
    assert (annex.title, annex.number, annex.dated) == (expected, number, dated)


@pytest.mark.parametrize(
    ("blocks", "margins"),
    [
        (("MẬT", TABLE), ()),
        (("Độ mật: Tối mật", TABLE), ()),
        ((TABLE,), ("TUYỆT MẬT",)),
        ((TABLE,), ("Trang 1\nMẬT",)),
        (("| UBND TỈNH\\nMẬT | CỘNG HÒA XÃ HỘI |\n| Số: 1/KH | Quảng Ngãi |", TABLE), ()),
        (("| Số: 1/KH-UBND MẬT | Quảng Ngãi |", TABLE), ()),
        ((TABLE, "| Độ mật: Mật | Lưu: VT |"), ()),
        (("| STT | Nội dung | Kinh phí |\n| 1 | MẬT | 5 |", TABLE), ()),
    ],
)
def test_a_marked_file_is_refused_whole_wherever_the_marking_stands(document, blocks, margins):
    annex, problems = annex_in(document(*blocks, margins=margins), "x")

    assert annex == EMPTY
    assert [p.code for p in problems] == ["state-secret"]


@pytest.mark.parametrize(
    "words", ["BẢO MẬT", "Mật khẩu", "Độ mật: Thường", "Bí mật nhà nước", "Mật độ dân số"]
)
def test_ordinary_words_in_a_margin_are_no_marking(document, words):
    annex, problems = annex_in(document(words, TABLE, margins=[words]), "x")

    assert len(annex.rows) == 1
    assert problems == []


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        (("Không có bảng nào.",), "no-table"),
        (("| STT | Nội dung | Kinh phí |\n| 1 | Máy chủ | 5 |",), "no-deadline-column"),
        (("| Cột A | Cột B | Cột C |\n| 1 | a | b |",), "unknown-headings"),
        (("| STT | Nội dung | Cơ quan | Ngày hoàn thành |\n| 1 | a | b | 1/9 |",), "no-deadline-column"),
        (("| STT | Nội dung | Cơ quan | Ghi chú |\n| 1 | a | b | 30/9/2025 |",), "no-deadline-column"),
        (("| STT | Nội dung | Cơ quan | Thời hạn |",), "no-rows"),
    ],
)
def test_a_file_without_an_annex_is_refused_with_the_way_out(document, blocks, code):
    annex, problems = annex_in(document(*blocks), "x")

    assert annex.rows == ()
    assert [p.code for p in problems] == [code]
    assert problems[0].hint


def test_the_table_that_comes_nearest_explains_the_refusal(document):
    lists = ("| STT | Tên |\n| 1 | a |", "| STT | Nội dung | Cơ quan chủ trì | Kinh phí |\n| 1 | a | b | 5 |")
    _, problems = annex_in(document(*lists), "x")

    assert [p.code for p in problems] == ["no-deadline-column"]
    assert "'Cơ quan chủ trì'" in problems[0].message


def test_what_a_reader_noticed_is_told_and_stops_nothing(document):
    note = ("tracked-changes", "văn bản còn theo dõi sửa đổi")
    annex, problems = annex_in(document(TABLE, notes=[note]), "x")

    assert len(annex.rows) == 1
    assert [(p.code, p.message) for p in problems] == [note]
    assert {p.code for p in problems} <= NOT_FATAL
    other = annex_in(document(TABLE, notes=[("new-note", "…")]), "x")[1]
    assert [p.code for p in other] == ["reader-note"]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04" + b"\0" * 50, b"%PDF-1.7\n%%EOF", b"\xd0\xcf\x11\xe0", b"\x89PNG"]
)
def test_a_file_nobody_can_read_gives_one_reason(data):
    annex, problems = read_document(data, "x.docx")

    assert annex == EMPTY
    assert [(p.source, p.line, bool(p.hint)) for p in problems] == [("x.docx", 0, True)]


def test_text_is_read_as_ever(october, read):
    assert read_document(october, "phu-luc.txt") == read(october)
