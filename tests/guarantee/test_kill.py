"""Is anything lost, or told twice, when the process is killed at any step of its work?

A child does one tick and empties the outbox; it is killed at one point after another.
Then the work is taken up again, and must end as if nothing had happened.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from engine.rulebook import read_rulebook
from notifiers.email import EmailNotifier, EmailSettings
from notifiers.mailbox import MailboxNotifier
from notifiers.mime import Sender
from store.database import open_database
from tests.guarantee.killing import Killer, Recorder, in_a_child, watch, watch_files
from tests.guarantee.world import a_row, at, bring, is_verified, office_at, rows_of, run
from usecases.wiring import Office

NOW = at("2025-09-30")
LATER = NOW + timedelta(minutes=11)  # the lease of whoever was killed has run out
SENDER = Sender("Đôn đốc", "don-doc@dondoc.example", "van-phong@dondoc.example", "dondoc.example")
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
)


@dataclass
class Post:
    """A mail server that keeps what it took, and may lose its client at the worst moment."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    before_answer: Callable[[], None] | None = None

    async def handle_DATA(self, server, session, envelope) -> str:
        message = message_from_bytes(envelope.content)
        self.taken.append((message["Message-ID"].strip(), envelope.rcpt_tos[0]))
        if self.before_answer is not None:
            self.before_answer()
        return "250 taken"


@dataclass
class Setting:
    """A kind of database and a channel; `fresh` gives a new copy of the office as it was at the start."""

    channel: str
    copies: Callable[[], str]
    homes: Path
    post: Post
    port: int
    is_quick: bool  # then every point is tried, elsewhere those around letters and commits and some others

    def fresh(self) -> Office:
        home = self.homes / uuid.uuid4().hex
        self.post.taken.clear()
        return self.open(self.copies(), home)

    def open(self, url: str, home: Path) -> Office:
        book, problems = read_rulebook({"ngan.yml": RULES.replace("KÊNH", self.channel)})
        assert problems == []
        office = office_at(url, home, rulebook=book)
        world = replace(office.world, rulebook=book, channels=frozenset({self.channel}))
        office.__dict__.update(world=world, notifiers={self.channel: self._notifier(home)})
        return office

    def again(self, office: Office) -> Office:
        """The office as the next process opens it."""
        office.database.close()
        return self.open(office.settings.database_url, office.settings.home)

    def _notifier(self, home: Path) -> MailboxNotifier | EmailNotifier:
        if self.channel == "mailbox":
            return MailboxNotifier(home / "mailbox", SENDER)
        return EmailNotifier(EmailSettings("127.0.0.1", self.port, SENDER, security="none"))

    def arrived(self, office: Office) -> Counter[str]:
        """How often each message reached its reader, by Message-ID."""
        if self.channel == "email":
            return Counter(id_ for id_, _ in self.post.taken)
        letters = (office.settings.home / "mailbox").rglob("*.eml")
        return Counter(message_from_bytes(file.read_bytes())["Message-ID"].strip() for file in letters)


