"""What may an administrator write in the rules, and what does each word mean?"""

from __future__ import annotations

from engine.model import DeadlineKind, UnitKind
from engine.rulebook_sections import GATHERED
from engine.rulebook_types import CHANNELS, Audience
from engine.rulebook_values import MAX_DAYS_LATE, MAX_PRIORITY, MAX_TIMES, WEEKDAYS, YES_NO
from engine.schema import Setting, Shape

_AUDIENCES = tuple(str(audience) for audience in Audience)
_UNIT_KINDS = tuple(str(kind) for kind in UnitKind)

_REPEAT = Shape(
    "repeat",
    "Nhắc lại",
    (
        Setting("every", "nhắc lại sau mỗi chừng này ngày", "days", "5 ngày làm việc", is_required=True),
        Setting("times", "nhắc lại bao nhiêu lần", "number", "4", is_required=True, most=MAX_TIMES),
        Setting(
            "until",
            "acknowledged: các lần nhắc lại dừng khi đơn vị đã báo “đã nhận”; lần đầu vẫn gửi",
            "choice",
            "acknowledged",
            ("acknowledged",),
        ),
    ),
    "Chỉ dùng với bậc sau hạn. Đơn vị báo cáo kết quả thì việc nhắc lại dừng.",
)

_STEP = Shape(
    "step",
    "Bậc đôn đốc",
    (
        Setting(
            "id",
            "tên bậc; có trong thư, trong sổ và trong `dondoc explain`",
            "id",
            "qua-han",
            is_required=True,
        ),
        Setting(
            "before", "trước hạn bao lâu", "days", "3 ngày làm việc", is_alternative=True, in_sample=False
        ),
        Setting(
            "on",
            "đúng ngày hết hạn",
            "choice",
            "ngày hết hạn",
            ("ngày hết hạn",),
            is_alternative=True,
            in_sample=False,
        ),
        Setting("after", "sau hạn bao lâu", "days", "1 ngày làm việc", is_alternative=True),
        Setting(
            "at",
            "giờ gửi; ngoài khung giờ gửi thì tin được giữ đến khung sau",
            "hour",
            "08:00",
            default="08:00",
        ),
        Setting(
            "to",
            "gửi những cấp nào: supporting đơn vị phối hợp (chỉ thông tin) · contact đầu mối · head thủ "
            "trưởng · coordinator cơ quan theo dõi, đôn đốc · chairman Chủ tịch UBND tỉnh; nhiều cấp thì mỗi "
            "cấp một tin, từ cấp thứ hai bậc mang tên “id+cấp”",
            "choice",
            "contact",
            _AUDIENCES,
            is_list=True,
            default="contact",
        ),
        Setting(
            "via",
            "các kênh, thử lần lượt; mailbox là hộp thư tại chỗ",
            "choice",
            "mailbox",
            CHANNELS,
            is_list=True,
            default="email, mailbox",
        ),
        Setting(
            "unless",
            "acknowledged: không nhắc khi đơn vị đã báo “đã nhận”",
            "choice",
            "acknowledged",
            ("acknowledged",),
        ),
        Setting("repeat", "nhắc lại nhiều lần", "section", shape=_REPEAT),
        Setting(
            "template",
            "lời riêng của cơ quan kèm trong tin của bậc: tên tệp trong `config/templates/`, không có đuôi",
            "id",
            "viec-dinh-ky",
        ),
        Setting(
            "warn",
            "tin của bậc có báo trước khi nào cấp trên sẽ được báo hay không",
            "choice",
            "có",
            YES_NO,
            default="có",
        ),
    ),
    "Mỗi bậc có đúng một trong ba mốc before, on, after. Ghi “ngày làm việc” thì chỉ đếm ngày làm việc; ghi "
    "“ngày” thì đếm cả ngày nghỉ, rơi vào ngày nghỉ thì lùi về ngày làm việc liền trước (before) hoặc chuyển "
    "sang ngày làm việc liền sau (after). Trước hạn đếm lùi từ ngày làm việc cuối cùng không muộn hơn hạn; "
    "sau hạn đếm tới từ ngày làm việc đầu tiên kể từ hạn. Cấp trên chỉ được báo quá hạn khi cấp dưới "
    "đã nhận tin từ ngày hôm trước.",
)

