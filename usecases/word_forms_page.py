"""What does the manual say about the Word forms of official papers?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reports.official_form import BLOCKS, TEXTS
from reports.official_template import FILES
from reports.paper import Form


def word_forms_page() -> Iterator[str]:
    """Yield the section, one piece a line or paragraph."""
    yield f"## Mẫu văn bản Word: `config/templates/{FILES[Form.REPORT]}`, `{FILES[Form.LETTER]}`\n"
    yield _ABOUT
    yield from _table("Chỗ điền chữ", TEXTS)
    yield from _table("Chỗ điền cả khối", BLOCKS)
    yield _MORE


def _table(heading: str, places: Mapping[str, str]) -> Iterator[str]:
    yield f"| {heading} | Nội dung |"
    yield "|---|---|"
    yield from (f"| `{{{{ {name} }}}}` | {said} |" for name, said in places.items())
    yield ""


_ABOUT = """\
Báo cáo và công văn dạng .docx dựng theo hai mẫu này (thể thức Nghị định 30/2020/NĐ-CP, Phụ lục I).
Mở bằng Word, sửa chữ, lề, cỡ chữ, thêm bớt dòng rồi lưu lại dạng .docx: bản kế tiếp theo mẫu mới,
không phải sửa chương trình. Xóa tệp thì dùng mẫu đi kèm.

Chỗ điền viết trong hai ngoặc nhọn, viết hoa hay có dấu đều được: `{{ Nội dung }}` cũng là
`{{ noi_dung }}`. Mẫu không chạy lệnh nào. Số, ngày để trống: hệ thống quản lý văn bản cấp khi ban hành.
"""
_MORE = """Chỗ điền cả khối đứng một mình trong đoạn; `{{ noi_dung }}` và `{{ phu_luc }}` phải có, nằm ngoài
bảng. Đoạn mà mọi chỗ điền đều trống thì được bỏ; báo cáo không có phụ lục thì bỏ cả phần trang
ngang. “Như trên” trong nơi nhận chỉ in khi văn bản có dòng “Kính gửi”.

Cỡ chữ, giãn dòng, lề đoạn sửa ở danh sách kiểu (Styles) của Word: “Thân bài”, “Đề mục”, “Chữ trong
bảng”, “Đầu cột”, “Dòng nhóm”, “Nơi nhận”, … Giữ nguyên tên kiểu; kiểu nào bị xóa thì chương trình
thêm lại. Gạch dưới tên cơ quan và tiêu ngữ tự dài theo dòng chữ phía trên. `dondoc check` chỉ chỗ
điền viết sai, thiếu hoặc đặt sai chỗ; mẫu có macro hay lấy hình từ nơi khác bị từ chối.
"""
