"""A real SMTP server on loopback, with the moods of real ones."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope
from notifiers.email import EmailNotifier
from notifiers.mime import as_bytes
from notifiers.smtp import EmailSettings
from notifiers.verp import ReturnPath

ADDRESS = "dau-moi@so-y-te.example"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


class Post:
    """A mail server's office: answers by address, remembers what it took, has moods after DATA."""

    def __init__(
        self, refuse=None, sender_answer="250 OK", data_answer="250 OK queued as 7F3A", mood="", cut_for=()
    ):
        self.cut_for = cut_for
        self.refuse, self.sender_answer, self.data_answer = refuse or {}, sender_answer, data_answer
        self.mood, self.taken, self.connections, self.logins = mood, [], 0, []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += session.host_name is None
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mood == "tired" and self.taken and self.connections == 1:
            return "421 4.4.2 idle too long"
        if self.sender_answer.startswith("250"):
            envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.mood == "silent":
            await asyncio.sleep(3)
        if self.mood == "cut" or set(envelope.rcpt_tos) & set(self.cut_for):
            server.transport.abort()
        self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
        if self.mood == "idle drop":
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return self.data_answer

    def login(self, server, session, envelope, mechanism, credentials):
        self.logins.append((credentials.login, credentials.password))
        return AuthResult(success=credentials.password == b"mat-khau", handled=False)


@asynccontextmanager
async def serving(post, sender, ssl_context=None, tls=False, **changes):
    """Yield a notifier whose server is `post`."""
    loop = asyncio.get_running_loop()
    options = {"hostname": "thu.example", "enable_SMTPUTF8": False, "loop": loop}
    if changes.get("username"):
        options |= {"authenticator": post.login, "auth_required": True, "auth_require_tls": False}
    if ssl_context and not tls:
        options |= {"tls_context": ssl_context}
    context = ssl_context if tls else None
    server = await loop.create_server(lambda: SMTP(post, **options), "127.0.0.1", 0, ssl=context)
    settings = EmailSettings(
        "127.0.0.1", server.sockets[0].getsockname()[1], sender, security="none", timeout=2
    )
    notifier = EmailNotifier(replace(settings, **changes))
    try:
        yield notifier
    finally:
        await notifier.close()
        server.close()


@pytest.fixture
def sent(sender, letter_of):
    """Return what became of letters sent one after the other: receipts or failures."""

    async def outcomes(post, addresses, letters, pause, options):
        found = []
        async with serving(post, sender, **options) as notifier:
            for address, letter in zip(addresses, letters, strict=True):
                try:
                    found.append(await notifier.send(letter, address))
                except DeliveryFailed as failure:
                    found.append(failure)
                await asyncio.sleep(pause)
        return found

    def run(post, *addresses, pause=0.0, **options):
        letters = [letter_of(key=f"{n}") for n, _ in enumerate(addresses)]
        return asyncio.run(outcomes(post, addresses, letters, pause, options))

    return run


# --- delivered ---------------------------------------------------------------------------


def test_the_server_receives_the_bytes_of_the_letter_and_its_queue_id_is_kept(sent, sender, letter_of):
    post = Post()
    (receipt,) = sent(post, ADDRESS, envelope_from="tra-lai@dondoc.example")

    assert (receipt.state, receipt.provider_id) == ("sent", "OK queued as 7F3A")
    content = as_bytes(letter_of(key="0"), sender, ADDRESS)
    assert post.taken == [("tra-lai@dondoc.example", (ADDRESS,), content)]


def test_one_connection_carries_many_letters(sent):
    post = Post()
    receipts = sent(post, *[ADDRESS] * 5)

    assert [receipt.state for receipt in receipts] == ["sent"] * 5
    assert (post.connections, len(post.taken)) == (1, 5)


@pytest.mark.parametrize("mood", ["idle drop", "tired"])
def test_a_connection_the_server_gave_up_while_idle_is_opened_anew(sent, mood):
    post = Post(mood=mood)
    receipts = sent(post, ADDRESS, ADDRESS, pause=0.1)

    assert [receipt.state for receipt in receipts] == ["sent", "sent"]
    assert (post.connections, len(post.taken)) == (2, 2)


