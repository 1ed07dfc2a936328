"""Does the report on results say what a clerk's appendix says, and add up?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from engine.model import Document, Fact, FactKind, Unit, UnitKind
from engine.report_query import ReportFacts, ReportQuery
from engine.results import PlanWords, results_of
from reports.paper import Band, Words
from reports.papers.results import UNITS_A_LINE, results_paper
from reports.papers.scope import cited
from tests.engine.planning_world import CALENDAR, PLAN, SXD, an_assignment, at

DUE = date(2025, 9, 30)
NOW = at("2025-10-16 08:00")
WORDS = PlanWords({"KH-1": [("I", "Về thể chế"), ("II", "Về hạ tầng")]}, names={"SXD": "Sở Xây dựng"})


def fact(kind, **more):
    return Fact(kind, at("2025-09-20 09:00"), **more)


def in_section(assignment, section):
    return replace(assignment, task=replace(assignment.task, section=section))


def paper_of(*assignments, words=WORDS, **query):
    return results_paper(results_of(ReportFacts(ReportQuery(NOW, **query), assignments, CALENDAR), words))


def table(paper, code):
    return next(table for table in paper.tables if table.code == code)


def rows_of(paper):
    heads = [column.heading for column in table(paper, "tasks").columns]
    return [dict(zip(heads, row, strict=True)) for row in table(paper, "tasks").rows]


def test_the_subject_names_the_plan_with_its_number():
    paper = paper_of(an_assignment(DUE))

    assert (
        paper.subject == "Kết quả triển khai thực hiện Kế hoạch số 01/KH-UBND ngày 02/01/2025, Kế hoạch thử"
    )
    assert paper.lines[0] == "Tính đến 08:00 thứ Năm, ngày 16/10/2025"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("01/KH-UBND", "Kế hoạch số 01/KH-UBND ngày 02/01/2025"),
        ("/KH-BCĐ", "Kế hoạch số …/KH-BCĐ ngày 02/01/2025"),
        ("08-KH/BCĐ", "Kế hoạch số 08-KH/BCĐ ngày 02/01/2025"),
        ("327/QĐ-UBND", "Quyết định số 327/QĐ-UBND ngày 02/01/2025"),
        ("406/SKHCN-VP", "Công văn số 406/SKHCN-VP ngày 02/01/2025"),
        ("", "Kế hoạch thử (ngày 02/01/2025)"),
    ],
)
def test_a_document_is_cited_by_what_its_number_says_it_is(number, words):
    assert cited(Document("KH-1", "Kế hoạch thử", number, date(2025, 1, 2))) == words


def test_groups_stand_across_the_table_with_their_count():
    done = [fact(FactKind.REPORTED, on=date(2025, 9, 19))]
    shares = [
        in_section(an_assignment(DUE, number="1", facts=done), "I"),
        in_section(an_assignment(DUE, number="2"), "I"),
        in_section(an_assignment(None, number="3"), "II"),
    ]
    paper = paper_of(*shares)

    assert [line.label for line in table(paper, "tasks").lines if isinstance(line, Band)] == [
        "I. Về thể chế (hoàn thành 1/2 nhiệm vụ; còn 1 quá hạn)",
        "II. Về hạ tầng (hoàn thành 0/1 nhiệm vụ; còn 1 chưa có hạn xác định)",
    ]
    assert table(paper, "groups").rows == [
        ("I. Về thể chế", 1, 0, 0, 0, 1, 0, 0, 2, Fraction(1, 2)),
        ("II. Về hạ tầng", 0, 0, 0, 0, 0, 1, 0, 1, Fraction(0)),
    ]
    assert table(paper, "groups").total == ("Cộng", 1, 0, 0, 0, 1, 1, 0, 3, Fraction(1, 3))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ((), "quá hạn 16 ngày; chưa xác nhận"),
        ((fact(FactKind.BLOCKED, unit="SXD"),), "quá hạn 16 ngày; đang chờ Sở Xây dựng từ ngày 20/09/2025"),
        (
            (fact(FactKind.EXTENSION_REQUESTED, due_on=date(2025, 11, 15)),),
            "quá hạn 16 ngày; chưa xác nhận; đề nghị gia hạn đến 15/11/2025, chờ quyết định",
        ),
        (
            (fact(FactKind.REPORTED, document="12/BC-SYT", note="đã ban hành quy chế"),),
            "đã ban hành quy chế; 12/BC-SYT; chờ nghiệm thu",
        ),
        (
            (fact(FactKind.REPORTED, document="12/BC-SYT"), fact(FactKind.ACCEPTED)),
            "12/BC-SYT; nghiệm thu ngày 20/09/2025",
        ),
        ((fact(FactKind.HELD),), ""),  # its state says it all, and nobody knows yet by when
        ((fact(FactKind.EXTENDED, due_on=date(2025, 11, 30)),), "chưa xác nhận; đã gia hạn 1 lần"),
    ],
)
def test_a_row_says_what_was_done_or_why_it_is_open(facts, said):
    (row,) = rows_of(paper_of(an_assignment(DUE, facts=facts)))

    assert row["Kết quả, văn bản; lý do chưa hoàn thành"] == said


def test_the_day_of_an_extension_stands_beside_the_first_one():
    (row,) = rows_of(paper_of(an_assignment(DUE, facts=[fact(FactKind.EXTENDED, due_on=date(2025, 11, 30))])))

    assert (row["Hạn gốc"], row["Gia hạn đến"]) == (DUE, date(2025, 11, 30))


def test_units_of_one_task_that_stand_alike_share_lines_that_fit_on_a_page():
    communes = [Unit(f"XA{n:02}", f"xã {n}", UnitKind.COMMUNE) for n in range(23)]
    shares = [an_assignment(DUE, unit=unit) for unit in communes]
    done = an_assignment(DUE, unit=SXD, facts=[fact(FactKind.REPORTED, document="5/BC-SXD")])
    whole, *units = rows_of(paper_of(*shares, done))

    assert whole["Kết quả, văn bản; lý do chưa hoàn thành"] == "Hoàn thành 1/24 đơn vị"
    listed = [row["Cơ quan chủ trì"].split(", ") for row in units]
    assert [len(names) for names in listed] == [UNITS_A_LINE, UNITS_A_LINE, 3, 1]
    assert sorted(name for names in listed for name in names) == sorted(
        ["Sở Xây dựng", *(unit.name for unit in communes)]
    )


def test_where_all_units_stand_alike_none_is_named_that_the_plan_does_not_name():
    communes = [Unit(f"XA{n:02}", f"xã {n}", UnitKind.COMMUNE) for n in range(23)]
    (whole,) = rows_of(paper_of(*(an_assignment(DUE, unit=unit) for unit in communes)))

    assert whole["Cơ quan chủ trì"] == "23 đơn vị"
    said = whole["Kết quả, văn bản; lý do chưa hoàn thành"]
    assert said == "Hoàn thành 0/23 đơn vị; quá hạn 16 ngày; chưa xác nhận"


def test_two_plans_share_one_table_under_their_names():
    newer = Document("KH-2", "Kế hoạch sau", "02/KH-UBND", date(2025, 6, 1))
    other = an_assignment(DUE, unit=SXD)
    other = replace(other, id="KH-2/1@SXD", task=replace(other.task, code="KH-2/1", document=newer))
    paper = paper_of(an_assignment(DUE), other)

    assert paper.subject == "Kết quả triển khai thực hiện nhiệm vụ của 2 văn bản"
    bands = [line.label for line in table(paper, "tasks").lines if isinstance(line, Band)]
    assert [band.partition(" (")[0] for band in bands] == [cited(PLAN), cited(newer)]


def test_nothing_in_a_period_is_said_in_a_sentence():
    paper = paper_of(an_assignment(DUE), first_on=date(2025, 1, 1), last_on=date(2025, 3, 31))

    assert paper.tables == []
    assert paper.sections[0].blocks == (Words("Không có nhiệm vụ nào thuộc phạm vi báo cáo."),)
    assert "Kỳ báo cáo: từ ngày 01/01/2025 đến hết ngày 31/03/2025" in paper.lines
