"""Whatever ends the process that puts rules in force: are the old ones whole, or the new ones?"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.guarantee.killing import Killer, Recorder, in_a_child, watch
from tests.guarantee.world import a_row, at, bring, is_verified, rows_of
from usecases.remind import tick
from usecases.ruling import ensure_rules_in_force, fingerprint_in_force, put_rules_in_force
from usecases.settings import PROJECT, Settings
from usecases.wiring import Office

MONDAY = at("2025-09-01")
COMMITTING = ("commit", "committed")
FLAGGED = "SELECT count(*) FROM assignment WHERE needs_planning"


@pytest.fixture(scope="module")
def edited(sqlite_template, tmp_path_factory) -> Path:
    """A folder with an office at rest, its rules in force and an edit on disk."""
    folder = tmp_path_factory.mktemp("edited")
    shutil.copytree(PROJECT / "config", folder / "config")
    shutil.copy(sqlite_template, folder / "d.db")
    office = office_in(folder)
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", "Sở Xây dựng")])
    ensure_rules_in_force(office, MONDAY)
    tick(office, MONDAY)
    rules = folder / "config" / "rules" / "mac-dinh.yml"
    rules.write_text(rules.read_text("utf-8").replace("before: 7 ngày", "before: 6 ngày"), "utf-8")
    office.database.close()
    return folder


def office_in(folder: Path) -> Office:
    url = f"sqlite:///{folder / 'd.db'}"
    return Office(Settings(home=folder / "home", config=folder / "config", database_url=url))


def copied(edited: Path, folder: Path) -> Office:
    folder.mkdir()
    shutil.copytree(edited / "config", folder / "config")
    shutil.copy(edited / "d.db", folder / "d.db")
    return office_in(folder)


def apply(office: Office) -> str:
    return put_rules_in_force(office, office.settings.config, MONDAY).new


def killed_at(office: Office, n: int, kind: str) -> None:
    """Apply in a process that is killed at its n-th point of a kind."""

    def work() -> None:
        watch(office, Killer(n, kind))
        apply(office)

    assert in_a_child(work)() == -9


def test_a_process_killed_while_it_applies_leaves_the_old_rules_or_the_new_ones_whole(edited, tmp_path):
    office = copied(edited, tmp_path / "whole")
    recorder = Recorder()
    watch(office, recorder)
    new = apply(office)
    passed = Counter(recorder.points)
    found = []
    for kind, n in [("statement", passed["statement"] - 1), *((kind, passed[kind]) for kind in COMMITTING)]:
        office = copied(edited, tmp_path / f"{kind}-{n}")
        old = fingerprint_in_force(office)
        office.database.close()
        killed_at(office, n, kind)

        in_force = fingerprint_in_force(office)
        assert in_force in {old, new}
        assert rows_of(office, FLAGGED) == [(2 if in_force == new else 0,)]
        assert is_verified(office)
        found.append(in_force == new)

    assert found == [False, False, True]
