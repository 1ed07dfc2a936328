"""dondoc join · people · block --by · refuse-extension: what they print and what they refuse."""

from __future__ import annotations

import pytest

POST = "SYT/contact"
AT = ("--at", "2025-11-20 08:00")


def test_a_code_is_printed_once_with_the_words_to_hand_over(dondoc):
    given = dondoc("join", POST, "--channel", "zalo_bot", *AT, "--json").json

    assert len(given["code"]) == 6
    assert given["code"] in given["text"]
    assert given["expires_at"] == "2025-11-20T09:00:00+07:00"
    assert "Mã: " in dondoc("join", POST, "--channel", "zalo_bot", *AT).out


@pytest.mark.parametrize("channel", ["zalo_bot", "zalo_oa"])
def test_a_code_for_a_closed_channel_comes_with_a_warning_where_to_open_it(dondoc, config, channel):
    answer = dondoc("join", POST, "--channel", channel, *AT, "--json")

    assert answer.json["code"]
    (said,) = answer.err.splitlines()
    assert "chưa có tác dụng" in said
    assert f"'{channel}'" in said
    assert str(config / "channels.yml") in said


def test_a_code_for_an_open_channel_comes_without_a_word(dondoc, config):
    file = config / "channels.yml"
    closed = "zalo_bot:\n  enabled: không"
    assert closed in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(closed, closed.replace("không", "có")), "utf-8")

    assert dondoc("join", POST, "--channel", "zalo_bot", *AT).err == ""


def test_where_only_the_mailbox_may_be_used_the_warning_says_so(dondoc, config, monkeypatch):
    monkeypatch.setenv("DONDOC_MAILBOX_ONLY", "1")

    assert "DONDOC_MAILBOX_ONLY" in dondoc("join", POST, "--channel", "zalo_bot", *AT).err


def test_a_person_is_listed_handed_over_and_blanked(dondoc):
    dondoc("join", POST, "--channel", "zalo_bot", *AT)
    reach = dondoc("people", "reach", *AT, "--json").json
    person = next(one["person"] for one in reach if one["post"] == POST)

    assert dondoc("people", "export", POST, *AT).json["person"] == person
    assert dondoc("people", "erase", POST, "--person", "Không Ai", *AT).code == 4
    assert dondoc("people", "unlink", POST, "--channel", "zalo_bot", *AT).code == 4
    assert f"{POST}: " in dondoc("people", "reach", *AT).out


def test_the_reach_of_every_post_says_who_is_told_and_by_what(dondoc):
    found = {one["post"]: one for one in dondoc("people", "reach", *AT, "--json").json}
    said = dondoc("people", "reach", *AT).out

    assert found[POST]["told"] == found[POST]["person"] != ""
    assert (found[POST]["told_post"], found[POST]["why"], found[POST]["closed"]) == (POST, "", [])
    assert f"{len(found)} vị trí, đều tới được." in said
    assert dondoc("people", "reach", *AT, "--gaps").out == f"{len(found)} vị trí, đều tới được.\n"


def test_work_that_waits_names_the_unit_and_an_extension_is_decided(dondoc, with_october):
    coming = dondoc("plan", "--from", "2025-11-20", "--to", "2025-12-20", "--json").json
    row = next(a for m in coming["messages"] for a in m["assignments"] if a["unit"] not in {"STC", "VPUB"})
    task = (row["task"], "--unit", row["unit"])

    assert dondoc("refuse-extension", *task, *AT).code == 4  # nobody asked
    assert dondoc("request-extension", *task, "--to", "2099-12-31", *AT).code == 0
    assert dondoc("refuse-extension", *task, "--note", "không đủ lý do", *AT).code == 0
    assert dondoc("block", *task, "--by", "không có đơn vị này", *AT).code == 4
    assert dondoc("block", *task, "--by", row["unit"], *AT).code == 4
    (blocked,) = dondoc("block", *task, "--by", "Sở Tài chính", *AT, "--json").json
    assert (blocked["status"], blocked["blocked_by"]) == ("blocked", "STC")
    assert dondoc("unblock", *task, *AT).code == 0
    (disputed,) = dondoc("dispute", *task, *AT, "--json").json
    assert disputed["status"] == "disputed"
    (kept,) = dondoc("decide", *task, *AT, "--json").json
    assert (kept["status"], kept["due_on"]) == ("open", row["due_on"])
