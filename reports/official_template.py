"""What do the official forms look like before anybody has edited them?

The two Word files in config/templates/ come from here: báo cáo and công văn by NĐ 30/2020/NĐ-CP, Phụ lục I.
Office staff edit those files in Word; this module builds them anew, and stands in where there are none:

    python -m reports.official_template config/templates
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reports.official_markup import CONTENT_TYPES, HEAD, RELATIONSHIPS, R, W, paragraph
from reports.official_measure import length_of, twips
from reports.official_styles import FACE, STYLES, Named, styles_part
from reports.paper import Form

FILES: Mapping[Form, str] = {Form.REPORT: "bao-cao.docx", Form.LETTER: "cong-van.docx"}

PAGE = (210.0, 297.0)  # millimetres
TOP = BOTTOM = 20.0
LEFT, RIGHT = 30.0, 20.0
ANNEX_RIGHT = 15.0  # the least the decree allows: an annex needs the room
PAGE_NUMBER_FROM_TOP = 10.0
HEADER_TABLE = (65.0, 107.0)  # wider than the text by custom: it hangs into both margins
SIGNATURE_TABLE = (85.0, 75.0)

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

_DAY_ZERO = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever a file is written
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


@cache
def template(form: Form) -> bytes:
    """Return the Word file a paper of this form is set in, the same bytes every time."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in _parts(form).items():
            write_part(archive, name, content.encode())
    return file.getvalue()


def write_part(archive: ZipFile, name: str, content: bytes) -> None:
    """Add a part to a Word file, dated alike wherever and whenever it is written."""
    with open_part(archive, name) as part:
        part.write(content)


def open_part(archive: ZipFile, name: str) -> BinaryIO:
    """Open a part of a Word file to be written piece by piece."""
    info = ZipInfo(name, _DAY_ZERO)
    info.compress_type = ZIP_DEFLATED
    info.create_system = 0
    return archive.open(info, "w", force_zip64=False)  # type: ignore[return-value]


def _parts(form: Form) -> dict[str, str]:
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            [("officeDocument", "word/document.xml"), ("extended-properties", "docProps/app.xml")]
        ),
        "docProps/app.xml": _properties(),
        "word/document.xml": _document(form),
        "word/_rels/document.xml.rels": _relationships(
            [
                ("styles", "styles.xml"),
                ("settings", "settings.xml"),
                ("fontTable", "fontTable.xml"),
                ("header", "header1.xml"),
                ("header", "header2.xml"),
            ]
        ),
        "word/styles.xml": styles_part(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": _font_table(),
        "word/header1.xml": _header(_PAGE_FIELD),
        "word/header2.xml": _header(""),
    }


