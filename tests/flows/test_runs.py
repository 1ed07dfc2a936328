"""A run does each step once, gives way to another process, and begins no message while stopping."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.model import HANOI
from flows.moments import clock_from, moment_of
from flows.runs import Run, turn
from flows.service import told_of
from flows.standing import StandingOffice
from notifiers.base import Letter, Receipt
from reports.formats import FORMATS
from store import ledger
from usecases import clock, kept_configuration
from usecases.errors import ConfigurationRejected
from usecases.ruling import ensure_rules_in_force, fingerprint_in_force, put_rules_in_force
from usecases.settings import PROJECT, Settings
from usecases.wiring import Office

FRIDAY = datetime(2025, 12, 26, 8, tzinfo=HANOI)

RENAMED = ("name: Văn phòng UBND tỉnh Quảng Ngãi", "name: Văn phòng thử")


class Counting:
    """A channel that delivers everything, and does something after each letter."""

    channel = "mailbox"
    batch = 1
    repeats_safely = True

    def __init__(self, afterwards: Callable[[], object] = lambda: None) -> None:
        self.sent: list[str] = []
        self._afterwards = afterwards

    async def send(self, letter: Letter, address: str) -> Receipt:
        self.sent.append(letter.key)
        self._afterwards()
        return Receipt("1", "delivered")

    async def close(self) -> None:
        pass


def test_a_run_plans_what_is_due_and_sends_it(office):
    channel = office.notifiers["mailbox"] = Counting()

    summary = asyncio.run(Run(office, FRIDAY).perform("remind"))

    assert summary["planned"] == summary["sent"] == len(channel.sent) > 0
    assert json.loads(json.dumps(summary)) == summary


def test_a_step_that_is_done_is_not_done_again_by_the_same_run(office):
    office.notifiers["mailbox"] = Counting()
    run = Run(office, FRIDAY)
    planned = asyncio.run(run.plan())  # then its orchestrator died

    summary = asyncio.run(run.perform("remind"))

    assert summary["planned"] == planned["planned"] == summary["sent"]


def test_a_run_gives_way_while_another_process_plans(office):
    with turn(office, "serve:remind"):
        given_way = asyncio.run(Run(office, FRIDAY).plan())

    assert given_way == {"at": FRIDAY.isoformat(), "busy": True}
    assert asyncio.run(Run(office, FRIDAY).plan())["planned"] > 0


def test_a_process_killed_while_planning_blocks_the_others_for_minutes_only(office):
    now = clock.now()
    with office.database.writing() as session:
        ledger.take_lease(
            session, "serve:remind", "killed:1", now - timedelta(minutes=3), now - timedelta(minutes=1)
        )

    with turn(office, "serve:remind") as is_ours:
        assert is_ours


def test_no_message_is_begun_while_stopping_and_none_stays_claimed(office):
    channel = office.notifiers["mailbox"] = Counting(lambda: standing.stopping.set())
    standing = StandingOffice(office)
    asyncio.run(Run(standing.current(), FRIDAY).plan())

    summary = asyncio.run(Run(standing.current(), FRIDAY, standing.stopping.is_set).deliver())

    assert (summary["sent"], summary["stopped"]) == (1, True)
    with office.database.reading() as session:
        states = {state for state, _, _ in ledger.totals(session)}
    assert (len(channel.sent), states) == (1, {"delivered", "planned"})


def test_scheduled_reports_lie_in_every_format_under_the_name_of_their_week_and_month(office):
    summary = asyncio.run(Run(office, FRIDAY).perform("reports"))

    week = {f"qua-han-weekly-2025-W52.{form.suffix}" for form in FORMATS.values()}
    assert summary["made"] == ["report:monthly:2025-11", "report:weekly:2025-W52"]
    assert week < {path.name for path in office.reports.iterdir()}
    found = json.loads((office.reports / "qua-han-weekly-2025-W52.json").read_text("utf-8"))
    assert found["as_of"] == "2025-12-22T07:30:00+07:00"


def test_who_was_not_reached_lies_in_every_format_under_the_name_of_its_moment(office):
    summary = asyncio.run(Run(office, FRIDAY).perform("silence"))

    names = {f"chua-ai-nhan-20251226-0800.{form.suffix}" for form in FORMATS.values()}
    assert {Path(path).name for path in summary["files"].values()} == names
    assert {path.name for path in office.reports.iterdir()} == names
    assert json.loads(Path(summary["files"]["json"]).read_text("utf-8"))["totals"]
    assert told_of(summary).endswith("chua-ai-nhan-20251226-0800.html")


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A configuration folder of its own, to be edited while the service runs."""
    return Path(shutil.copytree(PROJECT / "config", tmp_path / "config"))


