"""Is what stands still found, once; and are health and figures true?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from store import heard, outbox, switches
from store.heard import KeptHeard
from tests.guarantee.world import ScriptedNotifier, a_row, at, bring, rows_of, run, with_notifier
from usecases.audit import MOST_CASES, audit, is_tick_late
from usecases.channels_guards import Guards
from usecases.deliver import LEASE, pump
from usecases.metrics import health, metrics_text
from usecases.remind import tick
from usecases.stopping import stop_sending

DUE = at("2025-09-30")


@pytest.fixture
def due(office):
    """An office with one message planned at eight and a channel that takes everything."""
    with_notifier(office, ScriptedNotifier())
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, DUE)
    return office


def change(office, sql, **values):
    with office.database.writing() as session:
        session.connection().execute(sa.text(sql), values)


def kinds(office, now):
    return [finding.kind for finding in audit(office, now)]


def hear(office, received_at):
    with office.database.writing() as session:
        heard.keep(session, [KeptHeard("t:1", "telegram", "said", "42", "", received_at, {}, "")])


def claim(office, now):
    with office.database.writing() as session:
        outbox.claim(session, now, "đã chết", LEASE, "mailbox", 1)


def unknown(office, now):
    change(office, "UPDATE message SET state = 'unknown'")


def orphan(office, now):
    change(office, "UPDATE reminder SET message_key = NULL WHERE state = 'planned'")


@pytest.mark.parametrize(
    ("deed", "after", "found"),
    [
        (lambda office, now: None, timedelta(hours=1), []),
        (lambda office, now: None, timedelta(minutes=61), ["unclaimed"]),
        (lambda office, now: stop_sending(office, "thử", "ai", now), timedelta(minutes=61), []),
        (lambda office, now: None, timedelta(hours=4, minutes=30), []),  # noon: nobody sends
        (claim, timedelta(minutes=20), []),
        (claim, timedelta(minutes=21), ["abandoned"]),
        (unknown, timedelta(hours=12), []),
        (unknown, timedelta(hours=25), ["unclaimed", "unknown"]),
        (hear, timedelta(minutes=10), []),
        (hear, timedelta(minutes=11), ["unheard"]),
        (orphan, timedelta(minutes=1), ["orphan"]),
    ],
)
def test_what_stands_still_is_found_after_its_time(due, deed, after, found):
    deed(due, DUE)

    assert [kind for kind in kinds(due, DUE + after) if kind != "late-tick"] == found


def test_answers_wait_while_sending_is_stopped_and_words_do_not(due):
    hear(due, DUE)
    stop_sending(due, "thử", "quản trị", DUE)
    change(due, "UPDATE heard SET state = 'answering'")
    assert "unheard" not in kinds(due, DUE + timedelta(hours=1))

    change(due, "UPDATE heard SET state = 'new'")
    assert "unheard" in kinds(due, DUE + timedelta(hours=1))


def test_a_case_is_on_record_once_however_often_it_is_seen(due):
    later = DUE + timedelta(hours=2)
    assert "unclaimed" in kinds(due, later)
    assert kinds(due, later + timedelta(minutes=10)) == []
    assert rows_of(
        due, "SELECT count(*) FROM record WHERE kind = 'incident' AND subject LIKE 'unclaimed:%'"
    ) == [(1,)]

    asyncio.run(pump(due, later))
    assert [finding.kind for finding in health(due, later).findings] == ["late-tick"]


def test_one_look_names_a_bounded_number_of_cases(office):
    with_notifier(office, ScriptedNotifier())
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, DUE)
    for n in range(40):
        change(
            office,
            "INSERT INTO heard (id, channel, kind, address, about, received_at, heard, raw, state, attempts, "
            "note) VALUES (:id, 'telegram', 'said', '', '', '2025-09-30 01:00:00', '{}', '', 'new', 0, '')",
            id=f"t:{n}",
        )

    assert kinds(office, DUE + timedelta(minutes=30)).count("unheard") == MOST_CASES


@pytest.mark.parametrize(
    ("last", "now", "is_late"),
    [
        ("2025-09-30 08:00", "2025-09-30 08:20", False),
        ("2025-09-30 08:00", "2025-09-30 08:29", False),
        ("2025-09-30 08:00", "2025-09-30 08:30", True),
        ("2025-09-29 16:50", "2025-09-30 06:00", False),  # at night none is expected
        ("2025-09-29 16:50", "2025-09-30 07:19", False),
        ("2025-09-29 16:50", "2025-09-30 07:20", True),
        ("2025-09-29 16:40", "2025-09-29 23:00", True),
        ("2025-09-30 12:00", "2025-09-30 08:30", False),
        (None, "2025-09-30 08:30", False),
    ],
)
def test_a_tick_is_late_two_intervals_after_it_should_have_come(last, now, is_late):
    assert is_tick_late(at(last) if last else None, at(now)) is is_late


def test_health_says_what_is_wrong_and_what_is_only_stopped(due):
    assert health(due, DUE).ok
    stop_sending(due, "bảo trì", "ai", DUE)
    stopped = health(due, DUE)
    assert (stopped.ok, [stop.name for stop in stopped.stops]) == (True, [switches.SENDING])
    assert "bảo trì" in " ".join(stopped.notes)

    late = health(due, DUE + timedelta(hours=1))
    assert (late.ok, late.as_json["tick_age_seconds"], late.as_json["waiting"]) == (False, 3600, 1)
    assert "08:00 30/09/2025" in late.why[0]


def test_health_of_a_database_that_is_away_is_an_answer(due, tmp_path):
    due.database.close()
    away = due.settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/không/có/tệp.db"})
    office = type(due)(away)
    office.__dict__["channels"] = due.channels

    assert not health(office, DUE).ok
    assert "dondoc_ok 0.0" in metrics_text(office, DUE)


def test_figures_count_messages_by_channel_state_and_level_with_bounded_labels(due):
    run(due, DUE)
    change(due, "UPDATE message SET channel = 'kênh lạ <script>'")
    stop_sending(due, "bảo trì", "ai", DUE)
    figures = metrics_text(due, DUE + timedelta(minutes=5))

    assert 'dondoc_messages{channel="other",level="1",state="delivered"} 1.0' in figures
    assert "dondoc_tick_age_seconds 300.0" in figures
    assert 'dondoc_stopped{what="sending"} 1.0' in figures
    assert "script" not in figures


def test_a_trial_is_shown(office):
    office.__dict__["channels"] = replace(office.channels, guards=Guards(in_trial=True))

    assert health(office, DUE).in_trial
    assert "dondoc_trial 1.0" in metrics_text(office, DUE)
