"""Does a second import change exactly what the document changed, and nothing when it is refused?"""

from __future__ import annotations

import re
from datetime import date

import pytest

from engine.model import FactKind, Role
from engine.status import Status, standing_of
from store import records, registry
from tests.guarantee.world import PLAN, a_row, act, at, bring, is_verified, rows_of
from usecases.bring_in import bring_in, bring_in_defaults
from usecases.errors import InputRejected

ISSUED = date(2025, 10, 17)
COUNTED = ("document", "section", "task", "assignment", "duty", "reminder", "message", "record", "watermark")


def import_text(office, text, when="2025-10-20", source="phu-luc.txt", **more):
    data = text if isinstance(text, bytes) else text.encode()
    return bring_in(office, data, source, ISSUED, at(when), **more)


def difference(brought):
    """The numbers added, changed with their fields, and removed."""
    changes = brought.changes
    return (
        [change.number for change in changes.added],
        {change.number: change.fields for change in changes.changed},
        [change.number for change in changes.removed],
    )


def kept(office):
    """Everything a rejected file must leave alone: the size of each table and the head of the log."""
    with office.database.reading() as session:
        head = records.verify(session).head
    return head, [rows_of(office, f"SELECT count(*) FROM {table}")[0] for table in COUNTED]


def shares(office, number, plan=PLAN.code):
    """The shares of one task, by unit."""
    with office.database.reading() as session:
        found = registry.assignments(session, office.directory.unit, task_codes=[f"{plan}/{number}"])
    return {share.unit.code: share for share in found}


def standings(office, number, when="2025-12-01"):
    return {code: standing_of(share, at(when)) for code, share in shares(office, number).items()}


# --- the same document again ---------------------------------------------------------------


def test_the_first_import_adds_every_row_and_the_second_changes_nothing(office, october):
    first = import_text(office, october)
    before = kept(office)
    second = import_text(office, october, "2025-10-21")

    assert len(first.changes.added) == 39
    assert difference(second) == ([], {}, [])
    assert len(second.changes.unchanged) == 39
    assert kept(office)[1][:5] == before[1][:5]
    assert is_verified(office)


def test_a_dry_run_says_the_same_and_writes_nothing(office, october):
    before = kept(office)
    tried = import_text(office, october, dry_run=True)

    assert kept(office) == before
    assert tried.changes == import_text(office, october).changes


def test_the_shipped_plans_come_in_once(office):
    brought = bring_in_defaults(office, at("2025-10-20"))
    again = bring_in_defaults(office, at("2025-10-21"))

    assert [len(plan.tasks) for plan in brought] == [37, 38]
    assert [difference(plan) for plan in again] == [([], {}, []), ([], {}, [])]


# --- an edited copy --------------------------------------------------------------------------


def row_text(number, lead):
    return (
        f"\t{number}. \n\tRà soát việc vừa thêm vào phụ lục.\n\t{lead}\n\tSở Tài chính\n\t30/11/2025\n\t\n\n"
    )


