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
from engine.quiet_hours import wakes_at
from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope, repeats_safely
from store import ledger, merging, outbox, registry, switches
from store.outbox import Claim, Settlement
from store.switches import Stop
from usecases import guards, restored
from usecases.in_hand import InHand, letter_of, others_of, read_afresh
from usecases.outcomes import LONGEST_RETRY, PATIENCE, Outcome, is_final, mark_address, said_of, settlement_of
from usecases.reach import contacts_by_now
from usecases.wiring import Office

_log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
FIRST_PAUSE = timedelta(minutes=5)  # of a channel that is at fault itself
ROUND = 1.0  # seconds after which what is finished is put on record though others are still under way


@dataclass
class Delivered:
    """What became of the messages of one pump, counted by state, and the failures in words.

    `was_stopped` says that it was asked to stop; what is left stays in the outbox, claimed by nobody.
    `kept_back` counts what guards kept back, by reason; `stops` are the sentences on all that is stopped.
    """

    by_state: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    was_stopped: bool = False
    kept_back: Counter[str] = field(default_factory=Counter)
    stops: list[str] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """How many messages left."""
        return sum(self.by_state[state] for state in ledger.ARRIVED)


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
    quota = guards.Quota(office)
    restored.check_database(office, now)
    try:
        await _emptied(office, now, owner, elapsed, is_stopping, total, quota)
    finally:
        restored.remember(office, now + elapsed())
    total.stops = guards.what_stands(office, now)
    return total


