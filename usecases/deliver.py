"""The outbox is pumped: claim, read the facts again, send, settle.

A message killed between "accepted" and "recorded" is found by its lease and marked unknown.
It is repeated under the same name where a reader sees a repeat, and goes on through the
next channel where not: never lost, at most one possible duplicate, flagged.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from engine.contacts import ContactBook
from engine.escalation import next_sending_moment
from engine.ledger import DeliveryState
from engine.messages import Line, compose
from engine.model import Assignment, Recipient
from engine.planning import why_not_now
from notifiers.base import DeliveryFailed, DeliveryUnknown, Letter, Receipt, Scope
from notifiers.letters import written
from store import addresses, ledger, outbox, registry, switches
from store.outbox import Claim, KeptReminder, Settlement
from store.switches import Stop
from usecases.reach import contacts_by_now
from usecases.wiring import Office

_log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
MOST_ATTEMPTS = 12  # about two days of trying before a person must look
PATIENCE = 3  # attempts before another channel is tried, about half an hour
MOST_UNKNOWN = 2  # a chat that never says what became of a message is not asked a third time
FIRST_PAUSE = timedelta(minutes=5)  # of a channel that is at fault itself
ROUND = 1.0  # seconds after which what is finished is put on record though others are still under way


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
    """A claimed message as it would leave now; without lines nothing in it is owed any more.

    `others` are the channels that may carry it instead, in their order.
    """

    claim: Claim
    recipient: Recipient | None
    lines: tuple[Line, ...]
    others: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where it goes, "" when the person is not reached on its channel any more."""
        return self.recipient.addresses.get(self.claim.channel, "") if self.recipient else ""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one message: a receipt, a failure, or neither when nothing was owed any more."""

    one: _InHand
    letter: Letter | None = None
    receipt: Receipt | None = None
    failure: DeliveryFailed | None = None


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
    given. On a virtual clock no time passes. Channels do not wait for one another.
    """
    total = Delivered()
    tried: set[str] = set()
    while True:  # what one channel passes on, another may have finished waiting for
        with office.database.writing() as session:
            outbox.sweep(session, now)
            channels = [c for c in outbox.waiting_channels(session, now) if c not in tried]
        if not channels:
            return total
        pumps = [_Pump(office, channel, owner, now, elapsed, is_stopping, total) for channel in channels]
        await _all_of(pump.run() for pump in pumps)
        if is_stopping():
            total.was_stopped = True
            return total
        tried.update(pump.channel for pump in pumps if not pump.did_something)


