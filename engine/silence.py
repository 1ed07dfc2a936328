"""Whose work is due or overdue while nothing has reached them, and why?

The red zone is what falls due within a few working days or is overdue already. Whoever
stands in it has been reached since they entered it, or has a row here with a reason:
nothing that is due is ever silent without one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from engine.calendar import WorkCalendar
from engine.escalation import ladder_of
from engine.ledger import DeliveryState, ToldState
from engine.model import HANOI, Assignment, PostRole, Role
from engine.planning import SAID_WHY_NOT, SuppressionReason, World
from engine.remembered import Remembered
from engine.report_query import ReportFacts, ReportQuery
from engine.rulebook import Audience, Step, Thresholds
from engine.status import Standing, Status, standing_of

RED_ZONE_DAYS = Thresholds().red_zone  # working days before the last day to act, unless the rules say
OF_THE_UNIT = frozenset({Audience.CONTACT.level, Audience.HEAD.level})


class Zone(StrEnum):
    """On which side of the last day allowed the work stands."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


class SilenceReason(StrEnum):
    """Why nothing has reached a unit; where planning has a reason of the same name, it is that one."""

    NO_CONTACT = "no_contact"
    NO_CHANNEL = "no_channel"
    ACKNOWLEDGED = "acknowledged"
    WAITING = "waiting"  # for the level below, or for the level's next day
    HELD = "held"  # for the sending hours
    UNDELIVERED = "undelivered"  # it should have left: not tried yet, failed for now, or unknown
    FAILED = "failed"  # refused for good
    BLOCKED = "blocked"
    DISPUTED = "disputed"
    AWAITING_DECISION = "awaiting_decision"
    NO_RULE = "no_rule"
    QUIET_POLICY = "quiet_policy"  # its policy has no steps, on purpose
    NO_STEP = "no_step"  # no step has fallen since the zone was entered
    TICK_MISSING = "tick_missing"  # a step has fallen and no run has looked at it


@dataclass(frozen=True, slots=True)
class RedZone:
    """An assignment that must not be silent; `since` is the day it entered the zone."""

    assignment: Assignment
    standing: Standing
    due_on: date
    zone: Zone
    since: date


@dataclass(frozen=True, slots=True)
class SilentRow:
    """One assignment in the red zone that nothing reached; `last_attempt` is the last sending tried."""

    red: RedZone
    reason: SilenceReason
    message: str
    last_attempt: datetime | None


@dataclass(frozen=True, slots=True)
class SilenceReport:
    """Everybody in the red zone whom nothing reached, as of a moment; the others were `reached`.

    `query` and `log_head` say what was asked and what the answer rests on.
    """

    as_of: datetime
    rulebook: str
    rows: tuple[SilentRow, ...]
    reached: int
    red_zone_days: int = RED_ZONE_DAYS
    query: ReportQuery | None = None
    log_head: str = ""

    @property
    def totals(self) -> dict[str, int]:
        """How many rows there are for each reason, the most frequent first."""
        counts = Counter(str(row.reason) for row in self.rows)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class RedFacts:
    """The red zone of a query, what is remembered of it by assignment id, and the world it is judged in."""

    reds: Sequence[RedZone]
    remembered: Mapping[str, Sequence[Remembered]]
    world: World


def silence_of(facts: ReportFacts, red: RedFacts) -> SilenceReport:
    """Return who of what the query speaks of was not reached; in a period lies what is due in it."""
    query = facts.query
    reds = [one for one in red.reds if query.is_in_period(one.due_on)]
    report = silence_report(reds, red.remembered, red.world, query.as_of)
    return replace(report, query=query, log_head=facts.log_head)


def red_zone(
    assignments: Iterable[Assignment], calendar: WorkCalendar, as_of: datetime, days: int = RED_ZONE_DAYS
) -> list[RedZone]:
    """Return what is owed and due within so many working days of a moment, or overdue.

    Lead units alone: supporting units are informed, not chased. Held and blocked work is owed too.
    """
    on = as_of.astimezone(HANOI).date()
    found = []
    for assignment in assignments:
        if assignment.role is Role.LEAD and assignment.assigned_on <= on:
            standing = standing_of(assignment, as_of)
            due_on = standing.due_on
            if standing.is_owed and due_on is not None:
                entered = calendar.add_working_days(calendar.previous_working_day(due_on), -days)
                zone = Zone.OVERDUE if on > calendar.next_working_day(due_on) else Zone.DUE_SOON
                if entered <= on:
                    since = max(entered, standing.armed_on)
                    found.append(RedZone(assignment, standing, due_on, zone, since))
    return found


