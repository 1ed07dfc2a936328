"""What does the letter say that carries a scheduled report?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.masking import masked
from engine.model import HANOI, Recipient
from notifiers.base import Attachment, Letter
from notifiers.letters import OfficeNames, message_id
from notifiers.mail_templates import template
from notifiers.words import addressed, in_words, plain


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A report for somebody to read: what the letter says, and the files that come with it.

    `facts` are the first figures as (label, value); `left_out` names the forms that were too big to send.
    """

    key: str
    subject: str
    opening: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, Attachment], ...]  # what each is, in words
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _View:
    subject: str
    office: str
    greeting: str
    opening: str
    facts: Sequence[tuple[str, str]]
    enclosed: str
    lines: Sequence[str]
    origin: str


def report_letter(enclosed: Enclosed, recipient: Recipient, office: OfficeNames, at: datetime) -> Letter:
    """Return the letter to one reader; the same Message-ID however often it is tried."""
    key = f"{enclosed.key}|{recipient.post}"
    local = at.astimezone(HANOI)
    lines = [f"{words} ({attachment.name})" for words, attachment in enclosed.files]
    lines += [f"{words}: quá lớn để gửi kèm, xem trên máy chủ" for words in enclosed.left_out]
    view = _View(
        subject=_clean(enclosed.subject),
        office=plain(office.name),
        greeting=f"Kính gửi: {addressed(recipient)}",
        opening=_clean(enclosed.opening),
        facts=[(_clean(label), _clean(value)) for label, value in enclosed.facts],
        enclosed="Kèm theo thư này:" if lines else "Thư này không có tệp kèm theo.",
        lines=lines,
        origin=f"Thư do hệ thống Đôn đốc của {plain(office.name)} tự động soạn "
        f"lúc {local:%H:%M} ngày {in_words(local.date())}.",
    )
    return Letter(
        key=key,
        message_id=message_id("report", key, office),
        subject=view.subject,
        text=_TEXT.render(letter=view),
        html=_HTML.render(letter=view),
        ics=(),
        recipient=recipient,
        thread=message_id("reports", recipient.post, office),
        at=at,
        attachments=tuple(attachment for _, attachment in enclosed.files),
    )


def _clean(text: str) -> str:
    return masked(plain(text))


_TEXT = template("report.txt.j2")
_HTML = template("report.html.j2")
