"""Nine faults found in other systems that remind people, each as a test that we do not share it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.contacts import ContactBook, Holding
from engine.planning import FAULT_STEP
from engine.rulebook import read_rulebook
from notifiers.base import DeliveryFailed, DeliveryUnknown
from store import addresses
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import ScriptedNotifier, a_row, at, bring, is_verified, reopened, rows_of, run
from usecases.deliver import pump
from usecases.remind import tick

DUE = at("2025-09-30")
RULES = """\
policies:
  - id: ngan
    steps:
      - {id: den-han, on: ngày hết hạn, to: contact, via: [zalo_bot, mailbox]}
rules:
  - {id: tat-ca, policy: ngan}
"""


class Chat(ScriptedNotifier):
    channel = "zalo_bot"
    repeats_safely = False


def prepared(office, mailbox, chat=None, units=("Sở Y tế", "Sở Tài chính", "Sở Xây dựng")):
    """Let an office tell these units once, on the day they are due; the first has a chat."""
    book, problems = read_rulebook({"r.yml": RULES})
    assert problems == []
    notifiers = {"mailbox": mailbox} | ({"zalo_bot": chat} if chat else {})
    world = replace(office.world, rulebook=book, channels=frozenset(notifiers))
    office.__dict__.update(rulebook=book, world=world, notifiers=notifiers)
    bring(office, [a_row(n, "30/9/2025", unit) for n, unit in enumerate(units, 1)])
    if chat:
        person = office.contacts.at_post("SYT/contact", DUE.date()).person
        kept = KeptAddress("SYT/contact", person, "zalo_bot", "c-1", AddressStatus.LINKED, "mã", "code", DUE)
        with office.database.writing() as session:
            addresses.put(session, kept)
    return mailbox


def told(notifier):
    return sorted(sent.letter.recipient.post for sent in notifier.sent)


def send(office, moment):
    return asyncio.run(pump(office, moment))


def test_1_one_refused_address_neither_stops_nor_repeats_the_letters_of_others(office):
    mailbox = prepared(office, ScriptedNotifier(DeliveryFailed("550", permanent=True)))
    run(office, DUE)
    run(office, DUE + timedelta(hours=2))

    tried = [sent.letter.recipient.post for sent in mailbox.tried]
    assert sorted(tried) == ["STC/contact", "SXD/contact", "SYT/contact", "VPUB/coordinator"]
    assert set(told(mailbox)) == set(tried[1:])  # and the coordinator knows of the refused one


def test_2_a_repeated_mail_bears_the_name_of_the_first(office):
    mailbox = prepared(office, ScriptedNotifier(DeliveryUnknown("im lặng")), units=("Sở Y tế",))
    run(office, DUE)
    send(office, DUE + timedelta(hours=1))

    assert len(mailbox.tried) == 2
    assert len({sent.letter.message_id for sent in mailbox.tried}) == 1


def test_3_a_channel_that_says_when_to_come_back_is_not_asked_before(office):
    busy = DeliveryFailed("429", permanent=False, retry_after=timedelta(minutes=40))
    chat = Chat(busy)
    prepared(office, ScriptedNotifier(), chat, units=("Sở Y tế",))
    run(office, DUE)
    send(office, DUE + timedelta(minutes=39))
    assert (len(chat.tried), len(chat.sent)) == (1, 0)
    send(office, DUE + timedelta(minutes=40))

    assert told(chat) == ["SYT/contact"]


def test_4_a_channel_that_succeeds_does_not_settle_what_another_owes(office):
    chat = Chat(DeliveryFailed("bận", permanent=False))
    mailbox = prepared(office, ScriptedNotifier(), chat, units=("Sở Y tế", "Sở Tài chính"))
    run(office, DUE)
    assert (told(mailbox), told(chat)) == (["STC/contact"], [])
    send(office, DUE + timedelta(hours=1))

    assert (told(mailbox), told(chat)) == (["STC/contact"], ["SYT/contact"])


@pytest.mark.parametrize("hours", [1, 5, 26, 24 * 9])
def test_5_whoever_was_down_at_the_hour_of_a_step_tells_it_when_back(office, hours):
    mailbox = prepared(office, ScriptedNotifier(), units=("Sở Y tế",))
    tick(office, DUE - timedelta(hours=1))
    run(office, DUE + timedelta(hours=hours))

    assert told(mailbox) == ["SYT/contact"]


def test_6_what_was_told_is_remembered_as_long_as_the_task_is_open(office):
    mailbox = prepared(office, ScriptedNotifier(), units=("Sở Y tế",))
    for days in (0, 6, 180, 400):
        tick(office, DUE + timedelta(days=days), full=True)
        send(office, DUE + timedelta(days=days))

    assert told(mailbox) == ["SYT/contact"]


def test_7_a_post_nobody_holds_is_laid_before_the_coordinator_at_once(office):
    held = [Holding(who) for who in office.contacts.recipients if who.post != "SYT/contact"]
    contacts = ContactBook(held)
    office.__dict__.update(contacts=contacts, world=replace(office.world, contacts=contacts))
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, at("2025-09-25"))

    assert ("VPUB/coordinator", FAULT_STEP) in rows_of(office, "SELECT post, step FROM reminder")


def test_8_what_waits_for_the_morning_leaves_then_though_the_service_was_restarted(office):
    mailbox = prepared(office, ScriptedNotifier(), units=("Sở Y tế",))
    run(office, DUE + timedelta(hours=13))
    assert mailbox.sent == []
    again = reopened(office)
    again.__dict__.update(rulebook=office.rulebook, world=office.world)
    send(again, DUE + timedelta(days=1))

    assert told(mailbox) == ["SYT/contact"]
    again.database.close()


def test_9_records_are_kept_for_years_and_cannot_be_taken_out(office):
    prepared(office, ScriptedNotifier(), units=("Sở Y tế",))
    run(office, DUE)
    before = rows_of(office, "SELECT seq, hash FROM record ORDER BY seq")
    for year in range(1, 6):
        run(office, DUE + timedelta(days=365 * year))

    assert rows_of(office, "SELECT seq, hash FROM record ORDER BY seq")[: len(before)] == before
    assert is_verified(office)
    with pytest.raises(sa.exc.DatabaseError), office.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM record WHERE seq = 1")