def silence_report(
    reds: Sequence[RedZone], remembered: Mapping[str, Sequence[Remembered]], world: World, as_of: datetime
) -> SilenceReport:
    """Return who of the red zone was not reached, each with the reason, the longest overdue first.

    Reached is whoever got a message about the deadline in force, contact or head of the unit,
    since the zone was entered; a fault laid before the coordinating office reaches no unit.
    """
    rows = []
    for red in reds:
        known = [one for one in remembered.get(red.assignment.id, ()) if _concerns(one, red)]
        if not any(_has_reached(one, red) for one in known):
            rows.append(_row(red, known, world, as_of))
    rows.sort(key=lambda row: (row.red.due_on, row.red.assignment.unit.code, row.red.assignment.id))
    reached = len(reds) - len(rows)
    days = world.rulebook.thresholds.red_zone
    return SilenceReport(as_of.astimezone(HANOI), world.rulebook.fingerprint, tuple(rows), reached, days)


def as_json(report: SilenceReport) -> dict[str, Any]:
    """Return the report as the plain data of the JSON contract."""
    return {
        "as_of": report.as_of.isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "log_head": report.log_head,
        "red_zone": {"working_days": report.red_zone_days, "total": report.reached + len(report.rows)},
        "reached": report.reached,
        "rows": [_row_json(row) for row in report.rows],
        "totals": report.totals,
    }


def _concerns(one: Remembered, red: RedZone) -> bool:
    told = one.told
    return told.due_on == red.due_on and told.level in OF_THE_UNIT


def _has_reached(one: Remembered, red: RedZone) -> bool:
    told = one.told
    return told.state is ToldState.DELIVERED and told.at.astimezone(HANOI).date() >= red.since


def _row(red: RedZone, known: Sequence[Remembered], world: World, as_of: datetime) -> SilentRow:
    tried = [one.told.at for one in known if one.delivery in _TRIED]
    reason, message = _why(red, known, world, as_of)
    return SilentRow(red, reason, message, max(tried, default=None))


_TRIED = {
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.READ,
    DeliveryState.FAILED_TEMPORARY,
    DeliveryState.FAILED_PERMANENT,
    DeliveryState.UNKNOWN,
}


def _why(
    red: RedZone, known: Sequence[Remembered], world: World, as_of: datetime
) -> tuple[SilenceReason, str]:
    """Return the reason that stands in the way now: the people's, the rules', then the sending's."""
    stopped = {
        Status.BLOCKED: SuppressionReason.BLOCKED,
        Status.DISPUTED: SuppressionReason.DISPUTED,
        Status.AWAITING_DECISION: SuppressionReason.AWAITING_DECISION,
    }.get(red.standing.status)
    if stopped is not None:
        return SilenceReason(stopped), SAID_WHY_NOT[stopped] + _waiting(red, world, as_of)
    policy = world.rulebook.policy_for(red.assignment)
    if policy is None:
        return SilenceReason.NO_RULE, SAID_WHY_NOT[SuppressionReason.NO_RULE]
    if policy.why_quiet:
        return SilenceReason.QUIET_POLICY, policy.why_quiet
    ladder = ladder_of(policy, Role.LEAD, red.due_on, world.calendar)
    steps = [pair for level in ladder for pair in level if pair[1].to.level in OF_THE_UNIT]
    ids = {step.id for _, step in steps}
    known = [one for one in known if one.told.state is not ToldState.WAITING or one.told.step in ids]
    missed = _missed(steps, {one.told.step for one in known}, red, as_of)
    if missed is not None:
        falls_at, step = missed
        return SilenceReason.TICK_MISSING, (
            f"bậc '{step.id}' đã đến lúc {falls_at:%H:%M %d/%m/%Y} mà chưa có lượt chạy nào xét"
        )
    return _last_word(known, as_of) or (SilenceReason.NO_STEP, _what_comes(steps, as_of))


