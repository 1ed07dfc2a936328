"""Why was this unit told, why was it not, and what comes next?

The trace of one assignment at one moment: the rule with the values seen, each step with
its moment and what the ledger says became of it. What was told is read, not recomputed:
it keeps the rules, the person and the channel it had then, though all have changed since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from engine.counting import CountedDay, counted
from engine.digest_days import digest_for, digest_moment
from engine.escalation import next_sending_moment, step_falls_at
from engine.hindrances import NOTHING, ChannelState, ClosedWay, Hindrances
from engine.ledger import Told, ToldState
from engine.messages import channels_for
from engine.model import Assignment, Recipient
from engine.planning import (
    FAULT_STEP,
    SAID_WHY_NOT,
    SuppressionReason,
    World,
    decide,
    recipient_for,
    why_silent,
)
from engine.remembered import Remembered
from engine.rulebook import AUDIENCES, Audience, DigestDays, Policy, Rule, Step, each_channel
from engine.status import Standing, Status, standing_of

STEP_GONE = "đã chờ đến lượt, nay quy tắc không còn bậc này cho phần việc này nên không gửi"


class StepState(StrEnum):
    """What became of a step, or why nothing did."""

    COMING = "coming"
    DUE = "due"  # its moment has come; the next run decides
    PRECEDES = "precedes_assignment"
    WAITING = "waiting"
    PENDING = "pending"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    SUPPRESSED = "suppressed"
    OVER = "over"  # the assignment is no longer chased


@dataclass(frozen=True, slots=True)
class StepTrace:
    """One step of the ladder for one assignment; `at` is when it reached its state.

    `leaves_at` is when its message left, or leaves at the earliest: `falls_at`, or the next sending
    hours when it falls outside of them; for a level that is told on certain weekdays, those of the next
    such day, and `level_days` names the days.
    `rulebook` is the fingerprint of the rules that decided it, "" while nothing did. A step
    that only the ledger knows has neither `counting` nor `channels`.
    """

    step: str
    level: int
    to: str
    post: str
    person: str  # the title of who holds the post that day; "" once told: it is not recorded
    falls_at: datetime
    state: StepState
    at: datetime | None
    reason: str  # code of the suppression, or ""
    said: str  # Vietnamese
    place: str
    leaves_at: datetime
    holder: str = ""  # the name of that person, or of who was written to
    why_recipient: str = ""  # as it was recorded, once told
    channels: tuple[tuple[str, ChannelState], ...] = ()
    channel: str = ""  # what carried it, or would
    rulebook: str = ""
    counting: tuple[CountedDay, ...] = ()
    level_days: str = ""
    is_passed_over: bool = False  # not decided for good, and as things stand nobody will be told
    notes: tuple[tuple[str, str], ...] = ()  # by channel: what became of an address
    held_by: tuple[str, ...] = ()  # what keeps the message back, or might, while it has not left


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decides about one assignment at one moment.

    `earlier` is what was told of deadlines that are no longer in force.
    """

    assignment: Assignment
    standing: Standing
    at: datetime
    conditions: tuple[tuple[Rule, tuple[tuple[str, str, bool], ...]], ...]  # rules asked, in order
    rule: Rule | None
    policy: Policy | None
    steps: tuple[StepTrace, ...]
    silent: SuppressionReason | None
    rulebook: str
    earlier: tuple[StepTrace, ...] = ()

    @property
    def next_step(self) -> StepTrace | None:
        """The step that comes next if nothing happens, None when nothing will."""
        if self.silent is not None:
            return None
        open_states = {StepState.COMING, StepState.DUE, StepState.WAITING}
        coming = [step for step in self.steps if step.state in open_states and not step.is_passed_over]
        return min(coming, key=lambda step: step.falls_at, default=None)

    @property
    def suppressions(self) -> tuple[StepTrace, ...]:
        """The steps that were not told, or not yet, with their reasons."""
        return tuple(step for step in self.steps if step.reason)


