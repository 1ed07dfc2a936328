"""Every answer to a consultation is read with document, date and verdict, whatever the shape of the list."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.replies import NOT_FATAL, Reply, read_replies
from intake.reply_rows import lines_of_document
from intake.reply_words import Listing, day_in, heading_listing, listing_of, names_agency, phrase_in
from intake.source import GridBuilder, SourceDocument

JULY_26, JULY_28 = date(2025, 7, 26), date(2025, 7, 28)
SUBMISSION = """\
\tUBND TỈNH THỬ
SỞ KHOA HỌC VÀ CÔNG NGHỆ

\tSố: 12/TTr-SKHCN

Sở đã tiếp nhận 5 văn bản; trong đó có 3 ý kiến thống nhất và 2 ý kiến đề nghị chỉnh sửa, bổ sung.
Tài liệu kèm theo:
· Tổng hợp văn bản góp ý của các đơn vị, địa phương.

PHỤ LỤC
NỘI DUNG TIẾP THU Ý KIẾN GÓP Ý VỀ DỰ THẢO
1. Các cơ quan, đơn vị có ý kiến thống nhất nội dung dự thảo

\tSTT
\tTÊN ĐƠN VỊ

\t1\u0020
\tTỉnh đoàn: 64-CV/TĐTN ngày 25/07/2025

\t2\u0020
\tChi Cục Kiểm lâm: 111./CCKL-TCHC ngày 26/07/2025

\t3\u0020
\tUBND Lý Sơn: 428/UBND ngày 28/7/2025


2. Nội dung tiếp thu ý kiến góp ý đối với dự thảo

\tTT
\tNội dung góp ý
\tNội dung tiếp thu hoàn thiện

\t1
\tSở Tư pháp: 163/STP-VP ngày 28/07/2025

\t
\t- Thống nhất với dự thảo; đề nghị xem lại nhiệm vụ tại Quyết định số 340/QĐ-UBND ngày 27/5/2025.
\tĐã tiếp thu

\t
\tĐề xuất kinh phí:

(1) Số hóa: 1.000.000.000 đồng theo Công văn số 481/CTGPL-CS ngày 08/8/2024 của Cục Trợ giúp pháp lý.
\tĐã tiếp thu
 \tSở Nội vụ: 376/SNV-VP ngày 29/07/2025

