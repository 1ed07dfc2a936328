"""Who may answer for what, what counts at once, and what only after a read-back?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.model import FactKind
from notifiers.base import Heard
from store import addresses, links, responses
from store.addresses import AddressStatus, KeptAddress
from store.links import BUTTON, Link
from tests.guarantee.world import PLAN, a_row, act, at, bring, is_verified, rows_of, run
from usecases.responding import MOST_SHOWN, STRANGER, respond

NOW = at("2025-09-20 09:00")
LAN, CHAT = "SYT/contact", "chat-syt"


@pytest.fixture
def office(office):
    bring(
        office,
        [
            a_row(1, "30/9/2025"),
            a_row(2, "31/10/2025"),
            a_row(3, "30/9/2025", "Sở Xây dựng"),
            a_row(4, "Thường xuyên"),
        ],
    )
    link(office, LAN, CHAT)
    with office.database.writing() as session:
        responses.numbers_of(
            session, [f"{PLAN.code}/{n}@{u}" for n, u in ((1, "SYT"), (2, "SYT"), (3, "SXD"))]
        )
    return office


def link(office, post, chat, status=AddressStatus.LINKED):
    person = office.contacts.at_post(post, NOW.date()).person
    with office.database.writing() as session:
        addresses.put(
            session, KeptAddress(post, person, "zalo_bot", chat, status, "thử", "code", at("2025-07-01"))
        )


def say(office, text="", when=NOW, chat=CHAT, **more):
    said = Heard("zalo_bot", f"zalo_bot:{text}{when}", "said", when, chat, text, **more)
    with office.database.writing() as session:
        return respond(session, office, said, when)


def facts(office):
    kinds = tuple(kind.value for kind in FactKind)
    return [
        (kind, subject.removeprefix(f"{PLAN.code}/"))
        for kind, subject in rows_of(office, "SELECT kind, subject FROM record ORDER BY seq")
        if kind in kinds and kind not in {"held", "decided"}
    ]


@pytest.mark.parametrize(
    ("text", "read_back", "fact"),
    [
        ("OK 1", "0001 – Việc thử số 1 (Sở Y tế)", "acknowledged"),
        ("BC 0001 123/BC-SYT ngày 19/9", "văn bản 123/BC-SYT; ngày hoàn thành 19/09/2025", "reported"),
        ("GH 1 15/12 chờ Bộ", "đến 15/12/2025; “chờ Bộ”", "extension_requested"),
        ("VM 1 Sở Tài chính: chậm", "ở Sở Tài chính; “chậm”", "blocked"),
        ("vướng 1 Sở Tài chính chưa cho ý kiến", "ở Sở Tài chính", "blocked"),
        ("vướng 1 chờ hướng dẫn", "chưa rõ ở đơn vị nào", "blocked"),
        ("KP 1 thuộc sở khác", "không phải việc của đơn vị mình", "disputed"),
        ("NTT 1 Nguyễn Văn Mẫu", "Nguyễn Văn Mẫu", "substitute_named"),
    ],
)
def test_typed_words_count_once_the_person_says_yes(office, text, read_back, fact):
    asked = say(office, text)
    assert read_back in asked
    assert "Nhắn ĐÚNG để ghi nhận, SAI để bỏ." in asked
    assert facts(office) == []

    assert "Đã ghi nhận" in say(office, "đúng", NOW + timedelta(minutes=29))
    assert facts(office) == [(fact, "1@SYT")]
    say(office, "đúng", NOW + timedelta(minutes=30))
    assert facts(office) == [(fact, "1@SYT")]
    assert is_verified(office)


@pytest.mark.parametrize(
    ("answer", "after", "recorded"),
    [
        ("ĐÚNG", 5, True),
        ("dung", 5, True),  # asked for ĐÚNG a moment ago
        ("ok", 5, True),
        ("SAI", 5, False),
        ("hủy", 5, False),
        ("ĐÚNG", 31, False),  # too late
    ],
)
def test_what_was_read_back_waits_for_one_answer(office, answer, after, recorded):
    say(office, "OK 1")
    say(office, answer, NOW + timedelta(minutes=after))

    assert bool(facts(office)) is recorded
    assert rows_of(office, "SELECT count(*) FROM pending_response") == [(0,)]


def test_a_slip_of_the_finger_does_not_throw_the_read_back_away(office):
    say(office, "OK 1")
    assert "0001" in say(office, "dsfk", NOW + timedelta(minutes=1))
    say(office, "đúng", NOW + timedelta(minutes=2))

    assert facts(office) == [("acknowledged", "1@SYT")]


@pytest.mark.parametrize("text", ["OK 3", "OK 9999", "BC 3 1/BC-SYT"])
def test_somebody_elses_number_and_no_number_sound_alike(office, text):
    told = say(office, text)

    assert "không có trong việc của đơn vị anh/chị" in told
    assert "Việc thử số 3" not in told
    assert "Sở Xây dựng" not in told
    say(office, "đúng")
    assert facts(office) == []


def test_a_stranger_learns_nothing(office):
    assert say(office, "OK 1", chat="ai-do") == STRANGER
    assert say(office, "GIUP", chat="ai-do") == STRANGER


def test_help_begins_with_what_can_be_answered_and_says_how_much_is_not_shown(office):
    bring(office, [a_row(1, "1/6/2025"), *(a_row(n, "31/12/2025") for n in range(2, 12))])
    said = say(office, "GIUP").splitlines()

    assert len([line for line in said if ", hạn " in line]) == MOST_SHOWN
    assert "…và" in said[MOST_SHOWN + 1]
    assert "chờ quyết định" not in said[1]
    assert f"OK {said[1][:4]}" in said


def test_who_no_longer_holds_the_post_answers_no_more(office):
    with office.database.writing() as session:
        kept = KeptAddress(LAN, "Người Trước", "zalo_bot", "cũ", AddressStatus.LINKED, "thử", "code", NOW)
        addresses.put(session, kept)

    assert say(office, "OK 1", chat="cũ") == STRANGER


def test_a_coordinator_does_not_acknowledge_for_a_unit(office):
    link(office, "VPUB/coordinator", "chat-vp")

    assert "không có trong việc" in say(office, "OK 1", chat="chat-vp")


def test_bare_ok_needs_one_open_task(office):
    assert "ghi thêm số của việc" in say(office, "ok")
    act(office, 2, FactKind.REPORTED, at("2025-09-01"))

    assert "0001" in say(office, "ok")
    say(office, "đúng")
    assert facts(office)[-1] == ("acknowledged", "1@SYT")


def through_zalo(office):
    """Let every message have gone out through Zalo, with the post in the provider's id."""
    with office.database.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE message SET channel = 'zalo_bot', provider_id = 'm-' || post"
        )


