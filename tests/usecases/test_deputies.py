"""While somebody is away: who gets the letter, under which name, and what stays the same?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from engine.contacts import ContactBook
from engine.deputies import Away
from engine.model import PostRole
from engine.rulebook import read_rulebook
from notifiers.base import DeliveryFailed
from store import addresses
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import ScriptedNotifier, a_row, at, bring, is_verified, rows_of
from usecases.channels_guards import Guards
from usecases.deliver import pump
from usecases.remind import tick

DUE = at("2025-09-30")
POST, DEPUTY = "SYT/contact", "SYT/head"
RULES = """\
policies:
  - id: ngan
    steps:
      - {id: den-han, on: ngày hết hạn, to: contact, via: [zalo, email]}
rules:
  - {id: tat-ca, policy: ngan}
"""


class Channel(ScriptedNotifier):
    """A channel under a name."""

    def __init__(self, channel: str, *script: DeliveryFailed | None) -> None:
        super().__init__(*script)
        self.channel = channel


@pytest.fixture
def mail(office):
    """The mail of an office that reminds by chat, else by mail, with one task that falls due."""
    book, problems = read_rulebook({"r.yml": RULES})
    assert problems == []
    chat, mail = Channel("zalo_bot"), Channel("email")
    world = replace(office.world, rulebook=book, channels=frozenset({"zalo_bot", "email"}))
    office.__dict__.update(rulebook=book, world=world, notifiers={"zalo_bot": chat, "email": mail})
    bring(office, [a_row(1, "30/9/2025")])
    return mail


def changed(office, **people):
    """Put other people in the book: post → what of the holding, or of its recipient, is different."""
    held = []
    for holding in office.contacts._holdings:
        change = people.get(holding.recipient.post.replace("/", "_"), {})
        away = change.pop("away", ())
        held.append(replace(holding, away=away, recipient=replace(holding.recipient, **change)))
    contacts = ContactBook(held)
    office.__dict__.update(contacts=contacts, world=replace(office.world, contacts=contacts))


def leave(since: str, until: str, *deputies: str) -> tuple[Away, ...]:
    return (Away(at(since), at(until), deputies),)


def person_at(office, post):
    return office.contacts.at_post(post, DUE.date())


def reminder_keys(office):
    return [key for (key,) in rows_of(office, "SELECT key FROM reminder ORDER BY key")]


def sent(office, now: datetime = DUE):
    return asyncio.run(pump(office, now))


def link_chat(office, post):
    kept = KeptAddress(
        post,
        person_at(office, post).person,
        "zalo_bot",
        f"chat-{post}",
        AddressStatus.LINKED,
        "mã",
        "code",
        DUE,
    )
    with office.database.writing() as session:
        addresses.put(session, kept)


def test_leave_entered_after_planning_holds_at_the_moment_of_sending(office, mail):
    tick(office, DUE)
    keys = reminder_keys(office)
    changed(office, SYT_contact={"away": leave("2025-09-30 07:00", "2025-09-30 12:00", DEPUTY)})
    sent(office)
    (letter,) = mail.sent

    assert letter.address == person_at(office, DEPUTY).addresses["email"]
    assert f"nhận thay {person_at(office, POST).title}" in letter.said
    assert person_at(office, DEPUTY).person in letter.said
    assert rows_of(office, "SELECT post, person FROM message") == [(POST, person_at(office, DEPUTY).person)]
    assert reminder_keys(office) == keys
    assert tick(office, DUE + timedelta(minutes=10)).reminders == 0
    assert is_verified(office)


@pytest.mark.parametrize(("now", "told"), [("2025-09-30 12:00", DEPUTY), ("2025-09-30 12:01", POST)])
def test_a_leave_that_ends_at_noon_ends_at_noon(office, mail, now, told):
    changed(office, SYT_contact={"away": leave("2025-09-30 08:00", "2025-09-30 12:00", DEPUTY)})
    tick(office, DUE)
    sent(office, at(now))

    assert [letter.address for letter in mail.sent] == [person_at(office, told).addresses["email"]]


def test_whoever_stands_in_without_the_planned_channel_gets_the_mail(office, mail):
    link_chat(office, POST)
    changed(office, SYT_contact={"away": leave("2025-09-30", "2025-10-30", DEPUTY), "addresses": {}})
    tick(office, DUE)
    sent(office)

    assert office.notifiers["zalo_bot"].tried == []
    assert [letter.address for letter in mail.sent] == [person_at(office, DEPUTY).addresses["email"]]


def test_what_is_learned_of_a_deputy_is_kept_under_their_own_post(office, mail):
    mail.script = [DeliveryFailed("thư điện tử: không có hộp thư này", permanent=True)]
    changed(office, SYT_contact={"away": leave("2025-09-30", "2025-10-30", DEPUTY)})
    tick(office, DUE)
    sent(office)

    assert rows_of(office, "SELECT post, person, status FROM address") == [
        (DEPUTY, person_at(office, DEPUTY).person, "dead")
    ]


def test_on_trial_a_deputy_must_be_allowed_themselves(office, mail):
    guards = Guards(in_trial=True, allow=frozenset({POST.casefold()}))
    office.__dict__["channels"] = replace(office.channels, guards=guards)
    changed(office, SYT_contact={"away": leave("2025-09-30", "2025-10-30", DEPUTY)})
    tick(office, DUE)
    sent(office)

    assert mail.tried == []


def test_quiet_hours_hold_a_message_and_drop_nothing(office, mail):
    changed(office, SYT_contact={"quiet": ((time(20, 30), time(9, 0)),)})
    tick(office, DUE)

    assert (sent(office).sent, len(mail.tried)) == (0, 0)
    assert sent(office, at("2025-09-30 08:59")).sent == 0
    assert sent(office, at("2025-09-30 09:00")).sent == 1
    assert is_verified(office)


def test_nobody_is_told_at_the_post_of_a_deputy_while_everybody_is_there(office, mail):
    assert person_at(office, DEPUTY).role is PostRole.HEAD
    tick(office, DUE)
    sent(office)

    assert [letter.address for letter in mail.sent] == [person_at(office, POST).addresses["email"]]
