"""dondoc diff, apply, plan --rules, check: what an administrator sees before and after an edit."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.test_contracts import assert_one_clear_sentence

AT = "2025-11-03T08:00"
DAYS = ("--from", "2025-11-03", "--to", "2025-12-31")
MESSAGE = {"at", "recipient", "post", "unit", "channel", "step", "level", "assignments", "reason"}
SEVEN, SIX = "before: 7 ngày làm việc", "before: 6 ngày làm việc"
FLOOD = ("every: 5 ngày làm việc, times: 26", "every: 1 ngày làm việc, times: 60")
TO_THE_HEAD = """
      - id: truoc-5-ngay
        before: 5 ngày làm việc
        at: "08:00"
        to: head
        via: [email, mailbox]
      - id: den-han
"""


def edit(config: Path, old: str, new: str) -> Path:
    file = config / "rules" / "mac-dinh.yml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return config


@pytest.fixture
def draft(config: Path, tmp_path: Path) -> Path:
    """A second configuration folder, in which an edit is prepared."""
    return Path(shutil.copytree(config, tmp_path / "nháp"))


def test_a_difference_is_told_in_messages_of_the_shape_of_a_plan(dondoc, with_october, config, draft):
    edit(draft, "\n      - id: den-han\n", TO_THE_HEAD)
    answer = dondoc("diff", config, draft, *DAYS, "--json")
    found = answer.json

    assert answer.code == 0
    assert set(found) == {"added", "removed", "changed", "totals"}
    assert found["added"]
    assert {message["step"] for message in found["added"]} == {"truoc-5-ngay"}
    assert {message["level"] for message in found["added"]} == {2}
    assert all(set(message) == MESSAGE for message in [*found["added"], *found["removed"]])
    assert all(set(message) == MESSAGE | {"before"} for message in found["changed"])
    assert found["totals"]["added"] == len(found["added"])
    assert found["totals"]["by_level"]["1"]["added"] == 0
    assert found["totals"]["after"] - found["totals"]["before"] == len(found["added"]) - len(found["removed"])


def test_both_sides_are_what_plan_shows(dondoc, with_october, config, draft):
    edit(draft, SEVEN, SIX)
    totals = dondoc("diff", "-", draft / "rules", *DAYS, "--json").json["totals"]
    planned = [dondoc("plan", *DAYS, *more, "--json").json for more in ((), ("--rules", draft))]

    assert [totals["before"], totals["after"]] == [plan["totals"]["messages"] for plan in planned]
    assert planned[0] != planned[1]


def test_without_words_the_folder_is_compared_with_what_is_in_force(dondoc, with_october, config):
    dondoc("remind", "--at", AT)
    same = dondoc("diff", *DAYS, "--json").json
    edit(config, SEVEN, SIX)
    other = dondoc("diff", *DAYS, "--json").json

    assert (same["added"], same["removed"], same["changed"]) == ([], [], [])
    assert other["added"]


def test_an_edit_before_any_rules_were_in_force_is_not_called_the_same_without_a_word(
    dondoc, with_october, config
):
    edit(config, SEVEN, SIX)
    answer = dondoc("diff", *DAYS)

    assert answer.code == 0
    assert "Chưa bộ quy tắc nào được đưa vào hiệu lực" in answer.err


def test_a_step_of_closed_channels_alone_is_named(dondoc, with_october, config, draft):
    edit(draft, "\n      - id: den-han\n", TO_THE_HEAD.replace("[email, mailbox]", "[email]"))
    answer = dondoc("diff", config, draft, *DAYS)

    assert "gửi cùng những tin như nhau" in answer.out
    assert "chỉ gửi qua kênh đang đóng nên không ai nhận: 'truoc-5-ngay' (email);" in answer.err
    assert dondoc("diff", config, config, *DAYS).err.count("kênh đang đóng") == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'before: 3 ngày làm việc\n        at: "08:00"\n',
            'before: 3 ngày làm việc\n        unless: acknowledged\n        at: "08:00"\n',
            "'what: đã nhận'",
        ),
        ("template: viec-dinh-ky", "warn: không", "chỉ đổi lời trong tin"),
        (
            "\nrules:\n",
            "\nrules:\n  - {id: khan, priority: 9, when: {tag: khẩn}, policy: viec-dinh-ky}\n",
            "Chưa nhiệm vụ nào trong sổ thuộc quy tắc đã sửa: 'khan'. Gắn nhãn",
        ),
    ],
)
def test_an_edit_without_effect_on_messages_says_why(dondoc, with_october, config, draft, old, new, said):
    edit(draft, old, new)
    answer = dondoc("diff", config, draft, *DAYS)

    assert "gửi cùng những tin như nhau" in answer.out
    assert said in answer.err
    assert "kênh đang đóng" not in answer.err


def test_a_message_of_another_hour_shows_the_hour_it_had(dondoc, with_october, config, draft):
    edit(draft, f'{SEVEN}\n        at: "08:00"', f'{SEVEN}\n        at: "10:00"')
    said = dondoc("diff", config, draft, *DAYS).out
    changed = said.partition("Đổi:\n")[2].splitlines()

    assert changed
    assert all(" — trước: 08:00" in line for line in changed[:12])


def test_messages_that_are_not_shown_are_counted_by_step_up_to_the_last(dondoc, with_october, config, draft):
    edit(draft, *FLOOD)
    found = dondoc("diff", config, draft, *DAYS, "--json").json["added"]
    said = dondoc("diff", config, draft, *DAYS).out
    last = "{2}/{1}/{0}".format(*found[-1]["at"][:10].split("-"))

    assert len(found) > 12
    assert f"… và {len(found) - 12} tin nữa, đến {last}: bậc qua-han " in said


def test_the_channel_that_is_closed_is_named_beside_what_goes_another_way(
    dondoc, with_october, config, draft
):
    edit(draft, "\n      - id: den-han\n", TO_THE_HEAD)

    assert "Kênh đang đóng: email;" in dondoc("diff", config, draft, *DAYS).err
    assert "Kênh đang đóng" not in dondoc("diff", config, config, *DAYS).err


def test_a_year_whose_days_off_are_not_known_is_named(dondoc, with_october, config, draft):
    (config / "calendar" / "2026.yml").unlink()
    edit(draft, "\n      - id: den-han\n", TO_THE_HEAD)
    (draft / "calendar" / "2026.yml").unlink()

    days = ("--from", "2025-12-01", "--to", "2026-01-15")
    said = "Lưu ý: chưa có tệp lịch năm 2026:"

    assert said in dondoc("diff", config, draft, *days).err
    assert said in dondoc("plan", *days).err


def test_an_edit_that_changes_nothing_soon_leads_to_days_on_which_it_would(
    dondoc, with_october, config, draft
):
    edit(draft, "\n      - id: den-han\n", TO_THE_HEAD)
    idle = dondoc("diff", config, draft, "--from", "2031-01-06", "--to", "2031-01-07").err
    named = re.search(r"dondoc diff (--past --from \S+ --to \S+)'", idle)
    answer = dondoc("diff", config, draft, *named[1].split(), "--json")

    assert {message["step"] for message in answer.json["added"]} == {"truoc-5-ngay"}


def test_a_past_period_of_which_nothing_is_said_is_the_last_ninety_days(dondoc, with_october, config):
    said = dondoc("diff", config, config, "--past", "--to", "2025-12-31").out

    assert "Từ 02/10/2025 đến 31/12/2025" in said


@pytest.mark.parametrize("command", [("plan", "--to", "2025-11-03"), ("diff", "--past")])
@pytest.mark.parametrize("written", ["1/1/0001", "9999-12-31", "0001-01-01T08:00"])
def test_a_year_that_nobody_means_is_refused_before_anything_is_computed(dondoc, command, written):
    answer = dondoc(*command, "--from", written)

    assert_one_clear_sentence(answer, 2)
    assert "ngoài khoảng" in answer.err


def test_people_read_the_figures_of_each_level_and_the_first_messages(dondoc, with_october, config, draft):
    edit(draft, "\n      - id: den-han\n", TO_THE_HEAD)
    said = dondoc("diff", draft, *DAYS).out

    assert "Từ 03/11/2025 đến 31/12/2025" in said
    assert "thủ trưởng" in said
    assert "Thêm:" in said
    assert "bậc truoc-5-ngay" in said
    assert "Bớt:" not in said


def test_a_past_period_may_be_replayed(dondoc, with_october, config, draft):
    dondoc("remind", "--at", AT)
    edit(draft, SEVEN, SIX)
    found = dondoc("diff", "-", draft, "--from", "2025-10-20", "--to", "2025-11-28", "--past", "--json").json

    assert found["totals"]["before"] > 0
    assert found["added"]


@pytest.mark.parametrize("spoil", [("before:", "befor:"), ("policies:", "policies: [")])
@pytest.mark.parametrize("command", [("diff",), ("apply",), ("plan", *DAYS, "--rules")])
def test_a_mistake_is_told_where_it_stands_and_nothing_changes(
    dondoc, with_october, config, draft, spoil, command
):
    dondoc("remind", "--at", AT)
    answer = dondoc(*command, edit(draft, *spoil))

    assert_one_clear_sentence(answer, 3)
    assert "nháp/rules/mac-dinh.yml:" in answer.err
    assert answer.out == ""
    assert dondoc("apply", "--at", AT, "--json").json["applied"] is False


@pytest.mark.parametrize(
    "command", [("diff", "không-có"), ("apply", "không-có"), ("plan", *DAYS, "--rules", "x")]
)
def test_a_folder_that_is_not_there_is_told_in_one_sentence(dondoc, with_october, command):
    assert_one_clear_sentence(dondoc(*command), 4)


def test_an_edit_is_in_force_once_it_is_applied_and_seen_until_then(dondoc, with_october, config):
    dondoc("remind", "--at", AT)
    before = dondoc("plan", *DAYS, "--json").json["totals"]
    edit(config, "\n      - id: den-han\n", TO_THE_HEAD)

    for command in (("check",), ("plan", *DAYS)):
        answer = dondoc(*command)
        assert answer.code == 0
        assert "chưa có hiệu lực" in answer.err
    assert dondoc("plan", *DAYS, "--json").json["totals"] == before

    applied = dondoc("apply", "--at", AT, "--by", "Quản trị viên")
    assert applied.code == 0
    assert "  thủ trưởng" in applied.out
    assert dondoc("plan", *DAYS, "--json").json["totals"]["messages"] > before["messages"]
    assert "chưa có hiệu lực" not in dondoc("check").err
    assert dondoc("log", "verify").code == 0


def test_what_is_in_force_already_is_not_put_in_force_again(dondoc, with_october, config):
    dondoc("remind", "--at", AT)
    answer = dondoc("apply", "--at", AT)

    assert answer.code == 0
    assert "không đổi" in answer.out


def test_an_edit_that_multiplies_the_messages_needs_a_yes(dondoc, with_october, config):
    dondoc("remind", "--at", AT)
    edit(config, *FLOOD)
    refused = dondoc("apply", "--at", AT)

    assert_one_clear_sentence(refused, 4)
    assert "--yes" in refused.err

    applied = dondoc("apply", "--at", AT, "--yes", "--json")
    assert applied.code == 0
    assert applied.json["applied"] is True
    contact = applied.json["totals"]["by_level"]["1"]
    assert contact["after"] > 2 * contact["before"]


def test_a_spoilt_file_stops_neither_reminders_nor_plans_once_rules_are_in_force(
    dondoc, with_october, config
):
    dondoc("remind", "--at", AT)
    edit(config, "before:", "befor:")

    for command in (("remind", "--at", AT), ("plan", *DAYS)):
        answer = dondoc(*command)
        assert answer.code == 0
        assert "vẫn có hiệu lực" in answer.err
    assert dondoc("check").code == 3


def test_a_run_on_a_half_written_file_says_that_it_told_nobody(dondoc, with_october, config):
    people = config / "people.yml"
    people.write_bytes(people.read_bytes()[:5000])
    answer = dondoc("remind", "--at", AT)

    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith("Lệnh không chạy được vì cấu hình có lỗi")
    assert "people.yml:" in answer.err


def test_checking_makes_no_database(dondoc, home, config):
    assert dondoc("check").code == 0
    assert not home.exists()
