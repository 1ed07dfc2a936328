"""Does what stands in a letter or a chat message lead to the work it was about?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from notifiers.letters import message_id
from store import outbox, quoted, responses
from tests.guarantee.world import PLAN, ScriptedNotifier, a_row, at, bring, run, with_notifier
from usecases.bring_in import put_in_force
from usecases.errors import InputRejected
from usecases.look import explain
from usecases.quoting import Quoted, quoted_task
from usecases.staged import Staged

DUE = at("2025-09-30")
ROWS = [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", "Sở Xây dựng", "Sở Tài chính"), a_row(12, "30/9/2025")]


@pytest.fixture
def office(office):
    with_notifier(office, ScriptedNotifier())
    bring(office, ROWS)
    with office.database.writing() as session:
        ids = [f"{PLAN.code}/{task}" for task in ("2@SXD", "1@SYT")]
        assert responses.numbers_of(session, ids) == dict(zip(ids, (1, 2), strict=True))
    return office


def meant(office, words, unit=None):
    with office.database.reading() as session:
        return quoted_task(session, office, words, unit)


@pytest.mark.parametrize(
    ("words", "task", "unit"),
    [
        (f"{PLAN.code}/2", 2, ""),  # a code is still a code
        ("2", 2, ""),  # an STT goes before a short number that is not written out
        ("0002", 1, "SYT"),
        ("OK 0002", 1, "SYT"),
        ("ok 2", 1, "SYT"),
        ("GH 0001 15/10/2025, chờ ý kiến bộ", 2, "SXD"),
        ("Việc 0001: Kế hoạch hỗ trợ PPP", 2, "SXD"),
        ("0002 – Việc thứ 1 · hạn 30/09/2025 · Quá hạn 1 ngày", 1, "SYT"),
        (f"{PLAN.number}, STT 12", 12, ""),
        (f"Kế hoạch số {PLAN.number} ngày {PLAN.issued_on:%d/%m/%Y}, STT 1", 1, ""),
        (f"{PLAN.number.lower()} stt: 2", 2, ""),
        (f"STT 2 {PLAN.title}", 2, ""),
        (f"{PLAN.code}, số thứ tự 2", 2, ""),
        ("STT 12", 12, ""),
    ],
)
def test_what_a_reader_quotes_means_one_task(office, words, task, unit):
    assert meant(office, words) == Quoted(f"{PLAN.code}/{task}", unit)


@pytest.mark.parametrize(
    "words",
    ["9999", "OK 0077", f"{PLAN.number}, STT 77", f"1{PLAN.number}, STT 1", "STT 1 KH-LẠ", "STT",
     "<ab@thu.example>", "<0123456789012345678901234567890123456789@thu.example>", "", "việc hôm qua"],
)  # fmt: skip
def test_what_means_nothing_is_refused_with_the_ways_to_name_a_task(office, words):
    with pytest.raises(InputRejected, match=r"số văn bản và STT .* \(0042\) hoặc Message-ID") as refused:
        meant(office, words)

    assert "\n" not in str(refused.value)


def test_a_number_of_two_documents_is_asked_about_unless_the_date_is_quoted_too(office):
    newer = replace(PLAN, code="KH-MỚI", issued_on=date(2025, 8, 4))
    row = replace(a_row(1, "31/10/2025"), code="KH-MỚI/1")
    put_in_force(office, Staged(newer, (), (row,), ()), at("2025-08-05 08:00"), "thử", b"2")

    with pytest.raises(InputRejected, match="có thể là 2 việc; ghi rõ một trong: "):
        meant(office, f"{PLAN.number}, STT 1")
    assert meant(office, f"{PLAN.number} ngày 04/08/2025, STT 1").task == "KH-MỚI/1"


@pytest.fixture
def sent(office):
    """The keys of the letters of the day of the deadline, by unit."""
    run(office, DUE)
    with office.database.reading() as session:
        keys = list(quoted.message_keys(session))
        return {
            told[0].assignment_id.rpartition("@")[2]: key
            for key, told in outbox.reminders_in(session, keys).items()
        }


def test_a_letter_is_known_by_its_message_id_its_key_and_the_name_its_carrier_gave_it(office, sent):
    names = office.channels.office
    key = sent["SXD"]
    known = message_id("letter", key, names)

    for name in [known, known.strip("<>"), key, f" {known.upper()} ", known.replace("@", "@cu.")]:
        assert meant(office, name) == Quoted(f"{PLAN.code}/2", "SXD")


def test_a_letter_about_several_tasks_asks_which(office, sent):
    with pytest.raises(InputRejected, match=f"{PLAN.code}/1 --unit SYT; {PLAN.code}/12 --unit SYT"):
        meant(office, sent["SYT"])


def test_the_share_that_was_quoted_is_explained(office, sent):
    task, (trace,) = explain(office, "OK 0001", None, DUE)

    assert (task.task.code, trace.assignment.unit.code) == (f"{PLAN.code}/2", "SXD")
