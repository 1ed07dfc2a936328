"""A page that stands alone, for a telephone, a printer and a screen reader."""

import re
from fractions import Fraction

import pytest

from reports.paper import Band, Chart, ChartKind, Column, Kind, Section, Table, Words
from tests.reports.readers import Page

TASKS = (
    Column("STT", Kind.NUMBER),
    Column("Nhiệm vụ"),
    Column("Hạn gốc", Kind.DATE),
    Column("Quá hạn", Kind.NUMBER),
    Column("Tình trạng"),
    Column("Mã", is_wide_only=True),
)
MONTHS = (Column("Tháng"), Column("Đúng hạn (trên số đến hạn)", Kind.RATE))


def tasks(*lines):
    return Table("rows", "Nhiệm vụ quá hạn", TASKS, lines or [(1, "Rà soát", None, 1234, "Chưa", "KH1/1")])


def months():
    table = Table("months", "Theo tháng", MONTHS, [("09/2025", Fraction(1, 2))])
    return Chart("months", "Tỷ lệ đúng hạn theo tháng", ChartKind.BARS, table, "Tháng 9: 50,0 %")


@pytest.fixture
def html(printed_in):
    return lambda *parts: printed_in("html", *parts).decode()


def test_the_page_stands_alone_and_says_when_and_by_which_rules(html):
    page = html(tasks(), months())

    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="vi">' in page
    assert "<title>Báo cáo nhiệm vụ quá hạn, 16/10/2025</title>" in page
    without_namespace = page.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(src|href)=\"(?!#)|<script|@import|https?:|url\((?!#)", without_namespace)
    assert all(said in page for said in ("08:00 thứ Năm, ngày 16/10/2025", "sha256:ab12", "cd34"))


def test_headings_go_down_in_order_and_every_table_has_a_caption(html):
    page = html(
        Section("a", "Tình hình", (tasks(),)), Section("b", "Theo tháng", (months(),), is_folded=True)
    )

    assert re.findall(r"<h(\d)", page) == ["1", "2", "2", "2"]
    assert page.count("<table") == page.count("<caption>") == 2
    assert "<details><summary><h2" in page


def test_headings_say_what_they_head(html):
    page = html(
        tasks(Band("Sở Y tế"), (1, "a", None, 1, "x", "m"), Band("Sở Nội vụ"), (2, "b", None, 2, "y", "n"))
    )

    assert page.count('scope="col"') == 5
    assert [re.sub("<.*?>", "", cell) for cell in re.findall('<th scope="row".*?</th>', page)] == ["a", "b"]
    assert re.findall(r'scope="rowgroup"[^>]*>([^<]*)', page) == ["Sở Y tế", "Sở Nội vụ"]
    assert page.count("<tbody") == 2


def test_a_telephone_shows_rows_as_cards_that_name_each_figure(html):
    page = html(tasks())

    assert 'class="cards ' in page
    assert '<td role="cell" data-label="Quá hạn" class="n"><span>1.234</span>' in page


def test_sections_groups_and_rows_have_addresses_used_once(html):
    section = Section("rows", "Nhiệm vụ", (tasks(Band("A"), (1, "a", None, 1, "x", "m")), tasks(), months()))
    page = Page(html(section, section, section))

    assert {"muc-rows", "rows-1", "rows-nhom-1", "muc-rows.2", "rows.2-1"} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) == {"#muc-rows", "#muc-rows.2", "#muc-rows.3"}


def test_a_chart_stands_with_its_table(html):
    page = Page(html(months()))

    assert page.tables == [[["09/2025", "50,0\u00a0%"]]]
    assert "Tháng 9: 50,0 %" in "".join(page.words)  # for who cannot see the picture


def test_no_rows_are_said_rather_than_left_blank(html):
    empty = Table("rows", "Nhiệm vụ", TASKS, [], nothing="Không có phần việc nào quá hạn.")

    assert "Không có phần việc nào quá hạn." in html(empty)
    assert "<table" not in html(empty)


def test_what_people_wrote_is_text_and_never_markup(html):
    said = 'Việc <script>alert("x")</script> & "khác" \u0338'
    page = html(Section(said, said, (Words(said), tasks((1, said, None, 1, said, "")))))

    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 4  # heading, paragraph, two cells
    assert Page(page).tables[0][0][1] == said
