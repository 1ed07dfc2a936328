"""What channels tell us is done once, in order, however often and whenever they tell it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from notifiers.base import DeliveryFailed, Heard
from store import addresses, responses
from store.addresses import AddressStatus, KeptAddress
from store.tables import MessageRow
from tests.guarantee.world import PLAN, a_row, at, bring, is_verified, reopened, rows_of
from usecases import hearing
from usecases.hearing import keep, work_off
from usecases.stopping import resume_sending, stop_sending

NOW = at("2025-09-20 09:00")
CHAT = "chat-syt"


class Mouth:
    """A channel's way to say something back; fails as often as told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.said = list(failures), []

    async def __call__(self, channel: str, address: str, text: str) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.said.append((channel, address, text))


@pytest.fixture
def office(office):
    bring(office, [a_row(1, "30/9/2025")])
    person = office.contacts.at_post("SYT/contact", NOW.date()).person
    with office.database.writing() as session:
        kept = KeptAddress("SYT/contact", person, "zalo_bot", CHAT, AddressStatus.LINKED, "thử", "code", NOW)
        addresses.put(session, kept)
        responses.numbers_of(session, [f"{PLAN.code}/1@SYT"])
    return office


def a_word(number: int, text: str, **more) -> Heard:
    return replace(Heard("zalo_bot", f"zalo_bot:{number}", "said", NOW, CHAT, text), **more)


def hear(office, *told: Heard, when=NOW, mouth=None):
    mouth = mouth or Mouth()
    keep(office, told, "{}", when)
    return asyncio.run(work_off(office, when, mouth)), mouth


def states(office):
    return [state for (state,) in rows_of(office, "SELECT state FROM heard ORDER BY received_at, id")]


def reported(office):
    return rows_of(office, "SELECT count(*) FROM record WHERE kind = 'acknowledged'")[0][0]


def test_a_word_and_its_yes_are_worked_off_in_order(office):
    outcome, mouth = hear(office, a_word(1, "OK 1"), a_word(2, "ĐÚNG"))

    assert outcome == {"done": 2}
    assert [text.splitlines()[0][:12] for _, _, text in mouth.said] == ["Anh/chị đã n", "Đã ghi nhận "]
    assert reported(office) == 1
    assert is_verified(office)


def test_the_same_thing_told_again_is_no_news(office):
    assert keep(office, [a_word(1, "OK 1"), a_word(1, "OK 1")], "{}", NOW) == 1
    assert keep(office, [a_word(1, "OK 1")], "{}", NOW) == 0
    _, mouth = hear(office, a_word(1, "OK 1"))

    assert len(mouth.said) == 1


def test_a_crash_before_the_answer_left_repeats_the_answer_and_not_the_fact(office):
    class Killed(BaseException):
        pass

    hear(office, a_word(1, "OK 1"))
    with pytest.raises(Killed):
        hear(office, a_word(2, "đúng"), mouth=Mouth(Killed()))
    assert states(office) == ["done", "answering"]

    _, mouth = hear(reopened(office))
    assert len(mouth.said) == 1
    assert reported(office) == 1
    assert states(office) == ["done", "done"]


def test_an_answer_that_cannot_leave_now_leaves_later(office):
    hear(office, a_word(1, "OK 1"), mouth=Mouth(DeliveryFailed("bận", permanent=False)))
    assert states(office) == ["answering"]

    _, mouth = hear(office)
    assert len(mouth.said) == 1
    assert states(office) == ["done"]


def test_an_answer_that_can_never_leave_is_given_up(office):
    hear(office, a_word(1, "OK 1"), mouth=Mouth(DeliveryFailed("chặn", permanent=True)))

    assert states(office) == ["done"]
    assert rows_of(office, "SELECT note FROM heard") == [("không trả lời được: chặn",)]


def test_while_sending_is_stopped_words_count_and_their_answers_wait(office):
    hear(office, a_word(1, "OK 1"))
    stop_sending(office, "thử", "quản trị", NOW)
    _, mouth = hear(office, a_word(2, "ĐÚNG"))
    assert (reported(office), mouth.said, states(office)) == (1, [], ["done", "answering"])

    resume_sending(office, "quản trị", NOW)
    _, mouth = hear(office)
    assert [text[:11] for _, _, text in mouth.said] == ["Đã ghi nhận"]


