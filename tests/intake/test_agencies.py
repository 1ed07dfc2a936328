import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.agencies import split_roles

NAMES = st.sampled_from(["Sở Y tế", "Công an tỉnh", "Các sở, ban, ngành", "UBND các xã, phường", "Sở Nội vụ"])


@pytest.mark.parametrize(
    ("cell", "lead", "supporting"),
    [
        ("Chủ trì: Sở A; Phối hợp: Sở B, C", "Sở A", "Sở B, C"),
        ("Chủ trì: Sở A\nPhối hợp: Sở B", "Sở A", "Sở B"),
        ("Chủ trì: Sở A. Phối hợp: Sở B.", "Sở A", "Sở B"),
        ("- Cơ quan chủ trì: Sở A\n- Cơ quan phối hợp: Sở B; Sở C", "Sở A", "Sở B; Sở C"),
        ("- Chủ trì: Sở A - Phối hợp: Sở B", "Sở A", "Sở B"),
        ("Đơn vị chủ trì thực hiện: Sở A", "Sở A", ""),
        ("Phối hợp: Sở B; Chủ trì: Sở A", "Sở A", "Sở B"),
        ("Sở A; phối hợp: Sở B", "Sở A", "Sở B"),
        ("Sở A (chủ trì), Sở B (phối hợp)", "Sở A", "Sở B"),
        ("Sở A (cơ quan chủ trì); các Sở: B, C (phối hợp)", "Sở A", "các Sở: B, C"),
        ("Sở A (chủ trì), Sở B, Sở C", "Sở A", "Sở B, Sở C"),
        ("Sở B (phối hợp), Sở A (chủ trì)", "Sở A", "Sở B"),
        ("Sở A chủ trì, phối hợp với Sở B và các địa phương", "Sở A", "Sở B và các địa phương"),
        ("Giao Sở A chủ trì phối hợp các sở, ngành", "Sở A", "các sở, ngành"),
        ("Sở A là đơn vị chủ trì, phối hợp cùng Công an tỉnh", "Sở A", "Công an tỉnh"),
        ("Sở A chủ trì, phối hợp", "Sở A", ""),
        ("Sở A chủ trì; Sở B, Sở C phối hợp", "Sở A", "Sở B, Sở C"),
        ("Chủ trì Sở A, phối hợp Sở B", "Sở A", "Sở B"),
        ("Sở A phối hợp với Sở B", "Sở A", "Sở B"),
        ("Sở A, Sở B phối hợp với các địa phương", "Sở A, Sở B", "các địa phương"),
        ("CT: Sở A\nPH: Sở B", "Sở A", "Sở B"),
        ("Sở A (CT), Sở B, Sở C (PH)", "Sở A", "Sở B, Sở C"),
        ("Cơ quan thực hiện: Sở A. Phối hợp: Sở B", "Sở A", "Sở B"),
        ("Đơn vị đầu mối: Sở A; đơn vị tham gia: Sở B", "Sở A", "Sở B"),
        ("SỞ A CHỦ TRÌ, PHỐI HỢP VỚI SỞ B", "SỞ A", "SỞ B"),
    ],
)
def test_a_cell_that_names_both_roles_is_parted(cell, lead, supporting):
    assert split_roles(cell) == (lead, supporting)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "Sở Khoa học và Công nghệ",
        "Các sở, ban, ngành, địa phương có liên quan",
        "Văn phòng UBND tỉnh; Sở Nội vụ",
        "Các cơ quan chủ trì quản lý, vận hành các nền tảng số, hệ thống thông tin",
        "Các đơn vị được giao chủ trì nhiệm vụ",
        "Sở A chủ trì",
    ],
)
def test_a_cell_without_roles_stays_as_it_is(cell):
    assert split_roles(cell) == (cell, "")


@given(lead=NAMES, supporting=NAMES)
def test_every_way_of_writing_the_roles_gives_the_same_two(lead, supporting):
    ways = (
        f"Chủ trì: {lead}; phối hợp: {supporting}",
        f"{lead} chủ trì, phối hợp với {supporting}",
        f"- Đơn vị chủ trì: {lead}\n- Đơn vị phối hợp: {supporting}",
        f"{lead} (chủ trì); {supporting} (phối hợp)",
    )

    assert [split_roles(way) for way in ways] == [(lead, supporting)] * len(ways)


@given(words=st.text(alphabet="chủ trì phốiợp(),;: Sở AB\n", max_size=300))
def test_no_letter_of_a_name_is_changed(words):
    lead, supporting = split_roles(words)

    assert all(part in words for text in (lead, supporting) for part in text.split("; "))
