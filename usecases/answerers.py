"""Who is it that says something at an address, and what may they speak for?

An address is somebody's only while they hold the post it was linked for. Contact and head answer
for the work of their unit; nobody learns whether a number exists that is not theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from engine.model import HANOI, Assignment, PostRole, Recipient, Role
from engine.responses import shown
from engine.status import standing_of
from store import addresses, registry, responses
from store.addresses import AddressStatus
from usecases.reach import contacts_by_now
from usecases.wiring import Office

_KNOWN = {AddressStatus.LINKED, AddressStatus.DEAD, AddressStatus.OPTED_OUT}
ANSWERING = frozenset({PostRole.CONTACT, PostRole.HEAD})
SHOWN_TITLE = 80


@dataclass(frozen=True, slots=True)
class Answerer:
    """A person at an address; `posts` are those they hold today, `instead` those they stand in for now."""

    channel: str
    address: str
    posts: tuple[Recipient, ...]
    instead: tuple[Recipient, ...] = ()

    def speaks_for(self, share: Assignment) -> Recipient | None:
        """Return the post in which this person answers for a share, None when it is not theirs."""
        held = (
            p for p in (*self.posts, *self.instead) if p.role in ANSWERING and p.unit.code == share.unit.code
        )
        return next(held, None) if share.role is Role.LEAD else None


@dataclass(frozen=True, slots=True)
class Meant:
    """An assignment with the short number people call it by."""

    number: int
    share: Assignment

    @property
    def line(self) -> str:
        """Number, title, unit, as they are read back."""
        title = self.share.task.title
        title = title if len(title) <= SHOWN_TITLE else f"{title[: SHOWN_TITLE - 1].rstrip()}…"
        return f"{shown(self.number)} – {title} ({self.share.unit.name})"


def answerer_at(session: Session, office: Office, channel: str, address: str, now: datetime) -> Answerer:
    """Return who is at an address; without posts when nobody is known there."""
    today, book = now.astimezone(HANOI).date(), contacts_by_now(session, office)
    posts = []
    for kept in addresses.by_address(session, channel, address):
        holder = office.contacts.at_post(kept.post, today)
        if kept.status in _KNOWN and holder is not None and holder.person == kept.person:
            posts.append(holder)
    instead = (one for post in posts for one in book.stands_in_for(post, now, office.channels.names))
    return Answerer(channel, address, tuple(posts), tuple(instead))


def open_work(session: Session, office: Office, who: Answerer, now: datetime) -> list[Meant]:
    """Return what is owed by the units a person answers for, the nearest deadline first."""
    units = {post.unit.code for post in (*who.posts, *who.instead) if post.role in ANSWERING}
    ids = responses.open_of_units(session, units) if units else []
    shares = {share.id: share for share in registry.assignments(session, office.directory.unit, ids=ids)}
    return meant_by_ids(session, office, [id_ for id_ in ids if standing_of(shares[id_], now).is_owed])


def meant_by_ids(session: Session, office: Office, ids: Sequence[str]) -> list[Meant]:
    """Return assignments with their short numbers, in the order given."""
    shares = {share.id: share for share in registry.assignments(session, office.directory.unit, ids=ids)}
    numbers = responses.numbers_of(session, shares)
    return [Meant(numbers[id_], shares[id_]) for id_ in ids if id_ in shares]


def meant_by_numbers(
    session: Session, office: Office, who: Answerer, numbers: Sequence[int]
) -> tuple[list[Meant], list[int]]:
    """Return the person's own assignments with these numbers, and the numbers that are none of theirs."""
    known = responses.meant_by(session, numbers)
    found = {meant.number: meant for meant in meant_by_ids(session, office, list(known.values()))}
    theirs = [found[n] for n in numbers if n in found and who.speaks_for(found[n].share)]
    others = [n for n in numbers if n not in {meant.number for meant in theirs}]
    return theirs, others
