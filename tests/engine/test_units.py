"""Which units does a cell of agency names mean?"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.model import Predecessor, Unit, UnitKind
from engine.unit_words import keys_of
from engine.units import UnitDirectory, read_units
from usecases.communes import communes_of

CONFIG = Path(__file__).parents[2] / "config"
DEPARTMENTS = ["VPUB", "SNV", "STP", "STC", "SCT", "SNNMT", "SXD"]
DEPARTMENTS += ["SKHCN", "SVHTTDL", "SGDDT", "SYT", "TTT", "SNGV", "SDTTG"]


def codes(units: Sequence[Unit]) -> list[str]:
    return [unit.code for unit in units]


def members(directory: UnitDirectory, listed: str) -> set[str]:
    """Return the codes in a list such as "STC @so-ban-nganh", where @ marks a group."""
    named = listed.split()
    groups = [directory.groups[name[1:]] for name in named if name.startswith("@")]
    return {unit.code for group in groups for unit in group} | {n for n in named if not n.startswith("@")}


def cells_of(path: Path) -> list[list[str]]:
    """Return the rows of the table of cells; "\\n" stands for a line break, # for a heading."""
    lines = path.read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines if not line.startswith("# ")]
    return [[row[0].replace("\\n", "\n"), *row[1:]] for row in rows]


CELLS_OF_PLANS = cells_of(Path(__file__).parents[1] / "data" / "unit_cells.tsv")


# Every distinct cell of the lead and supporting columns of the two plans.
@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("", ""),
        (" ", ""),
        ("Công an tỉnh", "CAT"),
        ("Sở Khoa học và Công nghệ", "SKHCN"),
        ("Sở Khoa học và Công nghệ ", "SKHCN"),
        ("Sở Nội vụ", "SNV"),
        ("Sở  Nội vụ", "SNV"),
        ("Sở Tài chính", "STC"),
        ("Sở Tài Chính", "STC"),
        ("Sở Tư pháp", "STP"),
        ("Sở Công thương", "SCT"),
        ("Văn phòng Tỉnh ủy", "VPTU"),
        ("Văn phòng UBND", "VPUB"),
        ("Văn phòng UBND tỉnh", "VPUB"),
        ("Văn phòng Ủy ban nhân dân tỉnh", "VPUB"),
        ("Báo Quảng Ngãi", "BPTTH"),
        ("UBND huyện Lý Sơn", "21548"),
        ("Sở Tài chính, Sở Công thương, Sở Khoa học và Công nghệ", "STC SCT SKHCN"),
        ("Sở Tài chính, Sở Văn hóa, Thể thao và du lịch, Công an tỉnh", "STC SVHTTDL CAT"),
        ("Sở Nông nghiệp và Môi trường, Sở Tư pháp", "SNNMT STP"),
        ("Các sở: Công thương, Xây dựng, Nông nghiệp và Môi trường, Y tế", "SCT SXD SNNMT SYT"),
    ],
)
def test_a_cell_of_the_plans_that_names_units_is_resolved(directory, cell, units):
    reading = directory.resolve(cell)

    assert (reading.status, codes(reading.units), reading.questions) == ("resolved", units.split(), ())