_POLICY = Shape(
    "policy",
    "Chính sách",
    (
        Setting("id", "mã chính sách, để quy tắc gọi tới", "id", "nhac", is_required=True),
        Setting("name", "tên cho người đọc", example="Nhắc việc", default="như id"),
        Setting(
            "steps",
            "các bậc đôn đốc; `[]` là cố ý không có bậc nào",
            "section",
            is_list=True,
            is_required=True,
            shape=_STEP,
        ),
    ),
    "Không nhắc một số việc: viết một chính sách có `steps: []` và một quy tắc có `priority: 10` dẫn các "
    "việc ấy tới nó. Việc ấy không ai được nhắc, vẫn có trong sổ và báo cáo; `dondoc explain` nói rõ vì đâu.",
)

_WHEN = Shape(
    "when",
    "Điều kiện",
    (
        Setting("plan", "mã kế hoạch", example="KH-UBND-2025-10", is_list=True),
        Setting("unit", "mã đơn vị được giao, như trong units.yml", example="SYT", is_list=True),
        Setting(
            "unit_kind",
            "loại đơn vị: department sở và tương đương · body cơ quan khác · "
            "party Đảng, Mặt trận, đoàn thể · commune xã, phường, đặc khu · leadership UBND tỉnh",
            "choice",
            "department",
            _UNIT_KINDS,
            is_list=True,
        ),
        Setting(
            "deadline_kind",
            "loại thời hạn như `dondoc deadline` đọc được",
            "choice",
            "date",
            tuple(str(kind) for kind in DeadlineKind),
            is_list=True,
        ),
        Setting("duty", "có: chỉ việc định kỳ · không: chỉ nhiệm vụ thường", "choice", "có", YES_NO),
        Setting("number", "số thứ tự của nhiệm vụ trong kế hoạch", example="15", is_list=True),
        Setting(
            "words",
            "nội dung nhiệm vụ có một trong các từ này; không phân biệt hoa thường, phải là trọn từ",
            example="phòng chống lụt bão",
            is_list=True,
        ),
        Setting(
            "tag",
            "nhiệm vụ mang một trong các nhãn này; nhãn do người gắn bằng `dondoc tag`, không phân biệt hoa "
            "thường",
            example="trọng điểm",
            is_list=True,
        ),
    ),
    "Mọi điều kiện đã ghi phải cùng đúng; một điều kiện có nhiều giá trị thì đúng một giá trị là đủ. "
    "Không ghi `when` thì quy tắc nhận mọi nhiệm vụ.",
)

_RULE = Shape(
    "rule",
    "Quy tắc",
    (
        Setting("id", "tên quy tắc, có trong `dondoc explain`", "id", "mac-dinh", is_required=True),
        Setting("when", "khi nào quy tắc này áp dụng", "section", shape=_WHEN),
        Setting("policy", "mã chính sách được dùng", "id", "nhac", is_required=True),
        Setting(
            "priority",
            f"thứ tự ưu tiên từ 1 đến {MAX_PRIORITY}, số lớn xét trước; không ghi là thấp nhất",
            "number",
            "10",
            most=MAX_PRIORITY,
        ),
    ),
    "Quy tắc đầu tiên khớp được dùng: xét `priority` trước, bằng nhau thì theo thứ tự ghi, nhiều tệp thì "
    "theo tên tệp. Hai quy tắc cùng ưu tiên chỉ khớp chung một phần mà dẫn tới hai chính sách khác nhau thì "
    "`dondoc check` báo lỗi: ghi `priority` để không tệp nào đổi chỗ mà đổi người được nhắc.",
)

