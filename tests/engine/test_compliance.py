"""The overdue report: what is counted where, and that nothing is counted twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import SpecialDay, WorkCalendar
from engine.compliance import ReminderCount, as_json, document_name, overdue_report
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
    Unit,
    UnitKind,
)
from engine.status import Status

CALENDAR = WorkCalendar(
    [SpecialDay(date(2025, 9, d), False, "Quốc khánh", "TB") for d in (1, 2)], {2025: False}
)
PLAN = Document("KH1", "Kế hoạch phát triển khoa học", "12/KH-UBND", date(2025, 7, 1))
NAMES = {"SYT": "Sở Y tế", "SNV": "Sở Nội vụ", "CAT": "Công an tỉnh", "BATO": "xã Ba Tơ", "AN": "xã An Phú"}
UNITS = {code: Unit(code, name, UnitKind.DEPARTMENT) for code, name in NAMES.items()}
ANYTIME = Deadline("Thường xuyên", DeadlineKind.ONGOING, "việc thường xuyên")


def at(text: str) -> datetime:
    """Moments as people write them, in local time: 2025-09-30 08:00."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def assigned(
    number: str, unit: str, due: str | None, *facts: Fact, role: Role = Role.LEAD, on: str = "2025-07-01"
) -> Assignment:
    task = Task(f"KH1/{number}", PLAN, number, f"Việc số {number}", "", ANYTIME)
    due_on = date.fromisoformat(due) if due else None
    code = f"{task.code}@{unit}"
    return Assignment(code, task, UNITS[unit], role, due_on, date.fromisoformat(on), facts)


def fact(kind: FactKind, when: str, on: str | None = None, due: str | None = None) -> Fact:
    return Fact(kind, at(when), on=on and date.fromisoformat(on), due_on=due and date.fromisoformat(due))


def report(*assignments: Assignment, now: str = "2025-09-30 08:00", reminders=None, questions=()):
    return overdue_report(assignments, reminders or {}, CALENDAR, at(now), "ab12", questions)


def remarks(made) -> dict[str, int]:
    return {remark.code: remark.count for remark in made.data_quality}


REPORTED = fact(FactKind.REPORTED, "2025-09-12 09:00", on="2025-09-10")
RETURNED = fact(FactKind.RETURNED, "2025-09-15 09:00")


@pytest.mark.parametrize(
    ("due", "facts", "cell"),
    [
        ("2025-09-29", [], "open_late"),
        ("2025-09-30", [], "open_in_time"),  # the day itself is still in time
        ("2025-09-28", [], "open_late"),  # Sunday: Monday the 29th has passed
        (None, [], "no_deadline"),
        ("2025-09-10", [REPORTED], "done_on_time"),  # done on the 10th, reported on the 12th
        ("2025-09-09", [REPORTED], "done_late"),
        ("2025-09-10", [REPORTED, RETURNED], "open_late"),  # a returned result is no result
        (None, [REPORTED], "no_deadline"),
        ("2025-09-10", [fact(FactKind.ACCEPTED, "2025-09-29 09:00", on="2025-09-10")], "done_on_time"),
        ("2025-09-10", [fact(FactKind.EXTENDED, "2025-09-09 09:00", due="2025-10-31")], "open_in_time"),
        ("2025-09-10", [fact(FactKind.BLOCKED, "2025-09-09 09:00")], "open_late"),
        ("2025-09-10", [fact(FactKind.HELD, "2025-09-09 09:00")], "awaiting_decision"),
        ("2025-09-10", [fact(FactKind.REPORTED, "2025-09-30 08:01")], "open_late"),  # not yet known
        ("2025-08-31", [fact(FactKind.REPORTED, "2025-09-03 17:00")], "done_on_time"),  # after two days off
    ],
)
def test_an_assignment_stands_in_one_cell_of_the_matrix(due, facts, cell):
    matrix = as_json(report(assigned("1", "SYT", due, *facts)))["matrix"]

    assert {name for name, count in matrix.items() if count} == {cell, "total"}


def test_supporting_units_and_what_is_assigned_later_are_not_judged():
    made = report(
        assigned("1", "SYT", "2025-09-01"),
        assigned("1", "SNV", "2025-09-01", role=Role.SUPPORTING),
        assigned("2", "CAT", "2025-10-15", on="2025-10-01"),
    )

    assert made.matrix.total == 1
    assert [unit.code for unit in made.units] == ["SYT"]


def test_a_cancelled_assignment_is_only_a_remark():
    made = report(assigned("1", "SYT", "2025-09-01", fact(FactKind.CANCELLED, "2025-09-05 09:00")))

    assert (made.matrix.total, made.units, made.rows) == (0, (), ())
    assert remarks(made) == {"cancelled": 1}


