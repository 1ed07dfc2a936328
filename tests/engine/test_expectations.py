"""Tests of the rules: what they expect, how they are read, and what a failure says."""

from __future__ import annotations

import pytest

from engine.calendar import WorkCalendar
from engine.expectation_facts import FACT_WORDS
from engine.expectation_file import read_tests
from engine.expectations import outcome_of
from engine.model import FactKind, Role
from engine.rulebook import read_rulebook
from engine.spans import read_day, read_span
from tests.engine.planning_world import CALENDAR, CONFIG, RULEBOOK

TASK = "task: {unit: SYT, deadline: 30/9/2025, issued: 1/7/2025}"


@pytest.fixture
def read(directory):
    """Read the lines of one test under a name, and return it with the problems."""

    def reading(*lines: str):
        text = "\n    ".join(("tests:\n  - name: Thử", *lines))
        return read_tests(text, "thu.yml", directory)

    return reading


@pytest.fixture
def tried(read):
    """Read one test without a mistake and return what of it does not hold under the shipped rules."""

    def trying(*lines: str, rulebook=RULEBOOK):
        (test,), problems = read(*lines)
        assert problems == []
        return outcome_of(test, rulebook, CALENDAR).failures

    return trying


@pytest.mark.parametrize("file", sorted((CONFIG / "rules" / "tests").glob("*.yml")), ids=lambda f: f.name)
def test_the_shipped_rules_do_what_their_tests_expect(file, directory):
    tests, problems = read_tests(file.read_text("utf-8"), file.name, directory)

    assert problems == []
    assert [failure for test in tests for failure in outcome_of(test, RULEBOOK, CALENDAR).failures] == []


@pytest.mark.parametrize(
    ("edited", "into", "failed"),
    [
        ("before: 3 ngày", "before: 4 ngày", "Đầu mối được nhắc đủ năm lần"),
        ("unless: acknowledged", "", "Đã nhận việc thì thôi nhắc sớm"),
        ("after: 15 ngày", "after: 16 ngày", "Quá hạn không ai trả lời"),
        ("to: head", "to: contact", "Dịch vụ dừng rồi chạy lại"),
        ("duty: có", "duty: không", "Việc định kỳ chỉ nhắc"),
        ("tasks_per_day: 10", "tasks_per_day: 5", "Chủ tịch nhận mỗi ngày"),
    ],
)
def test_an_edit_of_the_rules_fails_the_test_that_speaks_of_it(edited, into, failed, directory):
    text = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    rulebook, problems = read_rulebook({"mac-dinh.yml": text.replace(edited, into)})
    tests, _ = read_tests((CONFIG / "rules/tests/mac-dinh.yml").read_text("utf-8"), "t.yml", directory)
    (concerned,) = [test for test in tests if test.name.startswith(failed)]

    assert edited in text
    assert problems == []
    assert not outcome_of(concerned, rulebook, CALENDAR).passed


def test_without_a_calendar_of_holidays_the_test_of_tet_fails(directory):
    tests, _ = read_tests((CONFIG / "rules/tests/mac-dinh.yml").read_text("utf-8"), "t.yml", directory)
    tet = next(test for test in tests if "Tết" in test.name)

    assert outcome_of(tet, RULEBOOK, CALENDAR).passed
    assert not outcome_of(tet, RULEBOOK, WorkCalendar()).passed


