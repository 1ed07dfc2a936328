"""Which footnotes stand at the foot of a page?

They follow a short rule at the left margin, and each begins with its number. When any line
below that rule does not belong to a numbered note, all stay ordinary text.
"""

from __future__ import annotations

import re

from intake.pdf_page import DrawnPage
from intake.pdf_text import Line

Footnotes = dict[str, str]
_NUMBERED = re.compile(r"([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|\d{1,3}(?=\s))\s*(\S.*)")
_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SHORTEST, LONGEST = 0.1, 0.42  # of the width of the page


def footnotes_of(lines: list[Line], page: DrawnPage) -> tuple[list[Line], Footnotes]:
    """Return the lines that are no footnotes, and the footnotes by number."""
    top = _separator(page)
    below = [line for line in lines if top is not None and line.y > top]
    foot = [line for line in below if not line.text.isdigit()]
    notes: Footnotes = {}
    number = ""
    for line in foot:
        found = _NUMBERED.match(line.text)
        if found and (not notes or int(found[1].translate(_FIGURES)) == int(number) + 1):
            number = found[1].translate(_FIGURES)
            notes[number] = found[2]
        elif number:
            notes[number] += " " + line.text
        else:
            return lines, {}
    return [line for line in lines if line not in foot], {n: _bracketless(text) for n, text in notes.items()}


def _separator(page: DrawnPage) -> float | None:
    """Return the height of the lowest short rule at the left that no border touches."""
    borders = [rule for rule in page.down if rule.end - rule.start > 7]
    found = [
        rule.at
        for rule in page.across
        if SHORTEST * page.width <= rule.end - rule.start <= LONGEST * page.width
        and rule.start < 0.25 * page.width
        and rule.at > page.height / 3
        and not any(border.start - 4 < rule.at < border.end + 4 for border in borders)
    ]
    return max(found, default=None)


def _bracketless(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")
