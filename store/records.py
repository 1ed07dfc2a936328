"""What happened, in which order, and has anybody changed it since?

Each record is hashed together with the one before it, so an edit, a gap, an insertion or
a changed order shows. The facts of an assignment are records of it: there is no second copy.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI
from store.database import WRITER_LOCK
from store.tables import RECORD, RecordRow

DOMAIN = b"dondoc.record.v1"
GENESIS = "0" * 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_CHUNKS = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A record to append: strings, integers, booleans and lists of them only."""

    at: datetime
    kind: str
    subject: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as kept; `at` is local time."""

    seq: int
    at: datetime
    kind: str
    subject: str
    data: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the chain found; `first_broken` is the number of the first bad record."""

    ok: bool
    entries: int
    head: str
    first_broken: int | None


def append(session: Session, at: datetime, kind: str, subject: str, data: Mapping[str, Any]) -> None:
    """Add one record to the chain, in the caller's transaction."""
    append_many(session, [Entry(at, kind, subject, data)])


def append_many(session: Session, entries: Iterable[Entry]) -> None:
    """Add records to the chain, in order, in the caller's transaction."""
    waiting = list(entries)
    if not waiting:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(sa.select(sa.func.pg_advisory_xact_lock(WRITER_LOCK)))
    last, prev = _head(session)
    rows = []
    for seq, entry in enumerate(waiting, start=last + 1):
        row = {
            "seq": seq,
            "at": entry.at,
            "kind": _hashable(str(entry.kind)),
            "subject": _hashable(entry.subject),
            "data": rfc8785.dumps(_hashable(dict(entry.data))).decode(),
            "prev": prev,
        }
        prev = row["hash"] = _hash(prev, entry.at, row["kind"], row["subject"], row["data"])
        rows.append(row)
    session.connection().execute(sa.insert(RecordRow), rows)


def verify(session: Session) -> Verification:
    """Return whether every record still is what was appended, reading them one by one.

    Finds an edit, a deletion in the middle, an insertion and a changed order. A cut tail
    cannot be seen by the chain alone: compare `head` with one printed or sent earlier.
    When something is broken, `head` is the last hash that could be trusted.
    """
    prev, count, first_broken = GENESIS, 0, None
    # Moments come as the database keeps them, so that a spoilt one is found and not stumbled over.
    at = sa.type_coerce(RECORD.at, sa.Text)
    columns = (RECORD.seq, RECORD.prev, RECORD.hash, at, RECORD.kind, RECORD.subject, RECORD.data)
    statement = sa.select(*columns).order_by(RECORD.seq).execution_options(yield_per=2000)
    for seq, stored_prev, mark, *content in session.connection().execute(statement):
        count += 1
        if first_broken is None:
            if (seq, stored_prev) == (count, prev) and _is_as_appended(mark, prev, *content):
                prev = mark
            else:
                first_broken = seq
    return Verification(first_broken is None, count, prev, first_broken)


def records_of(
    session: Session, subjects: Iterable[str], until: datetime | None = None
) -> dict[str, list[Record]]:
    """Return the records of each subject in the order of their moments, up to `until`."""
    found: dict[str, list[Record]] = defaultdict(list)
    wanted = sorted(set(subjects))
    for start in range(0, len(wanted), _IN_CHUNKS):
        chunk = wanted[start : start + _IN_CHUNKS]
        statement = sa.select(RecordRow).where(RECORD.subject.in_(chunk))
        if until is not None:
            statement = statement.where(RECORD.at <= until)
        for row in session.scalars(statement.order_by(RECORD.at, RECORD.seq)):
            at = row.at.astimezone(HANOI)
            found[row.subject].append(
                Record(row.seq, at, row.kind, row.subject, json.loads(row.data), row.hash)
            )
    return found


def head_at(session: Session, until: datetime) -> str:
    """Return the hash of the last record of a moment or before, "" when there is none."""
    last = sa.select(RECORD.hash).where(RECORD.at <= until).order_by(sa.desc(RECORD.seq)).limit(1)
    return session.scalar(last) or ""


def moves_on_after(session: Session, at: datetime) -> bool:
    """Return whether the last record is of a later moment."""
    last = session.scalar(sa.select(RecordRow).order_by(sa.desc(RECORD.seq)).limit(1))
    return last is not None and last.at > at


def _head(session: Session) -> tuple[int, str]:
    newest = sa.select(RECORD.seq, RECORD.hash).order_by(sa.desc(RECORD.seq)).limit(1)
    row = session.connection().execute(newest).first()
    return (row[0], row[1]) if row else (0, GENESIS)


def _is_as_appended(mark: str, prev: str, at: Any, kind: str, subject: str, data: str) -> bool:
    try:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
        return _hash(prev, moment, kind, subject, data) == mark
    except (ValueError, TypeError, AttributeError):
        return False


def _hash(prev: str, at: datetime, kind: str, subject: str, data: str) -> str:
    """Return the mark of a record: RFC 8785 of all it says, after the mark of the one before.

    `data` is canonical already and goes in as kept, so that not even its spelling can change.
    """
    micros = (at - _EPOCH) // timedelta(microseconds=1)  # exact: no float touches a hashed value
    parts = (str(micros).encode(), data.encode(), rfc8785.dumps(kind), rfc8785.dumps(subject))
    content = b'{"at":%b,"data":%b,"kind":%b,"subject":%b}' % parts
    return hashlib.sha256(b"|".join((DOMAIN, prev.encode(), content))).hexdigest()


def _hashable(value: Any) -> Any:
    """Return `value` with its texts in NFC; a float has several spellings and is refused."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_hashable(key): _hashable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hashable(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"a record holds texts, integers, booleans and lists of them, not {value!r}")