async def _all_of(runs: Iterable[Awaitable[None]]) -> None:
    """Wait for all of them; one that fails leaves the others to finish before its error is raised."""
    for result in await asyncio.gather(*runs, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


class _Pump:
    """One channel being emptied: a few letters in hand, one transaction to settle and claim."""

    def __init__(
        self,
        office: Office,
        channel: str,
        owner: str,
        now: datetime,
        elapsed: Callable[[], timedelta],
        is_stopping: Callable[[], bool],
        total: Delivered,
    ) -> None:
        self.office, self.channel, self.owner = office, channel, owner
        self.notifier = office.notifiers.get(channel)
        self.room = self.notifier.batch if self.notifier else 1
        self._now, self._elapsed, self._is_stopping, self._total = now, elapsed, is_stopping, total
        self._at_fault = 0  # failures in a row that say the channel itself is at fault
        self._may_be_paused = True  # by an earlier run; the first receipt ends that
        self.did_something = False

    async def run(self) -> None:
        """Empty the channel, or as much of it as it carries."""
        flying: set[asyncio.Task[_Outcome]] = set()
        finished: list[_Outcome] = []
        try:
            while True:
                for one in self._turn(finished, self.room - len(flying)):
                    flying.add(asyncio.create_task(self._sent(one)))
                if not flying:
                    return
                done, flying = await _some_of(flying)
                finished = [task.result() for task in done]
        finally:
            for task in flying:
                task.cancel()
            if self.notifier is not None:
                await self.notifier.close()

    @property
    def _at(self) -> datetime:
        return self._now + self._elapsed()

    def _turn(self, finished: list[_Outcome], room: int) -> list[_InHand]:
        """Settle what is finished and claim what there is room for, in one transaction.

        Facts are read again inside it: a report committed before keeps its line out of the
        letter, and the reminder is suppressed with the reason. Outside the sending hours
        messages are held.
        """
        at = self._at
        with self.office.database.writing() as session:
            self._settle(session, finished, at)
            contacts = contacts_by_now(session, self.office)
            if self._is_stopping():
                return []
            stop = switches.stopping(session, self.channel, at)
            if stop is not None:
                self._turn_away(session, stop, contacts, at)
                return []
            opens_at = next_sending_moment(at, self.office.rulebook.sending, self.office.world.calendar)
            if opens_at > at:
                self._hold_all(session, opens_at, at)
                return []
            claims = outbox.claim(session, at, self.owner, LEASE, self.channel, room)
            self.did_something |= bool(claims)
            return _read_afresh(session, self.office, contacts, claims, at)

    def _hold_all(self, session: Session, until: datetime, at: datetime) -> None:
        while held := outbox.claim(session, at, self.owner, LEASE, self.channel, 100):
            for claim in held:
                self._hold(session, claim, until, at)

    def _hold(self, session: Session, claim: Claim, until: datetime, at: datetime) -> None:
        outbox.hold(session, claim, until, at)
        self._total.by_state[DeliveryState.HELD] += 1
        self.did_something = True

    def _turn_away(self, session: Session, stop: Stop, contacts: ContactBook, at: datetime) -> None:
        """Let the messages of a channel that is at fault for long go on elsewhere; the others wait for it.

        What a person stopped stays where it is.
        """
        if stop.until is None or stop.until - stop.at <= FIRST_PAUSE:
            return
        while claims := outbox.claim(session, at, self.owner, LEASE, self.channel, 100):
            for claim in claims:
                others = _others(self.office, claim, contacts.at_post(claim.post, at.date()))
                if others:
                    error = f"kênh '{self.channel}' đang tạm dừng: {stop.why}"
                    settlement = Settlement(
                        claim, DeliveryState.FAILED_PERMANENT, error=error, pass_to=others
                    )
                    outbox.settle(session, [settlement], at)
                    self.did_something = True
                else:
                    self._hold(session, claim, stop.until, at)

    async def _sent(self, one: _InHand) -> _Outcome:
        """Send one message and return what became of it."""
        if not one.lines:
            return _Outcome(one)
        if self.notifier is None or one.recipient is None or not one.address:
            reason = f"{one.claim.post}: không còn người nhận, hoặc kênh '{self.channel}' đã đóng"
            return _Outcome(one, failure=DeliveryFailed(reason, permanent=True, scope=Scope.WINDOW))
        if one.claim.possible_duplicate and one.others and not self.notifier.repeats_safely:
            reason = f"{one.claim.post}: lần gửi trước chưa rõ kết quả nên chuyển sang kênh khác"
            return _Outcome(one, failure=DeliveryUnknown(reason))
        try:
            letter = _letter(self.office, one, one.recipient, self._at)
        except Exception as error:  # a fault of ours in one letter must not keep the others back
            _log.exception("message %s", one.claim.key)
            reason = f"{one.claim.post}: lỗi của phần mềm khi soạn tin ({type(error).__name__})"
            return _Outcome(one, failure=DeliveryFailed(reason, permanent=False, scope=Scope.CONTENT))
        try:
            return _Outcome(one, letter, await self.notifier.send(letter, one.address))
        except DeliveryFailed as failure:
            return _Outcome(one, letter, failure=failure)
        except Exception as error:
            _log.exception("message %s", one.claim.key)
            reason = (
                f"{one.claim.post}: lỗi của phần mềm khi gửi ({type(error).__name__}), chưa rõ đã đến chưa"
            )
            return _Outcome(one, letter, failure=DeliveryUnknown(reason))

    # --- settling ------------------------------------------------------------------------------

    def _settle(self, session: Session, finished: Iterable[_Outcome], at: datetime) -> None:
        """Put on record what became of messages, and what that says about addresses and the channel."""
        settlements = []
        for outcome in finished:
            settlement = self._settlement(outcome, at)
            settlements.append(settlement)
            self._total.by_state[settlement.state] += 1
            if outcome.failure is not None:
                self._total.failures.append(_said(outcome.failure, settlement))
                _mark_address(session, outcome, at)
            self._judge_channel(session, outcome, at)
        lost = set(outbox.settle(session, settlements, at))
        refused = [s.claim.key for s in settlements if _is_final(s) and s.claim.key not in lost]
        unreached = outbox.reminders_in(session, refused)
        ids = {reminder.assignment_id for reminders in unreached.values() for reminder in reminders}
        registry.flag_for_planning(session, ids)

    def _settlement(self, outcome: _Outcome, at: datetime) -> Settlement:
        claim = outcome.one.claim
        person = outcome.one.recipient.person if outcome.one.recipient else ""
        if outcome.receipt is not None and outcome.letter is not None:
            state, subject = DeliveryState(outcome.receipt.state), outcome.letter.subject
            return Settlement(claim, state, outcome.receipt.provider_id, subject, person=person)
        if outcome.failure is None:
            return Settlement(claim, DeliveryState.SUPPRESSED)
        repeats_safely = self.notifier is None or self.notifier.repeats_safely
        return _failed(outcome.one, outcome.failure, repeats_safely, at)

    def _judge_channel(self, session: Session, outcome: _Outcome, at: datetime) -> None:
        """Pause a channel that is at fault itself, ever longer; whatever passes ends the pause."""
        failure = outcome.failure
        if outcome.receipt is not None:
            if self._may_be_paused or self._at_fault:
                switches.mended(session, self.channel)
            self._at_fault, self._may_be_paused = 0, False
        elif (
            failure is not None
            and failure.scope is Scope.CHANNEL
            and not isinstance(failure, DeliveryUnknown)
        ):
            self._at_fault = PATIENCE if failure.permanent else self._at_fault + 1
            if self._at_fault >= PATIENCE:
                self._may_be_paused = True
                wait = failure.retry_after or FIRST_PAUSE
                switches.pause(session, self.channel, failure.reason, wait, LONGEST_RETRY, at)


async def _some_of(
    flying: set[asyncio.Task[_Outcome]],
) -> tuple[set[asyncio.Task[_Outcome]], set[asyncio.Task[_Outcome]]]:
    """Wait for all, but not much longer than the first; return those finished and the others."""
    done, rest = await asyncio.wait(flying, timeout=ROUND)
    if not done:
        done, rest = await asyncio.wait(rest, return_when=asyncio.FIRST_COMPLETED)
    return done, rest


def _read_afresh(
    session: Session, office: Office, contacts: ContactBook, claims: list[Claim], now: datetime
) -> list[_InHand]:
    kept = {**outbox.reminders_in(session, (c.key for c in claims)), **outbox.copied(session, claims)}
    ids = {reminder.assignment_id for reminders in kept.values() for reminder in reminders}
    known = {a.id: a for a in registry.assignments(session, office.directory.unit, ids=ids)}
    in_hand = []
    for claim in claims:
        lines, why_not = _lines(kept[claim.key], known, now)
        if not claim.copy_of:  # the reminders of a copy were told already
            outbox.give_up(session, claim.key, why_not, now)
        recipient = contacts.at_post(claim.post, now.date())
        in_hand.append(_InHand(claim, recipient, tuple(lines), _others(office, claim, recipient)))
    return in_hand


def _others(office: Office, claim: Claim, recipient: Recipient | None) -> tuple[str, ...]:
    """Return the channels that may carry a message instead of its own, in their order."""
    reached = recipient.addresses if recipient else {}
    return tuple(c for c in claim.fallbacks if c in reached and c in office.notifiers)


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


def _letter(office: Office, one: _InHand, recipient: Recipient, now: datetime) -> Letter:
    digest = compose(one.claim.key, recipient, one.lines, office.world, now)
    return written(office.texts.added_to(digest, one.lines, office.rulebook), office.channels.office)


def _failed(one: _InHand, failure: DeliveryFailed, repeats_safely: bool, at: datetime) -> Settlement:
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


def _is_final(settlement: Settlement) -> bool:
    return settlement.state is DeliveryState.FAILED_PERMANENT and not settlement.pass_to


def _said(failure: DeliveryFailed, settlement: Settlement) -> str:
    """Return the failure as people read it, with where the message goes on."""
    if not settlement.pass_to:
        return failure.reason
    return f"{failure.reason.removesuffix(' — không gửi lại')} — chuyển sang kênh {settlement.pass_to[0]}"


def _mark_address(session: Session, outcome: _Outcome, at: datetime) -> None:
    """Remember what a failure says about an address: gone, refused, or moved."""
    failure, recipient, claim = outcome.failure, outcome.one.recipient, outcome.one.claim
    if failure is None or recipient is None or not outcome.one.address:
        return
    who = (recipient.post, recipient.person, claim.channel, outcome.one.address)
    if failure.moved_to:
        addresses.move(session, claim.channel, outcome.one.address, failure.moved_to, at)
    elif failure.scope is Scope.OPTED_OUT:
        addresses.opt_out(session, *who, failure.reason, at, "event")
    elif failure.permanent and failure.scope is Scope.RECIPIENT:
        addresses.mark_dead(session, *who, failure.reason, at, "event")
