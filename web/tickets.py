"""Was this form rendered by us, for this browser, not long ago?

A ticket stands in the form, its other half in a cookie that no other site can have sent along.
Nothing about it is stored: rendering a page changes nothing.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(hours=12)
_HALF = re.compile(r"[A-Za-z0-9_-]{22}")
_TICKET = re.compile(r"(\d{10,12})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


class Ticket(StrEnum):
    """What came with a form."""

    GOOD = "good"
    OLD = "old"  # ours, and the page has been open for too long
    FOREIGN = "foreign"  # missing, changed, of another page or another browser


@dataclass(frozen=True, slots=True)
class Tickets:
    """Makes tickets with the first of `keys` and knows those made with any of them."""

    keys: Sequence[bytes] = field(repr=False)

    def half(self, cookie: str) -> str:
        """Return the half a browser keeps: the one it has, so that several open pages work, or a new one."""
        return cookie if _HALF.fullmatch(cookie) else secrets.token_urlsafe(16)

    def made(self, page: str, half: str, now: datetime) -> str:
        """Return the half that stands in the form; another one each time."""
        until = str(int((now + LIFE).timestamp()))
        once = secrets.token_urlsafe(16)
        return f"{until}.{once}.{_mac(self.keys[0], page, half, until, once)}"

    def read(self, page: str, half: str, ticket: str, now: datetime) -> Ticket:
        """Return what a form's half is worth together with the browser's."""
        parts = _TICKET.fullmatch(ticket)
        if parts is None or not _HALF.fullmatch(half):
            return Ticket.FOREIGN
        until, once, mac = parts.groups()
        made = [_mac(key, page, half, until, once) for key in self.keys]
        if not any(hmac.compare_digest(one, mac) for one in made):
            return Ticket.FOREIGN
        return Ticket.GOOD if now.timestamp() < int(until) else Ticket.OLD


def _mac(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\n".join(parts).encode(), "sha256").hex()