def test_both_rates_share_the_denominator_of_what_is_due():
    late = fact(FactKind.REPORTED, "2025-09-20 09:00")
    made = report(
        assigned("1", "SYT", "2025-09-10", REPORTED),
        assigned("2", "SYT", "2025-09-10", late),
        assigned("3", "SYT", "2025-09-10"),
        assigned("4", "SYT", "2025-12-10"),
        assigned("5", "SYT", None),
    )

    assert made.rates.due == 3
    assert (made.rates.completed_of_due, made.rates.on_time_of_due) == (Fraction(2, 3), Fraction(1, 3))
    assert as_json(made)["rates"] == {"completed_of_due": 0.6667, "on_time_of_due": 0.3333}


def test_a_rate_of_nothing_due_is_absent_rather_than_zero():
    made = report(assigned("1", "SYT", "2025-12-10"))

    assert as_json(made)["rates"] == {"completed_of_due": None, "on_time_of_due": None}


def test_an_overdue_row_says_what_was_owed_and_what_was_done_about_it():
    row = assigned("1", "SYT", "2025-08-31", fact(FactKind.EXTENDED, "2025-08-20 09:00", due="2025-09-14"))
    made = report(row, reminders={row.id: ReminderCount(3, 2, at("2025-09-22 08:00"))})

    assert as_json(made)["rows"] == [
        {
            "task": "KH1/1",
            "title": "Việc số 1",
            "unit": "SYT",
            "unit_name": "Sở Y tế",
            "original_due_on": "2025-08-31",
            "due_on": "2025-09-14",  # Sunday
            "effective_due_on": "2025-09-15",
            "days_late": 15,
            "reminders": 3,
            "level": 2,
            "status": "open",
            "extensions": 1,
            "extended_due_on": "2025-09-14",
            "extension_wished_on": None,
            "acknowledged": False,
            "new": False,
            "letters": [],
        }
    ]
    assert made.rows[0].document == "12/KH-UBND ngày 01/07/2025, STT 1"


def test_rows_stand_longest_overdue_first_then_by_task_and_unit():
    made = report(
        assigned("2", "SYT", "2025-09-10"),
        assigned("1", "SYT", "2025-09-10"),
        assigned("1", "CAT", "2025-09-10"),
        assigned("3", "SYT", "2025-08-10"),
    )

    assert [(row.task, row.unit) for row in made.rows] == [
        ("KH1/3", "SYT"),
        ("KH1/1", "CAT"),
        ("KH1/1", "SYT"),
        ("KH1/2", "SYT"),
    ]


def test_units_stand_worst_first_then_in_vietnamese_order():
    made = report(
        assigned("1", "SYT", "2025-12-10"),
        assigned("1", "SNV", "2025-09-10"),
        assigned("2", "SNV", "2025-09-10"),
        assigned("1", "BATO", "2025-09-10"),
        assigned("1", "AN", "2025-09-10"),
        assigned("1", "CAT", "2025-08-10"),
    )

    assert [unit.name for unit in made.units] == [
        "Sở Nội vụ",
        "Công an tỉnh",
        "xã An Phú",
        "xã Ba Tơ",
        "Sở Y tế",
    ]


@pytest.mark.parametrize(
    ("days", "place"), [(1, 0), (7, 0), (8, 1), (30, 1), (31, 2), (60, 2), (61, 3), (400, 3)]
)
def test_ageing_counts_calendar_days(days, place):
    now = datetime(2025, 7, 1, 8, tzinfo=HANOI) + timedelta(days=days)
    made = overdue_report([assigned("1", "SYT", "2025-07-01")], {}, CALENDAR, now, "ab12")

    assert [age["count"] for age in as_json(made)["ageing"]] == [int(place == n) for n in range(4)]


def test_remarks_name_what_the_figures_cannot_show():
    made = report(
        assigned("1", "SYT", "2025-09-10", REPORTED),
        assigned("2", "SYT", "2025-09-10", REPORTED, RETURNED),
        assigned("3", "SYT", "2026-09-10"),
        questions=[("unknown-unit", "Không rõ đơn vị."), ("unknown-unit", "Không rõ đơn vị."), ("a", "Hạn?")],
    )

    assert remarks(made) == {
        "a": 1,
        "unknown-unit": 2,
        "waiting-for-acceptance": 1,
        "returned": 1,
        "not-reminded": 1,
        "calendar-missing": 1,
    }


