"""Which door does a link open, and did this machine make it?

A link carries a purpose and a nonce, signed; what stands behind it is asked in the database. It
is no login: whoever holds it is the bearer of one letter and nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, Serializer, URLSafeSerializer
from itsdangerous.encoding import base64_encode

VERSION = 1
PAGE = "page"
LONGEST = 200  # characters of a token that are looked at
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")


class Reason(StrEnum):
    """Why a link opens nothing."""

    UNREADABLE = "unreadable"  # changed on the way, for another purpose, of a key that is gone
    UNKNOWN = "unknown"  # signed well, and nothing stands behind it any more
    EXPIRED = "expired"
    REASSIGNED = "reassigned"  # whoever it was given to holds the post no longer
    CLOSED = "closed"  # the work is over, or the door was shut: nothing can be answered here any more


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link says: a purpose and the secret by which its door is found."""

    purpose: str
    nonce: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A link that opens nothing, and why."""

    reason: Reason


class Signer:
    """Signs with the first of `keys` and knows what any of them signed; purposes are kept apart."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)
        self._made: dict[str, tuple[URLSafeSerializer, ...]] = {}

    def signed(self, purpose: str, nonce: str) -> str:
        """Return the token for a link; the same token every time."""
        token = self._of(purpose)[0].dumps([VERSION, purpose, nonce])
        return token if isinstance(token, str) else token.decode()

    def read_link(self, token: object, purpose: str = PAGE) -> Opened | Refusal:
        """Return what `token` says; never raises, whatever a stranger sends in its place.

        Only the one spelling that was signed is taken: base64 lets the last character of a
        signature be written in four ways, and each would count as a token of its own.
        """
        if isinstance(token, str) and len(token) <= LONGEST and token.isascii():
            for serializer in self._of(purpose):
                if opened := _read(serializer, token, purpose):
                    return opened
        return Refusal(Reason.UNREADABLE)

    def _of(self, purpose: str) -> tuple[URLSafeSerializer, ...]:
        if purpose not in self._made:
            self._made[purpose] = tuple(_serializer(key, purpose) for key in self._keys)
        return self._made[purpose]


class _Short(URLSafeSerializer):
    """Leaves out the attempt to compress: a link is too short for it, and it takes most of the time."""

    def dump_payload(self, obj: Any) -> bytes:
        """Return the payload as it stands in the token."""
        return base64_encode(Serializer.dump_payload(self, obj))


def _serializer(key: bytes, purpose: str) -> URLSafeSerializer:
    how = {"digest_method": sha256, "key_derivation": "hmac"}
    return _Short(key, salt=f"dondoc/link/{VERSION}/{purpose}", signer_kwargs=how)


def _read(serializer: URLSafeSerializer, token: str, purpose: str) -> Opened | None:
    signer = serializer.make_signer()
    try:
        is_as_signed = signer.sign(signer.unsign(token)) == token.encode()
        said = serializer.loads(token) if is_as_signed else None
    except (BadData, ValueError, RecursionError):
        return None
    match said:
        case [version, str() as named, str() as nonce] if (version, named) == (
            VERSION,
            purpose,
        ) and _NONCE.fullmatch(nonce):
            return Opened(purpose, nonce)
    return None
