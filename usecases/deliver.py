"""The outbox is pumped: claim, read the facts again, send, settle.

A message killed between "accepted" and "recorded" is found by its lease and marked unknown.
It is repeated under the same name where a reader sees a repeat, and goes on through the
next channel where not: never lost, at most one possible duplicate, flagged.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from engine.contacts import ContactBook
from engine.digest import Digest, shown_rows
from engine.escalation import next_sending_moment
from engine.ledger import DeliveryState
from engine.messages import Line, compose
from engine.model import Assignment, Recipient
from engine.planning import why_not_now
from engine.quiet_hours import wakes_at
from notifiers.answering import ByAssignment
from notifiers.base import DeliveryFailed, DeliveryUnknown, Letter, Receipt, Scope
from notifiers.letters import written
from store import addresses, ledger, outbox, registry, switches
from store.outbox import Claim, KeptReminder, Settlement
from store.switches import Stop
from usecases import guards, restored
from usecases.doors import Told, doors_for
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


@dataclass(frozen=True, slots=True)
class _InHand:
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
            in_hand = _read_afresh(session, self.office, contacts, claims, at)
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
                others = _others(
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
            return Settlement(claim, DeliveryState.SUPPRESSED, error=outcome.one.kept_back)
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
        recipient = contacts.told_at(claim.post, now, office.notifiers.keys())
        person = replace(recipient, post=recipient.own_post) if recipient else None
        kept_back = guards.not_in_trial(office.channels.guards, person, claim.channel) if lines else ""
        if kept_back:
            lines, why_not = [], dict.fromkeys((r.key for r in kept[claim.key]), kept_back) | why_not
        if not claim.copy_of:  # the reminders of a copy were told already
            outbox.give_up(session, claim.key, why_not, now)
        digest = _digest(office, claim, recipient, lines, now)
        others = _others(office, claim, recipient)
        in_hand.append(_InHand(claim, recipient, tuple(lines), others, digest=digest, kept_back=kept_back))
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


def _told(in_hand: Iterable[_InHand], known: dict[str, Assignment]) -> Iterator[Told]:
    """Yield the messages with the assignments that each shows."""
    for one in in_hand:
        if one.recipient is not None and one.digest is not None:
            ids = dict.fromkeys(id_ for row in shown_rows(one.digest) for id_ in row.assignment_ids)
            yield Told(one.claim.key, one.claim.channel, one.recipient, tuple(known[id_] for id_ in ids))


def _others(office: Office, claim: Claim, recipient: Recipient | None) -> tuple[str, ...]:
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


def _letter(office: Office, one: _InHand, recipient: Recipient, now: datetime) -> Letter:
    digest = one.digest or compose(one.claim.key, recipient, one.lines, office.world, now)
    said = office.texts.added_to(digest, one.lines, office.rulebook)
    return written(said, office.channels.office, one.doors)


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
    who = (recipient.own_post, recipient.person, claim.channel, outcome.one.address)
    if failure.moved_to:
        addresses.move(session, claim.channel, outcome.one.address, failure.moved_to, at)
    elif failure.scope is Scope.OPTED_OUT:
        addresses.opt_out(session, *who, failure.reason, at, "event")
    elif failure.permanent and failure.scope is Scope.RECIPIENT:
        addresses.mark_dead(session, *who, failure.reason, at, "event")
