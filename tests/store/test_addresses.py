"""Where people are reached, and what is remembered of an address that is no good."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.model import HANOI, PostRole, Recipient, Unit, UnitKind
from store import addresses, records
from store.addresses import AddressStatus, KeptAddress, with_addresses

NOW = datetime(2026, 3, 10, 8, 0, tzinfo=HANOI)
POST, PERSON = "so-y-te/contact", "Lê Thị Ví Dụ"
CHAT = KeptAddress(POST, PERSON, "telegram", "4711", AddressStatus.LINKED, "đã gửi mã", "code", NOW, "v1")
LAN = Recipient(
    POST, PERSON, "Chuyên viên", Unit("so-y-te", "Sở Y tế", UnitKind.DEPARTMENT), PostRole.CONTACT,
    {"email": "lan@so-y-te.example", "mailbox": POST},
)  # fmt: skip


@pytest.fixture
def session(database):
    with database.writing() as session:
        yield session


def dead(channel="email", address="lan@so-y-te.example"):
    return KeptAddress(POST, PERSON, channel, address, AddressStatus.DEAD, "5.1.1", "bounce", NOW)


def test_an_address_is_found_by_its_person_and_by_itself(session):
    assert addresses.put(session, CHAT)

    assert addresses.of_person(session, POST, PERSON) == [CHAT]
    assert addresses.by_address(session, "telegram", "4711") == [CHAT]
    assert addresses.by_address(session, "zalo_bot", "4711") == []
    assert addresses.of_person(session, POST, "Người kế nhiệm") == []


def test_the_same_news_is_recorded_once_and_without_personal_data(session):
    addresses.put(session, CHAT)
    again = addresses.put(session, replace(CHAT, at=NOW + timedelta(days=1), evidence="lần nữa"))

    (record,) = records.records_of(session, [POST])[POST]
    assert (again, record.kind) == (False, "address-linked")
    assert not {PERSON, "4711", "đã gửi mã"} & set(record.data.values())


def test_a_dead_address_stays_linked_to_what_was_agreed(session):
    addresses.put(session, CHAT)

    assert addresses.mark_dead(session, POST, PERSON, "telegram", "4711", "không còn cuộc trò chuyện", NOW)
    assert not addresses.mark_dead(session, POST, PERSON, "telegram", "4711", "nghe lại", NOW)
    (kept,) = addresses.of_person(session, POST, PERSON)
    assert (kept.status, kept.evidence, kept.text_version) == (
        AddressStatus.DEAD, "không còn cuộc trò chuyện", "v1",
    )  # fmt: skip


def test_failures_are_counted_for_one_address_and_from_one_again_for_the_next(session):
    def count(address):
        return addresses.count_failure(session, POST, PERSON, "email", address, "5.2.2", NOW)

    assert [count("a@x.example"), count("a@x.example"), count("b@x.example")] == [1, 2, 1]
    assert addresses.of_person(session, POST, PERSON)[0].status is AddressStatus.LINKED


def test_a_refusal_outlives_what_is_learned_of_the_address_later(session):
    addresses.opt_out(session, POST, PERSON, "email", "a@x.example", "DUNG", NOW)
    is_news = addresses.mark_dead(session, POST, PERSON, "email", "a@x.example", "5.1.1", NOW)
    addresses.count_failure(session, POST, PERSON, "email", "b@x.example", "5.2.2", NOW)

    assert not is_news
    assert addresses.of_person(session, POST, PERSON)[0].status is AddressStatus.OPTED_OUT


def test_a_moved_chat_is_followed_and_one_opted_out_of_is_not(session):
    addresses.put(session, CHAT)
    addresses.put(session, replace(CHAT, post="so-y-te/head", status=AddressStatus.OPTED_OUT))

    assert addresses.move(session, "telegram", "4711", "-100", NOW) == 1
    assert [k.post for k in addresses.by_address(session, "telegram", "-100")] == [POST]


def test_when_somebody_was_heard_never_goes_back(session):
    addresses.put(session, CHAT)
    for day in (2, 1):
        addresses.heard(session, "telegram", "4711", NOW + timedelta(days=day))

    assert addresses.of_person(session, POST, PERSON)[0].heard_at == NOW + timedelta(days=2)


# --- which addresses may be used ----------------------------------------------------------


def test_a_linked_chat_is_added_for_its_person_only(session):
    addresses.put(session, CHAT)
    overlaid = addresses.overlay(session)

    assert overlaid(LAN).addresses == {**LAN.addresses, "telegram": "4711"}
    successor = replace(LAN, person="Người kế nhiệm")
    assert overlaid(successor) == successor


@pytest.mark.parametrize(
    ("learned", "channels"),
    [
        (dead(), {"mailbox"}),
        (dead(address="cu@so-y-te.example"), {"mailbox", "email"}),  # mended in people.yml since
        (replace(dead(address="cu@so-y-te.example"), status=AddressStatus.OPTED_OUT), {"mailbox"}),
        (dead("telegram", "4711"), {"mailbox", "email"}),
        (replace(CHAT, status=AddressStatus.ERASED, address=""), {"mailbox", "email"}),
        (replace(dead(), status=AddressStatus.LINKED), {"mailbox", "email"}),
    ],
)
def test_what_is_dead_or_refused_is_left_out(learned, channels):
    overlaid = with_addresses(LAN, [learned])

    assert set(overlaid.addresses) == channels
    assert overlaid.addresses.get("email") in (None, "lan@so-y-te.example")