# --- what a failure says -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        (
            "{at: 26/9/2025 08:00, step: truoc-3-ngay}",
            "bậc 'truoc-3-ngay' rơi vào 08:00 25/09/2025: đã gửi 08:00 25/09/2025",
        ),
        (
            "{at: 24/9/2025, step: truoc-3-ngay}",
            "bậc 'truoc-3-ngay' rơi vào 08:00 25/09/2025: chưa đến",
        ),
        ("{at: 27/9/2025, to: contact}", "ngày 27/09/2025 là ngày nghỉ: Thứ Bảy"),
        (
            "{at: 24/9/2025, to: contact}",
            "không bậc nào gửi đầu mối (contact) rơi vào lúc đó; "
            "gần nhất là 'truoc-3-ngay', 08:00 25/09/2025",
        ),
        (
            "{at: 25/9/2025, to: head}",
            "không bậc nào gửi thủ trưởng đơn vị (head) rơi vào lúc đó; "
            "gần nhất là 'bao-lanh-dao-don-vi', 08:00 03/10/2025",
        ),
        ("{at: 25/9/2025, via: mailbox}", "08:00 25/09/2025 bậc 'truoc-3-ngay' qua email, mailbox"),
        ("{at: 25/9/2025, tasks: 2}", "08:00 25/09/2025 bậc 'truoc-3-ngay' có 1 nhiệm vụ"),
    ],
)
def test_a_missing_message_is_explained(expected, why, tried):
    (failure,) = tried(TASK, f"expect: [{expected}]")

    assert failure.why == why


@pytest.mark.parametrize(
    ("fact", "step", "why"),
    [
        ("what: báo cáo", "truoc-3-ngay", "đơn vị đã báo cáo kết quả"),
        ("what: đã nhận", "truoc-7-ngay", "đơn vị đã xác nhận đã nhận; bậc này chỉ nhắc khi chưa nhận"),
        ("what: hủy", "den-han", "phần việc đã được hủy"),
        ("what: vướng", "den-han", "phần việc đang vướng đơn vị khác"),
    ],
)
def test_what_happened_explains_the_silence(fact, step, why, tried):
    (failure,) = tried(
        TASK, f"facts: [{{at: 10/9/2025, {fact}}}]", f"expect: [{{at: 30/9/2025, step: {step}}}]"
    )

    assert why in failure.why


@pytest.mark.parametrize(
    ("also", "expected", "why"),
    [
        (
            "facts: [{at: 5/9/2025, what: đã nhận}]",
            "{at: 9/9/2025, to: contact}",
            "bậc 'truoc-15-ngay' rơi vào 08:00 09/09/2025: đơn vị đã xác nhận đã nhận",
        ),
        (
            "outage: {from: 24/9/2025, to: 26/9/2025}",
            "{at: 25/9/2025, step: truoc-3-ngay}",
            "bậc 'truoc-3-ngay' rơi vào 08:00 25/09/2025: dịch vụ không chạy từ 24/09/2025 đến 26/09/2025",
        ),
        (
            "vacant: [SYT/contact, SYT/head, coordinator]",
            "{at: 21/10/2025, to: chairman}",
            "bậc 'bao-chu-tich' rơi vào 08:00 21/10/2025: cấp dưới chưa liên lạc được",
        ),
    ],
)
def test_the_reason_is_found_though_no_step_is_named_or_nothing_was_decided(also, expected, why, tried):
    (failure,) = tried(TASK, also, f"expect: [{expected}]")

    assert failure.why.startswith(why)


def test_what_is_over_the_daily_limit_is_told_beside_what_is_sent(tried):
    (failure,) = tried(
        TASK.replace("}", ", copies: 12}"), "expect: [{at: 21/10/2025, step: bao-chu-tich, tasks: 12}]"
    )

    assert failure.why.startswith("08:00 21/10/2025 bậc 'bao-chu-tich' có 10 nhiệm vụ; ")
    assert "hết mức trong ngày" in failure.why


def test_reminders_turn_to_the_unit_that_is_waited_for(tried):
    failures = tried(
        TASK,
        "facts: [{at: 20/9/2025 09:00, what: vướng, by: Sở Tài chính}]",
        "expect: [{at: 25/9/2025 08:00, step: truoc-3-ngay, to: contact, unit: STC}]",
        "expect_none: [{from: 21/9/2025, unit: SYT}]",
    )

    assert failures == ()


def test_the_post_of_the_unit_waited_for_may_be_vacant(tried):
    failures = tried(
        TASK,
        "facts: [{at: 20/9/2025, what: vướng, by: STC}]",
        "vacant: [STC/contact]",
        "expect_none: [{from: 21/9/2025, level: contact}]",
    )

    assert failures == ()


