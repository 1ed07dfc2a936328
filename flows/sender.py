"""The sender: a long-lived process that empties the outbox; as many may run as there are machines.

Claims keep senders apart, so none knows of another. It plans nothing and needs no Prefect.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from flows.listening import Listener
from flows.moments import Clock, clock_from
from flows.runs import Run, Summary, process_name
from flows.standing import StandingOffice
from flows.telling import tell
from store.database import DatabaseUnavailable
from usecases.errors import DeliveryIncomplete
from usecases.wiring import Office

LOG = logging.getLogger("dondoc.sender")
POLL_SECONDS = 3
AWAY_SECONDS = 15  # before the database is asked again after it was away


def run_sender(office: Office, once: bool = False, at: datetime | None = None) -> int:
    """Send until asked to stop, or with `once` until the outbox is empty; return the exit code.

    With `at` it rehearses: its clock shows `at` now and runs on from there.
    """
    return asyncio.run(_send(StandingOffice(office), clock_from(at), once))


async def _send(office: StandingOffice, now: Clock, once: bool) -> int:
    for asked in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(asked, office.stopping.set)
    if once:
        summary = await Run(office.current(), now(), office.stopping.is_set).deliver()
        _tell(summary)
        return DeliveryIncomplete.exit_code if summary.get("failed") or summary.get("stopped") else 0
    tell(f"Tiến trình gửi {process_name()} đang chạy. Dừng: nhấn Ctrl+C hoặc gửi SIGTERM.")
    listening = asyncio.create_task(Listener(office, now).live())
    while not office.stopping.is_set():
        wait = await _one_round(office, now)
        with suppress(TimeoutError):
            await asyncio.wait_for(office.stopping.wait(), wait)
    await listening
    tell("Đã dừng; tin chưa gửi vẫn nằm trong hộp chờ.")
    return 0


async def _one_round(office: StandingOffice, now: Clock) -> int:
    """Send what may leave now; return the seconds until the next look."""
    try:
        _tell(await Run(office.current(), now(), office.stopping.is_set).deliver())
    except (DatabaseUnavailable, SQLAlchemyError) as error:
        LOG.warning("cơ sở dữ liệu không dùng được lúc này, %d giây nữa thử lại: %s", AWAY_SECONDS, error)
        return AWAY_SECONDS
    except Exception:
        LOG.exception("vòng gửi không xong; vòng sau làm tiếp")
        return AWAY_SECONDS
    return POLL_SECONDS


def _tell(summary: Summary) -> None:
    if summary.get("sent") or summary.get("failed"):
        failures = summary["failures"]
        tell(f"{summary['at'][11:16]} gửi {summary['sent']}, lỗi {summary['failed']}", *failures)
