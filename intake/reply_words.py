"""Who replied, with which document, when, and for or against: what do the words of a list say?

Lists of consultation replies name an agency and its document in one phrase ("Sở Tư pháp:
163/STP-VP ngày 28/07/2025"), in either order and with many a slip of the pen. What is not
written is not filled in: a date without its year is no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from intake.words import cleaned

MAX_NAME = 150
MAX_HEADING = 220


class Verdict(StrEnum):
    """What an agency said to a draft."""

    AGREE = "agree"
    COMMENT = "comment"


class Listing(StrEnum):
    """What a list is about, as far as its heading says."""

    AGREE = "agree"
    COMMENT = "comment"
    SILENT = "silent"  # those who have not replied: no replies at all


@dataclass(frozen=True, slots=True)
class Phrase:
    """An agency with its document as one phrase names them; empty or None where nothing is written."""

    name: str
    number: str = ""
    written_on: str = ""


_DAY = (
    r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}|\d{4}-\d{1,2}-\d{1,2}|"
    r"\d{1,2}\s+tháng\s+\d{1,2}\s*(?:,?\s*năm\s+\d{4})?|\d{1,2}\s*/\s*\d{1,2}|(?<![\d/])/\s*\d{1,2}\s*/\s*\d{4}|"
    r"tháng\s+\d{1,2}\s+năm\s+\d{4}"
)
_SYMBOL = r"[A-ZĐÀ-Ỹ&][\wĐđ&.]*(?:\s?[-–/&+]\s?[\wĐđ&.]+|\s&\s?[\wĐđ]+)*"
_SIGNED = rf"(?:\d+[a-zđ]?\s*[.,]?\s*[/–-]*\s*{_SYMBOL}|/\s*{_SYMBOL})"
_DOCUMENT_NUMBER = rf"(?:{_SIGNED}|\d+(?=[\s,;(]*(?:đề\s+|ký\s+)?ngày))"
_PAPER = r"(?:công\s+văn|văn\s+bản|cv|vb|báo\s+cáo|tờ\s+trình|phiếu|thư|thông\s+báo)"
_LEAD = rf"(?:(?:có|gửi|tại|theo)\s+)?(?:{_PAPER}(?:\s+(?:góp\s+ý|tham\s+gia(?:\s+ý\s+kiến)?|trả\s+lời))?)?"
_MARK = r"(?:\s*[:;,(\[–-]+\s*|\s+)"
_TAIL = r"[\s).\],;/]*(?:\([^()]*\))?[\s.;]*"
_ABOUT = r"(?:tham\s+gia|góp\s+ý|về\s+việc|thống\s+nhất|nhất\s+trí|đồng\s+ý|trả\s+lời|có\s+ý\s+kiến)"
_ON = rf"[\s,;(]*(?:(?:đề\s+|ký\s+)?ngày\s*:?)?\s*(?P<day>{_DAY})"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<name>.{{2,{MAX_NAME}}}?){_MARK}{_LEAD}\s*(?:số)?\s*[:.]?\s*"
        rf"(?P<number>(?-i:{_DOCUMENT_NUMBER})){_ON}(?:\s+{_ABOUT}\b.{{0,150}}|{_TAIL})",
        rf"(?P<name>.{{2,{MAX_NAME}}}?){_MARK}{_LEAD}\s*(?:số)?\s*[:.]?\s*"
        rf"(?P<number>(?-i:\d+[a-zđ]?\s*[.,]?\s*[/–-]+\s*{_SYMBOL}|/\s*{_SYMBOL}))"
        rf"(?:[\s,;(]*(?:đề\s+|ký\s+)?ngày[\s./…_-]*)?{_TAIL}",
        rf"(?P<name>.{{2,{MAX_NAME}}}?){_MARK}{_LEAD}\s*(?:(?:không\s+)?số)?\s*[:.…_]*\s*ngày\s*:?\s*(?P<day>{_DAY}){_TAIL}",
        rf"{_PAPER}\s*(?:góp\s+ý\s*)?(?:số)?\s*:?\s*(?P<number>(?-i:{_DOCUMENT_NUMBER})){_ON}"
        rf"\s*,?\s*của\s+(?P<name>.{{2,{MAX_NAME}}}?){_TAIL}",
        rf"(?P<name>.{{2,{MAX_NAME}}}?)\s*\(\s*{_PAPER}\s*(?:số)?\s*:?\s*(?P<number>(?-i:{_DOCUMENT_NUMBER})){_ON}"
        r"\s*\)\s*[:–-]\s.*",
    )
)
_FULL_DAY = re.compile(
    r"(?P<d>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<m>\d{1,2})\s*(?:[/.-]|,?\s*năm)\s*(?P<y>\d{4})|"
    r"(?P<y2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})"
)
_ITEM_MARK = re.compile(r"^\s*(?:[-–+•·*]+|\(?\d{1,3}(?:\.\d{1,3})*[.)](?=\s|\D)|[a-zđ][.)])\s*")

_AGENCY = re.compile(
    r"(?:ubnd|ủy ban|uỷ ban|hđnd|hội đồng|thường trực|sở|ban|bộ|chi cục|cục|công an|viện|tòa|toà|tỉnh đoàn|"
    r"thành đoàn|đoàn|hội|liên minh|liên đoàn|liên hiệp|hiệp hội|văn phòng|vp|báo|"
    r"đài|trường|bệnh viện|trung tâm|thanh tra|thuế|"
    r"kho bạc|ngân hàng|nhnn|mặt trận|công ty|tổng công ty|tập đoàn|viễn thông|bưu điện|vnpt|viettel|"
    r"mobifone|xã|phường|đặc khu|thị trấn|huyện|đảng ủy|đảng uỷ|tỉnh ủy|hải quan|bảo hiểm|bhxh|điện lực|"
    r"doanh nghiệp|đại học|học viện|cao đẳng|trạm|hạt|vườn|quỹ|tổng cục|vụ|kiểm toán|thi hành án|cơ quan|"
    r"tổ chức|phòng|đội|nhà|bql|bch|bchqs|mttq|ubmttq|ca|skhcn|chủ tịch|phân hiệu|hợp tác xã|câu lạc bộ)\b",
    re.IGNORECASE,
)
_NO_AGENCY = re.compile(
    r"\b(?:đề nghị|bổ sung|căn cứ|quyết định|nghị quyết|nghị định|thông tư|chỉ thị|đề xuất|chỉnh sửa|"
    r"điều chỉnh|xem xét|rà soát|thống nhất|nhất trí|tiếp thu|góp ý|đã|số)\b",
    re.IGNORECASE,
)
_UNLIKELY = re.compile(
    r"\b(?:theo|tại|về|thay|sửa|bỏ|luật|kế hoạch|công văn|văn bản|kèm|trong|đối với|nội dung|dự thảo|tổng"
    r"|cộng|hướng dẫn|chương trình|đề án|báo cáo|tờ trình|mục|khoản|điểm|phụ lục)\b",
    re.IGNORECASE,
)

_NOTHING_TO_ADD = re.compile(
    r"không (?:có |đề nghị |cần )?(?:tham gia |thêm )?"
    r"(?:ý kiến|góp ý|nội dung|đề nghị|chỉnh sửa|bổ sung|sửa đổi|kiến nghị)"
    r"(?:(?:\s*,\s*|\s+|\s*/\s*)"
    r"(?:gì|thêm|khác|tham gia|góp ý|đề nghị|chỉnh sửa|sửa đổi|bổ sung|hoặc|và|nào))*"
)
_SILENT = re.compile(
    r"chưa (?:có )?(?:gửi |nhận được )?(?:ý kiến|văn bản|tham gia|trả lời|phản hồi|góp ý|gửi)|"
    r"không (?:gửi|trả lời|phản hồi|có (?:văn bản|phản hồi|trả lời))|chậm trả lời"
)
_AGAINST = re.compile(
    r"(?:không|chưa) (?:đồng ý|nhất trí|thống nhất|đồng thuận|tán thành)|ý kiến khác|"
    r"(?<!không )đề nghị|chỉnh sửa|bổ sung|sửa đổi|điều chỉnh|kiến nghị|đề xuất"
)
# The draft may itself amend something: "thống nhất với dự thảo Quyết định sửa đổi, bổ sung …".
_DRAFT = re.compile(
    r"dự thảo (?:quyết định|nghị quyết|nghị định|thông tư|quy định|quy chế|kế hoạch|đề án|"
    r"luật|chương trình|văn bản)"
    r"\b.*?(?=[;.]|,? (?:và |nhưng |đồng thời |song )?(?:có|đề nghị|kiến nghị|đề xuất)\b|$)"
)
_FOR = re.compile(r"thống nhất|đồng ý|nhất trí|đồng thuận|tán thành|đồng tình")
_REMARKS = re.compile(r"góp ý|tham gia|tiếp thu|giải trình|có ý kiến")
_FOR_WITH_REMARKS = re.compile(
    r"(?:thống nhất|đồng ý|nhất trí)\b[^.]*?(?:,|;|\bvà|\bnhưng|\bsong|\bđồng thời|\btuy nhiên|\bkèm)\s*"
    r"(?:có |còn |một số |thêm )*(?:ý kiến )?(?:góp ý|tham gia)"
)
_OPENS_HEADING = re.compile(
    r"(?:bảng |bản )?(?:tổng hợp|danh sách|danh mục|các|những|nhóm|ý kiến|nội dung|số lượng|"
    r"cơ quan|đơn vị|địa phương|sở|thống nhất|nhất trí|đồng ý|góp ý|tham gia|có|không|chưa|"
    r"tiếp thu|giải trình|phụ lục|\d+ )"
)
_ABOUT_REPLIES = re.compile(
    r"cơ quan|đơn vị|địa phương|sở|ngành|ý kiến|góp ý|tổ chức|văn bản|thống nhất|nhất trí"
)


def phrase_in(text: str) -> Phrase | None:
    """Return the agency and document that `text` consists of, or None when it says anything else."""
    words = _ITEM_MARK.sub("", cleaned(text), count=1) if text else ""
    if not words or len(words) > 2 * MAX_NAME:
        return None
    for form in _FORMS:
        found = form.fullmatch(words)
        if found and names_agency(name := found["name"].strip(" :;,–-(")):
            parts = found.groupdict()
            return Phrase(name, _trimmed(parts.get("number")), parts.get("day") or "")
    return None


def names_agency(words: str) -> bool:
    """Return whether `words` may be the name of one body rather than a sentence about something."""
    if not words or len(words) > MAX_NAME or _NO_AGENCY.search(words) or words.endswith((".", ";", ":")):
        return False
    if _AGENCY.match(words):
        return len(words.split()) <= 22
    return words[0].isupper() and len(words.split()) <= 10 and not _UNLIKELY.search(words)


def day_in(text: str) -> date | None:
    """Return the one whole date in `text`; None when there is none, several, or one not in the calendar."""
    found = {match.group() for match in _FULL_DAY.finditer(cleaned(text))}
    if len(found) != 1:
        return None
    match = _FULL_DAY.search(cleaned(text))
    assert match is not None
    year, month, day = (int(match[key] or match[f"{key}2"]) for key in "ymd")
    try:
        return date(year, month, day)
    except ValueError:
        return None


def listing_of(words: str) -> Listing | None:
    """Return what a heading, or an opinion in a cell, says about the draft; None when nothing."""
    said = _DRAFT.sub("dự thảo", cleaned(words).lower())
    if _SILENT.search(said):
        return Listing.SILENT
    rest = _NOTHING_TO_ADD.sub(" ", said)
    is_for = rest != said or bool(_FOR.search(rest))
    if _AGAINST.search(rest) or _FOR_WITH_REMARKS.search(rest):
        return Listing.COMMENT
    if is_for:
        return Listing.AGREE
    return Listing.COMMENT if _REMARKS.search(rest) else None


def heading_listing(text: str) -> Listing | None:
    """Return what the list below `text` is about, or None when `text` is no heading of a list."""
    words = re.sub(
        r"^\W*(?:(?:[IVXLC]{1,5}|\d{1,2}(?:\.\d{1,2})*|[A-HĐa-hđ])\s*[.):/-]\s*)?", "", cleaned(text)
    )
    said = words.lower()
    is_short = 0 < len(words) <= MAX_HEADING and not said.endswith((";", ","))
    if is_short and _OPENS_HEADING.match(said) and _ABOUT_REPLIES.search(said):
        return listing_of(said)
    return None


def _trimmed(number: str | None) -> str:
    return (number or "").strip(" ,;.–-")
