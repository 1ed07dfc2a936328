"""How is a phrase tidied before anybody reads a date in it?

Spelling is evened out silently; what a scanner broke is repaired and reported, so that
a repaired reading can be flagged. Numbers of documents are masked: they look like dates.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_READ = 600  # a deadline cell is short; more is prose, and prose is cut before any pattern sees it
CITATION = "§"

_INVISIBLE = re.compile(
    r"\[(?:bookmark|footnoteref)[^\]]*\]|[\u00ad\u200b-\u200f\u2060\ufeff\ue000-\uf8ff§]", re.I
)
_ALIKE = str.maketrans({**dict.fromkeys("–—−‐‑‒―", "-"), **dict.fromkeys("⁄∕／\\", "/"), "<": " ", ">": " "})

_UNITS = ["", "một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín"]
NUMBERS: dict[str, int] = {
    **{word: n for n, word in enumerate(_UNITS) if word},
    **{f"mười {word}": 10 + n for n, word in enumerate(_UNITS) if word},
    **{f"hai mươi {word}": 20 + n for n, word in enumerate(_UNITS) if word},
    **{"bốn": 4, "bẩy": 7, "mười": 10, "mười bốn": 14, "mười lăm": 15, "hai mươi": 20, "hai mươi mốt": 21},
    **{"hai mươi bốn": 24, "hai mươi lăm": 25, "ba mươi": 30, "ba mươi mốt": 31},
}
NUMBER_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))

# One spelling for each word the grammar knows: (pattern, replacement), in this order.
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), put)
    for pattern, put in (
        (r" ?/ ?", "/"),
        (r"\bquí\b", "quý"),
        (r"\btuỳ\b", "tùy"),
        (r"\bkì\b", "kỳ"),
        (r"\b(?:mùng|mồng) (?=\d)", "ngày "),
        (r"\bngày ngày\b", "ngày"),
        (r"\b(?:hàng|mỗi|từng|hằng) (ngày|tuần|tháng|quý|năm)\b", r"hằng \1"),
        (r"\btruoc\b", "trước"),
        (r"\btrước khi (?:kết thúc|hết) (?=năm|quý|tháng|ngày|\d)", "hết "),
        (r"\bngay (?=\d)", "ngày "),
        (r"\bthang (?=\d)", "tháng "),
        (r"\bnam (?=\d{4})", "năm "),
        (r"\bquy (?=[ivl\d])", "quý "),
        (r"\b(tháng|quý) 0?(?=\d\b)", r"\1 "),
        # "quý III, IV/2025" and "tháng 9 - 10/2025": the second number belongs to the same word
        (r"\b(?<!\d )(quý|tháng) (\d{1,2}|iv|i{1,3})( ?(?:,|;|&|\+|-|và|đến|hoặc) ?)(?=(?:\d{1,2}|iv|i{1,3})"
         r"(?:/\d{4}| ?năm| ?hằng| ?,| ?;| ?-| ?và| ?đến| ?\)|$))", r"\1 \2\3\1 "),
        (r"\b(?<!\d )(quý|tháng) (\d{1,2}|iv|i{1,3})( ?(?:,|;|&|\+|-|và|đến|hoặc) ?)(?=(?:\d{1,2}|iv|i{1,3})"
         r"(?:/\d{4}| ?năm| ?hằng| ?,| ?;| ?-| ?và| ?đến| ?\)|$))", r"\1 \2\3\1 "),
        # "09 - 10/2026": two months; "15 - 20/9/2025": two days
        (r"(?<![\d/.-])(?<!tháng )(?<!đợt )(?<!lần )(0?[1-9]|1[0-2])( ?(?:-|,|và|đến|hoặc) ?)"
         r"(?=(?:0?[1-9]|1[0-2])/\d{4}(?!\d))", r"tháng \1\2"),
        (r"(?<![\d/.-])(?<!tháng )(?<!đợt )(?<!lần )(?:ngày )?(?<![\d/.-])(\d{1,2}) ?(?:-|đến) ?"
         r"(?=(?:ngày )?\d{1,2}/\d{1,2}(?:/\d{4})?(?![\d/]))", r"ngày \1 đến "),
    )
)  # fmt: skip

_NUMBER_AFTER_WORD = re.compile(
    rf"(?<!hằng )(?<!các )(?<!những )\b(ngày|tháng|quý) ({NUMBER_WORD})\b(?! lần| mươi)", re.I
)
_GARBLED_NUMBER = re.compile(r"(?<![^\W\d_])(?=[OolLI|\d]*\d)[OolLI|\d]*[OolLI|][OolLI|\d]*(?![^\W\d_])")
_GARBLED_QUARTER = re.compile(r"\b(quý|q\.?) ?((?=[I1]*[l|!]|1+v|i+1|1+i)[lI1|!i]{1,3}v?)(?!\w)", re.I)
_DOUBLED_SLASH = re.compile(r"(?<=\d)/{2,}(?=\d)")
_TORN_YEAR = re.compile(r"(?<=/|\s)((?:1 ?9|2 ?0)(?: ?\d){2})(?! ?\d)")
_TORN_DAY = re.compile(r"(?:^|(?<=ngày ))([0-3]) (\d)(?=/\d)|(?<=/)([01]) (\d)(?=/\d)", re.I)

_DATED = r"(?i:,? ?(?:ký |ban hành )?ngày \d{1,2}(?:/\d{1,2}/\d{4}| tháng \d{1,2} năm \d{4}))?"
_CITATIONS = (
    re.compile(r"(?:\bsố:? )?\b\d+[a-z]?/\d{4}/[^\W\d_]{2,}[\w&-]*(?:/[^\W\d_][\w&-]*)*" + _DATED, re.I),
    re.compile(r"(?:\b[Ss]ố:? )?\b\d+ ?- ?[A-ZĐ]{2,}[\w&-]*/[A-ZĐ]\w*" + _DATED),
    re.compile(r"(?:\b[Ss]ố:? )?\b\d+/(?!NĂM|THÁNG|QUÝ)[A-ZĐ]{2,}[\wĐ&-]*" + _DATED),
    re.compile(r"\bsố:? \d+[^\s,;)]*" + _DATED, re.I),
)

_DONE = re.compile(
    r"[(\[]?\s*(?<!khi )(?<!nếu )(?<!chưa )\b(?:cơ bản )?đã (?:được )?"
    r"(?:hoàn thành|thực hiện xong|làm xong|triển khai xong|xong|kết thúc|ban hành)\b(?! \d+ ?%)"
    r"[^()\[\]]*[)\]]?|\((?:xong|hoàn thành)\)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Tidy:
    """A phrase ready for the grammar, and what had to be done to it."""

    text: str
    repairs: tuple[str, ...] = ()  # Vietnamese: what a scanner or typist had broken
    is_done: bool = False  # the words say the work is finished already
    is_cut: bool = False


def tidied(phrase: str) -> Tidy:
    """Return `phrase` in one spelling, without document numbers and completion notes."""
    raw = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", phrase[: 4 * MAX_READ])).split())
    text, repairs = _repaired(_spelt(raw[:MAX_READ].translate(_ALIKE)))
    for citation in _CITATIONS:
        text = citation.sub(CITATION, text)
    without_note = _DONE.sub(" ", text)
    is_cut = len(raw) > MAX_READ or len(phrase) > 4 * MAX_READ
    return Tidy(_stripped(_spelt(without_note)), repairs, without_note != text, is_cut)


def _spelt(text: str) -> str:
    text = _NUMBER_AFTER_WORD.sub(_number_in_digits, " ".join(text.split()))
    for pattern, put in _SPELLINGS:
        text = pattern.sub(put, text)
    return text


def _number_in_digits(match: re.Match[str]) -> str:
    """Return "tháng 9" for "tháng chín"; "tháng năm 2025" stays, it may be a blank left in a draft."""
    word, number = match.group(1), match.group(2).lower()
    is_counted = match.string[: match.start()].rstrip()[-1:].isdigit()  # "6 tháng năm 2025"
    is_may = word.lower() == "tháng" and re.match(r" năm|/|$", match.string[match.end() :], re.I)
    if number == "năm" and (is_counted or not is_may):
        return match.group()
    return f"{word} {NUMBERS[number]}"


def _repaired(text: str) -> tuple[str, tuple[str, ...]]:
    repairs = []
    for what, pattern, put in (
        ("chữ viết lẫn trong số", _GARBLED_QUARTER, _roman),
        ("chữ viết lẫn trong số", _GARBLED_NUMBER, _digits),
        ("hai dấu gạch chéo liền nhau", _DOUBLED_SLASH, lambda m: "/"),
        ("dấu cách giữa các chữ số", _TORN_YEAR, lambda m: m.group().replace(" ", "")),
        ("dấu cách giữa các chữ số", _TORN_DAY, lambda m: m.group().replace(" ", "")),
    ):
        fixed = pattern.sub(put, text)
        if fixed != text and what not in repairs:
            repairs.append(what)
        text = fixed
    return text, tuple(repairs)


def _roman(match: re.Match[str]) -> str:
    return f"{match.group(1)} {re.sub(r'[lL1|!i]', 'I', match.group(2))}"


def _digits(match: re.Match[str]) -> str:
    return re.sub("[oO]", "0", re.sub(r"[lLI|]", "1", match.group()))


def _stripped(text: str) -> str:
    """Return `text` without list marks and final punctuation; leading dots are a blank left open."""
    if not re.search(r"\w", text):
        return text
    return re.sub(r"[\s.,;:/…*-]+$", "", re.sub(r"^[\s,;:•*+-]+", "", text))
