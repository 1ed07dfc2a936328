"""Do the smaller words of the rules — until, warn, tag, thresholds, lead times — do what they say?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.calendar import WorkCalendar
from engine.compliance import overdue_report
from engine.duty import Occurrence, opening
from engine.messages import Line, compose
from engine.model import Fact, FactKind
from engine.planning import decide
from engine.rulebook import read_rulebook
from engine.silence import red_zone
from tests.engine.planning_world import CALENDAR, CONTACTS, WORLD, an_assignment, at

DUE = date(2025, 9, 30)
ACKNOWLEDGED = [Fact(FactKind.ACKNOWLEDGED, at("2025-10-02 09:00"))]
RULES = """\
policies:
  - id: nhac
    steps:
      - id: qua-han
        after: 1 ngày làm việc
        repeat: { every: 5 ngày làm việc, times: 3, until: acknowledged }
      - { id: bao-cap-tren, after: 3 ngày làm việc, to: head }
rules:
  - { id: mac-dinh, policy: nhac }
"""


def book(text: str):
    found, problems = read_rulebook({"r.yml": text})
    assert problems == []
    return found


def reminded(text: str, now: str, facts=()):
    world = replace(WORLD, rulebook=book(text))
    found = decide(an_assignment(DUE, facts=facts), world, (), at(now))
    return [r.step for r in found.reminders], {s.step: str(s.reason) for s in found.suppressions}


def test_repetitions_stop_once_the_unit_has_said_that_it_has_the_work():
    assert reminded(RULES, "2025-10-08 08:00")[0] == ["qua-han#2"]

    steps, reasons = reminded(RULES, "2025-10-08 08:00", ACKNOWLEDGED)
    assert steps == []
    assert reasons["qua-han#2"] == "acknowledged"


def test_the_first_time_is_told_all_the_same():
    early = [Fact(FactKind.ACKNOWLEDGED, at("2025-09-20 09:00"))]

    assert reminded(RULES, "2025-10-01 08:00", early)[0] == ["qua-han"]


def test_without_the_word_repetitions_go_on():
    assert reminded(RULES.replace(", until: acknowledged", ""), "2025-10-08 08:00", ACKNOWLEDGED)[0] == [
        "qua-han#2"
    ]


TWO_LEVELS = """\
policies:
  - id: nhac
    steps:
      - { id: sap-den, before: 3 ngày làm việc, to: [contact, head] }
      - id: qua-han
        after: 1 ngày làm việc
        to: [contact, head]
        repeat: { every: 5 ngày làm việc, times: 1 }
rules:
  - { id: mac-dinh, policy: nhac }
"""


def test_a_step_for_several_levels_is_a_step_of_each():
    assert [(step.id, step.to) for step in book(TWO_LEVELS).steps] == [
        ("sap-den", "contact"),
        ("sap-den+head", "head"),
        ("qua-han", "contact"),
        ("qua-han#2", "contact"),
        ("qua-han+head", "head"),
        ("qua-han+head#2", "head"),
    ]


def test_each_level_of_such_a_step_is_told_and_the_higher_waits_for_the_lower_once_late():
    assert reminded(TWO_LEVELS, "2025-09-25 08:00")[0] == ["sap-den", "sap-den+head"]

    steps, reasons = reminded(TWO_LEVELS, "2025-10-01 08:00")
    assert steps == ["qua-han"]
    assert reasons["qua-han+head"] == "level_below"


@pytest.mark.parametrize(("more", "is_warned"), [("", True), ("warn: có", True), ("warn: không", False)])
def test_a_step_may_leave_out_when_the_next_level_will_be_told(more, is_warned):
    text = RULES.replace("        repeat", f"        {more or 'to: contact'}\n        repeat")
    line = Line(an_assignment(DUE), "qua-han", 1, "vì sao")
    recipient = CONTACTS.recipient("SYT", "contact", DUE)
    (row,) = compose("k", recipient, [line], replace(WORLD, rulebook=book(text)), at("2025-10-01 08:00")).rows

    assert bool(row.warning) is is_warned


@pytest.mark.parametrize(
    ("tags", "rule", "seen"),
    [
        ((), "mac-dinh", ("tag", "không có nhãn", False)),
        (("trọng điểm",), "trong-diem", ("tag", "trọng điểm", True)),
        (("khác", "tỉnh ủy giao"), "trong-diem", ("tag", "khác, tỉnh ủy giao", True)),
        (("trọng",), "mac-dinh", ("tag", "trọng", False)),
    ],
)
def test_a_rule_takes_the_tasks_that_people_tagged(tags, rule, seen):
    text = RULES.replace(
        "rules:\n",
        "rules:\n  - { id: trong-diem, when: { tag: [Trọng  điểm, TỈNH ỦY GIAO] }, policy: nhac }\n",
    )
    share = an_assignment(DUE)
    share = replace(share, task=replace(share.task, tags=tags))
    rules = book(text)

    assert rules.rule_for(share).id == rule
    assert rules.rules[0].conditions(share) == (seen,)


def test_what_counts_as_late_and_as_pressing_is_the_rules_to_say():
    rules = book(RULES + "report: { red_zone: 5 ngày làm việc, ageing: [5, 15] }\n")
    share = an_assignment(DUE)
    report = overdue_report(
        [share], {}, CALENDAR, at("2025-10-10 09:00"), "x", ageing=rules.thresholds.ageing
    )

    assert [(b.first, b.last, b.count) for b in report.ageing] == [(1, 5, 0), (6, 15, 1), (16, None, 0)]
    assert red_zone([share], CALENDAR, at("2025-09-23 09:00"), rules.thresholds.red_zone)
    assert not red_zone([share], CALENDAR, at("2025-09-23 09:00"))


@pytest.mark.parametrize(
    ("written", "opens_on"),
    [
        ("", date(2025, 9, 1)),  # the first of the month it is due in
        (
            "duties: { open_before: 20 ngày }",
            date(2025, 8, 29),
        ),  # from Friday 19 September; 30 August is a day off
        ("duties: { open_before: 5 ngày làm việc }", date(2025, 9, 12)),
    ],
)
def test_an_occurrence_opens_as_early_as_the_rules_say(written, opens_on):
    september = Occurrence(
        "2025-08", date(2025, 9, 1), date(2025, 9, 20), date(2025, 8, 1), date(2025, 8, 31)
    )

    assert opening(september, book(RULES + written).open_before, WorkCalendar(())).opens_on == opens_on
