"""A picture that also speaks: real text, words for those who do not see it, black and white."""

import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typst
from hypothesis import given, settings

from reports import measure
from reports.chart_tones import BLUE, GREEN, GREY, ORANGE, RED, tone_of, tones_of
from reports.charts import chart_svg, chart_svgs
from reports.measure import width_of, wrapped
from reports.paper import Chart, ChartKind, Column, Kind, Table
from tests.reports.strategies import papers

SVG = "{http://www.w3.org/2000/svg}"
LONGEST = "Ban Quản lý dự án đầu tư xây dựng các công trình dân dụng và công nghiệp tỉnh Quảng Ngãi"
HEADINGS = {
    ChartKind.BARS: ["Quá hạn"],
    ChartKind.STACKED: ["Đúng hạn", "Hoàn thành muộn", "Chưa hoàn thành, quá hạn"],
    ChartKind.HEAT: ["09/2025", "10/2025"],
}


def chart(kind, *rows, figures=Kind.NUMBER, headings=None):
    columns = (Column("Đơn vị"), *(Column(one, figures) for one in headings or HEADINGS[kind]))
    return Chart("Tên lạ", "Quá hạn & <đơn vị>", kind, Table("a", "b", columns, rows), "Nói “thành lời”")


def drawn(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return ["".join(one.itertext()) for one in drawn(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", ChartKind)
def test_a_picture_names_itself_and_says_in_words_what_it_shows(kind):
    picture = drawn(chart_svg(chart(kind, ("Sở Y tế", *[3] * len(HEADINGS[kind])))))
    title, said = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")

    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby").split() == [title.get("id"), said.get("id")]
    assert (title.text, said.text) == ("Quá hạn & <đơn vị>", "Nói “thành lời”")
    assert picture.get("viewBox") == f"0 0 {picture.get('width')} {picture.get('height')}"


@settings(max_examples=60, deadline=None)
@given(papers())
def test_any_chart_is_a_picture_that_fetches_nothing_and_runs_nothing(paper):
    blocks = [block for section in paper.sections for block in section.blocks]
    svg = "".join(["<g>", *[chart_svg(block) for block in blocks if isinstance(block, Chart)], "</g>"])

    drawn(svg)
    assert not re.search(
        r"<script|<style|<image|href|url\((?!#)", re.sub("<(text|title|desc).*?</\\1>", "", svg)
    )


def test_a_figure_stands_with_every_bar_and_a_dash_where_there_is_none():
    rows = [("a", 1240), ("b", None), ("c", 0)]

    assert texts(chart_svg(chart(ChartKind.BARS, *rows))) == ["a", "1.240", "b", "–", "c", "0"]
    assert texts(chart_svg(chart(ChartKind.HEAT, ("a", Fraction(1, 2), None)))) == [
        "09/2025", "10/2025", "a", "50,0\u00a0%", "–",
    ]  # fmt: skip


def test_bars_are_as_long_as_their_figures_and_rates_are_of_all():
    def lengths(*values, figures=Kind.NUMBER):
        svg = chart_svg(chart(ChartKind.BARS, *[("a", value) for value in values], figures=figures))
        return [float(one.get("width")) for one in drawn(svg).iter(f"{SVG}rect")]

    half, whole = lengths(50, 100)
    assert half == pytest.approx(whole / 2, abs=0.1)
    quarter, all_of_it = lengths(Fraction(1, 4), Fraction(1, 1), figures=Kind.RATE)
    assert quarter == pytest.approx(all_of_it / 4, abs=0.1)
    (alone,) = lengths(Fraction(1, 4), figures=Kind.RATE)
    assert alone < all_of_it / 3  # a rate is never drawn as if it were all


def test_parts_differ_without_colour_too():
    svg = chart_svg(chart(ChartKind.STACKED, ("Sở Y tế", 5, 5, 5)))
    fills = [one.get("fill") for one in drawn(svg).iter(f"{SVG}rect") if "url" in (one.get("fill") or "")]

    assert len(set(fills)) == 2  # beside the plain one
    assert all(f'id="{fill[5:-1]}"' in svg for fill in fills)


@pytest.mark.parametrize(
    ("words", "tone"),
    [
        ("Đúng hạn (trên số đến hạn)", GREEN),
        ("Hoàn thành quá hạn", ORANGE),
        ("Hoàn thành muộn", ORANGE),
        ("Chưa hoàn thành, quá hạn", RED),
        ("Chưa hoàn thành, trong hạn", BLUE),
        ("Chưa có hạn xác định", GREY),
        ("Chờ quyết định", GREY),
    ],
)
def test_a_state_has_the_colour_people_know_it_by(words, tone):
    assert tone_of(words) == tone


def test_parts_have_different_tones_while_there_are_enough():
    assert tones_of(["Quá hạn", "Quá hạn lâu", "a", "b", "Đúng hạn"]) == [RED, BLUE, ORANGE, GREY, GREEN]
    assert len(tones_of([str(n) for n in range(8)])) == 8


@pytest.mark.parametrize("kind", ChartKind)
@pytest.mark.parametrize("label", [LONGEST, "x" * 300, "Sở"])
def test_a_label_is_never_cut_and_lies_within_the_picture(kind, label):
    one = chart(kind, (label, *[10**9] * len(HEADINGS[kind])), ("Sở", *[1] * len(HEADINGS[kind])))
    picture = drawn(chart_svg(one))
    spans = list(picture.iter(f"{SVG}tspan"))
    marks = [text for text in picture.iter(f"{SVG}text") if text.get("x")]

    assert "".join(span.text for span in spans[:-1]).replace(" ", "") == label.replace(" ", "")
    places = [float(span.get("y")) for span in spans]
    assert all(later - earlier >= 16 for earlier, later in pairwise(places))
    for text in marks:
        wide = width_of(text.text, 13) / (2 if text.get("text-anchor") == "middle" else 1)
        assert float(text.get("x")) + wide <= float(picture.get("width")) + 1
        assert float(text.get("y")) <= float(picture.get("height"))


def test_a_heat_map_grows_rather_than_cut_a_figure():
    months = [f"{month:02}/2025" for month in range(1, 13)]
    svg = chart_svg(chart(ChartKind.HEAT, (LONGEST, *[Fraction(1)] * 12), headings=months), width=300)

    assert int(drawn(svg).get("width")) > 12 * width_of("100,0 %", 13)


def test_pieces_of_a_long_chart_share_one_scale_and_no_address():
    one = chart(ChartKind.BARS, ("a", 100), ("b", 50), ("c", 50))
    first, second = chart_svgs(one, 2)

    lengths = [[rect.get("width") for rect in drawn(svg).iter(f"{SVG}rect")] for svg in (first, second)]
    assert lengths[0][1] == lengths[1][0]
    ids = re.findall('id="([^"]*)"', first + second)
    assert len(ids) == len(set(ids))
    assert chart_svgs(chart(ChartKind.BARS), 2)


LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵfjwz"
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴFJWZ"
    "0123456789.,%/–()“”:;-&+=□"
)
MEASURED = """
#set text(font: "Liberation Serif", size: 1000pt)
#context [#metadata(LETTERS.map(one => measure(text(one)).width.pt())) <widths>]
"""


def test_the_room_for_words_is_never_less_than_the_face_that_comes_along_takes(tmp_path):
    source = tmp_path / "widths.typ"
    letters = ", ".join(json.dumps(one, ensure_ascii=False) for one in LETTERS)
    source.write_text(MEASURED.replace("LETTERS", f"({letters})"))
    fonts = Path(measure.__file__).parent / "fonts"
    taken = json.loads(typst.query(source, "<widths>", field="value", one=True, font_paths=[fonts]))
    given = [width_of(letter, 1000) for letter in LETTERS]

    pairs = zip(LETTERS, taken, given, strict=True)
    assert [one for one, true, ours in pairs if not true <= ours <= 2.5 * true] == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("một hai", ["một hai"]),
        ("một hai ba", ["một hai", "ba"]),
        ("dàilắmlắm x", ["dàilắml", "ắm x"]),
        ("a dàilắmlắm", ["a", "dàilắml", "ắm"]),
    ],
)
def test_lines_break_between_words_and_inside_one_only_by_need(text, lines):
    assert wrapped(text, 7, len) == lines
