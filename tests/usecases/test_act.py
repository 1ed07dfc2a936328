"""What may be recorded about a share, and with which sentence is the rest refused?"""

from __future__ import annotations

from datetime import date

import pytest

from engine.model import FactKind
from tests.guarantee.world import PLAN, a_row, act, at, bring, is_verified, rows_of
from usecases.errors import InputRejected

LATER = {"due_on": date(2025, 10, 31), "document": "12/UBND"}


@pytest.fixture
def office(office):
    bring(
        office,
        [
            a_row(1, "30/9/2025"),
            a_row(2, "30/9/2025", "Sở Y tế, Sở Xây dựng", "Sở Tài chính"),
            a_row(3, "Thường xuyên"),
            a_row(4, "31/9/2025"),
        ],
    )
    return office


def refusal(office, *words, **more):
    before = rows_of(office, "SELECT count(*) FROM record")
    with pytest.raises(InputRejected) as refused:
        act(office, *words, **more)
    assert rows_of(office, "SELECT count(*) FROM record") == before
    return str(refused.value)


def told(office, steps):
    """Record acts one a day and return the status after the last."""
    for day, kind in enumerate(steps, start=1):
        more = LATER if kind is FactKind.EXTENDED else {}
        recorded = act(office, 1, kind, at(f"2025-09-{day:02}"), **more)
    return recorded[0].status


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ((FactKind.ACKNOWLEDGED,), "acknowledged"),
        ((FactKind.ACKNOWLEDGED, FactKind.REPORTED), "reported"),
        ((FactKind.REPORTED, FactKind.ACCEPTED), "accepted"),
        ((FactKind.REPORTED, FactKind.RETURNED), "returned"),
        ((FactKind.REPORTED, FactKind.RETURNED, FactKind.REPORTED, FactKind.ACCEPTED), "accepted"),
        ((FactKind.BLOCKED, FactKind.UNBLOCKED), "open"),
        ((FactKind.ACKNOWLEDGED, FactKind.EXTENDED), "acknowledged"),
        ((FactKind.CANCELLED,), "cancelled"),
    ],
)
def test_what_happens_in_its_order_goes_on_record(office, kinds, status):
    assert told(office, kinds) == status
    assert is_verified(office)


@pytest.mark.parametrize(
    ("before", "kind", "because"),
    [
        ((), FactKind.ACCEPTED, "chưa xác nhận"),
        ((), FactKind.RETURNED, "chưa xác nhận"),
        ((), FactKind.UNBLOCKED, "chưa xác nhận"),
        ((FactKind.REPORTED,), FactKind.ACKNOWLEDGED, "đã báo cáo"),
        ((FactKind.REPORTED, FactKind.ACCEPTED), FactKind.ACCEPTED, "đã nghiệm thu"),
        ((FactKind.CANCELLED,), FactKind.REPORTED, "đã hủy"),
        ((FactKind.CANCELLED,), FactKind.CANCELLED, "đã hủy"),
        ((FactKind.BLOCKED,), FactKind.ACKNOWLEDGED, "đang vướng"),
    ],
)
def test_what_does_not_fit_is_refused_with_how_it_stands(office, before, kind, because):
    if before:
        told(office, before)
    said = refusal(office, 1, kind, at("2025-09-20"))

    assert f"{PLAN.code}/1@SYT" in said
    assert because in said


@pytest.mark.parametrize(
    ("task", "kind", "more", "because"),
    [
        (
            1,
            FactKind.EXTENDED,
            {"due_on": date(2025, 9, 30), "document": "12"},
            "sau hạn hiện hành 30/09/2025",
        ),
        (1, FactKind.EXTENDED, {"due_on": date(2025, 10, 31)}, "số văn bản"),
        (3, FactKind.EXTENDED, LATER, "không có thời hạn để gia hạn"),
        (1, FactKind.REPORTED, {"on": date(2025, 9, 21)}, "sau ngày báo cáo"),
        (4, FactKind.DECIDED, {}, "--to"),
        (99, FactKind.ACKNOWLEDGED, {}, "không có nhiệm vụ"),
        (2, FactKind.ACKNOWLEDGED, {}, "thêm --unit, một trong: "),
    ],
)
def test_a_refusal_says_the_way_out(office, task, kind, more, because):
    assert because in refusal(office, task, kind, at("2025-09-20"), **more)


@pytest.mark.parametrize("unit", ["SXD", "Sở Xây dựng"])
def test_a_unit_is_named_by_code_or_by_name(office, unit):
    recorded = act(office, 2, FactKind.ACKNOWLEDGED, at("2025-09-20"), unit)

    assert [one.assignment for one in recorded] == [f"{PLAN.code}/2@SXD"]


def test_a_unit_that_owes_nothing_here_is_refused(office):
    assert "không giao cho" in refusal(office, 2, FactKind.ACKNOWLEDGED, at("2025-09-20"), "Sở Tư pháp")


def test_a_decision_puts_a_deadline_in_force(office):
    (recorded,) = act(office, 4, FactKind.DECIDED, at("2025-09-01"), due_on=date(2025, 10, 1))

    assert (recorded.status, recorded.due_on) == ("open", date(2025, 10, 1))
    assert rows_of(office, "SELECT is_open FROM assignment WHERE id LIKE '%/4@SYT'") == [(1,)]


def test_an_extension_shows_the_new_deadline_and_keeps_the_first(office):
    (recorded,) = act(office, 1, FactKind.EXTENDED, at("2025-09-20"), **LATER)

    assert recorded.due_on == date(2025, 10, 31)
    found = rows_of(office, "SELECT original_due_on, due_on FROM assignment WHERE id LIKE '%/1@SYT'")
    assert found == [("2025-09-30", "2025-10-31")]
