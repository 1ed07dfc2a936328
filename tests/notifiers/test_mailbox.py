import asyncio
from datetime import datetime

import pytest

from engine.model import HANOI
from notifiers.base import DeliveryFailed
from notifiers.mailbox import EMBEDDED, MailboxNotifier, letters_of, read_letter
from notifiers.mime import as_bytes

NOON = datetime(2025, 9, 26, 12, 30, tzinfo=HANOI)


def put(folder, letter, address="hop-thu"):
    return asyncio.run(MailboxNotifier(folder).send(letter, address))


def test_a_letter_lies_under_its_post_with_the_bytes_e_mail_would_carry(tmp_path, letter_of):
    letter = letter_of()
    receipt = put(tmp_path, letter, "dau-moi@so-y-te.example")
    (path,) = (tmp_path / "so-y-te.contact").iterdir()

    assert receipt.state == "delivered"
    assert receipt.provider_id == f"so-y-te.contact/{path.name}"
    assert path.name.startswith("20250925-0800-")
    assert path.read_bytes() == as_bytes(letter, EMBEDDED, "dau-moi@so-y-te.example")


def test_a_repeat_replaces_the_same_file_even_later(tmp_path, letter_of):
    first = put(tmp_path, letter_of())
    again = put(tmp_path, letter_of(at=NOON))
    other = put(tmp_path, letter_of(key="another"))

    assert first == again
    assert first != other
    assert len(list(tmp_path.rglob("*.*ml"))) == 2


@pytest.mark.parametrize("post", ["../../ngoai", "/etc/contact", "..", "so y tế/contact", "a\0b"])
def test_no_post_leads_out_of_the_folder(tmp_path, letter_of, recipient_of, post):
    inside = tmp_path / "hop-thu"
    receipt = put(inside, letter_of(recipient=recipient_of(post=post)))

    assert [path.relative_to(inside).as_posix() for path in tmp_path.rglob("*.eml")] == [receipt.provider_id]
    assert len(letters_of(inside, post)) == 1


def test_letters_are_listed_oldest_first_for_all_or_for_one_post(tmp_path, letter_of, recipient_of, row_of):
    put(tmp_path, letter_of(key="2", at=NOON))
    put(tmp_path, letter_of(row_of(title="Việc đầu tiên"), key="1"))
    put(tmp_path, letter_of(key="3", recipient=recipient_of(code="so-noi-vu")))
    listed = letters_of(tmp_path, "so-y-te/contact")

    assert [letter.date.hour for letter in listed] == [8, 12]
    assert listed[0].subject == "[Đôn đốc] Còn 3 ngày làm việc: Việc đầu tiên (hạn 30/09/2025)"
    assert listed[0].recipient == "Lê Thị Ví Dụ <so-y-te.contact@mailbox.invalid>"
    assert len(letters_of(tmp_path)) == 3
    assert letters_of(tmp_path / "khong-co") == []


def test_a_letter_is_read_in_the_terminal_as_text(tmp_path, letter_of):
    letter = letter_of()
    put(tmp_path, letter)
    shown = read_letter(letters_of(tmp_path)[0].path)

    assert shown.splitlines()[:4] == [
        "Từ: Đôn đốc <don-doc@dondoc.invalid>",
        "Gửi: Lê Thị Ví Dụ <so-y-te.contact@mailbox.invalid>",
        f"Tiêu đề: {letter.subject}",
        "Lúc: 08:00 25/09/2025",
    ]
    assert letter.text.strip() in shown
    assert "Đính kèm: han.ics" in shown


def test_a_foreign_file_cannot_command_the_terminal(tmp_path):
    path = tmp_path / "la.eml"
    path.write_bytes(b"Subject: a\x1b[2Jb\r\nDate: Thu, 25 Sep 2025 08:00:00 +0700\r\n\r\nx\x1b]0;y\x07\r\n")

    assert "\x1b" not in read_letter(path)


def test_a_folder_that_cannot_be_written_is_a_temporary_failure(tmp_path, letter_of):
    (tmp_path / "tep").write_text("không phải thư mục")

    with pytest.raises(DeliveryFailed, match="không ghi được") as failure:
        put(tmp_path / "tep", letter_of())
    assert not failure.value.permanent
