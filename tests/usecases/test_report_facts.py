"""What reports are made from: shares read as lots give the report that every share alone would give."""

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.compliance import overdue_of
from engine.ledger import DeliveryState
from engine.model import (
    HANOI,
    Assignment,
    Deadline,
    DeadlineKind,
    Document,
    Fact,
    FactKind,
    Role,
    Task,
    UnitKind,
)
from engine.report_query import ReportQuery
from store import records, registry, report_rows
from store.kept import Arrival, StoredTask, entry_of
from store.tables import MessageRow, ReminderRow
from tests.guarantee.world import a_row, act, at, bring, office_at
from usecases.look import report_overdue
from usecases.report_facts import facts_of, weighed_facts_of

FIRST = date(2025, 8, 1)
UNITS = ("SYT", "SNV", "SXD", "STC")
PLANS = tuple(Document(code, f"Kế hoạch {code}", f"0{n}/KH", FIRST) for n, code in enumerate(("A", "B"), 1))
DAYS = st.integers(0, 90).map(lambda n: FIRST + timedelta(days=n))
MAYBE = st.none() | DAYS
MOMENTS = st.integers(0, 90 * 24).map(
    lambda hours: datetime(2025, 8, 1, tzinfo=HANOI) + timedelta(hours=hours)
)
FACTS = st.builds(
    Fact, st.sampled_from(list(FactKind)), MOMENTS, on=MAYBE, due_on=MAYBE, unit=st.sampled_from(("", "SYT"))
)
ROLES = st.sampled_from((Role.LEAD, Role.LEAD, Role.SUPPORTING))
PROBLEMS = st.lists(
    st.sampled_from([("invalid-deadline", "hạn lạ"), ("unknown-unit", "đơn vị lạ")]), max_size=1
)
QUERIES = st.builds(
    ReportQuery,
    MOMENTS,
    plans=st.sampled_from(((), ("A",))),
    units=st.sampled_from(((), ("SYT", "STC"))),
    kinds=st.sampled_from(((), (UnitKind.DEPARTMENT,), (UnitKind.COMMUNE,))),
    levels=st.sampled_from(((), (0,), (1, 2))),
    first_on=MAYBE,
    last_on=MAYBE,
)


