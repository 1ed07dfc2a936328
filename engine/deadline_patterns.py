"""What does a point in time look like in a plan?

The one table of forms (dates, months, quarters, halves, years) and the words that bear on
them: hours, weekdays, "trước", "sau", "từ". `engine.deadline_points` gives them days.
"""

from __future__ import annotations

import re
from enum import StrEnum

from engine.deadline_words import NUMBER_WORD

MARK = "[\ue000-\uf8ff]"  # stands in the text for a point already found


class Relation(StrEnum):
    """How the words in front of a point bear on it."""

    BY = "by"  # the point itself is the last day
    BEFORE = "before"
    AFTER = "after"
    FROM = "from"


_PART = r"(?:(?<!bắt )(?P<part>đầu|giữa|cuối|nửa đầu|nửa cuối|thượng tuần|trung tuần|hạ tuần) (?:của )?)?"
_YEAR = (
    r"(?:[ ,(]*[/.-]? ?(?:của )?năm ?(?P<y1>\d{2,5}(?!\d)|(?:nay|này|sau|tới|kế tiếp|tiếp theo|liền kề)\b)\)?"
    r"| ?[/-] ?(?P<y2>\d{3,5}(?![\d/])|(?<=/)\d{2}(?![\d/%]))"
    r"|[ .,(]+(?P<y3>\d{4}(?!\d))\)?)"
)
_ALONE = r"(?<![\d/.])(?<!tháng )(?<!quý )(?<!\bt)(?<!\bq)"  # a day, not the number of a month or quarter
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_HALF_TAIL = r"(?:(?: của)? năm\b(?! học))?(?:[ /]*(?P<y1>(?:19|20)\d\d(?!\d)|(?:nay|này|sau|tới)\b))?"

_OF_YEAR = (
    r"(?= (?:của )?năm\b|[ /]*(?:19|20)\d\d|\s*(?:$|[,;.():-]))"  # "3 tháng đầu triển khai" is no quarter
)

# What follows a share: "10/10 nhiệm vụ" is no day in October.
SHARE = re.compile(
    r" (?:số|tổng|xã|phường|thôn|nhiệm vụ|chỉ tiêu|đơn vị|hồ sơ|thủ tục|quãng|công trình|dự án|thành viên"
    r"|tiêu chí|điểm|người|hộ|cơ quan|sở|địa phương|nội dung|kế hoạch|khối lượng|trường|gói|hạng mục|cuộc"
    r"|đề án|văn bản|ngày|tháng|tuần|lần)\b",
    re.I,
)

