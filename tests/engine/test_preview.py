"""What does a look ahead show where nothing falls, and between the hours of the steps?"""

from __future__ import annotations

from datetime import date

from engine.model import Fact, FactKind
from engine.preview import Preview, preview
from tests.engine.planning_world import WORLD, an_assignment, at


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
