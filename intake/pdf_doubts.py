"""Why can the text of a PDF file not be trusted?

A scan has no text, a font without a map gives other letters than the eye sees, and the old
Vietnamese encodings give letters that mean others. None of it is repaired: a wrong letter
or figure in a date harms people, and the Word file is a telephone call away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.pdf_page import UNREADABLE, DrawnPage
from intake.source import Refused

_ASK = "xin cơ quan soạn thảo tệp Word (.docx) hoặc tệp PDF xuất thẳng từ Word"
MAX_UNREADABLE = 0.02
MAX_FOREIGN = 0.02
FEW_LETTERS = 20
SOME_LETTERS = 200
MANY_STROKES = 300
LARGE_PICTURE = 0.1
# Letters of the TCVN3 and VNI fonts that no Vietnamese word in Unicode contains.
_FOREIGN = "¡¢£¤¥¦§¨©ª«¬®¯µ¶·¸¹»¼½¾¿ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþÿ"
_LEGACY = re.compile(rf"(?<=[A-Za-zÀ-ỹ{_FOREIGN}])[{_FOREIGN}]|[{_FOREIGN}](?=[A-Za-zÀ-ỹ{_FOREIGN}])")
_LETTER = re.compile(rf"[^\W\d_]|[{_FOREIGN}]")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\x01-\x08\x0e-\x1f]|\\(cid:\\d+\\)")


@dataclass(frozen=True, slots=True)
class Sight:
    """What a page shows to the eye and what to the reader; `covered` is the part under pictures."""

    visible: int
    hidden: int
    covered: float
    strokes: int

    @property
    def is_scan(self) -> bool:
        """Whether the page shows words that are not text."""
        if self.visible < FEW_LETTERS:
            return self.covered >= LARGE_PICTURE or self.strokes >= MANY_STROKES or self.hidden > FEW_LETTERS
        return self.covered >= 0.5 and self.visible < max(SOME_LETTERS, self.hidden)


def sight_of(page: DrawnPage) -> Sight:
    """Return the figures by which a scan is known."""
    inked = [letter.is_hidden for letter in page.letters if not letter.text.isspace()]
    covered = sum(picture.area for picture in page.pictures) / (page.box.area or 1.0)
    return Sight(inked.count(False), inked.count(True), min(1.0, covered), page.strokes)


def refuse_scans(pages: Sequence[Sight]) -> None:
    """Raise `Refused` naming the pages that are pictures of text."""
    scans = [number for number, page in enumerate(pages, start=1) if page.is_scan]
    if not scans:
        return
    which = "cả tệp" if len(scans) == len(pages) else _pages(scans)
    if any(pages[number - 1].hidden > FEW_LETTERS for number in scans):
        layer = "chỉ có lớp chữ ẩn do máy quét nhận dạng, không đủ tin cậy"
    else:
        layer = "không có lớp chữ"
    message = f"tệp PDF là bản chụp hoặc bản quét: {which} {layer}"
    hint = f"{_ASK}; chữ trong ảnh không được nhận dạng vì sai một chữ số trong thời hạn là nhắc sai"
    raise Refused("scanned-pdf", message, hint)


def refuse_unreadable(text: str) -> None:
    """Raise `Refused` when too many letters have no meaning, or the meaning of an old encoding."""
    inked = sum(not letter.isspace() for letter in text)
    lost = len(_PRIVATE.findall(text))
    if lost >= 5 and lost > MAX_UNREADABLE * inked:
        message = f"phông chữ của tệp PDF không có bảng mã: {lost}/{inked} ký tự không đọc được"
        raise Refused("unreadable-font", message, _ASK)
    foreign = len(_LEGACY.findall(text))
    if foreign >= 5 and foreign > MAX_FOREIGN * len(_LETTER.findall(text)):
        message = "tệp PDF dùng bảng mã cũ (TCVN3 hoặc VNI), đọc ra chữ sai"
        raise Refused(
            "legacy-encoding", message, f"chuyển văn bản gốc sang Unicode rồi xuất lại; hoặc {_ASK}"
        )


def notes_of(pages: Sequence[Sight], text: str) -> Iterable[tuple[str, str]]:
    """Yield what a person should know about a file that is read: pictures, hidden and lost letters."""
    pictures = [number for number, page in enumerate(pages, start=1) if page.covered >= LARGE_PICTURE]
    if pictures:
        yield (
            "picture-skipped",
            f"{_pages(pictures)} có hình lớn; chữ trong hình không được đọc, đối chiếu bản gốc",
        )
    hidden = [number for number, page in enumerate(pages, start=1) if page.hidden]
    if hidden:
        yield "hidden-text", f"{_pages(hidden)} có chữ ẩn mà người đọc không thấy; chữ ấy được bỏ qua"
    if UNREADABLE in text:
        count = text.count(UNREADABLE)
        yield "unreadable-letters", f"{count} ký tự không đọc được, hiện là '{UNREADABLE}'; đối chiếu bản gốc"


def _pages(numbers: Sequence[int]) -> str:
    """Return page numbers as people write them: trang 1, 3–5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "trang " + ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
