"""In which named styles is an official document set?

NĐ 30/2020/NĐ-CP, Phụ lục I, mục II: Times New Roman throughout, body 14, header lines 13. Every
paragraph of a document has one of these styles, so an office changes a size or a distance in Word's
list of styles, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from reports.official_markup import HEAD, W
from reports.official_measure import TWIPS_PER_POINT, twips

FACE = "Times New Roman"
FONTS = f'<w:rFonts w:ascii="{FACE}" w:hAnsi="{FACE}" w:eastAsia="{FACE}" w:cs="{FACE}"/>'
LANGUAGE = '<w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="vi-VN"/>'


class Named(StrEnum):
    """The styles by the names a clerk sees; the id of each is in `STYLES`."""

    NORMAL = "Normal"
    PARENT = "Cơ quan chủ quản"
    ISSUER = "Cơ quan ban hành"
    SHORT_RULE = "Gạch ngang ngắn"
    FULL_RULE = "Gạch ngang bằng dòng chữ"
    STATE = "Quốc hiệu"
    MOTTO = "Tiêu ngữ"
    NUMBER = "Số, ký hiệu"
    DATELINE = "Địa danh, ngày tháng"
    ABOUT = "V/v"
    KIND = "Tên loại văn bản"
    SUBJECT = "Trích yếu"
    ADDRESSEE = "Kính gửi"
    ADDRESSEES = "Kính gửi nhiều nơi"
    ADDRESSED = "Nơi kính gửi"
    BODY = "Thân bài"
    ENDING = "Câu kết"
    HEADING = "Đề mục"
    COPIES = "Nơi nhận"
    COPY = "Dòng nơi nhận"
    SIGNER = "Chức vụ người ký"
    SIGNER_NAME = "Họ tên người ký"
    AIR = "Khoảng cách trên chữ ký"
    BREAK = "Ngắt phần"
    ANNEX = "Phụ lục"
    ANNEX_TITLE = "Tên phụ lục"
    ATTACHED = "Kèm theo"
    ANNEX_HEADING = "Đề mục phụ lục"
    ANNEX_BODY = "Thân phụ lục"
    CAPTION = "Tên bảng"
    NOTHING = "Bảng không có dòng"
    FIGURE = "Hình"
    NOTE = "Ghi chú"
    PAGE_NUMBER = "Số trang"
    HEAD_CELL = "Đầu cột"
    TEXT_CELL = "Chữ trong bảng"
    NUMBER_CELL = "Số trong bảng"
    DATE_CELL = "Ngày trong bảng"
    BAND_CELL = "Dòng nhóm"
    WIDE_HEAD_CELL = "Đầu cột bảng rộng"
    WIDE_TEXT_CELL = "Chữ trong bảng rộng"
    WIDE_NUMBER_CELL = "Số trong bảng rộng"
    WIDE_DATE_CELL = "Ngày trong bảng rộng"
    WIDE_BAND_CELL = "Dòng nhóm bảng rộng"
    STRONG = "Chữ đậm"
    GRID = "Bảng số liệu"


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: sizes and distances in points, indents in millimetres."""

    id: str
    name: Named
    size: float = 14
    align: str = "left"
    is_bold: bool = False
    is_italic: bool = False
    is_capitals: bool = False
    before: float = 0
    after: float = 0
    lines: float = 1
    exactly: float = 0  # the height of a line where it does not follow the size
    first: float = 0
    left: float = 0
    hanging: float = 0
    keeps_next: bool = False
    level: int | None = None  # in the outline, from 0
    ruled: bool = False

    @property
    def markup(self) -> str:
        """The definition as styles.xml holds it."""
        is_default = self.name is Named.NORMAL
        based = "" if is_default else '<w:basedOn w:val="Normal"/>'
        return (
            f'<w:style w:type="paragraph"{" w:default=" + chr(34) + "1" + chr(34) if is_default else ""}'
            f' w:customStyle="{int(not is_default)}" w:styleId="{self.id}">'
            f'<w:name w:val="{self.name}"/>{based}<w:qFormat/>'
            f"<w:pPr>{self._paragraph()}</w:pPr><w:rPr>{self._letters()}</w:rPr></w:style>"
        )

    def _paragraph(self) -> str:
        line = (
            f'w:line="{round(self.exactly * TWIPS_PER_POINT)}" w:lineRule="exact"'
            if self.exactly
            else f'w:line="{round(240 * self.lines)}" w:lineRule="auto"'
        )
        first = f'w:hanging="{twips(self.hanging)}"' if self.hanging else f'w:firstLine="{twips(self.first)}"'
        border = '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
        return (
            f"{'<w:keepNext/>' if self.keeps_next else ''}<w:widowControl/>{border if self.ruled else ''}"
            f'<w:spacing w:before="{round(self.before * TWIPS_PER_POINT)}"'
            f' w:after="{round(self.after * TWIPS_PER_POINT)}" {line}/>'
            f'<w:ind w:left="{twips(self.left)}" w:right="0" {first}/><w:jc w:val="{self.align}"/>'
            + ("" if self.level is None else f'<w:outlineLvl w:val="{self.level}"/>')
        )

    def _letters(self) -> str:
        half_points = round(self.size * 2)
        return (
            f"{FONTS}{'<w:b/><w:bCs/>' if self.is_bold else ''}{'<w:i/><w:iCs/>' if self.is_italic else ''}"
            f"{'<w:caps/>' if self.is_capitals else ''}"
            f'<w:color w:val="000000"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>{LANGUAGE}'
        )


