"""What leaves, what is held, what comes again, and what is kept back at the last moment?"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from engine.model import FactKind
from engine.planning import FAULT_STEP
from notifiers.base import DeliveryFailed, DeliveryUnknown
from store import outbox
from tests.guarantee.world import (
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
from usecases.deliver import LEASE, pump
from usecases.outcomes import FIRST_RETRY, LONGEST_RETRY, MOST_ATTEMPTS
from usecases.remind import tick

DUE = at("2025-09-30")
FULL = DeliveryFailed("hộp thư tạm đầy", permanent=False)
GONE = DeliveryFailed("hộp thư không tồn tại", permanent=True)
SILENT = DeliveryUnknown("máy chủ không trả lời")
FAULTY = RuntimeError("một lỗi của phần mềm")


def sent(office, now):
    return asyncio.run(pump(office, now))


def planned(office, *script, rows=((1, "30/9/2025"),)):
    """An office with its reminders planned on the day of the deadline, and a channel that answers so."""
    channel = ScriptedNotifier(*script)
    with_notifier(office, channel)
    bring(office, [a_row(*row) for row in rows])
    tick(office, DUE)
    return channel


def messages(office):
    return rows_of(office, "SELECT state, attempts, possible_duplicate FROM message ORDER BY key")


def reminders(office):
    return rows_of(office, "SELECT step, state, suppression FROM reminder WHERE message_key IS NOT NULL")


# --- the facts are read again ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [
        (FactKind.REPORTED, {}, "reported"),
        (FactKind.CANCELLED, {}, "cancelled"),
        (FactKind.BLOCKED, {}, "blocked"),
        (FactKind.EXTENDED, {"due_on": date(2025, 10, 31), "document": "12/UBND"}, "extended"),
    ],
)
def test_what_changed_between_plan_and_send_is_not_told(office, kind, more, reason):
    channel = planned(office)
    act(office, 1, kind, DUE + timedelta(minutes=1), **more)
    outcome = sent(office, DUE + timedelta(minutes=2))

    assert {letter.address for letter in channel.tried} <= {"VPUB/coordinator"}  # told of what is blocked
    assert outcome.by_state["suppressed"] == 1
    assert ("den-han", "suppressed", reason) in reminders(office)
    assert is_verified(office)


def test_only_the_line_that_is_settled_is_left_out(office):
    channel = planned(office, rows=[(1, "30/9/2025"), (2, "30/9/2025")])
    act(office, 1, FactKind.REPORTED, DUE + timedelta(minutes=1))
    sent(office, DUE + timedelta(minutes=2))

    (letter,) = channel.sent
    assert "Việc thử số 2" in letter.said
    assert "Việc thử số 1" not in letter.said
    assert sorted(state for _, state, _ in reminders(office)) == ["planned", "suppressed"]


# --- sending hours ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2025-09-30 06:59", "2025-09-30 07:00"),
        ("2025-09-30 12:00", "2025-09-30 13:30"),
        ("2025-09-30 17:00", "2025-10-01 07:00"),
        ("2025-10-03 18:00", "2025-10-06 07:00"),  # over the weekend
    ],
)
def test_outside_the_sending_hours_a_message_is_held_and_then_leaves(office, now, leaves):
    channel = ScriptedNotifier()
    with_notifier(office, channel)
    bring(office, [a_row(1, "26/9/2025")])
    run(office, at(now))
    assert channel.sent == []

    sent(office, at(leaves) - timedelta(minutes=1))
    assert channel.sent == []

    sent(office, at(leaves))
    assert [letter.letter.at for letter in channel.sent] == [at(leaves)]


def test_a_message_that_missed_the_hour_is_held_without_counting_as_an_attempt(office):
    channel = planned(office)
    outcome = sent(office, at("2025-09-30 20:00"))

    assert outcome.by_state == {"held": 1}
    assert messages(office) == [("held", 0, 0)]
    sent(office, at("2025-10-01 07:00"))
    assert len(channel.sent) == 1


# --- failures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "state", "is_flagged"),
    [(FULL, "failed_temporary", 0), (SILENT, "unknown", 1), (FAULTY, "unknown", 1)],
)
def test_what_may_still_arrive_is_tried_again_later_under_the_same_name(office, failure, state, is_flagged):
    channel = planned(office, failure, failure)
    first = sent(office, DUE)
    assert (first.sent, len(first.failures)) == (0, 1)
    assert messages(office) == [(state, 1, is_flagged)]

    assert sent(office, DUE + FIRST_RETRY - timedelta(seconds=1)).by_state == {}
    sent(office, DUE + FIRST_RETRY)
    assert sent(office, DUE + 3 * FIRST_RETRY - timedelta(seconds=1)).by_state == {}  # twice as long
    assert sent(office, DUE + 3 * FIRST_RETRY).sent == 1

    assert len({attempt.letter.message_id for attempt in channel.tried}) == 1
    assert messages(office) == [("delivered", 3, is_flagged)]


def test_the_wait_a_server_asks_for_is_kept(office):
    planned(office, DeliveryFailed("máy chủ bận", permanent=False, retry_after=timedelta(hours=1)))
    sent(office, DUE)

    assert sent(office, DUE + timedelta(minutes=59)).by_state == {}
    assert sent(office, DUE + timedelta(minutes=60)).sent == 1


@pytest.mark.parametrize("failure", [FULL, SILENT])
def test_after_many_attempts_a_person_must_look(office, failure):
    planned(office, *[failure] * MOST_ATTEMPTS)
    now = DUE
    for _ in range(60):
        sent(office, now)
        now += LONGEST_RETRY

    assert messages(office)[0][:2] == ("failed_permanent", MOST_ATTEMPTS)


def test_a_refused_address_is_laid_before_the_coordinating_office(office):
    planned(office, GONE)
    assert sent(office, DUE).by_state == {"failed_permanent": 1}
    after = tick(office, DUE + timedelta(hours=1))

    assert steps_of(after.messages) == [FAULT_STEP]
    assert [message.recipient.post for message in after.messages] == ["VPUB/coordinator"]
    assert tick(office, DUE + timedelta(hours=2)).messages == ()


def test_one_refused_address_never_touches_another(office):
    channel = planned(office, GONE, FAULTY, rows=[(1, "30/9/2025", "Sở Y tế, Sở Xây dựng, Sở Tài chính")])
    outcome = sent(office, DUE)

    assert outcome.by_state == {"failed_permanent": 1, "unknown": 1, "delivered": 1}
    assert len(channel.sent) == 1


def test_the_head_is_told_when_the_contact_cannot_be(office):
    channel = planned(office, GONE, rows=[(1, "29/9/2025")])
    sent(office, DUE)
    later = tick(office, at("2025-10-02"))

    assert "bao-lanh-dao-don-vi" in steps_of(later.messages)
    sent(office, at("2025-10-02"))
    assert "SYT/head" in {letter.letter.recipient.post for letter in channel.sent}


def test_a_message_whose_sender_died_comes_again_flagged(office):
    channel = planned(office)
    with office.database.writing() as session:
        assert outbox.claim(session, DUE, "ai đó", LEASE, "mailbox", 1)

    assert sent(office, DUE + LEASE).by_state == {}  # the lease still runs
    assert sent(office, DUE + LEASE + timedelta(seconds=1)).sent == 1
    assert messages(office) == [("delivered", 2, 1)]
    assert len(channel.sent) == 1
