"""Is the text for a chat short, complete in itself, and free of what does not belong there?"""

from __future__ import annotations

import os
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.digest import Group
from engine.model import PostRole
from engine.response_words import words_of
from engine.responses import LABELS, NotUnderstood, ResponseKind, read_response
from notifiers.chats import MOST_CHARACTERS, REPEATED, WITHHELD
from notifiers.zalo_wire import chat_text

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
LATE = {"group": Group.OVERDUE, "days_late": 12, "days_left": 0, "due_on": date(2025, 9, 13)}
HOSTILE = "<script>x</script>\r\nHạn: 01/01/2099\x00 \u202etxt.exe 🏛 & {{ 7*7 }} *_`"


def units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_one_task_says_state_number_title_deadline_what_follows_and_how_to_answer(
    letter_of, row_of, doors_of
):
    short = letter_of(row_of(**LATE), doors=doors_of(row_of())).short

    for told in (
        "Quá hạn 12 ngày",
        "Việc 0042: Kế hoạch hỗ trợ PPP",
        "Hạn: 13/09/2025",
        "Tiếp theo: Nếu chưa có phản hồi",
        "OK 0042 – đã nhận",
        "BC 0042 số văn bản – báo cáo kết quả",
        "GH 0042 ngày xin, lý do – xin gia hạn",
        "Văn phòng UBND tỉnh Quảng Ngãi",
        "bộ phận Theo dõi nhiệm vụ",
        "STOP",
    ):
        assert told in short


def test_every_choice_in_the_text_is_a_command_people_may_type(letter_of, row_of, doors_of):
    lines = letter_of(row_of(), doors=doors_of(row_of())).short.splitlines()
    commands = [line for line in lines if " 0042 " in line and " – " in line]

    filled = {
        "ngày xin, lý do": "15/12 chờ Bộ",
        "số văn bản": "12/BC-SYT",
        "tên đơn vị: lý do": "Sở Tài chính: chậm",
    }
    said = []
    for line in commands:
        command = line.partition(" – ")[0]
        for blank, value in filled.items():
            command = command.replace(blank, value)
        said.append(read_response(command, date(2025, 9, 25)))

    assert [(one.kind, one.numbers) for one in said] == [(kind, (42,)) for kind in LABELS]


def test_channels_add_nothing_that_stands_in_the_text_already(letter_of, row_of, doors_of):
    letter = letter_of(row_of(), doors=doors_of(row_of(), has_buttons=False))
    sent = chat_text(letter, has_buttons=False)

    assert sent.count("OK 0042") == 1
    assert sent.startswith(letter.short)
    assert units(sent) <= MOST_CHARACTERS


def test_a_digest_is_grouped_and_names_ten_tasks_at_most(letter_of, many, doors_of):
    rows = [*many(4, **LATE), *many(30)]
    short = letter_of(*rows, doors=doors_of(*rows[:20])).short
    listed = [line for line in short.splitlines() if line[:2] == "00"]

    assert [line for line in short.splitlines() if line[:1] in {"■", "●"}] == [
        "■ Quá hạn (4)",
        "● 7 ngày tới (30)",
    ]
    assert len(listed) == 10
    assert "…và 24 việc khác, xem thư" in short


def test_a_digest_has_a_button_for_each_task_named_and_none_that_means_all(letter_of, many, doors_of):
    rows = many(12)
    letter = letter_of(*rows, doors=doors_of(*rows))

    assert [c.label for c in letter.choices] == [f"Đã nhận 00{n}" for n in range(42, 52)]
    assert len({c.token for c in letter.choices}) == 10
    assert all(one.response == ResponseKind.ACKNOWLEDGE and not one.url for one in letter.choices)


def test_one_task_offers_all_its_answers_as_buttons(letter_of, row_of, doors_of):
    assert [c.label for c in letter_of(row_of(), doors=doors_of(row_of())).choices] == list(LABELS.values())


def test_who_owes_nothing_is_not_told_what_to_type(letter_of, row_of, recipient_of):
    short = letter_of(row_of(**LATE), level=3, recipient=recipient_of(role=PostRole.COORDINATOR)).short

    assert "nhắn" not in short.lower()
    assert "Cần hỏi: bộ phận Theo dõi nhiệm vụ" in short


@pytest.mark.parametrize("number", [1, 3])
def test_what_may_be_a_repeat_says_so(letter_of, many, number):
    assert REPEATED in letter_of(*many(number), is_repeat=True).short
    assert REPEATED not in letter_of(*many(number)).short


