"""What may stand in a plan of the registry folder, and what does each word mean?"""

from __future__ import annotations

from engine.schema import Setting, Shape

_DOCUMENT = Shape(
    "document",
    "Kế hoạch",
    (
        Setting("code", "mã kế hoạch, đứng đầu mã nhiệm vụ", example="KH-UBND-2025-10", is_required=True),
        Setting("title", "tên gọn", example="Chuyển đổi số những tháng cuối năm", is_required=True),
        Setting("number", "số, ký hiệu", example="123/KH-UBND"),
        Setting("issuer", "cơ quan ban hành", example="Ủy ban nhân dân tỉnh"),
        Setting("issued_on", "ngày ban hành, để tính thời hạn", "date", "2025-10-17", is_required=True),
        Setting(
            "source_title", "tên như trong văn bản, để nhận ra kế hoạch khi nhập lại", example="Triển khai …"
        ),
    ),
)

_SECTION = Shape(
    "section",
    "Phần của kế hoạch",
    (
        Setting("number", "số của phần", example="I", is_required=True),
        Setting("title", "tên phần", example="Chỉ đạo, điều hành", is_required=True),
    ),
)

_TASK = Shape(
    "registry-task",
    "Nhiệm vụ của kế hoạch",
    (
        Setting("number", "số thứ tự, không trùng nhau", example="15", is_required=True),
        Setting("title", "tên gọn", example="Ban hành chiến lược dữ liệu", is_required=True),
        Setting("section", "số của phần", example="I"),
        Setting(
            "deadline",
            'thời hạn, đúng lời trong văn bản; để trống ghi ""',
            example="30/9/2025",
            is_required=True,
        ),
        Setting(
            "lead",
            'đơn vị chủ trì, đúng lời trong văn bản; để trống ghi ""',
            example="Sở Y tế",
            is_required=True,
        ),
        Setting("supporting", "đơn vị phối hợp, đúng lời trong văn bản", example="Các sở, ban, ngành"),
        Setting("expected", "kết quả dự kiến", example="Quyết định của UBND tỉnh"),
        Setting("note", "ghi chú", example="Hoàn thành trong quý IV"),
        Setting("source", "chỗ trong văn bản", example="Phụ lục, STT 15", is_required=True),
        Setting("held", "vì sao phải có người xem trước khi nhắc", example="bản gốc bị cắt"),
    ),
)

_DUTY = Shape(
    "registry-duty",
    "Việc định kỳ của kế hoạch",
    (
        Setting("id", "tên, không trùng nhau", example="bao-cao-thang", is_required=True),
        Setting("title", "tên gọn", example="Báo cáo kết quả hằng tháng", is_required=True),
        Setting("as_written", "thời hạn, đúng lời", example="trước ngày 10 hàng tháng", is_required=True),
        Setting("units", "đơn vị phải làm, đúng lời", example="Các sở, ban, ngành", is_required=True),
        Setting("receiver", "mã đơn vị nhận báo cáo", example="SKHCN", is_required=True),
        Setting("source", "chỗ trong văn bản", example="Mục III.4", is_required=True),
        Setting("starts_on", "từ ngày nào", "date", "2025-07-01", default="ngày ban hành"),
    ),
)

REGISTRY = Shape(
    "registry-file",
    "Kế hoạch có sẵn",
    (
        Setting("document", "kế hoạch nào", "section", is_required=True, shape=_DOCUMENT),
        Setting("sections", "các phần", "section", is_list=True, shape=_SECTION),
        Setting("tasks", "các nhiệm vụ", "section", is_list=True, shape=_TASK),
        Setting("duties", "các việc định kỳ", "section", is_list=True, shape=_DUTY),
    ),
    "Nạp một lần vào sổ nhiệm vụ còn trống; kế hoạch mới nhập bằng `dondoc import`.",
)
