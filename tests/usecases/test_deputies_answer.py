"""May whoever stands in answer what they were sent, and the holder too?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.contacts import ContactBook
from engine.deputies import Away
from store import addresses, registry
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import PLAN, a_row, at, bring
from usecases.answerers import answerer_at, open_work
from usecases.doors import Page, Told, doors_for, open_page

NOW = at("2025-09-22")
CONTACT = "SYT/contact"
DURING, AFTER = NOW + timedelta(days=1), NOW + timedelta(days=9)


@pytest.fixture
def office(office):
    """An office where the contact of Sở Y tế is away for a week and the contact of another one is told."""
    away = Away(NOW, NOW + timedelta(days=7), ("STC/contact",))
    held = [replace(h, away=(away,)) if h.recipient.post == CONTACT else h for h in office.contacts._holdings]
    contacts = ContactBook(held)
    channels = replace(office.channels, office=replace(office.channels.office, base_url="https://d.example"))
    office.__dict__.update(
        contacts=contacts, channels=channels, world=replace(office.world, contacts=contacts)
    )
    bring(office, [a_row(1, "30/9/2025")])
    return office


def share_of(session, office):
    (share,) = registry.assignments(session, office.directory.unit, ids=[f"{PLAN.code}/1@SYT"])
    return share


def opened(office, recipient, at):
    with office.database.writing() as session:
        told = Told("m1", "email", recipient, (share_of(session, office),))
        page = doors_for(session, office, [told], NOW)["m1"][f"{PLAN.code}/1@SYT"].page
        return open_page(session, office, page.rpartition("/")[2], at)


def test_the_page_of_a_deputy_opens_while_they_stand_in(office):
    deputy = office.contacts.told_at(CONTACT, NOW)

    assert deputy.sits_at == "STC/contact"
    page = opened(office, deputy, DURING)
    assert isinstance(page, Page)
    assert (page.recipient.post, page.recipient.person) == (CONTACT, deputy.person)
    assert str(opened(office, deputy, AFTER).reason) == "reassigned"


def test_the_page_of_the_holder_opens_all_the_time(office):
    holder = office.contacts.at_post(CONTACT, NOW.date())

    assert isinstance(opened(office, holder, DURING), Page)
    assert isinstance(opened(office, holder, AFTER), Page)


def test_a_deputy_speaks_in_a_chat_for_the_work_they_are_told_of(office):
    person = office.contacts.at_post("STC/contact", NOW.date()).person
    with office.database.writing() as session:
        kept = KeptAddress("STC/contact", person, "zalo_bot", "chat", AddressStatus.LINKED, "mã", "code", NOW)
        addresses.put(session, kept)
        during, after = (answerer_at(session, office, "zalo_bot", "chat", at) for at in (DURING, AFTER))
        share = share_of(session, office)

        assert [post.post for post in during.posts] == ["STC/contact"]
        assert during.speaks_for(share).post == CONTACT
        assert after.speaks_for(share) is None
        assert [meant.share.id for meant in open_work(session, office, during, DURING)] == [share.id]