# What a point looks like, tried in this order: the longer forms come first.
POINTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (unit, re.compile(pattern, re.I))
    for unit, pattern in (
        ("school", r"năm học (?:mới )?(?P<n>\d{4}) ?- ?(?:năm )?(?P<y1>\d{4})(?!\d)"),
        ("week", rf"(?:trong )?tuần (?:lễ )?(?:thứ )?(?:\d ?(?:,|và|-|đến) ?)*(?P<w>\d|{NUMBER_WORD}|đầu"
                 rf"|cuối)(?: tiên| cùng)?(?:,? của)?(?: tháng ?|/)(?P<n>\d{{1,2}})(?!\d){_YEAR}?"),
        ("date", r"(?<!\d)(?P<y1>\d{4})(?P<s>[/.-])(?P<n>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"),
        ("date", r"(?:ngày )?(?<![\d/])(?P<d>\d{1,2})(?P<s> ?[/.-] ?)(?P<n>\d{1,2})(?P=s)(?:năm )?"
                 r"(?P<y1>\d{2,5})(?![\d/])"),
        ("date", rf"(?:ngày )?{_ALONE}(?P<d>\d{{1,2}}) ?[/.-] ?(?P<n>\d{{1,2}})(?!\d){_YEAR}"),
        ("date", rf"(?:ngày )?{_ALONE}(?P<d>\d{{1,2}})/(?P<n>\d{{1,2}})(?![\d/%])"),
        ("date", r"(?:(?<=ngày )|^)(?P<d>\d{1,2})[.-](?P<n>\d{1,2})(?![\d/%.-])"
                 r"(?! ?(?:ngày|tuần|tháng|quý|năm|giờ)\b)"),
        ("date", rf"(?:ngày (?P<d>\d{{1,2}})[ ,/]*|(?<!tháng )(?<!quý )(?<![\d/])(?P<d2>\d{{1,2}})[ /])"
                 rf"tháng ?(?P<n>\d{{1,2}})(?!\d){_YEAR}?"),
        ("month", r"(?<![\d/.-])(?P<y1>20\d\d)[/-](?P<n>0[1-9]|1[0-2])(?![\d/.-])"),
        ("month", rf"(?<!\w){_PART}(?:tháng ?|t\.?)(?P<n>\d{{1,2}})(?!\d)(?! lần){_YEAR}?"),
        ("months", rf"(?<!\d)(?<!ngày )(?P<n>\d{{1,2}}|{NUMBER_WORD}) tháng (?P<part>đầu|cuối)"
                   rf"{_OF_YEAR}{_HALF_TAIL}"),
        ("half", rf"\bnửa năm (?P<part>đầu|cuối){_HALF_TAIL}"),
        ("half", rf"\bnửa (?P<part>đầu|cuối)(?= (?:của )?năm\b| (?:19|20)\d\d){_HALF_TAIL}"),
        ("quarter", rf"(?<!\w)(?<!hằng ){_PART}(?:quý|q)\.? ?(?:thứ )?"
                    rf"(?P<n>iv|vi{{0,3}}|i{{1,3}}|0?\d)(?!\w){_YEAR}?"),
        ("quarter", r"(?<!\w)(?<!mục )(?<!phần )(?P<n>iv|i{1,3}) ?[/.-] ?(?:năm )?(?P<y1>\d{4})"),
        ("month", rf"{_PART}(?<![\d/.])(?P<n>\d{{1,2}}) ?[/.-] ?(?P<y1>\d{{4}})(?![\d/])"),
        ("year", r"(?:(?P<part>đầu|giữa|cuối) )?(?<!các )(?<!những )(?<!hằng )\bnăm ?"
                 r"(?P<y1>\d{3,5}(?![\d/])|(?:nay|này|sau|tới)\b)"),
        ("year", r"\b(?P<part>đầu|giữa|cuối) năm\b(?! học)"),
        ("year", r"^(?P<y1>\d{4})$"),
        ("year", r"(?:(?<=trong )|(?<=hết ))năm(?=\s*$|[,;.()])"),
        ("year", r"(?:(?P<part>đầu|giữa|cuối) )?(?<![\d/.,])(?P<y1>(?:199|20\d)\d|2100)(?![\d/%]|[.,]\d)"),
        ("day", r"\bngày (?P<d>\d{1,2})(?![\d/%])"),
        ("day", r"(?<!\d)(?<!thứ )(?<!tuần )(?<!lần )(?P<d>\d{1,2})(?= hằng tháng)"),
    )
)  # fmt: skip

_CLOCK = (
    r"(?<!\d)(?P<hour>\d{1,2})(?: ?(?:h|giờ|g) ?(?P<minute>\d{2})?(?: ?(?:phút|ph|p)\b|')?|:(?P<colon>\d{2})"
    r"(?::\d{2}(?:\.\d+)?)?)(?: (?P<half>sáng|trưa|chiều|tối|[ap]m))?"
)
_WEEKDAY = r"(?P<weekday>thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)"
# Words that belong to a point already found: hours and weekdays around a date.
AROUND: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_WEEKDAY},? ?\(?(?:ngày )?(?P<mark>{MARK})\)?",
        rf"(?P<mark>{MARK}),? ?\({_WEEKDAY}\)",
        rf"(?:lúc |vào |hồi )?{_CLOCK}[ ,]*(?:của |vào |trong )?(?:ngày )?(?P<mark>{MARK})",
        rf"(?P<mark>{MARK})(?:T|[ ,]*)(?:lúc |vào |trước |hồi )?\(?(?:lúc |trước )?{_CLOCK}\)?",
        rf"\b(?:buổi )?(?:sáng|trưa|chiều|tối) (?:ngày )?(?P<mark>{MARK})",
    )
)
WEEKDAYS = {
    "hai": 0,
    "ba": 1,
    "tư": 2,
    "năm": 3,
    "sáu": 4,
    "bảy": 5,
    "nhật": 6,
    **{str(n + 2): n for n in range(6)},
}

RELATIONS: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    (
        Relation.BEFORE,
        re.compile(r"(?<!không )\btrước(?: thời điểm| thời hạn| mốc| dịp| lễ)*(?: ngày)?[\s:(]*$", re.I),
    ),
    (
        Relation.AFTER,
        re.compile(r"(?:(?<!không )(?<!muộn )\bsau)(?: ngày| thời điểm)?\s*$", re.I),
    ),
    (
        Relation.FROM,
        re.compile(
            r"(?:\btừ|\bkhông trước|\bkhông sớm hơn|\bsớm nhất(?: là)?(?: vào)?"
            r"|\bbắt đầu(?: vào)?|\bkhởi công)(?: ngày| đầu)?\s*$",
            re.I,
        ),
    ),
)
LINK = re.compile(r"[\s,;&+-]*(?:(?:và|hoặc|hay)\s*)?$", re.I)
