import pytest

from intake.headings import Column, columns_of


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("STT", Column.NUMBER),
        ("TT", Column.NUMBER),
        ("Số\nTT", Column.NUMBER),
        ("Nội dung nhiệm vụ", Column.TEXT),
        ("Nhiệm vụ, giải pháp", Column.TEXT),
        ("TÊN VĂN BẢN", Column.TEXT),
        ("Cơ quan chủ trì", Column.LEAD),
        ("Đơn vị chủ trì thực hiện nhiệm vụ", Column.LEAD),
        ("Cơ quan tham mưu thực hiện", Column.LEAD),
        ("Chủ trì", Column.LEAD),
        ("Đơn vị thực hiện", Column.LEAD),
        ("Cơ quan phối hợp", Column.SUPPORTING),
        ("Phối hợp thực hiện", Column.SUPPORTING),
        ("Hạn hoàn thành", Column.DEADLINE),
        ("Thời hạn hoàn thành", Column.DEADLINE),
        ("Thời gian thực hiện", Column.DEADLINE),
        ("Tiến độ", Column.DEADLINE),
        ("Kết quả dự kiến", Column.EXPECTED),
        ("Sản phẩm / Kết quả", Column.EXPECTED),
        ("Ghi chú (văn bản giao)", Column.NOTE),
        ("Tình trạng", Column.STATE),
        ("Ngày hoàn thành", Column.DONE_ON),
        ("Kinh phí", None),
    ],
)
def test_a_heading_names_its_column(heading, column):
    assert list(columns_of([heading])) == ([column] if column else [])


def test_the_more_exact_of_two_headings_is_the_deadline():
    assert columns_of(["Thời gian thực hiện", "Thời hạn hoàn thành"])[Column.DEADLINE] == 1
