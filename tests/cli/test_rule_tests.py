"""`dondoc test`: where tests are found, under which rules, and what it prints and exits with."""

from __future__ import annotations

import pytest

from usecases.configuration import load_rulebook

HELD = """\
tests:
  - name: Nhắc trước hạn 3 ngày
    task: {unit: SYT, deadline: 30/9/2025, issued: 1/7/2025}
    expect: [{at: 25/9/2025 08:00, step: truoc-3-ngay, to: contact}]
"""
FAILING = HELD.replace("25/9/2025", "26/9/2025")
MISTAKEN = HELD.replace("step:", "stp:")


@pytest.fixture
def tests(config):
    """The tests beside a copy of the shipped rules: one that holds."""
    folder = config / "rules" / "tests"
    (folder / "mac-dinh.yml").write_text(HELD, "utf-8")
    return folder


def test_the_shipped_tests_hold(dondoc):
    answer = dondoc("test")

    assert answer.code == 0, answer.out
    assert "✔ config/rules/tests/mac-dinh.yml:" in answer.out
    assert "✘" not in answer.out


def test_tests_beside_the_rules_are_no_rules(config, tests):
    before = load_rulebook(config).fingerprint
    (tests / "sai.yml").write_text(MISTAKEN, "utf-8")

    assert load_rulebook(config).fingerprint == before


def test_a_failure_names_its_line_what_was_expected_and_what_would_be_sent(dondoc, tests):
    (tests / "sai.yml").write_text(FAILING, "utf-8")
    answer = dondoc("test")

    assert answer.code == 3
    assert answer.err == "1 phép thử không đạt.\n"
    assert answer.out.splitlines()[:6] == [
        "✔ config/rules/tests/mac-dinh.yml:2  Nhắc trước hạn 3 ngày",
        "✘ config/rules/tests/sai.yml:2  Nhắc trước hạn 3 ngày",
        "    config/rules/tests/sai.yml:4  mong đợi lúc 08:00 26/09/2025, bậc 'truoc-3-ngay', "
        "gửi đầu mối (contact)",
        "      bậc 'truoc-3-ngay' rơi vào 08:00 25/09/2025: đã gửi 08:00 25/09/2025",
        "      sẽ gửi:",
        "        08:00 25/09/2025, bậc 'truoc-3-ngay', gửi đầu mối (contact), SYT",
    ]


def test_a_mistake_in_a_file_is_printed_with_its_place_and_the_other_tests_run(dondoc, tests):
    (tests / "sai.yml").write_text(MISTAKEN, "utf-8")
    answer = dondoc("test")

    assert answer.code == 3
    assert "config/rules/tests/sai.yml:4:36  unknown-key  tin mong đợi có khóa lạ 'stp'" in answer.out
    assert "ý bạn là 'step'?" in answer.out
    assert "1/1 phép thử đạt" in answer.out
    assert answer.err == "1 lỗi trong tệp phép thử.\n"


@pytest.mark.parametrize(
    ("narrowed", "said"),
    [
        ("step: bao-chu-tịch", "không chính sách nào có bậc 'bao-chu-tịch'"),
        ("step: qua-han#99", "không chính sách nào có bậc 'qua-han#99'"),
        ("via: [mial]", "'via' không nhận giá trị 'mial'"),
    ],
)
def test_silence_of_what_does_not_exist_proves_nothing(dondoc, tests, narrowed, said):
    """Such an expectation would hold whatever the rules send."""
    (tests / "sai.yml").write_text(f"{HELD}    expect_none: [{{{narrowed}}}]\n", "utf-8")
    answer = dondoc("test")

    assert answer.code == 3
    assert "config/rules/tests/sai.yml:5:" in answer.out
    assert said in answer.out


def test_json_holds_everything(dondoc, tests):
    (tests / "sai.yml").write_text(FAILING, "utf-8")
    (tests / "hong.yml").write_text(MISTAKEN, "utf-8")
    answer = dondoc("test", "--json")
    passed, failed = answer.json["tests"]

    assert answer.code == 3
    assert answer.json["totals"] == {"passed": 1, "failed": 1}
    assert (passed["passed"], passed["line"], passed["failures"]) == (True, 2, [])
    assert [failure["line"] for failure in failed["failures"]] == [4]
    assert failed["failures"][0]["instead"][0] == {
        "at": "2025-09-25T08:00:00+07:00",
        "step": "truoc-3-ngay",
        "to": "contact",
        "units": ["SYT"],
        "via": ["email", "mailbox"],
        "tasks": 1,
    }
    assert [problem["code"] for problem in answer.json["problems"]] == ["unknown-key"]


def test_tests_elsewhere_are_answered_by_the_rules_in_use(dondoc, tmp_path):
    file = tmp_path / "cua-toi.yaml"
    file.write_text(HELD, "utf-8")

    assert dondoc("test", file).out.startswith(f"✔ {file}:2  Nhắc trước hạn 3 ngày\n")
    assert dondoc("test", tmp_path).code == 0


@pytest.mark.parametrize("place", ["", "rules", "rules/tests", "rules/tests/mac-dinh.yml"])
def test_tests_in_another_configuration_are_answered_by_its_rules(place, dondoc, tests, config, monkeypatch):
    rules = config / "rules" / "mac-dinh.yml"
    rules.write_text(rules.read_text("utf-8").replace("before: 3 ngày", "before: 4 ngày"), "utf-8")
    monkeypatch.delenv("DONDOC_CONFIG")

    assert dondoc("test", config / place).code == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00", "la.yml:1:1  unreadable"),
        (b"tests:\n  - name: b\xe1o\n", "la.yml:2:12  unreadable"),
        (b"", "la.yml:0:0  empty-file"),
        (b"tests: &a [*a]\n", "la.yml:1:8  anchor"),
        (b"#" * 1_100_000, "la.yml:0:0  too-large"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(content, told, dondoc, tests):
    (tests / "la.yml").write_bytes(content)
    answer = dondoc("test")

    assert answer.code == 3
    assert f"config/rules/tests/{told}" in answer.out


def test_a_folder_without_tests_says_how_to_write_one(dondoc, tmp_path):
    empty = tmp_path / "trong"
    empty.mkdir()
    answer = dondoc("test", empty)

    assert answer.code == 3
    assert "no-files  không có phép thử nào ở đây" in answer.err
    assert "README" in answer.err


def test_a_place_that_is_not_there_is_refused(dondoc, tmp_path):
    answer = dondoc("test", tmp_path / "khong-co")

    assert answer.code == 4
    assert "khong-co" in answer.err


def test_broken_rules_are_reported_before_any_test_runs(dondoc, tests, config):
    rules = config / "rules" / "mac-dinh.yml"
    rules.write_text(rules.read_text("utf-8").replace("before: 3", "befor: 3"), "utf-8")
    answer = dondoc("test")

    assert answer.code == 3
    assert "befor" in answer.err
    assert answer.out == ""
