"""What became of the messages when a worker was killed at a point, and is it within the promise?

A matrix is made, not picked: a child does a tick and empties the outbox while every step of its event
loop, every statement and commit, and both sides of every call to a provider are counted; then one child
after another is killed at one of them, and the work is taken up again. A second worker goes about the same
work meanwhile; where it did what the first was to be killed in, the point is tried again without it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import partial
from pathlib import Path

from engine.rulebook import Rulebook, read_rulebook
from store import ledger, outbox
from tests.guarantee.killing import Killer, Recorder, in_a_child, watch, watch_files, watch_steps
from tests.guarantee.town import Got, Town, reached
from tests.guarantee.world import a_row, at, bring, is_verified, office_at, rows_of
from usecases.deliver import pump
from usecases.remind import tick
from usecases.wiring import Office

NOW = at("2025-09-30")
LATER = NOW + timedelta(minutes=11)  # the lease of whoever was killed has run out
MUCH_LATER = LATER + timedelta(minutes=30)
RULES = """\
policies:
  - id: ngan
    steps:
      - {id: truoc-3-ngay, before: 3 ngày làm việc, to: contact, via: [KÊNH]}
      - {id: den-han, on: ngày hết hạn, to: contact, via: [KÊNH]}
      - {id: qua-han, after: 1 ngày làm việc, to: contact, via: [KÊNH]}
      - {id: bao-lanh-dao, after: 3 ngày làm việc, to: head, via: [KÊNH]}
rules:
  - {id: tat-ca, policy: ngan}
