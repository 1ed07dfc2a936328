"""Who has not answered a consultation, and what did those say who have?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import Document, Fact, FactKind
from engine.reply_report import (
    AGREE,
    COMMENT,
    UNCLEAR,
    UNDATED,
    Answer,
    Opinion,
    OtherReplies,
    OtherReply,
    as_json,
    consultation_text,
    opinion_in,
    replies_of,
)
from engine.report_query import ReportFacts, ReportQuery
from tests.engine.planning_world import CALENDAR, SXD, SYT, UBND, VPUB, an_assignment, at

DRAFT = Document("YK-1", "Dự thảo Kế hoạch thử", "406/SKHCN-VP", date(2025, 7, 24))
DUE = date(2025, 7, 28)
NOW = at("2025-08-05 08:00")


def asked(*facts, unit=SYT, due=DUE, document=DRAFT):
    share = an_assignment(due, unit=unit, assigned_on=document.issued_on, facts=facts)
    code = f"{document.code}/1"
    task = replace(share.task, code=code, document=document, text=consultation_text(document.title))
    return replace(share, id=f"{code}@{unit.code}", task=task)


def said(kind=FactKind.REPORTED, when="2025-08-01 09:00", **more):
    return Fact(kind, at(when), **more)


def report_of(*shares, others=None, now=NOW, **query):
    return replies_of(ReportFacts(ReportQuery(now, **query), shares, CALENDAR), others)


def only_row(*facts, **how):
    ((row,),) = (one.rows for one in report_of(asked(*facts), **how).consultations)
    return row


AGREED = said(on=date(2025, 7, 25), document="12/SYT-VP", note=AGREE)
NO_DAY = said(document="12/SYT-VP", note=f"{COMMENT}; {UNDATED}")


@pytest.mark.parametrize(
    ("facts", "now", "answer"),
    [
        ((), "2025-07-28 17:00", Answer.WAITED_FOR),
        ((), "2025-07-29 00:00", Answer.OVERDUE),
        ((AGREED,), "2025-08-05 08:00", Answer.IN_TIME),
        ((said(on=date(2025, 7, 31), note=AGREE),), "2025-08-05 08:00", Answer.LATE),
        ((NO_DAY,), "2025-08-05 08:00", Answer.UNDATED),
        ((NO_DAY, said(FactKind.ACCEPTED, on=date(2025, 7, 25))), "2025-08-05 08:00", Answer.IN_TIME),
        ((AGREED, said(FactKind.RETURNED, "2025-08-02 09:00")), "2025-08-05 08:00", Answer.OVERDUE),
        ((AGREED,), "2025-07-31 08:00", Answer.OVERDUE),  # not on record yet
    ],
)
def test_a_unit_has_answered_by_the_date_of_its_document(facts, now, answer):
    assert only_row(*facts, now=at(now)).answer is answer


def test_an_answer_stands_with_number_date_and_verdict():
    row = only_row(AGREED, said(FactKind.ACCEPTED, on=date(2025, 7, 25), document="12/SYT-VP", note=AGREE))

    assert (row.number, row.on, row.opinion, row.said) == (
        "12/SYT-VP",
        date(2025, 7, 25),
        Opinion.AGREE,
        AGREE,
    )


def test_a_day_given_by_a_person_leaves_the_verdict_as_it_was():
    row = only_row(NO_DAY, said(FactKind.ACCEPTED, on=date(2025, 7, 30)))

    assert (row.number, row.on, row.opinion) == ("12/SYT-VP", date(2025, 7, 30), Opinion.COMMENT)
    assert (row.answer, row.days_late, row.said) == (Answer.LATE, 2, COMMENT)


@pytest.mark.parametrize(
    ("note", "opinion"),
    [
        (AGREE, Opinion.AGREE),
        (f"{COMMENT}; {UNDATED}", Opinion.COMMENT),
        (UNCLEAR, Opinion.UNCLEAR),
        ("đã gửi qua trục liên thông", Opinion.UNCLEAR),
        ("không thống nhất", Opinion.UNCLEAR),
        ("", Opinion.UNCLEAR),
    ],
)
def test_only_a_verdict_on_record_is_read(note, opinion):
    assert opinion_in(note) is opinion


def test_those_to_be_asked_again_stand_first():
    (found,) = report_of(
        asked(AGREED), asked(unit=VPUB), asked(unit=SXD), asked(NO_DAY, unit=UBND)
    ).consultations

    assert [row.unit for row in found.rows] == ["SXD", "VPUB", "UBND", "SYT"]
    assert (found.answered, found.count(Answer.OVERDUE), found.opinions(Opinion.AGREE)) == (2, 2, 1)


def test_an_ordinary_task_is_no_consultation_whatever_it_speaks_of():
    share = asked()
    other = replace(share, task=replace(share.task, text="Tham gia ý kiến: dự thảo của Bộ"))

    assert report_of(an_assignment(DUE, assigned_on=DRAFT.issued_on), other).consultations == ()


def test_who_need_not_answer_any_more_is_not_counted():
    (found,) = report_of(asked(said(FactKind.CANCELLED)), asked(unit=SXD)).consultations

    assert [row.unit for row in found.rows] == ["SXD"]


def test_replies_that_change_nothing_stand_beside_those_nobody_asked_first():
    supplement = OtherReply("Sở Y tế", "13/SYT-VP", date(2025, 8, 1), Opinion.COMMENT, True)
    unasked = OtherReply("Hội lạ", "1/HL", None, Opinion.AGREE, False)
    (found,) = report_of(asked(AGREED), others=OtherReplies({"YK-1/1": [supplement, unasked]})).consultations

    assert found.others == (unasked, supplement)


def test_several_consultations_stand_from_the_oldest_on_and_a_period_chooses():
    newer = Document("YK-2", "Dự thảo Quyết định thử", "", date(2025, 7, 30))
    shares = asked(due=date(2025, 8, 4), document=newer), asked()

    assert [one.document.code for one in report_of(*shares).consultations] == ["YK-1", "YK-2"]
    chosen = report_of(*shares, first_on=date(2025, 8, 1)).consultations
    assert [one.document.code for one in chosen] == ["YK-2"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(list(FactKind)), max_size=3), max_size=4), st.randoms())
def test_every_unit_asked_is_counted_once_in_whatever_order(histories, random):
    shares = []
    for unit, kinds in zip((SYT, SXD, VPUB, UBND), histories, strict=False):
        facts = [
            Fact(kind, at("2025-07-25 09:00") + timedelta(days=place), due_on=DUE, note=f"{AGREE}; {UNDATED}")
            for place, kind in enumerate(kinds)
        ]
        shares.append(asked(*facts, unit=unit))
    report = report_of(*shares)

    for one in report.consultations:
        assert sum(one.count(answer) for answer in Answer) == len(one.rows)
        assert sum(one.opinions(opinion) for opinion in Opinion) == one.answered
    random.shuffle(shares)
    assert as_json(report_of(*shares)) == as_json(report)
