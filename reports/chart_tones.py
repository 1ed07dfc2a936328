"""Which colour, and which pattern for a copy in black and white, stands for what?

The five colours that Vietnamese task tools teach: green done in time, blue under way, orange
done late, red overdue, grey undecided; each readable on white.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour with the drawing of its pattern in a square of 8; "" is the plain colour."""

    name: str
    colour: str
    drawing: str = ""

    def fill(self, owner: str) -> str:
        """Return what a mark of the picture `owner` is filled with."""
        return f"url(#{owner}-{self.name})" if self.drawing else self.colour


GREEN = Tone("green", "#1b7f3b")
BLUE = Tone("blue", "#1f5fbf", '<path d="M0 2H8M0 6H8" stroke-width="2"/>')
ORANGE = Tone("orange", "#b54708", '<path d="M-2 6L6 -2M0 8L8 0M2 10L10 2" stroke-width="2"/>')
RED = Tone("red", "#b42318", '<path d="M0 0L8 8M8 0L0 8" stroke-width="2.2"/>')
GREY = Tone("grey", "#475467", '<path d="M2 2h1M6 6h1" stroke-width="1.4"/>')
TONES = (GREEN, BLUE, ORANGE, RED, GREY)

STEPS = (0.0, 0.15, 0.3, 0.45, 1.0)  # how much of the colour a cell of a heat map takes
DARK, LIGHT = "#17202e", "#ffffff"
HEAT_INK = (DARK, DARK, DARK, DARK, LIGHT)  # which figures can be read on those steps


def tone_of(words: str) -> Tone:
    """Return the tone of what `words` speak of, blue where they name no state of a task."""
    return _known(words) or BLUE


def tones_of(headings: Sequence[str]) -> list[Tone]:
    """Return a tone for each part of a stacked bar, all different while there are enough."""
    chosen = [_known(heading) for heading in headings]
    free = iter([tone for tone in TONES if tone not in chosen] * len(headings) or TONES * len(headings))
    seen: set[str] = set()
    result = []
    for tone in chosen:
        taken = tone if tone and tone.name not in seen else next(free)
        seen.add(taken.name)
        result.append(taken)
    return result


def patterns(tones: Iterable[Tone], owner: str) -> str:
    """Return the definitions the fills of a picture refer to, "" when all its tones are plain."""
    drawn = {tone.name: tone for tone in tones if tone.drawing}
    inside = "".join(
        f'<pattern id="{owner}-{tone.name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="#ffffff"/>'
        f'<g stroke="{tone.colour}" fill="none">{tone.drawing}</g></pattern>'
        for tone in drawn.values()
    )
    return f"<defs>{inside}</defs>" if inside else ""


def _known(words: str) -> Tone | None:
    said = words.casefold()
    if "đúng hạn" in said:
        return GREEN
    if "muộn" in said or ("hoàn thành" in said and "quá hạn" in said and "chưa" not in said):
        return ORANGE
    if "quá hạn" in said or "trễ" in said:
        return RED
    if "trong hạn" in said or "sắp đến hạn" in said:
        return BLUE
    if "chưa có hạn" in said or "chờ" in said:
        return GREY
    return None
