"""What does reports.yml make of the office's own paper?"""

from __future__ import annotations

from datetime import date

from engine.paperwork import Letterhead, Paperwork
from engine.paperwork_file import read_paperwork


def test_what_is_not_said_keeps_its_default():
    assert read_paperwork("readers: []\n", "reports.yml", set()) == (Paperwork(), [])


def test_everything_an_office_may_say_is_taken():
    text = """
letterhead:
  {parent: "", issuer: SỞ Y TẾ, place: Kon Tum, symbol: "/{kind}-SYT", letter_symbol: /SYT-VP,
  authority: TL. GIÁM ĐỐC, signer_title: CHÁNH VĂN PHÒNG, signer: Trần Văn Mẫu,
  copies: [Như trên, "Lưu: VT, VP"]}
letters: {demands: chairman, finish_within: 7, answer_within: 2}
meetings: {day: 25, dates: [2026-04-28, 2026-03-27, 2026-03-27]}
readers: [VPUB/coordinator, UBND/chairman, VPUB/coordinator]
least_due: 3
"""
    letterhead = Letterhead(
        "", "SỞ Y TẾ", "Kon Tum", "/{kind}-SYT", "/SYT-VP", "TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG",
        "Trần Văn Mẫu", ("Như trên", "Lưu: VT, VP"),
    )  # fmt: skip
    posts = {"VPUB/coordinator", "UBND/chairman"}
    days = (date(2026, 3, 27), date(2026, 4, 28))
    expected = Paperwork(letterhead, "chairman", 25, days, ("VPUB/coordinator", "UBND/chairman"), 3, 7, 2)

    assert read_paperwork(text, "reports.yml", posts) == (expected, [])
