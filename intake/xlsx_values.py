"""What does a person see in a cell that holds a number?

Excel keeps dates as numbers, and the number format decides what is shown. It matters here:
who types 9/2025 gets 1 September 2025 shown as "09/2025", and the first of the month is
nobody's deadline. So a value is written out as its format shows it, dates in Vietnamese order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

GENERAL = "General"
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "dd/mm/yyyy h:mm", 27: "m/yyyy", 28: "d/m", 29: "d/m", 30: "d/m/yy", 31: "d/m/yyyy", 32: "h:mm",
    33: "h:mm:ss", 36: "m/yyyy", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss", 50: "m/yyyy", 51: "d/m", 52: "m/yyyy", 53: "d/m", 54: "d/m", 57: "m/yyyy",
    58: "d/m",
}  # fmt: skip

_EPOCH = datetime(1899, 12, 30)
_DAY = 86_400
_SHIFT_OF_1904 = 1462
_LAST_DAY = 2_958_465  # 31 December 9999
_FALSE_LEAP_DAY = 60  # Excel believes in 29 February 1900
_MOST_EXACT = 1e15
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | (?P<blank>_.|\*.)
    | \[(?P<elapsed>h+|m+|s+)\] | \[\$(?P<currency>[^\]-]*)[^\]]*\] | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General) | (?P<half>AM/PM|A/P)(?![a-z])
    | (?P<date>y+|m+|d+|h+|s+) | (?P<number>[0\#?.,]*[0\#?][0\#?.,]*)
    | (?P<end>;) | (?P<other>.)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_FIELD = {letter: chr(0xE000 + ord(letter)) for letter in "ymMdwhHns"}
_NAME = {private: letter for letter, private in _FIELD.items()}
_ANY_FIELD = "".join(_FIELD.values())
_RUN = re.compile(rf"[{_ANY_FIELD}](?:[^A-Za-zÀ-ỹ{_ANY_FIELD}]*[{_ANY_FIELD}])*[一-鿿]*")


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a number format; `kind` is word, date, elapsed, number, general, percent or text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as a person sees it; `hides_year` is a day and month whose year only Excel knows."""

    text: str
    full_date: str = ""

    @property
    def hides_year(self) -> bool:
        """Whether the cell holds a date and shows no year."""
        return bool(self.full_date)


@lru_cache(maxsize=4096)
def shown(value: float, code: str = GENERAL, is_1904: bool = False) -> Shown:
    """Return `value` as the number format `code` shows it; what no format fits is written plainly."""
    section, is_own = _section_for(value, _sections(code))
    kinds = {token.kind for token in section}
    if "date" in kinds or "elapsed" in kinds:
        serial = value + (_SHIFT_OF_1904 if is_1904 and value >= 1 else 0)
        return _date_shown(serial, section) or Shown(plain(value))
    return Shown(_number_shown(abs(value) if is_own else value, section))


def plain(value: float) -> str:
    """Return the number without a format: "5" for 5.0, "2.1" for 2.1."""
    if value.is_integer() and abs(value) < _MOST_EXACT:
        return str(int(value))
    return f"{value:.15g}"


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[tuple[_Token, ...], ...]:
    """Return the tokens of a format's sections: for positive and negative numbers, zero and text."""
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code):
        if match.lastgroup == "end":
            sections.append([])
        elif token := _token(match):
            sections[-1].append(token)
    return tuple(tuple(_with_minutes(section)) for section in sections)


def _token(match: re.Match[str]) -> _Token | None:
    """Return the token, or None for what shows nothing: colours, conditions, AM and PM."""
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind in ("quoted", "escaped", "currency"):
        return _Token("word", text)
    if kind == "blank":
        return _Token("word", " ") if text[0] == "_" else None
    if kind == "other":
        return _Token("percent" if text == "%" else "text" if text == "@" else "word", text)
    if kind in ("date", "elapsed"):
        return _Token(kind, text[0].lower() * min(len(text), 4))
    return _Token(kind, text) if kind in ("general", "number") else None


def _with_minutes(section: list[_Token]) -> list[_Token]:
    """Return the section with "m" after hours or before seconds told apart from months."""
    spots = [at for at, token in enumerate(section) if token.kind in ("date", "elapsed")]
    found = list(section)
    for before, at, after in zip([None, *spots], spots, [*spots[1:], None], strict=False):
        if section[at].text[0] != "m":
            continue
        follows_hours = before is not None and section[before].text[0] == "h"
        if follows_hours or (after is not None and section[after].text[0] == "s"):
            found[at] = _Token(section[at].kind, "n")
    return found


