"""Which limits of sending may an administrator set, and what does each mean?"""

from __future__ import annotations

from engine.rulebook_values import YES_NO
from engine.schema import Setting, Shape

_MOST = 1_000_000

TRIAL = Shape(
    "trial",
    "Chạy thử",
    (
        Setting(
            "enabled",
            "có: chỉ người trong danh sách nhận được tin",
            "choice",
            "có",
            YES_NO,
            default="không",
        ),
        Setting(
            "allow",
            "ai được nhận: địa chỉ trên từng kênh (số điện thoại ghi 84…), tên miền viết “@tinh.example”, "
            "hoặc vị trí trong people.yml (SYT/contact, nhận trên mọi kênh)",
            example="SYT/contact",
            is_list=True,
        ),
    ),
    "Tin của người không có trong danh sách không được gửi và không gửi bù khi hết chạy thử; lý do ghi "
    "trong sổ, xem bằng `dondoc explain` và `dondoc status`.",
)

GUARDS = Shape(
    "guards",
    "Giới hạn gửi",
    (
        Setting("per_tick", "số tin nhiều nhất mỗi lượt gửi", "number", "10000", default="10000", most=_MOST),
        Setting(
            "per_person_per_day",
            "số tin nhiều nhất mỗi người nhận mỗi ngày; qua zalo_zbs luôn chỉ một tin",
            "number",
            "50",
            default="50",
            most=_MOST,
        ),
        Setting("per_day", "số tin nhiều nhất mỗi ngày", "number", "20000", default="20000", most=_MOST),
        Setting(
            "storm_factor",
            "một lượt lập tin gấp hơn ngần này lần mức thường ngày của 14 ngày trước thì cả lượt chờ "
            "người xem",
            "number",
            "3",
            default="3",
            most=_MOST,
        ),
        Setting(
            "storm_least",
            "lượt có từng này tin trở xuống không bao giờ bị chặn; bỏ trống: gấp rưỡi số đầu mối trong "
            "people.yml (mỗi đầu mối một tin là bình thường), ít nhất 50",
            "number",
            "150",
            most=_MOST,
        ),
    ),
    "Tin vượt mức chờ đến lượt sau hoặc ngày làm việc sau, không bị bỏ. Lượt bị chặn vì tăng đột biến "
    "chờ đến khi có người chạy `dondoc sending release` hoặc `dondoc sending drop`. Dừng mọi tin ngay: "
    "`dondoc sending stop`, hoặc tạo tệp DUNG-GUI trong DONDOC_HOME.",
)
