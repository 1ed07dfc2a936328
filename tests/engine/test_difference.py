"""What does an edit of the rules add, remove and change, message by message?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.difference import Counts, difference
from engine.messages import MessageDraft
from engine.model import PostRole
from engine.planning import Reminder
from tests.engine.planning_world import CONTACTS, SXD, SYT, an_assignment, at

DUE = date(2025, 9, 30)


def a_message(when: str, *tasks: str, unit=SYT, role=PostRole.CONTACT, channel="mailbox") -> MessageDraft:
    """A message of `when` with a reminder per task; "1/den-han" names the step, too."""
    to = CONTACTS.recipient(unit.code, role, DUE)
    level = 1 if role is PostRole.CONTACT else 2
    reminders = []
    for task in tasks:
        number, _, step = task.partition("/")
        share = an_assignment(DUE, unit=unit, number=number)
        key = f"{share.id}|{DUE}|{step or 'den-han'}|{to.post}"
        reminders.append(
            Reminder(key, share, step or "den-han", level, DUE, at(when), to, (channel,), "", "r.yml:1")
        )
    return MessageDraft(f"{when}{tasks}{to.post}", to, channel, level, at(when), tuple(reminders))


BASE = a_message("2025-09-30 08:00", "1", "2")


def counted(*after, before=(BASE,)) -> tuple[int, int, int]:
    found = difference(before, after)
    return len(found.added), len(found.removed), len(found.changed)


@pytest.mark.parametrize(
    ("after", "added", "removed", "changed"),
    [
        ([BASE], 0, 0, 0),
        ([], 0, 1, 0),
        ([BASE, a_message("2025-10-01 08:00", "1")], 1, 0, 0),
        ([a_message("2025-10-01 08:00", "1", "2")], 1, 1, 0),  # another day is another message
        ([a_message("2025-09-30 08:00", "1", "2", unit=SXD)], 1, 1, 0),
        ([a_message("2025-09-30 08:00", "1", "2", role=PostRole.HEAD)], 1, 1, 0),
        ([a_message("2025-09-30 08:00", "1", "2", channel="email")], 1, 1, 0),
        ([a_message("2025-09-30 08:00", "2", "1")], 0, 0, 0),  # the order inside says nothing
        ([a_message("2025-09-30 08:00", "1")], 0, 0, 1),
        ([a_message("2025-09-30 08:00", "1", "2/qua-han")], 0, 0, 1),
        ([a_message("2025-09-30 14:00", "1", "2")], 0, 0, 1),  # another hour of the same day
        ([a_message("2025-09-30 14:00", "3"), BASE], 1, 0, 0),  # equals are matched before the hour
    ],
)
def test_a_message_is_known_by_its_day_its_post_and_its_channel(after, added, removed, changed):
    assert counted(*after) == (added, removed, changed)


def test_a_rule_written_some_lines_further_down_changes_nothing():
    moved = replace(
        BASE, reminders=tuple(r._replace(place="r.yml:99", reason="dòng 99") for r in BASE.reminders)
    )

    assert difference([BASE], [moved]).is_empty


def test_another_holder_of_the_post_is_a_change():
    other = replace(BASE, recipient=replace(BASE.recipient, person="Người mới"))

    assert counted(other) == (0, 0, 1)


def test_a_change_shows_both_messages():
    after = a_message("2025-09-30 08:00", "1")
    (change,) = difference([BASE], [after]).changed

    assert (change.before, change.after) == (BASE, after)


def test_levels_are_counted_apart():
    to_head = a_message("2025-09-30 08:00", "1", role=PostRole.HEAD)
    found = difference([BASE], [BASE, to_head])

    assert found.totals == Counts(before=1, after=2, added=1)
    assert found.by_level == {1: Counts(1, 1), 2: Counts(0, 1, added=1)}


@pytest.mark.parametrize(
    ("before", "after", "is_too_much"),
    [
        (100, 200, False),
        (100, 201, True),
        (0, 20, False),  # a new step of a small plan is no flood
        (0, 21, True),
        (10, 30, False),
        (10, 31, True),
        (300, 310, False),
        (200, 0, False),
    ],
)
def test_more_than_twice_and_more_than_twenty_more_must_be_confirmed(before, after, is_too_much):
    assert Counts(before, after).multiplies is is_too_much


def test_one_level_that_multiplies_is_named_though_the_whole_hardly_grows():
    days = [f"{date(2025, 9, 1) + timedelta(days=n)} 08:00" for n in range(60)]
    many = [a_message(day, "1") for day in days]
    to_head = [a_message(day, "1", role=PostRole.HEAD) for day in days[:21]]
    found = difference(many, [*many, *to_head])

    assert [level for level, _ in found.multiplied] == [2]


def each_day(count: int, *tasks: str, **more) -> list[MessageDraft]:
    days = [date(2025, 9, 1) + timedelta(days=n) for n in range(count)]
    return [a_message(f"{day} 08:00", *tasks, **more) for day in days]


def test_one_person_who_gets_far_more_is_named_though_the_whole_stays_as_it_is():
    found = difference([*each_day(60, "1"), *each_day(5, "2", unit=SXD)], each_day(60, "2", unit=SXD))

    assert found.multiplied == ()
    assert [(post, counts.before, counts.after) for post, counts in found.burdened] == [
        ("SXD/contact", 5, 60)
    ]


@pytest.mark.parametrize(
    ("before", "after", "is_named"),
    [(1, 6, False), (1, 7, True), (0, 6, True), (6, 12, False), (20, 30, False), (9, 0, False)],
)
def test_one_day_on_which_a_person_is_written_to_again_and_again_is_named(before, after, is_named):
    def letters(count: int) -> list[MessageDraft]:
        return [a_message(f"2025-09-30 08:{minute:02}", "1") for minute in range(count)]

    assert bool(difference(letters(before), letters(after)).crowded) is is_named


@pytest.mark.parametrize(
    ("before", "after", "is_faded"),
    [
        (100, 25, False),
        (100, 24, True),
        (21, 0, True),
        (27, 6, True),
        (26, 6, False),
        (20, 1, False),  # a small plan is no flood and no silence
        (20, 0, True),  # but nothing at all is
        (0, 0, False),
        (0, 100, False),
    ],
)
def test_messages_that_nearly_cease_are_told(before, after, is_faded):
    found = difference(each_day(before, "1"), each_day(after, "1"))

    assert (None in [level for level, _ in found.faded]) is is_faded


def test_a_level_that_falls_silent_is_told_though_the_others_are_not():
    to_head = each_day(21, "1", role=PostRole.HEAD)

    assert [level for level, _ in difference([BASE, *to_head], [BASE]).faded] == [None, 2]
    assert [level for level, _ in difference([*each_day(60, "1"), *to_head], each_day(60, "1")).faded] == [2]


MESSAGES = st.builds(
    lambda day, hour, tasks, unit: a_message(f"2025-09-{day:02} {hour:02}:00", *tasks, unit=unit),
    st.integers(1, 3),
    st.integers(8, 10),
    st.lists(st.sampled_from("123"), min_size=1, max_size=3, unique=True),
    st.sampled_from((SYT, SXD)),
)


def told(messages) -> Counter:
    return Counter((m.not_before, m.recipient.post, frozenset(r.key for r in m.reminders)) for m in messages)


@given(old=st.lists(MESSAGES, max_size=8), new=st.lists(MESSAGES, max_size=8))
def test_the_difference_leads_from_one_plan_to_the_other(old, new):
    found = difference(old, new)
    gone = [*found.removed, *(change.before for change in found.changed)]
    come = [*found.added, *(change.after for change in found.changed)]

    assert told(old) - told(gone) + told(come) == told(new)
    assert told(gone) <= told(old)
    assert found.is_empty == (told(old) == told(new))
