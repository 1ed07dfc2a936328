"""Do the promises hold over a year of moody channels, people who act, and power cuts?

The seed is printed when they do not: with it the same year comes again.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.escalation import next_sending_moment
from engine.model import HANOI
from engine.planning import FAULT_STEP, NOTICE_STEP
from engine.rulebook import Audience
from engine.status import standing_of
from store import ledger, registry
from tests.guarantee.world import is_verified, rows_of
from tests.guarantee.year import Plan, Year, a_year

SEED = int(os.environ.get("DONDOC_TEST_SEED", "20260101"))
TWO_WEEKS = Plan(SEED, date(2026, 3, 2), days=14, tasks=80, units=8, acts=6, share_of_cuts=0.3)
A_YEAR = Plan(SEED, date(2026, 1, 5), days=365, tasks=2000, units=3, acts=3, share_in_time=0.9)
LATE = 4  # messages a reader may get in a day beside those planned for it, after days of faults
TOLD = """
    SELECT r.key, r.assignment_id, r.due_on, r.level, r.step, r.post, r.decided_at, r.message_key,
           m.state, m.settled_at, m.channel
    FROM reminder r JOIN message m ON m.key = r.message_key WHERE r.state = 'planned'"""
LAST = "SELECT state FROM message WHERE passed_to = ''"
OVER = (*ledger.ARRIVED, "failed_permanent", "suppressed", "held")
UPPER = {Audience.CHAIRMAN.level: "UBND/chairman", Audience.COORDINATOR.level: "VPUB/coordinator"}


def test_the_promises_hold_for_two_weeks(sqlite_template: Path, tmp_path: Path):
    live_and_judge(TWO_WEEKS, sqlite_template, tmp_path)


@pytest.mark.slow
def test_the_promises_hold_for_a_year(sqlite_template: Path, tmp_path: Path):
    year = live_and_judge(A_YEAR, sqlite_template, tmp_path)
    assert len(year.shares) > 2000


def live_and_judge(plan: Plan, template: Path, folder: Path) -> Year:
    print(f"DONDOC_TEST_SEED={plan.seed}")
    url = f"sqlite:///{shutil.copy(template, folder / 'dondoc.db')}"
    with a_year(plan, url, folder / "home") as year:
        year.live(judge_so_far)
        assert year.cuts > 0
        judge_so_far(year)
        assert_everything_ends(year)
        return year


def judge_so_far(year: Year) -> None:
    print(f"{year.now:%d/%m/%Y}", figures(year), flush=True)
    told = [Told(*row) for row in rows_of(year.office, TOLD)]
    assert_hours_hold(year)
    assert_only_what_is_owed(year, told)
    assert_no_level_before_the_one_below(year, told)
    assert_one_digest(year)
    assert_limits_of_upper_levels(year, told)
    assert_nobody_is_told_twice_unflagged(year)
    assert rows_of(year.office, "SELECT seq FROM record WHERE kind = 'incident'") == []
    assert is_verified(year.office)


class Told:
    """A planned reminder and the message that carries it."""

    def __init__(self, key, assignment, due_on, level, step, post, decided_at, message, state, at, channel):
        self.key, self.assignment, self.due_on, self.level = key, assignment, str(due_on), level
        self.step, self.post, self.message, self.channel = step, post, message, channel
        self.decided_at, self.state = moment(decided_at), state
        self.at = moment(at) if at else None

    @property
    def has_arrived(self) -> bool:
        return self.state in ledger.ARRIVED


def assert_hours_hold(year: Year) -> None:
    world = year.office.world
    for one in year.town.arrived():
        assert next_sending_moment(one.at, world.rulebook.sending, world.calendar) == one.at, one


def assert_only_what_is_owed(year: Year, told: list[Told]) -> None:
    """Nothing is said about what was accepted, reported or cancelled before the letter left."""
    with year.office.database.reading() as session:
        shares = {a.id: a for a in registry.assignments(session, year.office.directory.unit)}
    for one in told:
        if one.has_arrived and one.step != NOTICE_STEP:
            standing = standing_of(shares[one.assignment], one.at)
            assert standing.is_chased, (one.key, one.at, standing.status)
            assert str(standing.due_on) == one.due_on, (one.key, one.at)


def assert_no_level_before_the_one_below(year: Year, told: list[Told]) -> None:
    below: dict[tuple[str, str, int], list[Told]] = defaultdict(list)
    for one in told:
        below[one.assignment, one.due_on, one.level].append(one)
    for one in told:
        if one.level < Audience.HEAD.level or one.step in {FAULT_STEP, NOTICE_STEP}:
            continue
        lower = below[one.assignment, one.due_on, one.level - 1]
        assert any(
            (low.has_arrived and low.at < one.decided_at)
            or (low.state == "failed_permanent" and low.at <= one.decided_at)
            for low in lower
        ), (one.key, one.decided_at)


def assert_one_digest(year: Year) -> None:
    """A run has one message for a reader; what waited on days off leaves with the next working day."""
    for planned in year.runs:
        to = Counter((message.recipient.post, message.channel) for message in planned.messages)
        assert set(to.values()) <= {1}, planned.at
    runs = Counter(leaves_on(year, planned.at) for planned in year.runs)
    a_day = Counter((one.address, one.at.date()) for one in set(year.town.arrived()))
    for (address, day), count in a_day.items():
        assert count <= runs[day] + LATE, (address, day, count)


def assert_limits_of_upper_levels(year: Year, told: list[Told]) -> None:
    """On no day is more planned for an upper level than its limit."""
    for audience, limit in year.office.rulebook.limits.items():
        tasks: dict[date, set[str]] = defaultdict(set)
        for one in told:
            if one.level == audience.level and one.step not in {FAULT_STEP, NOTICE_STEP}:
                tasks[leaves_on(year, one.decided_at)].add(one.assignment.partition("@")[0])
        assert all(len(found) <= limit.tasks_per_day for found in tasks.values()), audience


def leaves_on(year: Year, planned_at: datetime) -> date:
    world = year.office.world
    return next_sending_moment(planned_at, world.rulebook.sending, world.calendar).date()


def assert_nobody_is_told_twice_unflagged(year: Year) -> None:
    """Of copies a reader would see the ledger knows; mail, templates repeat under their own name."""
    settled = Counter[str]()  # as sent, or flagged: then one copy more may lie before a reader
    known = Counter[str]()
    statement = "SELECT key, channel, state, passed_to, possible_duplicate FROM message"
    for key, channel, state, passed_to, is_flagged in rows_of(year.office, statement):
        known[str(channel)] += 1
        settled[str(channel)] += (state in ledger.ARRIVED) + bool(is_flagged)
        assert not (passed_to and state in ledger.ARRIVED), (key, "told here and passed on")
        assert state != "unknown" or is_flagged, key
    arrived = year.town.arrived()
    for channel, messages in known.items():
        copies = [one for one in arrived if one.channel == channel]
        assert len(copies) <= settled[channel], channel
        if channel in {"email", "zalo_zbs"}:
            assert len({(one.address, one.id) for one in copies}) <= messages, channel


def assert_everything_ends(year: Year) -> None:
    """What was planned was told, taken back with a reason, or stands visibly undelivered."""
    states = Counter(
        state for (state,) in rows_of(year.office, "SELECT state FROM message WHERE passed_to = ''")
    )
    assert set(states) <= set(map(str, OVER)), states
    reasons = rows_of(year.office, "SELECT key FROM reminder WHERE state = 'suppressed' AND suppression = ''")
    assert reasons == []
    errors = rows_of(year.office, "SELECT key FROM message WHERE state = 'failed_permanent' AND error = ''")
    assert errors == []


def figures(year: Year) -> str:
    states = rows_of(year.office, "SELECT state, count(*) FROM message GROUP BY state ORDER BY state")
    arrived = Counter(one.channel for one in year.town.arrived())
    return f"{len(year.runs)} runs, {year.cuts} power cuts, messages {dict(states)}, arrived {dict(arrived)}"


def moment(found: object) -> datetime:
    """The local moment the database gives: UTC, as text or as a moment."""
    at = datetime.fromisoformat(str(found))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(HANOI)
