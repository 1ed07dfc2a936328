"""What does it cost to carry 6,000 steps that fall due this morning, with the guarantee on?

Usage: python -m bench.deliver [STEPS [DATABASE_URL]]        (default 6000, on a fresh SQLite file)

Planned, stored, claimed, rendered, handed to a mail server in another process, settled: first as a
province has them, shared by the contacts of 110 units, one letter each; then at worst, one step and one
letter for each of as many people. Prints the seconds on the clock and the share of each phase. Then the
first letters of the worst case, already rendered, through Apprise, through Django and through the bare
smtplib: none of these remembers what it sent.
"""

from __future__ import annotations

import asyncio
import smtplib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from bench.plan import DOCUMENT, NOW, PER_TASK, _task
from engine.contacts import ContactBook, Holding
from engine.model import Assignment, PostRole, Recipient, Role, Unit, UnitKind
from engine.units import UnitDirectory
from notifiers import email as mail
from store import ledger, registry
from store.kept import Arrival, StoredTask
from usecases import deliver, in_hand
from usecases.channels import read_channels
from usecases.remind import tick
from usecases.settings import Settings
from usecases.wiring import Office, open_office

STEPS, UNITS = 6_000, 110
SAMPLE = 300  # letters for the others: one of them takes a tenth of a second for each
CHANNELS = """\
office:
  {{name: Văn phòng, reply_to: van-phong@dondoc.example, domain: dondoc.example, contact: Phòng theo dõi,
    base_url: "https://dondoc.example"}}
mailbox: {{enabled: không}}
email:
  {{enabled: có, host: 127.0.0.1, port: {port}, security: none, sender: don-doc@dondoc.example,
    connections: 20}}
guards: {{per_tick: 100000, per_day: 100000, storm_least: 100000}}
"""


