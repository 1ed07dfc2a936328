"""What must a coordinator decide, and how do they learn of it at once?

A notice is a line of its own to the coordinating office, put in the outbox in the transaction of
the fact it is about: no step of a rule has to fall first.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlmodel import Session

from engine.ledger import NOTICE_STEP
from engine.messages import gather
from engine.model import HANOI, Assignment, Fact, FactKind
from engine.planning import Reminder
from engine.rulebook import Audience
from engine.status import standing_of
from store import ledger
from usecases.reach import world_by_now
from usecases.wiring import Office

VIA = ("email", "zalo", "mailbox")


def noticed(share: Assignment, fact: Fact, words: str = "") -> str:
    """Return what a coordinator is told of a fact, with the ways out; "" when it asks nothing of them."""
    told = " — ".join(filter(None, (fact.note, words)))
    because = f" ({told})" if told else ""
    unit = share.unit.name
    match fact.kind:
        case FactKind.DISPUTED:
            return (
                f"{unit} cho rằng đây không phải việc của mình{because}; tạm ngừng nhắc cho đến khi có quyết "
                "định: giữ nguyên (decide) hoặc hủy và giao đơn vị khác (cancel)"
            )
        case FactKind.EXTENSION_REQUESTED if fact.due_on:
            return (
                f"{unit} xin gia hạn đến {fact.due_on:%d/%m/%Y}{because}; vẫn nhắc theo hạn hiện hành đến "
                "khi có quyết định: đồng ý (extend) hoặc không (refuse-extension)"
            )
        case FactKind.BLOCKED:
            where = f" ở {words}" if words else ", chưa rõ ở đơn vị nào"
            why = f" ({fact.note})" if fact.note else ""
            return (
                f"{unit} báo đang vướng{where}{why}; tạm ngừng nhắc đơn vị này, "
                "cần gỡ vướng (unblock khi xong)"
            )
        case FactKind.SUBSTITUTE_NAMED:
            return f"{unit} đề nghị đổi người nhận tin{because}; cần cập nhật danh bạ nếu đúng"
        case _:
            return ""


def lay_before_coordinator(
    session: Session, office: Office, share: Assignment, said: str, now: datetime
) -> bool:
    """Put a line about an assignment in the coordinator's outbox; False when nobody coordinates.

    Work without a deadline has no line in letters: it stays in the record alone.
    """
    coordinator = world_by_now(session, office).contacts.coordinator(now.astimezone(HANOI).date())
    return coordinator is not None and lay_before(session, office, share, coordinator.post, said, now)


def lay_before(
    session: Session, office: Office, share: Assignment, post: str, said: str, now: datetime
) -> bool:
    """Put a line about an assignment in the outbox of who holds a post, for where they are reached by now.

    False, and nothing is written, for a post nobody holds and for work without a deadline.
    """
    world = world_by_now(session, office)
    to = world.contacts.at_post(post, now.astimezone(HANOI).date())
    due_on = standing_of(share, now).due_on
    if to is None or due_on is None:
        return False
    mark = hashlib.sha256(f"{said}|{now.isoformat()}".encode()).hexdigest()[:12]
    key = f"{share.id}|{due_on.isoformat()}|{NOTICE_STEP}:{mark}|{post}"
    reminder = Reminder(key, share, NOTICE_STEP, Audience(to.role).level, due_on, now, to, VIA, said, "")
    gathered = gather([reminder], world, now, {})
    ledger.record_plan(session, gathered.messages, gathered.suppressions, now, world.rulebook.fingerprint)
    return True
