"""What does a person's answer settle, and which answers settle nothing?"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from engine.answers import (
    Answer,
    AnswerBook,
    NotAnAnswer,
    QuestionKind,
    Verdict,
    VerdictKind,
    agreed,
    deadline_answered,
    verdict_of,
    wording_key,
)
from engine.calendar import read_calendar
from engine.deadline import read_deadline
from engine.model import HANOI, Confirmation

ISSUED = date(2025, 10, 17)
CONFIG = Path(__file__).parents[2] / "config" / "calendar"


@pytest.fixture(scope="module")
def calendar():
    """The shipped calendar."""
    return read_calendar({file.name: file.read_text("utf-8") for file in CONFIG.glob("*.yml")})[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Các sở, ban, ngành liên quan", "các sở,ban, ngành  có liên quan."),
        ("Phòng Quản lý viện trợ", "Pho\u0300ng Quản lý viện trợ "),
        ("", "  -"),
    ],
)
def test_an_answer_is_remembered_for_the_words_however_they_were_typed(one, other):
    assert wording_key(one) == wording_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("UBND xã Ba Tơ", "UBND xã Ba Tô"), ("Các sở, ngành", "Các sở, ngành, địa phương"), ("1/9", "1/10")],
)
def test_other_words_are_another_question(one, other):
    assert wording_key(one) != wording_key(other)


def test_an_answer_about_one_task_comes_before_the_general_one():
    def given(value, task=""):
        return Answer("P", QuestionKind.PAST_DUE, "", value, datetime(2025, 10, 20, tzinfo=HANOI), "", task)

    book = AnswerBook([given("nhắc"), given("bỏ", "7"), given("xong 1/10/2025", "8"), given("nhắc", "8")])

    found = [book.find(QuestionKind.PAST_DUE, "", task) for task in ("6", "7", "8", None)]
    assert [answer.value for answer in found] == ["nhắc", "bỏ", "nhắc", "nhắc"]
    assert book.find(QuestionKind.HELD, "") is None


@pytest.mark.parametrize(
    ("words", "value", "due_on"),
    [
        ("31/11/2025", "đồng ý", date(2025, 11, 30)),
        ("31/11/2025", "Đồng  ý.", date(2025, 11, 30)),
        ("31/11/2025", "5/12/2025", date(2025, 12, 5)),
        ("", "Quý IV/2025", date(2025, 12, 31)),
        ("", "trước ngày 15/12/2025", date(2025, 12, 14)),
        ("", "Thường xuyên", None),
        ("trong 10 ngày kể từ ngày nhận hồ sơ", "20/10/2025", date(2025, 10, 30)),
        ("trong 5 ngày làm việc kể từ ngày nhận hồ sơ", "17/10/2025", date(2025, 10, 24)),
    ],
)
def test_an_answered_deadline_is_in_force_and_keeps_its_words(calendar, words, value, due_on):
    deadline = deadline_answered(value, read_deadline(words, ISSUED), ISSUED, calendar)

    assert (deadline.as_written, deadline.due_on) == (words, due_on)
    assert deadline.confirmation is Confirmation.NONE


@pytest.mark.parametrize("value", ["", "31/9/2025", "sớm", "khi có hướng dẫn", "đồng ý"])
def test_an_answer_that_leaves_the_day_open_is_none(calendar, value):
    with pytest.raises(NotAnAnswer):
        deadline_answered(value, read_deadline("", ISSUED), ISSUED, calendar)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("nhắc", Verdict(VerdictKind.CHASE)),
        ("Bỏ", Verdict(VerdictKind.DROP)),
        ("xong 20/9/2025", Verdict(VerdictKind.DONE, date(2025, 9, 20))),
        ("đã hoàn thành ngày 20/9/2025", Verdict(VerdictKind.DONE, date(2025, 9, 20))),
        ("30/11/2025", Verdict(VerdictKind.CHASE, date(2025, 11, 30))),
    ],
)
def test_a_held_task_is_decided_in_one_word_or_a_day(value, verdict):
    assert verdict_of(value, ISSUED) == verdict


@pytest.mark.parametrize("value", ["", "có", "xong", "xong rồi", "31/9/2025"])
def test_a_word_that_decides_nothing_is_refused_with_the_words_that_do(value):
    with pytest.raises(NotAnAnswer, match="nhắc"):
        verdict_of(value, ISSUED)


def test_yes_and_no_are_plain_words():
    assert agreed("Có")
    assert not agreed("không")
    with pytest.raises(NotAnAnswer):
        agreed("có thể")
