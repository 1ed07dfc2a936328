"""Do the open channels reach everybody in the contact book?"""

from __future__ import annotations

from collections.abc import Set
from datetime import date

from engine.contacts import ContactBook
from engine.deputies import UNATTENDED, reaches
from engine.problems import Problem

CHATS = frozenset({"zalo_bot", "zalo_oa", "telegram"})  # linked by the people themselves, later


def without_way(book: ContactBook, channels: Set[str], today: date, source: str) -> list[Problem]:
    """Return a problem for every post whose holder no open channel can reach.

    Nothing is said while only the mailbox of the machine is open, or while a chat is: whether
    somebody has linked theirs does not stand in the file.
    """
    outside = channels - {UNATTENDED}
    if not outside or outside & CHATS:
        return []
    return [
        Problem(
            source, 0, 0, "no-way", f"không kênh nào đang mở tới được {one.title} ({one.post})",
            f"ghi thêm địa chỉ, hoặc mở kênh khác; đang mở: {', '.join(sorted(outside))}",
        )
        for one in book.recipients
        if book.at_post(one.post, today) is one and not reaches(one, outside)
    ]  # fmt: skip