EDITS = {
    "a deadline moved": (
        lambda text: text.replace("\t30/11/2025\n\tThông báo số 06", "\t15/12/2025\n\tThông báo số 06", 1),
        ([], {"28": {"deadline": ("30/11/2025", "15/12/2025")}}, []),
    ),
    "a unit added": (
        lambda text: text.replace(
            "\tSở Tài chính\n\tSở Khoa học và Công nghệ\n",
            "\tSở Tài chính, Sở Y tế\n\tSở Khoa học và Công nghệ\n",
        ),
        ([], {"32": {"lead": ("Sở Tài chính", "Sở Tài chính, Sở Y tế")}}, []),
    ),
    "a unit taken out": (
        lambda text: text.replace("Sở Tài chính, Sở Công thương, Sở Khoa học", "Sở Tài chính, Sở Khoa học"),
        (
            [],
            {
                "26": {
                    "supporting": (
                        "Sở Tài chính, Sở Công thương, Sở Khoa học và Công nghệ",
                        "Sở Tài chính, Sở Khoa học và Công nghệ",
                    )
                }
            },
            [],
        ),
    ),
    "a row added at the end": (
        lambda text: text.replace("\tIII\n\tKinh phí", row_text(39, "Sở Nội vụ") + "\tIII\n\tKinh phí"),
        (["39"], {}, []),
    ),
    "a row added above an unnumbered one": (
        lambda text: text.replace("\tII\n\tNhiệm vụ", row_text(39, "Sở Nội vụ") + "\tII\n\tNhiệm vụ"),
        (["39"], {}, []),
    ),
    "a row taken out": (
        lambda text: re.sub(r"\t30\. \n.*?\n\n", "", text, count=1, flags=re.S),
        ([], {}, ["30"]),
    ),
    "other line ends and blanks only": (
        lambda text: text.replace("\n", "\r\n").replace("Sở Y tế", "Sở  Y tế"),
        ([], {}, []),
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_gives_exactly_its_difference(office, october, edit):
    change, expected = EDITS[edit]
    edited = change(october)
    import_text(office, october)
    brought = import_text(office, edited, "2025-10-21")

    assert difference(brought) == expected
    assert difference(import_text(office, edited, "2025-10-22")) == ([], {}, [])


def test_two_rows_of_one_number_are_two_tasks(office, october):
    doubled = october.replace("\tIII\n\tKinh phí", row_text(36, "Sở Nội vụ") + "\tIII\n\tKinh phí")
    brought = import_text(office, doubled)
    plan = brought.document.code

    assert len({task.code for task in brought.tasks}) == len(brought.tasks) == 40
    assert [code for code, s in shares(office, 36, plan).items() if s.role is Role.LEAD] == ["CAT"]
    assert difference(import_text(office, doubled, "2025-10-21")) == ([], {}, [])


# --- what an edited copy does to the shares ---------------------------------------------------


def test_a_deadline_that_moved_in_the_document_is_in_force(office):
    bring(office, [a_row(1, "30/9/2025")])
    bring(office, [a_row(1, "31/10/2025")], "2025-08-01")

    assert standings(office, 1)["SYT"].due_on == date(2025, 10, 31)
    assert standings(office, 1)["SYT"].original_due_on == date(2025, 9, 30)
    assert rows_of(office, "SELECT due_on FROM assignment") == [("2025-10-31",)]


def test_a_deadline_that_left_the_document_waits_for_a_person(office):
    bring(office, [a_row(1, "30/9/2025")])
    bring(office, [a_row(1, "Thường xuyên")], "2025-08-01")

    assert standings(office, 1)["SYT"].status is Status.AWAITING_DECISION


def test_a_unit_that_left_is_no_longer_chased_and_one_that_came_is(office):
    bring(office, [a_row(1, "30/9/2025", "Sở Y tế, Sở Xây dựng")])
    bring(office, [a_row(1, "30/9/2025", "Sở Y tế, Sở Tài chính")], "2025-08-01")

    found = {code: standing.status for code, standing in standings(office, 1).items()}
    assert found == {"SYT": Status.OPEN, "SXD": Status.CANCELLED, "STC": Status.OPEN}


def test_a_unit_that_is_back_is_chased_again(office):
    both, one = [a_row(1, "30/9/2025", "Sở Y tế, Sở Xây dựng")], [a_row(1, "30/9/2025", "Sở Y tế")]
    bring(office, both)
    bring(office, one, "2025-08-01")
    bring(office, both, "2025-08-04")

    assert standings(office, 1)["SXD"].is_chased


def test_a_row_that_is_back_is_chased_again(office):
    rows = [a_row(1, "30/9/2025"), a_row(2, "30/9/2025")]
    bring(office, rows)
    assert difference(bring(office, rows[:1], "2025-08-01")) == ([], {}, ["2"])
    assert not standings(office, 2)["SYT"].is_chased
    assert difference(bring(office, rows, "2025-08-04")) == (["2"], {}, [])

    assert standings(office, 2)["SYT"].is_chased


def test_what_a_person_cancelled_stays_cancelled(office):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.CANCELLED, at("2025-07-15"), note="đã chuyển sang kế hoạch khác")
    bring(office, [a_row(1, "30/9/2025", note="ghi chú mới")], "2025-08-01")

    assert standings(office, 1)["SYT"].status is Status.CANCELLED


def test_a_supporting_unit_that_becomes_the_lead_is_chased_as_one(office):
    bring(office, [a_row(1, "30/9/2025", "Sở Y tế", "Sở Xây dựng")])
    bring(office, [a_row(1, "30/9/2025", "Sở Xây dựng", "Sở Y tế")], "2025-08-01")

    assert {code: s.role for code, s in shares(office, 1).items()} == {
        "SXD": Role.LEAD,
        "SYT": Role.SUPPORTING,
    }


def test_a_new_remark_in_a_row_leaves_an_extension_in_force(office):
    bring(office, [a_row(1, "30/9/2025")])
    longer = date(2025, 10, 31)
    act(office, 1, FactKind.EXTENDED, at("2025-09-20"), due_on=longer, document="12/UBND")
    bring(office, [a_row(1, "30/9/2025", note="ghi chú mới")], "2025-09-22")

    assert standings(office, 1)["SYT"].due_on == longer


def test_a_reported_result_is_not_opened_again_by_a_new_deadline(office):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.REPORTED, at("2025-09-20"))
    bring(office, [a_row(1, "31/10/2025")], "2025-09-22")

    assert standings(office, 1)["SYT"].status is Status.REPORTED