def main(steps: int, url: str) -> None:
    """Deliver as a province does and at worst, then hand the same letters over by other means."""
    with a_mail_server() as server:
        delivered(server, min(UNITS, steps), -(-steps // UNITS), url)
        letters = delivered(server, steps, 1, url)[:SAMPLE]
        for other in (by_apprise, by_django, by_smtplib):
            print(other(server, letters), flush=True)


def delivered(server: MailServer, people: int, each: int, url: str) -> list[tuple[str, bytes]]:
    """Tell each of `people` of as many steps, print what it took, and return the letters."""
    with tempfile.TemporaryDirectory() as folder:
        office = _office(Path(folder), url, people, each, server.port)
        with Phases() as phases:
            started = time.perf_counter()
            planned = tick(office, NOW)
            asyncio.run(deliver.pump(office, NOW))
            seconds = time.perf_counter() - started
        letters = server.taken()
        assert planned.reminders == people * each, planned.reminders
        assert people == len(letters) == len(set(letters)), len(letters)
        rate = f"{planned.reminders / seconds:.0f} steps and {people / seconds:.0f} letters a second"
        print(f"{planned.reminders} steps to {people} people: {seconds:.2f} s, {rate}", flush=True)
        for name, taken in phases.shares(seconds):
            print(f"  {name:<16} {taken:6.2f} s  {taken / seconds:4.0%}", flush=True)
        return phases.letters


class Phases:
    """Sums up where the time goes while the block lasts; keeps the letters as they were handed over."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.letters: list[tuple[str, bytes]] = []
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Phases:
        self._time(deliver._Pump, "_turn", "claim and settle")
        self._time(in_hand, "compose", "render")
        self._time(deliver, "letter_of", "render")
        self._time(ledger, "record_plan", "store")
        self._time(mail, "as_bytes", "render", self._keep)
        tick_ = globals()["tick"]
        globals()["tick"] = self._timed(tick_, "plan")
        self._undo.append(lambda: globals().update(tick=tick_))
        return self

    def __exit__(self, *_: object) -> None:
        for undo in self._undo:
            undo()

    def shares(self, seconds: float) -> list[tuple[str, float]]:
        """Return the seconds of each phase; what is left is the mail server and the way there."""
        spent = dict(self.spent)
        return [*spent.items(), ("hand over", seconds - sum(spent.values()))]

    def _keep(self, given: tuple[Any, ...], octets: bytes) -> None:
        self.letters.append((given[2], octets))

    def _time(self, place: Any, name: str, phase: str, keep: Callable[..., None] | None = None) -> None:
        was = getattr(place, name)
        setattr(place, name, self._timed(was, phase, keep))
        self._undo.append(lambda: setattr(place, name, was))

    def _timed(self, work: Callable[..., Any], phase: str, keep: Callable[..., None] | None = None) -> Any:
        """Return `work`, counted as `phase`; the time of a phase within another is that of the inner one."""

        def timed(*given: Any, **named: Any) -> Any:
            started, others = time.perf_counter(), sum(self.spent.values())
            found = work(*given, **named)
            inner = sum(self.spent.values()) - others
            self.spent[phase] += time.perf_counter() - started - inner  # type: ignore[assignment]
            if keep:
                keep(given, found)
            return found

        return timed


# --- by other means -----------------------------------------------------------------------------


def by_apprise(server: MailServer, letters: list[tuple[str, bytes]]) -> str:
    """Apprise opens a connection for each notification."""
    try:
        import apprise
    except ImportError:
        return "Apprise: not installed here, left out"
    started = time.perf_counter()
    for address, octets in letters:
        message = message_from_bytes(octets)
        way = apprise.Apprise()
        sender = "from=don-doc@dondoc.example&mode=insecure&format=text"
        way.add(f"mailto://127.0.0.1:{server.port}/?{sender}&to={address}&smtp=127.0.0.1")
        assert way.notify(body=_text(message), title=_subject(message))
    return _said("Apprise", server, letters, started)


def by_django(server: MailServer, letters: list[tuple[str, bytes]]) -> str:
    """Django keeps one connection for a list of messages."""
    try:
        from django.conf import settings
        from django.core.mail import EmailMessage, get_connection
    except ImportError:
        return "Django: not installed here, left out"
    settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port)
    started = time.perf_counter()
    mails = []
    for address, octets in letters:
        message = message_from_bytes(octets)
        mails.append(EmailMessage(_subject(message), _text(message), "don-doc@dondoc.example", [address]))
    get_connection().send_messages(mails)
    return _said("Django", server, letters, started)


def _subject(message: Message) -> str:
    """Return the subject as a reader sees it."""
    return str(make_header(decode_header(str(message["Subject"]))))


def by_smtplib(server: MailServer, letters: list[tuple[str, bytes]]) -> str:
    """The bare library with one connection and letters already rendered: what the wire costs."""
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", server.port) as client:
        for address, octets in letters:
            client.sendmail("don-doc@dondoc.example", [address], octets)
    return _said("smtplib, letters already rendered", server, letters, started)


def _said(name: str, server: MailServer, letters: list[Any], started: float) -> str:
    seconds = time.perf_counter() - started
    taken = len(server.taken())
    rate = f"{len(letters) / seconds:.0f} a second"
    return f"{name}: {rate} ({taken} of {len(letters)} taken), nothing remembered"


def _text(message: Any) -> str:
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    return str(part.get_payload(decode=True).decode())


# --- a mail server ------------------------------------------------------------------------------


class MailServer:
    """A mail server in a process of its own."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self.port: int = pipe.recv()

    def taken(self) -> list[str]:
        """Return to whom the letters taken since the last question went."""
        self._pipe.send("taken")
        found: list[str] = self._pipe.recv()
        return found


@contextmanager
def a_mail_server() -> Iterator[MailServer]:
    """A server while the block lasts."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield MailServer(ours)
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Pipe) -> None:
    async def run() -> None:
        taken: list[str] = []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Dialogue(taken), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])

        def answer() -> None:
            pipe.recv()
            pipe.send(list(taken))
            taken.clear()

        loop.add_reader(pipe.fileno(), answer)
        await server.serve_forever()

    asyncio.run(run())


class _Dialogue(asyncio.Protocol):
    """Takes every letter and keeps whom it was for."""

    def __init__(self, taken: list[str]) -> None:
        self._taken, self._buffer, self._is_letter = taken, b"", False
        self._to = ""

    def connection_made(self, transport: Any) -> None:
        self._way = transport
        transport.write(b"220 here\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._is_letter else b"\r\n"
            piece, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            self._way.write(self._answer(piece))

    def _answer(self, piece: bytes) -> bytes:
        if self._is_letter:
            self._is_letter = False
            self._taken.append(self._to)
            return b"250 taken\r\n"
        word = piece[:4].upper()
        if word == b"RCPT":
            self._to = piece.partition(b"<")[2].partition(b">")[0].decode()
        self._is_letter = word == b"DATA"
        return {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 good\r\n")


# --- an office ----------------------------------------------------------------------------------


def _office(folder: Path, url: str, people: int, each: int, port: int) -> Office:
    """Return an office of many units with one contact each, who owes `each` assignments that are due soon."""
    office = open_office(Settings(home=folder, database_url=url))
    units = [Unit(f"DV{n:05}", f"Đơn vị số {n}", UnitKind.BODY) for n in range(people)]
    held = [Holding(_contact(unit)) for unit in units]
    channels, problems = read_channels(CHANNELS.format(port=port), "channels.yml")
    assert not problems, problems
    directory, contacts = UnitDirectory(units), ContactBook(held)
    world = replace(office.world, contacts=contacts, channels=channels.names)
    vars(office).update(directory=directory, contacts=contacts, channels=channels, world=world)
    due_on = world.calendar.add_working_days(NOW.date(), 3)
    _fill(office, units, each, due_on)
    return office


def _fill(office: Office, units: list[Unit], each: int, due_on: date) -> None:
    """Put tasks in force that are owed by up to PER_TASK units each."""
    at = NOW - timedelta(days=30)
    groups = [units[start : start + PER_TASK] for start in range(0, len(units), PER_TASK)]
    owed = [
        (_task(n, due_on), group) for n, group in enumerate(group for group in groups for _ in range(each))
    ]
    tasks = [task for task, _ in owed]
    shares = [
        Assignment(f"{task.code}@{unit.code}", task, unit, Role.LEAD, due_on, DOCUMENT.issued_on)
        for task, group in owed
        for unit in group
    ]
    with office.database.writing() as session:
        registry.put_document(session, DOCUMENT, Arrival("bench", "", at))
        registry.put_tasks(session, [StoredTask(task, 0, "", "") for task in tasks])
        registry.put_assignments(session, shares, at)


def _contact(unit: Unit) -> Recipient:
    post = f"{unit.code}/contact"
    addresses = {"email": f"dau-moi@{unit.code.lower()}.example"}
    return Recipient(post, f"Người Mẫu {unit.code}", "chuyên viên", unit, PostRole.CONTACT, addresses)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    main(size, sys.argv[2] if len(sys.argv) > 2 else "")