@pytest.mark.parametrize(
    ("when", "holds"), [("tag: khẩn", True), ("number: '7'", True), ("tag: chậm", False)]
)
def test_a_rule_may_ask_for_the_tag_and_the_number_of_the_task(when, holds, tried):
    text = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    first = f"  - {{id: rieng, priority: 9, when: {{ {when} }}, policy: viec-dinh-ky}}\n"
    rulebook, _ = read_rulebook({"r.yml": text.replace("\nrules:\n", f"\nrules:\n{first}")})
    task = TASK.replace("}", ", tag: KHẨN, number: 7}")

    assert (tried(task, "expect_none: [{level: chairman}]", rulebook=rulebook) == ()) is holds


def test_work_that_was_past_its_deadline_when_given_waits_for_a_person(tried):
    given_late = TASK.replace("}", ", assigned: 1/11/2025}")

    assert tried(given_late, "expect_none: [{}]") == ()


def test_a_wish_for_more_time_may_name_its_day(tried):
    wish = "facts: [{at: 22/9/2025, what: đề nghị gia hạn, to: 15/10/2025}]"

    assert tried(TASK, wish, "expect: [{at: 30/9/2025, step: den-han}]") == ()


def test_a_failed_test_says_which_rule_took_the_task(read):
    (test,), _ = read(TASK, "expect: [{at: 24/9/2025}]")
    rule = RULEBOOK.rule_for(test.assignments[0])

    assert outcome_of(test, RULEBOOK, CALENDAR).taken_by == (
        f"quy tắc 'mac-dinh' ({rule.place}), chính sách 'nhiem-vu', hạn 30/09/2025",
    )


def test_a_step_that_is_misspelt_is_named_with_the_nearest_one(tried):
    (failure,) = tried(TASK, "expect: [{at: 25/9/2025, step: truoc-3-ngai}]")

    assert failure.why.startswith("chính sách 'nhiem-vu' không có bậc 'truoc-3-ngai'")
    assert failure.why.endswith("ý bạn là 'truoc-3-ngay'?")


def test_the_nearest_messages_stand_beside_what_was_expected(tried):
    (failure,) = tried(TASK, "expect: [{at: 25/9/2025 08:00, step: truoc-3-ngay, to: head}]")

    assert failure.said == "mong đợi lúc 08:00 25/09/2025, bậc 'truoc-3-ngay', gửi thủ trưởng đơn vị (head)"
    assert "08:00 25/09/2025, bậc 'truoc-3-ngay', gửi đầu mối (contact), SYT" in [
        sent.said for sent in failure.instead
    ]


def test_every_failure_of_a_test_is_reported_in_the_order_of_the_file(tried):
    failures = tried(
        TASK,
        "expect:",
        "  - {at: 25/9/2025, to: chairman}",
        "  - {at: 30/9/2025, step: den-han}",
        "expect_none:",
        "  - {from: 26/9/2025, to: 29/9/2025}",
    )

    assert [failure.line for failure in failures] == [5, 8]
    assert [sent.step for sent in failures[1].instead] == ["truoc-1-ngay"]


def test_only_means_nothing_else_between_the_first_and_the_last(tried):
    lines = (TASK, "expect: [{at: 25/9/2025}, {at: 30/9/2025}]")
    (failure,) = tried(*lines, "only: có")

    assert tried(*lines) == ()
    assert [sent.step for sent in failure.instead] == ["truoc-1-ngay"]


@pytest.mark.parametrize(
    ("quiet", "holds"),
    [
        ("{level: head, to: 2/10/2025}", True),
        ("{level: head, to: 3/10/2025}", False),
        ("{level: head, to: 07:59 3/10/2025}", True),
        ("{at: 26/9/2025}", True),
        ("{at: 25/9/2025}", False),
        ("{step: truoc-3-ngay, from: 26/9/2025}", True),
        ("{step: truoc-3-ngay}", False),
        ("{level: supporting}", True),
    ],
)
def test_a_quiet_stretch_may_be_narrowed(quiet, holds, tried):
    assert (tried(TASK, f"expect_none: [{quiet}]") == ()) is holds


