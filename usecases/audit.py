"""What stands still that should have moved?

The auditor looks at the start of every tick, at little more than what is not finished. Each
case is put on record once, however often it is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from engine.escalation import next_sending_moment
from engine.model import HANOI
from store import audit as stuck
from store import switches
from store.audit import Stuck
from usecases import guards
from usecases.deliver import LEASE
from usecases.wiring import Office

TICK_EVERY = timedelta(minutes=10)
TICK_HOURS = range(7, 17)  # the hours in which ticks come, as in the schedule
MOST_CASES = 20  # of one kind that one look names

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands still, since when, and what a person can do about it."""

    kind: str
    key: str
    since: datetime
    said: str

    @property
    def case(self) -> str:
        """The name under which it is on record; standing still anew is a case of its own."""
        return f"{self.kind}:{self.key}@{self.since.isoformat()}"

    @property
    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {"kind": self.kind, "key": self.key, "since": self.since.isoformat(), "message": self.said}


def audit(office: Office, now: datetime) -> list[Finding]:
    """Look for what stands still and put new cases on record; return those that are news."""
    with office.database.reading() as session:
        found = list(findings(session, office, now))
    if not found:
        return []
    cases = {one.case: {"kind": one.kind, "key": one.key, "since": one.since.isoformat()} for one in found}
    with office.database.writing() as session:
        news = set(stuck.note_incidents(session, cases, now))
    return [one for one in found if one.case in news]


def findings(session: Session, office: Office, now: datetime) -> Iterator[Finding]:
    """Yield everything that stands still at `now`, at most MOST_CASES of a kind."""
    for kind, look in _LOOKS.items():
        for one in look(session, office, now):
            where = f" ({one.where})" if one.where else ""
            yield Finding(kind, one.key, one.since, _SAID[kind].format(key=one.key + where, since=one.since))


def is_tick_late(last_tick: datetime | None, now: datetime) -> bool:
    """Return whether a tick that should have come by now, given two intervals, has not.

    At night none is expected. Before the first tick ever none is late.
    """
    return last_tick is not None and last_tick < _expected_by(now - 2 * TICK_EVERY)


def _expected_by(moment: datetime) -> datetime:
    """Return the last moment up to `moment` at which the schedule has a tick."""
    local = moment.astimezone(HANOI)
    if local.hour in TICK_HOURS:
        return local.replace(minute=local.minute // 10 * 10, second=0, microsecond=0)
    day = local.date() if local.hour > TICK_HOURS[-1] else local.date() - timedelta(days=1)
    return datetime.combine(day, time(TICK_HOURS[-1], 50), tzinfo=HANOI)


def _late_tick(session: Session, office: Office, now: datetime) -> list[Stuck]:
    last = stuck.last_tick(session)
    return [Stuck("tick", "", last)] if last is not None and is_tick_late(last, now) else []


def _unclaimed(session: Session, office: Office, now: datetime) -> list[Stuck]:
    """What should have left an hour ago, in an hour in which nothing kept it back."""
    stops = list(guards.standing(session, office, now))
    if any(stop.name in switches.ALL for stop in stops) or not _was_open(office, now):
        return []
    closed = [stop.name.removeprefix("channel:") for stop in stops]
    return stuck.unclaimed(session, now - _HOUR, closed, MOST_CASES)


def _was_open(office: Office, now: datetime) -> bool:
    sending, calendar = office.rulebook.sending, office.world.calendar
    return all(next_sending_moment(at, sending, calendar) == at for at in (now - _HOUR, now))


def _abandoned(session: Session, office: Office, now: datetime) -> list[Stuck]:
    return stuck.abandoned(session, now - LEASE, MOST_CASES)


def _unknown(session: Session, office: Office, now: datetime) -> list[Stuck]:
    return stuck.unknown(session, now - timedelta(days=1), MOST_CASES)


def _unheard(session: Session, office: Office, now: datetime) -> list[Stuck]:
    """What people said and nobody has worked off; while anything is stopped answers wait with it."""
    may_answer = not any(guards.standing(session, office, now))
    return stuck.unheard(session, now - timedelta(minutes=10), may_answer, MOST_CASES)


def _orphans(session: Session, office: Office, now: datetime) -> list[Stuck]:
    return stuck.orphans(session, now - timedelta(days=2), MOST_CASES)


_LOOKS: dict[str, Callable[[Session, Office, datetime], list[Stuck]]] = {
    "late-tick": _late_tick,
    "unclaimed": _unclaimed,
    "abandoned": _abandoned,
    "unknown": _unknown,
    "unheard": _unheard,
    "orphan": _orphans,
}
_SAID = {
    "late-tick": "lượt gần nhất từ {since:%H:%M %d/%m/%Y}: dịch vụ đã ngừng hoặc lỗi; xem 'dondoc serve'",
    "unclaimed": "tin {key} đến giờ gửi từ {since:%H:%M %d/%m/%Y} mà chưa ai gửi; xem tiến trình gửi",
    "abandoned": "tin {key} có tiến trình nhận gửi, quá hạn giữ từ {since:%H:%M %d/%m/%Y} mà chưa ai xét lại",
    "unknown": "tin {key} lập lúc {since:%H:%M %d/%m/%Y} chưa rõ có tới nơi không; hỏi lại người nhận",
    "unheard": "phản hồi {key} nhận lúc {since:%H:%M %d/%m/%Y} chưa được xử lý; xem nhật ký của dịch vụ",
    "orphan": "lời nhắc {key} quyết định lúc {since:%H:%M %d/%m/%Y} mà không tin nào mang; báo phụ trách",
}
