"""What may an administrator write, and what does each word mean?

The table behind the manual and the editors' schemas. A test compares it with what the
readers ask for: a setting that is not here fails the build.
"""

from __future__ import annotations

from engine.model import DeadlineKind, PostRole, UnitKind
from engine.rulebook_types import CHANNELS, Audience
from engine.rulebook_values import MAX_PRIORITY, MAX_TIMES
from engine.schema import Setting, Shape
from engine.settings_channels import CHANNELS_FILE
from engine.unit_names import COMMUNE_TYPES

_AUDIENCES = tuple(str(audience) for audience in Audience)
_UNIT_KINDS = tuple(str(kind) for kind in UnitKind)
_YES_NO = ("có", "không")

_REPEAT = Shape(
    "repeat",
    "Nhắc lại",
    (
        Setting("every", "nhắc lại sau mỗi chừng này ngày", "days", "5 ngày làm việc", is_required=True),
        Setting("times", "nhắc lại bao nhiêu lần", "number", "4", is_required=True, most=MAX_TIMES),
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
            "gửi ai: supporting đơn vị phối hợp (chỉ thông tin) · contact đầu mối · head thủ trưởng · "
            "coordinator cơ quan theo dõi, đôn đốc · chairman Chủ tịch UBND tỉnh",
            "choice",
            "contact",
            _AUDIENCES,
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
        Setting("template", "tên mẫu lời nhắc của bậc; không ghi thì dùng mẫu chung", "id", "nhac-lanh-dao"),
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
        Setting("steps", "các bậc đôn đốc", "section", is_list=True, is_required=True, shape=_STEP),
    ),
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
        Setting("duty", "có: chỉ việc định kỳ · không: chỉ nhiệm vụ thường", "choice", "có", _YES_NO),
        Setting("number", "số thứ tự của nhiệm vụ trong kế hoạch", example="15", is_list=True),
        Setting(
            "words",
            "nội dung nhiệm vụ có một trong các từ này; không phân biệt hoa thường, phải là trọn từ",
            example="phòng chống lụt bão",
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
    "theo tên tệp.",
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
        Setting("sending", "khung giờ gửi", "section", shape=_SENDING),
    ),
    "Các tệp `.yml` trong thư mục này được đọc chung như một; một tệp có thể chỉ chứa chính sách hoặc chỉ "
    "chứa quy tắc.",
)

_PERSON = Shape(
    "person",
    "Người giữ vị trí",
    (
        Setting("name", "họ và tên", example="Trần Văn Mẫu", is_required=True),
        Setting("email", "địa chỉ thư điện tử công vụ", example="dau-moi@tinh.example"),
    ),
)

_POST = Shape(
    "post",
    "Vị trí",
    (
        Setting(
            "unit",
            "mã đơn vị, như trong units.yml; xã, phường dùng mã quốc gia",
            example="SYT",
            is_required=True,
        ),
        Setting(
            "role",
            "contact đầu mối · head thủ trưởng · coordinator cơ quan theo dõi, đôn đốc · "
            "chairman Chủ tịch UBND tỉnh",
            "choice",
            "contact",
            tuple(str(role) for role in PostRole),
            is_required=True,
        ),
        Setting("title", "chức danh, đứng đầu thư", example="Chuyên viên đầu mối", is_required=True),
        Setting("person", "người đang giữ vị trí", "section", is_required=True, shape=_PERSON),
        Setting("from", "ngày đầu tiên giữ vị trí", "date", "2026-01-01"),
        Setting("to", "ngày cuối cùng giữ vị trí", "date", "2099-12-31"),
    ),
    "Liên hệ gắn với vị trí, không gắn với người. Khi đổi người, ghi `to` cho người cũ và thêm một dòng có "
    "`from`.",
)

PEOPLE = Shape(
    "people-file",
    "Danh bạ theo vị trí",
    (Setting("posts", "các vị trí", "section", is_list=True, shape=_POST),),
)

_PREDECESSOR = Shape(
    "predecessor",
    "Tên cũ",
    (
        Setting("name", "tên cơ quan cũ", example="Sở Y tế cũ", is_required=True),
        Setting("until", "ngày cơ quan cũ kết thúc hoạt động", "date", "2025-03-01", default="2025-07-01"),
        Setting("note", "chuyện gì đã xảy ra", example="hợp nhất"),
    ),
)

_ALIASES = Setting("aliases", "các cách viết khác", example="Cách viết khác", is_list=True)
_FORMERS = Setting(
    "predecessors", "các cơ quan cũ mà cơ quan này kế tục", "section", is_list=True, shape=_PREDECESSOR
)

