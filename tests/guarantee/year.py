"""A stretch of days on a virtual clock: a random registry, moody channels, people who act, restarts.

Everything that happens is drawn from one seed. What a channel does to a call depends on the seed, the
reader and how often that reader was called, never on who is faster.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from itertools import cycle
from pathlib import Path

import pytest

from engine.escalation import next_sending_moment
from engine.model import HANOI, Fact, FactKind
from engine.rulebook import Rulebook, read_rulebook
from notifiers import http
from notifiers.pacing import Breaker, Pace
from notifiers.telegram import TelegramSettings
from notifiers.zalo_oauth import Pair
from store import registry
from tests.guarantee.killing import watch
from tests.guarantee.town import CHATS, Town, a_town, reached
from tests.guarantee.world import CONFIG, a_row, bring, office_at, rows_of
from tests.peers.exchanges import KNOWN
from tests.peers.faults import Fault
from tests.peers.wire import Reply, Request
from usecases.act import record, record_of, refusal_of
from usecases.channels_guards import Guards
from usecases.deliver import LEASE, pump
from usecases.errors import InputRejected
from usecases.remind import Planned, tick
from usecases.secrets import machine_key
from usecases.wiring import Office
from usecases.zalo import KeptTokens

HOURS = (8, 14)
ODD_HOURS = (6, 21)  # now and then the service wakes when nothing may leave
AHEAD, BEHIND = timedelta(days=25), timedelta(days=-45)  # work is nobody's concern before and after
PATIENCE = 1.0  # seconds a client waits for an answer
WAITING = "SELECT key FROM message WHERE passed_to = '' AND state IN ('unknown', 'failed_temporary')"
ACTS = (
    *(FactKind.ACKNOWLEDGED,) * 6,
    *(FactKind.REPORTED,) * 8,
    *(FactKind.ACCEPTED,) * 6,
    *(FactKind.RETURNED,) * 2,
    FactKind.EXTENSION_REQUESTED,
    *(FactKind.EXTENDED,) * 2,
    FactKind.BLOCKED,
    FactKind.UNBLOCKED,
    FactKind.DISPUTED,
    FactKind.CANCELLED,
)
LOST_ANSWERS = (*("accept_then_reset", "cut_json") * 4, "accept_then_timeout")
NO_ANSWERS = ("reset", "html_502", "500")


@dataclass(frozen=True)
class Plan:
    """How long, how much, and how bad it is."""

    seed: int
    first: date
    days: int
    tasks: int
    units: int
    acts: int  # of people, before each waking of the service
    share_of_faults: float = 0.06
    share_of_cuts: float = 0.04  # runs in which the process loses its power
    share_in_time: float = 0.0  # work that is done before anybody is reminded of it

    def draw(self, *about: object) -> random.Random:
        """Return a source of chance for one thing, the same whenever it is asked about."""
        return random.Random("|".join(map(str, (self.seed, *about))))


class PowerCut(BaseException):
    """Nothing the process does from here on reaches the database."""


@dataclass(frozen=True)
class Share:
    """One unit's share of a task, and its deadline as first set."""

    id: str
    task: str
    unit: str
    due_on: date


