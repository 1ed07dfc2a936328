"""Does somebody who never runs `dondoc check` see what the files on disk do not do?"""

from __future__ import annotations

import shutil

import pytest

from tests.guarantee.world import a_row, at, bring
from usecases.kept_configuration import opened_or_kept
from usecases.metrics import health, metrics_text
from usecases.on_disk import KINDS, file_warnings
from usecases.ruling import ensure_rules_in_force, put_rules_in_force
from usecases.settings import PROJECT, Settings
from usecases.wiring import Office

MONDAY = at("2025-09-01")


@pytest.fixture
def office(sqlite_database, tmp_path) -> Office:
    """An office whose configuration may be edited, its rules in force and all of it read."""
    config = shutil.copytree(PROJECT / "config", tmp_path / "config")
    url = sqlite_database.engine.url.render_as_string()
    office = Office(Settings(home=tmp_path / "home", config=config, database_url=url))
    bring(office, [a_row(1, "30/9/2025")])
    ensure_rules_in_force(office, MONDAY)
    assert office.world
    return office


def write(office, name, old, new):
    file = office.settings.config / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def kinds(office, now=MONDAY):
    return [warning.kind for warning in file_warnings(office, now)]


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("rules/mac-dinh.yml", "before: 7 ngày", "before: 6 ngày", ["rules-waiting"]),
        ("rules/mac-dinh.yml", "before: 7 ngày", "befor: 7 ngày", ["rules-refused"]),
        ("people.yml", "posts:", "posts: [", ["files-refused"]),
        ("people.yml", "email: chu-tich@", "email: chủ tịch@", ["files-refused"]),
        ("units.yml", "units:", "unit:", ["files-refused"]),
        ("calendar/2025.yml", "year: 2025", "year: 20255", ["files-refused"]),
        ("calendar/2025.yml", "status: official", "status: provisional", ["calendar"]),
        ("channels.yml", "mailbox", "mail box", ["files-refused"]),
        ("people.yml", "posts:", "posts: # các vị trí", []),
    ],
)
def test_what_is_wrong_with_a_file_is_said_while_the_service_goes_by_the_one_before(
    office, name, old, new, found
):
    assert kinds(office) == []
    write(office, name, old, new)

    assert kinds(office) == found
    told = health(office, MONDAY)
    assert [one.kind for one in told.files] == found
    assert all(one.said in told.notes for one in told.files)
    figures = metrics_text(office, MONDAY)
    for kind in KINDS:
        assert f'dondoc_configuration{{kind="{kind}"}} {float(kind in found)}' in figures


def test_a_warning_goes_once_the_file_is_mended_or_applied(office):
    write(office, "people.yml", "posts:", "posts: [")
    write(office, "rules/mac-dinh.yml", "before: 7 ngày", "before: 6 ngày")
    assert kinds(office) == ["rules-waiting", "files-refused"]
    write(office, "people.yml", "posts: [", "posts:")
    put_rules_in_force(Office(office.settings), office.settings.config, MONDAY)

    assert kinds(office) == []


def test_the_first_mistake_is_named_with_its_place(office):
    (office.settings.config / "people.yml").write_text("posts:\n  - foo: [\n", "utf-8")
    (warning,) = file_warnings(office, MONDAY)

    assert "config/people.yml:2:11  broken-yaml" in warning.said  # not first that nobody coordinates
    assert "dondoc check" in warning.said
    assert "\n" not in warning.said


def test_a_command_that_cannot_read_the_files_still_says_how_the_service_stands(office):
    """Its database answers: the fault is the file's, and so it is said."""
    write(office, "channels.yml", "mailbox", "mail box")
    told = health(Office(office.settings), MONDAY)

    assert told.ok
    assert [one.kind for one in told.files] == ["files-refused"]
    assert "cơ sở dữ liệu" not in " ".join((*told.why, *told.notes))


@pytest.mark.parametrize(
    ("today", "found"), [("2026-11-30", []), ("2026-12-01", ["calendar"]), ("2027-01-04", ["calendar"])]
)
def test_from_december_on_the_year_to_come_must_be_known_for_sure(office, today, found):
    """Its file is there, and provisional."""
    write(office, "calendar/2027.yml", "status: provisional", "status: provisional # chờ thông báo")

    assert kinds(office, at(today)) == found


def test_from_december_on_a_year_without_a_file_is_told(office):
    (office.settings.config / "calendar" / "2027.yml").unlink()
    (warning,) = file_warnings(office, at("2026-12-01"))

    assert (warning.kind, "chưa có lịch làm việc năm 2027" in warning.said) == ("calendar", True)
    assert kinds(office, at("2026-11-30")) == []


@pytest.mark.parametrize(("is_kept", "said"), [(True, "kể cả khi khởi động lại"), (False, "không chạy được")])
def test_it_is_said_whether_the_service_may_be_started_over_the_mistake(office, is_kept, said):
    if is_kept:
        opened_or_kept(office, print)
    write(office, "people.yml", "posts:", "posts: [")

    (warning,) = file_warnings(office, MONDAY)
    assert said in warning.said
