"""The outbox is pumped: claim, read the facts again, send, settle.

A message killed between "accepted" and "recorded" is found by its lease, marked unknown
and sent once more under the same Message-ID: never lost, at most one possible duplicate.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from engine.escalation import next_sending_moment
from engine.ledger import DeliveryState
from engine.messages import Line, compose
from engine.model import Assignment, Recipient
from engine.planning import why_not_now
from notifiers.base import DeliveryFailed, DeliveryUnknown, Letter, Notifier
from notifiers.letters import written
from store import ledger, outbox, registry
from store.outbox import Claim, KeptReminder, Settlement
from usecases.wiring import Office

_log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
MOST_ATTEMPTS = 12  # about two days of trying before a person must look


@dataclass
class Delivered:
    """What became of the messages of one pump, counted by state, and the failures in words.

    `was_stopped` says that it was asked to stop; what is left stays in the outbox, claimed by nobody.
    """

    by_state: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    was_stopped: bool = False

    @property
    def sent(self) -> int:
        """How many messages left."""
        return sum(self.by_state[state] for state in ledger.ARRIVED)


@dataclass(frozen=True, slots=True)
class _InHand:
    """A claimed message as it would leave now; without lines nothing in it is owed any more."""

    claim: Claim
    recipient: Recipient | None
    lines: tuple[Line, ...]


def _none() -> timedelta:
    return timedelta(0)


def _never() -> bool:
    return False


async def pump(
    office: Office,
    now: datetime,
    owner: str = "dondoc",
    elapsed: Callable[[], timedelta] = _none,
    is_stopping: Callable[[], bool] = _never,
) -> Delivered:
    """Send every message that may leave, from `now` on; return when none is left, or when stopping.

    `elapsed` says how long the pump has been at it: a lease must not be old when it is
    given. On a virtual clock no time passes.
    """
    outcome = Delivered()
    with office.database.writing() as session:
        outbox.sweep(session, now)
        channels = outbox.waiting_channels(session, now)
    for channel in channels:
        notifier = office.notifiers.get(channel)
        while not (is_stopping() or outcome.was_stopped):
            at = now + elapsed()
            in_hand = _claimed(office, channel, notifier.batch if notifier else 1, at, owner, outcome)
            if not in_hand:
                break
            sending = (_sent(office, notifier, one, at, outcome) for one in in_hand)
            settlements = await asyncio.gather(*sending)
            _settle(office, settlements, at)
            outcome.by_state.update(str(settlement.state) for settlement in settlements)
        else:
            outcome.was_stopped = True
        if notifier is not None:
            await notifier.close()
    return outcome


def _claimed(
    office: Office, channel: str, batch: int, now: datetime, owner: str, outcome: Delivered
) -> list[_InHand]:
    """Claim messages and read their facts in one transaction; outside the sending hours hold them.

    A report committed before the claim keeps its line out of the letter, and the reminder
    is suppressed with the reason.
    """
    opens_at = next_sending_moment(now, office.rulebook.sending, office.world.calendar)
    with office.database.writing() as session:
        if opens_at > now:
            while held := outbox.claim(session, now, owner, LEASE, channel, 100):
                for claim in held:
                    outbox.hold(session, claim, opens_at, now)
                    outcome.by_state[DeliveryState.HELD] += 1
            return []
        claims = outbox.claim(session, now, owner, LEASE, channel, batch)
        return _read_afresh(session, office, claims, now)


def _read_afresh(session: Session, office: Office, claims: list[Claim], now: datetime) -> list[_InHand]:
    kept = outbox.reminders_in(session, (claim.key for claim in claims))
    ids = {reminder.assignment_id for reminders in kept.values() for reminder in reminders}
    known = {a.id: a for a in registry.assignments(session, office.directory.unit, ids=ids)}
    in_hand = []
    for claim in claims:
        lines, why_not = _lines(kept[claim.key], known, now)
        outbox.give_up(session, claim.key, why_not, now)
        in_hand.append(_InHand(claim, office.contacts.at_post(claim.post, now.date()), tuple(lines)))
    return in_hand


def _lines(
    kept: Iterable[KeptReminder], known: dict[str, Assignment], now: datetime
) -> tuple[list[Line], dict[str, str]]:
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


async def _sent(
    office: Office, notifier: Notifier | None, one: _InHand, now: datetime, outcome: Delivered
) -> Settlement:
    """Send one message and return how it is to be settled."""
    if not one.lines:
        return Settlement(one.claim, DeliveryState.SUPPRESSED)
    channel = one.claim.channel
    if notifier is None or one.recipient is None or channel not in one.recipient.addresses:
        reason = f"{one.claim.post}: không còn người nhận, hoặc kênh '{channel}' đã đóng"
        return _failure(one.claim, DeliveryFailed(reason, permanent=True), now, outcome)
    try:
        letter = _letter(office, one, one.recipient, now)
        receipt = await notifier.send(letter, one.recipient.addresses[channel])
    except DeliveryFailed as failure:
        return _failure(one.claim, failure, now, outcome)
    except Exception as error:  # a fault of ours in one letter must not keep the others back
        _log.exception("message %s", one.claim.key)
        reason = f"{one.claim.post}: lỗi của phần mềm khi gửi ({type(error).__name__}), chưa rõ đã đến chưa"
        return _failure(one.claim, DeliveryUnknown(reason), now, outcome)
    return Settlement(one.claim, DeliveryState(receipt.state), receipt.provider_id, letter.subject)


def _letter(office: Office, one: _InHand, recipient: Recipient, now: datetime) -> Letter:
    digest = compose(one.claim.key, recipient, one.lines, office.world, now)
    return written(office.texts.added_to(digest, one.lines, office.rulebook), office.channels.office)


def _failure(claim: Claim, failure: DeliveryFailed, now: datetime, outcome: Delivered) -> Settlement:
    """Unknown and temporary failures come back, ever later; a permanent one is laid before planning."""
    outcome.failures.append(failure.reason)
    if failure.permanent or claim.attempts >= MOST_ATTEMPTS:
        return Settlement(claim, DeliveryState.FAILED_PERMANENT, error=failure.reason)
    wait = failure.retry_after or min(FIRST_RETRY * 2 ** (claim.attempts - 1), LONGEST_RETRY)
    is_unknown = isinstance(failure, DeliveryUnknown)
    state = DeliveryState.UNKNOWN if is_unknown else DeliveryState.FAILED_TEMPORARY
    return Settlement(claim, state, error=failure.reason, retry_at=now + wait)


def _settle(office: Office, settlements: list[Settlement], now: datetime) -> None:
    refused = [s.claim.key for s in settlements if s.state is DeliveryState.FAILED_PERMANENT]
    with office.database.writing() as session:
        outbox.settle(session, settlements, now)
        unreached = outbox.reminders_in(session, refused)
        ids = {reminder.assignment_id for reminders in unreached.values() for reminder in reminders}
        registry.flag_for_planning(session, ids)
