"""Which channels may an administrator open, and what does each setting mean?"""

from __future__ import annotations

from engine.rulebook_values import YES_NO
from engine.schema import Setting, Shape
from engine.settings_guards import GUARDS, TRIAL

_OFFICE = Shape(
    "office",
    "Cơ quan đứng tên",
    (
        Setting("name", "tên cơ quan gửi", example="Văn phòng UBND tỉnh", is_required=True),
        Setting("reply_to", "địa chỉ nhận thư trả lời", example="theo-doi@tinh.example", is_required=True),
        Setting("domain", "phần sau @ của Message-ID và List-Id", example="tinh.example", is_required=True),
        Setting("contact", "gọi ai khi cần hỏi", example="Phòng theo dõi", is_required=True),
        Setting(
            "base_url",
            "địa chỉ công khai của trang trả lời, mọi liên kết bắt đầu bằng nó; bỏ trống thì "
            "thư không có liên kết",
            example="https://don-doc.tinh.example",
        ),
    ),
)

_MAILBOX = Shape(
    "mailbox",
    "Hộp thư tại chỗ",
    (Setting("enabled", "mở hay đóng", "choice", "có", YES_NO, default="có"),),
)

_EMAIL = Shape(
    "email",
    "Thư điện tử",
    (
        Setting("enabled", "mở hay đóng", "choice", "có", YES_NO, default="không"),
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
        Setting(
            "password_file",
            "tệp chứa mật khẩu, quyền 0600; bỏ trống thì đọc DONDOC_EMAIL_PASSWORD",
            example="/run/secrets/smtp",
        ),
        Setting("ca_file", "tệp chứng chỉ gốc của máy chủ nội bộ", example="/etc/ssl/tinh.pem"),
        Setting("sender", "địa chỉ gửi đi", example="don-doc@tinh.example"),
        Setting(
            "envelope_from",
            "một địa chỉ chung nhận thư báo lỗi, khi không có bounce_domain",
            example="tra-lai@tinh.example",
        ),
        Setting(
            "bounce_domain",
            "tên miền nhận thư báo lỗi: mỗi thư có địa chỉ trả lại riêng, có chữ ký, dạng bounce+…@tên-miền",
            example="tra-lai.tinh.example",
        ),
        Setting(
            "bounces_folder",
            "thư mục (Maildir hoặc các tệp .eml) nơi thư báo lỗi về; thư đã đọc được chuyển vào da-xu-ly/",
            example="/var/mail/don-doc",
        ),
        Setting(
            "connections",
            "số kết nối cùng lúc tới máy chủ; máy chết giữa chừng thì nhiều nhất chừng ấy thư có thể đến hai "
            "lần (cùng Message-ID)",
            "number",
            "4",
            default="4",
            most=20,
        ),
    ),
    "Thư báo lỗi được đọc bằng `dondoc bounces` (máy chủ thư gọi qua ống dẫn) hoặc từ bounces_folder.",
)

_TELEGRAM = Shape(
    "telegram",
    "Telegram",
    (
        Setting("enabled", "mở hay đóng", "choice", "có", YES_NO, default="không"),
        Setting("bot", "tên của bot, không có @", example="dondoc_tinh_bot"),
        Setting(
            "token_file",
            "tệp chứa mã của bot, quyền 0600; bỏ trống thì đọc DONDOC_TELEGRAM_TOKEN",
            example="/run/secrets/telegram",
        ),
        Setting(
            "secret_file",
            "tệp chứa chuỗi bí mật Telegram kèm theo mỗi sự kiện (A-Z, a-z, 0-9, _ và -); bỏ trống thì đọc "
            "DONDOC_TELEGRAM_SECRET",
            example="/run/secrets/telegram-hook",
        ),
        Setting(
            "base_url",
            "máy chủ Bot API: của Telegram, hoặc máy chủ riêng",
            example="https://api.telegram.org",
            default="https://api.telegram.org",
        ),
        Setting("proxy", "máy trung chuyển ra ngoài", example="http://proxy.tinh.example:3128"),
    ),
    "Đóng theo mặc định: từ tháng 5/2025 các nhà mạng trong nước được yêu cầu chặn Telegram, có mạng vào "
    "được, có mạng không. Người nhận tự mở bằng mã; không ai chỉ có kênh này. Ba lần liền không kết nối được "
    "thì nghỉ 10 phút và tin đi kênh kế tiếp.",
)

