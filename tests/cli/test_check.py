"""Does `dondoc check` say everything that is wrong at once, and stop only for what is serious?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

RULES = "rules/mac-dinh.yml"


def spoil(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def codes(answer):
    return {(problem["code"], problem["severity"]) for problem in answer.json}


def test_mistakes_in_every_part_show_at_once(dondoc, config):
    spoil(config / RULES, "to: chairman", "to: chairmen")
    spoil(config / "channels.yml", "enabled: có", "enabled: yes")
    spoil(config / "calendar" / "2026.yml", "year: 2026", "year: 2062")
    (config / "people.yml").unlink()
    (config / "rules" / "them.yml").write_bytes("policies:\n".encode("utf-16"))
    answer = dondoc("check", "--json")

    assert answer.code == 3
    assert {"bad-value", "wrong-year", "no-file", "unreadable"} <= {code for code, _ in codes(answer)}
    assert {"rules", "channels.yml", "calendar", "people.yml"} <= {
        problem["source"].split("/")[1] for problem in answer.json
    }


@pytest.mark.parametrize(
    ("name", "put", "code"),
    [
        ("rules/mac-dinh.yml", lambda file: file.mkdir(), "unreadable"),
        ("rules/mac-dinh.yml", lambda file: file.symlink_to(file), "unreadable"),
        ("rules/mac-dinh.yml", lambda file: file.symlink_to("/khong/co"), "no-file"),
        ("calendar/2026.yml", os.mkfifo, "unreadable"),
        ("people.yml", lambda file: file.write_bytes(b"# \n" * 400_000), "too-large"),
        ("reports.yml", lambda file: file.symlink_to(file), "unreadable"),
    ],
)
def test_what_is_no_file_to_read_is_told_and_never_waited_for(name, put, code, dondoc, config):
    (config / name).unlink()
    put(config / name)
    answer = dondoc("check", "--json")

    assert answer.code == 3
    assert (code, f"config/{name}") in {(p["code"], p["source"]) for p in answer.json}


def test_a_name_that_is_no_text_can_still_be_told(dondoc, config):
    Path(os.fsdecode(os.fsencode(config / "rules") + b"/\xff.yml")).write_text("polices: []\n", "utf-8")

    assert "config/rules/\\xff.yml:1:1  unknown-key" in dondoc("check").out


def test_a_mistake_in_one_file_is_not_told_again_of_those_that_speak_of_it(dondoc, config):
    spoil(config / "units.yml", "code: SYT", "cod: SYT")
    answer = dondoc("check", "--json")

    assert {p["source"] for p in answer.json if p["severity"] == "error"} == {"config/units.yml"}


def test_a_caret_stands_under_the_whole_word(dondoc, config):
    spoil(config / RULES, "before: 3 ngày làm việc", "befor: 3 ngày làm việc")
    lines = dondoc("check").out.splitlines()

    place = next(n for n, line in enumerate(lines) if "unknown-key" in line)
    assert lines[place + 1].index("befor") == lines[place + 2].index("^^^^^")
    assert "ý bạn là 'before'?" in lines[place + 3]


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2026-11-30", None),
        ("2026-12-01", "provisional-year"),  # 2027 is there, and still an estimate
        ("2027-12-01", "missing-year"),
    ],
)
def test_the_calendar_of_next_year_is_asked_for_from_december_on(dondoc, config, today, said):
    answer = dondoc("check", "--at", today, "--json")

    assert answer.code == 0
    assert (said is None) or (said, "warning") in codes(answer)


def test_a_file_that_is_never_read_is_told(dondoc, config):
    (config / "rules" / "rieng.yaml").write_text("policies: []\n", "utf-8")
    answer = dondoc("check", "--json", "--at", "2026-10-01")

    assert answer.code == 0
    assert [(p["source"], p["code"]) for p in answer.json] == [("config/rules/rieng.yaml", "ignored-file")]


def test_a_step_through_a_closed_channel_is_seen_and_does_not_stop_anything(dondoc, config):
    step = "      - id: bao-truoc\n        before: 5 ngày làm việc\n        to: head\n        via: [email]\n"
    spoil(config / RULES, "      - id: den-han\n", step + "      - id: den-han\n")
    answer = dondoc("check", "--at", "2026-10-01")

    assert answer.code == 0
    assert "closed-channel" in answer.out
    assert "không có lỗi; 1 điều cần xem" in answer.out


OPEN_MAIL = ("email:\n  enabled: không", "email:\n  enabled: có")


@pytest.mark.parametrize(
    ("mode", "content", "words"),
    [
        (0o600, "bi-mat", None),
        (0o644, "bi-mat", "để người khác đọc được"),
        (0o640, "bi-mat", "để người khác đọc được"),
        (0o600, "", "không có gì"),
        (None, "", "không có tệp này"),
    ],
)
@pytest.mark.parametrize("is_open", [True, False])
def test_a_secret_file_that_the_sender_would_refuse_is_told_before(
    dondoc, config, tmp_path, mode, content, words, is_open
):
    file = tmp_path / "smtp"
    if mode is not None:
        file.write_text(content)
        file.chmod(mode)
    spoil(config / "channels.yml", 'password_file: ""', f"password_file: {file}")
    if is_open:
        spoil(config / "channels.yml", *OPEN_MAIL)
    answer = dondoc("check", "--json")
    found = [p for p in answer.json if p["code"] in {"secret-file", "closed-secret"}]
    with_status = dondoc("status", "--json").json

    assert [words in p["message"] for p in found] == ([True] if words else [])
    assert all(str(file) in p["message"] and p["hint"] and p["line"] for p in found)
    assert {p["severity"] for p in found} == ({"error" if is_open else "warning"} if words else set())
    assert answer.code == (3 if words and is_open else 0)
    assert any(str(file) in note for note in with_status["notes"]) == bool(words and is_open)


def test_a_secret_file_out_of_order_does_not_keep_rules_from_being_applied(dondoc, config):
    spoil(config / "channels.yml", 'password_file: ""', "password_file: /khong-co-thu-muc-nay/smtp")
    spoil(config / "channels.yml", *OPEN_MAIL)

    assert dondoc("check").code == 3
    assert dondoc("apply").code == 0
