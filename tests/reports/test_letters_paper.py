"""Does a công văn đôn đốc read as a clerk would write it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.issued_letters import IssuedLetter
from engine.letters import LetterFacts, Voice, letters_of
from engine.model import Fact, FactKind, Unit, UnitKind
from engine.report_query import ReportFacts, ReportQuery
from reports.paper import Band, Form, Words
from reports.papers.letters import letter_papers, letters_paper
from tests.engine.planning_world import CALENDAR, SYT, an_assignment, at

DUE = date(2025, 9, 30)
SOON = date(2025, 10, 20)
NOW = at("2025-10-16 08:00")
PARTY = Unit("TD", "Tỉnh đoàn", UnitKind.PARTY)
CHAIRMAN = Voice("Chủ tịch UBND tỉnh", "UBND tỉnh (qua Văn phòng UBND tỉnh)", is_chairman=True)
ISSUED = IssuedLetter("SYT", "45/VP-KGVX", date(2025, 9, 16), ("KH-1",), ("KH-1/1@SYT",))


def owed(overdue=0, soon=0, unit=SYT, facts=()):
    days = [DUE] * overdue + [SOON] * soon
    return [an_assignment(due, unit=unit, number=str(n), facts=facts) for n, due in enumerate(days, start=1)]


def report_of(shares, **known):
    return letters_of(ReportFacts(ReportQuery(NOW), shares, CALENDAR, log_head="ab12"), LetterFacts(**known))


def letter(shares, **known):
    (paper,) = letter_papers(report_of(shares, **known))
    return paper


def sentences(paper):
    return [block.text for block in paper.body[0].blocks if isinstance(block, Words)]


def test_a_letter_reads_as_clerks_write_it():
    paper = letter(owed(overdue=3, soon=2))

    assert (paper.form, paper.to) == (Form.LETTER, ("Sở Y tế",))
    assert paper.subject == "đôn đốc thực hiện nhiệm vụ tại Kế hoạch số 01/KH-UBND (lần\u00a01)"
    assert sentences(paper) == [
        "Thực hiện Kế hoạch số 01/KH-UBND ngày 02/01/2025; qua theo dõi, đến ngày 16/10/2025, Sở Y tế còn "
        "03 nhiệm vụ quá hạn, 02 nhiệm vụ sắp đến hạn (Phụ lục kèm theo).",
        "Văn phòng UBND tỉnh đề nghị Sở Y tế:",
        "1. Khẩn trương hoàn thành các nhiệm vụ quá hạn trước ngày 23/10/2025; hoàn thành các nhiệm vụ sắp "
        "đến hạn đúng thời hạn ngày 20/10/2025.",
        "2. Báo cáo nguyên nhân, trách nhiệm để các nhiệm vụ quá hạn và kết quả thực hiện, gửi Văn phòng "
        "UBND tỉnh trước ngày 21/10/2025.",
        "3. Trường hợp có nhiệm vụ cần gia hạn, có văn bản đề nghị nêu rõ lý do và thời hạn mới, gửi Văn "
        "phòng UBND tỉnh trước ngày 21/10/2025; với nhiệm vụ sắp đến hạn thì trước khi hết thời hạn.",
        "Đề nghị Sở Y tế quan tâm, triển khai thực hiện./.",
    ]


def test_the_chairman_demands_where_the_office_asks():
    said = sentences(letter(owed(overdue=1), voice=CHAIRMAN))

    assert said[1] == "Chủ tịch UBND tỉnh yêu cầu Sở Y tế:"
    assert said[-1] == "Yêu cầu Sở Y tế nghiêm túc triển khai thực hiện./."
    assert "đề nghị Sở Y tế" not in " ".join(said)


@pytest.mark.parametrize("voice", [Voice(), CHAIRMAN])
def test_a_body_outside_the_ubnd_is_never_ordered_about(voice):
    before = replace(ISSUED, unit="TD")
    paper = letter(owed(overdue=2, soon=1, unit=PARTY), voice=voice, issued=[before])
    heads = [column.heading for column in paper.tables[0].columns]
    said = " ".join([paper.title, *heads, paper.annex[0].title, paper.subject, *sentences(paper)])

    assert f"{voice.speaker} trân trọng đề nghị Tỉnh đoàn quan tâm, phối hợp:" in said
    orders = ("yêu cầu", "Yêu cầu", "trách nhiệm", "Khẩn trương", "đôn đốc")
    assert [words for words in orders if words in said] == []
    assert said.endswith("sự quan tâm, phối hợp của Tỉnh đoàn./.")


@pytest.mark.parametrize(
    ("overdue", "soon", "first"),
    [
        (1, 0, "1. Khẩn trương hoàn thành nhiệm vụ quá hạn trước ngày 23/10/2025."),
        (2, 0, "1. Khẩn trương hoàn thành các nhiệm vụ quá hạn trước ngày 23/10/2025."),
        (0, 1, "1. Hoàn thành nhiệm vụ sắp đến hạn đúng thời hạn ngày 20/10/2025."),
        (
            1,
            1,
            "1. Khẩn trương hoàn thành nhiệm vụ quá hạn trước ngày 23/10/2025; hoàn thành nhiệm vụ sắp đến "
            "hạn đúng thời hạn ngày 20/10/2025.",
        ),
    ],
)
def test_one_task_and_several_are_told_apart(overdue, soon, first):
    said = sentences(letter(owed(overdue, soon)))

    assert first in said
    assert said[-2].endswith("trước khi hết thời hạn.") is bool(soon)
    assert any("nguyên nhân" in sentence for sentence in said) is bool(overdue)


def test_tasks_due_on_several_days_are_left_to_the_annex():
    shares = [an_assignment(due, number=str(due.day)) for due in (SOON, date(2025, 10, 21))]

    assert (
        sentences(letter(shares))[2]
        == "1. Hoàn thành các nhiệm vụ sắp đến hạn đúng thời hạn nêu tại Phụ lục."
    )


def test_a_second_letter_cites_the_first_in_its_sentence_and_in_its_annex():
    paper = letter(owed(overdue=1), issued=[ISSUED])

    assert paper.subject.endswith("(lần\u00a02)")
    assert sentences(paper)[1] == "Nội dung này đã được đôn đốc tại Công văn số 45/VP-KGVX ngày 16/09/2025."
    (table,) = paper.tables
    assert table.rows[0][6] == "45/VP-KGVX (16/09/2025)"


def test_work_that_waits_for_another_unit_is_asked_to_be_settled_with_it():
    blocked = owed(overdue=1, facts=[Fact(FactKind.BLOCKED, at("2025-09-20 09:00"), unit="SXD")])
    paper = letter(blocked, names={"SXD": "Sở Xây dựng"})

    assert "3. Chủ động làm việc với Sở Xây dựng để giải quyết nhiệm vụ đang vướng." in sentences(paper)
    assert paper.tables[0].rows[0][7] == "đang chờ Sở Xây dựng từ ngày 20/09/2025"


def test_the_annex_lists_overdue_work_before_what_is_due_soon():
    (table,) = letter(owed(overdue=2, soon=1)).tables

    assert [line.label for line in table.lines if isinstance(line, Band)] == [
        "I. Nhiệm vụ quá hạn: 2",
        "II. Nhiệm vụ sắp đến hạn: 1",
    ]
    assert [(row[0], row[3], row[5], row[7]) for row in table.rows] == [
        (1, DUE, 16, ""),
        (2, DUE, 16, ""),
        (1, SOON, None, "còn 2 ngày làm việc"),
    ]


def test_the_summary_counts_what_the_letters_say():
    report = report_of([*owed(overdue=2), *owed(soon=3, unit=PARTY)], issued=[ISSUED])
    paper = letters_paper(report)

    (table,) = paper.tables
    assert [row[1:6] for row in table.rows] == [("Sở Y tế", 2, 2, 0, 16), ("Tỉnh đoàn", 1, 0, 3, None)]
    assert table.total[3:5] == (2, 3)
    assert ("Đầu nhật ký", "ab12") in paper.basis


def test_what_is_in_no_letter_is_said_below():
    held = an_assignment(DUE, facts=[Fact(FactKind.HELD, at("2025-09-20 09:00"))])
    paper = letters_paper(report_of([held]))

    assert paper.tables == []
    assert paper.sections[0].blocks == (Words("Không có đơn vị nào cần công văn đôn đốc."),)
    assert "1 phần việc không đưa vào công văn: đang chờ quyết định." in paper.notes
