"""What do the manual's page of settings and the schemas for editors say?

Both come from one table; `make docs` writes them, and a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.schema import Setting, Shape, all_shapes, json_schema
from engine.settings_table import FILES
from usecases.own_words_page import own_words_page
from usecases.settings import PROJECT
from usecases.word_forms_page import word_forms_page

MANUAL = "docs/cau-hinh.md"


def pages() -> dict[str, str]:
    """Return every generated file by its path in the project."""
    schemas = {f"config/schema/{name}.schema.json": json_schema(shape) for name, (_, shape) in FILES.items()}
    return {MANUAL: _manual(), **schemas}


def write_pages() -> None:
    """Write the generated files into the project."""
    for path, text in pages().items():
        (PROJECT / path).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / path).write_text(text, "utf-8")


def _manual() -> str:
    parts = [_INTRODUCTION]
    for place, shape in FILES.values():
        parts.append(f"## {shape.title}: `config/{place}`\n")
        for section in all_shapes(shape):
            parts += _section(section, is_file=section is shape)
    parts += own_words_page()
    parts += word_forms_page()
    return "\n".join(parts)


def _section(shape: Shape, is_file: bool) -> Iterator[str]:
    if not is_file:
        yield f"### {shape.title}\n"
    if shape.about:
        yield f"{shape.about}\n"
    yield "| Khóa | Ý nghĩa | Ghi gì | Bắt buộc, mặc định |"
    yield "|---|---|---|---|"
    yield from (f"| `{s.key}` | {s.meaning} | {_what(s)} | {_need(s)} |" for s in shape.settings)
    yield ""


def _what(setting: Setting) -> str:
    if setting.shape:
        title = setting.shape.title
        return f"các mục “{title}”" if setting.is_list else f"mục “{title}”"
    if setting.kind == "map":
        return f"`{setting.example}: […]`"
    if setting.choices:
        said = " · ".join(f"`{choice}`" for choice in setting.choices)
    else:
        said = f"{_KINDS.get(setting.kind, 'chữ')}, ví dụ `{_quoted(setting)}`"
    return f"một hoặc nhiều: {said}" if setting.is_list else said


def _quoted(setting: Setting) -> str:
    return f'"{setting.example}"' if setting.kind in {"hour", "span"} else setting.example


def _need(setting: Setting) -> str:
    if setting.is_alternative:
        return "đúng một mốc"
    if setting.is_required:
        return "bắt buộc"
    return f"mặc định {setting.default}" if setting.default else ""


_KINDS = {
    "days": "`N ngày làm việc` hoặc `N ngày`",
    "working-days": "`N ngày làm việc`",
    "hour": "giờ:phút",
    "span": "từ-đến",
    "date": "năm-tháng-ngày",
    "number": "số",
    "id": "chữ liền, không dấu cách",
}

_INTRODUCTION = """\
# Mọi thiết lập

Trang này và các lược đồ trong `config/schema/` sinh ra từ một bảng duy nhất bằng `make docs`; đừng sửa tay.
Trình soạn thảo có hỗ trợ YAML (VS Code với phần mở rộng YAML …) tự gợi ý và gạch chân chỗ sai nhờ dòng
`# yaml-language-server: $schema=…` ở đầu mỗi tệp.

## Thêm một bậc đôn đốc

Muốn báo thủ trưởng trước hạn 5 ngày làm việc bằng thư điện tử, thêm vào `steps` của chính sách trong
`config/rules/mac-dinh.yml`, thụt đầu dòng bằng các bậc bên cạnh:

```yaml
      - id: bao-thu-truong-truoc-5-ngay
        before: 5 ngày làm việc
        to: head
        via: [email, mailbox]
```

```
.venv/bin/dondoc check   # có lỗi thì chỉ đúng dòng, đúng cột
.venv/bin/dondoc diff    # 90 ngày tới thêm, bớt, đổi tin nào so với quy tắc đang có hiệu lực
.venv/bin/dondoc apply   # đưa vào hiệu lực; trước lệnh này bản sửa chưa nhắc ai
```

Máy mới chưa có bộ nào đang có hiệu lực thì chạy `dondoc apply` một lần trước khi sửa. Kênh `email` đóng cho
đến khi mở trong `config/channels.yml`.

`dondoc check` thoát với mã 0 khi không có lỗi, 3 khi có. Điều cần xem mà không cản việc chạy (kênh đang đóng,
chính sách không dùng, thiếu lịch năm sau …) cũng được in ra. Sai một chữ không làm mất tin: tệp có lỗi không
bao giờ được đưa vào dùng.

Mọi giá trị đều đọc như chữ: `có`, `08:00`, `0123` giữ nguyên như đã ghi. Không dùng neo `&`, bí danh `*`,
thẻ `!`; một tệp nhiều nhất 1 MiB và 20 tầng.
"""

if __name__ == "__main__":
    write_pages()
