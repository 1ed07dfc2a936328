"""How are dates, lateness and units put into Vietnamese words?

Everything a person typed passes through `plain` before it is shown, so that no title
can add a line to a letter, turn its direction or smuggle a header.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from engine.digest import DigestRow, Group
from engine.model import Recipient

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)

HEADINGS = {
    Group.OVERDUE: ("Quá hạn", "late"),
    Group.TODAY: ("Hôm nay", "today"),
    Group.WEEK: ("7 ngày tới", "soon"),
    Group.LATER: ("Sắp tới", "calm"),
    Group.DUTY: ("Việc định kỳ", "calm"),
    Group.WAITED: ("Đơn vị khác đang chờ", "today"),
    Group.INFORMED: ("Để phối hợp", "calm"),
    Group.RECEIVED: ("Đã ghi nhận trả lời", "calm"),
    Group.NOTICE: ("Cần xem xét, quyết định", "today"),
    Group.FAULT: ("Cần sửa đầu mối", "today"),
}
SHAPES = {"late": "■", "today": "▲", "soon": "●", "calm": "○"}  # colour is never alone


class State(NamedTuple):
    """How a row stands, in words, with the tone that colours it."""

    words: str
    tone: str  # "late" | "today" | "soon" | "calm"


@lru_cache(maxsize=4096)  # the same titles and units return in every letter of a run
def plain(text: str) -> str:
    """Return `text` in NFC on one line, without control, bidirectional or invisible characters."""
    visible = text if text.isprintable() else _INVISIBLE.sub("", _BREAKS.sub(" ", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def in_words(day: date) -> str:
    """Return the date as it is read in Vietnam: 30/09/2025."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def state_of(row: DigestRow, today: date) -> State:
    """Return how `row` stands today.

    A deadline that fell on a day off is not late until the next working day has passed
    (Bộ luật Dân sự 2015, Điều 148.5): such a row counts as due today.
    """
    if row.days_late > 0:
        return State(f"Quá hạn {row.days_late} ngày", "late")
    if row.due_on <= today:
        return State("Hết hạn hôm nay", "today")
    if row.days_left > 0:
        tone = "soon" if (row.due_on - today).days <= 7 else "calm"
        return State(f"Còn {row.days_left} ngày làm việc", tone)
    return State("Sắp hết hạn", "soon")


def deadline_of(row: DigestRow) -> str:
    """Return the deadline in force, with the first one and the extensions when they differ."""
    shown = in_words(row.due_on)
    if row.extensions:
        return f"{shown} (hạn gốc {in_words(row.original_due_on)}, đã gia hạn {row.extensions} lần)"
    if row.original_due_on != row.due_on:
        return f"{shown} (hạn gốc {in_words(row.original_due_on)})"
    return shown


def listed(units: tuple[str, ...], limit: int = 5) -> str:
    """Return one unit by name, several by number and the first `limit` names."""
    names = [plain(name) for name in units]
    if len(names) < 2:
        return "".join(names)
    shown, rest = ", ".join(names[:limit]), len(names) - limit
    return f"{len(names)} đơn vị: {shown}" + (f" và {rest} đơn vị khác" if rest > 0 else "")


def addressed(recipient: Recipient) -> str:
    """Return person, title and unit, as a letter names its reader."""
    person, title, unit = plain(recipient.person), plain(recipient.title), plain(recipient.unit.name)
    parts = [person, title, "" if unit in title else unit]
    return ", ".join(part for part in parts if part)


def shortened(text: str, room: int) -> str:
    """Return `text` cut at a word boundary to at most `room` characters, "…" when cut."""
    if len(text) <= room:
        return text
    head = text[: room - 1]
    if not text[room - 1].isspace():
        head = head[: head.rfind(" ")] if " " in head else head
    return head.rstrip(" ,;:.–-(") + "…"
