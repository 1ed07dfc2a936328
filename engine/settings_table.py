"""What may an administrator write, and what does each word mean?

The table behind the manual and the editors' schemas. A test compares it with what the
readers ask for: a setting that is not here fails the build.
"""

from __future__ import annotations

from engine.model import PostRole, UnitKind
from engine.rulebook import CHANNELS
from engine.schema import Setting, Shape
from engine.settings_channels import CHANNELS_FILE
from engine.settings_of_registry import REGISTRY
from engine.settings_of_rules import RULES
from engine.settings_of_tests import TESTS
from engine.settings_reports import REPORTS_FILE
from engine.unit_names import COMMUNE_TYPES

_UNIT_KINDS = tuple(str(kind) for kind in UnitKind)

_PERSON = Shape(
    "person",
    "Người giữ vị trí",
    (
        Setting("name", "họ và tên", example="Trần Văn Mẫu", is_required=True),
        Setting("email", "địa chỉ thư điện tử công vụ", example="dau-moi@tinh.example"),
        Setting("phone", "số di động công vụ, để nhận tin ZBS", example="0912 345 678"),
        Setting("prefers", "kênh muốn nhận trước, theo thứ tự", "choice", "email", CHANNELS, is_list=True),
        Setting(
            "quiet",
            "giờ không muốn nhận tin, có thể qua nửa đêm; tin chờ, không bị bỏ",
            "span",
            "20:30-07:00",
            is_list=True,
        ),
    ),
    "Cuộc trò chuyện Zalo, Telegram không ghi ở đây: người nhận tự nối bằng mã một lần (`dondoc join`).",
)

_AWAY = Shape(
    "away",
    "Vắng mặt và người thay",
    (
        Setting("from", "vắng từ ngày này, hoặc từ giờ này của ngày", example="2026-01-05", is_required=True),
        Setting(
            "to",
            "đến hết ngày này, hoặc đến đúng giờ này; không ghi thì đến khi sửa",
            example="2026-01-09 12:00",
        ),
        Setting(
            "deputy",
            "vị trí nhận thay; nhiều vị trí thì theo thứ tự",
            example="SYT/head",
            is_required=True,
            is_list=True,
        ),
        Setting("document", "văn bản làm căn cứ", example="12/QĐ-SYT"),
    ),
    "Người thay được xác định đúng lúc gửi. Người thay cũng vắng, hoặc không có kênh nào tới được, thì đến "
    "người thay tiếp theo; không còn ai thì tin vẫn gửi cho người đang vắng. Tin ghi rõ “nhận thay …”.",
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
            "chairman Chủ tịch UBND tỉnh · deputy cấp phó, chỉ nhận tin khi thay người khác",
            "choice",
            "contact",
            tuple(str(role) for role in PostRole),
            is_required=True,
        ),
        Setting("title", "chức danh, đứng đầu thư", example="Chuyên viên đầu mối", is_required=True),
        Setting("person", "người đang giữ vị trí", "section", is_required=True, shape=_PERSON),
        Setting("from", "ngày đầu tiên giữ vị trí", "date", "2026-01-01"),
        Setting("to", "ngày cuối cùng giữ vị trí", "date", "2099-12-31"),
        Setting("away", "những lần vắng mặt", "section", is_list=True, shape=_AWAY),
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
    "tests": ("rules/tests/*.yml", TESTS),
    "people": ("people.yml", PEOPLE),
    "units": ("units.yml", UNITS),
    "channels": ("channels.yml", CHANNELS_FILE),
    "reports": ("reports.yml", REPORTS_FILE),
    "calendar": ("calendar/<năm>.yml", CALENDAR),
    "registry": ("registry/*.yml", REGISTRY),
}
