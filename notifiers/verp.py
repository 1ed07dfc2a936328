"""To which address do bounces come back, and which letter was it, really?

Each letter has a return path of its own, signed, so that a bounce names its letter whatever
the far server leaves of it, and nobody can talk an address dead by writing to us.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

PREFIX = "bounce"
_TAG, _MAC = 8, 16  # hexadecimal digits; with a key of 24 the local part has 57 of 64 characters
_LOCAL = re.compile(rf"{PREFIX}\+([0-9a-z-]{{1,30}})\.([0-9a-f]{{{_TAG}}})\.([0-9a-f]{{{_MAC}}})@", re.I)


@dataclass(frozen=True, slots=True)
class Returned:
    """Which letter came back; `tag` is the mark of the address it had been sent to."""

    key: str
    tag: str


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """Signs and reads return paths under `domain`; the first key signs, all of them are believed."""

    domain: str
    keys: tuple[bytes, ...] = field(repr=False)

    def of(self, key: str, to: str) -> str:
        """Return the envelope sender of the letter `key` to the address `to`."""
        tag = _mark(self.keys[0], "to", to.lower())[:_TAG]
        return f"{PREFIX}+{key}.{tag}.{self._mac(self.keys[0], key, tag)}@{self.domain}"

    def read(self, text: str) -> Returned | None:
        """Return the letter of the only genuine return path in `text`; None when there is none, or several.

        Upper case is forgiven: some servers change it.
        """
        found = set(self._genuine(text))
        return found.pop() if len(found) == 1 else None

    def is_to(self, returned: Returned, address: str) -> bool:
        """Whether the letter had been sent to this very address."""
        tags = (_mark(key, "to", address.lower())[:_TAG] for key in self.keys)
        return any(hmac.compare_digest(tag, returned.tag) for tag in tags)

    def _genuine(self, text: str) -> Iterator[Returned]:
        for match in _LOCAL.finditer(text):
            key, tag, mac = (part.lower() for part in match.groups())
            is_ours = text[match.end() :][: len(self.domain)].lower() == self.domain.lower()
            if is_ours and any(hmac.compare_digest(self._mac(k, key, tag), mac) for k in self.keys):
                yield Returned(key, tag)

    def _mac(self, secret: bytes, key: str, tag: str) -> str:
        return _mark(secret, "return path", f"{key}.{tag}")[:_MAC]


def _mark(secret: bytes, purpose: str, text: str) -> str:
    return hmac.new(secret, f"dondoc.verp {purpose} {text}".encode(), hashlib.sha256).hexdigest()
