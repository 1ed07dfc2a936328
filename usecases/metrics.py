"""Is the service well, and in figures: how well?

The web pages, the console and an outside watcher are told the same. A stop that a person
asked for is said and is no illness; a tick that is late is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from engine.ledger import DeliveryState
from engine.model import HANOI
from store import audit as stuck
from store import ledger, switches
from store.audit import Backlog
from store.database import DatabaseUnavailable
from store.switches import Stop
from usecases import guards
from usecases.audit import Finding, findings, is_tick_late
from usecases.channels_secrets import secret_faults
from usecases.errors import ConfigurationRejected, Refused
from usecases.on_disk import KINDS, FileWarning, file_warnings
from usecases.wiring import Office

KNOWN_CHANNELS = ("email", "mailbox", "telegram", "zalo_bot", "zalo_oa", "zalo_zbs")
_NO_BACKLOG = Backlog()


@dataclass(frozen=True, slots=True)
class Health:
    """How the service stands; `why` says what is wrong when it is not `ok`, `notes` what else to know."""

    ok: bool
    at: datetime
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    last_tick_at: datetime | None = None
    backlog: Backlog = _NO_BACKLOG
    channels: Mapping[str, str] = field(default_factory=dict)  # "ok", or why nothing leaves through it
    stops: tuple[Stop, ...] = ()
    findings: tuple[Finding, ...] = ()
    in_trial: bool = False
    files: tuple[FileWarning, ...] = ()

    @property
    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        waits, now = self.backlog, self.at
        return {
            "ok": self.ok,
            "at": now.isoformat(),
            "why": list(self.why),
            "notes": list(self.notes),
            "last_tick_at": _iso(self.last_tick_at),
            "tick_age_seconds": _age(self.last_tick_at, now),
            "channels": dict(self.channels),
            "waiting": waits.waiting,
            "oldest_held_seconds": _age(waits.oldest_waiting, now),
            "unknown": waits.unknown,
            "heard_backlog": waits.heard,
            "stops": [_stop_as_json(stop) for stop in self.stops],
            "findings": [finding.as_json for finding in self.findings],
            "trial": self.in_trial,
            "configuration": [{"kind": one.kind, "message": one.said} for one in self.files],
        }


def health(office: Office, now: datetime) -> Health:
    """Return how the service stands at `now`; a database that is away is an answer, not an error."""
    try:
        with office.database.reading() as session:
            return _health(session, office, now)
    except (Refused, DatabaseUnavailable, SQLAlchemyError) as error:
        first = (
            str(error).splitlines()[0] if isinstance(error, Refused | DatabaseUnavailable) else "lỗi khi đọc"
        )
        return Health(False, now, why=(f"cơ sở dữ liệu không dùng được: {first}",))


def metrics_text(office: Office, now: datetime) -> str:
    """Return the figures of the service in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(office, now))
    return generate_latest(registry).decode()


def _health(session: Session, office: Office, now: datetime) -> Health:
    last_tick = stuck.last_tick(session)
    stops = tuple(guards.standing(session, office, now))
    files = tuple(file_warnings(office, now))
    why = []
    if is_tick_late(last_tick, now):
        said = f"lượt gần nhất lúc {last_tick:%H:%M %d/%m/%Y}" if last_tick else "chưa có lượt nào"
        why.append(f"dịch vụ không chạy đúng nhịp: {said}; xem tiến trình 'dondoc serve'")
    notes = [*map(guards.said_of, stops), *(one.said for one in files)]
    known = Health(
        not why, now, tuple(why), tuple(notes), last_tick, stuck.backlog(session), stops=stops, files=files
    )
    try:
        return _by_the_files(session, office, known)
    except ConfigurationRejected:
        return known  # what cannot be read is among the notes; who runs goes by what it has read before


def _by_the_files(session: Session, office: Office, known: Health) -> Health:
    """Return also what can only be said by channels, rules and calendar."""
    guarded = office.channels.guards
    found = tuple(findings(session, office, known.at))
    faults = secret_faults(office.folder, office.channels.names)
    notes = [f"kênh {channel} không gửi được: {why}" for channel, why in sorted(faults.items())]
    notes += [finding.said for finding in found if finding.kind != "late-tick"]
    if guarded.in_trial:
        notes.append(guards.said_of_trial(guarded))
    channels = dict(_channels(office, known.stops, faults))
    told = (*known.notes, *notes)
    return replace(known, notes=told, channels=channels, findings=found, in_trial=guarded.in_trial)


