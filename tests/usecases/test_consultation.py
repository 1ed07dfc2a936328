"""Who has not answered a consultation is an ordinary overdue list, however often the list grows."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from engine.model import FactKind
from engine.report_query import ReportQuery
from engine.status import Status, standing_of
from store import registry
from tests.guarantee.world import at, is_verified, rows_of
from usecases.consultation import Asked, Outcome, consult, match_replies
from usecases.errors import InputRejected
from usecases.look import report_overdue
from usecases.reports import ask

ASKED = Asked(
    "Sở Y tế, Sở Tư pháp, Sở Nội vụ, Sở Tài chính",
    "Dự thảo Kế hoạch thử",
    date(2025, 7, 24),
    date(2025, 7, 28),
    "406/SKHCN-VP",
)
AGREE = "1. Các cơ quan, đơn vị có ý kiến thống nhất\n"
HEALTH = "\t1\n\tSở Y tế: 12/SYT-VP ngày 25/7/2025\n\n"
JUSTICE = "\t2\n\tSở Tư pháp: 163/STP-VP ngày 31/7/2025\n\n"
WHEN = at("2025-08-05")


def told(consulted):
    """What became of each reply: outcome → the agencies as written."""
    return {
        str(outcome): [one.reply.unit_words for one in found]
        for outcome, found in consulted.replies.items()
        if found
    }


@pytest.fixture
def file(office):
    """File a list of replies to the consultation ASKED, at WHEN unless told otherwise."""
    return lambda text, asked=ASKED, when=WHEN: consult(office, text.encode(), "y-kien.txt", asked, when)


@pytest.fixture
def standing(office):
    """Return how a unit's share stands, from the facts recorded."""

    def of(code, when=WHEN):
        with office.database.reading() as session:
            shares = registry.assignments(session, office.directory.unit)
        share = next(share for share in shares if share.unit.code == code)
        return standing_of(share, when), share.facts

    return of


def test_who_is_silent_is_overdue_and_who_answered_is_judged_by_the_date_of_the_answer(office, file):
    consulted = file(AGREE + HEALTH + JUSTICE)

    assert told(consulted) == {"recorded": ["Sở Y tế", "Sở Tư pháp"]}
    assert [unit.code for unit in consulted.silent] == ["SNV", "STC"]
    report = report_overdue(office, WHEN)
    assert [row.unit for row in report.rows] == ["SNV", "STC"]
    assert (report.matrix.done_on_time, report.matrix.done_late, report.matrix.open_late) == (1, 1, 2)
    assert is_verified(office)


def test_a_reply_is_on_record_with_its_document_date_and_verdict(file, standing):
    file(AGREE + HEALTH)

    stands, facts = standing("SYT")
    assert (stands.status, stands.done_on) == (Status.ACCEPTED, date(2025, 7, 25))
    accepted = facts[-1]
    assert (accepted.kind, accepted.document, accepted.note) == (
        FactKind.ACCEPTED,
        "12/SYT-VP",
        "thống nhất",
    )


def test_a_longer_list_adds_only_what_is_new(office, file):
    file(AGREE + HEALTH)
    before = rows_of(office, "select count(*) from record")
    again = file(AGREE + HEALTH)
    same = rows_of(office, "select count(*) from record")
    longer = file(AGREE + HEALTH + JUSTICE, when=at("2025-08-06"))

    assert told(again) == {"known": ["Sở Y tế"]}
    assert same[0][0] == before[0][0] + 1  # that the document came in once more
    assert told(longer) == {"known": ["Sở Y tế"], "recorded": ["Sở Tư pháp"]}


def test_a_supplement_changes_neither_the_day_nor_the_standing(file, standing):
    supplement = "\t3\n\tSở Y tế: 99/SYT-VP ngày 01/8/2025\n\n"

    first = file(AGREE + supplement + HEALTH)
    again = file(AGREE + supplement + HEALTH)

    assert told(first) == {"recorded": ["Sở Y tế"], "supplement": ["Sở Y tế"]}
    assert told(again) == {"known": ["Sở Y tế", "Sở Y tế"]}
    assert standing("SYT")[0].done_on == date(2025, 7, 25)


