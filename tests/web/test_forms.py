"""What counts as filled in, what is asked again, and what goes on record of it?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.responses import ResponseKind
from tests.guarantee.world import rows_of
from tests.web.site import NOW, answer
from web.forms import Filled, read_response
from web.tickets import LIFE, Ticket, Tickets

TODAY = date(2025, 9, 25)
ALL = tuple(ResponseKind)


@pytest.mark.parametrize(
    ("choice", "texts", "wrong"),
    [
        ("acknowledge", {}, set()),
        ("acknowledge", {"report_on": "hôm qua"}, set()),  # of another choice: nobody reads it
        ("", {}, {"choice"}),
        ("accepted", {}, {"choice"}),
        ("report", {"report_document": "123/BC-SYT"}, set()),
        ("report", {"report_note": "đã trình UBND tỉnh"}, set()),
        ("report", {}, {"report_document"}),
        ("report", {"report_note": "12"}, {"report_document"}),
        ("report", {"report_document": "1/BC", "report_on": "24/9/2025"}, set()),
        ("report", {"report_document": "1/BC", "report_on": "26/9/2025"}, {"report_on"}),
        ("report", {"report_document": "1/BC", "report_on": "31/9/2025"}, {"report_on"}),
        ("report", {"report_document": "1/BC", "report_on": "20/9 hoặc 21/9"}, {"report_on"}),
        ("report", {"report_document": "1/BC", "report_on": "20/9 chiều"}, {"report_on"}),
        ("report", {"report_document": "x" * 61}, {"report_document"}),
        ("extension", {"extension_until": "15/12", "extension_note": "chờ Bộ"}, set()),
        ("extension", {"extension_until": "1/9/2025", "extension_note": "chờ Bộ"}, {"extension_until"}),
        ("extension", {"extension_until": "", "extension_note": ""}, {"extension_until", "extension_note"}),
        ("blocked", {"blocked_unit": "Sở Tài chính"}, set()),
        ("blocked", {"blocked_note": "chờ hướng dẫn của Bộ"}, set()),
        ("blocked", {}, {"blocked_unit"}),
        ("not_mine", {"not_mine_note": "thuộc Sở khác"}, set()),
        ("not_mine", {}, {"not_mine_note"}),
        ("substitute", {"substitute_name": "Nguyễn Văn Mẫu"}, set()),
        ("substitute", {"substitute_name": "Mẫu"}, {"substitute_name"}),
    ],
)
def test_what_is_missing_is_said_beside_its_field(choice, texts, wrong):
    response, told = read_response(Filled("", choice, texts), ALL, TODAY)

    assert set(told) == wrong
    assert (response is None) is bool(wrong)


def test_what_may_not_be_answered_now_cannot_be_chosen():
    response, told = read_response(Filled("", "acknowledge", {}), (ResponseKind.SUBSTITUTE,), TODAY)

    assert (response, set(told)) == (None, {"choice"})


@pytest.mark.parametrize(
    ("choice", "fields", "fact", "said"),
    [
        ("acknowledge", {}, "acknowledged", "đã nhận việc"),
        ("report", {"report_note": "Đã   trình\u200b UBND tỉnh"}, "reported", "“Đã trình UBND tỉnh”"),
        ("extension", {"extension_until": "15/12", "extension_note": "chờ Bộ"}, "extension_requested",
         "15/12/2025"),
        ("blocked", {"blocked_unit": "Sở Tài chính"}, "blocked", "ở Sở Tài chính"),
        ("not_mine", {"not_mine_note": "của sở khác"}, "disputed", "Tạm ngừng nhắc"),
        ("substitute", {"substitute_name": "Nguyễn Văn Mẫu"}, "substitute_named", "Nguyễn Văn Mẫu"),
    ],
)  # fmt: skip
def test_every_choice_goes_on_record_and_is_told_back(site, choice, fields, fact, said):
    with site.visitor() as visitor:
        told = answer(visitor, site.link(), choice, **fields)

    assert told.status_code == 200
    assert said in told.text
    assert site.facts() == [fact]
    assert rows_of(site.office, "SELECT count(*) FROM link WHERE used_at IS NOT NULL") == [(1,)]


@pytest.mark.parametrize(
    ("choice", "fields", "why"),
    [
        ("blocked", {"blocked_unit": "Sở Không Có"}, "chưa nhận ra đơn vị này"),
        ("blocked", {"blocked_unit": "Sở Y tế"}, "không thể vướng chính mình"),
        ("extension", {"extension_until": "29/9/2025", "extension_note": "chờ Bộ"}, "phải sau hạn hiện hành"),
    ],
)
def test_what_cannot_be_recorded_is_asked_again_with_what_was_written(site, choice, fields, why):
    link = site.link()
    with site.visitor() as visitor:
        told = answer(visitor, link, choice, **fields)

        assert (told.status_code, site.facts()) == (422, [])
        assert why in told.text
        assert all(text in told.text for text in fields.values())
        assert answer(visitor, link).status_code == 200


def test_what_was_written_comes_back_as_text_and_never_as_a_page(site):
    evil = '"><script>alert(1)</script>{{7*7}}'
    with site.visitor() as visitor:
        told = answer(visitor, site.link(), "extension", extension_note=evil, extension_until="mai")

    assert "<script" not in told.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in told.text


@pytest.mark.parametrize(
    ("page", "half", "later", "keys", "found"),
    [
        ("p", "h" * 22, timedelta(0), (b"k",), Ticket.GOOD),
        ("p", "h" * 22, LIFE, (b"k",), Ticket.OLD),
        ("q", "h" * 22, timedelta(0), (b"k",), Ticket.FOREIGN),
        ("p", "x" * 22, timedelta(0), (b"k",), Ticket.FOREIGN),
        ("p", "", timedelta(0), (b"k",), Ticket.FOREIGN),
        ("p", "h" * 22, timedelta(0), (b"new", b"k"), Ticket.GOOD),
        ("p", "h" * 22, timedelta(0), (b"new",), Ticket.FOREIGN),
    ],
)
def test_a_ticket_is_good_for_one_page_one_browser_and_a_while(page, half, later, keys, found):
    made = Tickets((b"k",)).made("p", "h" * 22, NOW)

    assert Tickets(keys).read(page, half, made, NOW + later) is found
    assert Tickets(keys).read(page, half, made + "0", NOW) is Ticket.FOREIGN
