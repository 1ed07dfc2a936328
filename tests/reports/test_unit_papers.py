"""Do the papers on coming work, scores and evaluation print the figures of their reports, in words?"""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import due_soon, evaluation_json, scorecard_json
from engine.due_soon import due_soon_of
from engine.evaluation import evaluation_of
from engine.frozen import Ground
from engine.model import FactKind, UnitKind
from engine.report_query import ReminderCount
from engine.scorecard import Unranked, scorecard_of
from engine.status import Timeliness
from reports.paper import Band, Chart, Kind, Words, cleaned
from reports.papers import frozen
from reports.papers.due_soon import due_soon_paper
from reports.papers.evaluation import BY_LOG, PROGRESS, evaluation_paper
from reports.papers.scorecard import WHY, scorecard_paper
from tests.engine.report_world import answered, asked, assigned, at, fact, queries, registries

TYPES = {Kind.TEXT: str, Kind.NUMBER: int, Kind.DATE: date, Kind.RATE: Fraction}
PAPERS = {
    "due-soon": lambda facts: due_soon_paper(due_soon_of(facts)),
    "scorecard": lambda facts: scorecard_paper(scorecard_of(facts, Ground(1))),
    "evaluation": lambda facts: evaluation_paper(evaluation_of(facts)),
}
JSON = [
    (due_soon.as_json, due_soon_of),
    (scorecard_json.as_json, scorecard_of),
    (evaluation_json.as_json, evaluation_of),
]
DUE = "2025-09-10"
LATE = fact(FactKind.REPORTED, "2025-09-20", done="2025-09-15")


def table(paper, code):
    return next(table for table in paper.tables if table.code == code)


def bands(paper, code):
    return [line.label for line in table(paper, code).lines if isinstance(line, Band)]


def sentences(paper):
    return [b.text for section in paper.sections for b in section.blocks if isinstance(b, Words)]


@pytest.mark.parametrize("name", PAPERS)
@given(registry=registries(), query=queries())
def test_values_are_of_the_kind_their_column_says_and_totals_sum(name, registry, query):
    paper = cleaned(PAPERS[name](answered(query, *registry)))

    for one in paper.tables:
        for row in [*one.rows, *([one.total] if one.total else [])]:
            assert len(row) == len(one.columns)
            for value, column in zip(row, one.columns, strict=True):
                assert value is None or isinstance(value, TYPES[column.kind]), (column.heading, value)
        if one.total:
            for place, column in enumerate(one.columns):
                is_summed = column.kind is Kind.NUMBER and column.heading not in {
                    "Đơn vị",
                    "Nhiệm vụ",
                    "Hạng",
                }
                if is_summed:
                    assert sum(row[place] for row in one.rows) == one.total[place], column.heading


@pytest.mark.parametrize("name", PAPERS)
@given(registry=registries(), query=queries(), random=st.randoms())
def test_the_order_of_input_does_not_matter(name, registry, query, random):
    shares, sent = registry
    shuffled = list(shares)
    random.shuffle(shuffled)

    assert PAPERS[name](answered(query, shuffled, sent)) == PAPERS[name](answered(query, shares, sent))


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_says_when_for_which_period_and_what_it_rests_on(name):
    paper = PAPERS[name](asked(assigned("1", "SYT", DUE), first="2025-09-01", last="2025-09-30"))

    assert "Tính đến 08:00 thứ Ba, ngày 30/09/2025" in paper.lines
    assert "Kỳ báo cáo: từ ngày 01/09/2025 đến hết ngày 30/09/2025" in paper.lines
    assert any("12/KH-UBND" in line for line in paper.lines) == (name != "due-soon")  # it is late by then
    assert paper.basis[:2] == (("Bộ quy tắc", "ab12"), ("Đầu nhật ký", "ff" * 32))
    assert paper.annex


