"""How are words typed in a chat tidied before anybody reads an answer in them?

Spelling is evened out to letters without marks, one for one, so that a place found in the plain
letters is the same place in the words as they were written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from engine.deadline import read_deadline
from engine.model import Confirmation

MOST_READ = 2000  # what a chat carries at most; the rest is not read
MOST_KEPT = 500  # of the words that go on record with an answer

_INVISIBLE = re.compile("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_QUOTED = re.compile(r"^\s*>")
_HEADER = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|tin (?:nhan|goc)|thu goc|forwarded).*"
    r"|(?:vao|on|luc)\b.*\b(?:da viet|wrote|viet):?|_{5,})\s*$"
)
_DAY = r"(?P<day>\d{1,2})\s*(?:[/.-]\s*|\s*thang\s*)(?P<month>\d{1,2})"
_YEAR = r"(?:\s*(?:[/.-]\s*|,?\s*nam\s*)(?P<year>\d{4}|\d{2}))?"
DATE = re.compile(
    rf"(?<![\w/.-])(?P<lead>(?:(?:truoc|het|den|toi|sang|ngay|la|han)\s+)*){_DAY}{_YEAR}(?![\w/]|[.-]\w)"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What was said: as `written`, and in `plain` letters of the same length."""

    written: str
    plain: str

    def cut(self, start: int, end: int | None = None) -> Words:
        """Return a part, without blanks and signs at its ends."""
        return _words(self.written[start:end])

    def without(self, start: int, end: int) -> Words:
        """Return the words around a part that was understood."""
        return _words(f"{self.written[:start].rstrip()} {self.written[end:].lstrip()}")


def words_of(text: str) -> Words:
    """Return the lines a person wrote themselves as one line; what they quoted is left out."""
    composed = unicodedata.normalize("NFC", text[:MOST_READ])
    own: list[str] = []
    for line in composed.splitlines():
        if _HEADER.match(_plain(_visible(line))):
            break
        if not _QUOTED.match(line):
            own.append(_visible(line))
    return _words(" ".join(own))


def day_in(words: Words, today: date, *, is_past: bool) -> tuple[re.Match[str] | None, date | None, str]:
    """Return the one date in some words: where it stands, the day, or why there is none.

    A date without a year is the next such day after today, or the last one when it tells of
    what is done, and then only of late: 5/12 said on 20/11 names no day that has been.
    """
    found = list(DATE.finditer(words.plain))
    if len(found) > 1:
        return None, None, "tin có nhiều ngày, chưa rõ là ngày nào; ghi một ngày"
    if not found:
        return None, None, ""
    match = found[0]
    day, month = int(match["day"]), int(match["month"])
    shown = f"{day:02}/{month:02}"
    days = [d for year in _years(match["year"], today) if (d := _date(year, month, day))]
    if not days:
        return match, None, f"không có ngày {shown}; ghi lại ngày"
    meant = _last(days, today, match["year"] is not None) if is_past else _next(days, today)
    if meant is None:
        why = "chưa tới, hoặc đã quá lâu" if is_past else "đã qua"
        return match, None, f"ngày {shown} {why}; ghi rõ cả năm nếu đúng như vậy"
    return match, _before(meant, today) if not is_past and "truoc" in match["lead"] else meant, ""


_LATELY = 60  # days a result may lie back when its date is given without a year


def _next(days: list[date], today: date) -> date | None:
    return min((day for day in days if day > today), default=None)


def _last(days: list[date], today: date, has_year: bool) -> date | None:
    been = [day for day in days if day <= today and (has_year or (today - day).days <= _LATELY)]
    return max(been, default=None)


def _years(written: str | None, today: date) -> tuple[int, ...]:
    if written is None:
        return (today.year - 1, today.year, today.year + 1)
    return (int(written) if len(written) == 4 else 2000 + int(written),)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _before(day: date, today: date) -> date:
    """Return the last day of "trước ngày …", as plans are read."""
    reading = read_deadline(f"trước ngày {day:%d/%m/%Y}", today)
    is_sure = reading.due_on is not None and reading.confirmation is Confirmation.NONE
    return reading.due_on if is_sure and reading.due_on else day


def _visible(line: str) -> str:
    """Return a line without signs nobody sees; a mark no letter took stays away too."""
    shown = "".join(" " if unicodedata.category(c) in {"Cc", "Zs", "Zl", "Zp"} else c for c in line)
    return "".join(c for c in _INVISIBLE.sub("", shown) if unicodedata.category(c) not in {"Mn", "Cs", "Cn"})


def _words(text: str) -> Words:
    written = " ".join(text.split()).strip(_SIGNS)
    return Words(written, _plain(written))


_SIGNS = " ,;:.!-–—\"'“”"


def _plain(text: str) -> str:
    return "".join(map(_letter, text))


def _letter(character: str) -> str:
    """Return the small letter without marks that stands for a character: always one."""
    base = unicodedata.normalize("NFKD", character)[0].lower()
    return {"đ": "d", "–": "-", "—": "-", "−": "-"}.get(base[0], base[0])
