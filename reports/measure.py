"""How much room do words take, and where do their lines break?

Widths are those of the widest of the common faces (Times, Arial) in thousandths of the size:
an estimate that is never too small, so that what is laid out by it neither clips nor overlaps.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]

WIDTHS = {
    letter: width
    for width, letters in {
        290: "ijl.,;:' |!",
        340: 'fIrt()[]{}-/\\"*`',
        510: "ckszvxJ?",
        580: "abdeghnopquyđF0123456789–+=<>~$_#“”",
        680: "TZELSBP^",
        740: "wACDHKNRUVXYĐ",
        790: "GOQ&",
        900: "mM%@—…→",
        960: "W",
    }.items()
    for letter in letters
}
UNKNOWN = 1000  # a letter of another script, or a picture
HORN = 60  # ơ and ư reach further than o and u
COMBINING_HORN = "\u031b"


def width_of(text: str, size: float) -> float:
    """Return about how wide `text` stands at a font size, at least as wide as it will be."""
    return sum(map(_thousandths, unicodedata.normalize("NFD", text.replace("\u00a0", " ")))) * size / 1000


def wrapped(text: str, room: float, measure: Measure) -> list[str]:
    """Return the lines of `text`, none wider than `room`: broken between words, inside one only by need.

    Never empty: no words are one empty line.
    """
    if measure(text) <= room:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        if lines and measure(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines += _pieces(word, room, measure)
    return lines


def _pieces(word: str, room: float, measure: Measure) -> Iterator[str]:
    """Yield `word` whole where it fits, else cut into pieces that do, a letter at least each."""
    if measure(word) <= room:
        yield word
        return
    piece = ""
    for letter in word:
        if piece and measure(piece + letter) > room and not unicodedata.combining(letter):
            yield piece
            piece = ""
        piece += letter
    yield piece


def _thousandths(letter: str) -> int:
    if letter == COMBINING_HORN:
        return HORN
    return 0 if unicodedata.combining(letter) else WIDTHS.get(letter, UNKNOWN)
