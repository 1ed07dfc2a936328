"""Is every doubt of an import asked once, and does its answer do what it says, now and at the next import?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.answers import QuestionKind
from engine.model import Fact, FactKind
from engine.status import Status, standing_of
from store import registry
from tests.guarantee.world import at, is_verified, rows_of
from usecases.act import record
from usecases.answer_file import AnswerFile, answers_begun
from usecases.bring_in import bring_in
from usecases.difference import Completed
from usecases.errors import InputRejected
from usecases.look import report_overdue
from usecases.questions import answer, open_questions

ISSUED = date(2025, 10, 17)
HEAD = "STT\tNội dung nhiệm vụ\tCơ quan chủ trì\tCơ quan phối hợp\tHạn hoàn thành\n"
MONDAY = "2025-10-20"


def a_plan(*rows, head=HEAD):
    return head + "".join("\t".join((str(n), *row)) + "\n" for n, row in enumerate(rows, start=1))


def a_task(deadline="31/12/2025", lead="Sở Y tế", supporting="", text="Rà soát, báo cáo"):
    return (f"{text} việc hạn {deadline} của {lead}", lead, supporting, deadline)


def come_in(office, *rows, when=MONDAY, answers=None, plan="KH-1"):
    file = AnswerFile(answers, "phu-luc.tra-loi.yml") if answers else None
    return bring_in(office, a_plan(*rows).encode(), "phu-luc.txt", ISSUED, at(when), plan, answers=file)


def asked(office, when="2025-10-23", blocking=True):
    return [q for q in open_questions(office, at(when)) if q.is_blocking or not blocking]


def the_question(office, kind, when="2025-10-23"):
    (question,) = (q for q in asked(office, when, blocking=False) if q.kind is kind)
    return question


def settle(office, kind, value, when="2025-10-21", **more):
    return answer(office, the_question(office, kind, when).id, value, at(when), **more)


def standings(office, number, when="2025-10-22", plan="KH-1"):
    with office.database.reading() as session:
        shares = registry.assignments(session, office.directory.unit, task_codes=[f"{plan}/{number}"])
    return {share.unit.code: standing_of(share, at(when)) for share in shares}


def chased(office, number, **more):
    return {code for code, standing in standings(office, number, **more).items() if standing.is_chased}


# --- what is asked -------------------------------------------------------------------------


def test_a_plan_that_is_understood_asks_nothing(office):
    come_in(office, a_task(), a_task("Quý IV/2025"), a_task("Thường xuyên"), a_task("30/11"))

    assert asked(office) == []


def test_the_same_doubtful_words_are_one_question(office):
    vague = "Các sở, ban, ngành liên quan"
    come_in(
        office,
        a_task(lead=vague),
        a_task(lead="Các sở, ban, ngành  có liên quan"),
        a_task("31/9/2025"),
        a_task("31/9/2025", "Sở Xây dựng"),
    )

    assert [(q.kind, q.numbers) for q in asked(office)] == [
        (QuestionKind.UNITS, ("1", "2")),
        (QuestionKind.DEADLINE, ("3", "4")),
    ]


def test_a_supporting_unit_that_is_unclear_holds_nothing_back(office):
    come_in(office, a_task(supporting="Các đơn vị liên quan"))

    assert asked(office) == []
    assert [q.kind for q in asked(office, blocking=False)] == [QuestionKind.UNITS]
    assert chased(office, 1) == {"SYT"}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (a_task("31/9/2025"), QuestionKind.DEADLINE),
        (a_task(""), QuestionKind.DEADLINE),
        (a_task("12/2025 hoặc 1/2026"), QuestionKind.DEADLINE),
        (a_task("trong 10 ngày kể từ ngày nhận được văn bản"), QuestionKind.EVENT),
        (a_task("30/9/2025"), QuestionKind.PAST_DUE),
        (a_task("20/11/2025 (Đã hoàn thành; tiếp tục triển khai thực hiện)"), QuestionKind.DONE),
        (a_task(text="Xử lý văn bản độ Mật và"), QuestionKind.HELD),
        (a_task(lead=""), QuestionKind.UNITS),
        (a_task("trước ngày 10 hàng tháng"), QuestionKind.DUTY),
    ],
)
def test_each_kind_of_doubt_is_its_kind_of_question(office, row, kind):
    come_in(office, row)

    assert the_question(office, kind).sentence
    assert the_question(office, kind).how


def test_a_late_import_asks_about_what_was_due_meanwhile(office):
    come_in(office, a_task("30/11/2025"), when="2025-12-05")

    assert [q.kind for q in asked(office, "2025-12-05")] == [QuestionKind.PAST_DUE]


def test_what_was_decided_on_the_task_itself_is_no_longer_asked(office):
    come_in(office, a_task("30/9/2025"))
    record(office, "KH-1/1", None, Fact(FactKind.DECIDED, at("2025-10-21"), due_on=date(2025, 12, 1)))

    assert asked(office, "2025-10-21") == []


def test_a_table_without_numbers_asks_and_assigns_like_any_other(office):
    head = "Nội dung nhiệm vụ\tCơ quan chủ trì\tThời hạn\n"
    text = f"{head}Rà soát việc một\tSở Y tế\t31/12/2025\nRà soát việc hai\tSở Y tế\t31/11/2025\n"
    bring_in(office, text.encode(), "x.txt", ISSUED, at(MONDAY), "KH-1")

    assert chased(office, "hàng-1") == {"SYT"}
    assert [(q.kind, q.numbers) for q in asked(office)] == [(QuestionKind.DEADLINE, ("hàng-2",))]


def test_sections_that_count_anew_name_their_tasks(office):
    rows = (
        "I\tThể chế\t\t\t\n1\tViệc a\tSở Y tế\t\t31/12/2025\n"
        "II\tHạ tầng\t\t\t\n1\tViệc b\tSở Y tế\t\t31/11/2025\n"
    )
    brought = bring_in(office, (HEAD + rows).encode(), "x.txt", ISSUED, at(MONDAY), "KH-1")

    assert [task.problems for task in brought.tasks if task.label == "I.1"] == [()]
    assert [(q.numbers) for q in asked(office)] == [("II.1",)]
    settle(office, QuestionKind.DEADLINE, "đồng ý", task="II.1")
    assert chased(office, "II.1") == {"SYT"}


# --- what an answer does ---------------------------------------------------------------------


def test_answered_units_are_chased_from_the_same_moment(office):
    come_in(office, a_task(lead="Sở Tài chính và các sở, ban, ngành liên quan"))
    assert chased(office, 1) == {"STC"}
    settle(office, QuestionKind.UNITS, "SNV; Sở Xây dựng")

    assert chased(office, 1) == {"STC", "SNV", "SXD"}
    assert asked(office) == []
    assert is_verified(office)


def test_an_answer_may_name_a_group_or_nobody(office):
    come_in(office, a_task(lead="Các sở, ban, ngành liên quan"))
    settle(office, QuestionKind.UNITS, "Các sở, ban, ngành")
    assert len(chased(office, 1)) == 14

    come_in(office, a_task(lead="Sở Y tế và các đơn vị liên quan"), plan="KH-2")
    settle(office, QuestionKind.UNITS, "không")
    assert chased(office, 1, plan="KH-2") == {"SYT"}


def test_an_answered_date_is_in_force_and_the_words_stay(office):
    come_in(office, a_task("31/11/2025"))
    assert chased(office, 1) == set()
    settle(office, QuestionKind.DEADLINE, "đồng ý")

    standing = standings(office, 1)["SYT"]
    assert (standing.is_chased, standing.due_on) == (True, date(2025, 11, 30))
    with office.database.reading() as session:
        assert registry.stored_task(session, "KH-1/1").task.deadline.as_written == "31/11/2025"


def test_the_day_of_an_event_starts_the_count(office):
    come_in(office, a_task("trong 10 ngày kể từ ngày nhận được văn bản"))
    settle(office, QuestionKind.EVENT, "21/10/2025")

    assert standings(office, 1)["SYT"].due_on == date(2025, 10, 31)
    assert chased(office, 1) == {"SYT"}


@pytest.mark.parametrize(
    ("value", "status", "due_on"),
    [
        ("nhắc", Status.OPEN, date(2025, 9, 30)),
        ("15/11/2025", Status.OPEN, date(2025, 11, 15)),
        ("bỏ", Status.CANCELLED, date(2025, 9, 30)),
        ("xong 25/9/2025", Status.ACCEPTED, date(2025, 9, 30)),
    ],
)
def test_a_task_past_due_is_chased_dropped_or_done_as_answered(office, value, status, due_on):
    come_in(office, a_task("30/9/2025"))
    settle(office, QuestionKind.PAST_DUE, value)

    standing = standings(office, 1)["SYT"]
    assert (standing.status, standing.due_on) == (status, due_on)
    assert asked(office) == []


def test_one_task_of_a_question_may_be_answered_alone(office):
    come_in(office, a_task("30/9/2025"), a_task("29/9/2025"))
    settle(office, QuestionKind.PAST_DUE, "bỏ", task="2")

    assert the_question(office, QuestionKind.PAST_DUE).numbers == ("1",)
    assert standings(office, 2)["SYT"].status is Status.CANCELLED


def test_an_accepted_duty_is_opened_period_by_period(office):
    come_in(office, a_task("trước ngày 10 hàng tháng"))
    with office.database.reading() as session:
        assert registry.duties(session) == []
    settle(office, QuestionKind.DUTY, "có")

    with office.database.reading() as session:
        (duty,) = registry.duties(session)
    assert (duty.unit_codes, duty.rrule) == (("SYT",), ("RRULE:FREQ=MONTHLY;BYMONTHDAY=9",))
    assert asked(office, blocking=False) == []


@pytest.mark.parametrize(
    ("kind", "row", "value"),
    [
        (QuestionKind.UNITS, a_task(lead="Các sở liên quan"), "Sở Tai chinh"),
        (QuestionKind.UNITS, a_task(lead="Các sở liên quan"), "các sở liên quan"),
        (QuestionKind.DEADLINE, a_task("31/9/2025"), "31/11/2025"),
        (QuestionKind.DEADLINE, a_task(""), "đồng ý"),
        (QuestionKind.PAST_DUE, a_task("30/9/2025"), "có lẽ"),
        (QuestionKind.DUTY, a_task("Hằng quý", lead="Các sở liên quan"), "có"),
    ],
)
def test_an_answer_that_settles_nothing_is_refused_with_the_way_out(office, kind, row, value):
    come_in(office, row)
    before = [q.id for q in asked(office, blocking=False)]

    with pytest.raises(InputRejected) as refused:
        settle(office, kind, value)

    assert the_question(office, kind).id in str(refused.value)
    assert [q.id for q in asked(office, blocking=False)] == before


def test_an_unknown_question_is_refused(office):
    come_in(office, a_task())

    with pytest.raises(InputRejected, match="dondoc questions"):
        answer(office, "abcdef", "nhắc", at(MONDAY))


def test_an_answer_may_be_corrected(office):
    come_in(office, a_task(lead="Các sở, ban, ngành liên quan"))
    id_ = the_question(office, QuestionKind.UNITS).id
    answer(office, id_, "SYT; SNV", at("2025-10-21"))
    answer(office, id_, "SYT; STC", at("2025-10-22"))

    assert chased(office, 1, when="2025-10-23") == {"SYT", "STC"}


# --- the next import ---------------------------------------------------------------------------

ROWS = (
    a_task(lead="Các sở, ban, ngành liên quan"),
    a_task("31/11/2025", "Sở Xây dựng"),
    a_task("30/9/2025", "Sở Nội vụ"),
)


def test_a_second_import_does_not_ask_again_and_changes_nothing(office):
    come_in(office, *ROWS)
    settle(office, QuestionKind.UNITS, "SYT")
    settle(office, QuestionKind.DEADLINE, "30/11/2025")
    settle(office, QuestionKind.PAST_DUE, "nhắc")
    again = come_in(office, *ROWS, when="2025-10-22")

    assert (again.changes.added, again.changes.changed, again.changes.removed) == ((), (), ())
    assert [q for q in again.questions if q.is_blocking] == []
    assert [chased(office, n) for n in (1, 2, 3)] == [{"SYT"}, {"SXD"}, {"SNV"}]


def test_the_file_beside_the_import_answers_before_anything_is_asked(office):
    text = """\
