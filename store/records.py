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
    seq, prev = _head(session)
    rows = []
    for entry in waiting:
        content = _canonical(_micros(entry.at), entry.kind, entry.subject, entry.data)
        mark = _hash(prev, content)
        seq += 1
        rows.append(
            {"seq": seq, "at": entry.at, "kind": entry.kind, "subject": _nfc(entry.subject),
             "data": rfc8785.dumps(_nfc(dict(entry.data))).decode(), "prev": prev, "hash": mark}
        )  # fmt: skip
        prev = mark
    session.connection().execute(sa.insert(RecordRow), rows)


def verify(session: Session) -> Verification:
    """Return whether every record still is what was appended, reading them one by one.

    Finds an edit, a deletion in the middle, an insertion and a changed order. A cut tail
    cannot be seen by the chain alone: compare `head` with one printed or sent earlier.
    """
    prev, count = GENESIS, 0
    columns = (
        RECORD.seq,
        RECORD.at,
        RECORD.kind,
        RECORD.subject,
        RECORD.data,
        RECORD.prev,
        RECORD.hash,
    )
    statement = sa.select(*columns).order_by(RECORD.seq).execution_options(yield_per=2000)
    for seq, at, kind, subject, data, stored_prev, mark in session.connection().execute(statement):
        count += 1
        if seq != count or stored_prev != prev or not _is_as_appended(at, kind, subject, data, prev, mark):
            return Verification(False, count, prev, seq)
        prev = mark
    return Verification(True, count, prev, None)


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


def _head(session: Session) -> tuple[int, str]:
    newest = sa.select(RECORD.seq, RECORD.hash).order_by(sa.desc(RECORD.seq)).limit(1)
    row = session.connection().execute(newest).first()
    return (row[0], row[1]) if row else (0, GENESIS)


def _is_as_appended(at: datetime, kind: str, subject: str, data: str, prev: str, mark: str) -> bool:
    try:
        content = json.loads(data)
        return _hash(prev, _canonical(_micros(at), kind, subject, content)) == mark
    except (ValueError, TypeError):
        return False


def _canonical(at: int, kind: str, subject: str, data: Mapping[str, Any]) -> bytes:
    """Return the bytes that are hashed: RFC 8785 over NFC text."""
    return rfc8785.dumps(_nfc({"at": at, "kind": kind, "subject": subject, "data": dict(data)}))


def _hash(prev: str, content: bytes) -> str:
    return hashlib.sha256(DOMAIN + b"|" + prev.encode() + b"|" + content).hexdigest()


def _micros(at: datetime) -> int:
    """Return microseconds since 1970 UTC, exactly: no float ever touches a hashed value."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_nfc(key): _nfc(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_nfc(item) for item in value]
    return value
