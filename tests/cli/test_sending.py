"""dondoc status and dondoc sending: what stands, who stopped it, and the way out."""

from __future__ import annotations

import pytest

AT = ("--at", "2025-12-26T08:00")


def test_sending_is_stopped_with_a_reason_and_resumed(dondoc, with_october):
    assert dondoc("sending", "stop", "--why", "thấy sai danh bạ", "--by", "người trực", *AT).code == 0
    reminded = dondoc("remind", *AT)
    assert "thấy sai danh bạ" in reminded.out
    assert dondoc("remind", *AT, "--json").json["sent"] == 0
    stood = dondoc("status", *AT, "--json").json
    assert [(stop["name"], stop["by"]) for stop in stood["stops"]] == [("sending", "người trực")]
    assert "thấy sai danh bạ" in dondoc("sending", "status", *AT).out

    assert dondoc("sending", "resume", *AT).code == 0
    assert dondoc("remind", *AT, "--json").json["sent"] > 0
    assert dondoc("status", *AT, "--json").json["stops"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("stop",), 2),  # without a reason
        (("release", "20200101-080000"), 4),
        (("drop", "20200101-080000", "--why", "thử"), 4),
        (("drop", "20200101-080000"), 2),
        (("resume",), 0),  # nothing was stopped: said, no fault
    ],
)
def test_each_way_out_says_what_it_needs(dondoc, with_october, words, code):
    answer = dondoc("sending", *words)

    assert answer.code == code
    assert (answer.out or answer.err).strip()


def test_a_service_whose_ticks_are_late_is_not_well(dondoc, with_october):
    dondoc("remind", *AT)
    answer = dondoc("status", "--at", "2025-12-26T09:00")

    assert answer.code == 5
    assert "08:00 26/12/2025" in answer.out
