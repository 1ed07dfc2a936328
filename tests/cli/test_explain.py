"""What does a person read who asks why they were reminded?"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.model import HANOI
from store import addresses
from usecases.wiring import open_office

AT = "2025-11-26T06:00"


@pytest.fixture
def asked(dondoc, with_october):
    dondoc("remind", "--at", "2025-11-25T20:00")
    return lambda *words: dondoc("explain", "KH-10/28", "--unit", "CAT", "--at", AT, *words)


def test_the_next_step_is_counted_day_by_day_with_its_recipient_and_channels(asked):
    said = asked().out

    assert "30/11 Chủ nhật nghỉ · 29/11 thứ Bảy nghỉ · 28/11 thứ Sáu · 27/11 thứ Năm ✓1" in said
    assert "(CAT/contact), đầu mối của đơn vị chủ trì Công an tỉnh" in said
    assert "email ✘ chưa mở · mailbox ✔ dùng kênh này" in said
    assert "đang chờ gửi, rời đi sớm nhất 07:00 26/11/2025" in said


def test_every_step_is_counted_when_asked(asked):
    assert asked("--days").out.count("đếm ngày:") > 5
    assert "đếm ngày:" not in asked().out


def test_other_programs_get_the_count_the_channels_and_the_rules_of_each_step(asked):
    found = asked("--json").json
    held = next(step for step in found["steps"] if step["state"] == "pending")

    assert found["rulebook"] == found["rulebook_today"] == held["rulebook"]
    assert (held["channel"], held["leaves_at"]) == ("mailbox", "2025-11-26T07:00:00+07:00")
    assert held["counting"][-1] == {
        "day": "2025-11-25", "weekday": "thứ Ba", "is_working": True, "number": 3, "why_off": None,
        "why_working": None,
    }  # fmt: skip


def test_what_was_told_is_shown_with_the_reason_and_the_line_recorded_then(asked):
    said, told = asked().out, asked("--json").json
    held = next(step for step in told["steps"] if step["state"] == "pending")

    assert "lý do ghi lúc lập: bậc 'truoc-3-ngay' (config/rules/mac-dinh.yml:" in said
    assert held["why_recipient"].endswith("3 ngày làm việc trước hạn 30/11/2025")
    assert (held["recipient"], held["channels"]) == (
        held["person"],
        [{"channel": "mailbox", "state": "chosen", "note": None}],
    )


def test_what_would_hold_the_next_step_back_is_said_with_the_way_out(asked, dondoc):
    assert "lưu ý: ĐANG DỪNG" not in asked().out
    dondoc("sending", "stop", "--why", "thấy sai danh bạ", "--by", "người trực", "--at", AT)
    said, told = asked().out, asked("--json").json

    assert said.count("    lưu ý: ĐANG DỪNG GỬI từ 06:00 26/11/2025 (người trực): thấy sai danh bạ") == 2
    assert "gửi lại: dondoc sending resume" in said
    held = [step for step in told["steps"] if step["held_by"]]
    assert {step["state"] for step in held} == {"pending", "coming"}
    assert told["next_step"]["held_by"] == held[0]["held_by"]


def test_an_address_refused_by_its_owner_is_named_as_such(asked, october_contact):
    said, told = asked().out, asked("--json").json

    assert "mailbox ✘ đã từ chối nhận tin từ 20/11/2025 (nhắn STOP)" in said
    assert "chưa có địa chỉ" not in said
    assert told["next_step"]["channels"][-1] == {
        "channel": "mailbox", "state": "opted_out", "note": "đã từ chối nhận tin từ 20/11/2025 (nhắn STOP)",
    }  # fmt: skip


@pytest.fixture
def october_contact(with_october):
    """The contact of the unit asked about wants nothing through the mailbox."""
    office = open_office()
    with office.database.writing() as session:
        holder = office.contacts.at_post("CAT/contact", date(2025, 11, 20))
        when = datetime(2025, 11, 20, 8, tzinfo=HANOI)
        addresses.opt_out(session, holder.post, holder.person, "mailbox", holder.post, "nhắn STOP", when)


def test_what_is_of_today_is_said_of_a_moment_that_has_passed(asked, dondoc):
    assert "của hôm nay" not in asked().out
    dondoc("remind", "--at", "2025-11-27T08:00")

    assert "người giữ vị trí, kênh mở và chạy thử là của\n  hôm nay" in asked().out
    assert asked("--json").json["is_past"]


def test_a_plan_may_be_left_without_reminders_and_it_is_said_where(dondoc, config, with_october):
    rule = "{id: kh-10, policy: mien, priority: 9, when: {plan: KH-10}}"
    mine = f"policies:\n  - id: mien\n    steps: []\nrules:\n  - {rule}\n"
    (config / "rules" / "mien.yml").write_text(mine, "utf-8")
    words = ("explain", "KH-10/28", "--unit", "CAT", "--at", AT)
    checked, told, said = dondoc("check"), dondoc(*words, "--json").json, dondoc(*words).out

    assert checked.code == 0
    assert (told["silent"]["reason"], told["next_step"], told["steps"]) == ("quiet_policy", None, [])
    assert "Không nhắc: chính sách 'mien' (" in said
    assert "rules/mien.yml:2) ghi 'steps: []': không nhắc ai." in said
