"""Mails as servers and machines send them back, and what each says about an address."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import HANOI
from notifiers.base import Scope
from notifiers.bounces import read_bounce, verdict
from notifiers.verp import ReturnPath

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=HANOI)
PATH = ReturnPath("tra-lai.dondoc.example", (b"khoa",))
KEY, TO = "3f9a6c0d1e2b4f5a6b7c8d9e", "dau-moi@so-y-te.example"
OURS = PATH.of(KEY, TO)
LETTER = f"Return-Path: <{OURS}>\nMessage-ID: <1@dondoc.example>\nSubject: thu\n\nnoi dung 5.7.1\n"


def mail(body, to=OURS, subject="Undelivered Mail Returned to Sender", **headers):
    """Return a plain mail of a server, or with other headers, of anybody."""
    given = {"From": "MAILER-DAEMON@mx.example", "To": to, "Subject": subject} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    if "Content-Type" not in given:
        lines.append("Content-Type: text/plain; charset=utf-8")
    return "\n".join([*lines, "", body]).encode()


def report(*blocks, to=OURS, **headers):
    """Return a report in the standard form."""
    status = "\n\n".join(["Reporting-MTA: dns; mx.example", *blocks])
    body = (
        "--b\nContent-Type: text/plain\n\nThis is the mail system.\n\n"
        f"--b\nContent-Type: message/delivery-status\n\n{status}\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{LETTER}\n--b--\n"
    )
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    return mail(body, to, **({"Content_Type": kind} | headers))


def block(status="5.1.1", said="smtp; 550 5.1.1 no such user", action="failed", recipient=TO):
    return (
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {said}"
    )


def heard(octets):
    return read_bounce(octets, PATH, NOW)


# --- the standard form --------------------------------------------------------------------


def test_a_report_names_the_letter_the_address_and_what_the_server_said():
    found = heard(report(block()))

    assert (found.kind, found.state, found.about, found.address) == ("receipt", "failed", KEY, TO)
    assert found.text == "5.1.1 550 no such user"
    assert PATH.is_to(PATH.read(OURS), found.address)
    assert found.token == PATH.read(OURS).tag


DEAD, SOFT, NOTHING = (True, Scope.RECIPIENT), (False, Scope.RECIPIENT), (True, Scope.CONTENT)
PASSING = (False, Scope.CHANNEL)


@pytest.mark.parametrize(
    ("status", "said", "means"),
    [
        ("5.1.1", "smtp; 550 5.1.1 no such user", DEAD),
        ("5.0.0", "smtp; 550 5.1.1 no such user", DEAD),
        ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", DEAD),
        ("5.0.0", "smtp; 554 delivery error: This user doesn't have a yahoo.example account", DEAD),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", SOFT),
        ("5.0.0", "smtp; 550 Mailbox is full / Hộp thư đã đầy", SOFT),
        ("4.2.2", "smtp; 452 4.2.2 over quota", SOFT),
        ("4.4.7", "smtp; 421 delivery time expired", PASSING),
        ("4.4.1", "X-Postfix; connect to mx.example[192.0.2.5]:25: Connection timed out", PASSING),
        ("5.7.1", "smtp; 550 5.7.1 rejected as spam", NOTHING),
        ("5.7.26", "smtp; 550-5.7.26 This mail is unauthenticated", NOTHING),
        ("5.3.4", "smtp; 552 5.3.4 message too big", NOTHING),
        ("5.0.0", "smtp; 550 listed at a block list, user unknown to you", NOTHING),
        ("5.0.0", "", NOTHING),
        ("", "", NOTHING),
    ],
)
def test_only_what_is_surely_said_of_a_mailbox_counts_against_it(status, said, means):
    found = heard(report(block(status, said)))
    answer = verdict(found.text)

    assert found.state == "failed"
    assert (answer.permanent, answer.scope) == means


def test_of_several_recipients_the_one_that_failed_is_meant():
    found = heard(report(block("2.0.0", "", "delivered", "a@x.example"), block(recipient="b@x.example")))

    assert (found.state, found.address) == ("failed", "b@x.example")


def test_the_address_we_wrote_to_comes_before_the_one_it_was_forwarded_to():
    forwarded = f"Original-Recipient: rfc822;{TO}\n" + block(recipient="noi-khac@x.example")

    assert heard(report(forwarded)).address == TO


def test_a_delivery_is_heard_and_a_delay_is_only_noted():
    assert heard(report(block("2.0.0", "", "delivered"))).state == "delivered"
    for action in ("delayed", "relayed", "expanded"):
        found = heard(report(block("4.4.1", "smtp; 451 later", action)))
        assert (found.kind, found.state, found.about) == ("other", "", KEY)


def test_a_report_of_having_been_read_changes_nothing():
    kind = 'multipart/report; report-type=disposition-notification; boundary="b"'
    found = heard(report(block(), Content_Type=kind))

    assert (found.kind, found.text) == ("other", "báo đã mở thư")


# --- the forms of old servers -------------------------------------------------------------

POSTFIX = f"""This is the mail system at host mx.example.

<{TO}>: host mx2.example[203.0.113.7] said: 550 5.1.1
    <{TO}>: Recipient address rejected: User unknown (in reply to RCPT TO command)
