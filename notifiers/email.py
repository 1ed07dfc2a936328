"""What became of a letter handed to a mail server?

One connection is kept and opened anew once when the server has dropped it. Faults of the
connection, the login or the sender are ours and temporary: they say nothing about the
recipient. What the server answers about the recipient or the content is read from a table.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from notifiers.base import DeliveryFailed, DeliveryUnknown, Letter, Receipt
from notifiers.mime import Sender, as_bytes, is_address
from notifiers.words import plain


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply code of a mail server means for this letter."""

    permanent: bool
    words: str


ANSWERS = {
    421: Answer(False, "máy chủ thư tạm ngừng phục vụ"),
    450: Answer(False, "hộp thư tạm thời chưa nhận được thư"),
    451: Answer(False, "máy chủ thư gặp lỗi tạm thời"),
    452: Answer(False, "máy chủ thư tạm hết chỗ chứa"),
    530: Answer(False, "máy chủ thư đòi đăng nhập"),
    535: Answer(False, "máy chủ thư từ chối đăng nhập"),
    550: Answer(True, "hộp thư không tồn tại"),
    551: Answer(True, "người nhận không thuộc máy chủ thư này"),
    552: Answer(True, "hộp thư đầy hoặc thư quá lớn"),
    553: Answer(True, "địa chỉ không hợp lệ"),
    554: Answer(True, "máy chủ thư từ chối"),
}
OTHER_TEMPORARY = Answer(False, "máy chủ thư tạm thời không nhận")
OTHER_PERMANENT = Answer(True, "máy chủ thư từ chối")
CONTENT_REFUSED = Answer(True, "máy chủ thư từ chối nội dung thư")


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """How to reach the mail server; `envelope_from` takes the bounces, else the sender's address does."""

    host: str
    port: int
    sender: Sender
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password_file: Path | None = None
    envelope_from: str = ""
    ca_file: Path | None = None  # for an authority of one's own
    timeout: float = field(default=15.0)


class EmailNotifier:
    """Sends letters through one mail server, one after the other."""

    channel = "email"
    batch = 1
    repeats_safely = True

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._client: SMTP | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt once the server has taken the letter; a refusal concerns this letter only."""
        if not is_address(address):
            raise _failed(letter, Answer(True, f"địa chỉ '{plain(address)}' không hợp lệ"))
        octets = as_bytes(letter, self._settings.sender, address)
        self._adopt_loop()
        async with self._lock:
            try:
                client = await self._announced(letter, address)
                return await self._handed_over(client, letter, octets)
            except DeliveryFailed:
                await self._clear()
                raise
            except BaseException:
                self._drop()  # cancelled half-way: the dialogue cannot be taken up again
                raise

    async def close(self) -> None:
        """Say goodbye to the server; the next letter opens a new connection."""
        if self._client is not None and self._loop is asyncio.get_running_loop():
            try:
                await self._client.quit()
            except (SMTPException, OSError):
                self._client.close()
        self._client = None

    async def _announced(self, letter: Letter, address: str) -> SMTP:
        """Return a connection on which sender and recipient have been accepted.

        Nothing has been handed over yet, so a connection found dead may be replaced once.
        """
        kept = self._client is not None and self._client.is_connected
        try:
            return await self._envelope(letter, address)
        except DeliveryFailed as failure:
            if not (kept and _is_dropped(failure.__cause__)):
                raise
            self._drop()
            return await self._envelope(letter, address)

    async def _envelope(self, letter: Letter, address: str) -> SMTP:
        try:
            client = await self._connected()
            await client.mail(self._settings.envelope_from or self._settings.sender.address)
            await client.rcpt(address)
        except SMTPRecipientRefused as error:
            raise _failed(letter, _answer(error), error.code) from error
        except (SMTPException, OSError) as error:
            self._drop()
            raise _failed(letter, _our_fault(error, self._settings)) from error
        return client

    async def _handed_over(self, client: SMTP, letter: Letter, octets: bytes) -> Receipt:
        """Return the receipt; silence or a cut from here on leaves the outcome unknown."""
        try:
            reply = await client.data(octets)
        except SMTPDataError as error:
            raise _failed(letter, _answer(error), error.code) from error
        except (SMTPException, OSError) as error:
            self._drop()
            why = "máy chủ thư không trả lời sau khi nhận nội dung — chưa rõ thư đã đến hay chưa"
            raise DeliveryUnknown(f"{_concerning(letter)}: {why}") from error
        return Receipt(provider_id=plain(reply.message)[:200] or letter.message_id, state="sent")

    async def _connected(self) -> SMTP:
        if self._client is None or not self._client.is_connected:
            client = self._new_client()
            await client.connect()
            self._client = client
        return self._client

    def _new_client(self) -> SMTP:
        wanted = self._settings
        file = wanted.password_file
        password = file.read_text(encoding="utf-8").rstrip("\r\n") if file and wanted.username else None
        return SMTP(
            hostname=wanted.host,
            port=wanted.port,
            use_tls=wanted.security == "tls",
            start_tls=wanted.security == "starttls",
            username=wanted.username or None,
            password=password,
            cert_bundle=str(wanted.ca_file) if wanted.ca_file else None,
            local_hostname=wanted.sender.address.rpartition("@")[2],
            timeout=wanted.timeout,
        )

    async def _clear(self) -> None:
        """Make the connection ready for the next letter after a refusal."""
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.rset()
            except (SMTPException, OSError):
                self._drop()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    def _adopt_loop(self) -> None:
        """Forget a connection that belongs to an event loop that is gone."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._client, self._loop, self._lock = None, loop, asyncio.Lock()


