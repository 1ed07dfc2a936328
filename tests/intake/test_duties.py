import pytest

from intake.duties import find_duties


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Các sở báo cáo kết quả trước ngày 10 hàng tháng để tổng hợp.", "trước ngày 10 hàng tháng"),
        ("Báo cáo UBND tỉnh trước ngày 25 hằng tháng.", "trước ngày 25 hằng tháng"),
        (
            "Định kỳ hằng quý, đơn vị báo cáo Sở Nội vụ trước ngày 5 của tháng đầu quý sau để tổng hợp.",
            "Định kỳ hằng quý, trước ngày 5 của tháng đầu quý sau",
        ),
        ("Định kỳ 6 tháng và hằng năm báo cáo Hội đồng nhân dân.", "Định kỳ 6 tháng và hằng năm"),
        ("Báo cáo trước 15/6 và 15/12 hằng năm.", "trước 15/6 và 15/12 hằng năm"),
        ("Báo cáo kết quả trước ngày 30/9/2025.", None),
        ("Họp giao ban định kỳ hằng tháng.", None),
        ("Định kỳ báo cáo khi có yêu cầu.", None),
    ],
)
def test_a_periodic_report_is_found_with_the_words_that_name_its_day(sentence, phrase):
    assert [duty.phrase for duty in find_duties([sentence])] == ([phrase] if phrase else [])


def test_only_the_sentence_that_obliges_is_offered():
    body = ["Mở đầu.", "Sở Y tế kiểm tra. Các xã báo cáo trước ngày 3 hằng tháng. Việc khác làm sau."]

    assert [(duty.paragraph, duty.sentence) for duty in find_duties(body)] == [
        (2, "Các xã báo cáo trước ngày 3 hằng tháng.")
    ]


def test_the_duties_of_the_fixture_plans_are_found(july, october, read):
    found = [duty.phrase for data in (july, october) for duty in find_duties(read(data)[0].body)]

    assert found == ["trước ngày 10 hàng tháng", "định kỳ hằng quý, trước ngày 5 của tháng đầu quý sau"]