@dataclass(frozen=True)
class Ended:
    """What the ledger and the readers know when all is done."""

    reminders: list[tuple[object, ...]]
    messages: list[tuple[object, ...]]
    arrived: Counter[str]
    flagged: int

    @classmethod
    def of(cls, setting: Setting, office: Office) -> Ended:
        return cls(
            rows_of(office, "SELECT key, state, suppression, message_key FROM reminder ORDER BY key"),
            rows_of(office, "SELECT key, post, channel, state FROM message ORDER BY key"),
            setting.arrived(office),
            len(rows_of(office, "SELECT key FROM message WHERE possible_duplicate")),
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def copies(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives the address of a new copy of an office that has its plan and has not run yet."""
    if request.param == "sqlite":
        template = tmp_path / "template.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), template)
        _prepare(f"sqlite:///{template}", tmp_path)
        yield lambda: f"sqlite:///{shutil.copy(template, tmp_path / f'{uuid.uuid4().hex}.db')}"
        return
    server: str = request.getfixturevalue("postgresql_template")
    made: list[str] = []

    def copy(of: str) -> str:
        made.append(f"dondoc_kill_{uuid.uuid4().hex}")
        _execute(server, f'CREATE DATABASE "{made[-1]}" TEMPLATE "{of}"')
        return sa.make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

    template_url = copy(str(sa.make_url(server).database))
    _prepare(template_url, tmp_path)
    template_name = made[0]
    yield lambda: copy(template_name)
    for name in made:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["mailbox", "email"])
def setting(request: pytest.FixtureRequest, copies: Callable[[], str], tmp_path: Path) -> Iterator[Setting]:
    """Each channel on each database."""
    post, port = Post(), _free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    is_quick = request.param == "mailbox" and request.node.callspec.params["copies"] == "sqlite"
    yield Setting(request.param, copies, tmp_path / "homes", post, port, is_quick)
    controller.stop()


@pytest.mark.slow
def test_killed_anywhere_nothing_is_lost_and_at_most_the_letter_in_hand_is_repeated(setting: Setting):
    expected, points = undisturbed(setting)
    chosen = [
        n
        for n, kind in enumerate(points, start=1)
        if setting.is_quick or kind not in {"statement", "file", "filed"} or n % 20 == 0
    ]
    assert {"statement", "commit", "committed", "send", "sent"} <= set(points)
    for n in chosen:
        office = setting.fresh()
        assert killed_at(n, office) == -signal.SIGKILL, (n, points[n - 1])
        office = taken_up_again(setting, office)
        assert_nothing_lost(setting, office, expected, f"killed at {n}: {points[n - 1]}")
    assert killed_at(len(points) + 1, setting.fresh()) == 0


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["email"], indirect=True)
def test_killed_while_the_server_says_it_has_the_letter_it_comes_again_under_the_same_name(
    setting: Setting,
):
    expected, _ = undisturbed(setting)
    letters = len(expected.messages)
    for nth in range(1, letters + 1):
        office = setting.fresh()
        wait = in_a_child(lambda office=office: run(office, NOW) and None)
        setting.post.before_answer = killer_of(wait.pid, nth, setting.post)
        assert wait() == -signal.SIGKILL
        setting.post.before_answer = None
        office = taken_up_again(setting, office)
        assert_nothing_lost(setting, office, expected, f"killed in letter {nth}")
        assert sorted(setting.arrived(office).values()) == [1] * (letters - 1) + [2]


def undisturbed(setting: Setting) -> tuple[Ended, list[str]]:
    """What a run that nobody killed ends with, and the points it passed."""
    office, recorder = setting.fresh(), Recorder()
    office.database  # noqa: B018 (the migration is no part of the work)
    watch(office, recorder)
    undo = watch_files(recorder)
    try:
        run(office, NOW)
    finally:
        undo()
    office = setting.again(office)
    ended = Ended.of(setting, office)
    assert ended.flagged == 0
    assert {state for *_, state in ended.messages} <= {"sent", "delivered"}
    assert len(ended.messages) == len(ended.arrived) == 3
    office.database.close()
    return ended, recorder.points


def killed_at(n: int, office: Office) -> int:
    def work() -> None:
        office.database  # noqa: B018
        killer = Killer(n)
        watch(office, killer)
        watch_files(killer)
        run(office, NOW)

    return in_a_child(work)()


def taken_up_again(setting: Setting, office: Office) -> Office:
    office = setting.again(office)
    run(office, LATER)
    return office


def assert_nothing_lost(setting: Setting, office: Office, expected: Ended, where: str) -> None:
    found = Ended.of(setting, office)
    assert found.reminders == expected.reminders, where
    assert found.messages == expected.messages, where
    assert set(found.arrived) == set(expected.arrived), where
    twice = sum(count - 1 for count in found.arrived.values())
    assert twice <= min(1, found.flagged), where
    assert is_verified(office), where
    _, again = run(office, LATER + timedelta(minutes=30))
    assert again.sent == 0, where
    office.database.close()


def killer_of(pid: int, nth: int, post: Post) -> Callable[[], None]:
    def kill() -> None:
        if len(post.taken) == nth:
            os.kill(pid, signal.SIGKILL)

    return kill


def _prepare(url: str, home: Path) -> None:
    office = office_at(url, home)
    bring(office, [a_row(number, deadline, lead) for number, deadline, lead in ROWS])
    office.database.close()
    database = open_database(url)
    database.close()


def _execute(url: str, statement: str) -> None:
    address = sa.make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
