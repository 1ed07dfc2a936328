"""What may not leave now, although it is due: who said so, and what is the way out?

A guard holds or suppresses with a named reason and a record; it drops nothing in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from typing import Protocol

from sqlmodel import Session

from engine.escalation import next_sending_moment
from engine.messages import MessageDraft
from engine.model import HANOI, PostRole, Recipient
from engine.planning import SuppressionReason
from store import audit as counted
from store import storms, switches
from store.switches import RESTORE, SENDING, Stop
from usecases.answerers import answerer_at
from usecases.channels_guards import Guards
from usecases.notices import lay_before_coordinator
from usecases.wiring import Office

STOP_FILE = "DUNG-GUI"
BY_FILE = "tệp DUNG-GUI"
NEXT_TICK = timedelta(minutes=10)
ONE_A_DAY = "zalo_zbs"  # paid by the message
FORTNIGHT = timedelta(days=14)
FRESH = timedelta(days=5)  # what came in since, the last fortnight cannot know
ACTIVE_DAYS = 3  # fewer say nothing about what is ordinary
NO_HISTORY = 10  # times the least storm that a tick may plan while nothing is known
LEAST = 50


class Sendable(Protocol):
    """What a limit looks at: a claimed message."""

    @property
    def post(self) -> str:
        """Whom it is for."""

    @property
    def channel(self) -> str:
        """How it would leave."""


@dataclass(frozen=True, slots=True)
class Over:
    """Above a limit: until when a message waits, and for which one."""

    until: datetime
    why: str  # tick | day | person | zbs


# --- what stands ------------------------------------------------------------------------------


def standing(session: Session, office: Office, now: datetime) -> Iterator[Stop]:
    """Yield everything that is stopped at `now`, what the file in the data folder stops first."""
    by_file = _by_file(office, now)
    if by_file is not None:
        yield by_file
    yield from switches.stops(session, now)


def what_stands(office: Office, now: datetime) -> list[str]:
    """Return one sentence for everything that is stopped, and one when only the listed are written to."""
    with office.database.reading() as session:
        said = [said_of(stop) for stop in standing(session, office, now)]
    guards = office.channels.guards
    return [*said, said_of_trial(guards)] if guards.in_trial else said


def stopping(session: Session, office: Office, channel: str, now: datetime) -> Stop | None:
    """Return what keeps everything back from a channel at `now`."""
    return _by_file(office, now) or switches.stopping(session, channel, now)


def said_of(stop: Stop) -> str:
    """Return one sentence: what is stopped, since when, why, and the way out."""
    since = f"từ {stop.at:%H:%M %d/%m/%Y}"
    if stop.by == BY_FILE:
        return f"ĐANG DỪNG GỬI: {stop.why}; xóa tệp đó để gửi lại"
    if stop.name == SENDING:
        return f"ĐANG DỪNG GỬI {since} ({stop.by}): {stop.why}; gửi lại: dondoc sending resume"
    if stop.name == RESTORE:
        return f"ĐANG DỪNG GỬI {since}: {stop.why}; gửi lại: dondoc sending resume --confirm-restore"
    if stop.name.startswith(storms.PREFIX):
        tick = stop.name.removeprefix(storms.PREFIX)
        return f"GIỮ LẠI {stop.why}; xem rồi chạy: dondoc sending release {tick} (hoặc drop {tick} --why …)"
    if stop.name.startswith("channel:"):
        until = f"đến {stop.until:%H:%M %d/%m/%Y}" if stop.until else "đến khi có người mở lại"
        return f"kênh {stop.name.removeprefix('channel:')} tạm dừng {until}: {stop.why}"
    return f"ĐANG DỪNG GỬI {since}: {stop.why}; nếu giờ máy đã đúng: dondoc sending resume"


def said_of_trial(guards: Guards) -> str:
    """Return one sentence on the trial that is on."""
    return f"đang chạy thử: chỉ gửi cho {len(guards.allow)} địa chỉ, tên miền, vị trí trong danh sách"


def not_in_trial(guards: Guards, recipient: Recipient | None, channel: str) -> str:
    """Return the reason why a person gets nothing while on trial, "" when they may."""
    if recipient is None or guards.may_write_to(recipient, channel):
        return ""
    return str(SuppressionReason.TRIAL)


def why_unsaid(session: Session, office: Office, channel: str, address: str, now: datetime) -> str:
    """Return why nothing is said back at an address while on trial, "" when something may be."""
    guards = office.channels.guards
    posts = answerer_at(session, office, channel, address, now).posts if guards.in_trial else ()
    names = {address.casefold(), *(one.post.casefold() for one in posts)}
    return "đang chạy thử" if guards.in_trial and not names & guards.allow else ""


def _by_file(office: Office, now: datetime) -> Stop | None:
    path = office.settings.home / STOP_FILE
    return Stop(SENDING, None, f"có tệp {path}", BY_FILE, now) if path.exists() else None


# --- limits -----------------------------------------------------------------------------------


class Quota:
    """How much may still leave: in this pump, today in all, and today to each person."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._guards = office.channels.guards
        self._in_tick = 0
        self._day: datetime | None = None
        self._today: Counter[tuple[str, str]] = Counter()  # by post and channel
        self._of_post: Counter[str] = Counter()
        self._of_all = 0

    def take(self, session: Session, one: Sendable, at: datetime) -> Over | None:
        """Take the place of a message that leaves now, or return what holds it."""
        self._look(session, at)
        over = self._over(one, at)
        if over is None:
            self._in_tick += 1
            self._count(one.post, one.channel, 1)
        return over

    def _look(self, session: Session, at: datetime) -> None:
        """Count what left today, anew when a day begins."""
        midnight = datetime.combine(at.astimezone(HANOI).date(), time(0), tzinfo=HANOI)
        if midnight != self._day:
            self._day, self._of_all = midnight, 0
            self._today, self._of_post = Counter(), Counter()
            for (post, channel), count in counted.left_today(session, midnight).items():
                self._count(post, channel, count)

    def _count(self, post: str, channel: str, count: int) -> None:
        self._today[post, channel] += count
        self._of_post[post] += count
        self._of_all += count

    def _over(self, one: Sendable, at: datetime) -> Over | None:
        if one.channel == ONE_A_DAY and self._today[one.post, one.channel]:
            return Over(self._tomorrow(at), "zbs")
        if self._in_tick >= self._guards.per_tick:
            return Over(self._opening(at + NEXT_TICK), "tick")
        if self._of_all >= self._guards.per_day:
            return Over(self._tomorrow(at), "day")
        is_over = self._of_post[one.post] >= self._guards.per_person_per_day
        return Over(self._tomorrow(at), "person") if is_over else None

    def _tomorrow(self, at: datetime) -> datetime:
        day = at.astimezone(HANOI).date() + timedelta(days=1)
        return self._opening(datetime.combine(day, time(0), tzinfo=HANOI))

    def _opening(self, moment: datetime) -> datetime:
        return next_sending_moment(moment, self._office.rulebook.sending, self._office.world.calendar)


