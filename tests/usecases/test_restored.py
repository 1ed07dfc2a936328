"""Does a machine notice that its database forgot what it did, or that its clock jumped?"""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import timedelta

import pytest

from tests.guarantee.world import ScriptedNotifier, a_row, at, bring, reopened, rows_of, run, with_notifier
from usecases import clock, restored
from usecases.deliver import pump
from usecases.errors import InputRejected
from usecases.stopping import resume_sending

DUE = at("2025-09-30")


@pytest.fixture
def channel(office):
    channel = ScriptedNotifier()
    with_notifier(office, channel)
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "7/10/2025", "Sở Xây dựng")])
    return channel


def a_copy(office, name):
    """A copy of the database as a backup makes it."""
    target = office.settings.home / name
    with office.database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"VACUUM INTO '{target}'")
    return target


def put_back(office, copy):
    """The office with an older copy of its database in place of the present one."""
    url = office.settings.database_url
    office.database.close()
    file = url.removeprefix("sqlite:///")
    shutil.copy(copy, file)
    for rest in ("-wal", "-shm"):
        (copy.parent / (file + rest)).unlink(missing_ok=True)
    return reopened(office)


def sent(office, now):
    return asyncio.run(pump(office, now))


def test_yesterdays_copy_put_back_sends_nothing_until_confirmed_and_then_says_it_may_repeat(office, channel):
    run(office, at("2025-09-26"))
    copy = a_copy(office, "hôm-qua.db")
    run(office, DUE)
    told = [one.letter.key for one in channel.sent]
    office = put_back(office, copy)

    _, outcome = run(office, DUE + timedelta(hours=1))
    assert [one.letter.key for one in channel.sent] == told
    assert any("--confirm-restore" in said for said in outcome.stops)
    with pytest.raises(InputRejected, match="--confirm-restore"):
        resume_sending(office, "người trực", DUE + timedelta(hours=2))
    run(office, DUE + timedelta(hours=2))  # asking again, or a new day, does not wear the guard out
    assert [one.letter.key for one in channel.sent] == told

    said = resume_sending(office, "người trực", DUE + timedelta(hours=3), confirms_restore=True)
    assert any("có thể" in line for line in said)
    sent(office, DUE + timedelta(hours=3))
    again = [one.letter.key for one in channel.sent[len(told) :]]
    assert set(again) <= set(told)  # under the same names, which a reader's mailbox knows
    flagged = rows_of(
        office, "SELECT DISTINCT possible_duplicate FROM message WHERE planned_at > '2025-09-30'"
    )
    assert flagged == [(1,)]


def test_a_database_of_another_office_is_not_sent_from(office, channel, sqlite_template):
    run(office, DUE)
    office = put_back(office, sqlite_template)
    bring(office, [a_row(n, "30/9/2025", "Sở Y tế, Sở Xây dựng") for n in range(1, 9)])
    before = len(channel.sent)
    run(office, DUE + timedelta(hours=1))

    assert len(channel.sent) == before


def test_what_others_write_between_two_runs_stops_nothing(office, channel):
    run(office, at("2025-09-26"))
    bring(office, [a_row(n, "30/9/2025") for n in (1, 2, 3)], "2025-09-26 15:00")
    _, outcome = run(office, DUE)

    assert outcome.stops == []
    assert outcome.sent


@pytest.mark.parametrize("spoilt", ["", "{}", '{"seq": 3}', "[]"])
def test_a_note_that_cannot_be_read_is_for_a_person_to_look_at(office, channel, spoilt):
    run(office, at("2025-09-26"))
    (office.settings.home / restored.HEAD_NOTE).write_text(spoilt, "utf-8")
    before = len(channel.sent)
    run(office, DUE)
    assert len(channel.sent) == before

    resume_sending(office, "người trực", DUE, confirms_restore=True)
    assert sent(office, DUE).sent


# --- the clock ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "passed", "boot", "is_off"),
    [
        (timedelta(minutes=-10), timedelta(minutes=10), "same", False),
        (timedelta(minutes=50), timedelta(minutes=10), "same", False),  # set back a little
        (timedelta(minutes=70), timedelta(minutes=10), "same", True),
        (timedelta(minutes=70), timedelta(minutes=10), "other", True),
        (timedelta(days=-2), timedelta(minutes=10), "same", True),  # two days in ten minutes
        (timedelta(days=-2), timedelta(days=2), "same", False),  # the service was down, the machine up
        (timedelta(days=-2), timedelta(minutes=10), "other", False),  # the machine was off
        (timedelta(hours=-20), timedelta(minutes=10), "same", False),
    ],
)
def test_a_clock_that_ran_back_or_leapt_ahead_stops_sending(office, before, passed, boot, is_off):
    now = clock.now()
    restored.trust_clock(office, now)
    note = office.settings.home / restored.CLOCK_NOTE
    shown = json.loads(note.read_text("utf-8"))
    shown |= {"at": (now + before).isoformat(), "uptime": shown["uptime"] - passed.total_seconds()}
    note.write_text(json.dumps(shown | ({"boot": "khác"} if boot == "other" else {})), "utf-8")

    assert bool(restored.clock_is_off(office, now)) is is_off
    assert bool(sent(office, now).stops) is is_off
    if is_off:
        assert restored.clock_is_off(office, now)  # until somebody confirms
        resume_sending(office, "người trực", now)
    assert not restored.clock_is_off(office, now)
    assert sent(office, now).stops == []


def test_a_clock_set_right_again_goes_on_by_itself(office):
    now = clock.now()
    restored.trust_clock(office, now)
    assert restored.clock_is_off(office, now - timedelta(minutes=4)) == ""
    note = office.settings.home / restored.CLOCK_NOTE
    right = note.read_text("utf-8")
    note.write_text(json.dumps(json.loads(right) | {"at": (now + timedelta(hours=2)).isoformat()}), "utf-8")
    assert restored.clock_is_off(office, now)
    note.write_text(right, "utf-8")

    assert restored.clock_is_off(office, now) == ""
    assert sent(office, now).stops == []


def test_a_rehearsal_of_another_moment_has_a_clock_of_its_own(office):
    restored.trust_clock(office, clock.now())

    assert restored.clock_is_off(office, DUE) == ""