@pytest.mark.parametrize(
    ("cell", "departments", "communes"),
    [
        ("Các sở, ban, ngành, địa phương", 14, 96),
        ("Các Sở, ban, ngành, địa phương", 14, 96),
        ("Các sở, ban ngành, địa phương", 14, 96),
        (" Các sở, ban ngành, địa phương", 14, 96),
        ("Các Sở ban, ngành, địa phương", 14, 96),
        ("Các sở,ban, ngành, địa phương", 14, 96),
        ("Các sở, ngành, địa phương", 14, 96),
        ("Sở  ban ngành, địa phương", 14, 96),
        ("Sở ban ngành, địa  phương", 14, 96),
        ("Các Sở, ban, ngành", 14, 0),
        ("Các Sở, ban, ngành ", 14, 0),
        ("Các sở, ban, ngành", 14, 0),
        ("Sở, ban, ngành", 14, 0),
        ("Văn phòng UBND tỉnh; Các sở, ban, ngành ", 14, 0),
        ("Các xã phường, đặc khu", 0, 96),
        # families the plans do not show
        ("các sở ngành", 14, 0),
        ("Các sở - ban - ngành", 14, 0),
        ("Sở/ban/ngành", 14, 0),
        ("Các sở, ban,\nngành, địa phương", 14, 96),
        ("Tất cả các sở, ban, ngành và địa phương trong tỉnh", 14, 96),
        ("Các sở, ban, ngành tỉnh; UBND các xã, phường, đặc khu", 14, 96),
        ("Các địa phương", 0, 96),
        ("UBND các địa phương", 0, 96),
        ("UBND cấp xã", 0, 96),
        ("UBND các xã, phường và đặc khu trên địa bàn tỉnh", 0, 96),
        ("Ủy ban nhân dân các xã, phường, đặc khu tỉnh Quảng Ngãi", 0, 96),
        ("Thủ trưởng các sở, ban, ngành; Chủ tịch UBND các xã, phường, đặc khu", 14, 96),
        ("các xã, phường", 0, 95),  # the words leave out the đặc khu
        ("các phường", 0, 9),
    ],
)
def test_a_collective_name_means_all_its_members(directory, cell, departments, communes):
    reading = directory.resolve(cell)

    kinds = [unit.kind for unit in reading.units]
    assert (reading.status, reading.questions) == ("group", ())
    assert kinds.count(UnitKind.DEPARTMENT) == departments
    assert kinds.count(UnitKind.COMMUNE) == communes
    assert len(kinds) == departments + communes


@pytest.mark.parametrize(
    ("cell", "units", "candidates"),
    [
        ("Các sở, ban, ngành liên quan", "", 14),
        ("Các sở, ban, ngành  có liên quan", "", 14),
        ("Sở ban ngành có liên quan", "", 14),
        ("Các sở, ban, ngành, địa phương có liên quan\n", "", 110),
        ("Sở Khoa học và Công nghệ, các địa phương có liên quan", "SKHCN", 96),
        ("Văn phòng UBND tỉnh, Sở ban ngành có liên quan", "VPUB", 14),
        ("Ban quản lý các KTT Dung Quất và các KCN tỉnh; các sở, ban, ngành liên quan", "", 15),
        # families the plans do not show
        ("Sở Y tế; các sở, ban,\nngành\ncó liên quan", "SYT", 14),
        ("UBND các xã, phường, đặc khu liên quan", "", 96),
        ("Các sở, ban, ngành (trừ Sở Y tế)", "", 14),
        ("Các ban, ngành", "", 14),
        ("các huyện, thị xã, thành phố", "", 96),
    ],
)
def test_an_unspecified_part_of_a_collective_is_a_question(directory, cell, units, candidates):
    reading = directory.resolve(cell)

    assert (reading.status, codes(reading.units)) == ("ambiguous", units.split())
    assert len(reading.candidates) == candidates
    assert reading.questions


@pytest.mark.parametrize(
    "cell",
    [
        "Các cơ quan chủ trì quản lý, vận hành các nền tảng số, hệ thống thông tin, cơ sở dữ liệu",
        "Doanh nghiệp viễn thông",
        "sở",
        "31/12/2025",
    ],
)
def test_a_description_is_unknown_and_asked_about_once(directory, cell):
    reading = directory.resolve(cell)

    assert (reading.status, reading.units, reading.candidates) == ("unknown", (), ())
    assert len(reading.questions) == 1
    assert cell in reading.questions[0]


