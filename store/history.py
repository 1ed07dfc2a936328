"""What did the ledger know of a reminder at a moment in the past?

A row of the ledger says how a thing stands now. What it said before, the compliance
records say: a message that has arrived since was still waiting then, and a reminder that
was planned since was held back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState, Told, ToldState
from engine.model import HANOI
from engine.planning import SuppressionReason
from engine.remembered import Remembered
from store import records
from store.ledger import TOLD_AS
from store.records import Record
from store.statements import chunks
from store.tables import MESSAGE, REMINDER, MessageRow, ReminderRow

_NOT_LEFT = frozenset(state for state, told in TOLD_AS.items() if told is ToldState.PENDING)
_WAITS = tuple(str(reason) for reason in SuppressionReason if reason.waits)


def remembered(
    session: Session, assignment_ids: Iterable[str], until: datetime
) -> dict[str, tuple[Remembered, ...]]:
    """Return for each assignment the reminders the ledger knew at `until`, as they stood then."""
    known = list(_rows(session, assignment_ids))
    older = _Older(session, {m.key for row, m in known if m and _went_on(row, m, until)}, until)
    rows = [(row, _carrier(row, message, older, until)) for row, message in known]
    moved_on = {m.key for _, m in rows if m and _moved_on(m, until)}
    histories = records.records_of(session, moved_on, until)
    waited = _waited(session, {r.key for r, _ in rows if r.decided_at > until}, until)
    rules = records.records_of(session, ["rulebook"], until).get("rulebook", ()) if waited else ()
    found: dict[str, list[Remembered]] = defaultdict(list)
    for row, message in rows:
        one = _as_it_stood(row, message, histories, waited.get(row.key), until, rules)
        if one is not None:
            found[row.assignment_id].append(one)
    return {
        id_: tuple(sorted(known, key=lambda one: (one.told.falls_at, one.told.level)))
        for id_, known in found.items()
    }


@dataclass(frozen=True, slots=True)
class _Journey:
    """How far a message had come, since when, and when it may leave."""

    state: DeliveryState
    at: datetime
    leaves_at: datetime


def _rows(session: Session, assignment_ids: Iterable[str]) -> Iterable[tuple[ReminderRow, MessageRow | None]]:
    joined = sa.select(ReminderRow, MessageRow).outerjoin(MessageRow, MESSAGE.key == REMINDER.message_key)
    joined = joined.execution_options(populate_existing=True)
    for chunk in chunks(assignment_ids):
        rows = session.execute(joined.where(REMINDER.assignment_id.in_(chunk)))
        yield from ((row, message) for row, message in rows)


def _went_on(row: ReminderRow, message: MessageRow, until: datetime) -> bool:
    """Whether a message may have taken a reminder from another one after `until`."""
    is_open = message.settled_at is None or message.settled_at > until
    return is_open and (message.planned_at > until or message.planned_at != row.decided_at)


class _Older:
    """The messages whose reminders others took, and what each was planned with."""

    def __init__(self, session: Session, keys: set[str], until: datetime) -> None:
        self._taken: dict[str, list[MessageRow]] = defaultdict(list)
        while keys:
            older: set[str] = set()
            for chunk in chunks(keys):
                for message in session.scalars(sa.select(MessageRow).where(MESSAGE.passed_to.in_(chunk))):
                    self._taken[message.passed_to].append(message)
                    older.add(message.key)
            keys = older - self._taken.keys()
        known = {message.key for taken in self._taken.values() for message in taken}
        histories = records.records_of(session, known, until)
        self._planned = {key: frozenset(_planned_with(kept)) for key, kept in histories.items()}

    def of(self, message: MessageRow) -> Sequence[MessageRow]:
        """Return those whose reminders a message took."""
        return self._taken.get(message.key, ())

    def held(self, message: MessageRow, row: ReminderRow) -> bool:
        """Whether a message ever carried a reminder: planned with it, or taken over."""
        own = row.assignment_id, row.due_on.isoformat(), row.step, row.level
        return own in self._planned.get(message.key, ()) or any(
            self.held(older, row) for older in self.of(message)
        )


def _planned_with(history: Iterable[Record]) -> Iterator[tuple[str, str, str, int]]:
    """Yield what tells the reminders of a message apart, as the record of its planning has it."""
    for record in history:
        if record.kind == "message-planned":
            for one in record.data["reminders"]:
                yield one["assignment"], one["due_on"], one["step"], one["level"]


def _carrier(
    row: ReminderRow, message: MessageRow | None, older: _Older, until: datetime
) -> MessageRow | None:
    """Return the message that carried a reminder at `until`: it may have gone on in another one since."""
    while message is not None:
        own = next(
            (m for m in older.of(message) if _left_later(m, message, until) and older.held(m, row)), None
        )
        if own is None:
            return message
        message = own
    return None


def _left_later(one: MessageRow, message: MessageRow, until: datetime) -> bool:
    """Whether what one message carried went on in another after `until`: merged since, or replaced."""
    if one.state != DeliveryState.MERGED:
        return message.planned_at > until
    return one.settled_at is not None and one.settled_at > until


def _waited(session: Session, keys: set[str], until: datetime) -> dict[str, Record]:
    """Return the last record, up to `until`, that held each of `keys` back."""
    if not keys:
        return {}
    found: dict[str, Record] = {}
    known = (record for kept in records.records_of(session, _WAITS, until).values() for record in kept)
    for record in sorted(known, key=lambda record: record.seq):
        found.update(dict.fromkeys(keys.intersection(record.data.get("reminders", ())), record))
    return found


def _as_it_stood(
    row: ReminderRow,
    message: MessageRow | None,
    histories: Mapping[str, Sequence[Record]],
    waited: Record | None,
    until: datetime,
    rules: Sequence[Record],
) -> Remembered | None:
    """Return one reminder at `until`; None when nothing had been decided about it yet."""
    if message is not None and _planned_at(row, message) <= until:
        return _planned(row, message, histories.get(message.key, ()), until)
    if message is None and row.decided_at <= until:
        state = ToldState.WAITING if row.state == "waiting" else ToldState.SUPPRESSED
        told = _told(row, state, row.decided_at, row.suppression)
        why_not = row.reason if state is ToldState.SUPPRESSED else ""
        return Remembered(told, row.rulebook, row.place, why_not=why_not)
    if waited is not None:
        told = _told(row, ToldState.WAITING, waited.at, waited.subject)
        by = next((str(r.data["new"]) for r in reversed(rules) if r.at <= waited.at), row.rulebook)
        return Remembered(told, by, row.place)
    return None


def _planned(row: ReminderRow, message: MessageRow, history: Sequence[Record], until: datetime) -> Remembered:
    journey = _journey(message, history, until)
    details = (row.rulebook, row.place, message.person, message.channel, journey.leaves_at, journey.state,
               row.reason, "", message.key)  # fmt: skip
    if row.state == "suppressed" and row.decided_at <= until:  # taken out at the last moment
        return Remembered(_told(row, ToldState.SUPPRESSED, row.decided_at, row.suppression), *details)
    return Remembered(_told(row, TOLD_AS[journey.state], journey.at), *details)


def _planned_at(row: ReminderRow, message: MessageRow) -> datetime:
    """Return when a reminder was planned: it may have been taken into a message that is older.

    Of one given up since, the row says when that was; it was not planned before its moment.
    """
    return max(message.planned_at, row.decided_at if row.state == "planned" else row.falls_at)


def _moved_on(message: MessageRow, until: datetime) -> bool:
    """Whether the row of a message says how it stands since `until`: settled, or put off, after it."""
    if message.settled_at is not None and message.settled_at > until:
        return True
    return message.state in _NOT_LEFT and message.not_before > until


def _journey(message: MessageRow, history: Sequence[Record], until: datetime) -> _Journey:
    """Return how far a message had come: from its row, or from the records when it moved on since."""
    if not _moved_on(message, until):
        at = message.settled_at or message.planned_at
        return _Journey(DeliveryState(message.state), at, message.not_before.astimezone(HANOI))
    state, at = DeliveryState.PLANNED, message.planned_at
    leaves_at = message.planned_at.astimezone(HANOI)  # of one that goes on in place of another
    for record in history:
        name = record.kind.removeprefix("message-")
        planned = record.data.get("not_before") or record.data.get("until")
        if name in set(DeliveryState):
            state = DeliveryState(name)
            is_settled = state is not DeliveryState.HELD and record.data  # a sweep knows nothing either
            at = record.at if is_settled else at
            leaves_at = record.at if state is DeliveryState.UNKNOWN else leaves_at
        leaves_at = datetime.fromisoformat(planned) if planned else leaves_at
    if state is DeliveryState.PLANNED and leaves_at > until:
        state = DeliveryState.HELD
    return _Journey(state, at, leaves_at)


def _told(row: ReminderRow, state: ToldState, at: datetime, suppression: str = "") -> Told:
    return Told(
        row.key, row.assignment_id, row.due_on, row.step, row.level, row.post,
        row.falls_at.astimezone(HANOI), state, at.astimezone(HANOI), suppression,
    )  # fmt: skip