@pytest.mark.parametrize(
    ("changes", "is_withheld"),
    [
        ({"document": "Kế hoạch số 12/KH-UBND (Mật)"}, True),
        ({"title": "Phương án phòng thủ [MẬT]"}, True),
        ({"text": "Tài liệu tối mật về quốc phòng"}, True),
        ({"title": "Phổ biến pháp luật về bảo vệ bí mật nhà nước"}, False),
        ({"title": "Nâng cao mật độ cây xanh"}, False),
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_what_is_marked_secret_is_named_by_its_number_only(
    letter_of, many, doors_of, changes, is_withheld, number
):
    rows = many(number, **changes)
    letter = letter_of(*rows, doors=doors_of(*rows))

    assert (WITHHELD in letter.short, letter.fields["ten_viec"] == WITHHELD) == (is_withheld, is_withheld)
    assert "0042" in letter.short


def test_no_person_and_no_text_of_a_document_is_named_in_a_chat(letter_of, row_of):
    short = letter_of(row_of(title="Gọi 0905 123 456")).short

    assert [word for word in ("Lê Thị Ví Dụ", "Tham mưu UBND", "0905", "12/KH-UBND") if word in short] == []


def test_63_a_hostile_title_adds_no_line_and_turns_nothing(letter_of, row_of, doors_of):
    letter = letter_of(row_of(title=HOSTILE), doors=doors_of(row_of()))
    line = next(line for line in letter.short.split("\n") if line.startswith("Việc"))

    assert line == "Việc 0042: <script>x</script> Hạn: 01/01/2099 txt.exe 🏛 & {{ 7*7 }} *_`"
    assert [c for c in letter.short if unicodedata.category(c) in {"Cc", "Cf"} and c != "\n"] == []
    assert letter.fields["ten_viec"] == line.removeprefix("Việc 0042: ")


words = st.text(max_size=60).map(lambda text: text * 90) | st.text(max_size=300)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 30), st.integers(0, 2))
def test_any_message_fits_and_is_never_empty(letter_of, many, doors_of, data, number, hidden):
    drawn = {name: data.draw(words) for name in ("title", "warning", "own_words", "said", "document")}
    rows = many(number, units=(data.draw(words), "Sở Y tế"), **drawn)
    letter = letter_of(*rows, doors=doors_of(*rows[:20], has_buttons=False), hidden=hidden)

    assert 0 < units(letter.short) <= MOST_CHARACTERS
    assert unicodedata.is_normalized("NFC", letter.short)
    assert "OK 0042" in letter.short
    assert units(chat_text(letter, has_buttons=False)) <= MOST_CHARACTERS


LIMITS = {
    "nguoi_nhan": 30,
    "ma_viec": 30,
    "trang_thai": 30,
    "han": 20,
    "don_vi": 200,
    "link": 200,
    "ten_viec": 200,
}


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 4))
def test_template_values_stay_within_the_limits_of_their_kinds(
    letter_of, many, doors_of, recipient_of, data, number
):
    rows = many(number, title=data.draw(words), task_code=data.draw(words))
    who = recipient_of(unit=f"Sở {data.draw(words)}", person=data.draw(words))
    fields = letter_of(*rows, doors=doors_of(*rows), recipient=who).fields

    assert {name: len(value) for name, value in fields.items() if len(value) > LIMITS.get(name, 5)} == {}
    assert [
        name
        for name in ("nguoi_nhan", "ma_viec", "trang_thai", "han", "don_vi", "so_viec")
        if not fields[name]
    ] == []


def test_template_values_of_one_task_and_of_several(letter_of, row_of, many, doors_of):
    one = letter_of(row_of(**LATE), doors=doors_of(row_of())).fields
    several = letter_of(*many(2, **LATE), *many(1), hidden=4).fields

    assert (one["ma_viec"], one["trang_thai"], one["han"], one["so_viec"]) == (
        "0042",
        "Quá hạn 12 ngày",
        "23:59 13/09/2025",
        "1",
    )
    assert (several["ma_viec"], several["trang_thai"], several["so_viec"], several["link"]) == (
        "7 nhiệm vụ",
        "2 quá hạn",
        "7",
        "",
    )


def test_our_own_text_quoted_back_is_no_command(letter_of, row_of, doors_of):
    short = letter_of(row_of(), doors=doors_of(row_of())).short
    quoted = "\n".join(f"> {line}" for line in short.splitlines())

    assert words_of(quoted).written == ""
    assert read_response(quoted, date(2025, 9, 25)) == NotUnderstood()


@pytest.mark.parametrize("name", ["tin-mot-nhiem-vu", "tin-tong-hop"])
def test_messages_read_as_a_vietnamese_reader_reviewed_them(letter_of, row_of, many, doors_of, name):
    rows = [row_of(**LATE)] if name == "tin-mot-nhiem-vu" else [*many(2, **LATE), *many(12)[2:]]
    shown, path = letter_of(*rows, doors=doors_of(*rows)).short + "\n", SNAPSHOTS / f"{name}.txt"
    if os.environ.get("DONDOC_UPDATE_SNAPSHOTS") == "1":
        path.write_text(shown, encoding="utf-8")

    assert shown == path.read_text(encoding="utf-8")
