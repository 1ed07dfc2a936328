import pytest

from intake.annex import EMPTY
from intake.decoding import MAX_BYTES

TASK = ("1.", "Một", "Sở Y tế", "1/9/2025")


@pytest.mark.parametrize(
    ("data", "line", "code", "said"),
    [
        (b"", 0, "empty-file", "không có nội dung"),
        (b"\xef\xbb\xbf \r\n\t\r\n", 0, "empty-file", "không có nội dung"),
        (b"PK\x03\x04....word/document.xml", 0, "not-text", ".docx"),
        (b"PK\x03\x04....xl/workbook.xml", 0, "not-text", ".xlsx"),
        (b"%PDF-1.7 ...", 0, "not-text", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", 0, "not-text", ".doc"),
        ("STT\tNhiệm vụ".encode("utf-16-le"), 0, "not-text", "UTF-16"),
        (b"STT\x00", 0, "not-text", "byte 0"),
        (b"K\xe1\xba\xbf ho\xe1\xba\xa1ch\nN\xe9i dung\n", 2, "not-text", "dòng 2"),
        ("Kế hoạch\nkhông có bảng nào.\n".encode(), 0, "no-table", "không tìm thấy bảng"),
        (b"a" * (MAX_BYTES + 1), 0, "too-large", "20 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(read, data, line, code, said):
    annex, problems = read(data)

    assert annex == EMPTY
    assert [(p.line, p.code) for p in problems] == [(line, code)]
    assert said in problems[0].message
    assert problems[0].hint


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        (("STT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Kinh phí"), "no-deadline-column"),
        (("STT", "Mã dự án", "Cơ quan chủ trì", "Hạn hoàn thành"), "no-task-column"),
        (("Cột A", "Cột B", "Cột C", "Cột D"), "unknown-headings"),
    ],
)
@pytest.mark.parametrize("layout", ["in_cells", "in_lines"])
def test_a_table_without_the_needed_columns_is_refused_with_the_headings_seen(
    request, read, layout, headings, code
):
    data = request.getfixturevalue(layout)(TASK, headings=headings, before="KẾ HOẠCH\n\n")
    annex, problems = read(data)

    assert annex == EMPTY
    assert [p.place_and_code for p in problems] == [("phu-luc.txt", 3, 1, code)]
    assert f"'{headings[1]}'" in problems[0].message
    assert problems[0].hint


def test_a_table_cut_off_after_its_headings_is_reported(in_cells, read):
    annex, problems = read(in_cells())

    assert annex.rows == ()
    assert [p.code for p in problems] == ["no-rows"]


@pytest.mark.parametrize(
    "marking", ["MẬT", "TỐI MẬT", "TUYỆT MẬT", "T Ố I  M Ậ T", "Độ mật: Tối mật", "(Mật)", "\tSố: 1/KH\tMẬT"]
)
def test_a_marked_document_is_refused_whole(in_cells, read, marking):
    annex, problems = read(in_cells(TASK, before=f"ỦY BAN NHÂN DÂN\n{marking}\n\n"))

    assert annex == EMPTY
    assert [p.place_and_code for p in problems] == [("phu-luc.txt", 2, 1, "state-secret")]


@pytest.mark.parametrize("line", ["Bảo mật", "Độ mật: Thường", "Giải pháp bảo mật.", "MẬT KHẨU", "Mật độ"])
def test_ordinary_lines_are_no_markings(in_cells, read, line):
    annex, problems = read(in_cells(TASK, before=f"{line}\n\n"))

    assert problems == []
    assert len(annex.rows) == 1


@pytest.mark.parametrize(
    ("text", "is_held"),
    [
        ("Xử lý hồ sơ cấp độ Mật, Tối Mật", True),
        ("Chuyển giao tài liệu mật đúng quy định", True),
        ("Đóng dấu MẬT lên bìa", True),
        ("Gửi văn bản “Mật” qua cơ yếu", True),
        ("Khắc phục lỗ hổng bảo mật của hệ thống", False),
        ("Đổi mật khẩu, bảo đảm độ mật khẩu đủ mạnh", False),
        ("Quy định mật độ chăn nuôi", False),
        ("TĂNG CƯỜNG BẢO MẬT DỮ LIỆU", False),
        ("Dùng sản phẩm mật mã dân sự", False),
    ],
)
def test_a_row_about_secret_papers_is_kept_and_held(in_cells, read, text, is_held):
    annex, _ = read(in_cells(("1.", text, "Sở Y tế", "1/9/2025")))

    assert [code for code, _ in annex.rows[0].problems] == (["state-secret-row"] if is_held else [])
