"""By which doors may somebody answer a message, and what stands behind one that is opened?

Doors are derived from the message and the key of the machine: sent again, a letter carries the
same ones. They are written down in the transaction that claims the message.
"""

from __future__ import annotations

import base64
import hmac
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from engine.model import Assignment, FactKind, Recipient
from engine.responses import LABELS, ResponseKind, shown, typed
from engine.status import Status, standing_of
from notifiers.answering import Doors
from notifiers.base import Choice
from notifiers.signing import PAGE, VERSION, Reason, Refusal, Signer
from store import links, registry, responses
from store.links import BUTTON, Link
from usecases.act import ALLOWED
from usecases.answerers import Answerer
from usecases.errors import Refused
from usecases.reach import contacts_by_now
from usecases.responding import FACTS
from usecases.secrets import KEY_NAME, machine_key
from usecases.wiring import Office

_log = logging.getLogger(__name__)

LIFE = timedelta(days=60)
PATH = "/v/"  # before the token of a page
WITH_BUTTONS = frozenset({"telegram", "zalo_oa"})
WITH_NUMBERS = frozenset({"telegram", "zalo_bot", "zalo_oa", "zalo_zbs"})


@dataclass(frozen=True, slots=True)
class Told:
    """A message about to leave: to whom, and the assignments whose rows it shows."""

    key: str
    channel: str
    recipient: Recipient
    shares: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """An opened page: whom it was given to, about what, what may be answered, or what was.

    `result` is what `used` kept, None while nobody has answered.
    """

    nonce: str = field(repr=False)
    message_key: str
    recipient: Recipient
    share: Assignment
    choices: tuple[ResponseKind, ...]
    expires_at: datetime
    result: dict[str, Any] | None = None


def doors_for(
    session: Session, office: Office, told: Iterable[Told], now: datetime
) -> dict[str, dict[str, Doors]]:
    """Return the doors of messages, by message key and assignment; they are on record when this returns.

    Only who answers for the unit that owes the work is given any. Without a base URL there are no
    pages, and on channels without buttons no buttons.
    """
    asked = [(one, share) for one in told for share in one.shares if _answers(one.recipient, share)]
    numbered = [share.id for one, share in asked if one.channel in WITH_NUMBERS]
    numbers = responses.numbers_of(session, numbered) if numbered else {}
    maker = _Maker(_keys_of(office), office.channels.office.base_url, now)
    found: dict[str, dict[str, Doors]] = {}
    for one, share in asked:
        found.setdefault(one.key, {})[share.id] = maker.doors(one, share, numbers.get(share.id, 0))
    links.put(session, maker.given)
    return found


def open_page(session: Session, office: Office, token: object, now: datetime) -> Page | Refusal:
    """Return what the page behind a link shows, or why there is none; nothing is written.

    What was answered is shown again until the link is over, also after the work has been closed.
    """
    keys = _keys_of(office)
    opened = keys.signer.read_link(token) if keys else Refusal(Reason.UNREADABLE)
    if isinstance(opened, Refusal):
        return opened
    link = links.behind(session, opened.nonce, PAGE)
    if link is None:
        return Refusal(Reason.UNKNOWN)
    if link.expires_at <= now:
        return Refusal(Reason.EXPIRED)
    holder = contacts_by_now(session, office).acting_at(link.post, link.person, now, office.channels.names)
    if holder is None:
        return Refusal(Reason.REASSIGNED)
    shares = registry.assignments(session, office.directory.unit, ids=[link.assignment_id])
    if not shares or not _answers(holder, shares[0]):
        return Refusal(Reason.UNKNOWN)
    page = Page(link.nonce, link.message_key, holder, shares[0], (), link.expires_at, link.result)
    return page if link.result is not None else _unanswered(page, link, now)


def _unanswered(page: Page, link: Link, now: datetime) -> Page | Refusal:
    choices = kinds_of(page.share, now)
    if link.revoked_at is not None or not choices:
        return Refusal(Reason.CLOSED)
    return replace(page, choices=choices)


def used(session: Session, page: Page, result: dict[str, Any], now: datetime) -> bool:
    """Keep what came of a page, in the transaction of the fact; False when somebody was first.

    Then nothing of this transaction may stay: open the page again and show what is there.
    """
    return links.use(session, page.nonce, result, now)


def kinds_of(share: Assignment, now: datetime) -> tuple[ResponseKind, ...]:
    """Return what may be said about a share as it stands, what it waits for first."""
    standing = standing_of(share, now)
    kinds = [kind for kind, fact in FACTS.items() if standing.status in ALLOWED[fact]]
    if standing.status is Status.ACKNOWLEDGED:
        kinds.remove(ResponseKind.ACKNOWLEDGE)
    if standing.due_on is None:
        kinds = [kind for kind in kinds if FACTS[kind] is not FactKind.EXTENSION_REQUESTED]
    return tuple(kinds)


@dataclass
class _Maker:
    """Makes doors, and the rows that remember those it has given out."""

    keys: _Keys | None
    base: str
    now: datetime
    given: list[Link] = field(default_factory=list)

    def doors(self, told: Told, share: Assignment, number: int) -> Doors:
        """Return the doors of one assignment in one message."""
        page = ""
        if self.base and self.keys:
            page = self.base + PATH + self.keys.signer.signed(PAGE, self._nonce(told, share, PAGE))
        choices = tuple(self._choice(told, share, kind, number, page) for kind in kinds_of(share, self.now))
        return Doors(choices, shown(number) if number else "", page)

    def _choice(self, told: Told, share: Assignment, kind: ResponseKind, number: int, page: str) -> Choice:
        has_button = told.channel in WITH_BUTTONS
        token = self._nonce(told, share, BUTTON, kind.value) if has_button else ""
        return Choice(kind.value, LABELS[kind], token, page, typed(kind, number) if number else "")

    def _nonce(self, told: Told, share: Assignment, purpose: str, response: str = "") -> str:
        if self.keys is None:
            return ""
        who = told.recipient
        said = (str(VERSION), purpose, response, told.key, share.id, who.post, who.person)
        mark = hmac.digest(self.keys.nonces, "\n".join(said).encode(), "sha256")[:16]
        nonce = base64.urlsafe_b64encode(mark).decode().rstrip("=")
        about = (nonce, purpose, response, told.key, share.id, who.post, who.person)
        self.given.append(Link(*about, self.now, self.now + LIFE))
        return nonce


@dataclass(frozen=True, slots=True)
class _Keys:
    """What links are signed with, and what nonces follow from."""

    signer: Signer
    nonces: bytes = field(repr=False)


def _keys_of(office: Office) -> _Keys | None:
    return _keys(office.settings.home, os.environ.get(KEY_NAME, ""))


@lru_cache(maxsize=8)
def _keys(home: Path, _given: str) -> _Keys | None:
    """Return the keys; None, told once, when the machine has none: letters leave without doors then."""
    try:
        key = machine_key(home)
    except Refused as refused:
        _log.error("thư và tin gửi đi không có liên kết trả lời: %s; sửa rồi khởi động lại", refused)
        return None
    return _Keys(Signer(key.of("links")), key.of("nonces")[0])


def _answers(recipient: Recipient, share: Assignment) -> bool:
    return Answerer("", "", (recipient,)).speaks_for(share) is not None
