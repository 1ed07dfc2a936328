"""What may office staff write into a Word form, and what is wrong with one?

A place to fill in is a name in double braces, `{{ noi_dung }}`: text for text, nothing that runs. Forms
are edited in Word by people: a name may carry capitals and diacritics, stand in several runs, and a slip
is told with the paragraph it stands in. What would reach out of the file (macros, linked pictures,
attached templates) is refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from zipfile import BadZipFile, ZipFile

from lxml import etree

from engine.problems import Problem, printed
from reports.official_markup import CONTENT_TYPES, RELATIONSHIPS, R, W

TEXTS: Mapping[str, str] = {
    "co_quan_chu_quan": "tên cơ quan chủ quản, bỏ trống thì bỏ cả dòng",
    "co_quan_ban_hanh": "tên cơ quan ban hành văn bản",
    "so_ky_hieu": "“Số:” để trống và ký hiệu",
    "dia_danh_ngay_thang": "địa danh; ngày, tháng để trống",
    "ten_loai": "tên loại văn bản, ví dụ BÁO CÁO",
    "trich_yeu": "trích yếu nội dung",
    "ten_bao_cao": "tên báo cáo, ví dụ Báo cáo nhiệm vụ quá hạn",
    "tinh_den": "thời điểm của số liệu",
    "loi_ket": "câu kết của báo cáo",
    "quyen_han": "TM., TL., KT. …, bỏ trống thì bỏ cả dòng",
    "chuc_vu": "chức vụ người ký",
    "nguoi_ky": "họ tên người ký",
    "ten_phu_luc": "tên phụ lục",
    "kem_theo": "dòng “(Kèm theo … số …)”",
}
BLOCKS: Mapping[str, str] = {
    "kinh_gui": "các nơi kính gửi",
    "noi_dung": "toàn bộ nội dung trang đứng",
    "noi_nhan": "các dòng nơi nhận",
    "phu_luc": "toàn bộ nội dung phụ lục",
    "can_cu": "cách tính, căn cứ của số liệu khi không có phụ lục; có phụ lục thì in cuối phụ lục",
}
"""Each stands alone in its paragraph, which it replaces."""
NEEDED = ("noi_dung", "phu_luc")  # without these a report would lose what it says
KNOWN = (*TEXTS, *BLOCKS)

PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
_MOST_BYTES, _MOST_PARTS = 50_000_000, 2_000
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


class FormRejected(Exception):
    """A Word form that cannot be used as it is; `problems` say where and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(printed, problems)))


@dataclass(frozen=True, slots=True)
class WordForm:
    """A form taken apart: its parts by name, those to be filled in parsed."""

    parts: Mapping[str, bytes]
    main: str
    document: etree._Element
    edges: Mapping[str, etree._Element]  # headers and footers by the name of their part

    @property
    def body(self) -> etree._Element:
        """What the document consists of, in order."""
        return next(self.document.iterchildren(f"{{{W}}}body"))

    @property
    def rels(self) -> str:
        """The name of the part that says what the document refers to."""
        folder, name = posixpath.split(self.main)
        return f"{folder}/_rels/{name}.rels"

    def target(self, kind: str) -> str | None:
        """Return the name of the part the document refers to as `kind` ("styles")."""
        if self.rels not in self.parts:
            return None
        for found in parsed(self.parts[self.rels]).iter(f"{{{RELATIONSHIPS}}}Relationship"):
            if found.get("Type", "").endswith(f"/{kind}"):
                return _path(posixpath.dirname(self.main), found.get("Target", ""))
        return None


def open_form(content: bytes, source: str) -> WordForm:
    """Return the form in a Word file; raises FormRejected with everything that is wrong in it."""
    form = _taken_apart(content, source)
    if problems := [*_placed(form, source)]:
        raise FormRejected(problems)
    return form


def form_problems(content: bytes, source: str) -> list[Problem]:
    """Return what is wrong in a form, for whoever checks a configuration before it is in force."""
    try:
        open_form(content, source)
    except FormRejected as rejected:
        return list(rejected.problems)
    return []


def parsed(content: bytes) -> etree._Element:
    """Return the root of one part; a part brings no entities and fetches nothing."""
    if b"<!DOCTYPE" in content:
        raise ValueError("a part of a Word file declares no types of its own")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, parser)