@pytest.fixture
def standing(settled_home, configuration) -> StandingOffice:
    """The office of a service that has run once, so that its rules are in force."""
    office = Office(Settings(home=settled_home, config=configuration, database_url=""))
    ensure_rules_in_force(office, FRIDAY)
    return StandingOffice(office)


def edit(configuration: Path, name: str, old: str, new: str) -> None:
    file = configuration / name
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")


def steps_at(office: Office, at: str) -> int:
    return sum(f"{step.at:%H:%M}" == at for step in office.rulebook.steps)


def test_an_edited_rule_is_told_and_in_force_once_it_is_applied(standing, configuration, capsys):
    edit(configuration, "rules/mac-dinh.yml", 'at: "08:00"', 'at: "09:15"')
    assert steps_at(standing.current(), "09:15") == 0
    assert "chưa có hiệu lực" in capsys.readouterr().err

    put_rules_in_force(Office(standing.current().settings), configuration, FRIDAY)

    assert steps_at(standing.current(), "09:15") == 1
    assert "vừa được đưa vào hiệu lực" in capsys.readouterr().err


def test_before_any_run_an_edited_rule_counts_at_once(settled_home, configuration):
    standing = StandingOffice(Office(Settings(home=settled_home, config=configuration, database_url="")))
    edit(configuration, "rules/mac-dinh.yml", 'at: "08:00"', 'at: "09:15"')

    assert steps_at(standing.current(), "09:15") == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda file: file.write_text(file.read_text("utf-8").replace("before:", "befor:", 1), "utf-8"),
            "'befor'",
        ),
        (lambda file: file.write_text(file.read_text("utf-8")[:500], "utf-8"), "mac-dinh.yml:"),
        (lambda file: file.unlink(), "no-files"),
    ],
)
def test_a_rule_file_spoilt_while_the_service_runs_is_told_once_and_changes_nothing(
    standing, configuration, capsys, spoil, said
):
    before = standing.current().rulebook
    spoil(configuration / "rules" / "mac-dinh.yml")

    assert [standing.current().rulebook for _ in range(3)] == [before] * 3
    told = capsys.readouterr().err
    assert said in told
    assert told.count("vẫn có hiệu lực") == 1


def test_a_service_that_starts_on_a_spoilt_rule_file_runs_by_what_is_in_force(
    standing, configuration, capsys
):
    (configuration / "rules" / "mac-dinh.yml").unlink()
    started = StandingOffice(Office(standing.current().settings))

    assert started.current().rulebook.fingerprint == standing.current().rulebook.fingerprint
    assert "no-files" in capsys.readouterr().err


def test_other_files_count_from_the_next_run_on_and_a_mistake_in_them_does_not(
    standing, configuration, capsys
):
    edit(configuration, "channels.yml", *RENAMED)
    assert standing.current().channels.office.name == "Văn phòng thử"
    edit(configuration, "channels.yml", "enabled: có", "enabled: có lẽ")

    assert standing.current().channels.office.name == "Văn phòng thử"
    assert "channels.yml:" in capsys.readouterr().err


def test_rules_are_followed_while_another_file_is_spoilt(standing, configuration):
    edit(configuration, "rules/mac-dinh.yml", 'at: "08:00"', 'at: "09:15"')
    put_rules_in_force(Office(standing.current().settings), configuration, FRIDAY)
    (configuration / "people.yml").unlink()

    assert steps_at(standing.current(), "09:15") == 1


