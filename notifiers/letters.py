"""What does a letter say, line by line?

A digest becomes lines in Vietnamese first and text and HTML afterwards: both templates
loop over the same lines, so they cannot tell different stories.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from engine.digest import Digest, DigestRow, shown_rows
from engine.masking import masked
from engine.model import HANOI
from notifiers.answering import NO_DOORS, ByAssignment, Doors, choices_of, doors_of
from notifiers.base import IcsPart, Letter
from notifiers.chats import fields_of, short_of
from notifiers.mail_templates import template
from notifiers.sentences import answer_of, opening_of
from notifiers.subjects import NOT_OWED, subject_of, tallied, totals
from notifiers.words import (
    HEADINGS,
    SHAPES,
    addressed,
    deadline_of,
    in_words,
    listed,
    plain,
    shortened,
    state_of,
)

MOST_ENTRIES = 20
LONGEST_TITLE = 90  # beside others; alone it stands in full


@dataclass(frozen=True, slots=True)
class OfficeNames:
    """The office in whose name letters go out."""

    name: str  # "Văn phòng UBND tỉnh Quảng Ngãi"
    reply_to: str
    domain: str  # right-hand side of every Message-ID and calendar UID
    contact: str  # whom to call, as read by people
    base_url: str = ""  # what every link begins with, without a last "/"; "" when there are no links


class FactView(NamedTuple):
    """A label and what stands beside it."""

    label: str
    value: str


class WayView(NamedTuple):
    """One answer and the page's address that leads to it."""

    label: str
    url: str


class RowView(NamedTuple):
    """One task as it is read; upper levels get `line` instead of facts."""

    number: int
    title: str
    state: str
    tone: str
    line: str
    facts: tuple[FactView, ...]
    own_words: tuple[str, ...]  # the office's own, line by line
    page: str  # where it is answered, "" when by mail and telephone only
    ways: tuple[WayView, ...]  # what may be answered there, what is asked for first
    warning: str


class GroupView(NamedTuple):
    """The rows under one heading; a tuple, since templates unpack it ten times faster than they look up."""

    heading: str
    tone: str
    shape: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class LetterView:
    """Everything the templates may show."""

    subject: str
    office: str
    greeting: str
    opening: str
    groups: tuple[GroupView, ...]
    is_digest: bool
    more: tuple[str, ...]
    answer: str
    reasons: tuple[str, ...]
    origin: str


def written(digest: Digest, office: OfficeNames, doors: ByAssignment = NO_DOORS) -> Letter:
    """Return the letter that says what `digest` says; the same bytes for the same digest and doors."""
    digest = _without_private_numbers(digest)
    view = view_of(digest, office, doors)
    return Letter(
        key=digest.key,
        message_id=message_id("letter", digest.key, office),
        subject=view.subject,
        text=_TEXT.render(letter=view),
        html=_HTML.render(letter=view),
        ics=entries_of(digest, office),
        recipient=digest.recipient,
        thread=_thread_of(digest, office),
        at=digest.at,
        short=short_of(digest, plain(office.name), plain(office.contact), doors),
        choices=choices_of(shown_rows(digest), doors),
        fields=fields_of(digest, doors),
    )


def view_of(digest: Digest, office: OfficeNames, doors: ByAssignment = NO_DOORS) -> LetterView:
    """Return the lines of the letter, cleaned and in the order they are read."""
    at = digest.at.astimezone(HANOI)
    rulebook = f"; bộ quy tắc {plain(digest.rulebook)}" if digest.rulebook else ""
    return LetterView(
        subject=subject_of(digest),
        office=plain(office.name),
        greeting=f"Kính gửi: {addressed(digest.recipient)}",
        opening=opening_of(digest),
        groups=tuple(_groups(digest, doors)),
        is_digest=len(digest.rows) > 1,
        more=tuple(_more(digest)),
        answer=answer_of(digest, plain(office.contact), _has_page(digest, doors)),
        reasons=tuple(_reasons(shown_rows(digest))),
        origin=f"Thư do hệ thống Đôn đốc của {plain(office.name)} tự động soạn "
        f"lúc {at:%H:%M} ngày {in_words(at.date())}{rulebook}.",
    )


def entries_of(digest: Digest, office: OfficeNames) -> tuple[IcsPart, ...]:
    """Return the deadlines as calendar entries, coming ones first, at most 20.

    Levels 3 and 4 get none: the deadlines are not theirs. Nor do contact faults, nor what others wait for.
    """
    if digest.level >= 3:
        return ()
    rows = [row for row in digest.rows if row.group not in NOT_OWED]
    coming_first = sorted(rows, key=lambda row: row.days_late > 0)
    return tuple(_entry(row, office) for row in coming_first[:MOST_ENTRIES])


def _without_private_numbers(digest: Digest) -> Digest:
    """Return the digest with what plans say about people's telephones and accounts left out."""
    rows = (
        replace(
            row,
            title=masked(row.title),
            text=masked(row.text),
            expected=masked(row.expected),
            document=masked(row.document),
            said=masked(row.said),
        )
        for row in digest.rows
    )
    return replace(digest, rows=tuple(rows))