@pytest.mark.parametrize(("cell", "status", "units", "candidates"), CELLS_OF_PLANS)
def test_a_cell_as_plans_have_it_is_read_or_asked_about(directory, cell, status, units, candidates):
    reading = directory.resolve(cell)

    assert reading.status == status
    assert units == "*" or set(codes(reading.units)) == members(directory, units)
    assert candidates == "*" or set(codes(reading.candidates)) == members(directory, candidates)
    assert bool(reading.questions) == (status in {"ambiguous", "unknown"})


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("Sở Y tế, Sở Xây dựng và UBND xã Ba Tơ", "SYT SXD 21484"),
        ("Sở Y tế, Xây dựng", "SYT SXD"),
        ("Các sở: Y tế, Tư pháp", "SYT STP"),
        ("Các Sở Y tế, Tư pháp và Văn hoá, Thể thao và du lịch", "SYT STP SVHTTDL"),
        ("Các sở: KH&CN, GD&ĐT; NN&MT; Công an tỉnh", "SKHCN SGDDT SNNMT CAT"),
        ("Công an tỉnh; Bộ CHQS tỉnh", "CAT BCHQS"),
        ("UBND các xã Bình Sơn, Tịnh Khê", "21040 21211"),
        ("UBND các xã, phường, đặc khu: Tịnh Khê, Kon Tum và Lý Sơn", "21211 23293 21548"),
        ("phường Kon Tum", "23293"),
        ("UBND Phường Trương Quang Trọng", "21172"),
        ("Sở Y tế tỉnh Quảng Ngãi; UBND xã Ba Vì, tỉnh Quảng Ngãi", "SYT 21529"),
        ("Sở Y tế, Sở Y tế", "SYT"),
        ("1. Sở Y tế\n2. Sở Khoa học\nvà Công nghệ", "SYT SKHCN"),
        ("- Sở Y tế.\n- Công an tỉnh.", "SYT CAT"),
        ("SỞ VĂN HOÁ, THỂ THAO VÀ DU LỊCH", "SVHTTDL"),
        ("Sở Văn hóa Thể thao & Du lịch", "SVHTTDL"),
        ("Sở\u00a0Y\u200b tế", "SYT"),
        ("VP UBND tỉnh, Uỷ ban nhân dân tỉnh", "VPUB UBND"),
        ("Giám đốc Sở Y tế", "SYT"),
        ("Đông Trà Bồng, Tây Trà Bồng, Trà Bồng, Tây Trà", "21127 21157 21115 21154"),
        ("UBND xã Sơn Tây Thượng, UBND xã Sơn Tây, UBND xã Sơn Tây Hạ", "21334 21340 21343"),
        (
            "xã Sơn Hà; xã Sơn Hạ; xã Ba Tơ; xã Ba Tô; xã Ba Dinh; xã Ba Vinh",
            "21289 21292 21484 21523 21499 21490",
        ),
        # bodies that answer consultations
        ("Viện kiểm sát nhân dân tỉnh Quảng Ngãi", "VKSND"),
        ("Ban Quản lý dân dụng và công nghiệp tỉnh", "BQLDDCN"),
        ("Tỉnh đoàn Quảng Ngãi", "TDOAN"),
        ("Sở Ngoại Vụ", "SNGV"),
        ("Ban Quản lý KKT Dung Quất và các KCN Quảng Ngãi", "BQLKKT"),
        ("UBND Xã Đăk Tờ Kan", "23419"),
        ("UBND Lý Sơn", "21548"),
        ("Chi Cục Kiểm lâm", "CCKL"),
        ("Liên minh Hợp tác xã tỉnh Quảng Ngãi", "LMHTX"),
        ("Văn phòng Tỉnh ủy Quảng Ngãi", "VPTU"),
        ("Báo và Phát thanh, Truyền hình Quảng Ngãi, Cổng thông tin điện tử tỉnh Quảng Ngãi", "BPTTH CTTDT"),
    ],
)
def test_names_are_found_before_the_cell_is_cut(directory, cell, units):
    reading = directory.resolve(cell)

    assert (reading.status, codes(reading.units)) == ("resolved", units.split())


@pytest.mark.parametrize(
    ("cell", "units", "candidates"),
    [
        ("Ba To", "", "21484 21523"),  # without accents: two communes
        ("UBND xa Son Ha", "", "21289 21292"),
        ("UBND xã Sơn Ha", "", "21289 21292"),
        ("So Y te", "", "SYT"),
        ("UBND xã Ba Vịnh", "", "21490"),
        ("Sở Khoa học và Công nghê", "", "SKHCN"),
        ("Sở Văn hoá, Thế thao và Du lịch", "", "SVHTTDL"),
        ("Ban quản lý các KTT Dung Quất và các KCN tỉnh", "", "BQLKKT"),
        ("Công an xã Ba Tơ", "", "CAT 21484"),  # the commune's police is not its committee
        ("Phòng Khoáng sản thuộc Sở Công Thương", "", "SCT"),
        ("Sở Y tế hoặc Sở Nội vụ", "", "SYT SNV"),
        ("Sở Tư pháp, Trung tâm y tế Bình Sơn", "STP", "21040"),
        ("xã Kon Tum", "", "UBND 23293"),  # Kon Tum is a phường, and was a province
        ("UBND xã Bình Minh, tỉnh Quảng Nam", "", "21085"),
    ],
)
def test_what_may_be_meant_is_proposed_and_never_applied(directory, cell, units, candidates):
    reading = directory.resolve(cell)

    assert reading.status == "ambiguous"
    assert (codes(reading.units), codes(reading.candidates)) == (units.split(), candidates.split())
    assert reading.questions


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("Sở Kế hoạch và Đầu tư", "STC"),
        ("Sở Giao thông vận tải", "SXD"),
        ("Sở Tài nguyên và Môi trường", "SNNMT"),
        ("UBND huyện Lý Sơn", "21548"),
        ("Báo Quảng Ngãi", "BPTTH"),
        ("Bình Sơn", "21040"),  # the district of that name has ended, the commune has not
    ],
)
def test_a_single_successor_is_taken_with_a_note(directory, former, present):
    reading = directory.resolve(former)

    assert (reading.status, codes(reading.units), len(reading.notes)) == ("resolved", [present], 1)