def test_channels_are_those_of_the_step_in_its_order(tried):
    def fails(via: str) -> bool:
        return bool(tried(TASK, f"expect: [{{at: 25/9/2025, via: {via}}}]"))

    assert (fails("[email, mailbox]"), fails("[mailbox, email]"), fails("email")) == (False, True, True)


def test_a_fact_may_concern_one_of_several_units(tried):
    failures = tried(
        "task: {unit: [SYT, Sở Xây dựng], deadline: 30/9/2025, issued: 1/7/2025}",
        "facts: [{at: 20/9/2025, what: báo cáo, unit: SXD}]",
        "expect: [{at: 30/9/2025, unit: SYT}]",
        "expect_none: [{from: 21/9/2025, unit: SXD}]",
    )

    assert failures == ()


def test_a_rule_that_takes_nothing_says_so(tried):
    text = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    when = "    priority: 1\n    when: { unit: STC }\n"
    one_unit = text.replace("  - id: mac-dinh\n", f"  - id: mac-dinh\n{when}")
    rulebook, problems = read_rulebook({"r.yml": one_unit})
    (failure,) = tried(TASK, "expect: [{at: 25/9/2025}]", rulebook=rulebook)

    assert problems == []
    assert failure.why == "không quy tắc nào áp dụng cho phần việc này"
    assert failure.instead == ()


# --- how a file is read --------------------------------------------------------------------


def test_a_deadline_is_read_as_in_a_plan(read):
    (test,), _ = read("task: {unit: SYT, deadline: Quý III năm 2025, issued: 1/7/2025}", "expect_none: [{}]")

    assert [f"{share.due_on:%d/%m/%Y}" for share in test.assignments] == ["30/09/2025"]


def test_supporting_units_and_copies_make_shares(read):
    (test,), _ = read(
        "task: {unit: SYT, supporting: [SXD, SYT], deadline: 30/9/2025, issued: 1/7/2025, copies: 2}",
        "expect: [{at: 30/9/2025}]",
    )

    assert [(share.id, share.role) for share in test.assignments] == [
        ("KH-THU/1@SYT", Role.LEAD),
        ("KH-THU/1@SXD", Role.SUPPORTING),
        ("KH-THU/2@SYT", Role.LEAD),
        ("KH-THU/2@SXD", Role.SUPPORTING),
    ]


def test_every_kind_of_fact_has_a_vietnamese_name():
    assert set(FACT_WORDS.values()) == set(FactKind)


