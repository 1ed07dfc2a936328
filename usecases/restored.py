"""Is this the database, and is this the time, that this machine worked by a moment ago?

Beside the database lies a note of the last record this machine has seen. A database that does
not know that record was restored, or is another one: what it thinks is still to be told may
have been told long ago. A second note says what the clock showed.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from socket import gethostname

from sqlmodel import Session

from store import audit as kept
from store import switches
from store.switches import CLOCK, RESTORE
from usecases import clock
from usecases.whole_files import put_in_place
from usecases.wiring import Office

_log = logging.getLogger(__name__)

HEAD_NOTE = "so-cuoi.json"
CLOCK_NOTE = "dong-ho.json"
BACKWARDS = timedelta(hours=1)
AHEAD = timedelta(days=1)
EVERY = timedelta(minutes=1)  # the clock is noted
REHEARSAL = timedelta(minutes=5)  # a run whose moment is further from the clock has a clock of its own


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the clock showed, and for how long the machine was up then."""

    at: datetime
    boot: str
    uptime: float


# --- the records --------------------------------------------------------------------------------


def check_database(office: Office, now: datetime) -> None:
    """Stop all sending when the database has forgotten what this machine saw last."""
    path = office.settings.home / HEAD_NOTE
    if not path.exists():
        return
    seq, mark = _read(path)  # before the database: what was noted was committed
    with office.database.reading() as session:
        if _knows(session, seq, mark) or switches.is_stopped(session, RESTORE, now):
            return
        last = kept.head(session)[0]
    seen = f"bản ghi số {seq}" if seq else f"sổ cuối ({path} không đọc được)"
    why = f"cơ sở dữ liệu (đến bản ghi số {last}) không có {seen} của máy này: vừa khôi phục, hoặc mở nhầm"
    with office.database.writing() as session:
        if not switches.is_stopped(session, RESTORE, now):
            switches.stop(session, RESTORE, why, "dondoc", now)


def remember(office: Office, now: datetime, is_confirmed: bool = False) -> None:
    """Note the last record; a note that the database does not know stays until somebody confirms."""
    path = office.settings.home / HEAD_NOTE
    noted = _read(path) if path.exists() else None
    with office.database.reading() as session:
        last = kept.head(session)
        is_known = noted is None or _knows(session, *noted)
        is_known = is_known and not switches.is_stopped(session, RESTORE, now)
    if last[0] and last != noted and (is_known or is_confirmed):
        _write(path, {"seq": last[0], "hash": last[1]})


def _knows(session: Session, seq: int, mark: str) -> bool:
    return mark != "" and kept.mark_at(session, seq) == mark


# --- the clock ----------------------------------------------------------------------------------


def clock_is_off(office: Office, now: datetime) -> str:
    """Return why the clock of this machine cannot be trusted, "" when it can; sending stops and goes on.

    A run that rehearses another moment is not looked at.
    """
    if abs(clock.now() - now) > REHEARSAL:
        return ""
    shown = _shown(office)
    until, why = _wrong(shown, _now_shown(now)) if shown else (None, "")
    owner = f"dondoc@{gethostname()}"
    with office.database.reading() as session:
        found = next((stop for stop in switches.stops(session, now) if stop.name == CLOCK), None)
    if why and found is None:
        with office.database.writing() as session:
            switches.stop(session, CLOCK, why, owner, now, until)
    elif not why:
        if found is not None and found.by == owner:  # set right again; what another machine says stays
            with office.database.writing() as session:
                switches.resume(session, CLOCK, owner, now)
        if shown is None or abs(now - shown.at) >= EVERY:
            trust_clock(office, now)
    return why


def trust_clock(office: Office, now: datetime) -> None:
    """Note what the clock shows as right."""
    shown = asdict(_now_shown(now))
    _write(office.settings.home / CLOCK_NOTE, shown | {"at": now.isoformat()})


def _wrong(before: _Shown, shown: _Shown) -> tuple[datetime | None, str]:
    """Return until when to wait, None for a person, and why; "" when time went on as it should."""
    if shown.at < before.at - BACKWARDS:
        said = f"giờ máy {shown.at:%H:%M %d/%m/%Y} lùi so với lượt trước ({before.at:%H:%M %d/%m/%Y})"
        return before.at, f"{said}; chờ đến giờ đó hoặc có người xác nhận"
    passed = timedelta(seconds=shown.uptime - before.uptime)
    if shown.boot and shown.boot == before.boot and shown.at - before.at - passed > AHEAD:
        said = f"giờ máy nhảy tới {shown.at:%H:%M %d/%m/%Y}, lượt trước là {before.at:%H:%M %d/%m/%Y}"
        return None, f"{said} mà máy mới chạy thêm {int(passed.total_seconds() // 60)} phút"
    return None, ""


def _shown(office: Office) -> _Shown | None:
    try:
        note = json.loads((office.settings.home / CLOCK_NOTE).read_text("utf-8"))
        return _Shown(datetime.fromisoformat(note["at"]), str(note["boot"]), float(note["uptime"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _now_shown(now: datetime) -> _Shown:
    boot = Path("/proc/sys/kernel/random/boot_id")
    counts_sleep = getattr(time, "CLOCK_BOOTTIME", None)  # time asleep has passed, too
    uptime = time.clock_gettime(counts_sleep) if counts_sleep is not None else time.monotonic()
    return _Shown(now, boot.read_text("ascii").strip() if boot.exists() else "", uptime)


# --- notes --------------------------------------------------------------------------------------


def _read(path: Path) -> tuple[int, str]:
    """Return number and mark of the record that was last; one that cannot be read nobody has."""
    try:
        note = json.loads(path.read_text("utf-8"))
        return int(note["seq"]), str(note["hash"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""


def _write(path: Path, note: dict[str, object]) -> None:
    try:
        put_in_place(path, (json.dumps(note) + "\n").encode())
    except OSError as error:  # a full disk must not keep letters back
        _log.warning("không ghi được %s: %s", path, error.strerror)