def place_name(written: str) -> str:
    """Return the name as it is compared: "Nội dung" is noi_dung."""
    letters = unicodedata.normalize("NFD", written.casefold().replace("đ", "d"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "_".join(re.findall(r"\w+", plain.replace("_", " ")))


def paragraphs(root: etree._Element) -> Iterator[tuple[etree._Element, list[etree._Element], str]]:
    """Yield every paragraph with the pieces of its own text and the text as read."""
    for paragraph in root.iter(f"{{{W}}}p"):
        pieces = [
            piece
            for piece in paragraph.iter(f"{{{W}}}t")
            if next(piece.iterancestors(f"{{{W}}}p"), None) is paragraph
        ]
        yield paragraph, pieces, "".join(piece.text or "" for piece in pieces)


def _taken_apart(content: bytes, source: str) -> WordForm:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            if len(listed) > _MOST_PARTS or sum(part.file_size for part in listed) > _MOST_BYTES:
                raise _rejected(source, "tệp quá lớn so với một mẫu văn bản", "dùng lại mẫu đi kèm")
            parts = {part.filename: archive.read(part) for part in listed if not part.is_dir()}
        main = _main_part(parts, source)
        _stays_inside(parts, source)
        edges = {
            name: parsed(data)
            for name, data in parts.items()
            if re.fullmatch(rf"{re.escape(posixpath.dirname(main))}/(?:header|footer)\d*\.xml", name)
        }
        return WordForm(parts, main, parsed(parts[main]), edges)
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise _rejected(source, "không phải tệp Word .docx đọc được", _SAVE_ANEW) from None
    except etree.XMLSyntaxError:
        raise _rejected(source, "tệp Word hỏng bên trong", _SAVE_ANEW) from None


_SAVE_ANEW = "mở bằng Word, lưu lại dạng “Word Document (.docx)”, hoặc chép lại mẫu đi kèm"


def _main_part(parts: Mapping[str, bytes], source: str) -> str:
    found = parsed(parts["_rels/.rels"]).iter(f"{{{RELATIONSHIPS}}}Relationship")
    main = next(_path("", one.get("Target", "")) for one in found if one.get("Type") == f"{R}/officeDocument")
    types = parsed(parts["[Content_Types].xml"]).iter(f"{{{CONTENT_TYPES}}}Override")
    kinds = {one.get("PartName", "").lstrip("/"): one.get("ContentType") for one in types}
    if kinds.get(main) != _MAIN or parsed(parts[main]).tag != f"{{{W}}}document":
        raise _rejected(source, "không phải dạng “Word Document (.docx)” thường", _SAVE_ANEW)
    return main


def _stays_inside(parts: Mapping[str, bytes], source: str) -> None:
    """Refuse what would run, or fetch something, when the finished document is opened."""
    if any(name.lower().endswith(("vbaproject.bin", ".ocx")) for name in parts):
        raise _rejected(source, "mẫu có macro", "xóa macro rồi lưu lại dạng .docx", "unsafe-form")
    for name, data in parts.items():
        if not name.endswith(".rels"):
            continue
        for one in parsed(data).iter(f"{{{RELATIONSHIPS}}}Relationship"):
            is_link = one.get("Type", "").endswith("/hyperlink")
            if one.get("TargetMode") == "External" and not is_link:
                message = f"mẫu lấy nội dung từ nơi khác: “{one.get('Target', '')}”"
                hint = "chèn thẳng hình vào tệp, bỏ mẫu đính kèm, rồi lưu lại"
                raise _rejected(source, message, hint, "unsafe-form")


def _rejected(source: str, message: str, hint: str, code: str = "unreadable-form") -> FormRejected:
    return FormRejected([Problem(source, 0, 0, code, message, hint)])


def _path(folder: str, target: str) -> str:
    return (
        target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    )


def _placed(form: WordForm, source: str) -> Iterator[Problem]:
    """Yield what is wrong with the places to fill in."""
    found: dict[str, int] = {}
    for number, (paragraph, _, text) in enumerate(paragraphs(form.document), start=1):
        yield from _in_paragraph(text, source, number, f"đoạn {number}")
        for name in map(place_name, PLACE.findall(text)):
            if name in BLOCKS:
                yield from _block_place(name, paragraph, text, source, number, found.get(name))
                found.setdefault(name, number)
    for part, root in form.edges.items():
        where = "đầu trang" if "header" in part else "chân trang"
        for _, _, text in paragraphs(root):
            yield from _in_paragraph(text, source, 0, where)
            for name in {place_name(written) for written in PLACE.findall(text)} & {*BLOCKS}:
                message = f"{where}: “{{{{ {name} }}}}” không đứng được ở đây"
                yield Problem(source, 0, 0, "misplaced-field", message, "chuyển vào thân văn bản", text)
    for name in NEEDED:
        if name not in found:
            message = f"mẫu thiếu “{{{{ {name} }}}}”: {BLOCKS[name]}"
            yield Problem(source, 0, 0, "missing-field", message, "thêm vào một đoạn riêng của mẫu")


def _in_paragraph(text: str, source: str, number: int, where: str) -> Iterator[Problem]:
    for found in PLACE.finditer(text):
        name = place_name(found[1])
        if name not in KNOWN:
            message = f"{where}: không có chỗ điền nào tên “{found[1].strip()}”"
            yield Problem(source, number, found.start() + 1, "unknown-field", message, _way_out(name), text)
    # Blanks keep the columns of what is left.
    rest = PLACE.sub(lambda found: " " * len(found[0]), text)
    if stray := _STRAY.search(rest):
        message = f"{where}: chỗ điền viết dở ở “{text[stray.start() : stray.start() + 20].strip()}”"
        hint = "viết đủ hai ngoặc nhọn ở mỗi bên, ví dụ {{ noi_dung }}; mẫu không chạy lệnh nào"
        yield Problem(source, number, stray.start() + 1, "broken-field", message, hint, text)


def _way_out(name: str) -> str:
    near = get_close_matches(name, KNOWN, n=1, cutoff=0.6)
    meant = f"ý bạn là “{near[0]}”? " if near else ""
    return f"{meant}dùng được: {', '.join(KNOWN)}"


def _block_place(
    name: str, paragraph: etree._Element, text: str, source: str, number: int, first: int | None
) -> Iterator[Problem]:
    place = f"“{{{{ {name} }}}}”"
    if first is not None:
        message = f"đoạn {number}: {place} đã có ở đoạn {first}"
        yield Problem(source, number, 1, "repeated-field", message, "giữ lại một chỗ", text)
    elif PLACE.sub("", text, count=1).strip():
        message = f"đoạn {number}: {place} phải đứng một mình trong đoạn"
        yield Problem(source, number, 1, "misplaced-field", message, "tách phần chữ kia sang đoạn khác", text)
    elif name in NEEDED and (parent := paragraph.getparent()) is not None and parent.tag != f"{{{W}}}body":
        message = f"đoạn {number}: {place} không được nằm trong bảng hay khung chữ"
        yield Problem(source, number, 1, "misplaced-field", message, "chuyển ra ngoài bảng", text)
