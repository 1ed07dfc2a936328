"""Who is told instead while somebody is away?

Deputies are looked for at the moment of sending, so leave entered this morning holds this
morning. Only the person changes: the post stays what reminders are counted by.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from engine.model import Recipient

UNATTENDED = "mailbox"  # what lies there has reached nobody


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which somebody is away, both ends included, and the posts told instead, in order."""

    since: datetime
    until: datetime
    deputies: tuple[str, ...]
    document: str = ""

    def covers(self, at: datetime) -> bool:
        """Whether a moment falls into it."""
        return self.since <= at <= self.until


class Seated(Protocol):
    """Somebody who holds a post."""

    @property
    def recipient(self) -> Recipient:
        """The person at the post."""

    def away_at(self, at: datetime) -> Away | None:
        """Return the leave that a moment falls into."""


S = TypeVar("S", bound=Seated)


def standing_in(
    holder: S, at: datetime, seated: Callable[[str], S | None], is_reached: Callable[[Recipient], bool]
) -> S:
    """Return who is told at a moment what is meant for `holder`: themselves unless they are away.

    Deputies are tried in the order written; one who is away leads to their own, nobody is asked
    twice. When nobody present is reached it is the holder, or else the first of those away who is:
    a letter that waits for its reader is better than none. `seated` finds who holds a post.
    """
    if holder.away_at(at) is None:
        return holder
    met = {holder.recipient.post: holder}
    waiting = [holder]
    while waiting:
        one = waiting.pop()
        away = one.away_at(at)
        if away is None and is_reached(one.recipient):
            return one
        named = dict.fromkeys(away.deputies if away else ())
        found = {post: deputy for post in named if post not in met and (deputy := seated(post))}
        met |= found
        waiting += reversed(found.values())
    return next((one for one in met.values() if is_reached(one.recipient)), holder)


def on_behalf(deputy: Recipient, holder: Recipient) -> Recipient:
    """Return the holder's post as its deputy is told: under the deputy's name, and said to be instead."""
    own = deputy.title
    if deputy.unit.code != holder.unit.code and deputy.unit.name not in own:
        own = f"{own} – {deputy.unit.name}"
    return replace(
        holder, person=deputy.person, title=f"{own} (nhận thay {holder.title})", addresses=deputy.addresses,
        prefers=deputy.prefers, quiet=deputy.quiet, on_behalf_of=holder.title, sits_at=deputy.post,
    )  # fmt: skip


def reaches(recipient: Recipient, channels: Set[str] | None = None) -> bool:
    """Whether a person is reached by one of the open channels; None counts every channel but the mailbox.

    The mailbox of the machine counts only where nothing else is open.
    """
    if channels is None:
        return bool(recipient.addresses.keys() - {UNATTENDED})
    return bool(recipient.addresses.keys() & ((channels - {UNATTENDED}) or channels))