def test_ok_under_our_own_message_counts_at_once(office):
    run(office, at("2025-09-25"))
    through_zalo(office)

    assert "Đã ghi nhận" in say(office, "ok", at("2025-09-25 10:00"), about="m-SYT/contact")
    assert facts(office) == [("acknowledged", "1@SYT")]


def test_a_quote_of_somebody_elses_message_says_nothing(office):
    run(office, at("2025-09-25"))
    through_zalo(office)

    say(office, "ok", at("2025-09-25 10:00"), about="m-SXD/contact")
    assert facts(office) == []


@pytest.mark.parametrize("text", ["", "   ", "???", "chào", "\x00", "OK " * 900, "42"])
def test_anything_else_is_answered_with_the_open_numbers(office, text):
    told = say(office, text)

    assert "0001 – Việc thử số 1 (Sở Y tế), hạn 30/09/2025" in told
    assert "OK 0001" in told
    assert facts(office) == []
    assert len(told) < 2000


def test_what_does_not_fit_is_refused_before_anybody_confirms(office):
    act(office, 1, FactKind.REPORTED, at("2025-09-01"))

    assert "đã báo cáo" in say(office, "OK 1")
    assert "sau hạn hiện hành 31/10/2025" in say(office, "GH 2 15/10")
    assert rows_of(office, "SELECT count(*) FROM pending_response") == [(0,)]


def test_several_numbers_are_recorded_together(office):
    say(office, "OK 1, 2")
    say(office, "đúng")

    assert facts(office) == [("acknowledged", "1@SYT"), ("acknowledged", "2@SYT")]


def test_a_button_counts_at_once_and_once(office):
    person = office.contacts.at_post(LAN, NOW.date()).person
    task, until = f"{PLAN.code}/1@SYT", NOW + timedelta(days=3)
    with office.database.writing() as session:
        links.put(session, [Link("t" * 22, BUTTON, "acknowledge", "m", task, LAN, person, NOW, until)])
    link(office, "SXD/contact", "chat-sxd")

    assert "không còn dùng được" in say(office, chat="chat-sxd", token="t" * 22)
    assert "Đã ghi nhận" in say(office, token="t" * 22)
    assert "Đã ghi nhận" in say(office, token="t" * 22)
    assert "không còn dùng được" in say(office, token="x" * 22)
    assert facts(office) == [("acknowledged", "1@SYT")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("KP 1 thuộc sở khác", "Sở Y tế cho rằng đây không phải việc của mình (thuộc sở khác)"),
        ("GH 1 15/12 chờ Bộ", "Sở Y tế xin gia hạn đến 15/12/2025 (chờ Bộ)"),
        ("NTT 1 Nguyễn Văn Mẫu", "Sở Y tế đề nghị đổi người nhận tin (Nguyễn Văn Mẫu)"),
    ],
)
def test_what_a_coordinator_must_decide_is_in_their_outbox_at_once(office, text, told):
    say(office, text)
    say(office, "đúng")

    (line,) = rows_of(office, "SELECT reason, post FROM reminder WHERE state = 'planned'")
    assert line[0].startswith(told)
    assert line[1] == "VPUB/coordinator"
    assert rows_of(office, "SELECT count(*) FROM record WHERE data LIKE '%Nguyễn Văn Mẫu%'") == [(0,)]


def test_private_numbers_in_words_stay_out_of_the_record(office):
    say(office, "KP 1 hỏi anh Mẫu 0905 123 456")
    say(office, "đúng")

    assert rows_of(office, "SELECT count(*) FROM record WHERE data LIKE '%123 456%'") == [(0,)]


def test_dung_without_a_read_back_stops(office):
    assert "Đã dừng" in say(office, "DUNG")
    assert rows_of(office, "SELECT status FROM address WHERE channel = 'zalo_bot'") == [("opted_out",)]
    assert "0001" in say(office, "giúp")  # what was agreed to is over, who it is is still known
