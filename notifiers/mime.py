"""Which bytes does a letter travel as?

Assembled here rather than by `email.message.EmailMessage`, which loses blanks in Vietnamese
subjects on the Pythons we support (python/cpython#144156) and takes ten times as long. The
same letter gives the same bytes on every retry, boundaries and Message-ID included.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from email.utils import format_datetime

from engine.model import HANOI
from notifiers.base import Attachment, Letter
from notifiers.ics import as_calendar
from notifiers.words import plain

_SAFE_TEXT = re.compile(r"[ -~]{0,60}")
_SAFE_NAME = re.compile(r"[A-Za-z0-9 ]{0,60}")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_MOST_OCTETS = 45  # what 60 characters of base64 hold: with its frame a word of 72


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose name the letters carry and where answers go."""

    name: str
    address: str
    reply_to: str = ""
    list_id: str = ""  # "dondoc.example"; the sender's domain when empty


def as_bytes(letter: Letter, sender: Sender, to: str = "") -> bytes:
    """Return the message in RFC 5322 form, for `to` or else the recipient's e-mail address."""
    mark = hashlib.sha256(f"boundary {letter.key}".encode()).hexdigest()[:24]
    outer, inner = f"=_dondoc_{mark}_1", f"=_dondoc_{mark}_2"  # "=_" cannot occur in base64
    alternative = _multipart(inner, [_text("plain", letter.text), _text("html", letter.html)])
    parts = [_typed(f'multipart/alternative; boundary="{inner}"') + alternative]
    if letter.ics:
        parts.append(_calendar(as_calendar(letter.ics, letter.at)))
    parts += map(_file, letter.attachments)
    head = [*_headers(letter, sender, to), "MIME-Version: 1.0"]
    head.append(f'Content-Type: multipart/mixed; boundary="{outer}"')
    return "".join(f"{line}\r\n" for line in head).encode() + b"\r\n" + _multipart(outer, parts)


def is_address(text: str) -> bool:
    """Whether `text` is an address every mail server accepts: ASCII, no quoting, nothing to inject."""
    return _ADDRESS.fullmatch(text) is not None


def encoded(text: str, used: int = 0) -> str:
    """Return `text` as RFC 2047 words of whole characters, `used` columns of the line being taken.

    No word is longer than 75 characters and no line longer than 76.
    """
    words, chunk, room = [], b"", (76 - used - 12) // 4 * 3
    for character in text:
        octets = character.encode()
        if len(chunk) + len(octets) > min(room, _MOST_OCTETS):
            words.append(chunk)
            chunk, room = b"", _MOST_OCTETS
        chunk += octets
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in words)


def _headers(letter: Letter, sender: Sender, to: str) -> list[str]:
    domain = sender.address.rpartition("@")[2]
    headers = [
        _mailbox("From", sender.name, sender.address),
        _mailbox("To", letter.recipient.person, to or letter.recipient.addresses["email"]),
        _subject(letter.subject),
        f"Date: {format_datetime(letter.at.astimezone(HANOI))}",
        f"Message-ID: {letter.message_id}",
        f"List-Id: <{sender.list_id or domain}>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    ]
    if sender.reply_to:
        headers.append(_mailbox("Reply-To", "", sender.reply_to))
    if letter.thread:
        headers += [f"In-Reply-To: {letter.thread}", f"References: {letter.thread}"]
    return headers


def _subject(text: str) -> str:
    clean = plain(text)
    safe = _SAFE_TEXT.fullmatch(clean) and "=?" not in clean
    return f"Subject: {clean if safe else encoded(clean, len('Subject: '))}"


def _mailbox(header: str, name: str, address: str) -> str:
    """Return `header: name <address>`; raises ValueError for an address that could break out."""
    if not is_address(address):
        raise ValueError(f"địa chỉ thư điện tử không dùng được: '{address}'")
    clean = plain(name)
    if not clean:
        return f"{header}: {address}"
    shown = f'"{clean}"' if _SAFE_NAME.fullmatch(clean) else encoded(clean, len(header) + 2)
    return f"{header}: {shown}\r\n <{address}>"


def _multipart(boundary: str, parts: list[bytes]) -> bytes:
    opened = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return opened + b"--" + boundary.encode() + b"--\r\n"


def _typed(content_type: str, *more: str) -> bytes:
    lines = [f"Content-Type: {content_type}", *more]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def _text(subtype: str, text: str) -> bytes:
    head = _typed(f"text/{subtype}; charset=utf-8", "Content-Transfer-Encoding: base64")
    return head + _base64(text.replace("\n", "\r\n").encode())


def _calendar(calendar: bytes) -> bytes:
    head = _typed(
        'text/calendar; charset=utf-8; method=PUBLISH; name="han.ics"',
        "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="han.ics"',
    )
    return head + _base64(calendar)


def _file(attachment: Attachment) -> bytes:
    name = re.sub(r"[^A-Za-z0-9._-]", "-", attachment.name)
    head = _typed(
        f'{attachment.media_type}; name="{name}"',
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{name}"',
    )
    return head + _base64(attachment.octets)


def _base64(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")
