"""The fifteen ways in which rules go wrong, as an administrator meets them.

One test or a few a case, numbered 33 to 47 as the team's list of acceptance cases has them.
Most edit the shipped folder and ask `dondoc check`; tests/broken has every mistake to the letter.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from engine.difference import difference
from engine.messages import gather
from engine.model import DeadlineKind
from engine.planning import World, decide_all
from engine.preview import preview
from engine.rulebook import read_rulebook
from flows.standing import StandingOffice
from tests.cli.conftest import Answer, answered
from tests.engine.planning_world import CALENDAR, SXD, SYT, WORLD, an_assignment, at
from usecases.settings import PROJECT, Settings
from usecases.wiring import Office

POLICIES = """
policies:
  - id: gap
    steps:
      - { id: nhac-gap, on: ngày hết hạn, at: "08:00", to: contact }
  - id: thuong
    steps:
      - { id: nhac-thuong, on: ngày hết hạn, at: "08:00", to: contact }
rules:
"""
EVERYBODY = "  - { id: thuong, policy: thuong }\n"
NOBODY = "  - { id: thuong, when: { unit: [SXD] }, policy: thuong }\n"
BY_MONTH_OR_NOT = "  - { id: gap, when: { deadline_kind: [month] }, policy: gap }\n" + EVERYBODY
TODAY = "2026-10-01"
RULES = "rules/mac-dinh.yml"
WORDS = "templates/viec-dinh-ky.txt.j2"
REFUSED = {"forbidden-expression", "unknown-filter"}
STEP = "before: 3 ngày làm việc"

Edit = Callable[..., None]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped configuration, and an empty data folder beside it."""
    for name in [name for name in os.environ if name.startswith("DONDOC_")]:
        monkeypatch.delenv(name)
    folder = Path(shutil.copytree(PROJECT / "config", tmp_path / "config"))
    for name, value in {"HOME": tmp_path / "home", "CONFIG": folder, "PREFECT": "off"}.items():
        monkeypatch.setenv(f"DONDOC_{name}", str(value))
    return folder


@pytest.fixture
def edit(config: Path) -> Edit:
    """Replace words of a file by others, once, as an administrator would."""

    def replaced(old: str, new: str, file: str = RULES) -> None:
        text = (config / file).read_text("utf-8")
        assert old in text
        (config / file).write_text(text.replace(old, new, 1), "utf-8")

    return replaced


def mistakes(kind: str = "error") -> list[tuple[str, str]]:
    """Return what `dondoc check` finds, as (code, way out)."""
    answer = checked()
    assert answer.code == (3 if any(p["severity"] == "error" for p in answer.json) else 0)
    return [(p["code"], p["hint"]) for p in answer.json if p["severity"] == kind]


def checked() -> Answer:
    return answered("check", "--json", "--at", TODAY)


def where() -> list[tuple[str, int, int]]:
    """Return the places that `dondoc check` names: file, line, column."""
    return [(p["source"].rpartition("/")[2], p["line"], p["column"]) for p in checked().json]


def place_of(config: Path, words: str, file: str = RULES) -> tuple[str, int, int]:
    before = (config / file).read_text("utf-8").partition(words)[0]
    return file.rpartition("/")[2], before.count("\n") + 1, len(before) - before.rfind("\n")


def test_the_shipped_rules_have_no_mistake(config):
    assert checked().json == []


# --- what is written ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meant", "wrong"),
    [
        pytest.param(STEP, "before", "befor", id="of a step"),
        pytest.param("when: { duty: có }", "duty", "dutty", id="of a condition"),
        pytest.param("tasks_per_day: 10", "tasks_per_day", "task_per_day", id="of a limit"),
        pytest.param("repeat: { every:", "every", "evry", id="of a repeat"),
        pytest.param("\nsending:", "sending", "sendin", id="of a section"),
    ],
)
def test_33_a_misspelt_key_is_told_where_it_stands_with_the_key_that_was_meant(
    config, edit, words, meant, wrong
):
    edit(words, words.replace(meant, wrong))

    assert any(code == "unknown-key" and hint.endswith(f"ý bạn là '{meant}'?") for code, hint in mistakes())
    assert place_of(config, f"{wrong}:") in where()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (STEP, f"{STEP}\n        before: 4 ngày làm việc", "duplicate-key"),
        ("id: truoc-7-ngay", "id: truoc-3-ngay", "duplicate-id"),
        ("  - id: mac-dinh", "  - id: viec-dinh-ky", "duplicate-id"),
        ("  - id: nhiem-vu", "  - id: viec-dinh-ky", "duplicate-id"),
        ("when: { duty: có }", "when: { duty: có, duty: không }", "duplicate-key"),
        ("\nsending:", '\nsending:\n  hours: ["07:00-17:00"]\nsending:', "duplicate-key"),
    ],
)
def test_34_a_key_or_name_written_twice_is_refused_rather_than_the_last_one_kept(
    edit, config, old, new, said
):
    edit(old, new)

    assert said in {code for code, _ in mistakes()}


