"""The ledger: nobody is told twice, nothing planned is lost, and only the holder of a claim settles it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.compliance import ReminderCount
from engine.ledger import DeliveryState, Told, ToldState
from engine.model import HANOI
from store import ledger, outbox, records
from store.outbox import Claim, Settlement

LEASE = timedelta(minutes=10)


def claimed(office, now: str = "2025-09-30 08:00", owner: str = "máy 1", limit: int = 100) -> list[Claim]:
    with office.database.writing() as session:
        return outbox.claim(session, office.at(now), owner, LEASE, "mailbox", limit)


def settled(office, claim: Claim, state: str, now: str = "2025-09-30 08:01", **said) -> bool:
    """Settle a claim; return whether it still was ours."""
    with office.database.writing() as session:
        return outbox.settle(session, [Settlement(claim, DeliveryState(state), **said)], office.at(now)) == []


def swept(office, now: str) -> list[str]:
    with office.database.writing() as session:
        return outbox.sweep(session, office.at(now))


def told(office, share) -> list[tuple[str, str, str]]:
    with office.database.reading() as session:
        found = ledger.told_about(session, [share.id]).get(share.id, ())
        return [(t.step, str(t.state), t.suppression) for t in found]


def told_of(reminder, state: ToldState, at: datetime, why: str = "") -> Told:
    return Told(
        reminder.key, reminder.assignment.id, reminder.due_on, reminder.step, reminder.level,
        reminder.recipient.post, reminder.falls_at, state, at, why,
    )  # fmt: skip


def carried(office, key: str) -> list[str]:
    with office.database.reading() as session:
        return [reminder.step for reminder in outbox.reminders_in(session, [key])[key]]


def kinds(office, subject: str) -> list[str]:
    with office.database.reading() as session:
        assert records.verify(session).ok
        return [record.kind for record in records.records_of(session, [subject]).get(subject, ())]


def everything(office) -> dict[str, list]:
    with office.database.reading() as session:
        connection = session.connection()
        tables = ("message", "reminder", "record")
        return {t: connection.exec_driver_sql(f"SELECT * FROM {t} ORDER BY 1").all() for t in tables}


# --- planning ----------------------------------------------------------------------------


def test_planning_twice_plans_nothing_new(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    plan = office.message("thu-1", office.reminder(share))

    assert office.run(plan) == {office.reminder(share).key}
    before = everything(office)
    assert office.run(plan, now="2025-09-30 08:05") == set()

    assert everything(office) == before


def test_a_message_carries_only_what_is_new_and_none_is_empty(office):
    one, two = office.assign(*(office.share(office.task(n, "2025-09-30")) for n in "12"))
    first, second = office.reminder(one), office.reminder(two, "qua-han")
    office.run(office.message("thu-1", first))

    office.run(office.message("thu-2", first, second), office.message("thu-3", first))

    assert (carried(office, "thu-1"), carried(office, "thu-2")) == (["den-han"], ["qua-han"])
    assert [message.key for message in everything(office)["message"]] == ["thu-1", "thu-2"]


def test_one_reminder_stands_in_the_ledger_once_whatever_writes_it(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    office.run(office.message("thu-1", office.reminder(share)))
    columns = "key, assignment_id, due_on, step, level, post, falls_at, decided_at, state"
    rest = "suppression, reason, place, rulebook"

    with pytest.raises(IntegrityError), office.database.writing() as session:
        session.connection().exec_driver_sql(
            f"INSERT INTO reminder ({columns}, {rest}) SELECT {columns}, {rest} FROM reminder"
        )


def test_a_reminder_that_waited_is_told_when_its_turn_comes(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    reminder = office.reminder(share, "bao-cao-cap-tren", 2)
    office.run(refusals=(office.refusal(reminder, "level_below"),))
    assert told(office, share) == [("bao-cao-cap-tren", "waiting", "level_below")]

    assert office.run(office.message("thu-1", reminder), now="2025-10-01 08:00") == {reminder.key}

    assert told(office, share) == [("bao-cao-cap-tren", "pending", "")]
    with office.database.reading() as session:
        assert ledger.waiting_assignments(session) == []


def test_waiting_on_for_the_same_reason_is_no_news(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    waits = office.refusal(office.reminder(share), "budget")
    office.run(refusals=(waits,))
    before = everything(office)

    assert office.run(refusals=(waits,), now="2025-09-30 08:05") == set()

    assert everything(office) == before


@pytest.mark.parametrize(("first", "then", "state"), [
    ("level_below", "budget", ("waiting", "budget")),
    ("budget", "reported", ("suppressed", "reported")),
    ("superseded", "budget", ("suppressed", "superseded")),     # what was given up stays given up
    ("superseded", "reported", ("suppressed", "superseded")),
])  # fmt: skip
def test_only_a_waiting_reminder_is_decided_again(office, first, then, state):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    for reason in (first, then):
        office.run(refusals=(office.refusal(office.reminder(share), reason),))

    assert told(office, share) == [("den-han", *state)]


def test_a_reminder_given_up_is_never_sent_afterwards(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    office.run(refusals=(office.refusal(office.reminder(share), "superseded"),))

    assert office.run(office.message("thu-1", office.reminder(share))) == set()

    assert claimed(office) == []


def test_what_is_planned_stays_planned_when_a_later_run_would_not_tell_it(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    office.run(office.message("thu-1", office.reminder(share)))

    office.run(refusals=(office.refusal(office.reminder(share), "superseded"),))

    assert told(office, share) == [("den-han", "pending", "")]


def test_a_plan_that_fails_half_way_leaves_nothing(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    stranger = office.share(office.task("99", "2025-09-30"))  # never put in force
    before = everything(office)

    with pytest.raises(IntegrityError):
        office.run(
            office.message("thu-1", office.reminder(share)),
            office.message("thu-2", office.reminder(stranger)),
        )

    assert everything(office) == before


# --- delivery ------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "as_told"), [
    ("sent", ToldState.DELIVERED),
    ("delivered", ToldState.DELIVERED),
    ("read", ToldState.DELIVERED),
    ("failed_temporary", ToldState.PENDING),
    ("unknown", ToldState.PENDING),
    ("failed_permanent", ToldState.UNDELIVERABLE),
    ("suppressed", ToldState.SUPPRESSED),
])  # fmt: skip
def test_what_became_of_a_message_is_what_its_reminders_were_told(office, state, as_told):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    office.run(office.message("thu-1", office.reminder(share)))
    assert told(office, share)[0][1] == ToldState.PENDING
    (claim,) = claimed(office)

    assert settled(office, claim, state, "2025-09-30 08:02")

    with office.database.reading() as session:
        (found,) = ledger.told_about(session, [share.id])[share.id]
    assert (found.state, found.at) == (as_told, office.at("2025-09-30 08:02"))
    assert kinds(office, "thu-1") == ["message-planned", f"message-{state}"]


def test_the_ledger_tells_of_some_assignments_what_it_tells_of_all(office):
    shares = [office.share(office.task(str(n), "2025-09-30")) for n in range(502)]
    office.assign(*shares)
    low, high = (office.reminder(shares[0], f"bac-{level}", level) for level in (1, 2))
    refused = office.reminder(shares[501])
    office.run(office.message("thu-1", high, low), refusals=(office.refusal(refused, "no_contact"),))

    with office.database.reading() as session:
        everything = ledger.told_about(session, None)
        assert ledger.told_about(session, [share.id for share in shares]) == everything

    at = office.at("2025-09-30 08:00")
    assert everything == {
        shares[0].id: (told_of(low, ToldState.PENDING, at), told_of(high, ToldState.PENDING, at)),
        shares[501].id: (told_of(refused, ToldState.SUPPRESSED, at, "no_contact"),),
    }
    told_moments = {
        moment.tzinfo for told in everything.values() for t in told for moment in (t.at, t.falls_at)
    }
    assert told_moments == {HANOI}


@pytest.mark.parametrize(("not_before", "now", "leaves"), [
    ("2025-09-30 08:00", "2025-09-30 07:59", False),
    ("2025-09-30 08:00", "2025-09-30 08:00", True),
    ("2025-09-30 08:00", "2025-12-01 08:00", True),       # late rather than silent
])  # fmt: skip
def test_a_message_leaves_when_its_moment_has_come(office, not_before, now, leaves):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    office.run(office.message("thu-1", office.reminder(share), not_before=not_before), now="2025-09-29 20:00")

    assert [claim.key for claim in claimed(office, now)] == (["thu-1"] if leaves else [])


def test_a_claimed_message_is_nobody_elses(office):
    office.outbox(3)

    assert [claim.key for claim in claimed(office, limit=2)] == ["thu-000", "thu-001"]
    assert [claim.key for claim in claimed(office, owner="máy 2")] == ["thu-002"]
    assert claimed(office, owner="máy 3") == []


def test_a_message_of_another_channel_is_left_alone(office):
    office.outbox(1)

    with office.database.writing() as session:
        assert outbox.waiting_channels(session, office.at("2025-09-30 08:00")) == ["mailbox"]
        assert outbox.claim(session, office.at("2025-09-30 08:00"), "máy", LEASE, "email", 9) == []


def test_a_sent_message_is_never_claimed_again(office):
    office.outbox(1)
    (claim,) = claimed(office)
    settled(office, claim, "sent")

    assert swept(office, "2026-01-01 08:00") == []
    assert claimed(office, "2026-01-01 08:00") == []


def test_a_temporary_failure_comes_back_at_its_moment_and_counts_attempts(office):
    office.outbox(1)
    (first,) = claimed(office)
    settled(office, first, "failed_temporary", error="4.2.0", retry_at=office.at("2025-09-30 08:06"))

    assert claimed(office, "2025-09-30 08:05") == []
    (second,) = claimed(office, "2025-09-30 08:06")

    assert (first.attempts, second.attempts, second.possible_duplicate) == (1, 2, False)
    assert second.fence > first.fence


def test_a_held_message_waits_and_counts_no_attempt(office):
    office.outbox(1)
    (claim,) = claimed(office, "2025-09-30 20:00")
    with office.database.writing() as session:
        assert outbox.hold(session, claim, office.at("2025-10-01 08:00"), office.at("2025-09-30 20:00"))

    assert claimed(office, "2025-10-01 07:59") == []
    assert [again.attempts for again in claimed(office, "2025-10-01 08:00")] == [1]


def test_a_sender_that_died_leaves_a_message_unknown_and_flagged_never_lost(office):
    office.outbox(1)
    (dead,) = claimed(office, "2025-09-30 08:00")
    assert swept(office, "2025-09-30 08:10") == []

    assert swept(office, "2025-09-30 08:11") == ["thu-000"]

    (again,) = claimed(office, "2025-09-30 08:11", "máy 2")
    assert (again.possible_duplicate, again.attempts) == (True, 2)
    assert not settled(office, dead, "sent")  # the claim is the other's now
    assert settled(office, again, "sent", "2025-09-30 08:12")
    assert kinds(office, "thu-000") == ["message-planned", "message-unknown", "message-sent"]


def test_a_slow_sender_still_settles_what_nobody_else_took(office):
    office.outbox(1)
    (slow,) = claimed(office, "2025-09-30 08:00")
    swept(office, "2025-09-30 08:11")

    assert settled(office, slow, "sent", "2025-09-30 08:12")

    assert claimed(office, "2025-09-30 08:13") == []


def test_a_lost_claim_writes_nothing(office):
    office.outbox(1)
    (lost,) = claimed(office)
    swept(office, "2025-09-30 08:11")
    claimed(office, "2025-09-30 08:11", "máy 2")
    before = everything(office)

    assert not settled(office, lost, "failed_permanent")
    with office.database.writing() as session:
        assert not outbox.hold(session, lost, office.at("2025-10-01 08:00"), office.at("2025-09-30 08:12"))

    assert everything(office) == before


def test_many_claims_are_settled_together_and_the_lost_ones_named(office):
    office.outbox(3)
    one, two, three = claimed(office)
    swept(office, "2025-09-30 08:11")
    with office.database.writing() as session:
        outbox.claim(session, office.at("2025-09-30 08:11"), "máy 2", LEASE, "mailbox", 1)
        lost = outbox.settle(
            session, [Settlement(claim, DeliveryState.SENT) for claim in (one, two, three)],
            office.at("2025-09-30 08:12"),
        )  # fmt: skip

    assert lost == [one.key]


def test_an_unknown_outcome_is_flagged_as_a_possible_duplicate(office):
    office.outbox(1)
    (claim,) = claimed(office)
    settled(office, claim, "unknown", retry_at=office.at("2025-09-30 08:06"))

    assert [again.possible_duplicate for again in claimed(office, "2025-09-30 08:06")] == [True]


def test_the_words_of_an_error_stay_out_of_the_chain(office):
    office.outbox(1)
    (claim,) = claimed(office)
    settled(office, claim, "failed_permanent", error="lan@so.example: không có hộp thư")

    with office.database.reading() as session:
        said = [record.data for record in records.records_of(session, ["thu-000"])["thu-000"]]

    assert "lan@so.example" not in str(said)
    assert "Trần Thị Lan" not in str(said)


def test_what_is_no_longer_owed_leaves_its_message(office):
    one, two = office.assign(*(office.share(office.task(n, "2025-09-30")) for n in "12"))
    office.run(office.message("thu-1", office.reminder(one), office.reminder(two, "qua-han")))
    with office.database.writing() as session:
        outbox.give_up(
            session, "thu-1", {office.reminder(one).key: "reported"}, office.at("2025-09-30 08:01")
        )

    assert carried(office, "thu-1") == ["qua-han"]
    assert told(office, one) == [("den-han", "suppressed", "reported")]
    assert told(office, two) == [("qua-han", "pending", "")]


# --- reading -------------------------------------------------------------------------------


def test_tasks_laid_before_a_post_are_counted_once_each_by_the_day_their_message_leaves(office):
    task = office.task("1", "2025-09-30")
    one, other, early, night = office.assign(
        office.share(task), *(office.share(office.task(number, "2025-09-30")) for number in "234")
    )
    left = office.message("thu-1", office.reminder(early), not_before="2025-09-29 16:00")
    held = office.message("thu-2", office.reminder(night), not_before="2025-09-30 07:00")
    office.run(left, now="2025-09-29 16:00")
    office.run(held, now="2025-09-29 23:59")
    office.run(
        office.message("thu-3", office.reminder(one), office.reminder(one, "qua-han"), office.reminder(other))
    )

    with office.database.reading() as session:
        assert ledger.tasks_told_since(session, office.at("2025-09-30 00:00")) == {"so-y-te/contact": 3}


def test_reports_count_what_left_up_to_their_moment(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    for day, (step, level) in enumerate((("truoc", 1), ("den-han", 2), ("qua-han", 3)), start=1):
        office.run(office.message(f"thu-{day}", office.reminder(share, step, level)))
        (claim,) = claimed(office)
        settled(office, claim, "sent" if day < 3 else "failed_permanent", f"2025-10-0{day} 08:00")

    with office.database.reading() as session:
        assert ledger.tallies(session, office.at("2025-10-31 08:00"))[share.id] == ReminderCount(
            2, 2, office.at("2025-10-02 08:00")
        )
        assert ledger.tallies(session, office.at("2025-10-01 12:00"))[share.id].total == 1
        assert ledger.totals(session) == Counter(
            {("sent", "mailbox", 1): 2, ("failed_permanent", "mailbox", 1): 1}
        )


def test_suppressions_are_counted_by_reason(office):
    one, two = office.assign(*(office.share(office.task(n, "2025-09-30")) for n in "12"))
    refusals = tuple(office.refusal(office.reminder(share), "no_contact") for share in (one, two))
    office.run(refusals=refusals)

    with office.database.reading() as session:
        assert ledger.suppression_totals(session) == Counter({"no_contact": 2})


def test_a_watermark_never_goes_back_and_belongs_to_one_definition(office):
    old, new = ("chung", "den-han", "đến hạn 08:00"), ("chung", "den-han", "đến hạn 09:00")
    for key, now in ((old, "2025-09-30 08:00"), (old, "2025-09-29 08:00"), (new, "2025-09-01 08:00")):
        with office.database.writing() as session:
            ledger.set_watermarks(session, {key: office.at(now)})

    with office.database.reading() as session:
        assert ledger.watermarks(session) == {
            old: office.at("2025-09-30 08:00"),
            new: office.at("2025-09-01 08:00"),
        }


@pytest.mark.parametrize(("owner", "now", "gets_it"), [
    ("máy 2", "2025-09-30 08:04", False),
    ("máy 1", "2025-09-30 08:04", True),       # renewed by its holder
    ("máy 2", "2025-09-30 08:06", True),       # run out
])  # fmt: skip
def test_a_lease_has_one_holder_until_it_runs_out(office, owner, now, gets_it):
    def take(owner: str, now: str) -> bool:
        with office.database.writing() as session:
            moment = office.at(now)
            return ledger.take_lease(session, "tick", owner, moment, moment + timedelta(minutes=5))

    assert take("máy 1", "2025-09-30 08:00")
    assert take(owner, now) is gets_it


def test_a_tick_finds_what_waits_without_reading_what_is_done(sqlite_office):
    with sqlite_office.database.reading() as session:
        explained = session.connection().execute(
            sa.text("EXPLAIN QUERY PLAN SELECT DISTINCT assignment_id FROM reminder WHERE state = 'waiting'")
        )
        assert "USING INDEX ix_reminder_state_decided_at (state=?)" in explained.first().detail