@pytest.mark.parametrize(
    ("lines", "line", "column", "code"),
    [
        (["expect: [{at: 25/9/2025}]"], 2, 5, "missing-key"),
        ([TASK], 2, 5, "no-expectation"),
        ([TASK, "expects: [{at: 25/9/2025}]"], 4, 5, "unknown-key"),
        ([TASK, "expect: [{at: 25/9/2025, stp: den-han}]"], 4, 30, "unknown-key"),
        ([TASK, "expect: [{step: den-han}]"], 4, 14, "missing-key"),
        ([TASK, "expect: [{at: 31/9/2025}]"], 4, 19, "bad-value"),
        ([TASK, "expect: [{at: hôm qua}]"], 4, 19, "bad-value"),
        ([TASK, "expect: [{at: 25/9/9999}]"], 4, 19, "bad-value"),
        ([TASK, "expect: [{at: 25/9/2025 25:00}]"], 4, 19, "bad-value"),
        ([TASK, "expect: [{at: 25/9/2035}]"], 2, 5, "too-long"),
        ([TASK, "expect: [{at: 25/9/2025, to: đầu mối}]"], 4, 34, "bad-value"),
        ([TASK, "expect: [{at: 25/9/2025, unit: STC}]"], 4, 36, "unknown-unit"),
        ([TASK, "expect_none: [{from: 2/9/2025, to: 1/9/2025}]"], 4, 40, "bad-dates"),
        ([TASK, "expect_none: [{from: 2/9/2025, at: 1/9/2025}]"], 4, 40, "two-times"),
        ([TASK, "only: có", "expect_none: [{}]"], 2, 5, "only-nothing"),
        ([TASK, "vacant: SXD/contact", "expect_none: [{}]"], 4, 13, "unknown-post"),
        ([TASK, "vacant: [head, SXD/contact]", "expect_none: [{}]"], 4, 20, "unknown-post"),
        ([TASK, "expect: [{at: 25/9/2025, tasks: ２}]"], 4, 37, "bad-value"),
        ([TASK, "outage: {from: 1/9/2025}", "expect_none: [{}]"], 4, 13, "missing-key"),
        ([TASK, "facts: [{at: 2/9/2025, what: xong}]", "expect_none: [{}]"], 4, 34, "bad-value"),
        ([TASK, "facts: [{at: 2/9/2025, what: gia hạn}]", "expect_none: [{}]"], 4, 13, "missing-key"),
        (
            [TASK, "facts: [{at: 2/9/2025, what: hủy, to: 5/9/2025}]", "expect_none: [{}]"],
            4, 43, "bad-value",
        ),
        ([TASK, "facts: [{at: 30/6/2025, what: hủy}]", "expect_none: [{}]"], 4, 18, "bad-dates"),
        (
            [TASK, "facts: [{at: 2/9/2025, what: gia hạn, to: 15/9/2025}]", "expect_none: [{}]"],
            4, 47, "bad-dates",
        ),
        ([TASK, "facts: [{at: 2/9/2025, what: vướng, by: Lạ}]", "expect_none: [{}]"], 4, 45, "unknown-unit"),
        ([TASK, "facts: [{at: 2/9/2025, what: vướng, by: SYT}]", "expect_none: [{}]"], 4, 45, "unknown-unit"),
        (
            [TASK, "facts: [{at: 2/9/2025, what: vướng, by: STC; SXD}]", "expect_none: [{}]"],
            4, 45, "several-units",
        ),
        ([TASK, "expect: [{at: 25/9/2025}]", "expect_none: [{to: 26/9/2025}]"], 5, 19, "contradiction"),
        ([TASK, "facts: [{what: hủy}]", "expect_none: [{}]"], 4, 13, "missing-key"),
        (["task: {unit: SYTE, deadline: 30/9/2025, issued: 1/7/2025}"], 3, 18, "unknown-unit"),
        (["task: {deadline: 30/9/2025, issued: 1/7/2025}", "expect_none: [{}]"], 3, 11, "missing-key"),
        (["task: {unit: SYT, deadline: 30/9/2025}", "expect_none: [{}]"], 3, 11, "missing-key"),
        (
            ["task: {unit: SYT, deadline: Trước ngày 15 hằng tháng, issued: 1/7/2025}", "expect_none: [{}]"],
            3, 33, "recurring-deadline",
        ),
        (["task: SYT", "expect_none: [{}]"], 3, 11, "not-a-mapping"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_stands_and_its_test_is_not_run(lines, line, column, code, read):
    tests, problems = read(*lines)

    assert tests == []
    assert ("thu.yml", line, column, code) in [problem.place_and_code for problem in problems]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{at: 31/9/2025 08:00}", "trong lịch không có ngày 31/9/2025; ghi dạng: 2025-09-25 08:00"),
        ("{at: 24/9/2025, bậc: den-han}", "ý bạn là 'step'?"),
    ],
)
def test_the_way_out_says_what_was_meant(wrong, said, read):
    _, (problem,) = read(TASK, f"expect: [{wrong}]")

    assert said in problem.hint


def test_what_is_misread_is_told_once_and_contradicts_nothing(read):
    _, (problem,) = read(TASK, "expect: [{at: 25/9/2025}]", "expect_none: [{cấp: chairman}]")

    assert (problem.code, problem.hint.partition(" — ")[2]) == ("unknown-key", "ý bạn là 'level'?")


@pytest.mark.parametrize(
    "quiet",
    [
        "{from: 25/9/2025 09:00}",
        "{to: 24/9/2025}",
        "{level: head}",
        "{step: den-han}",
        "{unit: SYT, tasks: 2}",
    ],
)
def test_an_expectation_beside_a_narrower_silence_contradicts_nothing(quiet, read):
    tests, problems = read(TASK, "expect: [{at: 25/9/2025, to: contact}]", f"expect_none: [{quiet}]")

    assert (len(tests), problems) == (1, [])


def test_under_a_policy_without_steps_silence_holds_and_a_message_fails_with_its_place(tried):
    rule = "{id: y-te, policy: mien, priority: 9, when: {unit: SYT}}"
    mine = f"policies: [{{id: mien, steps: []}}]\nrules: [{rule}]\n"
    shipped = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    quiet, problems = read_rulebook({"m.yml": shipped, "r.yml": mine})
    (failure,) = tried(TASK, "expect: [{at: 25/9/2025, step: truoc-3-ngay}]", rulebook=quiet)

    assert problems == []
    assert tried(TASK, "expect_none: [{from: 1/7/2025, to: 31/12/2025}]", rulebook=quiet) == ()
    assert failure.why == "chính sách 'mien' (r.yml:1) ghi 'steps: []': không nhắc ai"


def test_a_level_in_the_words_of_people_leads_to_the_word_of_the_file(read):
    _, (problem,) = read(TASK, "expect: [{at: 25/9/2025, to: lãnh đạo đơn vị}]")

    assert "ý bạn là 'head'" in problem.hint


@pytest.mark.parametrize(
    ("line", "blank"),
    [
        ("expect: [{at: 25/9/2025, step: }]", "step"),
        ("expect: [{at: 25/9/2025, via: []}]", "via"),
        ("expect_none: [{from: 1/10/2025, to: }]", "to"),
        ("only:", "only"),
        ("facts: [{at: 5/9/2025, what: đã nhận, unit: }]", "unit"),
    ],
)
def test_what_is_left_blank_is_reported_and_not_taken_for_everything(read, line, blank):
    _, problems = read(TASK, "expect: [{at: 30/9/2025}]" if line[:7] != "expect:" else "only: không", line)

    assert [(p.code, f"'{blank}'" in p.message) for p in problems] == [("empty-value", True)]


def test_a_mistaken_test_leaves_the_others_to_run(directory):
    text = f"tests:\n  - {{name: Hỏng}}\n  - name: Tốt\n    {TASK}\n    expect: [{{at: 30/9/2025}}]\n"
    tests, problems = read_tests(text, "thu.yml", directory)

    assert [test.name for test in tests] == ["Tốt"]
    assert {problem.line for problem in problems} == {2}


@pytest.mark.parametrize("text", ["", "tests: []\n", "tests:\n", "rules: []\n", "- a\n", "tests: [\n", "a"])
def test_a_file_without_tests_is_a_problem(text, directory):
    tests, problems = read_tests(text, "thu.yml", directory)

    assert tests == []
    assert problems != []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2025-09-25 08:00", "lúc 08:00 25/09/2025"),
        ("2025-09-25T08:00:00", "lúc 08:00 25/09/2025"),
        ("25/9/2025 8h", "lúc 08:00 25/09/2025"),
        ("8h30 ngày 25/9/2025", "lúc 08:30 25/09/2025"),
        ("08:00, 25.09.2025", "lúc 08:00 25/09/2025"),
        ("2025-9-25", "ngày 25/09/2025"),
        ("25-09-2025", "ngày 25/09/2025"),
    ],
)
def test_moments_are_written_as_people_write_them(written, said):
    found = read_span(written)

    assert found is not None
    assert found.said == said
    assert (read_day(written) is not None) is said.startswith("ngày")
