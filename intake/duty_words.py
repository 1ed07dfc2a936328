"""What does a sentence about reports say besides the day: who owes them, to whom, from which data?

The words are returned as they stand; whose they are is read elsewhere.
"""

from __future__ import annotations

import re

from engine.duty import CUTOFF

_REPORT = re.compile(r"\bbáo\s+cáo\b", re.IGNORECASE)
# Reports that are only spoken of: basis clauses, reports of the past, titles, reports done away with.
_BASIS = re.compile(r"^\W*(?:căn cứ|theo|xét|trên cơ sở|qua|tại)\b[^,;]*[,;]", re.IGNORECASE)
_PAST = re.compile(
    r"\bđã\s+(?:được\s+)?(?:(?:tổng hợp|gửi|có|thực hiện|định kỳ|hằng \w+|hàng \w+)\s*,?\s*)*báo cáo\b"
    r"|\bbáo cáo\b[^.;]*\b(?:cho thấy|cho biết|đã (?:gửi|nêu|phản ánh|được|có))\b"
    r"|^\W*(?:trong )?(?:thời gian|năm|tháng|quý|những năm) (?:vừa )?qua\b"
    r"|\b(?:bãi bỏ|không phải|không cần|không yêu cầu|miễn|thay cho|thay thế|ngừng|dừng)\b[^.;]{0,40}"
    r"\bbáo cáo\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^\W*(?:biểu(?: mẫu)?|mẫu|phụ lục|bảng|danh mục|tên báo cáo|kỳ báo cáo)\b", re.IGNORECASE
)
_ABOUT_DATA = re.compile(
    r"^\W*(?:\d+\W+|[a-zđ]\))?\s*(?:thời gian|thời điểm|kỳ)? ?(?:chốt|lấy|tính)? ?số liệu\b", re.IGNORECASE
)

_DATA = re.compile(
    r"\b0?9/2019/NĐ-CP|\bsố liệu\b[^.]{0,80}?\bngày 15\b[^.]{0,80}?\bngày 14\b"
    r"|\btừ ngày 15\b[^.]{0,60}?\bđến (?:hết )?ngày 14\b",
    re.IGNORECASE,
)

_UNIT = (
    r"(?P<unit>(?:Sở|Ban|Bộ|UBND|Ủy ban|Uỷ ban|Văn phòng|VPUB|Thường trực|Tỉnh ủy"
    r"|Hội đồng|HĐND|Chủ tịch|Cục|Chi cục|Công an|Thanh tra"
    r"|Trung tâm|Tổ|Kho bạc|Thuế|Phòng|Cơ quan)\b[^.;,()]*?)"
)
_STOP = (
    r"(?=\s*(?:[.;,()]|$)|\s+(?:trước|chậm nhất|muộn nhất|để|kết quả|định kỳ|hằng|hàng|tổng hợp|theo"
    r"|vào|qua|tình hình|về|tiến độ"
    r"|việc|những|các|xem xét|bằng|đồng thời|và (?:tham mưu|báo cáo|gửi|đồng thời))\b)"
)
_SENT_TO = re.compile(rf"\b(?:gửi(?:\s+\w+){{0,3}}?|về|qua|thông qua)\s+{_UNIT}{_STOP}")
_REPORTED_TO = re.compile(rf"\b[Bb]áo cáo(?:\s+(?:cho|với|lên|tới|đến|kết quả|với))*\s+{_UNIT}{_STOP}")

_VERB = (
    r"(?:có trách nhiệm|chịu trách nhiệm|định kỳ|thực hiện|tập trung|chủ động|tổng hợp|báo cáo|gửi"
    r"|nghiêm túc|căn cứ|kiểm tra|xây dựng|phối hợp|tổ chức|chỉ đạo|rà soát|phải|khẩn trương"
    r"|theo dõi|chấp hành|hằng|hàng|trước|chậm nhất)"
)
_WHO = re.compile(
    r"(?P<who>(?:(?:thủ trưởng|giám đốc|chủ tịch|người đứng đầu)\s+)?(?:(?:các|mỗi)\s+)?(?:sở"
    r"|cơ quan|đơn vị|địa phương|ban,|ban quản lý|ubnd|ủy ban nhân dân|uỷ ban nhân dân|văn phòng|công an"
    r"|thanh tra|xã|phường|bộ chỉ huy|hội)\b"
    rf"(?:[^.;:]|;(?=\s+(?:các|chủ tịch|thủ trưởng|ubnd)\b))*?),?\s+(?={_VERB}\b)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:\W|\d+[.)]|[a-zđ][.)]|yêu cầu|đề nghị|giao|(?:chế độ )?báo cáo định kỳ|định kỳ|h[ằà]ng \w+"
    r"|\d+ (?:tháng|năm)|(?:trước|chậm nhất)(?: ngày)? [\d/]+"
    r"|(?:của )?tháng (?:đầu|cuối) (?:tiên )?(?:của )?\w+(?: sau)?|năm\b|quý\b|\([^()]*\)|và\b|hoặc\b)*",
    re.IGNORECASE,
)


def obliges(sentence: str) -> bool:
    """Whether a sentence asks for reports, rather than speaking of some."""
    rest = _BASIS.sub("", sentence)
    if rest.isupper() or _TITLE.search(rest) or _ABOUT_DATA.search(rest) or _PAST.search(rest):
        return False
    return _REPORT.search(rest) is not None


def cutoff_of(text: str) -> str:
    """Return `CUTOFF` where the data dates of Nghị định 09/2019/NĐ-CP are asked for, else ""."""
    return CUTOFF if _DATA.search(text) else ""


def cutoff_of_all(paragraph: str) -> str:
    """Return `CUTOFF` where a paragraph sets the data dates of every report, else ""."""
    return cutoff_of(paragraph) if _ABOUT_DATA.search(paragraph) else ""


def receiver_of(sentence: str) -> str:
    """Return the words naming whom the report goes to: "gửi về Sở Nội vụ" before "báo cáo UBND tỉnh"."""
    found = _SENT_TO.search(sentence) or _REPORTED_TO.search(sentence)
    return found["unit"].strip() if found else ""


def who_of(sentence: str) -> str:
    """Return the words naming who must report, when the sentence opens with them; else ""."""
    sentence = _BASIS.sub("", sentence)
    leading = _LEADING.match(sentence)
    found = _WHO.match(sentence, leading.end() if leading else 0)
    return found["who"].strip(" ,") if found else ""