@pytest.mark.parametrize(("as_json", "made"), JSON)
def test_programs_are_told_the_filter_they_asked_with(as_json, made):
    facts = asked(assigned("1", "SYT", DUE), first="2025-09-01", units=("SYT",), kinds=(UnitKind.DEPARTMENT,))
    data = as_json(made(facts))

    assert json.loads(json.dumps(data)) == data
    assert data["filter"] == {
        "plans": [], "units": ["SYT"], "kinds": ["department"], "levels": [],
        "first_on": "2025-09-01", "last_on": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", PAPERS)
def test_without_work_a_paper_says_so(name):
    paper = PAPERS[name](asked())

    assert all(one.rows == [] for one in paper.tables)
    assert not any(isinstance(block, Chart) for section in paper.sections for block in section.blocks)


def test_every_state_has_words():
    assert {*WHY, Unranked.FEW_DUE} == set(Unranked)
    assert {*PROGRESS, Timeliness.AWAITING_DECISION, Timeliness.CANCELLED} == set(Timeliness)
    assert set(frozen._WORDS) == {str(kind) for kind in FactKind}


def test_coming_work_stands_below_its_day_with_who_knows():
    share = assigned("1", "SYT", "2025-10-05", fact(FactKind.ACKNOWLEDGED, "2025-09-20"))  # Sunday
    paper = due_soon_paper(
        due_soon_of(
            asked(share, assigned("2", "CAT", "2025-10-01"), sent={share.id: ReminderCount(2, 2, at(DUE))})
        )
    )
    one, other = table(paper, "rows").rows

    assert bands(paper, "rows") == [
        "Thứ Tư, ngày 01/10/2025: 1 phần việc",
        "Thứ Sáu, ngày 03/10/2025: 1 phần việc",
    ]
    assert one[5:10] == (date(2025, 10, 1), 1, 0, "chưa nhắc", None)
    assert other[5:10] == (date(2025, 10, 3), 3, 2, "thủ trưởng", date(2025, 9, 20))


def test_ranked_units_and_those_apart_are_told_with_the_reason():
    shares = [assigned(str(n), "SYT", DUE, LATE) for n in range(5)] + [assigned("9", "CAT", DUE)]
    paper = scorecard_paper(scorecard_of(asked(*shares)))

    assert table(paper, "ranked").rows == [(1, "Sở Y tế", 5, 0, 5, 0, Fraction(0), Fraction(1), 0)]
    assert table(paper, "apart").rows == [("Công an tỉnh", 1, "có dưới 5 phần việc đến hạn")]
    assert bands(paper, "units") == ["Được xếp hạng: 1 đơn vị", "Không xếp hạng: 1 đơn vị"]
    assert table(paper, "heat").rows == [("Sở Y tế", Fraction(0))]
    assert table(paper, "on-time").rows == [("09/2025", 0, 5, 1)]
    assert "6 phần việc trễ hạn, bình quân 7,5 ngày, trung vị 5,0 ngày." in sentences(paper)


def test_rates_stand_below_the_denominator_they_are_of():
    paper = scorecard_paper(scorecard_of(asked(assigned("1", "SYT", DUE))))
    rates = [one.heading for table in paper.tables for one in table.columns if one.kind is Kind.RATE]

    assert all("(trên số " in heading for heading in rates if not heading[:2].isdigit())


def test_the_extract_names_who_confirmed_by_post_and_never_by_person():
    def confirmed(by):
        return fact(FactKind.CAUSE_CONFIRMED, "2025-09-25", by=by, document="77/VP", note="bão số 9")

    share = assigned("1", "SYT", DUE, LATE, confirmed("VPUB/coordinator"), confirmed("chị Mẫu"))
    names = {"VPUB/coordinator": "Phòng theo dõi"}
    (row,) = table(evaluation_paper(evaluation_of(asked(share), names)), "products").rows

    assert row[10] == (
        "bão số 9 (Phòng theo dõi, văn bản 77/VP, ngày 25/09/2025); "
        f"bão số 9 ({BY_LOG}, văn bản 77/VP, ngày 25/09/2025)"
    )


def test_the_extract_tells_extensions_and_waits_of_a_product():
    share = assigned(
        "1", "SYT", DUE, fact(FactKind.BLOCKED, "2025-09-02", unit="SXD"),
        fact(FactKind.UNBLOCKED, "2025-09-04"),
        fact(FactKind.EXTENDED, "2025-09-13", due="2025-09-14", document="5/UBND"), LATE,
    )  # fmt: skip
    (row,) = table(evaluation_paper(evaluation_of(asked(share), {"SXD": "Sở Xây dựng"})), "products").rows

    assert row[2:8] == (
        date(2025, 9, 10), date(2025, 9, 14), date(2025, 9, 15), date(2025, 9, 20), "Hoàn thành đúng hạn", 0,
    )  # fmt: skip
    assert row[8] == "5/UBND: đến 14/09/2025, khi đã quá hạn 3 ngày"
    assert row[9] == "Sở Xây dựng: từ 02/09/2025, đến 04/09/2025"


def test_the_extract_says_that_points_are_the_assessors():
    notes = " ".join(evaluation_paper(evaluation_of(asked())).notes)

    assert "335/2025/NĐ-CP" in notes
    assert "không tính điểm" in notes
    assert "không nêu tên cá nhân" in notes