def _channels(
    office: Office, stops: tuple[Stop, ...], faults: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    stopped = {stop.name: stop.why for stop in stops}
    for channel in sorted(office.channels.names):
        yield channel, faults.get(channel) or stopped.get(f"channel:{channel}", "ok")


class _Figures:
    """What Prometheus collects, of one moment."""

    def __init__(self, office: Office, now: datetime) -> None:
        self._office, self._now = office, now

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; with the database away only that it is."""
        stood = health(self._office, self._now)
        yield _gauge("dondoc_ok", "1 when the service keeps its rhythm and its database answers", stood.ok)
        with suppress(Refused, DatabaseUnavailable, SQLAlchemyError):
            yield from self._messages()
            yield from _of(stood)

    def _messages(self) -> Iterator[Metric]:
        with self._office.database.reading() as session:
            totals, kept_back = ledger.totals(session), ledger.suppression_totals(session)
        messages = GaugeMetricFamily(
            "dondoc_messages",
            "Messages by channel, state and level",
            labels=("channel", "state", "level"),
        )
        counts: dict[tuple[str, str, str], int] = {}
        for (state, channel, level), count in totals.items():
            labels = (
                channel if channel in KNOWN_CHANNELS else "other",
                str(DeliveryState(state)),
                str(level),
            )
            counts[labels] = counts.get(labels, 0) + count
        for labels, count in sorted(counts.items()):
            messages.add_metric(labels, count)
        suppressed = GaugeMetricFamily(
            "dondoc_reminders_not_told", "Reminders not told, or waiting, by reason", labels=("reason",)
        )
        for reason, count in sorted(kept_back.items()):
            suppressed.add_metric((reason,), count)
        yield from (messages, suppressed)


def _of(stood: Health) -> Iterator[Metric]:
    waits, now = stood.backlog, stood.at
    yield _gauge("dondoc_tick_age_seconds", "Age of the last good tick", _age(stood.last_tick_at, now))
    yield _gauge(
        "dondoc_oldest_held_seconds",
        "Age of the oldest message that has not left",
        _age(waits.oldest_waiting, now) or 0,
    )
    yield _gauge("dondoc_messages_waiting", "Messages that have not left", waits.waiting)
    yield _gauge("dondoc_messages_unknown", "Messages nobody knows the outcome of", waits.unknown)
    yield _gauge("dondoc_heard_backlog", "Told by channels and not worked off", waits.heard)
    yield _gauge("dondoc_trial", "1 while only the listed people are written to", stood.in_trial)
    stops = GaugeMetricFamily("dondoc_stopped", "1 for everything that is stopped", labels=("what",))
    storms = 0
    for stop in stood.stops:
        if stop.name in {*switches.ALL, *(f"channel:{channel}" for channel in KNOWN_CHANNELS)}:
            stops.add_metric((stop.name,), 1)
        elif stop.name.startswith("storm:"):
            storms += 1
    yield stops
    yield _gauge("dondoc_storms_held", "Ticks held because they planned too much", storms)
    files = GaugeMetricFamily(
        "dondoc_configuration", "1 for everything a person should do about the files", labels=("kind",)
    )
    for kind in KINDS:
        files.add_metric((kind,), any(one.kind == kind for one in stood.files))
    yield files
    found = GaugeMetricFamily("dondoc_findings", "What the auditor finds standing still", labels=("kind",))
    by_kind: dict[str, int] = {}
    for finding in stood.findings:
        by_kind[finding.kind] = by_kind.get(finding.kind, 0) + 1
    for kind, count in sorted(by_kind.items()):
        found.add_metric((kind,), count)
    yield found


def _gauge(name: str, said: str, value: float | None) -> Metric:
    return GaugeMetricFamily(name, said, value=float("nan") if value is None else float(value))


def _age(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(0, int((now - at) / timedelta(seconds=1)))


def _stop_as_json(stop: Stop) -> dict[str, Any]:
    at, until = _iso(stop.at), _iso(stop.until)
    return {"name": stop.name, "why": stop.why, "by": stop.by, "at": at, "until": until}


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(HANOI).isoformat() if at else None
