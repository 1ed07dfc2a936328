"""How does a chart get into a Word document?

As the drawing itself (SVG, sharp at any size) with a picture of it (PNG) for programs that show no
drawings. Its sentence goes along for those who do not see it; its data table stands below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from reports.charts import fitting, size_of
from reports.official_filling import Room
from reports.official_markup import R, quoted, writable
from reports.paper import Chart

if TYPE_CHECKING:
    from typst import Fonts

FONTS = Path(__file__).parent / "fonts"
EMU_PER_TWIP = 635
_TWIPS_PER_PIXEL = 14  # letters of a chart come out at nine points
SHARP = 150  # dots an inch
_FIRST_ID = 9000  # beyond the pictures a form brings along
_HIGHEST = 0.75  # of a page: the words that belong to the picture stand on it too
_HIGHEST_ACROSS = 0.7  # of a page across, on which the title of an annex stands too
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SET = (
    "#set page(width: auto, height: auto, margin: 0pt)\n"
    '#image(bytes(sys.inputs.svg), format: "svg", width: {width}pt)'
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing: its parts, its size in twips and the words for it."""

    number: int
    svg: bytes
    png: bytes
    width: int
    height: int
    title: str
    says: str

    @property
    def parts(self) -> dict[str, bytes]:
        """The files it consists of, by their name beside the document."""
        return {f"media/bieu-do-{self.number}.{end}": data for end, data in self._files}

    @property
    def targets(self) -> dict[str, str]:
        """The same names by the ids the document refers to them with."""
        return {f"rIdBieuDo{self.number}{name[-3:]}": name for name in self.parts}

    @property
    def _files(self) -> tuple[tuple[str, bytes], ...]:
        return ("png", self.png), ("svg", self.svg)

    def markup(self, style: str) -> str:
        """Return the paragraph the picture stands in."""
        width, height = self.width * EMU_PER_TWIP, self.height * EMU_PER_TWIP
        named = f'id="{_FIRST_ID + self.number}" name="{quoted(self.title)}" descr="{quoted(self.says)}"'
        png, svg = self.targets
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:drawing>'
            f'<wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing"'
            ' distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr {named}/>'
            f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">'
            f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/>'
            f'</pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{R}" r:embed="{png}"><a:extLst>'
            '<a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">'
            '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"'
            f' r:embed="{svg}"/></a:ext></a:extLst></a:blip>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r></w:p>"
        )


def pictures_of(chart: Chart, room: Room, numbers: count[int]) -> Iterator[Picture]:
    """Yield the pictures of a chart as wide as the text, a new one where the page would end."""
    for svg in _pieces(chart, room):
        wide, high = size_of(svg)
        width = min(room.width, round(_highest(room) * wide / high))  # one row alone can be high still
        height = round(high * width / wide)
        png = _drawn(svg, width / 20)
        yield Picture(next(numbers), svg.encode(), png, width, height, chart.title, chart.says)


def _highest(room: Room) -> float:
    return room.height * (_HIGHEST_ACROSS if room.is_landscape else _HIGHEST)


def _pieces(chart: Chart, room: Room) -> list[str]:
    drawn = round(room.width / _TWIPS_PER_PIXEL)  # the letters are as large on every page
    return [writable(piece) for piece in fitting(chart, drawn, drawn * _highest(room) / room.width)]


def _drawn(svg: str, width: float) -> bytes:
    """Return the drawing as dots, `width` in points, in the letters that come along with us."""
    import typst  # imported here: most papers have no chart

    png = typst.compile(
        _SET.replace("{width}", f"{width:.2f}").encode(),
        format="png",
        ppi=SHARP,
        font_paths=_fonts(),
        sys_inputs={"svg": svg},
    )
    assert isinstance(png, bytes), "one picture, one page"
    return png


@cache
def _fonts() -> Fonts:
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
