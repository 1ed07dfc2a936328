"""Case 60: who is told when a post has no channel, when deputies name each other, when leave ends at noon.

The contact book is the shipped one with a few lines written as an administrator would write them.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from engine.contacts import read_contacts
from engine.problems import Problem
from engine.rulebook import read_rulebook
from notifiers.mime import Sender
from notifiers.smtp import EmailSettings
from tests.guarantee.world import CONFIG, ScriptedNotifier, a_row, at, bring, is_verified, rows_of
from usecases.configuration import WARNINGS
from usecases.deliver import pump
from usecases.look import report_silence
from usecases.reach import reach_of_everybody
from usecases.remind import tick
from usecases.wiring import Office

DUE = at("2025-09-30")
RULES = """\
policies:
  - id: ngan
    steps:
      - {id: den-han, on: ngày hết hạn, to: contact, via: [email]}
rules:
  - {id: tat-ca, policy: ngan}
"""
CONTACT = "  - {unit: SYT, role: contact, title: Đầu mối, person: {name: Người A%s}%s}"
DEPUTY = (
    "  - {unit: SYT, role: deputy, title: Phó Giám đốc, person: {name: Người B, email: b@tinh.example}%s}"
)


class Mail(ScriptedNotifier):
    channel = "email"


@pytest.fixture
def mail(office: Office) -> Mail:
    """The mail of an office where one task of Sở Y tế falls due."""
    mail = Mail()
    rulebook, _ = read_rulebook({"r.yml": RULES})
    sender = Sender("Đôn đốc", "don-doc@dondoc.example", "tra-loi@dondoc.example")
    channels = replace(office.channels, mailbox=False, email=EmailSettings("127.0.0.1", 25, sender))
    world = replace(office.world, rulebook=rulebook, channels=frozenset({"email"}))
    office.__dict__.update(rulebook=rulebook, channels=channels, world=world, notifiers={"email": mail})
    bring(office, [a_row(1, "30/9/2025")])
    return mail


def people(office: Office, *lines: str) -> list[Problem]:
    """Write the lines instead of the contact of Sở Y tế; return what is said of the file."""
    shipped = (CONFIG / "people.yml").read_text("utf-8").splitlines()
    kept = [line for line in shipped if "unit: SYT, role: contact" not in line]
    contacts, problems = read_contacts("\n".join([*kept, *lines]), "people.yml", office.directory)
    office.__dict__.update(contacts=contacts, world=replace(office.world, contacts=contacts))
    return problems


def leave(since: str, until: str, deputy: str) -> str:
    return f", away: [{{from: {since}, to: {until}, deputy: {deputy}}}]"


def sent(office: Office, now: datetime) -> list[tuple[str, datetime]]:
    tick(office, DUE)
    asyncio.run(pump(office, now))
    assert is_verified(office)
    return [(letter.address, letter.letter.at) for letter in office.notifiers["email"].sent]


def test_60_a_contact_without_a_channel_is_silent_with_a_reason_and_listed(office, mail):
    assert people(office, CONTACT % ("", "")) == []
    assert sent(office, DUE) == []

    assert rows_of(office, "SELECT state, suppression FROM reminder WHERE step = 'den-han'") == [
        ("suppressed", "no_channel")
    ]
    assert [str(row.reason) for row in report_silence(office, DUE).rows] == ["no_channel"]
    (reach,) = [one for one in reach_of_everybody(office, DUE) if one.post == "SYT/contact"]
    assert reach.why == "không kênh nào đang mở tới được: chưa ghi địa chỉ, chưa nối cuộc trò chuyện nào"


def test_60_deputies_who_name_each_other_are_told_in_the_check_and_the_letter_still_leaves(office, mail):
    problems = people(
        office,
        CONTACT % (", email: a@tinh.example", leave("2025-09-29", "2025-10-03", "SYT/deputy")),
        DEPUTY % leave("2025-09-30", "2025-10-03", "SYT/contact"),
    )

    assert {problem.code for problem in problems} == {"no-deputy"} <= WARNINGS
    assert [address for address, _ in sent(office, DUE)] == ["a@tinh.example"]


def test_60_in_a_circle_whoever_is_there_is_told(office, mail):
    problems = people(
        office,
        CONTACT % (", email: a@tinh.example", leave("2025-09-29", "2025-10-03", "SYT/deputy")),
        DEPUTY % leave("2025-10-06", "2025-10-10", "SYT/contact"),
    )

    assert problems == []
    assert [address for address, _ in sent(office, DUE)] == ["b@tinh.example"]
    assert "Phó Giám đốc (nhận thay Đầu mối)" in mail.sent[0].said


@pytest.mark.parametrize(
    ("now", "address"), [("2025-09-30 12:00", "b@tinh.example"), ("2025-09-30 13:30", "a@tinh.example")]
)
def test_60_a_leave_that_ends_at_noon_counts_at_the_moment_of_sending(office, mail, now, address):
    until_noon = leave("2025-09-29", "2025-09-30 12:00", "SYT/deputy")
    problems = people(office, CONTACT % (", email: a@tinh.example", until_noon), DEPUTY % "")

    assert problems == []
    assert [to for to, _ in sent(office, at(now))] == [address]
    ((post, person),) = rows_of(office, "SELECT post, person FROM message")
    assert post == "SYT/contact"
    assert person == {"a": "Người A", "b": "Người B"}[address[0]]
