"""What do the words of a rule mean: "3 ngày làm việc", "08:00", "07:00-11:30"?

Each reader returns a value or None; `advice_on_days` and its like say what the writer
probably meant.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import time

MAX_DAYS = 365
MAX_TIMES = 60
MAX_PRIORITY = 1000
DAYS_EXPECTED = "3 ngày làm việc, hoặc 3 ngày (tính cả ngày nghỉ)"
TIMES_EXPECTED = f"một số từ 1 đến {MAX_TIMES}"
PRIORITY_EXPECTED = f"một số từ 1 đến {MAX_PRIORITY}; số lớn xét trước"

# How people call the levels; the file says them in English.
AUDIENCE_WORDS = {
    "đầu mối": "contact",
    "chuyên viên": "contact",
    "chủ trì": "contact",
    "chu-tri": "contact",
    "thủ trưởng": "head",
    "lãnh đạo": "head",
    "lãnh đạo đơn vị": "head",
    "giám đốc": "head",
    "người đứng đầu": "head",
    "thủ trưởng đơn vị": "head",
    "lead": "contact",
    "lead unit": "contact",
    "leader": "head",
    "điều phối": "coordinator",
    "theo dõi": "coordinator",
    "cơ quan theo dõi": "coordinator",
    "văn phòng": "coordinator",
    "văn phòng ubnd tỉnh": "coordinator",
    "chủ tịch": "chairman",
    "chủ tịch ubnd tỉnh": "chairman",
    "phối hợp": "supporting",
    "đơn vị phối hợp": "supporting",
}
CHANNEL_WORDS = {
    "thư": "email",
    "thư điện tử": "email",
    "hộp thư": "mailbox",
    "hộp thư tại chỗ": "mailbox",
    "tele": "telegram",
    "zns": "zalo_zbs",
}
ON_WORDS = dict.fromkeys(
    (
        "hạn", "đến hạn", "ngày đến hạn", "đúng hạn", "ngày hạn", "đúng ngày hết hạn", "hết hạn", "0",
        "0 ngày", "t", "t0", "due", "due date", "due day", "deadline", "có", "true", "yes",
    ),
    "ngày hết hạn",
)  # fmt: skip
REPORTED_WORDS = frozenset(
    {
        "reported", "report", "done", "completed", "finished", "accepted", "cancelled",
        "báo cáo", "đã báo cáo", "hoàn thành", "đã hoàn thành", "xong", "nghiệm thu", "đã nghiệm thu", "hủy",
    }
)  # fmt: skip

UNIT_KIND_WORDS = {
    "sở": "department",
    "dept": "department",
    "ban": "body",
    "sở, ngành": "department",
    "cơ quan": "body",
    "đảng": "party",
    "đoàn thể": "party",
    "xã": "commune",
    "phường": "commune",
    "đặc khu": "commune",
    "cấp xã": "commune",
    "ubnd tỉnh": "leadership",
}
DEADLINE_KIND_WORDS = {
    "ngày": "date",
    "trước ngày": "before",
    "tháng": "month",
    "quý": "quarter",
    "năm": "year",
    "định kỳ": "recurring",
    "hằng tháng": "recurring",
    "hàng tháng": "recurring",
    "hằng quý": "recurring",
    "hàng quý": "recurring",
    "monthly": "recurring",
    "quarterly": "recurring",
    "weekly": "recurring",
    "yearly": "recurring",
    "thường xuyên": "ongoing",
    "giai đoạn": "period",
    "sự kiện": "event",
    "không có": "missing",
    "trống": "missing",
}
ACKNOWLEDGED_WORDS = {"đã nhận": "acknowledged", "xác nhận": "acknowledged", "ack": "acknowledged"}
YES_NO = ("có", "không")
YES_NO_WORDS = {"yes": "có", "true": "có", "no": "không", "false": "không"}
WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu")
WEEKEND = ("thứ bảy", "thứ 7", "t7", "chủ nhật", "cn", "saturday", "sunday")
EVERY_DAY = ("hằng ngày", "hàng ngày", "mỗi ngày", "daily", "every day", "*")
WEEKDAY_WORDS = {
    f"{written}{number}": day
    for number, day in enumerate(WEEKDAYS, start=2)
    for written in ("thứ ", "t", "thu ", "thứ", "")
} | dict(zip(("monday", "tuesday", "wednesday", "thursday", "friday"), WEEKDAYS, strict=True))

MAX_DAYS_LATE = 3650
AGEING_EXPECTED = f"nhiều nhất 8 số ngày từ 1 đến {MAX_DAYS_LATE}, từ nhỏ đến lớn; ví dụ [7, 30, 60]"

Days = tuple[int, int]  # working days, calendar days; one of them is 0


def days_of(text: str) -> Days | None:
    """Return the days of "3 ngày làm việc" or "3 ngày"."""
    found = _DAYS.fullmatch(" ".join(unicodedata.normalize("NFC", text).split()))
    count = int(found["n"]) if found else 0
    if not found or not 0 < count <= MAX_DAYS:
        return None
    return (count, 0) if found["working"] else (0, count)


def advice_on_moment(text: str) -> str:
    """Return what to write instead of the days that a step stands before or after the deadline."""
    plain = _plain(text)
    if re.fullmatch(r"[-+−]?0+(?!\d)[^\d.,]*", plain):
        return "việc nhắc đúng ngày hết hạn ghi là 'on: ngày hết hạn'"
    side = ": 'before' đã là trước hạn, 'after' đã là sau hạn" if plain.startswith(_SIGNS) else ""
    return f"{advice_on_days(text)}{side}"


def advice_on_days(text: str) -> str:
    """Return what to write instead of days that `days_of` does not read."""
    plain = _plain(text)
    number = re.search(r"\d+", plain)
    n = int(number[0][:6]) if number else 3
    if re.match(r"\d+[.,]\d", plain):
        return f"chỉ ghi số nguyên, ví dụ '{_fitting(n)}' hoặc '{_fitting(n + 1)}'"
    if re.fullmatch(r"[td] ?[-+−–] ?\d{1,3}", plain):
        return f"ý bạn là '{_fitting(n)}'?"
    if plain.startswith(_SIGNS):
        return f"bỏ dấu, chỉ ghi '{_fitting(n)}'"
    if number and n == 0:
        return f"từ 1 đến {MAX_DAYS} ngày; ghi dạng: {DAYS_EXPECTED}"
    if n > MAX_DAYS:
        return f"nhiều nhất {MAX_DAYS} ngày"
    if number and re.search(r"tuần|tuan|week|\bw\b", plain):
        return f"không tính bằng tuần; ghi '{_fitting(n * 5)}' hoặc '{n * 7} ngày'"
    if number and re.search(r"tháng|thang|month", plain):
        return f"không tính bằng tháng; ghi '{_fitting(n * 22)}' hoặc '{n * 30} ngày'"
    if number and re.search(r"giờ|gio\b|hour|phút|\bh\b", plain):
        return f"đếm theo ngày, không theo giờ: ghi '{_fitting(1)}', giờ gửi ghi ở khóa 'at'"
    if number and re.fullmatch(r"\d+|\d+ ?(ngày|ngay|days?|d)?", plain):
        return f"ghi '{_fitting(n)}', hoặc '{n} ngày' nếu tính cả ngày nghỉ"
    if number and _bare(plain) in _WORKING:
        return f"ý bạn là '{_fitting(n)}'?"
    return f"ghi dạng: {DAYS_EXPECTED}; số ghi bằng chữ số"


def working_days_of(text: str) -> int | None:
    """Return the days of "3 ngày làm việc"."""
    days = days_of(text)
    return days[0] or None if days else None


def advice_on_working_days(text: str) -> str:
    """Return what to write instead of working days that `working_days_of` does not read."""
    plain = _plain(text)
    found = re.fullmatch(r"0*([1-9][0-9]{0,2})[^0-9]*", plain)
    count = int(found[1]) if found and _bare(plain) in _WORKING | _ANY_DAYS else 0
    if 0 < count <= MAX_DAYS:
        return f"chỉ đếm ngày làm việc; ý bạn là '{_fitting(count)}'?"
    return f"chỉ đếm ngày làm việc, từ 1 đến {MAX_DAYS}; ghi dạng: 3 ngày làm việc"


def time_of(text: str) -> time | None:
    """Return the local time written as "08:00"."""
    found = _HOUR.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def advice_on_time(text: str) -> str:
    """Return what to write instead of an hour that `time_of` does not read."""
    meant = _time_meant(text)
    return f"ý bạn là '{meant}'?" if meant else 'ghi giờ và phút, từ "00:00" đến "23:59"; ví dụ "08:00"'


def _time_meant(text: str) -> str:
    """Return "14:00" for "2 giờ chiều", "" for what is no hour."""
    found = _HOUR_AS_SAID.fullmatch(unicodedata.normalize("NFKC", text).casefold().strip())
    if found is None:
        return ""
    hour, minute = int(found[1]), int(found[2] or 0)
    hour += 12 if found["late"] and hour < 12 else 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def span_of(text: str) -> tuple[time, time] | None:
    """Return the hours written as "07:00-11:30"; the first comes before the last."""
    halves = [time_of(part.strip()) for part in re.split(r"[-–]", text)]
    match halves:
        case [time() as opens, time() as closes] if opens < closes:
            return opens, closes
    return None


def advice_on_span(text: str) -> str:
    """Return what to write instead of hours that `span_of` does not read."""
    parts = re.split(r"[-–~]|đến|tới|\bto\b", unicodedata.normalize("NFKC", text).casefold())
    halves = [_time_meant(re.sub(r"^\s*(từ|from)\b", "", part)) for part in parts]
    if len(halves) == 2 and all(halves) and halves[0] < halves[1]:
        return f"ý bạn là '{halves[0]}-{halves[1]}'?"
    if len(halves) == 2 and all(halves):
        return "đây là giờ ĐƯỢC gửi, giờ đầu phải trước giờ cuối; giờ yên lặng là phần còn lại của ngày"
    return 'ghi dạng "07:00-11:30", giờ đầu trước giờ cuối'


def advice_on_times(text: str) -> str:
    """Return what to write instead of a number that `times_of` does not read."""
    return _advice_on_number(text, MAX_TIMES, TIMES_EXPECTED)


def advice_on_priority(text: str) -> str:
    """Return what to write instead of a priority that `priority_of` does not read."""
    return _advice_on_number(text, MAX_PRIORITY, PRIORITY_EXPECTED)


def times_of(text: str) -> int | None:
    """Return a number of times or tasks."""
    return _whole(text, MAX_TIMES)


def days_late_of(text: str) -> int | None:
    """Return a number of calendar days late."""
    return _whole(text.strip(), MAX_DAYS_LATE)


def priority_of(text: str) -> int | None:
    """Return the priority of a rule."""
    return _whole(text, MAX_PRIORITY)


_DAYS = re.compile(r"(?P<n>[0-9]{1,3}) ngày(?P<working> làm việc)?")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_HOUR_AS_SAID = re.compile(
    r"[\W_]*(\d{1,2})(?: ?(?:h|g|giờ|:|\.) ?(\d{1,2})?)?(?:'|p|phút|:00)?"
    r"(?: ?(?:sáng|am|(?P<late>chiều|tối|pm)))?[\W_]*"
)
_SIGNS = ("-", "+", "−")
_ANY_DAYS = {"", "ngay", "d", "day", "days"}
_WORKING = {"ngaylamviec", "ngaylv", "nlv", "wd", "workingday", "workingdays", "lamviec", "ngaylam"}


def _whole(text: str, most: int) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 6
    return int(text) if is_number and 1 <= int(text) <= most else None


def _advice_on_number(text: str, most: int, expected: str) -> str:
    found = re.fullmatch(r"(\d{1,5})(?:[.,]0)?(?: ?[^\W\d_][\w ]*)?", _plain(text))
    is_meant = found is not None and 1 <= int(found[1]) <= most
    return f"ý bạn là '{int(found[1])}'?" if found and is_meant else f"ghi dạng: {expected}"


def _fitting(n: int) -> str:
    return f"{min(max(n, 1), MAX_DAYS)} ngày làm việc"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _bare(plain: str) -> str:
    """Return the letters after the number, without diacritics: only to guess what was meant."""
    letters = unicodedata.normalize("NFD", plain.replace("đ", "d"))
    return "".join(ch for ch in letters if "a" <= ch <= "z")