def read_by(office: Office) -> tuple[object, ...]:
    """What an office has read, from each of its files a thing that can be compared."""
    contacts, days = office.contacts, office.world.calendar.special_days
    holders = [contacts.at_post(f"{unit.code}/contact", FRIDAY.date()) for unit in office.directory.units]
    return holders, list(days), office.rulebook.fingerprint, office.channels.names, office.paperwork


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("people.yml", lambda file: file.unlink()),
        ("units.yml", lambda file: file.write_bytes(b"units: \xff")),
        ("channels.yml", lambda file: file.write_text("email: [", "utf-8")),
        ("reports.yml", lambda file: file.write_text("giấy: A4\n", "utf-8")),
        ("calendar/2025.yml", lambda file: file.write_text("year: 20255\n", "utf-8")),
    ],
)
def test_a_process_that_starts_over_a_spoilt_file_goes_by_the_files_accepted_last_until_it_is_mended(
    standing, configuration, capsys, name, spoil
):
    edit(configuration, "channels.yml", *RENAMED)
    before = read_by(standing.current())
    good = (configuration / name).read_bytes()
    spoil(configuration / name)
    started = StandingOffice(Office(standing.current().settings))

    said = capsys.readouterr().err
    assert f"config/{name}:" in said
    assert "bản dùng được gần nhất" in said
    assert read_by(started.current()) == before
    assert started.current().channels.office.name == "Văn phòng thử"

    (configuration / name).write_bytes(good)
    edit(configuration, "channels.yml", "Văn phòng thử", "Văn phòng mới")
    assert started.current().channels.office.name == "Văn phòng mới"


def test_where_nothing_good_was_ever_read_a_process_does_not_start_over_a_mistake(
    settled_home, configuration
):
    (configuration / "people.yml").unlink()
    office = Office(Settings(home=settled_home, config=configuration, database_url=""))

    with pytest.raises(ConfigurationRejected, match=r"people\.yml"):
        StandingOffice(office)


def test_a_spoilt_report_file_stops_no_reminder_even_where_nothing_was_kept(
    settled_home, configuration, capsys
):
    (configuration / "reports.yml").write_text("giấy: A4\n", "utf-8")
    office = Office(Settings(home=settled_home, config=configuration, database_url=""))

    assert StandingOffice(office).current().world
    assert "config/reports.yml:" in capsys.readouterr().err
    assert not office.settings.kept_configuration.exists()


def test_what_was_kept_and_is_no_longer_readable_is_as_good_as_nothing(standing, configuration):
    settings = standing.current().settings
    (configuration / "people.yml").unlink()
    settings.kept_configuration.write_bytes(b"PK\x03\x04 cut off")

    with pytest.raises(ConfigurationRejected, match=r"people\.yml"):
        StandingOffice(Office(settings))


def test_an_edit_that_comes_while_files_are_read_is_not_taken_for_what_was_accepted(
    standing, configuration, monkeypatch
):
    kept = standing.current().settings.kept_configuration
    before = kept.read_bytes()
    read = kept_configuration._read

    def slowly(office):
        read(office)
        edit(configuration, "people.yml", "posts:", "posts: [")

    monkeypatch.setattr(kept_configuration, "_read", slowly)
    StandingOffice(Office(standing.current().settings))

    assert kept.read_bytes() == before


def test_a_run_of_a_worker_goes_by_the_files_accepted_last(standing, configuration, monkeypatch):
    settings = standing.current().settings
    monkeypatch.setenv("DONDOC_HOME", str(settings.home))
    monkeypatch.setenv("DONDOC_CONFIG", str(configuration))
    (configuration / "people.yml").unlink()
    from flows.flows import _run  # loads Prefect

    run = _run(f"{FRIDAY:%Y-%m-%dT%H:%M}")

    assert read_by(run.office) == read_by(standing.current())
    assert asyncio.run(run.plan())["planned"] > 0


def test_while_the_database_is_away_the_office_stays_as_it_was(standing, configuration, settled_home):
    before = standing.current()
    before.database.close()
    (settled_home / "dondoc.db").rename(settled_home / "away.db")
    (settled_home / "dondoc.db").mkdir()
    edit(configuration, "channels.yml", *RENAMED)
    assert standing.current() is before

    (settled_home / "dondoc.db").rmdir()
    (settled_home / "away.db").rename(settled_home / "dondoc.db")
    assert standing.current().channels.office.name == "Văn phòng thử"


def test_a_run_puts_the_first_rules_in_force(office):
    asyncio.run(Run(office, FRIDAY).plan())

    assert fingerprint_in_force(office) == office.rulebook.fingerprint


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-12-26T08:00:00+07:00", FRIDAY),
        ("2025-12-26T01:00:00+00:00", FRIDAY),
        ("2025-12-26T08:00", FRIDAY),
        ("2025-12-26 08:00", FRIDAY),
    ],
)
def test_a_moment_without_an_offset_is_local_time(text, at):
    assert moment_of(text) == at


def test_a_rehearsal_starts_at_its_moment_and_runs_on():
    now = clock_from(FRIDAY)

    assert FRIDAY <= now() <= now() < FRIDAY + timedelta(minutes=1)