@dataclass
class Year:
    """The life of one office; `runs` is what every tick planned."""

    plan: Plan
    town: Town
    url: str
    home: Path
    now: datetime
    office: Office = field(init=False)
    runs: list[Planned] = field(default_factory=list)
    cuts: int = 0
    is_calm: bool = False
    asks_all: bool = False  # whether every open share is asked, and what the ticks missed is an incident

    def live(self, judge: Callable[[Year], None]) -> Year:
        """Live through all days, and then quiet days until everything is settled.

        `judge` is asked whenever a month is over.
        """
        self._begin()
        for now in self._moments():
            is_new_month = now.month != self.now.month
            self.now = now
            if is_new_month:
                judge(self)
                self._change_phones()
            self._people_act()
            self.asks_all = is_new_month
            self._look()
        self.is_calm = True
        for turn in range(60):
            self.now = self._next_working_moment()
            self.asks_all = turn == 5
            self._look()
            if turn > 5 and not rows_of(self.office, WAITING):
                break
        return self

    # --- what happens ----------------------------------------------------------------------------

    def _begin(self) -> None:
        draw = self.plan.draw("registry")
        self.office = office_at(self.url, self.home)
        departments = [unit for unit in self.office.directory.units if unit.kind == "department"]
        communes = [unit for unit in self.office.directory.units if unit.kind == "commune"]
        self.units = [*departments, *draw.sample(communes, len(communes))][: self.plan.units]
        rows = []
        for n in range(1, self.plan.tasks + 1):
            day = self.plan.first + timedelta(days=draw.randrange(-20, self.plan.days))
            leads = draw.sample(self.units, draw.choice((1, 1, 2)))
            rows.append(a_row(n, f"{day:%d/%m/%Y}", ", ".join(unit.name for unit in leads)))
        bring(self.office, rows, f"{self.plan.first - timedelta(days=30)} 09:00")
        shares = rows_of(self.office, "SELECT id, task_code, unit_code, due_on FROM assignment ORDER BY id")
        self.shares = [
            Share(str(id_), str(task), str(unit), date.fromisoformat(str(due_on)))
            for id_, task, unit, due_on in shares
        ]
        self.posts = [f"{unit.code}/{role}" for unit in self.units for role in ("contact", "head")]
        self._open()
        self.town.move_in(self.office, self.posts, self.now, self._chats_of)

    def _open(self) -> None:
        """Open the office as the next process does."""
        self.office = office_at(self.url, self.home, rulebook=_book())
        self.office.__dict__["world"] = replace(self.office.world, rulebook=_book())
        channels = self.town.channels(connections=4)
        assert channels.email is not None
        mail = replace(channels.email, timeout=PATIENCE)
        guards = Guards(storm_least=10**6, per_tick=10**6, per_day=10**6, per_person_per_day=10**6)
        people = [*self.posts, "UBND/chairman", "VPUB/coordinator"]
        reached(self.office, replace(channels, email=mail, guards=guards), people)

    def _chats_of(self, post: str) -> tuple[str, ...]:
        """Two in three have a new chat, some of them two."""
        draw = self.plan.draw("chats", post, self.now.month)
        return tuple(draw.sample(CHATS, draw.randrange(3)))

    def _change_phones(self) -> None:
        """Let people link new chats, also where the old one was blocked or given up."""
        self.town.move_in(self.office, self.posts, self.now, self._chats_of)
        self._grant_again()

    def _moments(self) -> Iterator[datetime]:
        for n in range(self.plan.days):
            day = self.plan.first + timedelta(days=n)
            draw = self.plan.draw("hours", day)
            if draw.random() < (0.1 if self._is_working(day) else 0.75):
                continue  # the service is down
            for hour in sorted({draw.choice(HOURS), *(ODD_HOURS if draw.random() < 0.1 else ())}):
                yield datetime.combine(day, time(hour, draw.randrange(60)), HANOI)

    def _next_working_moment(self) -> datetime:
        later = self.now + timedelta(hours=7)
        return next_sending_moment(later, self.office.rulebook.sending, self.office.world.calendar)

    def _is_working(self, day: date) -> bool:
        return self.office.world.calendar.is_working_day(day)

    def _people_act(self) -> None:
        draw = self.plan.draw("acts", self.now)
        if self.now.weekday() == 0:
            self._finish()
        is_at_work = self._is_working(self.now.date()) or draw.random() < 0.2
        near = [share for share in self.shares if BEHIND <= share.due_on - self.now.date() <= AHEAD]
        for _ in range(self.plan.acts if near and is_at_work else 0):
            share, kind = draw.choice(near), draw.choice(ACTS)
            more: dict[str, object] = {}
            if kind in {FactKind.EXTENDED, FactKind.EXTENSION_REQUESTED}:
                more = {
                    "due_on": self.now.date() + timedelta(days=draw.randrange(5, 40)),
                    "document": "12/UB",
                }
            elif kind in {FactKind.REPORTED, FactKind.ACCEPTED}:
                more = {"on": self.now.date(), "document": "7/BC"}
            at = self.now - timedelta(minutes=draw.randrange(1, 60))
            with contextlib.suppress(InputRejected):
                record(self.office, share.task, share.unit, Fact(kind, at, "người thử", **more))  # type: ignore[arg-type]
        for person in self.town.zalo.people.values():
            if person.kind == "oa" and draw.random() < 0.1:  # opens the window of seven days once more
                person.last_interaction = self.now

    def _finish(self) -> None:
        """Let this week's share of the work done in good time, and what is long overdue, be accepted."""
        today = self.now.date()
        done = Fact(FactKind.ACCEPTED, self.now, "người thử", on=today, document="7/BC")
        late = [
            share.id for share in self.shares if today - timedelta(days=60) <= share.due_on < today + BEHIND
        ]
        soon = [
            share.id
            for share in self.shares
            if timedelta(0) <= share.due_on - today - AHEAD < timedelta(days=7)
            and self.plan.draw("in time", share.id).random() < self.plan.share_in_time
        ]
        with self.office.database.writing() as session:
            found = registry.assignments(session, self.office.directory.unit, ids=[*late, *soon])
            record_of(session, self.office, [one for one in found if not refusal_of(one, done)], done)

    def _look(self) -> None:
        """Wake up, plan, send; sometimes die in the middle, and be started anew after the lease."""
        self.town.forget_limits()
        if self.plan.draw("granted", self.now.date()).random() < 0.2:
            self._grant_again()
        draw = self.plan.draw("cut", self.now)
        is_cut = not self.is_calm and draw.random() < self.plan.share_of_cuts
        if is_cut or draw.random() < 0.05:
            self._start_anew()
        if is_cut:
            self._until_cut(draw.randrange(1, 120))
            self._start_anew()
            self.now += LEASE + timedelta(minutes=1)
        self._run()

    def _run(self) -> None:
        self.runs.append(tick(self.office, self.now, full=self.asks_all))
        _quicken(self.office)
        asyncio.run(pump(self.office, self.now))

    def _until_cut(self, points: int) -> None:
        left = [points]

        def here(kind: str) -> None:
            left[0] -= 1
            if left[0] <= 0:
                raise PowerCut(kind)

        watch(self.office, here)
        try:
            self._run()
        except PowerCut:
            self.cuts += 1

    def _start_anew(self) -> None:
        self.office.database.close()
        self._open()

    def _grant_again(self) -> None:
        """An administrator allows us to speak for the account once more, as after a token was lost."""
        with self.town.zalo.changed:
            told = self.town.zalo.oauth._new_pair().body
        pair = Pair(told["access_token"], told["refresh_token"], self.now, self.now + timedelta(hours=25))
        key = machine_key(self.office.settings.home)
        KeptTokens(self.office.database, key, KNOWN["app_id"]).keep(pair)


