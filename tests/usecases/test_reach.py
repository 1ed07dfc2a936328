"""Who is not reached, and why: every post with its channels, and what was found dead since the last look?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.contacts import ContactBook
from engine.deputies import Away
from store import addresses, switches
from store.addresses import AddressStatus, KeptAddress
from tests.guarantee.world import at
from usecases.reach import dead_since, reach_of_everybody, reason_of

NOW = at("2025-11-20")
POST, HEAD = "SYT/contact", "SYT/head"
GONE = "thư trả lại: 5.1.1 không có hộp thư này"


@pytest.fixture
def posts(office):
    """An office that writes mail and chats by Telegram, with three posts in the book."""
    office.__dict__["channels"] = replace_names(office, "email", "telegram", "mailbox")
    keep(office, lambda holding: holding.recipient.post in {POST, HEAD, "STC/contact"})
    return office


def replace_names(office, *names):
    class Open:
        guards = office.channels.guards

    Open.names = frozenset(names)
    return Open()


def keep(office, wanted, change=lambda holding: holding):
    held = [change(holding) for holding in office.contacts._holdings if wanted(holding)]
    office.__dict__["contacts"] = ContactBook(held)


def changed(office, post, **change):
    def one(holding):
        if holding.recipient.post != post:
            return holding
        of_person = {k: v for k, v in change.items() if k in {"addresses", "person"}}
        of_post = {k: v for k, v in change.items() if k not in of_person}
        return replace(holding, recipient=replace(holding.recipient, **of_person), **of_post)

    keep(office, lambda holding: True, one)


def holder(office, post):
    return office.contacts.at_post(post, NOW.date())


def is_dead(office, post, when=NOW, person=""):
    who = holder(office, post)
    with office.database.writing() as session:
        address = who.addresses["email"]
        addresses.mark_dead(session, post, person or who.person, "email", address, GONE, when)


def reach(office, now=NOW):
    return {one.post: one for one in reach_of_everybody(office, now)}


def test_whoever_is_reached_has_nothing_to_be_put_right(posts):
    found = reach(posts)

    assert list(found) == [one.post for one in posts.contacts.recipients]
    assert {one.why for one in found.values()} == {""}
    assert found[POST].open == ("email", "mailbox")


def test_a_dead_address_is_named_with_what_it_rests_on(posts):
    is_dead(posts, POST)
    found = reach(posts)[POST]

    assert found.open == ("mailbox",)
    assert found.why == (
        f"không kênh nào đang mở tới được: thư điện tử không đến được từ 20/11/2025 vì {GONE}"
    )


def test_a_person_without_any_address_is_said_to_have_none(posts):
    changed(posts, POST, addresses={"mailbox": POST})

    assert reach(posts)[POST].why == (
        "không kênh nào đang mở tới được: chưa ghi địa chỉ, chưa nối cuộc trò chuyện nào"
    )


def test_telegram_alone_is_told(posts):
    changed(posts, POST, addresses={"mailbox": POST})
    kept = KeptAddress(
        POST, holder(posts, POST).person, "telegram", "17", AddressStatus.LINKED, "mã", "code", NOW, "2025-1"
    )
    with posts.database.writing() as session:
        addresses.put(session, replace(kept, heard_at=NOW))
    found = reach(posts)[POST]

    assert found.why == "chỉ còn Telegram, có thể bị chặn bất cứ lúc nào"
    assert [(k.text_version, k.heard_at) for k in found.known] == [("2025-1", NOW)]


def test_a_channel_that_is_paused_is_told_where_it_is_the_only_one(posts):
    with posts.database.writing() as session:
        switches.pause(session, "email", "máy chủ từ chối", timedelta(hours=1), timedelta(hours=6), NOW)
    found = reach(posts)[POST]

    assert (found.open, found.paused) == (("email", "mailbox"), ("email",))
    assert found.why == "kênh duy nhất tới được đang tạm dừng"


def test_a_vacant_post_has_a_row(posts):
    changed(posts, POST, until=NOW.date() - timedelta(days=1))

    assert reach(posts)[POST].why == "hôm nay không ai giữ vị trí này"
    assert reach(posts)[POST].told is None


def test_while_somebody_is_away_the_way_is_that_of_the_deputy(posts):
    away = Away(NOW, NOW + timedelta(days=3), (HEAD,))
    changed(posts, POST, away=(away,), addresses={"mailbox": POST})
    found = reach(posts)[POST]

    assert (found.told.person, found.told.own_post) == (holder(posts, HEAD).person, HEAD)
    assert (found.recipient.person, found.why) == (holder(posts, POST).person, "")


def test_leave_without_a_deputy_who_is_there_is_told(posts):
    away = Away(NOW, NOW + timedelta(days=3), (HEAD,))
    changed(posts, POST, away=(away,))
    changed(posts, HEAD, away=(replace(away, deputies=(POST,)),))

    assert reach(posts)[POST].why == "đang vắng mà không có ai nhận thay"
    assert reach(posts, NOW + timedelta(days=4))[POST].why == ""


def test_where_only_the_mailbox_is_open_nobody_is_out_of_reach(office):
    assert {one.why for one in reach_of_everybody(office, NOW)} == {""}


def test_dead_addresses_are_those_found_since_the_last_look_and_not_mended(posts):
    yesterday = NOW - timedelta(days=1)
    is_dead(posts, POST, yesterday)
    is_dead(posts, HEAD, NOW)
    is_dead(posts, "STC/contact", NOW, person="Người Đã Đi")

    def found(since):
        return [kept.post for kept, _ in dead_since(posts, since, NOW)]

    assert found(None) == [POST, HEAD]
    assert found(yesterday) == [HEAD]
    assert found(NOW) == []
    changed(posts, HEAD, addresses={"email": "dia-chi-moi@tinh.example"})
    assert found(yesterday) == []


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (
            "thư điện tử: Đầu mối (Sở Y tế): hộp thư không tồn tại (550 5.1.1) — không gửi lại",
            "hộp thư không tồn tại (550 5.1.1)",
        ),
        ("Zalo Bot: Đầu mối (Sở Y tế): bot không có cuộc trò chuyện này (400) — không gửi lại",
         "bot không có cuộc trò chuyện này (400)"),
        (
            "Zalo ZBS: Phòng theo dõi (đôn đốc) (Văn phòng UBND tỉnh): số này chưa dùng Zalo (-118)",
            "số này chưa dùng Zalo (-118)",
        ),
        ("telegram: bot bị chặn — không gửi lại", "bot bị chặn"),
        ("telegram: không còn cuộc trò chuyện với người này — không gửi lại",
         "không còn cuộc trò chuyện với người này"),
        ("thư báo lỗi: smtp; 550 5.1.1 <x@tinh.example>: no such user", "hộp thư không tồn tại (5.1.1)"),
        ("thư báo lỗi: smtp; 550 No such user here", "hộp thư không tồn tại (550)"),
        ("quản trị viên ngắt để nối lại", "quản trị viên ngắt để nối lại"),
        ("", ""),
    ],
)  # fmt: skip
def test_why_an_address_is_not_used_reads_as_one_sentence(evidence, reason):
    assert reason_of(evidence) == reason
    assert reason_of(reason) == reason  # what is kept as plain words stays as it is
