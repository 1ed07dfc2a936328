"""What can be read of a mail that strangers wrote?

Nothing here trusts its length, its depth, its encodings or its headers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from html import unescape

from notifiers.words import plain

_MOST_PARTS, _MOST_TEXT = 100, 200_000
_TAGS = re.compile(r"<[^>@]{1,500}>")


def delivered_to(mail: Message) -> str:
    """Return to whom the mail was delivered: the headers servers write the envelope into."""
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
    return "\n".join(str(value) for name in names for value in mail.get_all(name, []))


def all_text(mail: Message, octets: bytes) -> str:
    """Return everything readable, the letter a report gives back included, as it came and decoded."""
    leaves = [part.get_payload(decode=True) for part in parts_of(mail) if not part.is_multipart()]
    decoded = [leaf for leaf in leaves if isinstance(leaf, bytes)]
    return "\n".join(piece[:_MOST_TEXT].decode("ascii", "ignore") for piece in [octets, *decoded])


def parts_of(mail: Message) -> Iterator[Message]:
    for n, part in enumerate(mail.walk()):
        if n >= _MOST_PARTS:
            return
        yield part


def own_text(mail: Message) -> str:
    """Return the readable text of a mail's own parts, without the letter it gives back."""
    found: list[str] = []
    for part in _own(mail):
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                text = _decoded(payload[:_MOST_TEXT], part.get_content_charset())
                found.append(unescape(_TAGS.sub(" ", text)) if part.get_content_subtype() == "html" else text)
    return "\n".join(found)[:_MOST_TEXT]


def _own(mail: Message) -> Iterator[Message]:
    """Return the parts of a mail that are not inside a returned message."""
    waiting, seen = [mail], 0
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        if part.get_content_maintype() == "message" or part.get_content_type() == "text/rfc822-headers":
            continue
        yield part
        inner = part.get_payload()
        if part.is_multipart() and isinstance(inner, list):
            waiting += [one for one in inner if isinstance(one, Message)]


def _decoded(octets: bytes, charset: str | None) -> str:
    try:
        return octets.decode(charset or "utf-8", "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")


def header(mail: Message, name: str) -> str:
    """Return a header as it reads, encoded or in bare UTF-8 as some servers write it; "" without it."""
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    value = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return plain(str(make_header(decode_header(value))))
    except Exception:  # an encoding nobody knows: the words as they stand
        return plain(value)
