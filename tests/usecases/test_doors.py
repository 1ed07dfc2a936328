"""Which doors does a message carry, and what opens behind them?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model import FactKind
from notifiers.base import Heard
from notifiers.signing import Reason, Refusal
from store import addresses, registry
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import PLAN, ScriptedNotifier, a_row, act, at, bring, office_at, rows_of, run
from usecases.doors import Told, doors_for, kinds_of, open_page, used
from usecases.responding import respond

BASE = "https://don-doc.tinh.example/tra-loi"
NOW = at("2025-09-25 08:00")
LAN = "SYT/contact"
MINE, OTHERS = f"{PLAN.code}/1@SYT", f"{PLAN.code}/3@SXD"


@pytest.fixture
def office(office):
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "31/10/2025"), a_row(3, "30/9/2025", "Sở Xây dựng")])
    channels = office.channels
    vars(office)["channels"] = replace(channels, office=replace(channels.office, base_url=BASE))
    return office


def doors(office, channel="telegram", post=LAN, ids=(MINE,), key="k1", now=NOW):
    who = office.contacts.at_post(post, now.date())
    with office.database.writing() as session:
        shares = registry.assignments(session, office.directory.unit, ids=ids)
        return doors_for(session, office, [Told(key, channel, who, tuple(shares))], now).get(key, {})


def opened(office, page, now=NOW):
    with office.database.reading() as session:
        return open_page(session, office, page.rpartition("/")[2], now)


def test_a_contact_is_given_a_page_buttons_and_words_for_their_own_work(office):
    found = doors(office, ids=(MINE, OTHERS))

    assert list(found) == [MINE]
    one = found[MINE]
    assert one.page.startswith(f"{BASE}/v/")
    assert len(one.page) <= 200
    assert [(c.response, c.typed) for c in one.choices][:3] == [
        ("acknowledge", "OK 0001"),
        ("report", "BC 0001 số văn bản"),
        ("extension", "GH 0001 ngày xin, lý do"),
    ]
    tokens = [choice.token for choice in one.choices]
    assert {len(token) for token in tokens} == {22}
    assert len(set(tokens)) == 6


@pytest.mark.parametrize(
    ("channel", "has_buttons", "has_number"),
    [
        ("email", False, False),
        ("mailbox", False, False),
        ("zalo_bot", False, True),
        ("zalo_zbs", False, True),
        ("zalo_oa", True, True),
        ("telegram", True, True),
    ],
)
def test_each_channel_is_given_what_it_can_show(office, channel, has_buttons, has_number):
    one = doors(office, channel)[MINE]

    assert all(bool(choice.token) is has_buttons for choice in one.choices)
    assert bool(one.number) is has_number
    assert one.page


def test_without_a_base_url_there_are_no_pages_and_nothing_to_remember_for_mail(office):
    vars(office)["channels"] = replace(office.channels, office=replace(office.channels.office, base_url=""))

    assert doors(office, "email")[MINE].page == ""
    assert rows_of(office, "SELECT count(*) FROM link") == [(0,)]


def test_sent_again_a_message_carries_the_same_doors_and_nothing_more_is_kept(office):
    first = doors(office)
    kept = rows_of(office, "SELECT * FROM link ORDER BY nonce_hash")

    assert doors(office, now=NOW + timedelta(hours=3)) == first
    assert rows_of(office, "SELECT * FROM link ORDER BY nonce_hash") == kept
    assert doors(office, key="k2") != first


def test_no_secret_is_kept(office):
    one = doors(office)[MINE]
    kept = str(rows_of(office, "SELECT * FROM link"))

    assert [secret for secret in (one.page[-60:], *(c.token for c in one.choices)) if secret in kept] == []


@pytest.mark.parametrize(
    ("kind", "first", "gone"),
    [
        (None, "acknowledge", ""),
        (FactKind.ACKNOWLEDGED, "report", "acknowledge"),
        (FactKind.REPORTED, "report", "extension"),
    ],
)
def test_what_stands_first_follows_from_how_the_work_stands(office, kind, first, gone):
    if kind is not None:
        act(office, 1, kind, at("2025-09-20"))
    responses = [choice.response for choice in doors(office)[MINE].choices]

    assert responses[0] == first
    assert gone not in responses


@pytest.mark.parametrize("post", ["VPUB/coordinator", "SXD/contact"])
def test_who_does_not_owe_the_work_is_given_nothing(office, post):
    assert doors(office, post=post) == {}


def test_a_page_says_whom_it_was_given_to_about_what_and_what_may_be_answered(office):
    page = opened(office, doors(office, "email")[MINE].page)

    assert (page.recipient.post, page.share.id, page.message_key, page.result) == (LAN, MINE, "k1", None)
    assert page.choices == kinds_of(page.share, NOW)
    assert rows_of(office, "SELECT count(*) FROM short_number") == [(0,)]  # looking writes nothing


def test_a_page_is_answered_once_and_shows_what_was_recorded(office):
    url = doors(office, "email")[MINE].page
    page = opened(office, url)

    with office.database.writing() as session:
        assert [used(session, page, {"said": what}, NOW) for what in ("một", "hai")] == [True, False]
    assert (opened(office, url).result, opened(office, url).choices) == ({"said": "một"}, ())
    act(office, 1, FactKind.REPORTED, at("2025-09-26"))
    act(office, 1, FactKind.ACCEPTED, at("2025-09-27"))
    assert opened(office, url, at("2025-09-28")).result == {"said": "một"}


def test_what_closes_the_work_shuts_its_doors_for_good(office):
    url = doors(office, "email")[MINE].page
    act(office, 1, FactKind.REPORTED, at("2025-09-26"))
    act(office, 1, FactKind.ACCEPTED, at("2025-09-27"))

    assert opened(office, url, at("2025-09-27 12:00")) == Refusal(Reason.CLOSED)
    assert rows_of(office, "SELECT count(*) FROM link WHERE revoked_at IS NULL") == [(0,)]
    act(office, 1, FactKind.RETURNED, at("2025-09-28"))
    assert opened(office, url, at("2025-09-28 12:00")) == Refusal(Reason.CLOSED)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE link SET expires_at = issued_at", Reason.EXPIRED),
        ("UPDATE link SET revoked_at = issued_at", Reason.CLOSED),
        ("UPDATE link SET person = 'Người Trước'", Reason.REASSIGNED),
        ("UPDATE link SET post = 'SYT/gone'", Reason.REASSIGNED),
        ("UPDATE link SET purpose = 'button'", Reason.UNKNOWN),
        ("DELETE FROM link", Reason.UNKNOWN),
    ],
)
def test_a_page_that_opens_no_more_says_why(office, change, reason):
    url = doors(office, "email")[MINE].page
    with office.database.writing() as session:
        session.connection().exec_driver_sql(change)

    assert opened(office, url) == Refusal(reason)


def test_a_link_lives_sixty_days(office):
    url = doors(office, "email")[MINE].page

    assert opened(office, url, NOW + timedelta(days=60, minutes=-1)).share.id == MINE
    assert opened(office, url, NOW + timedelta(days=60)) == Refusal(Reason.EXPIRED)


def test_the_token_of_a_button_opens_no_page(office):
    one = doors(office)[MINE]

    assert opened(office, f"/v/{one.choices[0].token}") == Refusal(Reason.UNREADABLE)


def test_the_button_of_a_message_counts_in_the_chat_it_was_sent_to(office):
    token = doors(office)[MINE].choices[0].token
    person = office.contacts.at_post(LAN, NOW.date()).person
    with office.database.writing() as session:
        chat = KeptAddress(LAN, person, "telegram", "7", AddressStatus.LINKED, "thử", "code", NOW)
        addresses.put(session, chat)
        said = Heard("telegram", "telegram:1", "said", NOW, "7", token=token)
        assert "Đã ghi nhận" in respond(session, office, said, NOW)


def test_a_letter_leaves_with_its_doors_and_again_with_the_same(office):
    vars(office)["notifiers"] = {"mailbox": (channel := ScriptedNotifier())}
    run(office, NOW)
    (told,) = [sent.letter for sent in channel.tried if sent.address == LAN]

    assert told.choices[0].url in told.text
    assert opened(office, told.choices[0].url).share.id == MINE


def test_where_the_key_cannot_be_read_letters_leave_without_links(office, caplog):
    home = office.settings.home / "khác"
    home.mkdir(parents=True)
    (home / "secret.key").write_text("quá ngắn")
    other = office_at(office.settings.database_url, home, channels=office.channels)

    assert doors(other)[MINE].page == ""
    assert [choice.token for choice in doors(other)[MINE].choices] == [""] * 6
    assert doors(other)[MINE].number == "0001"
    assert len(caplog.records) == 1
    other.database.close()