# --- storms -----------------------------------------------------------------------------------


def hold_storm(session: Session, office: Office, messages: Iterable[MessageDraft], now: datetime) -> str:
    """Hold the messages of a tick that planned far more than is ordinary; return what to tell, or "".

    In the transaction of the plan: nobody can take one of them before. The coordinating office is
    told by a message of its own.
    """
    messages = list(messages)
    least = _least(office)
    if len(messages) <= least:
        return ""
    why = _why_storm(session, messages, office.channels.guards.storm_factor, least, now)
    if not why:
        return ""
    name = f"{storms.PREFIX}{now.astimezone(HANOI):%Y%m%d-%H%M%S}"
    if not storms.hold(session, name, [message.key for message in messages], why, now):
        return ""
    said = said_of(Stop(name, None, why, "dondoc", now))
    lay_before_coordinator(session, office, messages[0].reminders[0].assignment, said, now)
    return said


def ordinary_limit(days: Iterable[int], factor: int, least: int) -> int:
    """Return how many messages a tick may plan, after the counts of the days on which any was."""
    known = list(days)
    return max(least, int(factor * median(known))) if len(known) >= ACTIVE_DAYS else NO_HISTORY * least


def _least(office: Office) -> int:
    """Return up to how many messages a tick is never a storm: a word to each contact is ordinary."""
    contacts = {one.post for one in office.contacts.recipients if one.role is PostRole.CONTACT}
    return office.channels.guards.storm_least or max(LEAST, len(contacts) * 3 // 2)


def _why_storm(session: Session, messages: list[MessageDraft], factor: int, least: int, now: datetime) -> str:
    """Return why a tick is a storm, "" when it is none.

    What came in lately the fortnight cannot have seen: messages that speak of nothing else
    count only once they are more than any office gets.
    """
    since = now - FORTNIGHT
    limit = ordinary_limit(counted.planned_by_day(session, since, now), factor, least)
    fresh = storms.documents_since(session, now - FRESH)
    known = sum(not _is_fresh(message, fresh) for message in messages)
    if known <= limit and len(messages) <= max(limit, NO_HISTORY * least):
        return ""
    tick = f"lượt {now:%H:%M %d/%m/%Y}"
    return f"{tick} lập {len(messages)} tin, mức cho phép là {limit}: chưa gửi tin nào của lượt này"


def _is_fresh(message: MessageDraft, fresh: frozenset[str]) -> bool:
    return all(r.assignment.task.document.code in fresh for r in message.reminders)


def kept_back_words(kept_back: Mapping[str, int]) -> list[str]:
    """Return what a run tells of messages that guards kept back, by reason."""
    said = {
        "trial": "không gửi vì đang chạy thử",
        "tick": "chờ lượt sau vì hết mức mỗi lượt",
        "day": "chờ ngày sau vì hết mức trong ngày",
        "person": "chờ ngày sau vì người nhận đã đủ tin trong ngày",
        "zbs": "chờ ngày sau vì mỗi người một tin ZBS mỗi ngày",
    }
    return [f"{said[why]}: {count}" for why, count in sorted(kept_back.items()) if why in said]