@st.composite
def tasks(draw):
    """Tasks with a share a unit, most of them alike, and what happened to each."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        plan = draw(st.sampled_from(PLANS))
        due_on, assigned_on = draw(MAYBE), draw(DAYS)
        deadline = Deadline("", DeadlineKind.DATE, "", due_on)
        task = Task(f"{plan.code}/{number}", plan, str(number), f"Việc {number}", "", deadline)
        shares = [
            Assignment(
                f"{task.code}@{unit}", task, unit, draw(ROLES),
                draw(st.sampled_from((due_on, due_on, FIRST))), assigned_on,
                tuple(draw(st.one_of(st.just([]), st.lists(FACTS, max_size=4)))),
            )
            for unit in UNITS
        ]  # fmt: skip
        assigned = draw(
            st.lists(st.tuples(MOMENTS, st.lists(st.sampled_from(UNITS), unique=True)), max_size=2)
        )
        found.append((task, shares, draw(PROBLEMS), assigned, draw(st.lists(MOMENTS, max_size=2))))
    return found


def registered(office, known, imported):
    """Write tasks, shares, facts, what copies of the plans assigned, and what was sent."""
    start = datetime(2025, 7, 1, tzinfo=HANOI)
    entries = [records.Entry(when, "document-imported", plan.code, {}) for plan, when in imported.items()]
    with office.database.writing() as session:
        for plan in PLANS:
            registry.put_document(session, plan, Arrival("thử", "", start))
        for task, shares, problems, assigned, sent in known:
            registry.put_tasks(session, [StoredTask(task, 0, "", "", problems=tuple(problems))])
            owned = [replace(share, unit=office.directory.unit(share.unit), facts=()) for share in shares]
            registry.put_assignments(session, owned, start)
            entries += [entry_of(share.id, fact) for share in shares for fact in share.facts]
            entries += [
                records.Entry(when, "task-assigned", task.code, {"units": units}) for when, units in assigned
            ]
            session.add_all(row for n, when in enumerate(sent) for row in told(shares[n].id, n, when))
        records.append_many(session, entries)


def told(share: str, level: int, when: datetime):
    key = f"{share}/{level}"
    yield MessageRow(
        key=key, post="SYT/contact", person="", unit_code="SYT", channel="email", level=level,
        planned_at=when, not_before=when, state=DeliveryState.SENT, settled_at=when,
    )  # fmt: skip
    yield ReminderRow(
        key=key, assignment_id=share, due_on=FIRST, step="x", level=level, post="SYT/contact", falls_at=when,
        decided_at=when, state="planned", message_key=key,
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tasks(), st.dictionaries(st.sampled_from(PLANS), MOMENTS), st.lists(QUERIES, min_size=1, max_size=4))
def test_shares_read_as_lots_give_the_report_every_share_alone_would_give(
    sqlite_template, tmp_path_factory, known, imported, queries
):
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("lots") / "one.db")
    office = office_at(f"sqlite:///{file}", tmp_path_factory.mktemp("home"))
    registered(office, known, imported)

    for query in queries:
        plainly = overdue_of(facts_of(office, query))

        assert overdue_of(weighed_facts_of(office, query)) == plainly
        changes = plainly.changes
        assert changes.before + changes.became - len(changes.left) == len(plainly.rows)
        assert sum(month.open_late for month in plainly.months) == len(plainly.rows)
    office.database.close()


AS_OF = at("2025-10-15")
PLACED = {1: ("30/9/2025", "Sở Y tế"), 2: ("30/9/2025", "Sở Nội vụ"), 3: ("30/9/2025", "Sở Xây dựng")}


def rows(**changed):
    wanted = PLACED | {int(name[1:]): value for name, value in changed.items()}
    return [a_row(number, *value) for number, value in sorted(wanted.items()) if value]


@pytest.mark.parametrize(
    "newer",
    [
        rows(_1=("31/12/2025", "Sở Y tế")),  # a deadline moved
        rows(_2=None),  # a task removed
        rows(_4=("30/9/2025", "Sở Tài chính")),  # a task added that would have been overdue
        rows(_3=("30/9/2025", "Sở Xây dựng, Sở Tư pháp")),  # a unit added
        rows(_3=("30/9/2025", "Sở Tài chính")),  # another unit instead
        rows(_2=("30/9/2025", "")),  # nobody leads any more
    ],
)
def test_a_newer_copy_of_a_plan_changes_no_figure_of_last_month(office, newer):
    bring(office, rows())
    before = report_overdue(office, AS_OF)

    bring(office, newer, "2025-11-03 09:00")

    assert replace(report_overdue(office, AS_OF), data_quality=()) == replace(before, data_quality=())
    plain = overdue_of(facts_of(office, ReportQuery(AS_OF)))
    assert plain.rows == before.rows
    assert report_overdue(office, at("2025-11-04")).rows != before.rows


def test_who_led_last_month_leads_in_the_report_of_last_month(office):
    bring(office, [a_row(1, "30/9/2025", "Sở Y tế", "Sở Nội vụ")])
    bring(office, [a_row(1, "30/9/2025", "Sở Nội vụ", "Sở Y tế")], "2025-11-03 09:00")

    assert [row.unit for row in report_overdue(office, AS_OF).rows] == ["SYT"]
    assert [row.unit for row in report_overdue(office, at("2025-11-04")).rows] == ["SNV"]


def test_a_plan_brought_in_late_counts_from_its_day_of_issue(office):
    bring(office, rows(), "2025-12-01 09:00")

    assert report_overdue(office, AS_OF).matrix.total == 3


def test_the_head_of_the_log_is_that_of_the_moment(office):
    bring(office, rows(), "2025-07-01 09:00")
    before = report_overdue(office, AS_OF).log_head
    act(office, 1, FactKind.REPORTED, at("2025-10-20"))

    assert (
        report_overdue(office, AS_OF).log_head == before != report_overdue(office, at("2025-10-21")).log_head
    )
    assert report_overdue(office, at("2025-06-01")).log_head == ""


def test_a_report_asked_again_knows_what_was_recorded_since_in_whatever_order(office):
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025")])
    when = at("2025-11-01")

    def agree() -> int:
        for moment in (when, at("2025-10-17"), at("2025-10-10"), when):
            plain = overdue_of(facts_of(office, ReportQuery(moment)))
            report = report_overdue(office, moment)
            assert report == replace(plain, query=report.query)
        return report.matrix.done

    counted = [agree()]
    act(office, 1, FactKind.REPORTED, at("2025-10-20"))
    counted.append(agree())
    with office.database.writing() as session:  # of moments before what is known, the later one first
        share = registry.assignments(session, office.directory.unit)[0].id
        facts = [
            Fact(FactKind.EXTENDED, at("2025-10-25"), due_on=FIRST),
            Fact(FactKind.RETURNED, at("2025-10-15")),
        ]
        records.append_many(session, [entry_of(share, fact) for fact in facts])
    act(office, 2, FactKind.EXTENDED, at("2025-09-20"), due_on=date(2025, 10, 5), document="1/UBND")
    counted.append(agree())
    assert counted == [0, 1, 1]


def test_an_older_copy_put_in_place_of_the_database_is_read_anew(office):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.REPORTED, at("2025-10-05"))
    when = at("2025-11-01")
    assert report_overdue(office, when).matrix.done == 1
    with office.database.reading() as session:
        kept = report_rows._READ[session.connection().engine]
    kept.mark, kept.facts = "hash of another log", {}

    assert report_overdue(office, when).matrix.done == 1


def test_a_reading_that_broke_off_is_not_taken_up_half_way(office, monkeypatch):
    bring(office, [a_row(1, "30/9/2025")])
    act(office, 1, FactKind.ACKNOWLEDGED, at("2025-09-19"))
    assert report_overdue(office, at("2025-11-01")).rows[0].extensions == 0
    act(office, 1, FactKind.EXTENDED, at("2025-09-20"), due_on=date(2025, 10, 10), document="1/UBND")
    act(office, 1, FactKind.EXTENDED, at("2025-09-21"), due_on=date(2025, 10, 20), document="2/UBND")
    read, calls = report_rows._decode, []

    def breaks_off(data):
        calls.append(data)
        if len(calls) == 2:
            raise MemoryError
        return read(data)

    with monkeypatch.context() as patched:
        patched.setattr(report_rows, "_decode", breaks_off)
        with pytest.raises(MemoryError):
            report_overdue(office, at("2025-11-01"))

    (row,) = report_overdue(office, at("2025-11-01")).rows
    assert row.extensions == 2
