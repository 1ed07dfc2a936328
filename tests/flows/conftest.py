"""A settled office in a folder of its own, and real processes that are always stopped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
import sqlalchemy as sa

from engine.model import HANOI
from usecases.bring_in import bring_in_defaults
from usecases.settings import PROJECT, Settings
from usecases.wiring import Office

IMPORTED_AT = datetime(2025, 10, 17, 8, tzinfo=HANOI)


class Machine:
    """Processes of the product over one data folder; each writes its own log beside it."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("PREFECT_", "DONDOC_"))
            },
            "DONDOC_HOME": str(home),
            "DONDOC_WEB": "off",
            **environment,
        }
        self.running: list[subprocess.Popen[bytes]] = []
        home.mkdir(parents=True, exist_ok=True)

    def start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `python -m module`; its output goes to log-<number>.txt."""
        with (self.home / f"log-{len(self.running)}.txt").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=PROJECT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.running.append(process)
        return process

    def dondoc(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of the product."""
        return self.start("cli.main", *arguments)

    def told(self, process: subprocess.Popen[bytes]) -> str:
        """Return what a process has said so far."""
        return (self.home / f"log-{self.running.index(process)}.txt").read_text("utf-8")

    def all_told(self) -> str:
        """Return what every process has said, for a failing test."""
        return "\n".join(f"--- {process.args}\n{self.told(process)}" for process in self.running)

    def wait_until(self, condition: Callable[[], object], seconds: float = 180) -> None:
        """Wait for a condition, or fail with everything the processes said."""
        end = monotonic() + seconds
        while not condition():
            assert monotonic() < end, self.all_told()
            sleep(0.05)

    def stop(self) -> None:
        """Stop what still runs, the latest first."""
        for process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def states(self, url: str = "") -> dict[str, int]:
        """Return how many messages the database holds in each state."""
        engine = sa.create_engine(url or f"sqlite:///{self.home / 'dondoc.db'}")
        with engine.connect() as connection:
            rows: Sequence[sa.Row[tuple[str, int]]] = connection.execute(
                sa.text("SELECT state, count(*) FROM message GROUP BY state")
            ).all()
        engine.dispose()
        return {state: count for state, count in rows}  # noqa: C416

    def letters(self) -> int:
        """Return how many letters lie in the mailbox."""
        return len(list((self.home / "mailbox").glob("*/*.eml")))


@pytest.fixture(scope="session")
def settled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the default plans, put in force in October 2025."""
    home = tmp_path_factory.mktemp("settled")
    office = Office(Settings(home=home, database_url=""))
    bring_in_defaults(office, IMPORTED_AT)
    office.database.close()
    return home / "dondoc.db"


@pytest.fixture
def settled_home(settled_file: Path, tmp_path: Path) -> Path:
    """A data folder with the default plans in force and nothing sent yet."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(settled_file, home / "dondoc.db")
    return home


@pytest.fixture
def office(settled_home: Path) -> Iterator[Office]:
    """The office of that folder."""
    office = Office(Settings(home=settled_home, database_url=""))
    yield office
    office.database.close()


@pytest.fixture
def machine(settled_home: Path) -> Iterator[Machine]:
    """That folder with processes on it, without Prefect."""
    machine = Machine(settled_home, DONDOC_PREFECT="off")
    yield machine
    machine.stop()


@pytest.fixture
def machine_at() -> Iterator[Callable[..., Machine]]:
    """Make machines with a home and environment of the test's choice."""
    made: list[Machine] = []

    def make(home: Path, **environment: str) -> Machine:
        made.append(Machine(home, **environment))
        return made[-1]

    yield make
    for machine in made:
        machine.stop()