"""
QMAIL = f"""Hi. This is the qmail-send program at x.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{TO}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{LETTER}"""
EXIM = f"""A message that you sent could not be delivered to one or more of its recipients.

  {TO}
    host mx.example [203.0.113.7]
    SMTP error from remote mail server after RCPT TO:<{TO}>:
    550 No such user here, Exim 4.94.2
"""
VIETNAMESE = f"""Thư của bạn không gửi được tới người nhận sau:

<{TO}>: hộp thư không tồn tại trên hệ thống
"""


@pytest.mark.parametrize(
    ("octets", "means"),
    [
        (mail(POSTFIX), DEAD),
        (mail(QMAIL, subject="failure notice"), DEAD),
        (mail(EXIM, subject="Mail delivery failed", X_Failed_Recipients=TO), DEAD),
        (mail(VIETNAMESE, subject="Thư bị trả lại"), DEAD),
        (mail(POSTFIX.replace("5.1.1", "5.2.2").replace("User unknown", "full")), SOFT),
        (mail(POSTFIX.replace("550 5.1.1", "").replace("User unknown", "strange")), NOTHING),
        (mail("<p>Không gửi được.</p><p>&lt;" + TO + "&gt;: 550 5.1.1 unknown</p>",
              Content_Type="text/html; charset=utf-8"), DEAD),
    ],
)  # fmt: skip
def test_bounces_of_other_forms_are_read_by_their_words(octets, means):
    found = heard(octets)
    answer = verdict(found.text)

    assert (found.state, found.about) == ("failed", KEY)
    assert (answer.permanent, answer.scope) == means
    assert found.address in (TO, "")


def test_our_own_letter_below_a_bounce_is_not_what_the_server_said():
    assert "5.7.1" not in heard(mail(QMAIL.replace("(#5.1.1)", ""), subject="failure notice")).text


# --- what says nothing about an address ---------------------------------------------------

OFFICE = "Tôi đi công tác đến 20/3, việc gấp xin liên hệ phòng Tổng hợp. Thư báo lỗi 5.1.1 không phải."


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (mail(OFFICE, subject="Re: việc", From="lan@x.example", Auto_Submitted="auto-replied"), "tự động"),
        (mail(OFFICE, subject="Trả lời tự động: nhắc việc", From="lan@x.example"), "tự động"),
        (mail(OFFICE, subject="Vắng mặt: nghỉ phép", From="lan@x.example", Return_Path="<>"), "tự động"),
        (mail(OFFICE, subject="Automatic reply: x", From="lan@x.example", Return_Path="<>"), "tự động"),
        (mail(OFFICE, subject="Re: nhắc việc", From="lan@x.example", X_Autoreply="yes"), "tự động"),
        (mail(OFFICE, subject="Re: nhắc việc", From="Lan <lan@x.example>"), "thư của người"),
        (mail("Delayed 4 hours, we will be retrying. 451 4.4.1", subject="Warning: delayed"), "báo chậm"),
        (mail("Máy chủ sẽ thử gửi lại trong 3 ngày.", subject="Thư bị trì hoãn"), "báo chậm"),
        (mail("Please confirm that you sent this message.", From="guard@x.example"), "xác minh"),
        (mail("Bấm để xác minh người gửi.", subject="Xác minh người gửi", From="loc@x.example"), "xác minh"),
        (mail(POSTFIX, to="bounce@tra-lai.dondoc.example"), "không phải của thư nào"),
        (mail(POSTFIX, to=OURS.replace(KEY, "0" * 24)), "không phải của thư nào"),
        (mail(POSTFIX, to="ai-do@dondoc.example"), "không phải của thư nào"),
        (b"", "không phải của thư nào"),
    ],
)  # fmt: skip
def test_machines_delays_challenges_and_forgeries_count_against_nobody(octets, why):
    found = heard(octets)

    assert (found.kind, found.state) == ("other", "")
    assert why in found.text


def test_the_return_path_is_found_in_the_envelope_headers_and_in_the_returned_letter():
    for headers in ({"Delivered_To": OURS}, {"X_Original_To": OURS}, {"Envelope_To": f"<{OURS}>"}):
        assert heard(mail(POSTFIX, to="postmaster@dondoc.example", **headers)).about == KEY
    assert heard(report(block(), to="undisclosed-recipients:;")).about == KEY


def test_the_same_mail_is_the_same_news_and_another_is_not():
    first, again, other = heard(report(block())), heard(report(block())), heard(report(block("5.2.1")))

    assert first.id == again.id != other.id


# --- hostile mail -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "octets",
    [
        b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n" * 5000,
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)),
        report("Action: " + "failed " * 50_000),
        report(block(said="=?nonsense?q?=ff=fe?=")),
        mail(POSTFIX, Content_Type="text/plain; charset=khong-co"),
        mail("<" * 200_000, subject="Undeliverable", Content_Type="text/html"),
        mail(("user " * 40_000) + "unknown"),
    ],
)
def test_a_hostile_mail_is_read_or_put_aside_soon(octets):
    assert heard(octets).kind in {"receipt", "other"}


@given(st.binary(max_size=300))
def test_any_bytes_are_taken(octets):
    assert heard(octets).kind == "other"


@given(st.text(max_size=100))
def test_any_words_have_a_verdict(said):
    answer = verdict(said)

    assert answer.words
