"""What does a look ahead show where nothing falls, between the hours of the steps and after facts to come?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from engine.model import Fact, FactKind
from engine.preview import Preview, preview
from engine.rulebook import Audience, DigestDays, read_rulebook
from tests.engine.planning_world import WORLD, an_assignment, at

DUE = date(2025, 9, 30)  # a Tuesday
IN_THE_EVENING = """\
policies:
  - id: nhac
    steps:
      - {id: qua-han, after: 1 ngày làm việc, at: "18:30", to: contact, via: [mailbox]}
      - {id: len-tren, after: 2 ngày làm việc, at: "08:00", to: head, via: [mailbox]}
rules:
  - {id: tat-ca, policy: nhac}
"""


def told(world, first, last, *facts):
    """When whom is told what about one assignment."""
    found = preview([an_assignment(DUE, facts=facts)], world, {}, at(first), at(last))
    return [
        (f"{m.not_before:%d/%m %H:%M}", m.recipient.post, one.step)
        for m in found.messages
        for one in m.reminders
    ]


def test_days_off_have_nothing_to_show():
    owed = an_assignment(date(2025, 9, 8))

    assert preview([owed], WORLD, {}, at("2025-09-06"), at("2025-09-07 23:59")) == Preview((), ())


def test_a_result_returned_at_ten_is_followed_up_at_the_next_run_rather_than_the_next_morning():
    facts = [
        Fact(FactKind.REPORTED, at("2025-09-29 16:00"), "SYT"),
        Fact(FactKind.RETURNED, at("2025-10-13 10:02"), "VPUB"),
    ]
    owed = an_assignment(date(2025, 9, 30), facts=facts)
    day = at("2025-10-13"), at("2025-10-14 23:59")

    by_steps = preview([owed], WORLD, {}, *day)
    by_runs = preview([owed], WORLD, {}, *day, also_at=[at("2025-10-13 10:10")])

    assert [f"{m.not_before:%d/%m %H:%M}" for m in by_steps.messages][:1] == ["14/10 08:00"]
    assert [f"{m.not_before:%d/%m %H:%M}" for m in by_runs.messages][:1] == ["13/10 10:10"]


def test_an_extension_still_to_come_is_followed_by_the_steps_towards_the_new_day():
    granted = Fact(FactKind.EXTENDED, at("2025-09-29 10:00"), "UBND", due_on=date(2025, 10, 31))

    assert [(day[:5], step) for day, _, step in told(WORLD, "2025-09-29", "2025-10-23", granted)] == [
        ("29/09", "truoc-1-ngay"),
        ("10/10", "truoc-15-ngay"),
        ("22/10", "truoc-7-ngay"),
    ]


def test_a_letter_decided_in_the_evening_arrives_the_next_day_and_the_level_above_hears_on_another():
    world = replace(WORLD, rulebook=read_rulebook({"r.yml": IN_THE_EVENING})[0])

    assert told(world, "2025-10-01", "2025-10-03 23:00") == [
        ("02/10 07:00", "SYT/contact", "qua-han"),
        ("03/10 08:00", "SYT/head", "len-tren"),
    ]


def test_letters_of_one_evening_share_the_limit_of_the_day_on_which_they_leave():
    limited = IN_THE_EVENING.replace("len-tren, after: 2 ngày làm việc", "den-han, on: ngày hết hạn")
    limited = limited.replace('"08:00", to: head', '"20:30", to: contact')
    rulebook, _ = read_rulebook({"r.yml": f"{limited}limits:\n  - {{to: contact, tasks_per_day: 1}}\n"})
    owed = [an_assignment(DUE), an_assignment(date(2025, 10, 1), number="2")]
    first, last = at("2025-10-01"), at("2025-10-02 23:00")
    found = preview(owed, replace(WORLD, rulebook=rulebook), {}, first, last)

    assert [
        (f"{m.not_before:%d/%m}", [r.assignment.task.number for r in m.reminders]) for m in found.messages
    ] == [
        ("02/10", ["1"]),
        ("03/10", ["2"]),
    ]


def test_the_page_of_a_level_is_shown_at_the_hour_of_its_day():
    mondays = DigestDays(Audience.HEAD, frozenset({0}), time(9, 15), "r.yml:1")
    world = replace(WORLD, rulebook=replace(WORLD.rulebook, digests={Audience.HEAD: mondays}))
    to_head = [when for when, post, _ in told(world, "2025-10-01", "2025-10-07") if post == "SYT/head"]

    assert to_head == ["06/10 09:15"]
