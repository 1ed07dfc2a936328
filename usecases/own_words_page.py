"""What does the manual say of an office's own words?

Its tables are those the reader of the words goes by: a variable or filter cannot be there
and not here.
"""

from __future__ import annotations

from collections.abc import Iterator

from notifiers.own_words import FILTERS, MOST_CHARACTERS, VARIABLES
from notifiers.own_words_reader import LARGEST_FILE
from usecases.texts import ENDING, FOLDER


def own_words_page() -> Iterator[str]:
    """Yield the parts of the section, tables included."""
    yield _ABOUT
    yield "| Biến | Ý nghĩa | Ví dụ |"
    yield "|---|---|---|"
    yield from (f"| `{one.name}` | {one.meaning} | {one.example} |" for one in VARIABLES)
    yield ""
    yield "| Phép đổi chữ | Ý nghĩa | Ví dụ |"
    yield "|---|---|---|"
    shown = ((one, one.example.replace("|", r"\|")) for one in FILTERS)
    yield from (f"| `{one.name}` | {one.meaning} | `{example}` |" for one, example in shown)
    yield ""
    yield _LIMITS


_ABOUT = f"""\
## Lời riêng của một bậc: `config/{FOLDER}/<tên>{ENDING}`

Một đoạn ngắn của cơ quan, đứng dưới mỗi việc trong mọi tin của bậc ghi `template: <tên>`:

```yaml
      - id: den-han
        on: ngày hết hạn
        to: contact
        template: phong-tong-hop     # tệp config/{FOLDER}/phong-tong-hop{ENDING}
```

```
Gửi bản giấy về Phòng Tổng hợp trước 17 giờ ngày {{{{ due }}}}.
{{% if days_late > 5 %}}Đã chậm {{{{ days_late }}}} ngày: kèm văn bản nêu lý do.{{% endif %}}
{{# Ghi chú cho người soạn, không có trong tin. #}}
```
"""

_LIMITS = f"""\
Điều kiện viết bằng `{{% if … %}}`, `{{% elif … %}}`, `{{% else %}}`, `{{% endif %}}` với `and`, `or`, `not`
và các phép so `==`, `!=`, `<`, `<=`, `>`, `>=` (số với số), `in` (chữ trong chữ: `"Sở" in unit`). Ngoài ra
không dùng được gì: không vòng lặp, phép tính, dấu chấm, lời gọi hàm; `dondoc check` chỉ đúng dòng, đúng cột.

Một đoạn nhiều nhất {MOST_CHARACTERS} ký tự, một tệp nhiều nhất {LARGEST_FILE}. Lời riêng không nằm trong bộ
quy tắc: sửa tệp thì có hiệu lực từ tin gửi kế tiếp, không cần `dondoc apply`. Tệp thiếu hoặc có lỗi không giữ
tin lại: tin đi không kèm lời riêng, nhật ký dịch vụ ghi cảnh báo.
"""
