import base64
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.mime import Sender, as_bytes, encoded, is_address
from notifiers.words import plain

TITLES = """
Kế hoạch hỗ trợ PPP
Quán triệt tinh thần chỉ đạo về đột phá khoa học và công nghệ
Ban hành quy chế phối hợp bảo vệ dữ liệu cá nhân
Nâng cấp trục liên thông văn bản của tỉnh
Rà soát, cắt giảm thủ tục hành chính lĩnh vực đất đai
Xây dựng kho dữ liệu dùng chung tỉnh Quảng Ngãi giai đoạn 2025 – 2030, định hướng đến năm 2035
Tổ chức bồi dưỡng kỹ năng số cho 100% cán bộ, công chức cấp xã
Diễn tập thực chiến ứng cứu sự cố an toàn thông tin mạng
Thuê dịch vụ giám sát, điều hành an ninh mạng tập trung (SOC)
Đề án trung tâm đổi mới sáng tạo Dung Quất
Báo cáo kết quả thực hiện Nghị quyết số 57-NQ/TW quý III/2025
Phủ sóng 5G tại khu công nghiệp, khu kinh tế và các phường trung tâm
Số hóa hồ sơ hộ tịch còn lại của các xã miền núi: Ba Tơ, Ba Tô, Sơn Hà, Sơn Hạ
Kế hoạch "Bình dân học vụ số" – đợt 2
Tích hợp chữ ký số từ xa trên cổng dịch vụ công
Bố trí tối thiểu 3% ngân sách cho khoa học, công nghệ
Ký kết hợp tác với viện nghiên cứu, trường đại học
Công bố danh mục dữ liệu mở của sở, ban, ngành
Chuyển đổi giao thức Internet sang IPv6
Bảo đảm đường truyền số liệu chuyên dùng đến 96 xã, phường, đặc khu
Đánh giá mức độ trưởng thành số của doanh nghiệp nhỏ và vừa
Hướng dẫn lập dự toán kinh phí chuyển đổi số năm 2026
Khảo sát nhu cầu đào tạo nhân lực bán dẫn, trí tuệ nhân tạo (AI)
Thí điểm trợ lý ảo hỗ trợ công chức tra cứu văn bản quy phạm pháp luật
Quy hoạch hạ tầng viễn thông thụ động
Vận hành thử nghiệm hệ thống thông tin giải quyết thủ tục hành chính
Xử lý dứt điểm thuê bao không chính chủ
Lắp đặt thiết bị quan trắc môi trường tự động ven biển
Truy xuất nguồn gốc quế Trà Bồng, tỏi Lý Sơn
Kết nối camera giao thông với trung tâm điều hành thông minh (IOC)
Sửa đổi quy định chức năng, nhiệm vụ của Tổ công nghệ số cộng đồng
Đẩy nhanh giải ngân vốn đầu tư công lĩnh vực công nghệ thông tin
Cập nhật Khung kiến trúc số phiên bản 4.0
Ứng dụng bản đồ số trong quản lý tàu cá, chống khai thác bất hợp pháp
Liên thông dữ liệu khám chữa bệnh bảo hiểm y tế
Học bạ số cấp tiểu học và trung học cơ sở
Thu phí không dùng tiền mặt tại bệnh viện, trường học
Kiểm tra việc chấp hành quy định bảo vệ bí mật nhà nước trên mạng
Tuyên dương mô hình, sáng kiến chuyển đổi số tiêu biểu
Hội nghị sơ kết 6 tháng; triển khai nhiệm vụ trọng tâm
Phê duyệt cấp độ an toàn hệ thống thông tin
Nghiên cứu cơ chế khoán chi đến sản phẩm cuối cùng
Quản lý khu neo đậu tránh trú bão bằng dữ liệu vệ tinh
Chợ công nghệ và thiết bị miền Trung – Tây Nguyên
Đăng ký nhãn hiệu tập thể "Muối Sa Huỳnh"
Giảm 30% thời gian giải quyết hồ sơ đất đai
Định danh điện tử tổ chức
Hoàn thiện cơ sở dữ liệu cán bộ, công chức, viên chức sau sắp xếp đơn vị hành chính
Trang bị máy tính, máy quét cho trung tâm phục vụ hành chính công cấp xã
Ưu đãi thuế đối với doanh nghiệp khởi nghiệp sáng tạo
Kế hoạch phát triển điện mặt trời mái nhà trụ sở công
Phổ biến Luật Dữ liệu, Luật Công nghiệp công nghệ số
Thẩm định giá phần mềm nội bộ; nghiệm thu; bàn giao; đưa vào sử dụng trước ngày 15/12/2025
Cấp tài khoản định danh mức 2 cho người cao tuổi, người khuyết tật
Tháo gỡ "điểm nghẽn" thể chế về thử nghiệm có kiểm soát (sandbox)
Bản tin điện tử hằng tuần của Ban Chỉ đạo
Ưu tiên sử dụng sản phẩm, dịch vụ số Việt Nam
Ý kiến góp ý dự thảo Đề án đô thị thông minh thành phố Quảng Ngãi (cũ) và phường Cẩm Thành
ĐỀ ÁN 06: LÀM SẠCH DỮ LIỆU DÂN CƯ
Ẩm thực, du lịch số: ứng dụng thuyết minh tự động tại Mỹ Khê
""".strip().splitlines()


