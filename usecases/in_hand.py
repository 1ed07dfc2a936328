"""What does a claimed message say at the moment it leaves, and to whom?

Facts are read again: a report committed before the claim keeps its line out of the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from engine.contacts import ContactBook
from engine.digest import Digest, shown_rows
from engine.messages import Line, compose
from engine.model import Assignment, Recipient
from engine.planning import why_not_now
from notifiers.answering import ByAssignment
from notifiers.base import Letter
from notifiers.letters import written
from store import outbox, registry
from store.outbox import Claim, KeptReminder
from usecases import guards
from usecases.doors import Told, doors_for
from usecases.wiring import Office


@dataclass(frozen=True, slots=True)
class InHand:
    """A claimed message as it would leave now; without lines nothing in it is owed any more.

    `others` are the channels that may carry it instead, in their order. `digest` is None when
    nothing is to be said, or when composing it failed.
    """

    claim: Claim
    recipient: Recipient | None
    lines: tuple[Line, ...]
    others: tuple[str, ...]
    digest: Digest | None = None
    doors: ByAssignment = field(default_factory=dict)
    kept_back: str = ""  # why a guard keeps it from this person

    @property
    def address(self) -> str:
        """Where it goes, "" when the person is not reached on its channel any more."""
        return self.recipient.addresses.get(self.claim.channel, "") if self.recipient else ""


def read_afresh(
    session: Session, office: Office, contacts: ContactBook, claims: list[Claim], now: datetime
) -> list[InHand]:
    """Return what claimed messages say by now, in the transaction that claimed them.

    What is not owed any more is given up, with the reason.
    """
    kept = {**outbox.reminders_in(session, (c.key for c in claims)), **outbox.copied(session, claims)}
    ids = {reminder.assignment_id for reminders in kept.values() for reminder in reminders}
    known = {a.id: a for a in registry.assignments(session, office.directory.unit, ids=ids)}
    in_hand = []
    for claim in claims:
        lines, why_not = _lines(kept[claim.key], known, now)
        recipient = contacts.told_at(claim.post, now, office.notifiers.keys())
        person = replace(recipient, post=recipient.own_post) if recipient else None
        kept_back = guards.not_in_trial(office.channels.guards, person, claim.channel) if lines else ""
        if kept_back:
            lines, why_not = [], dict.fromkeys((r.key for r in kept[claim.key]), kept_back) | why_not
        if not claim.copy_of:  # the reminders of a copy were told already
            outbox.give_up(session, claim.key, why_not, now)
        digest = _digest(office, claim, recipient, lines, now)
        others = others_of(office, claim, recipient)
        in_hand.append(InHand(claim, recipient, tuple(lines), others, digest=digest, kept_back=kept_back))
    doors = doors_for(session, office, _told(in_hand, known), now)
    return [replace(one, doors=doors.get(one.claim.key, {})) for one in in_hand]


def _digest(
    office: Office, claim: Claim, recipient: Recipient | None, lines: list[Line], now: datetime
) -> Digest | None:
    """Return what a message says; a fault of ours in one is met again where the letter is written."""
    if recipient is None or not lines:
        return None
    try:
        digest = compose(claim.key, recipient, lines, office.world, now)
    except Exception:
        return None
    notifier = office.notifiers.get(claim.channel)
    is_seen = notifier is None or notifier.repeats_safely
    return replace(digest, is_repeat=claim.possible_duplicate and not is_seen)


def _told(in_hand: Iterable[InHand], known: dict[str, Assignment]) -> Iterator[Told]:
    """Yield the messages with the assignments that each shows."""
    for one in in_hand:
        if one.recipient is not None and one.digest is not None:
            ids = dict.fromkeys(id_ for row in shown_rows(one.digest) for id_ in row.assignment_ids)
            yield Told(one.claim.key, one.claim.channel, one.recipient, tuple(known[id_] for id_ in ids))


def others_of(office: Office, claim: Claim, recipient: Recipient | None) -> tuple[str, ...]:
    """Return the channels that may carry a message instead of its own, in their order.

    They were chosen for the holder: whoever stands in and has not got this one is written to by mail.
    """
    reached = recipient.addresses if recipient else {}
    is_astray = recipient is not None and recipient.sits_at and claim.channel not in reached
    ways = (*claim.fallbacks, "email") if is_astray else claim.fallbacks
    return tuple(c for c in dict.fromkeys(ways) if c in reached and c in office.notifiers)


def _lines(
    kept: Iterable[KeptReminder], known: dict[str, Assignment], now: datetime
) -> tuple[list[Line], dict[str, str]]:
    lines: list[Line] = []
    why_not: dict[str, str] = {}
    for reminder in kept:
        assignment = known[reminder.assignment_id]
        reason = why_not_now(assignment, reminder.due_on, now, reminder.step)
        if reason is None:
            lines.append(Line(assignment, reminder.step, reminder.level, reminder.reason))
        else:
            why_not[reminder.key] = str(reason)
    return lines, why_not


def letter_of(office: Office, one: InHand, recipient: Recipient, now: datetime) -> Letter:
    """Return the letter in words; raises whatever composing it raises."""
    digest = one.digest or compose(one.claim.key, recipient, one.lines, office.world, now)
    said = office.texts.added_to(digest, one.lines, office.rulebook)
    return written(said, office.channels.office, one.doors)