@pytest.mark.parametrize(
    ("former", "candidates"),
    [
        ("Sở Thông tin và Truyền thông", "SKHCN SVHTTDL"),
        ("Sở LĐ-TB&XH", "SNV SYT SGDDT CAT"),
        ("UBND TP. Quảng Ngãi", "21025 21028 21172 21211 21034"),
        ("UBND huyện Bình Sơn", "21040 21061 21085 21100 21109"),
        ("Kon Tum", "UBND 23293"),
    ],
)
def test_several_successors_are_a_question_that_says_why(directory, former, candidates):
    reading = directory.resolve(former)

    assert (reading.status, codes(reading.units)) == ("ambiguous", [])
    assert codes(reading.candidates) == candidates.split()
    assert "đã kết thúc hoạt động từ" in reading.questions[0]


@pytest.mark.parametrize(
    ("on", "note"),
    [
        (None, "'Sở Giao thông vận tải' (đến 01/03/2025) nay là Sở Xây dựng: hợp nhất vào Sở Xây dựng"),
        (
            date(2025, 2, 28),
            "'Sở Giao thông vận tải' là tên đúng vào ngày 28/02/2025; từ 01/03/2025 là Sở Xây dựng: "
            "hợp nhất vào Sở Xây dựng",
        ),
        (
            date(2025, 3, 1),
            "'Sở Giao thông vận tải' (đến 01/03/2025) nay là Sở Xây dựng: hợp nhất vào Sở Xây dựng",
        ),
    ],
)
def test_an_old_name_leads_to_the_unit_of_today_and_the_note_says_whether_it_was_right(directory, on, note):
    reading = directory.resolve("Sở GTVT", on)

    assert (codes(reading.units), reading.notes) == (["SXD"], (note,))


@pytest.mark.parametrize(
    ("cell", "candidates", "question"),
    [
        ("Sở Khoa hoc và Công nghệ", [("SKHCN", 98)], "Sở Khoa học và Công nghệ (giống 98%)"),
        ("So Noi vu", [("SNV", 90)], "Sở Nội vụ (giống 90%)"),
        ("Khoa học và Công nghệ", [("SKHCN", 92)], "Sở Khoa học và Công nghệ (giống 92%)"),
        (
            "xã Sơn Ha",
            [("21289", 95), ("21292", 95)],
            "UBND xã Sơn Hà (giống 95%) hay UBND xã Sơn Hạ (giống 95%)",
        ),
    ],
)
def test_a_misspelt_name_is_proposed_with_its_likeness(directory, cell, candidates, question):
    reading = directory.resolve(cell)

    assert list(zip(codes(reading.candidates), reading.scores, strict=True)) == candidates
    assert reading.questions == (f"'{cell}' có phải là {question} không?",)


def test_a_candidate_that_no_likeness_proposed_has_no_score(directory):
    reading = directory.resolve("Sở Tài chinh, các phường liên quan")

    assert reading.scores[0] > 90
    assert (len(reading.candidates), set(reading.scores[1:])) == (10, {0})


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Các sở, ban, ngành liên quan", " các Sở ban\nngành - liên  quan. ", True),
        ("Hoà giải & thuỷ lợi", "Hòa giải và thủy lợi", True),
        ("Tổ công tác", unicodedata.normalize("NFD", "Tổ công tác"), True),
        ("Ủy ban nhân dân tỉnh", "UBND tỉnh", True),
        ("xã Sơn Hà", "xã Sơn Hạ", False),
        ("các sở liên quan", "các sở có liên quan", False),
        ("Sở Y tế", "So Y te", False),
    ],
)
def test_an_answer_is_remembered_for_the_words_however_typed(directory, one, other, is_same):
    assert (directory.key(one) == directory.key(other)) is is_same