def _waiting(red: RedZone, world: World, as_of: datetime) -> str:
    """Say which unit is waited for and since when, where one was named."""
    standing = red.standing
    if not standing.waits_for or standing.blocked_at is None:
        return ""
    contact = world.contacts.recipient(standing.waits_for, PostRole.CONTACT, as_of.astimezone(HANOI).date())
    unit = contact.unit.name if contact else standing.waits_for
    return f": chờ {unit} từ {standing.blocked_at:%d/%m/%Y}, đơn vị đó được nhắc thay"


def _missed(
    steps: Sequence[tuple[datetime, Step]], told: set[str], red: RedZone, as_of: datetime
) -> tuple[datetime, Step] | None:
    """Return a step that is the latest of its level to have fallen, and that nothing was decided about."""
    latest = {
        step.to: (falls_at, step)
        for falls_at, step in steps
        if falls_at <= as_of and falls_at.date() >= red.standing.armed_on
    }
    return next((pair for pair in latest.values() if pair[1].id not in told), None)


def _last_word(known: Sequence[Remembered], as_of: datetime) -> tuple[SilenceReason, str] | None:
    """Return what stood in the way of the last reminder to the contact, else to the head; None if nothing."""
    for level in sorted(OF_THE_UNIT):
        of_level = [one for one in known if one.told.level == level]
        last = max(
            (o for o in of_level if not _is_superseded(o)), key=lambda o: o.told.falls_at, default=None
        )
        said = _of(last, as_of) if last is not None else None
        if said is not None:
            return said
    return None


def _is_superseded(one: Remembered) -> bool:
    return one.told.suppression == SuppressionReason.SUPERSEDED


def _of(one: Remembered, as_of: datetime) -> tuple[SilenceReason, str] | None:
    """Return why a reminder has not arrived; None for one that arrived, or was taken back for good."""
    told = one.told
    match told.state:
        case ToldState.WAITING:
            return SilenceReason.WAITING, SAID_WHY_NOT[SuppressionReason(told.suppression)]
        case ToldState.SUPPRESSED if told.suppression in _STILL_SO:
            return SilenceReason(told.suppression), SAID_WHY_NOT[SuppressionReason(told.suppression)]
        case ToldState.UNDELIVERABLE:
            return SilenceReason.FAILED, f"bậc '{told.step}' bị từ chối qua {one.channel}; cần sửa địa chỉ"
        case ToldState.PENDING if one.leaves_at and one.leaves_at > as_of and one.delivery not in _TRIED:
            return SilenceReason.HELD, f"bậc '{told.step}' chờ giờ gửi {one.leaves_at:%H:%M %d/%m/%Y}"
        case ToldState.PENDING:
            tried = one.delivery in _TRIED
            how = f"gửi qua {one.channel} chưa được, sẽ gửi lại" if tried else "đã lập tin mà chưa gửi"
            return SilenceReason.UNDELIVERED, f"bậc '{told.step}' {how}"
    return None


# What was true when a step was decided and keeps it silent; work that was blocked then may be free now.
_STILL_SO = {SilenceReason.NO_CONTACT, SilenceReason.NO_CHANNEL, SilenceReason.ACKNOWLEDGED}


def _what_comes(steps: Sequence[tuple[datetime, Step]], as_of: datetime) -> str:
    coming = min((pair for pair in steps if pair[0] > as_of), key=lambda pair: pair[0], default=None)
    if coming is None:
        return "chưa đến bậc nào kể từ khi vào vùng đỏ, và chính sách không còn bậc nào cho đơn vị"
    return f"chưa đến bậc nào kể từ khi vào vùng đỏ; bậc tới '{coming[1].id}' lúc {coming[0]:%H:%M %d/%m/%Y}"


def _row_json(row: SilentRow) -> dict[str, Any]:
    assignment = row.red.assignment
    return {
        "task": assignment.task.code,
        "title": assignment.task.title,
        "unit": assignment.unit.code,
        "unit_name": assignment.unit.name,
        "due_on": row.red.due_on.isoformat(),
        "zone": str(row.red.zone),
        "since": row.red.since.isoformat(),
        "reason": str(row.reason),
        "message": row.message,
        "last_attempt": row.last_attempt.isoformat(timespec="seconds") if row.last_attempt else None,
    }
