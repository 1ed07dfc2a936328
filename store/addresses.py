"""Where is a person reached on each channel, and may they be?

E-mail addresses stand in people.yml; chats, and whatever was learned about any address, stand
here. A row holds for one person at one post, so nobody inherits the chat of who sat there before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI, Recipient
from store import records
from store.channel_tables import ADDRESS, AddressRow


class AddressStatus(StrEnum):
    """Whether letters may go to an address."""

    LINKED = "linked"
    DEAD = "dead"  # the channel says nobody is there
    OPTED_OUT = "opted_out"  # the person wants nothing through this channel
    ERASED = "erased"  # everything personal was removed on demand


_KIND = "address-"  # of records; the status follows
_REFUSED = (AddressStatus.OPTED_OUT, AddressStatus.ERASED)


@dataclass(frozen=True, slots=True)
class KeptAddress:
    """One row: a person at a post, a channel, and what the status rests on, in words."""

    post: str
    person: str
    channel: str
    address: str
    status: AddressStatus
    evidence: str
    source: str  # code | widget | people | bounce | stop | event | admin
    at: datetime
    text_version: str = ""
    failures: int = 0
    heard_at: datetime | None = None


def put(session: Session, kept: KeptAddress) -> bool:
    """Remember an address as it stands now, and record it; False when that was known already."""
    known = of_channel(session, kept.post, kept.person, kept.channel)
    if known is not None and (known.address, known.status) == (kept.address, kept.status):
        return False
    values = {name: getattr(kept, name) for name in KeptAddress.__slots__} | {"status": str(kept.status)}
    session.merge(AddressRow(**values))
    session.flush()
    records.append(session, kept.at, f"{_KIND}{kept.status}", kept.post, _recorded(kept))
    return True


def of_channel(session: Session, post: str, person: str, channel: str) -> KeptAddress | None:
    """Return what is known of a person on a channel."""
    row = session.get(AddressRow, (post, person, channel), populate_existing=True)
    return _kept(row) if row else None


def of_person(session: Session, post: str, person: str) -> list[KeptAddress]:
    """Return what is known of a person at a post, by channel."""
    mine = (ADDRESS.post == post, ADDRESS.person == person)
    return _found(session, *mine)


def by_address(session: Session, channel: str, address: str) -> list[KeptAddress]:
    """Return whose address this is on a channel, in whatever status.

    One chat may serve two posts: a person who is the contact of two units.
    """
    return _found(session, ADDRESS.channel == channel, ADDRESS.address == address)


def of_status(session: Session, status: AddressStatus) -> list[KeptAddress]:
    """Return every address of a status, by post."""
    return _found(session, ADDRESS.status == str(status))


def mark_dead(
    session: Session, post: str, person: str, channel: str, address: str, evidence: str, at: datetime,
    source: str = "bounce",
) -> bool:  # fmt: skip
    """Remember that nobody is at this address any more; False when known already, or refused before that.

    A refusal stays one: else an address mended in people.yml would open the channel again.
    """
    known = of_channel(session, post, person, channel)
    if known is not None and known.status in _REFUSED:
        return False
    return _change(session, AddressStatus.DEAD, post, person, channel, address, evidence, at, source)


def opt_out(
    session: Session, post: str, person: str, channel: str, address: str, evidence: str, at: datetime,
    source: str = "stop",
) -> bool:  # fmt: skip
    """Remember that the person wants nothing through this channel; False when known already."""
    return _change(session, AddressStatus.OPTED_OUT, post, person, channel, address, evidence, at, source)


def count_failure(
    session: Session, post: str, person: str, channel: str, address: str, evidence: str, at: datetime
) -> int:
    """Count one more letter that came back although the address may be good; return how many by now.

    Counting starts anew with another address. A refusal stays one.
    """
    known = of_channel(session, post, person, channel)
    if known is None or known.address != address:
        status = known.status if known and known.status in _REFUSED else AddressStatus.LINKED
        put(session, KeptAddress(post, person, channel, address, status, evidence, "bounce", at))
    mine = (ADDRESS.post == post, ADDRESS.person == person, ADDRESS.channel == channel)
    statement = sa.update(AddressRow).where(*mine).values(failures=ADDRESS.failures + 1, at=at)
    return int(session.connection().execute(statement.returning(ADDRESS.failures)).scalar_one())


def move(session: Session, channel: str, address: str, moved_to: str, at: datetime) -> int:
    """Follow a channel that says where its recipient is found from now on; return how many rows moved."""
    linked = [kept for kept in by_address(session, channel, address) if kept.status is AddressStatus.LINKED]
    why = "kênh báo địa chỉ mới"
    for kept in linked:
        put(session, replace(kept, address=moved_to, at=at, source="event", evidence=why))
    return len(linked)


def heard(session: Session, channel: str, address: str, at: datetime) -> None:
    """Remember when somebody last wrote or pressed at an address; never backwards."""
    mine = (ADDRESS.channel == channel, ADDRESS.address == address)
    older = sa.or_(ADDRESS.heard_at.is_(None), ADDRESS.heard_at < at)
    session.connection().execute(sa.update(AddressRow).where(*mine, older).values(heard_at=at))


def known_at(session: Session, until: datetime) -> list[KeptAddress]:
    """Return what was known of every address at a moment: what changed since stands as it was then.

    The records keep personal data as hashes alone, so an address or words that were replaced since
    come back empty: that it could be used then, and since when, is still known.
    """
    known = _found(session)
    changed = {kept.post for kept in known if kept.at > until}
    histories = records.records_of(session, changed, until)
    then = (kept if kept.at <= until else _as_it_was(kept, histories.get(kept.post, ())) for kept in known)
    return [kept for kept in then if kept is not None]


def overlay(session: Session, until: datetime | None = None) -> Callable[[Recipient], Recipient]:
    """Return what gives a recipient of the contact book the addresses that may be used, now or then."""
    by_person: dict[tuple[str, str], list[KeptAddress]] = {}
    for kept in _found(session) if until is None else known_at(session, until):
        by_person.setdefault((kept.post, kept.person), []).append(kept)

    def overlaid(recipient: Recipient) -> Recipient:
        known = by_person.get((recipient.post, recipient.person))
        return with_addresses(recipient, known) if known else recipient

    return overlaid


def with_addresses(recipient: Recipient, learned: Iterable[KeptAddress]) -> Recipient:
    """Return a recipient with the chats that are linked, without what is dead or refused.

    A dead address of people.yml that has been mended there since is good again; a refusal
    holds for whatever address the channel has.
    """
    addresses = dict(recipient.addresses)
    for kept in learned:
        written = recipient.addresses.get(kept.channel)
        if kept.status is AddressStatus.LINKED:
            addresses.setdefault(kept.channel, kept.address)
        elif kept.status is not AddressStatus.DEAD or written in (None, kept.address):
            addresses.pop(kept.channel, None)
    return recipient if addresses == recipient.addresses else replace(recipient, addresses=addresses)


def _change(
    session: Session, status: AddressStatus, post: str, person: str, channel: str, address: str,
    evidence: str, at: datetime, source: str,
) -> bool:  # fmt: skip
    """Put a status that takes an address out of use; what the person agreed to stays readable."""
    known = of_channel(session, post, person, channel)
    agreed = (known.text_version, known.failures, known.heard_at) if known else ("", 0, None)
    return put(session, KeptAddress(post, person, channel, address, status, evidence, source, at, *agreed))


def _found(session: Session, *conditions: Any) -> list[KeptAddress]:
    order = (ADDRESS.post, ADDRESS.person, ADDRESS.channel)
    statement = sa.select(AddressRow).where(*conditions).order_by(*order)
    return [_kept(row) for row in session.scalars(statement.execution_options(populate_existing=True))]


def _kept(row: AddressRow) -> KeptAddress:
    return KeptAddress(
        row.post, row.person, row.channel, row.address, AddressStatus(row.status), row.evidence, row.source,
        row.at.astimezone(HANOI), row.text_version, row.failures,
        row.heard_at.astimezone(HANOI) if row.heard_at else None,
    )  # fmt: skip


def _as_it_was(kept: KeptAddress, history: Iterable[records.Record]) -> KeptAddress | None:
    """Return a row after the last of the records about it, None when nothing was known by then."""
    mine = {"channel": kept.channel, "person_sha256": _mark(kept.person)}
    about = [r for r in history if r.kind.startswith(_KIND) and mine.items() <= r.data.items()]
    if not about:
        return None
    status, said = AddressStatus(about[-1].kind.removeprefix(_KIND)), about[-1].data
    address = _same(kept.address, said["address_sha256"])
    evidence = _same(kept.evidence, said["evidence_sha256"])
    return replace(kept, status=status, at=about[-1].at, address=address, evidence=evidence)


def _same(text: str, mark: str) -> str:
    return text if _mark(text) == mark else ""


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _recorded(kept: KeptAddress) -> dict[str, str]:
    """Return what the chained record says: personal data only as hashes, since it cannot be erased there."""
    data = {"channel": kept.channel, "source": kept.source}
    for name in ("person", "address", "evidence"):
        data[f"{name}_sha256"] = _mark(getattr(kept, name))
    return data | ({"text_version": kept.text_version} if kept.text_version else {})