\t
\tTại Quyết định số 340/QĐ-UBND ngày 27/5/2025
\t
"""


def replies_in(text: str) -> list[Reply]:
    replies, _ = read_replies(text.encode(), "y-kien.txt")
    return replies


def told(replies: list[Reply]) -> list[tuple[str, str, str, str | None]]:
    """The replies as people would write them down."""
    return [
        (r.unit_words, r.number, f"{r.date:%d/%m/%Y}" if r.date else "", r.verdict and str(r.verdict))
        for r in replies
    ]


def test_both_lists_of_a_submission_are_read_and_its_comments_are_no_answers():
    replies, problems = read_replies(SUBMISSION.encode(), "to-trinh.txt")

    assert told(replies) == [
        ("Tỉnh đoàn", "64-CV/TĐTN", "25/07/2025", "agree"),
        ("Chi Cục Kiểm lâm", "111./CCKL-TCHC", "26/07/2025", "agree"),
        ("UBND Lý Sơn", "428/UBND", "28/07/2025", "agree"),
        ("Sở Tư pháp", "163/STP-VP", "28/07/2025", "comment"),
        ("Sở Nội vụ", "376/SNV-VP", "29/07/2025", "comment"),
    ]
    assert problems == []
    assert [r.place for r in replies][:2] == ["dòng 17", "dòng 20"]


@pytest.mark.parametrize(
    ("written", "name", "number", "day"),
    [
        ("Sở Tư pháp: 163/STP-VP ngày 28/07/2025", "Sở Tư pháp", "163/STP-VP", JULY_28),
        ("3. Sở Tư pháp (Công văn số 163/STP-VP ngày 28/7/2025)", "Sở Tư pháp", "163/STP-VP", JULY_28),
        ("- UBND xã Ba Tơ; số 101/UBND, ngày 1-8-2025;", "UBND xã Ba Tơ", "101/UBND", date(2025, 8, 1)),
        ("Công văn số 5/SYT-VP ngày 02/8/2025 của Sở Y tế", "Sở Y tế", "5/SYT-VP", date(2025, 8, 2)),
        ("Sở Y tế: số 5/SYT - VP ngày 28 tháng 7 năm 2025", "Sở Y tế", "5/SYT - VP", date(2025, 7, 28)),
        ("UBND xã Đăk Hà 198/UBND-VH&XH ngày 26/07/2025.", "UBND xã Đăk Hà", "198/UBND-VH&XH", JULY_26),
        ("VNPT Thử: 12/VNPT-KD (ngày 26.07.2025)", "VNPT Thử", "12/VNPT-KD", date(2025, 7, 26)),
        ("Sở Y tế có Công văn số 5/SYT ngày 28/7/2025 góp ý dự thảo", "Sở Y tế", "5/SYT", JULY_28),
        ("UBND xã Mô Rai: không số ngày 28/7/2025", "UBND xã Mô Rai", "", JULY_28),
        ("Sở Tài chính: 589/STC-VP", "Sở Tài chính", "589/STC-VP", None),
        ("Sở Tài chính: /STC-VP ngày 29/7/2025", "Sở Tài chính", "/STC-VP", date(2025, 7, 29)),
        ("Sở Tài chính: ngày 29/7/2025", "Sở Tài chính", "", date(2025, 7, 29)),
        ("Sở Tài chính: 589/STC-VP ngày 31/6/2025", "Sở Tài chính", "589/STC-VP", None),  # no such day
        ("Sở Tài chính: 589/STC-VP ngày 29/7", "Sở Tài chính", "589/STC-VP", None),  # no year
        ("Sở Tài chính: 589/STC-VP ngày 29/7/25", "Sở Tài chính", "589/STC-VP", None),  # which century?
        ("Sở Tài chính: 589/STC-VP ngày     /7/2025", "Sở Tài chính", "589/STC-VP", None),
    ],
)  # fmt: skip
def test_an_agency_is_named_with_its_document_in_many_ways(written, name, number, day):
    phrase = phrase_in(written)

    assert phrase is not None
    assert (phrase.name, phrase.number, day_in(phrase.written_on)) == (name, number, day)


@pytest.mark.parametrize(
    "written",
    [
        "Tại Quyết định số 340/QĐ-UBND ngày 27/5/2025",
        "Căn cứ Công văn số 148/UBND-KGVX ngày 09/7/2025",
        "Đề nghị bổ sung Kế hoạch số 223/KH-UBND ngày 15/11/2024",
        "Theo Nghị quyết 57-NQ/TW ngày 22/12/2024",
        "Nâng cấp, mua sắm thiết bị mạng: 100 triệu đồng",
        "Sở Tư pháp đề nghị sửa Quyết định số 340/QĐ-UBND ngày 27/5/2025",
        "Quảng Ngãi, ngày 12 tháng 8 năm 2025",
        "",
    ],
)
def test_a_citation_in_a_comment_is_no_reply(written):
    phrase = phrase_in(written)

    assert phrase is None or not names_agency(phrase.name) or not phrase.number


@pytest.mark.parametrize(
    ("heading", "listing"),
    [
        ("1. Các cơ quan, đơn vị có ý kiến thống nhất nội dung dự thảo", Listing.AGREE),
        ("I. Các đơn vị đồng ý với dự thảo", Listing.AGREE),
        ("a) Các địa phương nhất trí", Listing.AGREE),
        ("Danh sách cơ quan thống nhất hoàn toàn với dự thảo Kế hoạch", Listing.AGREE),
        ("Các cơ quan không có ý kiến", Listing.AGREE),
        ("Các cơ quan không có ý kiến góp ý, bổ sung", Listing.AGREE),
        ("36 cơ quan tham gia ý kiến thống nhất", Listing.AGREE),
        ("Các sở thống nhất với dự thảo Quyết định sửa đổi, bổ sung Quyết định số 12", Listing.AGREE),
        ("2. Nội dung tiếp thu ý kiến góp ý đối với dự thảo", Listing.COMMENT),
        ("II. Các cơ quan, đơn vị có ý kiến góp ý", Listing.COMMENT),
        ("Các cơ quan có ý kiến tham gia", Listing.COMMENT),
        ("Ý kiến đề nghị chỉnh sửa, bổ sung", Listing.COMMENT),
        ("Các đơn vị thống nhất và có ý kiến góp ý thêm", Listing.COMMENT),
        ("Các đơn vị không thống nhất", Listing.COMMENT),
        ("3. Các cơ quan chưa có văn bản trả lời", Listing.SILENT),
        ("Các đơn vị không gửi ý kiến", Listing.SILENT),
        ("Kính gửi: Ủy ban nhân dân tỉnh", None),
        ("Căn cứ ý kiến thống nhất của Thường trực HĐND tỉnh", None),
        ("Sự cần thiết ban hành Kế hoạch", None),
    ],
)
def test_a_heading_says_what_its_list_is_about(heading, listing):
    assert heading_listing(heading) is listing


@pytest.mark.parametrize(
    ("opinion", "listing"),
    [
        ("Thống nhất", Listing.AGREE),
        ("Cơ quan thống nhất, không có ý kiến gì thêm", Listing.AGREE),
        ("Thống nhất, đề nghị bổ sung mục 3", Listing.COMMENT),
        ("Chưa gửi", Listing.SILENT),
        ("", None),
    ],
)
def test_an_opinion_in_a_cell_is_read_like_a_heading(opinion, listing):
    assert listing_of(opinion) is listing


COLUMNS = [
    ("STT", "Đơn vị", "Số văn bản", "Ngày", "Ý kiến"),
    ("1", "Sở Y tế", "12/SYT-VP", "25/7/2025", "Thống nhất"),
    ("2", "Sở Công Thương", "7/SCT-KT", "26/7/2025", "Đề nghị bổ sung nhiệm vụ"),
    ("3", "UBND xã Ba Tơ", "", "", "Thống nhất"),
    ("4", "UBND xã Ba Vì", "", "", "Chưa gửi ý kiến"),
]
AS_COLUMNS = [
    ("Sở Y tế", "12/SYT-VP", "25/07/2025", "agree"),
    ("Sở Công Thương", "7/SCT-KT", "26/07/2025", "comment"),
    ("UBND xã Ba Tơ", "", "", "agree"),
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("\t".join(row) for row in COLUMNS),
        "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in COLUMNS),
        "\n".join("\n".join(f"\t{cell}" for cell in row) for row in COLUMNS),
        "\n".join(["| " + " | ".join(row) + " |" for row in (COLUMNS[0], ["---"] * 5, *COLUMNS[1:])]),
        "\r\n".join("> " + "\t".join(row) for row in COLUMNS),
    ],
    ids=["tabs", "one-cell-a-line", "without-blank-lines", "markdown", "quoted-mail"],
)
def test_separate_columns_are_read_in_every_layout_of_a_text(text):
    replies, problems = read_replies(f"TỔNG HỢP Ý KIẾN GÓP Ý\n\n{text}\n".encode(), "y-kien.txt")

    assert told(replies) == AS_COLUMNS
    assert [problem.code for problem in problems] == ["reply-without-number", "reply-without-date"]


def test_a_word_file_gives_the_same_replies(monkeypatch):
    grid = GridBuilder("bảng 1")
    for row, cells in enumerate(COLUMNS):
        for column, cell in enumerate(cells):
            grid.put(row, column, cell)
    document = SourceDocument(("TỔNG HỢP Ý KIẾN GÓP Ý", grid.grid()))
    monkeypatch.setattr("intake.replies.extract_apart", lambda data: document)

    replies, _ = read_replies(b"PK\x03\x04word/", "y-kien.docx")

    assert told(replies) == AS_COLUMNS
    assert replies[0].place == "bảng 1, hàng 2"


def test_an_agency_merged_over_its_comments_answers_once():
    grid = GridBuilder()
    for column, cell in enumerate(("STT", "Cơ quan", "Nội dung góp ý")):
        grid.put(0, column, cell)
    grid.put(1, 0, "1", down=2)
    grid.put(1, 1, "Sở Y tế\n(Công văn số 12/SYT-VP ngày 25/7/2025)", down=2)
    grid.put(1, 2, "Bổ sung mục 1")
    grid.put(2, 2, "Sửa mục 2")
    lines = lines_of_document(SourceDocument(("Các cơ quan có ý kiến góp ý", grid.grid())))

    assert [line.cells for line in lines[3:]] == [("", "", "Sửa mục 2")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # two lists as sections of one table
            "STT\tĐơn vị\tVăn bản\nI\tCác đơn vị thống nhất\t\n1\tSở Y tế\t1/SYT ngày 1/7/2025\n"
            "II\tCác đơn vị có ý kiến góp ý\t\n1\tSở Xây dựng\t2/SXD ngày 2/7/2025\n",
            [("Sở Y tế", "1/SYT", "01/07/2025", "agree"), ("Sở Xây dựng", "2/SXD", "02/07/2025", "comment")],
        ),
        (  # no table at all
            "Các cơ quan thống nhất gồm:\n- Sở Y tế (Công văn số 1/SYT ngày 1/7/2025);\n"
            "Các cơ quan có ý kiến góp ý gồm:\n1. Sở Xây dựng: 2/SXD ngày 2/7/2025\n",
            [("Sở Y tế", "1/SYT", "01/07/2025", "agree"), ("Sở Xây dựng", "2/SXD", "02/07/2025", "comment")],
        ),
        (  # a reply and its supplement are both kept
            "Các cơ quan có ý kiến góp ý\n\tSTT\n\tĐơn vị\n\n\t1\n\tSở Y tế: 1/SYT ngày 1/7/2025\n\n"
            "\t2\n\tSở Y tế: 9/SYT ngày 9/7/2025\n",
            [("Sở Y tế", "1/SYT", "01/07/2025", "comment"), ("Sở Y tế", "9/SYT", "09/07/2025", "comment")],
        ),
        (  # ticks under the verdict
            "STT\tCơ quan\tThống nhất\tÝ kiến góp ý\n1\tSở Y tế\tx\t\n2\tSở Xây dựng\t\tx\n",
            [("Sở Y tế", "", "", "agree"), ("Sở Xây dựng", "", "", "comment")],
        ),
        (  # those who have not replied are no replies
            "Các đơn vị thống nhất\n1. Sở Y tế: 1/SYT ngày 1/7/2025\nCác đơn vị chưa có văn bản trả lời\n"
            "\tSTT\n\tĐơn vị\n\n\t1\n\tSở Xây dựng\n",
            [("Sở Y tế", "1/SYT", "01/07/2025", "agree")],
        ),
        (  # a title over answers of either sort does not decide what a row says
            "Bảng tổng hợp ý kiến góp ý của các cơ quan\nTT\tTên cơ quan\tVăn bản\tÝ kiến\n"
            "1\tSở Y tế\t1/SYT ngày 1/7/2025\tNhất trí\n2\tSở Xây dựng\t2/SXD ngày 2/7/2025\tSửa câu chữ\n",
            [("Sở Y tế", "1/SYT", "01/07/2025", "agree"), ("Sở Xây dựng", "2/SXD", "02/07/2025", "comment")],
        ),
        (  # sections of a table by sort of agency are no agencies
            "STT\tCơ quan góp ý\tNội dung góp ý\nI\tÝ kiến của các sở, ban, ngành\t\n"
            "1\tSở Y tế (Công văn số 1/SYT ngày 1/7/2025)\tThống nhất\n",
            [("Sở Y tế", "1/SYT", "01/07/2025", "agree")],
        ),
        (  # the comment may follow its document at once
            "Các cơ quan có ý kiến góp ý\n1. Sở Xây dựng (Công văn số 2/SXD ngày 2/7/2025): đề nghị sửa.\n",
            [("Sở Xây dựng", "2/SXD", "02/07/2025", "comment")],
        ),
        (  # nobody said what they think
            "STT\tĐơn vị\tSố văn bản\n1\tSở Y tế\t1/SYT-VP\n",
            [("Sở Y tế", "1/SYT-VP", "", None)],
        ),
    ],
)
def test_lists_of_other_shapes_are_read_too(text, expected):
    assert told(replies_in(text)) == expected


def test_a_summary_that_the_lists_do_not_bear_out_is_said():
    text = SUBMISSION.replace("tiếp nhận 5 văn bản", "tiếp nhận 6 văn bản")

    _, problems = read_replies(text.encode(), "to-trinh.txt")

    assert [(p.code, p.message) for p in problems] == [
        ("count-differs", "văn bản nói tổng số 6 ý kiến, danh sách có 5")
    ]


def test_a_numbered_row_that_names_nobody_is_said_with_its_line():
    text = "Các đơn vị thống nhất\nSTT\tĐơn vị\n1\tSở Y tế: 1/SYT ngày 1/7/2025\n2\tđã gửi qua thư điện tử.\n"

    replies, problems = read_replies(text.encode(), "y-kien.txt")

    assert len(replies) == 1
    assert [problem.place_and_code for problem in problems] == [("y-kien.txt", 4, 1, "unread-row")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        ("Kế hoạch không có danh sách nào".encode(), "no-replies"),
        (f"MẬT\n{SUBMISSION}".encode(), "state-secret"),
    ],
)
def test_a_file_without_replies_says_why(data, code):
    replies, problems = read_replies(data, "y-kien.txt")

    assert replies == []
    assert [problem.code for problem in problems] == [code]
    assert code not in NOT_FATAL


@given(st.text(alphabet="\t\n |:/-.0123456789ngàySởUBND thốngấtgópýIV", max_size=300))
def test_any_text_is_read_without_inventing(text):
    for reply in replies_in(f"Các cơ quan thống nhất\n{text}"):
        assert reply.unit_words
        assert reply.date is None or str(reply.date.year) in text