async def _emptied(
    office: Office,
    now: datetime,
    owner: str,
    elapsed: Callable[[], timedelta],
    is_stopping: Callable[[], bool],
    total: Delivered,
    quota: guards.Quota,
) -> None:
    """Let every channel be emptied until nothing moves any more; what became of it goes into `total`."""
    tried: set[str] = set()
    while True:  # what one channel passes on, another may have finished waiting for
        with office.database.writing() as session:
            merging.merge(session, now)
            outbox.sweep(session, now)
            channels = [c for c in outbox.waiting_channels(session, now) if c not in tried]
        if not channels:
            return
        parts = (now, elapsed, is_stopping, total, quota)
        pumps = [_Pump(office, channel, owner, *parts) for channel in channels]
        await _all_of(pump.run() for pump in pumps)
        if is_stopping():
            total.was_stopped = True
            return
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
        quota: guards.Quota,
    ) -> None:
        self.office, self.channel, self.owner = office, channel, owner
        self.notifier = office.notifiers.get(channel)
        self.room = self.notifier.batch if self.notifier else 1
        self._now, self._elapsed, self._is_stopping, self._total = now, elapsed, is_stopping, total
        self._quota = quota
        self._at_fault = 0  # failures in a row that say the channel itself is at fault
        self._may_be_paused = True  # by an earlier run; the first receipt ends that
        self.did_something = False

    async def run(self) -> None:
        """Empty the channel, or as much of it as it carries."""
        flying: set[asyncio.Task[Outcome]] = set()
        finished: list[Outcome] = []
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

    def _turn(self, finished: list[Outcome], room: int) -> list[InHand]:
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
            stop = guards.stopping(session, self.office, self.channel, at)
            if stop is not None:
                self._turn_away(session, stop, contacts, at)
                return []
            opens_at = next_sending_moment(at, self.office.rulebook.sending, self.office.world.calendar)
            if opens_at > at:
                self._hold_all(session, opens_at, at)
                return []
            claims = outbox.claim(session, at, self.owner, LEASE, self.channel, room)
            self.did_something |= bool(claims)
            claims = [claim for claim in claims if not self._is_quiet(session, claim, contacts, at)]
            claims = [claim for claim in claims if self._has_room(session, claim, at)]
            in_hand = read_afresh(session, self.office, contacts, claims, at)
            self._total.kept_back.update(one.kept_back for one in in_hand if one.kept_back)
            return in_hand

    def _is_quiet(self, session: Session, claim: Claim, contacts: ContactBook, at: datetime) -> bool:
        """Whether a message came in the quiet hours of who is told; then it waits for their end, held."""
        told = contacts.told_at(claim.post, at, self.office.notifiers.keys())
        hours, calendar = self.office.rulebook.sending, self.office.world.calendar
        until = wakes_at(told, at, hours, calendar) if told else at
        if until > at:
            self._hold(session, claim, until, at, "quiet")
        return until > at

    def _has_room(self, session: Session, claim: Claim, at: datetime) -> bool:
        """Whether a message is within the limits; one that is above waits, on record."""
        over = self._quota.take(session, claim, at)
        if over is not None:
            self._hold(session, claim, over.until, at, over.why)
            self._total.kept_back[over.why] += 1
        return over is None

    def _hold_all(self, session: Session, until: datetime, at: datetime) -> None:
        while held := outbox.claim(session, at, self.owner, LEASE, self.channel, 100):
            for claim in held:
                self._hold(session, claim, until, at)

    def _hold(
        self, session: Session, claim: Claim, until: datetime, at: datetime, why: str = "hours"
    ) -> None:
        outbox.hold(session, claim, until, at, why)
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
                others = others_of(
                    self.office, claim, contacts.told_at(claim.post, at, self.office.notifiers.keys())
                )
                if others:
                    error = f"kênh '{self.channel}' đang tạm dừng: {stop.why}"
                    settlement = Settlement(
                        claim, DeliveryState.FAILED_PERMANENT, error=error, pass_to=others
                    )
                    outbox.settle(session, [settlement], at)
                    self.did_something = True
                else:
                    self._hold(session, claim, stop.until, at, "channel")

    async def _sent(self, one: InHand) -> Outcome:
        """Send one message and return what became of it."""
        if not one.lines:
            return Outcome(one)
        if self.notifier is None or one.recipient is None or not one.address:
            reason = f"{one.claim.post}: không còn người nhận, hoặc kênh '{self.channel}' đã đóng"
            return Outcome(one, failure=DeliveryFailed(reason, permanent=True, scope=Scope.WINDOW))
        was_tried = one.claim.possible_duplicate and one.claim.attempts > 1
        if was_tried and one.others and not self._repeats_safely(one):
            reason = f"{one.claim.post}: lần gửi trước chưa rõ kết quả nên chuyển sang kênh khác"
            return Outcome(one, failure=DeliveryUnknown(reason))
        try:
            letter = letter_of(self.office, one, one.recipient, self._at)
        except Exception as error:  # a fault of ours in one letter must not keep the others back
            _log.exception("message %s", one.claim.key)
            reason = f"{one.claim.post}: lỗi của phần mềm khi soạn tin ({type(error).__name__})"
            return Outcome(one, failure=DeliveryFailed(reason, permanent=False, scope=Scope.CONTENT))
        try:
            return Outcome(one, letter, await self.notifier.send(letter, one.address))
        except DeliveryFailed as failure:
            return Outcome(one, letter, failure=failure)
        except Exception as error:
            _log.exception("message %s", one.claim.key)
            reason = (
                f"{one.claim.post}: lỗi của phần mềm khi gửi ({type(error).__name__}), chưa rõ đã đến chưa"
            )
            return Outcome(one, letter, failure=DeliveryUnknown(reason))

    def _repeats_safely(self, one: InHand) -> bool:
        """Whether the reader would know a repeat, as far as the channel and this address allow."""
        return self.notifier is None or repeats_safely(self.notifier, one.address)

    # --- settling ------------------------------------------------------------------------------

    def _settle(self, session: Session, finished: Iterable[Outcome], at: datetime) -> None:
        """Put on record what became of messages, and what that says about addresses and the channel."""
        settlements = []
        for outcome in finished:
            settlement = settlement_of(outcome, self._repeats_safely(outcome.one), at)
            settlements.append(settlement)
            self._total.by_state[settlement.state] += 1
            if outcome.failure is not None:
                self._total.failures.append(said_of(outcome.failure, settlement))
                mark_address(session, outcome, at)
            self._judge_channel(session, outcome, at)
        lost = set(outbox.settle(session, settlements, at))
        refused = [s.claim.key for s in settlements if is_final(s) and s.claim.key not in lost]
        unreached = outbox.reminders_in(session, refused)
        ids = {reminder.assignment_id for reminders in unreached.values() for reminder in reminders}
        registry.flag_for_planning(session, ids)

    def _judge_channel(self, session: Session, outcome: Outcome, at: datetime) -> None:
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
    flying: set[asyncio.Task[Outcome]],
) -> tuple[set[asyncio.Task[Outcome]], set[asyncio.Task[Outcome]]]:
    """Wait for all, but not much longer than the first; return those finished and the others."""
    done, rest = await asyncio.wait(flying, timeout=ROUND)
    if not done:
        done, rest = await asyncio.wait(rest, return_when=asyncio.FIRST_COMPLETED)
    return done, rest
