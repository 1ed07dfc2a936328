"""How does one letter get through one connection to a mail server?

A connection is kept and opened anew once when the server has dropped it. Faults of the
connection, the login or the sender are ours and temporary: they say nothing about the
recipient. What the server answers about the recipient or the content is read from a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from errno import EACCES
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
from notifiers.mail_codes import Answer, enhanced_in, meaning_of
from notifiers.mime import Sender
from notifiers.verp import ReturnPath
from notifiers.words import plain


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """How to reach the mail server.

    Bounces come back to the signed `return_path`, else to `envelope_from`, else to the sender.
    """

    host: str
    port: int
    sender: Sender
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password_file: Path | None = None
    password: str = field(default="", repr=False)  # from the environment, where there is no file
    envelope_from: str = ""
    return_path: ReturnPath | None = None
    ca_file: Path | None = None  # for an authority of one's own
    connections: int = 1  # as many letters may come twice when this machine dies at the worst moment
    timeout: float = 15.0


class Connection:
    """One dialogue with the mail server, for one letter after the other."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._client: SMTP | None = None

    async def send(self, letter: Letter, address: str, octets: bytes) -> Receipt:
        """Return the receipt once the server has taken the letter; a refusal concerns this letter only."""
        try:
            client = await self._announced(letter, address)
            return await self._handed_over(client, letter, octets)
        except DeliveryFailed:
            await self._clear()
            raise
        except BaseException:
            self.drop()  # cancelled half-way: the dialogue cannot be taken up again
            raise

    async def close(self) -> None:
        """Say goodbye; the next letter opens a new connection."""
        if self._client is not None:
            try:
                await self._client.quit()
            except (SMTPException, OSError):
                self._client.close()
        self._client = None

    def drop(self) -> None:
        """Close without a word."""
        if self._client is not None:
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
            self.drop()
            return await self._envelope(letter, address)

    async def _envelope(self, letter: Letter, address: str) -> SMTP:
        try:
            client = await self._connected()
            await client.mail(self._bounces_to(letter, address))
            await client.rcpt(address)
        except SMTPRecipientRefused as error:
            raise _refused(letter, error, of_content=False) from error
        except (SMTPException, OSError) as error:
            self.drop()
            raise failed(letter, _our_fault(error, self._settings)) from error
        return client

    async def _handed_over(self, client: SMTP, letter: Letter, octets: bytes) -> Receipt:
        """Return the receipt; silence or a cut from here on leaves the outcome unknown."""
        try:
            reply = await client.data(octets)
        except SMTPDataError as error:
            raise _refused(letter, error, of_content=True) from error
        except (SMTPException, OSError) as error:
            self.drop()
            why = "máy chủ thư không trả lời sau khi nhận nội dung — chưa rõ thư đã đến hay chưa"
            raise DeliveryUnknown(f"{_concerning(letter)}: {why}") from error
        return Receipt(provider_id=plain(reply.message)[:200] or letter.message_id, state="sent")

    def _bounces_to(self, letter: Letter, address: str) -> str:
        signed = self._settings.return_path
        if signed is not None:
            return signed.of(letter.key, address)
        return self._settings.envelope_from or self._settings.sender.address

    async def _connected(self) -> SMTP:
        if self._client is None or not self._client.is_connected:
            client = self._new_client()
            await client.connect()
            self._client = client
        return self._client

    def _new_client(self) -> SMTP:
        wanted = self._settings
        return SMTP(
            hostname=wanted.host,
            port=wanted.port,
            use_tls=wanted.security == "tls",
            start_tls=wanted.security == "starttls",
            username=wanted.username or None,
            password=_password(wanted) if wanted.username else None,
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
                self.drop()


def failed(letter: Letter, answer: Answer, code: str = "") -> DeliveryFailed:
    """Return what became of a letter by the meaning of an answer, in words without personal data."""
    shown = f"{answer.words} ({code})" if code else answer.words
    then = "không gửi lại" if answer.permanent else "sẽ gửi lại"
    return DeliveryFailed(
        f"{_concerning(letter)}: {shown} — {then}",
        permanent=answer.permanent,
        retry_after=answer.retry_after,
        scope=answer.scope,
    )


def _password(settings: EmailSettings) -> str:
    """Return the password; raises PermissionError for a file that others may read."""
    file = settings.password_file
    if file is None:
        return settings.password
    if file.stat().st_mode & 0o077:
        raise PermissionError(EACCES, "others may read it", str(file))
    return file.read_text(encoding="utf-8").rstrip("\r\n")


def _refused(letter: Letter, error: SMTPResponseException, *, of_content: bool) -> DeliveryFailed:
    answer = meaning_of(error.code, error.message, of_content=of_content)
    return failed(letter, answer, f"{error.code} {enhanced_in(error.message)}".strip())


def _our_fault(error: Exception, settings: EmailSettings) -> Answer:
    """Return what to say when the way to the server is at fault; never permanent."""
    server = f"{settings.host}:{settings.port}"
    code = f" ({error.code})" if isinstance(error, SMTPResponseException) else ""
    if isinstance(error, SMTPAuthenticationError):
        return Answer(False, f"máy chủ thư {server} từ chối đăng nhập{code}")
    if isinstance(error, SMTPSenderRefused):
        return Answer(False, f"máy chủ thư {server} không nhận người gửi{code}")
    if isinstance(error, FileNotFoundError | PermissionError):
        return Answer(False, f"không đọc được tệp '{error.filename}', hoặc nó không ở quyền 0600")
    if isinstance(error, aiosmtplib.SMTPTimeoutError):
        return Answer(False, f"máy chủ thư {server} không trả lời trong {settings.timeout:g} giây")
    return Answer(False, f"không kết nối được máy chủ thư {server}{code}")


def _is_dropped(error: BaseException | None) -> bool:
    """Whether the server had closed a kept connection, as servers do with idle ones."""
    closing = isinstance(error, SMTPResponseException) and error.code == 421
    return closing or isinstance(error, SMTPServerDisconnected)


def _concerning(letter: Letter) -> str:
    """Return which letter it was, by post and unit: no personal data in reasons."""
    return f"thư điện tử: {plain(letter.recipient.title)} ({plain(letter.recipient.unit.name)})"
