"""The outbox is pumped: claim, read the facts again, send, settle.

A message killed between "accepted" and "recorded" is found by its lease, marked unknown
and sent once more under the same Message-ID: never lost, at most one possible duplicate.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from engine.escalation import next_sending_moment
from engine.ledger import DeliveryState
from engine.messages import Line, compose
from engine.model import Recipient
from engine.planning import why_not_now
from notifiers.base import DeliveryFailed, DeliveryUnknown, Letter
from notifiers.letters import written
from store import ledger, registry
from store.ledger import Claim
from usecases.wiring import Office

LEASE = timedelta(minutes=10)
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
MOST_ATTEMPTS = 12  # about two days of trying before a person must look
BATCH = 20


@dataclass
class Delivered:
    """What became of the messages of one pump, counted by state, and the failures in words."""

    by_state: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """How many messages left."""
        return sum(self.by_state[state] for state in ledger.ARRIVED)


async def pump(office: Office, now: datetime, owner: str = "dondoc") -> Delivered:
    """Send every message that may leave at `now`; returns when none is left."""
    outcome = Delivered()
    with office.database.writing() as session:
        ledger.sweep(session, now)
    while True:
        with office.database.writing() as session:
            claims = ledger.claim(session, now, owner, LEASE, BATCH)
        if not claims:
            break
        for claim in claims:
            state = await _deliver(office, claim, now, outcome)
            outcome.by_state[state] += 1
    for notifier in office.notifiers.values():
        await notifier.close()
    return outcome


async def _deliver(office: Office, claim: Claim, now: datetime, outcome: Delivered) -> DeliveryState:
    """Send one claimed message and settle it; return the state it was settled in."""
    opens_at = next_sending_moment(now, office.rulebook.sending, office.world.calendar)
    if opens_at > now:
        with office.database.writing() as session:
            ledger.hold(session, claim, opens_at, now)
        return DeliveryState.HELD
    recipient = office.contacts.at_post(claim.post, now.date())
    notifier = office.notifiers.get(claim.channel)
    if recipient is None or notifier is None or claim.channel not in recipient.addresses:
        reason = f"{claim.post}: không còn người nhận hoặc kênh '{claim.channel}' đã đóng"
        failure = DeliveryFailed(reason, permanent=True)
        return _failed(office, claim, failure, now, outcome)
    letter = _written_afresh(office, claim, recipient, now)
    if letter is None:
        return _settled(office, claim, DeliveryState.SUPPRESSED, now)
    try:
        receipt = await notifier.send(letter, recipient.addresses[claim.channel])
    except DeliveryFailed as failure:
        return _failed(office, claim, failure, now, outcome)
    state = DeliveryState(receipt.state)
    return _settled(office, claim, state, now, provider_id=receipt.provider_id, subject=letter.subject)


def _written_afresh(office: Office, claim: Claim, recipient: Recipient, now: datetime) -> Letter | None:
    """Return the letter as the facts stand now, or None when nothing in it is owed any more.

    The facts are read inside a writing transaction: a report that was committed before it
    keeps its line out of the letter, and the reminder is suppressed with the reason.
    """
    with office.database.writing() as session:
        lines, why_not = _lines(session, office, claim, now)
        ledger.give_up(session, claim.key, why_not, now)
    if not lines:
        return None
    digest = compose(claim.key, recipient, lines, office.world, now)
    return written(digest, office.channels.office)


def _lines(
    session: Session, office: Office, claim: Claim, now: datetime
) -> tuple[list[Line], dict[str, str]]:
    kept = ledger.reminders_in(session, claim.key)
    ids = {reminder.assignment_id for reminder in kept}
    known = {a.id: a for a in registry.assignments(session, office.directory.unit, ids=ids)}
    lines: list[Line] = []
    why_not: dict[str, str] = {}
    for reminder in kept:
        assignment = known[reminder.assignment_id]
        reason = why_not_now(assignment, reminder.due_on, now)
        if reason is None:
            lines.append(Line(assignment, reminder.step, reminder.level, reminder.reason))
        else:
            why_not[reminder.key] = str(reason)
    return lines, why_not


def _failed(
    office: Office, claim: Claim, failure: DeliveryFailed, now: datetime, outcome: Delivered
) -> DeliveryState:
    """Settle a failure: unknown and temporary ones come back, a permanent one is laid before planning."""
    outcome.failures.append(failure.reason)
    if isinstance(failure, DeliveryUnknown):
        return _settled(
            office, claim, DeliveryState.UNKNOWN, now, error=failure.reason, retry_at=now + FIRST_RETRY
        )
    if failure.permanent or claim.attempts >= MOST_ATTEMPTS:
        return _settled(office, claim, DeliveryState.FAILED_PERMANENT, now, error=failure.reason)
    wait = failure.retry_after or min(FIRST_RETRY * 2 ** (claim.attempts - 1), LONGEST_RETRY)
    state = DeliveryState.FAILED_TEMPORARY
    return _settled(office, claim, state, now, error=failure.reason, retry_at=now + wait)


def _settled(
    office: Office,
    claim: Claim,
    state: DeliveryState,
    now: datetime,
    provider_id: str = "",
    subject: str = "",
    error: str = "",
    retry_at: datetime | None = None,
) -> DeliveryState:
    with office.database.writing() as session:
        ledger.settle(
            session, claim, state, now,
            provider_id=provider_id, subject=subject, error=error, retry_at=retry_at,
        )  # fmt: skip
        if state is DeliveryState.FAILED_PERMANENT:
            unreached = {reminder.assignment_id for reminder in ledger.reminders_in(session, claim.key)}
            registry.flag_for_planning(session, unreached)
    return state
