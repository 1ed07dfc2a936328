"""How is a phrase tidied before anybody reads a date in it?

Spelling is evened out silently; what was broken is repaired and reported
(`engine.deadline_repairs`). Numbers of documents are masked: they look like dates.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from engine.deadline_holidays import named_days
from engine.deadline_repairs import in_vietnamese, repaired

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

_TIME = "(?:giờ|ngày|tuần|tháng|quý|năm)"

# One spelling for each word the grammar knows: (pattern, replacement), in this order.
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), put)
    for pattern, put in (
        (r" ?/ ?", "/"),
        (r"\b24/24(?: ?giờ| ?h)?(?:/7)?(?![/\d])|\b24/7\b(?=.*(?:liên tục|vận hành|hoạt động|trực))",
         "liên tục"),
        (r"^theo (?=(?:tuần|tháng|quý|năm)$)", "hằng "),
        (r"(?<=\d)T(?=\d\d:\d\d)", " "),
        # weekdays by number: "T6, 5/12/2025", "5/12/2025 (T6)", "T2 hằng tuần"
        (r"(?<=\d) ?\((?:t|thứ)\.? ?([2-7])\)", r" (thứ \1)"),
        (r"\bt([2-7])(?=,? \(?(?:ngày )?\d{1,2}[/.-]\d)", r"thứ \1"),
        (r"\bt([2-7])\b(?=[^/]* (?:hằng|hàng|mỗi) tuần)", r"thứ \1"),
        (r"\b(trong|vòng|sau|không quá) (\d{1,3}) ?h\b(?! ?\d| ngày)", r"\1 \2 giờ"),
        (r"\b(?:ngày )?(\d{1,2}) ?- ?(?:ngày )?(?=\d{1,2} (?:hằng|hàng|mỗi) tháng)", r"ngày \1 đến ngày "),
        (r"(?<!\d )\bngày (?:làm việc )?đầu(?: tiên)? (?:của )?(?=(?:tháng|quý) |năm \d)", "đầu "),
        (r"\bngày (?:làm việc )?cuối(?: cùng)? (?:của )?(?=(?:tháng|quý) (?:\d|[iv]+\b)|năm \d)", "cuối "),
        (r"\bcn\b(?= (?:hằng|hàng|mỗi) tuần)", "chủ nhật"),
        (r"(?<=\d) ?\(cn\)", " (chủ nhật)"),
        (r"\bquí\b", "quý"),
        (r"\btuỳ\b", "tùy"),
        (r"\bkì\b", "kỳ"),
        (r"\b(?:mùng|mồng) (?=\d)", "ngày "),
        (r"\bngày ngày\b", "ngày"),
        # "02 đợt/năm", "mỗi quý 1 cuộc": whatever is counted, it comes so many times
        (rf"(?<![\d/.,-])\b(\d{{1,2}}|{NUMBER_WORD}) (?!(?:lần|{_TIME})\b)[^\W\d]+"
         rf"(?: (?!{_TIME}\b)[^\W\d]+){{0,2}}/"
         r"(?=(?:tuần|tháng|quý|năm)\b(?! ?\d))", r"\1 lần/"),
        (rf"\b(?:hàng|mỗi|từng|hằng) (tuần|tháng|quý|năm),? (?:tổ chức |thực hiện )?((?:ít nhất |tối thiểu )?"
         rf"(?:\d{{1,2}}|{NUMBER_WORD})) (?:đợt|cuộc|kỳ|buổi|lớp|lượt)\b", r"hằng \1 \2 lần"),
        (r"\b(?:hàng|mỗi|từng|hằng) (ngày|tuần|tháng|quý|năm)\b", r"hằng \1"),
        (r"\btruoc\b", "trước"),
        (r"\btrước khi (?:kết thúc|hết) (?=năm|quý|tháng|ngày|\d)", "hết "),
        (r"\bngay (?=\d)", "ngày "),
        (r"\bthang (?=\d)", "tháng "),
        (r"\bnam (?=\d{4})", "năm "),
        (r"\bquy (?=[ivl\d])", "quý "),
        (r"\b(tháng|quý) 0?(?=\d\b)", r"\1 "),
        (r"\bcả năm\b(?! \d)", "trong năm"),
        (r"(?<!\d)0?([369]) ?T\b(?=/\d{4}| đầu| cuối| năm)", r"\1 tháng"),
        (r"(?<!\d)0?([369]) tháng(?: (?=năm \d{4})|/(?=\d{4}))", r"\1 tháng đầu "),
        (r"\bngày năm (?=tháng)", "ngày 5 "),
        (r"(?<!\d )\btháng (\d{1,2}),? ngày (\d{1,2})(?![\d/])(?!,? (?:và|hằng|tháng|,))",
         r"ngày \2 tháng \1"),
        (r"\b(?:10|mười) ngày đầu (?=(?:của )?tháng)", "thượng tuần "),
        (r"\b(?:10|mười) ngày cuối (?=(?:của )?tháng)", "cuối "),
        (r"(?<!\d)(\d{1,2}) ngày đầu (?:của )?(?=tháng \d)", r"ngày \1 "),
        (r"\b(tuần|tháng|quý|năm) 0?1 lần\b", r"\1 một lần"),
        # "hằng tháng, quý, năm" and "báo cáo quý" name periods; "báo cáo quý III" one of them
        (r"^(tuần|tháng|quý)(?=(?:,|/|;|,? và) ?(?:hằng )?(?:tháng|quý|0?6 tháng|năm)\b(?! \d))", r"hằng \1"),
        (r"\bhằng (tuần|tháng|quý)(?:,|/|;|,? và) ?(?=(?:tháng|quý|năm)\b(?! \d))", r"hằng \1, hằng "),
        (r"\bhằng (tuần|tháng|quý)(?:,|/|;|,? và) ?(?=(?:tháng|quý|năm)\b(?! \d))", r"hằng \1, hằng "),
        (r"\bbáo cáo (?=(?:tuần|tháng|quý)\b(?! ?(?:\d|[ivx]+\b|báo cáo|này|sau|trước(?! (?:ngày|\d)))))",
         "báo cáo hằng "),
        (r"\bbáo cáo (?=năm,? (?:\(?trước|chậm nhất)(?: là)?(?: ngày)? \d{1,2}/\d{1,2}(?![\d/]))",
         "báo cáo hằng "),
        # "quý III, IV/2025" and "tháng 9 - 10/2025": the second number belongs to the same word
        (r"\b(?<!\d )(quý|tháng) (\d{1,2}|iv|i{1,3})( ?(?:,|;|&|\+|-|và|đến|hoặc) ?)(?=(?:\d{1,2}|iv|i{1,3})"
         r"(?:/\d{4}| ?năm| ?hằng| ?,| ?;| ?-| ?và| ?đến| ?\)|$))", r"\1 \2\3\1 "),
        (r"\b(?<!\d )(quý|tháng) (\d{1,2}|iv|i{1,3})( ?(?:,|;|&|\+|-|và|đến|hoặc) ?)(?=(?:\d{1,2}|iv|i{1,3})"
         r"(?:/\d{4}| ?năm| ?hằng| ?,| ?;| ?-| ?và| ?đến| ?\)|$))", r"\1 \2\3\1 "),
        # "09 - 10/2026": two months; "15 - 20/9/2025": two days
        (r"(?<![\d/.-])(?<!tháng )(?<!đợt )(?<!lần )(0?[1-9]|1[0-2])( ?(?:-|,|;|&|\+|và|đến|hoặc) ?)"
         r"(?=(?:0?[1-9]|1[0-2])/\d{4}(?!\d))", r"tháng \1\2"),
        (r"(?<![\d/.-])(?<!tháng )(?<!đợt )(?<!lần )(?:ngày )?(?<![\d/.-])(\d{1,2}) ?(?:-|đến) ?"
         r"(?=(?:ngày )?\d{1,2}(?:/\d{1,2}(?:/\d{4})?(?![\d/])| tháng \d))", r"ngày \1 đến "),
    )
)  # fmt: skip

_NUMBER_AFTER_WORD = re.compile(
    rf"(?<!hằng )(?<!các )(?<!những )\b(ngày|tháng|quý|quý thứ) ({NUMBER_WORD})\b(?! lần| mươi)", re.I
)
# "ngày 20 tháng 3, 6, 9, 12": the day stands in each of the months
_DAYS_OF_MONTHS = re.compile(
    r"(?:\bngày )?(?<!\d)(?P<day>\d{1,2}) (?:của )?(?:các )?tháng (?P<months>\d{1,2}"
    r"(?:(?:, ?| và |, ?và )(?:tháng )?\d{1,2}(?![\d/]| tháng))+)",
    re.I,
)
# "10,11,12/2025": three months of one year
_LISTED_MONTHS = re.compile(
    r"(?<![\d/.,;-])(?<![,;] )(?<!quý )(?<!tháng )(?:(?:0?[1-9]|1[0-2]) ?[,;] ?){2,}"
    r"(?:0?[1-9]|1[0-2])(?=/\d{4})"
)

# "3 năm 2026-2028": the years say how many
_YEARS_OF_SPAN = re.compile(
    rf"\b(?<!sau )0?(?P<count>\d{{1,2}}|{NUMBER_WORD}) năm,? ?(?P<span>\(?(?:từ |giai đoạn )?(?:năm )?"
    r"(?P<first>20\d\d) ?(?:-|đến) ?(?:năm )?(?P<last>20\d\d))(?!\d)",
    re.I,
)
_BARE_MONTHS = re.compile(r"(?<![\d/])(?<!tháng )0?([369]) tháng(?= ?(?:[,;)]|và\b|$))", re.I)
_BARE_YEAR = re.compile(r" ?(?:[,;]|,? và) ?(?:cả )?năm(?=(?: 20\d\d)?\W*$)", re.I)
_OF_ONE_YEAR = re.compile(r"\bquý (?:[ivx]+|\d)\b|\btháng đầu năm|(?:[,;]|và) ?(?:cả )?năm 20\d\d\W*$", re.I)
_REPEATS = re.compile(r"\b(?:hằng|hàng|mỗi|từng|lần|trước ngày)\b", re.I)

_DATED = r"(?i:,? ?(?:ký |ban hành )?ngày \d{1,2}(?:/\d{1,2}/\d{4}| tháng \d{1,2} năm \d{4}))?"
_CITATIONS = (
    re.compile(r"(?:\bsố:? )?\b\d+[a-z]?/\d{4}/[^\W\d_]{2,}[\w&-]*(?:/[^\W\d_][\w&-]*)*" + _DATED, re.I),
    re.compile(r"(?:\b[Ss]ố:? )?\b\d+ ?- ?[A-ZĐ]{2,}[\w&-]*/[A-ZĐ]\w*" + _DATED),
    re.compile(r"(?:\b[Ss]ố:? )?\b\d+/(?!NĂM|THÁNG|QUÝ)[A-ZĐ]{2,}[\wĐ&-]*" + _DATED),
    re.compile(r"\bsố:? \d+[^\s,;)]*" + _DATED, re.I),
    re.compile(
        r"(?<=theo )(?:kế hoạch|quyết định|công văn|thông báo|nghị quyết|chỉ thị|văn bản"
        r"|chương trình|kết luận|nghị định|thông tư|tờ trình|công điện|hướng dẫn|đề án)"
        r"(?: [^\W\d]+| §){0,6},? ngày \d{1,2}(?:/\d{1,2}/\d{4}| tháng \d{1,2} năm \d{4})",
        re.I,
    ),
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
    notes: tuple[str, ...] = ()  # Vietnamese: what was repaired or inferred before reading
    is_done: bool = False  # the words say the work is finished already
    is_cut: bool = False


def tidied(phrase: str) -> Tidy:
    """Return `phrase` in one spelling, without document numbers and completion notes."""
    raw = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", phrase[: 4 * MAX_READ])).split())
    text, repairs = repaired(_spelt(in_vietnamese(raw[:MAX_READ].translate(_ALIKE))))
    text, holidays = named_days(text)
    for citation in _CITATIONS:
        text = citation.sub(CITATION, text)
    without_note = _DONE.sub(" ", text)
    notes = (*(f"đã sửa {what}" for what in repairs), *holidays)
    is_cut = len(raw) > MAX_READ or len(phrase) > 4 * MAX_READ
    return Tidy(_stripped(_spelt(without_note)), notes, without_note != text, is_cut)


def _spelt(text: str) -> str:
    text = _NUMBER_AFTER_WORD.sub(_number_in_digits, " ".join(text.split()))
    text = _with_whole_periods(_YEARS_OF_SPAN.sub(_span_alone, text))
    text = _LISTED_MONTHS.sub(_named_months, _DAYS_OF_MONTHS.sub(_each_month, text))
    for pattern, put in _SPELLINGS:
        text = pattern.sub(put, text)
    return text


def _span_alone(match: re.Match[str]) -> str:
    """Return "giai đoạn 2026-2028" for "3 năm 2026-2028"; a count that contradicts its years stays."""
    count = match["count"].lower()
    years = int(match["last"]) - int(match["first"]) + 1
    is_sound = years == (int(count) if count.isdigit() else NUMBERS[count])
    return f"giai đoạn {match['span']}" if is_sound else match.group()


def _with_whole_periods(text: str) -> str:
    """Return a list of periods with each one named in full: "Quý I, 6 tháng, năm" is of one year."""
    if not _BARE_MONTHS.search(text) or not _OF_ONE_YEAR.search(text) or _REPEATS.search(text):
        return text
    return _BARE_YEAR.sub(" và cả năm", _BARE_MONTHS.sub(r"\1 tháng đầu năm", text))


def _number_in_digits(match: re.Match[str]) -> str:
    """Return "tháng 9" for "tháng chín"; "tháng năm 2025" stays, it may be a blank left in a draft."""
    word, number = match.group(1), match.group(2).lower()
    is_counted = match.string[: match.start()].rstrip()[-1:].isdigit()  # "6 tháng năm 2025"
    is_may = word.lower() == "tháng" and re.match(r" năm|/|$", match.string[match.end() :], re.I)
    if number == "năm" and (is_counted or not is_may):
        return match.group()
    return f"{word} {NUMBERS[number]}"


def _each_month(match: re.Match[str]) -> str:
    months = re.findall(r"\d+", match["months"])
    return ", ".join(f"ngày {match['day']} tháng {month}" for month in months)


def _named_months(match: re.Match[str]) -> str:
    return ", ".join(f"tháng {month}" for month in re.findall(r"\d+", match.group()))


def _stripped(text: str) -> str:
    """Return `text` without list marks and final punctuation; leading dots are a blank left open."""
    if not re.search(r"\w", text):
        return text
    return re.sub(r"[\s.,;:/…*-]+$", "", re.sub(r"^[\s,;:•*+-]+", "", text))
