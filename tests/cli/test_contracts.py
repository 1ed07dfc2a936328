"""Which keys, exit codes and sentences may other programs and tired people rely on?"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import DATA, OCTOBER

DEADLINE = {
    "as_written", "kind", "due_on", "due_at", "starts_on", "rrule", "milestones", "act_by_on",
    "effective_due_on", "needs_confirmation", "proposal", "already_done", "reading",
}  # fmt: skip
STEP = {
    "id",
    "level",
    "to",
    "post",
    "recipient",
    "falls_at",
    "state",
    "at",
    "reason",
    "message",
    "place",
    "leaves_at",
    "person",
    "why_recipient",
    "channel",
    "channels",
    "rulebook",
    "counting",
    "level_days",
    "held_by",
}
AT = "2025-12-01T08:00"


def assert_one_clear_sentence(answer, code):
    """The way out is told in Vietnamese; nobody is shown a trace, and nothing is on standard output."""
    assert answer.code == code
    assert "Traceback" not in answer.err
    assert answer.err.strip()
    assert re.search(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìóòõúùý]", answer.err)


# --- reading ---------------------------------------------------------------------------------


def test_a_deadline_has_its_three_dates(dondoc):
    answer = dondoc("deadline", "trước ngày 15/11/2025", "--issued", "2025-10-17", "--json")

    assert answer.code == 0
    assert set(answer.json) == DEADLINE
    dates = {key: answer.json[key] for key in ("kind", "due_on", "act_by_on", "effective_due_on")}
    assert dates == {
        "kind": "before",
        "due_on": "2025-11-14",
        "act_by_on": "2025-11-14",
        "effective_due_on": "2025-11-14",
    }


def test_phrases_on_standard_input_are_answered_in_order(dondoc):
    phrases = "30/9/2025\n31/9/2025\n30/9/2025\\n(Đã hoàn thành)\n\nThường xuyên\n"
    answer = dondoc("deadline", "-", "--issued", "2025-07-01", "--json", stdin=phrases)

    assert [found["kind"] for found in answer.json] == ["date", "invalid", "date", "missing", "ongoing"]
    assert all(set(found) == DEADLINE for found in answer.json)
    assert answer.json[2]["as_written"] == "30/9/2025\n(Đã hoàn thành)"
    assert answer.json[2]["already_done"]


def test_a_unit_is_named_by_code(dondoc):
    answer = dondoc("unit", "Sở Y tế", "--json")

    assert answer.json == {
        "as_written": "Sở Y tế",
        "status": "resolved",
        "units": [{"code": "SYT", "name": "Sở Y tế"}],
        "candidates": [],
    }


def test_names_on_standard_input_are_answered_in_order(dondoc):
    answer = dondoc("unit", "-", "--json", stdin="Các sở, ban, ngành\nSở Phép thuật\nSở Y tế\n")

    assert [found["status"] for found in answer.json] == ["group", "unknown", "resolved"]


# --- import ----------------------------------------------------------------------------------


def test_an_import_says_everything_it_read(dondoc, home):
    words = ("import", OCTOBER, "--issued", "2025-10-17", "--at", "2025-10-20T08:00", "--json")
    answer = dondoc(*words, "--dry-run")
    found = answer.json

    assert answer.code == 0
    assert {"document", "sections", "tasks", "problems", "changes"} <= set(found)
    assert found["document"]["issued_on"] == "2025-10-17"
    assert [section["number"] for section in found["sections"]] == ["I", "II", "III"]
    task = found["tasks"][0]
    assert set(task) == {
        "number", "text", "title", "section", "lead", "supporting", "deadline", "expected", "note",
        "footnotes", "problems", "source",
    }  # fmt: skip
    assert set(task["lead"]) == set(task["supporting"]) == {"as_written", "units", "status"}
    assert set(task["deadline"]) == DEADLINE
    assert set(task["source"]) == {"table", "row", "cells"}
    assert set(found["changes"]) == {"added", "changed", "removed", "unchanged"}
    assert all({"code", "message"} == set(p) for t in found["tasks"] for p in t["problems"])
    assert dondoc("log", "verify", "--json").json["entries"] == 0  # it was a dry run


def test_the_same_document_again_changes_nothing(dondoc, with_october):
    words = ("import", OCTOBER, "--issued", "2025-10-17", "--plan", "KH-10", "--at", "2025-10-21T08:00")
    changes = dondoc(*words, "--json").json["changes"]

    assert {name: len(rows) for name, rows in changes.items()} == {
        "added": 0,
        "changed": 0,
        "removed": 0,
        "unchanged": 39,
    }


REFUSED = {
    "empty": b"",
    "binary": bytes(range(256)) * 8,
    "an image": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "headings nobody knows": "\tSTT\n\tTên xe\n\tBiển số\n\n\t1\n\tÔ tô\n\t76A-001\n".encode(),
    "no table": "Biên bản cuộc họp ngày thứ hai.\n".encode(),
    "not text in any encoding we read": "Kế hoạch".encode("utf-16-le") + b"\xff\xfe\xfd",
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_taken_is_refused_in_one_sentence(dondoc, tmp_path, what):
    file = tmp_path / "phu-luc.txt"
    file.write_bytes(REFUSED[what])
    answer = dondoc("import", file, "--issued", "2025-10-17", "--json")

    assert_one_clear_sentence(answer, 4)
    assert answer.out == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("import", "khong-co.txt", "--issued", "2025-10-17"), 4),
        (("import", DATA, "--issued", "2025-10-17"), 4),
        (("import", OCTOBER, "--issued", "2025-02-30"), 2),
        (("import", OCTOBER, "--issued", "hôm qua"), 2),
        (("import", OCTOBER), 2),
        (("deadline", "30/9/2025"), 2),
        (("deadline", "30/9/2025", "--issued", "17-13-2025"), 2),
        (("plan", "--from", "2025-10-20", "--to", "2025-10-01"), 2),
        (("remind", "--at", "2025-10-20T25:00"), 2),
        (("report", "thang", "--as-of", "2025-12-26"), 2),
        (("lenh-la",), 2),
        ((), 2),
    ],
)
def test_words_that_are_off_are_answered_in_one_sentence(dondoc, words, code):
    answer = dondoc(*words)

    assert answer.code == code
    assert "Traceback" not in answer.err
    assert (answer.err + answer.out).strip()


# --- planning, reminding, explaining, reporting -----------------------------------------------


def test_a_preview_lists_messages_reasons_and_totals(dondoc, with_october):
    found = dondoc("plan", "--from", "2025-11-24", "--to", "2025-12-05", "--json").json

    assert set(found) == {"messages", "suppressed", "totals"}
    message = found["messages"][0]
    assert set(message) == {
        "at", "recipient", "post", "unit", "channel", "step", "level", "assignments", "reason",
    }  # fmt: skip
    assert {"assignment", "task", "unit", "due_on", "step", "level", "reason"} <= set(
        message["assignments"][0]
    )
    assert all("reason" in suppressed for suppressed in found["suppressed"])
    assert found["totals"]["messages"] == len(found["messages"]) > 0
    assert found["totals"]["suppressed"] == len(found["suppressed"])


def test_a_run_counts_what_it_did_and_a_second_one_does_nothing(dondoc, with_october):
    first = dondoc("remind", "--at", AT, "--json")
    again = dondoc("remind", "--at", AT, "--json")

    assert (first.code, again.code) == (0, 0)
    assert {"at", "planned", "sent", "held", "suppressed", "failed"} <= set(first.json)
    assert first.json["planned"] == first.json["sent"] > 0
    assert (again.json["planned"], again.json["sent"]) == (0, 0)
    assert len(list((with_october / "mailbox").rglob("*.eml"))) == first.json["sent"]


def test_at_night_messages_are_planned_and_held(dondoc, with_october):
    night = dondoc("remind", "--at", "2025-11-29T22:00", "--json").json  # a Saturday
    morning = dondoc("remind", "--at", AT, "--json").json

    assert (night["sent"], night["held"]) == (0, night["planned"])
    assert night["planned"] > 0
    assert morning["sent"] == night["planned"] + morning["planned"]


def test_what_was_planned_ahead_is_what_is_sent(dondoc, with_october):
    planned = dondoc("plan", "--from", "2025-12-01", "--to", "2025-12-01", "--json").json
    sent = dondoc("remind", "--at", AT, "--json").json

    assert planned["totals"]["messages"] == sent["planned"]
    assert planned["totals"]["reminders"] == sent["reminders"]


def test_a_share_explains_itself(dondoc, with_october):
    dondoc("remind", "--at", AT)
    answer = dondoc("explain", "KH-10/28", "--unit", "Công an tỉnh", "--at", "2025-12-01T09:00", "--json")
    found = answer.json

    assert answer.code == 0
    assert {
        "task", "title", "document", "deadline", "in_force", "unit", "status", "policy", "rule", "steps",
        "suppressions", "next_step", "units",
    } <= set(found)  # fmt: skip
    assert set(found["deadline"]) == DEADLINE
    assert all(set(step) == STEP for step in [*found["steps"], found["next_step"]])
    assert re.fullmatch(r"\S*rules/mac-dinh\.yml:\d+", found["policy"]["place"])
    assert re.fullmatch(r"\S*rules/mac-dinh\.yml:\d+", found["rule"]["place"])
    states = {step["id"]: step["state"] for step in found["steps"]}
    assert states["den-han"] == "delivered"  # 30 November is a Sunday: the reminder that matters now
    assert states["qua-han"] == "coming"


@pytest.mark.parametrize("reference", ["KH-10/28", "kh-10-28", "28"])
def test_a_task_is_found_by_what_people_write(dondoc, with_october, reference):
    assert dondoc("explain", reference, "--at", AT, "--json").json["task"] == "KH-10/28"


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "KH-10/999", "--at", AT),
        ("explain", "KH-10/28", "--unit", "Sở Phép thuật", "--at", AT),
        ("ack", "KH-10/999", "--at", AT),
        ("ack", "KH-10/1", "--at", AT),  # every department leads: which one?
        ("accept", "KH-10/28", "--at", AT),  # nothing was reported
        ("extend", "KH-10/28", "--to", "2025-12-15", "--at", AT),  # on which paper?
        ("extend", "KH-10/28", "--to", "2025-11-15", "--document", "1/UBND", "--at", AT),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(dondoc, with_october, words):
    answer = dondoc(*words, "--json")

    assert_one_clear_sentence(answer, 4)
    assert answer.out == ""


def test_an_act_prints_the_record_it_wrote(dondoc, with_october):
    answer = dondoc("report-done", "KH-10/28", "--at", AT, "--on", "2025-11-28", "--json")

    assert answer.code == 0
    (written,) = answer.json
    assert {"assignment": "KH-10/28@CAT", "kind": "reported", "on": "2025-11-28"}.items() <= written.items()


def test_the_overdue_report_adds_up(dondoc, with_october):
    answer = dondoc("report", "overdue", "--as-of", "2025-12-26", "--format", "json")
    found = answer.json

    assert answer.code == 0
    assert {"as_of", "rulebook", "matrix", "rates", "ageing", "units", "rows", "data_quality"} <= set(found)
    cells = {
        "done_on_time", "done_late", "open_in_time", "open_late", "no_deadline", "awaiting_decision", "total",
    }  # fmt: skip
    assert cells <= set(found["matrix"])
    parts = [count for name, count in found["matrix"].items() if name != "total"]
    assert sum(parts) == found["matrix"]["total"]
    assert found["matrix"]["open_late"] == len(found["rows"])
    assert {
        "task", "title", "unit", "due_on", "effective_due_on", "days_late", "reminders", "level", "status",
    } <= set(found["rows"][0])  # fmt: skip


@pytest.mark.parametrize("form", ["text", "html", "json"])
def test_a_report_goes_to_a_file_when_one_is_named(dondoc, with_october, tmp_path, form):
    file = tmp_path / f"qua-han.{form}"
    answer = dondoc("report", "overdue", "--as-of", "2025-12-26", "--format", form, "-o", file)

    assert (answer.code, answer.out) == (0, "")
    assert "KH-10" in file.read_text("utf-8")


def test_a_file_that_cannot_be_written_is_told_in_one_sentence(dondoc, with_october, tmp_path):
    missing = tmp_path / "khong-co" / "bao-cao.html"
    words = ("report", "overdue", "--as-of", "2025-12-26", "--format", "html", "-o", missing)

    assert_one_clear_sentence(dondoc(*words), 4)


# --- the log ---------------------------------------------------------------------------------


def test_a_whole_log_verifies(dondoc, with_october):
    answer = dondoc("log", "verify", "--json")

    assert answer.code == 0
    assert set(answer.json) == {"ok", "entries", "head", "first_broken"}
    assert answer.json["ok"] is True
    assert answer.json["first_broken"] is None
    assert answer.json["entries"] > 0


TAMPERED = {
    "a word changed": "UPDATE record SET data = data || ' ' WHERE seq = 12",
    "a moment changed": "UPDATE record SET at = '2024-01-01 00:00:00.000000' WHERE seq = 12",
    "a record taken out": "DELETE FROM record WHERE seq = 12",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_log_somebody_changed_is_found_at_the_place(dondoc, with_october, what):
    with sqlite3.connect(with_october / "dondoc.db") as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(TAMPERED[what]).rowcount == 1
    connection.close()
    answer = dondoc("log", "verify", "--json")

    assert answer.code == 6
    assert answer.json["ok"] is False
    assert answer.json["first_broken"] in {12, 13}
    assert "Traceback" not in answer.err


def test_the_log_refuses_to_be_changed(with_october):
    connection = sqlite3.connect(with_october / "dondoc.db")
    for statement in TAMPERED.values():
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute(statement)
    connection.close()


# --- configuration ----------------------------------------------------------------------------

BROKEN = {
    "a key misspelt": (
        "rules/mac-dinh.yml",
        "before: 7 ngày làm việc",
        "befor: 7 ngày làm việc",
        r"rules/mac-dinh\.yml:\d+:\d+",
    ),
    "not YAML": ("rules/mac-dinh.yml", "policies:", "policies: [", r"rules/mac-dinh\.yml:\d+:\d+"),
    "a rule that leads nowhere": (
        "rules/mac-dinh.yml",
        "policy: viec-dinh-ky",
        "policy: khong-co",
        r"mac-dinh\.yml:\d+:\d+",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize(
    "command",
    [("check",), ("remind", "--at", AT), ("plan", "--from", "2025-12-01", "--to", "2025-12-02")],
)
def test_a_broken_rule_stops_with_its_place(dondoc, with_october, config, what, command):
    name, old, new, place = BROKEN[what]
    file = config / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    answer = dondoc(*command)

    assert answer.code == 3
    assert re.search(place, answer.out + answer.err)
    assert "Traceback" not in answer.err


def test_a_broken_calendar_stops_the_reading_of_deadlines_with_its_place(dondoc, config):
    file = config / "calendar" / "2025.yml"
    file.write_text(file.read_text("utf-8") + "\nkhóa-lạ: 1\n", "utf-8")
    answer = dondoc("deadline", "30/9/2025", "--issued", "2025-07-01", "--json")

    assert_one_clear_sentence(answer, 3)
    assert re.search(r"calendar/2025\.yml:\d+:\d+", answer.err)


def test_a_folder_without_rules_is_told_in_one_sentence(dondoc, home, tmp_path, monkeypatch):
    monkeypatch.setenv("DONDOC_CONFIG", str(tmp_path / "khong-co"))

    assert_one_clear_sentence(dondoc("remind", "--at", AT), 3)


def test_the_shipped_configuration_is_clean(dondoc):
    answer = dondoc("check")

    assert answer.code == 0, answer.out


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ai/do",
        "không phải địa chỉ",
        "sqlite:////khong/co/thu/muc/x.db",
        "postgresql:///x?host=/khong",
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(dondoc, monkeypatch, url):
    monkeypatch.setenv("DONDOC_DATABASE_URL", url)

    assert_one_clear_sentence(dondoc("log", "verify", "--json"), 1)


# --- the command itself -------------------------------------------------------------------------


def executed(*words, home):
    command = Path(sys.executable).with_name("dondoc")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DONDOC_")}
    environment |= {"DONDOC_HOME": str(home), "DONDOC_PREFECT": "off"}
    return subprocess.run([command, *words], capture_output=True, text=True, env=environment, check=False)


def test_the_installed_command_exits_with_the_codes_of_the_manual(tmp_path):
    found = executed("unit", "Sở Y tế", "--json", home=tmp_path)
    refused = executed("import", "khong-co.txt", "--issued", "2025-10-17", home=tmp_path)

    assert (found.returncode, refused.returncode) == (0, 4)
    assert '"code": "SYT"' in found.stdout
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("phrase", ["-nt-", "-", "- 30/9"])
def test_a_phrase_may_begin_with_a_dash(dondoc, phrase):
    answer = dondoc("deadline", phrase, "--issued", "2025-10-17", "--json", stdin="-nt-\n")

    found = answer.json[0] if phrase == "-" else answer.json
    assert found["kind"] == ("date" if "30/9" in phrase else "inherit")
