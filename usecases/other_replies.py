"""Which replies to consultations are on record without changing how anybody stands?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.reply_report import OtherReplies, OtherReply, is_consultation, opinion_in
from engine.report_query import ReportFacts
from store import records
from usecases.consultation import REPLIED
from usecases.wiring import Office


def other_replies(office: Office, facts: ReportFacts) -> OtherReplies:
    """Return the supplements of units that had answered, and what came from units nobody asked."""
    tasks = {share.task.code: share.task for share in facts.assignments if is_consultation(share.task)}
    of = {code: code for code in tasks}
    of |= {share.id: share.task.code for share in facts.assignments if share.task.code in tasks}
    with office.database.reading() as session:
        kept = records.records_of(session, of, facts.query.as_of)
    found: dict[str, list[OtherReply]] = {}
    for subject, entries in kept.items():
        replies = [_reply(one.data, subject != of[subject]) for one in entries if one.kind == REPLIED]
        found.setdefault(of[subject], []).extend(replies)
    return OtherReplies(found)


def _reply(data: Mapping[str, Any], is_supplement: bool) -> OtherReply:
    on = date.fromisoformat(data["on"]) if data.get("on") else None
    return OtherReply(
        data.get("by", ""), data.get("document", ""), on, opinion_in(data["note"]), is_supplement
    )
