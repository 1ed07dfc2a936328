"""What does a letter say as one message of a chat?

State, number, title, deadline, what happens next and what to type: complete in itself, short
enough for every chat. No text of documents goes there, and of what is marked secret only the number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from engine.digest import Digest, DigestRow, Group, shown_rows
from engine.model import HANOI
from notifiers.answering import NO_DOOR, ByAssignment, Doors, doors_of
from notifiers.subjects import NOT_OWED, prefix_of, subject_of, totals
from notifiers.words import HEADINGS, SHAPES, deadline_of, in_words, listed, plain, shortened, state_of

MOST_CHARACTERS = 2000  # Zalo's limit, the tightest
MOST_ROWS = 10
LONGEST_TITLE = 90
LONGEST_OWN_WORDS = 300
REPEATED = "Tin này có thể anh/chị đã nhận rồi."
WITHHELD = "(không nêu nội dung trong tin nhắn; xem văn bản giao)"
_SECRET = re.compile(r"(?:tối|tuyệt|độ) mật|[(\[]\s*mật\s*[)\]]|\bmật\s*:", re.IGNORECASE)
_MEANS = {
    "acknowledge": "đã nhận",
    "report": "báo cáo kết quả",
    "extension": "xin gia hạn",
    "blocked": "vướng đơn vị khác",
    "not_mine": "không phải việc của đơn vị",
    "substitute": "người thay thế",
}
_COMMON = ("acknowledge", "report", "extension")


def short_of(digest: Digest, office: str, contact: str, doors: ByAssignment) -> str:
    """Return the message, at most 2,000 characters however they are counted; never empty."""
    foot = f"{office}. Cần hỏi: {contact}."
    if len(digest.rows) == 1 and not digest.hidden:
        row, found = digest.rows[0], doors_of(digest.rows[0], doors)
        return _fitted([*_of_one(row, digest, found), *_ways(found), "", foot + _stop(found)], found.page)
    for most in range(MOST_ROWS, 0, -1):
        text = _joined(_of_many(digest, most, doors), foot)
        if _length(text) <= MOST_CHARACTERS:
            return text
    return _fitted(text.split("\n"), "")


def fields_of(digest: Digest, doors: ByAssignment) -> dict[str, str]:
    """Return the values for templates approved beforehand, each within the limit of its kind.

    A deadline is a day and ends with it, so it is written as its last minute.
    """
    row, found = digest.rows[0], [doors_of(row, doors) for row in shown_rows(digest)]
    today, unit = digest.at.astimezone(HANOI).date(), plain(digest.recipient.unit.name)
    number = len(digest.rows) + digest.hidden
    code, state = found[0].number or plain(row.task_code), state_of(row, today).words
    due_on = row.due_on
    if number > 1:
        code, state = f"{number} nhiệm vụ", next(iter(totals(digest.rows, today)), state)
        due_on = min(row.due_on for row in digest.rows)
    return {
        "nguoi_nhan": shortened(plain(digest.recipient.person) or unit, 30),
        "ma_viec": shortened(code, 30),
        "ten_viec": _title(row, LONGEST_TITLE),
        "trang_thai": shortened(state, 30),
        "han": f"23:59 {in_words(due_on)}",
        "don_vi": shortened(unit, 200),
        "link": next((one.page for one in found if one.page and len(one.page) <= 200), ""),
        "so_viec": str(number),
    }


def _of_one(row: DigestRow, digest: Digest, found: Doors) -> Iterator[str]:
    is_owed = row.group not in NOT_OWED
    state = state_of(row, digest.at.astimezone(HANOI).date()).words if is_owed else HEADINGS[row.group][0]
    yield f"{prefix_of(digest)} {state}"
    yield from [REPEATED] * digest.is_repeat
    yield f"Việc {found.number}: {_title(row, LONGEST_TITLE)}" if found.number else _title(row, LONGEST_TITLE)
    yield f"Hạn: {deadline_of(row)}"
    if row.units != (digest.recipient.unit.name,):
        yield f"Đơn vị chủ trì: {listed(row.units)}"
    said = plain(f"{row.said} {row.own_words}")
    yield from [shortened(said, LONGEST_OWN_WORDS)] * bool(said)
    yield from [f"Tiếp theo: {plain(row.warning)}"] * bool(plain(row.warning))


def _of_many(digest: Digest, most: int, doors: ByAssignment) -> tuple[list[str], Doors]:
    """Return the lines of a digest with its first rows, and the doors that serve as the example."""
    today, rows = digest.at.astimezone(HANOI).date(), digest.rows[:most]
    numbers = Counter(row.group for row in digest.rows)
    lines = [subject_of(digest), *([REPEATED] * digest.is_repeat)]
    for group, members in groupby(rows, key=lambda row: row.group):
        name, tone = HEADINGS[group]
        lines += ["", f"{SHAPES[tone]} {name} ({numbers[group]})"]
        for row in members:
            number = doors_of(row, doors).number
            state = "" if row.group is Group.TODAY else f" · {state_of(row, today).words}"
            told = f"{_title(row, LONGEST_TITLE)} · hạn {in_words(row.due_on)}{state}"
            lines.append(f"{number} – {told}" if number else f"– {told}")
    left = len(digest.rows) - len(rows) + digest.hidden
    lines += [f"…và {left} việc khác, xem thư"] * (left > 0)
    warned = next((row for row in rows if plain(row.warning)), None)
    if warned is not None:
        number = doors_of(warned, doors).number
        about = f" (việc {number})" if number else " (việc đầu)"
        lines += ["", f"Tiếp theo{about}: {plain(warned.warning)}"]
    known = (doors_of(row, doors) for row in rows)
    return lines, next((found for found in known if found.number), NO_DOOR)


def _joined(told: tuple[list[str], Doors], foot: str) -> str:
    lines, example = told
    typed = {choice.response: choice.typed for choice in example.choices if choice.typed}
    ways = [f"{typed[kind]} – {_MEANS[kind]}" for kind in _COMMON if kind in typed]
    asked = (
        [f"Trả lời, ví dụ với việc {example.number}: {'; '.join(ways)}; GIUP – cách khác."] if ways else []
    )
    return _composed([*lines, "", *asked, foot + _stop(example)])


def _ways(found: Doors) -> list[str]:
    ways = [f"{c.typed} – {_MEANS.get(c.response, c.label)}" for c in found.choices if c.typed]
    return ["", "Trả lời bằng cách nhắn:", *ways] if ways else []


def _stop(found: Doors) -> str:
    return " Nhắn STOP để dừng nhận tin ở đây." if found.number else ""


def _title(row: DigestRow, room: int) -> str:
    is_secret = any(_SECRET.search(plain(text)) for text in (row.title, row.text, row.document))
    return WITHHELD if is_secret else shortened(plain(row.title), room)


def _fitted(lines: Iterable[str], page: str) -> str:
    """Return the lines, the longest cut first, with room for a page's address that a channel may add."""
    kept = list(lines)
    while (over := _length(_composed(kept)) + _length(page) + 20 * bool(page) - MOST_CHARACTERS) > 0:
        longest = max(range(len(kept)), key=lambda n: len(kept[n]))
        kept[longest] = shortened(kept[longest], max(1, len(kept[longest]) - max(over // 2, 1)))
    return _composed(kept)


def _composed(lines: Iterable[str]) -> str:
    return unicodedata.normalize("NFC", "\n".join(lines)).strip()


def _length(text: str) -> int:
    """Return how long a text is in UTF-16 units, the most that any counting gives."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
