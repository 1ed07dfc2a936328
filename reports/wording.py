"""Which fixed words does an official paper carry around its own?

NĐ 30/2020/NĐ-CP, Phụ lục I. Number and day stay blank: the document system gives them when the
paper is signed.
"""

from __future__ import annotations

from engine.model import HANOI
from engine.paperwork import Letterhead
from reports.paper import Form, Paper

BLANK = "\u00a0" * 8
_AS_ABOVE = "như trên"


def kind_name(paper: Paper) -> str:
    """Return the name of the kind of document; a letter has none (Phụ lục I, mục II)."""
    return "" if paper.form is Form.LETTER else "BÁO CÁO"


def symbol(paper: Paper, letterhead: Letterhead) -> str:
    """Return what stands behind the blank number: "/BC-VP", of a letter "/VP-KGVX"."""
    return letterhead.letter_symbol if paper.form is Form.LETTER else letterhead.symbol.format(kind="BC")


def numbered(paper: Paper, letterhead: Letterhead) -> str:
    """Return the line of the number, left blank."""
    return f"Số:{BLANK}{symbol(paper, letterhead)}"


def dateline(paper: Paper, letterhead: Letterhead) -> str:
    """Return place and date with day and month left blank."""
    gap = "\u00a0" * 6
    year = paper.as_of.astimezone(HANOI).year
    return f"{letterhead.place}, ngày{gap}tháng{gap}năm {year}"


def copies(paper: Paper, letterhead: Letterhead) -> tuple[str, ...]:
    """Return the lines of Nơi nhận; "as above" says nothing where nobody is addressed above."""
    return tuple(line for line in letterhead.copies if paper.to or line.strip().casefold() != _AS_ABOVE)


def closing(paper: Paper) -> str:
    """Return the sentence a report ends with; a letter ends by itself."""
    if paper.form is Form.LETTER:
        return ""
    where = " (chi tiết tại Phụ lục kèm theo)" if paper.annex else ""
    return f"Trên đây là {paper.title[:1].lower()}{paper.title[1:]}{where}./."


def annex_title(paper: Paper) -> str:
    """Return the title of the annex: that of its only part, else the subject of the paper."""
    return paper.annex[0].title if len(paper.annex) == 1 else paper.subject


def attached(paper: Paper, letterhead: Letterhead) -> str:
    """Return the line that ties the annex to its paper, number and date blank."""
    kind = "Công văn" if paper.form is Form.LETTER else "Báo cáo"
    gap = "\u00a0" * 4
    year = paper.as_of.astimezone(HANOI).year
    number = f"số{BLANK}{symbol(paper, letterhead)}"
    return f"(Kèm theo {kind} {number} ngày{gap}/{gap}/{year} của {_issuer(letterhead)})"


def _issuer(letterhead: Letterhead) -> str:
    """Return who issues, as a sentence has it: VĂN PHÒNG of UBND TỈNH X is Văn phòng UBND tỉnh X."""
    words = f"{_spoken(letterhead.issuer)} {_spoken(letterhead.parent)}".strip()
    return words[:1].upper() + words[1:]


_KEPT = {"UBND", "HĐND"}
_COMMON = {"TỈNH", "VĂN", "PHÒNG", "SỞ", "BAN", "ỦY", "NHÂN", "DÂN", "THÀNH", "PHỐ", "XÃ", "PHƯỜNG", "VÀ"}


def _spoken(capitals: str) -> str:
    """Return words in capitals as they are written in a sentence; names keep their capital letters."""
    spoken = [
        word if word in _KEPT else word.lower() if word in _COMMON else word.capitalize()
        for word in capitals.split()
    ]
    return " ".join(spoken)
