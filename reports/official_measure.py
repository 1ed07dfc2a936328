"""How wide is a word in Times New Roman?

Good enough to rule off a heading at a share of its length and to keep dates, figures and heading words
on one line: letters carry the advance widths of the face, marks above and below take no room.
"""

from __future__ import annotations

import unicodedata
from functools import cache

TWIPS_PER_POINT = 20
TWIPS_PER_MILLIMETRE = 1440 / 25.4

# Advance widths in thousandths of the size → the letters that have them.
_REGULAR = {
    250: ",. \u00a0",
    278: "ijlt/:;\\",
    333: "frI!()-[]`'|",
    389: "sJ",
    444: "acez?“”",
    556: "FPS",
    564: "+<=>~",
    611: "ELTZ",
    667: "BCR",
    722: "wADGHKNOQUVXYĐ",
    778: "m&",
    833: "%",
    889: "M",
    944: "W@",
    1000: "…—",
}
_BOLD = {
    250: ",. \u00a0",
    278: "il'/\\|",
    333: "fjt!()-:;[]`",
    389: "sI",
    444: "cerz",
    556: 'bdhknpquSđươ"',
    611: "FP",
    667: "BELTZ",
    722: "wACDNRUVXYĐ",
    778: "GHKOQ",
    833: "m&",
    944: "M@",
    1000: "W%…—",
}
_OTHER = 500  # the other small letters and the digits
_FULL = 1000  # letters of scripts that stand in squares


def length_of(text: str, size: float, is_bold: bool = False) -> float:
    """Return the length of a line of text in twips, `size` in points."""
    thousandths = sum(_advance(letter, is_bold) for letter in text)
    return thousandths * size * TWIPS_PER_POINT / 1000


def twips(millimetres: float) -> int:
    """Return a length in the twentieths of a point that Word counts in."""
    return round(millimetres * TWIPS_PER_MILLIMETRE)


@cache
def _advance(letter: str, is_bold: bool) -> int:
    plain = unicodedata.normalize("NFD", letter)[0]
    widths = _BOLD if is_bold else _REGULAR
    return next((width for width, letters in widths.items() if plain in letters), _unlisted(plain))


def _unlisted(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return _FULL if unicodedata.east_asian_width(letter) in "FW" else _OTHER
