"""Does a tick find what is due whatever happened to the ticks before it?"""

from __future__ import annotations

from engine.model import FactKind
from tests.guarantee.world import a_row, act, at, bring, rows_of, run, steps_of
from usecases.remind import tick

INCIDENTS = "SELECT data FROM record WHERE kind = 'incident'"


def test_a_tick_asked_twice_plans_nothing_new(office):
    bring(office, [a_row(1, "30/9/2025")])

    assert steps_of(tick(office, at("2025-09-30")).messages) == ["den-han"]
    assert tick(office, at("2025-09-30")).messages == ()


def test_after_an_outage_the_one_step_that_matters_is_told_and_the_others_are_recorded(office):
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, at("2025-09-01"))
    late = tick(office, at("2025-09-29"))

    assert steps_of(late.messages) == ["truoc-1-ngay"]
    assert {s.step for s in late.suppressions} == {"truoc-15-ngay", "truoc-7-ngay", "truoc-3-ngay"}


def test_an_extension_is_planned_for_whatever_the_watermark_says(office):
    bring(office, [a_row(1, "30/9/2025")])
    run(office, at("2025-09-30"))
    to = at("2025-10-03").date()
    act(office, 1, FactKind.EXTENDED, at("2025-09-30 09:00"), due_on=to, document="12/UBND")

    assert steps_of(tick(office, at("2025-09-30 10:00")).messages) == ["truoc-3-ngay"]
    assert steps_of(tick(office, at("2025-10-02")).messages) == ["truoc-1-ngay"]


def test_a_sweep_after_an_outage_is_no_incident(office):
    bring(office, [a_row(1, "30/9/2025")])
    swept = tick(office, at("2025-09-30"), full=True)

    assert steps_of(swept.messages) == ["den-han"]
    assert rows_of(office, INCIDENTS) == []


def test_what_only_the_sweep_finds_is_sent_and_recorded_as_an_incident(office):
    tick(office, at("2025-09-30 12:00"))  # the watermark runs ahead of what comes in
    bring(office, [a_row(1, "30/9/2025")])
    with office.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE assignment SET needs_planning = false")

    assert tick(office, at("2025-09-30 13:00")).messages == ()
    assert steps_of(tick(office, at("2025-09-30 14:00"), full=True).messages) == ["den-han"]
    assert len(rows_of(office, INCIDENTS)) == 1


def test_a_unit_that_said_it_knows_is_not_told_early_but_is_told_when_it_is_due(office):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.ACKNOWLEDGED, at("2025-09-02"))

    assert [str(s.reason) for s in tick(office, at("2025-09-09")).suppressions] == ["acknowledged"]
    assert steps_of(tick(office, at("2025-09-30")).messages) == ["den-han"]


def test_a_plan_that_came_in_late_is_planned_on_the_days_before_it_came(office):
    """Asked about last September, every tick answers as of then; today the same work waits for a person."""
    bring(office, [a_row(1, "30/9/2025")], "2026-11-22")
    days = ["2025-09-25", "2025-09-29", "2025-09-30", "2025-10-01"]

    told = [steps_of(run(office, at(day))[0].messages) for day in days]

    assert told == [["truoc-3-ngay"], ["truoc-1-ngay"], ["den-han"], ["qua-han"]]
    assert tick(office, at("2026-11-23")).messages == ()
