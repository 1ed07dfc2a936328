"""What is drawn on a page of a PDF file: letters, ruled lines and pictures?

Coordinates are points from the upper left corner of the page as people see it, whatever
rotation or crop box the file uses. Nothing is interpreted: a letter knows where it stands,
how large it is and whether it can be seen.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import apply_matrix_pt, apply_matrix_rect, mult_matrix

from intake.pdf_operators import Device, Interpreter
from intake.source import Refused

THIN = 3.5  # a filled shape no thicker than this is a ruled line
MAX_SLANT = 5  # degrees that still count as upright
MAX_LETTERS = 60_000
MIN_COVER = 0.25  # a picture this large, drawn after the text, hides it
UNREADABLE = "\ufffd"
_SPLIT = "chia nhỏ tệp rồi nhập lại"
_BULLETS = dict.fromkeys((0xF0B7, 0xF0A7, 0xF076, 0xF0D8, 0xF0FC, 0xF06E, 0xF0A8), "•") | {0xF02D: "-"}


class Letter(NamedTuple):
    """One glyph: it begins at `x` on a baseline at `y` and is `run` long.

    `turn` is its writing direction in degrees, 0 for upright text, 90 for text that climbs.
    """

    text: str
    x: float
    y: float
    run: float
    size: float
    turn: int = 0
    is_hidden: bool = False

    @property
    def end(self) -> float:
        """Where an upright glyph ends."""
        return self.x + self.run

    @property
    def centre(self) -> tuple[float, float]:
        """The point that decides in which cell the glyph stands."""
        if not self.turn:
            return (self.x + self.run / 2, self.y - 0.3 * self.size)
        cosine, sine = _direction(self.turn)
        half, up = self.run / 2, 0.3 * self.size
        return (self.x + cosine * half - sine * up, self.y - sine * half - cosine * up)

    def upright(self) -> Letter:
        """Return the glyph as it stands when the paper is turned to read it."""
        if not self.turn:
            return self
        cosine, sine = _direction(self.turn)
        x, y = self.x * cosine - self.y * sine, self.x * sine + self.y * cosine
        return self._replace(x=x, y=y, turn=0)


class Rule(NamedTuple):
    """A ruled line: at `at` from `start` to `end`, along the other axis."""

    at: float
    start: float
    end: float


class Box(NamedTuple):
    """A rectangle on the page."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def area(self) -> float:
        """Square points, 0 when nothing is left."""
        return max(0.0, self.x1 - self.x0) * max(0.0, self.bottom - self.top)

    def within(self, other: Box) -> Box:
        """Return the part that lies in `other`."""
        return Box(
            max(self.x0, other.x0),
            max(self.top, other.top),
            min(self.x1, other.x1),
            min(self.bottom, other.bottom),
        )

    def holds(self, point: tuple[float, float], slack: float = 0.0) -> bool:
        """Return whether a point lies inside, or outside by no more than `slack`."""
        return (
            self.x0 - slack <= point[0] <= self.x1 + slack
            and self.top - slack <= point[1] <= self.bottom + slack
        )


@dataclass(slots=True)
class DrawnPage:
    """Everything on one page; `strokes` counts the shapes that are no ruled lines."""

    width: float
    height: float
    letters: list[Letter] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    strokes: int = 0

    @property
    def box(self) -> Box:
        """The page itself."""
        return Box(0, 0, self.width, self.height)


def drawn(page: PDFPage, resources: PDFResourceManager) -> DrawnPage:
    """Return what the page shows, upright; letters outside the crop box are not shown."""
    device = _Recorder(resources)
    Interpreter(resources, device).process_page(page)
    return _turned_upright(device.finished())