"""
ROWS = (
    (1, "30/9/2025", "Sở Y tế"),
    (2, "30/9/2025", "Sở Xây dựng, Sở Y tế"),
    (3, "24/9/2025", "Sở Tài chính"),  # overdue: the head waits until the contact was reached
    (4, "30/9/2025", "Sở Nội vụ"),
)
POSTS = ["SYT/contact", "SXD/contact", "STC/contact", "SNV/contact"]
NO_MAIL = frozenset({"SNV/contact"})  # reached by chat alone
REMINDERS = "SELECT key, assignment_id, step, level, post, state, suppression FROM reminder ORDER BY key"
CHAINS = (
    "SELECT r.post, m.state FROM reminder r JOIN message m ON m.key = r.message_key WHERE r.state = 'planned'"
)
MESSAGES = "SELECT key, post, channel, possible_duplicate FROM message"
IN_HAND = "SELECT key, post FROM message WHERE state = 'claimed'"
SENT = "SELECT subject FROM record WHERE kind IN ('message-sent', 'message-delivered')"
DEDUPLICATED = frozenset({"email", "mailbox", "zalo_zbs"})
AT_THE_PROVIDER = ("asked", "accepted")


@dataclass(frozen=True)
class Scene:
    """One channel under test, how many letters may be in hand on it, and how many workers pump."""

    channel: str
    connections: int = 1
    workers: int = 1

    @property
    def via(self) -> str:
        return self.channel if self.channel in {"mailbox", "email"} else f"{self.channel}, email"

    @property
    def no_mail(self) -> frozenset[str]:
        return frozenset() if self.channel in {"mailbox", "email"} else NO_MAIL

    @property
    def most_in_hand(self) -> int:
        return {"mailbox": 50, "zalo_zbs": 4, "email": self.connections}.get(self.channel, 1)

    def __str__(self) -> str:
        many = f"×{self.connections}" if self.connections > 1 else ""
        return f"{self.channel}{many}" + (f", {self.workers} workers" if self.workers > 1 else "")


@dataclass(frozen=True)
class Point:
    """Where a worker ends: at the n-th point of a kind; "stall" is where it only stops, and wakes late."""

    kind: str
    n: int

    def __str__(self) -> str:
        return f"{self.kind} {self.n}"


@dataclass
class Counts:
    """What a matrix found; `faults` are broken promises in words."""

    points: int = 0
    missed: int = 0  # points at which nobody was ended, though tried twice
    kills: int = 0
    stalls: int = 0
    lost: int = 0
    possible: int = 0  # copies a reader has beside the first, of messages flagged as possible duplicates
    visible: int = 0  # copies that a reader would not see to be the same
    flagged: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.points} points, {self.missed} missed, {self.kills} kills, {self.stalls} stalls"
        copies = f"{self.possible} possible duplicates ({self.visible} seen)"
        return f"{said}: {self.lost} lost, {copies}, {self.flagged} flagged"


Whose = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Copies:
    """An office that has its plan and has not run yet: `renew` puts a new copy of it at `url`."""

    url: str
    renew: Callable[[], None]
    whose: Whose  # the posts, by channel and address


class Matrix:
    """One scene on one kind of database."""

    def __init__(self, scene: Scene, town: Town, copies: Copies, home: Path) -> None:
        self.scene, self.town, self._copies, self._home = scene, town, copies, home
        self.whose = dict(copies.whose)
        self.counts = Counts()
        self.expected: list[tuple[object, ...]] = []
        copies.renew()
        book = _book(scene.via)
        self.office = office_at(copies.url, home, rulebook=book)
        self.office.__dict__["world"] = replace(self.office.world, rulebook=book)
        reached(self.office, town.channels(scene.connections), POSTS, scene.no_mail)
        _run(self.office, NOW)  # what is compiled once is compiled now, for all children

    def points(self) -> list[Point]:
        """Return every point an undisturbed worker passes; what it ends with is what all must end with."""
        self._renew()
        office, notes, recorder = self.office, self._home / "points", Recorder()
        self.town.post.here = seen = Recorder()

        def work() -> None:
            self._work(office, recorder, "một")
            notes.write_text("\n".join(recorder.points))

        assert in_a_child(work)() == 0
        self.town.post.here = None
        self.expected = rows_of(office, REMINDERS)
        assert {row[4] for row in self.expected if row[5] == "planned"} == set(POSTS)
        assert Counter(self.whose[g.channel, g.address] for g in self._got(office)) == Counter(POSTS)
        assert rows_of(office, "SELECT key FROM message WHERE possible_duplicate") == []
        kinds = [*notes.read_text().splitlines(), *(k for k in seen.points if k in AT_THE_PROVIDER)]
        passed: Counter[str] = Counter()
        found = []
        for kind in kinds:
            passed[kind] += 1
            found.append(Point(kind, passed[kind]))
        return found

    def run(self, points: Iterable[Point]) -> Counts:
        """End a worker at each of these points in turn, and judge what follows."""
        for point in points:
            self.counts.points += 1
            is_hit = self._ended_at(point)
            whose_is_known = point.kind not in AT_THE_PROVIDER or self.scene.workers == 1
            if not (is_hit and whose_is_known):
                is_hit |= self._ended_at(point, is_alone=True)
            self.counts.missed += not is_hit
        return self.counts

    def _ended_at(self, point: Point, is_alone: bool = False) -> bool:
        """End a worker at a point, judge what follows, and return whether it passed there.

        With `is_alone` the other workers begin when it has ended, while its claims still hold.
        """
        self._renew()
        target: list[int] = []
        ender = (
            Killer(point.n, "await", signal.SIGSTOP) if point.kind == "stall" else Killer(point.n, point.kind)
        )
        if point.kind in AT_THE_PROVIDER:
            self.town.post.here = _killer(point, target)
        one = in_a_child(lambda: self._work(self.office, ender, "một"))
        target.append(one.pid)  # type: ignore[attr-defined]
        others = [] if is_alone else self._others()
        code = one()
        codes = [other() for other in others or self._others()]
        self.town.post.here = None
        where = f"{self.scene}: {point}" + (", alone" if is_alone else "")
        if code not in (0, -signal.SIGKILL, signal.SIGSTOP) or any(codes):
            self.counts.faults.append(f"{where}: a worker ended with {code}, {codes}")
        self.counts.kills += code == -signal.SIGKILL
        self._taken_up(one, code == signal.SIGSTOP, where)
        return code != 0

    def _others(self) -> list[Callable[[], int]]:
        """Start the workers beside the first."""
        owners = [f"máy {n}" for n in range(1, self.scene.workers)]
        return [in_a_child(partial(self._work, self.office, Recorder(), owner)) for owner in owners]

    def _taken_up(self, one: Callable[[], int], is_stopped: bool, where: str) -> None:
        """Let the work be taken up after the lease; who was only stopped wakes when all is done."""
        self.counts.stalls += is_stopped
        if not is_stopped:
            self.town.settle_down()
        in_hand = {str(post) for _, post in rows_of(self.office, IN_HAND)}
        _run(self.office, LATER)
        if is_stopped:
            os.kill(one.pid, signal.SIGCONT)  # type: ignore[attr-defined]
            assert one() == 0, where
        self._judge(self.office, in_hand, where)

    def _work(self, office: Office, here: Callable[[str], None], owner: str) -> None:
        """Do what one worker does, in a child of its own."""
        watch(office, here)
        watch_files(here)
        watch_steps(here)
        tick(office, NOW)
        asyncio.run(pump(office, NOW, owner))

    # --- judging ---------------------------------------------------------------------------------

    def _judge(self, office: Office, in_hand: set[str], where: str) -> None:
        faults = self.counts.faults
        if len(in_hand) > self.scene.most_in_hand * self.scene.workers:
            faults.append(f"{where}: {len(in_hand)} letters in hand at once")
        if rows_of(office, REMINDERS) != self.expected:
            faults.append(f"{where}: the ledger ends otherwise")
        if not is_verified(office):
            faults.append(f"{where}: the log does not verify")
        told_twice = [key for key, n in Counter(rows_of(office, SENT)).items() if n > 1]
        if told_twice:
            faults.append(f"{where}: settled as sent twice: {told_twice}")
        self._judge_readers(office, in_hand, where)
        with office.database.writing() as session:
            outbox.sweep(session, MUCH_LATER)
            if waiting := outbox.waiting_channels(session, MUCH_LATER):
                faults.append(f"{where}: something still waits on {waiting} when all is done")

    def _judge_readers(self, office: Office, in_hand: set[str], where: str) -> None:
        counts, faults = self.counts, self.counts.faults
        got: dict[str, list[Got]] = {post: [] for post in POSTS}
        for one in self._got(office):
            got[self.whose[one.channel, one.address]].append(one)
        flagged = {str(post) for _, post, _, is_flagged in rows_of(office, MESSAGES) if is_flagged}
        counts.flagged += len(flagged)
        unsettled = {str(post) for post, state in rows_of(office, CHAINS) if state not in ledger.ARRIVED}
        for post, messages in got.items():
            if not messages or post in unsettled:
                counts.lost += 1
                faults.append(f"{where}: {post} was told {len(messages)} times")
            copies, seen = len(messages) - 1, len(set(messages)) - 1
            counts.possible += max(copies, 0)
            counts.visible += max(seen, 0)
            if copies > 1 or (copies == 1 and not (post in flagged and post in in_hand)):
                faults.append(f"{where}: {post} has {copies} copies, and that is not flagged")
            if seen > 0 and self.scene.channel in DEDUPLICATED:
                faults.append(f"{where}: {post} sees two messages")
            chats = Counter(one.channel for one in messages if one.channel not in DEDUPLICATED)
            if post not in self.scene.no_mail and any(n > 1 for n in chats.values()):
                faults.append(f"{where}: {post} was told the same thing blindly once more in the same chat")

    def _got(self, office: Office) -> list[Got]:
        """Everything readers have; two copies of one mail, one template or one file are equal."""
        got = [replace(one, text="", at=None) for one in self.town.arrived()]
        for file in (office.settings.home / "mailbox").rglob("*.eml"):
            message = message_from_bytes(file.read_bytes())
            post = file.parent.name.replace("-", "/", 1)
            self.whose["mailbox", post] = next(p for p in POSTS if p.split("/")[0] in post)
            got.append(Got("mailbox", post, message["Message-ID"].strip()))
        return got

    def _renew(self) -> None:
        """Begin anew: nothing planned, nobody told, no connection open."""
        self.office.database.close()
        self._copies.renew()
        self.town.forget()
        shutil.rmtree(self._home, ignore_errors=True)  # its mailbox, and what it remembers of the database
        self._home.mkdir()
        self.office.__dict__.pop("notifiers", None)


def fill(url: str, home: Path, town: Town) -> Whose:
    """Put the plan of the matrix in force in an empty office; return whose each address is."""
    office = office_at(url, home)
    bring(office, [a_row(number, deadline, lead) for number, deadline, lead in ROWS])
    whose = town.move_in(office, POSTS, NOW)
    office.database.close()
    return whose


def _run(office: Office, now: datetime) -> None:
    tick(office, now)
    asyncio.run(pump(office, now, "sau"))


def _killer(point: Point, target: list[int]) -> Callable[[str], None]:
    """Return what kills the worker when a provider passes the point for the n-th time."""
    passed: Counter[str] = Counter()

    def here(kind: str) -> None:
        passed[kind] += 1
        if kind == point.kind and passed[kind] == point.n and target:
            with suppress(ProcessLookupError):
                os.kill(target[0], signal.SIGKILL)

    return here


def _book(via: str) -> Rulebook:
    book, problems = read_rulebook({"ngan.yml": RULES.replace("KÊNH", via)})
    assert problems == []
    return book
