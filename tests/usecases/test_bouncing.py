"""A mail that came back: what becomes of its letter, and of the address it went to."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import pytest

from engine.rulebook import read_rulebook
from flows.runs import Run
from store import addresses
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import ScriptedNotifier, a_row, at, bring, is_verified, rows_of
from usecases.bounce_mail import TAKEN, take, take_folder
from usecases.channels_email import BouncesConfig
from usecases.deliver import pump
from usecases.errors import Refused
from usecases.hearing import work_off
from usecases.mail import return_path
from usecases.reach import contacts_by_now
from usecases.remind import tick

DUE = at("2025-09-30")
POST = "SYT/contact"
RULES = """\
policies:
  - id: ngan
    steps:
      - {id: den-han, on: ngày hết hạn, to: contact, via: [email, zalo_bot]}
rules:
  - {id: tat-ca, policy: ngan}
"""
HARD = ("5.1.1", "550 5.1.1 no such user")


class Mail(ScriptedNotifier):
    channel = "email"
    state = "sent"


class Chat(ScriptedNotifier):
    channel = "zalo_bot"


@pytest.fixture
def office(office, tmp_path):
    """An office whose letter to the health department has left by e-mail."""
    book, problems = read_rulebook({"r.yml": RULES})
    assert problems == []
    channels = replace(office.channels, bounces=BouncesConfig("tra-lai.example", tmp_path / "thu"))
    world = replace(office.world, rulebook=book, channels=frozenset({"email", "zalo_bot"}))
    notifiers = {"email": Mail(), "zalo_bot": Chat()}
    office.__dict__.update(rulebook=book, world=world, channels=channels, notifiers=notifiers)
    bring(office, [a_row(1, "30/9/2025")])
    person = office.contacts.at_post(POST, DUE.date()).person
    with office.database.writing() as session:
        chat = KeptAddress(POST, person, "zalo_bot", "7", AddressStatus.LINKED, "mã", "code", DUE)
        addresses.put(session, chat)
    tick(office, DUE)
    asyncio.run(pump(office, DUE))
    return office


def came_back(office, status=HARD[0], said=HARD[1], action="failed", to=None):
    """Return the report of a server about the letter that left."""
    ((key,),) = rows_of(office, "SELECT key FROM message WHERE channel = 'email'")
    path = return_path(office.channels.bounces, office.settings.home)
    address = to or office.contacts.at_post(POST, DUE.date()).addresses["email"]
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {path.of(key, address)}\nSubject: Undelivered\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {said}\n\n--b--\n"
    ).encode()


def worked_off(office, now=DUE):
    async def say(channel, address, text):
        raise AssertionError("nobody is spoken to")

    return asyncio.run(work_off(office, now, say))


def known(office):
    with office.database.reading() as session:
        person = office.contacts.at_post(POST, DUE.date()).person
        return addresses.of_channel(session, POST, person, "email")


def usable(office):
    with office.database.reading() as session:
        return set(contacts_by_now(session, office).at_post(POST, DUE.date()).addresses)


def states(office):
    return dict(rows_of(office, "SELECT channel, state FROM message"))


def test_a_mailbox_that_is_gone_is_dead_and_the_letter_goes_on_through_the_next_channel(office):
    take(office, [came_back(office)], DUE)
    worked_off(office)
    asyncio.run(pump(office, DUE))

    kept = known(office)
    assert (kept.status, kept.source) == (AddressStatus.DEAD, "bounce")
    assert "no such user" in kept.evidence
    assert states(office) == {"email": "failed_permanent", "zalo_bot": "delivered"}
    assert "email" not in usable(office)
    assert is_verified(office)


def test_the_same_mail_again_is_no_news(office):
    mail = came_back(office)
    for _ in range(2):
        take(office, [mail, mail], DUE)
        worked_off(office)

    assert rows_of(office, "SELECT count(*) FROM heard") == [(1,)]
    assert rows_of(office, "SELECT count(*) FROM message") == [(2,)]


def test_a_full_mailbox_is_counted_and_stays_in_use(office):
    take(office, [came_back(office, "5.2.2", "552 5.2.2 mailbox full")], DUE)
    worked_off(office)

    assert (known(office).status, known(office).failures) == (AddressStatus.LINKED, 1)
    assert "email" in usable(office)
    assert states(office)["email"] == "failed_permanent"


@pytest.mark.parametrize(
    ("status", "said", "action", "state"),
    [
        ("5.7.1", "550 5.7.1 spam", "failed", "failed_permanent"),
        ("4.4.1", "451 trying", "delayed", "sent"),
        ("2.0.0", "250 ok", "delivered", "delivered"),
    ],
)
def test_what_says_nothing_about_the_address_leaves_it_alone(office, status, said, action, state):
    take(office, [came_back(office, status, said, action)], DUE)
    worked_off(office)

    assert known(office) is None
    assert states(office)["email"] == state


def test_an_address_mended_since_is_not_judged_by_a_letter_to_the_old_one(office):
    take(office, [came_back(office, to="cu@so-y-te.example")], DUE)
    worked_off(office)

    assert known(office) is None
    assert "email" in usable(office)


def test_a_forged_return_path_changes_nothing(office):
    forged = came_back(office).replace(b"bounce+", b"bounce+0")
    (heard,) = take(office, [forged], DUE)
    worked_off(office)

    assert "không phải của thư nào" in heard.text
    assert (known(office), states(office)) == (None, {"email": "sent"})


def test_without_a_domain_for_bounces_nothing_is_taken(office):
    mail = came_back(office)
    office.__dict__["channels"] = replace(office.channels, bounces=BouncesConfig())

    with pytest.raises(Refused, match="bounce_domain"):
        take(office, [mail], DUE)


# --- the folder ---------------------------------------------------------------------------


@pytest.mark.parametrize("box", ["", "new", "cur"])
def test_mails_of_a_folder_are_taken_once_and_put_aside(office, box):
    folder = office.channels.bounces.folder
    (folder / box).mkdir(parents=True)
    (folder / box / "1.eml").write_bytes(came_back(office))
    (folder / box / ".tam").write_bytes(b"half written")
    os.symlink("/etc/hostname", folder / box / "2.eml")

    assert len(take_folder(office, DUE)) == 1
    assert take_folder(office, DUE) == []
    worked_off(office)
    assert [file.name for file in (folder / TAKEN).iterdir()] == ["1.eml"]
    assert known(office).status is AddressStatus.DEAD


def test_killed_before_a_mail_is_put_aside_it_is_known_the_next_time(office):
    folder = office.channels.bounces.folder
    folder.mkdir()
    (folder / "1.eml").write_bytes(came_back(office))
    take_folder(office, DUE)
    os.replace(folder / TAKEN / "1.eml", folder / "1.eml")
    take_folder(office, DUE)

    assert rows_of(office, "SELECT count(*) FROM heard") == [(1,)]


def test_a_folder_that_is_not_there_is_told_and_nothing_breaks(office, caplog):
    assert take_folder(office, DUE) == []
    assert "bounces_folder" in caplog.text


def test_a_mail_of_any_bytes_is_kept(office):
    take(office, [b"\x00\xff\xfe\x00", b""], DUE)

    assert rows_of(office, "SELECT count(*) FROM heard") == [(2,)]


def test_a_run_takes_what_lies_in_the_folder_before_it_sends(office, tmp_path):
    folder = tmp_path / "thu"
    folder.mkdir()
    (folder / "1.eml").write_bytes(came_back(office))

    asyncio.run(Run(office, DUE).deliver())

    assert known(office).status is AddressStatus.DEAD
    assert states(office) == {"email": "failed_permanent", "zalo_bot": "delivered"}
    assert [file.name for file in (folder / TAKEN).iterdir()] == ["1.eml"]