@pytest.fixture
def together(sender, letter_of):
    """Return what became of letters handed over at once, by address."""

    async def outcomes(post, addresses, options):
        async with serving(post, sender, **options) as notifier:
            letters = [letter_of(key=str(n)) for n, _ in enumerate(addresses)]
            sending = (notifier.send(one, address) for one, address in zip(letters, addresses, strict=True))
            return await asyncio.gather(*sending, return_exceptions=True)

    return lambda post, *addresses, **options: asyncio.run(outcomes(post, addresses, options))


@pytest.mark.parametrize("connections", [1, 3])
def test_letters_at_once_share_the_connections_there_are(together, connections):
    post = Post()
    receipts = together(post, *[ADDRESS] * 8, connections=connections)

    assert [receipt.state for receipt in receipts] == ["sent"] * 8
    assert (post.connections, len({content for *_, content in post.taken})) == (connections, 8)


def test_a_cut_touches_only_the_letter_in_hand(together):
    post = Post(cut_for={"cat@x.example"})
    addresses = [ADDRESS, "cat@x.example", *[ADDRESS] * 6]
    outcomes = together(post, *addresses, connections=2)

    assert [type(o).__name__ for o in outcomes] == ["Receipt", "DeliveryUnknown", *["Receipt"] * 6]


def test_the_return_path_is_signed_for_letter_and_address(sent):
    post, path = Post(), ReturnPath("tra-lai.dondoc.example", (b"khoa",))
    sent(post, ADDRESS, return_path=path)

    ((mail_from, _, content),) = post.taken
    returned = path.read(mail_from)
    assert (returned.key, path.is_to(returned, ADDRESS)) == ("0", True)
    assert mail_from.encode() not in content


# --- refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "permanent", "scope", "words"),
    [
        ("421 4.3.2 closing", False, Scope.CHANNEL, "máy chủ thư tạm ngừng phục vụ (421 4.3.2)"),
        ("450 4.2.0 later", False, Scope.CHANNEL, "hộp thư tạm thời chưa nhận được thư (450 4.2.0)"),
        ("451 4.7.1 greylisted", False, Scope.CHANNEL,
         "máy chủ thư hẹn gửi lại sau (danh sách xám) (451 4.7.1)"),
        ("452 4.2.2 full", False, Scope.RECIPIENT, "hộp thư đầy (452 4.2.2)"),
        ("452 4.3.1 disk full", False, Scope.CHANNEL, "máy chủ thư tạm hết chỗ chứa (452 4.3.1)"),
        ("499 strange", False, Scope.CHANNEL, "máy chủ thư tạm thời không nhận (499)"),
        ("550 5.1.1 no such user", True, Scope.RECIPIENT, "hộp thư không tồn tại (550 5.1.1)"),
        ("550 gone", True, Scope.RECIPIENT, "hộp thư không tồn tại (550)"),
        ("550 5.2.1 disabled", True, Scope.RECIPIENT, "hộp thư đã bị khóa (550 5.2.1)"),
        ("551 5.1.6 moved", True, Scope.RECIPIENT,
         "người nhận đã chuyển đi, không để lại địa chỉ (551 5.1.6)"),
        ("552 5.2.2 over quota", False, Scope.RECIPIENT, "hộp thư đầy (552 5.2.2)"),
        ("550 mailbox is full", False, Scope.RECIPIENT, "hộp thư đầy (550)"),
        ("552 5.3.4 too big", True, Scope.CONTENT, "thư quá lớn (552 5.3.4)"),
        ("553 5.1.3 syntax", True, Scope.RECIPIENT, "địa chỉ không hợp lệ (553 5.1.3)"),
        ("550 blocked by spam filter", True, Scope.CONTENT,
         "máy chủ thư từ chối theo chính sách của họ (550)"),
        ("554 5.7.1 denied", True, Scope.CONTENT, "máy chủ thư từ chối theo chính sách của họ (554 5.7.1)"),
        ("554 5.7.1 Relay access denied", False, Scope.CHANNEL,
         "máy chủ thư của mình không chuyển thư ra ngoài (554 5.7.1)"),
        ("530 5.7.0 authentication required", False, Scope.CHANNEL,
         "máy chủ thư đòi đăng nhập hoặc mã hóa (530 5.7.0)"),
        ("550 5.4.1 Recipient address rejected: access denied", False, Scope.CHANNEL,
         "đường đến máy chủ thư của người nhận đang hỏng (550 5.4.1)"),
        ("550 5.4.1 recipient not found", True, Scope.RECIPIENT, "hộp thư không tồn tại (550 5.4.1)"),
        ("554 no", True, Scope.CONTENT, "máy chủ thư từ chối (554)"),
        ("599 strange", True, Scope.CONTENT, "máy chủ thư từ chối (599)"),
        ("450 5.1.1 try again, not sure", False, Scope.RECIPIENT, "hộp thư không tồn tại (450 5.1.1)"),
    ],
)  # fmt: skip
def test_the_reply_says_whether_to_try_again_and_what_it_speaks_of(sent, answer, permanent, scope, words):
    (failure,) = sent(Post(refuse={ADDRESS: answer}), ADDRESS)

    then = "không gửi lại" if permanent else "sẽ gửi lại"
    assert (failure.permanent, failure.scope) == (permanent, scope)
    assert failure.reason == f"thư điện tử: Phó Chánh Văn phòng (Sở Y tế): {words} — {then}"


