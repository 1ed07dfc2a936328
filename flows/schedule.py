"""When does the service look, send and report? The only place that names a business schedule.

The table wakes the engine and decides nothing: what is due, and which day is a working
day, the engine answers. One machine binds every entry to its own clock; on many machines
the entries owned by a worker become Prefect deployments, and the senders keep theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

TIMEZONE = "Asia/Ho_Chi_Minh"
POOL = "dondoc"  # the work pool of the workers, when there are many machines

_WEEKDAY = r"(?:MON|TUE|WED|THU|FRI|SAT|SUN)"
_WEEKDAYS = re.compile(rf"\*|{_WEEKDAY}(?:-{_WEEKDAY})?(?:,{_WEEKDAY}(?:-{_WEEKDAY})?)*")


@dataclass(frozen=True, slots=True)
class Schedule:
    """One entry: which flow starts when, and who starts it when there are many machines."""

    name: str
    flow: str
    cron: str
    words: str
    at_scale: Literal["worker", "sender"]

    def __post_init__(self) -> None:
        check_cron(self.cron)


def check_cron(cron: str) -> None:
    """Raise ValueError for a line that cron and APScheduler would read differently.

    Cron counts weekdays from Sunday, APScheduler from Monday: only names mean one thing.
    A day of the month beside a weekday means "either" to one and "both" to the other.
    """
    fields = cron.split()
    if len(fields) != 5:
        raise ValueError(f"lịch '{cron}' phải có 5 phần: phút, giờ, ngày, tháng, thứ")
    day, weekday = fields[2], fields[4]
    if not _WEEKDAYS.fullmatch(weekday):
        raise ValueError(f"lịch '{cron}': thứ '{weekday}' phải viết bằng tên, ví dụ MON-FRI, không bằng số")
    if day != "*" and weekday != "*":
        raise ValueError(f"lịch '{cron}': chỉ ghi ngày trong tháng hoặc thứ trong tuần, không ghi cả hai")


SCHEDULES = (
    Schedule("remind", "remind", "*/10 7-16 * * *", "xét việc đến mốc, 10 phút một lần từ 7 giờ", "worker"),
    Schedule("deliver", "deliver", "*/5 7-16 * * *", "gửi tin đang chờ, 5 phút một lần từ 7 giờ", "sender"),
    Schedule(
        "reports",
        "reports",
        "32 7-16 * * *",
        "báo cáo tuần, tháng, trước phiên họp: lập và gửi khi đến kỳ, xét mỗi giờ từ 7 giờ 32",
        "worker",
    ),
    Schedule(
        "silence",
        "silence",
        "30 9 * * *",
        "việc đến hạn mà chưa ai nhận được tin, 9 giờ 30 hằng ngày",
        "worker",
    ),
    Schedule("sweep", "sweep", "15 6 * * *", "xét lại toàn bộ, 6 giờ 15 hằng ngày", "worker"),
)