def _cells(size: float, prefix: str, names: Iterable[Named]) -> tuple[Style, ...]:
    heading, text, number, day, band = names
    usual = Style(f"{prefix}ChuTrongBang", text, size, before=2, after=2)
    return (
        replace(usual, id=f"{prefix}DauCot", name=heading, align="center", is_bold=True, keeps_next=True),
        usual,
        replace(usual, id=f"{prefix}SoTrongBang", name=number, align="right"),
        replace(usual, id=f"{prefix}NgayTrongBang", name=day, align="center"),
        replace(usual, id=f"{prefix}DongNhom", name=band, is_bold=True, keeps_next=True),
    )


_NARROW_CELLS = (Named.HEAD_CELL, Named.TEXT_CELL, Named.NUMBER_CELL, Named.DATE_CELL, Named.BAND_CELL)
_WIDE_CELLS = (
    Named.WIDE_HEAD_CELL,
    Named.WIDE_TEXT_CELL,
    Named.WIDE_NUMBER_CELL,
    Named.WIDE_DATE_CELL,
    Named.WIDE_BAND_CELL,
)
NARROW_SIZE, WIDE_SIZE = 13, 11

_LISTED = (
    Style("Normal", Named.NORMAL),
    Style("CoQuanChuQuan", Named.PARENT, 13, "center"),
    Style("CoQuanBanHanh", Named.ISSUER, 13, "center", is_bold=True),
    Style("GachNgangNgan", Named.SHORT_RULE, 2, "center", exactly=4, ruled=True, after=6),
    Style("GachNgangBangChu", Named.FULL_RULE, 2, "center", exactly=4, ruled=True, after=6),
    Style("QuocHieu", Named.STATE, 13, "center", is_bold=True),
    Style("TieuNgu", Named.MOTTO, 13, "center", is_bold=True),
    Style("SoKyHieu", Named.NUMBER, 13, "center"),
    Style("DiaDanhNgayThang", Named.DATELINE, 13, "center", is_italic=True),
    Style("VeViec", Named.ABOUT, 13, "center", before=6),
    Style("TenLoaiVanBan", Named.KIND, 14, "center", is_bold=True, before=14, keeps_next=True),
    Style("TrichYeu", Named.SUBJECT, 14, "center", is_bold=True, keeps_next=True, level=0),
    Style("KinhGui", Named.ADDRESSEE, 14, "center", before=14, after=8),
    Style("KinhGuiNhieuNoi", Named.ADDRESSEES, 14, before=14, left=30, keeps_next=True),
    Style("NoiKinhGui", Named.ADDRESSED, 14, left=44, hanging=4),
    Style("ThanBai", Named.BODY, 14, "both", before=6, lines=1.15, first=12.5),
    Style("CauKet", Named.ENDING, 14, "both", before=6, lines=1.15, first=12.5, keeps_next=True),
    Style(
        "DeMuc", Named.HEADING, 14, before=12, lines=1.15, first=12.5, is_bold=True, keeps_next=True, level=1
    ),
    Style("NoiNhan", Named.COPIES, 12, is_bold=True, is_italic=True),
    Style("DongNoiNhan", Named.COPY, 11),
    Style("ChucVuNguoiKy", Named.SIGNER, 14, "center", is_bold=True, keeps_next=True),
    Style("HoTenNguoiKy", Named.SIGNER_NAME, 14, "center", is_bold=True, before=80),
    Style("KhoangCach", Named.AIR, 2, exactly=2, before=12, keeps_next=True),
    Style("NgatPhan", Named.BREAK, 2, exactly=2),
    Style("PhuLuc", Named.ANNEX, 14, "center", is_bold=True, keeps_next=True, level=0),
    Style("TenPhuLuc", Named.ANNEX_TITLE, 13, "center", is_bold=True, is_capitals=True, keeps_next=True),
    Style("KemTheo", Named.ATTACHED, 13, "center", is_italic=True),
    Style("DeMucPhuLuc", Named.ANNEX_HEADING, 13, before=12, after=4, is_bold=True, keeps_next=True, level=1),
    Style("ThanPhuLuc", Named.ANNEX_BODY, 13, "both", before=6),
    Style("TenBang", Named.CAPTION, 13, "center", is_italic=True, before=10, after=4, keeps_next=True),
    Style("BangKhongCoDong", Named.NOTHING, 13, "center", is_italic=True, before=4, after=6),
    Style("Hinh", Named.FIGURE, 13, "center", before=8, after=4),
    Style("GhiChu", Named.NOTE, 11, is_italic=True, before=3),
    Style("SoTrang", Named.PAGE_NUMBER, 14, "center"),
    *_cells(NARROW_SIZE, "", _NARROW_CELLS),
    *_cells(WIDE_SIZE, "Rong", _WIDE_CELLS),
)
STYLES: dict[Named, Style] = {style.name: style for style in _LISTED}

