"""What had a scanner, a typist or a spreadsheet broken in a phrase, and what must have stood there?

Every repair is reported, so that a repaired reading is flagged. Only what has one sound
reading is repaired: letters inside numbers, torn years, marks set on the wrong letter.
"""

from __future__ import annotations

import re
import unicodedata

_MONTHS = {
    name: n
    for n, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ENGLISH = (
    r"(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t(?:ember)?|ober|ember)?\.?"
)
_ENGLISH_DATES = (
    re.compile(rf"\b(?P<d>\d{{1,2}})[ -]?{_ENGLISH}[ ,-]+(?P<y>\d{{4}}|\d\d)(?![\d:])", re.I),
    re.compile(
        rf"\b{_ENGLISH} (?P<d>\d{{1,2}})(?:,| \d\d:\d\d:\d\d| [A-Z]{{3,4}}\b)* (?P<y>\d{{4}})(?!\d)", re.I
    ),
    re.compile(rf"\b{_ENGLISH}[ -]+(?P<y>\d{{4}}|(?<=-)\d\d)(?![\d:])", re.I),
    re.compile(rf"\b(?P<d>\d{{1,2}})-{_ENGLISH}(?!\w)", re.I),
)

# Words by their bare letters, and what must follow for a misspelling to be sure.
_BEFORE_NUMBER = r"(?=\s*(?:\d|[ivl]{1,4}\b))"
_BEFORE_PERIOD = r"(?=\s+(?:ngày|tuần|tháng|quý|năm)\b)"
_WORDS: dict[str, tuple[str, frozenset[str], str]] = {
    "truoc": ("trước", frozenset({"trước"}), ""),
    "ngay": ("ngày", frozenset({"ngày"}), _BEFORE_NUMBER),
    "nagy": ("ngày", frozenset(), _BEFORE_NUMBER),
    "thang": ("tháng", frozenset({"tháng"}), _BEFORE_NUMBER),
    "thnag": ("tháng", frozenset(), _BEFORE_NUMBER),
    "tahng": ("tháng", frozenset(), _BEFORE_NUMBER),
    "nam": ("năm", frozenset({"năm"}), r"(?=\s*\d{4})"),
    "quy": ("quý", frozenset({"quý", "quỹ"}), _BEFORE_NUMBER),
    "qui": ("quý", frozenset({"quý", "quí"}), _BEFORE_NUMBER),
    "hang": ("hằng", frozenset({"hằng", "hàng"}), _BEFORE_PERIOD),
}
# Telex typing drops marks altogether: that is spelling, not a fault ("Truoc ngay 20/11").
_PLAIN = frozenset({"truoc", "ngay", "thang", "nam", "quy", "qui"})
_TOKEN = re.compile(r"[^\W\d_]{2,9}")

_GARBLED_NUMBER = re.compile(r"(?<![^\W\d_])(?=[OolLI|\d]*\d)[OolLI|\d]*[OolLI|][OolLI|\d]*(?![^\W\d_])")
# "QL" alone is a highway; "Ql/2025" is a quarter
_GARBLED_QUARTER = re.compile(
    r"\b(quý|q\.?(?= ?[lI1|!iv]{1,4}[ /.-]+\d{4})) ?((?=[I1]*[l|!]|1+v|i+1|1+i)[lI1|!i]{1,3}v?)(?!\w)", re.I
)
_DOUBLED_SLASH = re.compile(r"(?<=\d)/{2,}(?=\d)")
_TORN_YEAR = re.compile(r"(?<=/|\s)((?:1 ?9|2 ?0)(?: ?\d){2})(?! ?\d)")
_TORN_MONTH = re.compile(r"(?<=tháng )1 ([0-2])(?=/\d| năm)", re.I)
_TORN_DAY = re.compile(r"(?:^|(?<=ngày ))([0-3]) (\d)(?=/\d)|(?<=/)([01]) (\d)(?=/\d)", re.I)


def repaired(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` with its typing faults mended, and in Vietnamese what was mended."""
    repairs = []
    for what, mend in (
        ("lỗi gõ dấu", _words),
        ("chữ viết lẫn trong số", lambda t: _GARBLED_QUARTER.sub(_roman, t)),
        ("chữ viết lẫn trong số", lambda t: _GARBLED_NUMBER.sub(_digits, t)),
        ("hai dấu gạch chéo liền nhau", lambda t: _DOUBLED_SLASH.sub("/", t)),
        ("dấu cách giữa các chữ số", lambda t: _TORN_YEAR.sub(_joined, t)),
        ("dấu cách giữa các chữ số", lambda t: _TORN_DAY.sub(_joined, t)),
        ("dấu cách giữa các chữ số", lambda t: _TORN_MONTH.sub(_joined, t)),
    ):
        fixed = mend(text)
        if fixed != text and what not in repairs:
            repairs.append(what)
        text = fixed
    return text, tuple(repairs)


def in_vietnamese(text: str) -> str:
    """Return `text` with the English dates of spreadsheets written in figures."""
    for pattern in _ENGLISH_DATES:
        text = pattern.sub(_figures, text)
    return text


def _figures(match: re.Match[str]) -> str:
    found = match.groupdict()
    month = _MONTHS[found["m"].lower()]
    if not found.get("d"):
        return f"tháng {month}/{found['y']}"
    return f"{found['d']}/{month}" + (f"/{found['y']}" if found.get("y") else "")


def _words(text: str) -> str:
    return _TOKEN.sub(_word, text)


def _word(match: re.Match[str]) -> str:
    word, rest = match.group(), match.string[match.end() :]
    bare = _bare(word)
    right, accepted, needs = _WORDS.get(bare, ("", frozenset(), ""))
    if not right or word.lower() in accepted or not re.match(needs, rest, re.I):
        return word
    if word.lower() == bare and bare in _PLAIN:
        return word
    return right


def _bare(word: str) -> str:
    """Return a word by its letters alone, a letter typed twice once: "thángg" is "thang"."""
    plain = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"(.)\1+", r"\1", letters)


def _roman(match: re.Match[str]) -> str:
    return f"{match.group(1)} {re.sub(r'[lL1|!i]', 'I', match.group(2))}"


def _digits(match: re.Match[str]) -> str:
    return re.sub("[oO]", "0", re.sub(r"[lLI|]", "1", match.group()))


def _joined(match: re.Match[str]) -> str:
    return match.group().replace(" ", "")
