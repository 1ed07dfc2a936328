"""What does 'dondoc confirm-cause' take, and what does it refuse?"""

from __future__ import annotations

import pytest

STORM = ("--document", "77/VP-KT", "--reason", "mưa lũ kéo dài")
AT = ("--at", "2025-11-20T08:00")


def confirm(dondoc, *words, by=("--by", "VPUB/coordinator")):
    return dondoc("confirm-cause", "KH-10/15", *by, *words, *AT)


def test_a_confirmed_cause_is_on_record_and_moves_no_deadline(dondoc, with_october):
    answer = confirm(dondoc, *STORM, "--json")

    assert answer.code == 0, answer.err
    (one,) = answer.json
    assert (one["kind"], one["by"], one["document"], one["note"]) == (
        "cause_confirmed", "VPUB/coordinator", "77/VP-KT", "mưa lũ kéo dài",
    )  # fmt: skip
    assert (one["due_on"], one["status"]) == ("2025-09-30", "awaiting_decision")
    assert dondoc("log", "verify").code == 0


@pytest.mark.parametrize(
    ("words", "by", "said"),
    [
        (("--reason", "mưa lũ"), ("--by", "VPUB/coordinator"), "--document"),
        (("--document", "77"), ("--by", "VPUB/coordinator"), "--reason"),
        (STORM, (), "--by"),
        (STORM, ("--by", "Trần Văn Mẫu"), "không ghi tên người"),
        (STORM, ("--by", "SYT/contact"), "VPUB/coordinator"),  # who is reminded does not excuse
        (STORM, ("--by", "SKHCN"), "không tự xác nhận"),
    ],
)
def test_without_who_document_or_reason_it_is_refused_with_the_way_out(dondoc, with_october, words, by, said):
    answer = confirm(dondoc, *words, by=by)

    assert answer.code == 4
    assert said in answer.err


@pytest.mark.parametrize("by", ["VPUB", "Văn phòng UBND tỉnh"])
def test_a_unit_may_confirm_by_code_or_by_name(dondoc, with_october, by):
    answer = confirm(dondoc, *STORM, "--json", by=("--by", by))

    assert [one["by"] for one in answer.json] == ["VPUB"]