def test_the_moment_is_printed_in_local_time_and_its_local_day_decides():
    due = assigned("1", "SYT", "2025-09-29")
    made = overdue_report([due], {}, CALENDAR, datetime(2025, 9, 29, 17, 30, tzinfo=UTC), "ab12")

    assert as_json(made)["as_of"] == "2025-09-30T00:30:00+07:00"
    assert made.matrix.open_late == 1


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("12/KH-UBND", "12/KH-UBND ngày 01/07/2025"),
        ("  /KH-UBND", "KH1 ngày 01/07/2025"),  # a draft
        ("", "KH1 ngày 01/07/2025"),
    ],
)
def test_a_document_without_a_number_goes_by_its_code(number, shown):
    assert document_name(replace(PLAN, number=number)) == shown


def test_the_report_names_each_plan_once_and_a_draft_by_its_title_too():
    numbered, draft = assigned("1", "SYT", "2025-09-01"), assigned("2", "SYT", "2025-09-01")
    plan = replace(PLAN, code="KH2", number=" /KH-UBND")
    draft = replace(draft, task=replace(draft.task, document=plan))

    assert report(numbered, assigned("3", "SNV", None), draft).documents == (
        "12/KH-UBND ngày 01/07/2025",
        "KH2: Kế hoạch phát triển khoa học ngày 01/07/2025",
    )


DAYS = st.dates(date(2025, 6, 1), date(2026, 1, 31))
MOMENTS = st.datetimes(datetime(2025, 7, 1), datetime(2025, 12, 31), timezones=st.just(HANOI))
FACTS = st.builds(Fact, st.sampled_from(FactKind), MOMENTS, on=st.none() | DAYS, due_on=DAYS)


@st.composite
def anything_assigned(draw: st.DrawFn) -> list[Assignment]:
    owed = draw(st.sets(st.tuples(st.sampled_from("123456"), st.sampled_from(sorted(NAMES))), max_size=15))
    made = []
    for number, unit in sorted(owed):
        facts = sorted(draw(st.lists(FACTS, max_size=4)), key=lambda one: one.at)
        due_on = draw(st.none() | DAYS)
        one = assigned(number, unit, due_on and due_on.isoformat(), *facts, role=draw(st.sampled_from(Role)))
        made.append(replace(one, assigned_on=draw(DAYS)))
    return made


@given(anything_assigned(), MOMENTS)
def test_parts_sum_to_the_whole_and_every_row_is_in_one_bin(assignments, now):
    made = as_json(overdue_report(assignments, {}, CALENDAR, now, "ab12"))
    matrix, units, rows = made["matrix"], made["units"], made["rows"]

    assert sum(count for name, count in matrix.items() if name != "total") == matrix["total"]
    assert {name: sum(unit[name] for unit in units) for name in matrix} == matrix
    assert len(rows) == matrix["open_late"] == sum(age["count"] for age in made["ageing"])
    for age in made["ageing"]:
        held = [row for row in rows if age["from"] <= row["days_late"] <= (age["to"] or 10**6)]
        assert len(held) == age["count"]
    assert max((unit["oldest_days_late"] for unit in units), default=0) == (
        rows[0]["days_late"] if rows else 0
    )


@given(anything_assigned(), MOMENTS)
def test_rates_lie_between_nothing_and_everything(assignments, now):
    made = overdue_report(assignments, {}, CALENDAR, now, "ab12")

    for rates in (made.rates, *(unit.matrix.rates for unit in made.units)):
        if rates.due:
            assert 0 <= rates.on_time_of_due <= rates.completed_of_due <= 1
        else:
            assert rates.completed_of_due is rates.on_time_of_due is None


@given(anything_assigned(), MOMENTS, st.randoms())
def test_the_order_of_input_does_not_matter(assignments, now, random):
    shuffled = list(assignments)
    random.shuffle(shuffled)

    assert overdue_report(shuffled, {}, CALENDAR, now, "x") == overdue_report(
        assignments, {}, CALENDAR, now, "x"
    )


@given(anything_assigned(), MOMENTS)
def test_what_is_recorded_later_does_not_change_the_report_of_today(assignments, now):
    known = [
        replace(one, facts=tuple(fact for fact in one.facts if fact.at <= now))
        for one in assignments
        if one.assigned_on <= now.date()
    ]

    assert overdue_report(assignments, {}, CALENDAR, now, "x") == overdue_report(
        known, {}, CALENDAR, now, "x"
    )


def test_statuses_in_rows_are_codes():
    made = report(assigned("1", "SYT", "2025-09-10", fact(FactKind.ACKNOWLEDGED, "2025-09-09 09:00")))

    assert (made.rows[0].status, as_json(made)["rows"][0]["status"]) == (Status.ACKNOWLEDGED, "acknowledged")


# --- who is worst, what is new, what comes next --------------------------------------------