def _answer(error: SMTPResponseException) -> Answer:
    known = ANSWERS.get(error.code)
    if isinstance(error, SMTPDataError) and error.code >= 500 and (known is None or known.permanent):
        return CONTENT_REFUSED
    return known or (OTHER_PERMANENT if error.code >= 500 else OTHER_TEMPORARY)


def _our_fault(error: Exception, settings: EmailSettings) -> Answer:
    """Return what to say when the way to the server is at fault; never permanent."""
    server = f"{settings.host}:{settings.port}"
    code = f" ({error.code})" if isinstance(error, SMTPResponseException) else ""
    if isinstance(error, SMTPAuthenticationError):
        return Answer(False, f"máy chủ thư {server} từ chối đăng nhập{code}")
    if isinstance(error, SMTPSenderRefused):
        return Answer(False, f"máy chủ thư {server} không nhận người gửi{code}")
    if isinstance(error, FileNotFoundError | PermissionError):
        return Answer(False, f"không đọc được tệp '{error.filename}'")
    if isinstance(error, aiosmtplib.SMTPTimeoutError):
        return Answer(False, f"máy chủ thư {server} không trả lời trong {settings.timeout:g} giây")
    return Answer(False, f"không kết nối được máy chủ thư {server}{code}")


def _is_dropped(error: BaseException | None) -> bool:
    """Whether the server had closed a kept connection, as servers do with idle ones."""
    closing = isinstance(error, SMTPResponseException) and error.code == 421
    return closing or isinstance(error, SMTPServerDisconnected)


def _failed(letter: Letter, answer: Answer, code: int | None = None) -> DeliveryFailed:
    shown = f"{answer.words} ({code})" if code else answer.words
    then = "không gửi lại" if answer.permanent else "sẽ gửi lại"
    return DeliveryFailed(f"{_concerning(letter)}: {shown} — {then}", permanent=answer.permanent)


def _concerning(letter: Letter) -> str:
    """Return which letter it was, by post and unit: no personal data in reasons."""
    return f"thư điện tử: {plain(letter.recipient.title)} ({plain(letter.recipient.unit.name)})"
