"""Who must be told what at this moment, why, and who not, and why not?

`decide` answers for one assignment from its facts, the rules, the calendar and what the
ledger says was told before. Engine, preview, explanation and tests all call it; nothing
here knows how the assignment was found or how a message leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from engine.calendar import WorkCalendar
from engine.contacts import ContactBook
from engine.digest_days import digest_for, is_its_day
from engine.escalation import Fallen, Rung, fallen_of
from engine.heard import Heard
from engine.ledger import NOTICE_STEP, Told, ToldState
from engine.model import HANOI, Assignment, PostRole, Recipient
from engine.rulebook import AUDIENCES, Anchor, Audience, Policy, Rulebook, Step
from engine.status import Standing, Status, standing_of


class SuppressionReason(StrEnum):
    """Why somebody was not told, or not yet."""

    SUPERSEDED = "superseded"  # a later step of the same level matters now
    ACKNOWLEDGED = "acknowledged"  # the step is quiet once the unit said "đã nhận"
    NO_CONTACT = "no_contact"  # nobody holds the post
    NO_CHANNEL = "no_channel"  # the person has no address on any open channel of the step
    CONTACT_FAULT = "contact_fault"  # the level below cannot be reached: not a matter for the top
    LEVEL_BELOW = "level_below"  # waits until the level below was reached
    BUDGET = "budget"  # waits for the level's next day
    DIGEST = "digest"  # waits for the weekday on which the level gets its overdue page
    REPORTED = "reported"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"  # it was meant for the unit that was waited for
    DISPUTED = "disputed"
    AWAITING_DECISION = "awaiting_decision"
    EXTENDED = "extended"  # it spoke of a deadline that is no longer in force
    NO_DEADLINE = "no_deadline"
    NO_RULE = "no_rule"
    TRIAL = "trial"  # the service is on trial and the person is not among those it may write to
    STORM = "storm"  # of a tick far above the ordinary, which a person gave up

    @property
    def waits(self) -> bool:
        """Whether the reminder is kept and asked about again at every tick."""
        return self in _WAITS


_WAITS = frozenset({SuppressionReason.LEVEL_BELOW, SuppressionReason.BUDGET, SuppressionReason.DIGEST})

SAID_WHY_NOT = {
    SuppressionReason.SUPERSEDED: "đã có bậc sau cùng cấp thay thế",
    SuppressionReason.ACKNOWLEDGED: "đơn vị đã xác nhận đã nhận; bậc này chỉ nhắc khi chưa nhận",
    SuppressionReason.NO_CONTACT: "không có người giữ vị trí nhận tin",
    SuppressionReason.NO_CHANNEL: "người nhận không có địa chỉ trên kênh nào đang mở",
    SuppressionReason.CONTACT_FAULT: "cấp dưới chưa liên lạc được: đã báo cơ quan theo dõi sửa đầu mối",
    SuppressionReason.LEVEL_BELOW: "chờ cấp dưới nhận được tin, ít nhất sang ngày làm việc sau",
    SuppressionReason.BUDGET: "hết mức trong ngày của cấp này; chuyển sang ngày sau",
    SuppressionReason.DIGEST: "chờ ngày nhận tin tổng hợp của cấp này",
    SuppressionReason.REPORTED: "đơn vị đã báo cáo kết quả",
    SuppressionReason.ACCEPTED: "kết quả đã được nghiệm thu",
    SuppressionReason.CANCELLED: "phần việc đã được hủy",
    SuppressionReason.BLOCKED: "phần việc đang vướng đơn vị khác",
    SuppressionReason.UNBLOCKED: "đã hết vướng; nhắc trở lại đơn vị chủ trì",
    SuppressionReason.DISPUTED: "đơn vị cho là không phải việc của mình, đang chờ phân xử",
    SuppressionReason.AWAITING_DECISION: "đang chờ người có thẩm quyền quyết định",
    SuppressionReason.EXTENDED: "thời hạn đã thay đổi",
    SuppressionReason.NO_DEADLINE: "không có thời hạn xác định",
    SuppressionReason.NO_RULE: "không quy tắc nào áp dụng cho phần việc này",
    SuppressionReason.TRIAL: "đang chạy thử: người nhận không có trong danh sách được gửi",
    SuppressionReason.STORM: "tin của lượt tăng đột biến, người điều hành đã quyết định không gửi",
}

FAULT_STEP = "loi-dau-moi"
_OF_NO_RULE = frozenset({FAULT_STEP, NOTICE_STEP})
_TURNED = "@"  # "<step>@<unit>": the step is told to the unit that is waited for


class Reminder(NamedTuple):
    """The decision to tell one recipient one thing; `key` makes it unrepeatable."""

    key: str
    assignment: Assignment
    step: str
    level: int
    due_on: date
    falls_at: datetime
    recipient: Recipient
    via: tuple[str, ...]
    reason: str
    place: str  # "<rule file>:<line>" of the step


class Suppression(NamedTuple):
    """The decision not to tell, with its reason; keyed like the reminder it stands for."""

    key: str
    assignment: Assignment
    step: str
    level: int
    due_on: date
    falls_at: datetime
    post: str
    reason: SuppressionReason
    place: str
    said: str = ""

    @property
    def detail(self) -> str:
        """The reason as a Vietnamese sentence part."""
        return self.said or SAID_WHY_NOT[self.reason]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one assignment calls for at one moment."""

    reminders: tuple[Reminder, ...] = ()
    suppressions: tuple[Suppression, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """What every decision rests on besides the assignment: rules, calendar, posts."""

    rulebook: Rulebook
    calendar: WorkCalendar
    contacts: ContactBook
    channels: frozenset[str] = field(default_factory=lambda: frozenset({"mailbox"}))


def decide_all(
    assignments: Iterable[Assignment], world: World, told: Mapping[str, Sequence[Told]], now: datetime
) -> Decision:
    """Return the decisions for many assignments, in one value."""
    reminders: list[Reminder] = []
    suppressions: list[Suppression] = []
    for assignment in assignments:
        one = decide(assignment, world, told.get(assignment.id, ()), now)
        reminders += one.reminders
        suppressions += one.suppressions
    return Decision(tuple(reminders), tuple(suppressions))


def decide(assignment: Assignment, world: World, told: Sequence[Told], now: datetime) -> Decision:
    """Return whom to tell about `assignment` at `now`, and whom not.

    Asked late, after an outage, each level gets the one step that matters now; the steps
    that passed are superseded. Asked twice, the second answer is empty, because what was
    told is in `told`.
    """
    standing = standing_of(assignment, now)
    speaks = standing.is_chased or standing.waits_for
    policy = world.rulebook.policy_for(assignment) if speaks else None
    return decide_for(assignment, standing, policy, world, Heard(told), now)


def decide_for(
    assignment: Assignment,
    standing: Standing,
    policy: Policy | None,
    world: World,
    heard: Heard,
    now: datetime,
) -> Decision:
    """Return what `decide` does, for one who knows how the work stands, its policy and what was said."""
    silent = None if standing.waits_for else why_silent(standing)
    outdated = tuple(_outdated(assignment, heard, standing, silent)) if heard.waiting else ()
    if silent is not None or policy is None:
        return Decision((), outdated)
    case = _Case(assignment, standing, policy, world, heard, now)
    return Decision(tuple(case.reminders), outdated + tuple(case.suppressions))


def _outdated(
    assignment: Assignment, heard: Heard, standing: Standing, silent: SuppressionReason | None
) -> Iterator[Suppression]:
    """Yield what waits and is given up: everything of silent work, else what meant another deadline."""
    for told in heard.waiting.values():
        turned_to = unit_waited_for(told.step)
        if silent is not None:
            yield _given_up(assignment, told, silent)
        elif turned_to != standing.waits_for:
            why = SuppressionReason.UNBLOCKED if turned_to else SuppressionReason.BLOCKED
            yield _given_up(assignment, told, why)
        elif told.due_on != standing.due_on:
            yield _given_up(assignment, told, SuppressionReason.EXTENDED)


def why_silent(standing: Standing) -> SuppressionReason | None:
    """Return why an assignment is not chased at all, None when it is."""
    if standing.is_chased:
        return None
    return {
        Status.REPORTED: SuppressionReason.REPORTED,
        Status.ACCEPTED: SuppressionReason.ACCEPTED,
        Status.CANCELLED: SuppressionReason.CANCELLED,
        Status.BLOCKED: SuppressionReason.BLOCKED,
        Status.DISPUTED: SuppressionReason.DISPUTED,
        Status.AWAITING_DECISION: SuppressionReason.AWAITING_DECISION,
    }.get(standing.status, SuppressionReason.NO_DEADLINE)


def why_not_now(
    assignment: Assignment, due_on: date, now: datetime, step: str = ""
) -> SuppressionReason | None:
    """Return why a reminder planned for `due_on` must not leave any more, None when it may.

    Asked inside the claim, with facts read a moment ago. What is laid before a coordinator leaves
    whatever became of it.
    """
    if step == NOTICE_STEP:
        return None
    standing = standing_of(assignment, now)
    turned_to = unit_waited_for(step)
    if turned_to:
        is_waiting = standing.waits_for == turned_to and standing.due_on == due_on
        return None if is_waiting else why_silent(standing) or SuppressionReason.UNBLOCKED
    if standing.due_on != due_on and standing.is_chased:
        return SuppressionReason.EXTENDED
    return why_silent(standing)


def unit_waited_for(step: str) -> str:
    """Return the code of the unit to which a step was turned, "" for one told to its own people."""
    return step.partition(_TURNED)[2]


def recipient_for(step: Step, assignment: Assignment, contacts: ContactBook, on: date) -> Recipient | None:
    """Return who holds the post that `step` speaks to, on a day."""
    return _holder(step.to, assignment.unit.code, contacts, on)


def _holder(to: Audience, unit_code: str, contacts: ContactBook, on: date) -> Recipient | None:
    match to.role:
        case PostRole.COORDINATOR:
            return contacts.coordinator(on)
        case PostRole.CHAIRMAN:
            return contacts.chairman(on)
        case role:
            return _held(contacts, unit_code, role, on)


@lru_cache(maxsize=65536)  # a run speaks to far fewer posts than there are steps
def _held(contacts: ContactBook, unit_code: str, role: PostRole, on: date) -> Recipient | None:
    return contacts.recipient(unit_code, role, on)


def reminders_like(
    one: Reminder, others: Iterable[Assignment], contacts: ContactBook, on: date
) -> Iterator[Reminder]:
    """Yield what `one` is for assignments that stand alike and were told alike, at their own units' posts.

    Somebody must hold the post at each of the units.
    """
    due_on, due, whom = one.due_on, one.due_on.isoformat(), one.recipient
    is_within = one.level in _WITHIN_UNIT and not unit_waited_for(one.step)
    role = AUDIENCES[one.level].role if is_within else None
    is_fault = one.step == FAULT_STEP
    reason, unreached = one.reason, _unreached(one.assignment.unit.name)
    for other in others:
        if role is not None:
            found = _held(contacts, other.unit.code, role, on)
            assert found is not None
            whom = found
        if is_fault:
            reason = one.reason.replace(unreached, _unreached(other.unit.name))
        key = f"{other.id}|{due}|{one.step}|{whom.post}"
        yield Reminder(
            key, other, one.step, one.level, due_on, one.falls_at, whom, one.via, reason, one.place
        )


def is_at_own_unit(one: Suppression, contacts: ContactBook, on: date) -> bool:
    """Whether the post of a suppression goes by the unit that owes: one of its own, or one nobody holds."""
    unit = one.post.partition("/")[0]
    if unit != one.assignment.unit.code:
        return False
    return one.level in _WITHIN_UNIT or _holder(AUDIENCES[one.level], unit, contacts, on) is None


def suppression_like(one: Suppression, other: Assignment, at_own_unit: bool) -> Suppression:
    """Return what `one` is for an assignment that stands alike and was told alike."""
    if one.assignment is other:
        return one
    post = f"{other.unit.code}/{one.post.partition('/')[2]}" if at_own_unit else one.post
    key = f"{other.id}|{one.due_on.isoformat()}|{one.step}|{post}"
    return one._replace(key=key, assignment=other, post=post)


@dataclass(slots=True)
class _Reached:
    """A step whose moment has come, with the post it speaks to."""

    rung: Rung
    step: Step
    recipient: Recipient | None
    post: str
    key: str


_OF_A_UNIT = frozenset({Audience.CONTACT.level, Audience.HEAD.level})
_WITHIN_UNIT = _OF_A_UNIT | {Audience.SUPPORTING.level}


class _Gate(StrEnum):
    OPEN = "open"
    WAIT = "wait"
    FAULT = "fault"  # the level below cannot be reached at all


class _Case:
    """One chased assignment at one moment: the working of `decide`."""

    def __init__(
        self,
        assignment: Assignment,
        standing: Standing,
        policy: Policy,
        world: World,
        heard: Heard,
        now: datetime,
    ) -> None:
        assert standing.due_on is not None
        self.assignment, self.standing, self.world = assignment, standing, world
        self.due_on, self.now, self.today = standing.due_on, now, now.astimezone(HANOI).date()
        self.heard, self.settled = heard, heard.settled(standing.due_on)
        self.turned = f"{_TURNED}{standing.waits_for}" if standing.waits_for else ""
        self.reminders: list[Reminder] = []
        self.suppressions: list[Suppression] = []
        role, armed_on = assignment.role, standing.armed_on
        self._run(fallen_of(policy, role, self.due_on, armed_on, world.calendar, now))

    def _run(self, levels: tuple[Fallen, ...]) -> None:
        for level in levels:
            if self.turned and level.rungs[0].level not in _OF_A_UNIT:
                continue
            if not self.turned and level.ids <= self.settled:
                continue
            for rung in level.rungs:
                if rung.step.id + self.turned in self.settled:
                    continue
                if rung is level.rungs[-1]:
                    self._consider(self._addressed(rung), level.below)
                else:
                    self._suppress(self._addressed(rung), SuppressionReason.SUPERSEDED)
        for told in self.heard.answered(self.due_on):
            if told.state is ToldState.UNDELIVERABLE and told.level in {1, 2}:
                self._report_fault(told.step, told.falls_at)

    def _addressed(self, rung: Rung) -> _Reached:
        step, unit = rung.step, self.standing.waits_for or self.assignment.unit.code
        recipient = _holder(step.to, unit, self.world.contacts, self.today)
        post = recipient.post if recipient else f"{unit}/{step.to}"
        return _Reached(rung, step, recipient, post, self._key(step.id + self.turned, post))

    def _key(self, step: str, post: str) -> str:
        return f"{self.assignment.id}|{self.due_on.isoformat()}|{step}|{post}"

    def _consider(self, reached: _Reached, below: Rung | None) -> None:
        """Tell the latest step of a level, or say why not; `below` is a rung of the level below."""
        if reached.step.unless_acknowledged and self.standing.status is Status.ACKNOWLEDGED:
            self._suppress(reached, SuppressionReason.ACKNOWLEDGED)
        elif reached.recipient is None:
            self._suppress(reached, SuppressionReason.NO_CONTACT)
            self._report_fault(reached.step.id, reached.rung.falls_at)
        else:
            match self._gate(reached.rung, below):
                case _Gate.OPEN if self._is_gathering(reached):
                    self._suppress(reached, SuppressionReason.DIGEST)
                case _Gate.OPEN:
                    self._remind(reached, reached.recipient)
                case _Gate.WAIT:
                    self._suppress(reached, SuppressionReason.LEVEL_BELOW)
                case _Gate.FAULT:
                    self._suppress(reached, SuppressionReason.CONTACT_FAULT)

    def _gate(self, rung: Rung, below: Rung | None) -> _Gate:
        """Whether the level below has been reached, on an earlier day, about this deadline.

        What is said before the deadline is notice, not escalation: it waits for nobody.
        """
        if rung.level <= 1 or below is None or rung.step.anchor is Anchor.BEFORE:
            return _Gate.OPEN
        told = [
            t
            for t in self.heard.answered(self.due_on)
            if t.level == below.level and t.step not in _OF_NO_RULE and self._counts(t)
        ]
        unit = self.standing.waits_for
        told = [t for t in told if t.level not in _OF_A_UNIT or unit_waited_for(t.step) == unit]
        if any(t.state is ToldState.DELIVERED and t.at.astimezone(HANOI).date() < self.today for t in told):
            return _Gate.OPEN
        owner = unit or self.assignment.unit.code
        vacant = _holder(below.step.to, owner, self.world.contacts, self.today) is None
        if vacant or any(t.state is ToldState.UNDELIVERABLE for t in told):
            return _Gate.FAULT if rung.step.to is Audience.CHAIRMAN else _Gate.OPEN
        return _Gate.WAIT

    def _is_gathering(self, reached: _Reached) -> bool:
        """Whether the level gets its overdue page on another day."""
        days = digest_for(reached.step, self.world.rulebook)
        if days is None:
            return False
        known = self.heard.waiting.get(reached.key)
        since = known.at if known and known.suppression == SuppressionReason.DIGEST else None
        return not is_its_day(days, self.world.rulebook, self.world.calendar, self.now, since)

    def _counts(self, told: Told) -> bool:
        """Only what was said once the deadline had come announces the step up."""
        return told.falls_at.astimezone(HANOI).date() >= self.world.calendar.previous_working_day(self.due_on)

    def _remind(self, reached: _Reached, recipient: Recipient) -> None:
        step, rung = reached.step, reached.rung
        self.reminders.append(
            Reminder(
                reached.key, self.assignment, step.id + self.turned, rung.level, self.due_on, rung.falls_at,
                recipient, step.via, rung.said, step.place,
            )
        )  # fmt: skip

    def _suppress(self, reached: _Reached, reason: SuppressionReason) -> None:
        known = self.heard.waiting.get(reached.key)
        if reason.waits and known is not None and known.suppression == reason:
            return
        step, rung = reached.step, reached.rung
        self.suppressions.append(
            Suppression(
                reached.key, self.assignment, step.id + self.turned, rung.level, self.due_on, rung.falls_at,
                reached.post, reason, step.place,
            )
        )  # fmt: skip

    def _report_fault(self, step: str, falls_at: datetime) -> None:
        """Lay before the coordinating office that a unit's post cannot be reached."""
        coordinator = self.world.contacts.coordinator(self.today)
        if coordinator is None:
            return
        key = self._key(FAULT_STEP, coordinator.post)
        if FAULT_STEP in self.settled or any(r.key == key for r in self.reminders):
            return
        whom = unit_waited_for(step) or self.assignment.unit.name
        reason = f"bậc '{step}' {_unreached(whom)} cần sửa đầu mối"
        self.reminders.append(
            Reminder(
                key, self.assignment, FAULT_STEP, Audience.COORDINATOR.level, self.due_on, falls_at,
                coordinator, ("email", "mailbox"), reason, "",
            )
        )  # fmt: skip


def _unreached(whom: str) -> str:
    return f"không tới được {whom}:"


def _given_up(assignment: Assignment, told: Told, reason: SuppressionReason) -> Suppression:
    return Suppression(
        told.key, assignment, told.step, told.level, told.due_on, told.falls_at, told.post, reason, ""
    )