def test_one_refused_recipient_touches_no_other(sent):
    post = Post(refuse={"het-han@x.example": "550 5.1.1 gone", "cho@x.example": "451 4.3.0 later"})
    outcomes = sent(post, "het-han@x.example", ADDRESS, "cho@x.example", ADDRESS)

    assert [getattr(o, "state", None) or o.permanent for o in outcomes] == [True, "sent", False, "sent"]
    assert post.connections == 1


@pytest.mark.parametrize(
    ("answer", "permanent", "scope"),
    [
        ("452 4.3.1 disk full", False, Scope.CHANNEL),
        ("554 5.6.0 content", True, Scope.CONTENT),
        ("550 5.7.1 spam", True, Scope.CONTENT),
        ("552 message too big", True, Scope.CONTENT),
        ("550 no", True, Scope.CONTENT),
        ("552 5.2.2 over quota", False, Scope.RECIPIENT),
    ],
)
def test_refused_content_is_no_fault_of_the_mailbox(sent, answer, permanent, scope):
    refused, second = sent(Post(data_answer=answer), ADDRESS, ADDRESS)

    assert (refused.permanent, refused.scope, type(refused)) == (permanent, scope, DeliveryFailed)
    assert "không tồn tại" not in refused.reason
    assert second.reason == refused.reason


@pytest.mark.parametrize(
    "address", ["", "khong-co", "a@b.example\r\nRCPT TO:<c@d.example>", "đầu@mối.example"]
)
def test_an_address_no_server_would_take_is_not_tried(sent, address):
    post = Post()
    (failure,) = sent(post, address)

    assert failure.permanent
    assert "không hợp lệ" in failure.reason
    assert post.connections == 0


# --- our own faults: never permanent -----------------------------------------------------


def test_a_refused_sender_says_nothing_about_the_recipient(sent):
    (failure,) = sent(Post(sender_answer="550 5.7.1 not yours"), ADDRESS)

    assert not failure.permanent
    assert "không nhận người gửi (550)" in failure.reason


def test_nobody_listening_is_temporary(sender, letter_of):
    settings = EmailSettings("127.0.0.1", 1, sender, security="none", timeout=1)

    with pytest.raises(
        DeliveryFailed, match=r"không kết nối được máy chủ thư 127\.0\.0\.1:1 — sẽ gửi lại"
    ) as failure:
        asyncio.run(EmailNotifier(settings).send(letter_of(), ADDRESS))
    assert not failure.value.permanent