def test_34_a_name_written_in_two_files_is_told_in_the_second(config):
    policy = (
        "policies:\n  - id: nhiem-vu\n    steps:\n      - {on: ngày hết hạn, to: contact, via: [mailbox]}\n"
    )
    (config / "rules" / "phu.yml").write_text(policy, "utf-8")

    assert "duplicate-id" in {code for code, _ in mistakes()}
    assert ("phu.yml", 2, 9) in where()


def test_35_an_alias_bomb_is_refused_before_it_is_unfolded(config):
    pairs = pairwise("abcdefghi")
    rows = [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairs]
    (config / RULES).write_text("a: &a [x]\n" + "\n".join(rows), "utf-8")

    assert [code for code, _ in mistakes()] == ["anchor"]


def test_36_three_thousand_levels_are_refused_before_they_are_read(config):
    (config / RULES).write_text("policies: " + "[" * 3000 + "]" * 3000, "utf-8")

    assert [code for code, _ in mistakes()] == ["too-deep"]


def test_37_a_python_object_is_a_mistake_and_is_never_made(config, edit, tmp_path):
    edit(STEP, f"before: !!python/object/apply:os.mkdir ['{tmp_path}/made']")

    assert [code for code, _ in mistakes()] == ["tag"]
    assert not (tmp_path / "made").exists()


def test_38_a_tab_is_told_at_its_line(config, edit):
    edit(f"        {STEP}", f"\t{STEP}")
    [(code, hint)] = mistakes()

    assert (code, "phím Tab" in hint) == ("broken-yaml", True)
    assert [line for _, line, _ in where()] == [place_of(config, f"\t{STEP}")[1]]


@pytest.mark.parametrize(
    ("as_saved", "said"),
    [
        (lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), []),  # Windows' Notepad
        (lambda text: text.encode("utf-16"), ["unreadable"]),
    ],
)
def test_38_marks_and_line_ends_of_windows_are_read_and_another_encoding_is_told(config, as_saved, said):
    (config / RULES).write_bytes(as_saved((config / RULES).read_text("utf-8")))

    assert [code for code, _ in mistakes()] == said


def test_38_a_mistake_in_a_file_of_windows_is_told_at_its_line_and_column(config, edit):
    edit(STEP, "befor: 3 ngày làm việc")
    place, text = place_of(config, "befor:"), (config / RULES).read_text("utf-8")
    (config / RULES).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert where() == [place]


@pytest.mark.parametrize("written", ["-7 ngày", "7wd", "-7wd", "7"])
def test_39_days_written_otherwise_are_never_guessed_and_the_way_to_write_them_is_told(edit, config, written):
    edit("before: 7 ngày làm việc", f"before: {written}")
    [(code, hint)] = mistakes()

    assert code == "bad-value"
    assert "7 ngày" in hint


@pytest.mark.parametrize(
    ("old", "new", "code", "meant"),
    [
        ("via: [email, mailbox]", "via: [emial, mailbox]", "unknown-channel", "email"),
        ("to: chairman", "to: chairmen", "bad-value", "chairman"),
        ("to: head", "to: thủ trưởng", "bad-value", "head"),
    ],
)
def test_40_an_unknown_channel_or_role_leads_to_the_known_one(edit, config, old, new, code, meant):
    edit(old, new)
    found = mistakes()

    assert {said for said, _ in found} == {code}
    assert any(hint.endswith(f"ý bạn là '{meant}'?") for _, hint in found)


def test_41_levels_cannot_go_round_a_higher_one_is_never_told_before_a_lower_one(edit, config):
    edit("after: 15 ngày làm việc", "after: 2 ngày làm việc")

    assert "level-order" in {code for code, _ in mistakes()}


# --- an office's own words --------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "{{''.__class__}}",
        "{{ title['__class__'] }}",
        "{{ title|attr('__class__') }}",
        "{{ title.__init__.__globals__ }}",
        "{% import 'a.j2' as a %}",
        "{{'a'*10**9}}",
        "{{ title * 1000000000 }}",
        "{% for n in range(1000000000) %}a{% endfor %}",
        "{{ title|center(1000000000) }}",
    ],
)
def test_42_43_words_that_reach_into_the_program_or_fill_the_memory_are_refused(edit, config, written):
    edit("{{ due }}", written, WORDS)

    assert {code for code, _ in mistakes()} <= REFUSED
    assert [line for _, line, _ in where()] == [place_of(config, written, WORDS)[1]]


def test_42_43_the_place_is_that_of_the_words_themselves(edit, config):
    edit("{{ due }}", "{{ due }} {{''.__class__}} {{'a'*10**9}}", WORDS)

    assert where() == [place_of(config, ".__class__", WORDS), place_of(config, "*10**9", WORDS)]