def test_the_reading_keeps_the_words_as_written(directory):
    assert directory.resolve(" Sở  Nội vụ\n").as_written == " Sở  Nội vụ\n"


def test_the_directory_knows_every_commune_and_department(directory):
    communes = [unit for unit in directory.units if unit.kind is UnitKind.COMMUNE]

    assert len(communes) == 96
    assert codes(directory.groups["so-ban-nganh"]) == DEPARTMENTS
    assert directory.groups["dia-phuong"] == tuple(communes)
    assert directory.unit("21548").name == "UBND đặc khu Lý Sơn"
    with pytest.raises(KeyError):
        directory.unit("99999")


def spellings(name: str) -> list[str]:
    return [
        name,
        unicodedata.normalize("NFD", name),
        name.replace(" ", "  "),
        name.upper(),
        f"\u200b{name}\u00a0",
    ]


def test_every_unit_is_found_by_its_own_names_however_typed(directory):
    names = [(unit, name) for unit in directory.units for name in (unit.name, *unit.aliases)]
    wrong = [
        (unit.code, spelt)
        for unit, name in names
        for spelt in spellings(name)
        if codes(directory.resolve(spelt).units) != [unit.code]
    ]

    assert (len({unit.code for unit, _ in names}), wrong) == (len(directory.units), [])


def test_every_commune_but_one_is_found_by_its_bare_name(directory):
    communes = [unit for unit in directory.units if unit.kind is UnitKind.COMMUNE]
    bare = {unit.code: unit.name.split(" ", 3 if "đặc khu" in unit.name else 2)[-1] for unit in communes}
    missed = [name for code, name in bare.items() if codes(directory.resolve(name).units) != [code]]

    assert missed == ["Kon Tum"]


SHIPPED, _ = read_units((CONFIG / "units.yml").read_text("utf-8"), "units.yml", communes_of(51))
WORDS = (
    "các sở ban ngành địa phương xã phường đặc khu UBND tỉnh và , ; : . ( ) - & / 1 liên quan có trừ Y tế "
    "Nội vụ Ba Tơ Sơn Hà Kon Tum Giám đốc Văn phòng huyện"
)
CELLS = st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=14).map(" ".join)


@given(st.one_of(st.text(max_size=60), CELLS))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_reading_that_fits_its_status(text):
    reading = SHIPPED.resolve(text)

    asks = reading.status in {"ambiguous", "unknown"}
    assert asks == bool(reading.questions)
    assert len(set(codes(reading.units))) == len(reading.units)
    assert reading.status != "unknown" or not (reading.units or reading.candidates)


@given(
    st.lists(st.sampled_from(DEPARTMENTS), min_size=1, unique=True),
    st.sampled_from([", ", "; ", "\n", " và "]),
)
def test_any_list_of_departments_keeps_its_order(wanted, sign):
    cell = sign.join(SHIPPED.unit(code).name for code in wanted)

    assert codes(SHIPPED.resolve(cell).units) == wanted


NAMED = [name for unit in SHIPPED.units for name in (unit.name, *unit.aliases)]
SPELT_OUT = [name for name in NAMED if not re.search(r"\b[BCĐDGHKLMNPQRSTVX]{2,}\b", name)]
KNOWN = {SHIPPED.key(name) for name in NAMED}
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵ"


@given(st.sampled_from(SPELT_OUT), st.integers(0, 200), st.sampled_from(LETTERS))
@settings(max_examples=400, deadline=None)
def test_a_name_with_one_wrong_letter_is_never_taken_for_a_unit(name, place, letter):
    place %= len(name)
    wrong = name[:place] + letter + name[place + 1 :]
    assume(name[place].isalpha() and SHIPPED.key(wrong) not in KNOWN)

    assert SHIPPED.resolve(wrong).status in {"ambiguous", "unknown"}


