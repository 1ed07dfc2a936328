"""Which unit is due a letter, the how manieth, about what, and by when?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.issued_letters import IssuedLetter, letters_about, standing_letters
from engine.letters import LeftOut, LetterFacts, Voice, as_json, letters_of
from engine.model import UNDETERMINED, Document, Fact, FactKind, Role, Unit, UnitKind
from engine.paperwork import Paperwork
from engine.report_query import ReportFacts, ReportQuery
from engine.silence import red_zone
from tests.engine.planning_world import CALENDAR, SXD, SYT, VPUB, an_assignment, at

DUE = date(2025, 9, 30)
NOW = at("2025-10-16 08:00")  # a Thursday
PARTY = Unit("TD", "Tỉnh đoàn", UnitKind.PARTY)


def fact(kind, **more):
    return Fact(kind, at("2025-09-20 09:00"), **more)


def letters(*assignments, known=None, **query):
    return letters_of(ReportFacts(ReportQuery(NOW, **query), assignments, CALENDAR), known)


def issued(number="45/VP-KGVX", on=date(2025, 9, 16), unit="SYT", plans=("KH-1",), shares=("KH-1/1@SYT",)):
    return IssuedLetter(unit, number, on, plans, shares)


@pytest.mark.parametrize(
    ("due", "facts", "overdue", "due_soon"),
    [
        (DUE, (), 1, 0),
        (date(2025, 10, 16), (), 0, 1),
        (date(2025, 10, 21), (), 0, 1),  # three working days ahead
        (date(2025, 10, 22), (), 0, 0),
        (None, (), 0, 0),
        (DUE, (fact(FactKind.REPORTED),), 0, 0),
        (DUE, (fact(FactKind.EXTENDED, due_on=date(2025, 12, 1)),), 0, 0),
        (DUE, (fact(FactKind.BLOCKED, unit="SXD"),), 1, 0),
        (DUE, (fact(FactKind.RETURNED),), 1, 0),
        (DUE, (fact(FactKind.CANCELLED),), 0, 0),
    ],
)
def test_a_unit_is_written_to_about_what_is_overdue_or_in_the_red_zone(due, facts, overdue, due_soon):
    found = letters(an_assignment(due, facts=facts)).letters

    assert [(len(one.overdue), len(one.due_soon)) for one in found] == (
        [(overdue, due_soon)] if overdue + due_soon else []
    )


def test_each_unit_gets_one_letter_in_dictionary_order():
    shares = [an_assignment(DUE, number=number, unit=unit) for number in "123" for unit in (SYT, SXD)]
    found = letters(*shares, an_assignment(DUE, Role.SUPPORTING, VPUB)).letters

    assert [(one.unit.name, len(one.rows)) for one in found] == [("Sở Xây dựng", 3), ("Sở Y tế", 3)]


@pytest.mark.parametrize(
    ("share", "why"),
    [
        (an_assignment(DUE, facts=[fact(FactKind.HELD)]), LeftOut.AWAITING_DECISION),
        (an_assignment(DUE, facts=[fact(FactKind.DISPUTED)]), LeftOut.DISPUTED),
        (an_assignment(DUE, unit=VPUB), LeftOut.OWN),
        (an_assignment(DUE, unit=UNDETERMINED), LeftOut.NO_UNIT),
    ],
)
def test_what_nobody_can_be_asked_for_is_in_no_letter_and_counted(share, why):
    report = letters(share, known=LetterFacts(Voice(unit="VPUB")))

    assert (report.letters, report.left_out[why], sum(report.left_out.values())) == ((), 1, 1)


@pytest.mark.parametrize(
    ("before", "count"),
    [
        ([], 1),
        ([issued()], 2),
        ([issued(), issued("60/VP-KGVX", date(2025, 10, 1))], 3),
        ([issued(), issued(on=date(2025, 9, 17))], 2),  # recorded again: the day was corrected
        ([issued(), issued(on=date(2024, 9, 17))], 3),  # numbers begin anew each year
        ([issued(unit="SXD")], 1),
        ([issued(plans=("KH-2",))], 1),
        ([issued(on=date(2025, 10, 17))], 1),  # not sent yet on the day asked of
    ],
)
def test_only_letters_issued_to_the_unit_about_the_plan_count(before, count):
    (letter,) = letters(an_assignment(DUE), known=LetterFacts(issued=before)).letters

    assert (letter.count, len(letter.before)) == (count, count - 1)


def test_a_row_cites_the_letters_that_spoke_of_it():
    shares = an_assignment(DUE), an_assignment(DUE, number="2")
    (letter,) = letters(*shares, known=LetterFacts(issued=[issued()])).letters

    assert [[one.number for one in row.cited] for row in letter.rows] == [["45/VP-KGVX"], []]


def test_letters_about_a_share_stand_by_date():
    later, sooner = issued("60/VP-KGVX", date(2025, 10, 1)), issued()

    assert standing_letters([later, sooner]) == [sooner, later]
    assert letters_about([later, sooner]) == {"KH-1/1@SYT": (sooner, later)}


def test_demands_fall_on_working_days_counted_from_the_moment():
    (letter,) = letters(an_assignment(DUE)).letters
    (patient,) = letters(
        an_assignment(DUE), known=LetterFacts(paperwork=Paperwork(finish_within=10, answer_within=1))
    ).letters

    assert (letter.finish_by, letter.answer_by) == (date(2025, 10, 23), date(2025, 10, 21))
    assert (patient.finish_by, patient.answer_by) == (date(2025, 10, 30), date(2025, 10, 17))


@pytest.mark.parametrize(
    ("kind", "courteous"), [(kind, kind.value in {"party", "body", "leadership"}) for kind in UnitKind]
)
def test_bodies_outside_the_ubnd_are_asked_with_courtesy(kind, courteous):
    (letter,) = letters(an_assignment(DUE, unit=Unit("X", "Cơ quan thử", kind))).letters

    assert letter.is_courteous is courteous


def test_a_row_says_both_deadlines_and_whom_it_waits_for():
    facts = [fact(FactKind.EXTENDED, due_on=date(2025, 10, 10)), fact(FactKind.BLOCKED, unit="SXD")]
    known = LetterFacts(names={"SXD": "Sở Xây dựng"})
    ((row,),) = (one.rows for one in letters(an_assignment(DUE, facts=facts), known=known).letters)

    assert (row.original_due_on, row.due_on, row.days_late) == (DUE, date(2025, 10, 10), 6)
    assert (row.waits_for, row.blocked_on) == ("Sở Xây dựng", date(2025, 9, 20))


def test_in_a_period_lies_what_is_due_in_it():
    assert letters(an_assignment(DUE), first_on=date(2025, 10, 1)).letters == ()


@st.composite
def registries(draw):
    newer = Document("KH-2", "Kế hoạch sau", "02/KH-UBND", date(2025, 6, 1))
    units = [SYT, SXD, VPUB, PARTY, UNDETERMINED]
    shares = []
    for number in range(draw(st.integers(0, 8))):
        due = NOW.date() + timedelta(days=draw(st.integers(-40, 12)))
        unit, kinds = (
            draw(st.sampled_from(units)),
            draw(st.lists(st.sampled_from(list(FactKind)), max_size=2)),
        )
        facts = [
            Fact(kind, at("2025-07-01 09:00") + timedelta(days=place), due_on=due)
            for place, kind in enumerate(kinds)
        ]
        share = an_assignment(due, unit=unit, facts=facts, number=str(number))
        shares.append(
            replace(share, task=replace(share.task, document=newer)) if draw(st.booleans()) else share
        )
    return shares


@settings(max_examples=60, deadline=None)
@given(registries(), st.randoms())
def test_every_red_share_is_in_one_letter_or_counted_as_left_out(shares, random):
    known = LetterFacts(Voice(unit="VPUB"))
    report = letters(*shares, known=known)

    told = [row.assignment for letter in report.letters for row in letter.rows]
    reds = [red.assignment.id for red in red_zone(shares, CALENDAR, NOW)]
    assert len(set(told)) == len(told)
    assert set(told) <= set(reds)
    assert len(told) + sum(report.left_out.values()) == len(reds)
    mixed = list(shares)
    random.shuffle(mixed)
    assert as_json(letters(*mixed, known=known)) == as_json(report)