def several(unit: str, count: int, due: str = "2025-09-10", *facts: Fact) -> list[Assignment]:
    return [assigned(f"{unit}-{n}", unit, due, *facts) for n in range(count)]


def test_units_with_fewer_than_five_due_are_listed_apart():
    made = report(*several("SYT", 5), *several("SNV", 4), *several("CAT", 6, "2025-12-31"))

    assert [unit.code for unit in made.worst] == ["SYT"]
    assert [unit.code for unit in made.unranked] == ["SNV"]


def test_equals_stand_in_the_order_of_the_alphabet():
    made = report(*several("BATO", 5), *several("AN", 5), *several("CAT", 6))

    assert [unit["code"] for unit in as_json(made)["worst"]] == ["CAT", "AN", "BATO"]


def test_the_worst_tell_what_was_acknowledged_and_what_waits_for_an_extension():
    received = fact(FactKind.ACKNOWLEDGED, "2025-09-09 09:00")
    wished = fact(FactKind.EXTENSION_REQUESTED, "2025-09-09 10:00", due="2025-10-31")
    made = report(*several("SYT", 4), assigned("9", "SYT", "2025-09-01", received, wished))

    (worst,) = as_json(made)["worst"]
    assert (worst["overdue"], worst["oldest_days_late"]) == (5, 27)  # from the 3rd on, after two days off
    assert (worst["acknowledged"], worst["extension_pending"]) == (1, 1)


@pytest.mark.parametrize(
    ("due", "facts", "before", "became", "left"),
    [
        ("2025-09-10", [], 1, 0, []),  # was late a week ago and is
        ("2025-09-24", [], 0, 1, []),  # became late within the week
        ("2025-09-22", [], 1, 0, []),  # late from the 23rd on, which is the day compared with
        ("2025-09-23", [], 0, 1, []),
        ("2025-09-10", [fact(FactKind.REPORTED, "2025-09-25 09:00")], 1, 0, ["done"]),
        ("2025-09-10", [fact(FactKind.REPORTED, "2025-09-22 09:00")], 0, 0, []),  # done before
        ("2025-09-10", [fact(FactKind.EXTENDED, "2025-09-25 09:00", due="2025-10-31")], 1, 0, ["extended"]),
        ("2025-09-10", [fact(FactKind.CANCELLED, "2025-09-25 09:00")], 1, 0, ["cancelled"]),
        ("2025-09-10", [fact(FactKind.HELD, "2025-09-25 09:00")], 1, 0, ["undecided"]),
        ("2025-09-10", [REPORTED, fact(FactKind.RETURNED, "2025-09-25 09:00")], 0, 1, []),
    ],
)
def test_what_became_overdue_in_seven_days_and_what_left(due, facts, before, became, left):
    made = report(assigned("1", "SYT", due, *facts), now="2025-09-30 08:00")
    new = as_json(made)["new"]

    assert (new["before"], new["became"], [row["why"] for row in new["left"]]) == (before, became, left)
    assert new["before"] + new["became"] - len(new["left"]) == made.matrix.open_late


@pytest.mark.parametrize(
    ("due", "facts", "comes"),
    [
        ("2025-09-29", [], False),  # late
        ("2025-09-30", [], True),
        ("2025-10-07", [], True),
        ("2025-10-08", [], False),
        ("2025-10-03", [REPORTED], False),
        ("2025-10-03", [fact(FactKind.EXTENDED, "2025-09-20 09:00", due="2025-12-31")], False),
        ("2025-09-01", [fact(FactKind.EXTENDED, "2025-09-20 09:00", due="2025-10-02")], True),
        (None, [], False),
    ],
)
def test_what_falls_due_within_seven_days_comes_next(due, facts, comes):
    made = as_json(report(assigned("1", "SYT", due, *facts)))["next"]

    assert (made["assignments"], made["tasks"], made["units"]) == ((1, 1, 1) if comes else (0, 0, 0))
    assert made["until"] == "2025-10-07"


def test_months_add_up_to_what_fell_due_and_heat_to_what_is_overdue():
    late = fact(FactKind.REPORTED, "2025-09-20 09:00")
    made = as_json(
        report(
            assigned("1", "SYT", "2025-08-29"),
            assigned("2", "SYT", "2025-09-10", late),
            assigned("3", "SNV", "2025-09-10", REPORTED),
            assigned("4", "SNV", "2025-12-10"),
        )
    )

    assert made["months"] == [
        {"month": "2025-08", "done_on_time": 0, "done_late": 0, "open_late": 1},
        {"month": "2025-09", "done_on_time": 1, "done_late": 1, "open_late": 0},
    ]
    assert made["heat"] == [{"code": "SYT", "name": "Sở Y tế", "overdue": {"2025-08": 1}}]
