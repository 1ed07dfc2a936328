"""A workbook to filter, sort and print, in which nothing is ever evaluated."""

import io
import os
import pty
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from fractions import Fraction
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from engine.compliance import Matrix
from reports.xlsx import as_xlsx

SHEETS = ["Tổng hợp", "Quá hạn", "Theo đơn vị", "Dữ liệu cần xem"]


def sheet(content: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def parts(content: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture
def book(report) -> bytes:
    return as_xlsx(report)


def test_the_workbook_has_its_four_sheets_in_order(book):
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names == SHEETS


def test_the_summary_says_when_by_which_rules_and_on_which_plans(book):
    first = [line[0] for line in sheet(book, "Tổng hợp")]

    assert first[:4] == [
        "BÁO CÁO NHIỆM VỤ QUÁ HẠN",
        "Tính đến 08:00 thứ Năm, ngày 16/10/2025",
        "Bộ quy tắc: sha256:ab12",
        "Văn bản giao: 12/KH-UBND ngày 01/07/2025",
    ]


def test_deadlines_are_dates_and_figures_numbers(make, owes):
    heading, line = sheet(as_xlsx(make(owes(1, 1, "2025-08-30"))), "Quá hạn")
    row = dict(zip(heading, line, strict=True))

    assert row["Thời hạn hiện hành"] == date(2025, 8, 30)
    assert row["Tính trễ sau ngày"] == date(2025, 9, 1)
    assert (row["Số ngày quá hạn"], row["Số lần đôn đốc"]) == (45, 3)


@pytest.mark.parametrize("index", [2, 3, 4])
def test_a_table_keeps_its_headings_in_sight_filters_and_fits_a_landscape_page(book, index):
    found = parts(book)
    xml = found[f"xl/worksheets/sheet{index}.xml"]

    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert "<autoFilter " in xml
    assert '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>' in xml
    assert '<pageSetUpPr fitToPage="1"/>' in xml
    name = SHEETS[index - 1]
    assert (
        f'name="_xlnm.Print_Titles" localSheetId="{index - 1}">\'{name}\'!$1:$1<' in found["xl/workbook.xml"]
    )


def test_a_code_of_digits_is_a_text_that_excel_does_not_complain_about(make, owes):
    report = make(owes(1, 1, "2025-09-30"))
    content = as_xlsx(replace(report, rows=(replace(report.rows[0], unit="00021"),)))

    assert sheet(content, "Quá hạn")[1][2] == "00021"
    assert ' numberStoredAsText="1"' in parts(content)["xl/worksheets/sheet2.xml"]


def test_dates_show_the_day_first(book):
    assert 'formatCode="dd/mm/yyyy"' in parts(book)["xl/styles.xml"]


HOSTILE = ['=HYPERLINK("http://x.invalid")', "@SUM(1)", "+1", "-1", "＝1", "{=1}", "http://x.invalid", "0123"]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_wrote_is_a_text_and_neither_formula_nor_link(make, owes, words):
    report = make(owes(1, 1, "2025-09-30", title=words), questions=[("doubt", words)])
    report = replace(report, units=tuple(replace(unit, name=words) for unit in report.units))
    content = as_xlsx(report)

    assert sheet(content, "Quá hạn")[1][1] == words
    assert sheet(content, "Theo đơn vị")[1][1] == words
    assert words in [line[2] for line in sheet(content, "Dữ liệu cần xem")]
    for name, xml in parts(content).items():
        assert not re.search(r"<f[ >]|<hyperlink", xml), name


def test_what_looks_like_a_formula_stays_a_text_when_somebody_edits_it(make, owes):
    harmless = parts(as_xlsx(make(owes(1, 1, "2025-09-30", title="Việc"))))["xl/worksheets/sheet2.xml"]
    guarded = parts(as_xlsx(make(owes(1, 1, "2025-09-30", title="=1+1"))))
    styles = re.findall(r"<xf [^>]*?>", guarded["xl/styles.xml"].split("<cellXfs")[1])
    style = re.search(r'r="B2" s="(\d+)"', guarded["xl/worksheets/sheet2.xml"])[1]

    assert 'quotePrefix="1"' in styles[int(style)]
    assert re.search(r'r="B2" s="(\d+)"', harmless)[1] != style


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("a\x00b\x1bc", "abc"),
        ("\u202eđảo\u2069", "đảo"),
        ("dòng\nhai", "dòng hai"),
        ("\ud800x\ufffe", "x"),
        ("_x0041_ và _x000D_", "_x0041_ và _x000D_"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("😀" * 20_000, "😀" * 15_999 + "…"),
    ],
)
def test_no_character_breaks_the_workbook(make, owes, words, cell):
    assert sheet(as_xlsx(make(owes(1, 1, "2025-09-30", title=words))), "Quá hạn")[1][1] == cell


@pytest.mark.parametrize(
    ("matrix", "shown"),
    [
        (Matrix(done_on_time=1, open_late=1), "0.0%"),
        (Matrix(done_on_time=5), "0.0%"),  # 100,0 % is all
        (Matrix(open_late=5), "0.0%"),  # 0,0 % is nothing
        (Matrix(done_on_time=9999, open_late=1), "0.00%"),  # something is still missing
        (Matrix(done_on_time=1, open_late=9999), "0.00%"),  # something is there
        (Matrix(done_on_time=99999, open_late=1), "0.000%"),
    ],
)
def test_a_rate_is_exact_and_never_shown_as_all_or_nothing_when_it_is_not(report, matrix, shown):
    content = as_xlsx(replace(report, matrix=matrix, units=()))
    (line,) = [line for line in sheet(content, "Tổng hợp") if line[0] == "Hoàn thành / đến hạn"]

    assert line[3] == pytest.approx(float(Fraction(line[1]) / Fraction(line[2])))
    assert re.findall(r'formatCode="(0\.0+%)"', parts(content)["xl/styles.xml"]) == [shown]


def test_nothing_due_is_a_dash_and_nothing_overdue_a_sentence(make):
    content = as_xlsx(make())

    assert [line[3] for line in sheet(content, "Tổng hợp") if line[0].endswith("/ đến hạn")] == ["–", "–"]
    assert [sheet(content, name)[1][0] for name in SHEETS[1:]] == [
        "Không có phần việc nào quá hạn.",
        "Chưa có phần việc nào được giao.",
        "Không có điều gì cần lưu ý.",
    ]


def test_the_same_report_gives_the_same_bytes_wherever_and_whenever(report, monkeypatch):
    first = as_xlsx(report)
    monkeypatch.setenv("TZ", "America/Lima")
    time.tzset()
    try:
        again = as_xlsx(report)
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
    assert done.stderr.decode().splitlines() == [
        "bảng tính Excel không đọc được trên màn hình; ghi vào tệp: -o qua-han.xlsx"
    ]
    assert list(tmp_path.iterdir()) == []
