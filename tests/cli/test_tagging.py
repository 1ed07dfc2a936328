"""What does 'dondoc tag' print, and where is a tag seen afterwards?"""

from __future__ import annotations


def test_a_tag_is_printed_recorded_and_explained(dondoc, with_october):
    answer = dondoc("tag", "KH-10/15", "Trọng điểm", "--at", "2025-10-21T08:00", "--json")

    assert answer.code == 0, answer.err
    assert answer.json == {
        "task": "KH-10/15",
        "kind": "tagged",
        "tags": ["trọng điểm"],
        "by": "",
        "at": "2025-10-21T08:00:00+07:00",
        "carries": ["trọng điểm"],
    }
    shown = dondoc("explain", "KH-10/15", "--at", "2025-10-22T08:00")
    assert "nhãn: trọng điểm" in shown.out
    assert dondoc("tag", "KH-10/15", "trọng điểm", "--remove").out == (
        "KH-10/15: đã gỡ nhãn trọng điểm; các nhãn: không còn\n"
    )
    assert dondoc("log", "verify").code == 0


def test_a_tag_that_is_not_there_is_refused(dondoc, with_october):
    answer = dondoc("tag", "KH-10/15", "gấp", "--remove")

    assert (answer.code, answer.err) == (
        4,
        "nhiệm vụ KH-10/15 không có nhãn 'gấp'; các nhãn đang có: chưa có nhãn nào\n",
    )
