"""The command line in this process: what it prints and exits with, on a folder of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from usecases.settings import PROJECT

DATA = Path(__file__).parents[1] / "data"
OCTOBER = DATA / "annex-october.txt"


@dataclass(frozen=True)
class Answer:
    """What a command printed and exited with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Dondoc = Callable[..., Answer]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder that the command line works in."""
    for name in [name for name in os.environ if name.startswith("DONDOC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DONDOC_PREFECT", "off")
    return tmp_path / "home"


@pytest.fixture
def dondoc(home: Path) -> Dondoc:
    """Run one command and return its answer."""
    return answered


@pytest.fixture(scope="session")
def october_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the October annex came in on 20 October 2025 under the code KH-10."""
    folder = tmp_path_factory.mktemp("october")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DONDOC_HOME", str(folder))
        patch.setenv("DONDOC_PREFECT", "off")
        answer = answered(
            "import", OCTOBER, "--issued", "2025-10-17", "--plan", "KH-10", "--at", "2025-10-20T08:00"
        )
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture
def with_october(home: Path, october_home: Path) -> Path:
    """The working folder, with the October annex in it."""
    shutil.copytree(october_home, home)
    return home


@pytest.fixture
def config(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped configuration that a test may spoil."""
    folder = shutil.copytree(PROJECT / "config", tmp_path / "config")
    monkeypatch.setenv("DONDOC_CONFIG", str(folder))
    return folder


def answered(*words: object, stdin: str = "") -> Answer:
    """Run one command in this process and return its answer."""
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int), "a command ends with its exit code"
    return Answer(code, out.getvalue(), err.getvalue())
