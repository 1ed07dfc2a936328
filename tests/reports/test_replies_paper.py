"""Does the report on consultations count everybody asked once, and name those who are silent?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from engine.model import Document, Fact, FactKind
from engine.reply_report import (
    AGREE,
    UNDATED,
    Opinion,
    OtherReplies,
    OtherReply,
    consultation_text,
    replies_of,
)
from engine.report_query import ReportFacts, ReportQuery
from reports.paper import Band, Words
from reports.papers.replies import replies_paper
from tests.engine.planning_world import CALENDAR, SXD, SYT, VPUB, an_assignment, at

DRAFT = Document("YK-1", "Dự thảo Kế hoạch thử", "406/SKHCN-VP", date(2025, 7, 24))
DUE = date(2025, 7, 28)
NAMED = "Công văn số 406/SKHCN-VP ngày 24/07/2025, Dự thảo Kế hoạch thử"


def asked(unit, *facts):
    share = an_assignment(DUE, unit=unit, assigned_on=DRAFT.issued_on, facts=facts)
    task = replace(share.task, code="YK-1/1", document=DRAFT, text=consultation_text(DRAFT.title))
    return replace(share, id=f"YK-1/1@{unit.code}", task=task)


def said(**more):
    return Fact(FactKind.REPORTED, at("2025-08-01 09:00"), **more)


def paper_of(*shares, others=None):
    facts = ReportFacts(ReportQuery(at("2025-08-05 08:00")), shares, CALENDAR)
    return replies_paper(replies_of(facts, others))


def table(paper, code):
    return next((table for table in paper.tables if table.code == code), None)


def test_everybody_asked_is_counted_once_and_the_silent_come_first():
    paper = paper_of(
        asked(SYT, said(on=date(2025, 7, 25), document="12/SYT-VP", note=AGREE)),
        asked(SXD),
        asked(VPUB, said(document="9/VP", note=f"{AGREE}; {UNDATED}")),
    )

    counts = (1, 0, 1, 0, 1, 3, Fraction(2, 3), Fraction(1, 3))
    assert table(paper, "consultations").rows == [(NAMED, DUE, *counts)]
    assert table(paper, "consultations").total == ("Cộng", None, *counts)
    assert table(paper, "opinions").rows == [(NAMED, 2, 0, 0, 2)]
    units = table(paper, "units")
    assert [line.label for line in units.lines if isinstance(line, Band)] == [
        f"{NAMED}: 2/3 đơn vị đã trả lời; còn 1 đơn vị chưa trả lời"
    ]
    assert [row[:8] for row in units.rows] == [
        (1, "Sở Xây dựng", "Chưa trả lời, quá hạn", "", "", None, 8, ""),
        (
            2,
            "Văn phòng UBND tỉnh",
            "Đã trả lời, chưa rõ ngày",
            "Thống nhất",
            "9/VP",
            None,
            None,
            f"{AGREE}; {UNDATED}",
        ),
        (3, "Sở Y tế", "Trả lời đúng hạn", "Thống nhất", "12/SYT-VP", date(2025, 7, 25), None, ""),
    ]


def test_replies_nobody_asked_for_stand_in_a_table_of_their_own():
    other = OtherReply("Hội lạ", "1/HL", None, Opinion.COMMENT, False)

    assert table(paper_of(asked(SYT)), "others") is None
    paper = paper_of(asked(SYT), others=OtherReplies({"YK-1/1": [other]}))
    assert table(paper, "others").rows == [
        ("Hội lạ", "1/HL", None, "Có ý kiến góp ý", "ngoài danh sách được hỏi")
    ]


def test_no_consultation_is_said_in_a_sentence():
    paper = paper_of(an_assignment(DUE))

    assert (paper.tables, paper.notes) == ([], ())
    assert paper.sections[0].blocks == (Words("Không có văn bản hỏi ý kiến nào thuộc phạm vi báo cáo."),)