def test_44_a_variable_nobody_knows_leads_to_those_there_are(edit, config):
    edit("{{ due }}", "{{ due_date }}", WORDS)
    [(code, hint)] = mistakes()

    assert code == "unknown-variable"
    assert hint.startswith("dùng được: title, code, document, unit, due, ")
    assert hint.endswith("ý bạn là 'due'?")
    assert where() == [place_of(config, "due_date", WORDS)]


# --- while the service runs ---------------------------------------------------------------------


def test_45_files_deleted_or_half_written_are_told_and_reminders_go_on_by_the_rules_in_force(config):
    (config / "registry" / "kh-bcd-2025-07.yml").unlink()  # one plan is enough
    first = answered("remind", "--at", "2025-12-26T08:00", "--json")
    (config / RULES).write_text("policies:\n  - id: nh", "utf-8")
    (config / WORDS).unlink()
    half_written = answered("remind", "--at", "2025-12-31T08:00", "--json")
    (config / RULES).unlink()
    deleted = answered("remind", "--at", "2026-01-05T08:00", "--json")

    for answer in (first, half_written, deleted):
        assert (answer.code, answer.json["failed"]) == (0, 0)
        assert answer.json["sent"] > 0
    assert "vẫn có hiệu lực" in half_written.err
    assert "vẫn có hiệu lực" in deleted.err
    assert {"no-files"} <= {code for code, _ in mistakes()}


@pytest.mark.parametrize(
    ("file", "is_deleted"),
    [
        ("people.yml", True),
        ("units.yml", True),
        *((file, False) for file in ("people.yml", "units.yml", "channels.yml", "calendar/2025.yml")),
    ],
)
def test_45_the_service_goes_on_by_the_file_it_read_last(config, capsys, file, is_deleted):
    standing = StandingOffice(Office(Settings(home=config / "data", config=config)))
    known = standing.current().world
    text = (config / file).read_bytes()
    (config / file).unlink()
    if not is_deleted:
        (config / file).write_bytes(text[: len(text) // 2 - 3] + b"\n: [")
    after = standing.current()

    assert after.world.contacts.recipients == known.contacts.recipients
    assert after.world.calendar.fingerprint == known.calendar.fingerprint
    assert "bản đang chạy vẫn có hiệu lực" in capsys.readouterr().err
    (config / file).write_bytes(text)
    assert standing.current().world.contacts.recipients == known.contacts.recipients


# --- whom rules reach -----------------------------------------------------------------------------


def test_46_a_rule_that_can_match_nothing_is_told(edit, config):
    nobody = "  - id: khong-ai\n    priority: 1\n"
    nobody += "    when: { unit: SYT, unit_kind: commune }\n    policy: nhiem-vu\n"
    edit("  - id: mac-dinh\n", f"{nobody}  - id: mac-dinh\n")

    assert [code for code, _ in mistakes()] == ["matches-nothing"]


def by_rules(rules: str) -> World:
    return replace(WORLD, rulebook=read_rulebook({"thu.yml": POLICIES + rules})[0])


def change(days: int):
    """What an edit does by which a rule reaches everybody: one contact, a task a working day."""
    due = [CALENDAR.add_working_days(date(2025, 9, 3), n) for n in range(1, days + 1)]
    shares = [an_assignment(day, number=str(n)) for n, day in enumerate(due)]
    between = (at("2025-09-03 00:00"), at("2025-12-31 00:00"))
    before, after = (preview(shares, by_rules(rules), {}, *between) for rules in (NOBODY, EVERYBODY))
    return difference(before.messages, after.messages)


@pytest.mark.parametrize(("days", "must_be_confirmed"), [(20, False), (21, True)])
def test_46_a_rule_that_suddenly_reaches_everybody_must_be_confirmed(days, must_be_confirmed):
    found = change(days)

    assert (found.totals.before, found.totals.after) == (0, days)
    assert bool(found.multiplied) is must_be_confirmed


def test_47_two_rules_that_remind_one_contact_at_one_moment_make_one_message():
    by_day, of_sxd = an_assignment(date(2025, 9, 30)), an_assignment(date(2025, 9, 30), unit=SXD, number="3")
    deadline = replace(by_day.task.deadline, kind=DeadlineKind.MONTH)
    by_month = an_assignment(date(2025, 9, 30), number="2")
    by_month = replace(by_month, task=replace(by_month.task, deadline=deadline))
    world, morning = by_rules(BY_MONTH_OR_NOT), at("2025-09-30 08:00")

    reminders = decide_all([by_day, by_month, of_sxd], world, {}, morning).reminders
    messages = gather(reminders, world, morning, {}).messages

    assert [r.step for r in reminders] == ["nhac-thuong", "nhac-gap", "nhac-thuong"]
    assert {m.recipient.unit: len(m.reminders) for m in messages} == {SYT: 2, SXD: 1}
