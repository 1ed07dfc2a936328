"""Which channels may an administrator open, and what does each setting mean?"""

from __future__ import annotations

from engine.schema import Setting, Shape

_YES_NO = ("có", "không")

_OFFICE = Shape(
    "office",
    "Cơ quan đứng tên",
    (
        Setting("name", "tên cơ quan gửi", example="Văn phòng UBND tỉnh", is_required=True),
        Setting("reply_to", "địa chỉ nhận thư trả lời", example="theo-doi@tinh.example", is_required=True),
        Setting("domain", "phần sau @ của Message-ID và List-Id", example="tinh.example", is_required=True),
        Setting("contact", "gọi ai khi cần hỏi", example="Phòng theo dõi", is_required=True),
    ),
)

_MAILBOX = Shape(
    "mailbox",
    "Hộp thư tại chỗ",
    (Setting("enabled", "mở hay đóng", "choice", "có", _YES_NO, default="có"),),
)

_EMAIL = Shape(
    "email",
    "Thư điện tử",
    (
        Setting("enabled", "mở hay đóng", "choice", "có", _YES_NO, default="không"),
        Setting("host", "máy chủ gửi thư", example="smtp.tinh.example"),
        Setting("port", "cổng", "number", "587", default="587", most=65535),
        Setting(
            "security",
            "cách bảo vệ đường truyền",
            "choice",
            "starttls",
            ("none", "starttls", "tls"),
            default="starttls",
        ),
        Setting("username", "tên đăng nhập; bỏ trống nếu máy chủ không đòi", example="don-doc"),
        Setting("password_file", "tệp chứa mật khẩu, quyền 0600", example="/run/secrets/smtp"),
        Setting("ca_file", "tệp chứng chỉ gốc của máy chủ nội bộ", example="/etc/ssl/tinh.pem"),
        Setting("sender", "địa chỉ gửi đi", example="don-doc@tinh.example"),
        Setting("envelope_from", "địa chỉ nhận thư báo không gửi được", example="tra-lai@tinh.example"),
    ),
)

CHANNELS_FILE = Shape(
    "channels-file",
    "Kênh gửi tin",
    (
        Setting("office", "cơ quan đứng tên thư", "section", is_required=True, shape=_OFFICE),
        Setting("mailbox", "hộp thư tại chỗ: không tin nào rời máy", "section", shape=_MAILBOX),
        Setting("email", "thư điện tử", "section", shape=_EMAIL),
    ),
)