class _Recorder(Device):
    """Writes down what the interpreter draws."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self._is_hidden = False

    def begin_page(self, page: PDFPage, ctm: Any) -> None:
        whole, crop = (apply_matrix_rect(ctm, box) for box in (page.mediabox, page.cropbox))
        left, right = max(whole[0], crop[0]), min(whole[2], crop[2])
        low, high = max(whole[1], crop[1]), min(whole[3], crop[3])
        if right - left < 1 or high - low < 1:
            left, low, right, high = whole
        self._left, self._high = left, high
        self._page = DrawnPage(right - left, high - low)

    def finished(self) -> DrawnPage:
        """Return the page with the letters that lie on it."""
        page = self._page
        page.letters = [letter for letter in page.letters if page.box.holds(letter.centre)]
        return page

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self._is_hidden = textstate.render in (3, 7)
        if textstate.fontsize:
            super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        try:
            text = str(font.to_unichr(cid))
        except PDFUnicodeNotDefined:
            text = UNREADABLE
        advance = float(font.char_width(cid) * fontsize * scaling)
        self._add(text, mult_matrix((1, 0, 0, 1, 0, rise), matrix), advance, fontsize)
        return advance

    def _add(self, text: str, matrix: Any, advance: float, fontsize: float) -> None:
        text = text.translate(_BULLETS).replace("\x00", "")
        letters = self._page.letters
        if not text or not all(map(math.isfinite, matrix)):
            return
        if letters and all(map(unicodedata.combining, text)):
            letters[-1] = letters[-1]._replace(text=letters[-1].text + text)
            return
        if len(letters) >= MAX_LETTERS:
            raise Refused("too-large", f"một trang PDF có hơn {MAX_LETTERS} ký tự", _SPLIT)
        letters.append(self._letter(text, matrix, advance, fontsize))

    def _letter(self, text: str, matrix: Any, advance: float, fontsize: float) -> Letter:
        a, b, c, d, x, y = matrix
        turn = round(math.degrees(math.atan2(b, a)))
        size, run = abs(fontsize) * math.hypot(c, d), abs(advance) * math.hypot(a, b)
        turn = 0 if abs(turn) <= MAX_SLANT else turn
        return Letter(text, x - self._left, self._high - y, run, size, turn, self._is_hidden)

    def paint_path(self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
        for points in _subpaths(path):
            corners = [self._point(point) for point in points]
            if stroke:
                self._strokes(corners)
            elif fill:
                self._filled(_box_of(corners))

    def render_image(self, name: str, stream: Any) -> None:
        (x0, y0, x1, y1) = apply_matrix_rect(self.ctm or (1, 0, 0, 1, 0, 0), (0, 0, 1, 1))
        box = Box(x0 - self._left, self._high - y1, x1 - self._left, self._high - y0).within(self._page.box)
        if box.area < 1:
            return
        if not self._filled(box):
            self._page.pictures.append(box)
            self._hide_under(box, stream)

    def _hide_under(self, box: Box, stream: Any) -> None:
        """Mark the letters drawn so far as hidden when an opaque picture comes to lie on them."""
        if box.area < MIN_COVER * self._page.box.area or stream.get_any(("SMask", "Mask", "ImageMask", "IM")):
            return
        self._page.letters = [
            letter._replace(is_hidden=True) if box.holds(letter.centre) else letter
            for letter in self._page.letters
        ]

    def _point(self, point: Sequence[float]) -> tuple[float, float]:
        x, y = apply_matrix_pt(self.ctm or (1, 0, 0, 1, 0, 0), (point[0], point[1]))
        return (x - self._left, self._high - y)

    def _strokes(self, corners: Sequence[tuple[float, float]]) -> None:
        for (x0, y0), (x1, y1) in pairwise(corners):
            if abs(y1 - y0) <= 0.75 and abs(x1 - x0) > 0.75:
                self._page.across.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
            elif abs(x1 - x0) <= 0.75 and abs(y1 - y0) > 0.75:
                self._page.down.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
            else:
                self._page.strokes += 1

    def _filled(self, box: Box) -> bool:
        """Record a thin shape as a ruled line, a dot as both; return whether it was one."""
        wide, high = box.x1 - box.x0, box.bottom - box.top
        if high <= THIN:
            self._page.across.append(Rule((box.top + box.bottom) / 2, box.x0, box.x1))
        if wide <= THIN:
            self._page.down.append(Rule((box.x0 + box.x1) / 2, box.top, box.bottom))
        self._page.strokes += min(wide, high) > THIN
        return min(wide, high) <= THIN


def _subpaths(path: Sequence[Any]) -> list[list[Sequence[float]]]:
    """Return the points each subpath passes through, closed ones ending where they began."""
    subpaths: list[list[Sequence[float]]] = []
    for operator, *points in path:
        if operator == "m":
            subpaths.append([points])
        elif subpaths and operator == "h":
            subpaths[-1].append(subpaths[-1][0])
        elif subpaths and len(points) >= 2:
            subpaths[-1].append(points[-2:])
    return [points for points in subpaths if len(points) > 1]


def _box_of(corners: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _direction(turn: int) -> tuple[float, float]:
    """Return cosine and sine, exact for the quarter turns."""
    quarters = {0: (1.0, 0.0), 90: (0.0, 1.0), -90: (0.0, -1.0), 180: (-1.0, 0.0), -180: (-1.0, 0.0)}
    return quarters.get(turn) or (math.cos(math.radians(turn)), math.sin(math.radians(turn)))


def _turned_upright(page: DrawnPage) -> DrawnPage:
    """Return the page turned when most of its letters run up it, down it or stand on their head."""
    turns = Counter(abs(letter.turn) if abs(letter.turn) == 180 else letter.turn for letter in page.letters)
    turn, count = turns.most_common(1)[0] if turns else (0, 0)
    return _turned(page, turn) if turn in (90, -90, 180) and count * 2 > len(page.letters) else page


def _turned(page: DrawnPage, turn: int) -> DrawnPage:
    """Return the page with paper turned so that letters written at `turn` stand upright."""
    width, height = page.width, page.height

    def moved(x: float, y: float) -> tuple[float, float]:
        return {90: (height - y, x), -90: (y, width - x), 180: (width - x, height - y)}[turn]

    turned = DrawnPage(*((width, height) if turn == 180 else (height, width)), strokes=page.strokes)
    for letter in page.letters:
        x, y = moved(letter.x, letter.y)
        left = (letter.turn - turn + 180) % 360 - 180
        turned.letters.append(letter._replace(x=x, y=y, turn=left))
    turned.pictures = [_box_of([moved(b.x0, b.top), moved(b.x1, b.bottom)]) for b in page.pictures]
    ends = [((r.start, r.at), (r.end, r.at)) for r in page.across]
    ends += [((r.at, r.start), (r.at, r.end)) for r in page.down]
    for begin, end in ends:
        box = _box_of([moved(*begin), moved(*end)])
        if box.x1 - box.x0 >= box.bottom - box.top:
            turned.across.append(Rule(box.top, box.x0, box.x1))
        else:
            turned.down.append(Rule(box.x0, box.top, box.bottom))
    return turned