def by_parts(value):
    """Decoder one: the encoded words as they stand."""
    return str(make_header(decode_header(value)))


def by_policy(octets, name):
    """Decoder two: the structured parser of the standard library."""
    return str(message_from_bytes(octets, policy=policy.default)[name])


@pytest.fixture
def bytes_of(letter_of, row_of, sender):
    return lambda **changes: as_bytes(letter_of(row_of(**changes)), sender)


def assert_subject_survives(octets, subject):
    raw = message_from_bytes(octets)["Subject"]

    assert by_parts(raw) == subject
    assert by_policy(octets, "Subject") == subject
    assert max(len(word) for word in re.findall(r"=\?\S+\?=", raw) or [""]) <= 75
    assert max(len(line) for line in octets.split(b"\r\n\r\n")[0].split(b"\r\n")) <= 78


@pytest.mark.parametrize("title", TITLES)
def test_vietnamese_subjects_survive_two_independent_decoders(letter_of, row_of, sender, title):
    letter = letter_of(row_of(title=title))

    assert_subject_survives(as_bytes(letter, sender), letter.subject)


@pytest.mark.parametrize("title", TITLES)
def test_so_does_a_title_of_any_length_uncut(letter_of, sender, title):
    letter = letter_of()
    whole = type(letter)(
        **{f: getattr(letter, f) for f in letter.__slots__} | {"subject": f"{title}; {title}"}
    )

    assert_subject_survives(as_bytes(whole, sender), whole.subject)


@given(st.text(max_size=200), st.integers(0, 30))
def test_encoded_words_hold_whole_characters_in_lines_of_76(text, used):
    clean = plain(text)
    lines = encoded(clean, used).split("\r\n ")

    words = [base64.b64decode(line.removeprefix("=?utf-8?B?").removesuffix("?=")).decode() for line in lines]
    assert "".join(words) == clean
    assert max(len(line) for line in lines) <= 75
    assert used + len(lines[0]) <= 76


@pytest.mark.parametrize(
    "name", ["Văn phòng Ủy ban nhân dân tỉnh Quảng Ngãi – Trung tâm Phục vụ", "Van phong", ""]
)
def test_display_names_survive(letter_of, recipient_of, name):
    octets = as_bytes(letter_of(recipient=recipient_of(person=name)), Sender(name, "a@b.example"))
    message = message_from_bytes(octets)

    for header, address in (("From", "a@b.example"), ("To", "dau-moi@so-y-te.example")):
        shown, _, angle = message[header].rpartition(" ")
        assert by_parts(shown.strip()).strip().strip('"') == name
        assert angle.strip("<>") == address


def test_the_same_letter_gives_the_same_bytes(letter_of, sender):
    assert as_bytes(letter_of(), sender) == as_bytes(letter_of(), sender)


def test_headers_identify_the_letter_thread_it_and_silence_machines(letter_of, sender):
    letter = letter_of()
    message = message_from_bytes(as_bytes(letter, sender))

    seen_elsewhere = {"Subject", "From", "To", "Content-Type"}
    assert {name: message[name] for name in set(message.keys()) - seen_elsewhere} == {
        "Date": "Thu, 25 Sep 2025 08:00:00 +0700",
        "Message-ID": letter.message_id,
        "In-Reply-To": letter.thread,
        "References": letter.thread,
        "Reply-To": "van-phong@dondoc.example",
        "List-Id": "<dondoc.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
    }


def test_the_parts_are_text_html_and_a_calendar(letter_of, sender):
    letter = letter_of()
    message = message_from_bytes(as_bytes(letter, sender), policy=policy.default)
    alternative, calendar = message.iter_parts()
    text, html = alternative.iter_parts()

    assert [message.get_content_type(), alternative.get_content_type()] == [
        "multipart/mixed",
        "multipart/alternative",
    ]
    assert (text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")) == (
        letter.text,
        letter.html,
    )
    assert (calendar.get_content_type(), calendar.get_filename()) == ("text/calendar", "han.ics")
    assert calendar["Content-Type"].params["method"] == "PUBLISH"
    assert not message.defects


def test_a_letter_without_deadlines_of_the_reader_has_no_calendar(letter_of, sender):
    assert b"text/calendar" not in as_bytes(letter_of(level=4), sender)


@pytest.mark.parametrize(
    ("address", "accepted"),
    [
        ("dau-moi@so-y-te.example", True),
        ("a.b+c@x.example", True),
        ("a@b.example\r\nBcc: c@d.example", False),
        ("a@b.example\n", False),
        ("a b@c.example", False),
        ("a@b.example>, <c@d.example", False),
        ("đầumối@so.example", False),
        ("khong-co-a-cong", False),
        ("", False),
    ],
)
def test_an_address_that_could_break_out_is_refused(letter_of, sender, address, accepted):
    assert is_address(address) is accepted
    if address and not accepted:
        with pytest.raises(ValueError, match="không dùng được"):
            as_bytes(letter_of(), sender, address)


@given(title=st.text(max_size=120), name=st.text(max_size=60))
def test_nothing_typed_adds_a_header(letter_of, row_of, recipient_of, sender, title, name):
    octets = as_bytes(letter_of(row_of(title=title), recipient=recipient_of(person=name)), sender)

    assert len(message_from_bytes(octets).keys()) == 13
