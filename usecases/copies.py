"""A chat nobody answers is said once more by mail: mail is the record, and a chat may lie unread."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from engine.model import Assignment
from store import copies, outbox, registry
from usecases.reach import contacts_by_now
from usecases.wiring import Office

RECORD = "email"
LONGEST_LOOK = timedelta(days=7)  # what lies further back was told again by later steps


def copy_unanswered(office: Office, now: datetime) -> int:
    """Write a mail for every chat message that nobody answered in time; return how many.

    Answered is a message when one of the units it spoke to has acted since it left. Without a
    mail channel, a mail address or a time set for it there is nothing to write.
    """
    after = office.channels.mail_after
    chats = office.world.channels - {RECORD, "mailbox"}
    if after is None or RECORD not in office.world.channels or not chats:
        return 0
    with office.database.writing() as session:
        candidates = copies.uncopied(session, chats, now - LONGEST_LOOK, now - after)
        if not candidates:
            return 0
        contacts = contacts_by_now(session, office)
        kept = outbox.reminders_in(session, (message.key for message in candidates))
        ids = {reminder.assignment_id for reminders in kept.values() for reminder in reminders}
        known = {a.id: a for a in registry.assignments(session, office.directory.unit, ids=ids)}
        unanswered = []
        for message in candidates:
            told = [known[reminder.assignment_id] for reminder in kept[message.key]]
            holder = contacts.at_post(message.post, now.date())
            left_at = message.settled_at or now
            if told and holder and RECORD in holder.addresses and not _is_answered(told, left_at):
                unanswered.append(message)
        copies.copy(session, unanswered, RECORD, now)
    return len(unanswered)


def _is_answered(told: Iterable[Assignment], since: datetime) -> bool:
    return any(fact.at >= since for assignment in told for fact in assignment.facts)
