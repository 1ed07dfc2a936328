"""What one person allowed is stopped at once, handed over whole, and blanked on demand."""

from __future__ import annotations

import json

import pytest

from engine.contacts import ContactBook
from store import addresses, heard
from store.addresses import AddressStatus, KeptAddress
from store.heard import KeptHeard
from tests.guarantee.world import a_row, at, bring, is_verified, rows_of, run
from usecases.consent import erase_person, export_person
from usecases.errors import InputRejected
from usecases.reach import contacts_by_now, reach_of_everybody

NOW = at("2025-09-25 09:00")
POST = "SYT/contact"


@pytest.fixture
def person(office):
    """Somebody who was written to, and who said something."""
    bring(office, [a_row(1, "30/9/2025")])
    run(office, NOW)
    name = office.contacts.at_post(POST, NOW.date()).person
    said = {"text": "KP 1 lời riêng", "name": name}
    with office.database.writing() as session:
        addresses.put(
            session, KeptAddress(POST, name, "zalo_bot", "chat-9", AddressStatus.LINKED, "mã", "code", NOW)
        )
        heard.keep(
            session, [KeptHeard("zalo_bot:1", "zalo_bot", "said", "chat-9", "", NOW, said, "lời riêng")]
        )
    return name


def everything(office):
    tables = ("address", "heard", "message", "link", "join_code", "pending_response", "record", "reminder")
    return json.dumps(
        [rows_of(office, f"SELECT * FROM {table}") for table in tables], default=str, ensure_ascii=False
    )


def test_everything_about_one_person_is_handed_over(office, person):
    given = export_person(office, POST, None, NOW)

    assert given["person"] == person
    assert [one["address"] for one in given["addresses"]] == ["chat-9"]
    assert given["heard"][0]["heard"]["text"] == "KP 1 lời riêng"
    assert len(given["messages"]) == 1
    assert json.dumps(given, ensure_ascii=False)


def test_an_erased_person_leaves_no_trace_but_marks_and_the_log_is_whole(office, person):
    left = [h for h in office.contacts._holdings if h.recipient.post != POST]
    office.__dict__["contacts"] = ContactBook(left)
    assert erase_person(office, POST, person, NOW) == {"addresses": 1, "heard": 1, "messages": 1}

    kept = everything(office)
    assert person not in kept
    assert "chat-9" not in kept
    assert "lời riêng" not in kept
    assert is_verified(office)


def test_who_is_still_listed_stays_refused_after_erasing(office, person):
    erase_person(office, POST, person, NOW)

    with office.database.reading() as session:
        assert "zalo_bot" not in contacts_by_now(session, office).at_post(POST, NOW.date()).addresses
    assert rows_of(office, "SELECT person, address, status FROM address") == [(person, "", "erased")]


def test_a_chat_that_serves_two_posts_keeps_what_the_other_said(office, person):
    with office.database.writing() as session:
        kept = KeptAddress(
            "SXD/contact", "Người Khác", "zalo_bot", "chat-9", AddressStatus.LINKED, "mã", "code", NOW
        )
        addresses.put(session, kept)

    assert erase_person(office, POST, person, NOW)["heard"] == 0


def test_nothing_to_erase_is_said(office, person):
    with pytest.raises(InputRejected, match="không giữ gì"):
        erase_person(office, POST, "Không Ai", NOW)


def test_60_a_contact_without_a_channel_is_listed_with_what_stands_against_it(office, person):
    with office.database.writing() as session:
        addresses.opt_out(session, POST, person, "mailbox", POST, "nhắn STOP", NOW)
    reach = {one.post: one for one in reach_of_everybody(office, NOW)}

    assert reach[POST].open == ()
    assert [(kept.channel, str(kept.status)) for kept in reach[POST].closed] == [("mailbox", "opted_out")]
    assert reach["SXD/contact"].open == ("mailbox",)
