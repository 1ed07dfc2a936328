"""Only a letter somebody signed counts, and it counts from when it was recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.paperwork import Letterhead, Paperwork
from engine.report_query import ReportQuery
from reports.paper import Form
from tests.guarantee.world import a_row, at, bring, is_verified
from usecases.errors import InputRejected
from usecases.letter_issued import record_letter
from usecases.letters import voice_of
from usecases.reports import ask, papers_of
from usecases.wiring import Office

ON = date(2025, 10, 16)
NOW = at("2025-10-16")


@pytest.fixture
def office(office: Office) -> Office:
    """Sở Y tế owes two overdue tasks and one that is not due yet, Tỉnh đoàn one."""
    rows = [
        a_row(1, "30/9/2025"),
        a_row(2, "10/10/2025"),
        a_row(3, "31/12/2025"),
        a_row(4, "30/9/2025", "Tỉnh đoàn"),
    ]
    bring(office, rows)
    return office


def counts(office, when=NOW, **query):
    report = ask(office, "letters", ReportQuery(when, **query))
    return {letter.unit.code: letter.count for letter in report.letters}


def test_a_letter_on_record_makes_the_next_one_the_second(office):
    recorded = record_letter(office, "Sở Y tế", "45/VP-KGVX", ON, NOW)

    assert recorded.letter.assignments == ("KH-THỬ/1@SYT", "KH-THỬ/2@SYT")
    assert (recorded.count, recorded.is_new) == (1, True)
    assert counts(office, at("2025-10-17"), units=("SYT",)) == {"SYT": 2}
    assert is_verified(office)


def test_a_report_as_of_before_it_was_recorded_does_not_know_it(office):
    record_letter(office, "SYT", "45/VP-KGVX", ON, at("2025-10-20"))

    assert counts(office, at("2025-10-19"), units=("SYT",)) == {"SYT": 1}
    assert counts(office, at("2025-10-20"), units=("SYT",)) == {"SYT": 2}


def test_the_same_letter_told_twice_is_one_letter(office):
    record_letter(office, "SYT", "45/VP-KGVX", ON, NOW)
    again = record_letter(office, "SYT", " 45/VP-KGVX ", ON, at("2025-10-17"))

    assert (again.is_new, again.count) == (False, 1)
    assert counts(office, at("2025-10-17"), units=("SYT",)) == {"SYT": 2}


def test_a_mistaken_day_is_corrected_by_telling_the_letter_again(office):
    record_letter(office, "SYT", "45/VP-KGVX", date(2025, 10, 15), NOW)
    corrected = record_letter(office, "SYT", "45/VP-KGVX", ON, NOW)

    assert (corrected.replaces, corrected.count) == (date(2025, 10, 15), 1)
    assert counts(office, at("2025-10-17"), units=("SYT",)) == {"SYT": 2}


def test_letters_count_in_the_order_of_their_days(office):
    record_letter(office, "SYT", "60/VP-KGVX", ON, NOW)
    earlier = record_letter(office, "SYT", "45/VP-KGVX", date(2025, 10, 6), NOW)

    assert earlier.count == 1
    assert counts(office, at("2025-10-17"), units=("SYT",)) == {"SYT": 3}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"number": "  "}, "không phải số, ký hiệu công văn"),
        ({"number": "không số"}, "không phải số, ký hiệu công văn"),
        ({"on": date(2025, 10, 17)}, "sau ngày ghi"),
        ({"as_of": at("2025-10-17")}, "sau lúc ghi"),
        ({"unit": "Sở Không Có"}, "không phải tên hay mã"),
        ({"unit": "SXD"}, "không có việc quá hạn hay sắp đến hạn nào"),
        ({"on": date(2025, 8, 1)}, "ghi --as-of là lúc đã lập dự thảo"),
        ({"plans": ("KH-KHÁC",)}, "KH-KHÁC|không có việc quá hạn"),
    ],
)
def test_a_letter_that_cannot_have_been_issued_is_refused_with_the_way_out(office, changed, why):
    told = {"unit": "SYT", "number": "45/VP-KGVX", "on": ON, "at": NOW} | changed

    with pytest.raises(InputRejected, match=why):
        record_letter(office, **told)
    assert counts(office, units=("SYT",)) == {"SYT": 1}


def test_behind_the_list_stands_a_letter_for_each_unit(office):
    first, *letters = papers_of("letters", ask(office, "letters", ReportQuery(NOW)))

    assert (first.code, first.form) == ("letters", Form.REPORT)
    assert [(paper.form, paper.to) for paper in letters] == [
        (Form.LETTER, ("Sở Y tế",)),
        (Form.LETTER, ("Tỉnh đoàn Quảng Ngãi",)),
    ]


@pytest.mark.parametrize(
    ("letterhead", "demands", "speaker", "receiver", "code"),
    [
        (Letterhead(), "office", "Văn phòng UBND tỉnh", "Văn phòng UBND tỉnh", "VPUB"),
        (Letterhead(), "chairman", "Chủ tịch UBND tỉnh", "UBND tỉnh (qua Văn phòng UBND tỉnh)", "VPUB"),
        (
            Letterhead(issuer="SỞ KHOA HỌC VÀ CÔNG NGHỆ"), "office",
            "Sở Khoa học và Công nghệ", "Sở Khoa học và Công nghệ", "SKHCN",
        ),
        (
            Letterhead(parent="", issuer="ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"), "chairman",
            "Chủ tịch UBND tỉnh", "UBND tỉnh", "UBND",
        ),
        (Letterhead(parent="", issuer="BAN LẠ"), "office", "BAN LẠ", "BAN LẠ", ""),
    ],
)  # fmt: skip
def test_a_letter_speaks_with_the_voice_of_its_letterhead(
    office, letterhead, demands, speaker, receiver, code
):
    writing = replace(office)
    writing.__dict__["paperwork"] = Paperwork(letterhead, demands)
    voice = voice_of(writing)

    assert (voice.speaker, voice.receiver, voice.unit) == (speaker, receiver, code)
    assert voice.is_chairman is (demands == "chairman")


def test_the_overdue_report_cites_the_letters_about_a_task(office):
    record_letter(office, "SYT", "45/VP-KGVX", ON, NOW)
    report = ask(office, "overdue", ReportQuery(at("2025-10-17")))

    cited = {f"{row.task}@{row.unit}": [letter.number for letter in row.letters] for row in report.rows}
    assert {share: numbers for share, numbers in cited.items() if numbers} == {
        "KH-THỬ/1@SYT": ["45/VP-KGVX"],
        "KH-THỬ/2@SYT": ["45/VP-KGVX"],
    }
    (table,) = (table for table in papers_of("overdue", report)[0].tables if table.code == "rows")
    column = [one.heading for one in table.columns].index("Đã đôn đốc (số văn bản)")
    assert [row[column] for row in table.rows].count("45/VP-KGVX (16/10/2025)") == 2
