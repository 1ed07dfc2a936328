"""Does the report on silence name every silent row once, below its reason?"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from engine.model import Fact, FactKind
from engine.report_query import ReportFacts, ReportQuery
from engine.silence import RedFacts, SilenceReason, red_zone, silence_of
from reports.paper import Band, Words
from reports.papers.silence import REASON, silence_paper
from tests.engine.planning_world import CALENDAR, SXD, WORLD, an_assignment, at

NOW = at("2025-10-16 08:00")
DUE = date(2025, 9, 30)


def report_of(*assignments, **query):
    facts = ReportFacts(ReportQuery(NOW, **query), assignments, CALENDAR, log_head="ab12")
    return silence_of(facts, RedFacts(red_zone(assignments, CALENDAR, NOW), {}, WORLD))


def table(paper, code):
    return next((table for table in paper.tables if table.code == code), None)


def test_rows_stand_below_their_reason_and_sum_to_the_table_of_reasons():
    held = an_assignment(DUE, number="2", unit=SXD, facts=[Fact(FactKind.HELD, at("2025-09-20 09:00"))])
    report = report_of(an_assignment(DUE), held, an_assignment(date(2025, 10, 17), number="3"))
    paper = silence_paper(report)

    reasons, rows = table(paper, "reasons"), table(paper, "rows")
    assert sum(count for _, count in reasons.rows) == reasons.total[1] == len(rows.rows) == 3
    bands = [line.label.partition(":")[0] for line in rows.lines if isinstance(line, Band)]
    assert list(dict.fromkeys(bands)) == [reason for reason, _ in reasons.rows]
    reason = [column.heading for column in rows.columns].index("Lý do")
    assert Counter(row[reason] for row in rows.rows) == dict(reasons.rows)
    assert ("Đầu nhật ký", "ab12") in paper.basis


def test_units_of_one_task_share_what_is_said_of_it():
    (band,) = (
        line.label
        for line in table(
            silence_paper(report_of(an_assignment(DUE), an_assignment(DUE, unit=SXD))), "rows"
        ).lines
        if isinstance(line, Band)
    )

    assert band.startswith(
        "Chưa có lượt chạy nào xét: KH-1/1, Xây dựng kế hoạch thử; hạn 30/09/2025 (quá hạn); bậc "
    )
    assert band.endswith("; 2 đơn vị")


def test_nobody_silent_is_said_in_a_sentence():
    paper = silence_paper(report_of(an_assignment(date(2025, 12, 31))))

    assert paper.tables == []
    assert paper.sections[0].blocks == (Words("Phần việc trong vùng đỏ: 0; đã nhận được tin: 0; chưa: 0."),)


@pytest.mark.parametrize(("last", "rows"), [(date(2025, 9, 30), 1), (date(2025, 9, 29), 0)])
def test_in_a_period_lies_what_is_due_in_it(last, rows):
    assert len(report_of(an_assignment(DUE), last_on=last).rows) == rows


def test_every_reason_has_words():
    assert set(REASON) == set(SilenceReason)
