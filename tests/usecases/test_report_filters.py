"""A part of a report: plans and units in whatever words, and never one that nobody knows."""

import pytest

from engine.report_query import ReportQuery
from tests.guarantee.world import PLAN, a_row, at, bring
from usecases.errors import InputRejected
from usecases.report_filters import resolved
from usecases.reports import ask

AS_OF = at("2025-10-15")


@pytest.fixture(autouse=True)
def a_plan(office):
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", "Sở Nội vụ")])


@pytest.mark.parametrize("named", ["SYT", "syt", "Sở Y tế", "sở y tế"])
def test_a_unit_is_known_by_code_and_name(office, named):
    report = ask(office, "overdue", ReportQuery(AS_OF, units=(named,)))

    assert [row.unit for row in report.rows] == ["SYT"]
    assert (report.matrix.total, report.query.units) == (1, ("SYT",))


@pytest.mark.parametrize("named", [PLAN.code, PLAN.code.lower(), "01/KH-UBND"])
def test_a_plan_is_known_by_code_and_number(office, named):
    assert resolved(office, ReportQuery(AS_OF, plans=(named,))).plans == (PLAN.code,)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (ReportQuery(AS_OF, units=("Sở Y tê",)), "Sở Y tế"),
        (ReportQuery(AS_OF, units=("Sở Vũ trụ",)), "không có đơn vị 'Sở Vũ trụ'"),
        (ReportQuery(AS_OF, plans=("KH-THU",)), f"ý bạn là '{PLAN.code}'"),
        (ReportQuery(AS_OF, plans=("99/QĐ",)), "không có kế hoạch '99/QĐ'"),
    ],
)
def test_what_nobody_knows_is_refused_with_what_comes_near(office, query, said):
    with pytest.raises(InputRejected, match=said):
        ask(office, "overdue", query)
