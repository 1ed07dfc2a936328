"""A list for any spreadsheet: whole, readable, and never evaluated."""

import csv
import io
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.paper import Band, Column, Kind, Section, Table
from reports.plain import MAX_LENGTH, looks_like_formula, plain

TASKS = (
    Column("Nhiệm vụ"),
    Column("Hạn gốc", Kind.DATE),
    Column("Số ngày quá hạn", Kind.NUMBER),
    Column("Tỷ lệ đúng hạn", Kind.RATE),
    Column("Mã nhiệm vụ", is_wide_only=True),
)


@pytest.fixture
def lines_of(printed_in):
    """The lines of a list by heading, made of one table or of whole sections."""

    def read(*parts) -> list[dict[str, str]]:
        content = printed_in("csv", *parts).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(content, newline=""), strict=True))

    return read


def one(title="Việc", due=date(2025, 9, 30), late=16051, rate=Fraction(1, 8), code="KH1/1"):
    return title, due, late, rate, code


def listed(*lines, code="rows"):
    return Table(code, "Nhiệm vụ", TASKS, lines)


def test_the_file_is_utf8_with_a_mark_and_every_line_ends_as_rfc_4180_says(printed_in):
    content = printed_in("csv", listed(one('Việc "lớn", khó')))

    assert content.startswith("\ufeffNhiệm vụ,Hạn gốc,Số ngày quá hạn,".encode())
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r") == 2
    assert '"Việc ""lớn"", khó",30/09/2025,16051,' in content.decode("utf-8-sig")


def test_a_line_has_every_column_and_the_day_of_the_figures(lines_of):
    assert lines_of(listed(one())) == [
        {
            "Nhiệm vụ": "Việc",
            "Hạn gốc": "30/09/2025",
            "Số ngày quá hạn": "16051",
            "Tỷ lệ đúng hạn": "12,5%",
            "Mã nhiệm vụ": "KH1/1",
            "Số liệu tính đến": "16/10/2025",
        }
    ]


def test_what_is_not_known_is_left_empty(lines_of):
    (line,) = lines_of(listed(one(due=None, rate=None)))

    assert (line["Hạn gốc"], line["Tỷ lệ đúng hạn"]) == ("", "")


def test_a_group_stands_in_a_column_of_its_own(lines_of):
    lines = lines_of(listed(Band("Sở Y tế"), one("a"), one("b"), Band("Sở Tài chính"), one("c")))

    assert [(line["Nhóm"], line["Nhiệm vụ"]) for line in lines] == [
        ("Sở Y tế", "a"),
        ("Sở Y tế", "b"),
        ("Sở Tài chính", "c"),
    ]


@pytest.mark.parametrize(
    ("sections", "chosen"),
    [
        ([("dài", 3, False), ("ngắn", 1, False)], "dài"),
        ([("ngắn", 1, False), ("dài", 3, False)], "dài"),
        ([("phụ lục", 1, True), ("dài", 3, False)], "phụ lục"),
        ([("phụ lục 1", 2, True), ("phụ lục 2", 1, True)], "phụ lục 2"),
    ],
)
def test_the_list_is_the_last_table_of_the_annex_else_the_longest(lines_of, sections, chosen):
    parts = [
        Section(name, name, (listed(*[one(name)] * count),), is_annex) for name, count, is_annex in sections
    ]

    assert {line["Nhiệm vụ"] for line in lines_of(*parts)} == {chosen}


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ('=HYPERLINK("http://x.invalid")', '\'=HYPERLINK("http://x.invalid")'),
        ("+84 tỷ đồng", "'+84 tỷ đồng"),
        ("- Chủ trì rà soát", "'- Chủ trì rà soát"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1+1", "'=1+1"),
        ("\r=1+1", "'=1+1"),
        ("\n=1+1", "'=1+1"),
        (" \u00a0=1+1", "'=1+1"),
        ("\u202e=1+1", "'=1+1"),  # hidden by a character that is taken away
        ("\x00=1+1", "'=1+1"),
        ("\ufeff=1+1", "'=1+1"),
        ("＝1＋1", "□1□1"),  # no letter of our fonts
        ("'=1+1", "''=1+1"),
        ("'Nhà văn hóa'", "'Nhà văn hóa'"),
        ("– gạch đầu dòng", "– gạch đầu dòng"),  # a dash, not a minus
        ("a = b + c", "a = b + c"),
        ("xong\nsớm\r\nhơn\u2028nữa\tnhé", "xong sớm hơn nữa nhé"),
        ("mật\x00 khẩu\x1b[2J\u202e\u2066\u200b", "mật khẩu[2J"),
        ("\ud800nửa ký tự\uffff", "nửa ký tự"),
        ("Thu\u031b\u0323c hie\u0302\u0323n", "Th\u1ef1c hi\u1ec7n"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 40_000, "x" * (MAX_LENGTH - 1) + "…"),
    ],
)
def test_what_people_wrote_stays_a_text(lines_of, written, cell):
    (line,) = lines_of(listed(one(written)))

    assert line["Nhiệm vụ"] == cell


@pytest.mark.parametrize("text", ["＝1＋1", "＋1", "－1", "＠SUM(1)", "﹦1", " ⁺1", "'=1"])
def test_full_width_and_small_signs_are_known_to_be_evaluated(text):
    assert looks_like_formula(text)


@given(st.text())
def test_taking_one_apostrophe_away_where_it_guards_gives_the_words_back(text):
    said = plain(text)
    cell = f"'{said}" if looks_like_formula(said) else said

    assert (cell[1:] if looks_like_formula(cell) else cell) == said
    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert plain(said) == said


def test_a_telephone_split_by_an_invisible_character_does_not_come_together_again(printed_in):
    content = printed_in("csv", listed(one("liên hệ 09\u202e05\u206612\u20693456")))

    assert "0905123456" not in content.decode()
    assert "[số điện thoại]" in content.decode()


def test_without_rows_there_are_headings_alone(printed_in):
    assert printed_in("csv", listed()).count(b"\r\n") == 1
