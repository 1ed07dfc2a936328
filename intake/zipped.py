"""May this Office file be opened, and what do its parts say?

A .docx or .xlsx is a zip of XML parts. Every part is unpacked once and measured before
any is believed: the sizes in a zip's own headers prove nothing. Nothing outside the file
is ever opened, whatever a relationship points to, and no entity is ever expanded.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from intake.decoding import MAX_BYTES
from intake.source import Refused

MIB = 1024 * 1024
MAX_ENTRIES = 2_000
MAX_PART = 50 * MIB
MAX_TOTAL = 200 * MIB
MAX_RATIO = 100
RATIO_FROM = MIB

_CHUNK = 256 * 1024
_BROKEN = (BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError, OverflowError)
_XML_NAMES = (".xml", ".rels", ".vml")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACRO_PART = re.compile(r"vbaproject|vbadata\.xml|(?:^|/)macrosheets/", re.IGNORECASE)
_MACRO_TYPE = re.compile(r"vbaproject|excel\.macrosheet|(?<!binary\.)macroenabled", re.IGNORECASE)
_MAIN_TYPES = (("wordprocessingml.", "docx"), ("spreadsheetml.", "xlsx"))
_STRICT = re.compile(r"\{http://purl\.oclc\.org/ooxml/(\w+)/")
_ODD_NAME = re.compile(r"^/|^\w:|[\\\x00]")
_CONTENT_TYPES = "[Content_Types].xml"
_ENCRYPTED = 0x1 | 0x40
_SEND_AGAIN = "mở tệp trong Word hoặc Excel, lưu thành tệp mới rồi nhập lại; không mở được thì xin gửi lại"
_SMALLER = "chỉ giữ phần kế hoạch và phụ lục, bỏ ảnh và tệp nhúng, rồi nhập lại"
_BOMB = "không mở tệp này; báo người gửi và xin bản lưu lại từ Word hoặc Excel"


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that another part refers to; `kind` is the last word of the relationship's type."""

    id: str
    kind: str
    target: str