answers:
  - question: units
    wording: các sở, ban, ngành có liên quan
    answer: SYT
  - question: deadline
    wording: 31/11/2025
    answer: đồng ý
  - question: past-due
    task: 3
    answer: xong 25/9/2025
  - question: held
    answer:
"""
    brought = come_in(office, *ROWS, answers=text)

    assert [q for q in brought.questions if q.is_blocking] == []
    assert standings(office, 2)["SXD"].due_on == date(2025, 11, 30)
    assert standings(office, 3)["SNV"].status is Status.ACCEPTED
    again = come_in(office, *ROWS, answers=text, when="2025-10-22")
    assert again.changes.changed == ()


def test_the_file_that_is_offered_is_read_back_once_filled_in(office):
    come_in(office, *ROWS)
    begun = answers_begun(asked(office))
    filled = begun
    for value in ("SYT", "đồng ý", "bỏ"):
        filled = filled.replace("answer:\n", f"answer: {value}\n", 1)
    come_in(office, *ROWS, answers=filled, when="2025-10-22")

    assert asked(office) == []


@pytest.mark.parametrize(
    ("text", "place_and_code"),
    [
        ("answers:\n  - question: unit\n    answer: SYT\n", (2, 15, "bad-value")),
        (
            "answers:\n  - question: units\n    wording: x\n    answer: Sở Tai chinh\n",
            (4, 13, "not-an-answer"),
        ),
        ("answers:\n  - question: deadline\n    wordin: x\n    answer: 1/12/2025\n", (3, 5, "unknown-key")),
        ("answers:\n  - question: past-due\n    answer: có lẽ\n", (3, 13, "not-an-answer")),
    ],
)
def test_a_mistake_in_the_file_is_told_where_it_stands_and_nothing_comes_in(office, text, place_and_code):
    with pytest.raises(InputRejected) as refused:
        come_in(office, *ROWS, answers=text)

    assert [(p.line, p.column, p.code) for p in refused.value.problems] == [place_and_code]
    with office.database.reading() as session:
        assert registry.is_empty(session)


# --- what is frozen -----------------------------------------------------------------------------


class SmallerGroup:
    """The directory of a later day, in which every collective name means one department."""

    def __init__(self, directory):
        self.directory = directory

    def resolve(self, text, on=None):
        return replace(self.directory.resolve("Sở Y tế"), as_written=text)

    def __getattr__(self, name):
        return getattr(self.directory, name)


def test_a_group_keeps_the_members_it_had_when_it_was_put_in_force(office):
    rows = [a_task(lead="Các sở, ban, ngành")]
    come_in(office, *rows)
    office.__dict__["directory"] = SmallerGroup(office.directory)
    moved = [(rows[0][0], rows[0][1], rows[0][2], "15/12/2025")]
    come_in(office, *moved, when="2025-10-22")

    assert len(chased(office, 1)) == 14
    assert standings(office, 1)["SNV"].due_on == date(2025, 12, 15)


# --- the same work in two plans ------------------------------------------------------------------

LONG = "Xây dựng, trình ban hành quy chế quản lý, khai thác cơ sở dữ liệu dùng chung của tỉnh"


def test_the_same_task_in_two_plans_is_offered_and_never_merged(office):
    first = (LONG, "Sở Y tế", "", "31/12/2025")
    come_in(office, first)
    brought = come_in(office, (LONG + " năm 2025", "Sở Y tế", "", "31/12/2025"), plan="KH-2")

    assert [code for code, _ in brought.tasks[0].problems] == ["same-task"]
    assert the_question(office, QuestionKind.SAME_TASK).is_blocking is False
    settle(office, QuestionKind.SAME_TASK, "có")
    assert chased(office, 1) == chased(office, 1, plan="KH-2") == {"SYT"}
    assert QuestionKind.SAME_TASK not in [
        q.kind for q in asked(office, blocking=False) if q.document == "KH-2"
    ]


def test_different_tasks_are_not_offered_as_the_same(office):
    come_in(office, (LONG, "Sở Y tế", "", "31/12/2025"))
    other = "Xây dựng, trình ban hành kế hoạch đào tạo kỹ năng số cho cán bộ, công chức của tỉnh"
    brought = come_in(office, (other, "Sở Y tế", "", "31/12/2025"), plan="KH-2")

    assert brought.tasks[0].problems == ()


# --- lists of finished work -----------------------------------------------------------------------

DONE_HEAD = "STT\tNội dung nhiệm vụ\tCơ quan\tThời hạn\tNgày hoàn thành\n"


def test_finished_work_is_counted_by_the_day_it_was_done_and_reminds_nobody(office):
    rows = [
        ("Việc một", "Sở Y tế", "Tháng 8/2025", "31/8/2025"),  # a month ends on its last day
        ("Việc hai", "Sở Y tế", "Tháng 8/2025", "4/9/2025"),
        ("Việc ba", "Cơ quan liên quan", "Quý III/2025", "30/9/2025"),  # whoever it was, it is done
        ("Việc bốn", "Sở Y tế", "Chưa xác định", "1/9/2025"),
    ]
    plan = a_plan(*rows, head=DONE_HEAD).encode()
    brought = bring_in(office, plan, "xong.txt", ISSUED, at(MONDAY), "KH-1")

    assert brought.completed == Completed(on_time=2, late=1, unknown=1)
    assert asked(office) == []
    report = report_overdue(office, at("2025-10-22"))
    assert (report.matrix.done_on_time, report.matrix.done_late) == (2, 1)
    assert rows_of(office, "SELECT count(*) FROM assignment WHERE is_open") == [(0,)]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("Đã hoàn thành", QuestionKind.DONE),
        ("Hoàn thành", QuestionKind.DONE),
        ("Chưa hoàn thành", None),
        ("Hoàn thành 50%", None),
        ("Đang thực hiện", None),
        ("Không tiếp tục xây dựng", QuestionKind.HELD),
    ],
)
def test_a_status_column_counts_only_when_it_is_plain(office, state, kind):
    head = "STT\tNội dung nhiệm vụ\tCơ quan chủ trì\tThời hạn\tTình trạng\n"
    plan = a_plan(("Rà soát văn bản", "Sở Y tế", "31/12/2025", state), head=head)
    bring_in(office, plan.encode(), "x.txt", ISSUED, at(MONDAY), "KH-1")

    assert [q.kind for q in asked(office)] == ([kind] if kind else [])
    assert chased(office, 1) == (set() if kind else {"SYT"})


@pytest.mark.parametrize("answered", ["Thường xuyên", "Hằng tháng"])
def test_an_answer_without_a_day_settles_a_task_somebody_already_owes(office, answered):
    come_in(office, a_task("Hoàn thành sớm"))

    settle(office, QuestionKind.DEADLINE, answered)

    assert standings(office, 1)["SYT"].status is Status.OPEN
    assert asked(office) == []


WORK = ("Xây dựng kho dữ liệu", "Tập huấn cán bộ xã", "Kiểm tra chợ đầu mối", "Trồng cây dọc đường")


def test_an_answer_about_one_task_follows_it_to_another_number(office):
    rows = [a_task("Hoàn thành sớm", text=text) for text in WORK]
    come_in(office, *rows)

    settle(office, QuestionKind.DEADLINE, "30/11/2025", task="3")
    come_in(office, rows[0], *rows[2:], when="2025-10-22")

    (question,) = asked(office)
    assert question.numbers == ("1", "3")  # the third task is now the second
    answer(office, question.id, "15/12/2025", at("2025-10-23"), task="3")
    assert [standings(office, n, "2025-10-24")["SYT"].due_on for n in (1, 3, 4)] == [
        None, date(2025, 11, 30), date(2025, 12, 15),
    ]  # fmt: skip


def test_a_file_of_answers_names_tasks_as_its_own_copy_does(office):
    rows = [a_task("Hoàn thành sớm", text=text) for text in WORK]
    come_in(office, *rows)
    file = 'answers:\n  - {question: deadline, wording: Hoàn thành sớm, task: "2", answer: 30/11/2025}\n'

    come_in(office, rows[0], *rows[2:], when="2025-10-22", answers=file)

    assert standings(office, 3, "2025-10-24")["SYT"].due_on == date(2025, 11, 30)