@given(st.lists(st.sampled_from(NAMED), min_size=1, max_size=6, unique=True), st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_a_list_does_not_change_who_is_meant(named, random):
    shuffled = random.sample(named, len(named))

    first, second = SHIPPED.resolve("; ".join(named)), SHIPPED.resolve("; ".join(shuffled))

    assert (first.status, set(first.units)) == (second.status, set(second.units))


@given(
    st.lists(st.sampled_from(["sở", "ban", "ngành", "địa phương", "xã", "đoàn thể", "đơn vị"]), min_size=1)
)
def test_liên_quan_leaves_the_choice_to_a_person(nouns):
    reading = SHIPPED.resolve(f"Các {', '.join(nouns)} liên quan")

    assert (reading.status, reading.units) == ("ambiguous", ())


@pytest.mark.parametrize(
    "piece",
    [
        "đơn vị rất lạ, ",
        "các sở, ban, ",
        "các ",
        "sở ",
        "chủ trì ",
        "phối hợp với ",
        "UBND xã Ba ",
        "Sở Y tế (phòng ",
        "(",
        "1. ",
        "a\u0301",
        "sở cùng ",
    ],
)
def test_a_hostile_cell_is_read_in_reasonable_time(directory, piece):
    started = time.perf_counter()

    directory.resolve((piece * 20_000)[:20_000])

    assert time.perf_counter() - started < 5


READABLE = [
    row[0] for row in CELLS_OF_PLANS if row[1] in {"resolved", "group"} and row[2] and "(" not in row[0]
]


@given(st.sampled_from(READABLE), st.integers(0, 40), st.sampled_from(["xyz", "hoặc", "trừ", "cũ", "nơi"]))
@settings(max_examples=300, deadline=None)
def test_one_word_nobody_understands_brings_a_question(cell, place, word):
    words = cell.split(" ")
    words.insert(place % (len(words) + 1), word)

    assert SHIPPED.resolve(" ".join(words)).status in {"ambiguous", "unknown"}


def test_tone_marks_may_stand_in_two_places_and_are_never_dropped():
    assert keys_of("Hoá, thuỷ, Uỷ") == keys_of("Hóa, thủy, Ủy")
    assert len({keys_of(name) for name in ("Ba Tơ", "Ba Tô", "Sơn Hà", "Sơn Hạ", "Ba To", "Son Ha")}) == 6


UNIT = "units:\n  - {code: A, name: Sở A, kind: department, aliases: [SA]}\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "code"),
    [
        (UNIT + "  - {code: A, name: Sở B, kind: body}\n", 3, 12, "duplicate-code"),
        (UNIT + "  - {code: B, name: Sở B, kind: body, aliases: [x, sa]}\n", 3, 52, "duplicate-alias"),
        (UNIT + "  - {code: B, name: sở a, kind: body}\n", 3, 21, "duplicate-alias"),
        (UNIT + "  - {code: B, name: Xã Ba Tơ, kind: body}\n", 3, 21, "duplicate-alias"),
        (UNIT + "  - {code: B, name: Sở B, kind: ministry}\n", 3, 33, "bad-value"),
        (UNIT + "  - {code: B, name: Sở B, kind: body, alias: [x]}\n", 3, 39, "unknown-key"),
        (UNIT + "  - {name: Sở B, kind: body}\n", 3, 5, "missing-key"),
        (UNIT + "groups:\n  - {code: g, words: [g], members: [A, ZZ]}\n", 4, 40, "unknown-unit"),
        (UNIT + "groups:\n  - {code: g, words: [g], communes: làng}\n", 4, 37, "bad-value"),
        (UNIT + "dissolved:\n  - {name: Sở C, why: w, successors: [Z]}\n", 4, 39, "unknown-unit"),
        (UNIT + "communes:\n  - {code: 1}\n", 4, 12, "unknown-unit"),
        (UNIT + "agencies: []\n", 3, 1, "unknown-key"),
    ],
)
def test_a_mistake_in_the_units_file_is_reported_where_it_stands(text, line, column, code):
    _, problems = read_units(text, "units.yml", communes_of(51))

    assert [problem.place_and_code for problem in problems] == [("units.yml", line, column, code)]


def test_a_predecessor_of_the_file_reaches_the_unit():
    text = UNIT.replace("aliases: [SA]", "predecessors: [{name: Ban A, until: 2025-03-01, note: đổi tên}]")
    directory, problems = read_units(text, "units.yml", [])

    assert problems == []
    [former] = directory.unit("A").predecessors
    assert former == Predecessor("Ban A", former.until, "đổi tên")
    assert directory.resolve("Ban A").notes == ("'Ban A' (đến 01/03/2025) nay là Sở A: đổi tên",)


def test_a_broken_file_is_a_problem_and_an_empty_directory():
    directory, problems = read_units("units: [", "units.yml", [])

    assert (isinstance(directory, UnitDirectory), directory.units) == (True, ())
    assert [problem.code for problem in problems] == ["broken-yaml"]
