"""What does the subject of a letter say?

State first, because a phone shows some forty characters; then what, then the date. Never
longer than 70 characters where shortening the title can help.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from engine.digest import Digest, DigestRow, Group
from engine.model import HANOI
from notifiers.words import in_words, plain, shortened, state_of

LIMIT = 70
SHORTEST_TITLE = 12  # below this the date gives way, since the body repeats it
PREFIXES = {
    2: "[Đôn đốc – lãnh đạo đơn vị]",
    3: "[Đôn đốc – báo cáo cấp trên]",
    4: "[Đôn đốc – báo cáo cấp trên]",
}


NOT_OWED = frozenset({Group.WAITED, Group.RECEIVED, Group.NOTICE, Group.FAULT})
_OF_ONE = {
    Group.WAITED: "Đơn vị khác đang chờ",
    Group.RECEIVED: "Đã ghi nhận trả lời",
    Group.NOTICE: "Cần quyết định",
    Group.FAULT: "Cần sửa đầu mối",
}


def subject_of(digest: Digest) -> str:
    """Return the subject line of the letter that `digest` becomes."""
    today = digest.at.astimezone(HANOI).date()
    if len(digest.rows) == 1 and not digest.hidden:
        return _of_one(prefix_of(digest), digest.rows[0], today)
    owner = f" của {plain(digest.recipient.unit.name)}" if digest.level < 3 else ""
    brief, told = f"{prefix_of(digest)} {counted(digest)}", totals(digest.rows, today)
    fewer = [tallied(told[:kept]) for kept in range(len(told), -1, -1)]
    candidates = [brief + owner + fewer[0], *(brief + tally for tally in fewer)]
    return next(subject for subject in candidates if len(subject) <= LIMIT)


def prefix_of(digest: Digest) -> str:
    """Return the mark in brackets: who is being told, said openly."""
    if is_informed(digest):
        return "[Đôn đốc – phối hợp]"
    return PREFIXES.get(digest.level, "[Đôn đốc]")


def is_informed(digest: Digest) -> bool:
    """Whether the letter asks for nothing: every row is for a supporting unit."""
    return all(row.group is Group.INFORMED for row in digest.rows)


def counted(digest: Digest) -> str:
    """Return how many things the letter is about: "11 nhiệm vụ", "20 trong 29 nhiệm vụ"."""
    shown = len(digest.rows)
    number = f"{shown} trong {shown + digest.hidden}" if digest.hidden else str(shown)
    only_faults = all(row.group is Group.FAULT for row in digest.rows)
    return f"{number} {'đầu mối cần sửa' if only_faults else 'nhiệm vụ'}"


def tallied(totals: list[str]) -> str:
    """Return ": 1 quá hạn, 2 đến hạn tuần này", or nothing when there is nothing to tell."""
    return ": " + ", ".join(totals) if totals else ""


def totals(rows: tuple[DigestRow, ...], today: date) -> list[str]:
    """Return what is late and what falls due within a week, or the nearest deadline when nothing presses.

    "Tuần này" is said only when it is true of every row meant; rows for information and
    contact faults are counted apart when they stand beside work that is owed.
    """
    kinds = Counter(row.group for row in rows)
    apart = set(NOT_OWED) | ({Group.INFORMED} if kinds[Group.INFORMED] < len(rows) else set())
    owed = [row for row in rows if row.group not in apart]
    late = sum(row.days_late > 0 for row in owed)
    near = [row.due_on for row in owed if not row.days_late and row.due_on <= today + timedelta(days=7)]
    sunday = today + timedelta(days=6 - today.weekday())
    span = "tuần này" if near and max(near) <= sunday else "trong 7 ngày tới"
    said = [f"{late} quá hạn"] * bool(late) + [f"{len(near)} đến hạn {span}"] * bool(near)
    if owed and not said:
        said.append(f"hạn gần nhất {in_words(min(row.due_on for row in owed))}")
    said += [f"{kinds[Group.INFORMED]} để phối hợp"] * (Group.INFORMED in apart and kinds[Group.INFORMED] > 0)
    said += [f"{kinds[Group.WAITED]} đơn vị khác đang chờ"] * (kinds[Group.WAITED] > 0)
    said += [f"{kinds[Group.RECEIVED]} đã ghi nhận trả lời"] * (kinds[Group.RECEIVED] > 0)
    said += [f"{kinds[Group.NOTICE]} cần quyết định"] * (kinds[Group.NOTICE] > 0)
    said += [f"{kinds[Group.FAULT]} cần sửa đầu mối"] * (0 < kinds[Group.FAULT] < len(rows))
    return said


def _of_one(prefix: str, row: DigestRow, today: date) -> str:
    state = _OF_ONE.get(row.group) or state_of(row, today).words
    head, title, tail = f"{prefix} {state}: ", plain(row.title), f" (hạn {in_words(row.due_on)})"
    if LIMIT - len(head) - len(tail) < min(SHORTEST_TITLE, len(title)):
        tail = ""
    return head + shortened(title, LIMIT - len(head) - len(tail)) + tail
