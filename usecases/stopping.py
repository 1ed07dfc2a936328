"""A person stops sending, lets it go on, or decides about a tick that was held.

Each answers with what it changed in words; a stop that has another way out is refused with it.
"""

from __future__ import annotations

from datetime import datetime

from store import audit as kept
from store import storms, switches
from store.switches import CLOCK, RESTORE, SENDING
from usecases import restored
from usecases.errors import InputRejected
from usecases.guards import STOP_FILE
from usecases.wiring import Office

MAY_REPEAT = (
    "Lưu ý: {count} tin đang chờ có thể đã được gửi trước khi khôi phục; tin nào còn phải gửi sẽ được "
    "ghi là có thể trùng."
)


def stop_sending(office: Office, why: str, by: str, now: datetime) -> str:
    """Stop all sending until a person resumes it."""
    with office.database.writing() as session:
        switches.stop(session, SENDING, why, by, now)
    return f"Đã dừng gửi: {why}. Tin vẫn được lập và chờ; gửi lại: dondoc sending resume"


def resume_sending(office: Office, by: str, now: datetime, confirms_restore: bool = False) -> list[str]:
    """Let sending go on, whatever stopped it; after a restore only with `confirms_restore`.

    What waits then is flagged: it may have been told by the part of the ledger that is lost.
    """
    restored.check_database(office, now)
    said: list[str] = []
    with office.database.writing() as session:
        stood = {stop.name: stop for stop in switches.stops(session, now)}
        if RESTORE in stood and not confirms_restore:
            raise InputRejected(
                f"chưa gửi lại được: {stood[RESTORE].why}; kiểm tra đúng cơ sở dữ liệu rồi chạy "
                "'dondoc sending resume --confirm-restore'"
            )
        names = [name for name in (SENDING, CLOCK, RESTORE) if name in stood]
        for name in names:
            switches.resume(session, name, by, now)
        if RESTORE in names:
            said.append(MAY_REPEAT.format(count=kept.flag_waiting(session)))
    if RESTORE in names:
        restored.remember(office, now, is_confirmed=True)
    if CLOCK in names:
        restored.trust_clock(office, now)
    stop_file = office.settings.home / STOP_FILE
    if stop_file.exists():
        said.append(f"Còn tệp {stop_file}: xóa tệp đó thì mới gửi lại.")
    return ["Đã cho gửi lại." if names else "Không có lệnh dừng nào đang có hiệu lực.", *said]


def release_storm(office: Office, tick: str, by: str, now: datetime) -> str:
    """Let the messages of a tick that was held go, at their sending hours."""
    name = _held(office, tick, now)
    with office.database.writing() as session:
        count = storms.release(session, name, by, now)
    return f"Đã cho gửi {count} tin của lượt {tick}."


def drop_storm(office: Office, tick: str, why: str, by: str, now: datetime) -> str:
    """Give up the messages of a tick that was held; what they would have said is on record as not told."""
    name = _held(office, tick, now)
    with office.database.writing() as session:
        count = storms.drop(session, name, why, by, now)
    return f"Đã bỏ {count} tin của lượt {tick}: {why}. Các lời nhắc này không gửi nữa, lý do ghi trong sổ."


def _held(office: Office, tick: str, now: datetime) -> str:
    """Return the name of a storm that stands; refuses any other with those that do."""
    name = f"{storms.PREFIX}{tick.removeprefix(storms.PREFIX)}"
    with office.database.reading() as session:
        standing = [stop.name for stop in switches.stops(session, now) if stop.name.startswith(storms.PREFIX)]
    if name not in standing:
        known = ", ".join(found.removeprefix(storms.PREFIX) for found in standing) or "không có lượt nào"
        raise InputRejected(f"không có lượt '{tick}' đang bị giữ; đang giữ: {known}")
    return name
