"""What goes wrong on the way to a reader, as the ledger, the address book and the reader see it.

One test or a few a case, numbered as the team's list of acceptance cases has them. Servers are real
ones on loopback: a mail server with moods, a bot that keeps state.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from engine.model import PostRole, Recipient, Unit, UnitKind
from engine.rulebook import read_rulebook
from intake.registry import read_registry
from notifiers.base import DeliveryUnknown, Letter
from notifiers.chats import REPEATED
from notifiers.email import EmailNotifier
from notifiers.mime import Sender, as_bytes
from notifiers.pacing import Breaker, Pace
from notifiers.smtp import EmailSettings
from notifiers.telegram import TelegramNotifier, TelegramSettings
from notifiers.zalo_oauth import Pair
from store import addresses
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.town import Town, a_town, reached
from tests.guarantee.world import ScriptedNotifier, a_row, at, bring, is_verified, office_at, rows_of
from tests.peers.exchanges import KNOWN
from tests.peers.telegram import TelegramPeer
from usecases.bounce_mail import take
from usecases.channels_email import BouncesConfig
from usecases.deliver import pump
from usecases.guards import what_stands
from usecases.hearing import work_off
from usecases.mail import return_path
from usecases.reach import contacts_by_now
from usecases.remind import tick
from usecases.secrets import machine_key
from usecases.settings import PROJECT
from usecases.wiring import Office
from usecases.zalo import KeptTokens

DUE = at("2025-09-30")
POST = "SYT/contact"
SENDER = Sender("Đôn đốc", "don-doc@dondoc.example", "tra-loi@dondoc.example")
UNITS = {"SYT": "Sở Y tế", "STC": "Sở Tài chính", "SXD": "Sở Xây dựng", "SNV": "Sở Nội vụ"}
RULES = """\
policies:
  - id: ngan
    steps:
      - {{id: den-han, on: ngày hết hạn, to: contact, via: [{via}]}}
rules:
  - {{id: tat-ca, policy: ngan}}
