"""Tables that fit a terminal: words wrap, figures never break, columns align."""

import io
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from rich.cells import cell_len

from engine.paperwork import Letterhead
from reports.paper import Band, Chart, ChartKind, Column, Kind, Table, Words
from reports.text import write_text
from tests.reports.strategies import papers

TASKS = (
    Column("STT", Kind.NUMBER),
    Column("Nhiệm vụ"),
    Column("Cơ quan chủ trì"),
    Column("Thời hạn hiện hành", Kind.DATE),
    Column("Số ngày quá hạn", Kind.NUMBER),
    Column("Mã", is_wide_only=True),
)
LONG = "Rà soát, trình Ủy ban nhân dân tỉnh ban hành quy chế phối hợp và danh mục nhiệm vụ chuyển đổi số"


def text_of(paper, width):
    out = io.BytesIO()
    write_text(paper, out, Letterhead(), width=width)
    return out.getvalue().decode()


@pytest.fixture
def below(paper_of):
    """The lines of a block alone, at a width."""

    def lines(block, width=60):
        text = text_of(paper_of(block), width)
        return text.split("MỤC\n\n", 1)[1].split("\n\nCÁCH TÍNH")[0].splitlines()

    return lines


def tasks(*lines, total=None):
    return Table("rows", "Nhiệm vụ quá hạn", TASKS, lines, total, "Không có việc nào quá hạn.")


def test_a_table_is_as_wide_as_its_words_with_figures_to_the_right(below):
    table = tasks(
        (1, "Rà soát", "Sở Y tế", date(2025, 9, 30), 1234, "a"),
        (2, "Họp", "Sở Nội vụ", None, 7, "b"),
        total=(None, "Cộng", "", None, 1241, ""),
    )

    assert below(table, 80) == [
        "Nhiệm vụ quá hạn",
        "STT  Nhiệm vụ  Cơ quan chủ trì  Thời hạn hiện hành  Số ngày quá hạn",
        "───  ────────  ───────────────  ──────────────────  ───────────────",
        "  1  Rà soát   Sở Y tế          30/09/2025                    1.234",
        "  2  Họp       Sở Nội vụ        –                                 7",
        "═══  ════════  ═══════════════  ══════════════════  ═══════════════",
        "  –  Cộng                       –                             1.241",
    ]


def test_words_wrap_between_words_and_figures_stay_whole(below):
    assert below(tasks((1, LONG, "Sở Y tế", date(2025, 9, 30), 1234, "a"))) == [
        "Nhiệm vụ quá hạn",
        "STT  Nhiệm vụ                   Cơ quan  Thời hạn    Số ngày",
        "                                chủ trì  hiện hành   quá hạn",
        "───  ─────────────────────────  ───────  ──────────  ───────",
        "  1  Rà soát, trình Ủy ban      Sở Y tế  30/09/2025    1.234",
        "     nhân dân tỉnh ban hành",
        "     quy chế phối hợp và danh",
        "     mục nhiệm vụ chuyển đổi",
        "     số",
    ]


def test_a_group_stands_above_its_rows(below):
    table = tasks(
        Band("KH1/1 · Rà soát"), (1, "a", "x", None, 1, ""), Band("KH1/2"), (2, "b", "y", None, 2, "")
    )

    assert below(table, 80)[3:] == [
        "",
        "KH1/1 · Rà soát",
        "    1  a         x                –                                 1",
        "",
        "KH1/2",
        "    2  b         y                –                                 2",
    ]


def test_what_does_not_fit_beside_goes_below_with_the_first_column_again(below):
    columns = (Column("Đơn vị"), *(Column(f"{month:02}/2025", Kind.RATE) for month in range(1, 13)))
    heat = Table("heat", "", columns, [("Sở Tài chính", *[Fraction(n, 12) for n in range(1, 13)])])

    lines = below(heat, 60)

    assert [line.split()[0] for line in lines if line and "─" not in line] == [
        "Đơn",
        "Sở",
        "Đơn",
        "Sở",
        "Đơn",
        "Sở",
    ]
    assert "".join(lines).count("%") == 12
    assert max(map(cell_len, lines)) <= 60


def test_no_rows_are_said(below):
    assert below(tasks()) == ["Nhiệm vụ quá hạn", "Không có việc nào quá hạn."]


def test_a_chart_is_a_sentence_and_its_table(below):
    table = Table("a", "Theo tháng", (Column("Tháng"), Column("Quá hạn", Kind.NUMBER)), [("9/2025", 3)])
    chart = Chart("a", "Hình", ChartKind.BARS, table, "Tháng 9 có 3 việc quá hạn.")

    assert below(chart)[:3] == ["Tháng 9 có 3 việc quá hạn.", "", "Theo tháng"]


@pytest.mark.parametrize(("columns", "width"), [("", 100), ("72", 72), ("rộng", 100), ("5", 40)])
def test_the_width_is_that_of_the_terminal_else_a_hundred(paper_of, monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)

    lines = text_of(paper_of(Words("chữ " * 200)), 0).splitlines()

    assert width - 4 < max(map(cell_len, lines)) <= width


@settings(max_examples=40, deadline=None)
@given(papers())
def test_no_line_is_wider_than_the_terminal(paper):
    figures = 2 + 13 * 5  # what cannot be cut: figures, dates and gaps

    assert all(cell_len(line) <= max(100, figures) for line in text_of(paper, 100).splitlines())