# --- moods of the channels ------------------------------------------------------------------------


class Moods:
    """What goes wrong with a call, by the seed, the reader and how often the reader was called."""

    def __init__(self, year: Year) -> None:
        self._year, self._calls = year, Counter[str]()

    def of_mail(self, address: str) -> str:
        """Return what a mail server does to a letter: "" takes it."""
        draw = self._drawn("email", address)
        moods = ("451 4.3.0 later", "452 4.2.2 full", "550 5.7.1 no", "cut", "cut", "cut", "silent")
        return draw.choice(moods) if draw else ""

    def of_call(self, service: str, request: Request) -> Fault | None:
        """Return how the wire breaks."""
        draw = self._drawn(service, _reader(request))
        if draw is None or draw.random() < 0.4:
            return None
        if service == "oauth":
            return Fault(draw.choice(NO_ANSWERS))
        return Fault(draw.choice((*LOST_ANSWERS, *NO_ANSWERS)))

    def refusal(self, service: str, request: Request) -> Reply | None:
        """Return an answer of "no"."""
        draw = self._drawn(f"{service}-no", _reader(request))
        if draw is None or not _is_message(request):
            return None
        if service == "telegram":
            words, code = draw.choice((("Forbidden: bot was blocked by the user", 403), ("Too Many", 429)))
            more = {"parameters": {"retry_after": 30}} if code == 429 else {}
            return Reply({"ok": False, "error_code": code, "description": words, **more}, code)
        if service == "bot":
            return Reply({"ok": False, "error_code": draw.choice((429, 500, 403)), "description": "no"})
        number = draw.choice((-32, -230, -216, -124) if service == "oa" else (-32, -124, -115, -147))
        return Reply({"error": number, "message": "no"})

    def _drawn(self, service: str, reader: str) -> random.Random | None:
        if self._year.is_calm:
            return None
        with self._year.town.zalo.changed:
            self._calls[f"{service}|{reader}"] += 1
            number = self._calls[f"{service}|{reader}"]
        draw = self._year.plan.draw(service, reader, number)
        return draw if draw.random() < self._year.plan.share_of_faults else None


def _is_message(request: Request) -> bool:
    return any(word in request.path for word in ("sendMessage", "message/cs", "message/template"))


def _reader(request: Request) -> str:
    fields = request.fields() if request.body else {}
    recipient = fields.get("recipient") or {}
    who = recipient.get("user_id") if isinstance(recipient, dict) else ""
    return str(who or fields.get("phone") or fields.get("chat_id") or request.path)


@cache
def _book() -> Rulebook:
    text = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    before, *rest = text.split("via: [email")
    chats = cycle(("zalo, telegram", "telegram, zalo"))
    text = before + "".join(f"via: [{next(chats)}, email{after}" for after in rest)
    book, problems = read_rulebook({"r.yml": text})
    assert problems == []
    return book


def _quicken(office: Office) -> None:
    """Let Telegram be asked as fast as it answers: its limits count real seconds."""
    telegram = office.notifiers["telegram"]
    telegram.__dict__.update(_pace=Pace(between=0.0, per_address=0.0), _breaker=Breaker())


@contextmanager
def a_year(plan: Plan, url: str, home: Path) -> Iterator[Year]:
    """An office with a year before it, in a town of its own."""
    start = datetime.combine(plan.first, time(7), HANOI)
    moment: list[Callable[[], datetime]] = [lambda: start]
    with pytest.MonkeyPatch.context() as patch, a_town(lambda: moment[0]()) as town:
        quick = {"connect": PATIENCE, "total": PATIENCE}
        patch.setattr("usecases.zalo.Outbound", partial(http.Outbound, **quick))
        patch.setattr("usecases.mail.TelegramSettings", partial(TelegramSettings, **quick))
        year = Year(plan, town, url, home, start)
        moment[0] = lambda: year.now
        moods = Moods(year)
        town.be_moody(moods.of_mail, moods.of_call, moods.refusal)
        yield year
        year.office.database.close()