def _content_types() -> str:
    parts = {
        "/word/document.xml": f"{_WORD}.document.main+xml",
        "/word/styles.xml": f"{_WORD}.styles+xml",
        "/word/settings.xml": f"{_WORD}.settings+xml",
        "/word/fontTable.xml": f"{_WORD}.fontTable+xml",
        "/word/header1.xml": f"{_WORD}.header+xml",
        "/word/header2.xml": f"{_WORD}.header+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    }
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in parts.items())
    return (
        f'{HEAD}<Types xmlns="{CONTENT_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relationships(targets: Iterable[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{RELATIONSHIPS}">{listed}</Relationships>'


def _properties() -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return f'{HEAD}<Properties xmlns="{kind}"><Application>Đôn đốc</Application></Properties>'


def _settings() -> str:
    word = "http://schemas.microsoft.com/office/word"
    return (
        f'{HEAD}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        f'<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="{word}" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="vi-VN"/><w:decimalSymbol w:val=","/>'
        '<w:listSeparator w:val=";"/></w:settings>'
    )


def _font_table() -> str:
    return (
        f'{HEAD}<w:fonts xmlns:w="{W}"><w:font w:name="{FACE}"><w:panose1 w:val="02020603050405020304"/>'
        '<w:charset w:val="A3"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>'
    )


_PAGE_FIELD = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>2</w:t></w:r></w:fldSimple>'


def _header(content: str) -> str:
    style = f'<w:pPr><w:pStyle w:val="{STYLES[Named.PAGE_NUMBER].id}"/></w:pPr>'
    return f'{HEAD}<w:hdr xmlns:w="{W}"><w:p>{style}{content}</w:p></w:hdr>'


def _document(form: Form) -> str:
    is_letter = form is Form.LETTER
    opening = [] if is_letter else [(Named.KIND, "{{ ten_loai }}"), (Named.SUBJECT, "{{ trich_yeu }}")]
    body = [(Named.ADDRESSEE, "{{ kinh_gui }}"), (Named.BODY, "{{ noi_dung }}")]
    ending = [] if is_letter else [(Named.ENDING, "{{ loi_ket }}")]
    basis = [] if is_letter else [(Named.NOTE, "{{ can_cu }}")]
    annex = [
        (Named.ANNEX, "PHỤ LỤC"),
        (Named.ANNEX_TITLE, "{{ ten_phu_luc }}"),
        (Named.ATTACHED, "{{ kem_theo }}"),
    ]
    rule = "" if is_letter else _rule(Named.SHORT_RULE, 160, 64)
    break_style = f'<w:pStyle w:val="{STYLES[Named.BREAK].id}"/>'
    return (
        f'{HEAD}<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>'
        f"{_letterhead(is_letter)}{_written(opening)}{rule}{_written(body)}{_written(ending)}{_signature()}{_written(basis)}"
        f"<w:p><w:pPr>{break_style}{_upright()}</w:pPr></w:p>"
        f"{_written(annex)}{_rule(Named.SHORT_RULE, 252, 64)}"
        f"{_written([(Named.ANNEX_BODY, '{{ phu_luc }}')])}{_landscape()}</w:body></w:document>"
    )


def _written(paragraphs: Iterable[tuple[Named, str]]) -> str:
    return "".join(paragraph(STYLES[name].id, text) for name, text in paragraphs)


def _letterhead(is_letter: bool) -> str:
    number = [(Named.NUMBER, "{{ so_ky_hieu }}"), *([(Named.ABOUT, "V/v {{ trich_yeu }}")] * is_letter)]
    issuer = [(Named.PARENT, "{{ co_quan_chu_quan }}"), (Named.ISSUER, "{{ co_quan_ban_hanh }}")]
    size = STYLES[Named.MOTTO].size
    motto = length_of(MOTTO, size, is_bold=True) / twips(1)
    left, right = HEADER_TABLE
    rows = (
        (
            _written(issuer) + _rule(Named.SHORT_RULE, left, 12),
            _written([(Named.STATE, STATE), (Named.MOTTO, MOTTO)]) + _rule(Named.FULL_RULE, right, motto),
        ),
        (_written(number), _written([(Named.DATELINE, "{{ dia_danh_ngay_thang }}")])),
    )
    return _table(HEADER_TABLE, rows)


def _signature() -> str:
    copies = _written([(Named.COPIES, "Nơi nhận:"), (Named.COPY, "{{ noi_nhan }}")])
    signer = [
        (Named.SIGNER, "{{ quyen_han }}"),
        (Named.SIGNER, "{{ chuc_vu }}"),
        (Named.SIGNER_NAME, "{{ nguoi_ky }}"),
    ]
    return _written([(Named.AIR, "")]) + _table(SIGNATURE_TABLE, ((copies, _written(signer)),))


def _rule(name: Named, room: float, length: float) -> str:
    """Return a rule of `length` in the middle of `room`, both in millimetres.

    When a document is made, its ends are set anew by the line above it.
    """
    side = twips((room - length) / 2)
    indents = f'<w:ind w:left="{side}" w:right="{side}" w:firstLine="0"/>'
    return f'<w:p><w:pPr><w:pStyle w:val="{STYLES[name].id}"/>{indents}</w:pPr></w:p>'


def _table(widths: tuple[float, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table without lines, in the middle of the text, its cells without margins."""
    sizes = [twips(width) for width in widths]
    text = twips(PAGE[0]) - twips(LEFT) - twips(RIGHT)
    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    margins = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    lines = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for size, cell in zip(sizes, cells, strict=True)
        )
        + "</w:tr>"
        for cells in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(sizes)}" w:type="dxa"/>'
        f'<w:tblInd w:w="{(text - sum(sizes)) // 2}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"
    )


def _upright() -> str:
    return _section(f'<w:pgSz w:w="{twips(PAGE[0])}" w:h="{twips(PAGE[1])}"/>', RIGHT)


def _landscape() -> str:
    size = f'<w:pgSz w:w="{twips(PAGE[1])}" w:h="{twips(PAGE[0])}" w:orient="landscape"/>'
    return _section(size, ANNEX_RIGHT)


def _section(size: str, right: float) -> str:
    """Return the settings of a section: its pages count from 1, and the first shows no number."""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/>'
        '<w:headerReference w:type="first" r:id="rId5"/>'
        f'<w:type w:val="nextPage"/>{size}<w:pgMar w:top="{twips(TOP)}" w:right="{twips(right)}"'
        f' w:bottom="{twips(BOTTOM)}" w:left="{twips(LEFT)}" w:header="{twips(PAGE_NUMBER_FROM_TOP)}"'
        f' w:footer="{twips(PAGE_NUMBER_FROM_TOP)}" w:gutter="0"/><w:pgNumType w:fmt="decimal" w:start="1"/>'
        "<w:titlePg/></w:sectPr>"
    )


if __name__ == "__main__":
    for each, file_name in FILES.items():
        (Path(sys.argv[1]) / file_name).write_bytes(template(each))