def _section_for(value: float, sections: tuple[tuple[_Token, ...], ...]) -> tuple[tuple[_Token, ...], bool]:
    """Return the section that shows `value`, and whether it brings its own minus sign."""
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def _number_shown(value: float, section: tuple[_Token, ...]) -> str:
    numbers = [token for token in section if token.kind in ("number", "general")]
    if not numbers:
        words = "".join(token.text for token in section if token.kind == "word").strip()
        return words if words and value == 0 else plain(value) if section or value else ""
    is_odd = len(numbers) > 1 or numbers[0].text.endswith(",")
    if is_odd or any(token.kind == "word" and token.text in "Ee/" for token in section):
        return plain(value)
    percent = sum(token.kind == "percent" for token in section)
    digits = _digits(value * 100**percent, numbers[0])
    parts = [digits if token in numbers else token.text for token in section if token.kind != "text"]
    return "".join(parts).strip()


def _digits(value: float, pattern: _Token) -> str:
    """Return the number with the digits the pattern asks for; thousands are not parted."""
    if pattern.kind == "general" or abs(value) >= _MOST_EXACT:
        return plain(value)
    whole, _, fraction = pattern.text.replace(",", "").partition(".")
    digits, _, decimals = f"{abs(value):.{min(len(fraction), 15)}f}".partition(".")
    needed = fraction.count("0")
    while len(decimals) > needed and decimals.endswith("0"):
        decimals = decimals[:-1]
    digits = digits.lstrip("0").rjust(whole.count("0"), "0")
    sign = "-" if value < 0 and (digits + decimals).strip("0") else ""
    return sign + digits + ("." + decimals if decimals else "")


def _date_shown(serial: float, section: tuple[_Token, ...]) -> Shown | None:
    """Return the date and time that the section shows, or None where the number is no date."""
    fields = {token.text[0] for token in section if token.kind in ("date", "elapsed")}
    shows_day = bool(fields & set("dmy"))
    if not (1 if shows_day else 0) <= serial < _LAST_DAY + 1:
        return None
    moment = _Moment(serial, shows_day)
    # Each field becomes one private letter, so that a run of fields parted by marks is one match.
    line = "".join(_FIELD[_letter(t)] if t.kind in ("date", "elapsed") else t.text for t in section)
    text = _RUN.sub(lambda run: moment.shown({_NAME[c] for c in run[0] if c in _NAME}), line).strip(" ,;")
    hides_year = {"d", "m"} <= fields and "y" not in fields
    return Shown(text, f"{moment.at:%d/%m/%Y}" if hides_year else "")


def _letter(token: _Token) -> str:
    """Return one letter for a date token: w for a weekday, M for a month in words, H for all hours."""
    letter = token.text[0]
    if letter == "d" and len(token.text) > 2:
        return "w"
    if token.kind == "elapsed":
        return "H" if letter == "h" else letter
    return "M" if letter == "m" and len(token.text) > 2 else letter


@dataclass(frozen=True, slots=True)
class _Moment:
    """A day and time as Excel counts them; `has_day` when the format shows part of a date."""

    serial: float
    has_day: bool

    @property
    def at(self) -> datetime:
        """The moment, to the second; rounding never reaches the next day."""
        day = int(self.serial)
        seconds = min(round((self.serial - day) * _DAY), _DAY - 1)
        return _EPOCH + timedelta(days=day + (day < _FALSE_LEAP_DAY), seconds=seconds)

    def shown(self, fields: set[str]) -> str:
        """Return the fields in the order used here: dd/mm/yyyy, then hh:mm where a time is set."""
        if fields == {"M"}:
            return f"tháng {self.at.month}"
        day = [f"{self.at.day:02d}"] if "d" in fields else []
        month = [f"{self.at.month:02d}"] if fields & {"m", "M"} else []
        year = [f"{self.at.year:04d}"] if "y" in fields else []
        return " ".join(part for part in ("/".join(day + month + year), self._time(fields)) if part)

    def _time(self, fields: set[str]) -> str:
        is_midnight = self.at.hour == self.at.minute == 0
        if not fields & set("hHns") or (self.has_day and is_midnight):
            return ""
        if not fields & set("hH"):
            return f"{self.at.minute:02d}:{self.at.second:02d}"
        hour = round(self.serial * _DAY) // 3600 if "H" in fields else self.at.hour
        return f"{hour:02d}:{self.at.minute:02d}"
