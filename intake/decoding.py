"""Are these bytes a text we can read, and if not, what do they look like?"""

from __future__ import annotations

import codecs

from engine.problems import Problem

MAX_BYTES = 20 * 1024 * 1024
MIN_ZEROS = 4

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ZIPS = (
    (b"word/", "một tệp Word (.docx)"),
    (b"xl/", "một tệp Excel (.xlsx)"),
    (b"content.xml", "một tệp OpenDocument"),
)
_MAGIC = (
    (b"%PDF", "một tệp PDF"),
    (b"\xd0\xcf\x11\xe0", "một tệp Office đời cũ (.doc, .xls) hoặc có mật khẩu"),
    (b"{\\rtf", "một tệp RTF"),
    (b"\x89PNG", "một ảnh PNG"),
    (b"\xff\xd8\xff", "một ảnh JPEG"),
    (b"Rar!", "một tệp nén RAR"),
    (b"7z\xbc\xaf", "một tệp nén 7z"),
    (b"\x1f\x8b", "một tệp nén gzip"),
)
_SAVE_AS = "mở tệp trong Word, chọn Lưu thành 'Plain Text (*.txt)' với mã Unicode (UTF-8), rồi nhập lại"


def decoded(data: bytes, source: str) -> tuple[str, list[Problem]]:
    """Return the text without its byte-order mark, or the one problem that prevents reading it."""
    if len(data) > MAX_BYTES:
        message = f"tệp lớn hơn {MAX_BYTES // 1024 // 1024} MiB"
        return "", [Problem(source, 0, 0, "too-large", message, "chỉ giữ phần kế hoạch và phụ lục, bỏ ảnh")]
    kind = looks_like(data)
    if kind:
        return "", [
            Problem(source, 0, 0, "not-text", f"tệp này là {kind}, không phải văn bản thuần", _SAVE_AS)
        ]
    mark, encoding = next(((bom, name) for bom, name in _BOMS if data.startswith(bom)), (b"", "utf-8"))
    if encoding == "utf-8" and b"\0" in data:
        return "", [Problem(source, 0, 0, "not-text", _with_zeros(data), _SAVE_AS)]
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: len(mark) + error.start].count(b"\n") + 1
        message = f"không đọc được ký tự ở dòng {line}: tệp hỏng hoặc không theo mã Unicode"
        return "", [Problem(source, line, 1, "not-text", message, _SAVE_AS)]
    if not text.strip("\ufeff \t\r\n\u00a0"):
        hint = "kiểm tra lại tệp gửi kèm và xuất lại từ Word"
        return "", [Problem(source, 0, 0, "empty-file", "tệp không có nội dung", hint)]
    return text, []


def looks_like(data: bytes) -> str:
    """Return what a file of another kind is, in words, or an empty text."""
    if data.startswith(b"PK\x03\x04"):
        return next((name for part, name in _ZIPS if part in data), "một tệp nén ZIP")
    return next((name for magic, name in _MAGIC if data.startswith(magic)), "")


def _with_zeros(data: bytes) -> str:
    """Return the sentence for bytes with zeros: in UTF-16 they stand in every other place."""
    zeros = [at for at, byte in enumerate(data[:400]) if byte == 0]
    if len(zeros) >= MIN_ZEROS and len({at % 2 for at in zeros}) == 1:
        return "tệp có vẻ theo mã UTF-16 nhưng thiếu dấu mở đầu (BOM)"
    return "tệp chứa byte 0, không phải văn bản thuần"
