"""What becomes of a message that was sent, or was not, and what does that say about an address?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from engine.ledger import DeliveryState
from notifiers.base import DeliveryFailed, DeliveryUnknown, Letter, Receipt, Scope
from store import addresses
from store.outbox import Settlement
from usecases.in_hand import InHand
from usecases.reach import reason_of

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
MOST_ATTEMPTS = 12  # about two days of trying before a person must look
PATIENCE = 3  # attempts before another channel is tried, about half an hour
MOST_UNKNOWN = 2  # a chat that never says what became of a message is not asked a third time


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: a receipt, a failure, or neither when nothing was owed any more."""

    one: InHand
    letter: Letter | None = None
    receipt: Receipt | None = None
    failure: DeliveryFailed | None = None


def settlement_of(outcome: Outcome, repeats_safely: bool, at: datetime) -> Settlement:
    """Return how a message is settled; `repeats_safely` says whether its reader would know a repeat."""
    claim = outcome.one.claim
    person = outcome.one.recipient.person if outcome.one.recipient else ""
    if outcome.receipt is not None and outcome.letter is not None:
        state, subject = DeliveryState(outcome.receipt.state), outcome.letter.subject
        return Settlement(claim, state, outcome.receipt.provider_id, subject, person=person)
    if outcome.failure is None:
        return Settlement(claim, DeliveryState.SUPPRESSED, error=outcome.one.kept_back)
    return _failed(outcome.one, outcome.failure, repeats_safely, at)


def is_final(settlement: Settlement) -> bool:
    """Whether nothing more is tried for a message, so that planning must know."""
    return settlement.state is DeliveryState.FAILED_PERMANENT and not settlement.pass_to


def said_of(failure: DeliveryFailed, settlement: Settlement) -> str:
    """Return the failure as people read it, with where the message goes on."""
    if not settlement.pass_to:
        return failure.reason
    return f"{failure.reason.removesuffix(' — không gửi lại')} — chuyển sang kênh {settlement.pass_to[0]}"


def mark_address(session: Session, outcome: Outcome, at: datetime) -> None:
    """Remember what a failure says about an address: gone, refused, or moved."""
    failure, recipient, claim = outcome.failure, outcome.one.recipient, outcome.one.claim
    if failure is None or recipient is None or not outcome.one.address:
        return
    who = (recipient.own_post, recipient.person, claim.channel, outcome.one.address)
    if failure.moved_to:
        addresses.move(session, claim.channel, outcome.one.address, failure.moved_to, at)
    elif failure.scope is Scope.OPTED_OUT:
        addresses.opt_out(session, *who, reason_of(failure.reason), at, "event")
    elif failure.permanent and failure.scope is Scope.RECIPIENT:
        addresses.mark_dead(session, *who, reason_of(failure.reason), at, "event")


def _failed(one: InHand, failure: DeliveryFailed, repeats_safely: bool, at: datetime) -> Settlement:
    """Return how a failure is settled: to come back, ever later, to go on elsewhere, or to be given up.

    What is given up is laid before planning.
    """
    claim, error = one.claim, failure.reason
    is_unknown = isinstance(failure, DeliveryUnknown)
    state = DeliveryState.UNKNOWN if is_unknown else DeliveryState.FAILED_TEMPORARY
    is_doubtful = is_unknown and not repeats_safely
    if one.others and (failure.permanent or is_doubtful or claim.attempts >= PATIENCE):
        passed = state if is_unknown else DeliveryState.FAILED_PERMANENT
        return Settlement(claim, passed, error=error, pass_to=one.others)
    is_over = failure.permanent and failure.scope is not Scope.CHANNEL
    is_over = is_over or (is_doubtful and claim.attempts >= MOST_UNKNOWN)
    if is_over or claim.attempts >= MOST_ATTEMPTS:
        return Settlement(claim, DeliveryState.FAILED_PERMANENT, error=error)
    if failure.moved_to:
        return Settlement(claim, state, error=error, retry_at=at)
    wait = failure.retry_after or min(FIRST_RETRY * 2 ** (claim.attempts - 1), LONGEST_RETRY)
    return Settlement(claim, state, error=error, retry_at=at + wait)
