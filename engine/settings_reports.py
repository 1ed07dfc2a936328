"""What may an administrator write about the office's own paper, and what does each word mean?"""

from __future__ import annotations

from engine.schema import Setting, Shape

_LETTERHEAD = Shape(
    "letterhead",
    "Thể thức",
    (
        Setting(
            "parent",
            "cơ quan chủ quản, dòng trên bên trái; để trống khi không có",
            example="UBND TỈNH QUẢNG NGÃI",
            default="UBND TỈNH QUẢNG NGÃI",
        ),
        Setting("issuer", "cơ quan ban hành, dòng in đậm", example="VĂN PHÒNG", default="VĂN PHÒNG"),
        Setting("place", "địa danh ghi trước ngày tháng", example="Quảng Ngãi", default="Quảng Ngãi"),
        Setting(
            "symbol",
            "ký hiệu của báo cáo, sau số để trống; `{kind}` được thay bằng chữ viết tắt loại văn bản",
            example="/{kind}-VP",
            default="/{kind}-VP",
        ),
        Setting("letter_symbol", "ký hiệu của công văn", example="/VP-KGVX", default="/VP-KGVX"),
        Setting("authority", "quyền hạn ký, để trống khi ký cho chính cơ quan", example="TL. CHỦ TỊCH"),
        Setting("signer_title", "chức vụ người ký", example="CHÁNH VĂN PHÒNG", default="CHÁNH VĂN PHÒNG"),
        Setting("signer", "họ và tên người ký; để trống thì người ký tự ghi", example="Trần Văn Mẫu"),
        Setting(
            "copies",
            "các dòng Nơi nhận, dòng lưu ở cuối",
            example="Như trên",
            is_list=True,
            default="Như trên; Lưu: VT",
        ),
    ),
    "Theo Nghị định 30/2020/NĐ-CP, Phụ lục I. Số và ngày tháng luôn để trống: hệ thống văn bản cấp khi ký. "
    "Bố cục, phông chữ, lời cố định của báo cáo và công văn nằm trong `config/templates/bao-cao.docx` và "
    "`cong-van.docx`, sửa bằng Word.",
)

_LETTERS = Shape(
    "letters",
    "Công văn đôn đốc",
    (
        Setting(
            "demands",
            "office: Văn phòng “đề nghị” · chairman: Chủ tịch UBND tỉnh “yêu cầu”; với cơ quan ngoài khối "
            "UBND luôn là “trân trọng đề nghị”",
            "choice",
            "office",
            ("office", "chairman"),
            default="office",
        ),
        Setting(
            "finish_within",
            "việc quá hạn phải xong trong chừng này ngày làm việc kể từ ngày lập công văn",
            "number",
            "5",
            default="5",
            most=60,
        ),
        Setting(
            "answer_within",
            "đơn vị báo cáo nguyên nhân, đề nghị gia hạn trong chừng này ngày làm việc",
            "number",
            "3",
            default="3",
            most=60,
        ),
    ),
)

_MEETINGS = Shape(
    "meetings",
    "Phiên họp thường kỳ của UBND tỉnh",
    (
        Setting(
            "day",
            "ngày họp hằng tháng, từ 1 đến 28; tháng có ngày ghi ở `dates` thì theo ngày đó",
            "number",
            "25",
            most=28,
        ),
        Setting("dates", "ngày họp ghi riêng từng phiên", "date", "2026-03-27", is_list=True),
    ),
    "Báo cáo quá hạn được lập và gửi vào ngày làm việc liền trước mỗi phiên họp. Không ghi gì thì không "
    "có báo cáo này.",
)

REPORTS_FILE = Shape(
    "reports-file",
    "Báo cáo và công văn",
    (
        Setting("letterhead", "thể thức văn bản", "section", shape=_LETTERHEAD),
        Setting("letters", "công văn đôn đốc", "section", shape=_LETTERS),
        Setting("meetings", "phiên họp mà báo cáo phải đến trước", "section", shape=_MEETINGS),
        Setting(
            "readers",
            "vị trí trong people.yml nhận báo cáo hằng tuần, hằng tháng và trước phiên họp bằng thư",
            example="VPUB/coordinator",
            is_list=True,
        ),
        Setting(
            "least_due",
            "đơn vị có ít việc đến hạn hơn số này thì không xếp hạng",
            "number",
            "5",
            default="5",
            most=1000,
        ),
    ),
)
