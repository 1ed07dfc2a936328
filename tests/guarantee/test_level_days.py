"""Do the promises hold for levels that are told on certain weekdays alone?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.preview import preview, preview_at, run_moments
from engine.rulebook import Audience
from tests.guarantee.drawn import cases
from tests.guarantee.test_properties import (
    WINDOW,
    by_day,
    let_leave,
    letters_with,
    people_told,
    told_at,
    told_of,
    tried,
    untold_of,
    woken_between,
)
from tests.guarantee.worlds import moments, office_of, runs_between
from usecases.look import plan_ahead


@tried(15, 150)
def test_ticks_between_the_moments_of_steps_change_nothing(trying):
    @trying
    @given(case=cases(lasting_gaps=True, gathering=True), hours=st.frozensets(st.integers(0, 23), max_size=4))
    def property_(case, hours):
        steps = run_moments(case.world.rulebook, case.world.calendar, *WINDOW)
        woken = woken_between([*steps], hours)
        assert by_day(preview(case.shares, case.world, {}, *WINDOW).messages) == by_day(
            preview_at(woken, case.shares, case.world, {}).messages
        )

    property_()


@tried(10, 100)
def test_no_day_that_is_waited_for_and_no_outage_loses_anybody(trying):
    """The same people are told of the same tasks as without such days, whatever the rhythm."""

    @trying
    @given(
        case=cases(lasting_gaps=True, gathering=True),
        every=st.integers(1, 9),
        hour=st.integers(0, 23),
        outages=st.frozensets(st.integers(0, 69), max_size=30),
    )
    def property_(case, every, hour, outages):
        at_once = replace(case, rules=case.rules.partition("digests:")[0])
        looks = moments([hour], 70, outages)[::every]
        assert people_told(case, looks) == people_told(at_once, moments([8, 14], 70))

    property_()


@tried(20, 200)
def test_an_upper_level_hears_of_overdue_work_on_its_days_alone(trying):
    """Unless its hour lies after the last sending hours of the day, when it is told the next morning."""

    @trying
    @given(case=cases(lasting_gaps=True, gathering=True))
    def property_(case):
        world = case.world
        for message in preview(case.shares, world, {}, *WINDOW).messages:
            for reminder in message.reminders:
                days = world.rulebook.digests.get(list(Audience)[reminder.level])
                is_late = days is not None and any(
                    s.id == reminder.step and s.anchor == "after" for s in world.rulebook.steps
                )
                if is_late and any(
                    opens <= days.at < closes for opens, closes in world.rulebook.sending.spans
                ):
                    assert is_a_day_of(days, message.not_before.date(), world.calendar)

    property_()


@tried(1, 6)
def test_what_a_preview_shows_is_what_ticks_send(sqlite_template, trying):
    @trying
    @given(case=cases(lasting_gaps=True, gathering=True))
    def property_(case):
        with office_of(case, sqlite_template) as office:
            shown = plan_ahead(office, *WINDOW)
            ran = [(now, told_at(office, now)) for now in runs_between(office.world, *WINDOW)]
            let_leave(office, WINDOW[1] + timedelta(days=90))
            untold = {untold_of(now, s) for now, planned in ran for s in planned.suppressions}
            sent = letters_with(office, [planned for _, planned in ran])
            assert sorted(told_of(message) for message in shown.messages) == sent
            assert {untold_of(now, s) for now, s in shown.suppressions} == untold

    property_()


def is_a_day_of(days, day, calendar) -> bool:
    """Whether a day is one of the weekdays, or the first working day after one that is off."""
    standing_in = defaultdict(set)
    for n in range(-30, 1):
        one = day.fromordinal(day.toordinal() + n)
        standing_in[calendar.next_working_day(one)].add(one.weekday())
    return bool(standing_in[day] & days.weekdays)
