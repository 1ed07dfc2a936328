"""What does a chart look like as a picture?

An SVG that stands alone: real text, a name and a sentence for those who do not see it, nothing
fetched from elsewhere. Colour never speaks alone: a pattern or a figure stands with it, so that a
copy in black and white says the same. Its data table is printed beside it by every format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape

from reports.chart_marks import (
    GAP,
    HAIR,
    INK,
    LEAD,
    SIZE,
    Look,
    label,
    label_lines,
    label_marks,
    rect,
    row_height,
    text,
)
from reports.chart_tones import HEAT_INK, STEPS, Tone, patterns, tone_of, tones_of
from reports.measure import width_of, wrapped
from reports.paper import Chart, ChartKind, Row, Value
from reports.printed import printed
from reports.vietnamese import NOTHING

FONTS = '"Liberation Serif", "Times New Roman", serif'
WIDTH = 640


def chart_svg(chart: Chart, fonts: str = FONTS, width: int = WIDTH) -> str:
    """Return the chart as one SVG of explicit size; a heat map of many columns grows wider than `width`."""
    return _drawn(chart, _look(chart, fonts, width))


def chart_svgs(chart: Chart, most_rows: int, fonts: str = FONTS, width: int = WIDTH) -> list[str]:
    """Return the chart in pieces of at most `most_rows` rows on one scale, for paper that ends somewhere."""
    look, rows = _look(chart, fonts, width), chart.data.rows
    pieces = [rows[start : start + most_rows] for start in range(0, len(rows), most_rows)] or [[]]
    parts = (
        replace(chart, code=f"{chart.code}-{index}", data=replace(chart.data, lines=piece))
        for index, piece in enumerate(pieces, start=1)
    )
    return [_drawn(part, look) for part in parts]


def fitting(chart: Chart, width: int, height: float) -> list[str]:
    """Return the chart `width` pixels wide, in as many pieces as keep each within `height`."""
    svg = chart_svg(chart, width=width)
    high = size_of(svg)[1]
    if high <= height:
        return [svg]
    return chart_svgs(chart, max(1, int(len(chart.data.rows) * height / high)), width=width)


def size_of(svg: str) -> tuple[float, float]:
    """Return width and height of a drawing, in pixels."""
    found = re.search(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)
    assert found, "every chart says its size"
    return float(found[1]), float(found[2])


def _look(chart: Chart, fonts: str, width: int) -> Look:
    rows = chart.data.rows
    widest = max((width_of(label(row), SIZE) for row in rows), default=0)
    share = 0.3 if chart.kind is ChartKind.HEAT else 0.4
    bars = _bar_values(chart)
    figures = max((width_of(printed(value), SIZE) for value in bars), default=0)
    return Look(fonts, width, _most(bars), min(widest, width * share) + 1, figures)


def _bar_values(chart: Chart) -> list[Value]:
    """Return what the bars of a chart stand for: a value each, or the sum of their parts."""
    rows = chart.data.rows
    if chart.kind is ChartKind.STACKED:
        return [_sum(row) for row in rows]
    return [value for row in rows for value in row[1:]]


def _most(values: Sequence[Value]) -> Fraction:
    """Return what a full bar stands for: all where rates are shown, else the greatest value."""
    least = Fraction(any(isinstance(value, Fraction) for value in values))
    return max([least, *map(_size, values)]) or Fraction(1)


def _drawn(chart: Chart, look: Look) -> str:
    kinds: dict[ChartKind, Callable[[Chart, Look], Picture]] = {
        ChartKind.BARS: _bars,
        ChartKind.STACKED: _stacked,
        ChartKind.HEAT: _heat,
    }
    picture = kinds[chart.kind](chart, look)
    return _framed(chart, look, picture)


@dataclass(frozen=True, slots=True)
class Picture:
    """Drawn marks with the room they take, and the tones whose patterns they need."""

    marks: Sequence[str]
    width: float
    height: float
    tones: Sequence[Tone] = ()


def _framed(chart: Chart, look: Look, picture: Picture) -> str:
    name = _id(chart)
    width, height = round(picture.width), round(picture.height)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
            f'aria-labelledby="{name}-title {name}-desc" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="{escape(look.fonts)}" font-size="{SIZE}">',
            f'<title id="{name}-title">{escape(chart.title)}</title>',
            f'<desc id="{name}-desc">{escape(chart.says)}</desc>',
            patterns(picture.tones, name),
            *picture.marks,
            "</svg>",
        )
    )


def _bars(chart: Chart, look: Look) -> Picture:
    """One bar a row with its figure behind it."""
    column = chart.data.columns[-1].heading
    colour = tone_of(f"{column} {chart.title}").colour
    left = look.labels + GAP
    room = look.width - left - look.figures - GAP
    marks, y = [f'<g fill="{INK}">'], 2.0
    for row in chart.data.rows:
        lines = label_lines(row, look)
        height = row_height(lines)
        marks += label_marks(lines, y, height)
        length = float(_size(row[1]) / look.most) * room
        marks.append(rect(left, y + height / 2 - 8, length, 16, colour, ' class="bar"'))
        marks.append(text(left + length + 6, y + height / 2, printed(row[1])))
        y += height + GAP
    return Picture([*marks, "</g>"], look.width, y)


def _stacked(chart: Chart, look: Look) -> Picture:
    """One bar a row, its parts beside each other, a legend above, the sum behind."""
    headings = [column.heading for column in chart.data.columns[1:]]
    tones, name = tones_of(headings), _id(chart)
    left = look.labels + GAP
    room = look.width - left - look.figures - GAP
    legend, y = _legend(headings, tones, name, look)
    marks = [f'<g fill="{INK}">', *legend]
    for row in chart.data.rows:
        lines = label_lines(row, look)
        height = row_height(lines)
        marks += label_marks(lines, y, height)
        x, middle = left, y + height / 2
        for value, tone in zip(row[1:], tones, strict=True):
            length = float(_size(value) / look.most) * room
            marks += _part(x, middle, length, printed(value), tone, name)
            x += length
        marks.append(text(x + 6, middle, printed(_sum(row))))
        y += height + GAP
    return Picture([*marks, "</g>"], look.width, y, tones)


def _part(x: float, middle: float, length: float, figure: str, tone: Tone, name: str) -> Iterator[str]:
    """Yield a piece of a bar, with its figure on a light ground where it has room."""
    if length <= 0:
        return
    yield rect(x, middle - 9, length, 18, tone.fill(name), f' stroke="{tone.colour}"')
    wide = width_of(figure, SIZE) + 4
    if wide + 12 <= length:
        yield rect(x + (length - wide) / 2, middle - 8, wide, 16, "#ffffff", ' class="ground"')
        yield text(x + length / 2, middle, figure, "middle")


def _legend(headings: Sequence[str], tones: Sequence[Tone], name: str, look: Look) -> tuple[list[str], float]:
    """Return the marks that name each part, and where the picture goes on below them."""
    marks, x, y = [], 0.0, 2.0
    for heading, tone in zip(headings, tones, strict=True):
        lines = wrapped(heading, look.width - 30, lambda text: width_of(text, SIZE))
        wide = 22 + max(width_of(line, SIZE) for line in lines) + 18
        if x and x + wide > look.width:
            x, y = 0.0, y + LEAD + 4
        marks.append(rect(x, y + 1, 16, 14, tone.fill(name), f' stroke="{tone.colour}" stroke-width="1"'))
        for line in lines:
            marks.append(text(x + 22, y + 8, line))
            y += LEAD if line is not lines[-1] else 0
        x += wide
    return marks, y + LEAD + GAP


def _heat(chart: Chart, look: Look) -> Picture:
    """A cell a row and column, darker for more, each with its figure."""
    columns, rows = chart.data.columns[1:], chart.data.rows
    colour = tone_of(f"{chart.title} {' '.join(column.heading for column in columns)}").colour
    left, cell = look.labels + GAP, _cell_width(chart, look)
    headings = [wrapped(one.heading, cell - 6, lambda text: width_of(text, SIZE)) for one in columns]
    top = max((len(lines) for lines in headings), default=0) * LEAD + 4.0
    marks = [f'<g fill="{INK}">']
    for index, lines in enumerate(headings):
        for place, line in enumerate(lines):
            y = top - 4 - (len(lines) - place) * LEAD + LEAD / 2
            marks.append(text(left + (index + 0.5) * cell, y, line, "middle"))
    y = top
    for row in rows:
        lines = label_lines(row, look)
        height = max(row_height(lines) + 4, 24)
        marks += label_marks(lines, y, height)
        for index, value in enumerate(row[1:]):
            marks += _heat_cell(left + index * cell, y, cell, height, value, colour, look)
        y += height
    return Picture([*marks, "</g>"], max(look.width, left + cell * len(columns) + 1), y + 4)


def _cell_width(chart: Chart, look: Look) -> float:
    """Return how wide a cell is: no figure and no word of a heading is cut, whatever the width asked for."""
    columns = chart.data.columns[1:]
    words = [word for column in columns for word in column.heading.split(" ")]
    figures = [printed(value) for row in chart.data.rows for value in row[1:]]
    needed = max((width_of(text, SIZE) for text in (*words, *figures)), default=0) + 8
    return max(needed, (look.width - look.labels - GAP - 1) / max(len(columns), 1))


def _heat_cell(
    x: float, y: float, width: float, height: float, value: Value, colour: str, look: Look
) -> Iterator[str]:
    if value is None:
        yield rect(x, y, width, height, "none", f' stroke="{HAIR}"')
        yield text(x + width / 2, y + height / 2, NOTHING, "middle")
        return
    step = round(float(min(_size(value) / look.most, Fraction(1))) * (len(STEPS) - 1))
    yield rect(x, y, width, height, "#ffffff", f' stroke="{HAIR}"')
    yield rect(x, y, width, height, colour, f' fill-opacity="{STEPS[step]}"')
    yield text(x + width / 2, y + height / 2, printed(value), "middle", f' fill="{HEAT_INK[step]}"')


def _size(value: Value) -> Fraction:
    return Fraction(value) if isinstance(value, int | Fraction) else Fraction()


def _sum(row: Row) -> int | Fraction:
    """Return what the parts of a bar are together: a rate where one of them is."""
    whole = sum(map(_size, row[1:]), Fraction())
    return whole if any(isinstance(value, Fraction) for value in row) else int(whole)


def _id(chart: Chart) -> str:
    return "chart-" + (re.sub(r"[^a-z0-9-]+", "-", chart.code.lower()).strip("-") or "x")
