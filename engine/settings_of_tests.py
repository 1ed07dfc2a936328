"""What may an administrator write in a test of the rules, and what does each word mean?"""

from __future__ import annotations

from engine.expectation_facts import FACTS
from engine.expectation_task import MAX_COPIES, YES_NO_WRITTEN
from engine.rulebook_types import CHANNELS, Audience
from engine.schema import Setting, Shape

_AUDIENCES = tuple(str(audience) for audience in Audience)
_YES_NO = tuple(YES_NO_WRITTEN)

_TASK = Shape(
    "tested-task",
    "Nhiệm vụ thử",
    (
        Setting(
            "unit",
            "đơn vị chủ trì, ghi mã hoặc như trong kế hoạch; không ghi thì phải có supporting",
            example="SYT",
            is_list=True,
        ),
        Setting("supporting", "đơn vị phối hợp", example="SYT", is_list=True),
        Setting("deadline", "thời hạn, ghi như trong kế hoạch", example="30/9/2025", is_required=True),
        Setting("issued", "ngày ban hành kế hoạch", example="1/7/2025", is_required=True),
        Setting("assigned", "ngày giao việc", example="2/7/2025", default="như issued"),
        Setting("plan", "mã kế hoạch", example="KH-UBND-2025-10", default="KH-THU"),
        Setting("number", "số thứ tự trong kế hoạch", example="15"),
        Setting("title", "nội dung nhiệm vụ", example="Báo cáo phòng chống lụt bão", default="Nhiệm vụ thử"),
        Setting("duty", "có: là việc định kỳ", "choice", "không", _YES_NO, default="không"),
        Setting("tag", "nhãn", example="trọng điểm", is_list=True),
        Setting("copies", "bao nhiêu nhiệm vụ như thế", "number", "2", default="1", most=MAX_COPIES),
    ),
    "Thời hạn và cơ quan được đọc như khi nhập kế hoạch; điều phải có người quyết định thì chờ như thật.",
)

_FACT = Shape(
    "tested-fact",
    "Sự việc",
    (
        Setting("at", "lúc xảy ra; chỉ ghi ngày là 08:00", example="05/09/2025 09:00", is_required=True),
        Setting("what", "việc gì", "choice", "gia hạn", tuple(FACTS), is_required=True),
        Setting("unit", "của đơn vị nào; không ghi là mọi đơn vị", example="SYT"),
        Setting("to", "hạn mới, khi gia hạn, đề nghị gia hạn hoặc quyết định", example="15/10/2025"),
        Setting("on", "ngày ghi trong văn bản", example="05/09/2025"),
        Setting("by", "ai; khi vướng là đơn vị được chờ, lời nhắc chuyển sang đó", example="Trần Văn Mẫu"),
        Setting("document", "văn bản làm căn cứ", example="12/UBND-TH"),
        Setting("note", "lời ghi thêm", example="xin thêm thời gian"),
    ),
)

_STEP = Setting("step", "tên bậc", example="truoc-3-ngay")
_NARROWED = (
    Setting("unit", "đơn vị được nói tới", example="SYT"),
    Setting("via", "các kênh, đúng thứ tự", "choice", "mailbox", CHANNELS, is_list=True),
    Setting("tasks", "số nhiệm vụ trong tin", "number", "1", most=MAX_COPIES),
)

_EXPECTED = Shape(
    "expected",
    "Tin phải gửi",
    (
        Setting("at", "lúc gửi; chỉ ghi ngày là cả ngày", example="25/09/2025 08:00", is_required=True),
        _STEP,
        Setting("to", "cấp nhận tin", "choice", "contact", _AUDIENCES),
        *_NARROWED,
    ),
    "Khóa nào không ghi thì không xét.",
)

_UNEXPECTED = Shape(
    "unexpected",
    "Khoảng không được gửi",
    (
        Setting("at", "một lúc, thay cho from và to", example="25/09/2025", in_sample=False),
        Setting("from", "từ lúc này; không ghi là từ đầu", example="01/07/2025"),
        Setting("to", "đến lúc này; không ghi là đến cuối", example="01/08/2025"),
        _STEP,
        Setting("level", "cấp nhận tin", "choice", "contact", _AUDIENCES),
        *_NARROWED,
    ),
    "Khóa nào không ghi thì không xét.",
)

_OUTAGE = Shape(
    "outage",
    "Dịch vụ dừng",
    (
        Setting("from", "từ lúc này", example="01/09/2025", is_required=True),
        Setting("to", "đến lúc này", example="03/09/2025", is_required=True),
    ),
)

_TEST = Shape(
    "test",
    "Phép thử",
    (
        Setting("name", "điều mong đợi, thành một câu", example="Nhắc trước 3 ngày", is_required=True),
        Setting("task", "nhiệm vụ", "section", is_required=True, shape=_TASK),
        Setting("facts", "các sự việc đã ghi", "section", is_list=True, shape=_FACT),
        Setting("expect", "các tin phải gửi", "section", is_list=True, shape=_EXPECTED),
        Setting("expect_none", "các khoảng không được gửi tin", "section", is_list=True, shape=_UNEXPECTED),
        Setting(
            "only",
            "có: từ tin mong đợi đầu đến tin cuối không được có tin nào khác",
            "choice",
            "không",
            _YES_NO,
            default="không",
        ),
        Setting(
            "vacant",
            "vị trí không ai giữ: contact, head … của mọi đơn vị, hoặc SYT/contact của một đơn vị",
            example="SYT/head",
            is_list=True,
        ),
        Setting("outage", "khoảng dịch vụ không chạy", "section", shape=_OUTAGE),
    ),
    "Mỗi phép thử có ít nhất một `expect` hoặc `expect_none`. Ngày giờ ghi như người viết: `25/9/2025 8h`, "
    "`2025-09-25 08:00`.",
)

TESTS = Shape(
    "tests-file",
    "Phép thử quy tắc",
    (Setting("tests", "các phép thử", "section", is_list=True, is_required=True, shape=_TEST),),
    "`dondoc test` chạy các tệp này với quy tắc và lịch thật; người nhận là giả định, mọi kênh đều mở.",
)
