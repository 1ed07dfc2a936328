"""Can a coordinator settle an import from the command line, and never be asked twice?"""

from __future__ import annotations

import pytest

HEAD = "STT\tNội dung nhiệm vụ\tCơ quan chủ trì\tHạn hoàn thành\n"
VAGUE = "1\tRà soát các nền tảng số dùng chung\tCác sở, ban, ngành liên quan\t31/12/2025\n"
IMPOSSIBLE = "2\tHoàn thành số hóa hồ sơ lưu trữ\tSở Nội vụ\t31/11/2025\n"
LATER = ("--at", "2025-10-21T08:00")
KEYS = {
    "id", "kind", "plan", "wording", "question", "how", "tasks", "candidates", "proposal", "blocking",
}  # fmt: skip


@pytest.fixture
def plan(tmp_path):
    """A plan with two doubts, as a file."""
    file = tmp_path / "phu-luc.txt"
    file.write_text(HEAD + VAGUE + IMPOSSIBLE, "utf-8")
    return file


@pytest.fixture
def come_in(dondoc, plan):
    """Import the plan as of a day."""

    def run(day, *more):
        return dondoc(
            "import", plan, "--issued", "2025-10-17", "--plan", "KH-1", "--at", f"{day}T08:00", *more
        )

    return run


def test_questions_are_listed_with_their_handles_and_answered_by_them(dondoc, come_in):
    come_in("2025-10-20")
    units, day = dondoc("questions", "--json").json

    assert set(units) == KEYS
    assert (units["kind"], units["tasks"], units["blocking"]) == ("units", ["1"], True)
    assert (day["kind"], day["proposal"]) == ("deadline", "2025-11-30")
    assert units["id"] in dondoc("questions").out

    answered = dondoc("answer", day["id"], "đồng ý", *LATER, "--by", "Chánh Văn phòng", "--json").json
    assert (answered["answer"], answered["by"]) == ("đồng ý", "Chánh Văn phòng")
    assert answered["changed"] == [{"number": "2", "fields": {"due_on": {"old": "", "new": "2025-11-30"}}}]
    assert dondoc("answer", units["id"], "SYT; SNV", *LATER).code == 0
    assert dondoc("questions", *LATER, "--json").json == []
    assert "Không còn câu hỏi" in dondoc("questions", *LATER).out


def test_the_file_of_answers_lies_beside_the_document(dondoc, come_in, plan):
    come_in("2025-10-20", "--dry-run")
    come_in("2025-10-20")
    beside = plan.with_name("phu-luc.tra-loi.yml")
    assert dondoc("questions", "--plan", "KH-1", "--yaml", "-o", beside).code == 0
    filled = beside.read_text("utf-8").replace("answer:\n", "answer: SYT\n", 1)
    beside.write_text(filled.replace("answer:\n", "answer: 28/11/2025\n", 1), "utf-8")

    second = come_in("2025-10-21", "--json")

    assert second.json["document"]["questions"] == []
    assert [task["lead"]["units"] for task in second.json["tasks"]] == [["SYT"], ["SNV"]]
    assert come_in("2025-10-22", "--json").json["changes"]["changed"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("answer", "ffffff", "có"), 4),
        (("questions", "--plan", "KH-99"), 4),
        (("answer", "ffffff"), 2),
        (("import", "phu-luc.txt", "--issued", "2025-10-17", "--answers", "khong-co.yml"), 4),
    ],
)
def test_what_cannot_be_answered_is_told_in_one_sentence(dondoc, come_in, words, code):
    come_in("2025-10-20")
    answer = dondoc(*words)

    assert answer.code == code
    assert answer.err.strip()
    assert "Traceback" not in answer.err


def test_a_mistake_in_the_file_of_answers_has_its_place(dondoc, come_in, plan):
    plan.with_name("phu-luc.tra-loi.yml").write_text("answers:\n  - question: unit\n", "utf-8")
    answer = come_in("2025-10-20")

    assert answer.code == 4
    assert "phu-luc.tra-loi.yml:2:15" in answer.err
    assert dondoc("questions", "--json").json == []
