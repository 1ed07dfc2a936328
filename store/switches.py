"""What is stopped for now: all sending, one channel or one storm, since when, why and until when?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from engine.model import HANOI
from store import records
from store.channel_tables import SWITCH, SwitchRow
from store.records import Record

SENDING = "sending"  # by a person
RESTORE = "restore"  # the database has forgotten what this machine has seen
CLOCK = "clock"  # the clock of the machine cannot be trusted
ALL = frozenset({SENDING, RESTORE, CLOCK})  # each stops everything
STOPPED, RESUMED, PAUSED = "stopped", "resumed", "channel-paused"  # kinds of records


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that is stopped; `until` None means until a person says so."""

    name: str  # one of ALL, "channel:<name>", "storm:<moment of a tick>"
    until: datetime | None
    why: str
    by: str
    at: datetime


def stopping(session: Session, channel: str, now: datetime) -> Stop | None:
    """Return what keeps everything back from a channel at `now`: it, or all sending, is stopped."""
    found = [s for s in stops(session, now) if s.name in {*ALL, _of_channel(channel)}]
    return min(found, key=lambda stop: stop.name not in ALL, default=None)


def is_stopped(session: Session, name: str, now: datetime) -> bool:
    """Return whether something of this name is stopped at `now`."""
    return any(stop.name == name for stop in stops(session, now))


def stops(session: Session, now: datetime) -> list[Stop]:
    """Return everything that is stopped at `now`."""
    still = sa.or_(SWITCH.until.is_(None), SWITCH.until > now)
    rows = session.scalars(sa.select(SwitchRow).where(still).order_by(SWITCH.name))
    return [_stop(row) for row in rows]


def stops_then(session: Session, channels: Iterable[str], until: datetime) -> list[Stop]:
    """Return what was stopped at a moment, from what was recorded up to it; storms left out.

    Why a channel was at fault its records do not say: that is known while it stands.
    """
    of_channels = {_of_channel(channel): channel for channel in channels}
    history = records.records_of(session, {*ALL, *of_channels, *of_channels.values()}, until)
    standing = {stop.name: stop for stop in stops(session, until)}
    found = []
    for name in sorted({*ALL, *of_channels}):
        known = [*history.get(name, ()), *history.get(of_channels.get(name, ""), ())]
        found.append(stood(name, known, standing.get(name)))
    return [stop for stop in found if stop is not None and (stop.until is None or stop.until > until)]


def stop(session: Session, name: str, why: str, by: str, at: datetime, until: datetime | None = None) -> None:
    """Stop something until a moment, or until a person says so."""
    session.merge(SwitchRow(name=name, until=until, why=why, by=by, at=at, failures=0))
    session.flush()
    limited = {"until": until.isoformat()} if until else {}
    records.append(session, at, STOPPED, name, {"why": why, "by": by, **limited})


def resume(session: Session, name: str, by: str, at: datetime) -> bool:
    """Let something go on; False when it was not stopped."""
    if not _forget(session, name):
        return False
    records.append(session, at, RESUMED, name, {"by": by})
    return True


def pause(
    session: Session, channel: str, why: str, first: timedelta, longest: timedelta, at: datetime
) -> datetime:
    """Leave a channel that is at fault alone for a while, twice as long each time; return until when."""
    name = _of_channel(channel)
    known = session.get(SwitchRow, name, populate_existing=True)
    if known is not None and known.until is None:
        return datetime.max.replace(tzinfo=HANOI)
    failures = known.failures + 1 if known else 1
    until: datetime = at + min(first * 2 ** (failures - 1), longest)
    session.merge(SwitchRow(name=name, until=until, why=why, by="dondoc", at=at, failures=failures))
    session.flush()
    records.append(session, at, PAUSED, channel, {"until": until.isoformat(), "failures": failures})
    return until


def mended(session: Session, channel: str) -> None:
    """Forget the faults of a channel that carries messages again; what a person stopped stays stopped."""
    ended = sa.delete(SwitchRow).where(SWITCH.name == _of_channel(channel), SWITCH.until.is_not(None))
    session.connection().execute(ended)


def _of_channel(channel: str) -> str:
    return f"channel:{channel}"


def stood(name: str, history: Iterable[Record], row: Stop | None = None) -> Stop | None:
    """Return how a switch stood after its records, None when it was off; `row` is how it stands now."""
    kinds = {STOPPED, RESUMED, PAUSED}
    last = max((r for r in history if r.kind in kinds), key=lambda record: record.seq, default=None)
    if last is None or last.kind == RESUMED:
        return None
    limit = last.data.get("until")
    until = datetime.fromisoformat(limit) if limit else None
    why = last.data.get("why") or (row.why if row and row.at == last.at else "lý do không còn lưu")
    return Stop(name, until, why, last.data.get("by", "dondoc"), last.at)


def _forget(session: Session, name: str) -> bool:
    return session.connection().execute(sa.delete(SwitchRow).where(SWITCH.name == name)).rowcount == 1


def _stop(row: SwitchRow) -> Stop:
    until = row.until.astimezone(HANOI) if row.until else None
    return Stop(row.name, until, row.why, row.by, row.at.astimezone(HANOI))
