"""What became of each task of a plan, and do the groups sum to the whole?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import Document, Fact, FactKind, Role
from engine.report_query import ReportFacts, ReportQuery
from engine.results import DUTIES, ELSEWHERE, Outcome, PlanWords, as_json, results_of
from engine.status import Status
from tests.engine.planning_world import CALENDAR, SXD, SYT, VPUB, an_assignment, at

DUE = date(2025, 9, 30)
NOW = at("2025-10-16 08:00")


def fact(kind, when="2025-09-20 09:00", **more):
    return Fact(kind, at(when), **more)


REPORTED = fact(FactKind.REPORTED, on=date(2025, 9, 19), document="12/BC-SYT", note="đã ban hành quy chế")
ACCEPTED = fact(FactKind.ACCEPTED, "2025-09-25 09:00", document="90/TB-VP")


def facts_about(*assignments, **query):
    return ReportFacts(ReportQuery(NOW, **query), assignments, CALENDAR)


def in_section(assignment, section, **changes):
    return replace(assignment, task=replace(assignment.task, section=section, **changes))


def only_part(*facts, due=DUE, words=None):
    report = results_of(facts_about(an_assignment(due, facts=facts)), words)
    return report.plans[0].groups[0].tasks[0].parts[0]


@pytest.mark.parametrize(
    ("due", "facts", "outcome"),
    [
        (DUE, (), Outcome.OPEN_LATE),
        (date(2025, 12, 31), (), Outcome.OPEN_IN_TIME),
        (None, (), Outcome.OPEN_UNDATED),
        (None, (REPORTED,), Outcome.DONE_UNDATED),
        (DUE, (REPORTED,), Outcome.DONE_ON_TIME),
        (DUE, (fact(FactKind.REPORTED, "2025-10-10 09:00"),), Outcome.DONE_LATE),
        (DUE, (REPORTED, fact(FactKind.RETURNED, "2025-10-01 09:00")), Outcome.OPEN_LATE),
        (DUE, (fact(FactKind.HELD),), Outcome.AWAITING_DECISION),
        (DUE, (fact(FactKind.EXTENDED, due_on=date(2025, 11, 30)),), Outcome.OPEN_IN_TIME),
        (DUE, (fact(FactKind.REPORTED, "2025-10-20 09:00"),), Outcome.OPEN_LATE),  # after the moment asked of
    ],
)
def test_a_share_is_told_by_its_deadline_and_what_was_recorded(due, facts, outcome):
    assert only_part(*facts, due=due).outcome is outcome


def test_a_result_is_told_with_its_words_its_documents_and_both_days():
    part = only_part(REPORTED, ACCEPTED)

    assert (part.said, part.documents) == ("đã ban hành quy chế", ("12/BC-SYT", "90/TB-VP"))
    assert (part.done_on, part.accepted_on) == (date(2025, 9, 19), date(2025, 9, 25))


def test_a_result_that_was_returned_is_told_no_more():
    part = only_part(REPORTED, ACCEPTED, fact(FactKind.RETURNED, "2025-10-01 09:00", note="chưa đạt"))

    assert (part.said, part.documents, part.done_on, part.accepted_on) == ("", (), None, None)
    assert (part.status, part.days_late) == (Status.RETURNED, 16)


def test_open_work_says_whom_it_waits_for_and_which_day_was_asked_for():
    blocked = fact(FactKind.BLOCKED, unit="SXD")
    wished = fact(FactKind.EXTENSION_REQUESTED, "2025-09-28 09:00", due_on=date(2025, 11, 15))
    part = only_part(blocked, wished, words=PlanWords(names={"SXD": "Sở Xây dựng"}))

    assert (part.waits_for, part.blocked_on) == ("Sở Xây dựng", date(2025, 9, 20))
    assert part.wished_on == date(2025, 11, 15)


@pytest.mark.parametrize(
    ("of_health", "of_building", "outcome", "done"),
    [
        ((REPORTED,), (REPORTED,), Outcome.DONE_ON_TIME, 2),
        ((REPORTED,), (), Outcome.OPEN_LATE, 1),
        ((REPORTED,), (fact(FactKind.REPORTED, "2025-10-10 09:00"),), Outcome.DONE_LATE, 2),
        ((REPORTED,), (fact(FactKind.CANCELLED),), Outcome.DONE_ON_TIME, 1),
    ],
)
def test_a_task_of_several_units_is_done_when_all_have_done_their_share(
    of_health, of_building, outcome, done
):
    report = results_of(
        facts_about(an_assignment(DUE, facts=of_health), an_assignment(DUE, unit=SXD, facts=of_building))
    )

    (task,) = report.plans[0].groups[0].tasks
    assert (task.outcome, task.done) == (outcome, done)
    assert (report.tally.total, report.tally.done) == (1, int(outcome.is_done))


def test_groups_stand_as_in_the_plan_and_count_their_own_tasks():
    shares = [
        in_section(an_assignment(DUE, number="10", facts=[REPORTED]), "II"),
        in_section(an_assignment(DUE, number="9"), "II"),
        in_section(an_assignment(DUE, number="2"), "I"),
        an_assignment(DUE, number="30"),
        in_section(an_assignment(DUE, number="bc#2025-09"), "", is_duty=True),
    ]
    words = PlanWords({"KH-1": [("I", "Về thể chế"), ("II", "Về hạ tầng"), ("III", "Về nhân lực")]})
    groups = results_of(facts_about(*shares), words).plans[0].groups

    assert [group.label for group in groups] == ["I. Về thể chế", "II. Về hạ tầng", ELSEWHERE, DUTIES]
    assert [task.task.number for task in groups[1].tasks] == ["9", "10"]
    assert (groups[1].tally.done, groups[1].tally.total) == (1, 2)


def test_a_group_named_by_its_words_is_named_once():
    share = in_section(an_assignment(DUE), "Về thể chế")
    report = results_of(facts_about(share), PlanWords({"KH-1": [("Về thể chế", "Về thể chế và chính sách")]}))

    assert report.plans[0].groups[0].label == "Về thể chế và chính sách"


def test_supporting_units_are_named_as_the_plan_has_them_and_judged_nowhere():
    shares = (
        an_assignment(DUE),
        an_assignment(DUE, Role.SUPPORTING, VPUB),
        an_assignment(DUE, Role.SUPPORTING, SXD),
    )
    (task,) = results_of(facts_about(*shares)).plans[0].groups[0].tasks
    (as_written,) = (
        results_of(facts_about(*shares), PlanWords(supporting={"KH-1/1": "các sở"})).plans[0].groups[0].tasks
    )

    assert (task.supporting, as_written.supporting) == ("Sở Xây dựng, Văn phòng UBND tỉnh", "các sở")
    assert len(task.parts) == 1


@pytest.mark.parametrize(
    ("due", "facts", "belongs"),
    [
        (date(2025, 8, 15), (), True),
        (date(2025, 6, 30), (), False),  # open since before: the overdue report has it
        (date(2025, 6, 30), (REPORTED,), True),  # completed in the period, whenever it was due
        (date(2025, 8, 15), (fact(FactKind.REPORTED, "2025-10-10 09:00"),), False),  # completed after it
        (None, (), False),
    ],
)
def test_a_period_holds_what_was_completed_in_it_and_what_is_open_and_due_in_it(due, facts, belongs):
    share = an_assignment(due, facts=facts)
    report = results_of(facts_about(share, first_on=date(2025, 7, 1), last_on=date(2025, 9, 30)))

    assert report.tally.total == int(belongs)


def test_two_plans_stand_one_after_the_other_from_the_oldest_on():
    newer = Document("KH-2", "Kế hoạch sau", "02/KH-UBND", date(2025, 6, 1))
    second = an_assignment(DUE, unit=SXD)
    second = replace(second, id="KH-2/1@SXD", task=replace(second.task, code="KH-2/1", document=newer))

    assert [plan.document.code for plan in results_of(facts_about(second, an_assignment(DUE))).plans] == [
        "KH-1",
        "KH-2",
    ]


def test_nothing_assigned_is_an_empty_report():
    report = results_of(facts_about())

    assert (report.plans, report.tally.total, as_json(report)["plans"]) == ((), 0, [])


@st.composite
def registries(draw):
    shares = []
    for number in range(draw(st.integers(0, 6))):
        section = draw(st.sampled_from(["", "I", "II", "II.1"]))
        due = draw(st.none() | st.integers(-60, 60).map(lambda n: NOW.date() + timedelta(days=n)))
        for unit in draw(st.lists(st.sampled_from([SYT, SXD, VPUB]), min_size=1, unique=True)):
            kinds = draw(st.lists(st.sampled_from(list(FactKind)), max_size=3))
            facts = [
                Fact(kind, at("2025-07-01 09:00") + timedelta(days=40 * place), due_on=due)
                for place, kind in enumerate(kinds)
            ]
            shares.append(in_section(an_assignment(due, unit=unit, facts=facts, number=str(number)), section))
    return draw(st.permutations(shares))


@settings(max_examples=60, deadline=None)
@given(registries(), st.randoms())
def test_parts_sum_to_the_whole_in_whatever_order_the_facts_come(shares, random):
    report = results_of(facts_about(*shares))
    tasks = [task for plan in report.plans for group in plan.groups for task in group.tasks]

    assert report.tally.total == len(tasks) == sum(report.tally.counts.values())
    by_group = sum((Counter(g.tally.counts) for plan in report.plans for g in plan.groups), Counter())
    assert by_group == Counter(report.tally.counts)
    assert sum(len(task.parts) for task in tasks) + report.cancelled == len(shares)
    mixed = list(shares)
    random.shuffle(mixed)
    assert as_json(results_of(facts_about(*mixed))) == as_json(report)
