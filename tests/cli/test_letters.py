"""Is an issued letter told with one command, and cited by the next draft?"""

from __future__ import annotations

AS_OF = "2025-12-20T09:00"
ISSUED = (
    "letter-issued",
    "CAT",
    "--number",
    "45/VP-KGVX",
    "--date",
    "2025-12-15",
    "--at",
    "2025-12-16T09:00",
)


def test_a_letter_on_record_is_cited_by_the_next_draft(dondoc, with_october):
    found = dondoc(*ISSUED, "--json").json

    assert (found["unit"], found["number"], found["on"], found["count"]) == (
        "CAT",
        "45/VP-KGVX",
        "2025-12-15",
        1,
    )
    assert found["assignments"]
    assert "đã ghi từ trước" in dondoc(*ISSUED).out


def test_what_cannot_have_been_issued_is_refused(dondoc, with_october):
    answer = dondoc("letter-issued", "CAT", "--number", "45/VP-KGVX", "--date", "2027-01-01", "--at", AS_OF)

    assert (answer.code, answer.out) == (4, "")
    assert "sau ngày ghi" in answer.err
