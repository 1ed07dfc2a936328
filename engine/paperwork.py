"""Whose paper is a report printed on, who signs it, and who is sent one?

What an office fills in once, by NĐ 30/2020/NĐ-CP, Phụ lục I: number and date stay blank, since
the document system gives them; signature and seal are never ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The office that issues a paper.

    `symbol` is the part after the number with "{kind}" for the kind of document ("/{kind}-VP": "/BC-VP"),
    `letter_symbol` that of a letter ("/VP-KGVX"). `authority` stands above the signer's title
    ("TL. CHỦ TỊCH"), "" where the signer signs in the office's own name. `copies` are the lines of Nơi nhận,
    the archive last ("Lưu: VT, KGVX").
    """

    parent: str = "UBND TỈNH QUẢNG NGÃI"
    issuer: str = "VĂN PHÒNG"
    place: str = "Quảng Ngãi"
    symbol: str = "/{kind}-VP"
    letter_symbol: str = "/VP-KGVX"
    authority: str = ""
    signer_title: str = "CHÁNH VĂN PHÒNG"
    signer: str = ""
    copies: tuple[str, ...] = ("Như trên", "Lưu: VT")


@dataclass(frozen=True, slots=True)
class Paperwork:
    """Everything the official forms and the scheduled reports need to know about the office.

    `demands` says whose voice a letter speaks with: "office" (Văn phòng: "đề nghị") or "chairman"
    (Chủ tịch UBND tỉnh: "yêu cầu"). `meeting_days` are the days of the monthly UBND meeting: a report
    leaves one day before each; `meeting_day` is the day of the month where no date was set.
    `readers` are the posts the scheduled reports are mailed to. `least_due` guards rankings: a unit with
    fewer tasks due is not ranked. A letter demands overdue work within `finish_within` working days and an
    answer within `answer_within`.
    """

    letterhead: Letterhead = Letterhead()
    demands: str = "office"
    meeting_day: int | None = None
    meeting_days: tuple[date, ...] = ()
    readers: tuple[str, ...] = ()
    least_due: int = 5
    finish_within: int = 5
    answer_within: int = 3
