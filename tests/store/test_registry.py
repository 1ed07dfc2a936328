"""The registry: what goes in comes out, facts move the projections, and a tick asks an index."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from engine.model import (
    Assignment,
    Confirmation,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    Milestone,
    Role,
)
from store import records, registry
from store.kept import Arrival, StoredDuty, StoredTask


def all_assignments(office) -> list[Assignment]:
    with office.database.reading() as session:
        return registry.assignments(session, office.unit_of)


def recorded(office, assignment: Assignment, *facts: Fact) -> None:
    with office.database.writing() as session:
        registry.add_facts(session, office.unit_of, [(assignment.id, fact) for fact in facts])


def due_between(office, first: str | None, last: str) -> list[str]:
    with office.database.reading() as session:
        days = [date.fromisoformat(day) if day else None for day in (first, last)]
        return sorted(registry.open_due_between(session, days[0], days[1] or date.max))


def test_an_assignment_comes_back_as_it_was_put_in(office):
    held = Fact(FactKind.HELD, office.at("2025-07-01 00:00"), note="hạn đã qua")
    full = Fact(
        FactKind.EXTENDED, office.at("2025-07-02 09:30"), "van-phong/head", date(2025, 7, 1),
        date(2025, 12, 31), "45/UBND-TH", "gia hạn một lần",
    )  # fmt: skip
    shares = [
        office.share(office.task("2", "2025-09-30"), "so-tai-chinh"),
        office.share(office.task("1", "2025-09-30"), facts=(held, full)),
        replace(office.share(office.task("1", "2025-09-30"), "so-noi-vu"), role=Role.SUPPORTING),
    ]

    office.assign(*shares)

    assert all_assignments(office) == sorted(shares, key=lambda share: share.id)


DEADLINES = [
    Deadline("30/9", DeadlineKind.DATE, "ngày 30/9/2025", date(2025, 9, 30)),
    Deadline("Thường xuyên", DeadlineKind.ONGOING, "không có hạn"),
    Deadline("trước 15/8; trước 15/12", DeadlineKind.MULTI, "hai mốc", date(2025, 12, 14),
             milestones=(Milestone(date(2025, 8, 14), "đợt 1"), Milestone(date(2025, 12, 14), "đợt 2"))),
    Deadline("hàng tháng", DeadlineKind.RECURRING, "hằng tháng", rrule=("FREQ=MONTHLY;BYMONTHDAY=9",),
             starts_on=date(2025, 7, 1)),
    Deadline("31/9/2025", DeadlineKind.INVALID, "không có ngày này", confirmation=Confirmation.REQUIRED,
             proposal=date(2025, 9, 30), already_done=True),
]  # fmt: skip


@pytest.mark.parametrize("deadline", DEADLINES, ids=lambda deadline: deadline.as_written)
def test_every_reading_of_a_deadline_comes_back(office, deadline):
    task = replace(office.task("1", "2025-09-30"), deadline=deadline)

    office.assign(office.share(task))

    assert all_assignments(office)[0].task == task


def test_a_deadline_with_an_hour_comes_back_in_local_time(office):
    moment = office.at("2025-09-30 17:00")
    deadline = Deadline("17h 30/9", DeadlineKind.DATETIME, "17 giờ", date(2025, 9, 30), moment)
    office.assign(office.share(replace(office.task("1", "2025-09-30"), deadline=deadline)))

    assert all_assignments(office)[0].task.deadline.due_at.isoformat() == "2025-09-30T17:00:00+07:00"


def test_words_as_written_are_kept_for_the_next_import(office):
    stored = StoredTask(
        office.task("1", "2025-09-30"), 1, "Sở Y tế; Sở Lạ", "các sở", ("chú thích",),
        (("lead-unresolved", "không rõ Sở Lạ"),), ("1", "Rà soát", "30/9"), 2, 7,
    )  # fmt: skip
    with office.database.writing() as session:
        registry.put_document(
            session, office.plan, Arrival("a.docx", "0" * 64, office.at("2025-07-01 08:00"))
        )
        registry.put_tasks(session, [stored])
        assert registry.stored_tasks(session, office.plan.code) == [stored]


def test_a_document_comes_again_with_its_new_words_and_sections(office):
    for title, sections in (("Cũ", (("I", "a"), ("I", "b"))), ("Mới", (("", "c"),))):
        with office.database.writing() as session:
            plan = replace(office.plan, title=title)
            arrival = Arrival("a.docx", "0" * 64, office.at("2025-07-01 08:00"), sections)
            registry.put_document(session, plan, arrival)

    with office.database.reading() as session:
        assert [document.title for document in registry.documents(session)] == ["Mới"]
        assert session.connection().execute(sa.text("SELECT title FROM section")).scalars().all() == ["c"]


def test_a_removed_task_is_out_of_its_plan_until_it_comes_back(office):
    office.assign(office.share(office.task("1", "2025-09-30")))
    with office.database.writing() as session:
        (stored,) = registry.stored_tasks(session, office.plan.code)
        registry.mark_removed(session, [stored.task.code], office.at("2025-08-01 08:00"))
        assert registry.stored_tasks(session, office.plan.code) == []
        assert registry.matching_tasks(session, "1") == []

        registry.put_tasks(session, [stored])
        assert registry.stored_tasks(session, office.plan.code) == [stored]


@pytest.mark.parametrize(("facts", "due_on", "is_open"), [
    ([], "2025-09-30", True),
    ([(FactKind.ACKNOWLEDGED, None)], "2025-09-30", True),
    ([(FactKind.EXTENDED, "2025-12-31")], "2025-12-31", True),
    ([(FactKind.REPORTED, None)], "2025-09-30", False),
    ([(FactKind.REPORTED, None), (FactKind.RETURNED, None)], "2025-09-30", True),
    ([(FactKind.BLOCKED, None)], "2025-09-30", True),  # not chased, and still owed
    ([(FactKind.BLOCKED, None), (FactKind.UNBLOCKED, None)], "2025-09-30", True),
    ([(FactKind.HELD, None)], "2025-09-30", True),
    ([(FactKind.HELD, None), (FactKind.DECIDED, "2025-10-15")], "2025-10-15", True),
    ([(FactKind.CANCELLED, None)], "2025-09-30", False),
])  # fmt: skip
def test_the_planner_finds_an_assignment_under_the_deadline_in_force(office, facts, due_on, is_open):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    for day, (kind, new_date) in enumerate(facts, start=2):
        due = date.fromisoformat(new_date) if new_date else None
        recorded(office, share, Fact(kind, office.at(f"2025-07-{day:02} 08:00"), due_on=due))

    assert due_between(office, due_on, due_on) == ([share.id] if is_open else [])


def test_a_fact_entered_late_does_not_undo_what_came_after_it(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    recorded(office, share, Fact(FactKind.EXTENDED, office.at("2025-08-10 08:00"), due_on=date(2025, 12, 31)))
    recorded(office, share, Fact(FactKind.EXTENDED, office.at("2025-08-01 08:00"), due_on=date(2025, 10, 31)))

    assert (
        due_between(office, None, "2026-01-01")
        == due_between(office, "2025-12-31", "2025-12-31")
        == [share.id]
    )
    assert [fact.at.day for fact in all_assignments(office)[0].facts] == [1, 10]


def test_a_fact_is_a_record_and_only_that(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    fact = Fact(FactKind.REPORTED, office.at("2025-09-01 08:00"), "so-y-te", date(2025, 8, 30), note="xong")
    recorded(office, share, fact)

    with office.database.reading() as session:
        *_, record = records.records_of(session, [share.id])[share.id]

    assert (record.kind, record.at) == ("reported", fact.at)
    assert record.data == {"by": "so-y-te", "on": "2025-08-30", "note": "xong"}


def test_facts_can_be_read_as_they_were_known_at_a_moment(office):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    recorded(office, share, Fact(FactKind.ACKNOWLEDGED, office.at("2025-08-01 08:00")))
    recorded(office, share, Fact(FactKind.REPORTED, office.at("2025-09-01 08:00")))

    with office.database.reading() as session:
        (then,) = registry.assignments(session, office.unit_of, until=office.at("2025-08-31 23:59"))

    assert [fact.kind for fact in then.facts] == [FactKind.ACKNOWLEDGED]


@pytest.mark.parametrize(("first", "last", "numbers"), [
    (None, "2025-09-30", ["1", "2"]),
    (None, "2025-09-29", ["1"]),
    ("2025-09-30", "2025-09-30", ["2"]),
    ("2025-09-30", "2025-10-01", ["2", "3"]),
    ("2025-10-02", "2026-01-01", []),
])  # fmt: skip
def test_open_assignments_are_found_by_due_date_with_both_ends(office, first, last, numbers):
    due = {"1": "2025-09-01", "2": "2025-09-30", "3": "2025-10-01", "4": None}
    office.assign(*(office.share(office.task(number, day)) for number, day in due.items()))

    assert due_between(office, first, last) == [f"{office.plan.code}/{n}@so-y-te" for n in numbers]


@pytest.mark.parametrize(("first", "interval"), [
    (date(2025, 9, 1), "due_on>? AND due_on<?"),
    (None, "due_on<?"),
])  # fmt: skip
def test_a_tick_reads_due_assignments_from_the_index_alone(sqlite_office, first, interval):
    asked = plan_of(sqlite_office, lambda s: registry.open_due_between(s, first, date(2025, 9, 30)))

    assert asked == [f"SEARCH assignment USING COVERING INDEX ix_assignment_open_due ({interval})"]


def test_a_tick_reads_what_changed_from_the_index_alone(sqlite_office):
    (step,) = plan_of(sqlite_office, registry.ids_needing_planning)

    assert "ix_assignment_needs_planning" in step


def plan_of(office, ask) -> list[str]:
    """Return how SQLite answers the one statement that `ask` executes."""
    asked: list[tuple[str, tuple]] = []

    def listen(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    with office.database.reading() as session:
        session.connection().execute(sa.text("SELECT 1"))
        sa.event.listen(office.database.engine, "before_cursor_execute", listen)
        ask(session)
        sa.event.remove(office.database.engine, "before_cursor_execute", listen)
        ((statement, parameters),) = asked
        explained = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in explained]


def test_what_changed_is_planned_once_unless_it_changes_again(office):
    one, two = office.assign(*(office.share(office.task(n, "2025-09-30")) for n in "12"))
    with office.database.writing() as session:
        assert sorted(registry.ids_needing_planning(session)) == [one.id, two.id]
        registry.clear_planning_flags(session, [one.id, two.id])
        assert registry.ids_needing_planning(session) == []

    recorded(office, two, Fact(FactKind.ACKNOWLEDGED, office.at("2025-08-01 08:00")))

    with office.database.writing() as session:
        assert registry.ids_needing_planning(session) == [two.id]
        registry.flag_for_planning(session, [one.id])
        assert sorted(registry.ids_needing_planning(session)) == [one.id, two.id]


def test_loading_many_assignments_takes_as_few_questions_as_loading_one(office):
    shares = [
        office.share(office.task(str(n), "2025-09-30"), unit)
        for n in range(40)
        for unit in ("so-y-te", "so-noi-vu")
    ]
    office.assign(*shares)
    questions: list[str] = []

    def count(_connection, _cursor, statement, *_):
        questions.append(statement)

    sa.event.listen(office.database.engine, "before_cursor_execute", count)
    try:
        for ids in ([shares[0].id], [share.id for share in shares]):
            questions.append("--")
            with office.database.reading() as session:
                assert len(registry.assignments(session, office.unit_of, ids=ids)) == len(ids)
    finally:
        sa.event.remove(office.database.engine, "before_cursor_execute", count)

    one, many = " ".join(questions).split("--")[1:]
    assert one.count("SELECT") == many.count("SELECT")


def test_assignments_are_found_by_task_and_an_unknown_id_finds_none(office):
    share, other = office.assign(*(office.share(office.task(n, "2025-09-30")) for n in "12"))

    with office.database.reading() as session:
        found = registry.assignments(session, office.unit_of, task_codes=[share.task.code])
        assert [one.id for one in found] == [share.id]
        assert registry.assignments(session, office.unit_of, ids=[]) == []
        assert registry.assignments(session, office.unit_of, ids=["không có"]) == []
        assert other.id in registry.open_assignments(session)


@pytest.mark.parametrize(("reference", "codes"), [
    ("QĐ-UBND-2025-07/15", ["QĐ-UBND-2025-07/15"]),
    ("QĐ-UBND-2025-07-15", ["QĐ-UBND-2025-07/15"]),
    ("QĐ-UBND-2025-07:15", ["QĐ-UBND-2025-07/15"]),
    ("qđ-ubnd-2025-07/15", ["QĐ-UBND-2025-07/15"]),
    ("  QĐ-UBND-2025-07/15 ", ["QĐ-UBND-2025-07/15"]),
    ("QĐ-UBND-2025-07/15".replace("Đ", "D"), []),        # another letter, another document
    ("15", ["QĐ-UBND-2025-07/15", "QĐ-UBND-2025/15"]),
    ("QĐ-UBND-2025/15", ["QĐ-UBND-2025/15"]),
    ("QĐ-UBND-2025-15", ["QĐ-UBND-2025/15"]),
    ("1", []),
    ("hàng-3", ["QĐ-UBND-2025-07/hàng-3"]),
    ("QĐ-UBND-2025-07-hàng-3", ["QĐ-UBND-2025-07/hàng-3"]),
    ("1.2", ["QĐ-UBND-2025-07/1.2"]),
    ("", []),
    ("%", []),
    ("/", []),
])  # fmt: skip
def test_a_task_is_found_however_its_code_is_typed(office, reference, codes):
    older = Document("QĐ-UBND-2025", "Kế hoạch cũ", "", date(2025, 1, 2))
    unnumbered = replace(office.task("hàng-3", None), number=None)
    tasks = [office.task("15", None), unnumbered, office.task("1.2", None)]
    tasks.append(replace(tasks[0], code="QĐ-UBND-2025/15", document=older))
    with office.database.writing() as session:
        for document in (office.plan, older):
            registry.put_document(session, document, Arrival("", "", office.at("2025-07-01 08:00")))
        registry.put_tasks(session, [StoredTask(task, 1, "", "") for task in tasks])

        assert registry.matching_tasks(session, reference) == codes


def test_a_duty_comes_back_with_how_far_it_has_been_opened(office):
    duty = StoredDuty(
        "viec-1", office.plan, "Báo cáo tháng", "trước ngày 10 hàng tháng", ("FREQ=MONTHLY;BYMONTHDAY=9",),
        "Các sở", ("so-y-te", "so-noi-vu"), date(2025, 7, 1), "month",
    )  # fmt: skip
    with office.database.writing() as session:
        assert registry.is_empty(session)
        registry.put_document(session, office.plan, Arrival("", "", office.at("2025-07-01 08:00")))
        registry.put_duty(session, duty)
        assert registry.duties(session) == [duty]

        opened = replace(duty, opened_until=date(2025, 8, 9))
        registry.put_duty(session, opened)
        assert registry.duties(session) == [opened]
        assert not registry.is_empty(session)