_UNIT = Shape(
    "unit",
    "Cơ quan",
    (
        Setting("code", "mã không đổi của cơ quan", example="SYT", is_required=True),
        Setting("name", "tên đầy đủ", example="Sở Y tế", is_required=True),
        Setting(
            "kind", "loại, như điều kiện unit_kind", "choice", "department", _UNIT_KINDS, is_required=True
        ),
        _ALIASES,
        _FORMERS,
    ),
)

_LOCAL = Shape(
    "commune",
    "Tên khác của xã, phường, đặc khu",
    (
        Setting("code", "mã theo danh mục quốc gia", example="21025", is_required=True),
        Setting("aliases", "các cách viết khác", example="Cẩm Thành mới", is_list=True),
        Setting("predecessors", "đơn vị cũ", "section", is_list=True, shape=_PREDECESSOR),
    ),
)

_GROUP = Shape(
    "group",
    "Nhóm cơ quan",
    (
        Setting("code", "mã của nhóm", example="nhom-thu", is_required=True),
        Setting("words", "các từ gọi nhóm này", example="các ban thử", is_list=True),
        Setting("members", "mã các cơ quan trong nhóm", example="SYT", is_list=True),
        Setting(
            "communes", "nhóm gồm các xã, phường, đặc khu nào", "choice", "tất cả", ("tất cả", *COMMUNE_TYPES)
        ),
        Setting("companions", "từ đi kèm mà nghĩa đã nằm trong nhóm", example="ngành", is_list=True),
        Setting(
            "question", "câu hỏi cho người chọn, khi nhóm không tự xác định được", example="chọn cơ quan"
        ),
    ),
)

_DISSOLVED = Shape(
    "dissolved",
    "Cơ quan đã kết thúc hoạt động",
    (
        Setting("name", "tên cơ quan cũ", example="Sở Giao thông thử", is_required=True),
        Setting("aliases", "các cách viết khác", example="Sở GT thử", is_list=True),
        Setting("until", "ngày kết thúc hoạt động", "date", "2025-03-01", default="2025-07-01"),
        Setting(
            "successors",
            "mã các cơ quan có thể nhận việc; luôn hỏi, không tự chọn",
            example="SYT",
            is_list=True,
        ),
        Setting("why", "việc nào đã chuyển về đâu", example="chia cho nhiều sở", is_required=True),
    ),
)

UNITS = Shape(
    "units-file",
    "Danh mục cơ quan",
    (
        Setting("units", "các cơ quan", "section", is_list=True, shape=_UNIT),
        Setting("communes", "tên khác của xã, phường, đặc khu", "section", is_list=True, shape=_LOCAL),
        Setting("abbreviations", "chữ viết tắt và các từ đầy đủ của nó", "map", "VH"),
        Setting("groups", "các nhóm cơ quan", "section", is_list=True, shape=_GROUP),
        Setting(
            "dissolved",
            "cơ quan không còn và không có một nơi kế tục duy nhất",
            "section",
            is_list=True,
            shape=_DISSOLVED,
        ),
    ),
    "Xã, phường, đặc khu không ghi ở đây: danh sách lấy từ danh mục hành chính quốc gia.",
)

_DAY = Shape(
    "day",
    "Ngày đặc biệt",
    (
        Setting("day", "ngày, dạng năm-tháng-ngày", "date", "2026-08-22", is_required=True),
        Setting("name", "tên ngày nghỉ hoặc lý do làm bù", example="Quốc khánh", is_required=True),
        Setting(
            "document", "văn bản làm căn cứ", example="Bộ luật Lao động 2019, Điều 112", is_required=True
        ),
        Setting("note", "điều cần kiểm tra lại", example="chưa đọc thông báo"),
    ),
)

CALENDAR = Shape(
    "calendar-file",
    "Lịch làm việc",
    (
        Setting("year", "năm; mỗi năm một tệp", example="2026", is_required=True),
        Setting(
            "status",
            "provisional: mới là dự kiến, `dondoc check` sẽ nhắc từ ngày 1/12 năm trước",
            "choice",
            "official",
            ("official", "provisional"),
            default="official",
        ),
        Setting("days_off", "ngày nghỉ ngoài thứ Bảy, Chủ nhật", "section", is_list=True, shape=_DAY),
        Setting("working_days", "thứ Bảy, Chủ nhật làm bù", "section", is_list=True, shape=_DAY),
    ),
)

# By the place in the configuration folder; the schema of each is `schema/<name>.schema.json`.
FILES = {
    "rules": ("rules/*.yml", RULES),
    "people": ("people.yml", PEOPLE),
    "units": ("units.yml", UNITS),
    "channels": ("channels.yml", CHANNELS_FILE),
    "calendar": ("calendar/<năm>.yml", CALENDAR),
}
