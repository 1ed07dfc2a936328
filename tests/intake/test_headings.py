import pytest

from intake.headings import Column, columns_of, joined_name, spread_headings


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
        ("Nội dung, nhiệm vụ", Column.TEXT),
        ("Nhiệm vụ/Giải pháp", Column.TEXT),
        ("Nội dung phối hợp", Column.TEXT),
        ("Chỉ tiêu", Column.TEXT),
        ("Đơn vị chủ trì tham mưu", Column.LEAD),
        ("Cơ quan tham mưu", Column.LEAD),
        ("Đơn vị đầu mối", Column.LEAD),
        ("Phân công thực hiện", Column.LEAD),
        ("Người/đơn vị thực hiện", Column.LEAD),
        ("Cơ quan chủ trì, phối hợp", Column.LEAD),
        ("Đơn vị thực hiện/phối hợp", Column.LEAD),
        ("Thời hạn trình", Column.DEADLINE),
        ("Thời gian trình UBND tỉnh", Column.DEADLINE),
        ("Thời hạn báo cáo", Column.DEADLINE),
        ("Thời hạn UBND", Column.DEADLINE),
        ("Thời gian kết thúc", Column.DEADLINE),
        ("Dự kiến thời gian hoàn thành", Column.DEADLINE),
        ("Lộ trình thực hiện", Column.DEADLINE),
        ("Sản phẩm, kết quả", Column.EXPECTED),
        ("Dự kiến kết quả", Column.EXPECTED),
        ("Ngày hoàn thành thực tế", Column.DONE_ON),
        ("Thời gian hoàn thành thực tế", Column.DONE_ON),
        ("Trạng thái", Column.STATE),
        ("Kết quả thực hiện", Column.STATE),
        ("Kết quả thực hiện nhiệm vụ", Column.STATE),
        ("Kinh phí", None),
        ("Kinh phí thực hiện nhiệm vụ", None),
        ("Căn cứ", None),
        ("Văn bản giao nhiệm vụ", None),
        ("Lãnh đạo phụ trách", None),
        ("Lãnh đạo UBND tỉnh theo dõi, chỉ đạo", None),
        ("Thời gian bắt đầu", None),
        ("Thời gian bắt đầu - kết thúc", Column.DEADLINE),
        ("Tên loại, trích yếu văn bản", Column.TEXT),
        ("Ngày giao", None),
        ("Thời hạn bảo quản", None),
        ("Đơn vị tính", None),
        ("Quý I", None),
    ],
)
def test_a_heading_names_its_column(heading, column):
    assert list(columns_of([heading])) == ([column] if column else [])


@pytest.mark.parametrize(
    ("levels", "name"),
    [
        (("Cơ quan thực hiện", "Chủ trì"), "Chủ trì"),
        (("Thời gian", "Kết thúc"), "Kết thúc"),
        (("Thời hạn", "Đề xuất"), "Thời hạn Đề xuất"),
        (("Kết quả thực hiện", "Thời gian hoàn thành"), "Kết quả thực hiện Thời gian hoàn thành"),
        (("Thời gian", "Quý I"), "Thời gian Quý I"),
        (("STT", "STT"), "STT"),
        (("", "Chủ trì"), "Chủ trì"),
    ],
)
def test_headings_over_each_other_make_one_name(levels, name):
    assert joined_name(levels) == name


@pytest.mark.parametrize(
    ("headings", "deadline", "proposed"),
    [
        (["Thời gian đề xuất", "Thời hạn UBND"], 1, 0),
        (["Thời hạn (UBND tỉnh giao)", "Thời hạn (đơn vị đề xuất)"], 0, 1),
        (["Thời gian dự kiến", "Hạn hoàn thành"], 1, 0),
        (["Thời hạn (dự kiến)"], 0, None),
    ],
)
def test_of_a_proposed_and_a_decided_deadline_the_decided_one_counts(headings, deadline, proposed):
    columns = columns_of(headings)

    assert (columns[Column.DEADLINE], columns.get(Column.PROPOSED)) == (deadline, proposed)


def test_the_more_exact_of_two_headings_is_the_deadline():
    assert columns_of(["Thời gian thực hiện", "Thời hạn hoàn thành"])[Column.DEADLINE] == 1


@pytest.mark.parametrize(
    "row",
    [
        ("Sửa cầu", "Sở Y tế", "31/12/2025"),
        ("Sửa cầu", "Sở Y tế", ""),
        ("Sửa cầu", "", "Thường xuyên"),
    ],
)
def test_work_below_the_headings_is_never_a_second_row_of_them(row):
    assert spread_headings(("Nội dung nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"), row) is None