_CHATS = Shape(
    "chats",
    "Tin nhắn",
    (
        Setting(
            "mail_after",
            "tin qua Zalo, Telegram không được trả lời thì sau chừng này gửi thêm thư điện tử; "
            "không: không gửi",
            example="24 giờ",
            default="24 giờ",
        ),
    ),
)

_OUTBOUND = Shape(
    "outbound",
    "Gọi ra ngoài",
    (
        Setting(
            "allow_private",
            "máy chủ trong mạng nội bộ được phép gọi tới (máy trung chuyển, máy thử); mặc định không gọi "
            "tới địa chỉ nội bộ nào",
            example="may-thu.noi-bo.example",
            is_list=True,
        ),
    ),
    "Các kênh Zalo, Telegram chỉ gọi tới máy chủ ghi trong tệp này, luôn qua https.",
)

_ZALO_APP = Shape(
    "zalo-app",
    "Ứng dụng Zalo của OA",
    (
        Setting("app_id", "mã ứng dụng ở developers.zalo.me", example="1234567890123456789"),
        Setting("oa_id", "mã của OA", example="9876543210987654321"),
        Setting(
            "app_secret_file",
            "tệp chứa khóa bí mật của ứng dụng, quyền 0600; bỏ trống thì đọc DONDOC_ZALO_APP_SECRET",
            example="/run/secrets/zalo-app",
        ),
        Setting(
            "oa_secret_file",
            "tệp chứa OA Secret Key ở trang webhook, khác khóa của ứng dụng; bỏ trống thì đọc "
            "DONDOC_ZALO_OA_SECRET",
            example="/run/secrets/zalo-oa",
        ),
        Setting(
            "verifier_file",
            "tệp chứa code_verifier, chỉ khi trang quản lý đã lưu sẵn code_challenge; bỏ trống thì mỗi lần "
            "xin quyền tạo một cặp mới",
            example="/run/secrets/zalo-verifier",
        ),
        Setting(
            "redirect_uri",
            "địa chỉ nhận kết quả, đúng như đã lưu ở trang quản lý ứng dụng",
            example="https://don-doc.tinh.example/zalo",
        ),
        Setting(
            "proof",
            "có: gửi kèm appsecret_proof, khi trang quản lý bật yêu cầu này",
            "choice",
            "có",
            YES_NO,
            default="không",
        ),
        Setting(
            "strict_signature",
            "có: chỉ nhận chữ ký webhook theo đúng công thức đã công bố",
            "choice",
            "có",
            YES_NO,
            default="không",
        ),
        Setting(
            "oauth_url",
            "máy chủ cấp quyền",
            example="https://oauth.zaloapp.com",
            default="https://oauth.zaloapp.com",
        ),
        Setting("oa_url", "máy chủ OA", example="https://openapi.zalo.me", default="https://openapi.zalo.me"),
        Setting(
            "zbs_url",
            "máy chủ gửi theo mẫu",
            example="https://business.openapi.zalo.me",
            default="https://business.openapi.zalo.me",
        ),
    ),
    "Dùng chung cho zalo_oa và zalo_zbs. Cấp quyền: `dondoc zalo connect`; xem: `dondoc zalo status`.",
)