def explained(
    assignment: Assignment,
    world: World,
    told: Sequence[Told],
    at: datetime,
    details: Mapping[str, Remembered] | None = None,
    hindrances: Hindrances = NOTHING,
) -> Explanation:
    """Return the trace of `assignment` at `at`, by the rules of `world` as far as nothing was decided.

    `details` says by the key of each reminder how it was decided and sent, `hindrances` what keeps
    back those that have not left.
    """
    standing = standing_of(assignment, at)
    rule = world.rulebook.rule_for(assignment)
    asked = []
    for candidate in world.rulebook.rules:
        asked.append((candidate, candidate.conditions(assignment)))
        if candidate is rule:
            break
    policy = world.rulebook.policies[rule.policy] if rule else None
    silent = why_silent(standing) if rule else SuppressionReason.NO_RULE
    by_then = [t for t in told if t.at <= at]
    next_run = decide(assignment, world, by_then, at).suppressions
    left_out = {one.step: one.reason for one in next_run if not one.reason.waits}
    case = _Case(assignment, standing, world, at, details or {}, left_out, hindrances)
    current = [t for t in by_then if t.due_on == standing.due_on]
    earlier = [t for t in by_then if t.due_on != standing.due_on]
    return Explanation(
        assignment, standing, at, tuple(asked), rule, policy, case.steps(current), silent,
        world.rulebook.fingerprint, _in_order(map(case.remembered, earlier)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """One assignment at one moment, and what the ledger has of it by then."""

    assignment: Assignment
    standing: Standing
    world: World
    at: datetime
    details: Mapping[str, Remembered]
    left_out: Mapping[str, SuppressionReason]  # steps of which the next run tells nobody
    hindrances: Hindrances

    def steps(self, told: Iterable[Told]) -> tuple[StepTrace, ...]:
        """Return every step of the ladder, and what the ledger knows besides."""
        if self.standing.due_on is None:
            return ()
        known = {t.step: t for t in told}
        ladder = self.world.rulebook.steps_for(self.assignment)
        traces = [self._traced(step, known.pop(step.id, None)) for step in ladder]
        ids = {step.id for step in ladder}
        return _in_order([*traces, *(self._besides(one, ids) for one in known.values())])

    def _besides(self, told: Told, ladder: Collection[str]) -> StepTrace:
        """Return what the ledger says of a reminder of no step; one whose step is gone waits in vain."""
        trace = self.remembered(told)
        if told.state is not ToldState.WAITING or told.step.partition("@")[0] in ladder:
            return trace
        return replace(trace, said=STEP_GONE, is_passed_over=True, held_by=())

    def remembered(self, told: Told) -> StepTrace:
        """Return what the ledger alone says of a reminder: its step may be in no rule any more."""
        detail = self.details.get(told.key, Remembered(told))
        said = _fault_said(told) if told.step == FAULT_STEP else _told_said(told)
        leaves_at = self._left_at(told, detail) or told.falls_at
        state = StepState(told.state)
        return StepTrace(
            told.step, told.level, str(AUDIENCES[told.level]), told.post, "",
            told.falls_at, state, told.at, _reason(told), detail.why_not or said, detail.place,
            leaves_at, detail.person, detail.reason,
            ((detail.channel, ChannelState.CHOSEN),) if detail.channel else (), detail.channel,
            detail.rulebook,
            held_by=self._held_by(told.post, detail.channel, leaves_at, detail.message)
            if state in _HAS_NOT_LEFT
            else (),
        )  # fmt: skip

    def _traced(self, step: Step, told: Told | None) -> StepTrace:
        """Return a step of the ladder; once decided for good, as it was recorded then."""
        due_on = self.standing.due_on
        assert due_on is not None
        days = digest_for(step, self.world.rulebook)
        if told is not None and told.state is not ToldState.WAITING and told.key in self.details:
            counting = self._counting(step, due_on, told.falls_at.date())
            return replace(self.remembered(told), counting=counting, level_days=days.words if days else "")
        falls_at = told.falls_at if told else step_falls_at(step, due_on, self.world.calendar)
        recipient = recipient_for(step, self.assignment, self.world.contacts, falls_at.date())
        state, said = self._state(step, falls_at, told)
        channels = self._channels(step, recipient)
        chosen = next((name for name, how in channels if how is ChannelState.CHOSEN), "")
        detail = self.details.get(told.key) if told else None
        waits_since = told.at if told and told.state is ToldState.WAITING else None
        left_at = self._left_at(told, detail) if told and detail else None
        leaves_at = left_at or self._leaves_at(waits_since or falls_at, days)
        channel = (detail.channel if detail else "") or chosen
        return StepTrace(
            step.id, step.to.level, str(step.to),
            told.post if told else recipient.post if recipient else "",
            recipient.title if recipient else "",
            falls_at, state, told.at if told else None, _reason(told), said,
            (detail.place if detail else "") or step.place,
            leaves_at,
            (detail.person if detail else "") or (recipient.person if recipient else ""),
            _why_recipient(step.to, self.assignment, recipient),
            channels,
            channel,
            detail.rulebook if detail else "",
            self._counting(step, due_on, falls_at.date()),
            days.words if days else "",
            told is None and self._why_passed_over(step, falls_at) is not None,
            tuple((name, way.said) for name, _ in channels if (way := self._closed(recipient, name))),
            self._held_by(recipient.post if recipient else "", channel, leaves_at)
            if state in _HAS_NOT_LEFT
            else (),
        )  # fmt: skip

    def _left_at(self, told: Told, detail: Remembered) -> datetime | None:
        """Return when the message of a reminder left, or leaves at the earliest: not before now."""
        if detail.leaves_at is None or told.state is not ToldState.PENDING:
            return detail.leaves_at
        return max(detail.leaves_at, self.at)

    def _channels(self, step: Step, recipient: Recipient | None) -> tuple[tuple[str, ChannelState], ...]:
        """Return a step's channels in order; the first that works, preferred ones before, is chosen."""
        is_open = self.world.channels
        chosen = next(channels_for(recipient, step.via, is_open), "") if recipient else ""
        found: list[tuple[str, ChannelState]] = []
        for channel in each_channel(step.via):
            state = ChannelState.CHOSEN
            if channel not in is_open:
                state = ChannelState.CLOSED
            elif way := self._closed(recipient, channel):
                state = way.state
            elif recipient is None or channel not in recipient.addresses:
                state = ChannelState.NO_ADDRESS
            elif channel != chosen:
                state = ChannelState.SPARE
            found.append((channel, state))
        return tuple(found)

    def _closed(self, recipient: Recipient | None, channel: str) -> ClosedWay | None:
        """Return what became of an address that is not used any more; one mended since is used."""
        is_used = recipient is None or channel in recipient.addresses or channel not in self.world.channels
        return None if is_used else self.hindrances.closed_way(recipient, channel)

    def _held_by(self, post: str, channel: str, leaves_at: datetime, message: str = "") -> tuple[str, ...]:
        """Return what would keep the message back when it leaves; who stands in by then is who counts."""
        hours, calendar = self.world.rulebook.sending, self.world.calendar
        leaves_at = next_sending_moment(max(leaves_at, self.at), hours, calendar)
        halted = self.hindrances.halted(channel, leaves_at, message)
        if not self.hindrances.trial or not channel:
            return halted
        told = self.world.contacts.told_at(post, leaves_at, self.world.channels)
        return (*halted, self.hindrances.on_trial(told, channel)) if told else halted

    def _why_passed_over(self, step: Step, falls_at: datetime) -> SuppressionReason | None:
        """Return why nobody would be told of an undecided step if everything stayed as it is."""
        if falls_at <= self.at:
            return self.left_out.get(step.id)
        is_quiet = step.unless_acknowledged and self.standing.status is Status.ACKNOWLEDGED
        return SuppressionReason.ACKNOWLEDGED if is_quiet else None

    def _counting(self, step: Step, due_on: date, falls_on: date) -> tuple[CountedDay, ...]:
        """Return how the day is counted; () when it was decided by a calendar or rule that changed since."""
        days = counted(step, due_on, self.world.calendar)
        return days if days[-1].day == falls_on else ()

    def _leaves_at(self, since: datetime, days: DigestDays | None) -> datetime:
        """Return when a step leaves at the earliest, by the level's days and the sending hours."""
        since = digest_moment(days, self.world.calendar, since) if days else since
        return next_sending_moment(since, self.world.rulebook.sending, self.world.calendar)

    def _state(self, step: Step, falls_at: datetime, told: Told | None) -> tuple[StepState, str]:
        if told is not None:
            return StepState(told.state), _told_said(told)
        if falls_at.date() < self.standing.armed_on:
            return StepState.PRECEDES, f"mốc này qua trước ngày giao {self.standing.armed_on:%d/%m/%Y}"
        silent = why_silent(self.standing)
        if silent is not None:
            return StepState.OVER, SAID_WHY_NOT[silent]
        passed_over = self._why_passed_over(step, falls_at)
        why = f"; sẽ không nhắc: {SAID_WHY_NOT[passed_over]}" if passed_over else ""
        if falls_at > self.at:
            return StepState.COMING, f"chưa đến{why}"
        return StepState.DUE, f"đã đến mốc{why or '; lượt chạy tới sẽ quyết định'}"


def _in_order(traces: Iterable[StepTrace]) -> tuple[StepTrace, ...]:
    return tuple(sorted(traces, key=lambda trace: (trace.falls_at, trace.level)))


_HAS_NOT_LEFT = frozenset({StepState.COMING, StepState.DUE, StepState.WAITING, StepState.PENDING})


def _why_recipient(to: Audience, assignment: Assignment, recipient: Recipient | None) -> str:
    said = _AUDIENCE_SAID[to].format(assignment.unit.name)
    return said if recipient else f"{said}: vị trí này chưa có người giữ"


_AUDIENCE_SAID = {
    Audience.SUPPORTING: "đầu mối của đơn vị phối hợp {}",
    Audience.CONTACT: "đầu mối của đơn vị chủ trì {}",
    Audience.HEAD: "thủ trưởng của đơn vị chủ trì {}",
    Audience.COORDINATOR: "cơ quan theo dõi, đôn đốc của tỉnh",
    Audience.CHAIRMAN: "Chủ tịch UBND tỉnh",
}


def _reason(told: Told | None) -> str:
    is_kept_back = told is not None and told.state in {ToldState.SUPPRESSED, ToldState.WAITING}
    return told.suppression if told is not None and is_kept_back else ""


def _told_said(told: Told) -> str:
    match told.state:
        case ToldState.PENDING:
            return "đang chờ gửi"
        case ToldState.DELIVERED:
            return f"đã gửi {told.at:%H:%M %d/%m/%Y}"
        case ToldState.UNDELIVERABLE:
            return "không gửi được"
        case ToldState.WAITING:
            return _why_not(told.suppression) or "đang chờ"
        case ToldState.SUPPRESSED:
            return _why_not(told.suppression) or "không nhắc"


def _why_not(code: str) -> str:
    return SAID_WHY_NOT[SuppressionReason(code)] if code else ""


def _fault_said(told: Told) -> str:
    return f"đã báo cơ quan theo dõi {told.at:%H:%M %d/%m/%Y}: cần sửa đầu mối"
