"""Periodic reports that the body of a plan asks for: found, and told apart from reports only spoken of."""

import time
from datetime import date

import pytest

from engine.deadline import read_deadline
from engine.duty import CUTOFF
from intake.duties import find_duties


def found(*body):
    """Period and phrase of every duty in the paragraphs."""
    return [(duty.period, duty.phrase) for duty in find_duties(body)]


@pytest.mark.parametrize(
    ("sentence", "duties"),
    [
        (
            "Các sở báo cáo kết quả trước ngày 10 hàng tháng để tổng hợp.",
            [("month", "trước ngày 10 hàng tháng")],
        ),
        ("Báo cáo UBND tỉnh trước ngày 25 hằng tháng.", [("month", "trước ngày 25 hằng tháng")]),
        ("Các xã báo cáo hằng tháng, trước ngày 25.", [("month", "hằng tháng, trước ngày 25")]),
        (
            "Định kỳ hằng quý, đơn vị báo cáo Sở Nội vụ trước ngày 5 của tháng đầu quý sau để tổng hợp.",
            [("quarter", "Định kỳ hằng quý, trước ngày 5 của tháng đầu quý sau")],
        ),
        ("Hằng tuần (thứ Sáu), các xã báo cáo tiến độ.", [("week", "Hằng tuần (thứ Sáu)")]),
        ("Báo cáo trước 15/6 và 15/12 hằng năm.", [("half", "trước 15/6 và 15/12 hằng năm")]),
        (  # "thứ Năm" is a day, no year
            "Các địa phương gửi báo cáo vào 16 giờ thứ Năm hằng tuần.",
            [("week", "vào 16 giờ thứ Năm hằng tuần")],
        ),
        (
            "Báo cáo gửi trước ngày 20/12 hằng năm.",
            [("year", "trước ngày 20/12 hằng năm")],
        ),
    ],
)
def test_a_periodic_report_is_found_with_the_words_that_name_its_day(sentence, duties):
    assert found(sentence) == duties


@pytest.mark.parametrize(
    ("sentence", "duties"),
    [
        (
            "Định kỳ 6 tháng và hằng năm báo cáo Hội đồng nhân dân.",
            [("half", "định kỳ 6 tháng"), ("year", "định kỳ hằng năm")],
        ),
        (
            "Báo cáo quý trước ngày 20 tháng cuối quý, báo cáo năm trước ngày 10/12.",
            [
                ("quarter", "Báo cáo quý, trước ngày 20 tháng cuối quý"),
                ("year", "báo cáo năm, trước ngày 10/12"),
            ],
        ),
        (
            "Định kỳ 6 tháng (trước ngày 15/6), hằng năm (trước ngày 15/12) báo cáo UBND tỉnh.",
            [("half", "Định kỳ 6 tháng, trước ngày 15/6"), ("year", "hằng năm, trước ngày 15/12")],
        ),
        (  # the periods after the first do without "hằng"
            "Định kỳ hằng quý (trước ngày 15 tháng cuối quý), 6 tháng (trước ngày 15/6) và năm "
            "(trước ngày 15/12), các xã báo cáo.",
            [
                ("quarter", "Định kỳ hằng quý, trước ngày 15 tháng cuối quý"),
                ("half", "định kỳ 6 tháng, trước ngày 15/6"),
                ("year", "định kỳ hằng năm, trước ngày 15/12"),
            ],
        ),
        (  # what a day is for may follow it
            "Các sở báo cáo trước ngày 15/6 đối với báo cáo 6 tháng và trước ngày 15/12 đối với báo cáo năm.",
            [("half", "báo cáo 6 tháng, trước ngày 15/6"), ("year", "báo cáo năm, trước ngày 15/12")],
        ),
        (
            "Báo cáo hàng tuần (trước 14h00 thứ Năm), hàng tháng (trước ngày 18).",
            [("week", "hàng tuần, trước 14h00 thứ Năm"), ("month", "hàng tháng, trước ngày 18")],
        ),
        (  # one day of every month for several periods: after the month in which a period ends
            "Định kỳ hàng tháng, 3 tháng, 6 tháng, 1 năm báo cáo kết quả trước ngày 10 hàng tháng.",
            [
                ("month", "trước ngày 10 hàng tháng"),
                ("quarter", "trước ngày 10 của tháng đầu quý sau"),
                ("half", "trước ngày 10/7 và trước ngày 10/1 hằng năm"),
                ("year", "trước ngày 10/1 hằng năm"),
            ],
        ),
        (  # a day after the data are closed on the 14th is one of the period's last month
            "Hằng tháng, hằng quý, 9 tháng báo cáo chậm nhất ngày 18 hằng tháng.",
            [
                ("month", "chậm nhất ngày 18 hằng tháng"),
                ("quarter", "chậm nhất ngày 18 của tháng cuối quý"),
                ("nine", "chậm nhất ngày 18/9 hằng năm"),
            ],
        ),
    ],
)
def test_several_periods_in_a_sentence_are_several_duties(sentence, duties):
    assert found(sentence) == duties
    for _, phrase in duties:
        assert read_deadline(phrase, date(2025, 10, 17)).rrule