@pytest.mark.parametrize("day", ["", "ngày 25/7", "ngày 25/7/2024", "ngày 25/12/2025"])
def test_a_date_that_cannot_stand_waits_for_a_person(file, standing, day):
    consulted = file(f"{AGREE}\t1\n\tSở Y tế: 12/SYT-VP {day}\n\n")

    assert told(consulted) == {"undated": ["Sở Y tế"]}
    assert standing("SYT")[0].status is Status.REPORTED
    assert "SYT" not in [unit.code for unit in consulted.silent]


def test_the_date_may_come_later(file, standing):
    file(f"{AGREE}\t1\n\tSở Y tế: 12/SYT-VP\n\n")

    assert told(file(AGREE + HEALTH)) == {"recorded": ["Sở Y tế"]}
    assert standing("SYT")[0].done_on == date(2025, 7, 25)


def test_who_was_not_asked_or_is_not_known_is_listed_and_on_record(office, file):
    others = "\t3\n\tSở Xây dựng: 1/SXD ngày 25/7/2025\n\n\t4\n\tSở Ngoại khoa: 2/SNK ngày 25/7/2025\n\n"

    file(AGREE + others)
    consulted = file(AGREE + others)

    assert told(consulted) == {"unasked": ["Sở Xây dựng"], "unresolved": ["Sở Ngoại khoa"]}
    assert rows_of(office, "select count(*) from record where kind = 'consultation-reply'") == [(2,)]


def test_who_asks_does_not_answer(office, file):
    asked = Asked("Các sở", ASKED.title, ASKED.issued_on, ASKED.due_on, by="Sở Khoa học và Công nghệ")

    consulted = file(AGREE + HEALTH, asked)

    assert "SKHCN" not in [unit.code for unit in consulted.silent]
    assert len(consulted.silent) > 5


def changed(**values):
    return Asked(**({name: getattr(ASKED, name) for name in ASKED.__slots__} | values))


@pytest.mark.parametrize(
    ("asked", "when", "said"),
    [
        (changed(units="Các sở liên quan"), WHEN, "chưa rõ đã hỏi những cơ quan nào"),
        (changed(units=""), WHEN, "chưa rõ đã hỏi những cơ quan nào"),
        (changed(due_on=date(2025, 7, 1)), WHEN, "trước ngày hỏi"),
        (ASKED, at("2025-07-01"), "chưa đến ngày hỏi"),
        (changed(by="Sở Ngoại khoa"), WHEN, "không nhận ra cơ quan hỏi ý kiến"),
    ],
)
def test_a_consultation_that_cannot_be_put_writes_nothing(office, file, asked, when, said):
    with pytest.raises(InputRejected, match=said):
        file(AGREE + HEALTH, asked, when)

    assert rows_of(office, "select count(*) from record") == [(0,)]


def test_the_code_of_another_plan_is_not_taken_over(file):
    file(AGREE + HEALTH, changed(plan="GOP-Y"))

    with pytest.raises(InputRejected, match="đã dùng cho một văn bản khác"):
        file(AGREE + HEALTH, changed(plan="GOP-Y", title="Dự thảo khác"))


def test_a_group_is_no_single_agency(office):
    match = partial(match_replies, office.directory)

    matched, _ = match(
        f"{AGREE}\t1\n\tCác sở: 1/ABC ngày 1/8/2025\n\n\t2\n\tSở Y tế: 2/SYT\n".encode(), "x.txt"
    )

    assert [one.unit and one.unit.code for one in matched] == [None, "SYT"]
    assert Outcome.UNRESOLVED == "unresolved"


def test_the_report_on_replies_names_the_silent_and_what_nobody_asked_for(office, file):
    file(AGREE + HEALTH + JUSTICE)
    file(AGREE + HEALTH.replace("12/SYT", "13/SYT") + "\t3\n\tSở Xây dựng: 9/SXD-VP ngày 26/7/2025\n\n")

    (found,) = ask(office, "replies", ReportQuery(WHEN)).consultations
    assert {row.unit: str(row.answer) for row in found.rows} == {
        "SNV": "overdue", "STC": "overdue", "STP": "late", "SYT": "in_time",
    }  # fmt: skip
    assert [(other.by, other.is_supplement) for other in found.others] == [
        ("Sở Xây dựng", False),
        ("Sở Y tế", True),
    ]
