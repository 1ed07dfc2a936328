"""A workbook to filter, sort and print, in which nothing is ever evaluated."""

import io
import os
import pty
import re
import subprocess
import sys
import time
from datetime import date
from fractions import Fraction
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from reports.paper import Band, Column, Kind, Section, Table, Words
from reports.sheet_names import SheetNames

FIGURES = (Column("Phần việc được giao"), Column("Quá hạn", Kind.NUMBER), Column("Tỷ lệ", Kind.RATE))
TASKS = (
    Column("Nhiệm vụ", width=40),
    Column("Mã đơn vị"),
    Column("Hạn gốc", Kind.DATE),
    Column("Số ngày quá hạn", Kind.NUMBER),
)


def tasks(*titles, total=None):
    lines = [(title, "00021", date(2025, 8, 30), 45) for title in titles]
    return Table(
        "rows", "Nhiệm vụ quá hạn, lâu nhất trước", TASKS, lines, total, "Không có việc nào quá hạn."
    )


def figures(*rates):
    return Table("matrix", "Tình hình", FIGURES, [("Hoàn thành", 3, rate) for rate in rates])


def sheet(content: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def sheets(content: bytes) -> list[str]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names


def parts(content: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture
def book(printed_in) -> bytes:
    small = Section("matrix", "Tình hình thực hiện", (Words("Đúng hạn: 3 / 7"), figures(Fraction(3, 7))))
    return printed_in("xlsx", small, Section("rows", "Nhiệm vụ quá hạn", (tasks("a", "b"),), is_annex=True))


def test_a_table_has_a_sheet_named_as_its_section_and_small_figures_stand_on_the_first(book):
    assert sheets(book) == ["Tổng hợp", "Nhiệm vụ quá hạn"]


def test_the_summary_says_when_on_what_and_what_the_figures_rest_on(book):
    said = [line[0] for line in sheet(book, "Tổng hợp") if line[0]]

    assert said == [
        "BÁO CÁO NHIỆM VỤ QUÁ HẠN",
        "Tính đến 08:00 thứ Năm, ngày 16/10/2025",
        "Tình hình thực hiện",
        "Đúng hạn: 3 / 7",
        "Tình hình",
        "Phần việc được giao",
        "Hoàn thành",
        "Cách tính",
        "Đơn vị phối hợp không bị tính hạn.",
        "Bộ quy tắc: sha256:ab12",
        "Đầu nhật ký: cd34",
    ]


def test_deadlines_are_dates_and_figures_numbers(book):
    heading, first, _ = sheet(book, "Nhiệm vụ quá hạn")

    assert heading == [column.heading for column in TASKS]
    assert first == ["a", "00021", date(2025, 8, 30), 45]


def test_a_table_keeps_its_headings_in_sight_filters_and_fits_a_landscape_page(book):
    found = parts(book)
    xml = found["xl/worksheets/sheet2.xml"]

    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert '<autoFilter ref="A1:D3"/>' in xml
    assert '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>' in xml
    assert '<pageSetUpPr fitToPage="1"/>' in xml
    assert (
        'name="_xlnm.Print_Titles" localSheetId="1">\'Nhiệm vụ quá hạn\'!$1:$1<' in found["xl/workbook.xml"]
    )
    assert "Tính đến 08:00 thứ Năm, ngày 16/10/2025" in xml


def test_a_total_stands_below_what_is_filtered(printed_in):
    content = printed_in("xlsx", tasks("a", "b", total=("Cộng", None, None, 90)))

    assert sheet(content, "Mục")[3] == ["Cộng", "–", "–", 90]
    assert '<autoFilter ref="A1:D3"/>' in parts(content)["xl/worksheets/sheet2.xml"]


def test_a_group_stands_in_a_column_to_filter_by(printed_in):
    lines = [Band("Sở Y tế"), ("a", "1", None, 1), Band("Sở Nội vụ"), ("b", "2", None, 2)]
    content = printed_in("xlsx", Table("rows", "Việc", TASKS, lines))

    assert [line[:2] for line in sheet(content, "Mục")] == [
        ["Nhóm", "Nhiệm vụ"],
        ["Sở Y tế", "a"],
        ["Sở Nội vụ", "b"],
    ]


def test_a_code_of_digits_is_a_text_that_excel_does_not_complain_about(book):
    assert ' numberStoredAsText="1"' in parts(book)["xl/worksheets/sheet2.xml"]


def test_dates_show_the_day_first(book):
    assert 'formatCode="dd/mm/yyyy"' in parts(book)["xl/styles.xml"]


HOSTILE = ['=HYPERLINK("http://x.invalid")', "@SUM(1)", "+1", "-1", "{=1}", "http://x.invalid", "0123"]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_wrote_is_a_text_and_neither_formula_nor_link(printed_in, words):
    small = Table("matrix", words, FIGURES, [(words, 1, None)])
    content = printed_in("xlsx", Section("rows", words, (tasks(words), small, Words(words))))

    (_, named) = sheets(content)
    assert sheet(content, named)[1][0] == words
    assert [line[0] for line in sheet(content, "Tổng hợp")].count(words) == 4
    for name, xml in parts(content).items():
        assert not re.search(r"<f[ >]|<hyperlink", xml), name


@pytest.mark.parametrize("where", ["Words", "table"])
def test_what_looks_like_a_formula_stays_a_text_when_somebody_edits_it(printed_in, where):
    part = Words("=1+1") if where == "Words" else tasks("=1+1")
    found = parts(printed_in("xlsx", part))
    styles = re.findall(r"<xf [^>]*?>", found["xl/styles.xml"].split("<cellXfs")[1])
    place = re.findall("<t[^>]*>([^<]*)", found["xl/sharedStrings.xml"]).index("=1+1")
    cells = "".join(xml for name, xml in found.items() if "worksheets/sheet" in name)
    style = re.search(rf's="(\d+)" t="s"><v>{place}</v>', cells)[1]

    assert 'quotePrefix="1"' in styles[int(style)]


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("a\x00b\x1bc", "abc"),
        ("\u202eđảo\u2069", "đảo"),
        ("dòng\nhai", "dòng hai"),
        ("\ud800x\ufffe", "x"),
        ("_x0041_ và _x000D_", "_x0041_ và _x000D_"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("😀", "□"),
        ("x" * 20_000, "x" * 15_999 + "…"),
    ],
)
def test_no_character_breaks_the_workbook(printed_in, words, cell):
    assert sheet(printed_in("xlsx", tasks(words)), "Mục")[1][0] == cell


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(1, 2), "0.0%"),
        (Fraction(1), "0.0%"),  # 100,0 % is all
        (Fraction(0), "0.0%"),  # 0,0 % is nothing
        (Fraction(9999, 10000), "0.00%"),  # something is still missing
        (Fraction(1, 10000), "0.00%"),  # something is there
        (Fraction(99999, 100000), "0.000%"),
    ],
)
def test_a_rate_is_exact_and_never_shown_as_all_or_nothing_when_it_is_not(printed_in, rate, shown):
    content = printed_in("xlsx", figures(rate))
    (line,) = [line for line in sheet(content, "Tổng hợp") if line[0] == "Hoàn thành"]

    assert line[2] == pytest.approx(float(rate))
    assert re.findall(r'formatCode="(0\.0+%)"', parts(content)["xl/styles.xml"]) == [shown]