def _entry(row: DigestRow, office: OfficeNames) -> IcsPart:
    subject = row.assignment_ids[0] if len(row.assignment_ids) == 1 else row.task_code
    uid = f"{hashlib.sha256(subject.encode()).hexdigest()[:32]}@{office.domain}"
    facts = (row.document, listed(row.units), row.expected and f"Sản phẩm: {row.expected}")
    described = "; ".join(plain(fact) for fact in facts if fact)
    return IcsPart(uid, row.due_on, row.extensions, f"Hạn: {plain(row.title)}", described)


def _groups(digest: Digest, doors: ByAssignment) -> Iterable[GroupView]:
    number = 0
    numbers = Counter(row.group for row in digest.rows)
    for group, members in groupby(shown_rows(digest), key=lambda row: row.group):
        rows = tuple(
            _row(row, digest, number + n, doors_of(row, doors)) for n, row in enumerate(members, start=1)
        )
        number += len(rows)
        name, tone = HEADINGS[group]
        yield GroupView(f"{name} ({numbers[group]})", tone, SHAPES[tone], rows)


def _row(row: DigestRow, digest: Digest, number: int, found: Doors) -> RowView:
    words, tone = state_of(row, digest.at.astimezone(HANOI).date())
    line, facts = ("", tuple(_facts(row, digest))) if digest.level < 3 else (_line(row), ())
    own = tuple(filter(None, map(plain, (row.said, *row.own_words.split("\n")))))
    ways = tuple(WayView(c.label, f"{c.url}#{c.response}") for c in found.choices if c.url)
    if len(digest.rows) > 1 and len(ways) > 1:
        ways = (ways[0], WayView("Trả lời khác", found.page))
    title = plain(row.title) if len(digest.rows) == 1 else shortened(plain(row.title), LONGEST_TITLE)
    return RowView(number, title, words, tone, line, facts, own, found.page, ways, plain(row.warning))


def _more(digest: Digest) -> Iterable[str]:
    """Yield how much is not shown: for want of room in a letter, and for the limit of the day."""
    left = digest.rows[len(shown_rows(digest)) :]
    if left:
        tally = tallied(totals(left, digest.at.astimezone(HANOI).date()))
        yield (
            f"…và {len(left)} việc khác, thư này không nêu hết{tally}. "
            "Xin trả lời thư này để nhận danh sách đầy đủ."
        )
    if digest.hidden:
        yield f"…và {digest.hidden} việc khác sẽ báo trong các ngày sau."


def _has_page(digest: Digest, doors: ByAssignment) -> bool:
    return any(doors_of(row, doors).page for row in shown_rows(digest))


def _line(row: DigestRow) -> str:
    """Return all that a leader needs of a row after its state, on one line."""
    told = (f"hạn {deadline_of(row)}", listed(row.units), plain(row.document))
    return " · ".join(part for part in told if part)


def _facts(row: DigestRow, digest: Digest) -> Iterable[FactView]:
    """Yield what is known of a row; the full text only where the row stands alone."""
    lines = [("Hạn", deadline_of(row))]
    if row.units != (digest.recipient.unit.name,):
        lines.append(("Đơn vị chủ trì", listed(row.units)))
    if len(digest.rows) == 1 and plain(row.text) != plain(row.title):
        lines.append(("Nội dung", plain(row.text)))
    lines += [("Sản phẩm", plain(row.expected)), ("Văn bản giao", plain(row.document))]
    return (FactView(label, value) for label, value in lines if value)


def _reasons(rows: tuple[DigestRow, ...]) -> Iterable[str]:
    """Yield each distinct reason once, with the numbers of the rows it explains."""
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(rows, start=1):
        numbers.setdefault(plain(row.reason), []).append(number)
    for reason, where in numbers.items():
        if reason:
            yield reason if len(numbers) == 1 else f"Việc {_ranges(where)}: {reason}"


def _ranges(numbers: list[int]) -> str:
    """Return "1–3, 7" for 1, 2, 3, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _thread_of(digest: Digest, office: OfficeNames) -> str:
    """Return the root that gathers letters: one task for one post, else one plan for one post."""
    post = digest.recipient.post
    if len(digest.rows) == 1 and len(digest.rows[0].assignment_ids) == 1:
        return message_id("assignment", f"{post} {digest.rows[0].assignment_ids[0]}", office)
    plans = {row.task_code.rpartition("/")[0] for row in digest.rows}
    return message_id("plan", f"{post} {plans.pop() if len(plans) == 1 else ''}", office)


def message_id(kind: str, key: str, office: OfficeNames) -> str:
    """Return the same Message-ID for the same thing, whenever it is written."""
    return f"<{hashlib.sha256(f'{kind} {key}'.encode()).hexdigest()[:40]}@{office.domain}>"


_TEXT = template("letter.txt.j2")
_HTML = template("letter.html.j2")