_ZALO_BOT = Shape(
    "zalo-bot",
    "Zalo Bot",
    (
        Setting("enabled", "mở hay đóng", "choice", "có", YES_NO, default="không"),
        Setting(
            "token_file",
            "tệp chứa mã của bot, quyền 0600; bỏ trống thì đọc DONDOC_ZALO_BOT_TOKEN",
            example="/run/secrets/zalo-bot",
        ),
        Setting(
            "secret_file",
            "tệp chứa chuỗi bí mật Zalo kèm theo mỗi sự kiện (8 đến 256 ký tự); bỏ trống thì đọc "
            "DONDOC_ZALO_BOT_SECRET",
            example="/run/secrets/zalo-bot-hook",
        ),
        Setting("users", "số người nhiều nhất của gói", "number", "50", default="50", most=100_000),
        Setting(
            "messages_per_month",
            "số tin nhiều nhất mỗi tháng của gói",
            "number",
            "3000",
            default="3000",
            most=10_000_000,
        ),
        Setting(
            "base_url",
            "máy chủ Zalo Bot",
            example="https://bot-api.zaloplatforms.com",
            default="https://bot-api.zaloplatforms.com",
        ),
    ),
    "Người nhận phải nhắn cho bot trước. Bot không có nút bấm: người nhận gõ phản hồi.",
)

_ZALO_OA = Shape(
    "zalo-oa",
    "Zalo OA",
    (
        Setting("enabled", "mở hay đóng", "choice", "có", YES_NO, default="không"),
        Setting(
            "buttons",
            "có: tin có nút phản hồi; thử trên OA thật trước khi bật",
            "choice",
            "có",
            YES_NO,
            default="không",
        ),
    ),
    "Chỉ gửi được cho người đã tương tác với OA trong 7 ngày; quá hạn thì tin đi kênh kế tiếp.",
)

_ZBS_PARAM = Shape(
    "zalo-zbs-param",
    "Tham số của mẫu",
    (
        Setting("name", "tên tham số trong mẫu Zalo đã duyệt", example="khach_hang", is_required=True),
        Setting("field", "trường của tin điền vào đó", example="nguoi_nhan", is_required=True),
    ),
)

_ZALO_ZBS = Shape(
    "zalo-zbs",
    "Zalo theo mẫu (ZBS, trước đây là ZNS)",
    (
        Setting("enabled", "mở hay đóng", "choice", "có", YES_NO, default="không"),
        Setting("template", "mã mẫu đã được Zalo duyệt", example="600001"),
        Setting(
            "params",
            "chỉ ghi những tham số có tên khác tên trường",
            "section",
            is_list=True,
            shape=_ZBS_PARAM,
        ),
        Setting(
            "trial",
            "có: chế độ thử, tin chỉ tới được quản trị viên của OA",
            "choice",
            "có",
            YES_NO,
            default="không",
        ),
    ),
    "Gửi theo số điện thoại (84…) hoặc theo mã người dùng của OA (uid:…). Tham số của mẫu lấy từ các trường "
    "của tin cùng tên; quá dài thì được cắt theo mức của mẫu.",
)

CHANNELS_FILE = Shape(
    "channels-file",
    "Kênh gửi tin",
    (
        Setting("office", "cơ quan đứng tên thư", "section", is_required=True, shape=_OFFICE),
        Setting("mailbox", "hộp thư tại chỗ: không tin nào rời máy", "section", shape=_MAILBOX),
        Setting("email", "thư điện tử", "section", shape=_EMAIL),
        Setting("chats", "điều chung cho Zalo và Telegram", "section", shape=_CHATS),
        Setting("outbound", "máy chủ nội bộ được gọi tới", "section", shape=_OUTBOUND),
        Setting("trial", "chạy thử: chỉ gửi cho người trong danh sách", "section", shape=TRIAL),
        Setting("guards", "giới hạn gửi", "section", shape=GUARDS),
        Setting("zalo_app", "ứng dụng Zalo của OA", "section", shape=_ZALO_APP),
        Setting("zalo_bot", "Zalo Bot", "section", shape=_ZALO_BOT),
        Setting("zalo_oa", "tin tư vấn của OA", "section", shape=_ZALO_OA),
        Setting("zalo_zbs", "tin theo mẫu đã duyệt", "section", shape=_ZALO_ZBS),
        Setting("telegram", "Telegram; đóng theo mặc định", "section", shape=_TELEGRAM),
    ),
)