@pytest.mark.parametrize(
    "sentence",
    [
        "Báo cáo kết quả trước ngày 30/9/2025.",
        "Họp giao ban định kỳ hằng tháng.",
        "Định kỳ báo cáo khi có yêu cầu.",
        "Sở Y tế đã báo cáo hằng tháng về UBND tỉnh.",
        "Căn cứ báo cáo định kỳ hằng quý của các đơn vị, Sở Nội vụ tổng hợp trình UBND tỉnh.",
        "Báo cáo định kỳ hằng quý của các xã cho thấy nhiều khó khăn.",
        "BÁO CÁO ĐỊNH KỲ HẰNG QUÝ",
        "Biểu mẫu báo cáo định kỳ hằng tháng",
        "Bãi bỏ chế độ báo cáo định kỳ hằng tháng tại Kế hoạch năm trước.",
        "Các cơ quan gửi báo cáo năm 2025 trước ngày 15/12/2025.",
        "Báo cáo tháng 9 của Sở Y tế nêu rõ nguyên nhân.",
        "Trong năm qua, hàng quý các địa phương báo cáo đúng hạn.",
        "Không yêu cầu các xã báo cáo hằng tuần.",
    ],
)
def test_a_report_that_is_only_spoken_of_is_no_duty(sentence):
    assert found(sentence) == []


def test_a_basis_in_front_does_not_hide_the_duty():
    sentence = "Căn cứ Kế hoạch này, các sở, ban, ngành định kỳ hằng quý báo cáo về Văn phòng UBND tỉnh."
    (duty,) = find_duties([sentence])

    assert (duty.who, duty.receiver) == ("các sở, ban, ngành", "Văn phòng UBND tỉnh")


@pytest.mark.parametrize(
    ("sentence", "who", "receiver"),
    [
        (
            "4. Thủ trưởng các sở ban ngành, địa phương tập trung chỉ đạo; định kỳ hằng tháng báo cáo qua "
            "Sở Khoa học và Công nghệ (Cơ quan thường trực) kết quả trước ngày 10 hằng tháng.",
            "Thủ trưởng các sở ban ngành, địa phương",
            "Sở Khoa học và Công nghệ",
        ),
        (
            "UBND các xã, phường, đặc khu báo cáo hằng tháng gửi Sở Tài chính trước ngày 25.",
            "UBND các xã, phường, đặc khu",
            "Sở Tài chính",
        ),
        (
            "Đề nghị Công an tỉnh chậm nhất ngày 18 hằng tháng báo cáo UBND tỉnh.",
            "Công an tỉnh",
            "UBND tỉnh",
        ),
        ("Định kỳ 6 tháng, các cơ quan báo cáo UBND tỉnh (qua Sở Tư pháp).", "các cơ quan", "Sở Tư pháp"),
        ("Trước ngày 20 hằng tháng, các đơn vị báo cáo về Sở Y tế.", "các đơn vị", "Sở Y tế"),
        (
            "Yêu cầu Thủ trưởng các sở, ngành; Chủ tịch UBND các xã định kỳ hằng quý báo cáo UBND tỉnh.",
            "Thủ trưởng các sở, ngành; Chủ tịch UBND các xã",
            "UBND tỉnh",
        ),
        ("Theo dõi, đôn đốc; định kỳ hằng quý báo cáo.", "", ""),
    ],
)
def test_who_reports_to_whom_is_kept_in_its_words(sentence, who, receiver):
    (duty,) = find_duties([sentence])

    assert (duty.who, duty.receiver) == (who, receiver)


@pytest.mark.parametrize(
    ("body", "cutoff"),
    [
        (["Báo cáo hằng tháng trước ngày 20; số liệu tính từ ngày 15 tháng trước đến ngày 14."], CUTOFF),
        (["Báo cáo hằng tháng theo Nghị định số 09/2019/NĐ-CP."], CUTOFF),
        (
            ["Các sở báo cáo hằng quý.", "Thời gian chốt số liệu theo Nghị định số 09/2019/NĐ-CP."],
            CUTOFF,
        ),
        (["Các sở báo cáo hằng quý.", "Tập huấn theo Nghị định số 09/2019/NĐ-CP."], ""),
        (["Báo cáo hằng tháng trước ngày 20."], ""),
    ],
)
def test_data_dates_are_those_of_the_decree_where_it_is_cited(body, cutoff):
    assert [duty.cutoff for duty in find_duties(body)] == [cutoff]


def test_only_the_sentence_that_obliges_is_offered():
    body = ["Mở đầu.", "Sở Y tế kiểm tra. Các xã báo cáo trước ngày 3 hằng tháng. Việc khác làm sau."]

    assert [(duty.paragraph, duty.sentence) for duty in find_duties(body)] == [
        (2, "Các xã báo cáo trước ngày 3 hằng tháng.")
    ]


def test_the_duties_of_the_fixture_plans_are_found(july, october, read):
    first, second = (find_duties(read(data)[0].body) for data in (july, october))

    assert [duty.phrase for duty in first] == [
        "trước ngày 10 hàng tháng",
        "trước ngày 10 của tháng đầu quý sau",
        "trước ngày 10/1 hằng năm",
    ]
    assert [duty.phrase for duty in second] == ["định kỳ hằng quý, trước ngày 5 của tháng đầu quý sau"]


@pytest.mark.parametrize(
    "piece", ["các sở ", "báo cáo ", "hằng tháng, ", "trước ngày 10 ", "định kỳ ", "(", "đã ", "Sở A và "]
)
def test_a_paragraph_of_any_length_is_searched_at_once(piece):
    started = time.perf_counter()
    find_duties([f"Các sở báo cáo hằng tháng {piece * (20_000 // len(piece))}"])

    assert time.perf_counter() - started < 1
