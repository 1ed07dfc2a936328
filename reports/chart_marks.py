"""Of which marks is a picture drawn: texts, bars, and the labels at the left?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from reports.measure import width_of, wrapped
from reports.paper import Row
from reports.printed import printed

INK, HAIR = "#17202e", "#d5dae2"
SIZE = 13
LEAD = 17  # from one line of a label to the next
GAP = 10


@dataclass(frozen=True, slots=True)
class Look:
    """The measures a picture is drawn by: letters, width, and the value a full bar stands for."""

    fonts: str
    width: int
    most: Fraction
    labels: float  # how wide the labels at the left may be
    figures: float  # how wide the widest figure behind a bar is


def label(row: Row) -> str:
    return printed(row[0])


def label_lines(row: Row, look: Look) -> list[str]:
    return wrapped(label(row), look.labels, lambda text: width_of(text, SIZE))


def row_height(lines: Sequence[str]) -> float:
    return max(len(lines) * LEAD, 20)


def label_marks(lines: Sequence[str], y: float, height: float) -> Iterator[str]:
    """Yield a label's lines as one text, in the middle of its row."""
    first = y + height / 2 - (len(lines) - 1) * LEAD / 2
    spans = (
        f'<tspan x="0" y="{_n(first + index * LEAD)}" dy="0.33em">{escape(line)}</tspan>'
        for index, line in enumerate(lines)
    )
    yield f"<text>{' '.join(spans)}</text>"


def text(x: float, y: float, words: str, anchor: str = "start", more: str = "") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" dy="0.33em" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}"{more}/>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
