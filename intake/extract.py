"""Which reader takes this file?

Decided by what the file holds, never by its name: a .docx may be a renamed workbook. A
reader is imported only when its kind of file is at hand, so that a small table opens at once.
"""

from __future__ import annotations

from collections.abc import Callable

from intake.decoding import looks_like
from intake.source import Refused, SourceDocument

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_STARTS_WITHIN = 1024  # some mailers and scanners put lines before the mark
_TAKEN = "các loại tệp đọc được: .docx, .xlsx, .pdf có lớp chữ và văn bản thuần (.txt)"


def extract(data: bytes, on_progress: Callable[[str], None] | None = None) -> SourceDocument:
    """Return what the file holds; `on_progress` hears how far a long file is ("trang 3/40")."""
    if not data.strip():
        raise Refused("empty-file", "tệp không có nội dung", "kiểm tra lại tệp gửi kèm và tải lại")
    if data.startswith(b"PK"):
        return _from_package(data)
    if b"%PDF-" in data[:_PDF_STARTS_WITHIN]:
        return _from_pdf(data, on_progress)
    if data.startswith(_OLD_OFFICE):
        raise _old_office(data)
    kind = looks_like(data) or "loại không nhận ra"
    raise Refused("unsupported-file", f"tệp này là {kind}, không đọc được", _TAKEN)


def _from_package(data: bytes) -> SourceDocument:
    from intake.zipped import kind_of, open_package

    package = open_package(data)
    kind = kind_of(package)
    if kind == "docx":
        from intake.docx import read_docx

        return read_docx(data)
    if kind == "xlsx":
        from intake.xlsx import read_xlsx

        return read_xlsx(data)
    raise _other_package(set(package.names))


def _from_pdf(data: bytes, on_progress: Callable[[str], None] | None) -> SourceDocument:
    from intake.pdf import read_pdf

    if on_progress is None:
        return read_pdf(data)
    return read_pdf(data, on_page=lambda page, pages: on_progress(f"trang {page}/{pages}"))


def _other_package(names: set[str]) -> Refused:
    """Return the refusal for a package that is neither a document nor a workbook we read."""
    if "xl/workbook.bin" in names:
        said = "tệp này là sổ Excel nhị phân (.xlsb), không đọc được"
        return Refused("unsupported-file", said, "mở bằng Excel, lưu lại thành .xlsx rồi nhập lại")
    if "content.xml" in names:
        said = "tệp này là một tệp OpenDocument (.odt, .ods), không đọc được"
        return Refused("unsupported-file", said, "mở tệp, lưu lại thành .docx hoặc .xlsx rồi nhập lại")
    if "ppt/presentation.xml" in names:
        return Refused("unsupported-file", "tệp này là một tệp PowerPoint (.pptx), không đọc được", _TAKEN)
    hint = "giải nén, rồi nhập riêng tệp có phụ lục; " + _TAKEN
    return Refused("unsupported-file", "tệp này là một tệp nén ZIP, không phải văn bản hay bảng tính", hint)


def _old_office(data: bytes) -> Refused:
    if _ENCRYPTED in data:
        hint = "mở tệp bằng Word hoặc Excel, bỏ mật khẩu (Tệp › Thông tin › Bảo vệ), lưu lại rồi nhập lại"
        return Refused("encrypted-file", "tệp có mật khẩu", hint)
    hint = "mở bằng Word hoặc Excel, lưu lại thành .docx hoặc .xlsx rồi nhập lại"
    return Refused("unsupported-file", "tệp này là tệp Office đời cũ (.doc, .xls, .ppt)", hint)