def test_an_answer_a_day_old_is_not_said_any_more_and_why_is_on_record(office):
    stop_sending(office, "sự cố", "quản trị", NOW)
    hear(office, a_word(1, "OK 1"))
    _, mouth = hear(office, when=NOW + timedelta(days=1))

    assert (mouth.said, states(office)) == ([], ["done"])
    assert rows_of(office, "SELECT note FROM heard") == [("không trả lời được: sự cố",)]


@pytest.mark.parametrize(
    ("allow", "answers"), [((), 0), (("sxd/contact",), 0), (("syt/contact",), 1), ((CHAT,), 1)]
)
def test_on_trial_only_the_listed_are_answered(office, allow, answers):
    limits = replace(office.channels.guards, in_trial=True, allow=frozenset(allow))
    vars(office)["channels"] = replace(office.channels, guards=limits)
    _, mouth = hear(office, a_word(1, "OK 1"))

    assert (len(mouth.said), states(office)) == (answers, ["done"])


def test_a_fault_of_ours_keeps_nothing_else_back_and_leaves_no_half_done_work(office, monkeypatch):
    def tripping(session, office, said, now):
        if said.text == "OK 1":
            responses.numbers_of(session, ["nửa chừng"])
            raise RuntimeError
        return "đây"

    monkeypatch.setattr(hearing, "respond", tripping)
    outcome, mouth = hear(office, a_word(1, "OK 1"), a_word(2, "GIUP"))

    assert outcome == {"new": 1, "done": 1}
    assert [text for _, _, text in mouth.said] == ["đây"]
    assert rows_of(office, "SELECT count(*) FROM short_number") == [(1,)]
    for _ in range(hearing.MOST_ATTEMPTS):
        hear(office)
    assert states(office) == ["failed", "done"]


def a_receipt(number: int, state: str, about: str = "p-1") -> Heard:
    return Heard("zalo_oa", f"zalo_oa:{number}", "receipt", NOW, about=about, state=state)


def a_message(office, state: str) -> None:
    row = MessageRow(
        key="m", post="SYT/contact", person="Lê Mẫu", unit_code="SYT", channel="zalo_oa", level=1,
        planned_at=NOW, not_before=NOW, state=state, provider_id="p-1",
    )  # fmt: skip
    with office.database.writing() as session:
        session.add(row)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (["delivered"], "delivered"),
        (["delivered", "read"], "read"),
        (["read", "delivered"], "read"),  # forward only
        (["read", "read"], "read"),
        (["failed"], "failed_permanent"),
    ],
)
def test_a_receipt_moves_its_message_forward(office, told, state):
    a_message(office, "sent")
    hear(office, *(a_receipt(n, one) for n, one in enumerate(told)))

    assert rows_of(office, "SELECT state FROM message") == [(state,)]
    assert set(states(office)) == {"done"}


def test_a_receipt_that_comes_before_our_own_settlement_waits_for_it(office):
    a_message(office, "claimed")
    hear(office, a_receipt(1, "read"))
    assert states(office) == ["new"]

    with office.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE message SET state = 'sent'")
    hear(office, when=NOW + timedelta(minutes=1))
    assert rows_of(office, "SELECT state FROM message") == [("read",)]


def test_a_receipt_about_nothing_is_let_go_after_a_day(office):
    hear(office, a_receipt(1, "read", "không có"))
    hear(office, when=NOW + timedelta(hours=23))
    assert states(office) == ["new"]
    hear(office, when=NOW + timedelta(hours=24))
    assert states(office) == ["ignored"]


def test_nothing_is_settled_in_a_group(office):
    _, mouth = hear(office, a_word(1, "OK 1", is_private=False), a_word(2, "NOI 123456", is_private=False))

    assert mouth.said == []
    assert states(office) == ["ignored", "ignored"]


def test_a_stranger_is_not_answered_for_ever(office):
    _, mouth = hear(office, *(a_word(n, "GIUP", address="lạ") for n in range(9)))

    assert len(mouth.said) == hearing.MOST_TO_STRANGERS


def test_59_who_closes_the_chat_is_opted_out_at_once_and_the_coordinator_is_told(office):
    hear(office, a_word(1, "", kind="left"))

    assert rows_of(office, "SELECT status, source FROM address") == [("opted_out", "event")]
    ((reason, post),) = rows_of(office, "SELECT reason, post FROM reminder")
    assert "đã dừng nhận tin qua Zalo Bot; còn nhận qua: hộp thư tại chỗ" in reason
    assert post == "VPUB/coordinator"