@pytest.mark.parametrize("mood", ["silent", "cut"])
def test_silence_after_the_content_leaves_the_outcome_unknown(sent, mood):
    (outcome,) = sent(Post(mood=mood), ADDRESS, timeout=1)

    assert isinstance(outcome, DeliveryUnknown)
    assert "chưa rõ thư đã đến hay chưa" in outcome.reason


def test_a_repeat_after_an_unknown_outcome_is_the_same_message(sender, letter_of):
    async def twice(post):
        async with serving(post, sender) as notifier:
            with pytest.raises(DeliveryUnknown):
                await notifier.send(letter_of(), ADDRESS)
            post.mood = ""
            await notifier.send(letter_of(), ADDRESS)

    post = Post(mood="cut")
    asyncio.run(twice(post))

    assert post.taken[0] == post.taken[1]


def test_a_cancelled_send_leaves_no_half_dialogue_behind(sender, letter_of):
    async def cancelled(post):
        async with serving(post, sender) as notifier:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(notifier.send(letter_of(key="1"), ADDRESS), 0.2)
            post.mood = ""
            return await notifier.send(letter_of(key="2"), ADDRESS)

    assert asyncio.run(cancelled(Post(mood="silent"))).state == "sent"


def test_a_notifier_outlives_its_event_loop(sender, letter_of):
    async def once(post, notifier=None):
        async with serving(post, sender) as fresh:
            if notifier:
                notifier._settings = fresh._settings  # the new server has another port
            await (notifier or fresh).send(letter_of(), ADDRESS)
            return notifier or fresh

    post = Post()
    first = asyncio.run(once(post))
    asyncio.run(once(post, first))

    assert len(post.taken) == 2


# --- login and encryption ----------------------------------------------------------------


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "mat-khau"
    path.write_text("mat-khau\n")
    path.chmod(0o600)
    return path


def test_the_password_comes_from_a_file(sent, password_file):
    post = Post()
    (receipt,) = sent(post, ADDRESS, username="don-doc", password_file=password_file)

    assert receipt.state == "sent"
    assert post.logins == [(b"don-doc", b"mat-khau")]


def test_a_refused_login_is_ours_to_mend(sent, password_file):
    password_file.write_text("sai")
    (failure,) = sent(Post(), ADDRESS, username="don-doc", password_file=password_file, timeout=0.5)

    assert not failure.permanent
    assert ADDRESS not in failure.reason


def test_without_a_file_the_password_is_the_one_given_and_is_never_shown(sent):
    post = Post()
    sent(post, ADDRESS, username="don-doc", password="mat-khau")

    assert post.logins == [(b"don-doc", b"mat-khau")]
    assert "mat-khau" not in repr(EmailSettings("x", 1, None, password="mat-khau"))


def test_a_password_others_may_read_is_not_used(sent, password_file):
    password_file.chmod(0o644)
    post = Post()
    (failure,) = sent(post, ADDRESS, username="don-doc", password_file=password_file)

    assert (failure.permanent, post.logins) == (False, [])
    assert "0600" in failure.reason


def test_a_missing_password_file_is_named(sent, tmp_path):
    (failure,) = sent(Post(), ADDRESS, username="don-doc", password_file=tmp_path / "khong-co")

    assert not failure.permanent
    assert "không đọc được tệp" in failure.reason


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of our own for 127.0.0.1: the server's context and the authority's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thu.example")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_letters_travel_encrypted_to_a_server_whose_authority_is_known(sent, certificate, security):
    context, authority = certificate
    options = {"ssl_context": context, "tls": security == "tls", "security": security}
    (receipt,) = sent(Post(), ADDRESS, ca_file=authority, **options)
    (failure,) = sent(Post(), ADDRESS, **options)

    assert receipt.state == "sent"
    assert not failure.permanent


def test_a_server_without_starttls_gets_no_letter_when_encryption_is_asked(sent):
    post = Post()
    (failure,) = sent(post, ADDRESS, security="starttls")

    assert (failure.permanent, post.taken) == (False, [])