# --- what waits for a person -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "imported", "status"),
    [
        ("30/9/2025", "2025-07-01", Status.OPEN),
        ("30/9/2025", "2025-09-30", Status.OPEN),
        ("30/9/2025", "2025-10-01", Status.AWAITING_DECISION),  # past when it came in: no storm
        ("30/6/2025", "2025-07-01", Status.AWAITING_DECISION),  # past on the day of issue
        ("31/9/2025", "2025-07-01", Status.AWAITING_DECISION),  # no such day
        ("Thường xuyên", "2025-12-01", Status.OPEN),
    ],
)
def test_a_share_starts_open_or_waits_for_a_decision(office, deadline, imported, status):
    bring(office, [a_row(1, deadline)], imported)

    assert standings(office, 1, "2026-01-01")["SYT"].status is status


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n\n",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n\x00\x00\x00",
        bytes(range(256)) * 20,
        "Biên bản họp, không có bảng nào.\n".encode(),
        "\tSTT\n\tTên xe\n\tBiển số\n\n\t1\n\tÔ tô\n\t76A-001\n".encode(),
    ],
)
def test_a_refused_file_leaves_everything_as_it_was(office, october, data):
    import_text(office, october)
    before = kept(office)

    with pytest.raises(InputRejected) as refused:
        import_text(office, data, "2025-10-21")

    assert kept(office) == before
    assert refused.value.problems
    assert all(problem.message and problem.source == "phu-luc.txt" for problem in refused.value.problems)


TABLE = "STT\tNội dung nhiệm vụ\tCơ quan chủ trì\tHạn hoàn thành\n1\tSửa cầu\tSở Xây dựng\t30/11/2025\n"


def test_bare_tables_of_different_files_are_different_plans(office):
    """Without a title nothing says that two tables are one plan: neither may close the other's tasks."""
    one = import_text(office, TABLE, source="cau.txt")
    other = import_text(office, TABLE.replace("Sửa cầu", "Sửa đường"), source="duong.txt")
    again = import_text(office, TABLE, source="cau.txt")

    assert one.document.code != other.document.code
    assert difference(other) == (["1"], {}, [])
    assert difference(again) == ([], {}, [])