STRONG_ID, GRID_ID = "ChuDam", "BangSoLieu"
CELL_MARGIN = 80  # twips at either side of a cell
CELL_MARGINS = (
    f'<w:tblCellMar><w:left w:w="{CELL_MARGIN}" w:type="dxa"/>'
    f'<w:right w:w="{CELL_MARGIN}" w:type="dxa"/></w:tblCellMar>'
)
_OTHERS = {
    Named.STRONG: (
        STRONG_ID,
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{STRONG_ID}">'
        f'<w:name w:val="{Named.STRONG}"/>'
        "<w:qFormat/><w:rPr><w:b/><w:bCs/></w:rPr></w:style>",
    ),
    Named.GRID: (
        GRID_ID,
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{GRID_ID}"><w:name w:val="{Named.GRID}"/>'
        "<w:tblPr><w:tblBorders>"
        + "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        + f"</w:tblBorders>{CELL_MARGINS}</w:tblPr></w:style>",
    ),
}


def definitions() -> dict[Named, tuple[str, str]]:
    """Return the id and the definition of every style by its name."""
    return {name: (style.id, style.markup) for name, style in STYLES.items()} | _OTHERS


# What runs and tables stand in that say nothing else; readers of the format expect both.
_DEFAULTS = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
)


def styles_part() -> str:
    """Return styles.xml: the same face in every slot, no theme to swap it for another."""
    return (
        f'{HEAD}<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{FONTS}'
        f'<w:sz w:val="28"/><w:szCs w:val="28"/>{LANGUAGE}</w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        f"</w:pPrDefault></w:docDefaults>{_DEFAULTS}"
        f"{''.join(markup for _, markup in definitions().values())}</w:styles>"
    )