"""


class MailServer:
    """Takes mail; `moods` says for one address what it does instead, once."""

    def __init__(self) -> None:
        self.moods: dict[str, str] = {}
        self.taken: list[tuple[str, str]] = []  # (address, Message-ID)
        self.contents: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.moods.get(address, "")[:1] in {"4", "5"}:
            return self.moods.pop(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        self.taken.append((address, message_from_bytes(envelope.content)["Message-ID"].strip()))
        self.contents.append(envelope.original_content)
        mood = self.moods.pop(address, "")
        if mood == "silent":
            await asyncio.sleep(1.5)
        if mood == "cut":
            server.transport.abort()
        return "250 OK"


class Chat(ScriptedNotifier):
    channel = "zalo_bot"
    repeats_safely = False


@pytest.fixture
def server() -> Iterator[tuple[MailServer, int]]:
    post = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    yield post, port
    controller.stop()


def prepared(office: Office, notifiers: dict, units: tuple[str, ...] = ("SYT",)) -> None:
    """Let an office remind by these channels, in this order, of one task a unit."""
    book, problems = read_rulebook({"r.yml": RULES.format(via=", ".join(notifiers))})
    assert problems == []
    world = replace(office.world, rulebook=book, channels=frozenset(notifiers))
    channels = replace(office.channels, bounces=BouncesConfig("tra-lai.example"))
    office.__dict__.update(rulebook=book, world=world, channels=channels, notifiers=notifiers)
    bring(office, [a_row(n, "30/9/2025", UNITS[unit]) for n, unit in enumerate(units, 1)])


def link(office: Office, channel: str, address: str) -> None:
    person = office.contacts.at_post(POST, DUE.date()).person
    with office.database.writing() as session:
        kept = KeptAddress(POST, person, channel, address, AddressStatus.LINKED, "mã", "code", DUE)
        addresses.put(session, kept)


def remind(office: Office, *moments) -> None:
    tick(office, moments[0])
    for moment in moments:
        asyncio.run(pump(office, moment))


def mail_to(unit: str, office: Office) -> str:
    return office.contacts.at_post(f"{unit}/contact", DUE.date()).addresses["email"]


def standing(office: Office, channel: str) -> KeptAddress | None:
    with office.database.reading() as session:
        person = office.contacts.at_post(POST, DUE.date()).person
        return addresses.of_channel(session, POST, person, channel)


def states(office: Office) -> dict[str, str]:
    return dict(rows_of(office, "SELECT channel, state FROM message"))


def mail_office(office: Office, port: int, *units: str) -> None:
    settings = EmailSettings("127.0.0.1", port, SENDER, security="none", connections=4, timeout=0.5)
    prepared(office, {"email": EmailNotifier(settings), "zalo_bot": Chat()}, units or ("SYT",))


# --- 56: the mail server ------------------------------------------------------------------


def test_56_a_temporary_refusal_is_tried_again_and_the_address_stays(office, server):
    post, port = server
    mail_office(office, port)
    post.moods = {mail_to("SYT", office): "451 4.7.1 greylisted"}
    remind(office, DUE)
    waiting = states(office)
    asyncio.run(pump(office, DUE + timedelta(hours=1)))

    assert (waiting, states(office)) == ({"email": "failed_temporary"}, {"email": "sent"})
    assert standing(office, "email") is None


def test_56_a_permanent_refusal_closes_the_address_and_the_next_channel_carries_it_at_once(office, server):
    post, port = server
    mail_office(office, port)
    link(office, "zalo_bot", "7")
    post.moods = {mail_to("SYT", office): "550 5.1.1 no such user"}
    remind(office, DUE)

    assert states(office) == {"email": "failed_permanent", "zalo_bot": "delivered"}
    assert standing(office, "email").status is AddressStatus.DEAD


@pytest.mark.parametrize("mood", ["silent", "cut"])
def test_56_silence_after_the_content_is_unknown_and_repeated_as_the_same_mail(office, server, mood):
    post, port = server
    mail_office(office, port)
    post.moods = {mail_to("SYT", office): mood}
    remind(office, DUE, DUE + timedelta(hours=1))

    (first, again) = post.taken
    assert first == again
    assert rows_of(office, "SELECT state, possible_duplicate FROM message") == [("sent", 1)]


def test_56_a_cut_in_the_middle_of_a_batch_touches_only_the_letter_in_hand(office, server):
    post, port = server
    mail_office(office, port, *UNITS)
    cut = mail_to("STC", office)
    post.moods = {cut: "cut"}
    remind(office, DUE)
    before = dict(rows_of(office, "SELECT unit_code, state FROM message"))
    asyncio.run(pump(office, DUE + timedelta(hours=1)))

    assert before == {"SYT": "sent", "STC": "unknown", "SXD": "sent", "SNV": "sent"}
    assert {address: len(ids) for address, ids in taken(post).items()} == {
        mail_to(unit, office): 1 + (unit == "STC") for unit in UNITS
    }
    assert len(set(taken(post)[cut])) == 1


def test_56_one_refused_reader_keeps_nobody_else_waiting(office, server):
    post, port = server
    mail_office(office, port, *UNITS)
    post.moods = {mail_to("SYT", office): "550 5.1.1 gone", mail_to("SXD", office): "451 4.3.0 later"}
    remind(office, DUE)

    assert dict(rows_of(office, "SELECT unit_code, state FROM message")) == {
        "SYT": "failed_permanent", "STC": "sent", "SXD": "failed_temporary", "SNV": "sent",
    }  # fmt: skip


def taken(post: MailServer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, id_ in post.taken:
        found.setdefault(address, []).append(id_)
    return found


# --- 58: what comes back ------------------------------------------------------------------

HARD = "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user"
SOFT = "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full"
DELAY = "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 451 still trying"


@pytest.mark.parametrize(
    ("block", "forged", "status", "state"),
    [
        (HARD, False, AddressStatus.DEAD, "failed_permanent"),
        (SOFT, False, AddressStatus.LINKED, "failed_permanent"),
        (DELAY, False, None, "sent"),
        ("", False, None, "sent"),  # an answering machine
        (HARD, True, None, "sent"),  # a return path nobody signed
    ],
)
def test_58_only_a_hard_bounce_of_our_own_letter_closes_an_address(
    office, server, block, forged, status, state
):
    _, port = server
    mail_office(office, port)
    remind(office, DUE)
    ((key,),) = rows_of(office, "SELECT key FROM message")
    path = return_path(office.channels.bounces, office.settings.home)
    to = path.of(key, mail_to("SYT", office))
    to = to.replace(key, "0" * 24) if forged else to
    take(office, [_report(to, block) if block else _away(to)], DUE)
    asyncio.run(work_off(office, DUE, _silence))

    kept = standing(office, "email")
    assert (kept.status if kept else None, states(office)["email"]) == (status, state)
    with office.database.reading() as session:
        usable = contacts_by_now(session, office).at_post(POST, DUE.date()).addresses
    assert ("email" in usable) is (status is not AddressStatus.DEAD)
    assert is_verified(office)


def _report(to: str, block: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: Undelivered Mail\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{block}\n\n--b--\n"
    ).encode()


def _away(to: str) -> bytes:
    head = f"From: lan@x.example\nTo: {to}\nSubject: Vắng mặt\nAuto-Submitted: auto-replied\n"
    return f"{head}\nTôi nghỉ phép đến hết tuần; 5.1.1 chỉ là số phòng.\n".encode()


async def _silence(channel: str, address: str, text: str) -> None:
    raise AssertionError("nobody is spoken to")


# --- 59: Telegram -------------------------------------------------------------------------


@pytest.fixture
def bot(office) -> Iterator[TelegramPeer]:
    """A bot with which the contact of the health department has opened a chat; e-mail comes after it."""
    with TelegramPeer(clock=lambda: DUE, limits=False) as peer:
        base = peer.base_url.removesuffix("/bot")
        private = frozenset({"127.0.0.1"})
        settings = TelegramSettings(KNOWN["telegram_token"], base, private=private, connect=1.5, total=1.5)
        notifier = TelegramNotifier(settings, Pace(0, 0), Breaker())
        chat = Chat()
        prepared(office, {"telegram": notifier, "zalo_bot": chat})
        peer.chat = chat
        link(office, "telegram", str(KNOWN["telegram_user"]))
        link(office, "zalo_bot", "7")
        yield peer


def test_59_telegram_says_when_to_come_back_and_is_not_asked_before(office, bot):
    bot.flood(KNOWN["telegram_user"], 60)  # by its own clock, which a slow machine lets run on
    remind(office, DUE)
    asyncio.run(pump(office, DUE + timedelta(seconds=40)))
    calls = len(bot.calls)

    assert (calls, states(office)) == (1, {"telegram": "failed_temporary"})
    bot.flood(KNOWN["telegram_user"], 0)
    asyncio.run(pump(office, DUE + timedelta(seconds=62)))
    assert states(office) == {"telegram": "sent"}


def test_59_whoever_blocks_the_bot_is_opted_out_and_told_by_the_next_channel(office, bot):
    bot.block(KNOWN["telegram_user"])
    remind(office, DUE)

    assert states(office) == {"telegram": "failed_permanent", "zalo_bot": "delivered"}
    assert standing(office, "telegram").status is AddressStatus.OPTED_OUT


def test_59_a_chat_that_moved_is_followed(office, bot):
    new = KNOWN["telegram_supergroup"]
    person = standing(office, "telegram")
    with office.database.writing() as session:
        addresses.put(session, replace(person, address=str(KNOWN["telegram_group"])))
    bot.migrate(KNOWN["telegram_group"], new)
    remind(office, DUE, DUE)

    assert [arrived.address for arrived in bot.arrived] == [str(new)]
    assert standing(office, "telegram").address == str(new)


def test_59_a_lost_answer_goes_on_elsewhere_flagged_and_is_not_repeated_here(office, bot):
    bot.fault("accept_then_timeout")
    remind(office, DUE, DUE + timedelta(hours=1))

    assert (len(bot.arrived), len(bot.chat.sent)) == (1, 1)
    duplicates = dict(rows_of(office, "SELECT channel, possible_duplicate FROM message"))
    assert duplicates["zalo_bot"] == 1


def test_59_while_telegram_cannot_be_reached_nothing_waits_for_it(office, bot):
    bot.leave()
    remind(office, DUE, *(DUE + timedelta(minutes=10 * n) for n in range(1, 7)))

    assert len(bot.chat.sent) == 1


# --- 59: Zalo -----------------------------------------------------------------------------

OF_POSTS = "SELECT post, channel, state FROM message ORDER BY post, channel DESC"


@dataclass
class Account:
    """An official account with which contacts talk, the mail after it, and the hour."""

    town: Town
    url: str
    home: Path
    hour: list[datetime]  # of which the servers' clock shows the first
    whose: dict[tuple[str, str], str] = field(default_factory=dict)
    offices: list[Office] = field(default_factory=list)

    def office(self) -> Office:
        """Return the office as one more process has it: one database, connections of its own."""
        book, problems = read_rulebook({"r.yml": RULES.format(via="zalo_oa, email")})
        assert problems == []
        office = office_at(self.url, self.home, rulebook=book)
        office.__dict__["world"] = replace(office.world, rulebook=book)
        reached(office, self.town.channels(), [POST, "STC/contact"])
        self.offices.append(office)
        return office

    def user(self, post: str) -> str:
        return next(
            address for (channel, address), of in self.whose.items() if (channel, of) == ("zalo_oa", post)
        )

    def got(self) -> list[tuple[str, str]]:
        """Return what readers have, as channel and post."""
        return sorted((one.channel, self.whose[one.channel, one.address]) for one in self.town.arrived())


@pytest.fixture
def account(office, tmp_path) -> Iterator[Account]:
    now = [DUE]
    with a_town(lambda: now[0]) as town:
        url, home = office.settings.database_url, tmp_path / "zalo"
        bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", "Sở Tài chính")])
        found = Account(town, url, home, now)
        first = found.office()
        found.whose = town.move_in(first, [POST, "STC/contact"], DUE, lambda post: {"zalo_oa"})
        yield found
        for one in found.offices:
            one.database.close()


def test_59_when_the_window_of_zalo_is_closed_the_next_channel_tells_at_once(account):
    (office,) = account.offices
    account.town.zalo.silent_for(account.user(POST), 24 * 7 + 1)
    remind(office, DUE)

    assert account.got() == [("email", POST), ("zalo_oa", "STC/contact")]
    assert rows_of(office, OF_POSTS) == [
        ("STC/contact", "zalo_oa", "sent"),
        (POST, "zalo_oa", "failed_permanent"),
        (POST, "email", "sent"),
    ]
    assert standing(office, "zalo_oa").status is AddressStatus.LINKED  # a word of theirs opens it again
    assert what_stands(office, DUE) == []


def test_59_of_two_processes_with_one_refresh_token_one_renews_and_both_send(account):
    first, second = account.offices[0], account.office()
    account.town.zalo.expire_access_token()
    tick(first, DUE)

    async def together() -> None:
        await asyncio.gather(pump(first, DUE, "một"), pump(second, DUE, "hai"))

    asyncio.run(together())

    assert account.got() == [("zalo_oa", "STC/contact"), ("zalo_oa", POST)]
    assert account.town.zalo.calls.count("access_token") == 1
    assert what_stands(first, DUE) == []


def test_59_a_refresh_token_spent_elsewhere_is_one_question_to_a_person_and_nobody_waits_for_it(account):
    """It is asked for once: a second try with a dead token is what locks an application out."""
    (office,) = account.offices
    account.town.zalo.spend_refresh_token()
    account.town.zalo.expire_access_token()
    remind(office, DUE, *(DUE + timedelta(minutes=10 * n) for n in range(1, 10)))

    assert account.town.zalo.calls.count("access_token") == 1
    assert account.got() == [("email", "STC/contact"), ("email", POST)]
    (alarm,) = what_stands(office, DUE + timedelta(minutes=90))
    assert "zalo_oa" in alarm
    assert "dondoc zalo connect" in alarm
    assert standing(office, "zalo_oa").status is AddressStatus.LINKED


def test_59_once_access_is_granted_anew_zalo_carries_what_comes_next(account):
    (office,) = account.offices
    account.town.zalo.spend_refresh_token()
    account.town.zalo.expire_access_token()
    remind(office, DUE)
    tomorrow = account.hour[0] = DUE + timedelta(days=1)
    grant(account, office, tomorrow)
    rows = [
        (1, "30/9/2025", "SYT"),
        (2, "30/9/2025", "STC"),
        (3, "1/10/2025", "SYT"),
        (4, "1/10/2025", "STC"),
    ]
    bring(office, [a_row(n, due, UNITS[unit]) for n, due, unit in rows])
    remind(office, tomorrow)

    assert [one for one in account.got() if one[0] == "zalo_oa"] == [
        ("zalo_oa", "STC/contact"),
        ("zalo_oa", POST),
    ]
    assert what_stands(office, tomorrow) == []


def grant(account: Account, office: Office, now: datetime) -> None:
    """Let the administrator of the account say yes once more."""
    pair = Pair("ma-moi", "ma-lam-moi", now, now + timedelta(hours=25))
    oauth = account.town.zalo.oauth
    oauth.access, oauth.refresh = {pair.access: now}, {pair.refresh: now}
    KeptTokens(office.database, machine_key(office.settings.home), KNOWN["app_id"]).keep(pair)


# --- 62, 63: what is written --------------------------------------------------------------


def a_letter(subject: str, text: str = "nội dung") -> Letter:
    unit = Unit("SYT", "Sở Y tế", UnitKind.DEPARTMENT)
    reader = Recipient(POST, "Lê Thị Ví Dụ", "Chuyên viên", unit, PostRole.CONTACT, {"email": "a@x.example"})
    return Letter("k", "<1@dondoc.example>", subject, text, "", (), reader, "", DUE, text)


def test_56_a_chat_that_may_have_been_read_already_says_so_when_it_is_repeated(office):
    channel = Chat(DeliveryUnknown("không rõ"))
    prepared(office, {"zalo_bot": channel})
    link(office, "zalo_bot", "chat-1")
    remind(office, DUE, DUE + timedelta(minutes=30))

    first, second = (sent.letter.short for sent in channel.tried)
    assert REPEATED not in first
    assert second.replace(f"{REPEATED}\n", "") == first


def test_61_a_thousand_tasks_for_one_contact_are_one_digest_of_bounded_size(office):
    channel = Chat()
    prepared(office, {"zalo_bot": channel})
    link(office, "zalo_bot", "chat-1")
    bring(office, [a_row(n, "30/9/2025") for n in range(1, 1001)])
    remind(office, DUE)

    ((letter, _address),) = [(sent.letter, sent.address) for sent in channel.sent]
    assert rows_of(office, "SELECT count(*) FROM reminder WHERE state = 'planned'") == [(1000,)]
    assert letter.fields["so_viec"] == "1000"
    assert len(letter.short) <= 2000
    assert "…và 990 việc khác, xem thư" in letter.short
    assert len(letter.html.encode()) < 100_000
    assert "…và 980 việc khác" in letter.text
    assert rows_of(office, "SELECT count(*) FROM short_number") == [(20,)]  # only what is shown has one


def test_62_every_subject_of_the_shipped_plans_reads_back_whole():
    titles = set()
    for file in sorted(Path(PROJECT / "config" / "registry").glob("*.yml")):
        registry, problems = read_registry(file.read_text("utf-8"), file.name)
        assert problems == []
        titles |= {" ".join(task.title.split()) for task in registry.tasks}
    subjects = {f"{title} – {state}" for title in titles for state in ("còn 3 ngày", "QUÁ HẠN 2 ngày")}

    assert len(subjects) >= 143
    for subject in subjects:
        octets = as_bytes(a_letter(subject), SENDER, "a@x.example")
        head = octets.split(b"\r\n\r\n")[0]
        assert str(make_header(decode_header(message_from_bytes(octets)["Subject"]))) == subject
        assert message_from_bytes(octets, policy=policy.default)["Subject"] == subject
        assert max(map(len, head.split(b"\r\n"))) <= 78


HOSTILE = "Kế hoạch 🙂\r\nBcc: ai-do@x.example\r\n\r\n<script>alert(1)</script> \u202egnort\u2066 & <b>"


def test_63_a_hostile_title_stays_a_title_in_mail_and_calendar(office, server):
    post, port = server
    mail_office(office, port)
    bring(office, [replace(a_row(1, "30/9/2025"), title=HOSTILE, text=HOSTILE)])
    remind(office, DUE)

    (content,) = post.contents
    message = message_from_bytes(content, policy=policy.default)
    parts = {part.get_content_type(): part for part in message.walk()}
    read = {kind: part.get_content() for kind, part in parts.items() if kind.startswith("text/")}
    assert (message["Bcc"], message["To"].addresses[0].addr_spec) == (None, mail_to("SYT", office))
    assert "<script" not in read["text/html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in read["text/html"]
    assert "<script>alert(1)</script>" in read["text/plain"]
    calendar = read["text/calendar"]
    calendar = calendar if isinstance(calendar, str) else calendar.decode()
    assert not [line for line in calendar.splitlines() if line.startswith("Bcc")]
    for words in (str(message["Subject"]), read["text/html"], read["text/plain"], calendar):
        assert "🙂" in words.replace("\r\n ", "")
        assert not {"\u202e", "\u2066"} & set(words)


def test_63_a_hostile_title_stays_a_title_in_a_chat(office, bot):
    async def say():
        notifier = office.notifiers["telegram"]
        try:
            await notifier.send(a_letter("x", HOSTILE), str(KNOWN["telegram_user"]))
        finally:
            await notifier.close()

    asyncio.run(say())

    (arrived,) = bot.arrived
    assert "<script>alert(1)</script>" in arrived.text  # words, not marks
    assert "🙂" in arrived.text
    assert not {"\u202e", "\u2066", "\r"} & set(arrived.text)