class Package:
    """The parts of an Office file that passed every limit."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._infos = {info.filename.lower(): info for info in archive.infolist() if not info.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts, in the order of the file."""
        return tuple(info.filename for info in self._infos.values())

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._infos

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; letter case does not matter, a missing part is refused."""
        if name not in self:
            raise Refused("damaged-file", f"tệp thiếu phần '{_shown(name)}'", _SEND_AGAIN)
        with _damage_refused():
            return self._archive.read(self._infos[name.lower()])

    def xml(self, name: str) -> etree._Element | None:
        """Return the root of an XML part, or None where there is no such part.

        Names of the strict variety of the format become those of the usual one, so that
        readers know one set; comments and processing instructions are gone.
        """
        if name not in self:
            return None
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(self.read(name), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            message = f"phần '{_shown(name)}' của tệp bị hỏng, không đọc được"
            raise Refused("damaged-file", message, _SEND_AGAIN) from error
        if root.getroottree().docinfo.internalDTD is not None:
            _refuse_declaration(name)
        if root.tag.startswith("{http://purl.oclc.org/"):
            _rename_strict(root)
        return root

    def relations(self, name: str = "") -> tuple[Relation, ...]:
        """Return what a part (or the whole file) refers to inside the file; links outwards are left out."""
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", base + ".rels"))
        inside = (
            [found for found in root if found.get("TargetMode") != "External"] if root is not None else []
        )
        return tuple(
            Relation(found.get("Id", ""), found.get("Type", "").rsplit("/", 1)[-1], _joined(folder, found))
            for found in inside
        )


def open_package(data: bytes) -> Package:
    """Return the parts of a zip file, or raise `Refused`: damaged, locked, with macros, or a bomb."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"tệp lớn hơn {MAX_BYTES // MIB} MiB", _SMALLER)
    with _damage_refused():
        archive = ZipFile(BytesIO(data))
        infos = archive.infolist()
    _check_entries(infos)
    _check_contents(archive, infos, len(data))
    package = Package(archive)
    _check_macros(package)
    return package


def kind_of(package: Package) -> str:
    """Return "docx", "xlsx" or "other", by what the file holds and not by its name."""
    types = _content_types(package)
    for family, kind in _MAIN_TYPES:
        if any(family in content and ".main+xml" in content for content in types):
            return kind
    if types and "word/document.xml" in package:
        return "docx"
    return "xlsx" if types and "xl/workbook.xml" in package else "other"


def main_part(package: Package, usual: str) -> str:
    """Return the name of the part that holds the document itself; `usual` where the file does not say."""
    targets = (relation.target for relation in package.relations() if relation.kind == "officeDocument")
    return next((target for target in targets if target in package), usual)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Turn what a broken zip raises into one refusal."""
    try:
        yield
    except _BROKEN as error:
        message = "tệp bị hỏng hoặc chưa tải về hết, không mở được"
        raise Refused("damaged-file", message, _SEND_AGAIN) from error


def _check_entries(infos: list[ZipInfo]) -> None:
    """Refuse by the list of entries alone: too many, odd names, the same name twice, locked."""
    if len(infos) > MAX_ENTRIES:
        message = f"tệp nén chứa {len(infos)} phần, quá giới hạn {MAX_ENTRIES}"
        raise Refused("zip-bomb", message, _BOMB)
    seen: set[str] = set()
    for info in infos:
        name, key = info.orig_filename, info.orig_filename.lower()
        if _is_odd(name):
            raise Refused("damaged-file", f"tệp chứa phần có tên bất thường '{_shown(name)}'", _BOMB)
        if key in seen:
            raise Refused("damaged-file", f"tệp chứa hai phần cùng tên '{_shown(name)}'", _BOMB)
        seen.add(key)
        if info.flag_bits & _ENCRYPTED:
            hint = "mở tệp, bỏ mật khẩu rồi lưu lại và nhập lại"
            raise Refused("encrypted-file", "tệp bị khóa bằng mật khẩu", hint)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            message = f"phần '{_shown(name)}' nén theo cách Word và Excel không dùng"
            raise Refused("damaged-file", message, _SEND_AGAIN)


def _is_odd(name: str) -> bool:
    """Return whether a name leads out of the file or is none that Office writes."""
    return not name or ".." in name.split("/") or bool(_ODD_NAME.search(name))


def _check_contents(archive: ZipFile, infos: list[ZipInfo], file_size: int) -> None:
    """Unpack every part once, piece by piece, and stop at the first limit."""
    total = 0
    for info in infos:
        limit = _Limit(info, file_size, total)
        is_xml = info.filename.lower().endswith(_XML_NAMES)
        kept = bytearray()
        with _damage_refused(), archive.open(info) as part:
            while chunk := part.read(_CHUNK):
                limit.add(len(chunk))
                if is_xml:
                    kept += chunk
        total += limit.read
        if is_xml and _DECLARATION.search(kept if b"\0" not in kept else kept.replace(b"\0", b"")):
            _refuse_declaration(info.filename)


@dataclass(slots=True)
class _Limit:
    """Counts the bytes of one part as they come; `before` is what earlier parts came to."""

    info: ZipInfo
    file_size: int
    before: int
    read: int = 0

    def add(self, size: int) -> None:
        """Count `size` more bytes; raise `Refused` beyond a limit."""
        self.read += size
        packed = min(self.info.compress_size, self.file_size)
        if self._is_bomb(self.read, packed) or self._is_bomb(self.before + self.read, self.file_size):
            message = f"phần '{_shown(self.info.filename)}' nở ra hơn {MAX_RATIO} lần khi giải nén"
            raise Refused("zip-bomb", message, _BOMB)
        if self.read > MAX_PART:
            message = f"phần '{_shown(self.info.filename)}' lớn hơn {MAX_PART // MIB} MiB khi giải nén"
            raise Refused("too-large", message, _SMALLER)
        if self.before + self.read > MAX_TOTAL:
            raise Refused("too-large", f"tệp lớn hơn {MAX_TOTAL // MIB} MiB khi giải nén", _SMALLER)

    @staticmethod
    def _is_bomb(unpacked: int, packed: int) -> bool:
        return unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed


def _check_macros(package: Package) -> None:
    """Refuse a file that carries macros, whatever its name says."""
    by_name = any(_MACRO_PART.search(name) for name in package.names)
    if by_name or any(_MACRO_TYPE.search(content) for content in _content_types(package)):
        hint = "mở tệp, chọn Lưu thành .docx hoặc .xlsx (loại không chứa macro) rồi nhập lại"
        raise Refused("macro-file", "tệp chứa macro (mã chạy được)", hint)


def _content_types(package: Package) -> list[str]:
    """Return the kinds of content that the file declares."""
    root = package.xml(_CONTENT_TYPES)
    return [] if root is None else [found.get("ContentType", "") for found in root]


def _refuse_declaration(name: str) -> NoReturn:
    message = f"phần '{_shown(name)}' của tệp khai báo thực thể XML, điều Word và Excel không bao giờ làm"
    raise Refused("hostile-xml", message, _BOMB)


def _rename_strict(root: etree._Element) -> None:
    """Give elements and attributes of the strict variety their usual names."""
    for element in root.iter(etree.Element):
        element.tag = _usual(str(element.tag))
        for name in map(str, element.keys()):
            if name.startswith("{http://purl"):
                element.set(_usual(name), element.attrib.pop(name))


def _usual(name: str) -> str:
    """Return the usual name: the strict one lacks the year and lives elsewhere."""
    return _STRICT.sub(r"{http://schemas.openxmlformats.org/\1/2006/", name)


def _joined(folder: str, relation: etree._Element) -> str:
    """Return the name of the part a relationship points to."""
    target = relation.get("Target", "")
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _shown(name: str) -> str:
    """Return a part's name as a person may safely read it."""
    return "".join(letter for letter in name if letter.isprintable())[:60]
