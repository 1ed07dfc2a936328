"""What one channel cannot carry, does the next: at once, once, and with the same reminders?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.ledger import DeliveryState
from engine.model import FactKind
from engine.planning import FAULT_STEP
from engine.rulebook import read_rulebook
from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope
from store import addresses, outbox, receipts, switches
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import ScriptedNotifier, a_row, act, at, bring, is_verified, rows_of, steps_of
from usecases.deliver import FIRST_PAUSE, LEASE, pump
from usecases.outcomes import FIRST_RETRY, PATIENCE
from usecases.remind import tick

DUE = at("2025-09-30")
POST = "SYT/contact"
RULES = """\
policies:
  - id: ngan
    steps:
      - {id: den-han, on: ngày hết hạn, to: contact, via: [zalo, email]}
      - {id: bao-lanh-dao, after: 3 ngày làm việc, to: head, via: [email]}
rules:
  - {id: tat-ca, policy: ngan}
"""
GONE = DeliveryFailed("zalo: không còn người này", permanent=True)
CLOSED = DeliveryFailed("zalo: quá 7 ngày chưa nhắn", permanent=True, scope=Scope.WINDOW)
REFUSED = DeliveryFailed("zalo: người nhận từ chối", permanent=True, scope=Scope.OPTED_OUT)
UNFIT = DeliveryFailed("zalo: nội dung không được nhận", permanent=True, scope=Scope.CONTENT)
BUSY = DeliveryFailed("zalo: bận", permanent=False)
NO_QUOTA = DeliveryFailed(
    "zalo: hết hạn mức", permanent=True, scope=Scope.CHANNEL, retry_after=timedelta(hours=6)
)
UNREACHABLE = DeliveryFailed("zalo: không kết nối được", permanent=False, scope=Scope.CHANNEL)
SILENT = DeliveryUnknown("zalo: không trả lời")


class Channel(ScriptedNotifier):
    """A channel under a name, whose readers may not see that a letter came twice."""

    def __init__(self, channel: str, *script: DeliveryFailed | None, repeats_safely: bool = False) -> None:
        super().__init__(*script)
        self.channel, self.repeats_safely = channel, repeats_safely


@pytest.fixture
def chat(office):
    """The chat of an office that reminds by chat first and by e-mail after it; everybody has both."""
    return prepared(office, rows=1)


def prepared(office, rows, linked=True):
    book, problems = read_rulebook({"r.yml": RULES})
    assert problems == []
    chat, mail = Channel("zalo_bot"), Channel("email", repeats_safely=True)
    world = replace(office.world, rulebook=book, channels=frozenset({"zalo_bot", "email"}))
    office.__dict__.update(rulebook=book, world=world, notifiers={"zalo_bot": chat, "email": mail})
    chat.mail = mail
    bring(office, [a_row(number, "30/9/2025") for number in range(1, rows + 1)])
    if linked:
        link(office)
    return chat


def link(office):
    holder = office.contacts.at_post(POST, DUE.date())
    with office.database.writing() as session:
        kept = KeptAddress(POST, holder.person, "zalo_bot", "chat-7", AddressStatus.LINKED, "mã", "code", DUE)
        addresses.put(session, kept)


def sent(office, now=DUE):
    return asyncio.run(pump(office, now))


def messages(office):
    sql = "SELECT channel, state, possible_duplicate FROM message ORDER BY planned_at, channel DESC"
    return [(channel, state, bool(flag)) for channel, state, flag in rows_of(office, sql)]


def status_of(office, channel="zalo_bot"):
    return [row[0] for row in rows_of(office, "SELECT status FROM address WHERE channel = :c", c=channel)]


def test_a_chat_that_reaches_is_enough(office, chat):
    tick(office, DUE)
    sent(office)

    assert [letter.address for letter in chat.sent] == ["chat-7"]
    assert chat.mail.tried == []


def test_whoever_has_no_chat_gets_the_mail(office):
    chat = prepared(office, rows=1, linked=False)
    tick(office, DUE)
    sent(office)

    assert (len(chat.tried), len(chat.mail.sent)) == (0, 1)


@pytest.mark.parametrize(
    ("failure", "status"),
    [(GONE, "dead"), (REFUSED, "opted_out"), (CLOSED, "linked"), (UNFIT, "linked"), (NO_QUOTA, "linked")],
)
def test_what_a_chat_will_never_carry_goes_by_mail_at_once(office, chat, failure, status):
    chat.script = [failure]
    tick(office, DUE)
    outcome = sent(office)

    assert [len(chat.tried), len(chat.mail.sent)] == [1, 1]
    assert messages(office) == [("zalo_bot", "failed_permanent", False), ("email", "delivered", False)]
    assert outcome.failures == [f"{failure.reason} — chuyển sang kênh email"]
    assert status_of(office) == [status]
    (key,) = rows_of(office, "SELECT m.channel FROM reminder r JOIN message m ON m.key = r.message_key")
    assert key == ("email",)
    assert is_verified(office)


def test_an_address_that_is_gone_is_not_tried_again(office, chat):
    chat.script = [GONE]
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "1/10/2025")])
    tick(office, DUE)
    sent(office)
    later = at("2025-10-01")
    tick(office, later)
    sent(office, later)

    assert (len(chat.tried), len(chat.mail.sent)) == (1, 2)


def test_what_may_have_arrived_in_a_chat_is_not_repeated_there(office, chat):
    chat.script = [SILENT]
    tick(office, DUE)
    sent(office)

    assert [len(chat.tried), len(chat.mail.sent)] == [1, 1]
    assert messages(office) == [("zalo_bot", "unknown", True), ("email", "delivered", True)]


def test_a_sender_that_died_over_a_chat_leaves_it_to_the_mail(office, chat):
    tick(office, DUE)
    with office.database.writing() as session:
        outbox.claim(session, DUE, "somebody", LEASE, "zalo_bot")
    sent(office, DUE + LEASE + timedelta(seconds=1))

    assert [len(chat.tried), len(chat.mail.sent)] == [0, 1]
    assert [flag for _, _, flag in messages(office)] == [True, True]


def test_without_another_channel_a_doubtful_message_is_repeated_once(office, chat):
    chat.script = [SILENT, SILENT]
    del office.notifiers["email"]
    tick(office, DUE)
    sent(office)
    sent(office, DUE + FIRST_RETRY)
    sent(office, DUE + timedelta(hours=3))

    assert len(chat.tried) == 2
    assert messages(office) == [("zalo_bot", "failed_permanent", True)]


def test_a_channel_that_stays_busy_is_given_up_for_the_next(office, chat):
    chat.script = [BUSY] * PATIENCE
    tick(office, DUE)
    for minutes in (0, 5, 15):
        assert chat.mail.tried == []
        sent(office, DUE + timedelta(minutes=minutes))

    assert [len(chat.tried), len(chat.mail.sent)] == [3, 1]
    assert [flag for _, _, flag in messages(office)] == [False, False]


def test_a_channel_at_fault_is_left_alone_and_what_it_held_goes_on_elsewhere(office):
    chat = prepared(office, rows=3)
    chat.script = [NO_QUOTA]
    tick(office, DUE)
    outcome = sent(office)

    assert outcome.failures == ["zalo: hết hạn mức — chuyển sang kênh email"]
    with office.database.reading() as session:
        (stop,) = switches.stops(session, DUE + timedelta(hours=1))
    assert (stop.name, stop.until - DUE) == ("channel:zalo_bot", timedelta(hours=6))

    bring(office, [a_row(9, "1/10/2025")])
    tomorrow = at("2025-10-01")
    tick(office, tomorrow)
    sent(office, tomorrow)
    assert len(chat.tried) == 2  # the pause was over, and what passed ended it
    with office.database.reading() as session:
        assert switches.stops(session, tomorrow) == []


def test_a_way_that_is_cut_says_nothing_about_anybody(office, chat):
    chat.script = [UNREACHABLE] * 3
    tick(office, DUE)
    sent(office)
    assert status_of(office) == ["linked"]
    assert chat.mail.tried == []

    sent(office, DUE + FIRST_PAUSE)
    assert len(chat.tried) == 2


def test_a_chat_that_moved_is_followed(office, chat):
    chat.script = [DeliveryFailed("nhóm đã chuyển", permanent=False, moved_to="chat-8")]
    tick(office, DUE)
    sent(office)
    sent(office, DUE + timedelta(minutes=1))

    assert [letter.address for letter in chat.sent] == ["chat-8"]


# --- receipts ----------------------------------------------------------------------------------


def receipt(office, about, state, when=DUE + timedelta(minutes=1), channel="zalo_bot"):
    with office.database.writing() as session:
        return receipts.receipt(session, channel, about, state, when)


def test_a_receipt_moves_a_message_forward_only(office, chat):
    tick(office, DUE)
    sent(office)
    (provider,) = (row[0] for row in rows_of(office, "SELECT provider_id FROM message"))

    assert receipt(office, provider, DeliveryState.READ).is_news
    assert not receipt(office, provider, DeliveryState.DELIVERED).is_news
    assert messages(office) == [("zalo_bot", "read", False)]
    assert receipt(office, "của ai khác", DeliveryState.READ) is None


def test_a_receipt_that_comes_before_the_message_is_settled_is_not_known_yet(office, chat):
    tick(office, DUE)
    with office.database.writing() as session:
        (claim,) = outbox.claim(session, DUE, "somebody", LEASE, "zalo_bot")

    assert receipt(office, claim.key, DeliveryState.DELIVERED) is None


def test_a_receipt_settles_what_was_unknown(office, chat):
    del office.notifiers["email"]
    chat.script = [SILENT]
    tick(office, DUE)
    sent(office)
    (key,) = (row[0] for row in rows_of(office, "SELECT key FROM message"))

    assert receipt(office, key, DeliveryState.DELIVERED).is_news
    sent(office, DUE + timedelta(hours=1))
    assert len(chat.tried) == 1


def test_a_mail_that_came_back_after_all_is_laid_before_the_coordinator(office):
    chat = prepared(office, rows=1, linked=False)
    chat.mail.state = "sent"
    tick(office, DUE)
    sent(office)
    (key,) = (row[0] for row in rows_of(office, "SELECT key FROM message"))
    receipt(office, key, DeliveryState.FAILED_PERMANENT, channel="email")
    planned = tick(office, DUE + timedelta(minutes=10))

    assert [message.recipient.post for message in planned.messages] == ["VPUB/coordinator"]
    assert steps_of(planned.messages) == [FAULT_STEP]


def test_what_was_reported_meanwhile_goes_nowhere(office, chat):
    chat.script = [BUSY] * PATIENCE
    tick(office, DUE)
    sent(office)
    act(office, 1, FactKind.REPORTED, DUE + timedelta(minutes=1))
    sent(office, DUE + timedelta(minutes=5))

    assert [len(chat.tried), len(chat.mail.tried)] == [1, 0]
    assert messages(office) == [("zalo_bot", "suppressed", False)]