_LIMIT = Shape(
    "limit",
    "Mức mỗi ngày",
    (
        Setting("to", "cấp nhận tin", "choice", "chairman", _AUDIENCES, is_required=True),
        Setting(
            "tasks_per_day",
            "số nhiệm vụ nhiều nhất trong một ngày",
            "number",
            "10",
            is_required=True,
            most=MAX_TIMES,
        ),
    ),
    "Nhiệm vụ vượt mức được xếp theo mức trễ và chuyển sang ngày sau; không bị bỏ.",
)

_DIGEST = Shape(
    "digest",
    "Tin tổng hợp của cấp",
    (
        Setting(
            "to",
            "cấp nhận tin",
            "choice",
            "chairman",
            tuple(str(audience) for audience in GATHERED),
            is_required=True,
        ),
        Setting("on", "các ngày nhận tin", "choice", "thứ hai", WEEKDAYS, is_list=True, is_required=True),
        Setting("at", "từ giờ nào của ngày ấy", "hour", "08:00", default="08:00"),
    ),
    "Cấp có tên ở đây chỉ nhận tin quá hạn (bậc after) vào những ngày này; trước đó lời nhắc chờ và được xét "
    "lại đúng ngày, không bị bỏ. Ngày ấy là ngày nghỉ thì chuyển sang ngày làm việc liền sau; lỡ ngày ấy vì "
    "máy nghỉ thì gửi ngay khi chạy lại. Không ghi thì nhận tin ngay khi đến bậc. Đầu mối và đơn vị phối hợp "
    "luôn được nhắc đúng ngày của bậc.",
)

_DUTIES = Shape(
    "duties",
    "Việc định kỳ",
    (
        Setting(
            "open_before",
            "mở một kỳ trước hạn của nó bao lâu; bậc trước hạn xa hơn mức này không được nhắc",
            "days",
            "20 ngày",
            is_required=True,
        ),
    ),
    "Không ghi thì một kỳ mở vào ngày đầu tháng của hạn (báo cáo tuần: đầu tuần).",
)

_REPORT = Shape(
    "report",
    "Ngưỡng của báo cáo",
    (
        Setting(
            "red_zone",
            "vùng đỏ của `dondoc report silence`: còn không quá chừng này ngày làm việc đến hạn",
            "working-days",
            "3 ngày làm việc",
            default="3 ngày làm việc",
        ),
        Setting(
            "ageing",
            "các mốc chia số ngày quá hạn trong báo cáo, từ nhỏ đến lớn; [7, 30, 60] chia thành 1-7, 8-30, "
            "31-60 và trên 60 ngày",
            "number",
            "7",
            is_list=True,
            default="7, 30, 60",
            most=MAX_DAYS_LATE,
        ),
    ),
)

_SENDING = Shape(
    "sending",
    "Khung giờ gửi",
    (
        Setting(
            "hours", "các khung giờ của ngày làm việc", "span", "07:00-11:30", is_list=True, is_required=True
        ),
    ),
    "Không ghi thì tin đi từ 07:00 đến 17:00. Tin rơi ngoài khung được giữ đến khung sau.",
)

RULES = Shape(
    "rules-file",
    "Quy tắc nhắc việc",
    (
        Setting("policies", "các chính sách", "section", is_list=True, shape=_POLICY),
        Setting("rules", "các quy tắc", "section", is_list=True, shape=_RULE),
        Setting("limits", "mức mỗi ngày của từng cấp", "section", is_list=True, shape=_LIMIT),
        Setting(
            "digests", "cấp chỉ nhận tin quá hạn vào một số ngày", "section", is_list=True, shape=_DIGEST
        ),
        Setting("sending", "khung giờ gửi", "section", shape=_SENDING),
        Setting("duties", "việc định kỳ mở trước hạn bao lâu", "section", shape=_DUTIES),
        Setting("report", "ngưỡng của báo cáo", "section", shape=_REPORT),
    ),
    "Các tệp `.yml` trong thư mục này được đọc chung như một; một tệp có thể chỉ chứa chính sách hoặc chỉ "
    "chứa quy tắc.",
)
