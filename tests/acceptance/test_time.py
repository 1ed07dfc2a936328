"""The eight ways in which time goes wrong, each from registry to letter.

One test or a few a case, numbered 48 to 55 as the team's list of acceptance cases has them.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.calendar import SpecialDay, WorkCalendar
from engine.counting import doubtful_years
from engine.explanation import StepState
from engine.model import FactKind
from engine.planning import SuppressionReason
from engine.status import Timeliness, standing_of, timeliness_of
from notifiers.base import Receipt
from store import registry
from tests.guarantee.world import (
    CONFIG,
    PLAN,
    ScriptedNotifier,
    a_row,
    act,
    at,
    bring,
    is_verified,
    rows_of,
    run,
    steps_of,
    with_notifier,
)
from usecases.bring_in import put_in_force
from usecases.checking import problems_in
from usecases.deliver import pump
from usecases.errors import InputRejected
from usecases.look import explain, report_overdue, report_silence
from usecases.remind import tick
from usecases.staged import Staged, StagedDuty

TOLD = "SELECT step, post FROM reminder WHERE state = 'planned' ORDER BY decided_at, step"
TWICE = "SELECT key FROM reminder WHERE state = 'planned' GROUP BY key HAVING count(*) > 1"


@pytest.fixture
def office(office):
    office.__dict__["notifiers"] = {"mailbox": ScriptedNotifier()}
    return office


def letters(office) -> int:
    return len(office.notifiers["mailbox"].sent)


def days(first: str, last: str):
    """The moments 08:00 from one day to another, both included."""
    day, end = at(first), at(last)
    while day <= end:
        yield day
        day += timedelta(days=1)


def standing(office, number, when):
    with office.database.reading() as session:
        shares = registry.assignments(session, office.directory.unit, task_codes=[f"{PLAN.code}/{number}"])
    return standing_of(shares[0], when)


# --- 48: the service is down ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "down_from", "back", "told"),
    [
        pytest.param("30/9/2025", "2025-09-30 07:59", "2025-09-30 10:00", ["den-han"], id="a slot"),
        pytest.param("30/9/2025", "2025-09-26", "2025-09-29 16:00", ["truoc-1-ngay"], id="a day"),
        pytest.param("30/9/2025", "2025-09-22", "2025-10-06", ["qua-han"], id="two weeks"),
        pytest.param("31/12/2025", "2025-12-24", "2026-01-05", ["qua-han"], id="New Year"),
    ],
)
def test_48_after_an_outage_one_letter_says_what_matters_now(office, due, down_from, back, told):
    bring(office, [a_row(1, due)])
    run(office, at(down_from))
    before = letters(office)

    planned, _ = run(office, at(back))

    assert steps_of(planned.messages) == told
    assert letters(office) == before + 1
    assert {suppression.reason for suppression in planned.suppressions} <= {
        SuppressionReason.SUPERSEDED, SuppressionReason.LEVEL_BELOW,
    }  # fmt: skip
    assert run(office, at(back) + timedelta(minutes=10))[0].messages == ()


def test_48_the_upper_levels_follow_one_a_day_and_nobody_is_skipped(office):
    bring(office, [a_row(1, "30/9/2025")])
    levels = []
    for day in days("2025-10-27", "2025-10-31"):
        levels += [message.level for message in run(office, day)[0].messages]

    assert levels[0] == 1
    assert [level for level in levels if level > 1] == [2, 3, 4]


# --- 49: the clock is wrong ---------------------------------------------------------------------------


def test_49_a_clock_set_back_an_hour_tells_nobody_twice_and_loses_nothing(office):
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "1/10/2025", "Sở Xây dựng")])
    run(office, at("2025-09-30 08:10"))
    before = letters(office)
    assert run(office, at("2025-09-30 07:10"))[0].messages == ()
    assert run(office, at("2025-09-30 08:20"))[0].messages == ()

    run(office, at("2025-10-01"))

    assert letters(office) == before + 2  # the one is overdue, the other due
    assert rows_of(office, TWICE) == []
    assert is_verified(office)


def test_49_a_clock_a_year_ahead_repeats_nothing_once_it_is_put_right(office):
    bring(office, [a_row(1, "30/9/2025")])
    run(office, at("2026-09-15"))
    told = rows_of(office, TOLD)

    for day in days("2025-09-16", "2025-10-02"):
        run(office, day)

    assert rows_of(office, TOLD) == told
    assert is_verified(office)


def test_49_what_comes_in_after_a_clock_a_year_ahead_is_found_by_the_daily_sweep(office):
    tick(office, at("2026-09-15"))  # the marks of every step run a year ahead
    bring(office, [a_row(1, "30/9/2025")], "2025-09-16 09:00")
    run(office, at("2025-09-16 10:00"))

    told = [steps_of(tick(office, day, full=True).messages) for day in days("2025-09-29", "2025-10-01")]

    assert told == [["truoc-1-ngay"], ["den-han"], ["qua-han"]]


# --- 50: midnight of the due day ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "days_late"),
    [
        ("2025-09-30 23:59:59", None),
        ("2025-10-01 00:00:00", 1),
    ],
)
@pytest.mark.parametrize("as_seen_from", ["Hanoi", "UTC"])
def test_50_late_begins_at_local_midnight_after_the_due_day(office, moment, days_late, as_seen_from):
    bring(office, [a_row(1, "30/9/2025")])
    as_of = at(moment) if as_seen_from == "Hanoi" else at(moment).astimezone(UTC)

    rows = report_overdue(office, as_of).rows

    assert [row.days_late for row in rows] == ([days_late] if days_late else [])


@pytest.mark.parametrize(
    ("moment", "cell"),
    [
        ("2025-09-30 23:59:59", Timeliness.DONE_ON_TIME),
        ("2025-10-01 00:00:00", Timeliness.DONE_LATE),
    ],
)
def test_50_a_result_counts_by_the_local_day_it_came(office, moment, cell):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.REPORTED, at(moment).astimezone(UTC))
    found = standing(office, 1, at("2025-11-01"))

    assert timeliness_of(found, office.world.calendar, date(2025, 11, 1)) is cell


# --- 51: the calendar ---------------------------------------------------------------------------------

TET = "15/2/2026"  # the Sunday before Tết Bính Ngọ


def test_51_a_deadline_on_the_sunday_before_tet_is_told_on_friday_and_late_after_tet(office):
    bring(office, [a_row(1, TET)], "2026-01-05 09:00")
    told = {}
    for day in days("2026-02-09", "2026-02-25"):
        for step in steps_of(run(office, day)[0].messages):
            told[step] = f"{day:%d/%m}"

    assert told["den-han"] == "13/02"
    assert told["qua-han"] == "24/02"
    assert report_overdue(office, at("2026-02-23 23:59")).rows == ()
    assert len(report_overdue(office, at("2026-02-24 00:00")).rows) == 1


def test_51_the_days_of_tet_are_named_in_the_explanation(office):
    bring(office, [a_row(1, TET)], "2026-01-05 09:00")
    (trace,) = explain(office, f"{PLAN.code}/1", None, at("2026-02-14"))[1]
    late = next(step for step in trace.steps if step.step == "qua-han")

    assert [day.day.day for day in late.counting if "Tết" in day.why_off] == [16, 17, 18, 19, 20]
    assert all("Điều 112" in day.why_off for day in late.counting if "Tết" in day.why_off)


def test_51_a_saturday_that_is_worked_is_a_day_to_be_reminded_on(office):
    bring(office, [a_row(1, "22/8/2026")], "2026-07-01 09:00")
    run(office, at("2026-08-21"))

    planned, delivered = run(office, at("2026-08-22"))

    assert (steps_of(planned.messages), delivered.sent) == (["den-han"], 1)


def test_51_a_swap_announced_late_moves_what_is_to_come_and_nothing_that_was(office, replaced_calendar):
    bring(office, [a_row(1, "30/9/2025")])
    run(office, at("2025-09-25"))
    before = rows_of(office, TOLD)
    replaced_calendar(SpecialDay(date(2025, 9, 30), False, "Nghỉ bão", "9/UBND"))

    told = {}
    for day in days("2025-09-26", "2025-10-02"):
        for step in steps_of(run(office, day)[0].messages):
            told[step] = f"{day:%d/%m}"

    assert told == {"truoc-1-ngay": "26/09", "den-han": "29/09", "qua-han": "02/10"}
    assert rows_of(office, TOLD)[: len(before)] == before


@pytest.mark.parametrize(("today", "is_warned"), [((11, 30), False), ((12, 1), True)])
def test_51_from_december_on_a_missing_calendar_of_next_year_is_a_warning(office, today, is_warned):
    last = max(year for year in range(2025, 2100) if office.world.calendar.covers(year))
    found = [problem for problem in problems_in(CONFIG, date(last, *today)) if problem.code == "missing-year"]

    assert [str(last + 1) in problem.message for problem in found] == ([True] if is_warned else [])


def test_51_days_counted_in_a_year_without_a_calendar_say_so(office):
    bring(office, [a_row(1, "15/1/2099")], "2098-12-02 09:00")
    (trace,) = explain(office, f"{PLAN.code}/1", None, at("2098-12-20"))[1]
    (said,) = doubtful_years([day.day for day in trace.next_step.counting], office.world.calendar)[-1:]

    assert "2099" in said


@pytest.fixture
def replaced_calendar(office):
    """Announce special days on top of the calendar that ships."""

    def announce(*specials: SpecialDay) -> None:
        shipped = office.world.calendar
        kept = [
            special
            for day in days("2025-01-01", "2026-12-31")
            if (special := shipped.special_day(day.date()))
        ]
        calendar = WorkCalendar([*kept, *specials], {2025: False, 2026: False})
        office.__dict__["world"] = replace(office.world, calendar=calendar)

    return announce


# --- 52, 53: between plan and send ----------------------------------------------------------------------


def test_52_a_deadline_moved_between_plan_and_send_is_not_told_any_more(office):
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, at("2025-09-30 06:00"))
    tick(office, at("2025-09-30 08:00"))
    act(office, 1, FactKind.EXTENDED, at("2025-09-30 08:01"), due_on=date(2025, 10, 31), document="12/UBND")

    asyncio.run(pump(office, at("2025-09-30 08:02")))

    assert letters(office) == 0
    (trace,) = explain(office, f"{PLAN.code}/1", None, at("2025-09-30 09:00"))[1]
    assert {step.state for step in trace.steps} == {StepState.COMING}
    assert ("den-han", "extended") in {(step.step, step.reason) for step in trace.earlier}
    assert steps_of(run(office, at("2025-10-31"))[0].messages) == ["den-han"]


def test_52_a_deadline_that_a_new_version_of_the_plan_moved_is_not_told_any_more(office):
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, at("2025-09-30 08:00"))
    bring(office, [a_row(1, "31/10/2025")], "2025-09-30 08:01")

    asyncio.run(pump(office, at("2025-09-30 08:02")))

    assert letters(office) == 0
    assert ("den-han", "extended") in set(rows_of(office, "SELECT step, suppression FROM reminder"))
    assert steps_of(run(office, at("2025-10-31"))[0].messages) == ["den-han"]


def test_53_a_task_reported_in_the_second_before_the_send_is_not_chased(office):
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, at("2025-09-30"))
    act(office, 1, FactKind.REPORTED, at("2025-09-30"))

    asyncio.run(pump(office, at("2025-09-30")))

    assert letters(office) == 0
    assert ("den-han", "reported") in set(rows_of(office, "SELECT step, suppression FROM reminder"))


def test_53_a_task_reported_while_its_letter_leaves_is_not_chased_again(office):
    bring(office, [a_row(1, "30/9/2025")])
    now = at("2025-09-30")
    with_notifier(office, ReportsWhileSending(office, now))
    run(office, now)
    assert letters(office) == 1

    for day in days("2025-10-01", "2025-10-31"):
        run(office, day)

    assert letters(office) == 1
    assert is_verified(office)


class ReportsWhileSending(ScriptedNotifier):
    """A channel in whose hands the letter is while the unit reports."""

    def __init__(self, office, now: datetime) -> None:
        super().__init__()
        self.office, self.now = office, now

    async def send(self, letter, address) -> Receipt:
        act(self.office, 1, FactKind.REPORTED, self.now)
        return await super().send(letter, address)


# --- 54: extensions ---------------------------------------------------------------------------------------

GRANTED = {"due_on": date(2025, 10, 31), "document": "12/UBND"}


@pytest.mark.parametrize("when", ["2025-09-20", "2025-10-02"])
def test_54_an_extension_asked_before_or_after_the_deadline_changes_nothing_until_it_is_granted(office, when):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.EXTENSION_REQUESTED, at(when), due_on=GRANTED["due_on"])
    asked = standing(office, 1, at(when))

    act(office, 1, FactKind.EXTENDED, at(when) + timedelta(hours=1), **GRANTED)
    granted = standing(office, 1, at(when) + timedelta(hours=1))

    assert (asked.due_on, asked.is_chased) == (date(2025, 9, 30), True)
    assert (granted.due_on, granted.original_due_on) == (date(2025, 10, 31), date(2025, 9, 30))


def test_54_an_extension_granted_twice_counts_once(office):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.EXTENDED, at("2025-09-20"), **GRANTED)

    with pytest.raises(InputRejected, match="hạn mới phải sau hạn hiện hành 31/10/2025"):
        act(office, 1, FactKind.EXTENDED, at("2025-09-20 09:00"), **GRANTED)

    assert standing(office, 1, at("2025-09-21")).extensions == 1


@pytest.mark.parametrize("refused", [None, "2025-09-29 10:00", "2025-10-03 07:59"])
def test_54_an_extension_pending_or_refused_does_not_hold_the_ladder_up(office, refused):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.EXTENSION_REQUESTED, at("2025-09-29"), due_on=GRANTED["due_on"])
    if refused:
        act(office, 1, FactKind.EXTENSION_REFUSED, at(refused), note="không có lý do khách quan")
    told = []
    for day in days("2025-09-30", "2025-10-03"):
        told += steps_of(run(office, day)[0].messages)

    assert told == ["den-han", "qua-han", "bao-lanh-dao-don-vi"]
    assert standing(office, 1, at("2025-10-04")).due_on == date(2025, 9, 30)
    assert (standing(office, 1, at("2025-10-04")).wished_on is None) is bool(refused)


def test_54_an_extension_granted_when_the_head_is_about_to_be_told_starts_the_ladder_anew(office):
    bring(office, [a_row(1, "30/9/2025")])
    for day in days("2025-09-30", "2025-10-02"):
        run(office, day)
    act(office, 1, FactKind.EXTENDED, at("2025-10-03 07:59"), **GRANTED)
    told = []
    for day in days("2025-10-03", "2025-10-31"):
        told += steps_of(run(office, day)[0].messages)

    assert told[-1] == "den-han"
    assert not any(step.startswith(("qua-han", "bao-")) for step in told)


# --- 55: the next occurrence ------------------------------------------------------------------------------


def test_55_the_next_occurrence_opens_while_the_last_is_unfinished_and_both_are_chased(office):
    units = office.directory.resolve("Sở Y tế")
    duty = StagedDuty("bc-thang", "Báo cáo tháng", "trước ngày 10 hàng tháng", units, date(2025, 8, 1))
    put_in_force(office, Staged(PLAN, (), (), (duty,)), at("2025-08-01 09:00"), "thử", b"")
    for day in days("2025-08-18", "2025-10-10"):
        run(office, day)

    told = {assignment for (assignment,) in rows_of(office, "SELECT DISTINCT assignment_id FROM reminder")}
    late = {row.task: row.days_late for row in report_overdue(office, at("2025-10-10 17:00")).rows}
    codes = sorted(late)

    assert len(codes) >= 2
    assert {f"{code}@SYT" for code in codes} <= told
    assert late[codes[0]] > late[codes[-1]] > 0
    assert rows_of(office, TWICE) == []
    assert {
        row.red.assignment.task.code for row in report_silence(office, at("2025-10-10 17:00")).rows
    } <= set(codes)