def test_what_is_not_known_is_a_dash_and_no_rows_a_sentence(printed_in):
    content = printed_in("xlsx", figures(None), tasks())

    assert [line[2] for line in sheet(content, "Tổng hợp") if line[0] == "Hoàn thành"] == ["–"]
    assert sheet(content, "Mục")[1][0] == "Không có việc nào quá hạn."


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (["Quá hạn", "quá hạn", "QUÁ HẠN"], ["Quá hạn", "quá hạn (2)", "QUÁ HẠN (3)"]),
        (["Tổng hợp"], ["Tổng hợp (2)"]),
        (["Đúng hạn / đến hạn: [a]*?\\"], ["Đúng hạn đến hạn a"]),
        (["'Việc'"], ["Việc"]),
        (["", "  "], ["Bảng", "Bảng (2)"]),
        (["history"], ["history (2)"]),
        (
            ["Nhiệm vụ của Ủy ban nhân dân cấp xã"] * 2,
            ["Nhiệm vụ của Ủy ban nhân dân…", "Nhiệm vụ của Ủy ban nhân… (2)"],
        ),
        (["😀" * 40], ["😀" * 15 + "…"]),  # Excel counts a picture as two letters
    ],
)
def test_a_sheet_has_a_name_excel_takes_and_no_other_sheet_has(said, names):
    given = SheetNames(["Tổng hợp"])

    assert [given.unused(one) for one in said] == names


def test_the_same_paper_gives_the_same_bytes_wherever_and_whenever(printed_in, monkeypatch):
    first = printed_in("xlsx", tasks("a"))
    monkeypatch.setenv("TZ", "America/Lima")
    time.tzset()
    try:
        again = printed_in("xlsx", tasks("a"))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert again == first
    assert ">2025-10-16T01:00:00Z<" in parts(first)["docProps/core.xml"]


def test_a_workbook_is_not_thrown_onto_a_terminal(tmp_path):
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "cli.main", "report", "overdue", "--format", "xlsx"]
    done = subprocess.run(
        words,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "DONDOC_HOME": str(tmp_path)},
        check=False,
    )
    os.close(theirs)
    os.close(ours)

    assert done.returncode == 2
    (said,) = done.stderr.decode().splitlines()
    assert "không đọc được trên màn hình; ghi vào tệp: -o " in said
    assert list(tmp_path.iterdir()) == []
