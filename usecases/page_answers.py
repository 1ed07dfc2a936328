"""Somebody answers on the page behind a link: what goes on record, and only once?

The fact, what came of the door and the notice to whom the link was given stand in one transaction.
A link may have been forwarded: what would quieten reminders is told to the address on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from engine.model import HANOI
from engine.responses import LABELS, Response, ResponseKind
from notifiers.signing import Refusal
from usecases import doors
from usecases.answerers import Answerer, meant_by_ids
from usecases.doors import Page
from usecases.notices import lay_before
from usecases.responding import record_response
from usecases.wiring import Office

TOLD_BACK = frozenset({ResponseKind.REPORT, ResponseKind.EXTENSION})


@dataclass(frozen=True, slots=True)
class Shown:
    """A page after an answer; `is_new` says that this answer is the one on record."""

    page: Page
    is_new: bool


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """An answer that cannot go on record as it stands, with the reason for who gave it."""

    page: Page
    why: str


class _Undone(Exception):
    """Carries the way out of a transaction of which nothing may stay."""

    def __init__(self, why: str = "") -> None:
        self.why = why


def answer(office: Office, token: object, response: Response, now: datetime) -> Shown | NotRecorded | Refusal:
    """Record a response behind a link; a link that was answered shows what is on record."""
    page = _opened(office, token, now)
    if isinstance(page, Refusal) or page.result is not None:
        return page if isinstance(page, Refusal) else Shown(page, False)
    try:
        with office.database.writing() as session:
            _record(session, office, token, response, now)
    except _Undone as undone:
        if undone.why:
            return NotRecorded(page, undone.why)
    else:
        after = _opened(office, token, now)
        return after if isinstance(after, Refusal) else Shown(after, True)
    after = _opened(office, token, now)
    return after if isinstance(after, Refusal) else Shown(after, False)


def _opened(office: Office, token: object, now: datetime) -> Page | Refusal:
    with office.database.reading() as session:
        return doors.open_page(session, office, token, now)


def _record(session: Session, office: Office, token: object, response: Response, now: datetime) -> None:
    """Write the fact and what came of the page; raises _Undone when somebody was first, or it cannot be."""
    page = doors.open_page(session, office, token, now)
    if isinstance(page, Refusal) or page.result is not None:
        raise _Undone
    if response.kind not in page.choices:
        raise _Undone("việc này vừa đổi tình trạng; xem lại trang rồi chọn cách trả lời khác")
    who = Answerer("page", "", (page.recipient,))
    meant = meant_by_ids(session, office, [page.share.id])
    is_recorded, said = record_response(session, office, who, response, meant, now)
    if not is_recorded:
        raise _Undone(said.partition(": ")[2] or said)
    if response.kind in TOLD_BACK:
        lay_before(session, office, meant[0].share, page.recipient.post, _told_back(response, now), now)
    if not doors.used(session, page, _result(response, said, now), now):
        raise _Undone


def _result(response: Response, said: str, now: datetime) -> dict[str, Any]:
    return {"response": response.kind.value, "said": said, "at": now.astimezone(HANOI).isoformat()}


def _told_back(response: Response, now: datetime) -> str:
    paper = f", văn bản {response.document}" if response.document else ""
    wished = f" đến {response.on:%d/%m/%Y}" if response.kind is ResponseKind.EXTENSION and response.on else ""
    what = f"{LABELS[response.kind].lower()}{wished}{paper}"
    return (
        f"Lúc {now.astimezone(HANOI):%H:%M %d/%m/%Y} đã ghi nhận “{what}” qua liên kết trong thư gửi "
        "anh/chị. Nếu không phải anh/chị làm, báo ngay cơ quan theo dõi, đôn đốc"
    )
